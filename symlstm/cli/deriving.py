"""From the targets of `derive` to claims that were run: one part of the document for each file."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from symlstm.cli.attempt import Source, attempt, code_of, exit_code, explanation
from symlstm.cli.main import ExitCode
from symlstm.cli.networks import from_file
from symlstm.cli.selection import selected, shipped
from symlstm.kernel.networks.statements import Computes
from symlstm.proof.claims import Claim, Result, Verdict
from symlstm.render.derivation.chapter import Part

ORDER = (
    "rnn_in_lstm",
    "rnn_in_gru",
    "sentiment",
    "finite_biases",
    "region",
    "source_audit",
    "source_audit_sentiment",
)
WHOLE = "proofs"  # the name of the document on everything


Again = Callable[[Result, Source], Result]


def as_it_is(result: Result, source: Source) -> Result:
    return result


@dataclass
class Collected:
    """The parts of a document, the exit codes of their claims, and a name for the file."""

    stem: str
    parts: list[Part] = field(default_factory=list)
    codes: set[ExitCode] = field(default_factory=set)


def collected(targets: Sequence[str], begin: Callable[[str], None], again: Again = as_it_is) -> Collected:
    """Runs the claims that the targets mean; those of all proof scripts by default, in the order of the argument.

    `again` is what becomes of each result.
    """
    found = Collected(stem_of(targets))
    for source in selected(targets or [str(path) for path in scripts()]):
        if source.error is not None:
            print(f"symlstm: {explanation(source.error, source.path, False)}", file=sys.stderr)
            found.codes.add(exit_code(source.error))
        elif source.claims:
            found.parts.append(part(source, found.codes, begin, again))
    return found


def scripts() -> list[Path]:
    """The shipped proof scripts: those of the argument first, then the others by name."""
    place = {name: n for n, name in enumerate(ORDER)}
    return sorted((p for p in shipped() if p.suffix == ".py"), key=lambda p: (place.get(p.stem, len(ORDER)), p.stem))


def stem_of(targets: Sequence[str]) -> str:
    """What the file is called: by its targets, in characters that any file system takes."""
    names = [Path(target).stem for target in targets] or [WHOLE]
    return re.sub(r"[^\w.-]+", "_", "+".join(names))[:80].strip("._") or WHOLE


def part(source: Source, codes: set[ExitCode], begin: Callable[[str], None], again: Again = as_it_is) -> Part:
    """One file's part: its title and introduction, its results and notes."""
    results = []
    for claim in source.claims:
        begin(claim.id)
        result = again(attempt(claim, None), source)
        codes.add(code_of(result))
        results += [result, *(again(more, source) for more in consequences(source, result))]
    return Part(*heading(source), tuple(results), source.notes, source.notation, source.path.suffix == ".py")


def heading(source: Source) -> tuple[str, str]:
    """Title and introduction: the first line of a script's docstring and the rest, or a construction's title."""
    if source.path.suffix != ".py":
        return source.claims[0].name, ""
    documentation = ast.get_docstring(ast.parse(source.path.read_text(encoding="utf-8"))) or source.path.stem
    title, _, rest = documentation.partition("\n\n")
    return " ".join(title.split()).removesuffix("."), rest


def consequences(source: Source, result: Result) -> Iterator[Result]:
    """For a construction file that is right in the limit: the error of the network as it is, at every length."""
    theorem = result.outcome.theorem
    if source.path.suffix != ".py" and theorem is not None and isinstance(theorem.conclusion, Computes):
        bound = Claim("", "", Verdict.PROVED, "", lambda: from_file(source.path).error_bound, result.claim.source)
        yield named_by_its_scales(attempt(bound, None))


def named_by_its_scales(bound: Result) -> Result:
    """An error bound with a name that says no more than its theorem, which speaks of k >= k0."""
    theorem = bound.outcome.theorem
    name = "the error at every length" + ("" if theorem is None else f" and scale k ≥ {theorem.conclusion.k0}")
    return replace(bound, claim=replace(bound.claim, id=name, name=name))
