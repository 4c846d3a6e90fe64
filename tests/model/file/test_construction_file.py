"""Construction files: what they mean, exactly; and for everything else one clear error within a second."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from support.hanging import no_hang
from sympy import Rational, tanh

from symlstm.cli.new import CHOICES, KINDS
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k
from symlstm.model.file import template
from symlstm.model.file.construction_file import ConstructionFile, read_construction
from symlstm.model.file.template import TEMPLATES, new_construction
from symlstm.model.specification import value
from symlstm.proof.claims import Verdict
from symlstm.search.construction import Construction

COUNTER: dict[str, Any] = {
    "title": "counter",
    "vocabulary": ["a", "b"],
    "weights": {
        "weight_ih_l0": [[0, 0], [0, 0], ["100*k", 0], [0, 0]],
        "weight_hh_l0": [["0"], ["0"], ["0"], ["0"]],
        "bias_ih_l0": ["100*k", "100*k", "0", "-100*k"],
    },
    "readout": {"terms": [{"state": "c", "index": 0}]},
    "spec": {"type": "pattern_counts", "terms": [{"weight": 1, "pattern": ["a"]}]},
}
WFA = {"type": "wfa", "initial": [1, 0], "final": [0, 1], "matrices": {"a": [[1, 1], [0, 1]], "b": [[1, 0], [0, 1]]}}
RNN = {"type": "sigmoid_rnn", "weight_ih": [[1, 0]], "weight_hh": [["1/2"]], "bias_ih": [0], "h0": ["1/3"]}
MISSING = object()


def changed(table: Any, place: str, new: Any) -> Any:
    """The table with another value at a place such as "weights.bias_ih_l0.2"; MISSING deletes it."""
    name, _, rest = place.partition(".")
    copy, key = (list(table), int(name)) if isinstance(table, list) else (dict(table), name)
    if rest:
        copy[key] = changed(table[key], rest, new)
    elif new is MISSING:
        del copy[key]
    else:
        copy[key] = new
    return copy


def embedding(claim: Any, **rnn: Any) -> dict[str, Any]:
    return changed(changed(COUNTER, "readout", MISSING), "spec", RNN | rnn) | {"claim": claim}


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., ConstructionFile]:
    """Reads a table, or raw text or bytes, as a file in `tmp_path`."""

    def read(content: Any, name: str = "net.json") -> ConstructionFile:
        data = (
            content
            if isinstance(content, bytes)
            else (content if isinstance(content, str) else json.dumps(content)).encode()
        )
        (tmp_path / name).write_bytes(data)
        return read_construction(tmp_path / name)

    return read


@pytest.fixture
def refusal(read: Callable[..., ConstructionFile], tmp_path: Path) -> Callable[..., str]:
    """The message about a file that is refused, without the folder."""

    def refusal(content: Any, name: str = "net.json") -> str:
        with no_hang(), pytest.raises(InputError) as error:
            read(content, name)
        return str(error.value).replace(f"{tmp_path}/", "")

    return refusal


def test_toml_and_json_say_the_same(read):
    toml, same = read(new_construction("counter"), "net.toml"), read(COUNTER)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "h0", "c0", "readout", "vocabulary", "delay", "title"):
        assert getattr(toml.network, name) == getattr(same.network, name)
    assert toml.specification == same.specification and toml.expected == same.expected == "proved"


def test_the_template_counts_a(read):
    file = read(new_construction('a "quoted" name'), "net.toml")
    assert file.title == 'a "quoted" name' and value(file.specification, ["a", "b", "a"]) == 2


@pytest.mark.parametrize(("cell", "kind"), [(cell, kind) for cell, kinds in TEMPLATES.items() for kind in kinds])
def test_every_template_is_proved_at_once(read, cell, kind):
    text = new_construction("mine", cell, kind)
    file = read(text, "mine.toml")
    assert file.title == "mine" and "symlstm prove mine.toml" in text and file.description
    assert file.network.cell.removeprefix("rnn_") == cell.removeprefix("rnn_")
    assert Construction(file.network, file.specification, file.threshold).outcome().verdict is Verdict.PROVED


def test_a_cell_has_a_usual_template_and_a_kind_a_first_cell():
    assert new_construction("x", cell="gru") == new_construction("x", "gru", "latch")
    assert new_construction("x", kind="automaton") == new_construction("x", "gru", "automaton")
    assert (tuple(TEMPLATES), template.KINDS) == (CHOICES, KINDS)


def test_a_kind_that_a_cell_has_no_template_of_is_refused():
    message = r"template: found stacked of step\n  needed  one of automaton\n  try     --cell lstm"
    with pytest.raises(InputError, match=message):
        new_construction("x", "step", "stacked")


@pytest.mark.parametrize("name", ["", "x" * 101, "two\nlines"])
def test_a_template_needs_a_printable_name(name: str):
    with pytest.raises(InputError, match="printable letters"):
        new_construction(name)


@pytest.mark.parametrize(
    ("written", "exact"), [("0.1", Rational(1, 10)), ("1e-3", Rational(1, 1000)), ("3", 3), ('"k"', k)]
)
def test_numbers_are_as_written_in_both_formats(read, written: str, exact: Any):
    toml = new_construction("counter").replace('coeff = "1"', f"coeff = {written}").replace('c0 = ["0"]', 'c0 = ["0"]')
    text = json.dumps(COUNTER).replace('["100*k", 0]', f"[{written}, 0]")
    assert read(text).network.weight_ih[2][0] == exact
    if exact != k:
        assert read(toml, "net.toml").network.readout[0].coeff == exact


@pytest.mark.parametrize(
    "written", ["exp(1)*k", "exp(-k)*exp(k)", "k^2 - k*k", "k*tanh(k)", "k^2*(1 - tanh(k))", "sigmoid(3*k + 1)"]
)
def test_an_entry_that_is_affine_in_k_up_to_what_vanishes_is_read(read, written: str):
    file = read(changed(COUNTER, "weights.weight_ih_l0.2.0", written))
    assert file.network.weight_ih[2][0].symbols() in ((), (k,))


def test_what_is_missing_is_zero_or_said_so(read):
    file = read({name: entry for name, entry in COUNTER.items() if name != "title"})
    assert file.title == "net" and file.description == file.source == ""
    assert file.network.bias_hh == (0, 0, 0, 0) and file.network.c0 == (0,) and file.network.delay == 0


def test_a_description_may_have_several_lines(read):
    assert read(COUNTER | {"description": "Counts a,\n  in one cell.\n"}).description == "Counts a, in one cell."


def test_initial_states_and_delay(read):
    table = COUNTER | {"initial": {"h0": ["tanh(1)"], "c0": [1]}, "expected": "refuted"}
    file = read(changed(table, "readout.delay", 2))
    assert (file.network.h0, file.network.c0, file.network.delay) == ((tanh(1),), (1,), 2)
    assert file.expected == "refuted"


def test_a_pattern_given_twice_counts_twice(read):
    terms = [{"weight": "1/2", "pattern": ["a", "b"]}, {"weight": 1, "pattern": ["a", "b"]}]
    assert value(read(changed(COUNTER, "spec.terms", terms)).specification, "ab") == fmpq(3, 2)


def test_a_weighted_automaton(read):
    assert value(read(changed(COUNTER, "spec", WFA)).specification, "abaab") == 3


def test_an_rnn_cell(read):
    table = COUNTER | {"cell": "rnn_tanh", "weights": {"weight_ih_l0": [["k", 0]], "weight_hh_l0": [[0]]}}
    file = read(changed(table, "readout.terms.0.state", "h"))
    assert file.network.cell == "rnn_tanh" and file.network.weight_ih == ((k, 0),)


def test_a_claim_about_a_sigmoid_rnn(read):
    claim = read(embedding({"quantifier": "limit", "scale": "tanh(1)"})).claim
    assert (claim.quantifier, claim.scale, claim.bound) == ("limit", tanh(1), None)
    assert claim.rnn.cell == "rnn_sigmoid" and claim.rnn.h0 == (Rational(1, 3),) and claim.rnn.bias_hh == (0,)


def test_a_claim_that_a_gru_contains_a_tanh_rnn(read):
    table = embedding({"quantifier": "limit", "scale": 2, "shift": "-1"}, type="contains", cell="rnn_tanh")
    weights = {"weight_ih_l0": [[0, 0]] * 3, "weight_hh_l0": [[0]] * 3}
    file = read(table | {"cell": "gru", "weights": weights, "embedding": [[1, 2], [0, "1/3"]]})
    assert (file.claim.rnn.cell, file.claim.scale, file.claim.shift, file.network.cell) == ("rnn_tanh", 2, -1, "gru")
    assert file.claim.rnn.encoding == file.network.encoding  # they read the same vectors
    assert file.claim.statement == "lim_(k -> oo) h_t = (2*y_t + (-1)), for every input word and every t"


def test_a_sigmoid_rnn_is_what_is_contained_unless_a_cell_is_named(read):
    claims = [read(embedding({"quantifier": "limit"}, type=kind)).claim for kind in ("contains", "sigmoid_rnn")]
    assert [(claim.rnn.cell, claim.shift) for claim in claims] == [("rnn_sigmoid", 0)] * 2


def test_a_claim_with_a_bound(read):
    claim = read(embedding({"quantifier": "bound", "bound": "1e-9", "at_k": "7/2"})).claim
    assert (claim.scale, claim.bound, claim.at_k) == (1, Rational(1, 10**9), Fraction(7, 2))


WRONG: list[tuple[str, Any, str]] = [
    ("vocabluary", [], "vocabluary: found an unknown field\n  needed  one of title, description, source"),
    (
        "weights.weight_ih_l0_",
        [],
        "weights.weight_ih_l0_: found an unknown field\n  needed  one of weight_ih_l0, weight_hh_l0",
    ),
    ("weights.weight_ih_l1", [], "weights.weight_hh_l1: found nothing\n  needed  a list of rows"),
    ("num_layers", 2, "num_layers: found 2\n  needed  1: tensors are there of so many"),
    (
        "weights.weight_ih_l0_reverse",
        [],
        "weights.weight_ih_l0_reverse: found a bidirectional network\n  needed  one direction\n"
        "  try     each direction as a network of its own, the backward one on the words reversed",
    ),
    ("weights.weight_hh_l0", MISSING, "weights.weight_hh_l0: found nothing\n  needed  a list of rows, each a list"),
    ("weights", MISSING, "weights: found nothing\n  needed  a table"),
    ("weights", [1], "weights: found a list\n  needed  a table of fields"),
    ("vocabulary", MISSING, "vocabulary: found nothing\n  needed  a list of texts"),
    ("vocabulary", [], "vocabulary: found 0 texts\n  needed  1 to 4096"),
    ("vocabulary", ["a", "a"], "vocabulary: found 'a' twice\n  needed  each word once"),
    ("vocabulary", ["a", 1], "vocabulary[1]: found 1\n  needed  a text in quotes"),
    ("vocabulary", ["a", ""], "vocabulary[1]: found 0 letters\n  needed  1 to 2000"),
    ("vocabulary", ["a"], "weights.weight_ih_l0: found shape (4, 2)\n  needed  shape (4, 1)"),
    ("vocabulary", [str(i) for i in range(5000)], "vocabulary: found 5000 texts"),
    (
        "weights.weight_ih_l0.1",
        ["0"],
        "weights.weight_ih_l0: found row [0] of 2 entries, row [1] of 1 entries\n  needed  shape (4, 2)",
    ),
    (
        "weights.weight_hh_l0",
        [[0], [0]],
        "weights.weight_hh_l0: found shape (2, 1)\n  needed  shape (4*d, d) of a lstm",
    ),
    (
        "weights.weight_hh_l0",
        [[0]] * 1025,
        "weights.weight_hh_l0: found 1025 rows for 4 gates\n  needed  a hidden size",
    ),
    ("weights.bias_ih_l0", [0], "weights.bias_ih_l0: found shape (1,)\n  needed  shape (4,)"),
    ("weights.bias_ih_l0", "0", "weights.bias_ih_l0: found '0'\n  needed  a list of numbers or texts in k"),
    (
        "weights.weight_ih_l0.2.0",
        "100k",
        "weights.weight_ih_l0[2][0] (row 3, column 1): found '100k': 'k' at character 4",
    ),
    ("weights.weight_ih_l0.2.0", [0], "weights.weight_ih_l0[2][0] (row 3, column 1): found a list"),
    ("weights.weight_ih_l0.2.0", True, "weights.weight_ih_l0[2][0] (row 3, column 1): found true"),
    ("weights.weight_ih_l0.2.0", None, "weights.weight_ih_l0[2][0] (row 3, column 1): found null"),
    (
        "weights.weight_ih_l0.2.0",
        float("nan"),
        "(row 3, column 1): found 'NaN': 'NaN' at character 1\n  needed  a finite number",
    ),
    (
        "weights.weight_ih_l0.2.0",
        float("-inf"),
        "(row 3, column 1): found '-Infinity': 'Infinity' at character 2\n  needed  a finite",
    ),
    ("weights.weight_ih_l0.2.0", 10**200, "(row 3, column 1)"),
    ("weights.weight_ih_l0.2.0", "1/k", "weights.weight_ih_l0[2][0]: found 1/k"),
    ("weights.weight_ih_l0.2.1", "exp(k)", "weights.weight_ih_l0[2][1]: found exp(k)\n  needed  rationals, k, + - * /"),
    ("weights.bias_ih_l0.2", "k^2 + k", "weights.bias_ih_l0[2]: found k + k**2\n  needed  rationals, k, + - * /"),
    ("weights.bias_ih_l0.2", "exp(2*k)*(1 - tanh(k))", "as a whole affine in k: not k^2, 1/k or exp(k)"),
    ("weights.bias_ih_l0.2", "tanh(k^2)", "weights.bias_ih_l0[2]: found tanh(k**2)"),
    ("weights.bias_ih_l0.3", "1/0", "weights.bias_ih_l0[3]: found '1/0'"),
    ("initial", {"c0": ["k"]}, "initial.c0[0]: found k\n  needed  a constant, free of k"),
    ("initial", {"h0": [0, 0]}, "initial.h0: found shape (2,)\n  needed  shape (1,)"),
    ("readout", MISSING, "readout.terms: found no terms\n  needed  at least one"),
    ("readout.terms", {}, "readout.terms: found a table\n  needed  a list of tables"),
    ("readout.terms.0.state", "x", "readout.terms: found x[0]\n  needed  c or h with index 0 to 0"),
    ("readout.terms.0.index", 1, "readout.terms: found c[1]\n  needed  c or h with index 0 to 0"),
    ("readout.terms.0.index", 0.5, "readout.terms[0].index: found '0.5'"),
    ("readout.terms.0.coeff", "k", "readout.coeff: found k\n  needed  a constant, free of k"),
    ("readout.delay", -1, "readout.delay: found -1\n  needed  a whole number from 0 to 100"),
    ("readout.delay", True, "readout.delay: found true"),
    ("readout.delay", 10**30, "readout.delay: found"),
    ("cell", "grue", "cell: found 'grue'\n  needed  one of lstm, lstm_coupled"),
    ("cell", ["lstm", "gru"], "cell: found 2 cells for 1 layers\n  needed  one of lstm"),
    ("cell", ["lstn"], "cell: found 'lstn'\n  needed  one of lstm"),
    ("embedding", [["1"]], "embedding: found shape (1, 1)\n  needed  shape (2, p): a row for each word"),
    ("expected", "proven", "expected: found 'proven'\n  needed  one of proved, refuted, open\n  try     proved"),
    ("title", 1.5, "title: found '1.5'\n  needed  a text in quotes"),
    ("title", "x" * 2001, "title: found 2001 letters\n  needed  0 to 2000"),
    (
        "spec.type",
        "patern_counts",
        "spec.type: found 'patern_counts'\n  needed  one of pattern_counts, wfa, accepts, machine_value, argmax, contains, sigmoid_rnn"
        "\n  try     pattern_counts",
    ),
    ("title", "red \x1b[31m", "title: found 'red \\x1b[31m'\n  needed  printable letters, in one line"),
    ("a\nb", 1, "'a\\nb': found an unknown field"),
    ("vocabulary", ["a", "b\n"], "vocabulary[1]: found 'b\\n'\n  needed  printable letters"),
    ("spec.final", [], "spec.final: found an unknown field\n  needed  one of type, terms"),
    ("spec.terms.0.weight", "k", "spec.terms[0].weight: found 'k'\n  needed  a rational number, free of k"),
    (
        "spec.terms.0.pattern",
        ["c"],
        "spec.terms[0].pattern: found the pattern ['c']\n  needed  one or more words of ['a', 'b']",
    ),
    ("spec.terms.0.pattern", [], "spec.terms[0].pattern: found 0 texts\n  needed  1 to 256"),
    ("spec.terms.0.pattern", ["a"] * 256, "spec.terms: found a weighted automaton of 257 states"),
    ("spec", changed(WFA, "matrices.b", MISSING), "spec.matrices.b: found nothing\n  needed  a list of rows"),
    ("spec", changed(WFA, "matrices.c", []), "spec.matrices.c: found an unknown field\n  needed  one of a, b"),
    ("spec", changed(WFA, "matrices.b", [[1]]), "spec.matrices.b: found shape (1, 1)\n  needed  shape (2, 2)"),
    ("spec", changed(WFA, "final", [1]), "spec.final: found 1 entries\n  needed  2, as many as spec.initial"),
    ("spec", changed(WFA, "initial", []), "spec.initial: found a weighted automaton of 0 states"),
    ("spec", changed(WFA, "final.0", "tanh(1)"), "spec.final[0]: found 'tanh(1)'\n  needed  a rational number"),
    ("claim", {}, 'claim: found a claim about an RNN\n  needed  spec.type = "contains"'),
]


@pytest.mark.slow
@pytest.mark.parametrize(("place", "new", "message"), WRONG)
def test_what_is_wrong_is_named_with_its_place_and_need(refusal, place: str, new: Any, message: str):
    found = refusal(changed(COUNTER, place, new))
    assert found.startswith("net.json: ") and message in found and 2 <= len(found.splitlines()) <= 3
    assert found.count("net.json") == 1


CLAIMS: list[tuple[Any, str]] = [
    (embedding({"quantifier": "allways"}), "claim.quantifier: found 'allways'\n  needed  one of limit, every_k, bound"),
    (embedding({"quantifier": "bound", "at_k": 1}), "claim.bound: found nothing"),
    (
        embedding({"quantifier": "bound", "bound": 1, "at_k": 0}),
        "claim.bound: found 1 at k = 0\n  needed  a bound free of k",
    ),
    (
        embedding({"quantifier": "limit"}, weight_hh=[[0, 0], [0, 0]]),
        "spec.weight_ih: found shape (1, 2)\n  needed  shape (2, 2)",
    ),
    (embedding({"quantifier": "limit"}) | {"readout": COUNTER["readout"]}, "spec.type: found sigmoid_rnn"),
    (
        embedding({"quantifier": "limit"}, type="contains", cell="rnn_relu"),
        "spec.cell: found 'rnn_relu'\n  needed  one of rnn_sigmoid, rnn_tanh",
    ),
    (
        embedding({"quantifier": "limit"})
        | {"cell": "rnn_tanh", "weights": {"weight_ih_l0": [[1, 0]], "weight_hh_l0": [[1]]}},
        "spec.type: found sigmoid_rnn\n  needed  one layer of lstm or gru without a readout",
    ),
    (changed(embedding(1), "claim", MISSING), "claim: found nothing"),
]


@pytest.mark.parametrize(("table", "message"), CLAIMS)
def test_a_claim_that_does_not_fit_is_refused(refusal, table: Any, message: str):
    assert message in refusal(table)


RAW: list[tuple[str, Any, str]] = [
    ("net.json", b"", "a syntax error: expecting value: line 1 column 1"),
    ("net.json", b"{", "line 1 column 2"),
    ("net.json", b"[]", "a file that is not a table"),
    ("net.json", b"\xff\xfe", "a byte that is not UTF-8, in line 1"),
    ("net.json", b'{"title": "a", "title": "b"}', "the key 'title' twice"),
    ("net.json", b"[" * 1_000_000, "nested too deeply"),
    ("net.json", b'{"a":' * 200_000, "nested too deeply"),
    ("net.json", b"1" * 100_000, "a file that is not a table"),
    ("net.json", b" " * (8 * 1024 * 1024 + 1), "more than 8388608 bytes"),
    ("net.toml", b"a = 1\na = 2\n", "cannot overwrite a value (at line 2"),
    ("net.toml", b"a = \n", "invalid value (at line 1, column 5)"),
    ("net.toml", b"a = " + b"[" * 100_000, "nested too deeply"),
    ("net.toml", b"a = " + b"1" * 100_000, "4300"),
    ("net.toml", b"a." * 100_000 + b"a = 1", "more than 100 dots in a line (at line 1)"),
    ("net.toml", b"\n" * (512 * 1024 + 1), "more than 524288 bytes"),
    ("net.toml", b"title = 1979-05-27", "title: found 1979-05-27\n  needed  a text in quotes"),
    ("net.toml", b"title = \xc3", "a byte that is not UTF-8, in line 1"),
    ("net.toml", b"x = 1", "x: found an unknown field"),
    ("net.yaml", b"a: 1", "the ending '.yaml'\n  needed  .toml or .json"),
]


@pytest.mark.parametrize(("name", "data", "message"), RAW)
def test_what_is_no_construction_file_is_refused_at_once(refusal, name: str, data: bytes, message: str):
    assert message in refusal(data, name)


def test_a_missing_file_is_refused_with_its_neighbour(tmp_path: Path):
    (tmp_path / "parity.toml").touch()
    with pytest.raises(InputError, match=r"no such file\n.*\n  try     .*/parity\.toml"):
        read_construction(tmp_path / "partiy.toml")


def test_a_directory_is_refused(tmp_path: Path):
    (tmp_path / "net.toml").mkdir()
    with pytest.raises(InputError, match="found a directory"):
        read_construction(tmp_path / "net.toml")


def test_a_file_in_no_folder_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="no such file"):
        read_construction(tmp_path / "nowhere" / "net.toml")


@pytest.mark.slow
def test_a_list_of_millions_is_refused_at_once(refusal):
    text = json.dumps(COUNTER).replace('["100*k", 0]', "[" + "0," * 2_000_000 + "0]")
    assert "weights.weight_ih_l0[2]: found 2000001 entries\n  needed  at most 4096" in refusal(text)


@pytest.mark.slow
def test_millions_of_entries_are_refused_in_time(refusal):
    assert "more entries, or longer ones" in refusal(changed(COUNTER, "weights.weight_ih_l0", [[0] * 4096] * 200))


def test_a_network_of_64_cells_is_read(read):
    d, words = 64, [f"w{i}" for i in range(20)]
    tensors = {"weight_ih_l0": [["100*k"] * 20] * (4 * d), "weight_hh_l0": [["-3/2*k"] * d] * (4 * d)}
    table = COUNTER | {"vocabulary": words, "weights": tensors}
    with no_hang():
        assert read(changed(table, "spec.terms.0.pattern", ["w3"])).network.hidden == d


PLACES = ["title", "vocabulary", "vocabulary.0", "weights", "weights.weight_ih_l0", "weights.weight_ih_l0.2"]
PLACES += [
    "weights.weight_ih_l0.2.0",
    "weights.bias_ih_l0",
    "readout",
    "readout.terms",
    "readout.terms.0.index",
    "cell",
]
PLACES += [
    "readout.terms.0.coeff",
    "readout.delay",
    "spec",
    "spec.type",
    "spec.terms",
    "spec.terms.0.weight",
    "unknown",
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["k", "1/0", "lstm"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def read_or_refused(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        with no_hang():
            read_construction(path)
    except InputError as error:
        assert 2 <= len(str(error).splitlines()) <= 3 and str(path) in str(error)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["net.toml", "net.json"]), st.binary(max_size=200))
def test_any_bytes_are_an_input_error_or_read(tmp_path_factory: pytest.TempPathFactory, name: str, data: bytes):
    read_or_refused(tmp_path_factory.getbasetemp() / name, data)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_any_value_at_any_place_is_an_input_error_or_read(
    tmp_path_factory: pytest.TempPathFactory, place: str, new: Any
):
    read_or_refused(tmp_path_factory.getbasetemp() / "net.json", json.dumps(changed(COUNTER, place, new)).encode())


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_file_with_a_few_bytes_changed_is_an_input_error_or_read(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
):
    text = bytearray(new_construction("counter").encode())
    for _ in range(data.draw(st.integers(1, 4))):
        text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.sampled_from(b'[]{}"=.,\n0k#\\'))
    read_or_refused(tmp_path_factory.getbasetemp() / "net.toml", bytes(text))
