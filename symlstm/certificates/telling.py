"""What a certificate states, in a line, from its own data: no title, no id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from flint import fmpq

from symlstm.certificates.steps import KIND, derivation
from symlstm.certificates.subjects import Data
from symlstm.kernel.logic.propositions import Proposition
from symlstm.proof.scale import length_of
from symlstm.render.statements.numbers import round_down, round_up
from symlstm.render.statements.scales import number
from symlstm.render.statements.spelling import phrased

ERROR = "|readout - specification|"
SIDE = "on the specified side of"
WORDS = {True: "acceptance", False: "rejection"}


def told(certificate: Data) -> str:
    """What the network and its specification are stands in the certificate; of a derivation its conclusion."""
    if certificate["theorem"] == KIND:
        return str(statement(certificate)[1])
    return TOLD[certificate["theorem"]](certificate)


def hypotheses(certificate: Data) -> list[str]:
    """Under what a derivation's conclusion holds; nothing for other theorems."""
    return sorted(map(str, statement(certificate)[0])) if certificate["theorem"] == KIND else []


def under(given: Sequence[object]) -> str:
    """How many hypotheses there are, as it stands behind a conclusion."""
    return f", given {len(given)} hypothes{'i' if len(given) == 1 else 'e'}s" if given else ""


def statement(certificate: Data) -> tuple[frozenset[Proposition], Proposition]:
    """The hypotheses and the conclusion of a derivation's certificate. Raises one of MALFORMED for what is none."""
    found = derivation(certificate)
    last = found.nodes[-1]
    return frozenset(found.hypotheses[h] for h in last.hypotheses), last.conclusion


def _lengths(certificate: Data) -> str:
    return "at every length" if certificate["last"] is None else f"up to {_words(certificate['last'])}"


def _words(n: int) -> str:
    return f"{number(n)} word{'s' * (n != 1)}"


def _at(certificate: Data) -> str:
    return f"at k = {certificate['scale']}, {_lengths(certificate)}"


def _constant(data: object) -> str:
    """A rational number, or what stands for a sum of products."""
    return data if isinstance(data, str) else "a constant"


def _readout(certificate: Data) -> str:
    constant = certificate["constant"]
    return "readout" if constant == "0" else f"readout + {_constant(constant)}".replace("+ -", "- ")


def _limit(certificate: Data) -> str:
    """The readout has a constant of its own where a machine says numbers."""
    by_machine = "values" in certificate.get("specification", {})
    return f"lim ({_readout(certificate)})" if by_machine and certificate["constant"] != "0" else "lim readout"


def _between(said: Data) -> str:
    """Both ends, rounded outward."""
    return f"between {round_down(_rational(said['lower']))} and {round_up(_rational(said['upper']))}"


def _above(data: object) -> str:
    return round_up(_rational(data)) if isinstance(data, str) else _constant(data)


def _rational(text: str) -> fmpq:
    found = Fraction(text)
    return fmpq(found.numerator, found.denominator)


def _run(certificate: Data) -> str:
    runs = tuple(((*words,), n) for words, n in certificate["runs"])
    after = f"after {_words(length_of(runs))}, {phrased(runs)}, for which {_specified(certificate['specified'])}"
    return f"{_readout(certificate)} {_between(certificate)} at k = {certificate['scale']} {after}"


def _specified(said: object) -> str:
    return f"{WORDS.get(said, said) if isinstance(said, bool) else said} is specified"


def _largest(said: Data) -> str:
    lengths = (
        f"T = {number(said['last'])}"
        if said["first"] == said["last"]
        else f"{said['first']} <= T <= {number(said['last'])}"
    )
    return f"largest {ERROR} {_between(said)} at k = {said['scale']}, {lengths}"


TOLD: dict[str, Callable[[Data], str]] = {
    "Computes": lambda c: f"{_limit(c)} = specification, at every length",
    "Counterexample": lambda c: (
        f"{_limit(c)} = {_constant(c['limit'])} after {_words(len(c['words']))}, for which {_constant(c['specified'])} is specified"
    ),
    "Trace": lambda c: f"lim readout after each of {_words(len(c['words']))}",
    "ErrorBound": lambda c: f"{ERROR} bounded for k >= {c['k0']}, at every length",
    "StepTable": lambda c: f"{len(c['rows'])} rows of gates and states for k >= {c['k0']}, in every step",
    "Decides": lambda c: f"lim readout {SIDE} {_constant(c['threshold'])}, at every length",
    "DecidesBy": lambda c: f"lim readout {SIDE} {_constant(c['threshold'])} by {c['margin']}, at every length",
    "Chooses": lambda c: "the limit of the specified readout is the largest, at every length",
    "Misdecision": lambda c: (
        f"lim readout = {_constant(c['limit'])} after {_words(len(c['words']))}, not {SIDE} {_constant(c['threshold'])}"
    ),
    "Mischoice": lambda c: (
        f"the limit of the specified readout, number {c['specified']}, is not the largest after {_words(len(c['words']))}"
    ),
    "DecidesAt": lambda c: f"readout {SIDE} {_constant(c['threshold'])} {_at(c)}",
    "WithinAt": lambda c: f"|{_readout(c)} - specification| <= {_above(c['bound'])} {_at(c)}",
    "ChoosesAt": lambda c: f"the specified readout is the largest {_at(c)}",
    "RunAt": _run,
    "FiniteError": lambda c: _largest(c["worst"]),
    "ErrorAt": lambda c: _largest(c["worst"]),
    "Bracket": lambda c: f"{_largest(c['within'])}; {_largest(c['beyond'])}",
    "Cells": lambda c: f"lim readout = specification exactly in {len(c['cells'])} cells of the parameters",
    "MarginsAt": lambda c: f"the values of {len(c['forms'])} forms at a point",
    "LargestMargin": lambda c: f"the largest value of {len(c['forms'])} forms is {_constant(c['best'])}",
}
