r"""Documents in LaTeX: amsmath, amssymb, amsthm and, for an article by itself, geometry.

A fragment is what stands between \begin{document} and \end{document}; it defines the
environments it needs unless the paper has them, and puts sections under \section.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from symlstm.render.documents.document import (
    Block,
    Claim,
    Display,
    Document,
    Figure,
    Grid,
    Lemma,
    Link,
    Listing,
    Page,
    Paragraph,
    Runs,
    Section,
    flush_right,
)
from symlstm.render.documents.flat import columns_of
from symlstm.render.documents.writer import Writer
from symlstm.render.formulas import latex
from symlstm.render.formulas.breaking import lines
from symlstm.render.formulas.formula import Formula, Matrix, Row
from symlstm.render.formulas.latex import DECLARATION, LATIN, declared, escaped, typed

HIGHEST = 8  # lines of formulas in one piece
TALLEST = 18  # rows of a table in one piece; a longer one may go over the end of a page
LINE = 88  # columns of a paragraph's line, at the small size of tables
ENVIRONMENTS = {
    "Theorem": "symproved",
    "Refuted claim": "symrefuted",
    "Open claim": "symopen",
    "Failed claim": "symfailed",
    "Lemma": "symlemma",
}
PLAIN = " .,:;()=+/-'"  # what TeX takes as it is, besides letters and digits
NUMBERED = re.compile(r"\\Delta_\{([\d.]+)\}")  # the difference of a numbered formula's sides
NEEDS = "% needs \\usepackage{amsmath,amssymb,amsthm}"
DEFINITIONS = (
    r"""\makeatletter
\@ifundefined{symproved}{%
  \newtheoremstyle{symlstm}{\topsep}{\topsep}{}{}{\bfseries}{.}{ }{\thmname{#1}\thmnote{#3}}%
  \theoremstyle{symlstm}%
  \newtheorem*{symproved}{Theorem}%
  \newtheorem*{symrefuted}{Refuted claim}%
  \newtheorem*{symopen}{Open claim}%
  \newtheorem*{symfailed}{Failed claim}%
  \newtheorem*{symlemma}{Lemma}}{}
\makeatother
"""
    + DECLARATION
)
ARTICLE = r"""\documentclass[11pt]{{article}}
\usepackage[utf8]{{inputenc}}
\usepackage{{amsmath,amssymb,amsthm}}
\usepackage[a4paper,margin=26mm]{{geometry}}
\IfFileExists{{hyperref.sty}}{{\usepackage[hidelinks,unicode]{{hyperref}}\hypersetup{{pdftitle={{{plain}}}}}}}{{%
  \newcommand\hyperref[2][]{{#2}}\newcommand\phantomsection{{}}\newcommand\pdfbookmark[3][]{{}}\newcommand\texorpdfstring[2]{{#1}}}}
\allowdisplaybreaks
\tolerance=3000 \emergencystretch=10em \hbadness=10000
\clubpenalty=10000 \widowpenalty=10000
\makeatletter \@beginparpenalty=10000 \makeatother
\AtBeginDocument{{\abovedisplayskip=6pt plus 2pt minus 2pt \belowdisplayskip=\abovedisplayskip
  \abovedisplayshortskip=2pt plus 2pt \belowdisplayshortskip=4pt plus 2pt minus 1pt}}
{declaration}
\title{{\vspace{{-22mm}}{title}}}
\author{{}}
\date{{}}
\begin{{document}}
\maketitle
\vspace{{-14mm}}
{body}
\end{{document}}
"""


class TexWriter(Writer):
    """LaTeX source."""

    suffix = "tex"

    def __init__(self, prefix: str | None = None, steps: bool = False) -> None:
        """With a prefix, which begins its labels, for a fragment: its formulas are numbered by the paper.

        With `steps` it has the routine ones too.
        """
        super().__init__()
        self.is_brief = not steps
        self._prefix = prefix

    def whole(self, found: Document, body: str) -> str:
        parts = {"title": self.runs(found.title), "plain": unmarked(self.plain(found.title))}
        parts |= {"declaration": DECLARATION, "body": f"{DEFINITIONS}\n{body}"}
        return declared(ARTICLE.format_map(parts))

    def fragment(self, found: Document) -> str:
        r"""What a paper can \input."""
        body = self.blocks(found.blocks)
        numbered = NUMBERED.sub(lambda number: rf"\Delta_{{\ref{{{self.label(number[1])}}}}}", body)
        return declared(f"{NEEDS}\n{DECLARATION}\n{DEFINITIONS}\n{numbered}\n")

    def label(self, number: str) -> str:
        """Of a numbered formula."""
        return f"{self._prefix or 'eq'}:{number}"

    def blocks(self, found: Iterable[Block]) -> str:
        """Text after a displayed formula goes on with its paragraph."""
        written: list[str] = []
        after: Block | None = None
        for block in self.chosen(found):
            goes_on = isinstance(block, Paragraph) and isinstance(after, Display)
            written.append(self.block(block).removeprefix("\n") if goes_on else self.block(block))
            after = block
        return "\n".join(filter(None, written))

    def text(self, plain: str) -> str:
        return escaped(plain)

    def code(self, plain: str) -> str:
        return rf"\texttt{{{breakable(plain)}}}"

    def strong(self, plain: str) -> str:
        return rf"\textbf{{{escaped(plain)}}}"

    def link(self, found: Link) -> str:
        if self._prefix is not None or not found.target:
            return escaped(found.text)
        return rf"\hyperref[{found.target}]{{{escaped(found.text)}}}"

    def page(self, found: Page) -> str:
        return rf"{escaped(found.before)}\pageref{{{found.target}}}" if found.target and self._prefix is None else ""

    def reference(self, number: str) -> str:
        if self._prefix is not None:
            return rf"\eqref{{{self.label(number)}}}"
        return rf"\hyperref[{self.label(number)}]{{\textup{{({number})}}}}"

    def formula(self, found: Formula) -> str:
        return f"${latex.formula(found)}$".replace(r",\, ", r",\,\allowbreak ")

    def write_paragraph(self, found: Paragraph) -> str:
        return f"\n{self.runs(found.runs)}"

    def write_display(self, found: Display) -> str:
        tag, counted = self._tag(found.number)
        if sum(map(height, found.formulas)) > HIGHEST:
            return latex.breakable(found.formulas, tag, counted)
        if counted:
            return f"\\begin{{equation}}{tag}\n{latex.display(found.formulas)}\n\\end{{equation}}"
        return f"\\[\n{latex.display(found.formulas)}{tag}\n\\]"

    def _tag(self, number: str) -> tuple[str, bool]:
        """What numbers a formula, and whether the paper counts it: in a fragment, where it stands first."""
        if not number:
            return "", False
        label = rf"\label{{{self.label(number)}}}" if self.is_first(number) else ""
        if self._prefix is None:
            return rf"\tag{{{number}}}{label}", False
        return (label, True) if label else (rf"\tag*{{{self.reference(number)}}}", False)

    def write_listing(self, found: Listing) -> str:
        lines = "\\\\\n".join(rf"\texttt{{{typed(line).replace('  ', '~~')}}}" for line in found.text.splitlines())
        return f"\\begin{{quote}}\\small\n{lines}\n\\end{{quote}}"

    def write_grid(self, found: Grid) -> str:
        if len(found.rows) > TALLEST:
            return self._long(found)
        columns = self._columns(found)
        size = r"\scriptsize" if found.fine else r"\small"
        return f"\\begin{{center}}{size}\n{self._table(found, columns, found.rows)}\n\\end{{center}}"

    def _table(self, found: Grid, columns: str, rows: Sequence[tuple[Runs, ...]]) -> str:
        headed = any(map(any, found.head))
        head = [" & ".join(map(self.runs, found.head)) + r" \\ \hline\rule{0pt}{2.4ex}%"] if headed else []
        lines = [" & ".join(map(self.runs, cells)) + r" \\" for cells in rows]
        rule = [r"\hline"] * headed
        top = [r"\hline\rule{0pt}{2.4ex}%"] if headed else []
        start = rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}"
        return "\n".join([start, *top, *head, *lines, *rule, r"\end{tabular}"])

    def _long(self, found: Grid) -> str:
        """A table whose lines are paragraphs, so that a page may end between them."""
        shares = [(part + 1.0) / (LINE + 38 * found.fine) for part in self._widths(found)]
        widest = shares.index(max(shares))
        shares[widest] = min(shares[widest], 0.99 - sum(shares) + shares[widest] - 0.012 * len(shares))
        columns = "".join(rf"p{{{share:.3f}\linewidth}}" for share in shares)
        head = [found.head] if any(map(any, found.head)) else []
        lines = [rf"\noindent {self._table(Grid((), ()), columns, [cells])}\par" for cells in (*head, *found.rows)]
        lines[len(head) : len(head)] = [r"\nobreak\hrule\nobreak\vskip2pt"] * len(head)
        body = "\n".join(lines)
        setup = (r"\scriptsize" if found.fine else r"\small") + r"\setlength\tabcolsep{0.006\linewidth}\parskip=0pt"
        return f"\\par\\nobreak\\medskip\\nobreak{{{setup}\n{body}\n}}\\medskip"

    def _widths(self, found: Grid) -> list[float]:
        columns = zip(*found.rows, *([found.head] if found.head else []), strict=True)
        return [max(map(columns_of, column)) + 1.5 for column in columns]

    def _columns(self, found: Grid) -> str:
        """Natural widths, but for the widest column of a table that would not fit: that one is set in lines."""
        widths = self._widths(found)
        kinds = ["r" if right else "l" for right in flush_right(found)]
        total, room = sum(widths) + len(widths), LINE + 22 * found.fine
        if total > room:
            widest = widths.index(max(widths))
            share = max(0.2, (room - total + widths[widest]) / room)
            kinds[widest] = rf"p{{{share:.2f}\linewidth}}"
        return "".join(kinds)

    def write_figure(self, found: Figure) -> str:
        return ""

    def write_claim(self, found: Claim) -> str:
        return self._environment(found)

    def write_lemma(self, found: Lemma) -> str:
        return self._environment(found)

    def _environment(self, found: Claim | Lemma) -> str:
        environment = ENVIRONMENTS[found.heading.kind]
        name = rf"\textmd{{({self.runs(found.name)})}}" if found.name else ""
        label = " ".join(filter(None, (escaped(found.heading.id), name)))
        proof = f"\\begin{{proof}}[{self.proof_heading(found)}]\n{self.blocks(found.proof).strip()}\n\\end{{proof}}\n"
        note = f"[{{ {label}}}]" if label else ""
        place = self._place(found.heading.anchor, str(found.heading))
        body = f"{place}\\begin{{{environment}}}{note}\n{self.blocks(found.body).strip()}\n\\end{{{environment}}}\n"
        return f"\n{body}\n{proof if found.proof else ''}"

    def _place(self, anchor: str, name: str) -> str:
        """Where links to a claim lead, and its bookmark."""
        if not anchor or self._prefix is not None:
            return ""
        return rf"\par\phantomsection\pdfbookmark[2]{{{unmarked(name)}}}{{{anchor}}}\label{{{anchor}}}" + "\n"

    def write_section(self, found: Section) -> str:
        label = rf"\label{{{found.anchor}}}" if found.anchor and self._prefix is None else ""
        plain = unmarked(self.plain(found.title))
        title = (
            rf"\texorpdfstring{{{self.runs(found.title)}}}{{{plain}}}"
            if self._prefix is None
            else self.runs(found.title)
        )
        return f"\n\\section{'' if found.number else '*'}{{{title}}}{label}\n{self.blocks(found.blocks)}"


def unmarked(plain: str) -> str:
    """Text for a PDF's title and bookmarks, which take neither mathematics nor commands: what else there is as "?"."""
    return "".join(c if (c.isascii() and c.isalnum()) or c in LATIN or c in PLAIN else "?" for c in plain)


def height(found: Formula) -> int:
    """Lines that a formula takes, about."""
    if isinstance(found, Row):
        return max(len(lines(found)), *map(height, found.parts), 1)
    return len(found.rows) if isinstance(found, Matrix) else 1


def breakable(plain: str) -> str:
    """A long value with places where its line may end."""
    pieces = [plain[n : n + 10] for n in range(0, len(plain), 10)]
    return r"\allowbreak{}".join(map(typed, pieces))
