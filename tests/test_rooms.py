"""The plan of the house: which room may import from which. Arrows run one way, and no two modules import each other."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from support import ROOT
from support.listing import lines

PACKAGE = ROOT / "symlstm"
ORDER = (
    "kernel",
    "model",
    "weights",
    "proof",
    "search",
    "floats",
    "render",
    "figures",
    "notebook",
    "grading",
    "certificates",
    "builder",
    "cli",
)
ABOVE = {"__init__", "__main__", "steps"}  # the package's own names, which hand out what stands in the rooms


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room(module: str) -> str:
    return [*module.split("."), "__init__"][1]


def imported(path: Path, *, when_run: bool = False) -> set[str]:
    """The modules of the package that it imports; only what runs at import if `when_run`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = [*tree.body] if when_run else [*ast.walk(tree)]
    froms = [node for node in nodes if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("symlstm")]
    names = {f"{node.module}.{alias.name}" for node in froms for alias in node.names}
    return {name if name in MODULES else name.rpartition(".")[0] for name in names}


def test_every_module_stands_in_a_room() -> None:
    assert {room(module) for module in MODULES} - ABOVE <= {*ORDER}


@pytest.mark.parametrize("name", [name for name in ORDER if (PACKAGE / name).is_dir()])
def test_a_room_imports_from_the_rooms_before_it(name: str) -> None:
    allowed = {*ORDER[: ORDER.index(name) + 1]}
    back = {
        (module, found)
        for module, path in MODULES.items()
        if room(module) == name
        for found in imported(path)
        if room(found) not in allowed
    }
    assert not {pair for pair in back if pair[1] != "symlstm"}


@pytest.mark.slow
def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {module: imported(path, when_run=True) - {module} for module, path in MODULES.items()}
    order = [*TopologicalSorter(graph).static_order()]  # raises CycleError, which names the circle
    assert {*MODULES} <= {*order}


def test_the_listing_in_the_architecture_page_is_the_tree() -> None:
    assert "\n".join(lines()) in (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
