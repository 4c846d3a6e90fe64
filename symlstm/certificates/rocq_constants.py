"""The sign of a constant in tanh of rational numbers, as a Rocq tactic: by the library's intervals."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from symlstm.certificates.rocq_terms import Terms, operand, then
from symlstm.certificates.subjects import NotCovered
from symlstm.kernel.algebra import Apply, Atom, Term


def constant_sign(terms: Terms, x: Term) -> str:
    """The tactic for 0 < x. Raises NotCovered for other constants."""
    atoms = sorted({a for mono in x.monomials for a, _ in mono}, key=terms.atom_text)
    arguments = [_argument(x, a) for a in atoms]
    table = _listed([_listed([f"(pair {_rational(q)} nil)"]) for q in arguments])
    products = []
    for c, mono in terms.products(x):
        powers = [f"(pair {atoms.index(a)}%nat ({n})%Z)" for a, n in mono]
        products.append(f"(pair {_rational(c)} {_listed(powers)})")
    constant, text = _listed(products), operand(terms.text(x))
    put = "; ".join(
        f"try replace (Q2R {_rational(q)} * 1 + 0) with "
        f"{operand(terms.text(Term({frozenset(): q})))} by (unfold Q2R; cbn [QArith_base.Qnum QArith_base.Qden]; field)"
        for q in arguments
    )
    value = f"(Definitions.value (atom_values {table} nil) {constant})"
    proof = f"(constant_positive {table} {constant} ltac:(vm_compute; reflexivity))"
    start = f"refine (lt_as 0 0 {value} {text} _ _ {proof})"
    return then(start, "reflexivity", f"constants ltac:({put or 'idtac'})")


def _argument(x: Term, a: Atom) -> fmpq:
    found = a.argument.rational() if isinstance(a, Apply) and a.function == "tanh" else None
    if found is None:
        raise NotCovered(f"the sign of the constant {x}")
    return found


def _rational(q: fmpq) -> str:
    return f"(QArith_base.Qmake ({q.p})%Z {q.q}%positive)"


def _listed(items: Sequence[str]) -> str:
    whole = "nil"
    for item in reversed(items):
        whole = f"(cons {item} {whole})"
    return whole
