"""Margins at a point, and the largest of all, as the data of a certificate.  UNTRUSTED: `recheck` and Rocq judge it."""

from __future__ import annotations

import symlstm
from symlstm.certificates.recheck import FORMAT
from symlstm.certificates.subjects import Atoms, Data, NotCovered
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.regions import LargestMargin, MarginsAt
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.region.affine_margins import affine

KINDS = ("MarginsAt", "LargestMargin")


def margins(theorem: Theorem, title: str = "") -> Data:
    """The certificate of a theorem about forms. Raises NotCovered for forms that are not affine."""
    goal, atoms = theorem.conclusion, Atoms()
    said = stated(goal, atoms)
    proof = _multipliers(theorem, atoms) if isinstance(goal, LargestMargin) else {}
    head = {"format": FORMAT, "theorem": type(goal).__name__, "title": title, "symlstm": symlstm.__version__}
    return head | {"atoms": atoms.arguments} | said | proof


def stated(goal: MarginsAt | LargestMargin, atoms: Atoms) -> Data:
    """What the theorem says: parameters, forms, the point and the values, or the bounds and the largest value."""
    parameters = tuple(goal.point)
    constants = [goal.point[p] for p in parameters]
    forms = [_form(form, parameters, atoms) for form in goal.forms]
    said = {
        "parameters": [p.name for p in parameters],
        "forms": forms,
        "point": [*map(atoms.constant, constants)],
    }
    if isinstance(goal, MarginsAt):
        return said | {"values": [*map(atoms.constant, goal.values)]}
    bounds = [[parameters.index(p), atoms.constant(bound)] for p, bound in goal.bounds.items()]
    return said | {"bounds": bounds, "best": atoms.constant(goal.value)}


def _form(form: Term, parameters: tuple[Variable, ...], atoms: Atoms) -> Data | list[object]:
    try:
        *coefficients, rest = affine(form, parameters)
    except RuleError:
        raise NotCovered(f"the margin {form}, which is not affine in the parameters") from None
    terms = [[n, atoms.constant(c)] for n, c in enumerate(coefficients) if c.monomials]
    return [atoms.constant(rest), terms]


def _multipliers(theorem: Theorem, atoms: Atoms) -> Data:
    first = len(theorem.conclusion.forms)
    written = [*map(atoms.constant, theorem.certificate)]
    return {
        "proof": {"multipliers": written[:first], "sides": [written[n : n + 2] for n in range(first, len(written), 2)]}
    }


def says(certificate: Data, goal: object) -> bool:
    """Whether a certificate says what a theorem does."""
    if type(goal).__name__ != certificate["theorem"] or not isinstance(goal, MarginsAt | LargestMargin):
        return False
    atoms = Atoms()
    said = stated(goal, atoms)
    table = certificate["atoms"][: len(atoms.arguments)]
    return bool(table == atoms.arguments and all(certificate[name] == value for name, value in said.items()))
