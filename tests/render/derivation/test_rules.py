"""What documents say about the kernel's rules: every rule about networks and expansions has its own text."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

import pytest
from support import ROOT
from support.documents import derived

from symlstm import Construction, Network, ReadoutTerm, Verdict, pattern_counts
from symlstm.notebook.display import of_outcome
from symlstm.render.derivation.rules import AGAIN, ALONE, BECAUSE
from symlstm.render.documents.document import Block, Lemma
from symlstm.render.documents.markdown import MarkdownWriter

KERNEL = [*(ROOT / "symlstm/kernel/networks").glob("*.py"), ROOT / "symlstm/kernel/asymptotics.py"]


def rules() -> set[str]:
    """The names that stand in the kernel's source."""
    calls = [node for path in KERNEL for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    named = [c.args[1] for c in calls if isinstance(c, ast.Call) and getattr(c.func, "id", "") == "conclude"]
    return {name.value for name in named if isinstance(name, ast.Constant)}


def test_there_are_rules() -> None:
    assert len(rules()) > 12


@pytest.mark.parametrize("rule", sorted(rules()))
def test_a_rule_has_a_text(rule: str) -> None:
    assert rule in {*BECAUSE, *ALONE}


def test_what_is_said_again_was_said_before() -> None:
    assert {*AGAIN} <= {*BECAUSE}


def test_a_counterexample_without_premises_is_told_without_citing_any() -> None:
    zero = Network(["a"], [["0"]] * 4, [["0"]] * 4, readout=[ReadoutTerm("c", 0)])
    found = Construction(zero, pattern_counts(["a"], {("a",): 1})).outcome()
    assert found.verdict is Verdict.REFUTED
    told = MarkdownWriter().blocks(of_outcome(found))
    assert "from ." not in told and "The network is" in told


@pytest.mark.slow
@pytest.mark.parametrize("name", ["proofs", "wide"])
def test_no_two_lemmas_of_a_document_have_one_title(name: str) -> None:
    titles = [str(block.name) for block in inside(derived(name).blocks) if isinstance(block, Lemma)]
    assert len(titles) == len({*titles})


def inside(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks, and those in them."""
    for block in blocks:
        yield block
        yield from inside(getattr(block, "blocks", ()))
