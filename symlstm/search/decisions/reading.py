"""What a network decides along words, in the limit and at a scale, beside what is specified.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.families import machine
from symlstm.kernel.networks.machines import Acceptance, Machine, Values

if TYPE_CHECKING:
    from symlstm.search.construction import Construction

BITS = 2048  # in which the threshold is taken away: the readouts' own balls are wider
TIE = "tie"
Said: TypeAlias = fmpq | bool | int


@dataclass(frozen=True)
class Deciding:
    """The specification of a construction as a machine, and how readouts decide: by a threshold, or by the largest."""

    construction: Construction

    @cached_property
    def machine(self) -> Machine:
        """The specification."""
        return machine(self.construction.specification)

    @property
    def is_number(self) -> bool:
        """Whether the specification says a number, so that there is an error and nothing to decide."""
        return isinstance(self.machine.output, Values)

    def said(self, words: Sequence[str]) -> list[Said | None]:
        """What is specified for each prefix: None where nothing is claimed."""
        spec, delay = self.machine, self.construction.network.delay
        places, domains = [spec.first], [spec.domain.first] if spec.domain is not None else []
        for word in words:
            places.append(spec.after(places[-1], word))
            domains += [spec.domain.after(domains[-1], word)] if spec.domain is not None else []
        promised = [spec.domain is None or bool(spec.domain.says(domains[n + 1])) for n in range(len(words))]
        ends = range(1 - delay, len(words) + 1 - delay)
        return [spec.says(places[end]) if end >= 0 and yes else None for end, yes in zip(ends, promised, strict=True)]

    def shown(self, said: Said | None) -> str | None:
        """What is specified in words."""
        if isinstance(said, bool):
            return "accepted" if said else "rejected"
        return self._names[said] if isinstance(said, int) else None if said is None else str(said)

    def by_limits(self, limits: Sequence[Term]) -> str:
        """What is decided in the limit."""
        return self._decided(limits, self.construction.threshold, algebra.sign)

    def by_balls(self, balls: Sequence[arb]) -> str:
        """What is decided by numbers; a tie also where they are nearer than what is known of them."""
        with ctx.workprec(BITS):
            return self._decided(balls, self._threshold, _sign)

    def margin(self, said: Said, balls: Sequence[arb]) -> arb:
        """How far the readouts are on the side that is specified; negative on the other."""
        with ctx.workprec(BITS):
            if isinstance(said, bool):
                above = balls[0] - self._threshold
                return above if said else -above
            others = [x for n, x in enumerate(balls) if n != said]
            return min((balls[int(said)] - x for x in others), key=lambda gap: gap.mid())

    @property
    def _names(self) -> list[str]:
        return [*self.construction.network.readers]

    @property
    def _threshold(self) -> arb:
        return algebra.constant_ball(self.construction.threshold, BITS)

    def _decided(self, numbers: Sequence[Any], threshold: Any, sign: Callable[[Any], int]) -> str:
        if isinstance(self.machine.output, Acceptance):
            return {1: "accepted", -1: "rejected"}.get(sign(numbers[0] - threshold), TIE)
        for n, x in enumerate(numbers):
            if all(sign(x - y) > 0 for j, y in enumerate(numbers) if j != n):
                return self._names[n]
        return TIE


def _sign(x: arb) -> int:
    return int(bool(x > 0)) - int(bool(x < 0))
