"""Decisions about how often words occur: "#a > #b", "#a - 2 #b >= 3", "#a = #b mod 3" as machines.

    comparison = sum relation sum ("mod" number)?          relation: < <= = != >= >
    sum        = ("+" | "-")? term (("+" | "-") term)*
    term       = number | number? "*"? "#" word            "#(a word)" sets off what would be misread

Without "mod" a comparison is one register; with it a finite automaton of as many states as the modulus has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm

from symlstm.kernel.networks.machines import RELATIONS, Machine
from symlstm.model.errors import InputError
from symlstm.model.specifications.machines import Step, accepts
from symlstm.model.specifications.regular import dfa

MAX_MODULUS = 4096
REGISTER = "n"
_RELATION = re.compile(r"(<=|>=|!=|==|=|<|>)")
_TERM = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?P<number>\d+(?:/\d+)?)?\s*\*?\s*(?:#\s*(?:\((?P<set>[^()]+)\)|(?P<word>[^\s+*/<>=!#()-]+)))?"
)


def counts(text: str, vocabulary: Sequence[str], where: str = "spec.counts") -> Machine:
    """The machine that accepts the words of which the comparison holds.

    >>> machine = counts("#a > #b", ["a", "b"])
    >>> machine.says(machine.reached("aba"))
    True
    """
    left, relation, right, modulus = _parts(text, where)
    a, b = (_sum(side, vocabulary, text, where) for side in (left, right))
    terms = {word: a.get(word, Fraction(0)) - b.get(word, Fraction(0)) for word in (*vocabulary, "")}
    if modulus:
        return _modular(terms, relation, modulus, vocabulary, text, where)
    steps = [Step("q", word, "q", add={REGISTER: terms[word]}) for word in vocabulary]
    return accepts(vocabulary, "q", steps, [("q", [(REGISTER, relation, -terms[""])])], {REGISTER: 0})


def _parts(text: str, where: str) -> tuple[str, str, str, int]:
    """Left side, relation, right side, and the modulus or 0."""
    body, mod, modulus = text.partition(" mod ")
    sides = _RELATION.split(body)
    if len(sides) != 3 or (mod and not modulus.strip().isdigit()):
        raise InputError(
            where, repr(text[:60]), f'two sums and one of {" ".join(RELATIONS)}, such as "#a > #b" or "#a = 0 mod 3"'
        )
    number = int(modulus) if mod and len(modulus) < 12 else 0
    if mod and not 1 <= number <= MAX_MODULUS:
        raise InputError(where, f"mod {modulus.strip()[:20]}", f"a modulus from 1 to {MAX_MODULUS}")
    return sides[0], "=" if sides[1] == "==" else sides[1], sides[2], number


def _sum(side: str, vocabulary: Sequence[str], text: str, where: str) -> dict[str, Fraction]:
    """Word -> coefficient, "" -> the constant."""
    found: dict[str, Fraction] = {}
    end = 0
    while side[end:].strip():
        match = _TERM.match(side, end)
        word = match and (match["word"] or match["set"])
        if match is None or (match["number"] is None and word is None) or (end and not match["sign"]):
            raise InputError(
                where,
                f"{side[end:].strip()[:30]!r} in {text[:60]!r}",
                'terms such as "#a", "2 #b", "3", with + or - between',
            )
        if word is not None and word.strip() not in vocabulary:
            raise InputError(where, f"the word {word.strip()!r}", f"one of {list(vocabulary)[:12]}")
        size = _number(match["number"] or "1", where) * (-1 if match["sign"] == "-" else 1)
        key = word.strip() if word is not None else ""
        found[key] = found.get(key, Fraction(0)) + size
        end = match.end()
    if not end:
        raise InputError(where, repr(text[:60]), "a sum on both sides of the relation")
    return found


def _number(text: str, where: str) -> Fraction:
    if len(text) > 100 or text.endswith("/0"):
        raise InputError(where, text[:30], "a number of at most 100 digits, and no division by 0")
    return Fraction(text)


def _modular(
    terms: Mapping[str, Fraction], relation: str, modulus: int, vocabulary: Sequence[str], text: str, where: str
) -> Machine:
    if relation not in ("=", "!=") or lcm(*(x.denominator for x in terms.values())) != 1:
        raise InputError(where, repr(text[:60]), 'whole numbers, and = or !=, with "mod"')
    table = {f"{r}": {word: f"{(r + int(terms[word])) % modulus}" for word in vocabulary} for r in range(modulus)}
    zero = -int(terms[""]) % modulus
    return dfa(vocabulary, "0", table, [f"{r}" for r in range(modulus) if (r == zero) == (relation == "=")])
