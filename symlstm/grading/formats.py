"""Grades as tables and as grading platforms read them.

Gradescope: results.json of its autograder documentation. PrairieLearn: the results of its external graders.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symlstm.grading.grade import Grade
from symlstm.grading.key import Key

SCHEMA = 1
FIELDS = ("file", "score", "max_score", "verdict", "message")
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet takes for the start of a formula

PASSED = "passed"


def as_json(key: Key, grades: Sequence[Grade]) -> str:
    """One object for all."""
    whole = {"schema": SCHEMA, "key": key.title, "submissions": [grade.record for grade in grades]}
    return json.dumps(whole, indent=2) + "\n"


def as_csv(key: Key, grades: Sequence[Grade]) -> str:
    """One line for each, with a column for each credit."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([*FIELDS, *(_cell(credit.name) for credit in key.credits)])
    for grade in grades:
        values = (getattr(grade, name) for name in FIELDS)
        rows.writerow([*map(_cell, values), *(part.points for part in grade.tests)])
    return text.getvalue()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_gradescope(key: Key, grade: Grade) -> str:
    """One submission's results.json: a test for each credit."""
    tests = [
        {
            "name": part.name,
            "score": part.points,
            "max_score": part.max_points,
            "status": PASSED if part.points == part.max_points else "failed",
            "output": part.message,
            "visibility": "visible",
        }
        for part in grade.tests
    ]
    whole: dict[str, Any] = {"score": grade.score, "output": grade.message, "visibility": "visible", "tests": tests}
    return json.dumps(whole, indent=2) + "\n"


def as_prairielearn(key: Key, grade: Grade) -> str:
    """One submission's results.json: a score from 0 to 1, and a test for each credit."""
    if not grade.is_gradable:
        errors = {"gradable": False, "format_errors": [grade.message], "message": grade.message}
        return json.dumps(errors, indent=2) + "\n"
    tests = [
        {"name": part.name, "points": part.points, "max_points": part.max_points, "message": part.message}
        for part in grade.tests
    ]
    whole = {"gradable": True, "score": grade.score / grade.max_score, "message": grade.message, "tests": tests}
    return json.dumps(whole, indent=2) + "\n"


def counts(grades: Sequence[Grade]) -> str:
    """How many of each verdict, in words."""
    found = Counter(grade.verdict for grade in grades)
    return ", ".join(f"{n} {verdict}" for verdict, n in found.most_common()) or "no submissions"


FOR_ALL: Mapping[str, tuple[str, Callable[[Key, Sequence[Grade]], str]]] = {
    "json": ("grades.json", as_json),
    "csv": ("grades.csv", as_csv),
}
FOR_EACH: Mapping[str, Callable[[Key, Grade], str]] = {"gradescope": as_gradescope, "prairielearn": as_prairielearn}
