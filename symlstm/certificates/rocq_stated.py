"""What theorems state, as definitions for Rocq: the names of each kind, and the type and value of each name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symlstm.certificates.recheck import CELLS, linear_machine
from symlstm.certificates.rocq_families import network_atoms
from symlstm.certificates.rocq_machines import acceptance, form_in_registers, machine, optional, promise
from symlstm.certificates.rocq_values import constant, integer, listed, output, rational, record, string, term, whole

Data = dict[str, Any]

COMPUTES, COUNTEREXAMPLE = "Computes by a machine", "Counterexample by a machine"
AUTOMATON, SIDE, OUTPUT, OUTPUTS = (
    ("net", "terms", "delay", "wa"),
    ("net", "terms", "delay", "spec", "accepting", "domain", "threshold"),
    ("net", "out", "delay", "spec", "numbers", "domain"),
    ("net", "outs", "delay", "spec", "choices", "domain"),
)
STATED = {  # what each kind of theorem is about, and after it what it says of that
    "Computes": (AUTOMATON, ()),
    "Counterexample": (AUTOMATON, ("words", "limit", "other")),
    "Trace": (("net", "terms"), ("words", "limits")),
    "ErrorBound": (AUTOMATON, ("k0", "quadratic", "linear", "rest")),
    "FiniteError": ((*AUTOMATON, "at_k"), ("shortest", "longest", "lower", "upper")),
    "StepTable": (("net", "leads"), ("k0", "rows")),
    "Decides": (SIDE, ()),
    "DecidesBy": ((*SIDE, "margin"), ()),
    COMPUTES: (OUTPUT, ()),
    "Chooses": (OUTPUTS, ()),
    "Misdecision": (SIDE, ("words", "limit")),
    COUNTEREXAMPLE: (OUTPUT, ("words", "limit")),
    "Mischoice": (OUTPUTS, ("words", "limits")),
    "DecidesAt": ((*SIDE, "at_k", "up_to"), ()),
    "WithinAt": ((*OUTPUT, "bound", "at_k", "up_to"), ()),
    "ChoosesAt": ((*OUTPUTS, "at_k", "up_to"), ()),
    "RunAt": (("net", "terms", "added", "delay", "spec", "domain", "at_k"), ("phrases", "lower", "upper", "said")),
    "MarginsAt": (("table", "forms", "at_point"), ("values",)),
    "LargestMargin": (("table", "forms", "sizes", "at_point"), ("best",)),
}
ROCQ_CELLS = {name: name.replace("lstm", "LSTM").replace("gru", "GRU").replace("rnn", "RNN") for name in CELLS}
PARTS = {"quadratic": "quadratic", "linear": "linear", "rest": "constant"}  # of an error: here, and in the certificate
SIGNALS = {"preactivation": "Preactivation", "sigmoid": "Sigmoid", "tanh": "Tanh", "next": "Next"}
ANSWERS = {"accept": "Says_yes", "values": "Says_number", "choices": "Says_choice"}  # by what a machine says
MATRICES, VECTORS, STARTS = ("weight_ih", "weight_hh", "weight_hr"), ("bias_ih", "bias_hh", "peephole"), ("h0", "c0")


def kind_of(certificate: Data) -> str:
    """The statement: that of two theorems has another form where a machine says numbers."""
    kind = str(certificate["theorem"])
    if kind in ("Computes", "Counterexample") and "matrices" not in certificate["specification"]:
        return COMPUTES if kind == "Computes" else COUNTEREXAMPLE
    return kind


def specification(certificate: Data) -> Data:
    """The machine; that of a weighted automaton."""
    data: Data = certificate["specification"]
    return linear_machine(data) if "final" in data else data


def definitions(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what the statement is about and says, in its order."""
    about, said = STATED[kind_of(certificate)]
    for name in (*about, *said):
        type_, write = VALUES[name]
        yield name, type_, write(certificate)


def error(data: Any) -> str:
    """An error: its terms."""
    return listed(data, lambda term: f"({whole(term[0])}, ({rational(term[1])}, {rational(term[2])}))")


def row(data: Any) -> str:
    """Weights, or other pairs of constants."""
    return listed(data, _pair)


def _pair(data: Any) -> str:
    return f"({constant(data[0])}, {constant(data[1])})"


def _network(certificate: Data) -> str:
    network = certificate["network"]
    return record(
        {
            "vocabulary": f"{listed(network['vocabulary'], string)}%string",
            "atoms": listed(network_atoms(certificate["atoms"]), constant),
            "layers": listed(network["layers"], _layer),
        }
    )


def _layer(data: Data) -> str:
    matrices = {name: listed(data.get(name, []), row) for name in MATRICES}
    vectors = {name: row(data.get(name, [])) for name in VECTORS}
    starts = {name: listed(data.get(name, []), constant) for name in STARTS}
    return record({"cell": ROCQ_CELLS[data["cell"]], **matrices, **vectors, **starts})


def _automaton(certificate: Data) -> str:
    data = certificate["specification"]
    matrices = listed(data["matrices"], lambda rows: listed(rows, lambda one: listed(one, rational)))
    first, final = (listed(data[name], rational) for name in ("initial", "final"))
    return record({"first": first, "matrices": matrices, "final": final})


def _row_of_table(data: Any) -> str:
    q, word, (kind, n), main, bound = data
    return f"({whole(q)}, {whole(word)}, {SIGNALS[kind]} {n}, {_pair(main)}, {error(bound)})"


def _phrases(certificate: Data) -> str:
    number = certificate["network"]["vocabulary"].index
    phrases = [([*map(number, words)], times) for words, times in certificate["runs"]]
    return listed(phrases, lambda x: f"({listed(x[0], whole)}, {x[1]}%N)")


def _answer(certificate: Data) -> str:
    data, said = specification(certificate), certificate["specified"]
    if "accept" in data:
        return f"{ANSWERS['accept']} {acceptance(data)} {str(said).lower()}"
    if "values" in data:
        return f"{ANSWERS['values']} {listed(data['values'], form_in_registers)} ({rational(said)})"
    return f"{ANSWERS['choices']} {listed(data['choices'], whole)} {whole(said)}"


def _form(data: Any) -> str:
    return f"({constant(data[0])}, {listed(data[1], term)})"


def _at(certificate: Data) -> Data:
    """Where a scale and bounds stand."""
    found: Data = certificate.get("worst", certificate)
    return found


def _words(certificate: Data) -> str:
    number = certificate["network"]["vocabulary"].index
    return listed(map(number, certificate["words"]), whole)


VALUES: dict[str, tuple[str, Callable[[Data], str]]] = {
    "net": ("network", _network),
    "terms": ("list (nat * constant)", lambda c: listed(c["readout"]["terms"], term)),
    "out": ("list (nat * constant) * constant", lambda c: output([c["readout"]["terms"], c["constant"]])),
    "outs": ("list (list (nat * constant) * constant)", lambda c: listed(c["readouts"], output)),
    "added": ("constant", lambda c: constant(c["constant"])),
    "delay": ("nat", lambda c: whole(c["readout"]["delay"])),
    "wa": ("automaton", _automaton),
    "spec": ("machine", lambda c: machine(specification(c))),
    "accepting": ("acceptance", lambda c: acceptance(specification(c))),
    "numbers": ("list form", lambda c: listed(specification(c)["values"], form_in_registers)),
    "choices": ("list nat", lambda c: listed(specification(c)["choices"], whole)),
    "domain": ("promise", lambda c: promise(specification(c)["domain"])),
    "threshold": ("constant", lambda c: constant(c["threshold"])),
    "margin": ("Q", lambda c: rational(c["margin"])),
    "bound": ("Q", lambda c: rational(c["bound"])),
    "at_k": ("Q", lambda c: rational(_at(c)["scale"])),
    "up_to": ("option Z", lambda c: optional(c["last"], integer)),
    "words": ("list nat", _words),
    "limit": ("constant", lambda c: constant(c["limit"])),
    "other": ("constant", lambda c: constant(c["specified"])),
    "limits": ("list constant", lambda c: listed(c["limits"], constant)),
    "k0": ("Q", lambda c: rational(c["k0"])),
    "quadratic": ("error", lambda c: error(c["bound"][PARTS["quadratic"]])),
    "linear": ("error", lambda c: error(c["bound"][PARTS["linear"]])),
    "rest": ("error", lambda c: error(c["bound"][PARTS["rest"]])),
    "leads": ("list (list nat)", lambda c: listed(c["proof"]["step"], lambda steps: listed(steps, whole))),
    "rows": ("list (nat * nat * signal * weight * error)", lambda c: listed(c["rows"], _row_of_table)),
    "phrases": ("list (list nat * N)", _phrases),
    "said": ("answer", _answer),
    "shortest": ("N", lambda c: f"{c['worst']['first']}%N"),
    "longest": ("N", lambda c: f"{c['worst']['last']}%N"),
    "lower": ("Q", lambda c: rational(_at(c)["lower"])),
    "upper": ("Q", lambda c: rational(_at(c)["upper"])),
    "table": ("list constant", lambda c: listed(c["atoms"], constant)),
    "forms": ("list affine_form", lambda c: listed(c["forms"], _form)),
    "at_point": ("list constant", lambda c: listed(c["point"], constant)),
    "values": ("list constant", lambda c: listed(c["values"], constant)),
    "sizes": ("list (nat * constant)", lambda c: listed(c["bounds"], term)),
    "best": ("constant", lambda c: constant(c["best"])),
}
