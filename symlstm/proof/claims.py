"""Claims: named statements with the function that proves them, and what came of it.

A proof script is a Python file of claims:

    @claim("S4", "the score tends to the sentiment, on every word sequence")
    def every_word_sequence() -> Outcome:
        return prove(network, specification)

A claim returns a `Theorem` (then it is proved, and its statement is the theorem's own
conclusion) or an `Outcome`.  Its title is a label; nothing in it is taken as proved.
What a script remarks in prose, with no claim to proof, is a `note`.
"""

from __future__ import annotations

import enum
import inspect
import runpy
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from symlstm.kernel.theorem import RuleError, Theorem, Unsupported


class Verdict(enum.Enum):
    """What became of a claim. Has no truth value, so that `if verdict:` cannot lie."""

    PROVED = "proved"
    REFUTED = "refuted"
    OPEN = "open"

    def __bool__(self) -> bool:
        raise TypeError("a verdict has no truth value: compare it, `verdict is Verdict.PROVED`")


@dataclass(frozen=True)
class Witness:
    """Why a claim is false: the input, the value found (decimals, 50 digits where it is a real number) and the value claimed.

    `words` is the input sequence where there is one; `limit` and `specified` are exact and
    printed as text; `value` is the finite network's value; `details` has whatever else a
    reader needs (float64 and float32 replays, the smallest margin), in order.
    """

    words: tuple[str, ...] | None = None
    limit: str | None = None
    specified: str | None = None
    value: str | None = None
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """A verdict with its evidence: the theorem (of the claim, or of its negation), the witness, or the reason it is open.

    Of what is proved or refuted, `reason` is a remark: what does not hold with it, or what to do.
    """

    verdict: Verdict
    theorem: Theorem | None = None
    witness: Witness | None = None
    reason: str = ""

    def __bool__(self) -> bool:
        raise TypeError("an outcome has no truth value: compare outcome.verdict")


def refuted(by: Theorem, witness: Witness, reason: str = "") -> Outcome:
    """The claim is false: `by` is a theorem that contradicts it, `witness` shows where."""
    return Outcome(Verdict.REFUTED, by, witness, reason)


def undecided(reason: str) -> Outcome:
    """Neither proved nor refuted, and exactly why."""
    return Outcome(Verdict.OPEN, reason=reason)


@dataclass(frozen=True)
class Claim:
    """A named claim of a proof script. `statement` is what a refuted claim asserted, in words."""

    id: str
    name: str
    expected: Verdict
    statement: str
    prove: Callable[[], Theorem | Outcome]
    source: str


@dataclass(frozen=True)
class Note:
    """A remark in words about a place in a text. Nothing in it is proved, and it has no verdict."""

    id: str
    place: str
    text: str
    source: str


@dataclass(frozen=True)
class Result:
    """A claim that was run: its outcome, the seconds it took, and the error if its script raised."""

    claim: Claim
    outcome: Outcome
    seconds: float
    error: BaseException | None = None

    @property
    def as_expected(self) -> bool:
        return self.error is None and self.outcome.verdict is self.claim.expected


class Script(NamedTuple):
    """What a proof script defines: its claims and notes in order, and its global names."""

    claims: list[Claim]
    names: dict[str, Any]
    notes: list[Note]


_collecting: list[tuple[Path, Claim | Note]] | None = None  # each with the file that defines it


def claim(
    id: str, name: str, *, expect: Verdict = Verdict.PROVED, statement: str = ""
) -> Callable[[Callable[[], Any]], Claim]:
    """Make a function of no arguments a claim; `expect` is the verdict that the script's author expects."""

    def register(function: Callable[[], Any]) -> Claim:
        file = Path(inspect.getsourcefile(function) or "?")
        made = Claim(id, name, expect, statement, function, f"{_relative(file)}:{function.__code__.co_firstlineno}")
        _collect(file, made)
        return made

    return register


def note(id: str, place: str, text: str) -> Note:
    """A remark of a proof script on a place in the text that it is about; listed with its claims, never counted."""
    caller = sys._getframe(1)
    file = Path(caller.f_code.co_filename)
    made = Note(id, place, text, f"{_relative(file)}:{caller.f_lineno}")
    _collect(file, made)
    return made


def _collect(file: Path, made: Claim | Note) -> None:
    if _collecting is not None:
        _collecting.append((file, made))


def _relative(file: Path) -> str:
    try:
        return file.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return file.as_posix()


@contextmanager
def _collector() -> Iterator[list[tuple[Path, Claim | Note]]]:
    global _collecting  # noqa: PLW0603
    outer, _collecting = _collecting, []
    try:
        yield _collecting
    finally:
        _collecting = outer


@contextmanager
def _importing_from(folder: Path) -> Iterator[None]:
    """A script may import the scripts beside it; another folder's script of the same name is another module."""
    sys.path.insert(0, str(folder))
    before = {*sys.modules}
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in {*sys.modules} - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file and "." not in name and Path(file).resolve().parent == folder:
                del sys.modules[name]


def load(path: Path) -> list[Claim]:
    """The claims of a proof script, in order. Runs the script; whatever it raises comes through."""
    return run_script(path).claims


def run_script(path: Path) -> Script:
    """Runs a proof script; whatever it raises comes through. What the modules that it imports claim is left out."""
    with _collector() as found, _importing_from(path.resolve().parent):
        names = runpy.run_path(str(path), run_name=f"proof:{path.stem}")
    own = [made for file, made in found if file.resolve() == path.resolve()]
    return Script(
        [made for made in own if isinstance(made, Claim)], names, [made for made in own if isinstance(made, Note)]
    )


def check(made: Claim) -> Result:
    """Run one claim. A refused rule leaves it open, with the rule's message; any other error is kept."""
    start = time.perf_counter()
    error: BaseException | None = None
    try:
        found = made.prove()
        outcome = Outcome(Verdict.PROVED, found) if isinstance(found, Theorem) else found
        if not isinstance(outcome, Outcome):
            raise TypeError(f"claim {made.id} returned {type(found).__name__}; needed a Theorem or an Outcome")
    except (RuleError, Unsupported) as refusal:
        outcome = undecided(str(refusal))
    except Exception as raised:  # a proof script may raise anything; the runner reports it
        outcome, error = undecided(f"{type(raised).__name__}: {raised}"), raised
    return Result(made, outcome, time.perf_counter() - start, error)
