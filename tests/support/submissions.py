"""Submissions to an exercise: count a. Right, wrong, malformed and cheating ones, each with what it should get."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from symlstm.model.file.template import new_construction

KEY = """
title = "how often a occurs"
points = 10
vocabulary = ["a", "b"]
[network]
cell = "lstm"
hidden = 3
[spec]
type = "pattern_counts"
terms = [{ weight = "1", pattern = ["a"] }]
[check]
length = 1000
[[credit]]
name = "limit"
points = 6
[[credit]]
name = "short"
points = 1
length = 1
[[credit]]
name = "scale"
points = 3
on = "scale"
"""

RIGHT = new_construction("right")
BIASES = 'bias_ih_l0 = ["100*k", "100*k", "0", "-100*k"]'
ROWS = """[["0",     "0"],     # i   written at every word (see the bias)
                ["0",     "0"],     # f   never forgets
                ["100*k", "0"],     # g   +1 at a, 0 at b
                ["0",     "0"]]     # o   closed: h stays 0"""
ZEROS = '[["0", "0"], ["0", "0"], ["0", "0"], ["0", "0"]]'
ONNX = '[["0", "0"], ["0", "0"], ["0", "0"], ["100*k", "0"]]'  # i, o, f, g
LATE = """
vocabulary = ["a", "b"]
[weights]
weight_ih_l0 = [["0", "0"], ["0", "0"], ["0", "0"], ["0", "0"], ["100*k", "0"], ["0", "0"], ["0", "0"], ["0", "0"]]
weight_hh_l0 = [["0", "0"], ["0", "0"], ["0", "0"], ["0", "0"], ["0", "0"], ["100*k", "0"], ["0", "0"], ["0", "0"]]
bias_ih_l0 = ["100*k", "100*k", "-100*k", "100*k", "0", "0", "100*k", "-100*k"]
[readout]
terms = [{ state = "c", index = 1 }]
"""
WATCHED = "seen"  # the file that a submission whose code runs would leave beside itself


class Submission(NamedTuple):
    """A file, the score and verdict that it should get, and a part of the message."""

    file: str
    content: str | bytes
    score: float
    verdict: str
    says: str


def changed(*pairs: tuple[str, str]) -> str:
    """The right file with some of it replaced."""
    text = RIGHT
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def as_json(**fields: object) -> str:
    """The right network as JSON, with further fields."""
    weights = {
        "weight_ih_l0": [[0, 0], [0, 0], ["100*k", 0], [0, 0]],
        "weight_hh_l0": [[0]] * 4,
        "bias_ih_l0": ["100*k", "100*k", 0, "-100*k"],
    }
    terms = [{"state": "c", "index": 0}]
    return json.dumps({"vocabulary": ["a", "b"], "weights": weights, "readout": {"terms": terms}} | fields)


class Trap:
    """Leaves a file when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (str(self.folder / WATCHED), "w")


def archive(folder: Path) -> bytes:
    """An .npz file with a pickle in it."""
    path = folder / "draft.npz"
    np.savez(path, weight_ih_l0=np.array([Trap(folder)], dtype=object))
    data = path.read_bytes()
    path.unlink()
    return data


DELAYED, SPEC = "delay = 0 ", "terms = [{ weight"
ZERO_NETWORK = ((ROWS, ZEROS), (BIASES, 'bias_ih_l0 = ["0", "0", "0", "0"]'))


def right() -> list[Submission]:
    """Right in several ways: all points, but for two whose scale is too small."""
    other = (
        ('["a", "b"]             #', '["b", "a"]             #'),
        ('["100*k", "0"],     # g', '["0", "100*k"],     # g'),
    )
    return [
        Submission("right.toml", RIGHT, 10, "proved", "right on every word sequence"),
        Submission("right.json", as_json(), 10, "proved", "right up to 5.18e21 words"),
        Submission("other_order_of_words.toml", changed(*other), 10, "proved", "right on every word sequence"),
        Submission(
            "half_a_cell.toml", changed(('"100*k", "0"],     # g', '"100*k", "0"],     # g ')), 10, "proved", ""
        ),
        Submission(
            "twice_the_half.toml",
            changed(('"100*k", "100*k", "0"', '"0", "100*k", "0"'), ('coeff = "1" }]\n\n', 'coeff = "2" }]\n\n')),
            10,
            "proved",
            "",
        ),
        Submission("tiny_scale.toml", changed(("100*k", "1/10*k")), 7, "proved", "at k = 1 wrong at 1 word: a"),
        Submission(
            "leaks.toml",
            changed(('"100*k", "100*k", "0"', '"100*k", "3*k", "0"')),
            7,
            "proved",
            "at k = 1 wrong at 6 words: a*6",
        ),
    ]


def wrong() -> list[Submission]:
    """Wrong in ten ways; only the one that is right on one word has a point."""
    return [
        Submission(
            "forgets_half.toml",
            changed(('"100*k", "100*k", "0"', '"100*k", "0", "0"')),
            1,
            "refuted",
            "found 3/2, needed 2",
        ),
        Submission(
            "forgets.toml",
            changed(('"100*k", "100*k", "0"', '"100*k", "-100*k", "0"')),
            1,
            "refuted",
            "then a adds 0 where 1 is needed",
        ),
        Submission(
            "onnx_order.toml",
            changed((ROWS, ONNX), (BIASES, 'bias_ih_l0 = ["100*k", "-100*k", "100*k", "0"]')),
            0,
            "refuted",
            "i, o, f, g (ONNX's)",
        ),
        Submission("no_k.toml", changed(("100*k", "100")), 3, "refuted", "hint: no weight has a k in it"),
        Submission(
            "late.toml", LATE, 0, "refuted", "hint: the delay is off by one: what you read is right, one word too late"
        ),
        Submission(
            "increment.toml",
            changed(('["100*k", "0"],     # g', '["1", "0"],     # g')),
            0,
            "refuted",
            "0 per unit of k in g_1 at word 1, a",
        ),
        Submission(
            "negative.toml",
            changed(('["100*k", "0"],     # g', '["-100*k", "0"],     # g')),
            0,
            "refuted",
            "found -1, needed 1",
        ),
        Submission(
            "twice.toml", changed(('coeff = "1" }]\n\n', 'coeff = "2" }]\n\n')), 0, "refuted", "found 2, needed 1"
        ),
        Submission(
            "counts_b.toml",
            changed(('["100*k", "0"],     # g', '["0", "100*k"],     # g')),
            0,
            "refuted",
            "wrong on the sequence: a: found 0, needed 1",
        ),
        Submission(
            "counts_both.toml",
            changed(('["100*k", "0"],     # g', '["100*k", "100*k"],     # g')),
            0,
            "refuted",
            "wrong on the sequence: b: found 1, needed 0",
        ),
        Submission("starts_at_one.toml", changed(('c0 = ["0"]', 'c0 = ["1"]')), 0, "refuted", "found 2, needed 1"),
    ]


def malformed() -> list[Submission]:
    """Files that are no network."""
    wide = '[["0", "0", "0"], ["0", "0"], ["0", "0"], ["0", "0"]]'
    return [
        Submission("empty.toml", "", 0, "malformed", "weights: found nothing"),
        Submission("prose.toml", "I could not do it, sorry.\n", 0, "malformed", "valid TOML"),
        Submission("bytes.toml", b"\xff\xfe\x00", 0, "malformed", "not UTF-8"),
        Submission("list.json", "[1, 2]", 0, "malformed", "not a table"),
        Submission("ragged.toml", changed((ROWS, wide)), 0, "malformed", "row [0] of 3 entries"),
        Submission(
            "three_gates.toml", changed((ROWS, '[["0", "0"], ["0", "0"], ["0", "0"]]')), 0, "malformed", "shape (4, 2)"
        ),
        Submission(
            "square.toml",
            changed(('["100*k", "0"],     # g', '["100*k^2", "0"],     # g')),
            0,
            "malformed",
            "affine in k",
        ),
        Submission(
            "nan.toml", changed(('["100*k", "0"],     # g', '["nan", "0"],     # g')), 0, "malformed", "a finite number"
        ),
        Submission(
            "no_such_cell.toml",
            changed(('state = "c", index = 0', 'state = "c", index = 7')),
            0,
            "malformed",
            "with index 0 to 0",
        ),
        Submission("notes.txt", "see right.toml", 0, "malformed", "the ending '.txt'"),
        Submission("model.pt", pickle.dumps([1]), 0, "malformed", "a pickle, which runs code when it is read"),
    ]


def cheating(folder: Path) -> list[Submission]:
    """Files that claim, order or run what would pay if it counted."""
    script = f"import os, sys; open({str(folder / WATCHED)!r}, 'w'); print({{'score': 10}}); os._exit(0)\n"
    zero_spec = (SPEC + ' = "1"', SPEC + ' = "0"')
    many = {
        "weight_ih_l0": [[0, 0]] * 16,
        "weight_hh_l0": [[0] * 4] * 16,
    }
    automaton = '[spec]\ntype = "wfa"\ninitial = ["0"]\nfinal = ["0"]\n[spec.matrices]\na = [["1"]]\nb = [["1"]]\n'
    return [
        Submission("own_specification.toml", changed(*ZERO_NETWORK, zero_spec), 0, "refuted", "found 0, needed 1"),
        Submission(
            "own_automaton.toml",
            changed(*ZERO_NETWORK).split("[spec]")[0] + automaton,
            0,
            "refuted",
            "found 0, needed 1",
        ),
        Submission(
            "expects_refuted.toml", 'expected = "refuted"\n' + changed(*ZERO_NETWORK), 0, "refuted", "found 0, needed 1"
        ),
        Submission(
            "late_for_ever.toml", changed(*ZERO_NETWORK, (DELAYED, "delay = 99 ")), 0, "refuted", "found 0, needed 1"
        ),
        Submission(
            "own_check.toml",
            changed(*ZERO_NETWORK) + "[check]\nscale = 1\nlength = 0\nwithin = 1000\n",
            0,
            "refuted",
            "wrong on the sequence: a",
        ),
        Submission(
            "own_domain.toml",
            changed(*ZERO_NETWORK) + '[domain]\nregex = "b*"\n',
            0,
            "refuted",
            "wrong on the sequence: a",
        ),
        Submission(
            "fewer_words.toml",
            changed(('["a", "b"]             #', '["b", "b"]             #')),
            0,
            "malformed",
            "the words of the exercise",
        ),
        Submission(
            "about_an_rnn.json",
            as_json(
                spec={"type": "sigmoid_rnn"},
                claim={"quantifier": "bound", "bound": "9", "at_k": 1},
                weights={"weight_ih_l0": [[0, 0]] * 4, "weight_hh_l0": [[0]] * 4},
            ),
            0,
            "refuted",
            "found 0, needed 1",
        ),
        Submission("too_large.json", as_json(weights=many), 0, "malformed", "a hidden size of 4 in all"),
        Submission(
            "results.json", '{"score": 10, "tests": [{"status": "passed"}]}', 0, "malformed", "weights: found nothing"
        ),
        Submission("grader.py", script, 0, "malformed", "a Python file, which is not run"),
        Submission("trap.npz", archive(folder), 0, "malformed", "allow_pickle"),
        Submission(
            "other_cell.json",
            as_json(
                cell="rnn_tanh",
                weights={"weight_ih_l0": [[0, 0]], "weight_hh_l0": [[0]]},
                readout={"terms": [{"state": "h", "index": 0}]},
            ),
            0,
            "malformed",
            "cell: found rnn_tanh",
        ),
        Submission("results.json.toml", 'verdict = "proved"\nscore = 10\n', 0, "malformed", "weights: found nothing"),
    ]


def write(folder: Path) -> list[Submission]:
    """Writes them all into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [*right(), *wrong(), *malformed(), *cheating(folder)]
    for submission in found:
        content = submission.content
        (folder / submission.file).write_bytes(content.encode() if isinstance(content, str) else content)
    return found
