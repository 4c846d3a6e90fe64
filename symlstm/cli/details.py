"""What stands under a claim's line: why it is false, or how it was proved. Entries (key, text)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from symlstm.kernel.theorem import Theorem, trusted
from symlstm.proof.claims import Result
from symlstm.render.statements import plain as text
from symlstm.render.statements.evidence import evidence

Entry = tuple[str, str]


def refutation(result: Result) -> list[Entry]:
    """Three entries: what was claimed, where it fails, what to do next."""
    witness, theorem = result.outcome.witness, result.outcome.theorem
    found = "" if witness is None else evidence(witness)
    if not found and theorem is not None:
        found = text.statement(theorem.conclusion)
    return [("claim", claimed(result)), ("witness", found), ("hint", result.outcome.reason or hint(result))]


def claimed(result: Result) -> str:
    """The claim in words: the script's, or what it states or its counterexample contradicts, or its name."""
    goal = result.claimed
    return result.claim.statement or ("" if goal is None else text.statement(goal)) or result.claim.name


def hint(result: Result) -> str:
    """The command that shows more."""
    witness, file = result.outcome.witness, re.sub(r":\d+$", "", result.claim.source)
    if witness is not None and witness.words and witness.value:
        return f"symlstm run {shlex.join((file, *witness.words))} --trace"
    return f"symlstm prove {shlex.quote(file)} -k {shlex.quote(result.claim.id)} -v"


def proof(result: Result) -> Iterator[Entry]:
    """The statement with its hypotheses, the tree of steps, and what they rest on."""
    theorem = result.outcome.theorem
    if theorem is None:
        return
    yield "theorem", text.statement(theorem.conclusion)
    yield from (("given", hypothesis) for hypothesis in text.hypotheses(theorem))
    yield "proof", "\n".join(tree(theorem))
    yield "trusts", "; ".join(sorted(trusted(theorem)))


def tree(theorem: Theorem) -> Iterator[str]:
    """The steps, each under the one that it is a premise of; a step that occurs again only by its rule."""
    seen: set[int] = set()

    def visit(node: Theorem, depth: int) -> Iterator[str]:
        again = id(node) in seen
        seen.add(id(node))
        says = "(as above)" if again else text.statement(node.conclusion).splitlines()[0]
        yield f"{'  ' * depth}{node.rule}" + (f": {says}" if depth else "")
        for premise in () if again else node.premises:
            yield from visit(premise, depth + 1)

    return visit(theorem, 0)
