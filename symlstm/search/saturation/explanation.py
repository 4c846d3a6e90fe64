"""Why a readout has no known limit, in words of the network.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Iterator

from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.enclosures import Enclosure
from symlstm.kernel.networks.statements import Automaton, Invariant, Readout
from symlstm.kernel.theorem import RuleError


def unsettled(found: Invariant, readout: Readout) -> RuleError | None:
    """The first coordinate read without a known limit, after which words, and because of what; None if all have one."""
    for s, words in _without_limit(found, readout):
        causes = _endless(found.automaton)
        reasons = "".join(f", since {cause}" for cause in causes.values())
        names = " and ".join(map(str, causes))
        needed = (
            f"few values of {names}, or gates that do not tell apart those beyond" if causes else "a limit on all words"
        )
        return RuleError("readout", f"no known limit of {s} after: {' '.join(words)}{reasons}", needed)
    return None


def _without_limit(found: Invariant, readout: Readout) -> Iterator[tuple[Variable, tuple[str, ...]]]:
    for situation, row in zip(found.automaton.situations, found.transitions, strict=True):
        for s, _ in readout.terms:
            if s in situation.box and not _has_limit(situation.box[s]):
                yield s, situation.label
        for word, move in zip(found.system.words, row, strict=True):
            for r, signals in move.registers.items():
                if not all(map(_has_limit, signals)):
                    yield r, (*situation.label, word)


def _has_limit(signal: Enclosure) -> bool:
    return signal.error.vanishes and not signal.side and not signal.main.symbols()


def _endless(automaton: Automaton) -> dict[Variable, str]:
    """The coordinates with too many values to tell apart, and what is known of each."""
    ends = {s: x for situation in automaton.situations for s, x in situation.box.items() if x.side}
    return {
        s: f"{s} takes more than {_values(automaton, s)} values in the limit: {_beyond(x)}" for s, x in ends.items()
    }


def _values(automaton: Automaton, s: Variable) -> int:
    return len({situation.box[s].main for situation in automaton.situations if not situation.box[s].side})


def _beyond(x: Enclosure) -> str:
    return f"from {x.main} on, it is only known to be at {'least' if x.side > 0 else 'most'} that"
