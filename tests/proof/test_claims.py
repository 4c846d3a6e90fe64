"""Proof scripts: which claims and notes are a file's own, and what a note is not."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sympy import exp

from symlstm import Construction, ExitCode, Network, ReadoutTerm, k, main, pattern_counts
from symlstm.kernel.networks.statements import Computes
from symlstm.proof.claims import Claim, Note, Outcome, Verdict, check, claim, contradicted, load, run_script
from symlstm.steps import Less, arithmetic, assume, positive, real

LEMMA = """
from symlstm import claim
from symlstm.steps import positive
from sympy import Rational
NUMBER = {number}
@claim("L1", "a claim of the imported script")
def one(): return positive(Rational(NUMBER))
"""
THEOREM = """
from lemma import NUMBER, one
from symlstm import claim
@claim("T1", "a claim of its own")
def two(): return one.prove()
"""
NOTES = """
from symlstm.proof.claims import note
NOTES = (note("N1", "page 3", "rows and columns are mixed"), note("N2", "page 4", "nothing is tested"))
"""


@pytest.fixture
def write(tmp_path: Path):
    def at(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return at


def test_the_claims_of_an_imported_script_are_not_the_files_own(write):
    write("lemma.py", LEMMA.format(number=2))
    assert [made.id for made in load(write("theorem.py", THEOREM))] == ["T1"]


def test_an_imported_claim_can_be_used(write):
    write("lemma.py", LEMMA.format(number=2))
    [made] = load(write("theorem.py", THEOREM))
    assert str(check(made).outcome.theorem.conclusion) == "0 < 2"


def test_a_script_imports_from_its_own_folder_and_not_from_the_one_read_before(write):
    for folder, number in (("a", 2), ("b", 3)):
        write(f"{folder}/lemma.py", LEMMA.format(number=number))
    scripts = [run_script(write(f"{folder}/theorem.py", THEOREM)) for folder in "ab"]
    assert [script.names["NUMBER"] for script in scripts] == [2, 3]
    assert "lemma" not in sys.modules


def test_importing_leaves_other_modules_and_the_path_alone(write, monkeypatch):
    path, modules = list(sys.path), {**sys.modules}
    write("lemma.py", LEMMA.format(number=2))
    load(write("theorem.py", THEOREM))
    assert sys.path == path and modules.items() <= sys.modules.items()


def test_notes_are_kept_apart_from_claims(write):
    script = run_script(write("s.py", THEOREM.replace("from lemma import NUMBER, one", "") + NOTES))
    assert [type(made) for made in (*script.claims, *script.notes)] == [Claim, Note, Note]
    assert script.notes == list(script.names["NOTES"])
    assert script.notes[0].place == "page 3" and script.notes[0].source.endswith("s.py:8")


def test_notes_of_an_imported_script_are_not_the_files_own(write):
    write("remarks.py", NOTES)
    assert run_script(write("s.py", "from remarks import NOTES\n")).notes == []


def test_notes_are_listed_and_change_no_exit_code(write, capsys):
    script = write("s.py", LEMMA.format(number=2) + NOTES)
    assert main(["prove", str(script)]) == ExitCode.OK
    assert [line for line in capsys.readouterr().out.splitlines() if " note " in line] == [
        "   note  N1  page 3",
        "   note  N2  page 4",
    ]


def test_what_a_note_says_is_shown_on_request(write, capsys):
    main(["prove", str(write("s.py", LEMMA.format(number=2) + NOTES)), "-v"])
    assert "rows and columns are mixed" in capsys.readouterr().out


@pytest.mark.parametrize("option", [("-q",), ("-k", "L1 "), ("-k", "imported script")])
def test_notes_are_shown_unless_claims_were_selected_or_all_is_quiet(write, capsys, option):
    script = write("s.py", LEMMA.format(number=2) + LEMMA.format(number=3).replace("L1", "L2") + NOTES)
    main(["prove", str(script), *option])
    assert ("page 3" in capsys.readouterr().out) == ("imported script" in option)


def test_notes_are_records_of_their_own(write, capsys):
    main(["--json", "prove", str(write("s.py", LEMMA.format(number=2) + NOTES))])
    found = json.loads(capsys.readouterr().out)
    assert [claim["id"] for claim in found["claims"]] == ["L1"]
    assert [note["text"] for note in found["notes"]] == ["rows and columns are mixed", "nothing is tested"]


def test_a_file_of_notes_alone_has_no_claims(write):
    assert main(["prove", str(write("s.py", NOTES))]) == ExitCode.NO_CLAIMS


B, C = real("B"), real("C")
POSITIVE = Less(0, exp(B))
ASSUMED = Less(0, C)


def made(theorem, **stated) -> Claim:
    return claim("X", "a title", **stated)(lambda: theorem)


def product():
    """0 < e^B C under 0 < C."""
    return arithmetic(Less(0, exp(B) * C), (1, positive(exp(B)), assume(ASSUMED)))


@pytest.mark.parametrize(
    "stated",
    [
        made(positive(exp(B)), goal=POSITIVE),
        made(product(), goal=Less(0, exp(B) * C), given=[ASSUMED]),
        made(product(), given=[ASSUMED, POSITIVE]),
        made(product()),
    ],
)
def test_a_claim_proves_the_goal_that_it_states(stated):
    assert check(stated).error is None and check(stated).outcome.verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("stated", "needed"),
    [
        (
            made(positive(exp(B)), goal=Less(0, exp(C))),
            "found a theorem that says 0 < exp(B)\n  needed  its goal: 0 < exp(C)",
        ),
        (made(product(), goal=Less(0, exp(B) * C)), "found the hypothesis 0 < C\n  needed  hypotheses that are stated"),
        (made(product(), given=[POSITIVE]), "found the hypothesis 0 < C\n  needed  hypotheses that are stated"),
    ],
)
def test_another_conclusion_or_a_further_hypothesis_is_an_error(stated, needed):
    found = check(stated)
    assert needed in str(found.error) and found.outcome.verdict is Verdict.OPEN and not found.as_expected


def test_a_counterexample_must_be_one_to_the_goal():
    network = Network.from_gates(("a",), 1, {"b_ii": [k], "b_if": [k], "b_ig": [k]}, readout=[ReadoutTerm("c", 0)])
    wrong = Construction(network, pattern_counts(("a",), {("a",): 2})).outcome()
    found = wrong.theorem.conclusion
    right = Computes(found.system, found.readout, pattern_counts(("a",), {("a",): 1}))
    stated = claim("X", "counts", goal=contradicted(found), expect=Verdict.REFUTED)(lambda: wrong)
    assert check(stated).as_expected and check(stated).claimed == contradicted(found)
    assert "a counterexample to something else" in str(check(replace(stated, goal=right)).error)


@pytest.mark.parametrize("verdict", [Verdict.PROVED, Verdict.REFUTED])
def test_no_verdict_without_a_theorem(verdict):
    found = check(made(Outcome(verdict, None)))
    assert isinstance(found.error, TypeError) and found.outcome.verdict is Verdict.OPEN
