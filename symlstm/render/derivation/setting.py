"""A network's equations and weights as blocks, read from the system that the theorems are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flint import fmpq
from sympy import Expr, Function, Integer, Symbol, evaluate

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.logic.propositions import real
from symlstm.kernel.networks.machines import Machine
from symlstm.kernel.networks.statements import System, WeightedAutomaton
from symlstm.model.cells import CELLS, GATES
from symlstm.model.translation import to_sympy
from symlstm.render.derivation.equations import at, block, equations
from symlstm.render.documents.document import Block, Display, Heading, Paragraph, Runs, listed, paragraph
from symlstm.render.formulas.breaking import packed
from symlstm.render.formulas.formula import Fence, Formula, Letter, Matrix, Script, Words, applied, commas, row
from symlstm.render.statements.notation import at_time, expression, term, words
from symlstm.render.statements.phrases import sequence
from symlstm.render.statements.quantities import number
from symlstm.render.statements.specifications import counts, described

COLUMNS, ROWS = 10, 12  # of a matrix that is printed as one
Table = tuple[tuple[Term, ...], ...]


def is_lstm(system: System) -> bool:
    """Whether the system has the gates of an LSTM."""
    return bool(system.gates)


def setting(system: System) -> Iterator[Block]:
    """What the network is: its words, its equations, its weights, where it starts."""
    listed_words = listed([(words([word]),) for word in system.words])
    yield Paragraph(("The words are ", *listed_words, *encoding(system)))
    if is_lstm(system):
        yield paragraph("The network is PyTorch's LSTM:")
        yield Display(equations(CELLS["lstm"]))
    else:
        yield paragraph("The network is a recurrent network, one line a coordinate:")
        yield Display(tuple(recurrence(system)))
    if is_lstm(system):
        yield from weights(system)
    yield Paragraph(("It starts from ", *initial(system), ". ", *_scale(system)))


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
    return ("Here ", expression(system.scale), " is the scale, a real number greater than 0", *more, ".")


def recurrence(system: System) -> Iterator[Formula]:
    """h_{t,j} = ..., in the coordinates of x_t and of the state before it."""
    time = Symbol("t", integer=True)
    known = {real(symbol.name): _coordinate(symbol, time) for symbol in system.inputs}
    known |= {real(symbol.name): _coordinate(symbol, time - 1) for symbol in system.state}
    with evaluate(False):  # SymPy would take signs out of a tanh
        updates = [to_sympy(update).xreplace(known) for update in system.updates]
    for symbol, update in zip(system.state, updates, strict=True):
        yield row(at_time(symbol.name, "t"), "=", expression(update))


def _coordinate(symbol: Variable, time: Expr) -> Expr:
    """x_2 at a time as x(time, 2)."""
    letter, index = symbol.name.split("_")
    return Function(letter, real=True)(time, Integer(index))


def _constant(value: Term) -> Formula:
    """As it is written, for no abbreviation has been introduced yet."""
    return expression(to_sympy(value))


def initial(system: System) -> Runs:
    """h_0 and c_0."""
    parts: list[Runs] = []
    for kind in dict.fromkeys(symbol.name[0] for symbol in system.state):
        values = [v for s, v in zip(system.state, system.initial, strict=True) if s.name[0] == kind]
        right = Fence(commas(map(_constant, values))) if any(v.monomials for v in values) else row("0")
        parts.append((row(at(kind, "0"), "=", right),))
    return listed(parts)


def weights(system: System) -> Iterator[Block]:
    """Every matrix and bias that is not 0, then the names of the others."""
    found = blocks(system)
    zero = [name for name, table in found.items() if is_zero(table)]
    yield paragraph("Its weights, with ", *_bias(), " for the sum of the two biases of a gate, are")
    yield _display({name: table for name, table in found.items() if name not in zero}, system.scale)
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
    changed = {name: table for name, table in ours.items() if table != theirs[name]}
    if not 0 < len(changed) <= len(ours) // 3:
        return ()
    return paragraph(f"The network is that of {place}, but for"), _display(changed, system.scale)


def _display(tables: Mapping[Formula, Table], scale: Variable) -> Display:
    written_ = [(len(table), row(name, "=", written(table, scale))) for name, table in tables.items()]
    matrices_ = [formula for height, formula in written_ if height > 1]
    return Display((*packed(matrices_), *(formula for height, formula in written_ if height == 1)))


def is_zero(table: Table) -> bool:
    return not any(entry.monomials for line in table for entry in line)


def _bias() -> Runs:
    return listed([(row(block("b", g), "=", block("b", "i", g), "+", block("b", "h", g)),) for g in GATES["lstm"][:1]])


def blocks(system: System) -> dict[Formula, Table]:
    """PyTorch's blocks, from the pre-activations as they were proved about."""
    named = {symbol.name: term for symbol, term in system.gates}
    state = [symbol for symbol in system.state if symbol.name.startswith("h_")]
    nothing = {s: Term({}) for s in (*system.inputs, *state)}
    found: dict[Formula, Table] = {}
    for gate in GATES["lstm"]:
        rows = [named[f"a_{gate}_{j + 1}"] for j in range(len(state))]
        for side, symbols in (("i", system.inputs), ("h", state)):
            found[block("W", side, gate)] = tuple(tuple(_coefficient(a, s) for s in symbols) for a in rows)
        found[block("b", gate)] = (tuple(algebra.substitute(a, nothing, {}) for a in rows),)
    return found


def _coefficient(linear: Term, symbol: Variable) -> Term:
    return linear.coefficients(symbol).get(1, Term({}))


def written(table: Table, scale: Variable) -> Formula:
    """A matrix, or a vector if it has one row; the scale in front if every entry has it."""
    divided = [[entry.coefficients(scale) for entry in line] for line in table]
    common = all(set(parts) <= {1} for line in divided for parts in line)
    entries = [
        [parts.get(1, Term({})) if common else whole for parts, whole in zip(a, b, strict=True)]
        for a, b in zip(divided, table, strict=True)
    ]
    front: list[Formula | str] = [expression(scale), "thin"] if common else []
    return row(*front, _array([[term(entry) for entry in line] for line in entries]))


def _array(entries: Sequence[Sequence[Formula]]) -> Formula:
    if len(entries) == 1:
        return Fence(commas(entries[0]))
    if len(entries[0]) <= COLUMNS and len(entries) <= ROWS:
        return Matrix(tuple(map(tuple, entries)))
    nonzero = [(i, j, e) for i, line in enumerate(entries) for j, e in enumerate(line) if e != row("0")]
    cells = [row(e, Words(f" at {i + 1},{j + 1}")) for i, j, e in nonzero]
    return Fence(commas(cells), "{}")


def specification(found: WeightedAutomaton | Machine) -> Iterator[Block]:
    """What S is: a sum of counts where it is one, else a product of matrices; a machine by its moves."""
    if isinstance(found, Machine):
        yield paragraph("The specification is the machine")
        yield Display(tuple(described(found)))
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
        sides.append(row(Words("#"), Fence(words(pattern))))
    yield paragraph("The specification counts words:")
    yield Display((row(applied("S", sequence("n")), "=", *(sides or ["0"])),))
    places = "the number of places at which the words in parentheses stand, one after the other, in "
    yield Paragraph(("where ", Words("#"), " is ", places, sequence("n"), "."))


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
    product = row(Script(Letter("v"), above=Words("T")), matrix[0], "...", matrix[1], "thin", "u")
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
    where = ("quad", Words("for "), "w", "in", Fence(commas(words([word]) for word in group), "{}"))
    return row(applied("M", "w"), "=", entries, *where)
