"""Machines of named languages, comparisons of counts and regular expressions, against plain Python on all short words."""

import re

import pytest

from symlstm.model.errors import InputError
from symlstm.model.specifications.counts import counts
from symlstm.model.specifications.functions import agreeing
from symlstm.model.specifications.languages import LANGUAGES, Size, language, recognised
from symlstm.model.specifications.machines import Step, accepts, alive, machine_value
from symlstm.model.specifications.regular import dfa, regex


def balanced(word):
    while (shorter := word.replace("()", "").replace("[]", "")) != word:
        word = shorter
    return not word


def depth(word):
    heights = [
        word[:n].count("(") + word[:n].count("[") - word[:n].count(")") - word[:n].count("]")
        for n in range(len(word) + 1)
    ]
    return max(heights)


def matches(pattern):
    return lambda word: re.fullmatch(pattern, word) is not None


IN = {
    "majority": ("ab", lambda w: w.count("a") > w.count("b")),
    "parity": ("ab", lambda w: w.count("a") % 2 == 1),
    "ahead": ("ab", lambda w: all(w[:n].count("a") - w[:n].count("b") <= 3 for n in range(len(w) + 1))),
    "anbn": ("ab", lambda w: w == "a" * (len(w) // 2) + "b" * (len(w) // 2)),
    "anbncn": ("abc", lambda w: w == "a" * (len(w) // 3) + "b" * (len(w) // 3) + "c" * (len(w) // 3)),
    "dyck1": ("()", balanced),
    "shuffle2": ("()[]", lambda w: balanced(re.sub(r"[\[\]]", "", w)) and balanced(re.sub(r"[()]", "", w))),
    "dyck": ("([)]", lambda w: balanced(w) and depth(w) <= 2),
    "tomita1": ("01", matches("1*")),
    "tomita2": ("01", matches("(10)*")),
    "tomita3": ("01", lambda w: not re.search("(?<!1)1(11)*0(00)*(?!0)", w)),
    "tomita4": ("01", lambda w: "000" not in w),
    "tomita5": ("01", lambda w: w.count("0") % 2 == w.count("1") % 2 == 0),
    "tomita6": ("01", lambda w: (w.count("0") - w.count("1")) % 3 == 0),
    "tomita7": ("01", matches("0*1*0*1*")),
}
SIZES = {"ahead": Size(bound=3), "dyck": Size(kinds=2, depth=2)}


@pytest.mark.slow
@pytest.mark.parametrize("name", LANGUAGES)
def test_a_language_is_the_one_that_its_name_says(name):
    words, holds = IN[name]
    machine = language(name, words, size=SIZES.get(name, Size()))
    agreeing(machine, lambda word: holds("".join(word)), {2: 8, 3: 6, 4: 6}[len(words)])


def test_the_test_of_a_function_names_the_first_word_that_differs():
    with pytest.raises(InputError, match="found accepted of a a a"):
        agreeing(language("majority", "ab"), lambda word: len(word) < 3 and word.count("a") > word.count("b"), 3)


def test_words_without_a_role_change_nothing():
    machine = language("anbn", "xab", "ab")
    agreeing(machine, lambda word: IN["anbn"][1]("".join(word).replace("x", "")), 5)


@pytest.mark.parametrize(
    ("text", "pattern"),
    [("(a|b)*abb", "(a|b)*abb"), ("a+b?", "a+b?"), ("[a b]a", "[ab]a"), (".b.", ".b."), ("", ""), ("a||b*", "a||b*")],
)
def test_a_regular_expression_means_what_it_means_elsewhere(text, pattern):
    agreeing(regex(text, "ab"), lambda word: matches(pattern)("".join(word)), 7)


def test_an_automaton_is_minimal():
    assert len(regex("(a|b)*abb", "ab").states) == 4
    assert len(regex("(aa|bb|ab|ba)*", "ab").states) == 2


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("#a > #b", lambda a, b: a > b),
        ("2 #a - 1/2 #b >= 3 + #(b)", lambda a, b: 2 * a - b / 2 >= 3 + b),
        ("#a = #b - 1", lambda a, b: a == b - 1),
        ("#a != 2", lambda a, b: a != 2),
        ("#a = 1 mod 3", lambda a, b: a % 3 == 1),
        ("#a - #b != 2 mod 4", lambda a, b: (a - b) % 4 != 2),
    ],
)
def test_a_comparison_of_counts(text, holds):
    agreeing(counts(text, "ab"), lambda word: holds(word.count("a"), word.count("b")), 7)


REFUSED = [
    (lambda: counts("#a >", "ab"), "a sum on both sides"),
    (lambda: counts("#a", "ab"), "two sums and one of"),
    (lambda: counts("#c > 0", "ab"), "the word 'c'"),
    (lambda: counts("#a < 1 mod 3", "ab"), "whole numbers, and = or !="),
    (lambda: counts("#a = 1/0", "ab"), "no division by 0"),
    (lambda: counts("#a = 1 mod 0", "ab"), "a modulus from 1"),
    (lambda: regex("(a", "ab"), "a ')' for it"),
    (lambda: regex("a)", "ab"), "a '(' before it"),
    (lambda: regex("*", "ab"), "a word, '.'"),
    (lambda: regex("abc", "ab"), "the word 'abc'"),
    (lambda: language("anbnc", "ab"), "one of majority"),
    (lambda: language("anbncn", "ab"), "3 different words"),
    (lambda: language("ahead", "ab"), "spec.bound"),
    (lambda: dfa("ab", "x", {"x": {"a": "y"}}, []), "the state 'y', without a row"),
    (lambda: accepts("ab", "q", [Step("q", "c", "q")], []), "the word 'c'"),
    (lambda: accepts("ab", "q", [Step("q", "a", "q", [("m", ">", 0)])], []), "the register 'm'"),
    (lambda: accepts("ab", "q", [Step("q", "a", "q", [("m", "~", 0)])], [], {"m": 0}), "'~'"),
    (lambda: accepts("ab", "q", [Step("q", "a", "q"), Step("q", "a", "p")], []), "behind one that always applies"),
    (lambda: accepts("ab", "q", [], [("p", ())]), "found 'p'"),
    (lambda: machine_value("ab", "q", [Step("q", "a", "q")], {}), "no move that always applies from 'q' on 'b'"),
]  # fmt: skip


@pytest.mark.parametrize(("build", "message"), REFUSED)
def test_what_is_no_machine_is_refused(build, message):
    with pytest.raises(InputError, match=re.escape(message)):
        build()


def test_the_prefixes_of_a_language():
    agreeing(
        alive(language("dyck1", "()")),
        lambda w: all(w[:n].count("(") >= w[:n].count(")") for n in range(len(w) + 1)),
        7,
    )


def test_a_language_is_recognised_with_its_roles():
    assert [*recognised(language("anbn", "ab", "ba"))] == ["anbn(b, a)"]
