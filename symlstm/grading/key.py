"""A key: what submissions should compute, what networks are admitted, and what each part is worth.

    title, description           texts; optional
    points                       the greatest score (default 1)
    vocabulary                   the words
    [spec], [domain], [claim]    as in a construction file
    [readout]                    delay (default 0): it holds for every submission; terms: for weight files that say none
    [network]                    cell (a text or a list), hidden (at most; of all layers), scaled ("all": in a network
                                 without k every entry is taken times k; default "none"); all optional
    [check]                      scale (default 1), length (default 100), within (default 1/2): what `on = "scale"` asks
    [[credit]]                   points, name, on = "limit" (default) or "scale"; and at most one of
                                 words = [...]    on sequences of these words only
                                 pattern = [...]  on sequences of its words and of the words in no pattern
                                 length = n       on sequences of up to n words only
                                 default: one for the limit, and if there is [check] another for the scale

A credit that a network of zeros would earn is refused: it would be worth nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from symlstm.model.cells import GATES
from symlstm.model.errors import InputError
from symlstm.model.file.construction_file import NETWORK, ConstructionFile, construction_of
from symlstm.model.file.fields import Fields
from symlstm.model.file.network_tables import MAX_HIDDEN, MAX_WORDS
from symlstm.model.file.parser import Entries, described, shortened
from symlstm.model.file.template import filled
from symlstm.model.file.toml_json import load

CLAIMED = ("spec", "domain", "claim")  # what a construction file says of its network
MAX_CREDITS = 100
MAX_LENGTH = 10**9
MAX_POINTS = 10**6


@dataclass(frozen=True)
class Check:
    """What is asked at one scale: an error below `within` on every sequence of up to `length` words at k = `scale`."""

    scale: Fraction = Fraction(1)
    length: int = 100
    within: Fraction = Fraction(1, 2)


@dataclass(frozen=True)
class Credit:
    """Points for being right in the limit or at the scale; on all sequences, or on some."""

    name: str
    points: Fraction
    at_scale: bool = False
    words: tuple[str, ...] | None = None
    length: int | None = None


@dataclass(frozen=True)
class Key:
    """An exercise. `claimed` are the fields of a construction file that say what a network should compute."""

    path: Path
    title: str
    points: Fraction
    vocabulary: tuple[str, ...]
    claimed: Mapping[str, Any]
    delay: int
    terms: tuple[Any, ...] | None
    cells: tuple[str, ...]
    hidden: int
    scaled: str
    check: Check
    credits: tuple[Credit, ...]

    def construction(self, network: Mapping[str, Any], path: Path) -> ConstructionFile:
        """A submitted network, as fields of a construction file, with what the key asks of it. Raises InputError.

        Of the submission only the fields of a network are taken, and neither its delay nor its words:
        these say what the network is asked for.
        """
        taken = {"vocabulary": [*self.vocabulary]} | {name: found for name, found in network.items() if name in NETWORK}
        self._check_words(taken["vocabulary"], path)
        whole = {"title": self.title, **taken, **self.claimed}
        if self.claimed_of_rnn:
            whole.pop("readout", None)
        else:
            whole["readout"] = self._readout(taken.get("readout"), path)
        found = construction_of(whole, path)
        self._check_sizes(found, path)
        return found

    @property
    def claimed_of_rnn(self) -> bool:
        """Whether the key asks for an RNN in the network, and for no readout."""
        return "claim" in self.claimed

    def _readout(self, given: Any, path: Path) -> dict[str, Any]:
        if given is None and self.terms is None:
            raise InputError(str(path), "no readout", "[readout] with terms: what is read off the network")
        if given is not None and not isinstance(given, dict):
            raise InputError(f"{path}: readout", "no table", "a table of fields")
        return {"terms": self.terms and [*self.terms], **(given or {}), "delay": self.delay}

    def _check_words(self, words: object, path: Path) -> None:
        """Before the specification is read over them, whose messages would tell what it says."""
        if not isinstance(words, list) or sorted(map(str, words)) != sorted(self.vocabulary):
            found = described(words) if not isinstance(words, list) else shortened(str(words))
            raise InputError(f"{path}: vocabulary", found, f"the words of the exercise: {[*self.vocabulary]}")

    def _check_sizes(self, found: ConstructionFile, path: Path) -> None:
        layers = found.network.layers
        for layer in layers:
            if layer.cell not in self.cells:
                raise InputError(f"{path}: cell", layer.cell, " or ".join(self.cells))
        units = sum(layer.units for layer in layers)
        if units > self.hidden:
            raise InputError(f"{path}: weights", f"a hidden size of {units} in all", f"at most {self.hidden}")


def read_key(path: str | Path) -> Key:
    """The key that a .toml or .json file describes. Raises InputError."""
    path = Path(path)
    table = load(path)
    known = ("title", "description", "points", "vocabulary", "readout", "network", "check", "credit", *CLAIMED)
    top = Fields(str(path), "", table, known, Entries())
    top.prose("description")
    network = top.table("network", ("cell", "hidden", "scaled"), optional=True)
    readout = top.table("readout", ("delay", "terms"), optional=True)
    check = _check(top)
    words = top.texts("vocabulary", MAX_WORDS)
    points = _points(top, "1")
    key = Key(
        path=path,
        title=top.text("title", path.stem),
        points=points,
        vocabulary=words,
        claimed={name: table[name] for name in CLAIMED if name in table},
        delay=readout.whole("delay", 100, 0),
        terms=tuple(readout.need("terms", "a list")) if readout.has("terms") else None,
        cells=_cells(network),
        hidden=network.whole("hidden", MAX_HIDDEN, MAX_HIDDEN),
        scaled=network.choice("scaled", ("none", "all"), "none"),
        check=check,
        credits=tuple(_credits(top, points, words)),
    )
    if key.claimed_of_rnn and any(c.at_scale or c.words or c.length is not None for c in key.credits):
        raise InputError(top.where("credit"), "parts of a claim about an RNN", "credits for the claim as a whole")
    _check_worth(key)
    return key


def new_key(name: str) -> str:
    """The text of a small commented key, titled `name`, to begin with."""
    return filled("symlstm.grading", name)


def _points(fields: Fields, default: str | None = None) -> Fraction:
    found = fields.rational("points") if fields.has("points") or default is None else Fraction(default)
    if not 0 < found <= MAX_POINTS:
        raise InputError(fields.where("points"), str(found), f"a number > 0, at most {MAX_POINTS}")
    return found


def _cells(network: Fields) -> tuple[str, ...]:
    if not network.has("cell"):
        return tuple(GATES)
    if isinstance(network.need("cell", "a text"), str):
        return (network.choice("cell", tuple(GATES)),)
    found = network.texts("cell", len(GATES))
    unknown = [cell for cell in found if cell not in GATES]
    if unknown:
        raise InputError(network.where("cell"), repr(unknown[0]), " or ".join(GATES))
    return found


def _check(top: Fields) -> Check:
    check = top.table("check", ("scale", "length", "within"), optional=True)
    values = {name: check.rational(name) for name in ("scale", "within") if check.has(name)}
    for name, value in values.items():
        if value <= 0:
            raise InputError(check.where(name), str(value), "a number > 0")
    return Check(**values, length=check.whole("length", MAX_LENGTH, Check.length))


def _credits(top: Fields, points: Fraction, words: tuple[str, ...]) -> Iterator[Credit]:
    if not top.has("credit"):
        kinds = (False, True) if top.has("check") else (False,)
        yield from (Credit(_named(at_scale, ""), points / len(kinds), at_scale) for at_scale in kinds)
        return
    found = [*top.tables("credit", ("name", "points", "on", "words", "pattern", "length"))]
    if not 0 < len(found) <= MAX_CREDITS or sum(map(_points, found)) != points:
        given = " + ".join(str(_points(credit)) for credit in found[:12]) or "none"
        raise InputError(top.where("credit"), f"points {given}", f"points that add up to {points}")
    yield from (_credit(top, credit, words) for credit in found)


def _credit(top: Fields, credit: Fields, vocabulary: tuple[str, ...]) -> Credit:
    only = [name for name in ("words", "pattern", "length") if credit.has(name)]
    at_scale = credit.choice("on", ("limit", "scale"), "limit") == "scale"
    if len(only) > 1:
        raise InputError(credit.where(only[1]), f"{only[0]} and {only[1]}", "one of them")
    words, length, says = None, None, ""
    if only and only[0] != "length":
        chosen = credit.texts(only[0], len(vocabulary) + 100)
        unknown = [word for word in chosen if word not in vocabulary]
        if unknown:
            raise InputError(credit.where(only[0]), repr(unknown[0]), f"words of {[*vocabulary]}")
        words = chosen if only[0] == "words" else (*chosen, *_neutral(top, vocabulary))
        words = tuple(word for word in vocabulary if word in words)
        says = f" of {', '.join(words)}"
    elif only:
        length = credit.whole("length", MAX_LENGTH)
        says = f" of up to {length} words"
    return Credit(credit.text("name", _named(at_scale, says)), _points(credit), at_scale, words, length)


def _neutral(top: Fields, vocabulary: tuple[str, ...]) -> tuple[str, ...]:
    """The words that stand in no pattern of the specification."""
    spec = top.need("spec", "a table")
    terms = spec.get("terms") if isinstance(spec, dict) else None
    if not isinstance(terms, list):
        raise InputError(top.where("credit.pattern"), "a specification without patterns", "words = [...]")
    patterns = [term.get("pattern", ()) for term in terms if isinstance(term, dict)]
    return tuple(word for word in vocabulary if not any(word in pattern for pattern in patterns))


def _named(at_scale: bool, says: str) -> str:
    every = f"on every sequence{says}"
    return f"right {every} at the scale of the exercise" if at_scale else f"right {every}, as k grows"


def _check_worth(key: Key) -> None:
    """Refuses a key whose specification is wrong, or a credit of which a network of zeros would earn."""
    from symlstm.grading.judging import marks

    found = key.construction(_zeros(key), key.path)
    for n, mark in enumerate(marks(key, found)):
        if mark.earned and not key.claimed_of_rnn:
            where = f"{key.path}: credit[{n}]"
            raise InputError(where, f"{mark.credit.name!r}: a network of zeros earns it", "a claim that has to be met")


def _zeros(key: Key) -> dict[str, Any]:
    """A network of zeros of an admitted cell that reads its first state."""
    cell, claimed = key.cells[0], key.claimed.get("spec")
    rows = claimed.get("weight_hh") if key.claimed_of_rnn and isinstance(claimed, dict) else None
    hidden = len(rows) if isinstance(rows, list) else 1
    weights = {
        "weight_ih_l0": [[0] * len(key.vocabulary)] * (len(GATES[cell]) * hidden),
        "weight_hh_l0": [[0] * hidden] * (len(GATES[cell]) * hidden),
    }
    return {
        "cell": cell,
        "vocabulary": [*key.vocabulary],
        "weights": weights,
        "readout": {"terms": [{"state": "h", "index": 0}]},
    }
