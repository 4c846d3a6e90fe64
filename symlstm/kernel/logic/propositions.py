"""What the small steps speak about, and the rules of plain logic.  TRUSTED.

A proposition states something about terms. A variable that no hypothesis of a theorem mentions is
universally quantified; `ForAll` binds variables inside a hypothesis or an induction. A sequence is a
function of its indices and of every parameter that it depends on, h(t, n, B), so that no limit variable
hides in it.

Division: the hypotheses of a theorem entail that no divisor in its conclusion is 0. Every rule
ends in `derive`, which upholds this; so it does no harm that the normal form cancels x/x.

A sum over j from a to b has a term for each natural number j with a <= j <= b; with b < a there is
none, and it is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, reduce
from typing import Any, ClassVar, NamedTuple

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Monomial, Term, Variable, is_natural
from symlstm.kernel.logic.quotients import certainly_positive, normalised
from symlstm.kernel.theorem import RuleError, Theorem, conclude


def as_term(x: Any) -> Term | None:
    """A term of a term, a variable or a rational number; None for anything else."""
    found = algebra.as_term(x)
    return found if type(found) is Term and algebra.is_formed(found) else None


def as_variables(x: Any) -> tuple[Variable, ...] | None:
    """Variables for numbers, each once, at least one; None for anything else."""
    numbers = type(x) is tuple and all(type(v) is Variable and v.kind != "sequence" for v in x)
    return x if numbers and x and len({*x}) == len(x) else None


def as_proposition(x: Any) -> Proposition | None:
    return x if isinstance(x, Proposition) else None


def as_propositions(x: Any) -> tuple[Proposition, ...] | None:
    return x if type(x) is tuple and x and all(isinstance(p, Proposition) for p in x) else None


def _field(place: int) -> Any:
    return property(lambda p: p.args[place])


class Proposition:
    """A statement: immutable, equal to another if written the same. `fields` names its arguments, `text` prints it.

    Its arguments are what the `kinds` make of them; raises RuleError for others.
    """

    __slots__ = ("_hash", "args")
    fields: ClassVar[tuple[str, ...]] = ()
    kinds: ClassVar[tuple[Callable[[Any], Any], ...]] = ()
    text: ClassVar[str]
    args: tuple[Any, ...]
    _hash: int

    def __init_subclass__(cls) -> None:
        for place, name in enumerate(cls.fields):
            setattr(cls, name, _field(place))

    def __init__(self, *args: Any) -> None:
        parts = tuple(kind(x) for kind, x in zip(self.kinds, args, strict=False))
        if len(args) != len(self.kinds) or None in parts:
            raise RuleError(type(self).__name__, args, ", ".join(self.fields))
        object.__setattr__(self, "args", parts)
        object.__setattr__(self, "_hash", hash((type(self).__name__, parts)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to {name!r} of a proposition")

    __delattr__: Any = __setattr__

    def __reduce__(self) -> Any:
        return type(self), self.args

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Proposition) and self.args == other.args

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        shown = (", ".join(map(str, part)) if type(part) is tuple else part for part in self.args)
        return self.text.format(*shown)

    def __repr__(self) -> str:
        return str(self)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """Those that it binds itself."""
        return ()

    def parts_of(self) -> tuple[Term | Proposition, ...]:
        """The terms and the propositions that it is made of."""
        lists = (part if type(part) is tuple else (part,) for part in self.args)
        return tuple(x for part in lists for x in part if isinstance(x, Term | Proposition))

    def symbols(self) -> tuple[Variable, ...]:
        """The variables that are free in it."""
        found = dict.fromkeys(symbol for part in self.parts_of() for symbol in part.symbols())
        return tuple(symbol for symbol in found if symbol not in self.variables)


class Relation(Proposition):
    """Two sides, compared as the class says."""

    fields, kinds = ("lhs", "rhs"), (as_term, as_term)
    lhs: Term
    rhs: Term


class Equal(Relation):
    fields, text = Relation.fields, "{} = {}"


class LessEqual(Relation):
    fields, text = Relation.fields, "{} <= {}"


class Less(Relation):
    fields, text = Relation.fields, "{} < {}"


class Within(Proposition):
    """|value - centre| <= bound."""

    fields, kinds, text = ("value", "centre", "bound"), (as_term, as_term, as_term), "|{} - ({})| <= {}"
    value: Term
    centre: Term
    bound: Term


class Conjunction(Proposition):
    """All its parts."""

    fields, kinds = ("parts",), (as_propositions,)
    parts: tuple[Proposition, ...]

    def __str__(self) -> str:
        return " and ".join(map(str, self.parts))


class Binder(Proposition):
    """A statement in which `variables` are bound."""


class ForAll(Binder):
    """The body, for all values of the variables."""

    fields, kinds, text = ("variables", "body"), (as_variables, as_proposition), "for all {}: {}"
    variables: tuple[Variable, ...]
    body: Proposition


class TendsTo(Binder):
    """The limit for the variables -> oo, taken one after the other, the first innermost, exists and is `value`."""

    fields, kinds = ("expr", "variables", "value"), (as_term, as_variables, as_term)
    expr: Term
    variables: tuple[Variable, ...]
    value: Term

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        if {*self.variables} & {*self.value.symbols()}:
            raise RuleError("TendsTo", f"the value {self.value}", f"one without {self.variables}")

    def __str__(self) -> str:
        return "".join(f"lim_({x} -> oo) " for x in reversed(self.variables)) + f"{self.expr} = {self.value}"


def free_symbols(items: Iterable[Term | Proposition]) -> set[Variable]:
    """The variables that occur free in some of the propositions and terms."""
    return {symbol for item in items for symbol in item.symbols()}


def bound_symbols(x: Term | Proposition) -> set[Variable]:
    """The variables that a quantifier, a limit or a sum in it binds."""
    if isinstance(x, Proposition):
        return {*x.variables}.union(*map(bound_symbols, x.parts_of()))
    return {v for a in algebra.applications(x) if a.function == "sum" for v in a.arguments[1].symbols()}


def mapped(x: Any, change: Callable[[Term], Term]) -> Any:
    """A proposition with its terms changed."""
    if type(x) is tuple:
        return tuple(mapped(part, change) for part in x)
    if isinstance(x, Proposition):
        return type(x)(*(mapped(part, change) for part in x.args))
    return change(x) if type(x) is Term else x


def substituted(x: Any, values: Mapping[Variable, Term]) -> Any:
    """A proposition with values for variables; what it binds is renamed where it would capture a variable of a value."""
    if type(x) is Term:
        return algebra.substitute(x, values, {})
    if not isinstance(x, Proposition):
        return tuple(substituted(part, values) for part in x) if type(x) is tuple else x
    inner = {symbol: values[symbol] for symbol in x.symbols() if symbol in values}
    beside = free_symbols(x.parts_of()) | {*x.variables}
    new = {v: algebra.fresh(v, beside, inner.values()) for v in x.variables}
    inner |= {v: algebra.atom(w) for v, w in new.items() if v is not w}
    return type(x)(
        *(tuple(new.values()) if part is x.variables and new else substituted(part, inner) for part in x.args)
    )


def replaced(term: Term, old: Term, new: Term) -> Term:
    """The term with another in place of the old one: where that is the whole, an argument, or a product in it."""
    if term == old:
        return new
    return algebra.total(_in_monomial(mono, old, new).scaled(c) for mono, c in term.monomials.items())


def _in_monomial(mono: Monomial, old: Term, new: Term) -> Term:
    [(pattern, c), *more] = old.monomials.items() or [(algebra.ONE, fmpq(1))]
    if not more and len(pattern) > 1 and pattern <= mono:
        return _in_monomial(mono - pattern, old, new) * new.scaled(1 / c)
    powers = (algebra.power(_in_atom(a, old, new), algebra.rational(n)) for a, n in mono)
    return reduce(Term.__mul__, powers, algebra.rational(1))


def _in_atom(a: Atom, old: Term, new: Term) -> Term:
    if algebra.atom(a) == old or type(a) is not Apply:
        return new if algebra.atom(a) == old else algebra.atom(a)
    return algebra.applied(a.function, *(replaced(x, old, new) for x in a.arguments))


def divisors(x: Term | Proposition) -> frozenset[Term]:
    """What it divides by, at any depth: the bases of its negative powers."""
    return frozenset().union(*map(divisors, x.parts_of())) if isinstance(x, Proposition) else _divisors(x)


@lru_cache(maxsize=16384)
def _divisors(term: Term) -> frozenset[Term]:
    found: set[Term] = set()
    for mono in term.monomials:
        found |= {_base(a) for a, n in mono if n < 0 and not (type(a) is Apply and a.function == "exp")}
        found |= {x for a, _ in mono if type(a) is Apply and a.function == "inverse" for x in a.arguments}
        found |= {d for a, _ in mono if type(a) is Apply for x in a.arguments for d in _divisors(x)}
    return frozenset(found)


def _base(a: Atom) -> Term:
    """What is not 0 if the atom is not: of f^t it is f."""
    return a.argument if type(a) is Apply and a.function == "power" else algebra.atom(a)


def _factors(term: Term) -> set[Term]:
    """The term, and the factors of a product, up to numbers."""
    [mono, *more] = term.monomials or [algebra.ONE]
    return {normalised(term)[1]} | {algebra.atom(a) for a, n in mono if n > 0 and not more}


def check_divisors(rule: str, premises: tuple[Theorem, ...], *items: Term | Proposition) -> None:
    """Refuse unless every divisor in the items is nonzero.

    Either by its form, or a premise says 0 < divisor (or a product with it), or a premise divides by it already; in
    the last two cases neither the items nor that premise bind a symbol of it: a limit says nothing of single values.
    """
    needed = {d for x in items for d in divisors(x)}
    if not needed:
        return
    facts, bound = [premise.conclusion for premise in premises], {v for x in items for v in bound_symbols(x)}
    nonzero: set[Term] = set()
    for fact in facts:
        own = bound_symbols(fact)
        nonzero |= {normalised(d)[1] for d in divisors(fact) if not own & {*d.symbols()}}
        if type(fact) is Less and fact.lhs == 0 and fact.rhs.monomials:
            nonzero |= _factors(fact.rhs)
    for d in needed:
        if not d.monomials:
            raise RuleError(rule, "a division by 0", "what is not 0")
        established = normalised(d)[1] in nonzero and not {*d.symbols()} & bound
        if not (established or certainly_positive(d) or certainly_positive(-d)):
            raise RuleError(rule, f"a division by {d}", f"a theorem 0 < {d}")


def derive(
    conclusion: Proposition,
    rule: str,
    premises: tuple[Theorem, ...] = (),
    certificate: Any = None,
    **more: frozenset[Any],
) -> Theorem:
    """Kernel-internal: `conclude`, after a look at every divisor."""
    if not isinstance(conclusion, Proposition):
        raise RuleError(rule, f"{type(conclusion).__name__} {conclusion}", "a proposition")
    check_divisors(rule, premises, conclusion)
    return conclude(conclusion, rule, premises, certificate=certificate, **more)


def conclusion_of(rule: str, theorem: Theorem, *kinds: type[Proposition]) -> Any:
    """The conclusion of a premise; refuses one of another kind."""
    if type(theorem.conclusion) not in kinds:
        raise RuleError(rule, theorem.conclusion, " or ".join(kind.__name__ for kind in kinds))
    return theorem.conclusion


def term_of(rule: str, x: Any) -> Term:
    """A term of a term, a variable or a rational number; refuses anything else."""
    found = as_term(x)
    if found is None:
        raise RuleError(rule, f"{type(x).__name__} {x}", "a term")
    return found


def assume(p: Proposition, *positive: Theorem) -> Theorem:
    """
    (0 < d)
    ------- a theorem 0 < d for each divisor d in p that is not positive by its form
    p |- p
    """
    return derive(p, "hypothesis", positive, hypotheses=frozenset({p}))


def generalise(theorem: Theorem, *variables: Variable) -> Theorem:
    """
    G |- p
    ------------------- no variable free in G
    G |- for all x: p
    """
    kept = free_symbols(theorem.hypotheses) & {*variables}
    if kept:
        raise RuleError("generalise", f"{kept} free in a hypothesis", "variables that no hypothesis mentions")
    return derive(ForAll(variables, theorem.conclusion), "generalise", (theorem,))


def specialise(theorem: Theorem, *values: Any, divisors: tuple[Theorem, ...] = ()) -> Theorem:
    """
    G |- for all x: p
    ------------------- a value for each variable, a natural one for a natural variable;
    G |- p[x := value]  each divisor in a value is positive by its form, or 0 < d among `divisors`
    """
    p, given = conclusion_of("specialise", theorem, ForAll), tuple(term_of("specialise", x) for x in values)
    if len(given) != len(p.variables):
        raise RuleError("specialise", given, f"values of {p.variables}")
    premises = (theorem, *divisors)
    check_divisors("specialise", premises, *given)
    for variable, value in zip(p.variables, given, strict=True):
        if variable.kind == "natural" and not is_natural(value):
            raise RuleError("specialise", f"{variable} = {value}", "a natural number")
    body = substituted(p.body, dict(zip(p.variables, given, strict=True)))
    return derive(body, "specialise", premises, given)


def rewrite(theorem: Theorem, *equations: Theorem, right_to_left: bool = False) -> Theorem:
    """
    G |- p    D |- a = b
    -------------------- a is neither a variable nor a number; what p binds and a = b mentions is not free in D
    G, D |- p[a := b]     a occurs in p; right to left: the same with b = a
    """
    p, pairs = theorem.conclusion, []
    for equation in equations:
        equal = conclusion_of("rewrite", equation, Equal)
        fixed = bound_symbols(p) & {*equal.symbols()} & free_symbols(equation.hypotheses)
        old, new = equal.args[::-1] if right_to_left else equal.args
        if old.variable() is not None or old.rational() is not None or fixed:
            raise RuleError("rewrite", f"{equal}, hypotheses on {fixed}", "a compound left side, equal throughout")
        before, p = p, _rewritten(p, old, new)
        if p == before:
            raise RuleError("rewrite", f"{old} nowhere in {p}", "a part of the statement")
        pairs.append((old, new))
    return derive(p, "rewrite", (theorem, *equations), tuple(pairs))


def _rewritten(p: Proposition, old: Term, new: Term) -> Any:
    return mapped(p, lambda x: replaced(x, old, new))


def cut(known: Theorem, theorem: Theorem) -> Theorem:
    """
    G |- p    D, p |- q
    ------------------- p is a hypothesis of the second, and not in G
         G, D |- q
    """
    p = known.conclusion
    if p not in theorem.hypotheses or p in known.hypotheses:
        raise RuleError("cut", p, "a hypothesis of the second theorem alone")
    return derive(theorem.conclusion, "cut", (known, theorem), discharged=frozenset({p}))


def together(*theorems: Theorem) -> Theorem:
    """
    G |- p    D |- q
    ----------------
    G, D |- p and q
    """
    return derive(Conjunction(tuple(theorem.conclusion for theorem in theorems)), "conjunction", theorems)


def part(theorem: Theorem, place: int) -> Theorem:
    """
    G |- p_0 and ... and p_n
    ------------------------ i is `place`
           G |- p_i
    """
    parts = conclusion_of("part of a conjunction", theorem, Conjunction).parts
    if type(place) is not int or not 0 <= place < len(parts):
        raise RuleError("part of a conjunction", f"place {place}", f"one of 0 to {len(parts) - 1}")
    return derive(parts[place], "part of a conjunction", (theorem,))


class Derived(NamedTuple):
    """The certificate of a derived rule: its name. The proof is the last premise."""

    name: str


def named(name: str, theorem: Theorem, *cited: Theorem) -> Theorem:
    """
    G |- p
    ------ by a derived rule with this name, which was applied to `cited`; the proof is the last premise
    G |- p
    """
    return derive(theorem.conclusion, "derived", (*cited, theorem), Derived(name))
