"""Documents as one HTML file: MathML, a little inline CSS, no script, nothing from the network."""

from __future__ import annotations

from html import escape

from symlstm.claims import Verdict
from symlstm.report import mathml
from symlstm.report.document import Claim, Display, Document, Figure, Grid, Lemma, Listing, Paragraph, Runs, Section
from symlstm.report.formula import Formula
from symlstm.report.writer import Writer

STYLE = """
:root { color-scheme: light; --ink: #1b1b1f; --faint: #6a6a72; --rule: #d9d9e0;
  --proved: #1a6b45; --refuted: #a4262c; --open: #8a5a00; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff; font: 17px/1.55 "STIX Two Text", "Latin Modern Roman", Georgia, "Times New Roman", serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1rem 4rem; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: .5rem 0 1.2rem; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.6rem 0 .8rem; border-bottom: 1px solid var(--rule); padding-bottom: .3rem; }
p { margin: .55rem 0; }
math { font-size: 1.02em; }
.wide { overflow-x: auto; overflow-y: hidden; max-width: 100%; margin: .35rem 0; }
table { border-collapse: collapse; }
.wide > table { margin: 0 auto; }
.display { width: 100%; }
.display td { padding: .12rem 0; text-align: left; white-space: nowrap; }
.display td.formula { padding-left: 1.5rem; width: 100%; }
.display math { text-align: left; display: inline math; math-style: normal; }
.display td.number { color: var(--faint); text-align: right; padding-left: 1.2rem; vertical-align: middle; }
.grid { font-size: .93em; }
.grid th, .grid td { padding: .22rem .7rem; text-align: left; vertical-align: baseline; }
.grid thead th { border-bottom: 1.5px solid var(--ink); font-weight: 600; }
.grid tbody tr + tr td { border-top: 1px solid var(--rule); }
.grid td { white-space: nowrap; }
.grid td.text { white-space: normal; min-width: 9rem; }
pre, code { font: .88em/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre { overflow-x: auto; padding: .6rem .9rem; background: #f6f6f8; border-radius: 4px; }
.claim { border-left: 3px solid var(--rule); padding: .1rem 0 .1rem .95rem; margin: 1.7rem 0 .6rem; }
.claim.proved { border-color: var(--proved); } .claim.refuted { border-color: var(--refuted); } .claim.open { border-color: var(--open); }
.claim h3 { font-size: 1.03rem; margin: 0 0 .3rem; }
.verdict { font: 600 .72rem/1 ui-sans-serif, system-ui, "DejaVu Sans", sans-serif; letter-spacing: .03em; padding: .16rem .42rem; border-radius: 3px;
  color: #fff; background: var(--faint); margin-left: .4rem; white-space: nowrap; vertical-align: .08em; }
.proved .verdict { background: var(--proved); } .refuted .verdict { background: var(--refuted); } .open .verdict { background: var(--open); }
a { color: inherit; text-decoration: none; } a:hover { text-decoration: underline; }
.proof { margin: 0 0 1.4rem; } .proof-heading { font-style: italic; }
.end { text-align: right; margin: -1.9rem 0 0; } .wide + .end { margin-top: -.4rem; }
figure { margin: 1rem 0; } figure svg { max-width: 100%; height: auto; } figcaption { font-size: .9em; color: var(--faint); }
@media (max-width: 30rem) { body { font-size: 16px; } .display td.formula { padding-left: .4rem; } main { padding: 1rem .8rem 3rem; } }
@media print { body { font-size: 10.5pt; } main { max-width: none; padding: 0; } .wide { overflow: visible; }
  h2, h3 { break-after: avoid; } .display, .grid tr, .claim h3 { break-inside: avoid; } }
"""
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


class HtmlWriter(Writer):
    """HTML."""

    suffix = "html"

    def whole(self, found: Document, body: str) -> str:
        title = escape(self.plain(found.title))
        return PAGE.format(title=title, heading=self.runs(found.title), style=STYLE, body=body)

    def text(self, plain: str) -> str:
        return escape(plain, quote=False)

    def code(self, plain: str) -> str:
        return f"<code>{self.text(plain)}</code>"

    def strong(self, plain: str) -> str:
        return f"<strong>{self.text(plain)}</strong>"

    def reference(self, number: str) -> str:
        return f'<a href="#{self.anchor(number)}">({number})</a>'

    def anchor(self, number: str) -> str:
        """The id of a numbered formula."""
        return f"f{number}"

    def formula(self, found: Formula) -> str:
        return mathml.inline(found)

    def write_paragraph(self, found: Paragraph) -> str:
        return f"<p>{self.runs(found.runs)}</p>"

    def write_display(self, found: Display) -> str:
        lines = [line for tree in found.formulas for line in mathml.display(tree)]
        number = f'<td class="number" rowspan="{len(lines)}">({found.number})</td>' if found.number else ""
        anchor = f' id="{self.anchor(found.number)}"' if found.number else ""
        rows = "".join(
            f'<tr><td class="formula">{line}</td>{"" if n else number}</tr>\n' for n, line in enumerate(lines)
        )
        return f'<div class="wide"{anchor}><table class="display"><tbody>\n{rows}</tbody></table></div>'

    def write_listing(self, found: Listing) -> str:
        return f"<pre>{self.text(found.text)}</pre>"

    def write_grid(self, found: Grid) -> str:
        head = "".join(f"<th>{self.runs(cell)}</th>" for cell in found.head)
        top = f"<thead><tr>{head}</tr></thead>" if any(map(any, found.head)) else ""
        rows = "\n".join(f"<tr>{''.join(map(self.cell, cells))}</tr>" for cells in found.rows)
        return f'<div class="wide"><table class="grid">{top}<tbody>\n{rows}\n</tbody></table></div>'

    def cell(self, found: Runs) -> str:
        """A cell; plain text may be set in lines."""
        kind = ' class="text"' if sum(len(run) for run in found if isinstance(run, str)) > 24 else ""
        return f"<td{kind}>{self.runs(found)}</td>"

    def write_figure(self, found: Figure) -> str:
        return f"<figure>{found.svg}<figcaption>{self.runs(found.caption)}</figcaption></figure>"

    def write_claim(self, found: Claim) -> str:
        return self._theorem(found, found.verdict)

    def write_lemma(self, found: Lemma) -> str:
        return self._theorem(found, Verdict.PROVED)

    def _theorem(self, found: Claim | Lemma, verdict: Verdict) -> str:
        mark = f' <span class="verdict">{verdict.value}</span>' if isinstance(found, Claim) else ""
        title = f"{self.text(str(found.heading))} <small>({self.runs(found.name)})</small>{mark}"
        claim = f'<section class="claim {verdict.value}">\n<h3>{title}</h3>\n{self.blocks(found.body)}\n</section>'
        if not found.proof:
            return claim
        heading = f'<p class="proof-heading">{self.proof_heading(found)}.</p>'
        return f'{claim}\n<div class="proof">\n{heading}\n{self.blocks(found.proof)}\n<p class="end">∎</p>\n</div>'

    def write_section(self, found: Section) -> str:
        title = " ".join(filter(None, (found.number, self.runs(found.title))))
        return f"<section>\n<h2>{title}</h2>\n{self.blocks(found.blocks)}\n</section>"
