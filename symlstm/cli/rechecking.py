"""prove --recheck, derive --rocq: the certificate of each theorem that has one, checked again beside the kernel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.certificates import compiler, recheck
from symlstm.certificates.compiler import Rocq
from symlstm.certificates.rocq import covers, statement_of, text_of
from symlstm.certificates.subjects import Data, NotCovered
from symlstm.certificates.verifying import PYTHON
from symlstm.cli.attempt import Source
from symlstm.cli.certify import data_of, entry_of, subjects_in
from symlstm.model.errors import InputError
from symlstm.proof.claims import Result, undecided
from symlstm.proof.scale import AtScale

if TYPE_CHECKING:
    from symlstm.model.network import Network

Again = Callable[[Result, Source], Result]


@contextmanager
def rechecking() -> Iterator[Again]:
    """What checks a result again, in plain Python, and with Rocq where that is installed."""
    with compiler.rocq() as rocq:
        yield lambda result, source: again(result, source, rocq)


def again(result: Result, source: Source, rocq: Rocq | None) -> Result:
    """The result with what has checked it; open, and why, if one rejects what the kernel has proved."""
    if result.outcome.theorem is None or result.error is not None:
        return result
    result = _at_scale(result, source)
    certificate = entry_of(result, source.path, _networks(source.path)).certificate
    if certificate is None:
        return result
    try:
        said = statement_of(certificate) if covers(certificate) else ""
        return replace(result, checked=_checked(certificate, rocq), rocq=said)
    except (recheck.Rejected, compiler.Rejected) as reason:
        by = PYTHON if isinstance(reason, recheck.Rejected) else "Rocq"
        return replace(result, outcome=undecided(f"proved by the kernel, and rejected by {by}: {reason}"))


def _at_scale(result: Result, source: Source) -> Result:
    """The result without what is said at a scale, if plain Python rejects that."""
    known = result.at_scale
    for theorem in () if known is None else (known.right, known.wrong):
        try:
            if theorem is not None:
                _checked(data_of(theorem, result.claim.name, _networks(source.path)), None)
        except NotCovered:
            continue
        except recheck.Rejected as reason:
            open_there = AtScale(known and known.k, reason=f"proved by the kernel, and rejected by {PYTHON}: {reason}")
            return replace(result, at_scale=open_there)
    return result


def _checked(certificate: Data, rocq: Rocq | None) -> tuple[str, ...]:
    by: tuple[str, ...] = ()
    if certificate["theorem"] in recheck.KINDS:
        recheck.check(json.loads(json.dumps(certificate)))
        by = (PYTHON,)
    if rocq is None or not covers(certificate):
        return by
    rocq.theorem(text_of(certificate))
    return (*by, f"Rocq {rocq.version}")


@lru_cache(maxsize=4)
def _networks(path: Path) -> list[Network]:
    try:
        return [subject.network for subject in subjects_in(path)]
    except InputError:  # a file of weights, say
        return []
