"""Expressions, names and propositions as formulas.

Refuses what it has no notation for: nothing is guessed from the spelling of a name. Sums and
products are put in the order in which PyTorch's equations and a careful author write them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from itertools import takewhile
from typing import Any

import sympy
from sympy import Abs, Add, Expr, Max, Min, Mul, Pow, Rational, Sum, Symbol, Tuple, exp, tanh
from sympy.core.function import AppliedUndef

from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.theorem import Unsupported
from symlstm.model.activations import sigmoid
from symlstm.model.translation import to_sympy
from symlstm.render.formulas.formula import (
    Fence,
    Formula,
    Fraction,
    Letter,
    Named,
    Quoted,
    Row,
    Script,
    Sign,
    applied,
    commas,
    row,
)
from symlstm.render.statements.abbreviations import abbreviated

GREEK = "alpha|beta|gamma|delta|eta|kappa|lambda|mu|rho|theta"
NAMES = (  # what a symbol may be called: (base)(above)(below)
    rf"(?P<base>[A-Za-z]|{GREEK})",
    rf"(?P<base>[a-z]|{GREEK})_(?P<below>\d+|[a-z])",
    r"(?P<base>[a-z])_(?P<above>star)",
    r"(?P<base>a)_(?P<above>[ifgo])_(?P<below>\d+)",
    r"(?P<base>[WUb])_(?P<below>[a-z]+)",
)
PLAIN = "-_.+/<>#$%&@?!:;~^()[]=|`'"  # characters of a word that needs no quotation marks, beside letters and digits
CONFUSED = re.compile(r"ε|U\+[\dA-F]+")  # the empty sequence, and how a character without a glyph is printed
WRITTEN_FIRST = ("W", "b_ih", "U", "b_hh")  # PyTorch writes W_ih x + b_ih + W_hh h + b_hh
FACTORS: tuple[tuple[type, ...], ...] = ((Rational, Symbol), (exp,), (sigmoid,), (tanh,), (Add, Min, Max, Abs))
FUNCTIONS: dict[type, Formula] = {tanh: Named("tanh"), sigmoid: Sign("sigma"), Min: Named("min"), Max: Named("max")}


def name(spelling: str) -> Formula:
    """A symbol's name; raises Unsupported for one that has no rule."""
    for pattern in NAMES:
        if found := re.fullmatch(pattern, spelling):
            parts = found.groupdict()
            below, above = _letters(parts.get("below")), _letters(parts.get("above"))
            base = row(parts["base"]).parts[0]
            return Script(base, below, above) if below or above else base
    raise Unsupported(f"no notation for the name {spelling!r}")


def _letters(text: str | None) -> Formula | None:
    return None if text is None else row(text) if text.isdigit() or text == "star" else row(*text)


def at_time(spelling: str, time: Formula | str) -> Formula:
    """A coordinate at a time: c_6 at T is c with T, 6 below."""
    written = name(spelling)
    if isinstance(written, Script) and written.below is not None:
        return Script(written.base, row(time, ",", written.below), written.above)
    return Script(written, row(time))


def words(sequence: Iterable[str]) -> Quoted:
    """Words of the vocabulary."""
    return Quoted(" ".join(map(spelled, sequence)))


def spelled(word: str) -> str:
    """A word as it is, or in quotation marks as in a shell if it could be taken for something else.

    >>> [spelled(word) for word in ("good", "not good", "", "a*5", "日")]
    ['good', "'not good'", "''", "'a*5'", '日']
    """
    if word[:1] not in ("", "'") and not CONFUSED.fullmatch(word) and all(c.isalnum() or c in PLAIN for c in word):
        return word
    return f"'{''.join(map(_shown, word))}'"


def _shown(character: str) -> str:
    """A character between quotation marks."""
    if character in "'\\":
        return f"\\{character}"
    joins = unicodedata.category(character).startswith("M")  # it would be drawn on the one before
    return f"\\u{{{ord(character):x}}}" if joins or not character.isprintable() else character


def expression(expr: Expr | Variable) -> Formula:
    """A SymPy expression; raises Unsupported for a node that the kernel's propositions do not have either."""
    for kind, written in _EXPRESSIONS.items():
        if isinstance(expr, kind):
            return written(expr)
    raise Unsupported(f"no notation for {type(expr).__name__}: {expr}")


def term(value: Term) -> Formula:
    """A term in normal form."""
    return expression(abbreviated(to_sympy(value)))


def _number(expr: Rational) -> Formula:
    size = row(str(abs(expr.p))) if expr.q == 1 else Fraction(row(str(abs(expr.p))), row(str(expr.q)))
    return row("-", size) if expr < 0 else size


def _sum(expr: Add) -> Formula:
    ordered = sorted(expr.as_ordered_terms(), key=lambda x: (x.could_extract_minus_sign(), _place(x)))
    parts: list[Formula | str] = []
    for summand in ordered:
        negative = summand.could_extract_minus_sign()
        signs = ["-"] if negative else ["+"] if parts else []
        parts += [
            *signs,
            factor(-summand) if negative and (-summand).is_Add else expression(-summand if negative else summand),
        ]
    return row(*parts)


def _place(summand: Expr) -> int:
    heads = {applied.func.__name__ for applied in summand.atoms(AppliedUndef)}
    return next((n for n, head in enumerate(WRITTEN_FIRST) if head in heads), -1)


def _product(expr: Mul) -> Formula:
    if expr.could_extract_minus_sign():
        return row("-", factor(-expr))
    number, rest = expr.as_coeff_Mul()
    powers = [part.as_base_exp() if part.is_Pow else (part, sympy.S.One) for part in Mul.make_args(rest)]
    below = [base**-power for base, power in powers if _divides(power)]
    above = sorted((base**power for base, power in powers if not _divides(power)), key=_rank)
    sums = [part for part in above if isinstance(part, Sum)]
    plain = [part for part in above if part not in sums]
    if number.q != 1 or below:
        over = row(*_juxtaposed([number.p] * (number.p != 1 or not plain) + plain))
        return row(Fraction(over, _denominator(number.q, below)), *_juxtaposed(sums))
    return row(*_juxtaposed([number.p] * (number != 1) + plain + sums))


def _denominator(number: int, factors: Sequence[Expr]) -> Formula:
    if number == 1 and len(factors) == 1:
        return expression(factors[0])
    return row(*_juxtaposed([number] * (number != 1) + list(factors)))


def _divides(power: Expr) -> bool:
    return bool(power.is_Integer and power < 0)


def _juxtaposed(factors: Sequence[Expr | int]) -> list[Formula]:
    """Factors side by side; a sum that is the only one needs no parentheses."""
    expressions = [sympy.sympify(part) for part in factors]
    return [expression(part) if len(expressions) == 1 else factor(part) for part in expressions]


def _rank(part: Expr) -> int:
    base = part.base if isinstance(part, Pow) else part
    if isinstance(base, Sum):
        return len(FACTORS) + 1
    if isinstance(base, Symbol) and "_" in base.name:
        return len(FACTORS)
    return next((n for n, kinds in enumerate(FACTORS) if isinstance(base, kinds)), len(FACTORS))


def factor(expr: Expr) -> Formula:
    """An expression as it stands in a product or after a minus sign."""
    written = expression(expr)
    return Fence(written) if expr.is_Add or expr.could_extract_minus_sign() else written


def _power(expr: Pow) -> Formula:
    if _divides(expr.exp):
        return Fraction(row("1"), expression(expr.base**-expr.exp))
    above = expression(expr.exp)
    base = expression(expr.base)
    if isinstance(base, Script) and base.above is None:
        return Script(base.base, base.below, above)
    if isinstance(expr.base, tuple(FUNCTIONS)):
        *head, last = base.parts if isinstance(base, Row) else (base,)
        return row(*head, Script(last, above=above))
    atomic = isinstance(base, Letter | Sign) or (expr.base.is_Integer and expr.base >= 0)
    return Script(base if atomic else Fence(base), above=above)


def _function(expr: Expr) -> Formula:
    arguments = expr.args if len(expr.args) == 1 else sorted(expr.args, key=sympy.default_sort_key)
    return applied(FUNCTIONS[expr.func], *map(expression, arguments))


def _series(expr: Sum) -> Formula:
    found = matrix_product(expr)
    if found is not None:
        constants, product = found
        top, bottom = sympy.fraction(constants)
        over = row(*_juxtaposed([top] * (top != 1)), product)
        return over if bottom == 1 else Fraction(over, expression(bottom))
    return series(expr)


def matrix_product(expr: Sum) -> tuple[Expr, Formula] | None:
    """(A x)_n for a sum over j of A_nj x_j, with the factors that j is not in; None if it is no such sum."""
    [(index, low, _), *more] = expr.limits
    constants, product = expr.function.as_independent(index, as_Add=False)
    factors = Mul.make_args(product)
    if more or low != 1 or len(factors) != 2 or not all(isinstance(part, AppliedUndef) for part in factors):
        return None
    matrices = [
        part for part in factors if len(part.args) == 2 and part.args[1] == index and part.func.__name__.isupper()
    ]
    vectors = [part for part in factors if part not in matrices and part.args.count(index) == 1]
    if len(matrices) != 1 or len(vectors) != 1 or matrices[0].args[0].has(index):
        return None
    [matrix], [vector] = matrices, vectors
    rest = [part for part in vector.args if part != index]
    column = _sequence(vector.func(*rest)) if rest else name(vector.func.__name__)
    return constants, Script(Fence(row(name(matrix.func.__name__), column)), expression(matrix.args[0]))


def series(expr: Sum) -> Formula:
    """A sum with its sign."""
    signs = [
        Script(Sign("sum"), row(expression(index), "=", expression(low)), expression(high), limits=True)
        for index, low, high in expr.limits
    ]
    return row(*reversed(signs), factor(expr.function))


def _sequence(expr: AppliedUndef) -> Formula:
    """Its leading integer arguments below, the parameters that it depends on in parentheses."""
    indices = list(takewhile(lambda argument: argument.is_integer, expr.args))
    rest = [expression(argument) for argument in expr.args[len(indices) :]]
    base = name(expr.func.__name__)
    head = base.base if isinstance(base, Script) else base
    below: list[Formula | str] = [base.below] if isinstance(base, Script) and base.below is not None else []
    for part in map(expression, indices):
        below += [",", part] if below else [part]
    script = Script(head, row(*below)) if below else head
    return row(script, Fence(commas(rest))) if rest else script


_EXPRESSIONS: dict[Any, Callable[[Any], Formula]] = {
    Variable: lambda variable: name(variable.name),
    Rational: _number,
    Symbol: lambda expr: name(expr.name),
    Add: _sum,
    Mul: _product,
    exp: lambda expr: Script(Letter("e"), above=expression(expr.args[0])),
    Pow: _power,
    (tanh, sigmoid, Min, Max): _function,
    Abs: lambda expr: Fence(expression(expr.args[0]), "||"),
    Sum: _series,
    Tuple: lambda expr: commas(map(expression, expr)),
    AppliedUndef: _sequence,
    type(sympy.E): lambda expr: Letter("e"),
}
