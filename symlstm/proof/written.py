"""The kernel's propositions and rules for people, who write SymPy expressions or terms.  UNTRUSTED.

What a theorem says are the kernel's terms; SymPy takes each of them for an expression of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from symlstm.kernel import asymptotics
from symlstm.kernel.algebra import Variable
from symlstm.kernel.logic import bounds, induction, limits, propositions
from symlstm.model.translation import of_kernel

P = ParamSpec("P")
R = TypeVar("R")


def told(rule: Callable[P, R]) -> Callable[..., R]:
    """The rule, for SymPy's expressions too."""

    @wraps(rule)
    def called(*arguments: Any, **named: Any) -> R:
        return rule(*map(of_kernel, arguments), **{key: of_kernel(value) for key, value in named.items()})

    return called


class Told(type):
    """Of a kind of propositions: makes the kernel's, of SymPy's expressions too, and knows them."""

    def __call__(cls, *arguments: Any) -> Any:
        kind, made = cls.__mro__[1], [*map(of_kernel, arguments)]
        for place, name in enumerate(kind.fields[: len(made)]):  # type: ignore[attr-defined]
            if name == "variables" and isinstance(made[place], Variable):
                made[place] = (made[place],)
        return kind(*made)

    def __instancecheck__(cls, x: object) -> bool:
        return isinstance(x, cls.__mro__[1])


class Equal(propositions.Equal, metaclass=Told):
    fields = propositions.Equal.fields


class Less(propositions.Less, metaclass=Told):
    fields = propositions.Less.fields


class LessEqual(propositions.LessEqual, metaclass=Told):
    fields = propositions.LessEqual.fields


class Within(propositions.Within, metaclass=Told):
    fields = propositions.Within.fields


class TendsTo(propositions.TendsTo, metaclass=Told):
    fields = propositions.TendsTo.fields


class Diverges(asymptotics.Diverges, metaclass=Told):
    fields = asymptotics.Diverges.fields


class ForAll(propositions.ForAll, metaclass=Told):
    fields = propositions.ForAll.fields


class Conjunction(propositions.Conjunction, metaclass=Told):
    fields = propositions.Conjunction.fields


assume, generalise, specialise = told(propositions.assume), told(propositions.generalise), told(propositions.specialise)
arithmetic, positive, monotone = told(bounds.arithmetic), told(bounds.positive), told(bounds.monotone)
extremum, cases = told(bounds.extremum), told(bounds.cases)
empty_sum, last_term = told(induction.empty_sum), told(induction.last_term)
by_induction = told(induction.induction)
continuity, exponential_decay = told(limits.continuity), told(limits.exponential_decay)
geometric_decay = told(limits.geometric_decay)
