"""Tables of steps: rows that are true are accepted, those that say more than is true are not, by both checkers."""

import json
from functools import cache

import pytest
from support import GALLERY, PROOFS
from support.damage import changed

from symlstm.certificates import compiler, recheck
from symlstm.certificates.exporting import certificate
from symlstm.certificates.rocq import text_of
from symlstm.certificates.rocq_reading import differences
from symlstm.cli.networks import construction
from symlstm.kernel.networks.invariants import step_table
from symlstm.model.network import real

NAMES = ("o_6", "g_6", "h_1", "a_o_1")


@cache
def shipped():
    """A table of a gate, a coordinate and a pre-activation of the sentiment network."""
    found = construction(str(PROOFS / "sentiment.py"))
    theorem = step_table(found.rates, tuple(map(real, NAMES)))
    return json.dumps(certificate(theorem, found.network))


def table():
    return json.loads(shipped())


def row(*found):
    """The first row of this situation, word and signal."""
    return next(n for n, given in enumerate(table()["rows"]) if given[:3] == [*found])


def test_signals_are_rows_of_the_stacked_weights_and_coordinates():
    assert [given[2] for given in table()["rows"][:4]] == [
        ["sigmoid", 23],
        ["tanh", 17],
        ["next", 0],
        ["preactivation", 18],
    ]
    assert table()["rows"][3][3] == ["50", "0"]  # 50 k on "bad"
    recheck.check(table())
    assert differences(text_of(table()), table()) == []


AFTER_BAD = [1, 0, ["tanh", 17]]
FALSE = [  # where in a row, what stands there instead
    (AFTER_BAD, (3, 1), "1", "row of tanh 17"),
    (AFTER_BAD, (4, 0, 2), "1/4", "row of tanh 17"),
    (AFTER_BAD, (4, 0, 1), str(2**70), "row of tanh 17"),
    (AFTER_BAD, (4,), [], "row of tanh 17"),
    (AFTER_BAD, (4,), [[0, "0", "-1000"], [0, "1", "1000"]], "row of tanh 17"),
    (AFTER_BAD, (4, 0, 2), "-1", "row of tanh 17"),
    (AFTER_BAD, (3, 0), "1", "the slope of tanh 17"),
    (AFTER_BAD, (0,), 0, "row of tanh 17"),
    (AFTER_BAD, (2, 0), "sigmoid", "row of sigmoid 17"),
    (AFTER_BAD, (2, 1), 18, "row of tanh 18"),
    (AFTER_BAD, (2, 1), 24, "a row of tanh 24"),
    (AFTER_BAD, (2,), ["next", 12], "coordinate 12"),
    (AFTER_BAD, (0,), 6, "a row of another situation or word"),
    (AFTER_BAD, (1,), 4, "a row of another situation or word"),
    ([0, 0, ["preactivation", 18]], (3, 0), "51", "the slope of preactivation 18"),
    ([0, 0, ["preactivation", 18]], (3, 1), str(2**70), "row of preactivation 18"),
    ([0, 0, ["next", 0]], (3, 1), "1", "row of next 0"),
]


@pytest.mark.parametrize(("given", "path", "value", "message"), FALSE, ids=lambda x: str(x)[:30])
def test_a_false_row_is_rejected(given, path, value, message):
    data = changed(table(), ("rows", row(*given), *path), value)
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(data)
    assert differences(text_of(data), table()) == ["rows"]


def test_no_term_of_a_bound_goes_below_what_is_shown():
    data = table()
    for given in data["rows"][::60]:
        given[4] = [*given[4], [0, "0", "-1000"]]
        with pytest.raises(recheck.Rejected, match="row of"):
            recheck.check(data | {"rows": [given]})
    with pytest.raises(recheck.Rejected, match="without rows"):
        recheck.check(data | {"rows": []})


STATED = [
    (("k0",), "2", ["k0"]),
    (("proof", "step", 0, 0), 2, ["leads"]),
    (("network", "layers", 0, "weight_ih", 18, 0, 0), str(2**70), ["net"]),
]


@pytest.mark.parametrize(("path", "value", "names"), STATED, ids=lambda x: str(x)[:30])
def test_a_change_of_what_rows_speak_of_is_seen(path, value, names):
    assert differences(text_of(table()), changed(table(), path, value)) == names


@pytest.mark.rocq
@pytest.mark.slow
@pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")
def test_rocq_accepts_the_true_rows_only():
    found = construction(str(GALLERY / "signed_counter.toml"))
    theorem = step_table(found.rates, tuple(map(real, ("g_1", "h_1", "a_i_1"))))
    data = json.loads(json.dumps(certificate(theorem, found.network)))
    kinds = [given[2][0] for given in data["rows"][:3]]
    false = [
        (("rows", kinds.index("tanh"), 4, 0, 2), "1/4"),
        (("rows", kinds.index("tanh"), 3, 1), "1/2"),
        (("rows", kinds.index("preactivation"), 3, 0), "51"),
        (("rows", kinds.index("next"), 3, 1), str(2**70)),
        (("k0",), "1/2"),
    ]
    with compiler.rocq() as rocq:
        rocq.theorem(text_of(data))
        for path, value in false:
            with pytest.raises(compiler.Rejected):
                rocq.theorem(text_of(changed(data, path, value)))
