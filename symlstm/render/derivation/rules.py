"""What a document says about the kernel's rules: a text for each, with places for citations and mathematics."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symlstm.render.documents.document import Run, Runs, listed
from symlstm.render.formulas.formula import Fence, Formula, Letter, Script, row

# the rule: what introduces its conclusion; {0}, {1} are its premises, {all} all of them, {rest} all but the first
RULES = {
    "positive": "By {all}, exponentials, σ, 1 − σ and 1 − tanh being positive,",
    "rewrite": "Putting {rest} into {0},",
    "reciprocal": "The reciprocal of a positive number is positive, so by {0}",
    "monotone": "Applying an increasing function to {0},",
    "tanh above its cubic": "Integrating the derivative of tanh from 0, which {0} allows,",
    "extremum": "A minimum is not above, and a maximum not below, each of its arguments:",
    "cases": "A minimum or maximum is one of its arguments; by {all},",
    "absolute value": "By {all}, read as bounds on both sides,",
    "sides": "On one side {0} says",
    "triangle inequality": "By the triangle inequality, from {all},",
    "weaken": "Enlarging the bound of {0} by {1},",
    "product": "For the product, by {all},",
    "Lipschitz": "By the mean value theorem, with slopes at most 1/4 (of σ) and 1 (of tanh), {0} gives",
    "sigmoid contraction": "By the addition formula for the sigmoid, {0} gives",
    "operator norm": "Summing {0} over the coordinates, with the row sums {1},",
    "exponential decay": "An exponential decays, as {0}:",
    "geometric decay": "The powers of a number from 0 up to but not including 1 decay; by {0} and {1},",
    "squeeze": "Squeezed by {0}, whose bound vanishes by {1},",
    "continuity": "By continuity, with {all},",
    "iterated limit": "Taking the limits {0} and {1} one after the other,",
    "induction": "By induction, with the base {0} and the step {1},",
    "empty sum": "A sum without terms is 0:",
    "last term": "Splitting off the last term,",
    "cut": "As {0}, what {1} assumes holds:",
    "conjunction": "By {all} together,",
    "part of a conjunction": "As a part of {0},",
    "limit of a reciprocal": "The limit in {0} being positive, by {1},",
}
NOTIONS: dict[str, Formula] = {  # mathematics in the texts, {A} and so on
    "r": row("r"),
    "update": row("A", "r", "+", "B"),
    "A": row("A"),
    "B": row("B"),
    "contraction": row(Fence(row("A"), "||"), "<=", "1"),
    "drift": Fence(row("A", "-", "lim", "A"), "||"),
    "noise": Fence(row("B", "-", "lim", "B"), "||"),
    "limit": row("lim", "r"),
    "km": row("k", "m"),
    "m": row("m", "!=", "0"),
    "tail": Script(Letter("e"), above=row("-", Fence(row("m"), "||"), "k")),
    "tanh tail": row("2", Script(Letter("e"), above=row("-", "2", Fence(row("m"), "||"), "k"))),
}
ALONE = {  # without premises
    "enclosure by expansion": "By the expansion in powers and exponentials, with a bound of what is left out,",
    "closeness by expansion": "By the expansion in powers and exponentials, with a bound of what is left out,",
    "continuity": "A constant is its own limit:",
    "limit by expansion": "By the expansion in powers and exponentials,",
    "divergence by expansion": "By the leading term of the expansion,",
    "arithmetic": "By algebra,",
    "positive": "Exponentials, σ, 1 − σ and 1 − tanh being positive,",
    "evaluation of both sides": "The limits of the states are computed exactly along the words, and so is the "
    "specification.",
}
BECAUSE = {
    "induction over words": "By induction over the length of the word sequence.",
    "reading the invariant": "Each row is the enclosure of a gate or coordinate that is computed for every "
    "situation and "
    "every word in the proof of {0}; rows that say the same are put together, with the largest of their errors.",
    "equality of weighted automata": "By {0} the limit of the readout, the situation and the specification "
    "together are a "
    "vector on which every word acts linearly, and the difference of the two sides is a linear form on it. It "
    "vanishes on "
    "a list of vectors whose span holds the vector of the empty sequence and is closed under every word "
    "(Schützenberger "
    "1961, Tzeng 1992), hence on every sequence.",
    "evaluation of both sides": "By {0} the words lead through the table of situations; both sides are "
    "evaluated along them.",
    "evaluation along the words": "The state is enclosed along the words, in balls that are rounded outward; over a word "
    "that is read many times in boxes that are closed under it.",
    "the readout in all families": "By {0} every word sequence is in one of the families. In each of them the limit of "
    "the readout and what the specification says are forms in its integers, which are compared over their ranges.",
    "the readouts in all families": "By {0} every word sequence is in one of the families. In each of them the limits "
    "of the outputs are forms in its integers, which are compared over their ranges.",
    "boxes": "By induction over the length of the word sequence: boxes of states, one or more for each place of the "
    "specification, hold the initial state, and every word takes each of them into others, computed in balls that "
    "are rounded outward. In every box the readout is as stated.",
    "deviations in families": "By {0} every word sequence is in one of the families, with integers that its words "
    "determine. How far the state is off their limits lies in boxes, which may grow with the length: they hold 0 at the "
    "start, and every word takes each of them into the next, computed in balls that are rounded outward. In every box "
    "the readout is as stated.",
    "convexity in the length": "The bound is a convex function of the length, so that {all} at the ends of the range "
    "bound it between them.",
    "evaluation in the saturated automaton": "By {0} the words lead through the table of situations:",
    "induction over t": "By {0} a step takes a register {r} to {update} with {contraction}, and {A} and {B} are "
    "as near to "
    "their limits as the enclosures say. So a step adds at most {drift} times the size of {limit}, plus "
    "{noise}, to the "
    "error; and that size grows at most linearly. Summed over the steps, with {1} for the limit, this is the bound.",
    "evaluation": "The bound of {0}, evaluated and rounded up.",
    "dynamic programming over contexts": "The error after a sequence is a sum along its path through finitely many "
    "contexts, each with a box around its states. The largest sum over all paths of a length is found by dynamic "
    "programming (Bellman 1957) in balls that are rounded outward. It rests on {all}.",
    "comparison": "The two bounds {all} are compared.",
    "cases by sign": "The sign of each of the forms below is fixed in turn, as far as it matters. For every "
    "combination "
    "of signs that can occur the table says whether the network is right, or a word sequence on which it is "
    "wrong. In each "
    "case the limits of the gates follow as in a network with numbers: the sign of every margin is a "
    "consequence of those "
    "assumed (Farkas).",
    "substitution": "By substitution.",
    "duality": "A combination of the constraints with nonnegative coefficients bounds the margin (linear "
    "programming duality).",
}
AGAIN = {  # when the same rule was explained at {first}
    "reading the invariant": "As in the proof of {first}, read off what was computed for {0}.",
    "equality of weighted automata": "As in the proof of {first}, from {0}.",
    "evaluation of both sides": "By {0}, along the table of situations.",
    "evaluation in the saturated automaton": "By {0}, along the table of situations:",
    "induction over t": "As in the proof of {first}, from {all}.",
    "dynamic programming over contexts": "As in the proof of {first}. It rests on {all}.",
    "duality": "As in the proof of {first}.",
    "the readout in all families": "As in the proof of {first}, from {0}.",
    "boxes": "As in the proof of {first}, with other boxes.",
    "deviations in families": "As in the proof of {first}, from {0} and with other boxes.",
}
INDUCTION = (
    "By induction over the length of the word sequence. The initial state is as stated for the empty sequence. "
    "For each "
    "of the {pairs} pairs of a situation and a word, enclosures of all gates and of the new state are computed "
    "from those "
    "of the situation, in exact rationals and outward-rounded balls; they lie in those of the situation to which the "
    "table leads. A sigmoid whose pre-activation is {{km}} with {{m}} differs from its limit by at most "
    "{{tail}}, a tanh "
    "by at most {{tanh tail}}, enlarged by what the pre-activation itself is off."
)
FAMILIES = (
    "By induction over the length of the word sequence. For each family and each word the limits of all gates and of "
    "the new state are computed as forms in the integers of the family; where a gate depends on an integer, its range "
    "is cut. They are those of another family, whose integers are forms in the old ones, in its ranges."
)
INDUCTION_AGAIN = (
    "By induction over the length of the word sequence, as for {{0}}, for the {pairs} pairs of a situation and a word."
)


def filled(template: str, cited: Sequence[Runs] = ()) -> Runs:
    """A text with its places filled: {0}, {1}, {all}, {rest} by what is cited, the others by mathematics."""
    places: dict[str, Runs] = {name: (formula,) for name, formula in NOTIONS.items()}
    places |= {"all": listed(list(dict.fromkeys(cited))), "rest": listed(cited[1:])}
    places |= {str(n): runs for n, runs in enumerate(cited)}
    runs: list[Run] = []
    for n, part in enumerate(re.split(r"\{([\w ]+)\}", template)):
        runs += places[part] if n % 2 else [part]
    return tuple(runs)
