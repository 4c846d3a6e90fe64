"""symlstm doctor: what is installed, what each missing thing costs, and the command that installs it."""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib import metadata

from symlstm.cli.main import ExitCode
from symlstm.cli.screen import Screen
from symlstm.model.packages import command
from symlstm.render.statements.columns import aligned

RUNTIME = {  # package: what does not work without it
    "sympy": "everything",
    "python-flint": "everything: the kernel's arithmetic",
    "numpy": "running networks in float64 and float32, figures",
    "matplotlib": "figures",
    "rich": "colour on a terminal",
}
OPTIONAL = {
    "torch": "comparing an export with torch.nn.LSTM",
    "safetensors": "export to .safetensors",
    "onnx": "export to .onnx",
    "typst": "PDF without TeX, or with words in other scripts than the Latin",
}
PROGRAMS = {  # name: (the programs it may be called, what is missed, how each system installs it)
    "pdflatex": (
        ("pdflatex",),
        "PDF as TeX sets it (.tex is written without it)",
        {"linux": "sudo apt-get install texlive-latex-base", "darwin": "brew install --cask basictex"},
    ),
    "rocq": (
        ("coqc",),
        "certify and verify with Rocq (verify without it checks in plain Python)",
        {
            "linux": "sudo apt-get install coq libcoq-coquelicot libcoq-interval",
            "darwin": "opam install coq.8.16.1 coq-coquelicot.3.2.0 coq-interval.4.6.1",
        },
    ),
    "chromium": (
        ("chromium", "chromium-browser", "google-chrome", "msedge"),
        "looking at HTML reports in the tests",
        {"linux": "sudo apt-get install chromium", "darwin": "brew install --cask chromium"},
    ),
}
WINDOWS = {
    "pdflatex": "winget install MiKTeX.MiKTeX",
    "rocq": "opam install coq.8.16.1 coq-coquelicot.3.2.0 coq-interval.4.6.1",
    "chromium": "winget install Hibbiki.Chromium",
}


@dataclass(frozen=True)
class Tool:
    """A package or program: its version, None if it is missing; what it is needed for; what installs it."""

    name: str
    version: str | None
    required: bool
    purpose: str
    install: str


def configure(parser: argparse.ArgumentParser) -> None:
    """`doctor` has no options of its own."""


def run(options: argparse.Namespace) -> ExitCode:
    """Shows all tools; the exit code says whether one that is required is missing."""
    tools = [Tool("python", platform.python_version(), True, "everything", ""), *packages(), *programs()]
    code = ExitCode.MISSING if any(tool.required and tool.version is None for tool in tools) else ExitCode.OK
    if options.json:
        print(json.dumps({"schema": 1, "exit": int(code), "tools": [asdict(tool) for tool in tools]}, indent=2))
    else:
        show(tools, Screen(options.color, options.quiet))
    return code


def packages() -> list[Tool]:
    """The Python packages, required ones first."""
    return [
        Tool(name, installed(name), purposes is RUNTIME, purpose, command(name))
        for purposes in (RUNTIME, OPTIONAL)
        for name, purpose in purposes.items()
    ]


def installed(package: str) -> str | None:
    """The version of an installed package."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def programs() -> list[Tool]:
    """The programs outside Python."""
    return [
        Tool(
            name,
            "found" if any(map(shutil.which, called)) else None,
            False,
            purpose,
            how.get(sys.platform, WINDOWS[name]),
        )
        for name, (called, purpose, how) in PROGRAMS.items()
    ]


def show(tools: list[Tool], screen: Screen) -> None:
    """One line a tool."""
    styles = ["proved" if tool.version else "missing" if tool.required else "absent" for tool in tools]
    cells = [
        (screen.mark(style), tool.name, tool.version or "missing", tool.purpose, "" if tool.version else tool.install)
        for tool, style in zip(tools, styles, strict=True)
    ]
    for line, tool, style in zip(aligned(cells), tools, styles, strict=True):
        if not (screen.quiet and tool.version):
            screen.line((line, {"proved": "", "absent": "dim"}.get(style, style)))
