r"""Documents in LaTeX: amsmath, amssymb, amsthm and, for an article by itself, geometry.

A fragment is what stands between \begin{document} and \end{document}; it defines the
environments it needs unless the paper has them, and puts sections under \section.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symlstm.render.documents.document import (
    Block,
    Claim,
    Code,
    Display,
    Document,
    Figure,
    Grid,
    Lemma,
    Listing,
    Paragraph,
    Reference,
    Run,
    Runs,
    Section,
    Strong,
    flush_right,
)
from symlstm.render.documents.writer import Writer
from symlstm.render.formulas import latex
from symlstm.render.formulas.breaking import lines, width
from symlstm.render.formulas.formula import Formula, Matrix, Row
from symlstm.render.formulas.latex import DECLARATION, declared, escaped, typed

HIGHEST = 8  # lines of formulas in one piece
TALLEST = 18  # rows of a table in one piece; a longer one may go over the end of a page
LINE = 88  # columns of a paragraph's line, at the small size of tables
ENVIRONMENTS = {"Theorem": "symproved", "Refuted claim": "symrefuted", "Open claim": "symopen", "Lemma": "symlemma"}
NEEDS = "% needs \\usepackage{amsmath,amssymb,amsthm}"
DEFINITIONS = (
    r"""\makeatletter
\@ifundefined{symproved}{%
  \newtheoremstyle{symlstm}{\topsep}{\topsep}{}{}{\bfseries}{.}{ }{\thmname{#1}\thmnote{#3}}%
  \theoremstyle{symlstm}%
  \newtheorem*{symproved}{Theorem}%
  \newtheorem*{symrefuted}{Refuted claim}%
  \newtheorem*{symopen}{Open claim}%
  \newtheorem*{symlemma}{Lemma}}{}
\makeatother
"""
    + DECLARATION
)
ARTICLE = r"""\documentclass[11pt]{{article}}
\usepackage[utf8]{{inputenc}}
\usepackage{{amsmath,amssymb,amsthm}}
\usepackage[a4paper,margin=26mm]{{geometry}}
\allowdisplaybreaks
\tolerance=3000 \emergencystretch=10em \hbadness=10000
\clubpenalty=10000 \widowpenalty=10000
\makeatletter \@beginparpenalty=10000 \makeatother
\AtBeginDocument{{\abovedisplayskip=6pt plus 2pt minus 2pt \belowdisplayskip=\abovedisplayskip
  \abovedisplayshortskip=2pt plus 2pt \belowdisplayshortskip=4pt plus 2pt minus 1pt}}
{declaration}
\title{{{title}}}
\author{{}}
\date{{}}
\begin{{document}}
\maketitle
{body}
\end{{document}}
"""


class TexWriter(Writer):
    """LaTeX source."""

    suffix = "tex"

    def whole(self, found: Document, body: str) -> str:
        parts = {"title": self.runs(found.title), "declaration": DECLARATION, "body": f"{DEFINITIONS}\n{body}"}
        return declared(ARTICLE.format_map(parts))

    def fragment(self, found: Document) -> str:
        r"""What a paper can \input."""
        return declared(f"{NEEDS}\n{DECLARATION}\n{DEFINITIONS}\n{self.blocks(found.blocks)}\n")

    def blocks(self, found: Iterable[Block]) -> str:
        """Text after a displayed formula goes on with its paragraph."""
        written: list[str] = []
        after: Block | None = None
        for block in found:
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

    def reference(self, number: str) -> str:
        return rf"\textup{{({number})}}"

    def formula(self, found: Formula) -> str:
        return f"${latex.formula(found)}$".replace(r",\, ", r",\,\allowbreak ")

    def write_paragraph(self, found: Paragraph) -> str:
        return f"\n{self.runs(found.runs)}"

    def write_display(self, found: Display) -> str:
        tag = rf"\tag{{{found.number}}}" if found.number else ""
        if sum(map(height, found.formulas)) > HIGHEST:
            return latex.breakable(found.formulas, tag)
        return f"\\[\n{latex.display(found.formulas)}{tag}\n\\]"

    def write_listing(self, found: Listing) -> str:
        lines = "\\\\\n".join(rf"\texttt{{{typed(line).replace('  ', '~~')}}}" for line in found.text.splitlines())
        return f"\\begin{{quote}}\\small\n{lines}\n\\end{{quote}}"

    def write_grid(self, found: Grid) -> str:
        if len(found.rows) > TALLEST:
            return self._long(found)
        columns = self._columns(found)
        return f"\\begin{{center}}\\small\n{self._table(found, columns, found.rows)}\n\\end{{center}}"

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
        shares = [(part + 1.0) / LINE for part in self._widths(found)]
        widest = shares.index(max(shares))
        shares[widest] = min(shares[widest], 0.97 - sum(shares) + shares[widest] - 0.02 * len(shares))
        columns = "".join(rf"p{{{share:.3f}\linewidth}}" for share in shares)
        head = [found.head] if any(map(any, found.head)) else []
        lines = [rf"\noindent {self._table(Grid((), ()), columns, [cells])}\par" for cells in (*head, *found.rows)]
        lines[len(head) : len(head)] = [r"\nobreak\hrule\nobreak\vskip2pt"] * len(head)
        body = "\n".join(lines)
        setup = r"\small\setlength\tabcolsep{0.01\linewidth}\parskip=0pt"
        return f"\\par\\nobreak\\medskip\\nobreak{{{setup}\n{body}\n}}\\medskip"

    def _widths(self, found: Grid) -> list[float]:
        columns = zip(*found.rows, *([found.head] if found.head else []), strict=True)
        return [max(map(columns_of, column)) + 1.5 for column in columns]

    def _columns(self, found: Grid) -> str:
        """Natural widths, but for the widest column of a table that would not fit: that one is set in lines."""
        widths = self._widths(found)
        kinds = ["r" if right else "l" for right in flush_right(found)]
        total = sum(widths) + len(widths)
        if total > LINE:
            widest = widths.index(max(widths))
            share = max(0.2, (LINE - total + widths[widest]) / LINE)
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
        body = f"\\begin{{{environment}}}{note}\n{self.blocks(found.body).strip()}\n\\end{{{environment}}}\n"
        return f"\n{body}\n{proof if found.proof else ''}"

    def write_section(self, found: Section) -> str:
        return f"\n\\section{'' if found.number else '*'}{{{self.runs(found.title)}}}\n{self.blocks(found.blocks)}"


def height(found: Formula) -> int:
    """Lines that a formula takes, about."""
    if isinstance(found, Row):
        return max(len(lines(found)), *map(height, found.parts), 1)
    return len(found.rows) if isinstance(found, Matrix) else 1


def columns_of(runs: Runs) -> float:
    """Columns that a cell takes, about."""
    return sum(map(_columns_of_run, runs))


def _columns_of_run(run: Run) -> float:
    if isinstance(run, Code | Strong):
        return 1.1 * len(run.text)
    if isinstance(run, Reference):
        return len(run.number) + 2.0
    return float(len(run)) if isinstance(run, str) else width(run)


def breakable(plain: str) -> str:
    """A long value with places where its line may end."""
    pieces = [plain[n : n + 10] for n in range(0, len(plain), 10)]
    return r"\allowbreak{}".join(map(typed, pieces))
