"""Files judged in processes that can be ended: one slow or hostile file does not hold up the others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from threading import Timer

from symlstm.grading.grade import Grade, from_record, ungraded
from symlstm.grading.key import Key

GRACE = 2.0  # seconds after which a process that does not stop by itself is ended
STARTING = 30.0  # seconds more for the first file of a process


def judged(
    key: Key, files: Sequence[Path], seconds: float, jobs: int | None = None, python: float | None = None
) -> Iterator[Grade]:
    """The grades of the files, in their order, as they come; `seconds` for each, `jobs` at a time (default: cores)."""
    jobs = max(1, min(jobs or os.cpu_count() or 1, len(files)))
    workers: SimpleQueue[Worker] = SimpleQueue()
    for _ in range(jobs):
        workers.put(Worker(key))

    def one(path: Path) -> Grade:
        worker = workers.get()
        try:
            return worker.grade(path, seconds, python)
        finally:
            workers.put(worker)

    executor = ThreadPoolExecutor(jobs)
    try:
        yield from executor.map(one, files)
    finally:
        executor.shutdown(cancel_futures=True)
        while not workers.empty():
            workers.get().end()


class Worker:
    """A process that judges one file after another, started when it is needed and anew if it ended."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._process: subprocess.Popen[str] | None = None

    def grade(self, path: Path, seconds: float, python: float | None) -> Grade:
        """The grade of a file; 0 with the reason if the process has to be ended, or ends by itself."""
        start = time.perf_counter()
        line, slow = self._answer({"file": str(path), "seconds": seconds, "python": python}, seconds + GRACE)
        elapsed = round(time.perf_counter() - start, 3)
        if line:
            return replace(from_record(json.loads(line)), seconds=elapsed)
        why = f"timed out after {seconds:g} s" if slow else "judging it ended the process: too much memory?"
        return replace(ungraded(self._key, path, "timed out" if slow else "failed", why), seconds=elapsed)

    def _answer(self, request: dict[str, object], seconds: float) -> tuple[str, bool]:
        """The answer, or an empty one; and whether the time was up."""
        fresh = self._process is None
        process = self._process = self._process or _start(self._key.path)
        stdin, stdout = process.stdin, process.stdout
        up: list[bool] = []

        def end() -> None:
            up.append(True)
            process.kill()

        timer = Timer(seconds + STARTING * fresh, end)
        timer.start()
        line = ""
        try:
            if stdin is not None and stdout is not None:
                stdin.write(json.dumps(request) + "\n")
                stdin.flush()
                line = stdout.readline()
        except OSError:  # it has ended
            pass
        finally:
            timer.cancel()
            if not line.endswith("\n"):
                self.end()
        return line if line.endswith("\n") else "", bool(up)

    def end(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _start(key: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "symlstm.grading.worker", str(key)]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), encoding="utf-8", errors="replace"
    )


def environment() -> dict[str, str]:
    """This process's environment, in which the package is found where this one was."""
    here = str(Path(__file__).parents[2])
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH", "")]))}
