"""What construction files need no SymPy for: it takes longer to import than most of them to prove."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support import ROOT

FILE = "proofs/constructions/a_after_b.toml"
WATCHED = (
    "import runpy, sys; sys.argv = ['symlstm', *sys.argv[1:]]\n"
    "try: runpy.run_module('symlstm', run_name='__main__')\n"
    "except SystemExit as end: print('sympy' in sys.modules, end.code, file=sys.stderr)"
)


@pytest.mark.slow
@pytest.mark.parametrize("command", [("prove", FILE), ("run", FILE, "a", "b"), ("bound", FILE, "--length", "5")])
def test_a_construction_file_is_worked_on_without_sympy(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *command], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert done.stderr.split()[-2:] == ["False", "0"]
