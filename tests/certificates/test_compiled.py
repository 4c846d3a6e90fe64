"""Compiled files of the Rocq library between runs: whole, of these sources, or not at all."""

import pytest

from symlstm.certificates.compiled import Compiled

SOURCES = {"Definitions.v": b"of this version"}
COMPILER = ("coqc", "8.16.1", (1, 2))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "Definitions.vo").write_bytes(b"compiled")
    return tmp_path / "work"


def fetched(kept, tmp_path):
    (tmp_path / "other").mkdir(exist_ok=True)
    found = kept.fetch("Definitions", tmp_path / "other")
    return (tmp_path / "other" / "Definitions.vo").read_bytes() if found else None


def test_what_was_compiled_is_found_again(cache, tmp_path):
    assert fetched(Compiled.of(COMPILER, SOURCES), tmp_path) is None
    Compiled.of(COMPILER, SOURCES).keep("Definitions", cache)
    assert fetched(Compiled.of(COMPILER, SOURCES), tmp_path) == b"compiled"


OTHERS = {
    "the sources": (COMPILER, {"Definitions.v": b"of another version"}),
    "a name": (COMPILER, {"Networks.v": b"of this version"}),
    "the compiler": (("coqc", "8.17.0", (1, 2)), SOURCES),
    "a library that it rests on": (("coqc", "8.16.1", (1, 3)), SOURCES),
}


@pytest.mark.parametrize("other", OTHERS)
def test_what_was_compiled_of_something_else_is_not_used(cache, tmp_path, other):
    Compiled.of(COMPILER, SOURCES).keep("Definitions", cache)
    assert fetched(Compiled.of(*OTHERS[other]), tmp_path) is None


def test_a_damaged_file_is_not_used(cache, tmp_path):
    kept = Compiled.of(COMPILER, SOURCES)
    kept.keep("Definitions", cache)
    [path] = kept.folder.iterdir()
    path.write_bytes(b"compile")
    assert fetched(kept, tmp_path) is None
    kept.keep("Definitions", cache)
    assert fetched(kept, tmp_path) == b"compiled"


def test_without_a_place_nothing_is_kept(cache, tmp_path):
    (tmp_path / "file").touch()
    for kept in (Compiled(None), Compiled(tmp_path / "file" / "below")):
        kept.keep("Definitions", cache)
        assert fetched(kept, tmp_path) is None
