"""symlstm certify: theorems as a folder that others check, with Rocq or in plain Python."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode

if TYPE_CHECKING:
    from symlstm.certificates.folder import Entry
    from symlstm.certificates.subjects import Data, Subject
    from symlstm.certificates.verifying import Stated
    from symlstm.cli.attempt import Source
    from symlstm.kernel.theorem import Theorem
    from symlstm.model.network import Network
    from symlstm.proof.claims import Claim, Result


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `certify`."""
    parser.add_argument(
        "targets", nargs="+", metavar="FILE|NAME", help="as for prove: construction files, scripts, folders, claims"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="a new folder")
    parser.add_argument(
        "--scale",
        type=Fraction,
        metavar="K",
        help="what is known at this scale, too: up to which length it is right, on which words wrong",
    )
    parser.add_argument(
        "--spec", type=Path, metavar="FILE", help="for files of weights: a construction file without [weights]"
    )
    parser.add_argument("--force", action="store_true", help="replace a folder that certify has written")
    parser.epilog = "Exit code 0: every claim has a certificate; 3: some have none; else as for prove."


def run(options: argparse.Namespace) -> ExitCode:
    """Proves what the options select, writes the folder, and says what is in it."""
    from symlstm.certificates import folder
    from symlstm.cli.selection import selected

    if options.output.exists() and not options.force:
        folder.write(options.output, {})  # refuses before anything is proved
    sources = selected(options.targets, scripts=True, spec=options.spec)
    entries = [entry for source in sources for entry in entries_of(source, options.scale, options.spec)]
    if not entries:
        return ExitCode.NO_CLAIMS
    folder.write(options.output, folder.files(entries), options.force)
    _report(entries, options)
    return ExitCode.OK if all(entry.certificate for entry in entries) else ExitCode.OPEN


def entries_of(source: Source, scale: Fraction | None, spec: Path | None = None) -> Iterator[Entry]:
    """What becomes of each claim of a file, and of its decision at a scale; an error of the file's own comes through."""
    from symlstm.cli.attempt import attempt

    if source.error is not None:
        raise source.error
    subjects = subjects_in(source.path, spec)
    for claim in source.claims:
        networks = [subject.network for subject in subjects]
        yield entry_of(attempt(claim, None), source.path, networks)
        if scale is not None and claim.at_scale is not None:
            yield from entries_at(claim, scale, source.path, networks)


def entries_at(claim: Claim, scale: Fraction, path: Path, networks: list[Network]) -> Iterator[Entry]:
    """The certificates of what is known at a scale, up to which length it is right and on which words wrong."""
    from symlstm.certificates.folder import Entry

    found = None if claim.at_scale is None else claim.at_scale(scale)
    name = f"{path.stem} at k = {scale}"
    if found is None or (found.right is None and found.wrong is None):
        yield Entry(name, claim.name, reason="" if found is None else found.reason)
        return
    if found.right is not None:
        yield _entry(name, claim.name, found.right, path, networks)
    if found.wrong is not None and found.wrong is not found.right:
        yield _entry(f"{name}, wrong", claim.name, found.wrong, path, networks)


def subjects_in(path: Path, spec: Path | None = None) -> list[Subject]:
    """The networks that a file is about, each with its specification, if it has one, and its threshold; those of a file of
    weights are in another one.
    """
    from symlstm.certificates.subjects import Subject
    from symlstm.model.exact_tensors import exact
    from symlstm.model.file.construction_file import read_construction
    from symlstm.model.smoothing import as_sigmoids
    from symlstm.proof.claims import run_script
    from symlstm.search.construction import Construction
    from symlstm.weights.specified import with_specification

    if path.suffix != ".py":
        found = read_construction(path) if spec is None else with_specification(path, spec)
        threshold = exact(Fraction(1, 2) if found.threshold is None else found.threshold, "threshold")
        networks = [found.network, *([as_sigmoids(found.network)] if found.as_sigmoids else [])]
        return [Subject(network, found.specification, threshold) for network in networks]
    values = run_script(path).names.values()
    made = [value for value in values if isinstance(value, Construction)]
    return [Subject(value.network, value.specification, value.threshold) for value in made]


def said_in(path: Path) -> tuple[list[Stated], list[Subject]]:
    """What the claims of a file state about real numbers, with the hypotheses that they allow, and what those of a script
    about networks are about: also networks that no name of the script stands for.
    """
    from symlstm.certificates.systems import subject_of
    from symlstm.kernel.logic.propositions import Proposition
    from symlstm.kernel.networks.regions import LargestMargin, MarginsAt
    from symlstm.proof.claims import Verdict, check

    statements: list[Stated] = []
    subjects: list[Subject] = []
    for claim in _stating(path):
        is_goal = claim.goal is not None and claim.expected is Verdict.PROVED
        theorem = None if is_goal else check(claim).outcome.theorem
        goal = claim.goal if theorem is None else theorem.conclusion
        if isinstance(goal, Proposition | MarginsAt | LargestMargin):
            statements.append((goal, (claim.given or frozenset()) if theorem is None else theorem.hypotheses))
        elif theorem is not None and (found := subject_of(theorem)):
            subjects.append(found)
    return statements, subjects


def _stating(path: Path) -> Iterable[Claim]:
    """The claims of a script, or that of a construction file if it is about real numbers."""
    from symlstm.cli.attempt import construction_claims
    from symlstm.cli.selection import WEIGHTS
    from symlstm.model.file.construction_file import read_construction
    from symlstm.proof.claims import load

    if path.suffix == ".py":
        return load(path)
    is_weights = path.suffix in WEIGHTS
    return construction_claims(path) if not is_weights and read_construction(path).claim is not None else ()


def entry_of(result: Result, path: Path, networks: list[Network]) -> Entry:
    """The certificate of a claim's theorem, or why it has none."""
    from symlstm.certificates.folder import Entry

    claim, theorem = result.claim, result.outcome.theorem
    name = claim.id if path.suffix == ".py" else path.stem
    if theorem is None:
        return Entry(name, claim.name, reason=f"{result.outcome.verdict.value}: {result.outcome.reason}")
    return _entry(name, claim.name, theorem, path, networks)


def _entry(name: str, title: str, theorem: Theorem, path: Path, networks: list[Network]) -> Entry:
    from symlstm.certificates.folder import Entry, digest
    from symlstm.certificates.subjects import NotCovered

    try:
        return Entry(name, title, {**data_of(theorem, title, networks), "file": digest(path)})
    except NotCovered as reason:
        return Entry(name, title, reason=str(reason))


def data_of(theorem: Theorem, title: str, networks: list[Network]) -> Data:
    """The certificate of a theorem about one of the networks, or about real numbers. Raises NotCovered for others."""
    from symlstm.certificates.exporting import certificate, system_of
    from symlstm.certificates.margins import margins
    from symlstm.certificates.rocq import text_of
    from symlstm.certificates.steps import certificate_of
    from symlstm.certificates.subjects import NotCovered
    from symlstm.certificates.systems import subject_of
    from symlstm.kernel.logic.propositions import Proposition
    from symlstm.kernel.networks.regions import LargestMargin, MarginsAt

    if isinstance(theorem.conclusion, MarginsAt | LargestMargin):
        return margins(theorem, title)
    if isinstance(theorem.conclusion, Proposition):
        data = certificate_of(theorem, title)
        text_of(data)  # refuses what no lemma is for
        return data
    system = system_of(theorem.conclusion)
    network = next((network for network in networks if not network.general and network.system == system), None)
    if network is not None:
        return certificate(theorem, network, title)
    made = subject_of(theorem)
    if made is None:
        raise NotCovered(f"theorems of the kind {type(theorem.conclusion).__name__}")
    return certificate(theorem, made.network, title)


def _report(entries: list[Entry], options: argparse.Namespace) -> None:
    covered = [entry for entry in entries if entry.certificate]
    if options.json:
        claims = [{"id": e.id, "certificate": bool(e.certificate), "reason": e.reason} for e in entries]
        print(json.dumps({"schema": 1, "folder": str(options.output), "claims": claims}, indent=2))
        return
    for entry in entries:
        if not entry.certificate:
            print(f"not covered  {entry.id}: {entry.reason}")
    if not options.quiet:
        print(f"{options.output}: {len(covered)} of {len(entries)} claims")
        print(f"  check   symlstm verify {options.output}")
