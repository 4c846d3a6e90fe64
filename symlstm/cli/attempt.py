"""Running claims: their files, a time limit for each, and what an error shows of itself."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode
from symlstm.model.errors import InputError
from symlstm.proof.claims import Claim, Note, Result, Verdict, check, run_script, undecided
from symlstm.proof.scale import AtScale
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

    def repeated(self) -> Iterator[str]:
        """A line for each id that several of its claims have."""
        for id, count in Counter(claim.id for claim in self.claims).items():
            if count > 1:
                places = ", ".join(claim.source for claim in self.claims if claim.id == id)
                yield f"{self.path}: {count} claims have the id {id}: {places}"


def read(path: Path, seconds: float | None = None) -> Source:
    """The claims of a proof script, which may run for so many seconds, or of a construction file."""
    try:
        with time_limit(seconds):
            if path.suffix != ".py":
                return Source(path, construction_claims(path))
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
        return Source(path, claims_of(with_specification(path, spec), path))
    except Exception as error:
        return Source(path, error=error)


def construction_claims(path: Path) -> tuple[Claim, ...]:
    """The claims of a construction file: that its network computes its specification, or contains the RNN."""
    from symlstm.model.file.construction_file import read_construction

    return claims_of(read_construction(path), path)


def claims_of(found: ConstructionFile, path: Path) -> tuple[Claim, ...]:
    """The claim of a network, and if the file asks for it the same with sigmoids for its steps."""
    if not found.as_sigmoids:
        return (_claim_of(found, path),)
    from symlstm.model.smoothing import as_sigmoids

    title = f"{found.title}, its steps as sigmoids of scale k"
    smooth = replace(found, title=title, expected=found.as_sigmoids, network=as_sigmoids(found.network))
    return _claim_of(found, path), _claim_of(smooth, path)


def _claim_of(found: ConstructionFile, path: Path) -> Claim:
    """The claim of a network with its specification, or of one with an RNN in it."""
    from symlstm.search.construction import Construction

    title, expected, source = found.title, Verdict(found.expected), path.as_posix()
    if found.claim is not None:
        from symlstm.search.containment import verdict as embedding_claim

        embedding, network = found.claim, found.network
        prove = partial(embedding_claim.outcome, network, embedding)
        return Claim(title, title, expected, embedding.statement, prove, source)
    made = Construction(found.network, found.specification, found.title, found.threshold, found.margin)  # type: ignore[arg-type]

    def at_scale(k: Fraction) -> AtScale:
        from symlstm.search.scale.answer import at_scale

        return at_scale(made, k, None if found.check is None else found.check.within)

    return Claim(title, title, expected, "", made.outcome, source, at_scale=at_scale, check=found.check)


def unchecked(source: Source) -> Source:
    """The same without what its file asks for at a scale."""
    return replace(source, claims=tuple(replace(claim, check=None) for claim in source.claims))


def attempt(claim: Claim, seconds: float | None, scale: Fraction | None = None) -> Result:
    """The result of a claim within a time limit, and within another one what is known of it at a scale.

    The scale is the one given, or the one that the file asks for; with neither nothing is said of it.
    """
    try:
        with time_limit(seconds):
            result = check(claim)
    except TimedOut:
        result = Result(claim, undecided(f"timed out after {seconds:g} s"), seconds or 0.0)
    k = claim.check.scale if claim.check is not None else scale
    if k is None or claim.at_scale is None or result.error is not None:
        return result
    start = time.perf_counter()
    try:
        with time_limit(seconds):
            known = claim.at_scale(k)
    except TimedOut:
        known = AtScale(k, reason=f"timed out after {seconds:g} s")
    return replace(result, at_scale=known, seconds=result.seconds + time.perf_counter() - start)


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
    if result.outcome.verdict is result.claim.expected:  # what falls short is the check at a scale
        return ExitCode.REFUTED if result.is_wrong_where_asked else ExitCode.OPEN
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
