"""Random propositions: what is printed is read back as the same proposition, and no two print alike in any format."""

from __future__ import annotations

import random
from typing import Any

from support.reading import read
from sympy import Abs, Add, Expr, Integer, Max, Min, Mul, Pow, Rational, Sum, exp, tanh

from fuzz.findings import demand
from symlstm.kernel.logic.propositions import mapped
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.activations import sigmoid
from symlstm.model.translation import normal, to_sympy
from symlstm.render.formulas import latex, mathml
from symlstm.render.statements.conclusions import formulas
from symlstm.render.statements.plain import statement
from symlstm.steps import Conjunction, Equal, ForAll, Less, LessEqual, TendsTo, Within, natural, real, sequence

NAME = "printing"
LETTERS = (
    "t",
    "n",
    "e",
    "E",
    "k",
    "f",
    "B",
    "c",
    "b_f",
    "a_1",
    "c_t",
    "h_1",
    "c_star",
    "a_i_1",
    "a_f_1",
    "kappa",
    "W_if",
)
HEADS = ("c", "c_star", "a_i_1", "a_f_1", "h", "h_1", "W", "W_if", "b", "e")
SEEN: dict[tuple[str, Any], Any] = {}
MOST = 200_000  # prints that are remembered


def check(seed: int) -> str:
    """The kind of proposition."""
    rng = random.Random(f"printing {seed}")
    try:
        p = proposition(rng)
    except (TypeError, ValueError, RuleError, Unsupported):  # SymPy compares the arguments of a minimum, and cannot
        return "not made"
    try:
        trees = formulas(p)
    except Unsupported:
        return "no notation"
    text = statement(p)
    prints = {"text": text, "LaTeX": latex.display(trees), "MathML": tuple(map(mathml.formula, trees))}
    for format_, printed in prints.items():
        twin = SEEN.setdefault((format_, printed), p) if len(SEEN) < MOST else SEEN.get((format_, printed), p)
        demand(twin == p, format_, "of two propositions:", printed, repr(twin), repr(p))
    try:
        again = read(text)
    except AssertionError as refusal:
        again = f"nothing: {refusal}"[:200]
    demand(again in (p, evaluated(p)), text, "is read as", again, "not", p)
    return type(p).__name__


def evaluated(p: Any) -> Any:
    """With what SymPy makes of its parts, as the reader lets it: |x|^2 is x^2 there."""
    return mapped(p, lambda x: normal(_rebuilt(to_sympy(x))))


def _rebuilt(node: Expr) -> Expr:
    return node.func(*map(_rebuilt, node.args)) if node.args else node


def proposition(rng: random.Random, depth: int = 2) -> Any:
    """A proposition of any kind, small."""
    kind = rng.choice(("=", "<=", "<", "within", "limit", "for all", "and") if depth else ("=", "<=", "<", "within"))
    if kind in ("for all", "and"):
        parts = [proposition(rng, depth - 1) for _ in range(rng.randint(1, 2))]
        if kind == "and":
            return Conjunction(tuple(parts))
        return ForAll(tuple(dict.fromkeys(variable(rng) for _ in range(rng.randint(1, 2)))), parts[0])
    if kind == "limit":
        variables = tuple(dict.fromkeys(variable(rng) for _ in range(rng.randint(1, 2))))
        return TendsTo(expression(rng), variables, rational(rng))
    if kind == "within":
        return Within(expression(rng), rng.choice((Integer(0), expression(rng), expression(rng))), expression(rng))
    return {"=": Equal, "<=": LessEqual, "<": Less}[kind](expression(rng), expression(rng))


def variable(rng: random.Random) -> Expr:
    """A real or natural variable."""
    return (natural if rng.random() < 0.4 else real)(rng.choice(LETTERS))


def index(rng: random.Random) -> Expr:
    """A natural number."""
    t, s = (natural(rng.choice(("t", "n", "m", "f", "o", "i"))) for _ in range(2))
    return rng.choice((t, t, t + 1, Integer(rng.randint(0, 3)), 2 * t, t + s, t * s))


def rational(rng: random.Random) -> Rational:
    return Rational(rng.randint(-4, 4), rng.randint(1, 3))


def expression(rng: random.Random, depth: int = 3) -> Expr:
    """Sums, products, quotients, powers, functions, sequences and finite sums of them."""
    if not depth or rng.random() < 0.15:
        return rng.choice((variable(rng), variable(rng), rational(rng), index(rng)))

    def part() -> Expr:
        return expression(rng, depth - 1)

    kind = rng.choice(("+", "+", "*", "*", "/", "^", "^t", "f", "f", "min", "abs", "seq", "seq", "sum"))
    if kind in "+*":
        return (Add if kind == "+" else Mul)(*(part() for _ in range(rng.randint(2, 3))))
    if kind == "/":
        below = part()
        return part() / below if below != 0 else part()
    if kind == "^":
        return Pow(part(), rng.randint(2, 3))
    if kind == "^t":
        base = part()
        return base if base.is_number else Pow(base, natural(rng.choice("tnio")))
    if kind == "f":
        return rng.choice((exp, tanh, sigmoid))(part())
    if kind == "min":
        return rng.choice((Min, Max))(part(), part())
    if kind == "abs":
        return Abs(part())
    if kind == "seq":
        parameters = [expression(rng, 0) for _ in range(rng.choice((0, 0, 0, 1, 2)))]
        indices = [index(rng) for _ in range(rng.randint(0 if parameters else 1, 2))]
        return sequence(rng.choice(HEADS))(*indices, *parameters)
    j = natural(rng.choice("jmi"))
    return Sum(part() * sequence("U")(j), (j, rng.choice((Integer(0), Integer(1))), index(rng)))
