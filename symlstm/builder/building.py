"""The pipeline: specification -> network -> proof in the limit -> least scales -> proof at one of them.  UNTRUSTED.

Every statement about the network that comes out is proved from its weights, as for any other network: the builder
proposes, and a mistake in it costs a network, never a false theorem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from sympy import Expr, Rational

from symlstm.builder import codes, control, counting, units
from symlstm.builder.scales import (
    LARGEST,
    MANY,
    Tried,
    at_every_length,
    least_for_ever,
    least_safe,
    least_up_to,
    right_in_floats,
)
from symlstm.floats.closed_states import Exhausted
from symlstm.kernel.networks.machines import Acceptance, Machine
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network
from symlstm.proof.claims import Outcome, Verdict
from symlstm.proof.scale import AtScale
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import at_scale
from symlstm.search.scale.float_classes import MOST

CODES = ("unit", "log")
AMPLE = Fraction(50)  # the multiple where a machine counts, and where no certificate is found
Maker = Callable[[Fraction], Construction]  # from the multiple of unit weights


@dataclass(frozen=True)
class Built:
    """A network with its specification, what is proved of it in the limit, and at the weights that it has.

    Every weight is a multiple of the scale: k = 1 is the network as it is written, with unit weights times `multiple`.
    `least` is the least multiple that is certified, None if that is not known, and `too_small` the largest that was
    tried and has no certificate. `float32` is a run over all float32 states at these weights in which none is wrong,
    None if there is no such run; `unsafe` is the largest multiple that was tried and has none.
    """

    construction: Construction
    limit: Outcome
    at_weights: AtScale
    multiple: Fraction
    states: int
    least: Fraction | None = None
    too_small: Fraction | None = None
    float32: Exhausted | None = None
    unsafe: Fraction | None = None

    @property
    def units(self) -> int:
        """The hidden size."""
        return self.construction.network.hidden


def build(
    specification: Machine,
    cell: str = "lstm",
    length: int | None = None,
    title: str = "",
    claimed: Machine | WeightedAutomaton | None = None,
    code: str = "unit",
) -> Built:
    """The network of a specification in a cell: "lstm", "gru", "rnn_tanh", "rnn_sigmoid" or "relu".

    Its units stand for pairs of a state and a word, or with the code "log" for sets of states: as few as are found.
    What is proved of it is the specification, or `claimed`, the same written otherwise or for promised words alone.

    Its weights are the least, of two digits, that are certified up to `length` words, None for every length, and right
    in float32. Where that cannot be, for a machine that counts or one of very many states, `at_weights` says how far
    it is right or why that is not known. Raises InputError for a machine that has no network or code of that kind here,
    or that is not certified at any multiple up to the length.
    """
    make, states = _maker(specification, cell, code)
    claimed = specification if claimed is None else claimed
    ideal = Construction(make(k), claimed, title)
    limit = ideal.outcome()
    if limit.verdict is not Verdict.PROVED:
        raise InputError(
            "build",
            f"a network that is {limit.verdict.value}: {limit.reason}",
            "one that is proved",
            "report this, please",
        )

    def found(multiple: Fraction) -> Construction:
        return Construction(make(_times(multiple)), claimed, title)

    plan = Built(ideal, limit, AtScale(None), Fraction(1), states)
    if specification.registers:
        made = found(AMPLE)
        return replace(plan, construction=made, at_weights=at_scale(made, wrong_too=False), multiple=AMPLE)
    if not ideal.network.depends_on_k:  # exact: no scale to look for
        theorem = at_every_length(ideal)
        known = at_scale(ideal) if theorem is None else AtScale(None, theorem)
        return replace(plan, at_weights=known, float32=right_in_floats(ideal, Fraction(1)), least=Fraction(1))
    return _for_ever(plan, found) if length is None else _up_to(plan, found, length)


def _up_to(plan: Built, found: Maker, length: int) -> Built:
    """With the least weights that are certified up to the length."""
    tried = least_up_to(found, length)
    made = found(tried.multiple)
    known, run = at_scale(made, wrong_too=False), right_in_floats(plan.construction, tried.multiple)
    plan = replace(plan, construction=made, at_weights=known, multiple=tried.multiple, float32=run)
    return replace(plan, least=tried.multiple, too_small=tried.too_small)


def _for_ever(plan: Built, found: Maker) -> Built:
    """With the least weights that are certified for every length; where those are not right in float32, that are both."""
    best = least_for_ever(plan.construction)
    safe = None if best is None else least_safe(plan.construction, best.multiple)
    is_both = best is not None and safe is not None and best.multiple == safe.multiple
    alone = best is not None and (plan.units < MANY or safe is None or is_both)  # of many units only one is checked
    made = _certified(plan, found, best) if best is not None and alone else None
    if safe is not None and not is_both:
        larger = _certified(plan, found, Tried(safe.multiple))
        least = None if made is None else made.least
        made = made if larger is None else replace(larger, least=least, unsafe=safe.too_small)
    if best is None or made is None:
        reason = f"no boxes of up to {MOST} classes found with weights up to {LARGEST}"
        return replace(plan, construction=found(AMPLE), at_weights=AtScale(Fraction(1), reason=reason), multiple=AMPLE)
    return replace(made, too_small=best.too_small, float32=right_in_floats(plan.construction, made.multiple))


def _certified(plan: Built, found: Maker, first: Tried) -> Built | None:
    """At the multiple, or one a little larger, that the kernel accepts."""
    for tried in first.larger():
        theorem = at_every_length(made := found(tried.multiple))
        if theorem is not None:
            known = AtScale(Fraction(1), theorem)
            return replace(plan, construction=made, at_weights=known, multiple=tried.multiple, least=tried.multiple)
    return None


def _maker(specification: Machine, cell: str, code: str) -> tuple[Callable[[Expr], Network], int]:
    """A function from the scale to the network, and the number of states that it has."""
    if cell not in control.BUILDERS:
        raise InputError("cell", repr(cell), f"one of {', '.join(control.BUILDERS)}")
    if code not in CODES:
        raise InputError("code", repr(code), f"one of {', '.join(CODES)}")
    counts = specification.registers or not isinstance(specification.output, Acceptance)
    if counts and code == "unit":
        if cell != "lstm":
            raise InputError("cell", repr(cell), 'cell "lstm": only its cells count without end')
        return (lambda scale: counting.network(specification, scale)), len(specification.states)
    layer = codes.code(specification, exact=cell == "relu") if code == "log" else units.pairs(specification)
    return (lambda scale: control.network(layer, cell, scale)), len(layer.automaton.states)


def _times(multiple: Fraction) -> Expr:
    return Rational(multiple.numerator, multiple.denominator) * k
