"""Propositions about real numbers as formulas, a line for each part of a conjunction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sympy import Abs, Add, Basic, Expr, Symbol, Tuple

from symlstm.render.formulas.formula import Fence, Formula, Named, Script, Text, commas, row
from symlstm.render.statements import written
from symlstm.render.statements.abbreviations import abbreviated
from symlstm.render.statements.notation import evident, expression, factor, shows_its_kind, telling_apart

RELATIONS: dict[type, str] = {written.Equal: "=", written.LessEqual: "<=", written.Less: "<"}


def proposition(p: Any) -> list[Formula]:
    """A statement about real numbers, a formula for each part of a conjunction; what is natural is evident or said."""
    p = abbreviated(written.written(p))
    variables, kinds = p.atoms(Symbol), set().union(*map(evident, _expressions(p)))
    with telling_apart(variables):
        hidden = sorted((s for s in variables - kinds if s.is_integer and not shows_its_kind(s)), key=str)
        parts = p.parts if isinstance(p, written.Conjunction) and len(p.parts) > 1 else (p,)
        *lines, last = [_statement(part) for part in parts]
        said = row("quad", Text("with natural "), commas(map(expression, hidden))) if hidden else row()
    return [*lines, row(last, said)]


def _expressions(p: Basic) -> Iterator[Expr]:
    """The expressions that a proposition is made of; itself, if it is one."""
    if isinstance(p, Expr):
        yield p
        return
    for part in p.args:
        if isinstance(part, Expr):
            yield part
        elif not isinstance(part, Tuple) or any(isinstance(x, written.Written) for x in part):
            yield from _expressions(part)


def _statement(p: Any) -> Formula:
    if isinstance(p, written.Conjunction):
        parts = [x for n, part in enumerate(p.parts) for x in ([Text(" and ")] * (n > 0) + [_statement(part)])]
        return Fence(row(*parts or [Text("nothing")]))
    if isinstance(p, written.ForAll):
        return row(_statement(p.body), "quad", Text("for all "), commas(map(expression, p.variables)))
    if isinstance(p, written.Within):
        value = expression(p.value)
        centre = [] if p.centre == 0 else ["-", factor(p.centre)]
        inside = row(Fence(value) if isinstance(p.value, Add) else value, *centre)
        return row(Fence(inside, "||"), "<=", expression(p.bound))
    if isinstance(p, written.TendsTo):
        return row(*_limits(p), factor(p.expr), "=", expression(p.value))
    if isinstance(p, written.Diverges):
        return row(*_limits(p), factor(p.expr), "=", *([] if p.direction > 0 else ["-"]), "oo")
    if isinstance(p, written.LessEqual) and isinstance(p.lhs, Abs):  # |a| <= b says that a is within b of 0
        return row(expression(p.rhs), ">=", expression(p.lhs))
    if type(p) in RELATIONS:
        return row(expression(p.lhs), RELATIONS[type(p)], expression(p.rhs))
    return expression(p)


def _limits(p: Any) -> Iterator[Formula]:
    """The signs of the limits, the innermost last."""
    return (limit(variable) for variable in reversed(p.variables))


def limit(variable: Expr | str) -> Formula:
    """lim with its variable -> oo under it."""
    written = variable if isinstance(variable, str) else expression(variable)
    return Script(Named("lim"), row(written, "->", "oo"), limits=True)
