"""What `symlstm prove` shows to people: one line a claim, a block under what is false, counts at the end."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from symlstm.cli.attempt import Source, explanation, unread
from symlstm.cli.main import ExitCode
from symlstm.cli.screen import Screen
from symlstm.kernel.theorem import walk
from symlstm.proof.claims import Claim, Result, Verdict
from symlstm.proof.scale import Recheck

FILE, TITLE = 20, 60  # columns for the names of construction files, and for these with their titles
SAYS = 150  # columns of what was proved where output is no terminal
METHOD = 36  # columns for the last rule of a proof
SHORTEST = 12  # columns below which a cut text says nothing


def finding(result: Result) -> tuple[str, str]:
    """The verdict in words, and the name of its mark."""
    verdict, expected = result.outcome.verdict.value, result.claim.expected
    if result.error is not None:
        return "failed", "raised"
    if expected is Verdict.PROVED:
        return verdict, verdict
    return (f"{verdict}, as expected" if result.as_expected else f"{verdict}, not {expected.value}"), verdict


def seconds(elapsed: float) -> str:
    """A time as people read it."""
    return f"{elapsed * 1000:.0f} ms" if elapsed < 1 else f"{elapsed:.1f} s"


def cut(words: str, width: int, more: str) -> str:
    """The text, or as much of it as fits."""
    return words if len(words) <= width else words[: max(0, width - len(more))] + more[:width]


def label(claim: Claim, ids: int = 0, more: str = "...") -> str:
    """Id and name; of a construction file, whose title is both, the file's name, cut to its column, and the title."""
    if claim.id != claim.name:
        return f"{claim.id:{ids}}  {claim.name}"
    return f"{cut(Path(claim.source).name, max(ids, SHORTEST), more):{ids}}  {claim.name}"


class Listing:
    """Writes results as they come."""

    def __init__(self, screen: Screen, verbose: bool = False) -> None:
        self._screen, self._verbose = screen, verbose
        self._counts: Counter[str] = Counter()
        self._rechecks: list[Recheck] = []
        self._verdicts = self._ids = self._labels = 0  # widths of columns
        self._heading, self._script = Path(), True

    def source(self, source: Source) -> None:
        """A file begins: a heading (for construction files their folder's, once), and the widths of the columns."""
        claims, script = source.claims, source.path.suffix == ".py"
        self._script = script
        self._verdicts = 20 if not script or any(claim.expected is not Verdict.PROVED for claim in claims) else 8
        self._ids = max((len(claim.id) for claim in claims), default=0) if script else FILE
        self._labels = max((len(label(claim, self._ids)) for claim in claims), default=0) if script else TITLE
        heading = source.path if script else source.path.parent
        if claims and heading != self._heading and not self._screen.quiet:
            self._screen.line((str(heading), "bold"))
        self._heading = heading

    def unread(self, source: Source, error: BaseException) -> None:
        """A file could not be read: a line of its own, and why on stderr."""
        words = unread(source)
        self._counts[words] += 1
        mark = "open" if words == "open" else "raised"
        self._screen.line((f"{self._screen.mark(mark)}  {words:{self._verdicts}}  ", mark), (source.path.name, ""))
        self.failed(source, error)

    def failed(self, source: Source, error: BaseException) -> None:
        """A file could not be read, or a claim of it raised: on stderr."""
        self._screen.progress("")
        print(f"symlstm: {explanation(error, source.path, self._verbose)}", file=sys.stderr, flush=True)

    def begin(self, claim: Claim) -> None:
        """A claim is about to be tried."""
        self._screen.progress(f"proving {claim.id} ...")

    def result(self, result: Result) -> None:
        """One claim's line, and what belongs under it."""
        words, mark = finding(result)
        self._counts[words] += 1
        at_scale = None if result.at_scale is None else result.at_scale.recheck
        self._rechecks += [found for found in (result.recheck, at_scale) if found is not None]
        if self._screen.quiet and result.as_expected:
            return
        self._line(result, words, mark)
        if self._verbose or result.outcome.verdict is Verdict.REFUTED:
            self._details(result)
        if result.outcome.verdict is Verdict.PROVED and not self._verbose and self._needs_words(result):
            self._screen.entries([("says", self._conclusion(result))])
        if result.outcome.verdict is Verdict.OPEN and result.error is None:
            self._open(result)
        if result.outcome.verdict is Verdict.PROVED and result.outcome.reason:
            self._screen.entries([("note", result.outcome.reason)])
        if self._verbose and result.recheck is not None and result.recheck.reason:
            self._screen.entries([("recheck", result.recheck.reason)])
        if result.at_scale is not None:
            from symlstm.render.statements.scales import both

            self._screen.entries([("verdict", both(result))])

    def _open(self, result: Result) -> None:
        """Why a claim is open: the goals that are left, or the reason."""
        if not result.outcome.goals:
            self._screen.entries([("reason", result.outcome.reason)])
            return
        from symlstm.render.derivation.unfinished import in_words

        self._screen.entries(
            [("goal" if n == 0 else "", in_words(goal)) for n, goal in enumerate(result.outcome.goals)]
        )

    def _needs_words(self, result: Result) -> bool:
        """Whether the title alone could say more than was proved: no goal was stated to compare it with."""
        theorem, claim = result.outcome.theorem, result.claim
        return theorem is not None and claim.goal is None and (self._script or bool(theorem.hypotheses))

    def _conclusion(self, result: Result) -> str:
        """What was proved, in one line, and the number of its hypotheses."""
        from symlstm.render.statements.plain import statement

        theorem = result.outcome.theorem
        if theorem is None:
            return ""
        n, (first, *more) = len(theorem.hypotheses), statement(theorem.conclusion).splitlines()
        ending = f"; given {n} hypothes{'is' if n == 1 else 'es'}" if n else ""
        dots = self._screen.mark("more")
        shown = cut(first + dots * bool(more), (self._screen.width or SAYS) - 14 - len(ending), dots)
        return shown + ending

    def _details(self, result: Result) -> None:
        from symlstm.cli.details import proof, refutation  # not needed, and not loaded, where all goes well

        if result.outcome.verdict is Verdict.REFUTED:
            self._screen.entries(refutation(result))
        if self._verbose:
            self._screen.entries(proof(result))

    def _line(self, result: Result, words: str, mark: str) -> None:
        theorem = result.outcome.theorem
        steps = 0 if theorem is None else sum(1 for _ in walk(theorem))
        ending = f"{seconds(result.seconds):>8}" + (f"{steps:>5} step{'s' * (steps != 1)}" if steps else "")
        ending += f"   {result.recheck.words}" if result.recheck is not None else ""
        start = f"{self._screen.mark(mark)}  {words:{self._verdicts}}  "
        name, method = self._fitted(result, len(start) + 22)
        style = "expected" if result.as_expected and mark == "refuted" else mark
        self._screen.line((start, style), (name, ""), (f"  {method}{ending}", "dim"))

    def _fitted(self, result: Result, taken: int) -> tuple[str, str]:
        """Label and method in their columns; on a narrow terminal the method is cut first, then the label."""
        theorem, width = result.outcome.theorem, self._screen.width
        room = self._labels + METHOD if width is None else width - taken
        methods = min(METHOD, max(0, room - self._labels))
        methods *= methods >= SHORTEST
        labels = min(self._labels, max(SHORTEST, room - methods))
        more = self._screen.mark("more")
        name = cut(label(result.claim, self._ids, more), labels, more)
        return f"{name:{labels}}", f"{cut('' if theorem is None else theorem.rule, methods, more):{methods}}"

    def notes(self, source: Source) -> None:
        """The file's remarks, after its claims and without a mark: their places, or with -v what they say."""
        if self._screen.quiet or not source.notes:
            return
        width = max(len(note.id) for note in source.notes)
        for note in source.notes:
            self._screen.line(("   note  ", "dim"), (f"{note.id:{width}}  {note.place}", ""))
            if self._verbose:
                self._screen.entries([("", note.text)])

    def end(self, code: ExitCode, elapsed: float) -> None:
        """The counts and the exit code."""
        order = ("proved", "refuted", "open", "malformed", "failed")
        words = sorted(self._counts, key=lambda word: order.index(word.split(",")[0]))
        counts = ", ".join(f"{self._counts[word]} {word.replace(',', '')}" for word in words) or "no claims"
        self._checkers()
        style = "proved" if code is ExitCode.OK else "refuted"
        self._screen.line((counts, "bold"), (f"   {seconds(elapsed)}   ", "dim"), (f"exit {int(code)}", style))

    def _checkers(self) -> None:
        """How many theorems each checker beside the kernel has accepted, and how many have no certificate."""
        counts = Counter(name for found in self._rechecks for name in found.by)
        told = [f"{n} by {name}" for name, n in counts.items()]
        missing = sum(not found.by for found in self._rechecks)
        told += [f"{missing} not checked again (-v: why)"] if missing else []
        if told:
            self._screen.line((f"of {len(self._rechecks)} statements ", ""), (", ".join(told), ""))
