"""A submitted Python file: run in a process of its own, of which only a network's numbers come back, as text.

The process has limits of time, memory and file size, an empty folder and an empty environment. It runs as the same
user on the same machine, so that for code which nobody trusts a container around the whole is still needed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from symlstm.model.errors import InputError
from symlstm.model.file.toml_json import load

NEEDED = "a script that has one Network, or one Construction, as a global name"


def network_fields(path: Path, seconds: float) -> Mapping[str, Any]:
    """The fields of the one network that a script makes. Raises InputError."""
    with TemporaryDirectory(prefix="symlstm-") as folder:
        answer = Path(folder) / "network.json"
        with answer.open("wb") as file:
            complaint = _run(path.resolve(), seconds, Path(folder), file.fileno())
        if complaint or not answer.stat().st_size:
            raise InputError(str(path), complaint or "no network", NEEDED)
        try:
            return load(answer)
        except InputError as error:
            raise InputError(str(path), error.found, NEEDED) from None


def _run(path: Path, seconds: float, folder: Path, answer: int) -> str:
    """Runs the script; its complaint, or an empty text."""
    package = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", CHILD, package, str(path), str(int(seconds) + 1)]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={"HOME": str(folder), "PATH": os.defpath},
        stdin=subprocess.DEVNULL,
        stdout=answer,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, complaint = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        return f"more than {seconds:g} s of running"
    finally:
        _end(process)
    if process.returncode == 0:
        return ""
    last = complaint[-2000:].decode("utf-8", "replace").strip().splitlines()
    return (last or [f"the exit code {process.returncode}"])[-1]


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and those that it started."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (OSError, PermissionError):  # it has ended
        pass
    process.wait()


CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from symlstm.grading.python_child import main; main(sys.argv[2:])"
