"""Small systems and automata for the kernel's tests. Oracles are elsewhere: literals, or mpmath at 200 digits."""

from fractions import Fraction

import mpmath
import sympy
from flint import fmpq

from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.enclosures import Enclosure, Error
from symlstm.kernel.networks.statements import Automaton, Situation, System, WeightedAutomaton
from symlstm.model import terms as language

k, a, b, h, r, x, y = map(Variable, "kabhrxy")
ONE = fmpq(1)


def system(updates, initial=None, words=("w",), inputs=(), encoding=None, gates=()):
    """The recurrence that the mapping {coordinate: next value} writes, from 0 if nothing else is said."""
    start = dict.fromkeys(updates, 0) | (initial or {})
    rows = tuple(map(terms, encoding or [()] * len(words)))
    named = tuple((symbol, term(value)) for symbol, value in gates)
    return System(k, words, inputs, rows, (*updates,), terms(start.values()), terms(updates.values()), named)


def term(value):
    """The normal form of a SymPy expression or an int."""
    return language.term(sympy.sympify(value) if isinstance(value, str) else value)


def terms(values):
    return tuple(map(term, values))


def error(terms, tiny=False):
    """{(p, rate): amplitude} with ints or Fractions."""
    return Error({(p, rational(rate)): rational(amplitude) for (p, rate), amplitude in terms.items()}, tiny)


def near(value, terms=None, tiny=False):
    """A signal around a SymPy expression in k."""
    return Enclosure(term(value), error(terms or {}, tiny))


def rational(q):
    return q if isinstance(q, fmpq) else fmpq(Fraction(q).numerator, Fraction(q).denominator)


def line(*boxes, registers=(), equal=None):
    """Situations of a one-word system, one after the other, the last one for ever."""
    last = len(boxes) - 1
    situations = tuple(Situation(("w",) * q, box, equal or {}) for q, box in enumerate(boxes))
    return Automaton(situations, tuple((min(q + 1, last),) for q in range(len(boxes))), registers)


def always(value, words=("w",)):
    """The specification that is one number on every word sequence."""
    return WeightedAutomaton((ONE,), dict.fromkeys(words, ((ONE,),)), (rational(value),))


def length(words=("w",)):
    """The specification that counts the words."""
    zero = fmpq(0)
    return WeightedAutomaton((ONE, zero), dict.fromkeys(words, ((ONE, ONE), (zero, ONE))), (zero, ONE))


def exactly(q):
    """An mpmath number for a rational."""
    return mpmath.mpf(int(q.p)) / int(q.q)


def value_at(bound, scale):
    """What an Error says at a scale, in mpmath's current precision."""
    scale = exactly(scale)
    terms = ((p, exactly(rate), exactly(amplitude)) for (p, rate), amplitude in bound.terms.items())
    return mpmath.fsum(amplitude * scale**p * mpmath.exp(-rate * scale) for p, rate, amplitude in terms)
