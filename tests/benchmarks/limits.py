"""Limits of networks and of the reduction: this project's `limit` against SymPy's limit and gruntz, Giac and FriCAS.

    python tests/benchmarks/limits.py [--seconds 5] [--only NAME]

The corpus and its truth are those of tests/support/limit_corpus.py: expressions in one variable,
some with a parameter C and a natural power t. Giac and FriCAS are asked where they are installed
(commands giac and fricas). A method that needs more than the given time for an expression
has given up on it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sympy
from flint import arb, ctx
from sympy.series.gruntz import gruntz

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.limit_corpus import Case, corpus, value

from symlstm import limit
from symlstm.model.activations import sigmoid
from symlstm.model.translation import to_sympy

Method = Callable[[Case], Any]  # the limit as an expression, "oo" or "-oo"


def ours(case: Case) -> Any:
    found = limit(case.expr, case.variable).value
    return found if isinstance(found, str) else to_sympy(found)


def of_sympy(case: Case) -> Any:
    return sympy.limit(case.expr, case.variable, sympy.oo)


def of_gruntz(case: Case) -> Any:
    return gruntz(case.expr.rewrite(sympy.exp), case.variable, sympy.oo)


def written(expr: sympy.Expr) -> str:
    """The expression for a computer algebra system without a sigmoid."""
    return str(expr.replace(sigmoid, lambda x: 1 / (1 + sympy.exp(-x)))).replace("**", "^")


def of_giac(case: Case) -> Any:
    return _read(_asked(["giac"], f"limit({written(case.expr)},{case.variable},+infinity);\n"), "infinity")


def of_fricas(case: Case) -> Any:
    asked = f"found := limit({written(case.expr)}, {case.variable} = %plusInfinity)"
    answer = _asked(["fricas", "-nosman"], f")set output length 2000\n{asked}\nunparse(found::InputForm)\n")
    said = re.findall(r'"([^"]*)"', answer)  # the word failed, too, is in quotation marks
    return _read(said[-1].replace("\n", "").replace("()", ""), "plusInfinity", "minusInfinity")


def _asked(command: list[str], text: str) -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
    return done.stdout


def _read(answer: str, infinity: str, negative: str = "") -> Any:
    """The last line that is an expression."""
    lines = [line.split("=")[-1].strip() for line in answer.splitlines() if re.search(r"^(?!//|\d+>>).*[\w)]", line)]
    last = lines[-1].lstrip("+").replace("^", "**") if lines else ""
    if last == negative:
        return "-oo"
    if last.strip("()-") == infinity:
        return "-oo" if last.startswith("-") else "oo"
    known = {"C": sympy.Symbol("C", real=True), "t": sympy.Symbol("t", integer=True, nonnegative=True)}
    return sympy.parse_expr(last, local_dict=known)  # the answer of a program that was asked, not of a file


def judged(found: Any, case: Case) -> str:
    """right, wrong or gave up."""
    if isinstance(found, sympy.Basic) and found.has(sympy.Limit, sympy.AccumBounds, sympy.nan):
        return "gave up"
    try:
        return _compared(found, case)
    except KeyError:  # something else than a number
        return "gave up"


def _compared(found: Any, case: Case) -> str:
    for sample in case.samples():
        truth, said = case.truth(sample), found
        if isinstance(said, sympy.Basic):
            said = said.xreplace(sample).doit()
            said = {sympy.oo: "oo", -sympy.oo: "-oo"}.get(said, said)
        if isinstance(truth, str) or isinstance(said, str) or said.is_infinite:
            right = truth == said
        else:
            with ctx.workprec(600):
                right = bool(
                    abs(value(said.replace(lambda e: e.is_Float, sympy.nsimplify), {}) - truth) < arb(10) ** -40
                )
        if not right:
            return "wrong"
    return "right"


class Late(Exception):
    """The time for one expression is over."""


def attempt(method: Method, case: Case, allowed: float) -> tuple[Any, float]:
    """What the method finds, None if nothing, and the CPU seconds it took, its own programs' too."""

    def late(*_: object) -> None:
        raise Late

    signal.signal(signal.SIGALRM, late)
    start = sum(os.times()[:4])
    signal.setitimer(signal.ITIMER_REAL, allowed)
    try:
        return method(case), sum(os.times()[:4]) - start
    except Exception:  # SymPy raises errors of many kinds here; each is a limit not found
        return None, sum(os.times()[:4]) - start
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def methods() -> dict[str, Method]:
    found: dict[str, Method] = {"symlstm": ours, "sympy.limit": of_sympy, "gruntz": of_gruntz}
    return found | {name: m for name, m in (("giac", of_giac), ("fricas", of_fricas)) if shutil.which(name)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--only", choices=methods())
    options = parser.parse_args()
    cases = corpus()
    print(f"{len(cases)} expressions; at most {options.seconds:g} s for each\n")
    print("| method | right | wrong | gave up | CPU time |\n|---|---|---|---|---|")
    for name, method in methods().items():
        if options.only in (None, name):
            found = [attempt(method, case, options.seconds) for case in cases]
            counts = Counter(
                "gave up" if f is None else judged(f, case) for (f, _), case in zip(found, cases, strict=True)
            )
            took = sum(seconds for _, seconds in found)
            print(
                f"| {name} | {counts['right']} | {counts['wrong']} | {counts['gave up']} | {took:.2f} s |", flush=True
            )


if __name__ == "__main__":
    main()
