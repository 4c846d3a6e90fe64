"""Running claims: their files, a time limit for each, and what an error shows of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode
from symlstm.model.errors import InputError
from symlstm.proof.claims import Claim, Note, Outcome, Result, Verdict, check, run_script, undecided
from symlstm.proof.time_limit import TimedOut, time_limit

if TYPE_CHECKING:
    from sympy import Expr, Symbol

    from symlstm.model.file.construction_file import ConstructionFile


@dataclass(frozen=True)
class Source:
    """A file that was read: its claims, notes and letters for expressions; or the error that it raised."""

    path: Path
    claims: tuple[Claim, ...] = ()
    error: BaseException | None = None
    notes: tuple[Note, ...] = ()
    notation: Mapping[Symbol, Expr] = field(default_factory=dict)


def read(path: Path, seconds: float | None = None) -> Source:
    """The claims of a proof script, which may run for so many seconds, or of a construction file."""
    try:
        with time_limit(seconds):
            if path.suffix != ".py":
                return Source(path, (construction_claim(path),))
            script = run_script(path)
    except (Exception, SystemExit) as error:  # a script may raise anything
        return Source(path, error=error)
    except TimedOut:
        return Source(path, error=TimedOut(f"no claims after {seconds:g} s"))
    return Source(path, tuple(script.claims), notes=tuple(script.notes), notation=script.names.get("NOTATION", {}))


def read_weight_file(path: Path, spec: Path) -> Source:
    """The claim of a file of weights: that it computes what another file says."""
    from symlstm.weights.specified import with_specification

    try:
        return Source(path, (claim_of(with_specification(path, spec), path),))
    except Exception as error:
        return Source(path, error=error)


def construction_claim(path: Path) -> Claim:
    """The claim of a construction file: that its network computes its specification, or contains the RNN."""
    from symlstm.model.file.construction_file import read_construction

    return claim_of(read_construction(path), path)


def claim_of(found: ConstructionFile, path: Path) -> Claim:
    """The claim of a network with its specification, or of one with an RNN in it."""
    from symlstm.search.construction import Construction

    def prove() -> Outcome:
        if found.claim is not None:
            from symlstm.search.containment import verdict as embedding_claim

            return embedding_claim.outcome(found.network, found.claim)
        return Construction(found.network, found.specification, found.title, found.threshold, found.margin).outcome()  # type: ignore[arg-type]

    statement = "" if found.claim is None else found.claim.statement
    return Claim(found.title, found.title, Verdict(found.expected), statement, prove, path.as_posix())


def attempt(claim: Claim, seconds: float | None) -> Result:
    """The result of a claim within a time limit."""
    try:
        with time_limit(seconds):
            return check(claim)
    except TimedOut:
        return Result(claim, undecided(f"timed out after {seconds:g} s"), seconds or 0.0)


def exit_code(error: BaseException) -> ExitCode:
    """What an error means for the exit code."""
    if isinstance(error, TimedOut):
        return ExitCode.OPEN
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


def unread(source: Source) -> str:
    """What became of a file that could not be read, in a word."""
    if isinstance(source.error, TimedOut):
        return "open"
    return "malformed" if isinstance(source.error, InputError) else "failed"


def explanation(error: BaseException, path: Path, whole: bool) -> str:
    """An error as text: a traceback of the script's own lines, or the whole one; an InputError only its place."""
    import traceback

    if isinstance(error, TimedOut):
        return f"{path}: {error}"
    found = traceback.TracebackException.from_exception(error)
    own = [frame for frame in found.stack if Path(frame.filename).resolve() == path.resolve()]
    if whole:
        return "".join(found.format()).rstrip()
    if isinstance(error, InputError):
        return f"{path}:{own[-1].lineno}: {error}" if own else str(error)
    found.stack[:] = own
    return "".join(found.format(chain=False)).rstrip()
