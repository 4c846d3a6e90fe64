"""Which weights make the sentiment network right: not one guess, but all of them.

The output gate keeps its form and leaves four numbers open: w (a word raises its flag), n
(the flag of "not" acts on the others), beta (bias of the flags bad, good, not) and gamma
(bias of "not bad", "not good"), all times k.  As published: 100, 100, -50, -150.
"""

from functools import cache

from sympy import symbols

from symlstm import Network, ReadoutTerm, claim, k, main, pattern_counts, region

VOCABULARY = ["bad", "good", "not", "uh"]
BAD, GOOD, NOT, NOT_BAD, NOT_GOOD, SCORE = range(6)  # what each hidden unit stands for
w, n, beta, gamma = symbols("w n beta gamma", real=True)
PUBLISHED = {w: 100, n: 100, beta: -50, gamma: -150}


def matrix(columns, entries):
    """Six rows of zeros but for the entries {(row, column): value}."""
    return [[entries.get((row, column), 0) for column in range(columns)] for row in range(6)]


network = Network.from_gates(
    VOCABULARY,
    hidden=6,
    gates={
        "b_hi": [100 * k] * 6,
        "b_if": [-100 * k] * 5 + [100 * k],
        "W_hg": matrix(
            6, {(SCORE, BAD): -100 * k, (SCORE, GOOD): 100 * k, (SCORE, NOT_BAD): 100 * k, (SCORE, NOT_GOOD): -100 * k}
        ),
        "b_ig": [100 * k] * 5 + [0],
        "W_io": matrix(
            4, {(BAD, 0): w * k, (GOOD, 1): w * k, (NOT, 2): w * k, (NOT_BAD, 0): w * k, (NOT_GOOD, 1): w * k}
        ),
        "W_ho": matrix(6, {(BAD, NOT): -n * k, (GOOD, NOT): -n * k, (NOT_BAD, NOT): n * k, (NOT_GOOD, NOT): n * k}),
        "b_ho": [beta * k, beta * k, beta * k, gamma * k, gamma * k, -50 * k],
    },
    readout=[ReadoutTerm("c", SCORE)],
    delay=1,
    parameters=(w, n, beta, gamma),
    title="the sentiment network with open weights in its output gate",
)
score = pattern_counts(VOCABULARY, {("good",): 1, ("bad",): -1, ("not", "good"): -2, ("not", "bad"): 2})


@cache
def found():
    return region(network, score)


def cell(published):
    """The cell of the published weights, or the other one."""
    [only] = [cell for cell in found().cells if cell.contains(PUBLISHED) is published]
    return only


@claim("S7", "off eight walls, the weights with the right limit are two open cells")
def two_cells():
    return found().theorem


@claim("S7a", "the margins of the published weights")
def published():
    return cell(published=True).margins_theorem(PUBLISHED)


@claim("S7b", "the largest smallest margin with |w|, |n| <= 100, biases free")
def biases_free():
    return cell(published=True).largest_margin({w: 100, n: 100})


@claim("S7c", "the same in the other cell, where n < 0")
def biases_free_inverted():
    return cell(published=False).largest_margin({w: 100, n: 100})


@claim("S7d", "the largest smallest margin with all four numbers bounded by 100")
def all_bounded():
    return cell(published=True).largest_margin(dict.fromkeys(network.parameters, 100))


@claim("S7e", "the same in the other cell")
def all_bounded_inverted():
    return cell(published=False).largest_margin(dict.fromkeys(network.parameters, 100))


if __name__ == "__main__":
    raise SystemExit(main(__file__))
