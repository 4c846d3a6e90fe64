"""The RNN in the LSTM: how far apart they are, over the bias B and the initial cell C, at several times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from flint import arb, ctx, fmpq

from symlstm.figures.evaluating import parts, theorem_of
from symlstm.figures.paper import RED, Drawing, log10, number, panels, paper
from symlstm.figures.table import TableRow
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable, atom, ball, exp, tanh
from symlstm.kernel.logic.propositions import Equal, ForAll, Within, replaced
from symlstm.kernel.networks.enclosures import upper
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.cells import Gates, lstm_update
from symlstm.model.simulation.running import BALLS
from symlstm.proof.claims import Script

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

EACH, EVERY = "R6-each-time", "R6-uniform"  # the claims: at one time, and at all of them
NORM = 2  # of the recurrent weight: the RNN r' = sigmoid(2 r - 1), r_0 = 1/2
BIASES = [fmpq(n, 4) for n in range(2, 19)]
INITIAL_CELLS = [fmpq(5 * n, 2) for n in range(17)]
TIMES = (1, 8, 64)
ALL, LAST = "every t", 128  # what holds for ever is measured up to there
BITS = 320  # of the measurements
LEVELS = range(-36, 1, 4)  # decimal exponents
t, B, C, L = Variable("t", "natural"), *map(Variable, "BCL")
BEFORE = Variable("before")  # D(t)
CAPTION = (
    "How far h_t of the LSTM is from r_t of the RNN that it contains, over the bias B and the initial cell C: at "
    "three times t, and the largest of all times. Colours: measured in {digits}-digit arithmetic on the RNN r_(t+1) "
    "= sigmoid(2 r_t - 1), r_0 = 1/2 (of all times: of t up to {last}). Black lines: the same levels of the certified "
    "bound, for every RNN with L = 2 and every input ({each}; of all times: {every}). Dashed: C = c*. At a fixed time "
    "a large C is enough, at every B; for all times only min(C, c*) counts, because C is forgotten."
)


def from_script(script: Script) -> Drawing:
    """From the claims of proofs/rnn_in_lstm.py."""
    return draw(theorem_of(script, EACH), theorem_of(script, EVERY))


def draw(each: Theorem, every: Theorem) -> Drawing:
    """One panel a time, and one for all of them."""
    rows = [*data(new_bound(each), uniform_bound(every))]
    with paper():
        return Drawing(figure(rows), rows, CAPTION.format(digits=BITS * 3 // 10, last=LAST, each=EACH, every=EVERY))


def new_bound(theorem: Theorem) -> Term:
    """What the theorem's bound D of |h_t - r_t| is at t + 1, in terms of D(t); D(0) = 0."""
    D = theorem.conclusion.body.bound.application().function
    bodies = (p.body for p in theorem.hypotheses if isinstance(p, ForAll))
    definitions = {body.lhs: body.rhs for body in bodies if isinstance(body, Equal)}
    if Equal(D(0), 0) not in theorem.hypotheses:
        raise RuleError(EACH, f"a bound that starts elsewhere than at {D(0)} = 0", "one that starts there")
    return at_norm(replaced(definitions[D(t + 1)], D(t), atom(BEFORE)))


def uniform_bound(theorem: Theorem) -> Term:
    """The theorem's bound of |h_t - r_t| at every t."""
    bodies = (p.body for p in parts(theorem) if isinstance(p, ForAll))
    return at_norm(next(body.bound for body in bodies if isinstance(body, Within)))


def at_norm(term: Term) -> Term:
    """With the number for L."""
    return algebra.substitute(term, {L: algebra.rational(NORM)}, {})


def data(new: Term, uniform: Term) -> Iterator[TableRow]:
    """One row for each bias, cell and time."""
    step, lasting = parted(new)
    with ctx.workprec(BITS):
        for b in BIASES:
            for c in INITIAL_CELLS:
                at = {B: arb(b), C: arb(c)}
                gaps, bounds = measured(*at.values()), iterated(step, lasting, at)
                found = {f"t = {time}": (bounds[time], gaps[time]) for time in TIMES}
                found[ALL] = ball(uniform, at), reduce(arb.max, gaps)
                for when, (bound, gap) in found.items():
                    claim = EVERY if when == ALL else EACH
                    yield {"claim": claim, "when": when, "B": b, "C": c, "bound": upper(bound), "measured": gap}


def parted(new: Term) -> tuple[Term, dict[Variable, Term]]:
    """The bound with a variable for each part that depends on neither t nor D(t), and these parts."""
    lasting: dict[Variable, Term] = {}
    for part in map(atom, dict.fromkeys(algebra.applications(new))):
        if not {t, BEFORE} & {*part.symbols()}:
            variable = Variable(f"lasting {len(lasting)}")
            shorter = replaced(new, part, atom(variable))
            lasting |= {variable: part} if shorter != new else {}
            new = shorter
    return new, lasting


def iterated(step: Term, lasting: Mapping[Variable, Term], at: Mapping[Variable, arb]) -> list[arb]:
    """The bounds at t = 0, 1, ..., the last of the times; what lasts is evaluated once."""
    known, found = {**at, **{symbol: ball(part, at) for symbol, part in lasting.items()}}, [arb(0)]
    for time in range(TIMES[-1]):
        found.append(ball(step, {**known, t: arb(time), BEFORE: found[-1]}))
    return found


def measured(b: arb, c: arb) -> list[arb]:
    """|h_t - r_t| for t = 0 ... LAST: the LSTM's constant gates, and its output gate with the RNN's weights."""
    i, g = BALLS.sigmoid(b), BALLS.tanh(b)
    h = r = arb(1) / 2
    found = [arb(0)]
    for _ in range(LAST):
        h, c = lstm_update(Gates(i, i, g, BALLS.sigmoid(NORM * h - 1)), c, BALLS)
        r = BALLS.sigmoid(NORM * r - 1)
        found.append(abs(h - r))
    return found


def figure(rows: Sequence[TableRow]) -> Figure:
    """A panel for each time, and one scale of colours."""
    from matplotlib import colormaps

    made, axes = panels(2, 2, height=3.1, sharex=True, sharey=True)
    colours = [colormaps["cividis"](0.3 + 0.7 * n / len(LEVELS)) for n in range(len(LEVELS) + 1)]  # lines show on all
    for ax, when in zip(axes.flat, dict.fromkeys(row["when"] for row in rows), strict=True):
        own = [row for row in rows if row["when"] == when]
        filled = ax.contourf(*grid(own, "measured"), levels=[*LEVELS], colors=colours, extend="both")
        ax.contour(*grid(own, "bound"), levels=[*LEVELS], colors="black", linewidths=0.6, linestyles="solid")
        fixed_point(ax)
        ax.set_title("every $t$" if when == ALL else f"${when}$")
        ax.grid(False)
    axes[0, 0].set(xlim=(number(BIASES[0]), number(BIASES[-1])), ylim=(0, number(INITIAL_CELLS[-1])))
    made.supxlabel("bias $B$", fontsize=8)
    made.supylabel("initial cell $C$", fontsize=8)
    bar = made.colorbar(filled, ax=axes, aspect=32, pad=0.02)
    bar.set_ticks([*LEVELS][::2], labels=[f"$10^{{{n}}}$" if n else "$1$" for n in LEVELS][::2])
    bar.set_label(r"distance $\Vert h_t-r_t\Vert$ of the states")
    return made


def grid(rows: Sequence[TableRow], column: str) -> tuple[list[float], list[float], list[list[float]]]:
    """B, C, and log10 of the column over them: one list a cell C."""
    values = {(row["B"], row["C"]): log10(row[column]) for row in rows}
    return (
        [*map(number, BIASES)],
        [*map(number, INITIAL_CELLS)],
        [[values[b, c] for b in BIASES] for c in INITIAL_CELLS],
    )


def fixed_point(axes: Axes) -> None:
    """The curve C = c* = e^B tanh(B)."""
    with ctx.workprec(BITS):
        heights = [number(ball(exp(atom(B)) * tanh(atom(B)), {B: arb(b)})) for b in BIASES]
    axes.plot([*map(number, BIASES)], heights, color=RED, linestyle="--", linewidth=1)
