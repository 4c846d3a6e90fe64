"""The sentiment network: six hand-set LSTM cells score a sentence, one word late.

    score = #good - #bad - 2 #"not good" + 2 #"not bad"

The first five hidden units are flags for the last word or two (bad, good, not, "not bad",
"not good"); the sixth cell adds up.  The claims: what every gate tends to, that the flags
tend to tanh(1) and not to 1, that the score is right on every sentence in the limit, and how
far the real biases (100, 50, 150) are from it at every length.
"""

from sympy import tanh

from symlstm import Construction, Network, ReadoutTerm, claim, k, main, pattern_counts

VOCABULARY = ["bad", "good", "not", "uh"]
BAD, GOOD, NOT, NOT_BAD, NOT_GOOD, SCORE = range(6)  # what each hidden unit stands for


def matrix(columns, entries):
    """Six rows of zeros but for the entries {(row, column): value}."""
    return [[entries.get((row, column), 0) for column in range(columns)] for row in range(6)]


W_io = matrix(
    4, {(BAD, 0): 100 * k, (GOOD, 1): 100 * k, (NOT, 2): 100 * k, (NOT_BAD, 0): 100 * k, (NOT_GOOD, 1): 100 * k}
)
W_ho = matrix(6, {(BAD, NOT): -100 * k, (GOOD, NOT): -100 * k, (NOT_BAD, NOT): 100 * k, (NOT_GOOD, NOT): 100 * k})
W_hg = matrix(
    6, {(SCORE, BAD): -100 * k, (SCORE, GOOD): 100 * k, (SCORE, NOT_BAD): 100 * k, (SCORE, NOT_GOOD): -100 * k}
)

network = Network.from_gates(
    VOCABULARY,
    hidden=6,
    gates={
        "b_hi": [100 * k] * 6,
        "b_if": [-100 * k] * 5 + [100 * k],
        "W_hg": W_hg,
        "b_ig": [100 * k] * 5 + [0],
        "W_io": W_io,
        "W_ho": W_ho,
        "b_ho": [-50 * k, -50 * k, -50 * k, -150 * k, -150 * k, -50 * k],
    },
    readout=[ReadoutTerm("c", SCORE)],
    delay=1,
    title="the sentiment network",
)
score = pattern_counts(VOCABULARY, {("good",): 1, ("bad",): -1, ("not", "good"): -2, ("not", "bad"): 2})
sentiment = Construction(network, score)

FLAG = {  # the flag that is up after a word, by what was read before it
    "bad": lambda before: "h_4" if before == ("not",) else "h_1",
    "good": lambda before: "h_5" if before == ("not",) else "h_2",
    "not": lambda before: "h_3",
    "uh": lambda before: None,
}
SENTENCE = ["uh", "good", "good", "not", "not", "bad", "bad", "uh"]


@claim("S1", "the gates saturate, each at its rate")
def gates():
    ones = {f"{gate}_{j}": 1 for gate in "ig" for j in range(1, 6)}
    forgotten = {f"f_{j}": 0 for j in range(1, 6)}
    return sentiment.table(ones | forgotten | {"i_6": 1, "f_6": 1, "o_6": 0})


@claim("S2", "at most one flag tends to tanh(1), by the last two words")
def flags():
    def flag(name):
        return lambda before, word: tanh(1) if FLAG[word](before) == name else 0

    return sentiment.table({f"h_{j}": flag(f"h_{j}") for j in range(1, 6)})


@claim("S3", "the increment tends to the sentiment of the word before")
def increments():
    return sentiment.table(
        {"g_6": {(): 0, ("bad",): -1, ("good",): 1, ("not",): 0, ("not", "bad"): 1, ("not", "good"): -1}}
    )


@claim("S4", "the score tends to the sentiment, on every word sequence")
def every_word_sequence():
    return sentiment.outcome()


@claim("S5", "the error of the score at every scale k >= 1 and length")
def error():
    return sentiment.error_bound


@claim("S9", "the example sentence")
def example():
    return sentiment.trace(SENTENCE, [0, 0, 1, 2, 2, 2, 3, 2])


if __name__ == "__main__":
    raise SystemExit(main(__file__))
