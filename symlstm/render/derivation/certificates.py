"""What an arithmetic step computes, read from the certificate that the kernel wrote into its rule's name.

For a <= b from premises a_i <= b_i the certificate says b - a = sum of q (b_i - a_i)(b_j - a_j)...
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

import sympy
from sympy import Abs, Expr, Max, Min, Sum, Symbol, exp, tanh
from sympy.core.function import AppliedUndef

from symlstm.kernel.theorem import Theorem, Unsupported
from symlstm.model.activations import sigmoid
from symlstm.render.formulas.breaking import width
from symlstm.render.formulas.formula import Fence, Formula, Number, Script, Sign, is_tall, row
from symlstm.render.statements.abbreviations import abbreviated
from symlstm.render.statements.notation import expression, factor

WIDEST = 44  # columns of a difference that is worth printing
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
KNOWN: dict[str, Any] = {"tanh": tanh, "sigmoid": sigmoid, "exp": exp, "Min": Min, "Max": Max, "Sum": Sum, "Abs": Abs}


def difference(step: Theorem, unit: Callable[[Theorem], str | None]) -> Formula | None:
    """The difference of the two sides of an arithmetic step; None if it is plain or long.

    A premise is written as Delta with its number below (its right side minus its left), or,
    where `unit` has no number for it, as the difference itself.
    """
    certificate = step.rule.partition(" [")[2].removesuffix("]")
    products = [_product(part, step) for part in _summands(certificate)]
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
    gap = abbreviated(fact.rhs - fact.lhs)
    return Fence(expression(gap)) if gap.is_Add else expression(gap)


def _summands(certificate: str) -> Iterator[str]:
    """The certificate, cut at the + signs that stand in no parentheses."""
    depth, start = 0, 0
    for n, character in enumerate(certificate):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and certificate.startswith(" + (", n):
            yield certificate[start:n]
            start = n + 3
    yield certificate[start:]


def _product(summand: str, step: Theorem) -> tuple[Expr, list[Theorem]]:
    """The coefficient and the premises of (q)*P1*P2."""
    found = re.fullmatch(r"\((.*)\)((?:\*P\d+)*)", summand)
    if found is None:
        return sympy.S.One, []
    premises = [step.premises[int(n) - 1] for n in re.findall(r"P(\d+)", found[2])]
    return _expression(ast.parse(found[1], mode="eval").body, _names(step)), premises


def _expression(node: ast.AST, names: dict[str, Any]) -> Any:
    """The expression that SymPy printed as this text; raises Unsupported for what it does not print."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return sympy.Integer(node.value)
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.Tuple):
        return tuple(_expression(part, names) for part in node.elts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_expression(node.operand, names)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](_expression(node.left, names), _expression(node.right, names))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
        return names[node.func.id](*(_expression(part, names) for part in node.args))
    raise Unsupported(f"no notation for the certificate {ast.unparse(node)}")


def _names(step: Theorem) -> dict[str, Any]:
    """What the names in a certificate mean: the symbols and sequences of the step and its premises."""
    said = [theorem.conclusion for theorem in (step, *step.premises)]
    symbols = {symbol.name: symbol for p in said for symbol in p.atoms(Symbol)}
    return KNOWN | symbols | {applied.func.__name__: applied.func for p in said for applied in p.atoms(AppliedUndef)}
