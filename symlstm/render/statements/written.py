"""Propositions as trees of SymPy's expressions, to be abbreviated and printed; a factor that all terms share stands apart."""

from __future__ import annotations

from typing import Any, ClassVar

import sympy
from flint import fmpq
from sympy import Basic, Expr, Mul

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.asymptotics import Diverges as Divergence
from symlstm.kernel.logic import propositions
from symlstm.kernel.theorem import Unsupported
from symlstm.model.translation import symbol_of, to_sympy


def _field(place: int) -> Any:
    return property(lambda p: p.args[place])


class Written(Basic):  # type: ignore[misc]
    """A proposition with the same fields as the kernel's of the same name."""

    fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        for place, name in enumerate(cls.fields):
            setattr(cls, name, _field(place))


class Equal(Written):
    fields = propositions.Equal.fields


class LessEqual(Written):
    fields = propositions.LessEqual.fields


class Less(Written):
    fields = propositions.Less.fields


class Within(Written):
    fields = propositions.Within.fields


class Conjunction(Written):
    fields = propositions.Conjunction.fields


class ForAll(Written):
    fields = propositions.ForAll.fields


class TendsTo(Written):
    fields = propositions.TendsTo.fields


class Diverges(Written):
    fields = Divergence.fields


_KINDS: dict[type, type] = {
    propositions.Equal: Equal,
    propositions.LessEqual: LessEqual,
    propositions.Less: Less,
    propositions.Within: Within,
    propositions.Conjunction: Conjunction,
    propositions.ForAll: ForAll,
    propositions.TendsTo: TendsTo,
    Divergence: Diverges,
}


def written(p: Any) -> Any:
    """The tree of a proposition or a term, an expression as it is; raises Unsupported for anything else."""
    if isinstance(p, Expr | Term):
        return p if isinstance(p, Expr) else factored(p)
    if type(p) not in _KINDS:
        raise Unsupported(f"no notation for {type(p).__name__}")
    return _KINDS[type(p)](*map(_part, p.args))


def _part(x: Any) -> Any:
    if isinstance(x, tuple):
        return sympy.Tuple(*map(_part, x))
    if isinstance(x, Variable):
        return symbol_of(x)
    return factored(x) if isinstance(x, Term) else sympy.Integer(x) if isinstance(x, int) else written(x)


def factored(term: Term) -> Expr:
    """The term as an expression, with the functions apart that are factors of all its terms."""
    shared = _shared(term)
    if len(term.monomials) < 2 or not shared.monomials:
        return to_sympy(term)
    return Mul(to_sympy(shared), to_sympy(term * algebra.inverse(shared)))


def _shared(term: Term) -> Term:
    """The product of the applications that each of its terms has, as often as all have them."""
    powers = [{a: n for a, n in mono if isinstance(a, Apply)} for mono in term.monomials]
    common = {a: min(p[a] for p in powers) for a in powers[0] if all(a in p for p in powers)} if powers else {}
    return Term({frozenset((a, n) for a, n in common.items() if n): fmpq(1)})
