"""Decisions in the limit as tables for Rocq: families of situations, one for each value of some integers, the ghosts.

In Rocq the atoms before the first that depends on a ghost are the network's; the ghosts come after them, then the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from symlstm.certificates.rocq_machines import affine, optional, place
from symlstm.certificates.rocq_values import constant, listed, record, whole

Data = dict[str, Any]


def network_atoms(atoms: Any) -> Any:
    """The table up to the first atom that depends on a ghost."""
    fixed = next((n for n, data in enumerate(atoms) if any(atom < 0 for atom in _atoms(data))), len(atoms))
    return atoms[:fixed]


def is_affine(certificate: Data) -> bool:
    """Whether registers and ghosts are affine forms in the ghosts everywhere, the latter with whole numbers."""
    proof = certificate["proof"]
    try:
        for family in proof["families"]:
            for some in (*family["places"], *([family["domain"]] if family["domain"] else [])):
                [affine(x) for x in some[1]]
        for leaf in (leaf for row in proof["steps"] for tree in row for leaf in _leaves(tree)):
            [_whole_form(x) for x in leaf[2]]
    except ValueError:
        return False
    return True


def tables(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what proves it."""
    proof, fixed = certificate["proof"], len(network_atoms(certificate["atoms"]))
    write = _constants(fixed, proof["ghosts"])

    def family(data: Any) -> str:
        limits = listed(data["limits"], lambda limit: f"({whole(limit[0])}, {write(limit[1])})")
        return record(
            {
                "ranges": listed(data["ranges"], lambda ends: f"({_end(ends[0])}, {_end(ends[1])})"),
                "tending": limits,
                "places": listed(data["places"], place),
                "promise_place": optional(data["domain"], place),
            }
        )

    fields = {
        "moving": listed(certificate["atoms"][fixed:], write),
        "origin": listed(proof["origin"], _integer),
        "families": listed(proof["families"], family),
        "trees": listed(proof["steps"], lambda row: listed(row, _tree)),
        "goals": listed(proof["goals"], _tree),
    }
    yield "invariant", "families_proof", record(fields)


def _constants(fixed: int, ghosts: int) -> Callable[[Any], str]:
    """How constants are written with these places of the atoms."""

    def at(atom: int) -> int:
        return fixed - 1 - atom if atom < 0 else atom if atom < fixed else atom + ghosts

    def write(data: Any) -> str:
        if isinstance(data, str):
            return constant(data)
        return constant([[c, sorted([at(atom), n] for atom, n in powers)] for c, powers in data])

    return write


def _atoms(data: Any) -> Iterator[int]:
    for _, powers in [] if isinstance(data, str) else data:
        yield from (atom for atom, _ in powers)


def _leaves(tree: Any) -> Iterator[Any]:
    if tree[0] == "leaf":
        yield tree
    else:
        yield from (leaf for part in tree[3:] for leaf in _leaves(part))


def _tree(tree: Any) -> str:
    if tree[0] == "leaf":
        _, target, image = tree
        return "(Leaf None)" if target is None else f"(Leaf (Some ({whole(target)}, {listed(image, _form)})))"
    _, ghost, threshold, below, above = tree
    return f"(Cut {whole(ghost)} {_integer(threshold)} {_tree(below)} {_tree(above)})"


def _form(data: Any) -> str:
    constant_part, terms = _whole_form(data)
    return f"({_integer(constant_part)}, {listed(terms, lambda t: f'({whole(t[0])}, {_integer(t[1])})')})"


def _whole_form(data: Any) -> tuple[int, list[tuple[int, int]]]:
    constant_part, terms = affine(data)
    if any(Fraction(x).denominator != 1 for x in (constant_part, *(c for _, c in terms))):
        raise ValueError(f"{data} has other than whole numbers")
    return int(constant_part), [(ghost, int(c)) for ghost, c in terms]


def _integer(n: int) -> str:
    return f"({n})%Z" if n < 0 else f"{n}%Z"


def _end(n: int | None) -> str:
    return optional(n, _integer)
