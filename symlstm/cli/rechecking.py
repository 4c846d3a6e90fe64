"""prove --recheck, derive --rocq: the certificate of each theorem that has one, checked again beside the kernel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.certificates import compiler, recheck
from symlstm.certificates.compiler import Rocq
from symlstm.certificates.rocq import covers, statement_of, text_of
from symlstm.certificates.subjects import Data, NotCovered
from symlstm.certificates.verifying import PYTHON
from symlstm.cli.attempt import Source
from symlstm.cli.certify import data_of, subjects_in
from symlstm.model.errors import InputError
from symlstm.proof.claims import Result, undecided
from symlstm.proof.scale import AtScale, Recheck

if TYPE_CHECKING:
    from symlstm.kernel.theorem import Theorem
    from symlstm.model.network import Network

Again = Callable[[Result, Source], Result]
REJECTED = recheck.Rejected, compiler.Rejected


@contextmanager
def rechecking() -> Iterator[Again]:
    """What checks a result again, in plain Python, and with Rocq where that is installed."""
    with compiler.rocq() as rocq:
        yield lambda result, source: again(result, source, rocq)


def again(result: Result, source: Source, rocq: Rocq | None) -> Result:
    """The result with what has checked it; open, and why, if one rejects what the kernel has proved."""
    if result.error is not None:
        return result
    result, theorem = _at_scale(result, source, rocq), result.outcome.theorem
    if theorem is None:
        return result
    try:
        certificate = _certificate(theorem, result, source)
        said = statement_of(certificate) if covers(certificate) else ""
        return replace(result, recheck=_checked(certificate, rocq), rocq=said)
    except NotCovered as reason:
        return replace(result, recheck=Recheck(reason=str(reason)))
    except REJECTED as reason:
        return replace(result, outcome=undecided(_rejected(reason)))


def _at_scale(result: Result, source: Source, rocq: Rocq | None) -> Result:
    """The result with what has checked what is said at a scale; open there, if one rejects it."""
    known = result.at_scale
    if known is None:
        return result
    told = [theorem for theorem in (known.right, known.wrong) if theorem is not None]
    try:
        rechecks = [_recheck(theorem, result, source, rocq) for theorem in told]
    except REJECTED as reason:
        return replace(result, at_scale=AtScale(known.k, reason=_rejected(reason)))
    return replace(result, at_scale=replace(known, recheck=reduce(and_, rechecks))) if rechecks else result


def _recheck(theorem: Theorem, result: Result, source: Source, rocq: Rocq | None) -> Recheck:
    try:
        return _checked(_certificate(theorem, result, source), rocq)
    except NotCovered as reason:
        return Recheck(reason=str(reason))


def _certificate(theorem: Theorem, result: Result, source: Source) -> Data:
    return data_of(theorem, result.claim.name, _networks(source.path))


def _checked(certificate: Data, rocq: Rocq | None) -> Recheck:
    by: tuple[str, ...] = ()
    if certificate["theorem"] in recheck.KINDS:
        recheck.check(json.loads(json.dumps(certificate)))
        by = (PYTHON,)
    if rocq is not None and covers(certificate):
        rocq.theorem(text_of(certificate))
        by = (*by, f"Rocq {rocq.version}")
    return Recheck(by, "" if by else "only Rocq checks derivations, and it is not installed")


def _rejected(reason: Exception) -> str:
    by = PYTHON if isinstance(reason, recheck.Rejected) else "Rocq"
    return f"proved by the kernel, and rejected by {by}: {reason}"


@lru_cache(maxsize=4)
def _networks(path: Path) -> list[Network]:
    try:
        return [subject.network for subject in subjects_in(path)]
    except InputError:  # a file of weights, say
        return []
