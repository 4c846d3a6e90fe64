"""Expressions, names and propositions as formulas.

Refuses what it has no notation for: nothing is guessed from the spelling of a name. Sums and
products are put in the order in which PyTorch's equations and a careful author write them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import takewhile
from typing import Any

import sympy
from sympy import Abs, Add, Expr, Max, Min, Mul, Pow, Rational, Sum, Symbol, Tuple, exp, tanh
from sympy.core.function import AppliedUndef

from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.theorem import Unsupported
from symlstm.model.activations import relu, sigmoid, step
from symlstm.model.translation import to_sympy
from symlstm.render.formulas.formula import (
    Fence,
    Formula,
    Letter,
    Named,
    Quotient,
    Row,
    Script,
    Sign,
    Text,
    applied,
    commas,
    row,
)
from symlstm.render.statements.abbreviations import abbreviated

_SHARED: ContextVar[frozenset[Symbol]] = ContextVar("shared", default=frozenset())
INDICES = "djlmnpst"  # letters of indices, which a name has no more than a gate's or coordinate's
GREEK = "alpha|beta|gamma|delta|eta|kappa|lambda|mu|rho|theta"
NAMES = (  # what a symbol may be called: (base)(above)(below)
    rf"(?P<base>[A-Za-z]|{GREEK})",
    rf"(?P<base>[a-z]|{GREEK})_(?P<below>\d+|[a-z])",
    r"(?P<base>[a-z])\^(?P<layer>\d+)(_(?P<below>\d+))?",
    r"(?P<base>[a-z])_(?P<above>star)",
    r"(?P<base>a)_(?P<above>[ifgorzn])(\^(?P<layer>\d+))?_(?P<below>\d+)",
    r"(?P<base>[WUb])_(?P<below>[a-z]+)",
)
WRITTEN_FIRST = ("W", "b_ih", "U", "b_hh")  # PyTorch writes W_ih x + b_ih + W_hh h + b_hh
FACTORS: tuple[tuple[type, ...], ...] = ((Rational, Symbol), (exp,), (sigmoid,), (tanh,), (Add, Min, Max, Abs))
FUNCTIONS: dict[type, Formula] = {
    tanh: Named("tanh"), sigmoid: Sign("sigma"), Min: Named("min"), Max: Named("max"),
    relu: Named("relu"), step: Named("step"),
}  # fmt: skip


def name(spelling: str) -> Formula:
    """A symbol's name; raises Unsupported for one that has no rule."""
    for pattern in NAMES:
        if found := re.fullmatch(pattern, spelling):
            parts = found.groupdict()
            below, above = _letters(parts.get("below")), _letters(parts.get("above"))
            if parts.get("layer"):  # in parentheses, so that it is no power
                layer = Fence(row(parts["layer"]))
                above = layer if above is None else row(above, layer)
            base = row(parts["base"]).parts[0]
            return Script(base, below, above) if below or above else base
    raise Unsupported(f"no notation for the name {spelling!r}")


def _letters(text: str | None) -> Formula | None:
    return None if text is None else row(text) if text.isdigit() or text == "star" else row(*text)


def variable(expr: Symbol) -> Formula:
    """A variable by its name; with its kind where the name alone could mean something else.

    That is e, which is a number too, a variable that shares its name with one of the other kind in what is being
    written, and one with an index, such as c_t, that a sequence could have.
    """
    written = name(expr.name)
    if not shows_its_kind(expr):
        return written
    kind = Text("natural" if expr.is_integer else "real")
    whole = written if isinstance(written, Script) else Script(written)
    own = [] if whole.below is None else [whole.below, ","]
    return Script(whole.base, row(*own, kind), whole.above)


def shows_its_kind(expr: Symbol) -> bool:
    """Whether it is written with its kind."""
    indexed = re.fullmatch(rf"[a-zA-Z]+_[{INDICES}]", expr.name) is not None
    return expr.name == "e" or indexed or expr in _SHARED.get()


@contextmanager
def telling_apart(variables: Iterable[Symbol]) -> Iterator[None]:
    """Variables that share a name show their kinds in the block."""
    kinds: dict[str, set[Symbol]] = {}
    for symbol in variables:
        kinds.setdefault(symbol.name, set()).add(symbol)
    token = _SHARED.set(frozenset(symbol for symbols in kinds.values() if len(symbols) > 1 for symbol in symbols))
    try:
        yield
    finally:
        _SHARED.reset(token)


def evident(expr: Expr) -> set[Symbol]:
    """The variables that can only be natural numbers where they stand: in indices, exponents and ranges of sums."""
    found: set[Symbol] = set()
    for node in sympy.preorder_traversal(expr):
        if isinstance(node, AppliedUndef):
            found |= {s for index in _indices(node) for s in index.free_symbols}
        elif isinstance(node, Pow) and not node.exp.is_Integer and node.base != sympy.E:
            found |= node.exp.free_symbols
        elif isinstance(node, Sum):
            found |= {s for limit in node.limits for part in limit for s in part.free_symbols}
    return found


def at_time(spelling: str, time: Formula | str) -> Formula:
    """A coordinate at a time: c_6 at T is c with T, 6 below."""
    written = name(spelling)
    if isinstance(written, Script) and written.below is not None:
        return Script(written.base, row(time, ",", written.below), written.above)
    return Script(written, row(time))


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
    size = row(str(abs(expr.p))) if expr.q == 1 else Quotient(row(str(abs(expr.p))), row(str(expr.q)))
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
        return row(Quotient(over, _denominator(number.q, below)), *_juxtaposed(sums))
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
    if len(expressions) == 1:
        return [expression(expressions[0])]
    written: list[Formula] = []
    for n, part in enumerate(expressions):
        new = factor(part)
        new = Fence(new) if isinstance(part, Sum) and n < len(expressions) - 1 else new
        follows = written and _may_be_applied(written[-1]) and _opens(new)
        written += [Sign("*"), new] if follows else [new]
    return written


def _may_be_applied(written: Formula) -> bool:
    """Whether its end is a letter or has a script, so that parentheses after it would look like arguments."""
    last = written.parts[-1] if isinstance(written, Row) and written.parts else written
    return isinstance(last, Letter | Script) or (isinstance(last, Sign) and last.spelling.role == "plain")


def _opens(written: Formula) -> bool:
    """Whether it begins with a parenthesis, so that after a letter it would look like an argument."""
    first = written.parts[0] if isinstance(written, Row) and written.parts else written
    return isinstance(first.base if isinstance(first, Script) else first, Fence)


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
        return Quotient(row("1"), expression(expr.base**-expr.exp))
    above = expression(expr.exp)
    base = expression(expr.base)
    gate = isinstance(above, Letter) and above.text in "ifgo" and isinstance(base, Script) and base.base == Letter("a")
    if isinstance(base, Script) and base.above is None and not gate:
        return Script(base.base, base.below, above)
    if isinstance(expr.base, tuple(FUNCTIONS)):
        *head, last = base.parts if isinstance(base, Row) else (base,)
        return row(*head, Script(last, above=above))
    atomic = isinstance(base, Letter | Sign) or (expr.base.is_Integer and expr.base >= 0)
    return Script(base if atomic else Fence(base), above=above)


def _function(expr: Expr) -> Formula:
    arguments = expr.args if len(expr.args) == 1 else sorted(expr.args, key=sympy.default_sort_key)
    return applied(FUNCTIONS[expr.func], *map(expression, arguments))


def series(expr: Sum) -> Formula:
    """A sum with its sign."""
    signs = [
        Script(Sign("sum"), row(expression(index), "=", expression(low)), expression(high), limits=True)
        for index, low, high in expr.limits
    ]
    return row(*reversed(signs), factor(expr.function))


def _indices(expr: AppliedUndef) -> list[Expr]:
    """The leading arguments that are whole numbers."""
    return list(takewhile(lambda argument: argument.is_integer, expr.args))


def _sequence(expr: AppliedUndef) -> Formula:
    """Its leading integer arguments below, the parameters that it depends on in parentheses."""
    indices, base = _indices(expr), name(expr.func.__name__)
    rest = [expression(argument) for argument in expr.args[len(indices) :]]
    head, above = (base.base, base.above) if isinstance(base, Script) else (base, None)
    below: list[Formula | str] = [base.below] if isinstance(base, Script) and base.below is not None else []
    for n, index in enumerate(indices):
        new = expression(index)
        parted = [] if not below else ["," if n else ";"]
        below += [*parted, Fence(new) if _looks_like_a_name(index, len(indices)) else new]
    script = Script(head, row(*below) if below else None, above) if below or above else head
    return row(script, Fence(commas(rest))) if rest else script


def _looks_like_a_name(index: Expr, count: int) -> bool:
    """Whether c with this index could be the variable c_1 or b_f, W with it W_if."""
    letters = isinstance(index, Mul) and all(isinstance(part, Symbol) for part in index.args)
    alone = isinstance(index, sympy.Integer) or (isinstance(index, Symbol) and index.name not in INDICES)
    return letters or (alone and count == 1)


_EXPRESSIONS: dict[Any, Callable[[Any], Formula]] = {
    Variable: lambda variable: name(variable.name),
    Rational: _number,
    Symbol: variable,
    Add: _sum,
    Mul: _product,
    exp: lambda expr: Script(Letter("e"), above=expression(expr.args[0])),
    Pow: _power,
    tuple(FUNCTIONS): _function,
    Abs: lambda expr: Fence(expression(expr.args[0]), "||"),
    Sum: series,
    Tuple: lambda expr: commas(map(expression, expr)),
    AppliedUndef: _sequence,
    type(sympy.E): lambda expr: Letter("e"),
}
