"""The kernel's propositions and rules for people, who write SymPy expressions or terms.  UNTRUSTED.

What a theorem says are the kernel's terms; SymPy takes each of them for an expression of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

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


Equal, Less, LessEqual, Within = map(
    told, (propositions.Equal, propositions.Less, propositions.LessEqual, propositions.Within)
)
TendsTo, ForAll, Conjunction = map(told, (propositions.TendsTo, propositions.ForAll, propositions.Conjunction))
generalise, specialise = told(propositions.generalise), told(propositions.specialise)
arithmetic, positive, monotone = told(bounds.arithmetic), told(bounds.positive), told(bounds.monotone)
extremum, cases = told(bounds.extremum), told(bounds.cases)
empty_sum, last_term = told(induction.empty_sum), told(induction.last_term)
by_induction = told(induction.induction)
continuity, exponential_decay = told(limits.continuity), told(limits.exponential_decay)
geometric_decay = told(limits.geometric_decay)
