"""Prose of a proof script with the mathematics in it set as mathematics: c_t, e^B tanh(B), B -> oo.

Only what reads as a formula as a whole becomes one: letters by themselves, names with an index
or a power, functions of arguments, and what operators join. Text in quotation marks is left.
This is typography of titles and remarks; statements are printed from theorems.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symlstm.render.documents.document import Block, Code, Listing, Paragraph, Run, Runs
from symlstm.render.formulas.formula import SIGNS, Fence, Formula, Letter, Named, Number, Script, Sign, commas, row

GREEK = "alpha|beta|gamma|delta|eta|kappa|lambda|mu|rho|theta|sigma"
QUOTED = re.compile(r'"[^"]*"|`[^`]*`')
START = re.compile(r"(?<![\w.'’-])(?=[\w(|+-])")  # where a formula may begin
NAME = re.compile(rf"(?:{GREEK}|[A-Za-z])(?![A-Za-z\d'’]|-[A-Za-z]|\.[A-Za-z])")
NUMBER = re.compile(r"\d+(?:\.\d+)?(?![\w'])")
INDEX = re.compile(r"_(?:\{([^{}]*)\}|(\w+))")
SIGN = re.compile(r"oo(?!\w)|\.\.\.")
FUNCTION = re.compile(r"(?:tanh|sigmoid|exp|min|max|Min|Max)(?=\()")
OPERATOR = re.compile(r" ?(<=|>=|->|<|>|=|~|\+|-|/|\*) ?")
OPERATORS: dict[str, Formula] = {"/": Letter("/"), "~": Sign("approx")}
STAR = re.compile(r"\*(?![\w( *])|\*(?= [a-z]{2})")
WORDS = ("a", "A", "I")  # letters that are words too


def prose(text: str) -> tuple[Block, ...]:
    """Paragraphs of a docstring; those that are indented are kept as they are."""
    parts = [part for part in text.strip("\n").split("\n\n") if part.strip()]
    return tuple(
        Listing("\n".join(line[4:] for line in part.strip("\n").splitlines()))
        if part.startswith("    ")
        else Paragraph(runs(" ".join(part.split())))
        for part in parts
    )


def runs(text: str) -> Runs:
    """The text with its formulas."""
    found: list[Run] = []
    place = 0
    for quoted in QUOTED.finditer(text):
        inside = quoted[0][1:-1]
        found += [*_found(text[place : quoted.start()]), Code(inside) if quoted[0][0] == "`" else f"“{inside}”"]
        place = quoted.end()
    return tuple(_joined([*found, *_found(text[place:])]))


def _joined(parts: list[Run]) -> Iterator[Run]:
    """Text beside text as one run."""
    together = ""
    for part in parts:
        if isinstance(part, str):
            together += part
        else:
            yield from filter(None, [together])
            together = ""
            yield part
    yield from filter(None, [together])


def _found(text: str) -> Iterator[Run]:
    done = begin = 0
    while start := START.search(text, begin):
        begin = start.start()
        reading = Reading(text, begin)
        formula = reading.sum()
        if formula is not None and _is_whole(text, reading.place) and _is_formula(formula, text[begin : reading.place]):
            yield from filter(None, [text[done:begin]])
            yield formula
            begin = done = reading.place
        else:
            begin += 1
    yield text[done:]


def _is_whole(text: str, end: int) -> bool:
    """Whether a formula may end there."""
    return not re.match(r"[\w(_^]|-\w|['’]\w", text[end:])


def _is_formula(found: Formula, written: str) -> bool:
    """Not a word or plain number, which stay text."""
    return not (written in WORDS or written.isdigit() or isinstance(found, Number))


class Reading:
    """A recursive descent through text; each method is a formula or None, and moves on only past what it understood."""

    def __init__(self, text: str, place: int) -> None:
        self.text, self.place = text, place

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.place)
        self.place = self.place if found is None else found.end()
        return found

    def _mark(self, mark: str) -> bool:
        found = self.text.startswith(mark, self.place)
        self.place += len(mark) * found
        return found

    def sum(self) -> Formula | None:
        """Factors joined by operators or put side by side, with a sign before them."""
        sign = next((mark for mark in "+-" if self._mark(mark)), None)
        first = self.factor()
        if first is None:
            return None
        parts: list[Formula | str] = [*([sign] if sign else []), first]
        while (more := self._more()) is not None:
            parts += more
        return row(*parts) if len(parts) > 1 else first

    def _more(self) -> list[Formula | str] | None:
        """An operator and a factor, or a factor after a blank."""
        before = self.place
        operator = self._take(OPERATOR)
        sign = next((mark for mark in "+-" if operator and self._mark(mark)), None)
        if operator is None and not self._mark(" "):
            return None
        next_one = self.factor()
        lonely = self.text[before : self.place].strip() in WORDS or isinstance(next_one, Number)
        if next_one is None or (operator is None and lonely) or not _is_whole(self.text, self.place):
            self.place = before
            return None
        shown = [] if operator is None else [OPERATORS.get(operator[1], operator[1])]
        return [*shown, *([sign] if sign else []), next_one]

    def factor(self) -> Formula | None:
        """An atom with its power."""
        before = self.place
        base = self._atom()
        if base is None:
            self.place = before
            return None
        above = Sign("star") if self._take(STAR) else self._power() if self._mark("^") or self._mark("**") else None
        if above is None:
            return base
        above = above.body if isinstance(above, Fence) else above
        with_power = Script(base.base, base.below, above) if isinstance(base, Script) else Script(base, above=above)
        return row(with_power, *self._arguments())

    def _power(self) -> Formula | None:
        negative = self._mark("-")
        power = self._atom()
        return row("-", power) if negative and power is not None else power

    def _atom(self) -> Formula | None:
        if found := self._take(NUMBER) or self._take(SIGN):
            return Sign(found[0]) if found[0] in SIGNS else Number(found[0])
        if function := self._take(FUNCTION):
            arguments = self._arguments()
            return _applied(function[0], arguments[0]) if arguments else None
        for mark in ("||", "|"):
            if self._mark(mark):
                inside = self.sum()
                return _norm(inside, mark) if inside is not None and self._mark(mark) else None
        group = next(iter(self._arguments()), None)
        return self._name() if group is None else self._indexed(group)

    def _name(self) -> Formula | None:
        """A letter with its index, and its arguments if it has some."""
        found = self._take(NAME)
        if found is None:
            return None
        named = self._indexed(row(found[0]).parts[0])
        arguments = self._arguments()
        return row(named, *arguments) if arguments else named

    def _indexed(self, base: Formula) -> Formula:
        index = self._take(INDEX)
        if index is None:
            return base
        gate = re.fullmatch(r"([ifgo])_(\d+)", index[2] or "")  # a_o_1 is coordinate 1 of gate o
        return Script(base, row(gate[2]), row(gate[1])) if gate else Script(base, _index(index[1] or index[2]))

    def _arguments(self) -> list[Fence]:
        """What stands in parentheses; nothing if that is no mathematics."""
        before = self.place
        parts: list[Formula] = []
        while self._mark(", " if parts else "("):
            part = self.sum()
            if part is None:
                break
            parts.append(part)
        if parts and self._mark(")"):
            return [Fence(commas(parts))]
        self.place = before
        return []


def _applied(function: str, arguments: Fence) -> Formula:
    """A function of what is in parentheses, e to the power of it for exp."""
    if function == "exp":
        return Script(Letter("e"), above=arguments.body)
    return row("sigma" if function == "sigmoid" else Named(function), arguments)


def _norm(inside: Formula, mark: str) -> Formula:
    return row("norm", inside, "norm") if mark == "||" else Fence(inside, "||")


def _index(text: str) -> Formula:
    """An index: letters and digits side by side, or a sum."""
    inner = Reading(text, 0)
    found = None if text.isalpha() else inner.sum()
    return found if found is not None and inner.place == len(text) else row(*text)
