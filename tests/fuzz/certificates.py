"""Damaged certificates: what the kernel still accepts is compared with the network itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

from flint import arb, ctx, fmpq
from support.corpus import explored, random_network
from support.judging import first_wrong
from support.oracle import Case

from fuzz import growth as growing
from fuzz.findings import demand
from fuzz.simulation import BITS, at_most, states, worst
from symlstm.kernel import algebra
from symlstm.kernel.networks.automata import computes, error_at, error_bound
from symlstm.kernel.networks.enclosures import Enclosure, Error
from symlstm.kernel.networks.fixed_scale import Contexts, finite_error
from symlstm.kernel.networks.invariants import invariant
from symlstm.kernel.networks.regions import LargestMargin, largest_margin
from symlstm.kernel.networks.statements import Automaton, Computes, Situation, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.search.construction import Construction
from symlstm.search.error import growth
from symlstm.search.error.contexts import contexts
from symlstm.search.error.worst_word import levels
from symlstm.search.saturation.equivalence import Comparison, Span, forward
from symlstm.search.saturation.exploration import Infinite

NAME = "certificates"
REFUSALS = (RuleError, Unsupported, Infinite)
SLACK = arb(10) ** -360
ONE = algebra.rational(1)


def check(seed: int) -> str:
    """accepted (and true), refused, or that there was no certificate to damage."""
    rng = random.Random(f"certificates {seed}")
    target: Callable[[random.Random], str] = TARGETS[seed % len(TARGETS)]
    return f"{target.__name__} {target(rng)}"


def construction(rng: random.Random) -> Construction | None:
    """A network with the specification that its own exploration says."""
    network = growing.network(rng) if rng.random() < 0.7 else random_network(rng)
    specification = explored(network)
    return None if specification is None else Construction(network, specification)


def boxes(rng: random.Random) -> str:
    """An invariant with a smaller error, another main part, another successor or a further equality."""
    found = construction(rng)
    if found is None:
        return "none"
    try:
        whole = found.rates.conclusion if rng.random() < 0.7 else found.saturation.limits.conclusion
    except REFUSALS:
        return "none"
    damaged = _damaged(rng, whole.automaton)
    try:
        theorem = invariant(whole.system, damaged, whole.k0)
    except REFUSALS:
        return "refused"
    _holds(found, theorem.conclusion, rng)
    return "accepted"


def _damaged(rng: random.Random, automaton: Automaton) -> Automaton:
    q = rng.randrange(len(automaton.situations))
    place: Situation = automaton.situations[q]
    box, equal = dict(place.box), dict(place.equal)
    if rng.random() < 0.1 and len(automaton.situations) > 1:
        rows = [list(row) for row in automaton.step]
        rows[q][rng.randrange(len(rows[q]))] = rng.randrange(len(rows))
        return Automaton(automaton.situations, tuple(map(tuple, rows)), automaton.registers)
    names = sorted(box, key=str)
    if rng.random() < 0.15 and len(names) > 1:
        a, b = rng.sample(names, 2)
        equal[a] = equal.get(b, b)
    elif names:
        s = rng.choice(names)
        box[s] = _tampered(rng, box[s])
    situations = (*automaton.situations[:q], Situation(place.label, box, equal), *automaton.situations[q + 1 :])
    return Automaton(situations, automaton.step, automaton.registers)


def _tampered(rng: random.Random, signal: Enclosure) -> Enclosure:
    if rng.random() < 0.3 or not signal.error.terms:
        shift = rng.choice((ONE, -ONE, ONE.scaled(fmpq(1, 10**6)), signal.main))
        return replace(signal, main=signal.main + shift)
    terms = dict(signal.error.terms)
    exponent = rng.choice(sorted(terms))
    amplitude = terms.pop(exponent)
    if rng.random() < 0.7:
        terms[exponent] = amplitude * fmpq(rng.choice((0, 1, 50, 90, 99)), 100)
    else:
        terms[type(exponent)((exponent[0], exponent[1] * 2 + 1))] = amplitude
    return replace(signal, error=Error(terms, signal.error.tiny))


def _holds(found: Construction, statement: Any, rng: random.Random) -> None:
    """Along random words, at scales from k0 on: every state in its box. Without k0 only the limits are looked at."""
    case, k0 = Case("boxes", found.network, found.specification), statement.k0
    scales = [k0, 2 * k0] if k0 is not None else [fmpq(2**20)]
    words = tuple(rng.choice(found.network.vocabulary) for _ in range(6))
    for scale in scales:
        q = 0
        for word, values in zip((None, *words), states(case, Fraction(int(scale.p), int(scale.q)), words), strict=True):
            if word is not None:
                q = statement.automaton.step[q][statement.system.words.index(word)]
            for s, signal in statement.automaton.situations[q].box.items():
                _inside(values[s.name], signal, statement, scale, (s.name, words, found.network))
            for s, r in statement.automaton.situations[q].equal.items():
                demand(abs(values[s.name] - values[r.name]) < SLACK, s, r, "differ", words, found.network)


def _inside(value: arb, signal: Enclosure, statement: Any, scale: fmpq, what: Any) -> None:
    with ctx.workprec(BITS):
        main = algebra.ball(signal.main, {statement.system.scale: arb(scale)})
        off = value - main
        if statement.k0 is None:
            bounded = signal.error.terms and not signal.error.vanishes
            allowed = arb(signal.error.at(scale)) if bounded else arb("1e-9")
        else:
            allowed = arb(signal.error.at(scale)) + SLACK
        below, above = signal.side <= 0 or off >= -allowed, signal.side >= 0 or off <= allowed
        within = (abs(off) <= allowed) if not signal.side else (off >= -allowed if signal.side > 0 else off <= allowed)
    demand(within, "outside its box:", what, off, allowed, below, above)


def spans(rng: random.Random) -> str:
    """The span of a network with another specification: other final weights, matrices or starts."""
    found = construction(rng)
    if found is None:
        return "none"
    try:
        premise = found.saturation.limits
        span = forward(Comparison(premise.conclusion, found.network.linear_readout, found.specification))
    except REFUSALS:
        return "none"
    if not isinstance(span, Span):
        return "none"
    other = _other_specification(rng, found.specification)
    if rng.random() < 0.3:
        span = _other_span(rng, span)
    try:
        computes(premise, found.network.linear_readout, other, span)
    except (*REFUSALS, KeyError, ValueError, IndexError):
        return "refused"
    wrong = first_wrong(Case("spans", found.network, other), 6)
    demand(wrong is None, "computes, but wrong on", wrong, found.network, other)
    return "accepted"


def _other_specification(rng: random.Random, right: WeightedAutomaton) -> WeightedAutomaton:
    initial, final, kind = list(right.initial), list(right.final), rng.random()
    matrices = {word: [list(row) for row in rows] for word, rows in right.matrices.items()}
    i, j, step = (
        rng.randrange(len(final)),
        rng.randrange(len(final)),
        fmpq(rng.choice((1, -1, 2)), rng.choice((1, 1, 3))),
    )
    if kind < 0.5:
        final[i] += step
    elif kind < 0.8:
        matrices[rng.choice(sorted(matrices))][i][j] += step
    elif kind < 0.9:
        initial[i] += step
    rows = {word: tuple(map(tuple, matrix)) for word, matrix in matrices.items()}
    return WeightedAutomaton(tuple(initial), rows, tuple(final))


def _other_span(rng: random.Random, span: Span) -> Span:
    levels_of = [[dict(vector) for vector in level] for level in span.levels]
    level = rng.choice(levels_of)
    if level and (vector := rng.choice(level)):
        key = rng.choice(sorted(vector, key=str))
        vector[key] = vector[key] + ONE
    return Span(levels_of, span.images)


def growths(rng: random.Random) -> str:
    """A growth with one of its numbers made smaller."""
    found = construction(rng)
    if found is None:
        return "none"
    try:
        rates, computed = found.rates, found.decision
        if not isinstance(computed.conclusion, Computes):
            return "none"
        registers = [s for s, _ in computed.conclusion.readout.terms if s in rates.conclusion.automaton.registers]
        given = {r: growth.growth_of(rates.conclusion, r) for r in registers}
    except REFUSALS:
        return "none"
    if not given:
        return "none"
    r = rng.choice(registers)
    given[r] = _smaller(rng, given[r])
    try:
        theorem = error_bound(rates, computed, given)
    except REFUSALS:
        return "refused"
    scale = theorem.conclusion.k0
    case = Case("growths", found.network, found.specification)
    for length in range(max(1, found.network.delay), 5):
        error, words = worst(case, Fraction(int(scale.p), int(scale.q)), length)
        bound = error_at(theorem, length, scale).conclusion.bound
        demand(at_most(error, bound), "error", error, "above", bound, words, found.network, given)
    return "accepted"


def _smaller(rng: random.Random, whole: Any) -> Any:
    name = rng.choice(("slope", "offset", "quadratic", "linear", "constant"))
    factor = fmpq(rng.choice((-1, 0, 1, 9)), 10)
    part = getattr(whole, name)
    if name == "slope":
        return replace(whole, slope=part * factor)
    if name in ("quadratic", "linear"):
        return replace(whole, **{name: part.scaled(factor)})
    n = rng.randrange(len(part))
    new = part[n] * factor if name == "offset" else part[n] + Error({e: -abs(a) for e, a in part[n].terms.items()})
    return replace(whole, **{name: (*part[:n], new, *part[n + 1 :])})


def contexts_at_a_scale(rng: random.Random) -> str:
    """Contexts with a smaller box, another successor or another situation."""
    found = construction(rng)
    scale, length = fmpq(rng.choice((1, 2)), rng.choice((1, 2, 10))), rng.randint(2, 4)
    if found is None or length < found.network.delay:
        return "none"
    try:
        premise, computed = found.saturation.limits, found.decision
        with ctx.workprec(256):
            right = contexts(premise.conclusion, found.network.linear_readout, scale, length, 256)
    except REFUSALS:
        return "none"
    damaged = _other_contexts(rng, right)
    try:
        theorem = finite_error(premise, computed, damaged, scale, (length, length), 256, levels(damaged, length))
    except (*REFUSALS, KeyError, IndexError):
        return "refused"
    case = Case("contexts", found.network, found.specification)
    error, words = worst(case, Fraction(int(scale.p), int(scale.q)), length)
    low, high = theorem.conclusion.lower, theorem.conclusion.upper
    demand(
        at_most(error, high) and not at_most(error, low - fmpq(1, 10**300)),
        low,
        "<=",
        error,
        "<=",
        high,
        words,
        found.network,
    )
    return "accepted"


def _other_contexts(rng: random.Random, right: Contexts) -> Contexts:
    situation, step = list(right.situation), [list(row) for row in right.step]
    box = [dict(values) for values in right.box]
    kind, c = rng.random(), rng.randrange(len(situation))
    if kind < 0.5 and box[c]:
        s = rng.choice(sorted(box[c], key=str))
        x = box[c][s]
        box[c][s] = arb(x.mid(), x.rad() * rng.choice((0, 0.5))) if rng.random() < 0.7 else x + arb(1)
    elif kind < 0.8 and step[c]:
        step[c][rng.randrange(len(step[c]))] = rng.randrange(len(step))
    else:
        situation[c] = rng.randrange(max(situation) + 1)
    return Contexts(situation, step, box)


def margins(rng: random.Random) -> str:
    """A largest margin of two parameters, its value a little off, with multipliers that fit it or do not."""
    p, q = (algebra.atom(s) for s in _symbols())
    forms = []
    for _ in range(rng.randint(1, 4)):
        a, b, c = (fmpq(rng.randint(-3, 3)) for _ in range(3))
        forms.append((a, b, c))
    terms = tuple(p.scaled(a) + q.scaled(b) + ONE.scaled(c) for a, b, c in forms)
    bound = fmpq(rng.randint(0, 3))
    best, point = _largest(forms, bound)
    value = best + fmpq(rng.choice((0, 0, 1, -1)), 7)
    bounds = dict.fromkeys(_symbols(), ONE.scaled(bound))
    at = dict(zip(_symbols(), (ONE.scaled(x) for x in point), strict=True))
    claimed = LargestMargin(terms, bounds, ONE.scaled(value), at)
    numbers = [fmpq(rng.randint(-1, 3), rng.choice((1, 2))) for _ in range(len(forms) + 4)]
    if rng.random() < 0.6:
        numbers = _fitting(forms, rng)
    try:
        theorem = largest_margin(claimed, [ONE.scaled(x) for x in numbers])
    except (*REFUSALS, ValueError):
        return "refused"
    demand(theorem.conclusion.value.rational() == best, theorem.conclusion.value, "is not", best, forms, bound)
    return "accepted"


def _symbols() -> tuple[Any, Any]:
    from symlstm.model.network import real

    return real("p"), real("q")


def _fitting(forms: Any, rng: random.Random) -> list[fmpq]:
    """One form's own multipliers: 1 for it, and what cancels its coefficients."""
    n = rng.randrange(len(forms))
    numbers = [fmpq(int(i == n)) for i in range(len(forms))]
    for coefficient in forms[n][:2]:  # bound + p, bound - p
        numbers += [max(-coefficient, fmpq(0)), max(coefficient, fmpq(0))]
    return numbers


def _largest(forms: Any, bound: fmpq) -> tuple[fmpq, tuple[fmpq, fmpq]]:
    """max min of the forms over |p|, |q| <= bound: at a crossing of three planes, walls among them."""
    planes = [(a, b, fmpq(-1), c) for a, b, c in forms]  # a p + b q - v + c = 0
    planes += [(fmpq(1), fmpq(0), fmpq(0), s * bound) for s in (1, -1)] + [
        (fmpq(0), fmpq(1), fmpq(0), s * bound) for s in (1, -1)
    ]
    points = {(s * bound, t * bound) for s in (1, -1) for t in (1, -1)}
    for three in combinations(planes, 3):
        solved = _solved(three)
        if solved is not None and max(map(abs, solved)) <= bound:
            points.add(solved)
    return max((min(a * x + b * y + c for a, b, c in forms), (x, y)) for x, y in sorted(points))


def _solved(planes: Any) -> tuple[fmpq, fmpq] | None:
    from flint import fmpq_mat

    matrix = fmpq_mat(3, 3, [x for plane in planes for x in plane[:3]])
    if matrix.det() == 0:
        return None
    x = matrix.solve(fmpq_mat(3, 1, [-plane[3] for plane in planes]))
    return x[0, 0], x[1, 0]


TARGETS = (boxes, spans, growths, contexts_at_a_scale, margins)
