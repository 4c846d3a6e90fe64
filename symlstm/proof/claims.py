"""Claims: named statements with the function that proves them, and what came of it.

A proof script is a Python file of claims:

    @claim("S4", "the score tends to the sentiment, on every word sequence")
    def every_word_sequence() -> Outcome:
        return prove(network, specification)

A claim returns a `Theorem` (then it is proved, and its statement is the theorem's own
conclusion) or an `Outcome`.  Its title is a label; nothing in it is taken as proved.
With `goal` the script states what is to be proved and with `given` under which hypotheses; a
theorem that says anything else, or assumes more, is then an error.
What a script remarks in prose, with no claim to proof, is a `note`.
"""

from __future__ import annotations

import enum
import inspect
import runpy
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from symlstm.kernel.networks.statements import Computes, Counterexample
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.errors import InputError
from symlstm.proof import kept
from symlstm.proof.scale import AtScale, Finding, Recheck

if TYPE_CHECKING:
    from symlstm.model.file.construction_file import Check


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

    Of what is proved or refuted, `reason` is a remark: what does not hold with it, or what to do. `goals` are what an
    open proof leaves to be shown (proof/goals.py).
    """

    verdict: Verdict
    theorem: Theorem | None = None
    witness: Witness | None = None
    reason: str = ""
    goals: tuple[Any, ...] = ()

    def __bool__(self) -> bool:
        raise TypeError("an outcome has no truth value: compare outcome.verdict")


def contradicted(found: Counterexample) -> Computes:
    """What a counterexample is one to."""
    return Computes(found.system, found.readout, found.specification)


def refuted(by: Theorem, witness: Witness, reason: str = "") -> Outcome:
    """The claim is false: `by` is a theorem that contradicts it, `witness` shows where."""
    return Outcome(Verdict.REFUTED, by, witness, reason)


def undecided(reason: str) -> Outcome:
    """Neither proved nor refuted, and exactly why."""
    return Outcome(Verdict.OPEN, reason=reason)


@dataclass(frozen=True)
class Claim:
    """A named claim of a proof script. `statement` is what a refuted claim asserted, in words.

    `goal` is what it states, as a proposition or a statement about a network; `given` are the hypotheses that its
    theorem may have (none, where a goal is stated without them). None: not stated. `at_scale` tells what is known of
    a network's decision at a scale, `check` what its file asks for there.
    """

    id: str
    name: str
    expected: Verdict
    statement: str
    prove: Callable[[], Theorem | Outcome]
    source: str
    goal: Any = None
    given: frozenset[Any] | None = None
    at_scale: Callable[[Fraction], AtScale] | None = None
    check: Check | None = None

    def __call__(self) -> Any:
        """What its function proves."""
        return self.prove()

    def mismatch(self, outcome: Outcome) -> InputError | None:
        """How what was shown differs from the goal and its hypotheses, if it does."""
        theorem = outcome.theorem
        if theorem is None or (self.goal is None and self.given is None):
            return None
        found, where = theorem.conclusion, f"claim {self.id}"
        if outcome.verdict is Verdict.REFUTED:
            about = contradicted(found) if isinstance(found, Counterexample) else None
            if about is not None and self.goal is not None and about != self.goal:
                return InputError(where, "a counterexample to something else", "one to its goal")
            return self._undenied(found)
        if self.goal is not None and found != self.goal:
            return InputError(where, f"a theorem that says {_brief(found)}", f"its goal: {_brief(self.goal)}")
        more = sorted(map(str, theorem.hypotheses - (self.given or frozenset())))
        return (
            InputError(where, f"the hypothesis {more[0]}", "hypotheses that are stated: given=[...]") if more else None
        )

    def _undenied(self, found: Any) -> InputError | None:
        """That a theorem about real numbers leaves the goal standing which it should refute."""
        from symlstm.kernel.logic.propositions import Proposition

        if not isinstance(self.goal, Proposition) or not isinstance(found, Proposition):
            return None
        from symlstm.proof.contradiction import contradicts

        needed = f"one that denies its goal: {_brief(self.goal)}"
        where = f"claim {self.id}"
        return None if contradicts(found, self.goal) else InputError(where, f"a theorem that says {found}", needed)


def _brief(statement: Any) -> str:
    """A proposition as it is printed; of a statement about a network its kind."""
    from symlstm.kernel.logic.propositions import Proposition

    return str(statement) if isinstance(statement, Proposition) else f"a {type(statement).__name__} of its own"


@dataclass(frozen=True)
class Note:
    """A remark in words about a place in a text. Nothing in it is proved, and it has no verdict."""

    id: str
    place: str
    text: str
    source: str


@dataclass(frozen=True)
class Result:
    """A claim that was run: its outcome, the seconds it took, and the error if its script raised.

    `recheck` says by what its theorem was checked beside the kernel, `rocq` is its statement in Rocq, if that was asked
    for and there is one.
    """

    claim: Claim
    outcome: Outcome
    seconds: float
    error: BaseException | None = None
    recheck: Recheck | None = None
    rocq: str = ""
    at_scale: AtScale | None = None

    @property
    def claimed(self) -> Any:
        """What was claimed, as a proposition or statement: the goal, or what a counterexample contradicts; else None."""
        theorem = self.outcome.theorem
        if self.claim.goal is None and theorem is not None and isinstance(theorem.conclusion, Counterexample):
            return contradicted(theorem.conclusion)
        return self.claim.goal

    @property
    def as_expected(self) -> bool:
        return self.error is None and self.outcome.verdict is self.claim.expected and self.is_right_where_asked

    @property
    def is_right_where_asked(self) -> bool:
        """Whether it is right at the scale that its file asks for, up to the length asked for."""
        check = self.claim.check
        return check is None or (self.at_scale is not None and self.at_scale.is_right_up_to(check.length))

    @property
    def is_wrong_where_asked(self) -> bool:
        """Whether it is wrong there on words that can be run."""
        check, known = self.claim.check, self.at_scale
        asked = known if known is None or check is None or check.length is None else known.up_to(check.length)
        return asked is not None and asked.finding is Finding.WRONG


class Script(NamedTuple):
    """What a proof script defines: its claims and notes in order, and its global names."""

    claims: list[Claim]
    names: dict[str, Any]
    notes: list[Note]


_collecting: list[tuple[Path, Claim | Note]] | None = None  # each with the file that defines it


def claim(
    id: str,
    name: str,
    *,
    expect: Verdict = Verdict.PROVED,
    statement: str = "",
    goal: Any = None,
    given: Iterable[Any] | None = None,
) -> Callable[[Callable[[], Any]], Claim]:
    """Make a function of no arguments a claim; `expect` is the verdict that the script's author expects.

    `goal`, a proposition or a statement, is what its theorem must say, `given` the hypotheses that it may have.
    """
    allowed = None if given is None else frozenset(given)

    def register(function: Callable[[], Any]) -> Claim:
        file = Path(inspect.getsourcefile(function) or "?")
        source = f"{_relative(file)}:{function.__code__.co_firstlineno}"
        made = Claim(id, name, expect, statement, function, source, goal, allowed)
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


def load(path: Path | str) -> list[Claim]:
    """The claims of a proof script, in order. Runs the script; whatever it raises comes through."""
    return run_script(path).claims


def run_script(path: Path | str) -> Script:
    """Runs a proof script; whatever it raises comes through. What the modules that it imports claim is left out."""
    path = Path(path).resolve()
    with _collector() as found, _importing_from(path.parent):
        names = runpy.run_path(str(path), run_name=f"proof:{path.stem}")
    own = [made for file, made in found if file.resolve() == path]
    return Script(
        [made for made in own if isinstance(made, Claim)], names, [made for made in own if isinstance(made, Note)]
    )


def check(made: Claim) -> Result:
    """Run one claim. A refused rule leaves it open, with the rule's message; any other error is kept."""
    start = time.perf_counter()
    error: BaseException | None = None
    try:
        with kept.beside(Path(made.source.rpartition(":")[0])):
            found = made.prove()
        outcome = Outcome(Verdict.PROVED, found) if isinstance(found, Theorem) else found
        if not isinstance(outcome, Outcome):
            raise TypeError(f"claim {made.id} returned {type(found).__name__}; needed a Theorem or an Outcome")
        if outcome.verdict is not Verdict.OPEN and type(outcome.theorem) is not Theorem:
            raise TypeError(f"claim {made.id} is {outcome.verdict.value} by no theorem; needed one of the kernel's")
        if (mismatch := made.mismatch(outcome)) is not None:
            raise mismatch
    except (RuleError, Unsupported) as refusal:
        outcome = Outcome(Verdict.OPEN, reason=str(refusal), goals=getattr(refusal, "goals", ()))
    except Exception as raised:  # a proof script may raise anything; the runner reports it
        outcome, error = undecided(f"{type(raised).__name__}: {raised}"), raised
    return Result(made, outcome, time.perf_counter() - start, error)
