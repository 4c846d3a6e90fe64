"""What runs a student's script, in a process of its own: prints its one network as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from symlstm.grading.limits import STUDENT, limit


def main(arguments: Sequence[str]) -> None:
    """The script's path and its seconds of processor time."""
    from symlstm.model.file.writing import entry_text, fields_of
    from symlstm.model.network import Network
    from symlstm.proof.claims import run_script
    from symlstm.search.construction import Construction

    path, seconds = arguments
    answer = os.dup(1)
    os.dup2(2, 1)  # what the script prints is no answer
    limit(STUDENT | {"RLIMIT_CPU": int(seconds)})
    found = run_script(Path(path)).names.values()
    sys.stdout.flush()
    networks = [x.network if isinstance(x, Construction) else x for x in found if isinstance(x, Construction | Network)]
    several = list({id(network): network for network in networks}.values())
    if len(several) != 1:
        sys.exit(f"{len(several)} networks")
    with os.fdopen(answer, "w", encoding="utf-8") as file:
        json.dump(fields_of(several[0], entry_text), file)
