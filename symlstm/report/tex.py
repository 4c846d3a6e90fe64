r"""Documents in LaTeX: amsmath, amssymb, amsthm and, for an article by itself, geometry.

A fragment is what stands between \begin{document} and \end{document}; it defines the
environments it needs unless the paper has them, and puts sections under \section.
"""

from __future__ import annotations

from collections.abc import Iterable

from symlstm.claims import Verdict
from symlstm.report import latex
from symlstm.report.breaking import width
from symlstm.report.document import (
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
)
from symlstm.report.formula import Formula
from symlstm.report.latex import escaped, typed
from symlstm.report.writer import Writer

TALLEST = 18  # rows of a table in one piece: it cannot go over the end of a page
LINE = 88  # columns of a paragraph's line, at the small size of tables
ENVIRONMENTS = {Verdict.PROVED: "symproved", Verdict.REFUTED: "symrefuted", Verdict.OPEN: "symopen"}
NEEDS = "% needs \\usepackage{amsmath,amssymb,amsthm}"
DEFINITIONS = r"""\makeatletter
\@ifundefined{symproved}{%
  \theoremstyle{definition}%
  \newtheorem*{symproved}{Theorem}%
  \newtheorem*{symrefuted}{Refuted claim}%
  \newtheorem*{symopen}{Open claim}%
  \newtheorem*{symlemma}{Lemma}}{}
\makeatother"""
ARTICLE = r"""\documentclass[11pt]{{article}}
\usepackage[utf8]{{inputenc}}
\usepackage{{amsmath,amssymb,amsthm}}
\usepackage[a4paper,margin=26mm]{{geometry}}
\allowdisplaybreaks
\tolerance=3000 \emergencystretch=10em
\AtBeginDocument{{\abovedisplayskip=6pt plus 2pt minus 2pt \belowdisplayskip=\abovedisplayskip
  \abovedisplayshortskip=2pt plus 2pt \belowdisplayshortskip=4pt plus 2pt minus 1pt}}
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

    def whole(self, title: str, body: str) -> str:
        return ARTICLE.format(title=escaped(title), body=f"{DEFINITIONS}\n{body}")

    def fragment(self, found: Document) -> str:
        r"""What a paper can \input."""
        return f"{NEEDS}\n{DEFINITIONS}\n{self.blocks(found.blocks)}\n"

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
        return f"${latex.formula(found)}$"

    def write_paragraph(self, found: Paragraph) -> str:
        return f"\n{self.runs(found.runs)}"

    def write_display(self, found: Display) -> str:
        tag = rf"\tag{{{found.number}}}" if found.number else ""
        return f"\\[\n{latex.display(found.formulas)}{tag}\n\\]"

    def write_listing(self, found: Listing) -> str:
        lines = "\\\\\n".join(rf"\texttt{{{typed(line).replace('  ', '~~')}}}" for line in found.text.splitlines())
        return f"\\begin{{quote}}\\small\n{lines}\n\\end{{quote}}"

    def write_grid(self, found: Grid) -> str:
        columns = self._columns(found)
        if len(found.rows) > TALLEST:
            rest = Grid(found.head, found.rows[TALLEST:])
            return f"{self.write_grid(Grid(found.head, found.rows[:TALLEST]))}\n{self.write_grid(rest)}"
        lines = [" & ".join(map(self.runs, cells)) + r" \\" for cells in found.rows]
        head = (
            [" & ".join(map(self.runs, found.head)) + r" \\ \hline"] if found.head and any(map(any, found.head)) else []
        )
        rule = [r"\hline"] * bool(head)
        body = "\n".join([rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}", *rule, *head, *lines, *rule, r"\end{tabular}"])
        return f"\\begin{{center}}\\small\n{body}\n\\end{{center}}"

    def _columns(self, found: Grid) -> str:
        """Natural widths, but for the widest column of a table that would not fit: that one is set in lines."""
        widths = [
            max(map(columns_of, column))
            for column in zip(*found.rows, *([found.head] if found.head else []), strict=True)
        ]
        kinds = ["l"] * len(widths)
        total = sum(widths) + 2.5 * len(widths)
        if total > LINE:
            widest = widths.index(max(widths))
            share = max(0.2, (LINE - total + widths[widest]) / LINE)
            kinds[widest] = rf"p{{{share:.2f}\linewidth}}"
        return "".join(kinds)

    def write_figure(self, found: Figure) -> str:
        return ""

    def write_claim(self, found: Claim) -> str:
        environment = ENVIRONMENTS[found.verdict]
        label = escaped(found.id if found.id == found.name else f"{found.id}: {found.name}")
        return self._environment(environment, label, found)

    def write_lemma(self, found: Lemma) -> str:
        return self._environment("symlemma", escaped(found.name), found)

    def _environment(self, name: str, label: str, found: Claim | Lemma) -> str:
        proof = f"\\begin{{proof}}[{self.proof_heading(found)}]\n{self.blocks(found.proof).strip()}\n\\end{{proof}}\n"
        body = f"\\begin{{{name}}}[{{{label}}}]\n{self.blocks(found.body).strip()}\n\\end{{{name}}}\n"
        return f"\n{body}\n{proof if found.proof else ''}"

    def write_section(self, found: Section) -> str:
        command = "\\section" if found.level == 1 else "\\subsection"
        return f"\n{command}{{{escaped(found.title)}}}\n{self.blocks(found.blocks)}"


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
