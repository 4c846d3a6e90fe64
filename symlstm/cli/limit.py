"""symlstm limit: the limit of an expression as a theorem, and what is known of the way there."""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING, Any

from symlstm.cli.main import ExitCode

if TYPE_CHECKING:
    from symlstm.kernel.theorem import Theorem
    from symlstm.proof.limits import Threshold

EPILOG = (
    'Example: symlstm limit "tanh(1/(1+exp(-k)))" k. Exit code 0: found; 2: bad input; 3: not found, and why. '
    "Every other name in the expression is a parameter, a real number unless --natural says otherwise."
)
NAME = re.compile(r"[A-Za-z_]\w*")
CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")
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
    return ExitCode.OPEN if found["verdict"] == "open" else ExitCode.OK


def _record(options: argparse.Namespace) -> dict[str, Any]:
    from symlstm.kernel.theorem import RuleError, Unsupported
    from symlstm.model.file.bounded_expressions import FUNCTIONS
    from symlstm.model.file.parser import parse_expression
    from symlstm.proof.limits import enclose, limit

    _check_functions(options.expression)
    names = [*dict.fromkeys(NAME.findall(options.expression)), options.variable]
    kinds = {n: "natural" if n in options.natural else "real" for n in names if n not in FUNCTIONS}
    expr = parse_expression(options.expression, kinds)
    variable = parse_expression(options.variable, kinds, "variable")
    found = limit(expr, variable, assume=[_assumption(text, kinds) for text in options.assume])
    record: dict[str, Any] = {"schema": 1, "verdict": "proved", "expression": options.expression}
    record |= {"value": str(found.value), **_theorem(found.theorem)}
    try:
        if options.within is not None:
            record["within"] = _threshold(found.within(options.within))
        if options.enclose is not None:
            record["enclosure"] = _theorem(enclose(expr, variable, from_=options.enclose))
    except (RuleError, Unsupported) as refusal:
        record |= {"verdict": "open", "reason": str(refusal)}
    return record


def _check_functions(text: str) -> None:
    """Raises InputError for a name with an argument that is no function."""
    from symlstm.model.errors import InputError
    from symlstm.model.file.bounded_expressions import FUNCTIONS

    unknown = [name for name in CALL.findall(text) if name not in FUNCTIONS]
    if unknown:
        raise InputError("expression", f"the function {unknown[0]}", f"one of {', '.join(FUNCTIONS)}")


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
    if "value" in found:
        given = f"   given {', '.join(found['hypotheses'])}" if found["hypotheses"] else ""
        screen.line((f"{found['value']}", "bold"), (given, ""))
    if found["verdict"] == "open":
        screen.line(("open  ", "bold"), (found["reason"], ""))
        return
    if "within" in found:
        near = found["within"]
        screen.line((f"within {options.within} for all {options.variable} >= {near['decimal']}", ""))
    if "enclosure" in found:
        near = found["enclosure"]
        screen.line((f"{near['statement']}   given {', '.join(near['hypotheses'])}", ""))
    if options.verbose:
        screen.line((f"theorem   {found['statement']}", ""))
        screen.line((f"trusted   {', '.join(found['trusted'])}", ""))
