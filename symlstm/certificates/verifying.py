"""What became of each claim of a folder: its files, the plain checker, Rocq, and the network that it is about."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from symlstm.certificates import compiler, recheck
from symlstm.certificates.compiler import Rocq
from symlstm.certificates.folder import Folder, load, shipped
from symlstm.certificates.rocq import covers
from symlstm.certificates.rocq_reading import Unreadable, differences
from symlstm.certificates.subjects import Data, is_about
from symlstm.kernel.networks.machines import Machine
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.network import Network

Subjects = Mapping[Path, tuple[Network, WeightedAutomaton | Machine | None]]

VERIFIED, REJECTED, NOT_COVERED = "verified", "rejected", "not covered"


@dataclass(frozen=True)
class Finding:
    """What became of a claim: by what it was verified (with seconds), or why not."""

    id: str
    title: str
    status: str
    by: tuple[tuple[str, float], ...] = ()
    reason: str = ""
    compared: str = ""  # the network file whose weights are those of the certificate


def findings(folder: Folder, rocq: Rocq | None, networks: Subjects) -> Iterator[Finding]:
    """One for each claim. With networks given, a certificate must be about one of them."""
    for claim in folder.claims:
        identity = claim["id"], str(claim.get("title", ""))
        if "folder" not in claim:
            yield Finding(*identity, NOT_COVERED, reason=str(claim.get("not_covered", "")))
            continue
        try:
            yield _verified(identity, str(claim["folder"]), folder, rocq, networks)
        except (recheck.Rejected, compiler.Rejected, Unreadable) as reason:
            yield Finding(*identity, REJECTED, reason=str(reason))


def _verified(identity: tuple[str, str], place: str, folder: Folder, rocq: Rocq | None, networks: Subjects) -> Finding:
    name = f"{place}/certificate.json"
    _intact(folder, name)
    certificate, seconds = _rechecked(folder.content[name])
    compared = _about(certificate, networks)
    by = [("plain Python", seconds)]
    if covers(certificate):
        text = _statement(folder, f"{place}/statement.v", certificate)
        if rocq is not None:
            by.append((f"Rocq {rocq.version}", rocq.theorem(text)))
    return Finding(*identity, VERIFIED, tuple(by), compared=compared)


def _statement(folder: Folder, name: str, certificate: Data) -> str:
    """The text of a Rocq file that says what the certificate says."""
    _intact(folder, name)
    text = folder.content[name].decode("utf-8", "replace")
    other = differences(text, certificate)
    if other:
        raise Unreadable(f"statement.v and certificate.json differ in {', '.join(other)}")
    return text


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
    recheck.check(certificate)
    return certificate, time.perf_counter() - start


def _about(certificate: Data, networks: Subjects) -> str:
    """The file whose network the certificate is about, of those given."""
    for path, (network, specification) in networks.items():
        if is_about(certificate, network, specification):
            return path.name
    if networks:
        files = ", ".join(path.name for path in networks)
        raise Unreadable(f"another network, readout or specification than in {files}")
    return ""
