"""`python -m symlstm.grading.worker KEY`: judges files, a request a line on stdin, a grade a line on stdout."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

from symlstm.grading.grade import Grade, grade, ungraded
from symlstm.grading.key import Key, read_key
from symlstm.grading.limits import JUDGE, limit


def main() -> None:
    """Reads the key once, then serves until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints does not get into the answers
    limit(JUDGE)
    serve(read_key(sys.argv[1]), sys.stdin, answers)


def serve(key: Key, requests: TextIO, answers: TextIO) -> None:
    """Answers every request: {"file", "seconds", "python"}."""
    for line in requests:
        answers.write(json.dumps(_judged(key, json.loads(line)).record) + "\n")
        answers.flush()


def _judged(key: Key, request: dict[str, Any]) -> Grade:
    path = Path(request["file"])
    try:
        return grade(key, path, request["seconds"], request["python"])
    except MemoryError:
        return ungraded(key, path, "failed", "judging it takes too much memory")
    except Exception as error:  # a fault of ours: it must not hold up the others
        return ungraded(key, path, "failed", f"judging it raised {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
