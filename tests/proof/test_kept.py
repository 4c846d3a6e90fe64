"""Kept certificates: used again, searched again where they are stale, and never believed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from symlstm.kernel.theorem import RuleError
from symlstm.proof import kept
from symlstm.proof.order import prove
from symlstm.steps import Less, LessEqual, assume, exp, real, sigmoid

a, b = real("a"), real("b")
GOAL = LessEqual(a * b, 1)
FACTS = [LessEqual(0, a), LessEqual(a, 1), LessEqual(0, b), LessEqual(b, 1)]


def entries(path: Path) -> dict[str, dict[str, object]]:
    return json.loads(path.with_suffix(".certificates").read_text(encoding="utf-8"))


def kept_for(path: Path) -> str:
    """Proves the goal with the store of a script, and writes it."""
    with kept.beside(path) as store:
        theorem = prove(GOAL, [*map(assume, FACTS)])
        store.write()
    assert theorem.conclusion == GOAL and theorem.hypotheses <= {*FACTS}
    return theorem.rule


def test_what_was_found_is_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = kept_for(tmp_path / "proof.py")
    monkeypatch.setattr("symlstm.proof.attempts.certificate", lambda *_: pytest.fail("searched again"))
    assert kept_for(tmp_path / "proof.py") == first


def test_damaged_entries_are_searched_again(tmp_path: Path) -> None:
    """Whatever stands in the file, the theorem is the goal's."""
    path = tmp_path / "proof.py"
    kept_for(path)
    [key] = entries(path)
    pick = random.Random(3)
    odd = [None, -1, 99, "x", [], {}, [["-1/1", [0]]], [["1/0", [0]]], [["1/1", [77]]], [["2/3", [0, 1]], ["1/1", []]]]
    for _ in range(12):
        damaged = {"attempt": pick.choice([0, 1, 4, None, "x"]), "products": pick.choice(odd)}
        path.with_suffix(".certificates").write_text(json.dumps({key: damaged}), encoding="utf-8")
        kept_for(path)


@pytest.mark.parametrize("text", ["", "[", "[1, 2]", "null", "3"])
def test_a_file_that_is_none_is_no_harm(tmp_path: Path, text: str) -> None:
    (tmp_path / "proof.certificates").write_text(text, encoding="utf-8")
    kept_for(tmp_path / "proof.py")


def test_a_false_goal_stays_refused_whatever_is_kept(tmp_path: Path) -> None:
    goal = Less(exp(a), sigmoid(a))
    key = kept.fingerprint(goal, 3, 3, (False, True))
    for products in ([["1/1", [0]]], [["1/1", []]], [["1/2", [1, 1]]]):
        (tmp_path / "proof.certificates").write_text(
            json.dumps({key: {"attempt": 1, "products": products}}), encoding="utf-8"
        )
        with kept.beside(tmp_path / "proof.py"), pytest.raises(RuleError):
            prove(goal)


@pytest.mark.slow
def test_what_is_kept_does_not_depend_on_the_order_of_sets(tmp_path: Path) -> None:
    """Places of facts are counted in an order of their texts: the file of one run serves the next."""
    script = (
        "from pathlib import Path\n"
        "from symlstm.proof import kept\n"
        "from symlstm.steps import *\n"
        "a, b, c = map(real, 'abc')\n"
        "goal = Less(sigmoid(a) * tanh(b) * sigmoid(c), exp(a) + sigmoid(b) + 1)\n"
        "with kept.beside(Path('x.py')) as store:\n"
        "    auto(goal)\n"
        "    print(sorted(map(str, store.found.items())))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed}, cwd=tmp_path, check=True,
            capture_output=True, text=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(outputs) == 1
