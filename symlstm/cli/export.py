"""symlstm export: a network's weights for PyTorch and others, run again and compared before the file appears."""

from __future__ import annotations

import argparse
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode
from symlstm.cli.run import scale

if TYPE_CHECKING:
    from symlstm.model.cells import Cell
    from symlstm.weights.labels import Labels

LOADING = {  # ending: what to do with the file
    ".safetensors": "safetensors.torch.load_file(FILE)",
    ".npz": "numpy.load(FILE)",
    ".onnx": "onnx.reference.ReferenceEvaluator(FILE)",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `export`."""
    parser.add_argument(
        "network", metavar="NETWORK", help="a construction file, or the name of a proof, e.g. sentiment"
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="its ending is the format: .safetensors, .npz or .onnx")
    parser.add_argument(
        "--scale", type=scale, default=Fraction(1), metavar="K", help="the scale k, e.g. 1/4 (default 1)"
    )
    parser.add_argument("--dtype", choices=("float64", "float32"), default="float64", help="default float64")
    parser.add_argument("--force", action="store_true", help="replace a file of that name")


def run(options: argparse.Namespace) -> ExitCode:
    """Writes the file and says what is in it."""
    from symlstm.cli.networks import construction
    from symlstm.model.packages import MissingPackage
    from symlstm.weights.checking import Mismatch
    from symlstm.weights.exporting import export, refuse_existing
    from symlstm.weights.formats import format_of

    format_of(options.file)
    refuse_existing(options.file, options.force)
    network = construction(options.network).network
    try:
        labels = export(network, options.file, options.scale, options.dtype, options.force)
    except (Mismatch, MissingPackage) as error:
        print(f"symlstm: {error}", file=sys.stderr)
        return ExitCode.MISSING if isinstance(error, MissingPackage) else ExitCode.REFUTED
    report(options, labels)
    return ExitCode.OK


def report(options: argparse.Namespace, labels: Labels) -> None:
    """What was written, for people or as one object of schema 1."""
    from symlstm.model.cells import CELLS

    if options.json:
        print(json.dumps({"schema": 1, "file": str(options.file), "labels": json.loads(labels.text)}, indent=2))
    elif not options.quiet:
        rounding = f"{labels.rounded} numbers rounded" if labels.rounded else "every number exact"
        print(f"{options.file}: {labels.title or options.network} at k = {labels.scale} in {labels.dtype}, {rounding}")
        print("  read again, run step by step, and equal")
        ending, cell = options.file.suffix.lower(), CELLS[labels.cell]
        print(f"  load    {LOADING[ending]}{_module(cell) if ending == '.safetensors' else ''}")
        if ending == ".onnx" and labels.dtype == "float64" and cell.onnx:
            print(f"  note    onnxruntime has no {cell.onnx.operator} in float64; for it, --dtype float32")


def _module(cell: Cell) -> str:
    """What PyTorch does with the tensors."""
    return f", then torch.nn.{cell.torch[0]}(...).load_state_dict" if cell.torch else "; PyTorch has no such cell"
