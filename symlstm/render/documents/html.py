"""Documents as one HTML file: MathML, a little inline CSS, no script, nothing from the network."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from symlstm.proof.claims import Verdict
from symlstm.render.documents.document import (
    Claim,
    Display,
    Document,
    Figure,
    Grid,
    Lemma,
    Link,
    Listing,
    Paragraph,
    Routine,
    Runs,
    Section,
    flush_right,
)
from symlstm.render.documents.flat import columns_of
from symlstm.render.documents.writer import Writer
from symlstm.render.formulas import mathml
from symlstm.render.formulas.breaking import width
from symlstm.render.formulas.formula import Formula, Row, Sign

LONG = 22  # columns of a formula that a phone's line has room for
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{heading}</h1>
{body}
</main>
</body>
</html>
"""


def parted(found: Formula) -> list[Formula]:
    """A formula in a line, in parts between which the line may end: before relations and after commas."""
    if not isinstance(found, Row) or width(found) <= LONG:
        return [found]
    parts: list[list[Formula]] = [[]]
    for before, part in zip((None, *found.parts), found.parts, strict=False):
        relation = isinstance(part, Sign) and part.spelling.role == "relation"
        parts += [[]] if parts[-1] and (relation or before == Sign("thin")) else []
        parts[-1].append(part)
    return [Row(tuple(part)) for part in parts]


def style() -> str:
    """The style sheet that goes into the file."""
    return files("symlstm.render.documents").joinpath("document.css").read_text(encoding="utf-8")


class HtmlWriter(Writer):
    """HTML."""

    suffix = "html"
    folds = True

    def __init__(self, prefix: str = "") -> None:
        """With a prefix, which begins its anchors, for a fragment of another page."""
        super().__init__()
        self._prefix = f"{prefix}-" if prefix else ""

    def whole(self, found: Document, body: str) -> str:
        title = escape(self.plain(found.title))
        return PAGE.format(title=title, heading=self.runs(found.title), style=style(), body=body)

    def text(self, plain: str) -> str:
        return escape(plain, quote=False)

    def code(self, plain: str) -> str:
        return f"<code>{self.text(plain)}</code>"

    def strong(self, plain: str) -> str:
        return f"<strong>{self.text(plain)}</strong>"

    def link(self, found: Link) -> str:
        return (
            f'<a class="link" href="#{self._prefix}{found.target}">{self.text(found.text)}</a>'
            if found.target
            else self.text(found.text)
        )

    def reference(self, number: str) -> str:
        return f'<a href="#{self.anchor(number)}">({number})</a>'

    def anchor(self, number: str) -> str:
        """The id of a numbered formula."""
        return f"{self._prefix}f{number}"

    def formula(self, found: Formula) -> str:
        return "<wbr>".join(map(mathml.inline, parted(found)))

    def write_paragraph(self, found: Paragraph) -> str:
        return f"<p>{self.runs(found.runs)}</p>"

    def write_display(self, found: Display) -> str:
        lines = [line for tree in found.formulas for line in mathml.display(tree)]
        number = f'<td class="number" rowspan="{len(lines)}">({found.number})</td>' if found.number else ""
        anchor = f' id="{self.anchor(found.number)}"' if self.is_first(found.number) else ""
        rows = "".join(
            f'<tr><td class="formula">{line}</td>{"" if n else number}</tr>\n' for n, line in enumerate(lines)
        )
        return f'<div class="wide"{anchor}><table class="display"><tbody>\n{rows}</tbody></table></div>'

    def write_listing(self, found: Listing) -> str:
        return f"<pre>{self.text(found.text)}</pre>"

    def write_grid(self, found: Grid) -> str:
        right = flush_right(found)
        head = "".join(f"<th{' class=number' * r}>{self.runs(c)}</th>" for c, r in zip(found.head, right, strict=False))
        top = f"<thead><tr>{head}</tr></thead>" if any(map(any, found.head)) else ""
        rows = "\n".join(f"<tr>{''.join(map(self.cell, cells, right))}</tr>" for cells in found.rows)
        return f'<div class="wide"><table class="grid">{top}<tbody>\n{rows}\n</tbody></table></div>'

    def cell(self, found: Runs, right: bool) -> str:
        """A cell; plain text may be set in lines, with formulas in it."""
        has_text = any(isinstance(run, str) and run for run in found)
        is_long = has_text and columns_of(found) > LONG
        kind = " class=text" if is_long else " class=number" if right else ""
        return f"<td{kind}>{self.runs(found)}</td>"

    def write_figure(self, found: Figure) -> str:
        return f"<figure>{found.svg}<figcaption>{self.runs(found.caption)}</figcaption></figure>"

    def write_claim(self, found: Claim) -> str:
        return self._theorem(found, found.verdict)

    def write_lemma(self, found: Lemma) -> str:
        return self._theorem(found, Verdict.PROVED)

    def _theorem(self, found: Claim | Lemma, verdict: Verdict) -> str:
        mark = f' <span class="verdict">{found.word}</span>' if isinstance(found, Claim) else ""
        place = f' id="{self._prefix}{found.heading.anchor}"' if found.heading.anchor else ""
        name = f" <small>({self.runs(found.name)})</small>" if found.name else ""
        title = f"{self.text(str(found.heading))}{name}{mark}"
        claim = (
            f'<section class="claim {verdict.value}"{place}>\n<h3>{title}</h3>\n{self.blocks(found.body)}\n</section>'
        )
        if not found.proof:
            return claim
        heading = f'<p class="proof-heading">{self.proof_heading(found)}.</p>'
        return f'{claim}\n<div class="proof">\n{heading}\n{self.blocks(found.proof)}\n<p class="end">∎</p>\n</div>'

    def write_routine(self, found: Routine) -> str:
        """Folded; a link to a formula inside opens it."""
        steps = f"{found.count} routine step{'s' * (found.count != 1)}"
        return f"<details><summary>{steps}</summary>\n{self.blocks(found.blocks)}\n</details>"

    def write_section(self, found: Section) -> str:
        title = " ".join(filter(None, (found.number, self.runs(found.title))))
        place = f' id="{self._prefix}{found.anchor}"' if found.anchor else ""
        return f"<section{place}>\n<h2>{title}</h2>\n{self.blocks(found.blocks)}\n</section>"
