"""symlstm: a symbolic proof assistant for hand-built LSTMs and RNNs.

=====================  ==========================================================================
k                      the scale: every large weight is a rational multiple of it, k = 1 is the network that runs
sigmoid                the logistic function, as a SymPy function
Network, ReadoutTerm   exact weights under PyTorch's names, vocabulary, initial state, readout
pattern_counts         the specification "weights times occurrences of adjacent-word patterns"
weighted_automaton     any specification that a weighted automaton computes
Construction, prove    a network with its specification: limits, rates, error bounds, verdict
read_construction      a construction file: a network, and what it should compute or contain
region                 all cells of open parameters in which a network is right
worst_case, sweep      the largest error over all word sequences of a length, at one scale or many
horizon                the first length at which rounding to the nearest integer can fail
smallest_scale         the smallest scale for an error and a length
at_scale               what is known of a network at one scale: right up to a length, or wrong on words
as_it_stands, wrong_on whether it is right at a scale up to a length; whether these words refute that
reach, counting_limit  all word sequences in IEEE arithmetic; how far a float register counts
limit, enclose         the limit of an expression for k -> oo as a theorem; how near it is at every scale
claim, note, main      a named claim of a proof script, a remark; runs the claims of a script
Verdict, Outcome       what became of a claim: proved, refuted, open
Witness, refuted       why a claim is false; the outcome of a refutation that the kernel proved
check                  runs one claim
SigmoidRNN, embed_rnn  an RNN with exact weights, and the LSTM or GRU that contains it, an `Embedding` with its error
build, Built           the network of an automaton or machine, in a chosen cell, with its certificates
automaton              the minimal automaton of a network, proved on every word sequence
WordClassifier         a network as the three functions that automata are extracted from
from_torch             a hand-set torch.nn.LSTM or nn.RNN, or its state_dict, as a Network
read_weights           the same from a .safetensors, .npz or .onnx file
export, to_state_dict  a Network as such a file, re-run and compared before it appears; as float arrays
MissingPackage         an optional package is not installed; names the command that installs it
Mismatch               an exported file does not compute what the network does
run_balls              the network on words in balls of any precision
decimal, decimal_of    correctly rounded decimals of a ball, of an expression
Theorem, trusted       what the kernel made; the engines that a theorem rests on
RuleError              a rule of the kernel refused
InputError             bad input: where, what was found, what is needed
ExitCode               the exit codes of the command line
steps                  a module: the propositions and rules for proofs about symbols, B -> oo and every t
figures                a module: a function for each figure, which returns a matplotlib Figure
=====================  ==========================================================================
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the same names for type checkers, which read no dictionary
    from symlstm.builder.building import Built as Built
    from symlstm.builder.building import build as build
    from symlstm.builder.classifier import WordClassifier as WordClassifier
    from symlstm.builder.extraction import automaton as automaton
    from symlstm.cli.main import ExitCode as ExitCode
    from symlstm.cli.main import main as main
    from symlstm.floats.counting_limit import counting_limit as counting_limit
    from symlstm.floats.reachable_states import reach as reach
    from symlstm.kernel.theorem import RuleError as RuleError
    from symlstm.kernel.theorem import Theorem as Theorem
    from symlstm.kernel.theorem import trusted as trusted
    from symlstm.model.activations import sigmoid as sigmoid
    from symlstm.model.errors import InputError as InputError
    from symlstm.model.file.construction_file import read_construction as read_construction
    from symlstm.model.network import Network as Network
    from symlstm.model.network import ReadoutTerm as ReadoutTerm
    from symlstm.model.packages import MissingPackage as MissingPackage
    from symlstm.model.simulation.decimals import decimal as decimal
    from symlstm.model.simulation.decimals import decimal_of as decimal_of
    from symlstm.model.simulation.running import run_balls as run_balls
    from symlstm.model.specification import pattern_counts as pattern_counts
    from symlstm.model.specification import weighted_automaton as weighted_automaton
    from symlstm.model.terms import k as k
    from symlstm.proof.claims import Outcome as Outcome
    from symlstm.proof.claims import Verdict as Verdict
    from symlstm.proof.claims import Witness as Witness
    from symlstm.proof.claims import check as check
    from symlstm.proof.claims import claim as claim
    from symlstm.proof.claims import note as note
    from symlstm.proof.claims import refuted as refuted
    from symlstm.proof.limits import enclose as enclose
    from symlstm.proof.limits import limit as limit
    from symlstm.search.construction import Construction as Construction
    from symlstm.search.construction import prove as prove
    from symlstm.search.containment.embedding import Embedding as Embedding
    from symlstm.search.containment.embedding import SigmoidRNN as SigmoidRNN
    from symlstm.search.containment.embedding import embed_rnn as embed_rnn
    from symlstm.search.error.horizon import horizon as horizon
    from symlstm.search.error.smallest_scale import smallest_scale as smallest_scale
    from symlstm.search.error.sweep import sweep as sweep
    from symlstm.search.error.worst_case import worst_case as worst_case
    from symlstm.search.region.region import region as region
    from symlstm.search.scale.answer import at_scale as at_scale
    from symlstm.search.scale.standing import as_it_stands as as_it_stands
    from symlstm.search.scale.standing import wrong_on as wrong_on
    from symlstm.weights.checking import Mismatch as Mismatch
    from symlstm.weights.exporting import export as export
    from symlstm.weights.exporting import to_state_dict as to_state_dict
    from symlstm.weights.importing import from_torch as from_torch
    from symlstm.weights.importing import read_weights as read_weights

__version__ = "0.1.0"

_HOME = {
    "k": "model.terms",
    "sigmoid": "model.activations",
    "Network": "model.network",
    "ReadoutTerm": "model.network",
    "pattern_counts": "model.specification",
    "weighted_automaton": "model.specification",
    "Construction": "search.construction",
    "prove": "search.construction",
    "read_construction": "model.file.construction_file",
    "region": "search.region.region",
    "worst_case": "search.error.worst_case",
    "sweep": "search.error.sweep",
    "horizon": "search.error.horizon",
    "smallest_scale": "search.error.smallest_scale",
    "at_scale": "search.scale.answer",
    "as_it_stands": "search.scale.standing",
    "wrong_on": "search.scale.standing",
    "reach": "floats.reachable_states",
    "counting_limit": "floats.counting_limit",
    "limit": "proof.limits",
    "enclose": "proof.limits",
    "claim": "proof.claims",
    "note": "proof.claims",
    "refuted": "proof.claims",
    "check": "proof.claims",
    "main": "cli.main",
    "Verdict": "proof.claims",
    "Outcome": "proof.claims",
    "Witness": "proof.claims",
    "SigmoidRNN": "search.containment.embedding",
    "embed_rnn": "search.containment.embedding",
    "Embedding": "search.containment.embedding",
    "build": "builder.building",
    "Built": "builder.building",
    "automaton": "builder.extraction",
    "WordClassifier": "builder.classifier",
    "from_torch": "weights.importing",
    "read_weights": "weights.importing",
    "export": "weights.exporting",
    "to_state_dict": "weights.exporting",
    "MissingPackage": "model.packages",
    "Mismatch": "weights.checking",
    "run_balls": "model.simulation.running",
    "decimal": "model.simulation.decimals",
    "decimal_of": "model.simulation.decimals",
    "Theorem": "kernel.theorem",
    "trusted": "kernel.theorem",
    "RuleError": "kernel.theorem",
    "InputError": "model.errors",
    "ExitCode": "cli.main",
}
__all__ = [*_HOME]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    """Imports a public name when it is first used, so that `symlstm --help` needs no SymPy."""
    if name not in _HOME:
        raise AttributeError(f"module 'symlstm' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"symlstm.{_HOME[name]}"), name)
    import_module("symlstm.notebook.display").attach()
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
