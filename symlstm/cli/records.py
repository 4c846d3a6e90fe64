"""What `symlstm prove --json` prints: one object, in the form of schema 1."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from symlstm.cli.attempt import Source, explanation, unread
from symlstm.cli.details import claimed
from symlstm.cli.main import ExitCode
from symlstm.kernel.theorem import Theorem, Unsupported, trusted
from symlstm.model.errors import InputError
from symlstm.proof.claims import Claim, Result, Verdict, Witness
from symlstm.proof.scale import recheck_record
from symlstm.render.formulas import latex
from symlstm.render.statements import plain as text
from symlstm.render.statements.conclusions import formulas, specification_of
from symlstm.render.statements.specifications import described

SCHEMA = 1


class Records:
    """Collects results and prints them at the end. Used like a Listing."""

    def __init__(self, verbose: bool = False) -> None:
        self._verbose = verbose
        self._claims: list[dict[str, Any]] = []
        self._notes: list[dict[str, str]] = []

    def source(self, source: Source) -> None:
        """A file begins: nothing to record."""

    def unread(self, source: Source, error: BaseException) -> None:
        """A file could not be read: on stderr, and as a record."""
        self.failed(source, error)
        said = explanation(error, source.path, False)
        self._claims.append(empty_record(source.path, unread(source), said))

    def failed(self, source: Source, error: BaseException) -> None:
        """A claim raised, or its file could not be read: on stderr."""
        print(f"symlstm: {explanation(error, source.path, self._verbose)}", file=sys.stderr)

    def begin(self, claim: Claim) -> None:
        """A claim is about to be tried: nothing to record."""

    def result(self, result: Result) -> None:
        """One claim's record."""
        self._claims.append(record(result))

    def notes(self, source: Source) -> None:
        """A file's remarks: id, place, text and source of each."""
        self._notes += map(asdict, source.notes)

    def end(self, code: ExitCode, elapsed: float) -> None:
        """Prints the object."""
        notes = {"notes": self._notes} if self._notes else {}
        print(json.dumps({"schema": SCHEMA, "exit": int(code), "claims": self._claims, **notes}, indent=2))


def record(result: Result) -> dict[str, Any]:
    """A result as the fields of schema 1: `statement` and `latex` are what was proved, or else what was claimed.

    What is known of the theorem that refutes a claim stands in `refutation`.
    """
    claim, outcome, theorem = result.claim, result.outcome, result.outcome.theorem
    is_proved = outcome.verdict is Verdict.PROVED
    said = result.claimed if theorem is None or not is_proved else theorem.conclusion
    return {
        "id": claim.id,
        "name": claim.name,
        "source": claim.source,
        "verdict": outcome.verdict.value if result.error is None else "failed",
        "expected": claim.expected.value,
        "statement": text.statement(said) if is_proved else claimed(result),
        "latex": None if said is None else formula(said),
        **(nothing() if theorem is None or not is_proved else proof_record(theorem)),
        "refutation": None if theorem is None or is_proved else refutation_record(theorem),
        "witness": None if outcome.witness is None else witness_record(outcome.witness),
        "reason": outcome.reason if result.error is None else said_of(result.error),
        "at_scale": None if result.at_scale is None else result.at_scale.record,
        "seconds": round(result.seconds, 6),
        **recheck_record(result.recheck),
    }


def said_of(error: BaseException) -> str:
    """An error in a line."""
    return str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"


def empty_record(path: Path, verdict: str, reason: str) -> dict[str, Any]:
    """The record of a file without claims: "malformed", "failed", or "open" where the time was up; and why."""
    texts = {"id": path.stem, "name": path.stem, "source": path.as_posix(), "verdict": verdict, "expected": "proved"}
    rest = {"statement": "", "latex": None, **nothing(), "refutation": None, "witness": None, "at_scale": None}
    return {**texts, **rest, "reason": reason, "seconds": 0.0}


def proof_record(theorem: Theorem) -> dict[str, Any]:
    """How it was proved."""
    assumed = text.hypotheses(theorem)
    return {"method": theorem.rule, "hypotheses": assumed, "trusted": sorted(trusted(theorem))}


def nothing() -> dict[str, Any]:
    """The same fields where nothing was proved."""
    return {"method": None, "hypotheses": [], "trusted": []}


def refutation_record(theorem: Theorem) -> dict[str, Any]:
    """What contradicts a claim, and how that was proved."""
    said = theorem.conclusion
    return {"statement": text.statement(said), "latex": formula(said)} | proof_record(theorem)


def formula(conclusion: object) -> str | None:
    """The statement in LaTeX, with its specification; null if something in it has no notation."""
    specification = specification_of(conclusion)
    try:
        about = [] if specification is None else [*described(specification)]
        return latex.display([*formulas(conclusion), *about])
    except Unsupported:
        return None


def witness_record(witness: Witness) -> dict[str, Any]:
    """A witness as the fields of schema 1, and its details after them."""
    words = None if witness.words is None else list(witness.words)
    fixed = {"words": words, "limit": witness.limit, "specified": witness.specified, "value": witness.value}
    return fixed | {key: value for key, value in witness.details.items() if key not in fixed}
