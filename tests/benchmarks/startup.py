"""Whole-process time and memory of a proof, as ratios to `import sympy` in the same run.

    python tests/benchmarks/startup.py [--runs 7]

The commands take turns, so that all see the same machine; the least processor time of each counts, which
other work on the machine changes little.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

COMPILING = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
PROOFS = Path(__file__).parents[2] / "proofs"
RUN = "from symlstm.cli.main import main; raise SystemExit(main({!r}))"
FILE = str(PROOFS / "constructions" / "two_counters.toml")
COMMANDS = {
    "python -c 'import sympy'": "import sympy",
    "the same, and one sum": "import sympy; sympy.Symbol('x') + 1",  # SymPy's first sum imports its tensors
    "symlstm --help": RUN.format(["--help"]),
    "symlstm prove of a construction file": RUN.format(["prove", FILE]),
    "the same, --scale none": RUN.format(["prove", FILE, "--scale", "none"]),
    "symlstm run of it": RUN.format(["run", FILE, "("]),
    "symlstm bound of it": RUN.format(["bound", FILE, "--length", "10"]),
    "symlstm prove proofs/sentiment.py": RUN.format(["prove", str(PROOFS / "sentiment.py")]),
    "symlstm prove proofs/rnn_in_lstm.py": RUN.format(["prove", str(PROOFS / "rnn_in_lstm.py")]),
}


def seconds(code: str) -> float:
    """Of the processor, one whole process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL, env=COMPILING)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    times = {name: [seconds(code)] for name, code in COMMANDS.items()}  # the first run also compiles
    for _ in range(runs):
        for name, code in COMMANDS.items():
            times[name].append(seconds(code))
    best = {name: min(series) for name, series in times.items()}
    base = next(iter(best.values()))
    print("| process | best of the runs | over `import sympy` | ratio |\n|---|---|---|---|")
    for name, value in best.items():
        print(f"| `{name}` | {value * 1e3:.0f} ms | {(value - base) * 1e3:+.0f} ms | {value / base:.2f} |")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\nlargest resident memory of any of them: {peak:.0f} MiB")


if __name__ == "__main__":
    main()
