"""What the kernel may use, read from its source: imports and names, no floats, no assert, and its size.

Trusted is what stands in these tables; whoever adds a line to them widens the trusted base.
"""

import ast
import io
import tokenize

import pytest
from support import ROOT

KERNEL = sorted((ROOT / "symlstm" / "kernel").rglob("*.py"))
OUTSIDE = sorted(
    path for folder in ("symlstm", "proofs") for path in (ROOT / folder).rglob("*.py") if path not in KERNEL
)
FAMILIES = {  # what has to be read to trust theorems of a kind, and how many code lines it has
    "networks": (
        (
            "theorem",
            "algebra",
            "enclosures",
            "piecewise",
            "parameters",
            "statements",
            "invariants",
            "automata",
            "machines",
        ),
        1560,
    ),
    "families and decisions, with networks": (("signs", "families", "decisions"), 530),
    "small steps, with theorem and algebra": (("quotients", "propositions", "bounds", "limits", "induction"), 590),
    "limits of expressions": (("expansions", "asymptotics"), 450),
    "one scale, with networks": (("fixed_scale",), 205),
    "one scale, every length, with specifications": (("intervals", "boxes", "runs"), 470),
    "one scale, counters that are read, with both": (("deviations", "horizons", "choices"), 410),
    "regions, with networks": (("regions",), 90),
}

MAY_IMPORT = {
    "__future__": {"annotations"},
    "collections": {"Counter"},
    "collections.abc": {"Callable", "Iterable", "Iterator", "Mapping", "Sequence"},
    "dataclasses": {"FrozenInstanceError", "InitVar", "dataclass", "field", "replace"},
    "math": {"lcm"},
    "functools": {"cached_property", "cmp_to_key", "lru_cache", "reduce"},
    "itertools": {"groupby", "pairwise", "product"},
    "numbers": {"Rational", "Real"},
    "operator": {"mul"},
    "types": {"MappingProxyType"},
    "typing": {
        "TYPE_CHECKING",
        "Any",
        "ClassVar",
        "Generic",
        "NamedTuple",
        "TypeAlias",
        "TypeVar",
        "dataclass_transform",
    },
    "typing_extensions": {"TypeVar"},  # for type checkers, never run
    "fractions": {"Fraction"},
    "weakref": {"WeakValueDictionary"},
    "flint": {"arb", "ctx", "fmpq", "fmpq_mat"},
}
BUILTINS = {"float", "complex", "eval", "exec", "compile", "getattr", "globals", "__import__", "open", "input", "print"}


def source(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def names(tree):
    """Every name and attribute in it, however it is used."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name, node
            case ast.FunctionDef(name=name):
                yield name, node


def imports(tree):
    """(module, name) for every import; name is None where the module is imported whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from (("." * node.level + (node.module or ""), alias.name) for alias in node.names)


def is_allowed(module, name):
    own = module.split(".")[:2] == ["symlstm", "kernel"] and name not in (None, "*")
    return own or name in MAY_IMPORT.get(module, ())


def violations(text):
    """What is not allowed in a kernel file with this text."""
    tree = ast.parse(text)
    found = [f"imports {name or 'all'} of {module}" for module, name in imports(tree) if not is_allowed(module, name)]
    for name, node in names(tree):
        if name in BUILTINS and not isinstance(node, ast.Attribute):
            found.append(f"names {name}")
    for node in ast.walk(tree):
        match node:
            case ast.Assert():
                found.append("asserts")
            case ast.Constant(value=float() | complex()):
                found.append(f"writes the float {node.value}")
            case ast.Global() | ast.Nonlocal():
                found.append("keeps global state")
    return found


@pytest.mark.parametrize("path", KERNEL, ids=lambda path: path.name)
def test_a_kernel_file_uses_only_what_is_trusted(path):
    assert violations(path.read_text(encoding="utf-8")) == []


CAUGHT = [
    ("import numpy", "imports all of numpy"),
    ("import sympy", "imports all of sympy"),
    ("from sympy import Symbol", "imports Symbol of sympy"),
    ("from symlstm.model.activations import sigmoid", "imports sigmoid of symlstm.model.activations"),
    ("from sympy import *", "imports * of sympy"),
    ("from symlstm.kernel.theorem import *", "imports * of symlstm.kernel.theorem"),
    ("from symlstm.search.error.growth import bound", "imports bound of symlstm.search.error.growth"),
    ("from ..search import growth", "imports growth of ..search"),
    ("from math import exp", "imports exp of math"),
    ("assert x", "asserts"),
    ("x = 0.5", "writes the float 0.5"),
    ("float(x)", "names float"),
    ("eval('x')", "names eval"),
    ("def f():\n    global x", "keeps global state"),
]


@pytest.mark.parametrize(("text", "violation"), CAUGHT)
def test_the_reading_catches(text, violation):
    assert violation in violations(text)


def code_lines(text):
    """Lines with code: no blanks, no comments, no docstrings."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    first = [node.body[0] for node in ast.walk(ast.parse(text)) if isinstance(node, kinds) and node.body]
    strings = [s for s in first if isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)]
    documented = {line for s in strings for line in range(s.lineno, s.end_lineno + 1)}
    silent = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type not in silent]
    return len({line for t in tokens for line in range(t.start[0], t.end[0] + 1)} - documented)


def test_code_lines_leave_out_blanks_comments_and_docstrings():
    assert code_lines('"""A\nb."""\n\nx = 1  # c\n# d\ndef f():\n    """E."""\n    return (\n        x)\n') == 4


def lines_of(names):
    return sum(code_lines(path.read_text(encoding="utf-8")) for path in KERNEL if path.stem in names)


@pytest.mark.parametrize(("names", "budget"), FAMILIES.values(), ids=FAMILIES)
def test_the_kernel_is_small_enough_to_be_read(names, budget):
    assert lines_of(names) <= budget


def test_every_kernel_file_has_a_budget():
    assert {path.stem for path in KERNEL} - {"__init__"} == {name for names, _ in FAMILIES.values() for name in names}


INNER = {"conclude", "_KEY"}


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_outside_the_kernel_makes_a_theorem(path):
    tree = source(path)
    used = {name for name, _ in names(tree)} | {name for _, name in imports(tree)}
    written = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not INNER & (used | written)
    assert "Theorem" not in calls
    assert not [name for module, name in imports(tree) if module.startswith("symlstm.kernel") and name == "derive"]
