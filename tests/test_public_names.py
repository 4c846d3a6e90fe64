"""The names that `import symlstm` offers."""

import ast
import subprocess
import sys

import pytest
from support import ROOT

import symlstm

SOURCE = ast.parse((ROOT / "symlstm" / "__init__.py").read_text(encoding="utf-8"))


def typed() -> dict[str, str]:
    """Name -> module, as a type checker sees it."""
    [block] = [node for node in SOURCE.body if isinstance(node, ast.If)]
    froms = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module).removeprefix("symlstm.") for node in froms for alias in node.names}


def test_a_type_checker_sees_the_names_that_there_are() -> None:
    assert typed() == symlstm._HOME


@pytest.mark.parametrize("name", symlstm.__all__)
def test_a_name_is_described_and_looked_up_once(name: str) -> None:
    found = getattr(symlstm, name)
    assert vars(symlstm)[name] is found and name in str(symlstm.__doc__)


@pytest.mark.slow
def test_a_theorem_shows_its_statement_whatever_was_imported() -> None:
    code = "from symlstm.steps import Less, assume, real; print(repr(assume(Less(0, real('x')))))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("proved: 0 < x")
