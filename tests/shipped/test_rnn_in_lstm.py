"""Part I: the verdicts, what each hypothesis is needed for, and an attack on every statement.

The attack knows nothing of the proofs: it runs both networks in balls of 100 digits and more,
and evaluates the hypotheses and conclusions of the theorems as they are printed.
"""

from __future__ import annotations

import random
import runpy
from functools import cache, reduce
from itertools import product
from statistics import median
from typing import Any

import pytest
import sympy
from flint import arb, ctx, fmpq
from support import PROOFS
from sympy import Rational, Sum, Symbol
from sympy.core.function import AppliedUndef

from symlstm.kernel.algebra import Term, Variable, tanh
from symlstm.kernel.theorem import ARITHMETIC, RuleError, trusted, walk
from symlstm.model.activations import sigmoid
from symlstm.proof.claims import Verdict, check, load
from symlstm.proof.goals import auto, inductively
from symlstm.steps import Conjunction, Equal, ForAll, Less, LessEqual, TendsTo, Within, assume, natural, real, sequence

SCRIPT = PROOFS / "rnn_in_lstm.py"
BITS = 1000  # 100 digits remain after 200 steps that magnify errors by up to 2.5
proof = runpy.run_path(str(SCRIPT), run_name="proof")
B, C, L = map(real, "BCL")
t, n, c = natural("t"), natural("n"), sequence("c")


@cache
def results():
    return {made.id: check(made) for made in load(SCRIPT)}


def conclusion(name):
    return results()[name].outcome.theorem.conclusion


VERDICTS = {
    "R1": Verdict.PROVED,
    "R2": Verdict.PROVED,
    "R3": Verdict.PROVED,
    "R4": Verdict.PROVED,
    "R5": Verdict.PROVED,
    "R6": Verdict.PROVED,
    "R6-uniform": Verdict.PROVED,
    "R6-sharper": Verdict.PROVED,
    "R6-each-time": Verdict.PROVED,
    "R6-all-L": Verdict.REFUTED,
    "R7": Verdict.REFUTED,
    "R8": Verdict.PROVED,
    "R9": Verdict.PROVED,
    "R9-distance": Verdict.PROVED,
}


@pytest.mark.slow
def test_verdicts():
    assert {name: result.outcome.verdict for name, result in results().items()} == VERDICTS
    assert all(result.as_expected for result in results().values())


@pytest.mark.parametrize("name", VERDICTS)
def test_trusts_nothing_but_arithmetic(name):
    assert trusted(results()[name].outcome.theorem) <= {ARITHMETIC}


@pytest.mark.parametrize("name", VERDICTS)
def test_every_step_is_a_line(name):
    for step in walk(results()[name].outcome.theorem):
        assert "\n" not in f"{step.rule}: {step.conclusion}"


@pytest.mark.parametrize("name", VERDICTS)
def test_no_induction_hypothesis_is_left(name):
    """Of a sequence its equations, its start and its row sums are assumed: never a bound or a limit."""
    for hypothesis in results()[name].outcome.theorem.hypotheses:
        body = hypothesis.body if isinstance(hypothesis, ForAll) else hypothesis
        assert isinstance(body, Equal | Less | LessEqual)
        assert not free_indices(hypothesis) or hypothesis == LATE


LATE = LessEqual(real("u_0"), (1 + natural("t") * (proof["growth"] - 1)) * proof["eta"] / 2)  # R6-all-L: late enough


def free_indices(p):
    return {*p.symbols()} & {Variable(name, "natural") for name in "tnmj"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("R1", set()),
        ("R2", set()),
        ("R3", set()),
        ("R4", set()),
        ("R5", set()),
        ("R6", set()),
        ("R6-sharper", set()),
        ("R6-each-time", set()),
        ("R6-uniform", {Less(0, B), LessEqual(0, C), Less(L, 4)}),
        ("R8", {Less(0, B)}),
        ("R9", set()),
        ("R9-distance", {Less(0, B), Less(L, 4)}),
    ],
)
def test_sign_conditions_beside_the_definitions(name, needed):
    """R1 to R6 hold for every real B and C: the signs matter only where they are listed."""
    hypotheses = results()[name].outcome.theorem.hypotheses
    assert {p for p in hypotheses if isinstance(p, Less | LessEqual)} == needed


# A weaker hypothesis makes the proof fail at the step that needs it.


@pytest.mark.parametrize(
    ("build", "step"),
    [
        (lambda: contained(LessEqual(0, B)), "auto: found 0 < "),
        (lambda: contained(Less(-1, B)), "auto: found 0 < "),
        (lambda: uniform(LessEqual(L, 4)), "auto: found 0 < 1 - L/4"),
        (lambda: uniform(Less(L, 5)), "auto: found 0 < 1 - L/4"),
        (lambda: least(LessEqual(-1, C), Less(0, B)), "auto: found 0 <= "),
        (lambda: least(LessEqual(0, C), Less(-1, B)), "auto: found 0 <= "),
        pytest.param(lambda: grown(Less(3, L)), "auto: found", marks=pytest.mark.slow),
    ],
)
def test_a_weaker_hypothesis_fails_at_the_step_that_needs_it(build, step):
    with pytest.raises(RuleError, match=step):
        build()


def contained(bias):
    return proof["scaled_lstm"](assume(bias))


def uniform(norm):
    facts = [*proof["SETTING"], assume(norm), proof["near_one"]()]
    return inductively(proof["near"](proof["delta"] / (1 - proof["ratio"])), t, *facts)


def grown(norm):
    v, growth = proof["lower"], proof["growth"]
    return auto(LessEqual(v(t + 1), growth * v(t)), assume(norm), assume(LessEqual(0, growth**t)))


def least(start, bias):
    return auto(LessEqual(0, proof["least"]), assume(start), assume(bias))


# Digits computed independently with 78 digits or more.


def decimal(expr, values):
    with ctx.workprec(400):
        return Evaluation({symbol: arb(value) for symbol, value in values.items()}, {}).value(expr)


@pytest.mark.parametrize(
    ("name", "values", "digits"),
    [
        ("closed form", {B: 10, C: 7, natural("t"): 5}, "11.997730271435179810870120348701135143285595"),
        ("fixed point", {B: 10}, "22026.465704006857179140656565154736545875325549753"),
        ("fall-off", {B: 1}, "0.031332536696639388257508952514403864768248873"),
        ("factor", {}, "0.76159415595576488811945828260479359041276859725794"),
    ],
)
def test_digits(name, values, digits):
    expr = {
        "closed form": conclusion("R2").body.rhs,
        "fixed point": conclusion("R4").parts[0].lhs,
        "fall-off": 1 - tanh(conclusion("R4").parts[0].lhs),
        "factor": sympy.sympify(conclusion("R7").body.parts[0].value).coeff(conclusion("R7").body.parts[1].rhs),
    }[name]
    with ctx.workprec(400):
        assert abs(decimal(expr, values) - arb(digits)) < arb(10) ** (digits.index(".") - len(digits) + 2)


# Evaluation in balls.


@cache
def tree(term):
    """A term as SymPy's tree."""
    return sympy.sympify(term)


class Evaluation:
    """Expressions and propositions under values of the symbols and definitions of the sequences."""

    def __init__(self, symbols: dict[Symbol, Any], sequences: dict[str, Any]) -> None:
        self.symbols, self.sequences = symbols, sequences

    def value(self, expr):
        if isinstance(expr, Term):
            return self.value(tree(expr))
        if expr.is_Rational:
            return arb(fmpq(int(expr.p), int(expr.q)))
        if expr.is_Symbol:
            return self.symbols[expr]
        if isinstance(expr, Sum):
            return self.total(expr)
        arguments = [self.value(argument) for argument in expr.args]
        if isinstance(expr, AppliedUndef):
            return self.sequences[expr.func.__name__](*arguments)
        if expr.is_Pow:
            return arguments[0] ** int(float(arguments[1].mid()))
        return FUNCTIONS[expr.func](arguments)

    def total(self, expr):
        [(index, low, high)] = expr.limits
        span = range(int(low), int(float(self.value(high).mid())) + 1)
        return sum((self.at({index: arb(i)}).value(expr.function) for i in span), arb(0))

    def at(self, values):
        return Evaluation(self.symbols | values, self.sequences)

    def slack(self, p):
        """What the statement says is not negative (equations: minus the absolute difference)."""
        if isinstance(p, Within):
            return self.value(p.bound) - abs(self.value(p.value) - self.value(p.centre))
        difference = self.value(p.rhs) - self.value(p.lhs)
        return -abs(difference) if isinstance(p, Equal) else difference

    def violates(self, p):
        return self.slack(p) < 0

    def surely(self, p):
        return self.slack(p) > -(arb(2) ** -300)


FUNCTIONS = {
    sympy.Add: sum,
    sympy.Mul: lambda factors: reduce(arb.__mul__, factors),
    sympy.exp: lambda a: a[0].exp(),
    sympy.tanh: lambda a: a[0].tanh(),
    sigmoid: lambda a: 1 / (1 + (-a[0]).exp()),
    sympy.Abs: lambda a: abs(a[0]),
    sympy.Min: lambda a: reduce(arb.min, a),
    sympy.Max: lambda a: reduce(arb.max, a),
}


def test_the_evaluation_sees_a_violation():
    flat = Evaluation({B: arb(1)}, {})
    assert flat.violates(Less(B, Rational(1, 2)))
    assert flat.violates(Within(B, 0, Rational(99, 100)))
    assert flat.violates(Equal(B, 2))
    assert not flat.violates(LessEqual(B, 1))


# Random networks.


def draw(rng, low, high):
    return arb(fmpq(rng.randint(int(low * 1000), int(high * 1000)), 1000))


class Sampled:
    """A random RNN, and the LSTM of R1 to R6, R8 or R9 that goes with it, stepped in balls."""

    def __init__(self, seed: int, kind: str) -> None:
        rng = random.Random(seed)
        self.kind, self.d, self.p = kind, rng.randint(1, 5), rng.randint(1, 3)
        self.B = draw(rng, *rng.choice([(0.5, 3), (3, 30), (30, 200)]))
        self.C = arb(0) if rng.random() < 0.1 else draw(rng, 0, rng.choice([2, 30, 1000]))
        self.norm = draw(rng, *rng.choice([(0.1, 3.9), (3.9, 4.1), (4.1, 10)]))
        rows = [[draw(rng, -1, 1) + arb(2) ** -20 for _ in range(self.d)] for _ in range(self.d)]
        self.U = [[self.norm * u / sum(map(abs, row)) for u in row] for row in rows]
        self.W = [[draw(rng, -3, 3) for _ in range(self.p)] for _ in range(self.d)]
        self.biases = [[draw(rng, -4, 4) for _ in range(self.d)] for _ in range(2)]
        self.inputs = [[draw(rng, -3, 3) for _ in range(self.p)] for _ in range(202)]
        self.start = [arb(0)] * self.d if kind == "R9" else [draw(rng, 0, 1) for _ in range(self.d)]

    def states(self, steps):
        """(r_t, h_t, c_t) for t = 0 ... steps."""
        s, th = (FUNCTIONS[f] for f in (sigmoid, sympy.tanh))
        f, i, g = s([-self.B if self.kind == "R9" else self.B]), s([self.B]), th([self.B])
        c_star = self.B.exp() * g
        scale = {"R6": arb(1), "R8": c_star.tanh(), "R9": arb(1).tanh()}[self.kind]
        c = {"R6": self.C, "R8": c_star, "R9": arb(0)}[self.kind]
        r, h = self.start, [scale * y for y in self.start]
        yield r, h, c
        for x in self.inputs[1 : steps + 1]:
            r, gate = self.gate(x, r, arb(1)), self.gate(x, h, scale)
            c = f * c + i * g
            h = [o * c.tanh() for o in gate]
            yield r, h, c

    def gate(self, x, state, scale):
        seen = (*x, *(y / scale for y in state))
        rows = ((*w, *u) for w, u in zip(self.W, self.U, strict=True))
        before = [sum(a * b for a, b in zip(row, seen, strict=True)) for row in rows]
        return [FUNCTIONS[sigmoid]([a + b + b_hh]) for a, b, b_hh in zip(before, *self.biases, strict=True)]

    def evaluation(self, steps):
        """The theorems' symbols and sequences; coordinates count from 1."""
        trace = list(self.states(steps))

        def at(table):
            return lambda *index: reduce(lambda part, i: part[int(float(i.mid()))], index, table)

        def from_one(table):
            return [None, *(from_one(row) if isinstance(row, list) else row for row in table)]

        def state(place):
            return lambda t, n, *parameters: trace[int(float(t.mid()))][place][int(float(n.mid())) - 1]

        sequences = {
            "r": state(0),
            "h": state(1),
            "c": lambda t, n, *parameters: trace[int(float(t.mid()))][2],
            "U": at(from_one(self.U)),
            "W": at(from_one(self.W)),
            "b_ih": at(from_one(self.biases[0])),
            "b_hh": at(from_one(self.biases[1])),
            "x": at([from_one(x) for x in self.inputs]),
            "E": self.sharper([self.C.min(self.B.exp() * self.B.tanh())] * steps),
            "D": self.sharper([c for *_, c in trace[1:]]),
        }
        symbols = {B: self.B, C: self.C, L: self.norm, natural("d"): arb(self.d), natural("p"): arb(self.p)}
        return Evaluation(symbols, sequences)

    def sharper(self, cells):
        """E_0 = 0, E_{t+1} = 1 - tanh(cell at t + 1) + tanh(L E_t/4)."""
        bounds = [arb(0)]
        for cell in cells:
            bounds.append(1 - cell.tanh() + (self.norm * bounds[-1] / 4).tanh())
        return lambda t: bounds[int(float(t.mid()))]


def parts(p):
    return p.parts if isinstance(p, Conjunction) else (p,)


def instances(p, network, times):
    """The statement at the given times and at every coordinate; one instance where it has none of them."""
    if isinstance(p, TendsTo):
        return
    if not isinstance(p, ForAll):
        yield {}, p
        return
    ranges = {"t": times, "n": range(1, network.d + 1), "m": range(1, network.d + 1)}
    indices = [v.name for v in p.variables if v.name in ranges]
    for values in product(*(ranges[v] for v in indices)):
        inner = {natural(v): arb(i) for v, i in zip(indices, values, strict=True)}
        if not isinstance(p.body, TendsTo):
            yield inner, p.body


def points(name, network, evaluation, times, where=lambda p: True):
    """(evaluation, statement) for every instance of the claim's conclusion."""
    for part in filter(where, parts(conclusion(name))):
        for values, body in instances(part, network, times):
            yield evaluation.at(values), body


KINDS = {"R6": ("R2", "R4", "R6", "R6-uniform", "R6-sharper", "R6-each-time"), "R8": ("R8",), "R9": ("R9-distance",)}
TIMES = {"R6": (0, 1, 2, 3, 5, 8, 20, 50, 120, 200), "R8": (0, 1, 2, 10, 60), "R9": (0, 1, 2, 10, 60)}
LEAST = {"R6": 10000, "R8": 1000, "R9": 1500}


@cache
def attacked(kind):
    """Eighty networks of one kind, each run to the last time but one (R4 compares with the next)."""
    with ctx.workprec(BITS):
        networks = [Sampled(seed, kind) for seed in range(80)]
        return [(network, network.evaluation(max(TIMES[kind]) + 1)) for network in networks]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_sampled_networks_satisfy_the_hypotheses(kind):
    with ctx.workprec(BITS):
        for network, evaluation in attacked(kind)[:10]:
            for name in KINDS[kind]:
                for hypothesis in results()[name].outcome.theorem.hypotheses - {Less(L, 4)}:
                    for values, body in instances(hypothesis, network, (0, 1, 7)):
                        assert evaluation.at(values).surely(body), (name, hypothesis)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_no_statement_is_violated(kind):
    count = 0
    with ctx.workprec(BITS):
        for network, evaluation in attacked(kind):
            for name in KINDS[kind]:
                for point, body in points(name, network, evaluation, TIMES[kind], applies(network)):
                    count += 1
                    assert point.surely(body), (name, network.B, network.C, network.norm, body)
    print(f"{kind}: {count} points attacked")
    assert count > LEAST[kind]


def applies(network):
    """The uniform bounds are for L < 4 only."""
    return lambda p: bool(network.norm < 4) or "/(1 - L/4)" not in str(p)


def tightness(times):
    """gap/bound of R6 wherever the bound is positive and below 1."""
    for network, evaluation in attacked("R6"):
        for point, body in points("R6", network, evaluation, times):
            if isinstance(body, Within) and 0 < point.value(body.bound) < 1:
                gap = abs(point.value(body.value) - point.value(body.centre))
                yield float((gap / point.value(body.bound)).mid())


@pytest.mark.slow
def test_the_bound_of_r6_is_not_idle():
    with ctx.workprec(BITS):
        ratios = list(tightness((1, 2, 5, 20, 100)))
    print(f"R6, gap over bound: {len(ratios)} points, max {max(ratios):.3f}, median {median(ratios):.2g}")
    assert 0.5 < max(ratios) <= 1


# Limits, at large values in the order of the limits.


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("t", [0, 1, 3, 20])
def test_the_limits_are_approached(seed, t):
    with ctx.workprec(BITS):
        network = Sampled(seed, "R6")
        network.C, network.B = arb(200), arb(600)  # R5, B first: B much larger than C
        assert distance(network, t) < arb(10) ** -80
        network.B, network.C = arb(1), arb(200) * 4**t  # R5, C first: f^t C is large
        assert distance(network, t) < arb(10) ** -80
        network.B, network.C = arb(600), arb(3)  # R3
        assert abs(list(network.states(t))[t][2] - (3 + t)) < arb(10) ** -200
        network = Sampled(seed, "R9")
        network.B = arb(600)
        assert distance(network, t, arb(1).tanh()) < arb(10) ** -80


def distance(network, t, scale=None):
    r, h, _ = list(network.states(t))[t]
    return reduce(arb.max, (abs(a - (scale or 1) * b) for a, b in zip(h, r, strict=True)))


# L > 4: a witness, and the lower bound of R6-all-L.


def one_cell(norm, bias, steps):
    c_star = bias.exp() * bias.tanh()
    h, trace = arb(1) / 2, []
    for _ in range(steps + 1):
        trace.append(h)
        h = c_star.tanh() / (1 + (norm / 2 - norm * h).exp())
    return trace


def test_witness_for_l_above_four():
    with ctx.workprec(400):
        error = arb("0.5") - one_cell(arb(8), arb(2), 400)[400]
        assert abs(error - arb(results()["R6-all-L"].outcome.witness.value)) < arb(10) ** -49
        eta = 1 - (arb(2).exp() * arb(2).tanh()).tanh()
        assert abs(eta - arb("1.2997206392245985319599240347529660820205206250220e-6")) < arb(10) ** -54


@pytest.mark.slow
@pytest.mark.parametrize("norm", [4.5, 5, 8, 20])
@pytest.mark.parametrize("bias", [0.5, 2, 4])
def test_lower_bound_for_l_above_four(norm, bias):
    threshold = real("u_0")
    with ctx.workprec(BITS):
        norm, bias = arb(norm), arb(bias)
        trace = one_cell(norm, bias, 201)
        largest = (6 * (norm - 4) / norm**3).sqrt() * arb("0.999999")
        sequences = {"h": lambda t, _: trace[int(float(t.mid()))], "r": lambda t: arb(1) / 2}
        evaluation = Evaluation({L: norm, B: bias, threshold: largest}, sequences)
        body = proof["error_grows"]().conclusion
        assert all(evaluation.at({natural("t"): arb(t)}).surely(body) for t in range(200))
        assert all(evaluation.surely(p) for p in (Less(4, L), LessEqual(L**3 * threshold**2, 6 * (L - 4))))
        late = [t for t in range(200) if evaluation.at({natural("t"): arb(t)}).surely(LATE)]
        assert all(evaluation.at({natural("t"): arb(t)}).surely(conclusion("R6-all-L")) for t in late)
