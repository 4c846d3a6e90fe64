"""A network's equations and weights as blocks, read from the system that the theorems are about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.machines import Machine
from symlstm.kernel.networks.statements import System, WeightedAutomaton
from symlstm.model.cells import Cell
from symlstm.model.translation import to_sympy
from symlstm.render.derivation.equations import at, block, equations
from symlstm.render.derivation.recognition import Layer, layers_of
from symlstm.render.documents.document import Block, Display, Grid, Heading, Paragraph, Runs, listed, paragraph
from symlstm.render.formulas.breaking import WIDTH, packed, width
from symlstm.render.formulas.formula import (
    SIGNS,
    Fence,
    Formula,
    Letter,
    Matrix,
    Script,
    Sign,
    Text,
    applied,
    commas,
    row,
)
from symlstm.render.statements.notation import at_time, expression, term
from symlstm.render.statements.numbers import ball_decimal
from symlstm.render.statements.phrases import sequence
from symlstm.render.statements.quantities import decimal, number
from symlstm.render.statements.specifications import LINES, beginning, counts, outputs, steps
from symlstm.render.statements.spelling import words

COLUMNS, ROWS = 10, 12  # of a matrix that is printed as one
MOST, FEW = 120, 40  # entries other than 0 that are listed where a matrix has no room, exactly or rounded
LONG, DIGITS = 12.0, 3  # columns of an entry that is printed exactly; else its significant digits
Table = tuple[tuple[Term, ...], ...]


def is_lstm(system: System) -> bool:
    """Whether its first layer is an LSTM."""
    return [layer.cell.name for layer in layers_of(system)[:1]] == ["lstm"]


def setting(system: System) -> Iterator[Block]:
    """What the network is: its words, its equations, its weights, where it starts."""
    listed_words = listed([(words([word]),) for word in system.words])
    yield Paragraph(("The words are ", *listed_words, *encoding(system)))
    layers = layers_of(system)
    if not layers:
        yield paragraph("The network is a recurrent network, one line a coordinate:")
        yield Display(tuple(recurrence(system)))
    for cell, projected, sees in dict.fromkeys(map(_variant, layers)):
        own = [n for n, layer in enumerate(layers) if _variant(layer) == (cell, projected, sees)]
        yield paragraph(_named(own, layers) + ":")
        yield Display(equations(cell, projected, sees))
    if len(layers) > 1:
        yield Paragraph(("For ", at("x"), " a layer above the first reads the new ", at("h"), " of the one below it."))
    if layers:
        yield from weights(system)
    yield Paragraph(("It starts from ", *initial(system), ". ", *_scale(system)))


def _variant(layer: Layer) -> tuple[Cell, bool, bool]:
    """Its cell, and whether it has a projection and peepholes."""
    return layer.cell, layer.weights.weight_hr is not None, layer.weights.peephole is not None


def _named(own: Sequence[int], layers: Sequence[Layer]) -> str:
    """What layers are called that have their equations in common, and how many units they have."""
    cell, projected, sees = _variant(layers[own[0]])
    more = [text for text, there in (("peepholes", sees), ("a projection", projected)) if there]
    what = cell.title + (f", with {' and '.join(more)}" if more else "")
    sizes = [_size(layers[n]) for n in own]
    of = f"of {sizes[0]}" if len({*sizes}) == 1 else f"of {', '.join(sizes[:-1])} and {sizes[-1]}"
    if len(layers) == 1:
        return f"The network is {what}, {of}"
    numbers = [*map(str, own)]
    which = f"Layers {', '.join(numbers[:-1])} and {numbers[-1]} are each" if len(own) > 1 else f"Layer {own[0]} is"
    return f"{which} {what}, {of}"


def _size(layer: Layer) -> str:
    units, outputs = len(layer.weights.bias_ih) // len(layer.cell.gates), len(layer.weights.weight_hh[0])
    shown = f"{units} unit{'s' * (units > 1)}"
    return shown if outputs == units else f"{shown} projected to {outputs}"


def encoding(system: System) -> Runs:
    """How a word enters."""
    identity = all(
        value == algebra.rational(int(i == j)) for i, r in enumerate(system.encoding) for j, value in enumerate(r)
    )
    vector = at("x")
    if identity:
        return ("; ", vector, " is 1 in the coordinate of the word ", at("w"), ", in this order, and 0 in the others.")
    codes = [
        (applied("x", words([w])), " = ", Fence(commas(map(_constant, r))))
        for w, r in zip(system.words, system.encoding, strict=True)
    ]
    return ("; they enter as ", *listed(codes), ".")


def _scale(system: System) -> Runs:
    named = [(expression(symbol),) for symbol in system.parameters]
    more = ("; ", *listed(named), " are parameters") if named else ()
    if not named and not any(system.scale in update.symbols() for update in system.updates):
        return ()
    return ("Here ", expression(system.scale), " is the scale, a real number greater than 0", *more, ".")


def recurrence(system: System) -> Iterator[Formula]:
    """h_{t,j} = ..., in the coordinates of x_t and of the state before it."""
    time = algebra.atom(Variable("t", "natural"))
    known = {symbol: _coordinate(symbol, time) for symbol in system.inputs}
    known |= {symbol: _coordinate(symbol, time - 1) for symbol in system.state}
    for symbol, update in zip(system.state, system.updates, strict=True):
        yield row(at_time(symbol.name, "t"), "=", expression(to_sympy(algebra.substitute(update, known, {}))))


def _coordinate(symbol: Variable, time: Term) -> Term:
    """x_2 at a time as x(time, 2)."""
    letter, index = symbol.name.split("_")  # "h^1" of a layer above the first
    found: Term = Variable(letter, "sequence")(time, int(index))
    return found


def _constant(value: Term) -> Formula:
    """As it is written, for no abbreviation has been introduced yet."""
    return expression(to_sympy(value))


def initial(system: System) -> Runs:
    """h_0 and c_0."""
    parts: list[Runs] = []
    for kind in dict.fromkeys(symbol.name.split("_")[0] for symbol in system.state):
        values = [v for s, v in zip(system.state, system.initial, strict=True) if s.name.split("_")[0] == kind]
        right = Fence(commas(map(_constant, values))) if any(v.monomials for v in values) else row("0")
        parts.append((row(at_time(kind, "0"), "=", right),))
    return listed(parts)


def weights(system: System) -> Iterator[Block]:
    """Every matrix and bias that is not 0, then the names of the others."""
    found = blocks(system)
    zero = [name for name, table in found.items() if is_zero(table)]
    yield Paragraph(("Its weights, ", *_bias(layers_of(system)), " are"))
    yield from _display({name: table for name, table in found.items() if name not in zero}, system.scale)
    if zero:
        yield Paragraph((*listed([(name,) for name in zero]), " are 0." if len(zero) > 1 else " is 0."))


def changes(system: System, known: System, place: Heading) -> tuple[Block, ...]:
    """The weights in which a network differs from a known one; nothing if that is no shorter."""
    frame = (system.words, system.encoding, system.state, system.initial, system.scale, system.parameters)
    if not is_lstm(system) or frame != (
        known.words,
        known.encoding,
        known.state,
        known.initial,
        known.scale,
        known.parameters,
    ):
        return ()
    ours, theirs = blocks(system), blocks(known)
    changed = {name: table for name, table in ours.items() if table != theirs.get(name)}
    if ours.keys() != theirs.keys() or not 0 < len(changed) <= len(ours) // 3:
        return ()
    return paragraph(f"The network is that of {place}, but for"), *_display(changed, system.scale)


def _display(tables: Mapping[Formula, Table], scale: Variable) -> Iterator[Block]:
    """Matrices and vectors; a long number to a few digits, and of a large matrix only how large it is."""
    shown = {name: written(table, scale) for name, table in tables.items()}
    formulas = [(len(tables[name]), row(name, *x)) for name, x in shown.items() if x]
    matrices_ = [formula for height, formula in formulas if height > 1]
    if formulas:
        yield Display((*packed(matrices_), *(formula for height, formula in formulas if height == 1)))
    large = [name for name, x in shown.items() if not x]
    for name in large:
        sizes = f"{len(tables[name])} by {len(tables[name][0])} entries"
        yield Paragraph((name, f" has {sizes}, {sum(map(_entries_of, tables[name]))} of them not 0."))
    if large or "approx" in [x[0] for x in shown.values() if x]:
        where = "Entries after ≈ are rounded" + " and those of large matrices left out" * bool(large)
        yield paragraph(f"{where}: what is proved is about the exact ones, as the network's file has them.")


def _entries_of(line: Sequence[Term]) -> int:
    """How many are not 0."""
    return sum(bool(entry.monomials) for entry in line)


def is_zero(table: Table) -> bool:
    return not any(entry.monomials for line in table for entry in line)


def _bias(layers: Sequence[Layer]) -> Runs:
    """Which sums of biases are written as one."""
    gates, reset = [*layers[0].cell.gates], layers[0].cell.reset
    if len(gates) == 1:
        return ("with ", row(block("b"), "=", block("b", "i", "h"), "+", block("b", "h", "h")), ",")
    one = (row(block("b", gates[0]), "=", block("b", "i", gates[0]), "+", block("b", "h", gates[0])),)
    return ("with ", *one, f" for the sum of the two biases of a gate{f' other than {reset}' if reset else ''},")


def blocks(system: System) -> dict[Formula, Table]:
    """PyTorch's blocks, from the pre-activations as they were proved about."""
    found: dict[Formula, Table] = {}
    for n, (cell, weights) in enumerate(layers_of(system)):
        size = len(weights.weight_ih) // len(cell.gates)
        for place, gate in enumerate(cell.gates):
            rows, name = slice(place * size, (place + 1) * size), [gate] * (len(cell.gates) > 1)
            found[_block(n, "W", "i", *(name or ["h"]))] = weights.weight_ih[rows]
            found[_block(n, "W", "h", *(name or ["h"]))] = weights.weight_hh[rows]
            if gate == cell.reset:
                found[_block(n, "b", "i", gate)] = (weights.bias_ih[rows],)
                found[_block(n, "b", "h", gate)] = (weights.bias_hh[rows],)
            else:
                found[_block(n, "b", *name)] = (weights.bias_ih[rows],)
        for place, gate in enumerate(cell.peepholes if weights.peephole is not None else ()):
            found[_block(n, "p", gate)] = (weights.peephole[place * size : (place + 1) * size],)
        if weights.weight_hr is not None:
            found[_block(n, "W", "h", "r")] = weights.weight_hr
    return found


def _block(layer: int, letter: str, *indices: str) -> Formula:
    above = Fence(row(str(layer))) if layer else None
    return Script(Letter(letter), row(*indices) if indices else None, above)


def written(table: Table, scale: Variable) -> tuple[str, Formula] | tuple[()]:
    """= or, rounded, ≈ with a matrix, or a vector if it has one row; the scale in front if every entry has it.

    Nothing for a matrix that is too large.
    """
    divided = [[entry.coefficients(scale) for entry in line] for line in table]
    common = all(set(parts) <= {1} for line in divided for parts in line)
    entries = [
        [parts.get(1, Term({})) if common else whole for parts, whole in zip(a, b, strict=True)]
        for a, b in zip(divided, table, strict=True)
    ]
    front: list[Formula | str] = [expression(scale), "thin"] if common else []
    exact = [[term(entry) for entry in line] for line in entries]
    is_short = all(width(entry) <= LONG for line in exact for entry in line)
    shown = exact if is_short else [[*map(_rounded, *lines)] for lines in zip(entries, exact, strict=True)]
    array = _array(shown)
    if not isinstance(array, Matrix) and sum(map(_entries_of, table)) > (MOST if is_short else FEW):
        return ()
    return "=" if is_short else "approx", row(*front, array)


def _rounded(entry: Term, exact: Formula) -> Formula:
    """A long number to a few digits."""
    if width(exact) <= LONG or entry.symbols():
        return exact
    return decimal(ball_decimal(algebra.constant_ball(entry), DIGITS))


def _array(entries: Sequence[Sequence[Formula]]) -> Formula:
    if len(entries) == 1:
        return Fence(commas(entries[0]))
    matrix = Matrix(tuple(map(tuple, entries)))
    if len(entries[0]) <= COLUMNS and len(entries) <= ROWS and width(matrix) <= WIDTH:
        return matrix
    nonzero = [(i, j, e) for i, line in enumerate(entries) for j, e in enumerate(line) if e != row("0")]
    cells = [row(e, Text(f" at {i + 1},{j + 1}")) for i, j, e in nonzero]
    return Fence(commas(cells), "{}")


def specification(found: WeightedAutomaton | Machine) -> Iterator[Block]:
    """What S is: a sum of counts where it is one, else a product of matrices; a machine by its moves."""
    if isinstance(found, Machine):
        yield from _machine(found, "S", "The specification ")
        if found.domain is not None:
            yield from _machine(found.domain, "P", "Promised are the word sequences that P accepts. The machine ")
        return
    terms = counts(found)
    if terms is None:
        yield paragraph("The specification is the weighted automaton")
        yield Display((_product(),))
        yield from _entries(found)
        return
    sides: list[Formula | str] = []
    for pattern, weight in terms.items():
        sides += ["-"] if weight < 0 else ["+"] if sides else []
        sides += [] if abs(weight) == 1 else [number(abs(weight))]
        sides.append(row(Text("#"), Fence(words(pattern))))
    yield paragraph("The specification counts words:")
    yield Display((row(applied("S", sequence("n")), "=", *(sides or ["0"])),))
    places = "the number of places at which the words in parentheses stand, one after the other, in "
    yield Paragraph(("where ", Text("#"), " is ", places, sequence("n"), "."))


def _machine(found: Machine, letter: str, start: str) -> Iterator[Block]:
    """Where a machine starts, its steps as a table, and what it says."""
    yield paragraph(f"{start}{letter} is {beginning(found)}. What the table leaves out changes nothing.")
    rows = [*steps(found)]
    yield Grid(
        (("in",), ("on",), ("it moves",)), tuple(((q,), (read,), _with_signs(moves)) for q, read, moves in rows[:LINES])
    )
    if len(rows) > LINES:
        yield paragraph(f"There are {len(rows) - LINES} more such lines.")
    yield Paragraph(_with_signs("; ".join(outputs(found, letter)) + "."))


def _with_signs(text: str) -> Runs:
    """A text whose comparisons are set as signs."""
    return tuple(Sign(part) if part in SIGNS else part for part in re.split("(>=|<=)", text) if part)


def matrices(found: WeightedAutomaton | Machine) -> Iterator[Block]:
    """A sum of counts as the product of matrices that the kernel computes with."""
    if isinstance(found, Machine):
        return
    yield Paragraph(
        (
            "Here ",
            _product(),
            " with",
        )
    )
    yield Display(tuple(_automaton(found)))


def _product() -> Formula:
    matrix = [applied("M", Script(Letter("w"), row(n))) for n in ("1", "n")]
    product = row(Script(Letter("v"), above=Text("T")), matrix[0], "...", matrix[1], "thin", "u")
    return row(applied("S", sequence("n")), "=", product)


def _entries(found: WeightedAutomaton) -> Iterator[Block]:
    yield paragraph("with")
    yield Display(tuple(_automaton(found)))


def _automaton(found: WeightedAutomaton) -> Iterator[Formula]:
    vectors: Mapping[str, Any] = {"v": found.initial, "u": found.final}
    both = [row(name, "=", Fence(commas(map(number, values)))) for name, values in vectors.items()]
    together: dict[Any, list[str]] = defaultdict(list)
    for word, matrix in found.matrices.items():
        together[matrix].append(word)
    yield from packed([*both, *(_of_words(group, matrix) for matrix, group in together.items())])


def _of_words(group: Sequence[str], matrix: Sequence[Sequence[fmpq]]) -> Formula:
    """The matrix of one word, or of several."""
    entries = _array([[number(x) for x in line] for line in matrix])
    if len(group) == 1:
        return row(applied("M", words(group)), "=", entries)
    where = ("quad", Text("for "), "w", "in", Fence(commas(words([word]) for word in group), "{}"))
    return row(applied("M", "w"), "=", entries, *where)
