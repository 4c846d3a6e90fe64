"""How theorems, results, networks and automata show themselves: in notebooks, in one line, and `theorem.to_latex()`.

The kernel and the model know nothing of documents, so their classes get these methods from
here, when `symlstm` hands out a public name. The methods only read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from symlstm.notebook.one_line import LINES

if TYPE_CHECKING:
    from symlstm.kernel.networks.statements import Invariant, WeightedAutomaton
    from symlstm.kernel.theorem import Theorem
    from symlstm.model.network import Network
    from symlstm.proof.claims import Outcome, Result
    from symlstm.proof.goals import Goal
    from symlstm.render.documents.document import Block
    from symlstm.search.construction import Construction

Blocks = Callable[[Any], "Iterable[Block]"]


def attach() -> None:
    """Gives the classes that are loaded their methods; again is no harm."""
    for place, line in LINES.items():
        if (kind := _loaded(*place)) is not None:
            kind.__repr__ = line
    for place, blocks in BLOCKS.items():
        if (kind := _loaded(*place)) is not None and not hasattr(kind, "_repr_html_"):
            kind._repr_html_ = lambda self, blocks=blocks: html(blocks(self))
            kind._repr_latex_ = lambda self, blocks=blocks: mathematics(blocks(self))
            if place == ("kernel.theorem", "Theorem"):
                kind.to_latex = to_latex


def _loaded(module: str, name: str) -> Any:
    """A class of the package, if its module is loaded."""
    return getattr(sys.modules.get(f"symlstm.{module}"), name, None)


def html(blocks: Iterable[Block]) -> str:
    """HTML that needs no style: claims first, their proofs folded, then folded what they are about.

    What is no claim and stands alone, such as a network, is not folded.
    """
    from symlstm.notebook.html import NotebookWriter
    from symlstm.render.documents.document import Claim

    blocks, writer = [*blocks], NotebookWriter()
    claims = [found for found in blocks if isinstance(found, Claim)]
    if not claims:
        return writer.blocks(blocks)
    rest = writer.blocks(found for found in blocks if not isinstance(found, Claim))
    return writer.blocks(claims) + writer.folded("what it is about, and what the proof rests on", rest)


def mathematics(blocks: Iterable[Block]) -> str | None:
    """The displayed formulas; None, so that a notebook takes another form, if there are none or one is false."""
    from symlstm.proof.claims import Verdict
    from symlstm.render.documents.document import Claim, Display
    from symlstm.render.formulas import latex

    blocks = [*blocks]
    if any(isinstance(found, Claim) and found.verdict is not Verdict.PROVED for found in blocks):
        return None
    shown = [block for found in blocks for block in (found.body if isinstance(found, Claim) else (found,))]
    formulas = [formula for block in shown if isinstance(block, Display) for formula in block.formulas]
    return f"$\\displaystyle {latex.display(formulas)}$" if formulas else None


def to_latex(theorem: Theorem, prefix: str = "symlstm") -> str:
    r"""The theorem with its proof, for \input into a paper, in which its labels begin with the prefix."""
    from symlstm.render.documents.document import Document
    from symlstm.render.documents.tex import TexWriter

    return TexWriter(prefix).fragment(Document((), tuple(of_theorem(theorem))))


def of_theorem(theorem: Theorem) -> Iterable[Block]:
    """Setting, statement and proof."""
    from symlstm.proof.claims import Outcome, Verdict

    return of_outcome(Outcome(Verdict.PROVED, theorem))


def of_outcome(outcome: Outcome) -> Iterable[Block]:
    """An outcome of no claim in particular."""
    from symlstm.proof.claims import Claim, Result

    return of_result(Result(Claim("", "", outcome.verdict, "", lambda: outcome, ""), outcome, 0.0))


def of_result(result: Result) -> Iterable[Block]:
    """A claim with its verdict."""
    from symlstm.render.derivation.chapter import Chapter, Part
    from symlstm.render.derivation.numbering import Ledger

    return Chapter(Part("", "", (result,)), Ledger()).section().blocks


def of_goals(found: Goal | Sequence[Goal]) -> Iterable[Block]:
    """What is left to show, with the facts in scope."""
    from symlstm.proof.goals import Goal
    from symlstm.render.derivation.unfinished import of_goal

    return [block for goal in ([found] if isinstance(found, Goal) else found) for block in of_goal(goal)]


def of_network(network: Network) -> Iterable[Block]:
    """Words, equations, weights."""
    from symlstm.render.derivation.setting import setting

    return setting(network.system)


def of_construction(construction: Construction) -> Iterable[Block]:
    """Verdict, statement, counterexample: what becomes of the claim that it computes its specification."""
    from symlstm.proof.claims import Claim, Result, Verdict

    outcome, title = construction.outcome(), construction.title
    claim = Claim(title, title, Verdict.PROVED, "", lambda: outcome, "")
    return of_result(Result(claim, outcome, 0.0))


def of_specification(found: WeightedAutomaton) -> Iterable[Block]:
    """What is counted, or the matrices."""
    from symlstm.render.derivation.setting import specification

    return specification(found)


def of_invariant(found: Invariant) -> Iterable[Block]:
    """Situations, where the words lead, registers."""
    from symlstm.render.derivation.situations import registers, situations, transitions

    return (*situations(found), *transitions(found), *registers(found))


BLOCKS: dict[tuple[str, str], Blocks] = {
    ("kernel.theorem", "Theorem"): of_theorem,
    ("kernel.networks.statements", "WeightedAutomaton"): of_specification,
    ("kernel.networks.statements", "Invariant"): of_invariant,
    ("proof.claims", "Outcome"): of_outcome,
    ("proof.claims", "Result"): of_result,
    ("proof.goals", "Goal"): of_goals,
    ("proof.goals", "Goals"): of_goals,
    ("model.network", "Network"): of_network,
    ("search.construction", "Construction"): of_construction,
}
