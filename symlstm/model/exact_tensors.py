"""The entries of tensors: exact terms in the scale k, kept in nested tuples."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.enclosures import EnclosureArithmetic
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.parameters import check_linear
from symlstm.model.terms import SCALE, k, term

__all__ = ["SCALE", "Nested", "entries", "exact", "exact_array", "k", "mapped", "shape_of"]

Nested = Any  # a tuple of Terms, or a tuple of such tuples

AFFINE = "rationals, k, + - * /, powers, exp, tanh, sigmoid, as a whole affine in k: not k^2, 1/k or exp(k)"


def _listed(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def shape_of(value: Any) -> tuple[int, ...]:
    """The shape of nested sequences or an array; a ragged one ends in -1."""
    value = _listed(value)
    if not isinstance(value, list | tuple):
        return ()
    inner = {shape_of(entry) for entry in value}
    return (len(value), *(inner.pop() if len(inner) == 1 else (-1,) if inner else ()))


def _uneven(ragged: Any) -> str:
    """The first row and the first that is not like it."""
    shapes = [shape_of(row) for row in _listed(ragged)]
    other = next(n for n, shape in enumerate(shapes) if shape != shapes[0] or -1 in shape)
    sizes = [f"{shape[0]} entries" if len(shape) == 1 else f"shape {shape}" for shape in (shapes[0], shapes[other])]
    return f"row [0] of {sizes[0]}, row [{other}] of {sizes[1]}"


def exact_array(value: Any, name: str, shape: tuple[int, ...], parameters: Sequence[Variable] | None = ()) -> Nested:
    """The entries as exact terms (see `exact`), zeros for None; raises InputError for what is wrong."""
    if value is None:
        zeros: Nested = algebra.ZERO
        for size in reversed(shape):
            zeros = (zeros,) * size
        return zeros
    found = shape_of(value)
    if found != shape:
        raise InputError(name, _uneven(value) if -1 in found else f"shape {found}", f"shape {shape}")
    return _exact_nested(_listed(value), name, parameters)


def _exact_nested(value: Any, where: str, parameters: Sequence[Variable] | None) -> Nested:
    value = _listed(value)
    if isinstance(value, list | tuple):
        return tuple(_exact_nested(entry, f"{where}[{j}]", parameters) for j, entry in enumerate(value))
    return exact(value, where, parameters)


def exact(entry: Any, where: str, parameters: Sequence[Variable] | None = ()) -> Term:
    """A number, a term or SymPy expression in k, or a text as in files, exactly. Raises InputError for anything else.

    Up to what vanishes for k -> oo it must be affine in k, as tanh(k)*k is. With parameters None it may
    be any expression in k: the kernel need have no meaning for it.
    """
    if type(entry) is int:
        return algebra.rational(entry)
    entry = entry.item() if hasattr(entry, "item") else entry
    if isinstance(entry, float) and not math.isfinite(entry):
        raise InputError(where, str(entry), "a finite number")
    if isinstance(entry, int | float | Fraction) and not isinstance(entry, bool):
        return term(Fraction(entry))
    if isinstance(entry, str):
        return exact(_read(entry, where), where, parameters)
    _refuse_floats(entry, where)
    try:
        found = term(entry, where)
    except (RuleError, Unsupported) as refusal:
        raise InputError(where, str(refusal), AFFINE) from None
    if not {*found.symbols()} <= {SCALE, *(parameters or ())}:
        raise InputError(where, repr(entry), "a number, or an expression in k", "from symlstm import k")
    if parameters is not None:
        check_linear(found, where, SCALE, parameters)
        if not _is_affine(found, tuple(parameters)):
            raise InputError(where, str(found), AFFINE)
    return found


def _refuse_floats(entry: Any, where: str) -> None:
    """A float inside an expression of SymPy is refused, with the number that was meant."""
    if hasattr(entry, "free_symbols") and not isinstance(entry, Term):
        import sympy

        if entry.has(sympy.Float):
            exactly = entry.replace(lambda x: x.is_Float, lambda x: sympy.Rational(str(float(x))))
            raise InputError(where, f"{entry}, with a float in it", "exact numbers", str(exactly))


def _read(text: str, where: str) -> Term:
    """An entry as files write it."""
    from symlstm.model.file.parser import parse_entry

    return parse_entry(text, where)


@lru_cache(maxsize=4096)
def _is_affine(entry: Term, parameters: tuple[Variable, ...]) -> bool:
    """Whether it is constant + constant * k up to what vanishes: what a pre-activation may be made of."""
    try:
        found = EnclosureArithmetic(SCALE, None, parameters).evaluate(entry, {}) if algebra.is_normal(entry) else None
    except RuleError:  # exp of k
        return False
    return found is not None and found.error.vanishes and {*found.main.coefficients(SCALE)} <= {0, 1}


def mapped(array: Nested, function: Callable[[Term], Any]) -> Nested:
    """Nested tuples of the same shape with the function's value for each entry."""
    return tuple(mapped(part, function) for part in array) if isinstance(array, tuple) else function(array)


def entries(array: Nested) -> Iterator[Term]:
    """The entries of a nested tuple, in order."""
    for part in array if isinstance(array, tuple) else (array,):
        yield from entries(part) if isinstance(part, tuple) else (part,)
