"""What stands around the claims of a document: how to read it, all verdicts, the letters, what is trusted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sympy import Basic, Symbol
from sympy.core.function import AppliedUndef

from symlstm.claims import Result
from symlstm.kernel.propositions import Proposition, is_natural
from symlstm.kernel.theorem import Theorem, trusted
from symlstm.report.document import Block, Grid, Paragraph, Section, listed, paragraph
from symlstm.report.formula import Script, Sign, Words
from symlstm.report.notation import expression, name


def reading(results: Sequence[Result]) -> Iterator[Block]:
    """How to read it."""
    yield paragraph(
        "Every statement and every step below was made by a rule of symlstm's kernel and printed from it; only titles, "
        "introductions and connecting words are typed. Bounds are rounded so that what is printed is true: ",
        "amplitudes up, rates down. A formula keeps its number through its section; ",
        Script(Sign("Delta"), Words("n")),
        " is the right side of formula ",
        Words("n"),
        " minus its left side.",
    )


def overview(results: Sequence[Result]) -> Iterator[Block]:
    """All claims with their verdicts."""
    if len(results) > 1:
        rows = [((result.claim.id,), (result.claim.name,), (result.outcome.verdict.value,)) for result in results]
        yield Grid((("claim",), ("what it says",), ("verdict",)), tuple(rows))


def foundations(results: Sequence[Result]) -> Iterator[Block]:
    """What the theorems trust beside the kernel's rules."""
    together: dict[frozenset[str], list[str]] = defaultdict(list)
    for result in results:
        if result.outcome.theorem is not None:
            together[trusted(result.outcome.theorem)].append(result.claim.id)
    blocks = [
        paragraph("Beside the rules of the kernel, ", ", ".join(ids), " rest on: ", "; ".join(sorted(engines)), ".")
        for engines, ids in together.items()
    ]
    if blocks:
        yield Section("What is trusted", tuple(blocks))


def letters(results: Sequence[Result]) -> Iterator[Block]:
    """Which letters are natural numbers, real numbers and sequences."""
    said = [p for result in results for p in _propositions(result.outcome.theorem)]
    symbols = sorted({s for p in said for s in p.atoms(Symbol)}, key=lambda s: s.name)
    heads = sorted({a.func.__name__ for p in said for a in p.atoms(AppliedUndef)})
    kinds = {
        "natural numbers": [s for s in symbols if is_natural(s)],
        "real numbers": [s for s in symbols if not is_natural(s)],
    }
    found = [(listed([(expression(s),) for s in group]), kind) for kind, group in kinds.items() if group]
    found += [(listed([(name(head),) for head in heads]), "sequences of real numbers")] if heads else []
    if found:
        parts = [(*letters, f" for {kind}") for letters, kind in found]
        ending = "What no assumption mentions may have any value."
        yield Paragraph(("Notation: ", *listed(parts), ". ", ending))


def _propositions(theorem: Theorem | None) -> list[Basic]:
    said = [] if theorem is None else [theorem.conclusion, *theorem.hypotheses]
    return [p for p in said if isinstance(p, Proposition)]
