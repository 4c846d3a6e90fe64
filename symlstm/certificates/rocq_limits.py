"""The rules about limits as Rocq tactics: continuity and growth, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

from flint import fmpq

from symlstm.certificates.rocq_names import numbers
from symlstm.certificates.rocq_terms import Literal, grows, operand, polynomial, power, sum_text, tends, then
from symlstm.certificates.subjects import NotCovered
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Term, Variable
from symlstm.kernel.logic.propositions import Less, LessEqual, TendsTo, Within

if TYPE_CHECKING:
    from symlstm.certificates.rocq_steps import Step

UP, DOWN = "up", "down"


class Part(NamedTuple):
    """A part of an expression as text, its limit, or whether it grows, and the tactic that shows that."""

    text: str
    limit: Term | str
    tactic: str


class Limits:
    """The proofs of one step that is about a limit."""

    def __init__(self, step: Step) -> None:
        self.step, self.terms, self.goal = step, step.terms, step.goal
        self.known: dict[Term, tuple[Term, int]] = {}  # limits that are premises: value, and place
        self.x: Variable = next(iter(step.goal.variables))

    # -- texts

    @property
    def name(self) -> str:
        return self.terms.name(self.x)

    @property
    def tends(self) -> str:
        return tends(self.x)

    def function(self, text: str) -> str:
        return f"(fun {self.name} => {text})"

    def limit_as(self, given: str, value: str, text: str, limit: str, same: str, equal: str, proof: str) -> str:
        """From a limit of one text to that of an equal one."""
        start = f"refine ({self.tends}_as {self.function(given)} {self.function(text)} {operand(value)} {operand(limit)} _ _ {proof})"
        return then(start, f"intros {self.name}; {same}", equal)

    # -- continuity

    def continuity(self) -> str:
        for place, fact in enumerate(self.step.premises):
            self.known[fact.expr] = fact.value, place
        self.step.scope.add(self.x)
        return self.of(self.goal.expr).tactic

    def of(self, term: Term) -> Part:
        """The limit of a term, by the known ones."""
        text = self.terms.text(term)
        if term in self.known:
            return self._given(term, text)
        if self.x not in term.symbols():
            return Part(text, term, f"apply {self.tends}_const")
        return self.sum_of(text, [(c, self._factors(mono)) for c, mono in self.terms.products(term)])

    def _given(self, term: Term, text: str) -> Part:
        value, place = self.known[term]
        return Part(text, value, f"exact {self.step.premise(place)}")

    def _factors(self, mono: Sequence[tuple[Atom, int]]) -> list[tuple[Part, int, fmpq]]:
        """Known products apart, then factor by factor: (part, power, number)."""
        for term in self.known:
            [(pattern, c), *more] = term.monomials.items() or [(algebra.ONE, fmpq(1))]
            if not more and pattern and pattern <= frozenset(mono):
                part = self._given(term, self.terms.text(term))
                return [(part, 1, 1 / c), *self._factors([x for x in mono if x not in pattern])]
        return [(part, n, fmpq(1)) for part, n in (self._power(a, n) for a, n in mono)]

    def _power(self, a: Atom, n: int) -> tuple[Part, int]:
        if self.x not in algebra.atom(a).symbols():
            text = power(self.terms.atom_text(a), n)
            return Part(text, algebra.atom(a, n), f"apply {self.tends}_const"), 1
        if isinstance(a, Apply) and a.function == "exp":
            return self._exponential(a, n, self.of(a.argument.scaled(fmpq(n)))), 1
        if n < 0:
            raise NotCovered(f"the limit of {algebra.atom(a, n)}")
        return self._atom(a), n

    def _exponential(self, a: Apply, n: int, exponent: Part) -> Part:
        if not isinstance(exponent.limit, Term):
            raise NotCovered(f"the limit of {algebra.atom(a, n)}")
        scaled, value = a.argument.scaled(fmpq(n)), algebra.exp(exponent.limit)
        text, given = power(self.terms.atom_text(a), n), f"exp {operand(exponent.text)}"
        same = "reflexivity" if text == given else self.terms.exponential(scaled)
        found, limit = f"exp {operand(self.terms.text(exponent.limit))}", self.terms.text(value)
        equal = "reflexivity" if found == limit else self.terms.exponential(exponent.limit)
        proof = f"({self.tends}_exp _ _ ltac:({exponent.tactic}))"
        return Part(text, value, self.limit_as(given, found, text, limit, same, equal, proof))

    def _atom(self, a: Atom) -> Part:
        if algebra.atom(a) in self.known:
            return self._given(algebra.atom(a), self.terms.atom_text(a))
        if isinstance(a, Apply) and a.function in ("tanh", "sigmoid"):
            return self._curve(a, self.of(a.argument))
        if isinstance(a, Apply) and a.function == "power":
            return self._natural_power(a, self.of(a.argument))
        if isinstance(a, Apply) and a.function == "sum":
            return self._sum(a)
        raise NotCovered(f"the limit of {algebra.atom(a)}")

    def _curve(self, a: Apply, argument: Part) -> Part:
        if not isinstance(argument.limit, Term):
            value = {"tanh": {UP: 1, DOWN: -1}, "sigmoid": {UP: 1, DOWN: 0}}[str(a.function)][argument.limit]
            lemma = f"{self.tends}_{a.function}_{'diverges' if argument.limit == UP else 'falls'}"
            return Part(self.terms.atom_text(a), algebra.rational(value), f"apply {lemma}; {argument.tactic}")
        limit = Literal(self.terms.text(argument.limit), argument.limit)
        found = self.terms.applied(Apply(a.function, argument.limit), [limit])
        proof = f"({self.tends}_{a.function} _ _ ltac:({argument.tactic}))"
        return self._by(a, found, proof)

    def _natural_power(self, a: Apply, base: Part) -> Part:
        if not isinstance(base.limit, Term) or self.x in a.arguments[1].symbols():
            raise NotCovered(f"the limit of {algebra.atom(a)}")
        exponent = Literal(self.terms.nat(a.arguments[1]), a.arguments[1], nat=True)
        found = self.terms.applied(a, [Literal(self.terms.text(base.limit), base.limit), exponent])
        return self._by(a, found, f"({self.tends}_power {operand(exponent.text)} _ _ ltac:({base.tactic}))")

    def _by(self, a: Apply, found: Literal, proof: str) -> Part:
        """The limit of an atom, by a lemma whose limit is what is found, as it is written."""
        text, limit = self.terms.atom_text(a), self.terms.text(found.term)
        tactic = self.limit_as(text, found.text, text, limit, "reflexivity", found.tactic or "reflexivity", proof)
        return Part(text, found.term, tactic)

    def _sum(self, a: Apply) -> Part:
        body, index, low, high = a.arguments
        [j] = index.symbols()
        self.step.scope.add(j)
        inside, name = self.of(body), self.terms.name(j)
        if not isinstance(inside.limit, Term) or self.x in (*low.symbols(), *high.symbols()):
            raise NotCovered(f"the limit of {algebra.atom(a)}")
        value = algebra.finite_sum(inside.limit, index, low, high)
        given = sum_text(self.terms.nat(low), self.terms.nat(high + 1), name, self.terms.text(inside.limit))
        proof = (
            f"({self.tends}_sum _ _ (fun {self.name} {name} => {inside.text}) _ (fun {name} => ltac:({inside.tactic})))"
        )
        text = self.terms.atom_text(a)
        return Part(
            text, value, self.limit_as(text, given, text, self.terms.text(value), "reflexivity", "reflexivity", proof)
        )

    def sum_of(self, text: str, products: Sequence[tuple[fmpq, Sequence[tuple[Part, int, fmpq]]]]) -> Part:
        """The limit of a sum of products whose parts have limits."""
        given, value, proofs, normal = [], [], [], []
        for c, factors in products:
            number = reduce(lambda x, y: x * y, (q for _, _, q in factors), c)
            parts = [(part, n) for part, n, _ in factors]
            limits = [(part.limit, n) for part, n in parts if isinstance(part.limit, Term)]
            if len(limits) < len(parts):
                raise NotCovered(f"the limit of {text}")
            given.append((number, [power(part.text, n) for part, n in parts]))
            value.append((number, [power(operand(self.terms.text(x)), n) for x, n in limits]))
            normal.append(
                reduce(
                    Term.__mul__, (algebra.power(x, algebra.rational(n)) for x, n in limits), algebra.rational(number)
                )
            )
            proofs.append(self._product(parts))
        whole = proofs[0]
        for proof in proofs[1:]:
            whole = f"({self.tends}_plus _ _ _ _ {whole} {proof})"
        found = algebra.total(normal)
        function, limit = _written(given), _written(value)
        tactic = self.limit_as(function, limit, text, self.terms.text(found), "polynomial", "polynomial", whole)
        return Part(text, found, tactic)

    def _product(self, parts: Sequence[tuple[Part, int]]) -> str:
        whole = f"({self.tends}_const _)"
        for part, n in parts:
            proof = f"ltac:({part.tactic})"
            if n > 1:
                proof = f"({self.tends}_power {n} _ _ {proof})"
            whole = f"({self.tends}_times _ _ _ _ {whole} {proof})"
        return whole

    # -- growth

    def by_expansion(self) -> str:
        """Limits of sums, products and functions of what tends to a number, or grows."""
        self.step.scope.add(self.x)
        facts = ""
        for h in self.step.node.hypotheses:
            facts += f"pose proof (H{h}' : {self.terms.stated(self.step.writer.found.hypotheses[h])}) as G{h}'; "
        found = self.growth(self.goal.expr)
        wanted = self.goal.value if isinstance(self.goal, TendsTo) else UP
        if found.limit != wanted:
            raise NotCovered(f"the expansion of {self.goal.expr}")
        return facts + found.tactic

    def growth(self, term: Term) -> Part:
        text = self.terms.text(term)
        if self.x not in term.symbols():
            return Part(text, term, f"apply {self.tends}_const")
        parts = [(c, [self._growing(a, n) for a, n in mono]) for c, mono in self.terms.products(term)]
        if all(isinstance(part.limit, Term) for _, factors in parts for part in factors):
            return self.sum_of(text, [(c, [(part, 1, fmpq(1)) for part in factors]) for c, factors in parts])
        return self._growing_sum(text, parts)

    def _growing(self, a: Atom, n: int) -> Part:
        if self.x not in algebra.atom(a).symbols():
            return Part(power(self.terms.atom_text(a), n), algebra.atom(a, n), f"apply {self.tends}_const")
        if a == self.x and n == 1:
            lemma = "diverges_INR" if self.x.kind == "natural" else "diverges_id"
            return Part(self.terms.atom_text(a), UP, f"apply {lemma}")
        assert isinstance(a, Apply)
        argument = self.growth(a.argument.scaled(fmpq(n)) if a.function == "exp" else a.argument)
        if a.function == "exp":
            return self._growing_exponential(a, n, argument)
        if n < 1 or a.function not in ("tanh", "sigmoid", "power"):
            raise NotCovered(f"the expansion of {algebra.atom(a, n)}")
        found = self._natural_power(a, argument) if a.function == "power" else self._curve(a, argument)
        return found if n == 1 else self.sum_of(power(found.text, n), [(fmpq(1), [(found, n, fmpq(1))])])

    def _growing_exponential(self, a: Apply, n: int, exponent: Part) -> Part:
        if isinstance(exponent.limit, Term):
            return self._exponential(a, n, exponent)
        text, given = power(self.terms.atom_text(a), n), f"exp {operand(exponent.text)}"
        same = "reflexivity" if text == given else self.terms.exponential(a.argument.scaled(fmpq(n)))
        functions = f"{self.function(given)} {self.function(text)}"
        if exponent.limit == UP:
            lemma = grows(self.x)
            start = f"refine ({lemma}_as {functions} _ ({lemma}_exp _ ltac:({exponent.tactic})))"
            return Part(text, UP, then(start, f"intros {self.name}; {same}"))
        proof = f"({self.tends}_exp_falls _ ltac:({exponent.tactic}))"
        return Part(text, algebra.ZERO, self.limit_as(given, "0", text, "0", same, "reflexivity", proof))

    def _growing_sum(self, text: str, parts: Sequence[tuple[fmpq, Sequence[Part]]]) -> Part:
        """One product that grows, and others with limits."""
        growing = [(c, factors) for c, factors in parts if any(part.limit in (UP, DOWN) for part in factors)]
        [(c, factors), *more] = growing
        [one, *others] = [part for part in factors if part.limit in (UP, DOWN)]
        if more or others or one.limit == DOWN:
            raise NotCovered(f"the expansion of {text}")
        rest = self.sum_of(*self._listed([(c, [part for part in factors if part is not one])]))
        steady = [(c, [*fs]) for c, fs in parts if fs is not factors]
        after = self.sum_of(*self._listed(steady)) if steady else Part("0", algebra.ZERO, f"apply {self.tends}_const")
        assert isinstance(rest.limit, Term)
        falls = c < 0
        lemma = ("falls" if falls else "diverges") + ("n" if self.x.kind == "natural" else "")
        sign = f"{operand(self.terms.text(rest.limit))} < 0" if falls else f"0 < {operand(self.terms.text(rest.limit))}"
        times = f"({lemma}_times _ _ _ (ltac:({'lra' if falls else 'pos'}) : {sign}) ltac:({one.tactic}) ltac:({rest.tactic}))"
        whole = f"({lemma}_plus _ _ _ {times} ltac:({after.tactic}))"
        given = f"{operand(one.text)} * {operand(rest.text)} + {operand(after.text)}"
        functions = f"{self.function(given)} {self.function(text)}"
        return Part(
            text,
            DOWN if falls else UP,
            then(f"refine ({lemma}_as {functions} _ {whole})", f"intros {self.name}; polynomial"),
        )

    @staticmethod
    def _listed(
        parts: Sequence[tuple[fmpq, Sequence[Part]]],
    ) -> tuple[str, list[tuple[fmpq, list[tuple[Part, int, fmpq]]]]]:
        text = polynomial([(c, [operand(part.text) for part in factors]) for c, factors in parts])
        return text, [(c, [(part, 1, fmpq(1)) for part in factors]) for c, factors in parts]

    # -- the other rules

    def exponential_decay(self) -> str:
        [rate] = self.step.premises
        exponent, q = self.step.node.given, algebra.substitute(self.step.node.given, {self.x: algebra.ZERO}, {})
        a, x, start = (self.terms.text(y) for y in (rate.rhs, algebra.atom(self.x), q))
        suffix = "n" if self.x.kind == "natural" else ""
        grow = "diverges_INR" if suffix else "diverges_id"
        proof = f"pose proof {self.step.premise(0)} as P'; "
        given, text = f"exp ({x} * - {operand(a)} + {operand(start)})", self.terms.text(self.goal.expr)
        times = f"(falls{suffix}_times _ _ (- {operand(a)}) ltac:(lra) {grow} ({self.tends}_const _))"
        falls = f"(falls{suffix}_plus _ _ _ {times} ({self.tends}_const _))"
        same = f"replace ({x} * - {operand(a)} + {operand(start)}) with ({self.terms.text(exponent)}) by polynomial; "
        split = self.terms.exponential(exponent)
        return proof + self.limit_as(
            given, "0", text, "0", same + split, "reflexivity", f"({self.tends}_exp_falls _ {falls})"
        )

    def geometric_decay(self) -> str:
        low, high = (self.step.premise(n) for n in range(2))
        fact = self.step.premises[1]
        weak = low if type(self.step.premises[0]) is LessEqual else f"(Rlt_le _ _ {low})"
        base = self.terms.text(fact.lhs)
        a = Apply("power", fact.lhs, algebra.atom(self.x))
        exponent = Literal(self.name, algebra.atom(self.x), nat=True)
        found = self.terms.applied(a, [Literal(base, fact.lhs), exponent])
        proof = f"(limn_geometric _ {weak} {high})"
        text = self.terms.text(self.goal.expr)
        return self.limit_as(found.text, "0", text, "0", found.tactic or "reflexivity", "reflexivity", proof)

    def _far(self, premises: Sequence[int]) -> tuple[str, dict[int, str], str]:
        """The largest of the K in hypotheses K < x, the proofs of these from `far`, and facts that they need."""
        writer, own = self.step.writer, {*self.step.node.hypotheses}
        lost = sorted({h for p in premises for h in writer.found.nodes[p].hypotheses} - own)
        bounds, proofs, largest = [], {}, "0"
        for h in lost:
            p = writer.found.hypotheses[h]
            if not isinstance(p, Less | LessEqual) or p.rhs != algebra.atom(self.x):
                raise NotCovered(f"the hypothesis {p} that a limit discharges")
            bounds.append(self.terms.text(p.lhs))
            proofs[h] = f"(ltac:(unfold hyp{h}; lra) : {self._hypothesis(h)})"
        facts = ""
        for bound in bounds:
            facts += f"pose proof (Rmax_l {operand(bound)} {operand(largest)}); pose proof (Rmax_r {operand(bound)} {operand(largest)}); "
            largest = f"Rmax {operand(bound)} {operand(largest)}"
        return largest, proofs, facts

    def _hypothesis(self, h: int) -> str:
        return " ".join([f"hyp{h}", *map(self.terms.name, numbers(self.step.writer.found.hypotheses[h]))])

    def squeeze(self) -> str:
        near: Within = self.step.premises[0]
        if set(self.step.writer.found.nodes[self.step.node.premises[1]].hypotheses) - {*self.step.node.hypotheses}:
            raise NotCovered("a hypothesis on the variable of a limit that vanishes")
        largest, proofs, facts = self._far(self.step.node.premises[:1])
        vanishing = self.step.premise(1)
        self.step.scope.add(self.x)
        v, c, b = (self.terms.text(t) for t in (near.value, near.centre, near.bound))
        inside = f"intros {self.name} far'; {facts}exact {self.step.premise(0, hypotheses=proofs)}"
        lemma = f"refine ({self.tends}_squeeze {self.function(v)} {operand(c)} {self.function(b)} _ {vanishing})"
        return f"{lemma}; exists ({largest}); {inside}"

    def reciprocal(self) -> str:
        limit = self.step.premise(0)
        sign = f"(Rgt_not_eq _ _ {self.step.premise(1)})"
        fact: TendsTo = self.step.premises[0]
        text, value = self.terms.text(self.goal.expr), self.terms.text(self.goal.value)
        given, found = f"/ {operand(self.terms.text(fact.expr))}", f"/ {operand(self.terms.text(fact.value))}"
        same = "reflexivity" if given == text else "polynomial"
        proof = f"({self.tends}_inverse _ _ {sign} {limit})"
        return self.limit_as(given, found, text, value, same, "reflexivity" if found == value else "polynomial", proof)

    def iterate(self) -> str:
        outer = self.step.premises[1]
        self.x = outer.variables[0]
        if set(self.step.writer.found.nodes[self.step.node.premises[1]].hypotheses) - {*self.step.node.hypotheses}:
            raise NotCovered("a hypothesis on the variable of an outer limit")
        largest, proofs, facts = self._far(self.step.node.premises[:1])
        second = self.step.premise(1)
        self.step.scope.add(self.x)
        function = self.function(self.terms.text(outer.expr))
        inside = f"intros {self.name} far'; {facts}exact {self.step.premise(0, hypotheses=proofs)}"
        return f"refine (then_{self.tends}_intro _ {function} _ _ {second}); exists ({largest}); {inside}"


def _written(parts: Sequence[tuple[fmpq, Sequence[str]]]) -> str:
    """A sum of products as the lemmas of limits make it: each with its number, plus between them."""
    products = (
        " * ".join([f"({c.p} / {c.q})" if c.q != 1 else f"({c.p})", *map(operand, factors)]) for c, factors in parts
    )
    return " + ".join(products) or "0"
