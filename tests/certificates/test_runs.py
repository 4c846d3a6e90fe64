"""Runs at a scale as certificates: phrases repeated a million times are verified, and what is damaged or false is not."""

import json
from fractions import Fraction
from functools import cache

import pytest
from flint import arb, ctx
from support import GALLERY, PROOFS
from support.damage import changed

from symlstm.certificates import compiler, recheck
from symlstm.certificates.exporting import certificate
from symlstm.certificates.rocq import covers, text_of
from symlstm.certificates.rocq_reading import differences
from symlstm.certificates.subjects import is_about, machine
from symlstm.cli.networks import construction
from symlstm.kernel.networks.runs import run_at
from symlstm.search.scale.answer import asked
from symlstm.search.scale.following import Run, repeat
from symlstm.search.scale.verdict import replayed

MILLION = 10**6
REPEATED = {  # a file, words read at first, and a phrase that is read so many times after them
    "parity_held_by_38": (("x1",), ("x0",)),
    "dyck1": (("(",), ("(", ")")),
    "dyck_2_3_generator": (("open0", "close0"), ("open1", "open0", "close0", "close1")),
}
WRONG = {"merrill_sum": "1 1 1", "parity_small_weights": 48 * "one ", "hao_automaton_half": "a b"}


@cache
def found(name):
    return construction(str(GALLERY / "decisions" / f"{name}.toml"))


@cache
def written(name):
    question, _ = asked(found(name), Fraction(1), None)
    first, phrase = REPEATED[name]
    with ctx.workprec(128):
        run = Run(question, question.start, question.initial)
        assert run.read(first)
        assert repeat(run, phrase, MILLION, arb(1) / 8) is False
        theorem = run_at(question.goal, question.scale, run.phases, 128)
    return json.dumps(certificate(theorem, found(name).network))


def made(name="dyck1"):
    return json.loads(written(name))


@pytest.mark.parametrize("name", REPEATED)
def test_a_phrase_repeated_a_million_times_is_verified(name):
    data, own = made(name), found(name)
    recheck.check(data)
    assert (data["theorem"], data["runs"][-1][1]) == ("RunAt", MILLION)
    assert Fraction(data["upper"]) - Fraction(data["lower"]) < Fraction(1, 8)
    assert is_about(data, own.network, own.specification, own.threshold)
    assert not is_about(changed(data, ("constant",), "1"), own.network, own.specification, own.threshold)
    assert not is_about(data, own.network, None)


@cache
def published(name):
    return construction(str(PROOFS / "published" / f"{name}.toml"))


@cache
def wrong(name):
    theorem = replayed(asked(published(name), Fraction(1), None)[0], tuple(WRONG[name].split()))
    return json.dumps(certificate(theorem, published(name).network))


@pytest.mark.parametrize("name", WRONG)
def test_words_on_which_a_network_is_wrong_are_verified(name):
    data, own = json.loads(wrong(name)), published(name)
    recheck.check(data)
    assert is_about(data, own.network, own.specification, own.threshold)
    assert covers(data) and differences(text_of(data), data) == []


FALSE = [
    (("lower",), "0", "the readout between"),
    (("upper",), "-1", "the readout between"),
    (("constant",), "1", "the readout between"),
    (("specified",), True, "what is specified"),
    (("specified",), 0, "what is specified"),
    (("runs", 0, 1), 2, "the words of the phases"),
    (("runs", -1, 1), MILLION + 1, "the words of the phases"),
    (("scale",), "1/100", "outside its box|in the first box"),
    (("scale",), "0", "a scale > 0"),
    (("network", "layers", 0, "weight_ih", 4, 0, 0), "-100", "outside its box|in the first box"),
    (("network", "layers", 0, "c0", 0), "1", "in the first box"),
    (("readout", "terms", 1, 1), "2", "the readout between"),
    (("specification", "accept", 0), [[]], "what is specified"),
    (("specification", "start", 0), "-1", "what is specified"),
]
UNPROVED = [
    (("proof", "bits"), 10**5, "100000 binary places"),
    (("proof", "phases", 0, 0), [], "a phase without words"),
    (("proof", "phases", 0, 1), 0, "no whole number"),
    (("proof", "phases", -2, 1), MILLION, "the words of the phases|outside its box"),
    (("proof", "phases", -2, 2), None, "words one by one"),
    (("proof", "phases", -2, 2, 1), [[], []], "outside its box"),
    (("proof", "phases", -2, 2, 1, 1), [], "boxes before each word"),
    (("proof", "phases", -2, 2), [[[], []]], "boxes before each word"),
    (("proof", "phases", -2, 2, 0, 0, 0, 0), 9, "a coordinate of a box"),
    (("proof", "phases", -2, 2, 0, 0, 0, 0), 1, "a coordinate of a box"),
    (("proof", "phases", -2, 2, 0, 0, 0, 2), "-100", "a box without points"),
    (("proof", "phases", -2, 2, 0, 1, 2, 2), "100", "outside its box|the readout between"),
]


@pytest.mark.parametrize(("path", "value", "message"), [*FALSE, *UNPROVED], ids=lambda x: str(x)[:40])
def test_each_condition_is_looked_at(path, value, message):
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(made(), path, value))


def test_only_promised_words_have_a_run():
    data = made("dyck_2_3_generator")
    accept = ("specification", "domain", "accept")
    with pytest.raises(recheck.Rejected, match="not promised"):
        recheck.check(changed(data, accept, [[] for _ in data["specification"]["domain"]["accept"]]))


# -- in Rocq -------------------------------------------------------------------------------------------------------------

STATED = [
    (("lower",), "2", "lower"),
    (("upper",), "1", "upper"),
    (("constant",), "1", "added"),
    (("specified",), "4", "said"),
    (("runs", 0, 1), 2, "phrases"),
    (("scale",), "2", "at_k"),
    (("readout", "delay"), 1, "delay"),
    (("readout", "terms", 0, 1), "2", "terms"),
    (("network", "layers", 0, "weight_ih", 0, 1, 1), str(2**70), "net"),
    (("specification", "start", 0), "1", "spec"),
    (("specification", "values", 0, 0), "1", "said"),
]


@pytest.mark.parametrize(("path", "value", "name"), STATED, ids=lambda x: str(x)[:40])
def test_a_change_of_the_statement_is_seen(path, value, name):
    data = json.loads(wrong("merrill_sum"))
    other = changed(data, path, value)
    assert differences(text_of(other), data) == differences(text_of(data), other) == [name]


def test_long_runs_are_not_for_rocq():
    assert not covers(made())
    short = json.loads(wrong("merrill_sum"))
    assert not covers(changed(short, ("proof", "phases", 0, 1), 10**6))


@pytest.mark.rocq
@pytest.mark.slow
@pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")
def test_rocq_accepts_what_is_true_and_nothing_else():
    data = json.loads(wrong("merrill_sum"))
    true = {name: text_of(json.loads(wrong(name))) for name in ("merrill_sum", "parity_small_weights")}
    false = [
        text_of(changed(data, path, value)) for path, value, _ in STATED if path[0] not in ("readout", "specification")
    ]
    with compiler.rocq() as rocq:
        assert not [said for said in rocq.theorems(true).values() if isinstance(said, compiler.Rejected)]
        assert [n for n, text in enumerate(false) if not isinstance(rocq.one(text), compiler.Rejected)] == []


# -- machines on words that are repeated ---------------------------------------------------------------------------------

LONG = 200


@pytest.mark.parametrize("name", ["dyck1", "anbn", "majority", "tomita_3", "never_three_ahead", "steps_since_on"])
@pytest.mark.parametrize("times", [1, 2, 3, 6, 7, LONG])
def test_a_machine_is_where_it_is_word_by_word(name, times):
    own = found(name).specification
    words = found(name).network.vocabulary
    again = recheck.Machine(machine(own, words), len(words))
    for phrase in [(0,), (1,), (0, 1), (1, 0, 0), (0, 0, 1, 1)]:
        runs = [((0,), 5), (phrase, times), ((1,), 2)]
        spelled = [words[w] for part, n in runs for _ in range(n) for w in part]
        state, registers = own.reached(spelled)
        found_state, found_registers = recheck.reached(again, [([*part], n) for part, n in runs])
        assert (found_state, found_registers) == (state, [recheck.of(Fraction(int(x.p), int(x.q))) for x in registers])


def single(updates, tests=(), other=None, start=("0",)):
    """A machine of one state and one word."""
    moves = [[[*tests], 0, updates], *([[[], 0, other]] if other else [])]
    return recheck.Machine(
        {"initial": 0, "start": [*start], "moves": [[moves]], "values": [["0", [[0, "1"]]]], "domain": None}, 1
    )


UP, DOWN, DOUBLE = [["1", [[0, "1"]]]], [["-1", [[0, "1"]]]], [["0", [[0, "2"]]]]


@pytest.mark.parametrize(
    ("given", "times", "value"),
    [
        (single(UP), 10**27, 10**27),
        (single(UP, [[0, ">=", "0"]], DOWN), 10**27, 10**27),
        (single(UP, [[0, "<", "5"]], [["0", [[0, "1"]]]]), 10**27, 5),
        (single(DOUBLE, start=["1"]), 3000, 2**3000),
    ],
)
def test_repetitions_are_taken_together(given, times, value):
    assert recheck.reached(given, [([0], times)]) == (0, [recheck.of(value)])


@pytest.mark.parametrize(
    ("given", "times", "message"),
    [
        (single(UP, [[0, "<", "400"]], DOWN), 1000, "repeated too often"),
        (single(DOUBLE, [[0, "<", str(2**100)]], DOWN, ["1"]), 10**9, "repeated too often"),
        (single(DOUBLE, start=["1"]), 10**9, "grow too far"),
    ],
)
def test_what_is_not_taken_together(given, times, message, monkeypatch):
    monkeypatch.setattr(recheck, "STEPS", 300)
    with pytest.raises(recheck.Rejected, match=message):
        recheck.reached(given, [([0], times)])


def test_the_last_words_are_not_specified():
    runs = [([0], 2), ([1, 2], 3)]
    assert recheck.shortened(runs, 1) == [([0], 2), ([1, 2], 2), ([1], 1)]
    assert recheck.shortened(runs, 6) == [([0], 2)] and recheck.shortened(runs, 8) == []
    with pytest.raises(recheck.Rejected, match="shorter than the delay"):
        recheck.shortened(runs, 9)


@pytest.mark.parametrize(
    ("initial", "matrices", "final"),
    [
        (["1", "0"], [[["1", "0"]]], ["1", "0"]),
        (["1"], [[["1", "0"]]], ["1"]),
        (["1"], [[["1"]]], []),
        (["1"], [[]], ["1"]),
    ],
)
def test_an_automaton_of_other_shapes_is_none(initial, matrices, final):
    with pytest.raises(recheck.Rejected, match="the shapes of the specification"):
        recheck.linear_machine({"initial": initial, "matrices": matrices, "final": final})
