"""What stands around the claims of a document: how to read it, all verdicts, the letters, what is trusted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from sympy import Symbol
from sympy.core.function import AppliedUndef

from symlstm.kernel import algebra
from symlstm.kernel.logic.propositions import Proposition
from symlstm.kernel.theorem import Theorem, Unsupported, trusted
from symlstm.model.translation import normal
from symlstm.proof.claims import Result, Verdict
from symlstm.render.documents.document import (
    Block,
    Display,
    Either,
    Grid,
    Link,
    Page,
    Paragraph,
    Runs,
    Section,
    Strong,
    anchor,
    listed,
    paragraph,
    section_anchor,
)
from symlstm.render.documents.flat import columns_of
from symlstm.render.documents.inline import runs
from symlstm.render.formulas.breaking import packed, width
from symlstm.render.formulas.formula import Fence, Formula, Letter, Script, Sign, Text, in_line, row
from symlstm.render.statements.abbreviations import Abbreviations
from symlstm.render.statements.conclusions import formulas
from symlstm.render.statements.notation import expression, name
from symlstm.render.statements.numbers import ball_decimal
from symlstm.render.statements.written import Written, written

if TYPE_CHECKING:
    from symlstm.render.derivation.chapter import Part


LONGEST = (140, 115, 90)  # columns of a name and a statement in the summary, by the room that there is
LINE, ROOM = 86, 128  # columns of a line of the summary, and its lines on two pages


def reading(results: Sequence[Result]) -> Iterator[Block]:
    """How to read it."""
    yield Either(_reading(True), _reading(False))


def _reading(is_full: bool) -> Paragraph:
    delta = Script(Sign("Delta"), Letter("n"))
    return paragraph(
        "Every statement and every step below was made by a rule of symlstm’s kernel and printed from it; only titles, "
        "introductions and connecting words are typed. Bounds are rounded so that what is printed is true: amplitudes "
        "up, rates down. By ",
        row("x", "=", "y", "+-", "varepsilon"),
        " we mean ",
        row(Fence(row("x", "-", "y"), "||"), "<=", "varepsilon"),
        ". A formula keeps its number",
        *(
            (", and ", delta, " is the right side of formula ", Letter("n"), " minus its left side.")
            if is_full
            else ("; routine steps, whose numbers are left out, stand in the HTML of this document.",)
        ),
    )


def overview(parts: Sequence[Part], titles: Sequence[Runs]) -> Iterator[Block]:
    """All claims in one table of two pages: the verdict second, where a narrow window shows it, and what was proved."""
    tables = (_rows(parts, titles, longest) for longest in LONGEST)
    rows = next((table for table in tables if sum(map(_lines, table)) <= ROOM), _rows(parts, titles, 0))
    if len(rows) > 1:
        yield Grid((), tuple(rows), fine=True)


def _rows(parts: Sequence[Part], titles: Sequence[Runs], longest: int) -> list[tuple[Runs, ...]]:
    rows: list[tuple[Runs, ...]] = []
    for n, (part, title) in enumerate(zip(parts, titles, strict=True), 1):
        if len(parts) > 1:
            rows.append((("",), ("",), (Strong(f"{n} "), *title), (Page(section_anchor(str(n))),)))
        read = runs if part.is_script else lambda text: (text,)
        rows += [_summed(result, read, longest) for result in part.results]
    return rows


def _lines(row: tuple[Runs, ...]) -> int:
    """About how many lines a row takes."""
    return 1 + int(columns_of(row[2]) // LINE)


def _summed(result: Result, read: Callable[[str], Runs], longest: int) -> tuple[Runs, ...]:
    """A claim's id, verdict, name, statement where it has room, and the page of its proof."""
    claim = result.claim
    id_ = "" if claim.id == claim.name else claim.id
    verdict = "failed" if result.error is not None else result.outcome.verdict.value
    what = (*read(claim.name), *_short(result, longest))
    return (Link(id_, anchor(id_)),), (verdict,), what, (Page(anchor(id_)),)


def _short(result: Result, longest: int) -> Runs:
    """What was proved, after its name, nothing, where it takes too much room."""
    theorem = result.outcome.theorem
    if theorem is None or result.outcome.verdict is not Verdict.PROVED:
        return ()
    try:
        found = formulas(theorem.conclusion)
    except Unsupported:
        return ()
    if sum(map(width, found)) + len(result.claim.name) > longest or any(isinstance(x, Text) for x in found):
        return ()
    return (": ", *listed([(in_line(x),) for x in found]), *(", as assumed there",) * bool(theorem.hypotheses))


def foundations(results: Sequence[Result], number: str) -> Iterator[Block]:
    """What the theorems trust beside the kernel's rules."""
    together: dict[frozenset[str], list[str]] = defaultdict(list)
    for result in results:
        if result.outcome.theorem is not None:
            together[trusted(result.outcome.theorem)].append(result.claim.id)
    most = max(together, key=lambda engines: len(together[engines]), default=frozenset())
    if not together:
        return
    others = len(together) > 1
    blocks = [
        paragraph(
            f"Beside the rules of the kernel, all theorems{' but those below' * others} rest on ", _named(most), "."
        )
    ]
    for engines, ids in together.items():
        if engines != most:
            one = "rests" if len(ids) == 1 else "rest"
            blocks.append(paragraph(*listed([(id_,) for id_ in ids]), f" {one} on ", _named(engines), "."))
    yield Section(("What is trusted",), tuple(blocks), number)


def _named(engines: frozenset[str]) -> str:
    return " and ".join(sorted(engines)) or "nothing else"


def definitions(abbreviations: Abbreviations) -> Iterator[Block]:
    """The letters that stand for an expression, constants with their first digits."""
    parts: list[Formula] = []
    for symbol, whole in abbreviations.definitions():
        digits = [] if whole.free_symbols else ["approx", ball_decimal(algebra.constant_ball(normal(whole)), 10)]
        parts.append(row(expression(symbol), "=", expression(whole), *digits))
    if parts:
        yield paragraph("We write")
        yield Display(tuple(packed(parts)))


def letters(results: Sequence[Result]) -> Iterator[Block]:
    """Which letters are natural numbers, real numbers and sequences."""
    said = [p for result in results for p in _propositions(result.outcome.theorem)]
    symbols = sorted({s for p in said for s in p.atoms(Symbol)}, key=lambda s: s.name)
    heads = sorted({a.func.__name__ for p in said for a in p.atoms(AppliedUndef)})
    kinds = {
        "natural numbers": [s for s in symbols if s.is_integer],
        "real numbers": [s for s in symbols if not s.is_integer],
    }
    found = [(listed([(expression(s),) for s in group]), kind) for kind, group in kinds.items() if group]
    found += [(listed([(name(head),) for head in heads]), "sequences of real numbers")] if heads else []
    if found:
        parts = [(*letters, f" for {kind}") for letters, kind in found]
        ending = "What no assumption mentions may have any value."
        yield Paragraph(("Notation: ", *listed(parts), ". ", ending))


def _propositions(theorem: Theorem | None) -> list[Written]:
    said = [] if theorem is None else [theorem.conclusion, *theorem.hypotheses]
    return [written(p) for p in said if isinstance(p, Proposition)]
