"""One step of every cell in the plain checker, against floating point; situations with relu and steps at 0."""

import json
import random
from fractions import Fraction

import numpy as np
import pytest
from support import GALLERY
from support.damage import changed

from symlstm.certificates import compiler, recheck
from symlstm.certificates.exporting import certificate
from symlstm.certificates.rocq import text_of
from symlstm.cli.networks import construction
from symlstm.model.cells import CELLS, Weights, floating, steps

UNITS, OUTPUTS, WORDS, BITS = 2, 3, 2, 128


def layer(cell, inputs, seed, projected=False, peepholes=False):
    """Random data of a layer, entries of quarters, with whole numbers for the first row: sums that are 0 occur."""
    draw, kind = random.Random(seed), CELLS[cell]
    rows, outputs = len(kind.gates) * UNITS, OUTPUTS if projected else UNITS

    def entry():
        return str(Fraction(draw.randint(-6, 6), draw.choice((1, 2, 4))))

    def tensor(*shape):
        return (
            [tensor(*shape[1:]) for _ in range(shape[0])] if len(shape) > 1 else [["0", entry()] for _ in range(*shape)]
        )

    found = {"weight_ih": tensor(rows, inputs), "weight_hh": tensor(rows, outputs)}
    found |= {"bias_ih": tensor(rows), "bias_hh": tensor(rows), "h0": [entry() for _ in range(outputs)]}
    found |= {"c0": [entry() for _ in range(UNITS)]} if "c" in kind.states else {}
    found |= {"weight_hr": tensor(outputs, UNITS)} if projected else {}
    found |= {"peephole": tensor(len(kind.peepholes) * UNITS)} if peepholes else {}
    return {"cell": cell, **found}


def number(text):
    return float(Fraction(text))


def in_floats(layers, words):
    """The h of each layer and then the c after some words, by the cells' equations in floating point."""

    def array(data):
        return np.array([array(row) if isinstance(row[0], list) else number(row[1]) for row in data])

    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr", "peephole")
    cells = [(CELLS[y["cell"]], Weights(**{name: array(y[name]) for name in names if name in y})) for y in layers]
    states = [tuple([*map(number, y.get(name, []))] for name in ("h0", "c0")) for y in layers]
    for word in words:
        found = steps(cells, [float(word == w) for w in range(WORDS)], states, floating())
        states = [([*map(float, h.parts)], [*map(float, c.parts)]) for _, h, c in found]
    return [x for part in (0, 1) for state in states for x in state[part]]


LSTMS = [cell for cell, kind in CELLS.items() if kind.peepholes]
CASES = [
    *([(cell, False, False)] for cell in CELLS),
    *([(cell, projected, peepholes)] for cell in LSTMS for projected, peepholes in ((True, False), (True, True))),
    [("gru", False, False), ("lstm", True, True), ("rnn_relu", False, False)],
    [("lstm_coupled", True, False), ("gru_reset_before", False, False)],
]


def stack(case, seed=0):
    layers, inputs = [], WORDS
    for cell, projected, peepholes in case:
        layers.append(layer(cell, inputs, seed + inputs, projected, peepholes))
        inputs = len(layers[-1]["h0"])
    return layers


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(cell for cell, *_ in case))
def test_a_step_is_the_one_of_the_cell_s_equations(case):
    for seed in range(3):
        layers = stack(case, seed)
        network = recheck.Network({"vocabulary": ["a", "b"], "layers": layers}, recheck.Atoms([]))
        by, size = recheck.AtScale(network.atoms, Fraction(1), BITS), range(len(network.initial))
        for word in range(WORDS):
            box = recheck.Box([*map(by.exactly, network.initial)], size)
            found, linear = network.step(word, box, by)
            wanted = in_floats(layers, [word])
            assert len(found) == len(wanted) == len(size)
            for (low, high), x in zip(found, wanted, strict=True):
                assert low / 2**BITS - 1e-9 <= x <= high / 2**BITS + 1e-9
            for n, (a, b) in linear.items():
                low, high = by.add(by.multiply(a, box.values[n]), b)
                assert low / 2**BITS - 1e-9 <= wanted[n] <= high / 2**BITS + 1e-9


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weight_ih", []),
        ("bias_hh", [["0", "0"]]),
        ("weight_hr", [[["0", "1"]]]),
        ("peephole", [["0", "1"]]),
        ("c0", ["0"]),
    ],
)
@pytest.mark.parametrize("cell", ["rnn_relu", "gru", "lstm_coupled"])
def test_tensors_have_their_shapes(cell, name, value):
    data = {"vocabulary": ["a", "b"], "layers": [{**layer(cell, WORDS, 0), name: value}]}
    with pytest.raises(recheck.Rejected, match="shapes"):
        recheck.Network(data, recheck.Atoms([]))


def run(case, off=Fraction(0)):
    """A certificate of what a readout of all coordinates is after three words, to six places; or of something else."""
    layers, words = stack(case), (0, 1, 0)
    state = in_floats(layers, words)
    middle = Fraction(sum(n * x for n, x in enumerate(state, 1))) + off
    ends = {"lower": str(middle - Fraction(1, 10**6)), "upper": str(middle + Fraction(1, 10**6))}
    nothing = {"initial": ["0"], "matrices": [[["0"]]] * WORDS, "final": ["0"]}
    read = {"delay": 0, "terms": [[n - 1, str(n)] for n, _ in enumerate(state, 1)]}
    names = ["ab"[w] for w in words]
    proof = {"bits": BITS, "phases": [[names, 1, None]]}
    head = {"format": recheck.FORMAT, "theorem": "RunAt", "title": "", "symlstm": "", "atoms": []}
    said = {"scale": "1", "constant": "0", "runs": [[names, 1]], "specified": "0", **ends}
    network = {"vocabulary": ["a", "b"], "layers": layers}
    return {**head, "network": network, "readout": read, "specification": nothing, **said, "proof": proof}


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(cell for cell, *_ in case))
def test_a_run_is_the_one_of_the_cell_s_equations(case):
    recheck.check(run(case))
    with pytest.raises(recheck.Rejected, match="between its bounds"):
        recheck.check(run(case, Fraction(1, 10**4)))


@pytest.mark.parametrize(
    "cell", ["lstm", "lstm_coupled", "lstm_without_forget_gate", "gru", "gru_reset_before", "rnn_step"]
)
def test_a_step_near_constants_is_the_one_of_the_cell_s_equations(cell):
    """The arithmetic of deviations, at constants themselves."""
    layers = stack([(cell, False, False)])
    network = recheck.Network({"vocabulary": ["a", "b"], "layers": layers}, recheck.Atoms([]))
    by = recheck.NearLimits(network.atoms, Fraction(1), BITS, recheck.OnBox(network.atoms, []), [])
    found, _ = network.step(1, recheck.Box([*map(by.exactly, network.initial)], range(len(network.initial))), by)
    for x, wanted in zip(found, in_floats(layers, [1]), strict=True):
        low, high = (end / 2**BITS + float(x.offset.get((), 0)) for end in x.off)
        assert low - 1e-9 <= wanted <= high + 1e-9


@pytest.mark.rocq
@pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")
def test_a_step_in_rocq_is_the_one_of_the_cell_s_equations():
    """With the layers of two stacks, and cells that are in none of them."""
    some = [case for case in CASES if len(case) > 1 or case[0][0] in ("lstm_step", "lstm_without_forget_gate")]
    true = {str(n): text_of(run(case)) for n, case in enumerate([*some, [("rnn_hardsigmoid", False, False)]])}
    with compiler.rocq() as rocq:
        assert not [said for said in rocq.theorems(true).values() if isinstance(said, compiler.Rejected)]
        assert isinstance(rocq.one(text_of(run(some[-1], Fraction(1, 10**4)))), compiler.Rejected)


# -- limits, with relu and steps ---------------------------------------------------------------------------------------


def made(name):
    found = construction(str(GALLERY / f"{name}.toml"))
    return json.loads(json.dumps(certificate(found.decision, found.network)))


@pytest.mark.parametrize(
    ("name", "path", "value", "message"),
    [
        ("automaton_of_steps_at_the_integer", ("proof", "situations", 0, 0, 2), "0", "outside its bounds|exactly"),
        ("adder_of_steps", ("network", "layers", 0, "bias_ih", 1, 1), "-1/2", "outside its bounds"),
        ("relu_bounded_count", ("proof", "situations", 0, 0, 1), "1", "outside its bounds at the start"),
        ("gru_flip_flop", ("proof", "registers", 0), 7, "a register"),
        ("stacked_pairs", ("network", "layers", 1, "weight_ih", 2, 1, 0), "-100", "outside|limits of A and B"),
        ("stacked_pairs", ("network", "layers", 1, "cell"), "gru", "shapes"),
        ("gru_parity", ("network", "layers", 0, "cell"), "gru_of_another_kind", "the cell"),
    ],
)
def test_a_false_statement_is_rejected(name, path, value, message):
    data = made(name)
    recheck.check(data)
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(data, path, value))


def value(offset, error=None, slope=None, sure=False):
    parts = (None if x is None else recheck.of(Fraction(x)) for x in (error, slope))
    return recheck.Value(recheck.of(Fraction(offset)), *parts, None, sure)


@pytest.mark.parametrize(
    ("x", "relu", "step"),
    [
        (value(0, sure=True), 0, 1),
        (value(0), 0, None),  # above or below 0, by something exponentially small
        (value(2), 2, 1),
        (value(-2), 0, 0),
        (value(1, error=2), 1, None),
        (value(-1, error=2), 0, None),
        (value(-5, slope=1), -5, 1),
        (value(5, slope=-1), 0, 0),
    ],
)
def test_relu_and_step_of_limits(x, relu, step):
    by = recheck.Limits(recheck.Atoms([]))
    known = by.step(x)
    assert by.relu(x).offset == recheck.of(relu)
    assert (
        (known.offset, bool(known.error)) == (recheck.HALF, True) if step is None else known.offset == recheck.of(step)
    )


@pytest.mark.parametrize(
    ("offset", "error", "slope", "relu", "step"),
    [
        (0, {}, 0, 0, 1),
        (0, {(0, 1): 1}, 0, 0, None),
        (2, {(0, 0): 2}, 0, 2, 1),
        (2, {(0, 0): 3}, 0, 2, None),
        (-2, {(0, 0): 2}, 0, 0, None),  # it may be 0
        (-2, {(0, 0): 1}, 0, 0, 0),
        (-1, {}, 1, -1, 1),  # k - 1 for k >= 1
        (-2, {}, 1, None, None),
        (-1, {(1, 0): 1}, 1, None, None),
    ],
)
def test_relu_and_step_with_rates(offset, error, slope, relu, step):
    by = recheck.Rates(recheck.Atoms([]), Fraction(1))
    errors = {(p, Fraction(rate)): Fraction(a) for (p, rate), a in error.items()}
    x = recheck.Rated(recheck.of(offset), errors, recheck.of(slope))
    found, known = by.relu(x), by.step(x)
    assert found is None if relu is None else found.offset == recheck.of(relu)
    assert bool(known.error) if step is None else (known.offset, known.error) == (recheck.of(step), {})
