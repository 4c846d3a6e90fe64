"""A theorem comes from a rule, keeps its hypotheses, and cannot be changed or mistaken for a truth value."""

import copy
import dataclasses
import pickle
from types import SimpleNamespace

import pytest
from flint import fmpq
from support import PROOFS

from symlstm import Construction, read_construction
from symlstm.kernel.networks.automata import Span
from symlstm.kernel.theorem import ARITHMETIC, RuleError, Theorem, conclude, trusted, walk
from symlstm.search.error.worst_case import general_bound, worst_case

leaf = conclude("p", "hypothesis", hypotheses=frozenset({"p"}), trusted=frozenset({ARITHMETIC}))
node = conclude("q", "rule", (leaf, leaf), hypotheses=frozenset({"r"}), trusted=frozenset())


def test_a_theorem_keeps_conclusion_rule_and_premises():
    assert (node.conclusion, node.rule, node.premises) == ("q", "rule", (leaf, leaf))


def test_hypotheses_are_inherited_and_only_discharged_ones_go():
    assert node.hypotheses == {"p", "r"}
    assert conclude("s", "rule", (node,), discharged=frozenset({"p"})).hypotheses == {"r"}


def test_walk_gives_premises_first_and_each_once():
    assert list(walk(node)) == [leaf, node]


def test_trusted_lists_the_engines_of_all_steps():
    assert trusted(node) == {ARITHMETIC}


@pytest.mark.parametrize("key", [None, object(), "key"])
def test_direct_construction_is_refused(key):
    with pytest.raises(RuleError, match=r"Theorem: found a direct construction"):
        Theorem("p", "rule", (), frozenset(), frozenset(), None, key)


def test_a_theorem_with_another_conclusion_cannot_be_made_from_it():
    with pytest.raises((TypeError, ValueError), match=r"key"):
        dataclasses.replace(leaf, conclusion="false")
    with pytest.raises(dataclasses.FrozenInstanceError):
        leaf.conclusion = "false"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_theorem_is_not_copied(copied):
    with pytest.raises(TypeError, match=r"a theorem is not copied or pickled"):
        copied(node)


def test_no_state_is_put_into_a_theorem():
    with pytest.raises(TypeError, match=r"a theorem is not copied or pickled"):
        leaf.__setstate__(["false", "rule", (), frozenset(), frozenset()])


class Impostor(Theorem):
    """A subclass that asks for no key."""

    def __post_init__(self, key):
        pass


NO_THEOREMS = [
    SimpleNamespace(conclusion="false", hypotheses=frozenset()),
    Impostor("false", "none", (), frozenset(), frozenset(), None, None),
]


@pytest.mark.parametrize("premise", NO_THEOREMS, ids=["look-alike", "subclass"])
def test_a_premise_that_is_no_theorem_is_refused(premise):
    with pytest.raises(RuleError, match=r"rule: found a premise that is no Theorem"):
        conclude("q", "rule", (leaf, premise))


def test_a_theorem_has_no_truth_value():
    with pytest.raises(TypeError, match=r"no truth value"):
        bool(leaf)


def test_a_refusal_says_rule_found_and_needed():
    refusal = RuleError("squeeze", "tends to 1", "tends to tanh(1)")
    assert str(refusal) == "squeeze: found tends to 1; needed tends to tanh(1)"
    assert (refusal.rule, refusal.found, refusal.needed) == ("squeeze", "tends to 1", "tends to tanh(1)")


CERTIFICATES = {
    "equality of weighted automata": Span,
    "induction over t": dict,
    "dynamic programming over contexts": tuple,
}


def test_a_theorem_about_a_network_has_its_certificate_as_data():
    file = read_construction(PROOFS / "constructions" / "two_counters.toml")
    construction = Construction(file.network, file.specification)
    theorems = (general_bound(construction, fmpq(1)), worst_case(construction, 5).theorem)
    found = {step.rule: step.certificate for theorem in theorems for step in walk(theorem)}
    assert {rule: type(found[rule]) for rule in CERTIFICATES} == CERTIFICATES
