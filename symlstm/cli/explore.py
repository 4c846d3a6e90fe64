"""symlstm explore: a page on which a network reads words."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path

from symlstm.cli.main import ExitCode
from symlstm.cli.run import scale

EPILOG = "One file, which works without a network, from a file:// address. 2: bad input."


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `explore`."""
    parser.add_argument(
        "network", metavar="NETWORK", help="a construction file, or the name of a proof, e.g. sentiment"
    )
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="default: the network's name with .html, here"
    )
    parser.add_argument("--scale", type=scale, default=Fraction(1), metavar="K", help="the scale k (default 1)")
    parser.epilog = EPILOG


def run(options: argparse.Namespace) -> ExitCode:
    """Proves what there is to prove, writes the page, says where it is."""
    from symlstm.cli.networks import construction
    from symlstm.cli.screen import Screen
    from symlstm.render.documents.atomic_write import write
    from symlstm.render.pages.explore import explore_page

    found = construction(options.network)
    path = options.output or Path(f"{Path(options.network.replace(':', '_')).stem}.html")
    write(path.parent, {path.name: explore_page(found, options.scale).encode("utf-8")})
    if not options.quiet:
        Screen(options.color, options.quiet).line((str(path), ""))
    return ExitCode.OK
