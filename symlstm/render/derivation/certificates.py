"""What an arithmetic step computes, by its certificate.

For a <= b from premises a_i <= b_i the certificate says b - a = sum of q (b_i - a_i)(b_j - a_j)...
"""

from __future__ import annotations

from collections.abc import Callable

from symlstm.kernel.theorem import Theorem
from symlstm.render.formulas.breaking import width
from symlstm.render.formulas.formula import Fence, Formula, Number, Script, Sign, is_tall, row
from symlstm.render.statements.abbreviations import abbreviated
from symlstm.render.statements.notation import expression, factor
from symlstm.render.statements.written import factored

WIDEST = 44  # columns of a difference that is worth printing


def difference(step: Theorem, unit: Callable[[Theorem], str | None]) -> Formula | None:
    """The difference of the two sides of an arithmetic step; None if it is plain or long.

    A premise is written as Delta with its number below (its right side minus its left), or,
    where `unit` has no number for it, as the difference itself.
    """
    products = [(factored(p.coefficient), [step.premises[n] for n in p.places]) for p in step.certificate]
    if all(len(premises) < 2 and q in (1, -1) for q, premises in products):
        return None
    parts: list[Formula | str] = []
    for q, premises in products:
        negative = q.could_extract_minus_sign()
        parts += ["-"] if negative else ["+"] if parts else []
        size = abbreviated(-q if negative else q)
        parts += [] if size == 1 else [factor(size)]
        parts += [_unit(premise, unit) for premise in premises]
    written = row(*parts)
    return written if width(written) <= WIDEST and not is_tall(written) else None


def _unit(premise: Theorem, unit: Callable[[Theorem], str | None]) -> Formula:
    number = unit(premise)
    if number is not None:
        return Script(Sign("Delta"), Number(number))
    fact = premise.conclusion
    gap = abbreviated(factored(fact.rhs - fact.lhs))
    return Fence(expression(gap)) if gap.is_Add else expression(gap)
