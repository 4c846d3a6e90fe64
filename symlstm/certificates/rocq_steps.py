"""A derivation about real numbers as a Rocq file: a lemma for each step, proved by the lemma of its rule.

The last step's statement is written again as the theorem, its hypotheses in full; `rocq_statements` reads it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from flint import fmpq

from symlstm.certificates.rocq_constants import constant_sign
from symlstm.certificates.rocq_limits import Limits
from symlstm.certificates.rocq_names import names, natural_places, numbers
from symlstm.certificates.rocq_rewriting import Rewriting
from symlstm.certificates.rocq_terms import Literal, Move, Terms, Values, operand, then
from symlstm.certificates.steps import Derivation, Node
from symlstm.certificates.subjects import NotCovered
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.logic import quotients
from symlstm.kernel.logic.propositions import (
    Equal,
    Less,
    Proposition,
    bound_symbols,
    divisors,
    substituted,
)

HEADER = """From Coquelicot Require Import Coquelicot.
From Coq Require Import Reals QArith.Qreals Lra Lia.
From Symlstm Require Import Definitions Constants SmallSteps.
Local Open Scope R_scope.
"""
SECTION, OTHER = "Statement", "C'"
MOST = 200  # the largest power of e^x that the sign of a constant is shown by


class Writer:
    """Writes the file of one derivation."""

    def __init__(self, found: Derivation) -> None:
        self.found = found
        self.terms = Terms(names(found.symbols), natural_places(found))
        self.zeros: dict[tuple[int, Term], str] = {}  # lemmas d <> 0 of steps, by name
        self.lines: list[str] = []

    # -- the file

    def text(self) -> str:
        """The library, sequences, hypotheses by name, a lemma for each step, the theorem."""
        sequences = [v for v in self.found.symbols if v.kind == "sequence" and v in self.terms.natural]
        head = [HEADER, f"Section {SECTION}."]
        head += [f"Variable {self.terms.names[v]} : {self.type_of(v)}." for v in sequences]
        for n, p in enumerate(self.found.hypotheses):
            binders = self.terms.binders(numbers(p))
            self.lines.append(f"Definition hyp{n} {binders} : Prop := {self.terms.stated(p)}.".replace("  ", " "))
        for n, node in enumerate(self.found.nodes):
            written = [*self.lemma(n, node)]  # lemmas that it needs are put before it
            self.lines += written
        return "\n".join([*head, *self.lines, "", self.theorem()])

    def type_of(self, v: Variable) -> str:
        return " -> ".join(["nat" if natural else "R" for natural in self.terms.natural[v]] + ["R"])

    def theorem(self) -> str:
        """The last step, with its hypotheses in full."""
        last, node = len(self.found.nodes) - 1, self.found.nodes[-1]
        given = "".join(f"  ({self.terms.stated(self.found.hypotheses[h])}) ->\n" for h in node.hypotheses)
        binders = self.terms.binders(self.variables(last))
        return (
            f"Theorem statement{' ' * bool(binders)}{binders} :\n{given}  {self.terms.stated(node.conclusion)}.\n"
            f"Proof. exact {self.called(last)}. Qed.\n"
            f"End {SECTION}.\n"
            "Print Assumptions statement.\n"
        )

    def called(self, n: int) -> str:
        return f"({' '.join([f'n{n}', *map(self.terms.name, self.variables(n))])})"

    def variables(self, n: int) -> list[Variable]:
        """What the lemma of a step is about: numbers that are free in its conclusion or its hypotheses."""
        node = self.found.nodes[n]
        return numbers(node.conclusion, *(self.found.hypotheses[h] for h in node.hypotheses))

    def parameters(self, n: int) -> str:
        node = self.found.nodes[n]
        hypotheses = [
            f"(H{h}' : {' '.join([f'hyp{h}', *map(self.terms.name, numbers(self.found.hypotheses[h]))])})"
            for h in node.hypotheses
        ]
        return " ".join([*filter(None, [self.terms.binders(self.variables(n))]), *hypotheses])

    def lemma(self, n: int, node: Node) -> Iterator[str]:
        step = Step(self, n, node)
        proof = step.proof()
        yield f"Lemma n{n} {self.parameters(n)} : {self.terms.stated(node.conclusion)}.".replace("  ", " ")
        yield f"Proof. {proof}. Qed."

    # -- what is not 0

    def nonzero(self, n: int, d: Term) -> str | None:
        """The name of the lemma d <> 0 of a step, which is written if it was not yet; None if nothing shows it."""
        if (n, d) not in self.zeros:
            proof = Step(self, n, self.found.nodes[n]).nonzero(d)
            if proof is None:
                return None
            name = f"z{n}_{len(self.zeros)}"
            self.lines.append(f"Lemma {name} {self.parameters(n)} : {self.terms.text(d)} <> 0.\nProof. {proof}. Qed.")
            self.zeros[n, d] = name
        return self.zeros[n, d]


class Step:
    """The proof of one step by the lemma of its rule."""

    def __init__(self, writer: Writer, n: int, node: Node) -> None:
        self.writer, self.n, self.node, self.terms = writer, n, node, writer.terms
        self.goal: Any = node.conclusion
        self.premises: list[Any] = [writer.found.nodes[p].conclusion for p in node.premises]
        self.scope = {*writer.variables(n)}

    def premise(
        self, place: int, at: Mapping[Variable, str] | None = None, hypotheses: Mapping[int, str] | None = None
    ) -> str:
        """A premise's lemma with the variables that are in scope, or others, and with hypotheses."""
        return self.lemma_of(self.node.premises[place], f"n{self.node.premises[place]}", at or {}, hypotheses or {})

    def lemma_of(self, n: int, name: str, at: Mapping[Variable, str], hypotheses: Mapping[int, str]) -> str:
        values = [
            operand(at[v])
            if v in at
            else self.terms.name(v)
            if v in self.scope
            else "O"
            if v.kind == "natural"
            else "0"
            for v in self.writer.variables(n)
        ]
        given = [operand(hypotheses.get(h, f"H{h}'")) for h in self.writer.found.nodes[n].hypotheses]
        parts = [name, *values, *given]
        return parts[0] if len(parts) == 1 else f"({' '.join(parts)})"

    def proof(self) -> str:
        rule = RULES.get(self.node.rule)
        if rule is None:
            raise NotCovered(f"the rule {self.node.rule}")
        return self.others() + self.divisions() + rule(self)

    def others(self) -> str:
        """Values for numbers that premises mention and the step does not: they hold for all."""
        items = (self.goal, *self.premises, *propositions_in(self.node.given))
        free = {*numbers(*self.premises)} - self.scope - {v for x in items for v in bound_symbols(x)}
        said = ""
        for v in sorted(free, key=lambda v: v.name):
            kind, value = ("nat", "O") if v.kind == "natural" else ("R", "0")
            said += f"assert ({self.terms.name(v)} : {kind}) by exact {value}. "
        self.scope |= free
        return said

    def moved(self, p: Proposition, values: Values, given: str, to_literal: bool = False) -> str:
        return self.terms.moved(p, values, given, to_literal)

    # -- divisors

    def divisions(self) -> str:
        """Facts d <> 0 for what is divided by in this step."""
        items: list[Any] = [self.goal, *self.premises, *terms_in(self.node.given)]
        needed = {d for x in items for d in divisors(x)}
        said = ""
        for place, d in enumerate(sorted(needed, key=algebra.spelled)):
            if not numbers(d, sequences=True):  # of a constant `nonzero` sees it
                continue
            proof = self.nonzero(d) if {*numbers(d)} <= self.scope else None
            if proof is not None:
                said += f"assert (Z{place}' : {self.terms.text(d)} <> 0) by ({proof}). "
        return said

    def nonzero(self, d: Term) -> str | None:
        for x in (d, -d):
            if quotients.certainly_positive(x):
                return f"assert (P' : 0 < {self.terms.text(x)}) by ({self.positive(x)}); intros E'; lra"
        _, wanted = quotients.normalised(d)
        for place, fact in enumerate(self.premises):
            if type(fact) is Less and fact.lhs == 0 and fact.rhs.monomials:
                if quotients.normalised(fact.rhs)[1] == wanted:
                    return f"pose proof {self.premise(place)} as P'; intros E'; lra"
                if d.application() or d.variable():
                    return (
                        f"pose proof {self.premise(place)} as P'; intros E'; rewrite E' in P'; ring_simplify in P'; lra"
                    )
        for place, fact in enumerate(self.premises):
            for other in sorted(divisors(fact), key=algebra.spelled):
                if quotients.normalised(other)[1] == wanted and not bound_symbols(fact) & {*other.symbols()}:
                    name = self.writer.nonzero(self.node.premises[place], other)
                    if name is not None:
                        lemma = self.lemma_of(self.node.premises[place], name, {}, {})
                        return f"pose proof {lemma} as Z'; intros E'; apply Z'; lra"
        return None

    # -- identities

    def identity(self, x: Term, expected: Sequence[Term] = ()) -> str:
        """The tactic for an equation whose two sides differ by x: by its form, or with exponentials for tanh and sigmoid."""
        if not quotients.quotient(x).numerator.monomials:
            return "polynomial"
        return self.expanded([x, *expected])

    def expanded(self, parts: Sequence[Term]) -> str:
        """Equations of tanh and sigmoid with exponentials are put in, the outer ones first; then powers of common roots."""
        curves = sorted(
            {a for x in parts for a in _curves(x)},
            key=lambda a: (-len(self.terms.atom_text(a)), self.terms.atom_text(a)),
        )
        facts = ""
        for a in curves:
            argument, exponent = self.terms.text(a.argument), a.argument
            lemma = f"sigmoid_quotient {operand(argument)}"
            if a.function == "tanh":
                exponent = exponent + exponent
                lemma = f"tanh_quotient {operand(argument)} {operand(self.terms.text(exponent))} ltac:(polynomial)"
            facts += f"rewrite ?({lemma}); "
            given, text = f"exp {operand(self.terms.text(exponent))}", self.terms.text(algebra.exp(exponent))
            if given != text:
                facts += f"try replace ({given}) with ({text}) by (symmetry; ({self.terms.exponential(exponent)})); "
        return facts + self.roots(parts) + "polynomial"

    def roots(self, parts: Sequence[Term]) -> str:
        """e^x as a power of e^(x/q), where both occur."""
        atoms = {b for x in parts for mono in quotients.quotient(x, True).numerator.monomials for b, _ in mono}
        found = {a.argument: a for a in atoms if isinstance(a, Apply) and a.function == "exp"}
        facts = ""
        for x, a in sorted(found.items(), key=lambda part: algebra.spelled(part[0])):
            for y in sorted(found, key=algebra.spelled):
                q = next(iter(x.monomials.values())) / next(iter(y.monomials.values()), fmpq(1))
                if x != y and y.scaled(q) == x and q.q == 1 and q > 1:
                    facts += (
                        f"replace ({self.terms.atom_text(a)}) with (exp {operand(self.terms.text(y))} ^ {q}) "
                        f"by (rewrite <- exp_times; f_equal; simpl INR; polynomial); "
                    )
                    break
        return facts

    def positive(self, x: Term, *factors: tuple[Term, str]) -> str:
        """The tactic for 0 < x, which is positive by its form, with factors and proofs that they are positive."""
        hidden = not x.symbols() and not factors and not _plainly_positive(x)
        if hidden and not _small(quotients.quotient(x, True).numerator):
            return constant_sign(self.terms, x)
        for expand in (True,) if hidden else (False, True):
            found = quotients.product([quotients.quotient(y, expand) for y in (x, *(f for f, _ in factors))])
            below = sorted(found.divisors.elements(), key=algebra.spelled)
            whole = found.numerator
            for d in below:
                whole = whole * d
            if not quotients.positive_by_form(whole):
                continue
            plain = quotients.positive_by_form(found.numerator)
            top = found.numerator if plain else whole
            under = [f"/ {operand(self.terms.text(d))}" for d in below for _ in range(1 if plain else 2)]
            value = " * ".join([f"({self.terms.text(top)})", *under])
            if not factors and not expand and not below:
                return "pos"
            factor = " * ".join(f"({self.terms.text(f)})" for f, _ in factors) or "1"
            shown = "lra"
            if factors:
                shown = f"exact {self._product([proof for _, proof in factors])}"
            same = self.expanded([x]) if expand else "polynomial"
            text = self.terms.text(x)
            return then(f"refine (positive_by ({text}) ({factor}) ({value}) _ _ _)", shown, same, "pos")
        raise NotCovered(f"0 < {x}")

    @staticmethod
    def _product(proofs: Sequence[str]) -> str:
        whole = proofs[0]
        for proof in proofs[1:]:
            whole = f"(Rmult_lt_0_compat _ _ {whole} {proof})"
        return whole

    # -- the rules of logic

    def hypothesis(self) -> str:
        return f"exact H{self.node.hypotheses[[self.writer.found.hypotheses[h] for h in self.node.hypotheses].index(self.goal)]}'"

    def generalise(self) -> str:
        names_ = " ".join(map(self.terms.name, self.goal.variables))
        self.scope |= {*self.goal.variables}
        return f"intros {names_}; exact {self.premise(0)}"

    def specialise(self) -> str:
        [p, *_] = self.premises
        values: dict[Variable, Literal] = {}
        texts = []
        for v, x in zip(p.variables, self.node.given, strict=True):
            text = self.terms.nat(x) if v.kind == "natural" else self.terms.text(x)
            values[v] = Literal(text, x)
            texts.append(operand(text))
        return self.moved(p.body, values, f"({self.premise(0)} {' '.join(texts)})")

    def cut(self) -> str:
        given = {h: self.premise(0) for h, p in enumerate(self.writer.found.hypotheses) if p == self.premises[0]}
        return f"exact {self.premise(1, hypotheses=given)}"

    def conjunction(self) -> str:
        *first, whole = [self.premise(n) for n in range(len(self.premises))]
        for x in reversed(first):
            whole = f"(conj {x} {whole})"
        return f"exact {whole}"

    def part(self) -> str:
        [whole] = self.premises
        place, proof = whole.parts.index(self.goal), self.premise(0)
        for _ in range(place):
            proof = f"(proj2 {proof})"
        return f"exact {proof if place == len(whole.parts) - 1 else f'(proj1 {proof})'}"

    def derived(self) -> str:
        return f"exact {self.premise(len(self.premises) - 1)}"

    def induction(self) -> str:
        t, p = self.node.given
        name = self.terms.name(t)
        self.scope.add(t)
        base = self.moved(p, {t: Literal("0%nat", algebra.ZERO)}, self.premise(0), to_literal=True)
        known = {h: "IH'" for h, q in enumerate(self.writer.found.hypotheses) if q == p}
        after = self.premise(1, hypotheses=known)
        step = self.moved(p, {t: Literal(f"(S {name})", t + 1)}, after, to_literal=True)
        return f"intros {name}; induction {name} as [|{name} IH']; [{base} | {step}]"

    def rewrite(self) -> str:
        p, lines, given = self.premises[0], "", self.premise(0)
        self.scope |= bound_symbols(p)  # of which the equations speak too
        for place, (old, new) in enumerate(self.node.given, 1):
            equation = self.premises[place]
            sides = (
                self.premise(place) if (equation.lhs, equation.rhs) == (old, new) else f"(eq_sym {self.premise(place)})"
            )
            rewriting = Rewriting(self.terms, old, new, sides)
            after = rewriting.image(p)
            last = place == len(self.node.given)
            tactic = Move(self.terms, False, rewriting.literal).tactic(p, {}, given)
            if last:
                return lines + tactic
            lines += f"assert (W{place}' : {self.terms.stated(after)}) by ({tactic}); "
            given, p = f"W{place}'", after
        return lines + f"exact {given}"

    # -- order

    def positive_rule(self) -> str:
        factors = [
            (p.rhs - p.lhs, f"({self._difference('difference_lt', p, self.premise(n))})")
            for n, p in enumerate(self.premises)
            if type(p) is Less
        ]
        return self.positive(self.goal.rhs, *factors)

    def _difference(self, lemma: str, p: Any, proof: str) -> str:
        """That the difference, as a term, is positive."""
        text = self.terms.text(p.rhs - p.lhs)
        literal = f"{operand(self.terms.text(p.rhs))} - {operand(self.terms.text(p.lhs))}"
        return f"eq_ind _ (fun d' => 0 < d') ({lemma} _ _ {proof}) ({text}) (ltac:(polynomial) : {literal} = {text})"

    def arithmetic(self) -> str:
        goal, strict, weak, zero = self.goal, [], [], []
        rest = goal.rhs - goal.lhs
        posed = "".join(
            f"pose proof {self.premise(n)} as P{n}'; " for n in sorted({i for _, js in self.node.given for i in js})
        )
        for q, places in self.node.given:
            facts = [self.premises[n] for n in places]
            product = q
            for fact in facts:
                product = product * (fact.rhs - fact.lhs)
            rest = rest - product
            differences = [f"({operand(self.terms.text(p.rhs))} - {operand(self.terms.text(p.lhs))})" for p in facts]
            text = " * ".join([operand(self.terms.text(q)), *differences])
            if any(type(fact) is Equal for fact in facts):
                place = next(n for n in places if type(self.premises[n]) is Equal)
                zero.append((text, f"rewrite (difference_eq _ _ P{place}'); ring"))
            elif all(type(fact) is Less for fact in facts) and q.rational() != 0:
                strict.append((text, self._signs(q, places, True), self._signs(q, places, False)))
            else:
                weak.append((text, "", self._signs(q, places, False)))
        products = [*strict, *weak]
        texts = [text for text, *_ in products] + [text for text, _ in zero]
        lemma = {"Less": "lt_by", "LessEqual": "le_by", "Equal": "eq_by"}[type(goal).__name__]
        sides = f"{operand(self.terms.text(goal.lhs))} {operand(self.terms.text(goal.rhs))}"
        whole = " + ".join(texts) or "0"
        refined = f"{posed}refine ({lemma} ({whole}) {sides} _ _)"
        return then(refined, self.identity(rest, [q for q, _ in self.node.given]), self._sign_of_sum(products, zero))

    def _signs(self, q: Term, places: Sequence[int], strict: bool) -> str:
        """The proof that a coefficient times differences is positive, or not negative."""
        whole = f"(ltac:(lra) : 0 {'<' if strict else '<='} {operand(self.terms.text(q))})"
        for n in places:
            p = self.premises[n]
            fact = f"(difference_lt _ _ P{n}')" if type(p) is Less else f"(difference_le _ _ P{n}')"
            if strict:
                whole = f"(Rmult_lt_0_compat _ _ {whole} {fact})"
            else:
                fact = f"(Rlt_le _ _ {fact})" if type(p) is Less else fact
                whole = f"(Rmult_le_pos _ _ {whole} {fact})"
        return whole

    def _sign_of_sum(self, products: Sequence[tuple[str, str, str]], zero: Sequence[tuple[str, str]]) -> str:
        """That the sum of products is positive, or not negative, or 0."""
        nothing = [f"assert ({text} = 0) as E{n}' by ({tactic}); " for n, (text, tactic) in enumerate(zero)]
        rewritten = "".join(f"rewrite E{n}'; " for n in range(len(zero)))
        start = "".join(nothing) + rewritten
        if type(self.goal) is Equal:
            return start + "ring"
        if not products:
            return start + "lra"
        strict = type(self.goal) is Less
        _, positive, weak = products[0]
        whole = positive if strict else weak
        for _, _, weak in products[1:]:
            lemma = "Rplus_lt_le_0_compat" if strict else "Rplus_le_le_0_compat"
            whole = f"({lemma} _ _ {whole} {weak})"
        added = [text for text, *_ in products]
        if not zero:
            return f"exact {whole}"
        sign = "<" if strict else "<="
        return f"{start}assert (0 {sign} {' + '.join(added)}) as D' by exact {whole}; lra"

    def monotone(self) -> str:
        [fact] = self.premises
        lemma = f"{self.node.given}_{'lt' if type(fact) is Less else 'le'}"
        name = self.node.given
        ends = []
        for x, y in ((fact.lhs, self.goal.lhs), (fact.rhs, self.goal.rhs)):
            given = f"{name} {operand(self.terms.text(x))}"
            ends.append((given, self.terms.text(y), self._applied(name, x)))
        rule = "lt_as" if type(fact) is Less else "le_as"
        texts = " ".join(f"{operand(x)} {operand(y)}" for x, y, _ in ends)
        return then(f"refine ({rule} {texts} _ _ ({lemma} _ _ {self.premise(0)}))", *(t for *_, t in ends))

    def _applied(self, name: str, x: Term) -> str:
        """The tactic for a function of a text = its normal form."""
        literal = Literal(self.terms.text(x), x)
        if not name.endswith("_slack"):
            return self.terms.applied(Apply(name, x), [literal]).tactic or "reflexivity"
        inner = "sigmoid" if name == "sigmoid_slack" else "tanh"
        found = self.terms.applied(Apply(inner, x), [literal])
        put = (
            f"rewrite (ltac:({found.tactic}) : {found.text} = {self.terms.text(found.term)}); " if found.tactic else ""
        )
        return f"unfold {name}; {put}polynomial"

    def absolute_value(self) -> str:
        goal = self.goal
        ends = [goal.bound + (goal.value - goal.centre), goal.bound - (goal.value - goal.centre)]
        facts = self.premises
        texts = [f"({operand(self.terms.text(p.rhs))} - {operand(self.terms.text(p.lhs))})" for p in facts]
        parts = " ".join(operand(self.terms.text(x)) for x in (goal.value, goal.centre, goal.bound))
        same = [self.identity(p.rhs - p.lhs - end) for p, end in zip(facts, ends, strict=True)]
        signs = []
        for n, p in enumerate(facts):
            proof = self.premise(n) if type(p) is not Less else f"(Rlt_le _ _ {self.premise(n)})"
            signs.append(f"exact (difference_le _ _ {proof})")
        return then(f"refine (within_intro {parts} {' '.join(texts)} _ _ _ _)", *same, *signs)

    def sides(self) -> str:
        [near] = self.premises
        below = self.goal.rhs == near.value and self.goal.lhs == near.centre - near.bound
        lemma, sign = ("within_below", "-") if below else ("within_above", "+")
        centre, bound = operand(self.terms.text(near.centre)), operand(self.terms.text(near.bound))
        whole, other = f"({centre} {sign} {bound})", operand(self.terms.text(near.value))
        end = operand(self.terms.text(self.goal.lhs if below else self.goal.rhs))
        given = f"({lemma} _ _ _ {self.premise(0)})"
        if below:
            return then(f"refine (le_as {whole} {end} {other} {other} _ _ {given})", "polynomial", "reflexivity")
        return then(f"refine (le_as {other} {other} {whole} {end} _ _ {given})", "reflexivity", "polynomial")

    def extremum(self) -> str:
        return "extreme"

    def cases(self) -> str:
        p, hole, m = self.node.given
        extreme = m.application()
        lemma = f"by_cases_{extreme.function}"
        body = self.terms.stated(p, {hole: Literal("hole'", algebra.atom(hole))})
        premises = {q: n for n, q in enumerate(self.premises)}

        def proof(arguments: Sequence[Literal]) -> str:
            """That p holds at the extreme of some arguments."""
            x = arguments[0]
            one = self.moved(p, {hole: x}, self.premise(premises[substituted(p, {hole: x.term})]), to_literal=True)
            if len(arguments) == 1:
                return one
            return then(f"apply ({lemma} (fun hole' => {body}))", one, proof(arguments[1:]))

        arguments = [Literal(operand(self.terms.text(x)), x) for x in extreme.arguments]
        if extreme.function == "abs":
            arguments += [Literal(f"(- {x.text})", -x.term, "polynomial") for x in arguments]

        literal = {hole: Literal(operand(self.terms.text(m)), m)}
        whole = self.terms.stated(p, literal)
        return f"assert ({OTHER} : {whole}) by ({proof(arguments)}); {self.moved(p, literal, OTHER)}"

    # -- sums

    def empty_sum(self) -> str:
        return "apply sum_empty; natural"

    def last_term(self) -> str:
        a = self.goal.lhs.application()
        body, index, low, b = a.arguments
        [j] = index.symbols()
        last = self.terms.literal(body, {j: Literal(self.terms.nat(b), b)})
        rest = algebra.finite_sum(body, index, low, b - 1)
        given = self.terms.text(self.goal.lhs)
        start, end, name = self.terms.nat(low), self.terms.nat(b), self.terms.name(j)
        function = f"(fun {name} => {self.terms.text(body)})"
        literal = f"sum {operand(start)} (S {operand(end)}) {function}"
        right = f"{self.terms.text(rest)} + {operand(last.text)}"
        put = (
            f"try rewrite (ltac:({last.tactic}) : {last.text} = {self.terms.text(last.term)}); " if last.tactic else ""
        )
        goal = self.terms.text(self.goal.rhs)
        lemma = f"(sum_last {operand(start)} {operand(end)} {function} _)"
        refined = f"refine (equal_as ({literal}) ({given}) ({right}) ({goal}) _ _ {lemma})"
        return then(refined, "f_equal; natural", f"{put}polynomial", "lia")

    # -- limits

    @cached_property
    def limits(self) -> Limits:
        return Limits(self)


def _plainly_positive(x: Term) -> bool:
    """Whether a constant that is positive is a sum of positive products, or 1 less a tanh."""
    less = [mono for mono, c in x.monomials.items() if c < 0]
    return not less or (len(x.monomials) == 2 and x.monomials.get(algebra.ONE) == 1 and x.monomials[less[0]] == -1)


def _small(x: Term) -> bool:
    """Whether it is a sum of positive products with powers that Rocq can write out."""
    return all(c > 0 and all(n <= MOST for _, n in mono) for mono, c in x.monomials.items())


def _curves(x: Term) -> Iterator[Apply]:
    """tanh and sigmoid in a term, and in what it divides by."""
    for mono in x.monomials:
        for a, _ in mono:
            if isinstance(a, Apply) and a.function in quotients.CURVES:
                yield a
            elif isinstance(a, Apply) and a.function == "inverse":
                yield from _curves(a.argument)


def terms_in(x: Any) -> Iterator[Term]:
    if isinstance(x, Term):
        yield x
    elif isinstance(x, tuple):
        for part in x:
            yield from terms_in(part)


def propositions_in(x: Any) -> Iterator[Proposition]:
    if isinstance(x, Proposition):
        yield x
    elif isinstance(x, tuple):
        for part in x:
            yield from propositions_in(part)


RULES: dict[str, Callable[[Step], str]] = {
    "hypothesis": Step.hypothesis,
    "generalise": Step.generalise,
    "specialise": Step.specialise,
    "rewrite": Step.rewrite,
    "cut": Step.cut,
    "conjunction": Step.conjunction,
    "part of a conjunction": Step.part,
    "derived": Step.derived,
    "induction": Step.induction,
    "positive": Step.positive_rule,
    "arithmetic": Step.arithmetic,
    "monotone": Step.monotone,
    "absolute value": Step.absolute_value,
    "sides": Step.sides,
    "extremum": Step.extremum,
    "cases": Step.cases,
    "empty sum": Step.empty_sum,
    "last term": Step.last_term,
    "exponential decay": lambda step: step.limits.exponential_decay(),
    "geometric decay": lambda step: step.limits.geometric_decay(),
    "squeeze": lambda step: step.limits.squeeze(),
    "continuity": lambda step: step.limits.continuity(),
    "limit of a reciprocal": lambda step: step.limits.reciprocal(),
    "iterated limit": lambda step: step.limits.iterate(),
    "limit by expansion": lambda step: step.limits.by_expansion(),
    "divergence by expansion": lambda step: step.limits.by_expansion(),
}


def text_of_steps(found: Derivation) -> str:
    """The Rocq file of a derivation. Raises NotCovered for a rule or a function that has no lemma."""
    return Writer(found).text()
