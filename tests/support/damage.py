"""Certificates with one thing changed, and what becomes of them."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from pathlib import PurePath
from typing import Any, NamedTuple
from unittest.mock import patch

from support import GALLERY, PROOFS
from symlstm.certificates import recheck
from symlstm.certificates.compiler import Rocq
from symlstm.certificates.exporting import certificate
from symlstm.certificates.folder import Folder, encoded, shipped
from symlstm.certificates.rocq import covers, text_of
from symlstm.certificates.rocq_reading import Unreadable
from symlstm.certificates.steps import KIND, certificate_of
from symlstm.certificates.subjects import Data, NotCovered, Subject
from symlstm.certificates.telling import statement
from symlstm.certificates.verifying import MALFORMED, Finding, Stated, Statements, Subjects, findings
from symlstm.cli.networks import construction
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.errors import InputError
from symlstm.proof.claims import check, load
from symlstm.search.construction import Construction
from symlstm.search.saturation.exploration import Infinite

LABELS = {"format", "title", "symlstm", "file"}  # of a certificate, which state nothing
HUGE = str(2**70)
NUMBER = re.compile(r"-?[0-9]+(/[0-9]+)?")
ERROR = 4  # the place of the error in a row of a table of steps

Path = tuple[Any, ...]


@lru_cache
def certified() -> tuple[tuple[str, Construction, Data], ...]:
    """The shipped networks with a certificate of their decision; the sentiment network is the first."""
    files = [PROOFS / "sentiment.py", *sorted(GALLERY.glob("*.toml")), *sorted((GALLERY / "failures").glob("*.toml"))]
    made = []
    for path in files:
        try:
            found = construction(str(path))
            made.append((path.stem, found, certificate(found.decision, found.network)))
        except (NotCovered, InputError, RuleError, Unsupported, Infinite):  # a claim about an RNN, a network left open
            continue
    return tuple(made)


DERIVATIONS = ("R1", "R2", "R3", "R4", "R7", "R8", "R9")  # short ones, with most of the rules


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every text and number in it, and every list that has items, with the way there."""
    if isinstance(data, dict | list | tuple):
        if data and not isinstance(data, dict):
            yield path, data
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(value, (*path, key))
    else:
        yield path, data


def damaged(data: Data, chance: random.Random) -> tuple[Path, Data]:
    """A copy with one number, text or list changed, and where: of the fields, and of those of the proof, one is drawn first."""
    fields: dict[Path, list[tuple[Path, Any]]] = {}
    for path, value in leaves(data):
        if path and path[0] not in LABELS:
            fields.setdefault(path[: 1 + (path[0] == "proof")], []).append((path, value))
    path, value = chance.choice(fields[chance.choice([*fields])])
    return path, changed(_lists(data), path, _other(value, chance))


def changed(data: Data, path: Path, value: Any) -> Data:
    """A copy with another value at the end of the way."""
    found: Any = copy.deepcopy(data)
    holder = found
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return found


def _other(value: Any, chance: random.Random) -> Any:
    if isinstance(value, list | tuple):
        return _lists(value[:-1]) if chance.random() < 0.5 else [*_lists(value), *_lists(value[:1])]
    if value is None:
        return []
    if isinstance(value, int):
        return value + chance.choice((-1, 1))
    rational = value.lstrip("-").replace("/", "").isdigit()
    number = [HUGE, f"-{HUGE}", "1" if value != "1" else "0", value[1:] if value[0] == "-" else f"-{value}"]
    other = chance.choice(number) if rational else f"{value}'"
    return other if other not in (value, "-0") else HUGE


def _lists(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _lists(value) for name, value in data.items()}
    return [*map(_lists, data)] if isinstance(data, list | tuple) else data


# -- what becomes of them: all that `symlstm verify FOLDER FILE` does, with digests that are right -----------------------


class Case(NamedTuple):
    """A true certificate, with the networks and statements that its file has."""

    name: str
    data: Data
    networks: Subjects
    statements: Statements

    @classmethod
    def of(cls, name: str, data: Data, about: Subject | None = None, stated: Sequence[Stated] = ()) -> Case:
        file = PurePath(name)
        networks = [] if about is None else [(file, about)]
        return cls(name, _lists(data), networks, {file: stated} if stated else {})


def findings_of(case: Case, copies: Sequence[Data], rocq: Rocq | None = None) -> list[Finding]:
    """What is found of each copy, with a Rocq file that says the same, if one can be written."""
    content = shipped()
    for n, copy_ in enumerate(copies):
        content |= {f"{n}/certificate.json": encoded(copy_), f"{n}/statement.v": _text(copy_, case.data).encode()}
    claims = tuple({"id": f"{n}", "folder": f"{n}"} for n in range(len(copies)))
    return [*findings(Folder(claims, content, frozenset()), rocq, case.networks, case.statements)]


def rocq_accepts(case: Case, found: Data, rocq: Rocq) -> bool:
    """Whether a copy is still about the file and Rocq accepts it; nobody asks the checker in plain Python."""
    try:
        with patch.object(recheck, "check"):
            [finding] = findings_of(case, [found], rocq)
    except MALFORMED:  # what plain Python would have said
        return False
    return any(name.startswith("Rocq") for name, _ in finding.by)


@lru_cache
def derived() -> tuple[Case, ...]:
    """Theorems about real numbers."""
    claims = {claim.id: claim for claim in load(PROOFS / "rnn_in_lstm.py")}
    made = [(name, check(claims[name]).outcome.theorem) for name in DERIVATIONS]
    return tuple(
        Case.of(name, certificate_of(t, name), stated=[(t.conclusion, t.hypotheses)])
        for name, t in made
        if t is not None
    )


def _text(found: Data, true: Data) -> str:
    for data in (found, true):
        try:
            if covers(data):
                return text_of(data)
        except (NotCovered, Unreadable, ZeroDivisionError, *MALFORMED):
            continue
    return ""


def says_the_same(found: Data, true: Data) -> bool:
    """Whether two certificates state the same; atoms that only a proof uses may be there or not."""
    if true["theorem"] == found["theorem"] == KIND:
        return bool(statement(found) == statement(true))
    atoms = zip(found.get("atoms", []), true.get("atoms", []), strict=False)
    return _fields(found) == _fields(true) and all(a == b for a, b in atoms)


def _fields(data: Data) -> Any:
    """What a certificate about a network states: all but atoms and what proves it."""
    step = data["proof"]["step"] if data["theorem"] == "StepTable" else None
    return step, {name: value for name, value in data.items() if name not in (*LABELS, "atoms", "proof")}


UP, DOWN = {"bound", "upper", "k0"}, {"lower", "last"}  # what is larger, or smaller, says less
RATE, AMPLITUDE = 1, 2  # of a term of an error


def weaker(path: Path, true: Data, found: Data) -> bool:
    """Whether a copy that has another number there says less than the true one, which implies it; or the same of another
    scale, of which no file says anything.
    """
    if path == ("scale",):
        return True
    old, new = (reduce(lambda value, key: value[key], path, data) for data in (true, found))
    if path[0] == "rows" and isinstance(old, list) and len(path) == 1:
        return all(row in old for row in new)
    if not all(isinstance(x, str | int) and not isinstance(x, bool) for x in (old, new)):
        return False
    if not all(NUMBER.fullmatch(str(x)) for x in (old, new)):
        return False
    larger = Fraction(new) >= Fraction(old)
    if path[0] in ("rows", "bound") and len(path) > 2:
        is_error = path[0] == "bound" or path[2] == ERROR
        return is_error and larger if path[-1] == AMPLITUDE else is_error and path[-1] == RATE and not larger
    return larger if path[-1] in UP else path[-1] in DOWN and not larger
