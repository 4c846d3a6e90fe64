"""Certificates with one thing changed, and what becomes of them."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from support import GALLERY, PROOFS
from symlstm.certificates import recheck
from symlstm.certificates.exporting import certificate
from symlstm.certificates.rocq import text_of
from symlstm.certificates.rocq_reading import Unreadable
from symlstm.certificates.steps import KIND, certificate_of
from symlstm.certificates.subjects import Data, NotCovered, is_about
from symlstm.certificates.verifying import MALFORMED, statement
from symlstm.cli.networks import construction
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.errors import InputError
from symlstm.proof.claims import check, load
from symlstm.search.construction import Construction
from symlstm.search.saturation.exploration import Infinite

LABELS = {"format", "title", "symlstm"}  # of a certificate, which state nothing
HUGE = str(2**70)

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


@lru_cache
def derived() -> tuple[tuple[str, None, Data], ...]:
    """Certificates of theorems about real numbers."""
    claims = {claim.id: claim for claim in load(PROOFS / "rnn_in_lstm.py")}
    made = ((name, check(claims[name]).outcome.theorem) for name in DERIVATIONS)
    return tuple((name, None, certificate_of(theorem, name)) for name, theorem in made if theorem is not None)


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
    """A copy with one number, text or list changed, and where."""
    places = [(path, value) for path, value in leaves(data) if path and path[0] not in LABELS]
    path, value = chance.choice(places)
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


def compared(found: Data, true: Data, about: Construction | None) -> str:
    """The Rocq file of a damaged copy that still states what the true one does; empty if it states something else or
    cannot be written.
    """
    try:
        if found["theorem"] == KIND == true["theorem"]:
            return text_of(found) if statement(found) == statement(_lists(true)) else ""
        same = about is not None and is_about(found, about.network, about.specification)
        said = all(found.get(name) == _lists(true).get(name) for name in ("theorem", "words", "k0"))
        return text_of(found) if same and said else ""
    except (NotCovered, Unreadable, ZeroDivisionError, RuleError, *MALFORMED):
        return ""


def verdict(found: Data, about: Construction) -> str:
    """ "rejected", "another subject", or "accepted": it is still about the network and the checker agrees."""
    try:
        recheck.check(_lists(found))
    except recheck.Rejected:
        return "rejected"
    return "accepted" if is_about(found, about.network, about.specification) else "another subject"
