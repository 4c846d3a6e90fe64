"""What has no certificate is refused with the reason; what has one is about the network that was proved."""

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from flint import fmpq
from support import GALLERY, PROOFS
from support.networks import counter, sentiment

from symlstm.certificates.exporting import certificate
from symlstm.certificates.recheck import Rejected, check
from symlstm.certificates.subjects import NotCovered, is_about
from symlstm.cli.networks import construction
from symlstm.kernel import algebra
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.exact_tensors import k
from symlstm.model.specification import pattern_counts
from symlstm.search.construction import Construction

A = pattern_counts(("a", "b"), {("a",): 1})


def made(network, specification=A):
    theorem = Construction(network, specification).decision
    return certificate(theorem, network)


def test_another_network():
    theorem = Construction(counter(), A).decision
    with pytest.raises(NotCovered, match="another network"):
        certificate(theorem, counter(1))


def test_an_embedding_is_not_left_out():
    """With its words exchanged by the embedding, the tensors alone are another network."""
    swapped = replace(counter(), embedding=[[0, 1], [1, 0]])
    with pytest.raises(NotCovered, match="something else than its words"):
        made(swapped, pattern_counts(("a", "b"), {("b",): 1}))


def test_a_constant_that_is_no_sum_of_products_of_tanh():
    network = replace(counter(), bias_ih=[100 * k, 100 * k, 0, -k * sympy.exp(1)])
    with pytest.raises(NotCovered, match="only tanh of constants"):
        made(network)


def with_constant(constant, start=Fraction(1, 2)):
    """The counter of a, read with a constant, and what that is: start + #a."""
    size = len(A.initial)
    matrices = {w: (*((*row, fmpq(0)) for row in m), (*(fmpq(0),) * size, fmpq(1))) for w, m in A.matrices.items()}
    more = fmpq(start.numerator, start.denominator)
    specification = WeightedAutomaton((*A.initial, more), matrices, (*A.final, fmpq(1)))
    return replace(counter(), constant=constant), specification


def test_a_rational_constant_of_the_readout_stands_on_the_other_side():
    network, specification = with_constant(Fraction(1, 2))
    data = made(network, specification)
    check(data)
    assert is_about(data, network, specification)
    assert not is_about(data, counter(), specification)
    assert not is_about(data, replace(network, constant=Fraction(1, 3)), specification)
    other = replace(network, constant=Fraction(-1, 2))
    refuted = made(other, specification)
    check(refuted)
    assert refuted["theorem"] == "Counterexample" and is_about(refuted, other, specification)


def test_the_certificate_of_another_constant_is_refused():
    network, specification = with_constant(Fraction(1, 2))
    data = made(network, specification)
    data["specification"]["final"][-1] = "-1/3"
    with pytest.raises(Rejected):
        check(data)


def test_the_error_at_every_length_with_a_constant():
    network, specification = with_constant(Fraction(1, 2))
    theorem = Construction(network, specification).error_bound
    data = certificate(theorem, network)
    check(data)
    assert is_about(data, network, specification)


def test_a_constant_of_the_readout_that_is_no_rational_has_no_certificate():
    network, specification = with_constant(algebra.tanh(algebra.rational(1)))
    with pytest.raises(NotCovered, match=r"the constant tanh\(1\): only rational numbers"):
        made(network, specification)


def test_the_error_of_one_length():
    found = construction(str(PROOFS / "sentiment.py"))
    data = certificate(found.error_at(10), found.network)
    check(data)
    assert (data["theorem"], data["worst"]["last"]) == ("ErrorAt", 10)


@pytest.mark.parametrize("name", ["parity", "half_votes", "delay_line", "parity_in_a_sigmoid_rnn"])
def test_it_is_about_its_own_network_only(name):
    found = construction(str(GALLERY / f"{name}.toml"))
    data = certificate(found.decision, found.network)
    assert is_about(data, found.network, found.specification)
    assert not is_about(data, *sentiment())
    assert not is_about(data, replace(found.network, delay=found.network.delay + 1), found.specification)
    words = found.network.vocabulary
    assert not is_about(data, found.network, pattern_counts(words, {(words[0],): 7}))
