"""Limits with a truth of their own: expressions of networks and of the reduction, and their values far out.

The truth is the value of the expression as it is written, in balls, at a place so far
out that every exponential in it is negligible, and known to 200 digits there; parameters are given numbers.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import sympy
from flint import arb, ctx
from sympy import Expr, Integer, Rational, exp, tanh

from support import PROOFS
from symlstm.kernel.algebra import atom
from symlstm.model.activations import sigmoid
from symlstm.model.network import Network
from symlstm.model.terms import term
from symlstm.model.translation import to_sympy
from symlstm.proof.claims import load

BITS = 9000  # the balls lose what 1 - f cancels, up to e^-2400
INFINITE = "oo", "-oo"
B = sympy.Symbol("B", real=True)
C = sympy.Symbol("C", real=True)
t = sympy.Symbol("t", integer=True, nonnegative=True)
SAMPLES = {C: (Rational(3, 7), Rational(-5, 2)), t: (Integer(0), Integer(1), Integer(4))}


@dataclass(frozen=True)
class Case:
    """lim expr for the variable -> oo; every exponential in it is below 1e-60 at `far`."""

    name: str
    expr: Expr
    variable: sympy.Symbol
    far: Any = 400

    def samples(self) -> list[dict[Any, Any]]:
        """Numbers for the parameters: a few of each."""
        free = sorted(self.expr.free_symbols - {self.variable}, key=str)
        return [dict(zip(free, values, strict=True)) for values in itertools.product(*(SAMPLES[x] for x in free))]

    def truth(self, sample: dict[Any, Any]) -> arb | str:
        """The limit to 60 digits, or which infinity."""
        with ctx.workprec(BITS):
            here, later = (
                value(self.expr, sample | {self.variable: sympy.sympify(at)}) for at in (self.far, 2 * self.far)
            )
            if abs(here - later) < arb(10) ** -60:
                return later
            if not abs(later) > 1.5 * abs(here):
                raise ValueError(f"{self.name}: neither near a limit nor clearly growing: {here}, {later}")
            return "oo" if later > 0 else "-oo"


def value(expr: Expr, at: dict[Any, Any]) -> arb:
    """The value of an expression in balls, by its tree alone."""
    expr = sympy.sympify(expr)
    if expr in at:
        return value(at[expr], {})
    if expr.is_Rational:
        return arb(int(expr.p)) / int(expr.q)
    parts = [value(part, at) for part in expr.args]
    if expr.is_Add:
        return sum(parts, arb(0))
    if expr.is_Mul:
        product = arb(1)
        for part in parts:
            product *= part
        return product
    if expr.is_Pow:
        exponent = expr.exp.xreplace(at)
        return parts[0] ** int(exponent)
    if expr == sympy.E:
        return arb(1).exp()
    functions = {tanh: arb.tanh, exp: arb.exp, sigmoid: lambda x: 1 / (1 + (-x).exp())}
    return functions[expr.func](*parts)


def of_the_network(network: Network) -> list[Case]:
    """Gates and coordinates of the sentiment network after one and two words; some after three, some at other scales."""
    k, equations = sympy.Symbol("k", real=True), network.equations
    names = [to_sympy(atom(x)) for x in network.state_symbols]
    inputs = [to_sympy(atom(x)) for x in network.input_symbols]
    start = [to_sympy(term(x)) for x in (*network.h0, *network.c0)]
    found: dict[Expr, str] = {}
    for length in (1, 2, 3):
        for words in itertools.product(range(len(inputs)), repeat=length):
            if length == 3 and words[0] != 1:
                continue
            state = dict(zip(names, start, strict=True))
            for word in words:
                known = state | {x: Integer(word == j) for j, x in enumerate(inputs)}
                last = {symbol: e.xreplace(known) for symbol, e in equations.items()}
                state = {s: last[s] for s in names}
            for symbol, e in last.items():
                if k in e.free_symbols:
                    found.setdefault(e, f"{symbol} after {' '.join(network.vocabulary[w] for w in words)}")
    cases = [Case(name, e, k, Integer(16)) for e, name in found.items()]
    scaled = [Case(f"{c.name}, scale {s}", c.expr.subs(k, s * k), k, 16 / s) for c in cases[:12] for s in SCALES]
    return [*cases, *scaled]


SCALES = (Rational(1, 50), Rational(3, 7), Integer(2))
RATES = ((1, 1, 1), (3, 1, 2), (1, 2, 1), (2, 1, 3), (Rational(1, 2), 1, 1))  # of f, i, g


def of_the_reduction() -> list[Case]:
    """The closed form and what is built from it."""
    cases = []
    for a, b, c in RATES:
        f, i, g = sigmoid(a * B), sigmoid(b * B), tanh(c * B)

        def closed(n: Any, f: Expr = f, i: Expr = i, g: Expr = g) -> Expr:
            return f**n * C + i * g * (1 - f**n) / (1 - f)

        rates = f"f, i, g of rates {a}, {b}, {c}"
        for n in (*map(Integer, range(1, 6)), t):
            cases.append(Case(f"c_{n}, {rates}", closed(n), B))
            cases.append(Case(f"tanh(c_{n}), {rates}", tanh(closed(n)), B))
        cell, h = C, Rational(1, 3)
        for n in range(1, 6):
            cell = f * cell + i * g
            h = sigmoid(8 * h - 4) * tanh(cell)
            cases += [Case(f"c_{n} unrolled, {rates}", cell, B), Case(f"h_{n} unrolled, {rates}", h, B)]
        fixed = i * g / (1 - f)
        cases += [
            Case(f"c*, {rates}", fixed, B),
            Case(f"tanh(c*), {rates}", tanh(fixed), B),
            Case(f"(1 - f) c*, {rates}", (1 - f) * fixed, B),
            Case(f"f^t, {rates}", f**t, B),
            Case(f"B (1 - f^t), {rates}", B * (1 - f**t), B),
            Case(f"(1 - f^t)/(1 - f), {rates}", (1 - f**t) / (1 - f), B),
            Case(f"(1 - g)/(1 - sigmoid(2 rate of g)), {rates}", (1 - g) / (1 - sigmoid(2 * c * B)), B),
            Case(f"e^(rate of f) (1 - f), {rates}", exp(a * B) * (1 - f), B),
            Case(f"1/(1 + C^2 + i), {rates}", 1 / (1 + C**2 + i), B),
            Case(f"(f - i)/(f + i), {rates}", (f - i) / (f + i), B),
        ]
    return cases


def others() -> list[Case]:
    """Forms that limits are known to be got wrong on."""
    f = sigmoid(B)
    table: list[tuple[str, Expr]] = [
        ("tanh of a gate", tanh(f)),
        ("fixed point", exp(B) * tanh(B)),
        ("tanh of the fixed point", tanh(exp(B) * tanh(B))),
        ("sigmoid of minus the fixed point", sigmoid(-exp(B) * tanh(B))),
        ("the fixed point over e^B", exp(B) * tanh(B) / exp(B)),
        ("-c*", -exp(B) * tanh(B)),
        ("k^3 e^-k", B**3 * exp(-B)),
        ("nested three times", tanh(tanh(tanh(f)))),
        ("nested with a margin 0", sigmoid(B * (tanh(f) - tanh(f)) + Rational(1, 3))),
        ("margin tanh(1) - 3/4", sigmoid(B * (tanh(1) - Rational(3, 4)) * 99)),
        ("difference of tails", exp(B) * (tanh(B) - sigmoid(B))),
        ("difference of tails, second order", exp(2 * B) * (f - 1 + exp(-B))),
        ("third order", exp(3 * B) * (f - 1 + exp(-B) - exp(-2 * B))),
        ("geometric sum of minus", (1 - (-f) ** 3) / (1 + f)),
        ("B sigmoid(-B)", B * sigmoid(-B)),
        ("1/(1 - f)", 1 / (1 - f)),
        ("1/(f - 1)", 1 / (f - 1)),
        ("tanh of what grows like B^2", tanh(B**2 - 5 * B)),
        ("tanh(B + C)", tanh(B + C)),
        ("sigmoid(C - B) e^B", sigmoid(C - B) * exp(B)),
        ("f^t tanh(C f^t)", f**t * tanh(C * f**t)),
        ("t f^(t+1)", t * f ** (t + 1)),
        ("((1 + f)/2)^t", ((1 + f) / 2) ** t),
        ("exp of a gate", exp(f * C)),
    ]
    quotient = Case("a quotient of polynomials", (B**2 + 3 * B) / (2 * B**2 - 1), B, Integer(10) ** 70)
    return [quotient, *(Case(name, expr, B) for name, expr in table)]


def corpus() -> list[Case]:
    """All of them, each expression once."""
    network = load(PROOFS / "sentiment.py")[0].prove.__globals__["network"]
    cases = [*of_the_network(network), *of_the_reduction(), *others()]
    return list({(case.expr, case.variable): case for case in cases}.values())
