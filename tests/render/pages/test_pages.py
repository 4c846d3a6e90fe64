"""The pages in a real browser: at two widths, by keyboard, with the numbers of `symlstm run --json`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import GALLERY
from support.browser import PROGRAM, Browser

from symlstm import Construction, ExitCode, Network, ReadoutTerm, RuleError, k, main, pattern_counts
from symlstm.model.simulation.program import Program
from symlstm.render.pages import explore

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine")
Capture = pytest.CaptureFixture[str]
WIDTHS = (390, 1280)
WRONG = GALLERY / "failures" / "delay_off_by_one.toml"
NETWORKS = [
    "sentiment",
    str(WRONG),
    *(str(GALLERY / f"{name}.toml") for name in ("parity_in_a_sigmoid_rnn", "signed_counter")),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = Browser()
    yield found
    found.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Callable[..., Browser]:
    """Opens the page of a network."""

    def go(network: str, width: int = 1280) -> Browser:
        assert main(["explore", network, "-o", str(tmp_path / "page.html"), "-q"]) == ExitCode.OK
        browser.open(tmp_path / "page.html", width)
        return browser

    return go


def run_json(capsys: Capture, network: str, words: list[str]) -> Any:
    capsys.readouterr()
    assert main(["run", network, *words, "--trace", "--json"]) == ExitCode.OK
    return json.loads(capsys.readouterr().out)


def near(found: float, wanted: float) -> bool:
    return abs(found - wanted) <= 1e-12 * (1 + abs(wanted))


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_a_counterexample_is_walked_by_keyboard(opened: Callable[..., Browser], width: int) -> None:
    page = opened(str(WRONG), width)
    page.press("x")
    assert page.value("words") == ["a", "a"]
    assert page.value("at('where').textContent") == "After word 2 of 2: a"
    shown = page.value("[...document.querySelectorAll('#readout dd')].map((d) => d.textContent)")
    assert [float(text) for text in shown[:3]] == [0, 0, 1]
    page.press("ArrowLeft")
    assert page.value("at('where').textContent") == "After word 1 of 2: a"
    page.press("ArrowLeft", "2")
    assert page.value("words") == ["b"]
    page.press("Backspace")
    assert page.value("words") == []
    assert page.complaints == []


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("network", NETWORKS[:2])
def test_nothing_is_wider_than_the_window(opened: Callable[..., Browser], network: str, width: int) -> None:
    page = opened(network, width)
    page.press("1", "2", "1")
    assert page.value("document.documentElement.scrollWidth") == width


@pytest.mark.slow
def test_words_are_typed_and_buttons_reached_by_tab(opened: Callable[..., Browser]) -> None:
    page = opened("sentiment")
    page.press("Tab", "Enter")
    assert page.value("words") == ["bad"]
    page.value("at('typed').focus()")
    page.press(*"not good", " ", "u")
    assert page.value("[words, at('typed').getAttribute('aria-invalid')]") == [["not", "good"], "true"]
    page.press("h")
    assert page.value("[words, at('typed').getAttribute('aria-invalid')]") == [["not", "good", "uh"], "false"]


@pytest.mark.slow
@pytest.mark.parametrize("network", NETWORKS)
def test_the_page_computes_what_run_does(opened: Callable[..., Browser], capsys: Capture, network: str) -> None:
    page = opened(network)
    words = [page.value(f"data.vocabulary[{n} % data.vocabulary.length]") for n in (0, 1, 1, 2, 0, 3, 1, 0)]
    page.value(f"show({json.dumps(words)}, 0)")
    for n, step in enumerate(run_json(capsys, network, words)["trace"], 1):
        found = page.value(f"({{values: steps[{n}].values, limit: limit(steps[{n}]), specified: specified({n})}})")
        assert near(found["values"]["readout"], step["float64"])
        for kind in "hc":
            for j, wanted in enumerate(step[kind], 1):
                assert near(found["values"][f"{kind}_{j}'"], wanted)
        for gate in step["gates"]:
            name = gate["name"] if gate["name"] in found["values"] else f"{gate['name']}'"
            assert near(found["values"][name], gate["value"])
        for name in ("limit", "specified"):
            assert found[name] == (None if step[name] is None else pytest.approx(float(eval_rational(step[name]))))


def eval_rational(text: str) -> float:
    p, _, q = text.partition("/")
    return int(p) / int(q or 1)


@pytest.mark.slow
def test_the_current_state_is_lit(opened: Callable[..., Browser]) -> None:
    page = opened(str(GALLERY / "modulo_three.toml"))
    lit = "[...document.querySelectorAll('.state.current')].map((node) => node.id)"
    assert page.value(lit) == ["state 0"]
    seen = set()
    for _ in range(3):
        page.press("1")
        [state] = page.value(lit)
        assert state == f"state {page.value('steps[position].situation')}"
        seen.add(state)
    assert len(seen) > 1


@pytest.mark.slow
def test_the_certified_error_is_that_of_the_length(opened: Callable[..., Browser], capsys: Capture) -> None:
    page = opened("sentiment")
    page.press("1", "2")
    bound = float(page.value("data.bounds[1]"))
    certified = float(run_json(capsys, "sentiment", ["bad", "good"])["readout"]["error_bound"])
    assert certified <= bound <= 1.01 * certified


def test_a_page_whose_numbers_are_not_the_networks_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network.from_gates(["a"], hidden=1, gates={"W_ig": [[k]]}, readout=[ReadoutTerm("c", 0)])
    construction = Construction(network, pattern_counts(["a"], {("a",): 1}))
    explore.explore_page(construction)
    monkeypatch.setattr(Program, "run", lambda self, inputs: dict.fromkeys(self.names, 0.5))
    with pytest.raises(RuleError, match="page"):
        explore.explore_page(construction)


def test_what_a_file_says_is_text_on_the_page(browser: Browser, tmp_path: Path) -> None:
    word = "</script><b>bold"
    network = Network.from_gates([word], hidden=1, gates={"W_ig": [[k]]}, readout=[ReadoutTerm("c", 0)], title="<i>{x}")
    page = tmp_path / "page.html"
    page.write_text(explore.explore_page(Construction(network, pattern_counts([word], {(word,): 1}))))
    browser.open(page, 390)
    browser.press("1")
    assert browser.value("words") == [word]
    assert browser.value("document.querySelectorAll('main b, main i').length") == 0
    assert browser.complaints == []


@pytest.mark.slow
@pytest.mark.parametrize("width", WIDTHS)
def test_the_trace_as_a_page(browser: Browser, tmp_path: Path, width: int) -> None:
    file = GALLERY / "failures" / "margin_zero.toml"
    page = tmp_path / "trace.html"
    assert main(["run", str(file), "b", "a", "--html", str(page), "-q"]) == ExitCode.OK
    browser.open(page, width)
    assert browser.value("document.documentElement.scrollWidth") == width
    between = "[...document.querySelectorAll('td.between')].map((cell) => cell.innerText)"
    assert any("limit 1/2" in cell and "margin 0 k" in cell for cell in browser.value(between))
    browser.value("document.querySelector('details summary').focus()")
    browser.press("Enter")
    assert browser.value("document.querySelector('details').open")
    assert browser.complaints == []


DECISIONS = GALLERY / "decisions"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dyck1", "anbn_golden", "steps_since_on"])
def test_the_page_decides_what_run_does(opened: Callable[..., Browser], capsys: Capture, name: str) -> None:
    network = str(DECISIONS / f"{name}.toml")
    page = opened(network)
    words = [page.value(f"data.vocabulary[{n} % data.vocabulary.length]") for n in (0, 0, 1, 2, 0, 3, 1, 1)]
    page.value(f"show({json.dumps(words)}, 0)")
    for n, step in enumerate(run_json(capsys, network, words)["trace"], 1):
        found = page.value(f"({{said: specified({n}), now: values(steps[{n}]), shown: shown(specified({n}))}})")
        named = step["float64"] if isinstance(step["float64"], dict) else {"": step["float64"]}
        assert all(near(x, y) for x, y in zip(found["now"], named.values(), strict=True))
        assert found["said"] is None if step["specified"] is None else found["shown"] == step["specified"]
        if "decision" in step:
            assert page.value(f"shown(decision(values(steps[{n}])))") == step["decision_at_scale"]
            assert page.value(f"shown(decision(limits(steps[{n}])))") in (step["decision"], "nothing is claimed")
    page.press("1", "2")
    assert page.complaints == []
