"""Codes: how few units an automaton needs where each state is a set of units, and where none can be."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from symlstm.builder import codes
from symlstm.builder.building import build
from symlstm.builder.extraction import automaton
from symlstm.builder.specified import from_words
from symlstm.builder.threshold_layer import ThresholdLayer, minimised
from symlstm.builder.units import pairs
from symlstm.builder.writing import text
from symlstm.cli.main import ExitCode, main
from symlstm.kernel.networks.machines import Machine
from symlstm.model.errors import InputError
from symlstm.model.file.construction_file import read_construction
from symlstm.model.specifications.languages import language
from symlstm.model.specifications.regular import regex
from symlstm.proof.claims import Verdict
from symlstm.search.construction import Construction

THIRD = "(a|b)*a(a|b)(a|b)"  # from the end


def specified(name: str) -> Machine:
    return language(name, ["a", "b"]) if name.isalnum() else regex(name, ["a", "b"])


UNITS = [  # states, units for pairs, units of a code, and of one whose sums are exact
    ("tomita1", 2, 3, 1, None),
    ("tomita2", 3, 4, 2, None),
    ("tomita3", 5, 7, 3, 4),
    ("tomita4", 4, 5, 3, None),
    ("tomita7", 5, 6, 3, ...),
    ("(a|b)*abb", 4, 4, 2, 3),
    ("((a|b)(a|b)(a|b))*", 3, 3, 2, 2),
    (THIRD, 8, 8, 3, 3),
    (THIRD + "(a|b)", 16, 16, 4, ...),
]


def sums(row, values):
    return sum(w * x for w, x in zip(row, values, strict=True))


def wrong_words(layer: ThresholdLayer, machine: Machine, exact: bool) -> list[str]:
    """Of up to 6 letters: those on which a sum is within its margin, or the readout is wrong."""
    found = []
    for n in range(1, 7):
        for word in map("".join, product("ab", repeat=n)):
            on = [*layer.start]
            for x in word:
                j = "ab".index(x)
                rows = zip(layer.words, layer.units, layer.thresholds, strict=True)
                above = [w[j] + sums(u, on) - t for w, u, t in rows]
                on = [2 * y >= 1 for y in above]
                if any((2 * y != 1 if exact else 2 * y < 1) if y > 0 else 2 * y > -1 for y in above):
                    found.append(word)
            read = sums(layer.readout, on) + layer.constant
            if not (read >= 1 if machine.says(machine.reached(word)) else read <= 0):
                found.append(word)
    return found


@pytest.mark.parametrize(("name", "states", "units", "coded", "exact"), UNITS)
def test_a_code_has_fewer_units_and_decides_with_its_margins(name, states, units, coded, exact) -> None:
    machine = specified(name)
    layers = [pairs(machine), codes.code(machine)]
    layers += [codes.code(machine, exact=True)] if isinstance(exact, int) else []
    assert [len(layer.units) for layer in layers] == [units, coded, exact][: len(layers)]
    for layer in layers:
        assert len(layer.automaton.states) == states
        assert wrong_words(layer, machine, exact=layer is not layers[1]) == []
    if exact is None:
        with pytest.raises(InputError, match="no code whose sums ReLU keeps exact"):
            codes.code(machine, exact=True)


@pytest.mark.parametrize(("variables", "functions"), [(2, 14), (3, 104)])
def test_as_many_functions_have_thresholds_as_are_known(variables: int, functions: int) -> None:
    """Muroga 1971: 14 of the 16 Boolean functions of two variables, 104 of the 256 of three."""
    points = [*product((0, 1), repeat=variables)]
    count = 0
    for on in product((False, True), repeat=len(points)):
        found = codes.separated(points, on)
        if found is not None:
            count += 1
            above = [2 * (sums(found.weights, x) - found.threshold) for x in points]
            assert all(y >= 1 if is_on else y <= -1 for y, is_on in zip(above, on, strict=True))
    assert count == functions


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn_tanh", "rnn_sigmoid", "relu"])
def test_a_shift_register_of_three_units_is_proved_again_from_its_file(cell: str, tmp_path: Path) -> None:
    wanted = from_words(["a", "b"], regex=THIRD)
    built = build(wanted.machine, cell, code="log")
    assert (built.states, built.units, built.limit.verdict) == (8, 3, Verdict.PROVED)
    assert built.at_weights.is_right_up_to(None) and built.float32 is not None
    assert automaton(built.construction.network).machine == minimised(wanted.machine)
    path = tmp_path / "built.toml"
    path.write_text(text(built, wanted.tables, ".toml"), encoding="utf-8")
    again = read_construction(path)
    proved = Construction(again.network, again.specification, threshold=again.threshold).outcome()
    assert proved.verdict is Verdict.PROVED and again.network.hidden == 3


REFUSED = [
    (language("parity", ["a", "b"]), "lstm", "no code of any number of units for these 2 states"),
    (language("tomita6", ["a", "b"]), "lstm", "no code of any number of units for these 3 states"),
    (language("tomita2", ["a", "b"]), "relu", r"keeps exact of 2 to 3 units for these 3 states \(all 1 tried\)"),
    (regex("(a|b)*", ["a", "b"]), "lstm", "found one state"),
    (regex("a" * 16, ["a"]), "lstm", "found 18 states"),
    (language("majority", ["a", "b"]), "lstm", "found registers"),
]


@pytest.mark.parametrize(("machine", "cell", "message"), REFUSED)
def test_what_has_no_code_is_refused_with_the_reason(machine: Machine, cell: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        build(machine, cell, code="log")


def test_what_is_not_looked_at_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "LOOKED", 1)
    with pytest.raises(InputError, match=r"keeps exact of 2 to 4 units for these 4 states \(\d tried, not all\)"):
        codes.code(language("tomita4", ["a", "b"]), exact=True)


def test_the_command_builds_a_code_or_names_the_other_way(tmp_path: Path, capsys) -> None:
    out = ["--words", "a b", "--code", "log", "-o", str(tmp_path / "x.toml")]
    assert main(["build", "--regex", "(a|b)*abb", *out]) == ExitCode.OK
    assert "hidden size 2; 4 states" in capsys.readouterr().out
    assert main(["build", "--language", "parity", *out, "--force"]) != ExitCode.OK
    assert "--code unit" in capsys.readouterr().err


def test_another_code_is_refused() -> None:
    with pytest.raises(InputError, match="one of unit, log"):
        build(language("parity", ["a", "b"]), code="gray")
