"""`symlstm run --trace`, `--word` and `--html`: the gates with their limits and margins."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from support import GALLERY

from symlstm import ExitCode, main, read_construction
from symlstm.model.named_equations import named_equations
from symlstm.model.simulation.program import program_of
from symlstm.model.simulation.running import float_machine, run_floats
from symlstm.render.statements.board import short

Capture = pytest.CaptureFixture[str]
FAILURES = GALLERY / "failures"


def trace(capsys: Capture, network: object, *words: str) -> Any:
    assert main(["run", str(network), *words, "--trace", "--json"]) == ExitCode.OK
    return json.loads(capsys.readouterr().out)["trace"]


def gate(step: Any, name: str) -> Any:
    [found] = [gate for gate in step["gates"] if gate["name"] == name]
    return found


def test_json_has_every_gate_with_limit_and_margin(capsys: Capture) -> None:
    steps = trace(capsys, FAILURES / "threshold_for_a_full_flag.toml", "a", "b")
    assert [gate["name"] for gate in steps[0]["gates"]] == [f"{letter}_{j}" for letter in "ifgo" for j in (1, 2)]
    late = gate(steps[1], "i_2")
    assert late["preactivation"] == pytest.approx(100 * math.tanh(1) - 80)
    assert late["value"] == pytest.approx(1 / (1 + math.exp(-late["preactivation"])))
    assert (late["limit"], late["margin"]) == ("0", "100*tanh(1) - 80")
    assert late["margin_value"] == pytest.approx(100 * math.tanh(1) - 80)


def test_a_tie_has_margin_0_and_limit_one_half(capsys: Capture) -> None:
    [step] = trace(capsys, FAILURES / "margin_zero.toml", "b")
    assert (gate(step, "i_2")["limit"], gate(step, "i_2")["margin"]) == ("1/2", "0")


def test_the_units_of_an_rnn_are_its_gates(capsys: Capture) -> None:
    [step] = trace(capsys, GALLERY / "parity_in_a_sigmoid_rnn.toml", "one")
    assert [gate["name"] for gate in step["gates"]] == ["h_1", "h_2"]
    assert all(gate["value"] == pytest.approx(1 / (1 + math.exp(-gate["preactivation"]))) for gate in step["gates"])


def board(capsys: Capture, n: int) -> list[str]:
    assert main(["run", str(FAILURES / "threshold_for_a_full_flag.toml"), "a", "b", "--word", str(n)]) == ExitCode.OK
    return capsys.readouterr().out.splitlines()


def test_a_word_in_full_goes_from_symbols_to_numbers_to_the_result(capsys: Capture) -> None:
    lines = [" ".join(line.split()) for line in board(capsys, 2)]
    assert "word 2: b (x_2 = 1, k = 1)" in lines
    assert "before it: h_1 = 0.761594, h_2 = 2.49773e-122, c_1 = 1, c_2 = 6.71418e-79" in lines
    assert (
        "a_i_2 = -180*k + 100*h_1*k + 100*k*x_2 = -180*1 + 100*0.761594*1 + 100*1*1 = -3.84058"
        " margin 100*tanh(1) - 80 per unit of k"
    ) in [line.replace("100*x_2*k", "100*k*x_2") for line in lines]
    assert "i_2 = sigmoid(a_i_2) = sigmoid(-3.84058) = 0.0210293 -> 0" in lines
    assert "readout = c_2' = 0.0210293 -> 0, specified 1" in lines


@pytest.mark.parametrize("n", [0, 3])
def test_a_word_that_is_not_there_is_refused(capsys: Capture, n: int) -> None:
    words = ["run", str(FAILURES / "margin_zero.toml"), "a", "b", "--word", str(n)]
    assert main(words) == ExitCode.USAGE
    assert f"--word: found {n}" in capsys.readouterr().err


FILES = [path for path in sorted(GALLERY.glob("*.toml")) if read_construction(path).claim is None]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_operations_of_a_page_compute_what_the_network_does(path: Path) -> None:
    network = read_construction(path).network
    words = [network.vocabulary[(n * n + n // 3) % len(network.vocabulary)] for n in range(20)]
    run, program, machine = run_floats(network, words), program_of(network), float_machine(network, 1, "float64")
    start = (*machine.h0, *machine.c0)
    state = {s.name: float(x) for s, x in zip(network.state_symbols, start, strict=True)}
    for n, word in enumerate(words):
        found = program.run({f"x_{j}": float(word == w) for j, w in enumerate(network.vocabulary, 1)} | state)
        assert found["readout"] == pytest.approx(run.readout[n], rel=1e-12, abs=1e-12)
        state = {name: found[f"{name}'"] for name in state}


def test_equal_gates_keep_their_own_names() -> None:
    equations = {
        str(e.name): str(e.expression) for e in named_equations(read_construction(GALLERY / "parity.toml").network)
    }
    assert equations["c_1'"] == "c_1*f_1 + g_1*i_1"
    assert equations["h_1'"] == "o_1*tanh(c_1')"
    assert (equations["g_1"], equations["o_1"]) == ("tanh(a_g_1)", "sigmoid(a_o_1)")


SHORT = [
    (200.0, "200"),
    (0.0, "0"),
    (math.tanh(1), "0.761594"),
    (1 - 1e-9, "1 - 1e-09"),
    (3.7200759760208e-44, "3.72008e-44"),
]


@pytest.mark.parametrize(("value", "text"), SHORT)
def test_a_number_on_the_board(value: float, text: str) -> None:
    assert short(value) == text
