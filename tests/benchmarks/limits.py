"""Limits of networks and of the reduction: this project's `limit` against SymPy's limit and gruntz, Giac and FriCAS.

    python tests/benchmarks/limits.py [--seconds 5] [--only NAME]

The corpus and its truth are those of tests/support/limit_corpus.py: expressions in one variable,
some with a parameter C and a natural power t. Giac and FriCAS are asked where they are installed
(commands giac and fricas). Each method works in a child process, which is ended where an expression needs more
than the given CPU time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.connection import Connection
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
ENDS = ("right", "wrong", "gave up", "timeout")


def ours(case: Case) -> Any:
    found = limit(case.expr, case.variable).value
    return found if isinstance(found, str) else to_sympy(found)


def of_sympy(case: Case) -> Any:
    return sympy.limit(without_sigmoid(case.expr), case.variable, sympy.oo)


def of_gruntz(case: Case) -> Any:
    return gruntz(case.expr.rewrite(sympy.exp), case.variable, sympy.oo)


def without_sigmoid(expr: sympy.Expr) -> sympy.Expr:
    """The same by functions that other systems know."""
    return expr.replace(sigmoid, lambda x: 1 / (1 + sympy.exp(-x)))


def written(expr: sympy.Expr) -> str:
    return str(without_sigmoid(expr)).replace("**", "^")


def of_giac(case: Case, allowed: float) -> Any:
    return _read(_asked(["giac"], f"limit({written(case.expr)},{case.variable},+infinity);\n", allowed), "infinity")


def of_fricas(case: Case, allowed: float) -> Any:
    asked = f"found := limit({written(case.expr)}, {case.variable} = %plusInfinity)"
    answer = _asked(["fricas", "-nosman"], f")set output length 2000\n{asked}\nunparse(found::InputForm)\n", allowed)
    said = re.findall(r'"([^"]*)"', answer)  # the word failed, too, is in quotation marks
    return _read(said[-1].replace("\n", "").replace("()", ""), "plusInfinity", "minusInfinity")


def _asked(command: list[str], text: str, allowed: float) -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=allowed, check=False)
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
    """Right, wrong or gave up."""
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


def attempts(method: Method, cases: list[Case], allowed: float) -> Iterator[tuple[str, float]]:
    """How each attempt ends, and the CPU seconds it takes; a child process goes on until its time is over."""
    context, place = multiprocessing.get_context("fork"), 0
    while place < len(cases):
        receiving, sending = context.Pipe(duplex=False)
        child = context.Process(target=_work, args=(method, cases[place:], allowed, sending))
        child.start()
        sending.close()
        while place < len(cases):
            try:
                ended = receiving.recv()
            except EOFError:  # the child has been ended by its timer
                ended = "timeout", allowed
            yield ended
            place += 1
            if ended[0] == "timeout":
                break
        child.join()


def _work(method: Method, cases: list[Case], allowed: float, out: Connection) -> None:
    """The cases in turn; the timer counts the process's own CPU time, and its signal ends the process."""
    for case in cases:
        start = sum(os.times()[:4])
        signal.setitimer(signal.ITIMER_PROF, allowed)
        try:
            found = method(case)
        except subprocess.TimeoutExpired:
            out.send(("timeout", allowed))
            return
        except Exception:  # SymPy raises errors of many kinds here; each is a limit not found
            found = None
        signal.setitimer(signal.ITIMER_PROF, 0)
        took = sum(os.times()[:4]) - start
        out.send(("gave up" if found is None else judged(found, case), took))


def methods(allowed: float) -> dict[str, Method]:
    """The methods that are installed; a program of its own gets the allowed seconds by the clock."""
    found: dict[str, Method] = {"symlstm": ours, "sympy.limit": of_sympy, "gruntz": of_gruntz}
    programs = (("giac", of_giac), ("fricas", of_fricas))
    return found | {name: partial(asked, allowed=allowed) for name, asked in programs if shutil.which(name)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--only", choices=methods(0))
    options = parser.parse_args()
    cases = corpus()
    print(f"{len(cases)} expressions; at most {options.seconds:g} s for each\n")
    print(f"| method | {' | '.join(ENDS)} | CPU time |\n|{'---|' * (len(ENDS) + 2)}")
    for name, method in methods(options.seconds).items():
        if options.only in (None, name):
            ended = [*attempts(method, cases, options.seconds)]
            counts = Counter(how for how, _ in ended)
            row = " | ".join(str(counts[how]) for how in ENDS)
            print(f"| {name} | {row} | {sum(seconds for _, seconds in ended):.2f} s |", flush=True)


if __name__ == "__main__":
    main()
