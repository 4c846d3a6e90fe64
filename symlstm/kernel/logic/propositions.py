"""What the small steps speak about, and the rules of plain logic.  TRUSTED.

A proposition states something about real numbers. A symbol that no hypothesis of a theorem
mentions is universally quantified; `ForAll` binds symbols inside a hypothesis or an induction.
A sequence is a function of its indices and of every parameter that it depends on, h(t, n, B),
so that no limit variable hides in it. There are two kinds of symbols: real and natural numbers.

Division: the hypotheses of a theorem entail that no divisor in its conclusion is 0. Every rule
ends in `derive`, which upholds this; so it does no harm that SymPy cancels x/x.

A sum over j from a to b has a term for each natural number j with a <= j <= b; with b < a there is
none, and it is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, ClassVar

import sympy
from sympy import Basic, Expr, Function, Pow, Sum, Symbol, preorder_traversal
from sympy.core.function import AppliedUndef

from symlstm.kernel.algebra import Apply, Atom, Term, Variable
from symlstm.kernel.fractions import certainly_positive
from symlstm.kernel.theorem import ARITHMETIC, CONSTRUCTORS, RuleError, Theorem, Unsupported, conclude
from symlstm.model.activations import relu, sigmoid, step

_NODES = (sympy.Add, sympy.Mul, sympy.exp, sympy.tanh, sigmoid, sympy.Abs, sympy.Min, sympy.Max, sympy.Tuple)


def real(name: str) -> Symbol:
    """A variable for a real number."""
    return Symbol(name, real=True)


def natural(name: str) -> Symbol:
    """A variable for one of 0, 1, 2, ...: a time, a coordinate, a size."""
    return Symbol(name, integer=True, nonnegative=True)


@lru_cache(maxsize=256)
def sequence(name: str) -> Any:
    """A real function of its arguments: sequence("h")(t, n) is coordinate n of h at time t."""
    return Function(name, real=True)


def _field(place: int) -> Any:
    return lambda p: p.args[place]


class Proposition(Basic):  # type: ignore[misc]
    """A statement: immutable, equal to another if written the same. `fields` names its arguments, `text` prints it.

    Its arguments are of the `kinds`, a tuple those of one kind, and not empty; raises RuleError for others.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    kinds: ClassVar[tuple[type | tuple[type], ...]] = ()
    text: ClassVar[str]

    def __init_subclass__(cls) -> None:
        for place, name in enumerate(cls.fields):
            setattr(cls, name, property(_field(place)))

    def __new__(cls, *args: Any) -> Any:
        parts = [sympy.sympify(argument, strict=True) for argument in args]
        if len(parts) != len(cls.kinds) or not all(map(_is_of, parts, cls.kinds)):
            raise RuleError(cls.__name__, args, ", ".join(cls.fields))
        return super().__new__(cls, *parts)

    def __str__(self) -> str:
        shown = (", ".join(map(str, part)) if isinstance(part, sympy.Tuple) else part for part in self.args)
        return self.text.format(*shown)


def _is_of(part: Any, kind: type | tuple[type]) -> bool:
    if isinstance(kind, tuple):
        return isinstance(part, sympy.Tuple) and bool(part) and all(isinstance(x, kind) for x in part)
    return isinstance(part, kind)


class Relation(Proposition):
    """Two sides, compared as the class says."""

    fields, kinds = ("lhs", "rhs"), (Expr, Expr)


class Equal(Relation):
    text = "{} = {}"


class LessEqual(Relation):
    text = "{} <= {}"


class Less(Relation):
    text = "{} < {}"


class Within(Proposition):
    """|value - centre| <= bound."""

    fields, kinds, text = ("value", "centre", "bound"), (Expr, Expr, Expr), "|{} - ({})| <= {}"


class Conjunction(Proposition):
    """All its parts."""

    fields, kinds = ("parts",), ((Proposition,),)

    def __str__(self) -> str:
        return " and ".join(map(str, self.parts))


class Binder(Proposition):
    """A statement in which `variables` are bound."""

    @property
    def free_symbols(self) -> set[Symbol]:
        return set(super().free_symbols - set(self.variables))


class ForAll(Binder):
    """The body, for all values of the variables."""

    fields, kinds, text = ("variables", "body"), ((Symbol,), Proposition), "for all {}: {}"


class TendsTo(Binder):
    """The limit for the variables -> oo, taken one after the other, the first innermost, exists and is `value`."""

    fields, kinds = ("expr", "variables", "value"), (Expr, (Symbol,), Expr)

    def __str__(self) -> str:
        return "".join(f"lim_({x} -> oo) " for x in reversed(self.variables)) + f"{self.expr} = {self.value}"


def free_symbols(items: Iterable[Basic]) -> set[Symbol]:
    """The symbols that occur free in some of the propositions and expressions."""
    return set().union(*(item.free_symbols for item in items))


def bound_symbols(x: Basic) -> set[Symbol]:
    """The symbols that a quantifier, a limit or a sum in it binds."""
    return {v for node in preorder_traversal(x) if isinstance(node, Binder | Sum) for v in node.variables}


def substituted(rule: str, x: Any, mapping: Mapping[Symbol, Basic]) -> Any:
    """x with values for symbols; refuses where a value would be captured."""
    caught = bound_symbols(x) & (set(mapping) | free_symbols(mapping.values()))
    if caught:
        raise RuleError(rule, f"{caught} bound in {x}", "variables that are bound nowhere in it")
    return replaced(rule, x, mapping)


def replaced(rule: str, x: Any, mapping: Mapping[Basic, Basic]) -> Any:
    """x with others in place of some of its parts, all at once.

    SymPy's Abs, Min and Max take the sign of a constant from an estimate in floating point; refuses where one would.
    """
    if x in mapping or not x.args:
        return mapping.get(x, x)
    args = [replaced(rule, part, mapping) for part in x.args]
    if all(new is old for new, old in zip(args, x.args, strict=True)):
        return x
    found = x.func(*args)
    if isinstance(x, sympy.Abs | sympy.Min | sympy.Max) and (found.func is not x.func or {*found.args} != {*args}):
        raise RuleError(
            rule, f"{x.func.__name__} of {', '.join(map(str, args))}", "one that is not decided by its arguments' signs"
        )
    return found


def is_natural(expr: Expr) -> bool:
    """Whether it is a natural number by its form."""
    if isinstance(expr, Symbol):
        return bool(expr == natural(expr.name))
    if expr.is_Add or expr.is_Mul:
        return all(map(is_natural, expr.args))
    return bool(expr.is_Integer and expr >= 0)


@lru_cache(maxsize=4096)
def _admitted(node: Basic) -> bool:
    if isinstance(node, Symbol):
        return node in (real(node.name), natural(node.name))
    if isinstance(node, Binder):
        leaked = isinstance(node, TendsTo) and node.value.free_symbols.intersection(node.variables)
        return not leaked and all(isinstance(variable, Symbol) for variable in node.variables)
    if isinstance(node, AppliedUndef):
        return bool(node.func == sequence(node.func.__name__))
    if isinstance(node, Sum):
        return all(is_natural(part) for index, low, high in node.limits for part in (index, low, high + 1))
    if isinstance(node, Pow):
        return bool(node.exp.is_Integer) or is_natural(node.exp)
    return isinstance(node, (*_NODES, Proposition, sympy.Rational)) or bool(node == sympy.E)


@lru_cache(maxsize=4096)
def divisors(x: Basic) -> frozenset[Expr]:
    """The bases of its negative powers; raises Unsupported if a part of it has no meaning here."""
    for node in preorder_traversal(x):
        if not _admitted(node):
            raise Unsupported(f"no meaning for {type(node).__name__}: {node}")
    return frozenset(power.base for power in x.atoms(Pow) if power.exp.is_Integer and power.exp < 0)


def check_divisors(rule: str, premises: tuple[Theorem, ...], x: Basic) -> None:
    """Refuse unless every divisor in x is nonzero.

    Either by its form, or a premise says 0 < divisor, or a premise divides by it already; in
    the last two cases x does not bind a symbol of it.
    """
    facts = [premise.conclusion for premise in premises]
    positive = {fact.rhs for fact in facts if isinstance(fact, Less) and fact.lhs == 0}
    nonzero = positive.union(*map(divisors, facts))
    for d in divisors(x):
        established = d in nonzero and not d.free_symbols & bound_symbols(x)
        if not (established or certainly_positive(d) or certainly_positive(-d)):
            raise RuleError(rule, f"a division by {d}", f"a theorem 0 < {d}")


def derive(conclusion: Proposition, rule: str, premises: tuple[Theorem, ...] = (), **more: frozenset[Any]) -> Theorem:
    """Kernel-internal: `conclude`, after a look at every divisor."""
    check_divisors(rule, premises, conclusion)
    return conclude(conclusion, rule, premises, trusted=frozenset({ARITHMETIC, CONSTRUCTORS}), **more)


def conclusion_of(rule: str, theorem: Theorem, *kinds: type[Proposition]) -> Any:
    """The conclusion of a premise; refuses one of another kind."""
    if not isinstance(theorem.conclusion, kinds):
        raise RuleError(rule, theorem.conclusion, " or ".join(kind.__name__ for kind in kinds))
    return theorem.conclusion


def assume(p: Proposition, *positive: Theorem) -> Theorem:
    """
    (0 < d)
    ------- a theorem 0 < d for each divisor d in p that is not positive by its form
    p |- p
    """
    return derive(p, "hypothesis", positive, hypotheses=frozenset({p}))


def generalise(theorem: Theorem, *variables: Symbol) -> Theorem:
    """
    G |- p
    ------------------- no variable free in G
    G |- for all x: p
    """
    kept = free_symbols(theorem.hypotheses) & set(variables)
    if kept:
        raise RuleError("generalise", f"{kept} free in a hypothesis", "variables that no hypothesis mentions")
    return derive(ForAll(variables, theorem.conclusion), "generalise", (theorem,))


def specialise(theorem: Theorem, *values: Expr | int, divisors: tuple[Theorem, ...] = ()) -> Theorem:
    """
    G |- for all x: p
    ------------------- a value for each variable, a natural one for a natural variable; no symbol of a value
    G |- p[x := value]  bound in p; each divisor in a value is positive by its form, or 0 < d among `divisors`
    """
    p = conclusion_of("specialise", theorem, ForAll)
    given = sympy.Tuple(*values)
    if len(given) != len(p.variables):
        raise RuleError("specialise", given, f"values of {p.variables}")
    premises = (theorem, *divisors)
    check_divisors("specialise", premises, given)
    for variable, value in zip(p.variables, given, strict=True):
        if is_natural(variable) and not is_natural(value):
            raise RuleError("specialise", f"{variable} = {value}", "a natural number")
    body = substituted("specialise", p.body, dict(zip(p.variables, given, strict=True)))
    return derive(body, "specialise", premises)


def rewrite(theorem: Theorem, *equations: Theorem, right_to_left: bool = False) -> Theorem:
    """
    G |- p    D |- a = b
    -------------------- a is not a symbol; what p binds and a = b mentions is not free in D
    G, D |- p[a := b]     a occurs in p; right to left: the same with b = a
    """
    p = theorem.conclusion
    for equation in equations:
        equal = conclusion_of("rewrite", equation, Equal)
        fixed = bound_symbols(p) & equal.free_symbols & free_symbols(equation.hypotheses)
        old, new = (equal.rhs, equal.lhs) if right_to_left else (equal.lhs, equal.rhs)
        if old.is_Symbol or fixed:
            raise RuleError("rewrite", f"{equal}, hypotheses on {fixed}", "a compound left side, equal throughout")
        before, p = p, replaced("rewrite", p, {old: new})
        if p == before:
            raise RuleError("rewrite", f"{old} nowhere in {p}", "a part of the statement")
    return derive(p, "rewrite", (theorem, *equations))


def together(*theorems: Theorem) -> Theorem:
    """
    G |- p    D |- q
    ----------------
    G, D |- p and q
    """
    return derive(Conjunction(tuple(theorem.conclusion for theorem in theorems)), "conjunction", theorems)


def named(name: str, theorem: Theorem, *cited: Theorem) -> Theorem:
    """
    G |- p
    ------ by a derived rule with this name, which was applied to `cited`; the proof is the last premise
    G |- p
    """
    return derive(theorem.conclusion, f"derived [{name}]", (*cited, theorem))


def to_sympy(term: Term) -> Expr:
    """The term as a SymPy expression."""
    return sympy.Add(
        *(
            sympy.Rational(int(c.p), int(c.q)) * sympy.Mul(*(_atom_to_sympy(a) ** n for a, n in mono))
            for mono, c in term.monomials.items()
        )
    )


def _atom_to_sympy(a: Atom) -> Expr:
    if isinstance(a, Variable):
        return (natural if a.kind == "natural" else real)(a.name)
    arguments = [*map(to_sympy, a.arguments)] if isinstance(a, Apply) else []
    if not isinstance(a, Apply):
        return a
    if a.function == "power":
        return Pow(*arguments)
    if a.function in ("inverse", "exp"):
        return 1 / arguments[0] if a.function == "inverse" else sympy.exp(arguments[0])
    named: dict[Any, Any] = {
        "tanh": sympy.tanh,
        "sigmoid": sigmoid,
        "relu": relu,
        "step": step,
        "abs": sympy.Abs,
        "min": sympy.Min,
        "max": sympy.Max,
    }
    return named[a.function](*arguments, evaluate=False)
