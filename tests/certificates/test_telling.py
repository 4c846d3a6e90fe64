"""What a certificate states is told from its own data, rounded so that it stays true."""

import pytest

from symlstm.certificates.recheck import KINDS
from symlstm.certificates.telling import TOLD, told

AT = {"scale": "1/2", "last": None, "constant": "0"}
LARGEST = {"scale": "1", "first": 1, "last": 10**21 + 1, "lower": "1/3", "upper": "2/3"}
SAID = [
    ("Computes", {}, "lim readout = specification, at every length"),
    (
        "Counterexample",
        {"words": ["a"], "limit": "1/2", "specified": [["1", [[0, 1]]]]},
        "lim readout = 1/2 after 1 word, for which a constant is specified",
    ),
    ("Trace", {"words": ["a", "b"]}, "lim readout after each of 2 words"),
    ("ErrorBound", {"k0": "2"}, "|readout - specification| bounded for k >= 2, at every length"),
    ("StepTable", {"rows": [], "k0": "1"}, "0 rows of gates and states for k >= 1, in every step"),
    ("Decides", {"threshold": "0"}, "lim readout on the specified side of 0, at every length"),
    (
        "DecidesBy",
        {"threshold": "0", "margin": "1/8"},
        "lim readout on the specified side of 0 by 1/8, at every length",
    ),
    ("Chooses", {}, "the limit of the specified readout is the largest, at every length"),
    (
        "Misdecision",
        {"words": ["a"], "limit": "1/2", "threshold": "0"},
        "lim readout = 1/2 after 1 word, not on the specified side of 0",
    ),
    (
        "Mischoice",
        {"words": ["a", "b"], "specified": 1},
        "the limit of the specified readout, number 1, is not the largest after 2 words",
    ),
    (
        "Computes",
        {"specification": {"values": []}, "constant": "-2"},
        "lim (readout - 2) = specification, at every length",
    ),
    ("DecidesAt", {**AT, "threshold": "1/2"}, "readout on the specified side of 1/2 at k = 1/2, at every length"),
    ("DecidesAt", {**AT, "threshold": "0", "last": 0}, "readout on the specified side of 0 at k = 1/2, up to 0 words"),
    (
        "WithinAt",
        {**AT, "bound": "1/3", "last": 1, "constant": "-2"},
        "|readout - 2 - specification| <= 0.33334 at k = 1/2, up to 1 word",
    ),
    ("ChoosesAt", AT, "the specified readout is the largest at k = 1/2, at every length"),
    (
        "RunAt",
        {**AT, "runs": [[["a", "b"], 3], [["a"], 1]], "lower": "-1/3", "upper": "1/3", "specified": True},
        "readout between -0.33334 and 0.33334 at k = 1/2 after 7 words, (a b)*3 a, for which acceptance is specified",
    ),
    (
        "FiniteError",
        {"worst": LARGEST},
        "largest |readout - specification| between 0.33333 and 0.66667 at k = 1, 1 <= T <= 1e21",
    ),
    (
        "ErrorAt",
        {"worst": {**LARGEST, "first": 9, "last": 9}},
        "largest |readout - specification| between 0.33333 and 0.66667 at k = 1, T = 9",
    ),
]


@pytest.mark.parametrize(("theorem", "data", "says"), SAID)
def test_a_certificate_is_told_in_a_line(theorem, data, says):
    assert told({"theorem": theorem, "title": "a title", **data}) == says


def test_every_kind_is_told():
    assert {*TOLD} == {*KINDS}
