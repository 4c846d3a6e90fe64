"""Derivations about real numbers as certificates: written and read, as Rocq files, whose theorem is read back."""

import ast
import contextlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from support import PROOFS, ROOT
from support.damage import changed

from symlstm.certificates import compiler, coverage, folder, recheck, verifying
from symlstm.certificates.rocq import text_of
from symlstm.certificates.rocq_reading import Unreadable
from symlstm.certificates.rocq_steps import RULES
from symlstm.certificates.steps import certificate_of
from symlstm.certificates.subjects import NotCovered
from symlstm.certificates.telling import statement
from symlstm.certificates.verifying import differing, reading
from symlstm.cli.main import main
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.kernel.asymptotics import Signs, limit
from symlstm.kernel.logic.bounds import arithmetic, cases, monotone, positive, sigmoid_slack
from symlstm.kernel.logic.propositions import Equal, Less, LessEqual, TendsTo, assume, cut, generalise, specialise
from symlstm.proof.claims import check, load

x, y, B = (Variable(name) for name in "xyB")
t = Variable("t", "natural")
QUICK = ("R1", "R2", "R3", "R4", "R7", "R8", "R9")  # with most of the rules


@cache
def claims():
    return {claim.id: claim for claim in load(PROOFS / "rnn_in_lstm.py")}


@cache
def written(name):
    return json.dumps(certificate_of(check(claims()[name]).outcome.theorem, name))


def made(name):
    return json.loads(written(name))


@pytest.mark.parametrize("name", QUICK)
def test_it_is_read_as_it_was_written(name):
    theorem, data = check(claims()[name]).outcome.theorem, made(name)
    assert statement(data) == (theorem.hypotheses, theorem.conclusion)
    assert differing(text_of(data), data) == []


def test_every_rule_of_the_kernel_is_in_the_table_of_coverage():
    """Rules are what `derive` and `conclude` are told by name in the kernel's source."""
    found = set()
    for path in (ROOT / "symlstm" / "kernel").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                of = {"derive": 1, "conclude": 1, "_towards": 0}.get(node.func.id)
                if of is not None and isinstance(node.args[of], ast.Constant):
                    found.add(node.args[of].value)
    assert {row.kind for row in coverage.rules()} == found
    assert {*RULES} <= found


def test_the_page_of_coverage_is_what_the_package_says():
    assert (ROOT / "COVERAGE.md").read_text("utf-8") == coverage.page()


def by_sides(p, a):
    """p of |a| from p of a and p of -a."""
    return cases(p(algebra.atom(y)), y, algebra.absolute(a), assume(p(a)), assume(p(-a)))


SMALL = {
    "x/4 - sigmoid(x) increases": lambda: monotone(assume(LessEqual(x, y)), sigmoid_slack),
    "a power of ten": lambda: arithmetic(Less(0, algebra.rational(2**70)), (1, positive(algebra.rational(2**70)))),
    "names of Rocq": lambda: assume(Less(Variable("exp"), Variable("forall"))),
    "at another value": lambda: specialise(
        generalise(arithmetic(Equal((x + B) * (x - B), x**2 - B**2)), x), algebra.sigmoid(algebra.atom(B))
    ),
    "an absolute value by cases": lambda: by_sides(lambda y: LessEqual(t * x * y + algebra.tanh(y * x), 1), x - B),
    "a weaker hypothesis": lambda: cut(
        arithmetic(Less(1, x), (1, assume(Less(2, x))), (1, positive(algebra.rational(1)))),
        monotone(assume(Less(1, x)), algebra.exp),
    ),
    "a limit with a parameter": lambda: limit(
        algebra.tanh(x + B), x, 3, Signs()
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_small_theorems_are_read_back(name):
    data = json.loads(json.dumps(certificate_of(SMALL[name]())))
    assert differing(text_of(data), data) == []


def test_what_has_no_lemma_is_not_covered():
    data = certificate_of(assume(Less(0, algebra.relu(algebra.atom(x)))))
    with pytest.raises(NotCovered, match="relu"):
        text_of(data)


def test_another_statement_is_seen():
    """The last step's conclusion and hypotheses are what the theorem says."""
    data = made("R2")
    for other in (
        changed(data, ("hypotheses", 2, 2, 2, 0, 0), str(2**70)),
        changed(data, ("nodes", -1, "hypotheses"), data["nodes"][-1]["hypotheses"][:1]),
    ):
        assert differing(text_of(data), other) == ["the statement"]


INSERTED = [
    ("Section Statement.", "Section Statement.\nAxiom false : False."),
    ("Theorem statement", "Notation \"a <= b\" := True.\nTheorem statement"),
    ("Qed.", "Admitted."),
    ("lim (fun B", "lim (fun A"),
    ("Print Assumptions statement.\n", ""),
    ("(t : nat)", "(t : R)"),
    ("C + INR t", "C + 0 * INR t"),
]  # fmt: skip


@pytest.mark.parametrize(("here", "there"), INSERTED)
def test_nothing_else_stands_in_a_file(here, there):
    data = made("R3")
    text = text_of(data)
    assert here in text
    head, _, tail = text.rpartition(here)
    with contextlib.suppress(Unreadable):
        assert differing(head + there + tail, data)


def test_what_is_no_derivation_is_unreadable():
    for data in (
        {"symbols": [], "atoms": [], "hypotheses": [], "nodes": []},
        changed(made("R1"), ("nodes", -1, "premises"), [99]),
    ):
        with pytest.raises(Unreadable), reading():
            statement(data | {"theorem": "Proposition"})


SCRIPT = """
from symlstm.steps import Less, real
from symlstm import claim

@claim("X1", "one is less than everything", goal=Less(1, real("x")))
def one():
    raise NotImplementedError
"""


def test_a_claim_without_hypotheses_is_not_what_follows_from_one(tmp_path, capsys):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    assumed = certificate_of(assume(Less(1, Variable("x"))))
    folder.write(tmp_path / "made", folder.files([folder.Entry("X1", "one is less than everything", assumed)]))
    assert main(["verify", "--with", "python", str(tmp_path / "made"), str(script)]) == 1
    assert "another statement than those of script.py" in capsys.readouterr().out


def test_no_text_of_a_certificate_gets_into_a_rocq_file():
    """Names of variables are made into names; a function is one of those that the rule has."""
    data = json.loads(json.dumps(certificate_of(SMALL["x/4 - sigmoid(x) increases"]())))
    data["nodes"][-1]["given"] = 'exp_le. Qed. Notation "a <= b" := True. Lemma other'
    with pytest.raises(Unreadable, match="the function"), reading():
        statement(data)
    odd = assume(Less(Variable("x : R) : True. Axiom a : False. Theorem b (y"), 1))
    assert "Axiom" not in text_of(json.loads(json.dumps(certificate_of(odd))))


needs_rocq = pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")
FALSE = [  # a step that does not follow, in the certificate and so in both the statement and the proof
    ("R1", ("nodes", -1, "conclusion", 1, 1, 2, 0, 0), "1/2"),
    ("R2", ("nodes", -1, "conclusion", 2, 2, 0, 0), "2"),
    ("R3", ("nodes", -1, "conclusion", 2, 3, 1, 0), "2"),
]


@needs_rocq
@pytest.mark.rocq
@pytest.mark.slow
def test_rocq_accepts_what_is_true_and_nothing_else():
    texts = {name: text_of(made(name)) for name in QUICK}
    texts |= {name: text_of(json.loads(json.dumps(certificate_of(SMALL[name]())))) for name in SMALL}
    wrong = {f"false {n}": text_of(changed(made(name), path, value)) for n, (name, path, value) in enumerate(FALSE)}
    with compiler.rocq() as rocq:
        found = rocq.theorems(texts | wrong)
    assert {name for name, said in found.items() if isinstance(said, compiler.Rejected)} == {*wrong}
    assert verifying.PYTHON == coverage.PYTHON


# -- false theorems: what no kernel may prove, as certificates that someone might write ------------------------------------


@dataclass(eq=False)
class Forged:
    """What looks like a theorem to the exporter."""

    conclusion: Any
    rule: str
    premises: tuple["Forged", ...] = ()
    certificate: Any = None
    hypotheses: frozenset[Any] = frozenset()


d, zero, one = 1 - algebra.tanh(algebra.rational(200)), algebra.ZERO, algebra.rational(1)  # d is about 1e-174
size, ABSURD = algebra.absolute(d), LessEqual(1, 0)


def absurd(*premises):
    """1 <= 0, as the sum of some premises."""
    return Forged(ABSURD, "arithmetic", premises, tuple((one, (n,)) for n in range(len(premises))))


POSITIVE = Forged(Less(0, d), "positive")
NOBODY = Forged(ABSURD, "hypothesis", hypotheses=frozenset({ABSURD}))
FORGED = {  # |- 1 <= 0 by the ways in which an estimate may lose the sign of a constant; limits that are others
    "d <= |d| with -d for |d|": absurd(POSITIVE, Forged(LessEqual(d, -d), "extremum", certificate=(size, d))),
    "|d| = -d": absurd(POSITIVE, Forged(Equal(size, -d), "arithmetic", certificate=())),
    "0 < -d": absurd(Forged(Less(0, -d), "positive")),
    "max(d, 0) = 0": absurd(POSITIVE, Forged(Equal(algebra.maximum(d, zero), zero), "arithmetic", certificate=())),
    "max(d, 0) < d": absurd(Forged(Less(algebra.maximum(d, zero), d), "cases", (POSITIVE, POSITIVE),
                                   (Less(x, d), x, algebra.maximum(d, zero)))),
    "a hypothesis of nobody": Forged(ABSURD, "hypothesis"),
    "a hypothesis that shows itself": Forged(ABSURD, "cut", (NOBODY, NOBODY)),
    "a rule without premises": Forged(ABSURD, "derived"),
    "an equation of two numbers": Forged(Equal(1, 2), "arithmetic", certificate=()),
    "a negative coefficient": Forged(LessEqual(d, 0), "arithmetic", (POSITIVE,), ((algebra.rational(-1), (0,)),)),
    "a division by 0": Forged(Equal(B / B, 0 * B), "arithmetic", certificate=()),
    "tanh(sigmoid(x)) -> 1": Forged(TendsTo(algebra.tanh(algebra.sigmoid(algebra.atom(x))), (x,), 1), "limit by expansion"),
    "tanh(-x) -> 1": Forged(TendsTo(algebra.tanh(-x), (x,), 1), "limit by expansion"),
    "e^-x + 1 -> 0": Forged(TendsTo(algebra.exp(-x) + 1, (x,), 0), "limit by expansion"),
    "x -> 0": Forged(TendsTo(algebra.atom(x), (x,), 0), "continuity"),
    "1^t -> 0": Forged(TendsTo(B**t, (t,), 0), "geometric decay", (Forged(LessEqual(0, B), "positive"),
                                                                  Forged(Less(B, 1), "positive"))),
}  # fmt: skip


def forged(name):
    """The Rocq file of a false theorem, if it can be written."""
    try:
        return text_of(json.loads(json.dumps(certificate_of(FORGED[name]))))
    except (NotCovered, *verifying.MALFORMED):
        return ""


@needs_rocq
@pytest.mark.rocq
@pytest.mark.slow
def test_rocq_rejects_what_is_false():
    texts = {name: text for name in FORGED if (text := forged(name))}
    assert len(texts) >= 5
    with compiler.rocq() as rocq:
        found = rocq.theorems(texts)
    assert [name for name in texts if not isinstance(found[name], compiler.Rejected)] == []


def test_without_rocq_no_derivation_is_verified():
    """A derivation that nothing checks is not covered, whatever it says."""
    data = certificate_of(FORGED["0 < -d"])
    assert "Proposition" not in recheck.KINDS
    with pytest.raises(recheck.Rejected):
        recheck.check(data)
