#!/usr/bin/env python3
"""Checks a certificate of symlstm again, alone:  python -I recheck.py certificate.json ...

One file, Python's standard library, nothing of symlstm: written from the description below.
Exit code 0: every statement is verified; 1: one is not; 2: a file cannot be read; 3: one is not for this checker.

THE FILE.  JSON.  A rational is a text "p" or "p/q".  A constant is a rational, or a list of
[rational, [[atom, power], ...]], a sum of products; atom n is tanh(atoms[n]), of a nonzero
constant in earlier atoms.  A weight is [a, b], for a k + b at scale k >= 1.

    format         "symlstm certificate 1"
    theorem        one of KINDS below
    network        vocabulary, and layers, the lowest first, each with a cell of CELLS, weight_ih, weight_hh, bias_ih,
                   bias_hh (weights, PyTorch's shapes, gates stacked as CELLS has them: i, f, g, o of an LSTM, r, z, n of
                   a GRU), h0, c0 (constants); an LSTM perhaps with weight_hr (PyTorch's projection) and peephole
    readout        delay, and terms [coordinate, coefficient]
    specification  initial, one matrix a word, final: initial . M(w_1) ... M(w_n) . final, rationals
    words, limit, specified    of a Counterexample;      words, limits    of a Trace
    k0, bound                  of an ErrorBound (quadratic, linear, constant);      k0, rows    of a StepTable
    threshold                  of a Decides, a DecidesBy, a Misdecision: a constant; specification: a machine, see `Machine`
    margin                     of a DecidesBy, a rational;   readouts     of a Chooses, a Mischoice: as of a ChoosesAt
    constant                   of the readout, of a Computes and a Counterexample whose specification is a machine
    words, limit or limits, specified      of a Misdecision, a Mischoice, a Counterexample by a machine
    scale, last                of what is at one scale k, a rational > 0, for all lengths T <= last; null: for all lengths
    threshold                  of a DecidesAt, a constant;      constant, bound     of a WithinAt: of the readout, of the error
    readouts                   of a ChoosesAt: for each one its terms and its constant; readout has the delay
    runs, scale, constant, lower, upper, specified     of a RunAt; its specification is an automaton or a machine
    worst                      of a FiniteError and an ErrorAt;      within, beyond, epsilon      of a Bracket
    proof          see `Invariant`, `check_span`, `Families`, `Classes`, `check_run`, `check_worst`

Coordinates are numbered from 0: the h of each layer, then the c of each that has one.

WHAT THE STATEMENTS SAY, for the network run as PyTorch does on one-hot words:
    Computes        for all words w_1 ... w_T, T >= max(1, delay):
                    lim_(k -> oo) readout_T = specification(w_1 ... w_(T - delay))
    Counterexample  on `words` the limit is `limit`, and the specification is `specified`, another number
    Trace           the limits after each of the words are `limits`
    ErrorBound      see `check_error_bound`
    Decides         for all promised words w_1 ... w_T, T >= max(1, delay): lim readout_T > threshold if the machine
                    accepts w_1 ... w_(T - delay), and < threshold if it does not
    DecidesBy       the same with a margin: the limit is >= threshold + margin, or <= threshold - margin
    Chooses         for the same words the limit of the readout with the number that the machine says is larger than all others
    Misdecision, Mischoice    on `words` the limits are `limit` or `limits`, and not as in a Decides or a Chooses
    DecidesAt       the same of readout_T at scale k, in place of its limit, for T <= last
    WithinAt        of the same words and T: |constant + readout_T - what the machine says| <= bound at scale k
    ChoosesAt       of the same words and T: the readout with the number that the machine says is larger than all others
    RunAt           see `check_run`
    FiniteError     see `check_worst`; ErrorAt: the same of one length, from above only
    Bracket         two largest errors, see `check_worst`: the upper end of `within` < epsilon < the lower end of `beyond`
    Cells           see `check_cells`: some weights have `parameters`, which are left open
    MarginsAt, LargestMargin   see `check_margins`: they have forms in place of a network
    StepTable       see `check_step_table`; situation 0 is the start, `proof.step` has the one after each word
An error is a list of [p, l, A], for the sum of A k^p e^(-l k).

A file with "Proposition" for its theorem is a derivation about real numbers, which Rocq checks and this file does not.

IN THIS FILE, each part on those before it: constants and the intervals that give their signs; values, functions of k of
which something is known, without rates (`Limits`), with rates (`Rates`), at one k (`AtScale`); networks, one step of which
is the same for all, and expressions (`Forms`); then a proof by induction over words for each kind of theorem:
situations with limits (`Invariant`) or rates (`RatedInvariant`), families over integers (`Families`), boxes at a scale
(`Classes`); one word sequence that is followed at a scale (`check_run`); and the largest error at a scale (`Contexts`).
Before the families stand forms of parameters (`check_margins`) and the regions where a network with some is right (`Given`).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from typing import Any

FORMAT = "symlstm certificate 1"
WORST = {"FiniteError": ["worst"], "ErrorAt": ["worst"], "Bracket": ["within", "beyond"]}  # largest errors
KINDS = (
    *("Computes", "Counterexample", "Trace", "ErrorBound", "StepTable"),
    *("Decides", "DecidesBy", "Chooses", "Misdecision", "Mischoice"),
    *("DecidesAt", "WithinAt", "ChoosesAt", "RunAt", *WORST),
    *("Cells", "MarginsAt", "LargestMargin"),
)
PRECISIONS = (64, 256, 1024)  # binary places of the intervals, tried in turn for a sign


Constant = dict[tuple[tuple[int, int], ...], Fraction]  # {((atom, power), ...): rational}, see below
Interval = tuple[int, int]  # (low, high), whole numbers of 2^-bits
Vector = dict[int, Constant]


MALFORMED = (LookupError, TypeError, ValueError, AttributeError, RecursionError, ArithmeticError, MemoryError)


class Rejected(Exception):
    """The certificate does not establish its statement; the message says where."""


def demand(holds: object, where: str) -> None:
    if not holds:
        raise Rejected(where)


# -- constants: atoms in increasing order, no power and no coefficient 0 ------------------------------------------------


def rational(text: Any) -> Fraction:
    demand(isinstance(text, str) and re.fullmatch(r"-?[0-9]+(/[1-9][0-9]*)?", text), f"{text!r} is no rational")
    return Fraction(text)


def whole(x: Any, least: int = 0) -> int:
    if type(x) is not int or x < least:
        raise Rejected(f"{x!r} is no whole number >= {least}")
    return x


def constant(data: Any, atoms: int, ghosts: int = 0) -> Constant:
    """A constant in the first `atoms` atoms; ghost n, an integer that is not fixed, stands as atom -1 - n."""
    if isinstance(data, str):
        return of(rational(data))
    total: Constant = {}
    for coefficient, powers in data:
        product = of(rational(coefficient))
        for atom, power in powers:
            known = type(atom) is int and -ghosts <= atom < atoms and (atom >= 0 or power > 0)
            demand(type(power) is int and known, f"atom {atom} of {atoms}, to the power {power}")
            product = times(product, {((atom, power),) if power else (): Fraction(1)})
        total = plus(total, product)
    return total


def of(x: int | Fraction) -> Constant:
    return {(): Fraction(x)} if x else {}


ONE, HALF = of(1), of(Fraction(1, 2))


def plus(x: Constant, y: Constant) -> Constant:
    total = dict(x)
    for product, c in y.items():
        total[product] = total.get(product, Fraction(0)) + c
    return {product: c for product, c in total.items() if c}


def times(x: Constant, y: Constant) -> Constant:
    total: Constant = {}
    for p, a in x.items():
        for q, b in y.items():
            powers = dict(p)
            for atom, n in q:
                powers[atom] = powers.get(atom, 0) + n
            product = tuple(sorted((atom, n) for atom, n in powers.items() if n))
            total[product] = total.get(product, Fraction(0)) + a * b
    return {product: c for product, c in total.items() if c}


def minus(x: Constant, y: Constant) -> Constant:
    return plus(x, times(of(-1), y))


# -- intervals ---------------------------------------------------------------------------------------------------------


def product(x: Interval, y: Interval, bits: int) -> Interval:
    ends = [a * b for a in x for b in y]
    return min(ends) >> bits, -(-max(ends) >> bits)


def reciprocal(x: Interval, bits: int) -> Interval:
    demand(x[0] > 0 or x[1] < 0, "a division by an interval around 0")
    return (1 << 2 * bits) // x[1], -((-1 << 2 * bits) // x[0])


def exp_minus(y: int, bits: int) -> Interval:
    """e^-y for y >= 0, in 2^-bits: by e^-z = 1 - z + z^2/2 - ..., whose partial sums lie on both sides, and squaring."""
    if y >> bits > bits:
        return 0, 1
    halvings = max(0, (y >> bits).bit_length() + 8)
    work = bits + halvings + 64
    z = y << (work - bits - halvings)
    low = high = term_low = term_high = 1 << work
    for j in range(1, 2 * work):
        term_low, term_high = (term_low * z >> work) // j, -((-(term_high * z) >> work) // j)
        low, high = (low + term_low, high + term_high) if j % 2 == 0 else (low - term_high, high - term_low)
        if j % 2 and term_high <= 1:
            break
    high += term_high  # the sum so far ends in a negative term, and the next is smaller
    for _ in range(halvings):
        low, high = low * low >> work, -(-(high * high) >> work)
    return max(0, low >> (work - bits)), -(-high >> (work - bits))


def tanh_interval(x: Interval, bits: int) -> Interval:
    def one_sided(end: int) -> Interval:  # of |end|: (1 - E)/(1 + E) with E = e^(-2|end|), which decreases in E
        e_low, e_high = exp_minus(2 * abs(end), bits)
        one = 1 << bits
        low, high = ((one - e_high) << bits) // (one + e_high), -((-(one - e_low) << bits) // (one + e_low))
        return (low, high) if end >= 0 else (-high, -low)

    return one_sided(x[0])[0], one_sided(x[1])[1]


class Atoms:
    """The table of atoms; decides signs of constants and knows tanh of those in the table."""

    def __init__(self, table: Any, ghosts: int = 0) -> None:
        self.arguments: list[Constant] = []
        self.ghosts, self.moving = ghosts, set[int]()
        self.intervals: dict[tuple[int, int], Interval] = {}
        for n, data in enumerate(table):
            argument = constant(data, n, ghosts)
            self.arguments.append(argument)
            if self.moves(argument):
                self.moving.add(n)
            demand(n in self.moving or self.sign(argument) != 0, f"atom {n} is tanh(0)")

    def read(self, data: Any) -> Constant:
        """A constant without ghosts."""
        found = constant(data, len(self.arguments))
        demand(not self.moves(found), "a constant with a ghost")
        return found

    def moves(self, x: Constant) -> bool:
        """Whether it depends on ghosts."""
        return any(a < 0 or a in self.moving for powers in x for a, _ in powers)

    def interval(self, x: Constant, bits: int) -> Interval:
        low = high = 0
        for powers, c in x.items():
            part = (c.numerator << bits) // c.denominator, -((-c.numerator << bits) // c.denominator)
            for atom, n in powers:
                demand(atom >= 0 and atom not in self.moving, "the interval of what varies")
                if (atom, bits) not in self.intervals:
                    self.intervals[atom, bits] = tanh_interval(self.interval(self.arguments[atom], bits), bits)
                base = self.intervals[atom, bits]
                for _ in range(abs(n)):
                    part = product(part, base if n > 0 else reciprocal(base, bits), bits)
            low, high = low + part[0], high + part[1]
        return low, high

    def sign(self, x: Constant) -> int:
        """0 for what is 0 by its form; else by intervals."""
        if not x:
            return 0
        for bits in PRECISIONS:
            low, high = self.interval(x, bits)
            if low > 0 or high < 0:
                return 1 if low > 0 else -1
        raise Rejected("a sign that intervals do not decide")

    def size(self, x: Constant) -> Constant:
        return times(of(self.sign(x)), x)

    def tanh(self, x: Constant) -> Constant | None:
        """tanh of a constant, from the table; None if it is not there."""
        for n, argument in enumerate(self.arguments):
            for side in (1, -1):
                if times(of(side), argument) == x:
                    return {((n, 1),): Fraction(side)}
        return None if x else {}


# -- values: functions of k >= 1 ---------------------------------------------------------------------------------------


class Value:
    """A function s of k >= 1 with |s(k) - (slope k + offset)| <= wide k + error + C e^(-l k), for some C and l > 0; or,
    if it is `sure`, slope k + offset itself."""

    def __init__(
        self,
        offset: Constant,
        error: Constant | None = None,
        slope: Constant | None = None,
        wide: Constant | None = None,
        sure: bool = False,
    ) -> None:
        self.offset, self.error, self.slope, self.wide = offset, error or {}, slope or {}, wide or {}
        self.sure = sure


Known = Value | None  # None: nothing is known


def exact(x: Known) -> Constant:
    """The limit of a value, if only the exponentially small part is left open."""
    if x is None or x.slope or x.wide or x.error:
        raise Rejected("a limit that is not known")
    return x.offset


class Limits:
    """Values for all k >= 1, whose constants C and l are left open."""

    def __init__(self, atoms: Atoms | OnBox) -> None:
        self.atoms = atoms

    def exactly(self, offset: Constant, slope: Constant | None = None) -> Any:
        return Value(offset, slope=slope, sure=True)

    def add(self, x: Any, y: Any) -> Any:
        if x is None or y is None:
            return None
        offset, error = plus(x.offset, y.offset), plus(x.error, y.error)
        return Value(offset, error, plus(x.slope, y.slope), plus(x.wide, y.wide), x.sure and y.sure)

    def multiply(self, x: Any, y: Any) -> Any:
        """|s t - L M| <= |L| F + |M| E + E F; one of the two must be free of k."""
        if x is None or y is None:
            return None
        if y.slope or y.wide:
            x, y = y, x
        if y.slope or y.wide:
            return None
        try:
            error, wide = self._spread(x.offset, x.error, y), self._spread(x.slope, x.wide, y)
        except Rejected:  # a size that is not known
            return None
        return Value(times(x.offset, y.offset), error, times(x.slope, y.offset), wide, x.sure and y.sure)

    def _spread(self, main: Constant, error: Constant, y: Value) -> Constant:
        own = times(error, self.atoms.size(y.offset)) if error else {}
        return plus(own, times(plus(self.atoms.size(main), error), y.error)) if y.error else own

    def tanh(self, x: Any) -> Any:
        """Lipschitz where only something exponentially small is open; saturation; or |tanh| <= 1."""
        if x is None:
            return Value({}, ONE)
        if not (x.slope or x.wide):
            known = None if x.error else self.atoms.tanh(x.offset)
            return Value({}, ONE) if known is None else Value(known)
        try:
            side = self.atoms.sign(x.slope)
            if self.atoms.sign(minus(times(of(side), x.slope), x.wide)) > 0:
                return Value(of(side))
        except Rejected:
            pass
        return Value({}, ONE)

    def sigmoid(self, x: Any) -> Any:
        """(1 + tanh(x/2))/2."""
        half = self.exactly(HALF)
        return self.add(half, self.multiply(half, self.tanh(self.multiply(half, x))))

    def _side(self, slope: Constant, offset: Constant) -> int | None:
        """The sign of slope k + offset for large k; None if that is not known."""
        try:
            return self.atoms.sign(slope) or self.atoms.sign(offset)
        except Rejected:
            return None

    def _beyond(self, sign: int, x: Value) -> int | None:
        """The sign of the least that sign * s can be for large k, but for what is exponentially small."""
        toward = of(sign)
        return self._side(minus(times(toward, x.slope), x.wide), minus(times(toward, x.offset), x.error))

    def relu(self, x: Any) -> Any:
        """s itself where s >= 0, 0 where s <= 0, up to something exponentially small; relu is Lipschitz."""
        if x is None:
            return None
        negative, side = self._beyond(-1, x), self._side(x.slope, x.offset)
        sure = x.sure and not x.slope
        if negative is not None and negative >= 0:
            return Value({}, sure=sure)
        if side is None:
            return None
        return Value(x.offset, x.error, x.slope, x.wide, sure) if side >= 0 else Value({}, x.error, wide=x.wide)

    def step(self, x: Any) -> Any:
        """1 from 0 on, 0 below: where the sign stays the same from some k on; at 0 only where s is known to be 0."""
        if x is not None:
            sure = x.sure and not x.slope
            for sign, value in ((1, ONE), (-1, of(0))):
                side = self._beyond(sign, x)
                if side == 1 or (side == 0 and sure and sign == 1):
                    return Value(value, sure=sure)
        return Value(HALF, HALF)


# -- errors: {(p, l): A} for the sum of A k^p e^(-l k), for all k >= k0 ------------------------------------------------

Error = dict[tuple[int, Fraction], Fraction]
BITS = 256  # of the intervals that sizes and rates are taken from
MOST = 8  # terms kept in an error
FAR = 4096  # e^FAR is the largest number that saturation gives
FARTHEST = 1 << 14  # e^-FARTHEST is the smallest


def short(x: Fraction) -> Fraction:
    """A rational of at most 160 binary digits that is not below x > 0."""
    excess = x.numerator.bit_length() - x.denominator.bit_length() - 160
    power = Fraction(2) ** excess
    return x if x.numerator.bit_length() + x.denominator.bit_length() <= 200 else -(-x // power) * power


def exp_above(x: Fraction) -> Fraction:
    """A rational not below e^x."""
    if x <= 0:
        x = max(x, Fraction(-FARTHEST))
        bits = 192 + int(-x * 3 / 2)
        return short(Fraction(exp_minus(int(-x * 2**bits), bits)[1], 2**bits))
    demand(x <= FAR, f"e^{float(x):.0f}")
    bits = 192 + int(x * 3)
    return short(Fraction(2**bits, exp_minus(int(x * 2**bits) + 1, bits)[0]))


def peak(power: int, rate: Fraction, k0: Fraction) -> Fraction:
    """A rational not below sup over k >= k0 of k^power e^(-rate k); the function grows up to k = power/rate."""
    demand(rate > 0 or (rate == 0 and power <= 0), "a function that grows without end")
    top = max(k0, power / rate) if power > 0 else k0
    return top**power * exp_above(-rate * top)


def more(x: Error, y: Error) -> Error:
    total = dict(x)
    for exponent, amplitude in y.items():
        total[exponent] = total.get(exponent, Fraction(0)) + amplitude
    return {exponent: amplitude for exponent, amplitude in total.items() if amplitude}


def scaled(x: Error, factor: Fraction) -> Error:
    return {exponent: amplitude * factor for exponent, amplitude in x.items()} if factor else {}


def weakened(x: Error, exponents: Sequence[tuple[int, Fraction]], k0: Fraction) -> Error:
    """The same or a larger error with these exponents: each term goes to the fastest that is no faster."""
    total: Error = {}
    for (p, rate), amplitude in x.items():
        kept, factor = (p, rate), Fraction(1)
        if kept not in exponents:
            slower = [e for e in exponents if e[1] < rate or (e[1] == rate and e[0] >= p)]
            demand(slower, f"an error k^{p} e^(-{float(rate):.6g} k) in a bound without such a term")
            kept = max(slower, key=lambda e: (e[1], -e[0]))
            factor = peak(p - kept[0], rate - kept[1], k0)
        total = more(total, {kept: amplitude * factor})
    return total


def within(x: Error, bound: Error, k0: Fraction) -> bool:
    """Whether x stays below the bound for all k >= k0: term by term."""
    try:
        found = weakened(x, [*bound], k0)
    except Rejected:
        return False
    return all(found.get(exponent, 0) <= bound.get(exponent, 0) for exponent in {*found, *bound})


class Rated:
    """A function s with |s(k) - (slope k + offset)| <= error(k) for all k >= k0."""

    def __init__(self, offset: Constant, error: Error, slope: Constant | None = None) -> None:
        self.offset, self.error, self.slope = offset, error, slope or {}


class Rates:
    """Values for all k >= k0 > 0, with all constants."""

    def __init__(self, atoms: Atoms, k0: Fraction) -> None:
        demand(k0 > 0, "a scale k0 > 0")
        self.atoms, self.k0 = atoms, k0

    def exactly(self, offset: Constant, slope: Constant | None = None) -> Any:
        return Rated(offset, {}, slope)

    def above(self, x: Constant) -> Fraction:
        """A rational not below |x|."""
        low, high = self.atoms.interval(x, BITS)
        return short(Fraction(max(-low, high), 2**BITS)) if x else Fraction(0)

    def below(self, x: Constant) -> Fraction:
        """A rational not above |x|."""
        low, high = self.atoms.interval(x, BITS)
        return Fraction(max(low, -high, 0), 2**BITS)

    def add(self, x: Any, y: Any) -> Any:
        if x is None or y is None:
            return None
        return Rated(plus(x.offset, y.offset), more(x.error, y.error), plus(x.slope, y.slope))

    def multiply(self, x: Any, y: Any) -> Any:
        if x is None or y is None:
            return None
        if y.slope:
            x, y = y, x
        if y.slope:
            return None
        rising = {(p + 1, rate): a * self.above(x.slope) for (p, rate), a in y.error.items()} if x.slope else {}
        both: Error = {}
        for (p, a), m in x.error.items():
            for (q, b), n in y.error.items():
                both = more(both, {(p + q, a + b): m * n})
        linear = more(scaled(x.error, self.above(y.offset)), scaled(y.error, self.above(x.offset)))
        error = self._kept(more(more(linear, rising), both))
        return Rated(times(x.offset, y.offset), error, times(x.slope, y.offset))

    def _kept(self, x: Error) -> Error:
        slowest = sorted(x, key=lambda e: (e[1], -e[0]))[:MOST]
        return {e: short(a) for e, a in weakened(x, slowest, self.k0).items()}

    def tanh(self, x: Any) -> Any:
        """Saturation, 0 <= 1 - tanh(a) <= 2 e^(-2 a); Lipschitz; or |tanh| <= 1."""
        anything = Rated({}, {(0, Fraction(0)): Fraction(1)})
        if x is None:
            return anything
        wide, rest, top = self._parts(x.error)
        if top is None:
            return anything
        side = self.atoms.sign(x.slope)
        if side:
            return self._saturated(side, self.below(x.slope) - wide, x.offset, top) or anything
        known = self.atoms.tanh(x.offset)
        vanishes = all(rate > 0 for _, rate in rest)
        return anything if wide or known is None or (top > 1 and not vanishes) else Rated(known, rest)

    def _parts(self, x: Error) -> tuple[Fraction, Error, Fraction | None]:
        """The A of its A k, the rest, and a rational not below that for any k >= k0; None if it grows."""
        rest = {(p, rate): a for (p, rate), a in x.items() if p != 1 or rate}
        grows = not all(rate > 0 or p <= 0 for p, rate in rest)
        top = None if grows else sum((a * peak(p, rate, self.k0) for (p, rate), a in rest.items()), Fraction(0))
        return x.get((1, Fraction(0)), Fraction(0)), rest, top

    def _least(self, sign: int, x: Rated) -> Fraction | None:
        """A rational not above sign * s for all k >= k0, if this is seen from where it grows with k."""
        wide, _, top = self._parts(x.error)
        side = self.atoms.sign(x.slope) * sign
        steep = (self.below(x.slope) if side > 0 else Fraction(-1) if side else Fraction(0)) - wide
        if steep < 0 or top is None:
            return None
        low = self.atoms.interval(times(of(sign), x.offset), BITS)[0]
        return Fraction(low, 2**BITS) + steep * self.k0 - top

    def relu(self, x: Any) -> Any:
        """s itself where s >= 0, 0 where s <= 0; Lipschitz around a constant."""
        if x is None:
            return None
        for sign, value in ((1, x), (-1, self.exactly({}))):
            least = self._least(sign, x)
            if least is not None and least >= 0:
                return value
        if x.slope:
            return None
        return x if self.atoms.sign(x.offset) >= 0 else Rated({}, x.error)

    def step(self, x: Any) -> Any:
        """1 where s >= 0, 0 where s < 0; or |step| <= 1."""
        above, below = (None if x is None else self._least(sign, x) for sign in (1, -1))
        if above is not None and above >= 0:
            return self.exactly(ONE)
        return self.exactly({}) if below is not None and below > 0 else Rated({}, {(0, Fraction(0)): Fraction(1)})

    def _saturated(self, side: int, rate: Fraction, offset: Constant, top: Fraction) -> Any:
        away = top + self.above(offset) if self.atoms.sign(offset) == -side else top - self.below(offset)
        if rate <= 0 or away >= FAR // 2:
            return None
        return Rated(of(side), {(0, 2 * rate): short(2 * exp_above(2 * away))})

    def sigmoid(self, x: Any) -> Any:
        """(1 + tanh(x/2))/2."""
        half = self.exactly(HALF)
        return self.add(half, self.multiply(half, self.tanh(self.multiply(half, x))))


# -- networks ----------------------------------------------------------------------------------------------------------


Arithmetic = Any  # Limits, Rates, AtScale or Forms
Weight = tuple[Constant, Constant]  # (a, b) of a k + b
Signal = tuple[Any, Any]  # a key, the same for values that are equal, and what is known of the value
Part = tuple[Weight, list[tuple[Weight, Signal]]]  # of a pre-activation: a number, and products

SIGMOIDS, THRESHOLDS = ("sigmoid", "sigmoid", "tanh", "sigmoid"), ("strict_step", "strict_step", "sign", "strict_step")
CELLS = {  # the activations of the gates, in the order in which they are stacked
    "lstm": SIGMOIDS,
    "lstm_step": THRESHOLDS,
    "lstm_coupled": SIGMOIDS[1:],
    "lstm_without_forget_gate": SIGMOIDS[1:],
    "gru": ("sigmoid", "sigmoid", "tanh"),
    "gru_reset_before": ("sigmoid", "sigmoid", "tanh"),
    **{
        f"rnn_{name}": (name,) for name in ("tanh", "sigmoid", "relu", "step", "strict_step", "hardsigmoid", "hardtanh")
    },
}


def both(x: Weight, y: Weight) -> Weight:
    return plus(x[0], y[0]), plus(x[1], y[1])


def total(parts: Sequence[Part], by: Arithmetic) -> Any:
    """The sum; what stands at a weight 0 may be unknown."""
    number: Weight = ({}, {})
    products: dict[Any, tuple[Weight, Any]] = {}
    for own, some in parts:
        number = both(number, own)
        for w, (key, value) in some:
            products[key] = (both(products[key][0], w) if key in products else w), value
    found = by.exactly(number[1], number[0])
    for (slope, offset), value in products.values():
        if slope or offset:
            found = by.add(found, by.multiply(by.exactly(offset, slope), value))
    return found


def line(a: Fraction | int, b: Fraction | int, x: Any, by: Arithmetic) -> Any:
    """a x + b."""
    return by.add(by.exactly(of(b)), by.multiply(by.exactly(of(a)), x))


def activated(name: str, x: Any, by: Arithmetic) -> Any:
    """tanh, the logistic function, max(x, 0), the step that is 1 from 0 on, the one that is 1 above 0 only, the sign, or
    what x/6 + 1/2, or x, is between 0 and 1, or -1 and 1, with the nearer of these outside."""
    if name == "strict_step":
        return line(-1, 1, by.step(line(-1, 0, x, by)), by)
    if name == "sign":
        return by.add(by.step(x), line(-1, 0, by.step(line(-1, 0, x, by)), by))
    if name in ("hardsigmoid", "hardtanh"):
        low, high = (-3, 3) if name == "hardsigmoid" else (-1, 1)
        inner = line(-1, high, by.relu(line(-1, high - low, by.relu(line(1, -low, x, by)), by)), by)
        return line(Fraction(1, 6), Fraction(1, 2), inner, by) if name == "hardsigmoid" else inner
    return getattr(by, name)(x)


def fresh(kind: str, values: Sequence[Any]) -> list[Signal]:
    """Signals that are equal to no other."""
    return [((kind, j), value) for j, value in enumerate(values)]


class Layer:
    def __init__(self, data: Any, inputs: int, read: Any) -> None:
        demand(data["cell"] in CELLS, f"the cell {data['cell']!r}")
        self.cell, self.gates = data["cell"], CELLS[data["cell"]]

        def row(pairs: Any) -> list[Weight]:
            return [(read(slope), read(offset)) for slope, offset in pairs]

        self.ih, self.hh, self.hr = (
            [*map(row, data.get(name, []))] for name in ("weight_ih", "weight_hh", "weight_hr")
        )
        self.biases = [row(data[name]) for name in ("bias_ih", "bias_hh")]
        self.peephole = row(data.get("peephole", []))
        self.h0, self.c0 = ([*map(read, data.get(name, []))] for name in ("h0", "c0"))
        self.lstm = self.cell.startswith("lstm")
        self.units, outputs = len(self.c0 if self.lstm else self.h0), len(self.h0)
        rows = len(self.gates) * self.units
        shapes = len(self.ih) == len(self.hh) == rows > 0 and all(len(x) == rows for x in self.biases)
        shapes = shapes and all(len(r) == inputs for r in self.ih) and all(len(r) == outputs for r in self.hh)
        shapes = shapes and (self.lstm or not (self.c0 or self.hr or self.peephole))
        shapes = shapes and (len(self.hr) == outputs if self.hr else self.units == outputs)
        shapes = shapes and all(len(r) == self.units for r in self.hr)
        demand(shapes and len(self.peephole) in (0, rows - self.units), "the shapes of the tensors")

    def input(self, row: int, x: int | list[Signal]) -> Part:
        """W_ih x + b_ih, of a word or of the h of the layer below."""
        w, bias = self.ih[row], self.biases[0][row]
        return (both(w[x], bias), []) if isinstance(x, int) else (bias, [*zip(w, x, strict=True)])

    def state(self, row: int, h: list[Signal]) -> Part:
        """W_hh h + b_hh."""
        return self.biases[1][row], [*zip(self.hh[row], h, strict=True)]

    def gate(self, n: int, x: Any, h: list[Signal], by: Arithmetic, c: Sequence[Any] | None = None) -> list[Any]:
        """The n-th gate; of the cell `c` it sees peephole * c, the p-th d of them, p counted without the tanh."""
        p, found = n - (n == len(self.gates) - 1), []
        for j in range(self.units):
            row = n * self.units + j
            seen = [(self.peephole[p * self.units + j], ("c", c[j]))] if c is not None and self.peephole else []
            parts = [self.input(row, x), self.state(row, h), (({}, {}), seen)]
            found.append(activated(self.gates[n], total(parts, by), by))
        return found

    def step(self, x: Any, h: list[Signal], c: list[Signal], by: Arithmetic) -> tuple[list[Any], list[Any], list[Any]]:
        """The new h and c, and the (A, B) of each c' = A c + B, or of each h' = A h + B of a GRU."""
        if self.lstm:
            return self._lstm(x, h, [value for _, value in c], by)
        if self.cell.startswith("gru"):
            pairs = self._gru(x, h, by)
            moves = [(z, by.multiply(line(-1, 1, z, by), n)) for z, n in pairs]
            return [mixed(z, y, n, by) for (z, n), (_, y) in zip(pairs, h, strict=True)], [], moves
        return self.gate(0, x, h, by), [], []

    def _lstm(self, x: Any, h: list[Signal], c: list[Any], by: Arithmetic) -> tuple[list[Any], list[Any], list[Any]]:
        last = len(self.gates) - 1
        i, g = self.gate(0, x, h, by, c), self.gate(last - 1, x, h, by)
        if self.cell == "lstm_coupled":
            f = [line(-1, 1, y, by) for y in i]
        else:
            f = [by.exactly(ONE)] * self.units if last == 2 else self.gate(1, x, h, by, c)
        moves = [(f_j, by.multiply(i_j, g_j)) for f_j, i_j, g_j in zip(f, i, g, strict=True)]
        cells = [by.add(by.multiply(a, y), b) for (a, b), y in zip(moves, c, strict=True)]
        o = self.gate(last, x, h, by, cells)
        out = [by.multiply(y, activated(self.gates[-2], z, by)) for y, z in zip(o, cells, strict=True)]
        if self.hr:
            out = [total([(({}, {}), [*zip(row, fresh("h", out), strict=True)])], by) for row in self.hr]
        return out, cells, moves

    def _gru(self, x: Any, h: list[Signal], by: Arithmetic) -> list[Any]:
        """z and n of h' = z h + (1 - z) n, where r stands before W_hh h + b_hh in n, or else before h in that."""
        r, z = self.gate(0, x, h, by), self.gate(1, x, h, by)
        own = fresh("r h", [by.multiply(y, value) for y, (_, value) in zip(r, h, strict=True)])
        found = []
        for j in range(self.units):
            row = 2 * self.units + j
            if self.cell == "gru":
                before = by.add(total([self.input(row, x)], by), by.multiply(r[j], total([self.state(row, h)], by)))
            else:
                before = total([self.input(row, x), self.state(row, own)], by)
            found.append((z[j], by.tanh(before)))
        return found


def mixed(z: Any, x: Any, y: Any, by: Arithmetic) -> Any:
    """z x + (1 - z) y: of intervals the ends are at corners, for it is linear in each of the three."""
    if type(by) is AtScale and x is not None and y is not None:  # `NearLimits` has values of another kind
        one = 1 << by.bits
        ends = [p * a + (one - p) * b for p in z for a in x for b in y]
        return min(ends) >> by.bits, -(-max(ends) >> by.bits)
    return by.add(by.multiply(z, x), by.multiply(line(-1, 1, z, by), y))


class Network:
    def __init__(self, data: Any, atoms: Atoms) -> None:
        self.atoms, self.vocabulary = atoms, data["vocabulary"]
        names = self.vocabulary
        demand(names and all(isinstance(w, str) for w in names) and len(set(names)) == len(names), "the vocabulary")
        self.layers, inputs = list[Layer](), len(names)
        for layer in data["layers"]:
            self.layers.append(Layer(layer, inputs, atoms.read))
            inputs = len(self.layers[-1].h0)
        demand(self.layers, "a layer")
        hs, cs = [x for y in self.layers for x in y.h0], [x for y in self.layers for x in y.c0]
        self.cells, self.initial = len(hs), hs + cs  # the coordinate of the first c

    def step(self, word: int, box: Box, by: Arithmetic) -> tuple[list[Any], dict[int, tuple[Any, Any]]]:
        """The next value of each coordinate, and (A, B) with r' = A r + B for each c of an LSTM and h of a GRU."""
        state = box.signals
        x: Any = word
        hs, cs, linear = list[Any](), list[Any](), dict[int, tuple[Any, Any]]()
        for layer in self.layers:
            at, at_c = len(hs), self.cells + len(cs)
            h, c = state[at : at + len(layer.h0)], state[at_c : at_c + len(layer.c0)]
            new, cells, moves = layer.step(x, h, c, by)
            linear |= {(at_c if layer.lstm else at) + j: move for j, move in enumerate(moves)}
            hs, cs, x = hs + new, cs + cells, fresh("x", new)
        return hs + cs, linear

    def preactivation(self, row: int, word: int, box: Box, by: Arithmetic) -> Any:
        """A row of W_ih x + b_ih + W_hh h + b_hh in the lowest layer."""
        lowest = self.layers[0]
        return total([lowest.input(row, word), lowest.state(row, box.signals[: len(lowest.h0)])], by)


class Forms:
    """What a value is a function of, as an expression: equal ones, equal values."""

    nothing: Any = ("number", {}, {})

    def __init__(self, atoms: Atoms) -> None:
        self.atoms = atoms

    def exactly(self, offset: Constant, slope: Constant | None = None) -> Any:
        return "number", offset, slope or {}

    def add(self, x: Any, y: Any) -> Any:
        return y if x == self.nothing else x if y == self.nothing else ("sum", x, y)

    def multiply(self, x: Any, y: Any) -> Any:
        return self.nothing if self.nothing in (x, y) else ("product", x, y)

    def tanh(self, x: Any) -> Any:
        return x if x == self.nothing else ("tanh", x)

    def relu(self, x: Any) -> Any:
        if x[0] != "number" or x[2]:
            return "relu", x
        return x if self.atoms.sign(x[1]) >= 0 else self.nothing

    def sigmoid(self, x: Any) -> Any:
        return "sigmoid", x

    def step(self, x: Any) -> Any:
        if x[0] != "number" or x[2]:
            return "step", x
        return self.exactly(ONE) if self.atoms.sign(x[1]) >= 0 else self.nothing


class Box:
    """What is known of each coordinate (None: nothing), and for each the coordinate that stands for those equal to it."""

    def __init__(self, values: list[Any], equal: Sequence[int]) -> None:
        self.values, self.equal = values, equal
        self.signals: list[Signal] = [(n, values[n]) for n in equal]


class Invariant:
    """proof.situations: for each one the list of [coordinate, main, error]: |coordinate - main| <= error + C e^(-l k),
        or, with null for the error, it is main itself
    proof.step: for each situation the situation after each word; all starts in situation 0
    proof.registers: coordinates r, whose r' = A r + B must hold with A and B known up to C e^(-l k)
    proof.moves: for each situation, word and register the limits of A and B; null for a situation and word without any
    """

    def __init__(self, network: Network, proof: Any) -> None:
        self.network, self.step, self.registers = network, proof["step"], proof["registers"]
        size = len(proof["situations"])
        self.boxes = [self._box(situation) for situation in proof["situations"]]
        by = Limits(network.atoms)
        words = range(len(network.vocabulary))
        demand(size and len(self.step) == size, "the table of steps")
        demand(all(len(row) == len(words) and all(whole(q) < size for q in row) for row in self.step), "a step")
        demand(all(whole(r) < len(network.initial) for r in self.registers), "a register")
        demand(len(set(self.registers)) == len(self.registers), "a register twice")
        self._inside([*map(by.exactly, network.initial)], 0, "at the start")
        self.moves: dict[tuple[int, int], list[list[Constant]]] = {}
        for q, box in enumerate(self.boxes):
            for w in words:
                after, linear = network.step(w, box, by)
                self._inside(after, self.step[q][w], f"after situation {q} and {network.vocabulary[w]!r}")
                if proof["moves"][q][w] is not None:
                    self.moves[q, w] = [[exact(part) for part in linear[r]] for r in self.registers]
                    given = [[*map(network.atoms.read, pair)] for pair in proof["moves"][q][w]]
                    demand(given == self.moves[q, w], f"the limits of A and B after situation {q} and word {w}")
        self.start = [network.initial[r] for r in self.registers]

    def _box(self, situation: Any) -> Box:
        box: list[Known] = [None] * len(self.network.initial)
        for coordinate, main, error in situation:
            known = whole(coordinate) < len(box) and box[coordinate] is None and coordinate not in self.registers
            demand(known, f"coordinate {coordinate} in a situation")
            read = self.network.atoms.read
            box[coordinate] = bound = Value(read(main), read("0" if error is None else error), sure=error is None)
            demand(self.network.atoms.sign(bound.error) >= 0, "a negative error")
        return Box(box, range(len(box)))

    def _inside(self, values: Sequence[Known], situation: int, where: str) -> None:
        for n, (value, bound) in enumerate(zip(values, self.boxes[situation].values, strict=True)):
            if bound is not None:
                if value is None or value.slope or value.wide:
                    raise Rejected(f"coordinate {n} unknown {where}")
                demand(value.sure or not bound.sure, f"coordinate {n} not exactly known {where}")
                gap = self.network.atoms.size(minus(value.offset, bound.offset))
                room = minus(bound.error, plus(gap, value.error))
                demand(self.network.atoms.sign(room) >= 0, f"coordinate {n} outside its bounds {where}")


class Comparison:
    """Limits and specification as linear forms on vectors {entry: constant}, on which each word acts linearly.

    After w_1 ... w_t in situation q, with n registers: entry q (1 + n) is 1; entry q (1 + n) + 1 + r is the limit of
    the r-th register; and after the entries of all situations comes, for lag = 0 ... delay and each j, entry j of
    initial . M(w_1) ... M(w_(t - lag)), where t >= lag.
    """

    def __init__(self, invariant: Invariant, readout: Any, specification: Any) -> None:
        self.invariant, network = invariant, invariant.network
        read, self.delay = network.atoms.read, whole(readout["delay"])
        self.terms = [(whole(n), read(c)) for n, c in readout["terms"]]
        demand(all(n < len(network.initial) for n, _ in self.terms), "a coordinate of the readout")
        self.initial, self.final = ([*map(rational, specification[name])] for name in ("initial", "final"))
        matrices, size = specification["matrices"], len(self.initial)
        demand(len(matrices) == len(network.vocabulary), "one matrix a word")
        self.matrices = [[[*map(rational, row)] for row in matrix] for matrix in matrices]
        shapes = {size, len(self.final), *(n for m in self.matrices for n in (len(m), *map(len, m)))}
        demand(shapes == {size}, "the shapes of the specification")
        self.width = 1 + len(invariant.registers)
        self.lags = len(invariant.boxes) * self.width

    def start(self) -> Vector:
        registers = {1 + n: x for n, x in enumerate(self.invariant.start)}
        row = {self.lags + j: of(x) for j, x in enumerate(self.initial)}
        return sparse({0: ONE, **registers, **row})

    def after(self, vector: Vector, word: int) -> Vector:
        total: Vector = {}
        for entry, x in vector.items():
            for new, factor in self._images(entry, word):
                total[new] = plus(total.get(new, {}), times(x, factor))
        return sparse(total)

    def _images(self, entry: int, word: int) -> list[tuple[int, Constant]]:
        if entry < self.lags:
            q, n = divmod(entry, self.width)
            demand((q, word) in self.invariant.moves, f"limits of A and B after situation {q} and word {word}")
            move, base = self.invariant.moves[q, word], self.invariant.step[q][word] * self.width
            if n:
                return [(base + n, move[n - 1][0])]
            return [(base, ONE), *((base + 1 + r, b) for r, (_, b) in enumerate(move))]
        lag, j = divmod(entry - self.lags, len(self.initial))
        kept = [(entry + len(self.initial), ONE)] if lag < self.delay else []
        row = self.matrices[word][j] if lag == 0 else []
        return kept + [(self.lags + i, of(x)) for i, x in enumerate(row) if x]

    def limit(self, vector: Vector) -> Constant:
        total: Constant = {}
        for entry, x in vector.items():
            q, n = divmod(entry, self.width)
            for coordinate, factor in self.terms if entry < self.lags else ():
                value = self._at(q, n, coordinate)
                total = plus(total, times(x, times(factor, value)))
        return total

    def _at(self, q: int, n: int, coordinate: int) -> Constant:
        """What one unit of an entry adds to a coordinate's limit."""
        if coordinate in self.invariant.registers:
            return ONE if n and self.invariant.registers[n - 1] == coordinate else {}
        known = self.invariant.boxes[q].values[coordinate]
        demand(n or known is not None, f"coordinate {coordinate} of the readout is unknown in situation {q}")
        return {} if n else exact(known)

    def specified(self, vector: Vector) -> Constant:
        last = self.lags + self.delay * len(self.initial)
        parts = (times(vector.get(last + j, {}), of(x)) for j, x in enumerate(self.final))
        return reduce(plus, parts, of(0))


def sparse(vector: Vector) -> Vector:
    return {entry: x for entry, x in vector.items() if x}


def check_span(comparison: Comparison, proof: Any) -> None:
    """proof.levels: level n is a list of vectors [[entry, constant], ...] that span what is reached after n words,
    the last level (n = max(1, delay)) what is reached later too.
    proof.images: for each vector and word [m, [[index, constant], ...]]: m times its image is that combination of the
    next level's vectors (in the last level, of its own), m != 0.
    """
    read, atoms = comparison.invariant.network.atoms.read, comparison.invariant.network.atoms
    levels = [[{whole(e): read(x) for e, x in vector} for vector in level] for level in proof["levels"]]
    first, images = max(1, comparison.delay), proof["images"]
    demand(len(levels) == len(images) == first + 1, "the number of levels")
    demand(comparison.start() in levels[0], "the empty word's vector in level 0")
    for n, (level, rows) in enumerate(zip(levels, images, strict=True)):
        later = levels[min(n + 1, first)]
        demand(len(rows) == len(level), f"the images of level {n}")
        for vector, row in zip(level, rows, strict=True):
            demand(len(row) == len(comparison.invariant.network.vocabulary), "one image a word")
            for word, (factor, combination) in enumerate(row):
                multiplier, total = read(factor), Vector()
                demand(atoms.sign(multiplier) != 0, "a multiplier 0")
                for index, c in combination:
                    demand(whole(index) < len(later), "the index of a vector")
                    total = combined(total, read(c), later[index])
                image = combined(Vector(), multiplier, comparison.after(vector, word))
                demand(image == total, f"an image of level {n} under word {word}")
    for vector in levels[first]:
        demand(comparison.limit(vector) == comparison.specified(vector), "limit = specification on the last level")


def along(comparison: Comparison, words: Any) -> list[Vector]:
    """The vectors after none of the words, after one, and so on."""
    vectors = [comparison.start()]
    for word in words:
        vectors.append(comparison.after(vectors[-1], comparison.invariant.network.vocabulary.index(word)))
    return vectors


def check_wrong(comparison: Comparison, words: Any) -> list[Constant]:
    """The limit of the readout on these words and what is specified, which are different numbers."""
    last = along(comparison, words)[-1]
    limit, specified = comparison.limit(last), comparison.specified(last)
    demand(len(words) >= max(1, comparison.delay), "words shorter than the delay")
    demand(comparison.invariant.network.atoms.sign(minus(limit, specified)) != 0, "two different values")
    return [limit, specified]


def combined(total: Vector, factor: Constant, vector: Vector) -> Vector:
    total = dict(total)
    for entry, x in vector.items():
        total[entry] = plus(total.get(entry, {}), times(factor, x))
    return sparse(total)


# -- rates and errors --------------------------------------------------------------------------------------------------


def error_of(data: Any) -> Error:
    """An error from [[p, l, A], ...]."""
    terms = {(whole(p), rational(rate)): rational(a) for p, rate, a in data}
    demand(len(terms) == len(data) and all(rate >= 0 for _, rate in terms), "an error with a term twice, or that grows")
    return terms


class RatedInvariant:
    """proof.rates.situations: for each one the list of [coordinate, main, error]: |coordinate - main| <= error(k), k >= k0
    proof.rates.equal: for each situation and coordinate the coordinate that stands for it: their values are the same
    proof.step, proof.registers: as above
    """

    def __init__(self, network: Network, proof: Any, k0: Fraction) -> None:
        self.network, self.step, self.registers = network, proof["step"], proof["registers"]
        self.by = by = Rates(network.atoms, k0)
        given, size = proof["rates"], len(proof["rates"]["situations"])
        demand(size and len(given["equal"]) == len(self.step) == size, "the table of steps")
        self.boxes = [self._box(*each) for each in zip(given["situations"], given["equal"], strict=True)]
        self.moves: dict[tuple[int, int], dict[int, tuple[Any, Any]]] = {}
        self._inside([by.exactly(x) for x in network.initial], network.initial, 0, "at the start")
        for q, box in enumerate(self.boxes):
            demand(len(self.step[q]) == len(network.vocabulary), "one step a word")
            for w, word in enumerate(network.vocabulary):
                target, where = whole(self.step[q][w]), f"after situation {q} and {word!r}"
                demand(target < size, "a step")
                after, self.moves[q, w] = network.step(w, box, by)
                forms, _ = network.step(w, Box([("state", n) for n in box.equal], box.equal), Forms(network.atoms))
                self._inside(after, forms, target, where)

    def _box(self, situation: Any, equal: Any) -> Box:
        values: list[Any] = [None] * len(self.network.initial)
        demand(len(equal) == len(values), "one representative a coordinate")
        demand(all(whole(n) < len(values) and equal[n] == n for n in equal), "a representative")
        for coordinate, main, error in situation:
            demand(whole(coordinate) < len(values) and values[coordinate] is None, "a coordinate in a situation")
            demand(coordinate not in self.registers, "a register in a situation")
            values[coordinate] = bound = Rated(self.network.atoms.read(main), error_of(error))
            demand(all(a >= 0 for a in bound.error.values()), "a negative error")
        return Box(values, equal)

    def _inside(self, values: Sequence[Any], forms: Sequence[Any], situation: int, where: str) -> None:
        box = self.boxes[situation]
        for n, (value, bound) in enumerate(zip(values, box.values, strict=True)):
            if bound is not None:
                demand(value is not None and holds(value, bound, self.by), f"coordinate {n} outside its bounds {where}")
            demand(forms[n] == forms[box.equal[n]], f"coordinates {n} and {box.equal[n]} differ {where}")


def holds(value: Any, bound: Rated, by: Rates) -> bool:
    """Whether what is known of a value puts it within a bound whose main part is a constant."""
    gap = by.above(minus(value.offset, bound.offset))
    return not value.slope and within(more(value.error, {(0, Fraction(0)): gap} if gap else {}), bound.error, by.k0)


def check_error_bound(data: Any, comparison: Comparison) -> None:
    """For all k >= k0 and words of any length T >= max(1, delay): |readout - specification| <= quadratic T^2 + linear T +
    constant, errors as functions of k.

    proof.growth: for each term of the readout [size, growth], |coefficient| <= size; growth of a register (else null)
    has slope, offset[q], quadratic, linear, constant[q]: after t words, in situation q,
        |limit| <= slope t + offset[q]  and  |register - limit| <= quadratic t^2 + linear t + constant[q].
    """
    proof, limits = data["proof"], comparison.invariant
    rated = RatedInvariant(limits.network, proof, rational(data["k0"]))
    total: list[Error] = [{}, {}, {}]
    for (coordinate, coefficient), (size, growth) in zip(comparison.terms, proof["growth"], strict=True):
        large = rational(size) >= rated.by.above(coefficient) or coefficient == of(rational(size))
        demand(large and rational(size) >= 0, "the size of a coefficient")
        part = register_growth(rated, limits, coordinate, growth) if growth else vanishing(rated, limits, coordinate)
        total = [more(x, scaled(y, rational(size))) for x, y in zip(total, part, strict=True)]
    claimed = [error_of(data["bound"][name]) for name in ("quadratic", "linear", "constant")]
    for x, y in zip(claimed, total, strict=True):
        demand(all(x.get(e, 0) >= y.get(e, 0) for e in {*x, *y}), "an error above the bound")


def vanishing(rated: RatedInvariant, limits: Invariant, coordinate: int) -> list[Error]:
    """The error of a coordinate, the largest over the situations."""
    largest: Error = {}
    for box, other in zip(rated.boxes, limits.boxes, strict=True):
        known, limit = box.values[coordinate], other.values[coordinate]
        demand(known is not None and limit is not None and known.offset == limit.offset, "a limit of the readout")
        demand(all(rate > 0 for _, rate in known.error), "an error of the readout that does not vanish")
        largest |= {e: max(a, largest.get(e, a)) for e, a in known.error.items()}
    return [{}, {}, largest]


def register_growth(rated: RatedInvariant, limits: Invariant, r: int, growth: Any) -> list[Error]:
    """By induction over t: with r' = A r + B, limits A*, B*, |A| <= 1, |A - A*| <= phi and |B - B*| <= delta,

    |limit'| <= |A*| |limit| + |B*|   and   error' <= error + phi |limit| + delta.
    """
    by, slope, offset = rated.by, rational(growth["slope"]), [*map(rational, growth["offset"])]
    quadratic, linear = error_of(growth["quadratic"]), error_of(growth["linear"])
    constants = [*map(error_of, growth["constant"])]
    demand(r in rated.registers and len(offset) == len(constants) == len(rated.boxes), "a growth for each situation")
    demand(slope >= 0 and offset[0] >= by.above(rated.network.initial[r]), "the register at the start")
    demand(all(a >= 0 for a in constants[0].values()), "a negative error at the start")
    index = limits.registers.index(r)
    for (q, w), moves in rated.moves.items():
        (forget, increment), p = moves[r], rated.step[q][w]
        demand(p == limits.step[q][w] and not forget.slope and not increment.slope, "a step of the register")
        demand([forget.offset, increment.offset] == limits.moves[q, w][index], "the limits of A and B")
        factor = min(by.above(forget.offset), Fraction(1))  # A is a gate, so its limit is at most 1
        demand(slope + offset[p] >= factor * offset[q] + by.above(increment.offset), "a limit above its bound")
        demand(offset[q] >= 0 or forget.offset in ({}, of(factor)), "a negative bound, and a factor that is not exact")
        exponents = [*quadratic, *linear]
        phi, delta = (weakened(x.error, exponents, by.k0) for x in (forget, increment))
        room = more(scaled(quadratic, Fraction(2)), scaled(phi, -slope))
        spent = more(more(constants[q], scaled(phi, offset[q])), delta)
        left = more(more(more(quadratic, linear), constants[p]), scaled(spent, Fraction(-1)))
        demand(all(a >= 0 for a in (*room.values(), *left.values())), f"an error above its bound after {q} and {w}")
    return [quadratic, linear, join(constants)]


def join(errors: Sequence[Error]) -> Error:
    exponents = {e for error in errors for e in error}
    return {e: max(error.get(e, Fraction(0)) for error in errors) for e in exponents}


def check_step_table(data: Any, network: Network) -> None:
    """Rows [situation, word, signal, [a, b], error]: in each step on the word from the situation, for all k >= k0,
    |signal - (a k + b)| <= error(k); the signal is ["preactivation", row] of the stacked weights, "sigmoid" or "tanh" of
    that, or ["next", coordinate] after the step.
    """
    rated = RatedInvariant(network, data["proof"], rational(data["k0"]))
    demand(data["rows"], "a table without rows")
    for q, w, (kind, n), (slope, offset), error in data["rows"]:
        demand(whole(q) < len(rated.boxes) and whole(w) < len(network.vocabulary), "a row of another situation or word")
        value, bound = signal(rated, rated.boxes[q], w, kind, whole(n)), error_of(error)
        a, b = map(network.atoms.read, (slope, offset))
        demand(value is not None and value.slope == a, f"the slope of {kind} {n}, situation {q}, word {w}")
        inside = holds(Rated(value.offset, value.error), Rated(b, bound), rated.by)
        demand(inside, f"row of {kind} {n}, situation {q}, word {w}")


def signal(rated: RatedInvariant, box: Box, w: int, kind: str, n: int) -> Any:
    network, by = rated.network, rated.by
    if kind == "next":
        demand(n < len(network.initial), f"coordinate {n}")
        return network.step(w, box, by)[0][n]
    demand(kind in ("preactivation", "sigmoid", "tanh") and n < len(network.layers[0].ih), f"a row of {kind} {n}")
    before = network.preactivation(n, w, box, by)
    return before if kind == "preactivation" else (by.sigmoid if kind == "sigmoid" else by.tanh)(before)


# -- margins: forms of parameters, real numbers that are left open -----------------------------------------------------


def form(data: Any, atoms: Atoms, size: int) -> Vector:
    """A form [constant, [[parameter, coefficient], ...]]; its constant is the entry of number `size`."""
    terms = ({whole(n): atoms.read(x)} for n, x in data[1])
    total = reduce(lambda found, term: combined(found, ONE, term), terms, sparse({size: atoms.read(data[0])}))
    demand(all(n <= size for n in total) and all(n < size for n, _ in data[1]), "a parameter of a form")
    return total


def check_margins(data: Any) -> None:
    """MarginsAt: where the parameters are `point` the forms have the values `values`.

    LargestMargin: `best` is the largest value that all forms can reach at once with |parameter| <= bound for `bounds`, a
    list of [parameter, bound]; they do at `point`. By weak duality: proof.multipliers, one a form, and proof.sides, [x, y] a
    bound, are >= 0 and not all of the forms' 0, and the sum of multiplier (form - best), x (bound + parameter) and
    y (bound - parameter) is 0, whatever the parameters are.
    """
    atoms, size = Atoms(data["atoms"]), len(data["parameters"])
    forms, point = [form(f, atoms, size) for f in data["forms"]], [*map(atoms.read, data["point"])]
    demand(forms and len(point) == size, "a number for each parameter")
    values = [reduce(plus, (times(c, [*point, ONE][n]) for n, c in f.items()), of(0)) for f in forms]
    if data["theorem"] == "MarginsAt":
        demand(values == [*map(atoms.read, data["values"])], "the values at the point")
        return
    best, proof, total = atoms.read(data["best"]), data["proof"], Vector()
    bounds = [(whole(n), atoms.read(b)) for n, b in data["bounds"]]
    demand(all(atoms.sign(minus(x, best)) >= 0 for x in values), "a form below the value at the point")
    demand(
        all(n < size and atoms.sign(minus(b, atoms.size(point[n]))) >= 0 for n, b in bounds), "the bounds at the point"
    )
    multipliers, sides = [*map(atoms.read, proof["multipliers"])], [[*map(atoms.read, pair)] for pair in proof["sides"]]
    signs = [*map(atoms.sign, multipliers)]
    demand(
        min([*signs, *(atoms.sign(x) for pair in sides for x in pair)]) >= 0 < max(signs),
        "the signs of the multipliers",
    )
    for m, f in zip(multipliers, forms, strict=True):
        total = combined(combined(total, m, f), times(m, of(-1)), {size: best})
    for (x, y), (n, bound) in zip(sides, bounds, strict=True):
        total = combined(combined(total, plus(x, y), {size: bound}), minus(x, y), {n: ONE})
    demand(not total, "multipliers that leave something over")


# -- regions of parameters ---------------------------------------------------------------------------------------------


def key(x: Constant) -> frozenset[Any]:
    return frozenset(x.items())


def ray(x: Constant) -> frozenset[Any]:
    """The same for a constant, not 0, and its positive rational multiples."""
    return key(times(of(1 / abs(x[min(x)])), x))


class Given(Atoms):
    """Constants with parameters, real numbers that are left open, atoms -1, -2, ...; some forms in them are positive.

    signs: [form, factor, [m_0, m_1, ...]], for factor form = m_0 + sum of m_i positive_i, whatever the parameters are, with
    m_i >= 0, not all 0: the form has the sign of the factor (Farkas).
    """

    def __init__(self, table: Any, parameters: int, positive: Sequence[Constant], signs: Any) -> None:
        self.known: dict[frozenset[Any], int] = {}
        super().__init__(table, parameters)
        demand(not self.moving, "tanh of a parameter")
        for form, factor, multipliers in signs:
            side, weights = super().sign(self.read(factor)), [*map(self.read, multipliers)]
            parts = [times(m, x) for m, x in zip(weights, [ONE, *positive], strict=True)]
            demand(times(self.read(factor), self.read(form)) == reduce(plus, parts), "a sign that is no combination")
            found = [*map(super().sign, weights)]
            demand(side and min(found) >= 0 < max(found), "the signs of a combination")
            self.known[ray(self.read(form))] = side

    def read(self, data: Any) -> Constant:
        """A constant, perhaps with parameters."""
        return constant(data, len(self.arguments), self.ghosts)

    def sign(self, x: Constant) -> int:
        if not self.moves(x):
            return super().sign(x)
        for side in (1, -1):
            if ray(times(of(side), x)) in self.known:
                return side * self.known[ray(times(of(side), x))]
        raise Rejected("a sign that the given ones do not decide")


def check_cells(data: Any) -> None:
    """Cells: wherever no wall, a form of the parameters, is 0, lim readout_T = specification(w_1 ... w_(T - delay)) for all
    words if and only if all forms of one of the cells are positive.

    proof.cases: ["split", form, tree, tree] for form > 0 and form < 0, or ["leaf", case]; a case has `positive`, forms that
    are so on the way to it, `signs` of others (`Given`), and what proves that the network is right there (`Invariant`,
    `check_span`), or instead of the span `words` on which it is wrong. The cells are the `positive` of those where it is right.
    """
    parameters = len(data["parameters"])
    plain = Given(data["atoms"], parameters, [], [])
    read, right = plain.read, set()
    walls = {key(times(of(side), read(form))) for form in data["walls"] for side in (1, -1)}
    demand(all(plain.moves(dict(wall)) for wall in walls), "a wall that is a constant")
    for case, path in cases(data["proof"]["cases"], frozenset(), walls, read):
        positive = [*map(read, case["positive"])]
        demand(path.issuperset(map(key, positive)), "a case by forms that are not positive on the way to it")
        network = Network(data["network"], Given(data["atoms"], parameters, positive, case["signs"]))
        comparison = Comparison(Invariant(network, case), data["readout"], data["specification"])
        if "words" in case:
            check_wrong(comparison, case["words"])
        else:
            check_span(comparison, case)
            right.add(frozenset(map(key, positive)))
    demand(right == {frozenset(key(read(form)) for form in cell) for cell in data["cells"]}, "the cells")


def cases(
    tree: Any, path: frozenset[Any], walls: set[frozenset[Any]], read: Any
) -> Iterator[tuple[Any, frozenset[Any]]]:
    """The leaves of a tree of cases, each with the forms that are positive on the way to it."""
    if tree[0] == "leaf":
        yield tree[1], path
        return
    kind, form, *sides = tree
    demand(kind == "split" and len(sides) == 2 and key(read(form)) in walls, "a split at no wall")
    for side, part in zip((1, -1), sides, strict=True):
        yield from cases(part, path | {key(times(of(side), read(form)))}, walls, read)


# -- decisions: families of situations, one for each value of some integers --------------------------------------------

Range = tuple[Any, Any]  # (low, high): whole numbers; None where there is no end
Ends = tuple[Fraction | None, Fraction | None]


def add_ends(x: Any, y: Any) -> Any:
    return tuple(None if a is None or b is None else a + b for a, b in zip(x, y, strict=True))


class OnBox:
    """Signs of constants with ghosts, wherever the ghosts are in their ranges; those with one value are put in."""

    def __init__(self, atoms: Atoms, box: Sequence[Range]) -> None:
        self.atoms, self.box = atoms, box
        self.fixed = {n: of(low) for n, (low, high) in enumerate(box) if low is not None and low == high}

    def here(self, x: Constant) -> Constant:
        return put(x, self.fixed, self.atoms)

    def sign(self, x: Constant) -> int:
        x = self.here(x)
        if not self.atoms.moves(x):
            return self.atoms.sign(x)
        for bits in PRECISIONS:
            low, high = self.ends(x, bits)
            if (low is not None and low > 0) or (high is not None and high < 0):
                return 1 if low is not None and low > 0 else -1
        raise Rejected("a sign that the ranges do not decide")

    def at_least(self, x: Constant, least: int) -> bool:
        """Whether it is > 0 for least 1, or >= 0 for least 0."""
        x = self.here(x)
        if least or not self.atoms.moves(x):
            return self.sign(x) >= least
        return any((low := self.ends(x, bits)[0]) is not None and low >= 0 for bits in PRECISIONS)

    def size(self, x: Constant) -> Constant:
        return times(of(self.sign(x)), x)

    def tanh(self, x: Constant) -> Constant | None:
        return self.atoms.tanh(self.here(x))

    def ends(self, x: Constant, bits: int) -> tuple[int | None, int | None]:
        """Numbers of 2^-bits between which it lies; a product with two parts that vary is not looked at."""
        total: Any = (0, 0)
        for powers, c in x.items():
            varying = [(a, n) for a, n in powers if self.atoms.moves({((a, 1),): Fraction(1)})]
            low, high = self.atoms.interval({tuple(p for p in powers if p not in varying): c}, bits)
            part: Any = (low, high)
            if varying:
                single = len(varying) == 1 and varying[0][1] == 1 and (low > 0 or high < 0)
                demand(single, "a product that varies in two parts")
                part = self.times((low, high), self._atom(varying[0][0], bits), bits)
            total = add_ends(total, part)
        return total[0], total[1]

    def _atom(self, a: int, bits: int) -> tuple[int | None, int | None]:
        """A ghost in its range, or tanh of what varies."""
        if a < 0:
            low, high = self.box[-1 - a]
            return None if low is None else low << bits, None if high is None else high << bits
        low, high = self.ends(self.atoms.arguments[a], bits)
        one = 1 << bits
        return (
            -one if low is None else tanh_interval((low, low), bits)[0],
            one if high is None else tanh_interval((high, high), bits)[1],
        )

    @staticmethod
    def times(x: Interval, y: tuple[int | None, int | None], bits: int) -> tuple[int | None, int | None]:
        """A number that is not 0, nor its interval around 0, times what lies between ends."""
        demand(x[0] > 0 or x[1] < 0, "a number whose sign is not known")
        low, high = y if x[0] > 0 else (y[1], y[0])
        return (
            None if low is None else product(x, (low, low), bits)[0],
            None if high is None else product(x, (high, high), bits)[1],
        )

    def affine(self, x: Constant) -> Ends:
        """The exact ends of a sum of rational multiples of ghosts."""
        total: Any = (Fraction(0), Fraction(0))
        for powers, c in self.here(x).items():
            demand(
                not powers or (len(powers) == 1 and powers[0][0] < 0 and powers[0][1] == 1), "a form that is not affine"
            )
            ends: Any = (Fraction(1), Fraction(1))
            if powers:
                ends = tuple(None if end is None else Fraction(end) for end in self.box[-1 - powers[0][0]])
            scaled_ends = tuple(None if end is None else c * end for end in ends)
            total = add_ends(total, scaled_ends if c > 0 else scaled_ends[::-1])
        return total[0], total[1]


def put(x: Constant, image: dict[int, Constant], atoms: Atoms) -> Constant:
    """The constant with values for ghosts; what tanh is applied to afterwards must be in the table."""
    if not image or not atoms.moves(x):
        return x
    total: Constant = {}
    for powers, c in x.items():
        product = of(c)
        for a, n in powers:
            value: Constant | None = {((a, 1 if a < 0 or n > 0 else -1),): Fraction(1)}
            if a < 0:
                value = image.get(-1 - a, value)
            elif atoms.moves({((a, 1),): Fraction(1)}):
                demand(n > 0, "a division by what varies")
                value = atoms.tanh(put(atoms.arguments[a], image, atoms))
            if value is None:
                raise Rejected(f"tanh of the argument of atom {a} at other values is not in the table")
            for _ in range(abs(n)):
                product = times(product, value)
        total = plus(total, product)
    return total


class Machine:
    """initial, start; moves[word][state]: a list of [tests, target, updates], of which the first that applies is made,
    the last without tests; what it says, one of
        accept[state]: conjunctions of tests, one of which must hold
        values[state]: a form, the number that it says
        choices[state]: the number of one of several
    domain: null, or a machine with `accept`, whose words are those that are promised.

    A test is [register, relation, bound], a form [constant, [[register, coefficient], ...]]; updates[j] is what register j
    then holds.
    """

    def __init__(self, data: Any, words: int) -> None:
        self.initial, self.start = whole(data["initial"]), [*map(rational, data["start"])]
        [self.output] = [name for name in ("accept", "values", "choices") if name in data]
        self.accept, self.said, self.moves = data.get("accept", []), data[self.output], data["moves"]
        size, width = len(self.said), len(self.start)
        demand(self.initial < size and len(self.moves) == words, "the machine")
        for row in self.moves:
            demand(len(row) == size and all(moves and not moves[-1][0] for moves in row), "a state without a move")
            for move in (move for moves in row for move in moves):
                demand(len(move) == 3 and whole(move[1]) < size and len(move[2]) == width, "a move")
                self._check(move[0], width)
        updates = (form for row in self.moves for moves in row for move in moves for form in move[2])
        forms = [*updates, *(self.said if self.output == "values" else [])]
        demand(all(whole(j) < width for _, terms in forms for j, _ in terms), "a register")
        demand(self.output != "choices" or all(whole(n) >= 0 for n in self.said), "a choice")
        for conjunction in (conjunction for some in self.accept for conjunction in some):
            self._check(conjunction, width)
        self.domain = domain = None if data["domain"] is None else Machine(data["domain"], words)
        demand(domain is None or (domain.domain is None and domain.output == "accept"), "the domain")

    @staticmethod
    def _check(tests: Any, width: int) -> None:
        demand(
            all(whole(j) < width and relation in TRUE and rational(b) is not None for j, relation, b in tests), "a test"
        )

    def hopeless(self) -> set[int]:
        """The states after which no words are accepted."""
        left = {q for q, some in enumerate(self.accept) if not some}
        while True:
            going = {q for q in left if any(move[1] not in left for row in self.moves for move in row[q])}
            if not going:
                return left
            left -= going

    def moved(self, place: Place, word: int, on: OnBox) -> Place:
        """One word later, wherever the ghosts are in their ranges."""
        state, registers = place[0], [*map(on.here, place[1])]
        target, updates = next((m[1], m[2]) for m in self.moves[word][state] if all_hold(m[0], registers, on))
        return target, [self.form(update, registers) for update in updates]

    @staticmethod
    def form(data: Any, registers: Sequence[Constant]) -> Constant:
        """The value of a form."""
        parts = (times(registers[j], of(rational(c))) for j, c in data[1])
        return reduce(plus, parts, of(rational(data[0])))

    def says(self, place: Place, on: OnBox) -> Any:
        """Yes or no, a number, or the number of a choice."""
        if self.output == "accept":
            return self.accepts(place, on)
        said = self.said[place[0]]
        return said if self.output == "choices" else self.form(said, [*map(on.here, place[1])])

    def accepts(self, place: Place, on: OnBox) -> bool:
        demand(self.output == "accept", "a machine that accepts or not")
        registers = [*map(on.here, place[1])]
        found = [all_hold(tests, registers, on) for tests in self.accept[place[0]]]  # each is to be decided
        return any(found)


Place = tuple[int, list[Constant]]  # a state, and what the registers hold
TRUE = {  # of low <= x <= high, numbers or +-infinity
    "<": lambda low, high: high < 0,
    "<=": lambda low, high: high <= 0,
    "=": lambda low, high: low == high == 0,
    "!=": lambda low, high: low > 0 or high < 0,
    ">=": lambda low, high: low >= 0,
    ">": lambda low, high: low > 0,
}
OPPOSITE = {"<": ">=", "<=": ">", "=": "!=", "!=": "=", ">=": "<", ">": "<="}
INFINITY = float("inf")  # compared with, never computed with


def all_hold(tests: Any, registers: Sequence[Constant], on: OnBox) -> bool:
    """Whether all tests hold throughout the ranges, or one nowhere."""
    ends = []
    for register, relation, bound in tests:
        low, high = on.affine(minus(registers[register], of(rational(bound))))
        ends.append((relation, -INFINITY if low is None else low, INFINITY if high is None else high))
    if any(TRUE[OPPOSITE[relation]](low, high) for relation, low, high in ends):
        return False
    demand(all(TRUE[relation](low, high) for relation, low, high in ends), "a test that the ranges do not decide")
    return True


class Families:
    """proof.ghosts: how many integers there are
    proof.families: ranges ([low, high] of each ghost, null without end), limits ([coordinate, constant]), places ([state,
        registers] of the machine after the words read, one word less, ... as far as its delay), domain (null, or a place)
    proof.origin: values of the ghosts at the start, in family 0, where no step leads
    proof.steps[family][word]: ["cut", ghost, t, tree, tree] for ghost <= t and ghost >= t + 1, or ["leaf", family, image],
        the ghosts there; family null where nothing is promised any more
    """

    def __init__(self, network: Network, specification: Any, delay: int, proof: Any) -> None:
        self.network, self.atoms, self.delay = network, network.atoms, whole(delay)
        self.machine = Machine(specification, len(network.vocabulary))
        self.families, self.steps = proof["families"], proof["steps"]
        self.boxes = [[self._range(*ends) for ends in family["ranges"]] for family in self.families]
        self.limits = [{whole(n): self.read(x) for n, x in family["limits"]} for family in self.families]
        self.places = [[self._place(place) for place in family["places"]] for family in self.families]
        self.domains = [None if f["domain"] is None else self._place(f["domain"]) for f in self.families]
        ghosts, size = self.atoms.ghosts, len(network.initial)
        demand(all(len(box) == ghosts for box in self.boxes), "a range for each ghost")
        demand(all(n < size for limits in self.limits for n in limits), "a coordinate")
        demand(all(1 <= len(places) <= self.delay + 1 for places in self.places), "places")
        has_domain = self.machine.domain is not None
        demand(all((place is not None) == has_domain for place in self.domains), "a place of the domain")
        self._start(proof["origin"])
        demand(len(self.steps) == len(self.families), "steps")
        demand(all(len(row) == len(network.vocabulary) for row in self.steps), "one step a word")
        for edge in self.edges():
            self._leaf(*edge)

    def edges(self) -> Iterator[tuple[int, int, Any, list[Range]]]:
        """Each family, word and leaf, with the ranges there."""
        for q, row in enumerate(self.steps):
            for w, tree in enumerate(row):
                for leaf, box in leaves(tree, self.boxes[q]):
                    yield q, w, leaf, box

    def read(self, data: Any) -> Constant:
        return constant(data, len(self.atoms.arguments), self.atoms.ghosts)

    def _place(self, data: Any) -> Place:
        return whole(data[0]), [*map(self.read, data[1])]

    @staticmethod
    def _range(low: Any, high: Any) -> Range:
        demand(all(end is None or type(end) is int for end in (low, high)), "a range")
        return low, high

    def _start(self, origin: Any) -> None:
        demand(len(origin) == self.atoms.ghosts and all(type(n) is int for n in origin), "the origin")
        demand(all(inside((n, n), r) for n, r in zip(origin, self.boxes[0], strict=True)), "the origin's ranges")
        at = {g: of(n) for g, n in enumerate(origin)}
        for n, limit in self.limits[0].items():
            demand(put(limit, at, self.atoms) == self.network.initial[n], f"coordinate {n} at the start")
        demand(len(self.places[0]) == 1, "one place at the start")
        for machine, place in ((self.machine, self.places[0][0]), (self.machine.domain, self.domains[0])):
            if machine is not None and place is not None:
                registers = [put(x, at, self.atoms) for x in place[1]]
                demand(place[0] == machine.initial and registers == [*map(of, machine.start)], "a machine at the start")

    def _leaf(self, q: int, w: int, leaf: Any, box: list[Range]) -> None:
        on, where = OnBox(self.atoms, box), f"after family {q} and word {w}"
        machine, here = self.machine.domain, self.domains[q]
        domain = None if machine is None or here is None else machine.moved(here, w, on)
        if leaf[1] is None:
            demand(machine is not None and domain is not None and domain[0] in machine.hopeless(), f"no family {where}")
            return
        target = whole(leaf[1], 1)
        demand(target < len(self.families) and len(leaf[2]) == self.atoms.ghosts, f"family {target} {where}")
        image = {g: self.read(x) for g, x in enumerate(leaf[2])}
        for g, form in image.items():
            demand(all(c.denominator == 1 for c in form.values()), f"a value that is not whole {where}")
            demand(inside(on.affine(form), self.boxes[target][g]), f"ghost {g} outside its range {where}")

        def there(x: Constant) -> Constant:
            return on.here(put(x, image, self.atoms))

        before = [(state, [*map(on.here, registers)]) for state, registers in self.places[q]]
        places = [self.machine.moved(self.places[q][0], w, on), *before][: self.delay + 1]
        wanted = [(state, [*map(there, registers)]) for state, registers in self.places[target]]
        demand(wanted == [(state, [*map(on.here, registers)]) for state, registers in places], f"the machine {where}")
        if domain is not None:
            state, registers = self.domains[target] or (-1, [])
            found = domain[0], [*map(on.here, domain[1])]
            demand((state, [*map(there, registers)]) == found, f"the domain {where}")
        known = self.limits[q]
        values = [Value(on.here(known[n])) if n in known else None for n in range(len(self.network.initial))]
        after, _ = self.network.step(w, Box(values, range(len(values))), Limits(on))
        for n, limit in self.limits[target].items():
            demand(on.here(exact(after[n])) == there(limit), f"coordinate {n} {where}")

    def check(self, claim: Claim, goals: Any) -> None:
        """On each leaf of goals[family] the limits are as claimed."""
        demand(len(goals) == len(self.families), "a tree of goals for each family")
        for q, tree in [*enumerate(goals)][1:]:
            for _, box in leaves(tree, self.boxes[q]) if len(self.places[q]) > self.delay else ():
                on = OnBox(self.atoms, box)
                for form in claim.forms(self.machine.says(self.places[q][-1], on)) if self.promised(q, on) else ():
                    value = form.pop(-1, {})
                    for n, c in form.items():
                        demand(n in self.limits[q], f"a readout that is not known in family {q}")
                        value = plus(value, times(c, on.here(self.limits[q][n])))
                    demand(on.at_least(value, claim.least), f"{claim.what} in family {q}")

    def promised(self, q: int, on: OnBox) -> bool:
        machine, place = self.machine.domain, self.domains[q]
        try:
            return machine is None or place is None or machine.accepts(place, on)
        except Rejected:
            return True


def inside(x: Any, r: Range) -> bool:
    """Whether a range lies in another."""
    low = r[0] is None or (x[0] is not None and x[0] >= r[0])
    return low and (r[1] is None or (x[1] is not None and x[1] <= r[1]))


def leaves(tree: Any, box: list[Range]) -> Iterator[tuple[Any, list[Range]]]:
    """The leaves of a tree with their ranges, without empty ones."""
    if tree[0] == "leaf":
        yield tree, box
        return
    kind, ghost, t, below, above = tree
    demand(kind == "cut" and whole(ghost) < len(box) and type(t) is int, "a cut")
    low, high = box[ghost]
    first = (low, t if high is None else min(t, high))
    second = (t + 1 if low is None else max(t + 1, low), high)
    for part, r in ((below, first), (above, second)):
        if r[0] is None or r[1] is None or r[0] <= r[1]:
            yield from leaves(part, [*box[:ghost], r, *box[ghost + 1 :]])


def check_families(data: Any) -> None:
    network = Network(data["network"], Atoms(data["atoms"], whole(data["proof"]["ghosts"])))
    found = Families(network, data["specification"], data["readout"]["delay"], data["proof"])
    demand(found.machine.output == SAYS[data["theorem"]], "a machine that says something else")
    found.check(Claim(data, network.atoms.read), data["proof"]["goals"])


# -- decisions at a scale: boxes that every step leads into ------------------------------------------------------------


FINEST = 8192  # binary places at most of the intervals at a scale


class AtScale:
    """Intervals at one scale, whole numbers of 2^-bits; None: nothing is known."""

    def __init__(self, atoms: Atoms, scale: Fraction, bits: int) -> None:
        demand(scale > 0, "a scale > 0")
        demand(whole(bits, 1) <= FINEST, f"{bits} binary places")
        self.atoms, self.scale, self.bits = atoms, scale, bits

    def exactly(self, offset: Constant, slope: Constant | None = None) -> Any:
        return self.atoms.interval(plus(offset, times(slope or {}, of(self.scale))), self.bits)

    def add(self, x: Any, y: Any) -> Any:
        return None if x is None or y is None else (x[0] + y[0], x[1] + y[1])

    def multiply(self, x: Any, y: Any) -> Any:
        return None if x is None or y is None else product(x, y, self.bits)

    def tanh(self, x: Any) -> Any:
        one = 1 << self.bits
        return (-one, one) if x is None else tanh_interval(x, self.bits)

    def sigmoid(self, x: Any) -> Any:
        """(1 + tanh(x/2))/2."""
        half = self.exactly(HALF)
        return self.add(half, self.multiply(half, self.tanh(self.multiply(half, x))))

    def relu(self, x: Any) -> Any:
        return None if x is None else (max(x[0], 0), max(x[1], 0))

    def step(self, x: Any) -> Any:
        one = 1 << self.bits
        return (0, one) if x is None else (one * (x[0] >= 0), one * (x[1] >= 0))

    def around(self, ends: tuple[Fraction, Fraction]) -> Interval:
        low, high = (self.atoms.interval(of(end), self.bits) for end in ends)
        return low[0], high[1]

    def inside(self, x: Any, ends: tuple[Fraction, Fraction]) -> bool:
        unit = 1 << self.bits
        return x is not None and contains(ends, (Fraction(x[0], unit), Fraction(x[1], unit)))


Bounds = dict[int, tuple[Fraction, Fraction]]  # of some coordinates
Pair = tuple[Bounds, Bounds]


class Stretches:
    """Boxes that depend on the number t of words. proof.knots, 0 = t_0 < t_1 < ... = last, cut it into stretches, in each of
    which the ends of a box lie on a line: given are [the first, the last] box of each stretch, a box being a list of
    [coordinate, low, high]. With the knot 0 alone there is [one box] for every t, or for t <= last where last is not null.
    proof.bits: binary places of the intervals.
    """

    def __init__(self, proof: Any, last: Any, size: int) -> None:
        knots = [whole(t) for t in proof["knots"]]
        demand(knots[0] == 0 and all(map(int.__lt__, knots, knots[1:])), "knots that grow from 0")
        demand(len(knots) == 1 or knots[-1] == last, "a last knot that is the last length")
        self.last, self.size, self.bits = None if last is None else whole(last), size, proof["bits"]
        self.alone = len(knots) == 1
        self.lengths = [1] if self.alone else [*map(int.__sub__, knots[1:], knots)]
        self.ends: list[int | None] = [*knots[1:]] or [self.last]  # of each stretch

    def read(self, data: Any) -> list[Pair]:
        """The boxes of each stretch, the last one of each inside the first one of the next."""
        given = len(data) == len(self.ends) and all(len(pair) == (1 if self.alone else 2) for pair in data)
        demand(given, "the boxes of each stretch")
        pairs = [(box_of(pair[0], self.size), box_of(pair[-1], self.size)) for pair in data]
        demand(len({frozenset(box) for pair in pairs for box in pair}) == 1, "boxes of other coordinates")
        for (_, before), (after, _) in pairwise(pairs):
            demand(all(contains(after[n], before[n]) for n in after), "a box at a knot outside the next one")
        return pairs


def box_of(data: Any, size: int) -> Bounds:
    box = {whole(n): (rational(low), rational(high)) for n, low, high in data}
    demand(len(box) == len(data) and all(n < size for n in box), "a coordinate of a box")
    demand(all(low <= high for low, high in box.values()), "a box without points")
    return box


def check_line(step: InBox, source: Pair, target: Pair, length: int, where: str, later: int = 1) -> None:
    """From the boxes at t into those at t + `later`, 0 <= t < length, both on a line: either by what a step gives over all of
    the source's boxes; or at both ends, for a coordinate that is A x + B, x alone taken at t: its largest value is the
    largest of linear functions of t, and stays below a line if it does at both ends.
    """
    share = Fraction(1, length)
    aims = between(*target, share * later), between(*target, 1 + share * (later - 1))
    for n in target[0]:
        if not all(step.by.inside(step.value(n), aim[n]) for aim in aims):
            for box, aim in zip((source[0], between(*source, 1 - share)), aims, strict=True):
                demand(step.by.inside(step.again(n, box), aim[n]), f"coordinate {n} outside its box {where}")


def between(first: Bounds, last: Bounds, share: Fraction) -> Bounds:
    """The box on the way from one to the other."""
    return {
        n: (low + (last[n][0] - low) * share, high + (last[n][1] - high) * share) for n, (low, high) in first.items()
    }


def around(pairs: Sequence[Pair]) -> Bounds:
    """The smallest box that holds all."""
    boxes = [box for pair in pairs for box in pair]
    return {n: (min(box[n][0] for box in boxes), max(box[n][1] for box in boxes)) for n in boxes[0]}


def contains(outer: tuple[Fraction, Fraction], inner: tuple[Fraction, Fraction]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


class InBox:
    """One step from a box, in intervals."""

    def __init__(self, network: Network, word: int, box: Bounds, by: AtScale) -> None:
        self.by, size = by, range(len(network.initial))
        self.values, self.linear = network.step(word, Box([self.known(n, box) for n in size], size), by)

    def known(self, n: int, box: Bounds) -> Any:
        return self.by.around(box[n]) if n in box else None

    def value(self, n: int) -> Any:
        return self.found(n, self.values[n])

    def again(self, n: int, box: Bounds) -> Any:
        """The same with another box for what stands outside of functions."""
        factor, rest = self.linear.get(n, (None, None))
        return self.found(n, self.by.add(self.by.multiply(factor, self.known(n, box)), rest))

    def found(self, _: int, x: Any) -> Any:
        return x


class Classes:
    """proof.classes: class 0 holds the empty word. configurations: of the machine after the last words, oldest first, as
    far as the delay; domain: null, or that of the domain; boxes: in which the state lies, see `Stretches`; successors: the
    class after each word, null where nothing is promised any more; [] for a class that is reached by `last` words only,
    least: a number of words such that no fewer lead to the class.

    After every promised word sequence the state is in the box of the class that it leads to, by induction over words.
    """

    def __init__(
        self, network: Network, specification: Any, delay: int, scale: Fraction, last: Any, proof: Any
    ) -> None:
        self.network, self.delay, classes = network, delay, proof["classes"]
        self.stretches = Stretches(proof, last, len(network.initial))
        self.by = AtScale(network.atoms, scale, self.stretches.bits)
        self.machine, self.nowhere = Machine(specification, len(network.vocabulary)), OnBox(network.atoms, [])
        self.places = [[self._place(place) for place in c["configurations"]] for c in classes]
        self.domains = [None if c["domain"] is None else self._place(c["domain"]) for c in classes]
        self.boxes = [self.stretches.read(c["boxes"]) for c in classes]
        self.successors, self.least = [c["successors"] for c in classes], [whole(c["least"]) for c in classes]
        self._start()
        for c, row in enumerate(self.successors):
            finished = self.stretches.last is not None and self.least[c] >= self.stretches.last
            demand(len(row) == len(network.vocabulary) or (finished and not row), "a successor for each word")
            for w, p in enumerate(row):
                self._step(c, w, p)

    @staticmethod
    def _place(data: Any) -> Place:
        return whole(data[0]), [of(rational(x)) for x in data[1]]

    def _start(self) -> None:
        demand(self.places and self.places[0] == [(self.machine.initial, [*map(of, self.machine.start)])], "the start")
        domain = self.machine.domain
        first = None if domain is None else (domain.initial, [*map(of, domain.start)])
        demand(self.domains[0] == first and self.least[0] == 0, "the domain at the start")
        for n, ends in self.boxes[0][0][0].items():
            demand(self.by.inside(self.by.exactly(self.network.initial[n]), ends), f"coordinate {n} at the start")

    def _step(self, c: int, w: int, p: Any) -> None:
        where, domain, here = f"after class {c} and word {w}", self.machine.domain, self.domains[c]
        ahead = None if domain is None or here is None else domain.moved(here, w, self.nowhere)
        if p is None:
            demand(domain is not None and ahead is not None and ahead[0] in domain.hopeless(), f"no class {where}")
            return
        demand(whole(p) < len(self.boxes) and self.least[p] <= self.least[c] + 1, f"class {p} {where}")
        after = [*self.places[c], self.machine.moved(self.places[c][-1], w, self.nowhere)][-self.delay - 1 :]
        demand(self.places[p] == after and self.domains[p] == ahead, f"the machine {where}")
        for source, target, length in zip(self.boxes[c], self.boxes[p], self.stretches.lengths, strict=True):
            check_line(InBox(self.network, w, around([source]), self.by), source, target, length, where)

    def claimed(self) -> Iterator[tuple[int, Bounds]]:
        """The classes that some promised words lead to which the readout speaks of, and a box around all of theirs."""
        for p in {p for row in self.successors for p in row if p is not None}:
            domain, place = self.machine.domain, self.domains[p]
            promised = domain is None or place is None or domain.accepts(place, self.nowhere)
            if promised and len(self.places[p]) > self.delay:
                yield p, around(self.boxes[p])

    def check_claim(self, claim: Claim) -> None:
        for p, box in self.claimed():
            for form in claim.forms(self.machine.says(self.places[p][0], self.nowhere)):
                value = self.by.exactly(form.pop(-1, {}))
                for n, c in form.items():
                    demand(n in box, f"a readout that is not known in class {p}")
                    value = self.by.add(value, self.by.multiply(self.by.exactly(c), self.by.around(box[n])))
                demand(value[0] >= claim.least, f"the readout in class {p}")


class Spread:
    """All numbers k (slope + rise) + offset + off: constants with ghosts in them; rise and off in intervals."""

    def __init__(
        self, offset: Constant, off: Interval = (0, 0), slope: Constant | None = None, rise: Interval = (0, 0)
    ):
        self.offset, self.off, self.slope, self.rise = offset, off, slope or {}, rise


class NearLimits(AtScale):
    """Values at one scale by how far they are off constants with ghosts, which are in ranges: `on` those of a leaf, whose
    ghosts with one value are put in; `ranges` the same or smaller ones. Any constant will do; it is meant to be the limit.
    """

    def __init__(self, atoms: Atoms, scale: Fraction, bits: int, on: OnBox, ranges: list[Range]) -> None:
        super().__init__(atoms, scale, bits)
        self.on, self.ranges, self.k = on, OnBox(atoms, ranges), atoms.interval(of(scale), bits)
        demand(self.k[0] > 0, "a scale that is more than 0 in so many binary places")

    def exactly(self, offset: Constant, slope: Constant | None = None) -> Any:
        return Spread(offset, slope=slope)

    def add(self, x: Any, y: Any) -> Any:
        if x is None or y is None:
            return None
        off, rise = super().add(x.off, y.off), super().add(x.rise, y.rise)
        return Spread(plus(x.offset, y.offset), off, plus(x.slope, y.slope), rise)

    def multiply(self, x: Any, y: Any) -> Any:
        if x is not None and (x.slope or x.rise != (0, 0)):
            x, y = y, x
        if x is None or y is None or x.slope or x.rise != (0, 0):
            return None
        off, rise = self._product(x, y.offset, y.off), self._product(x, y.slope, y.rise)
        if off is None or rise is None:
            return None
        return Spread(times(x.offset, y.offset), off, times(x.offset, y.slope), rise)

    def _product(self, x: Spread, main: Constant, off: Interval) -> Any:
        """(m + d)(u + e) = m u + (m + d) e + u d is linear in d, and so between what it is at the ends of d."""
        m, d, u, e = x.offset, x.off, main, off
        if self.atoms.moves(m):
            m, d, u, e = u, e, m, d
        found: Any = None
        for end in d:
            first = (0, 0) if e == (0, 0) else super().multiply(super().add(self.range_of(m), (end, end)), e)
            second = (0, 0) if not end else super().multiply(self.range_of(u), (end, end))
            if first is None or second is None:
                return None
            low, high = first[0] + second[0], first[1] + second[1]
            found = (low, high) if found is None else (min(low, found[0]), max(high, found[1]))
        return found

    def range_of(self, x: Constant) -> Any:
        """Of a constant with ghosts; None without end."""
        low, high = self.ranges.ends(x, self.bits)
        return None if low is None or high is None else (low, high)

    def tanh(self, x: Any) -> Any:
        """Near tanh of the constant, or saturated, by the sign of all of it; else between the values at its ends."""
        one = 1 << self.bits
        if x is None:
            return Spread({}, (-one, one))
        main = None if x.slope else self.on.tanh(x.offset)
        if main is not None:
            return Spread(main, self._moved(x.offset, super().add(x.off, super().multiply(self.k, x.rise))))
        rise = self.ranges.times(self.k, add_ends(self.ranges.ends(x.slope, self.bits), x.rise), self.bits)
        low, high = add_ends(add_ends(rise, x.off), self.ranges.ends(x.offset, self.bits))
        least = -one if low is None else tanh_interval((low, low), self.bits)[0]
        most = one if high is None else tanh_interval((high, high), self.bits)[1]
        side = 0 if not x.slope else 1 if least > 0 else -1 if most < 0 else 0
        return Spread(of(side), (least - side * one, most - side * one))

    def relu(self, _: Any) -> Any:
        return None

    def step(self, _: Any) -> Any:
        return Spread({}, (0, 1 << self.bits))

    def _moved(self, main: Constant, d: Interval) -> Interval:
        """tanh(m + d) - tanh(m), in d [0, the largest slope 1 - tanh^2 between]; for one m also by both values."""
        low, high = add_ends(self.ranges.ends(main, self.bits), (min(d[0], 0), max(d[1], 0)))
        nearest = low if low is not None and low > 0 else -high if high is not None and high < 0 else 0
        least = max(0, tanh_interval((nearest, nearest), self.bits)[0])
        moved: Interval = super().multiply((0, (1 << self.bits) - (least * least >> self.bits)), d)
        if self.atoms.moves(main):
            return moved
        m = self.atoms.interval(main, self.bits)
        before, after = tanh_interval(m, self.bits), tanh_interval((m[0] + d[0], m[1] + d[1]), self.bits)
        return max(moved[0], after[0] - before[1]), min(moved[1], after[1] - before[0])


class NearStep(InBox):
    """One step at a leaf, from limits and a box around what the state is off them, to what it is off their images."""

    def __init__(self, limits: Vector, targets: Vector, network: Network, word: int, box: Bounds, by: NearLimits):
        self.limits, self.targets, self.near = limits, targets, by
        super().__init__(network, word, box, by)

    def known(self, n: int, box: Bounds) -> Any:
        return Spread(self.limits[n], self.by.around(box[n])) if n in box else None

    def found(self, n: int, x: Any) -> Any:
        if x is None or x.slope or x.rise != (0, 0):
            return None
        gap = minus(x.offset, self.targets[n])
        return AtScale.add(self.by, self.near.range_of(gap), x.off) if gap else x.off


def at_most(r: Range, most: int) -> Range:
    """The part of a range that is at most so far from 0."""
    return (-most if r[0] is None else max(r[0], -most)), (most if r[1] is None else min(r[1], most))


class Deviations(Families):
    """proof of `Families`, and proof.boxes: for each family boxes for what the state is off the limits, see `Stretches`
    proof.reach: for each family [a, b] of each ghost, which is at most a + b t from 0 after t words

    After every promised word sequence the state is off the limits of its family by what is in the box, by induction over
    words: which family that is, and the values of the ghosts, does not depend on the scale.
    """

    def __init__(
        self, network: Network, specification: Any, delay: int, scale: Fraction, last: Any, proof: Any
    ) -> None:
        super().__init__(network, specification, delay, proof)
        self.scale, self.goals = scale, proof["goals"]
        self.stretches = Stretches(proof, last, len(network.initial))
        self.off = [self.stretches.read(data) for data in proof["boxes"]]
        self.reach = [[(whole(a), whole(b)) for a, b in row] for row in proof["reach"]]
        shapes = {len(self.off), len(self.reach), len(self.goals)} == {len(self.families)}
        demand(shapes and all(len(row) == self.atoms.ghosts for row in self.reach), "boxes and a reach for each family")
        demand(all(n in x for x, pairs in zip(self.limits, self.off, strict=True) for n in pairs[0][0]), "a limit")
        demand(all(low <= 0 <= high for low, high in self.off[0][0][0].values()), "a first box without 0")
        demand(all(abs(n) <= a for n, (a, _) in zip(proof["origin"], self.reach[0], strict=True)), "the origin's reach")
        for q, w, leaf, box in self.edges():
            if leaf[1] is not None:
                self._edge(q, w, leaf, OnBox(self.atoms, box))

    def _edge(self, q: int, w: int, leaf: Any, on: OnBox) -> None:
        image, where = {g: self.read(x) for g, x in enumerate(leaf[2])}, f"after family {q} and word {w}"
        for g, form in image.items():
            self._reaches(q, form, on, self.reach[leaf[1]][g], where)
        limits = {n: on.here(x) for n, x in self.limits[q].items()}
        targets = {n: on.here(put(x, image, self.atoms)) for n, x in self.limits[leaf[1]].items()}
        rows = (self.off[q], self.off[leaf[1]], self.stretches.lengths, self.stretches.ends)
        for source, target, length, end in zip(*rows, strict=True):
            by = self._near(q, on, end)
            if by is not None:
                step = NearStep(limits, targets, self.network, w, around([source]), by)
                check_line(step, source, target, length, where)

    def _near(self, q: int, on: OnBox, end: int | None) -> NearLimits | None:
        """Where the ghosts are after at most `end` words; None if nowhere."""
        ranges = []
        for r, (a, b) in zip(on.box, self.reach[q], strict=True):
            ranges.append(r if end is None else at_most(r, a + b * end))
        if any(low is not None and high is not None and low > high for low, high in ranges):
            return None
        return NearLimits(self.atoms, self.scale, self.stretches.bits, on, ranges)

    def _reaches(self, q: int, form: Constant, on: OnBox, bound: tuple[int, int], where: str) -> None:
        """|form| <= a + b (t + 1) for every t: by its ends, or by the bounds of its ghosts after t words."""
        (low, high), (a, b) = on.affine(form), bound
        if low is not None and high is not None and max(-low, high) <= a + b:
            return
        constant, slope = Fraction(0), Fraction(0)
        for powers, c in on.here(form).items():
            known = (1, 0)
            if powers:
                ghost = -1 - powers[0][0]
                least, most = on.box[ghost]
                known = self.reach[q][ghost] if least is None or most is None else (max(-least, most), 0)
            constant, slope = constant + abs(c) * known[0], slope + abs(c) * known[1]
        demand(constant <= a + b and slope <= b, f"a ghost out of reach {where}")

    def check_claim(self, claim: Claim) -> None:
        """What is claimed holds on each leaf of the goals that is reached."""
        for q, tree in [*enumerate(self.goals)][1:]:
            for _, box in leaves(tree, self.boxes[q]) if len(self.places[q]) > self.delay else ():
                on, off = OnBox(self.atoms, box), around(self.off[q])
                by = self._near(q, on, self.stretches.last)
                if by is None or not self.promised(q, on):
                    continue
                for form in claim.forms(self.machine.says(self.places[q][-1], on)):
                    value = Spread(form.pop(-1, {}))
                    for n, c in form.items():
                        demand(n in off, f"a readout that is not known in family {q}")
                        value = by.add(value, by.multiply(Spread(c), Spread(self.limits[q][n], by.around(off[n]))))
                    low = add_ends(by.ranges.ends(value.offset, by.bits), value.off)[0]
                    demand(low is not None and low >= claim.least, f"the readout in family {q}")


class Claim:
    """What the machine says as linear forms of the state {coordinate: constant, -1: constant term}, which must be > 0;
    >= 0 in a WithinAt, a DecidesBy and a Computes.
    """

    def __init__(self, data: Any, read: Any) -> None:
        self.kind, self.says, terms = data["theorem"], SAYS[data["theorem"]], data["readout"]["terms"]
        constant = data["constant"] if self.says == "values" else "0"
        given = data["readouts"] if self.says == "choices" else [[terms, constant]]
        self.readouts = [form_read(terms, total, read) for terms, total in given]
        self.level = {-1: read(data["threshold"])} if self.says == "accept" else {}
        self.room = {"WithinAt": data.get("bound"), "DecidesBy": data.get("margin")}.get(self.kind, "0")
        self.least = 0 if self.kind in ("WithinAt", "DecidesBy", "Computes") else 1  # in units of the intervals
        self.what = "the side of the threshold" if self.says == "accept" else "the readout"

    def forms(self, said: Any) -> list[Vector]:
        if self.says == "choices":
            demand(said < len(self.readouts), "a choice among the readouts")
            others = (other for n, other in enumerate(self.readouts) if n != said)
            return [combined(self.readouts[said], of(-1), other) for other in others]
        room = rational(self.room)
        if self.says == "accept":
            demand(room > 0 or self.least, "a margin > 0")
            gap = combined(self.readouts[0], of(-1), self.level)
            return [combined(sparse({-1: of(-room)}), of(1 if said else -1), gap)]
        gap = combined(self.readouts[0], of(-1), {-1: said})
        return [combined(sparse({-1: of(room)}), of(side), gap) for side in (1, -1)]


SAYS = {  # what the machine says
    **dict.fromkeys(("Decides", "DecidesBy", "DecidesAt"), "accept"),
    **dict.fromkeys(("Computes", "WithinAt"), "values"),
    **dict.fromkeys(("Chooses", "ChoosesAt"), "choices"),
}


def form_read(terms: Any, constant: Any, read: Any) -> Vector:
    parts = [(whole(n), read(c)) for n, c in terms]
    return reduce(lambda total, part: combined(total, part[1], {part[0]: ONE}), parts, sparse({-1: read(constant)}))


def check_at_scale(data: Any) -> None:
    network = Network(data["network"], Atoms(data["atoms"], whole(data["proof"].get("ghosts", 0))))
    given, scale, delay = data["specification"], rational(data["scale"]), whole(data["readout"]["delay"])
    demand(data["last"] is None or whole(data["last"]) >= max(1, delay), "a length that the readout speaks of")
    specification = linear_machine(given) if "final" in given else given
    by = Classes if "classes" in data["proof"] else Deviations
    found = by(network, specification, delay, scale, data["last"], data["proof"])
    demand(found.machine.output == SAYS[data["theorem"]], "a machine that says something else")
    found.check_claim(Claim(data, network.atoms.read))


# -- one word sequence in the limit ------------------------------------------------------------------------------------


def check_wrong_words(data: Any) -> None:
    """On these words, which are promised, the limits of the readouts are not what the machine says, which is `specified`."""
    network, delay = Network(data["network"], Atoms(data["atoms"])), whole(data["readout"]["delay"])
    read, sign = network.atoms.read, network.atoms.sign
    words = [*map(network.vocabulary.index, data["words"])]
    demand(len(words) >= max(1, delay), "words shorter than the delay")
    values: list[Known] = [*map(Value, network.initial)]
    for w in words:
        values, _ = network.step(w, Box(values, range(len(values))), Limits(network.atoms))
    specification, said, says = data["specification"], data["specified"], WRONG[data["theorem"]]
    check_specified(specification, len(network.vocabulary), [(words, 1)], delay, said)
    demand(says in specification, "a machine that says something else")
    constant = data["constant"] if says == "values" else "0"
    limits = []
    for terms, total in data["readouts"] if says == "choices" else [[data["readout"]["terms"], constant]]:
        form = form_read(terms, total, read)
        parts = (times(c, exact(values[n])) for n, c in form.items() if n >= 0)
        limits.append(reduce(plus, parts, form.get(-1, {})))
    demand(limits == [*map(read, data["limits"] if says == "choices" else [data["limit"]])], "the limits")
    if says == "choices":
        demand(said < len(limits), "a choice among the readouts")
        gaps = [minus(limits[said], x) for n, x in enumerate(limits) if n != said]
        demand(any(sign(gap) <= 0 for gap in gaps), "a readout that is not smaller")
    elif says == "accept":
        gap = minus(limits[0], read(data["threshold"]))
        demand(sign(gap) <= 0 if said else sign(gap) >= 0, "a limit on the other side")
    else:
        demand(sign(minus(limits[0], of(rational(said)))) != 0, "two different values")


WRONG = {"Counterexample": "values", "Misdecision": "accept", "Mischoice": "choices"}


# -- one word sequence at a scale ----------------------------------------------------------------------------------------

STEPS = 20_000  # words that are followed one by one
STARTS, RESTS = 64, 4  # repetitions at the start and at the end that may make other moves than those between
LARGEST = 4_000  # binary digits of a number in a register

Run = tuple[list[int], int]  # words, and how often they are read in a row


def check_run(data: Any) -> None:
    """runs: [words, times] in turn, a promised sequence. After it, at scale k, `constant` + the readout lies between `lower`
    and `upper`; the specification says `specified` of all but its last `delay` words.

    proof.phases: [words, times, boxes], together the runs. boxes: null for words that are followed one by one; else before
        each word [coordinate, low, high, low', high'] of the state before its first reading, and after its last.
    """
    network, readout = Network(data["network"], Atoms(data["atoms"])), data["readout"]
    read, by = network.atoms.read, AtScale(network.atoms, rational(data["scale"]), data["proof"]["bits"])
    state, runs, left = [*map(by.exactly, network.initial)], list[Run](), STEPS
    for names, times, boxes in data["proof"]["phases"]:
        words = [*map(network.vocabulary.index, names)]
        demand(words and whole(times, 1), "a phase without words")
        if boxes is not None:
            state = after_boxes(network, by, words, times, boxes, state)
        else:
            left -= len(words) * times
            demand(left >= 0, f"more than {STEPS} words one by one")
            for w in words * times:
                state, _ = network.step(w, Box(state, range(len(state))), by)
        same = bool(runs) and runs[-1][0] == words
        runs = [*runs[:-1], (words, runs[-1][1] + times)] if same else [*runs, (words, times)]
    demand(
        [[[network.vocabulary[w] for w in words], n] for words, n in runs] == data["runs"], "the words of the phases"
    )
    parts = (by.multiply(by.exactly(read(c)), state[whole(n)]) for n, c in readout["terms"])
    total = reduce(by.add, parts, by.exactly(read(data["constant"])))
    demand(by.inside(total, (rational(data["lower"]), rational(data["upper"]))), "the readout between its bounds")
    check_specified(data["specification"], len(network.vocabulary), runs, whole(readout["delay"]), data["specified"])


def after_boxes(
    network: Network, by: AtScale, words: list[int], times: int, boxes: Any, state: Sequence[Any]
) -> list[Any]:
    """Around the state after a phrase is read so many times, which has boxes before each of its words."""
    pairs = [(box_of(first, len(state)), box_of(last, len(state))) for first, last in boxes]
    demand(len(pairs) == len(words) and all({*first} == {*last} for first, last in pairs), "boxes before each word")
    first, last = pairs[0]
    demand(all(by.inside(state[n], ends) for n, ends in first.items()), "the state in the first box")
    for j, w in enumerate(words):
        target, later = (pairs[0], 1) if j == len(words) - 1 else (pairs[j + 1], 0)
        where = f"after word {w}"
        check_line(InBox(network, w, around([pairs[j]]), by), pairs[j], target, times, where, later)
    return [by.around(last[n]) if n in last else None for n in range(len(state))]


def check_specified(specification: Any, words: int, runs: Sequence[Run], delay: int, said: Any) -> None:
    """What is said of all but the last words of a sequence that is promised."""
    if "final" in specification:
        specification = linear_machine(specification)
    machine, nowhere = Machine(specification, words), OnBox(Atoms([]), [])
    domain = machine.domain
    demand(domain is None or domain.accepts(reached(domain, runs), nowhere), "words that are not promised")
    found = machine.says(reached(machine, shortened(runs, delay)), nowhere)
    wanted = of(rational(said)) if machine.output == "values" else said
    demand(type(found) is type(wanted) and found == wanted, "what is specified")


def linear_machine(specification: Any) -> Any:
    """A weighted automaton as a machine of one state with its row vector in the registers."""
    sizes = {len(specification["initial"]), len(specification["final"])}
    sizes |= {len(x) for m in specification["matrices"] for x in (m, *m)}
    demand(len(sizes) == 1, "the shapes of the specification")
    columns = [[["0", [*enumerate(column)]] for column in zip(*m, strict=True)] for m in specification["matrices"]]
    return {
        "initial": 0,
        "start": specification["initial"],
        "moves": [[[[[], 0, updates]]] for updates in columns],
        "values": [["0", [*enumerate(specification["final"])]]],
        "domain": None,
    }


def shortened(runs: Sequence[Run], delay: int) -> list[Run]:
    """All but the last words; none of the sequence must be missing."""
    kept = [*runs]
    for _ in range(delay):
        demand(kept, "words shorter than the delay")
        words, times = kept.pop()
        kept += [(words, times - 1)] * (times > 1) + [(words[:-1], 1)] * (len(words) > 1)
    return kept


def reached(machine: Machine, runs: Sequence[Run]) -> Place:
    """Where a machine is after the words."""
    place: Numbers = machine.initial, (*machine.start,)
    for words, n in runs:
        place = repeated(machine, place, words, n)
    return place[0], [*map(of, place[1])]


Numbers = tuple[int, tuple[Fraction, ...]]  # a state, and what the registers hold
Matrix = list[list[Fraction]]


def repeated(machine: Machine, place: Numbers, words: list[int], times: int) -> Numbers:
    """After the words so many times: one by one, but for those that change nothing, or do the same each time."""
    for n in range(STEPS):
        if not times:
            return place
        period, ahead = 1, moved(machine, place, words)[0]
        while n < STARTS and ahead[0] != place[0] and period < min(times, STARTS):
            period, ahead = period + 1, moved(machine, ahead, words)[0]
        if ahead == place:
            times %= period
            continue
        for rest in range(RESTS if n < STARTS else 0):
            found = powered(machine, place, words * period, times // period - rest)
            if found is not None:
                place, times = found, times - period * (times // period - rest)
                break
        else:
            place, times = moved(machine, place, words)[0], times - 1
    raise Rejected("words that are repeated too often")


def moved(machine: Machine, place: Numbers, words: Sequence[int]) -> tuple[Numbers, list[int], list[Any]]:
    """After the words: where the machine is, the signs of all that was tested on the way, and the updates that were made."""
    (state, registers), signs, made = place, list[int](), []
    for w in words:
        gaps = [(move, [(r, registers[j] - rational(b)) for j, r, b in move[0]]) for move in machine.moves[w][state]]
        signs += [(x > 0) - (x < 0) for _, tests in gaps for _, x in tests]
        _, state, updates = next(move for move, tests in gaps if all(TRUE[r](x, x) for r, x in tests))
        parts = ((rational(constant), [registers[j] * rational(c) for j, c in terms]) for constant, terms in updates)
        registers = tuple(sum(products, constant) for constant, products in parts)
        made.append(updates)
    return (state, registers), signs, made


def powered(machine: Machine, place: Numbers, words: list[int], times: int) -> Numbers | None:
    """After the words so many times, if the same moves are made each time: without tests; or because the registers move
    by constants, so that what is tested is linear in the time, and has the sign that it has the first time and the last.
    """
    (state, _), signs, made = moved(machine, place, words)
    if times < 2 or state != place[0]:
        return None
    matrix = reduce(lambda x, updates: multiplied(matrix_of(updates), x), made, unit(len(place[1]) + 1))
    if signs:
        if [row[:-1] for row in matrix] != [row[:-1] for row in unit(len(matrix))]:
            return None
        last = state, applied(power_of(matrix, times - 1), place[1])
        if moved(machine, last, words)[1] != signs:
            return None
    return state, applied(power_of(matrix, times), place[1])


def matrix_of(updates: Any) -> Matrix:
    """What takes (registers, 1) to their new values and 1."""
    rows = [[Fraction(0)] * len(updates) + [rational(constant)] for constant, _ in updates]
    for row, (_, terms) in zip(rows, updates, strict=True):
        for j, c in terms:
            row[j] += rational(c)
    return [*rows, unit(len(updates) + 1)[-1]]


def unit(size: int) -> Matrix:
    return [[Fraction(i == j) for j in range(size)] for i in range(size)]


def multiplied(x: Matrix, y: Matrix) -> Matrix:
    return [
        [sum((a * b for a, b in zip(row, column, strict=True)), Fraction(0)) for column in zip(*y, strict=True)]
        for row in x
    ]


def applied(matrix: Matrix, registers: Sequence[Fraction]) -> tuple[Fraction, ...]:
    column = [[x] for x in (*registers, Fraction(1))]
    return tuple(row[0] for row in multiplied(matrix, column)[:-1])


def power_of(matrix: Matrix, times: int) -> Matrix:
    found = unit(len(matrix))
    while times:
        found = multiplied(matrix, found) if times % 2 else found
        matrix, times = multiplied(matrix, matrix), times // 2
        largest = max(max(abs(x.numerator), x.denominator).bit_length() for row in matrix for x in row)
        demand(not times or largest <= LARGEST, "registers that grow too far")
    return found


# -- the largest error at a scale ----------------------------------------------------------------------------------------


def check_worst(data: Any, comparison: Comparison, said: Any, evidence: Any) -> None:
    """said: scale, first, last, lower, upper. At that scale the largest |readout_T - specification(w_1 ... w_(T - delay))|,
    over all words w_1 ... w_T of all lengths first <= T <= last, lies between lower and upper; lower 0 says nothing.

    evidence: null, where `bound` of an ErrorBound gives the upper one; else see `Contexts`, with `tail`: the number of last
        words that are taken in closed form; null for all of them, from above only.
    """
    first, last, scale = whole(said["first"], 1), whole(said["last"], 1), rational(said["scale"])
    demand(max(1, comparison.delay) <= first <= last, "lengths that the readout speaks of")
    if evidence is None:
        found = (Fraction(0), largest_by_bound(data, comparison, scale, first, last))
    else:
        contexts, tail = Contexts(comparison, scale, evidence), evidence["tail"]
        ends = contexts.up_to(last) if tail is None else contexts.worst(first, last, whole(tail))
        found = (Fraction(ends[0], 1 << contexts.by.bits), Fraction(ends[1], 1 << contexts.by.bits))
    lower, upper = rational(said["lower"]), rational(said["upper"])
    demand(lower == 0 or lower <= found[0], "the lower bound")
    demand(found[1] <= upper, "the upper bound")


def largest_by_bound(data: Any, comparison: Comparison, k: Fraction, first: int, last: int) -> Fraction:
    """Of quadratic T^2 + linear T + constant at one scale: at an end, for it is convex, or the length is one."""
    check_error_bound(data, comparison)
    demand(k >= rational(data["k0"]), "a scale below that of the bound")
    a, b, c = (above_at(error_of(data["bound"][name]), k) for name in ("quadratic", "linear", "constant"))
    demand(a >= 0 or first == last, "a bound that is not convex in the length")
    return max(a * n * n + b * n + c for n in (first, last))


def above_at(error: Error, k: Fraction) -> Fraction:
    """A rational not below an error at a scale."""
    parts = (a * k**p * (exp_above(-rate * k) if a > 0 else 1 / exp_above(rate * k)) for (p, rate), a in error.items())
    return sum(parts, Fraction(0))


Edge = tuple[tuple[Interval, Interval], ...]  # B and B* of each register
Reach = tuple[
    int, int, int, int
]  # of a greatest and of a least sum: above the one, below it; below the other, above it


class Contexts:
    """contexts: a list of situation (of the invariant), box (a list of [coordinate, low, high]), successors (the context after
    each word; [] where none is needed). Context 0 is the start. After all words the state at the scale is in the box of
    the context that they lead to, by induction over words. bits: binary places of the intervals.

    By how much a register r' = A r + B is off its limit R' = A* R + B*, times its coefficient w in the readout, is a sum
    over the steps: one with n steps after it adds w A^n B - w A*^n B*, if A and A* are the same in all steps. Here each of
    the two is an interval around all. The start adds w A^T r - w A*^T r.
    """

    def __init__(self, comparison: Comparison, scale: Fraction, data: Any) -> None:
        self.invariant, contexts = comparison.invariant, data["contexts"]
        self.by, size = AtScale(self.invariant.network.atoms, scale, data["bits"]), len(self.invariant.network.initial)
        self.steps, self.situations = [c["successors"] for c in contexts], [whole(c["situation"]) for c in contexts]
        self.boxes, initial = (
            [box_of(c["box"], size) for c in contexts],
            [*map(self.by.exactly, self.invariant.network.initial)],
        )
        inside = all(self.by.inside(initial[n], ends) for n, ends in self.boxes[0].items())
        demand(self.situations[0] == 0 and inside, "the start in context 0")
        read = [(n, self.by.exactly(c)) for n, c in comparison.terms]
        self.registers = [n for n, _ in read if n in self.invariant.registers]
        self.weights = [w for n, w in read if n in self.invariant.registers]
        self.start: Edge = tuple((initial[n], initial[n]) for n in self.registers)
        self.factors = list[list[Interval]]()  # of each register: A and A*
        self.rows = {c: self._row(c, row) for c, row in enumerate(self.steps) if row}
        others = [(n, w) for n, w in read if n not in self.invariant.registers]
        self.final = [self._off(c, others) for c in range(len(contexts))]

    def _row(self, c: int, row: Any) -> dict[Edge, set[int]]:
        """What the words add, and where they lead."""
        network, found = self.invariant.network, dict[Edge, set[int]]()
        demand(len(row) == len(network.vocabulary), "a context after each word")
        for w, p in enumerate(row):
            where, q = f"after context {c} and word {w}", self.situations[c]
            demand(
                whole(p) < len(self.boxes) and self.situations[p] == self.invariant.step[q][w], f"context {p} {where}"
            )
            step = InBox(network, w, self.boxes[c], self.by)
            for n, ends in self.boxes[p].items():
                demand(self.by.inside(step.value(n), ends), f"coordinate {n} outside its box {where}")
            edge = []
            for i, n in enumerate(self.registers):
                demand(None not in step.linear[n], f"a register that is not known {where}")
                moves = self.invariant.moves[q, w][self.invariant.registers.index(n)]
                (a, b), (a_limit, b_limit) = step.linear[n], map(self.by.exactly, moves)
                self.factors += [[a, a_limit]] if i == len(self.factors) else []
                self.factors[i] = [hull(x, y) for x, y in zip(self.factors[i], (a, a_limit), strict=True)]
                edge.append((b, b_limit))
            found.setdefault(tuple(edge), set()).add(p)
        return found

    def _off(self, c: int, others: Sequence[tuple[int, Interval]]) -> Interval:
        """By how much the other coordinates of the readout are off in a context."""
        parts = []
        for n, w in others:
            demand(n in self.boxes[c], f"a coordinate of the readout that is not known in context {c}")
            limit = self.by.exactly(exact(self.invariant.boxes[self.situations[c]].values[n]))
            parts.append(self.by.multiply(w, less(self.by.around(self.boxes[c][n]), limit)))
        return reduce(self.by.add, parts, (0, 0))

    def gain(self, powers: Sequence[Sequence[Interval]], edge: Edge) -> Interval:
        """What a step adds, its A^n and A*^n given, times w."""
        pairs = zip(powers, edge, strict=True)
        parts = (less(self.by.multiply(u, b), self.by.multiply(v, limit)) for (u, v), (b, limit) in pairs)
        return reduce(self.by.add, parts, (0, 0))

    def powers(self, n: int) -> list[list[Interval]]:
        return [
            [self.by.multiply(w, self._power(x, n)) for x in pair]
            for w, pair in zip(self.weights, self.factors, strict=True)
        ]

    def _power(self, x: Interval, n: int) -> Interval:
        found = (1 << self.by.bits,) * 2
        while n:
            found = self.by.multiply(found, x) if n % 2 else found
            x, n = self.by.multiply(x, x), n // 2
        return found

    def worst(self, first: int, last: int, tail: int) -> Interval:
        """The largest error, backwards: what n more words add at most and at least, from each context."""
        demand(
            tail < first and last - tail <= STEPS, "a tail shorter than all lengths, and not too many words before it"
        )
        levels = [{0}]  # the contexts after so many words; if there are several lengths, after no more
        while len(levels) <= last - tail:
            new = {p for c in levels[-1] for p in self.steps[c]}
            levels.append(new | levels[-1] if first < last else new)
        reach = self._tail(tail) if tail else {c: (x[1], x[0], x[0], x[1]) for c, x in enumerate(self.final)}
        powers, found = self.powers(tail), list[Interval]()
        for n in range(tail + 1, last + 1):
            reach = {c: self._earlier(c, powers, reach) for c in levels[last - n]}
            powers = [[*map(self.by.multiply, u, v)] for u, v in zip(powers, self.factors, strict=True)]
            if n >= first:
                (low, high), (above, below, under, over) = self.gain(powers, self.start), reach[0]
                found.append((max(below + low, -over - high), max(above + high, -under - low)))
        return max(x for x, _ in found), max(x for _, x in found)

    def _earlier(self, c: int, powers: Sequence[Sequence[Interval]], reach: dict[int, Reach]) -> Reach:
        ways = [(self.gain(powers, edge), reach[p]) for edge, after in self.rows[c].items() for p in after]
        return (
            max(high + r[0] for (_, high), r in ways),
            max(low + r[1] for (low, _), r in ways),
            min(low + r[2] for (low, _), r in ways),
            min(high + r[3] for (_, high), r in ways),
        )

    # in closed form

    def sums(self, n: int) -> list[list[Interval]]:
        """w (1 + A + ... + A^(n - 1)) and w n, where A* = 1 and 0 < A < 1."""
        one, found = (1 << self.by.bits,) * 2, []
        for w, (a, limit) in zip(self.weights, self.factors, strict=True):
            demand(limit == one and a[0] > 0 and a[1] < one[0], "factors between 0 and 1 that tend to 1")
            total = self.by.multiply(less(one, self._power(a, n)), reciprocal(less(one, a), self.by.bits))
            found.append([self.by.multiply(w, total), (w[0] * n, w[1] * n)])
        return found

    def bound(self, n: int) -> Interval:
        """Around what n steps, not the first one, and the other coordinates add: of each register
        |sum of u B - v B*| <= |sum of v - u| |B*| + |sum of u| |B - B*|; or the last taken for all of them together.
        """
        demand(len(self.rows) == len(self.boxes), "a context without successors")
        edges = {
            edge
            for c in {p for row in self.rows.values() for after in row.values() for p in after}
            for edge in self.rows[c]
        }
        apart = together = largest(self.final)
        for i, (u, v) in enumerate(self.sums(n)):
            gap, limits = around_zero(less(v, u)), largest(edge[i][1] for edge in edges)
            off = largest(less(*edge[i]) for edge in edges)
            apart = self.by.add(
                apart, self.by.add(self.by.multiply(gap, limits), self.by.multiply(around_zero(u), off))
            )
            together = self.by.add(together, self.by.multiply(gap, self.by.add(limits, off)))
        sides = largest(self.gain([[w, w] for w in self.weights], edge) for edge in edges)
        together = self.by.add(together, (sides[0] * n, sides[1] * n))
        return apart if apart[1] < together[1] else together

    def _tail(self, n: int) -> dict[int, Reach]:
        """What n steps add at most, and what a word adds that stays in its context."""
        low, high = self.bound(n)
        found, sums = dict[int, Reach](), self.sums(n)
        for c, row in self.rows.items():
            stays = [self.by.add(self.final[c], self.gain(sums, edge)) for edge, after in row.items() if c in after]
            found[c] = high, max([low, *(x for x, _ in stays)]), low, min([high, *(x for _, x in stays)])
        return found

    def up_to(self, last: int) -> Interval:
        """Around the errors of all lengths up to the last."""
        total = self.bound(last - 1)[1]
        for n, edges in ((last, [self.start]), (last - 1, [*self.rows[0]])):
            now_or_later = [[hull(u, w), v] for w, (u, v) in zip(self.weights, self.powers(n), strict=True)]
            total += largest(self.gain(now_or_later, edge) for edge in edges)[1]
        return 0, total


def less(x: Interval, y: Interval) -> Interval:
    return x[0] - y[1], x[1] - y[0]


def hull(x: Interval, y: Interval) -> Interval:
    return min(x[0], y[0]), max(x[1], y[1])


def around_zero(x: Interval) -> Interval:
    size = max(-x[0], x[1])
    return -size, size


def largest(intervals: Iterable[Interval]) -> Interval:
    """Around 0 and all of them."""
    return reduce(hull, map(around_zero, intervals), (0, 0))


def check(data: Any) -> None:
    """Raises Rejected unless the certificate establishes its statement."""
    demand(isinstance(data, dict) and data.get("format") == FORMAT, f"another format than {FORMAT!r}")
    try:
        check_statement(data)
    except MALFORMED as error:
        raise Rejected(f"malformed: {type(error).__name__}: {error}") from None


def check_statement(data: Any) -> None:
    demand(data["theorem"] in KINDS, f"the theorem {data['theorem']!r}")
    alone = {"RunAt": check_run} | {k: check_at_scale if k.endswith("At") else check_families for k in SAYS}
    alone |= dict.fromkeys(WRONG, check_wrong_words)
    alone |= dict.fromkeys(("MarginsAt", "LargestMargin"), check_margins) | {"Cells": check_cells}
    of_automaton = "final" in data.get("specification", {})
    if data["theorem"] in alone and not (data["theorem"] in ("Computes", "Counterexample") and of_automaton):
        alone[data["theorem"]](data)
        return
    network = Network(data["network"], Atoms(data["atoms"]))
    if data["theorem"] == "StepTable":
        check_step_table(data, network)
        return
    comparison = Comparison(Invariant(network, data["proof"]), data["readout"], data["specification"])
    parts = WORST.get(data["theorem"], ())
    if data["theorem"] in ("Computes", "ErrorBound") or parts:
        check_span(comparison, data["proof"])
        for part in parts:
            check_worst(data, comparison, data[part], data["proof"][part])
        if data["theorem"] == "Bracket":
            within, beyond = rational(data["within"]["upper"]), rational(data["beyond"]["lower"])
            demand(within < rational(data["epsilon"]) < beyond, "an epsilon between the two errors")
        if data["theorem"] == "ErrorBound":
            check_error_bound(data, comparison)
        return
    if data["theorem"] == "Trace":
        vectors = along(comparison, data["words"])
        limits = [comparison.limit(vector) for vector in vectors[1:]]
        demand(limits and limits == [*map(network.atoms.read, data["limits"])], "the limits")
        return
    found = check_wrong(comparison, data["words"])
    demand(found == [*map(network.atoms.read, (data["limit"], data["specified"]))], "the two values")


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object without a repeated name."""
    demand(len({name for name, _ in pairs}) == len(pairs), "a repeated name in an object")
    return dict(pairs)


def main(paths: Sequence[str]) -> int:
    if not paths or {*paths} & {"-h", "--help"}:
        print(__doc__)
        return 0 if paths else 2
    code = 0
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:
                data = json.load(file, object_pairs_hook=unique)
            if isinstance(data, dict) and data.get("theorem") == "Proposition":
                print(f"not here  {path}: a derivation about real numbers, which Rocq checks")
                code = code or 3
                continue
            check(data)
        except Rejected as reason:
            print(f"rejected  {path}: {reason}")
            code = code if code == 2 else 1
        except (OSError, ValueError, RecursionError) as error:
            print(f"unread    {path}: {error}", file=sys.stderr)
            code = 2
        else:
            print(f"verified  {path}")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
