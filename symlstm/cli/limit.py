"""symlstm limit: the limit of an expression as a theorem, and what is known of the way there."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from symlstm.cli.main import ExitCode

if TYPE_CHECKING:
    from symlstm.kernel.theorem import Theorem
    from symlstm.proof.limits import Threshold

EPILOG = (
    'Example: symlstm limit "tanh(1/(1+exp(-k)))" k. Exit code 0: found, with all that was asked; 2: bad input; 3: not '
    "found, and why. "
    "Every other name in the expression is a parameter, a real number unless --natural says otherwise."
)
ASKED = ("within", "enclosure")  # besides the limit
NAME = re.compile(r"[A-Za-z_]\w*+(?!\s*\()")  # of a variable: one before a parenthesis is a function's
ASSUMPTION = re.compile(r"\s*([^<>]+?)\s*([<>])\s*([^<>=]+?)\s*", re.ASCII)


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `limit`."""
    parser.add_argument("expression", metavar="EXPRESSION", help="numbers, names, + - * /, powers, exp, tanh, sigmoid")
    parser.add_argument("variable", metavar="VARIABLE", help="the variable that tends to oo")
    parser.add_argument(
        "--assume", action="append", default=[], metavar="RELATION", help='a bound of a parameter, e.g. "C>0"'
    )
    parser.add_argument("--natural", action="append", default=[], metavar="NAME", help="a parameter in 0, 1, 2, ...")
    parser.add_argument("--within", metavar="DISTANCE", help="also the scale from which the distance is kept")
    parser.add_argument("--enclose", metavar="START", help="also a bound of the distance at every scale from START on")
    parser.epilog = EPILOG


def run(options: argparse.Namespace) -> ExitCode:
    """Prints the value; with -v the theorem, what it assumes and what it trusts."""
    from symlstm.kernel.theorem import RuleError, Unsupported

    try:
        found = _record(options)
    except (RuleError, Unsupported) as refusal:
        found = {"schema": 1, "verdict": "open", "expression": options.expression, "reason": str(refusal)}
    if options.json:
        print(json.dumps(found, indent=2))
    else:
        _show(found, options)
    asked = [found, *(found[name] for name in ASKED if name in found)]
    return ExitCode.OPEN if any("reason" in answer for answer in asked) else ExitCode.OK


def _record(options: argparse.Namespace) -> dict[str, Any]:
    from symlstm.model.errors import InputError
    from symlstm.model.file.bounded_expressions import FUNCTIONS
    from symlstm.model.file.parser import parse_expression
    from symlstm.proof.limits import enclose, limit

    names = [*dict.fromkeys(NAME.findall(options.expression)), options.variable]
    kinds = {n: "natural" if n in options.natural else "real" for n in names if n not in FUNCTIONS}
    expr = parse_expression(options.expression, kinds)
    variable = parse_expression(options.variable, kinds, "variable")
    others = [n for n in kinds if n != options.variable]
    if others and variable.variable() and variable.variable() not in expr.symbols():
        raise InputError(
            "variable", f"{options.variable}, which is not in {options.expression}", f"one of {', '.join(others)}"
        )
    found = limit(expr, variable, assume=[_assumption(text, kinds) for text in options.assume])
    record: dict[str, Any] = {"schema": 1, "verdict": "proved", "expression": options.expression}
    record |= {"value": str(found.value), **_theorem(found.theorem)}
    if options.within is not None:
        record["within"] = _answer(lambda: _threshold(found.within(options.within)))
    if options.enclose is not None:
        record["enclosure"] = _answer(lambda: _theorem(enclose(expr, variable, from_=options.enclose)))
    return record


def _answer(made: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What was asked besides the limit, or why there is none."""
    from symlstm.kernel.theorem import RuleError

    try:
        return made()
    except RuleError as refusal:
        return {"reason": str(refusal)}


def _theorem(theorem: Theorem) -> dict[str, Any]:
    from symlstm.kernel.theorem import trusted

    hypotheses = sorted(map(str, theorem.hypotheses))
    return {"statement": str(theorem.conclusion), "hypotheses": hypotheses, "trusted": sorted(trusted(theorem))}


def _threshold(found: Threshold) -> dict[str, Any]:
    return {"start": str(found.start), "decimal": f"{float(found.start):.6g}", **_theorem(found.theorem)}


def _assumption(text: str, kinds: dict[str, str]) -> Any:
    """A strict order between a parameter and a number, read from text."""
    from symlstm.kernel.logic.propositions import Less
    from symlstm.model.errors import InputError
    from symlstm.model.file.parser import parse_expression

    match = ASSUMPTION.fullmatch(text)
    if match is None:
        raise InputError("--assume", repr(text), 'a parameter, < or >, a number, e.g. "C>0"')
    left, sign, right = match.groups()
    sides = [parse_expression(side, kinds, "--assume") for side in (left, right)]
    return Less(*(sides if sign == "<" else reversed(sides)))


def _show(found: dict[str, Any], options: argparse.Namespace) -> None:
    from symlstm.cli.screen import Screen

    screen = Screen(options.color, options.quiet)
    if found["verdict"] == "open":
        screen.line(("open  ", "bold"), (found["reason"], ""))
        return
    given = f"   given {', '.join(found['hypotheses'])}" if found["hypotheses"] else ""
    screen.line((f"{found['value']}", "bold"), (given, ""))
    for name in ASKED:
        if name in found:
            screen.line((_shown(name, found[name], options), ""))
    if options.verbose:
        screen.line((f"theorem   {found['statement']}", ""))
        for name in ASKED:
            if "statement" in found.get(name, ()):
                screen.line((f"{name:9} {found[name]['statement']}", ""))
        screen.line((f"trusted   {', '.join(found['trusted'])}", ""))


def _shown(name: str, answer: dict[str, Any], options: argparse.Namespace) -> str:
    """What was asked besides the limit, in a line."""
    if "reason" in answer:
        return f"open  {' '.join(answer['reason'].split())}"
    if name == "within":
        return f"within {options.within} for all {options.variable} >= {answer['decimal']}"
    return f"{answer['statement']}   given {', '.join(answer['hypotheses'])}"
