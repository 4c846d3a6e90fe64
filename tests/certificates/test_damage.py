"""Damaged copies of certificates of every kind: none is verified while it says something that the true one does not say."""

import random
from fractions import Fraction
from functools import cache

import pytest
import sympy
from support import GALLERY
from support.damage import Case, damaged, derived, findings_of, rocq_accepts, says_the_same, weaker

from symlstm import Network, ReadoutTerm, k, pattern_counts, region, worst_case
from symlstm.certificates import compiler
from symlstm.certificates.exporting import certificate
from symlstm.certificates.margins import margins
from symlstm.certificates.subjects import Subject
from symlstm.certificates.verifying import VERIFIED
from symlstm.cli.networks import construction
from symlstm.kernel import algebra
from symlstm.kernel.networks.invariants import step_table
from symlstm.kernel.networks.regions import margins_at
from symlstm.model.network import real
from symlstm.search.scale.answer import at_scale

MIXED = range(30)


def of_file(name, theorem_of):
    own = construction(str(GALLERY / f"{name}.toml"))
    about = Subject(own.network, own.specification, own.threshold)
    return Case.of(name, certificate(theorem_of(own), own.network), about)


def of_region():
    """A counter that is right where two numbers are positive, and its margins."""
    p, q = sympy.symbols("p q", real=True)
    gates = {"W_ig": [[p * k, 0]], "b_ii": [100 * k], "b_if": [(q - p) * k], "b_io": [-100 * k]}
    network = Network.from_gates(("a", "b"), 1, gates, readout=[ReadoutTerm("c", 0)], parameters=(p, q))
    count = pattern_counts(("a", "b"), {("a",): 1})
    found = region(network, count)
    yield Case.of("a region", certificate(found.theorem, network), Subject(network, count))
    forms = tuple(sign.rhs - sign.lhs for sign in found.theorem.conclusion.cells[0])
    values = {real("p"): algebra.rational(1), real("q"): algebra.rational(3)}
    theorem = margins_at(forms, values)
    yield Case.of("margins", margins(theorem), stated=[(theorem.conclusion, None)])
    [cell] = found.cells
    largest = cell.largest_margin({p: 100, q: 100})
    yield Case.of("the largest margin", margins(largest), stated=[(largest.conclusion, None)])


@cache
def cases():
    """One of each kind of theorem, small ones."""
    made = [
        of_file("parity", lambda own: own.decision),
        of_file("failures/suppression_missing", lambda own: own.decision),
        of_file("delay_line", lambda own: own.trace(["a"], [0])),
        of_file("signed_counter", lambda own: own.error_bound),
        of_file("signed_counter", lambda own: step_table(own.rates, (real("g_1"), real("h_1")))),
        of_file("signed_counter", lambda own: worst_case(own, 4).theorem),
        of_file("decisions/tomita_1", lambda own: own.decision),
        of_file("decisions/tomita_1", lambda own: at_scale(own, Fraction(1)).right),
        of_file("bounded_count", lambda own: at_scale(own, Fraction(1)).right),
        *of_region(),
    ]
    return (*made, *derived())


def copies(seeds):
    """(case, where, copy) of each seed."""
    for seed in seeds:
        chance = random.Random(seed)
        case = cases()[seed % len(cases())]
        yield (case, *damaged(case.data, chance))


def says_no_more(case, path, copy):
    return says_the_same(copy, case.data) or weaker(path, case.data, copy)


def test_the_true_ones_are_verified():
    for case in cases():
        [finding] = findings_of(case, [case.data])
        assert finding.status == VERIFIED or finding.reason == "only Rocq checks derivations", (case.name, finding)


def test_damaged_copies_are_rejected_or_say_no_more():
    for case, path, copy in copies(MIXED):
        [finding] = findings_of(case, [copy])
        assert finding.status != VERIFIED or says_no_more(case, path, copy), (case.name, path)


@pytest.mark.rocq
@pytest.mark.slow
@pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")
def test_rocq_alone_rejects_damaged_copies_or_they_say_no_more():
    with compiler.rocq() as rocq:
        for case, path, copy in copies(MIXED):
            assert not rocq_accepts(case, copy, rocq) or says_no_more(case, path, copy), (case.name, path)
