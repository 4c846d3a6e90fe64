"""Running claims: their files, a time limit for each, and what an error shows of itself."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode
from symlstm.model.errors import InputError
from symlstm.proof.claims import Claim, Note, Outcome, Result, Verdict, check, run_script, undecided

if TYPE_CHECKING:
    from sympy import Expr, Symbol


@dataclass(frozen=True)
class Source:
    """A file that was read: its claims, notes and letters for expressions; or the error that it raised."""

    path: Path
    claims: tuple[Claim, ...] = ()
    error: BaseException | None = None
    notes: tuple[Note, ...] = ()
    notation: Mapping[Symbol, Expr] = field(default_factory=dict)


class TimedOut(BaseException):
    """The time limit of a claim; not an Exception, so that no script catches it."""


def read(path: Path) -> Source:
    """The claims of a proof script or of a construction file."""
    try:
        if path.suffix != ".py":
            return Source(path, (construction_claim(path),))
        script = run_script(path)
    except (Exception, SystemExit) as error:  # a script may raise anything
        return Source(path, error=error)
    return Source(path, tuple(script.claims), notes=tuple(script.notes), notation=script.names.get("NOTATION", {}))


def construction_claim(path: Path) -> Claim:
    """The claim of a construction file: that its network computes its specification, or contains the RNN."""
    from symlstm.model.file.construction_file import read_construction
    from symlstm.search.construction import Construction

    found = read_construction(path)

    def prove() -> Outcome:
        if found.claim is not None:
            from symlstm.search.containment import verdict as embedding_claim

            return embedding_claim.outcome(found.network, found.claim)
        return Construction(found.network, found.specification, found.title, found.threshold, found.margin).outcome()  # type: ignore[arg-type]

    statement = "" if found.claim is None else found.claim.statement
    return Claim(found.title, found.title, Verdict(found.expected), statement, prove, path.as_posix())


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raises TimedOut in the block after that many seconds, where the system has such a timer."""
    if seconds is None or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimedOut

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def attempt(claim: Claim, seconds: float | None) -> Result:
    """The result of a claim within a time limit."""
    try:
        with time_limit(seconds):
            return check(claim)
    except TimedOut:
        return Result(claim, undecided(f"timed out after {seconds:g} s"), seconds or 0.0)


def exit_code(error: BaseException) -> ExitCode:
    """What an error means for the exit code."""
    return ExitCode.USAGE if isinstance(error, InputError) else ExitCode.RAISED


def code_of(result: Result) -> ExitCode:
    """What one claim means for the exit code."""
    if result.error is not None:
        return exit_code(result.error)
    if result.as_expected:
        return ExitCode.OK
    return ExitCode.OPEN if result.outcome.verdict is Verdict.OPEN else ExitCode.REFUTED


def combined(codes: set[ExitCode]) -> ExitCode:
    """The exit code of several: the worst that occurred."""
    worst_first = (ExitCode.INTERRUPTED, ExitCode.RAISED, ExitCode.USAGE, ExitCode.REFUTED, ExitCode.OPEN, ExitCode.OK)
    return next((code for code in worst_first if code in codes), ExitCode.NO_CLAIMS)


def explanation(error: BaseException, path: Path, whole: bool) -> str:
    """An error as text: a traceback of the script's own lines, or the whole one; an InputError only its place."""
    import traceback

    found = traceback.TracebackException.from_exception(error)
    own = [frame for frame in found.stack if Path(frame.filename).resolve() == path.resolve()]
    if whole:
        return "".join(found.format()).rstrip()
    if isinstance(error, InputError):
        return f"{path}:{own[-1].lineno}: {error}" if own else str(error)
    found.stack[:] = own
    return "".join(found.format(chain=False)).rstrip()
