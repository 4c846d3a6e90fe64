"""The recurrence of a network: the kernel's terms and the SymPy expressions say the same, PyTorch's equations."""

import pickle

import pytest
import sympy
from flint import fmpq
from support.networks import counter, sentiment
from sympy import Rational, Symbol, tanh

from symlstm.model.activations import sigmoid
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network
from symlstm.model.translation import normal, variable

h, c, x, y = (Symbol(name, real=True) for name in ("h_1", "c_1", "x_1", "x_2"))
ONE_UNIT = Network.from_gates(
    ["a", "b"],
    hidden=1,
    gates={
        "W_ii": [[k, 0]], "b_ii": [2], "W_hf": [[-k]], "b_if": [k + 1], "b_hf": [Rational(1, 2)],
        "W_ig": [[0, 3]], "W_ho": [[tanh(1) * k]],
    },
    c0=[tanh(2)],
)  # fmt: skip


def test_one_unit_has_the_equations_of_pytorch():
    i, f = sigmoid(k * x + 2), sigmoid(-k * h + k + Rational(3, 2))
    g, o = tanh(3 * y), sigmoid(tanh(1) * k * h)
    found = {str(symbol): expr for symbol, expr in ONE_UNIT.equations.items()}
    assert found == {
        "i_1": i, "f_1": f, "g_1": g, "o_1": o, "c_1": f * c + i * g, "h_1": o * tanh(f * c + i * g),
        "a_i_1": k * x + 2, "a_f_1": -k * h + k + Rational(3, 2), "a_g_1": 3 * y, "a_o_1": tanh(1) * k * h,
    }  # fmt: skip


def test_the_initial_state_and_the_words_are_exact():
    system = ONE_UNIT.system
    assert system.initial == (normal(sympy.Integer(0)), normal(tanh(2)))
    assert [[value.rational() for value in row] for row in system.encoding] == [[1, 0], [0, 1]]
    assert (system.state, system.inputs) == ((h, c), (x, y))


NETWORKS = {
    "LSTM of one unit": ONE_UNIT,
    "sentiment": sentiment()[0],
    "counter": counter(),
    "sigmoid RNN": Network(["a"], [[k], [2]], [[0, -k], [1, 1]], [1, k], cell="rnn_sigmoid"),
    "tanh RNN": Network(["a"], [[-k]], [[k / 3]], cell="rnn_tanh"),
}


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
def test_terms_and_expressions_say_the_same(network):
    system = network.system
    terms = dict(zip(system.state, system.updates, strict=True)) | dict(system.gates)
    assert terms == {variable(symbol): normal(expr) for symbol, expr in network.equations.items()}


def test_an_entry_without_meaning_in_the_language_is_refused():
    with pytest.raises(InputError, match=r"no meaning for Pow: sqrt\(k\)"):
        Network(["a"], [[sympy.sqrt(sympy.sympify(k))]], [[0]], cell="rnn_tanh", general=True)


def test_a_network_with_its_recurrence_made_goes_to_another_process():
    ONE_UNIT.system  # noqa: B018
    copy = pickle.loads(pickle.dumps(ONE_UNIT))
    assert copy.system == ONE_UNIT.system
    assert copy.system.initial[0].rational() == fmpq(0)
