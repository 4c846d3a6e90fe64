"""Construction files: a network and what it should compute, in TOML or JSON with the same fields.

    title, description, source   texts; all optional
    expected                     "proved" (default), "refuted" or "open"
    as_sigmoids                  the same of the network with sigmoid(k x) for each step(x); optional
    cell                         one of cells.CELLS ("lstm" is the default); a list if layers differ
    num_layers                   may be left out: as many as have weights
    vocabulary                   the words, one-hot in this order
    embedding                    (words, inputs): the vector of each word instead
    scaled                       "all": each weight and bias is multiplied by k; "none": no entry depends on k, and the
                                 claim is about the network as it stands (the default if no entry does)
    [weights]                    weight_ih_l0 (gates*d, inputs), weight_hh_l0 (gates*d, d), and
                                 bias_ih_l0, bias_hh_l0 (gates*d,), zero if missing; gates in PyTorch's order;
                                 weight_hr_l0, peephole_l0 of an LSTM; weight_ih_l1, ... of the layers above
    [initial]                    h0, c0 (d,), zero if missing; h0_l1, ... of the layers above
    [readout]                    delay (default 0), terms = [{state, index from 0, coeff (default 1), layer}, ...],
                                 constant (default 0); or for argmax outputs = {name = {terms, constant}, ...}
    [spec] type                  "pattern_counts": terms = [{weight, pattern}, ...]
                                 "wfa": initial, final, and one matrix a word in [spec.matrices]
                                 "accepts": threshold (default 1/2), perhaps a margin, and one of machine, dfa, regex,
                                 counts, language (machine_fields.py); "machine_value", "argmax": machine
                                 "contains": that an LSTM or GRU of one layer contains an RNN, whose tensors these are:
                                 weight_ih, weight_hh, bias_ih, bias_hh, h0, cell "rnn_tanh" or "rnn_sigmoid" (the
                                 default); no readout, but [claim]. "sigmoid_rnn" is the same without cell
    [domain]                     the promised words, for a machine: one of machine, dfa, regex, counts, language
    [check]                      what must hold at a finite scale: scale (default 1), length (default: every one),
                                 within (default: what rounding forgives)
    [claim]                      that h_t is scale * r_t + shift, r_t the RNN's state: quantifier "limit", "every_k" or
                                 "bound"; scale (default 1), shift (default 0); bound and at_k

Entries are numbers or texts in k (entries.py), and exact. What is wrong is refused by an
InputError that names the file, the field, and the row and column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from symlstm.kernel.algebra import ZERO, Term
from symlstm.kernel.networks.machines import Machine
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import exact
from symlstm.model.file.fields import Fields
from symlstm.model.file.machine_fields import EXTRAS, SHORTHANDS, acceptor, choosing, domain, valued
from symlstm.model.file.network_tables import FIELDS, TERM, read_network, read_term, tensors
from symlstm.model.file.parser import Entries
from symlstm.model.file.toml_json import load
from symlstm.model.layers import LAYER
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.smoothing import STEPS, has_steps
from symlstm.model.specification import pattern_counts, weighted_automaton
from symlstm.model.specifications.machines import promised

MAX_DELAY = 100
MAX_LENGTH = 10**100
MAX_STATES = 256  # of a weighted automaton
MAX_OUTPUTS = 64
MAX_CELLS = 500_000  # numbers in all matrices of a weighted automaton

EXPECTED = ("proved", "refuted", "open")
QUANTIFIERS = ("limit", "every_k", "bound")
NETWORK = (*FIELDS, "readout")  # what of a file is the network
_TOP = ("title", "description", "source", "expected", "as_sigmoids", *NETWORK, "spec", "domain", "check", "claim")
_SPECS = {
    "pattern_counts": ("terms",),
    "wfa": ("initial", "final", "matrices"),
    "accepts": ("threshold", "margin", *SHORTHANDS, *EXTRAS),
    "machine_value": ("machine",),
    "argmax": ("machine",),
    "contains": ("cell", *LAYER, "h0"),
    "sigmoid_rnn": (*LAYER, "h0"),
}
CONTAINED = ("rnn_sigmoid", "rnn_tanh")  # the cells of what a network may be said to contain,
CONTAINING = ("lstm", "gru")  # and those of the network


@dataclass(frozen=True)
class EmbeddingClaim:
    """That the network's h_t is scale * r_t + shift, r_t the RNN's state, for every t and all input words.

    quantifier "limit": for k -> oo; "every_k": at each k > 0; "bound": at k = at_k,
    sup over t of ||h_t - scale * r_t - shift|| <= bound (maximum norm). A tanh RNN's state is called y_t.
    """

    rnn: Network
    quantifier: str
    scale: Term
    bound: Term | None = None
    at_k: Fraction | None = None
    shift: Term = ZERO

    def __post_init__(self) -> None:
        object.__setattr__(self, "scale", exact(self.scale, "claim.scale", None))
        object.__setattr__(self, "shift", exact(self.shift, "claim.shift", None))
        if self.bound is not None:
            object.__setattr__(self, "bound", exact(self.bound, "claim.bound", None))

    @property
    def statement(self) -> str:
        """The claim in words."""
        theirs = self.of(f"{self.letter}_t")
        return {
            "limit": f"lim_(k -> oo) h_t = {theirs}",
            "every_k": f"h_t = {theirs} at each k > 0",
            "bound": f"|h_t - {theirs}| <= {self.bound} at k = {self.at_k}",
        }[self.quantifier] + ", for every input word and every t"

    @property
    def letter(self) -> str:
        """What the RNN's state is called."""
        return "y" if self.rnn.cell == "rnn_tanh" else "r"

    def of(self, state: str) -> str:
        """scale * state + shift, written out."""
        scaled = state if self.scale == 1 else f"{self.scale}*{state}"
        return f"({scaled} + ({self.shift}))" if self.shift.monomials else scaled


@dataclass(frozen=True)
class Check:
    """What a file asks for beside the limit: a scale, up to which length (None: every one), and how close a number."""

    scale: Fraction
    length: int | None = None
    within: Fraction | None = None


@dataclass(frozen=True)
class ConstructionFile:
    """What a construction file says: a network, and either its specification or a claim about an RNN in it."""

    path: Path
    title: str
    description: str
    source: str
    expected: str
    network: Network
    specification: WeightedAutomaton | Machine | None = None
    claim: EmbeddingClaim | None = None
    threshold: Term | None = None  # of a decision: the specification accepts or not
    margin: Fraction | None = None  # by which the readout keeps away from it
    as_sigmoids: str = ""  # the verdict expected with sigmoids for steps, if it is asked for
    check: Check | None = None


def read_construction(path: str | Path) -> ConstructionFile:
    """The construction that a .toml or .json file describes; raises InputError."""
    return construction_of(load(Path(path)), Path(path))


def construction_of(table: Mapping[str, Any], path: Path) -> ConstructionFile:
    """The same of a table of a file's fields; `path` is where messages say that they stand. Raises InputError."""
    top = Fields(str(path), "", table, _TOP, Entries())
    title, description, source = top.text("title", path.stem), top.prose("description"), top.prose("source")
    expected = top.choice("expected", EXPECTED, "proved")
    about_rnn = top.has("spec") and _spec(top).text("type") in ("contains", "sigmoid_rnn")
    network = read_network(top, title, _readout(top), general=about_rnn)
    spec = _spec(top)
    claim = _claim(top, spec, network) if about_rnn else None
    specification = None if claim else _specification(top, spec, network)
    decision: tuple[Term | None, Fraction | None] = _threshold(spec) if spec.text("type") == "accepts" else (None, None)
    smooth, check = _as_sigmoids(top, network), None if claim else _check(top)
    return ConstructionFile(
        path, title, description, source, expected, network, specification, claim, *decision, smooth, check
    )


def _as_sigmoids(top: Fields, network: Network) -> str:
    if not top.has("as_sigmoids"):
        return ""
    if not has_steps(network):
        raise InputError(top.where("as_sigmoids"), f"a network of {network.cell}", f"steps: {' or '.join(STEPS)}")
    return top.choice("as_sigmoids", EXPECTED)


def _spec(top: Fields) -> Fields:
    kind = top.table("spec", ("type", *dict.fromkeys(name for names in _SPECS.values() for name in names)))
    return top.table("spec", ("type", *_SPECS[kind.choice("type", tuple(_SPECS))]))


def _check(top: Fields) -> Check | None:
    """What must hold at a finite scale."""
    if not top.has("check"):
        return None
    asked = top.table("check", ("scale", "length", "within"))
    scale = asked.rational("scale") if asked.has("scale") else Fraction(1)
    within = asked.rational("within") if asked.has("within") else None
    for name, number in (("scale", scale), ("within", within)):
        if number is not None and number <= 0:
            raise InputError(asked.where(name), str(number), "a rational > 0")
    return Check(scale, asked.whole("length", MAX_LENGTH) if asked.has("length") else None, within)


def _readout(top: Fields) -> dict[str, Any]:
    """The fields of a network that say how it is read."""
    if not top.has("readout"):
        return {}
    readout = top.table("readout", ("delay", "terms", "constant", "outputs"))
    delay = readout.whole("delay", MAX_DELAY, 0)
    if not readout.has("outputs"):
        return {"readout": _terms(readout), "constant": readout.entry("constant", "0"), "delay": delay}
    if readout.has("terms") or readout.has("constant"):
        found = "outputs beside terms or a constant"
        raise InputError(readout.where("outputs"), found, "one readout, or several outputs")
    names = readout.keys("outputs", MAX_OUTPUTS)
    table = readout.table("outputs", names)
    outputs = [(name, table.table(name, ("terms", "constant"))) for name in names]
    return {"outputs": {name: (_terms(one), one.entry("constant", "0")) for name, one in outputs}, "delay": delay}


def _terms(table: Fields) -> tuple[ReadoutTerm, ...]:
    return tuple(map(read_term, table.tables("terms", TERM)))


def _specification(top: Fields, spec: Fields, network: Network) -> WeightedAutomaton | Machine:
    kind, vocabulary = spec.text("type"), tuple(network.vocabulary)
    if top.has("claim"):
        raise InputError(top.where("claim"), "a claim about an RNN", 'spec.type = "contains"')
    if kind == "argmax" and len(network.outputs) < 2:
        raise InputError(top.where("readout.outputs"), f"{len(network.outputs)} outputs", "at least two for argmax")
    if kind != "argmax" and not network.readout:
        raise InputError(top.where("readout.terms"), "no terms", "at least one, a coordinate to read")
    if kind in ("pattern_counts", "wfa"):
        if top.has("domain"):
            raise InputError(
                top.where("domain"), f"a domain of {kind}", 'spec.type = "accepts", "machine_value" or "argmax"'
            )
        return (_patterns if kind == "pattern_counts" else _automaton)(spec, vocabulary)
    machine = _machine(spec, kind, network)
    if not top.has("domain"):
        return machine
    with top.locating({}):
        return promised(machine, domain(top.table("domain", (*SHORTHANDS, *EXTRAS, "promise")), vocabulary))


def _machine(spec: Fields, kind: str, network: Network) -> Machine:
    if kind == "accepts":
        return acceptor(spec, network.vocabulary)
    if kind == "machine_value":
        return valued(spec, network.vocabulary)
    return choosing(spec, network.vocabulary, [*network.outputs])


def _threshold(spec: Fields) -> tuple[Term, Fraction | None]:
    """What the readout is compared with, and by how much it keeps away from it."""
    threshold = spec.entry("threshold", "1/2")
    margin = spec.rational("margin") if spec.has("margin") else None
    if threshold.symbols() or (margin is not None and margin <= 0):
        name = "threshold" if threshold.symbols() else "margin"
        raise InputError(
            spec.where(name),
            str(threshold if threshold.symbols() else margin),
            "a constant free of k, and a margin > 0",
        )
    return threshold, margin


def _patterns(spec: Fields, vocabulary: tuple[str, ...]) -> WeightedAutomaton:
    terms: dict[tuple[str, ...], Fraction] = {}
    for term in spec.tables("terms", ("weight", "pattern")):
        pattern = term.texts("pattern", MAX_STATES)
        with term.locating({"spec.terms": "pattern"}):
            pattern_counts(vocabulary, {pattern: 1})  # refuses an unknown word where it stands
        terms[pattern] = terms.get(pattern, Fraction(0)) + term.rational("weight")
    _check_size(spec, "terms", 1 + sum(map(len, terms)), len(vocabulary))
    with spec.locating({"spec.terms": "terms"}):
        return pattern_counts(vocabulary, terms)


def _automaton(spec: Fields, vocabulary: tuple[str, ...]) -> WeightedAutomaton:
    matrices = spec.table("matrices", vocabulary)
    initial, final = spec.rationals("initial", 1), spec.rationals("final", 1)
    _check_size(spec, "initial", len(initial), len(vocabulary))
    read = {word: matrices.rationals(word, 2) for word in vocabulary}
    names = {f"spec.matrices.{word}": f"matrices.{word}" for word in vocabulary}
    with spec.locating(names | {"spec.final": "final"}):
        return weighted_automaton(initial, read, final)


def _check_size(spec: Fields, name: str, states: int, words: int) -> None:
    if not 0 < states <= MAX_STATES or words * states**2 > MAX_CELLS:
        needed = f"1 to {MAX_STATES} states, and at most {MAX_CELLS} numbers in the matrices"
        raise InputError(spec.where(name), f"a weighted automaton of {states} states over {words} words", needed)


def _claim(top: Fields, spec: Fields, network: Network) -> EmbeddingClaim:
    if top.has("readout") or network.cell not in CONTAINING or len(network.layers) > 1:
        needed = f"one layer of {' or '.join(CONTAINING)} without a readout; or another specification"
        raise InputError(top.where("spec.type"), spec.text("type"), needed)
    claim = top.table("claim", ("quantifier", "scale", "shift", "bound", "at_k"))
    quantifier = claim.choice("quantifier", QUANTIFIERS)
    rnn, scale, shift = _rnn(spec, network), claim.entry("scale", "1"), claim.entry("shift", "0")
    if quantifier != "bound":
        return EmbeddingClaim(rnn, quantifier, scale, shift=shift)
    bound, at_k = claim.entry("bound"), claim.rational("at_k")
    if at_k <= 0 or bound.symbols():
        raise InputError(claim.where("bound"), f"{bound} at k = {at_k}", "a bound free of k, and at_k > 0")
    return EmbeddingClaim(rnn, quantifier, scale, bound, at_k, shift)


def _rnn(spec: Fields, network: Network) -> Network:
    weights = tensors(spec, "", 1)
    cell = spec.choice("cell", CONTAINED, CONTAINED[0]) if spec.has("cell") else CONTAINED[0]
    with spec.locating({}):
        h0 = spec.array("h0", 1, optional=True)
        rnn = Network(network.vocabulary, **weights, h0=h0, cell=cell, embedding=network.embedding)
        if rnn.hidden != network.hidden:
            raise InputError("weight_hh", f"{rnn.hidden} coordinates", f"{network.hidden}, as many as the network has")
        return rnn
