"""Propositions about real numbers as formulas, a line for each part of a conjunction."""

from __future__ import annotations

from typing import Any

from sympy import Basic, Expr

from symlstm.kernel.logic import propositions
from symlstm.kernel.theorem import Unsupported
from symlstm.render.formulas.formula import Fence, Formula, Named, Script, Words, commas, row
from symlstm.render.statements.abbreviations import abbreviated
from symlstm.render.statements.notation import expression, factor

RELATIONS: dict[type, str] = {propositions.Equal: "=", propositions.LessEqual: "<=", propositions.Less: "<"}


def proposition(p: Any) -> list[Formula]:
    """A statement about real numbers, a formula for each part of a conjunction."""
    return _lines(abbreviated(p)) if isinstance(p, Basic) else [_statement(p)]


def _lines(p: Any) -> list[Formula]:
    if isinstance(p, propositions.Conjunction):
        return [line for part in p.parts for line in _lines(part)]
    if isinstance(p, propositions.ForAll):
        variables, body = list(p.variables), p.body
        while isinstance(body, propositions.ForAll):
            variables, body = variables + list(body.variables), body.body
        everywhere = row("quad", Words("for all "), commas(map(expression, variables)))
        return [row(line, everywhere) for line in _lines(body)]
    return [_statement(p)]


def _statement(p: Any) -> Formula:
    if isinstance(p, propositions.Within):
        centre = [] if p.centre == 0 else ["-", factor(p.centre)]
        return row(Fence(row(expression(p.value), *centre), "||"), "<=", expression(p.bound))
    if isinstance(p, propositions.TendsTo):
        return row(*(limit(variable) for variable in reversed(p.variables)), factor(p.expr), "=", expression(p.value))
    if type(p) in RELATIONS:
        return row(expression(p.lhs), RELATIONS[type(p)], expression(p.rhs))
    if isinstance(p, Basic):
        return expression(p)
    raise Unsupported(f"no notation for {type(p).__name__}")


def limit(variable: Expr | str) -> Formula:
    """lim with its variable -> oo under it."""
    written = variable if isinstance(variable, str) else expression(variable)
    return Script(Named("lim"), row(written, "->", "oo"), limits=True)
