"""Documents that the tests of the formats share: each is proved and assembled once."""

from __future__ import annotations

import json
import random
import tempfile
from functools import cache
from pathlib import Path

from support import PROOFS
from symlstm.cli.deriving import collected
from symlstm.proof.claims import Verdict
from symlstm.render.derivation.chapter import Part
from symlstm.render.documents.assembly import document
from symlstm.render.documents.document import Document
from symlstm.render.documents.output import FORMATS, FRAGMENTS

ODD_WORDS = ("50%", "a_b", "<b>", r"\input{x}", '"q"', "it's", "$x$", "#eval(1)", "`c`|d", "--", "*x*", "&amp;", "中文")
ODD_TITLE = r"""50% of a_b & <b>bold</b> \input{x} "q" 中文 $x^2$ #let `c` | ~"""
CONSTRUCTION = """
title = '''{title}'''
vocabulary = [{words}]
[weights]
weight_ih_l0 = [{zero}, {zero}, [{counted}], {zero}]
weight_hh_l0 = [["0"], ["0"], ["0"], ["0"]]
bias_ih_l0 = ["0", "0", "0", "0"]
bias_hh_l0 = ["100*k", "100*k", "0", "-100*k"]
[initial]
h0 = ["0"]
c0 = ["0"]
[readout]
delay = 0
terms = [{{state = "c", index = 0, coeff = "1"}}]
[spec]
type = "pattern_counts"
terms = [{{weight = "{weight}", pattern = ['''50%''']}}]
"""
SCRIPT = '''
"""Three claims, one of each verdict: e^B tanh(B) for B -> oo.

The introduction has c_t and "a_b" in it.
"""
from sympy import exp, tanh
from symlstm import Outcome, Verdict, Witness, claim
from symlstm.proof.claims import refuted, undecided
from symlstm.steps import arithmetic, positive
from symlstm.steps import LessEqual, real
from symlstm.model.activations import sigmoid

B = real("B")


def tail():
    return arithmetic(LessEqual(1 - sigmoid(B), exp(-B)), (1, positive(sigmoid(-B)), positive(exp(-B))))


@claim("P", "1 - sigmoid(B) <= e^-B")
def proved():
    return tail()


@claim("Q", "sigmoid(0) is above 1", expect=Verdict.REFUTED, statement="sigmoid(0) > 1 as 50% & a_b say")
def false():
    return refuted(positive(1 - sigmoid(B)), Witness(specified="2", value="0.5"), "it is 1/2")


@claim("R", "nobody knows", expect=Verdict.OPEN)
def unknown():
    return undecided("a margin is exactly 0")
'''


def construction(weight: str = "1") -> str:
    """A network that counts its first odd word, and one that is said to count it twice."""
    quoted = ", ".join(f"'''{word}'''" if "'" not in word else f'"{word}"' for word in ODD_WORDS)
    zero = str(["0"] * len(ODD_WORDS)).replace("'", '"')
    counted = ", ".join(['"100*k"'] + ['"0"'] * (len(ODD_WORDS) - 1))
    return CONSTRUCTION.format(title=ODD_TITLE, words=quoted, zero=zero, counted=counted, weight=weight)


WIDE = (  # shipped networks whose documents have much to fit in
    "decisions/dyck_2_3_generator.toml",
    "decisions/failures/tie_at_zero.toml",
    "failures/rnn_in_lstm_default_state.toml",
)


def unscaled(hidden: int = 8) -> str:
    """A network without k, as training leaves one: long decimals in every entry."""
    choose = random.Random(0)

    def entries(n: int) -> list[str]:
        return [f"{choose.uniform(-2, 2):.17f}" for _ in range(n)]

    weights = {
        "weight_ih_l0": [entries(6) for _ in range(4 * hidden)],
        "weight_hh_l0": [entries(hidden) for _ in range(4 * hidden)],
        "bias_ih_l0": entries(4 * hidden),
        "bias_hh_l0": ["0"] * 4 * hidden,
    }
    words = ["the", "cat", "dog", "不", "good", "vamos"]
    counts = {"type": "pattern_counts", "terms": [{"weight": "1", "pattern": ["cat"]}]}
    readout = {"delay": 0, "terms": [{"state": "c", "index": 0, "coeff": "1"}]}
    return json.dumps({"title": "trained", "vocabulary": words, "weights": weights, "readout": readout, "spec": counts})


@cache
def parts(name: str) -> tuple[Part, ...]:
    """The parts of a document: a shipped script's, all of them ("proofs"), or those of the files above."""
    if name == "proofs":
        return tuple(collected([], lambda _: None).parts)
    if name == "wide":
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "trained.json").write_text(unscaled())
            files = [str(PROOFS / "constructions" / file) for file in WIDE]
            return tuple(collected([*files, str(Path(folder, "trained.json"))], lambda _: None).parts)
    if name != "odd":
        return tuple(collected([str(PROOFS / f"{name}.py")], lambda _: None).parts)
    with tempfile.TemporaryDirectory() as folder:
        files = {"right.toml": construction(), "wrong.toml": construction("2"), "verdicts.py": SCRIPT}
        for file, content in files.items():
            Path(folder, file).write_text(content, encoding="utf-8")
        return tuple(collected([str(Path(folder, file)) for file in files], lambda _: None).parts)


@cache
def derived(name: str) -> Document:
    """The document."""
    return document(parts(name))


@cache
def written(name: str, form: str, *, fragment: bool = False) -> bytes:
    """The document in a format."""
    return FRAGMENTS[form](derived(name), name, False) if fragment else FORMATS[form](derived(name), False)


def verdicts(name: str) -> list[Verdict]:
    """What became of its claims."""
    return [result.outcome.verdict for part in parts(name) for result in part.results]
