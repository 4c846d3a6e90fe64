"""What a theorem of Part I says, in numbers: its expressions at balls for their variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import add, mul
from typing import Any

import sympy
from flint import arb, fmpq
from sympy import Expr, Symbol

from symlstm.kernel.logic.propositions import Conjunction, Proposition
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.activations import sigmoid
from symlstm.model.simulation.running import BALLS
from symlstm.proof.claims import Script

_FUNCTIONS: dict[Any, Callable[[arb], arb]] = {sympy.tanh: BALLS.tanh, sigmoid: BALLS.sigmoid, sympy.exp: arb.exp}
_CHAINS: dict[Any, Callable[[arb, arb], arb]] = {sympy.Add: add, sympy.Mul: mul, sympy.Min: arb.min, sympy.Max: arb.max}


def parts(theorem: Theorem) -> tuple[Proposition, ...]:
    """What a theorem says, part by part."""
    said = theorem.conclusion
    return tuple(said.parts) if isinstance(said, Conjunction) else (said,)


def theorem_of(script: Script, claim: str) -> Theorem:
    """The theorem of a claim of a proof script; raises RuleError if it has none."""
    found = next(made for made in script.claims if made.id == claim).prove()
    if isinstance(found, Theorem):
        return found
    raise RuleError(claim, f"a claim that is {found.verdict.value}", "a theorem")


def value(expr: Expr, at: Mapping[Symbol, arb]) -> arb:
    """A ball around an expression at flint's precision, from balls for its symbols; SymPy decides nothing of it."""
    if expr in at:
        return at[expr]
    if expr.is_Rational:
        return arb(fmpq(int(expr.p), int(expr.q)))
    if expr.func in _CHAINS:
        return reduce(_CHAINS[expr.func], (value(x, at) for x in expr.args))
    if expr.func in _FUNCTIONS:
        return _FUNCTIONS[expr.func](value(expr.args[0], at))
    power = value(expr.exp, at) if expr.is_Pow else None
    if power is not None and power.is_integer():
        return value(expr.base, at) ** int(power.unique_fmpz())
    raise Unsupported(f"no value for {type(expr).__name__}: {expr}")
