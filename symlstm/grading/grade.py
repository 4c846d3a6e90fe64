"""The grade of one submitted file: its score, and what its author can act on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from symlstm.grading.judging import Judge, Mark
from symlstm.grading.key import Credit, Key
from symlstm.grading.slips import slip
from symlstm.grading.submission import network_of
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.errors import InputError
from symlstm.model.file.construction_file import ConstructionFile
from symlstm.model.scaling import scaled
from symlstm.proof.claims import Outcome, Verdict, Witness
from symlstm.proof.time_limit import TimedOut, time_limit
from symlstm.render.statements.scales import told

MOST = 4000  # letters of a message
EXACT = 15  # digits of a value at one scale


@dataclass(frozen=True)
class Part:
    """One credit: what it is worth, what was earned of it, and why."""

    name: str
    points: float
    max_points: float
    message: str


@dataclass(frozen=True)
class Grade:
    """A file's grade. `score` is of `max_score`; the verdict "proved", "refuted", "open", "malformed", "timed out" or "failed"."""

    file: str
    score: float
    max_score: float
    verdict: str
    message: str
    at_scale: dict[str, Any] | None = None
    witness: dict[str, Any] | None = None
    tests: tuple[Part, ...] = field(default=())
    seconds: float = 0.0

    @property
    def record(self) -> dict[str, Any]:
        """As fields of JSON."""
        return asdict(self) | {"tests": [asdict(part) for part in self.tests]}

    @property
    def is_gradable(self) -> bool:
        """Whether the file could be read as a network."""
        return self.verdict != "malformed"


def from_record(record: dict[str, Any]) -> Grade:
    """A grade as a worker sent it."""
    return Grade(**record | {"tests": tuple(Part(**part) for part in record["tests"])})


def ungraded(key: Key, path: Path, verdict: str, message: str) -> Grade:
    """The grade 0 of a file that could not be judged, with the reason."""
    parts = tuple(Part(credit.name, 0.0, float(credit.points), "not judged") for credit in key.credits)
    return Grade(str(path), 0.0, float(key.points), verdict, message[:MOST], tests=parts)


def grade(key: Key, path: Path, seconds: float | None = None, python: float | None = None) -> Grade:
    """The grade of a file, within a time limit; credits that are decided by then count.

    `python`: the seconds that a Python file may run; None if it may not.
    """
    done: list[Mark] = []
    judge = None
    try:
        with time_limit(seconds):
            judge = Judge(key, _scaled(key, key.construction(network_of(path, key, python), path)))
            for credit in key.credits:
                done.append(judge.mark(credit))
            return _grade(key, path, done, _message(judge, done))
    except InputError as error:
        if judge is None:
            return ungraded(key, path, "malformed", str(error).replace(f"{path}: ", "").replace(str(path), path.name))
        return ungraded(key, path, "failed", str(error))
    except TimedOut:
        return _grade(key, path, done, [f"timed out after {seconds:g} s"], "timed out")


def _scaled(key: Key, found: ConstructionFile) -> ConstructionFile:
    wanted = key.scaled == "all" and not found.network.depends_on_k
    return replace(found, network=scaled(found.network)) if wanted else found


def _grade(key: Key, path: Path, done: list[Mark], lines: list[str], verdict: str = "") -> Grade:
    parts = [_part(mark) for mark in done]
    parts += [_part_of(credit, False, "not judged in time") for credit in key.credits[len(done) :]]
    score = sum((mark.credit.points for mark in done if mark.earned), Fraction(0))
    scale = next((mark.scale for mark in done if mark.scale is not None), None)
    decisive = _decisive(done)
    witness = None if decisive is None else decisive.witness
    return Grade(
        str(path),
        float(score),
        float(key.points),
        verdict or ("open" if decisive is None else decisive.verdict.value),
        "\n".join(filter(None, lines))[:MOST],
        None if scale is None else scale.record,
        None if witness is None else witness_record(witness),
        tuple(parts),
    )


def _decisive(done: list[Mark]) -> Outcome | None:
    """The outcome on all words, or else the one that has the worst news."""
    whole = [mark.outcome for mark in done if mark.credit.words is None]
    order = (Verdict.REFUTED, Verdict.OPEN, Verdict.PROVED)
    return min(whole or [mark.outcome for mark in done], key=lambda found: order.index(found.verdict), default=None)


def _part(mark: Mark) -> Part:
    return _part_of(mark.credit, mark.earned, _said(mark))


def _part_of(credit: Credit, earned: bool, message: str) -> Part:
    return Part(credit.name, float(credit.points) if earned else 0.0, float(credit.points), message[:MOST])


def _said(mark: Mark) -> str:
    """Why a credit was earned or not."""
    if mark.scale is not None:
        return told(mark.scale)
    if mark.outcome.verdict is Verdict.PROVED:
        return "proved"
    if mark.outcome.verdict is Verdict.REFUTED:
        wrong = "; ".join(wrong_word(mark.outcome.witness))
        return f"no shorter sequence is wrong than: {wrong}" if mark.earned else wrong
    return mark.outcome.reason


def _message(judge: Judge, done: list[Mark]) -> list[str]:
    """What a student reads: what holds, the shortest wrong word, the gate, the slip, and the scale."""
    found = _decisive(done)
    if found is None:
        return []
    lines = [*_lines(found)]
    witness = found.witness
    specification = judge.found.specification
    if found.verdict is Verdict.REFUTED and isinstance(specification, WeightedAutomaton) and witness is not None:
        network = judge.found.network
        hint = slip(network, specification, witness.words or tuple(network.vocabulary[:1]))
        lines += [f"hint: {hint}"] if hint else [found.reason]
    return lines + [told(mark.scale) for mark in done if mark.scale is not None][:1]


def _lines(found: Outcome) -> Iterator[str]:
    if found.verdict is Verdict.PROVED:
        yield "right on every word sequence, as k grows: proved"
    if found.verdict is Verdict.OPEN:
        yield f"not decided: {found.reason}"
    if found.verdict is Verdict.REFUTED:
        yield from wrong_word(found.witness)


def wrong_word(witness: Witness | None) -> Iterator[str]:
    """A counterexample as its network's author reads it."""
    if witness is None:
        yield "wrong"
        return
    if witness.words is None:
        yield f"wrong: found {witness.limit}, needed {witness.specified}"
        return
    yield f"wrong on the sequence: {' '.join(witness.words)}: found {witness.limit}, needed {witness.specified}"
    if witness.value:
        yield f"the network itself, at k = 1, gives {_short(witness.value)} there"
    if "right up to" in witness.details:
        yield f"right up to {witness.details['right up to']}"
    if witness.details.get("smallest margin"):
        yield f"the gate nearest to its threshold: {witness.details['smallest margin']}"


def _short(decimal: str) -> str:
    """Some digits of a long decimal, cut and not rounded."""
    mantissa, e, exponent = decimal.partition("e")
    return f"{mantissa[: EXACT + 2]}{'...' if len(mantissa) > EXACT + 2 else ''}{e}{exponent}"


def witness_record(witness: Witness) -> dict[str, Any]:
    """A witness as fields of JSON."""
    return asdict(witness) | {"words": None if witness.words is None else list(witness.words)}
