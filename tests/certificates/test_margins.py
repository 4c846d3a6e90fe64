"""Margins: the values of forms at a point, and the largest of all, are checked again by both checkers."""

import json
from functools import cache
from pathlib import Path

import pytest
from support import GALLERY
from support.damage import changed

from symlstm.certificates import compiler, margins, recheck
from symlstm.certificates.rocq import text_of
from symlstm.certificates.rocq_reading import differences
from symlstm.certificates.subjects import NotCovered
from symlstm.cli.main import main
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable, rational
from symlstm.kernel.networks.regions import LargestMargin, largest_margin, margins_at

p, q = Variable("p"), Variable("q")
KAPPA, HALF = algebra.tanh(rational(1)), algebra.rational(1) / 2
P, Q = algebra.atom(p), algebra.atom(q)
FORMS = (KAPPA * P - Q, Q)
BEST = 50 * KAPPA
POINT = {p: rational(100), q: BEST}


@cache
def written():
    claimed = LargestMargin(FORMS, {p: rational(100)}, BEST, POINT)
    largest = largest_margin(claimed, (HALF, HALF, algebra.ZERO, HALF * KAPPA))
    at = margins_at(FORMS, POINT)
    return json.dumps([margins.margins(at), margins.margins(largest)])


def two():
    """The values at the point, and that it is the best."""
    return json.loads(written())


def test_both_are_accepted_and_read_back():
    for data, names in zip(two(), (["values"], ["sizes", "best"]), strict=True):
        recheck.check(data)
        assert differences(text_of(data), data) == []
        assert [name for name in names if f"Definition {name} " in text_of(data)] == names


KAPPA_TIMES = [["1", [[0, 1]]]]
FALSE = [  # which of the two, where, what stands there instead
    (0, ("values", 1), "38", "the values at the point", ["values"]),
    (0, ("values",), [], "the values at the point", ["values"]),
    (0, ("point", 0), str(2**70), "the values at the point", ["at_point"]),
    (0, ("point",), ["100"], "a number for each parameter", ["at_point"]),
    (0, ("forms", 0, 1, 1, 1), "1", "the values at the point", ["forms"]),
    (0, ("forms", 0, 1, 1, 0), 2, "a parameter of a form", ["forms"]),
    (0, ("atoms", 0), "2", "", ["table"]),
    (1, ("best",), "39", "a form below the value at the point", ["best"]),
    (1, ("best",), "38", "multipliers that leave something over", ["best"]),
    (1, ("bounds", 0, 1), "99", "the bounds at the point", ["sizes"]),
    (1, ("bounds", 0, 1), "101", "multipliers that leave something over", ["sizes"]),
    (1, ("bounds", 0, 0), 1, "multipliers that leave something over", ["sizes"]),
    (1, ("bounds", 0, 0), 2, "the bounds at the point", ["sizes"]),
    (1, ("bounds",), [], "shorter|longer", ["sizes"]),
    (1, ("forms", 1, 0), "1", "multipliers that leave something over", ["forms"]),
    (1, ("point", 1), "0", "a form below the value at the point", ["at_point"]),
    (1, ("proof", "multipliers"), ["0", "0"], "the signs of the multipliers", []),
    (1, ("proof", "multipliers", 0), "1", "multipliers that leave something over", []),
    (1, ("proof", "multipliers", 0), "-1/2", "the signs of the multipliers", []),
    (1, ("proof", "sides", 0, 0), "-1", "the signs of the multipliers", []),
    (1, ("proof", "sides", 0, 0), "1", "multipliers that leave something over", []),
    (1, ("proof", "sides"), [], "shorter|longer", []),
]
THERE = [(n, path, value, said) for n, path, value, said, _ in FALSE if path != ("atoms", 0)]


@pytest.mark.parametrize(("which", "path", "value", "message"), THERE, ids=lambda x: str(x)[:30])
def test_what_is_false_is_rejected(which, path, value, message):
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(two()[which], path, value))


@pytest.mark.parametrize(("which", "path", "value", "message", "names"), FALSE, ids=lambda x: str(x)[:30])
def test_a_change_of_the_statement_is_seen(which, path, value, message, names):
    data = two()[which]
    assert differences(text_of(changed(data, path, value)), data) == names


def test_forms_that_are_not_affine_have_no_certificate():
    with pytest.raises(NotCovered, match="not affine"):
        margins.margins(margins_at((P * Q,), POINT))


SCRIPT = """
from symlstm import claim
from symlstm.kernel import algebra
from symlstm.kernel.networks.regions import margins_at

p = algebra.Variable("p")

@claim("M1", "the value of a form")
def value():
    return margins_at((3 * algebra.atom(p),), {p: algebra.rational(2)})
"""


def test_a_certificate_is_compared_with_the_theorem_of_a_script(tmp_path, capsys):
    script, other, made = tmp_path / "margins.py", tmp_path / "other.py", tmp_path / "folder"
    script.write_text(SCRIPT)
    other.write_text(SCRIPT.replace("3 *", "4 *"))
    assert main(["certify", str(script), "-o", str(made)]) == 0
    assert main(["verify", "--with", "python", str(made), str(script)]) == 0
    assert "verified     M1: " in capsys.readouterr().out
    for file in (str(other), str(GALLERY / "parity.toml")):
        assert main(["verify", "--with", "python", str(made), file]) == 1
        assert f"rejected     M1: another statement than those of {Path(file).name}" in capsys.readouterr().out


@pytest.mark.rocq
@pytest.mark.slow
@pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")
def test_rocq_accepts_what_is_true_and_nothing_else():
    with compiler.rocq() as rocq:
        true = rocq.theorems({f"{n}": text_of(data) for n, data in enumerate(two())})
        assert not [reason for reason in true.values() if isinstance(reason, compiler.Rejected)]
        false = {f"{n}": text_of(changed(two()[n], path, value)) for n, path, value, _ in THERE[::5]}
        assert all(isinstance(reason, compiler.Rejected) for reason in rocq.theorems(false).values())
