"""What became of each claim of a folder: its files, the plain checker, Rocq, and the network that it is about."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from symlstm.certificates import compiler, margins, recheck
from symlstm.certificates.compiler import Rocq
from symlstm.certificates.folder import Folder, load, shipped
from symlstm.certificates.rocq import covers
from symlstm.certificates.rocq_reading import Unreadable, differences
from symlstm.certificates.rocq_statements import differences as of_steps
from symlstm.certificates.steps import KIND, derivation
from symlstm.certificates.subjects import Data, NotCovered, Subject, is_about
from symlstm.certificates.telling import hypotheses, statement, told
from symlstm.kernel.logic.propositions import Proposition
from symlstm.kernel.networks.regions import LargestMargin, MarginsAt
from symlstm.kernel.theorem import RuleError

Subjects = Sequence[tuple[Path, Subject]]
Stated = tuple[Proposition | MarginsAt | LargestMargin, frozenset[Proposition]]  # goal, allowed hypotheses
Statements = Mapping[Path, Sequence[Stated]]

PYTHON = "plain Python"
MALFORMED = (RuleError, NotCovered, *recheck.MALFORMED)
VERIFIED, REJECTED, NOT_COVERED = "verified", "rejected", "not covered"


@dataclass(frozen=True)
class Finding:
    """What became of a claim: by what it was verified (with seconds), or why not."""

    id: str
    title: str
    status: str
    by: tuple[tuple[str, float], ...] = ()
    reason: str = ""
    compared: str = ""  # the file that has the weights or the statement of the certificate
    says: str = ""  # what the certificate states
    given: tuple[str, ...] = ()  # under which hypotheses


def findings(
    folder: Folder, rocq: Rocq | None, networks: Subjects, statements: Statements | None = None
) -> Iterator[Finding]:
    """One for each claim. With networks or statements given, a certificate must be about one of them."""
    found: list[Finding] = []
    texts: dict[str, str] = {}
    for claim in folder.claims:
        finding, text = _read(claim, folder, networks, statements or {})
        found.append(finding)
        if text and rocq is not None:
            texts[f"{len(found) - 1}"] = text
    by_rocq = rocq.theorems(texts) if rocq is not None else {}
    for n, finding in enumerate(found):
        said = by_rocq.get(f"{n}")
        if isinstance(said, compiler.Rejected):
            yield replace(finding, status=REJECTED, reason=str(said))
        elif rocq is not None and said is not None:
            yield replace(finding, status=VERIFIED, reason="", by=(*finding.by, (f"Rocq {rocq.version}", said)))
        else:
            yield finding


def _read(claim: Any, folder: Folder, networks: Subjects, statements: Statements) -> tuple[Finding, str]:
    """What is found without Rocq, and the text for it, if there is one."""
    identity = claim["id"], str(claim.get("title", ""))
    if "folder" not in claim:
        return Finding(*identity, NOT_COVERED, reason=str(claim.get("not_covered", ""))), ""
    try:
        return _verified(identity, str(claim["folder"]), folder, networks, statements)
    except (recheck.Rejected, Unreadable) as reason:
        return Finding(*identity, REJECTED, reason=str(reason)), ""


def _verified(
    identity: tuple[str, str], place: str, folder: Folder, networks: Subjects, statements: Statements
) -> tuple[Finding, str]:
    name = f"{place}/certificate.json"
    _intact(folder, name)
    certificate, seconds = _rechecked(folder.content[name])
    compared = _about(certificate, networks, statements)
    by = [(PYTHON, seconds)] if certificate["theorem"] in recheck.KINDS else []
    text = _statement(folder, f"{place}/statement.v", certificate) if covers(certificate) else ""
    status = VERIFIED if by else NOT_COVERED
    reason = "" if by else "only Rocq checks derivations"
    with reading():
        says, given = told(certificate), tuple(hypotheses(certificate))
    return Finding(*identity, status, tuple(by), reason, compared, says, given), text


def _statement(folder: Folder, name: str, certificate: Data) -> str:
    """The text of a Rocq file that says what the certificate says."""
    _intact(folder, name)
    text = folder.content[name].decode("utf-8", "replace")
    other = differing(text, certificate)
    if other:
        raise Unreadable(f"statement.v and certificate.json differ in {', '.join(other)}")
    return text


def differing(text: str, certificate: Data) -> list[str]:
    """In what a Rocq file differs from its certificate."""
    if certificate["theorem"] != KIND:
        return differences(text, certificate)
    with reading():
        found = derivation(certificate)
    try:
        return of_steps(text, found)
    except MALFORMED as error:
        raise Unreadable(f"statement.v: {type(error).__name__}: {error}") from None


@contextmanager
def reading() -> Iterator[None]:
    """Reading a certificate: what breaks on it is Unreadable."""
    try:
        yield
    except MALFORMED as error:
        raise Unreadable(f"certificate.json: {type(error).__name__}: {error}") from None


def _intact(folder: Folder, name: str) -> None:
    if name not in folder.content:
        raise Unreadable(f"{name} is not in the manifest")
    changed = sorted(folder.changed)
    if changed:
        raise Unreadable(f"the digest of {changed[0]} is not the manifest's")
    for own, data in shipped().items():
        if folder.content.get(own) != data:
            raise Unreadable(f"{own} is not this version's")


def _rechecked(data: bytes) -> tuple[Data, float]:
    start = time.perf_counter()
    try:
        certificate = load(data)
    except (ValueError, RecursionError) as error:
        raise recheck.Rejected(f"certificate.json: {error}") from None
    if not isinstance(certificate, dict) or certificate.get("theorem") != KIND:
        recheck.check(certificate)
    return certificate, time.perf_counter() - start


def _about(certificate: Data, networks: Subjects, statements: Statements) -> str:
    """The file that states what the certificate does, or whose network it is about, of those given."""
    if certificate["theorem"] in (KIND, *margins.KINDS):
        return _stated(certificate, statements)
    for path, about in networks:
        if is_about(certificate, *about):
            return f"weights of {path.name}"
    if networks:
        files = ", ".join(dict.fromkeys(path.name for path, _ in networks))
        raise Unreadable(f"another network, readout or specification than in {files}")
    return ""


def _stated(certificate: Data, statements: Statements) -> str:
    """The script that has the statement: its conclusion, and no other hypotheses."""
    with reading():
        said = statement(certificate) if certificate["theorem"] == KIND else None
    for path, stated in statements.items():
        if any(_says(certificate, said, goal, given) for goal, given in stated):
            return f"statement of {path.name}"
    if statements:
        raise Unreadable(f"another statement than those of {', '.join(path.name for path in statements)}")
    return ""


def _says(certificate: Data, said: Any, goal: Any, given: frozenset[Proposition]) -> bool:
    if said is None:
        return margins.says(certificate, goal)
    hypotheses, conclusion = said
    return bool(conclusion == goal and hypotheses <= given)
