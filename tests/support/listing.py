"""The tree of the package as ARCHITECTURE.md shows it: a line a folder, its modules after it.

cd tests && python -m support.listing        writes it there
"""

from __future__ import annotations

from collections.abc import Iterator

from support import ROOT

COLUMN = 30  # where the modules begin


def lines() -> Iterator[str]:
    """A line for each folder of the package."""
    package = ROOT / "symlstm"
    for folder in sorted({path.parent for path in package.rglob("*.py")}, key=lambda path: path.parts):
        names = sorted(path.stem for path in folder.glob("*.py") if path.stem not in ("__init__", "__main__"))
        depth = len(folder.relative_to(package).parts)
        yield ("  " * depth + folder.name + "/").ljust(COLUMN) + ", ".join(names)


def write() -> None:
    """Puts it into the page in place of the last listing there."""
    page = ROOT / "ARCHITECTURE.md"
    before, _ = page.read_text(encoding="utf-8").split("```text\nsymlstm/", 1)
    page.write_text(before + "```text\n" + "\n".join(lines()) + "\n```\n", encoding="utf-8")


if __name__ == "__main__":
    write()
