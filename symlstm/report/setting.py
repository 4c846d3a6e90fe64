"""A network's equations and weights as blocks, read from the system that the theorems are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sympy import Symbol

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.statements import System, WeightedAutomaton
from symlstm.model.cells import GATES
from symlstm.report.breaking import packed
from symlstm.report.document import Block, Display, Paragraph, Runs, listed, paragraph
from symlstm.report.equations import at, block, lstm_equations
from symlstm.report.formula import Fence, Formula, Letter, Matrix, Script, Words, applied, commas, row
from symlstm.report.notation import expression, term, words
from symlstm.report.phrases import sequence
from symlstm.report.quantities import number

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
        yield Display(lstm_equations())
    else:
        yield paragraph("The network is a recurrent network, one line a coordinate:")
        yield Display(tuple(_updates(system)))
    if is_lstm(system):
        yield from weights(system)
    yield Paragraph(("It starts from ", *initial(system), ". ", *_scale(system)))


def encoding(system: System) -> Runs:
    """How a word enters."""
    identity = all(value == int(i == j) for i, r in enumerate(system.encoding) for j, value in enumerate(r))
    vector = at("x")
    if identity:
        return ("; ", vector, " is 1 in the coordinate of the word ", at("w"), ", in this order, and 0 in the others.")
    codes = [
        (applied("x", words([w])), " = ", Fence(commas(map(expression, r))))
        for w, r in zip(system.words, system.encoding, strict=True)
    ]
    return ("; they enter as ", *listed(codes), ".")


def _scale(system: System) -> Runs:
    named = [(expression(symbol),) for symbol in system.parameters]
    more = ("; ", *listed(named), " are parameters") if named else ()
    return ("Here ", expression(system.scale), " is the scale, a real number greater than 0", *more, ".")


def _updates(system: System) -> Iterator[Formula]:
    from symlstm.report.notation import at_time

    for symbol, update in zip(system.state, system.updates, strict=True):
        yield row(at_time(symbol.name, "t"), "=", expression(update), "quad", Words("with "), at("h", "t", "-", "1"))


def initial(system: System) -> Runs:
    """h_0 and c_0."""
    parts: list[Runs] = []
    for kind in dict.fromkeys(symbol.name[0] for symbol in system.state):
        values = [v for s, v in zip(system.state, system.initial, strict=True) if s.name[0] == kind]
        right = row("0") if not any(values) else Fence(commas(map(expression, values)))
        parts.append((row(at(kind, "0"), "=", right),))
    return listed(parts)


def weights(system: System) -> Iterator[Block]:
    """Every matrix and bias that is not 0, then the names of the others."""
    matrices: list[Formula] = []
    biases: list[Formula] = []
    zero: list[Formula] = []
    for name, table in blocks(system):
        if any(entry.monomials for line in table for entry in line):
            (matrices if len(table) > 1 else biases).append(row(name, "=", written(table, system.scale)))
        else:
            zero.append(name)
    yield paragraph("Its weights, with ", *_bias(), " for the sum of the two biases of a gate, are")
    yield Display((*packed(matrices), *biases))
    if zero:
        equal = [part for name in zero for part in ("=", name)][1:]
        yield Paragraph(("and ", row(*equal, "=", "0"), "."))


def _bias() -> Runs:
    return listed([(row(block("b", g), "=", block("b", "i", g), "+", block("b", "h", g)),) for g in GATES["lstm"][:1]])


def blocks(system: System) -> Iterator[tuple[Formula, Table]]:
    """PyTorch's blocks, from the pre-activations as they were proved about."""
    named = {symbol.name: algebra.normal(expr) for symbol, expr in system.gates}
    state = [symbol for symbol in system.state if symbol.name.startswith("h_")]
    for gate in GATES["lstm"]:
        rows = [named[f"a_{gate}_{j + 1}"] for j in range(len(state))]
        for side, symbols in (("i", system.inputs), ("h", state)):
            yield block("W", side, gate), tuple(tuple(_coefficient(a, s) for s in symbols) for a in rows)
        nothing = {s: Term({}) for s in (*system.inputs, *state)}
        yield block("b", gate), (tuple(algebra.substitute(a, nothing, {}) for a in rows),)


def _coefficient(linear: Term, symbol: Symbol) -> Term:
    return linear.coefficients(symbol).get(1, Term({}))


def written(table: Table, scale: Symbol) -> Formula:
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


def specification(found: WeightedAutomaton) -> Iterator[Block]:
    """What S is: a product of matrices, one a word."""
    matrix = [applied("M", Script(Letter("w"), row(n))) for n in ("1", "n")]
    product = row(Script(Letter("v"), above=Words("T")), matrix[0], "...", matrix[1], "thin", "u")
    yield paragraph("The specification is the weighted automaton")
    yield Display((row(applied("S", sequence("n")), "=", product),))
    yield paragraph("with")
    yield Display(tuple(_automaton(found)))


def _automaton(found: WeightedAutomaton) -> Iterator[Formula]:
    vectors: Mapping[str, Any] = {"v": found.initial, "u": found.final}
    both = [row(name, "=", Fence(commas(map(number, values)))) for name, values in vectors.items()]
    matrices = [
        row(applied("M", words([w])), "=", _array([[number(x) for x in r] for r in m]))
        for w, m in found.matrices.items()
    ]
    yield from packed([*both, *matrices])
