"""How far the sentiment network at finite biases is from its limit.

`sentiment.py` proves that the score is right for k -> oo.  The network that runs has k = 1 (biases
100, 50, 150), or smaller weights still.  Here: the largest error over all 4^T word sequences of
length T at three scales, the first length at which rounding the score can fail, a scale for an
error and a length, each from both sides, and what IEEE arithmetic makes of it.
"""

from fractions import Fraction

from sentiment import sentiment

from symlstm import Outcome, Verdict, Witness, claim, counting_limit, horizon, main, reach, smallest_scale, worst_case

HALF, MILLIONTH = Fraction(1, 2), Fraction(1, 10**6)
WORDS = 300  # of the sequences that are run in floating point


# The largest error of the score after 1000 words: about eps T(T-1)/2 with eps = sigmoid(-100 k), the leak of its cell.


@claim("S5a", "the largest error over all sequences of 1000 words as published, k = 1")
def as_published():
    return worst_case(sentiment, 1000, 1).theorem


@claim("S5b", "the same with weights four times smaller, k = 1/4")
def four_times_smaller():
    return worst_case(sentiment, 1000, Fraction(1, 4)).theorem


@claim("S5c", "the same with weights ten times smaller, k = 1/10: rounding is of no use")
def ten_times_smaller():
    return worst_case(sentiment, 1000, Fraction(1, 10)).theorem


# Rounding the score to the nearest integer is right as long as the error is below 1/2: about e^(50 k) words.


@claim("S6a", "as published, the first wrong rounding is after 5184705528587072464089 words, near e^50")
def horizon_as_published():
    return first_wrong_at(5184705528587072464089, scale=1)


@claim("S6b", "at k = 1/4 it is after 268338 words")
def horizon_four_times_smaller():
    return first_wrong_at(268338, scale=Fraction(1, 4))


@claim("S6c", "at k = 1/10 it is after 150 words")
def horizon_ten_times_smaller():
    return first_wrong_at(150, scale=Fraction(1, 10))


def first_wrong_at(length, scale):
    found = horizon(sentiment, scale)
    if (found.safe, found.fails) != (length - 1, length):
        return Outcome(Verdict.OPEN, reason=f"right up to {found.safe}, wrong at {found.fails} words; {found.reason}")
    return found.theorem


# A scale at which every sequence of T words is within epsilon, and one smaller in the 18th digit at which one is not.
# That all larger scales are as good is not proved.


@claim("S8a", "8 words, rounded: at a scale near 0.0462 all are right, at one just below not")
def smallest_for_8_words():
    return smallest_scale(sentiment, HALF, 8).theorem


@claim("S8b", "10 words, rounded: the same near 0.0486; the worst word is no longer all good")
def smallest_for_10_words():
    return smallest_scale(sentiment, HALF, 10).theorem


@claim("S8c", "1000 words, rounded: the same near 0.1381")
def smallest_for_1000_words():
    return smallest_scale(sentiment, HALF, 1000).theorem


@claim("S8d", "10 words within 1e-6: the same near 0.1762")
def smallest_for_a_millionth():
    return smallest_scale(sentiment, MILLIONTH, 10).theorem


@claim("S8e", "1000 words within 1e-6: the same near 0.2694")
def smallest_for_1000_words_within_a_millionth():
    return smallest_scale(sentiment, MILLIONTH, 1000).theorem


# In floating point a gate of sigmoid(100) is 1, so nothing leaks and the count is exact until the format ends it. All
# word sequences are run, those that lead to the same state once; NumPy's arithmetic is no part of the kernel.


@claim("S10a", f"in float64 the score is right on all sequences of up to {WORDS} words", expect=Verdict.OPEN)
def in_double_precision():
    return in_floats("float64")


@claim("S10b", f"in float32 the score is right on all sequences of up to {WORDS} words", expect=Verdict.OPEN)
def in_single_precision():
    return in_floats("float32")


def in_floats(dtype):
    """Open by design: run on every sequence and never wrong, but a run is no theorem."""
    found = reach(sentiment.network, sentiment.specification, WORDS, dtype)
    if found.wrong is not None:
        return Outcome(Verdict.REFUTED, witness=Witness(found.wrong))
    states, worst = found.levels[-1].states, max(level.worst for level in found.levels)
    return Outcome(
        Verdict.OPEN,
        reason=f"no theorem, but run: none of the 4^{WORDS} sequences in {dtype} is off by more than {worst:g} "
        f"({states} distinct states after {WORDS} words). {counting_limit(dtype, delay=1).reason}",
    )


if __name__ == "__main__":
    raise SystemExit(main(__file__))
