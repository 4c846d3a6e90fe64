"""Statements that several tests print, made by hand and not proved."""

from __future__ import annotations

from flint import fmpq
from sympy import tanh

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.enclosures import Enclosure, Error
from symlstm.kernel.networks.statements import (
    Automaton,
    ErrorBound,
    Readout,
    Situation,
    StepTable,
    System,
    WeightedAutomaton,
)
from symlstm.model.translation import normal

k, c6, g6, h1 = (Variable(name) for name in ("k", "c_6", "g_6", "h_1"))
ONE, KAPPA = algebra.rational(1), normal(tanh(1))
SYSTEM = System(k, ("a", "b"), (), ((), ()), (), (), (), ())
SPECIFICATION = WeightedAutomaton((fmpq(1),), {"a": ((fmpq(1),),), "b": ((fmpq(1),),)}, (fmpq(0),))
SCORE = Readout(((c6, ONE),), 1)
AUTOMATON = Automaton((Situation((), {}, {}), Situation(("a",), {}, {}), Situation(("a", "b"), {}, {})), (), ())


def error(*terms: tuple[int, int | fmpq, int | fmpq]) -> Error:
    return Error({(power, fmpq(rate)): fmpq(amplitude) for power, rate, amplitude in terms})


BOUND = ErrorBound(
    SYSTEM,
    SCORE,
    SPECIFICATION,
    error((0, 100, fmpq(1, 2))),
    error((0, 100, fmpq(-1, 2)), (0, 152, 2)),
    error(),
    fmpq(1),
)
ZERO, NEAR = Enclosure(algebra.rational(0)), Enclosure(ONE, error((0, 100, 1)))
K0 = fmpq(1)


def table(signal: Variable, values: list[Enclosure], k0: fmpq | None = K0) -> StepTable:
    """A table of one signal, its values by situation and then by word."""
    steps = [(q, word) for q in range(3) for word in ("a", "b")]
    return StepTable(SYSTEM, AUTOMATON, tuple((q, w, signal, v) for (q, w), v in zip(steps, values, strict=True)), k0)
