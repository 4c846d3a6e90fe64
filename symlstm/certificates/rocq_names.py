"""The names of variables in Rocq, and the types of sequences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symlstm.certificates.steps import Derivation
from symlstm.certificates.subjects import NotCovered
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.logic.propositions import Proposition, free_symbols

RESERVED = {  # names that a generated file uses, and words of the language
    *("exp", "tanh", "sigmoid", "sum", "within", "value", "INR", "Rmin", "Rmax", "Rabs", "S", "O", "R", "nat"),
    *("lim", "limn", "then_lim", "then_limn", "diverges", "divergesn", "statement", "every", "tt"),
    *("forall", "fun", "exists", "let", "in", "if", "else", "match", "with", "end", "as", "at", "by", "using"),
    *("where", "then", "return", "for", "fix", "cofix", "Prop", "Set", "Type", "SProp"),
}


def numbers(*items: Any, sequences: bool = False) -> list[Variable]:
    """The variables that are free in some propositions or terms, in order; of sequences only if they are wanted too."""
    found = free_symbols(items)
    return sorted((v for v in found if sequences or v.kind != "sequence"), key=lambda v: (v.name, v.kind))


def names(symbols: Sequence[Variable]) -> dict[Variable, str]:
    """A name in Rocq for each variable: its own, if it can be."""
    taken, found = {*RESERVED}, {}
    for n, v in enumerate(symbols):
        own = v.name if v.name.isascii() and v.name.replace("_", "a").isalnum() and v.name[0].isalpha() else f"v{n}"
        inner = own[1:].split("_")[0].isdigit() and own[0] in "nzv"  # names of steps
        if own.startswith("hyp") or inner or own in taken:
            own = f"{own if own[0].isalpha() else 'v'}_of_{n}"
        found[v] = own
        taken.add(own)
    return found


def natural_places(found: Derivation) -> Mapping[Variable, Sequence[bool]]:
    """For each sequence which of its arguments are natural numbers wherever it stands."""
    places: dict[Variable, list[bool]] = {}

    def see(x: Any) -> None:
        if isinstance(x, Term):
            for a in algebra.applications(x):
                if isinstance(a.function, Variable):
                    own = [algebra.is_natural(argument) for argument in a.arguments]
                    before = places.get(a.function, [True] * len(own))
                    if len(before) != len(own):
                        raise NotCovered(f"the sequence {a.function} with {len(before)} and with {len(own)} arguments")
                    places[a.function] = [p and q for p, q in zip(before, own, strict=True)]
        elif isinstance(x, Proposition):
            see(x.args)
        elif isinstance(x, tuple):
            for part in x:
                see(part)

    see(found.hypotheses)
    for node in found.nodes:
        see((node.conclusion, node.given))
    return places
