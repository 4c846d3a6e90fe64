"""symlstm grade: networks that others hand in, against a key."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode
from symlstm.cli.prove import positive
from symlstm.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from symlstm.cli.screen import Screen
    from symlstm.grading.grade import Grade
    from symlstm.grading.key import Key

FORMATS = ("table", "json", "csv", "gradescope", "prairielearn")
EPILOG = (
    "Of a submission the weights, the initial state and the readout are taken; what it claims of itself is not read. "
    "Exit code 0: every file has a grade, right or wrong; 2: bad input, such as a wrong key; 5: no files; 130: interrupted."
)
LIMIT = 20.0  # seconds for each file


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `grade`."""
    parser.add_argument("key", metavar="KEY", help="the key: what is asked, and what it is worth (symlstm new --key)")
    parser.add_argument("submissions", nargs="+", metavar="SUBMISSION", help="a file, or a folder with all its files")
    parser.add_argument(
        "--to", type=formats, metavar="FORMAT,...", help=f"{', '.join(FORMATS)}; default: a table, with --json json"
    )
    parser.add_argument("-o", dest="folder", metavar="FOLDER", help="write the formats into this folder")
    parser.add_argument("--timeout", type=positive, default=LIMIT, metavar="SECONDS", help="for each file (default 20)")
    parser.add_argument("--jobs", type=int, metavar="N", help="files at a time (default: as many as cores)")
    parser.add_argument(
        "--allow-python",
        action="store_true",
        help="run .py submissions, each in a process with limits of time and memory; no container",
    )
    parser.epilog = EPILOG


def formats(text: str) -> list[str]:
    """Names of formats, apart by commas."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in FORMATS:
            raise argparse.ArgumentTypeError(f"{name!r}; needed {', '.join(FORMATS)}")
    return list(dict.fromkeys(names))


def run(options: argparse.Namespace) -> ExitCode:
    """Grades every file; one line each as they come, and the formats asked for."""
    from symlstm.cli.screen import Screen
    from symlstm.grading.key import read_key

    wanted = options.to or (["json"] if options.json else ["table"])
    _check(wanted, options)
    key, files = read_key(options.key), submitted(options.submissions)
    if not files:
        print("symlstm: no files to grade", file=sys.stderr)
        return ExitCode.NO_CLAIMS
    screen = Screen(options.color, options.quiet)
    shows = "table" in wanted and not options.json
    grades = _graded(key, files, options, screen if shows else None)
    _write(key, grades, [name for name in wanted if name != "table"], options.folder)
    if shows:
        from symlstm.grading.formats import counts

        screen.line((counts(grades), "bold"))
    return ExitCode.OK


def _check(wanted: Sequence[str], options: argparse.Namespace) -> None:
    """Raises InputError for formats that would get mixed up on stdout."""
    texts = [name for name in wanted if name != "table"]
    if options.folder is None and (len(texts) > 1 or (texts and "table" in wanted)):
        raise InputError("--to", ", ".join(wanted), "one of them, or -o FOLDER for several files", "-o grades")


def submitted(targets: Sequence[str]) -> list[Path]:
    """The files meant: of a folder all, in its folders too, but for hidden ones. Raises InputError for none of a name."""
    found: list[Path] = []
    for target in map(Path, targets):
        if not target.exists() and not target.is_symlink():
            raise InputError(str(target), "no such file or folder", "a submission, or a folder of them")
        found += _inside(target) if target.is_dir() and not target.is_symlink() else [target]
    return list(dict.fromkeys(found))


def _inside(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place) / name for name in sorted(names) if not name.startswith("."))


def _graded(key: Key, files: Sequence[Path], options: argparse.Namespace, screen: Screen | None) -> list[Grade]:
    from symlstm.grading.pool import judged

    grades: list[Grade] = []
    python = options.timeout / 2 if options.allow_python else None
    for grade in judged(key, files, options.timeout, options.jobs, python):
        grades.append(grade)
        if screen is not None:
            _show(grade, screen, max(len(shown(str(path))) for path in files))
    return grades


def shown(name: str) -> str:
    """A name of a file as a terminal may have it."""
    return name if name.isprintable() else repr(name)


def _show(grade: Grade, screen: Screen, width: int) -> None:
    """One line, and the message under what has not all points."""
    from symlstm.cli.screen import MARKS

    if screen.quiet and grade.score == grade.max_score:
        return
    mark = grade.verdict if grade.verdict in MARKS else "raised"
    score = f"{grade.score:g}/{grade.max_score:g}"
    screen.line(
        (f"{screen.mark(mark)}  {score:>9}  ", mark), (f"{shown(grade.file):{width}}  ", ""), (grade.verdict, "dim")
    )
    if grade.score != grade.max_score:
        screen.entries([("", "\n".join(shown(line) for line in grade.message.splitlines()))])


def _write(key: Key, grades: Sequence[Grade], wanted: Sequence[str], folder: str | None) -> None:
    """The formats into the folder, or the one asked for to stdout."""
    from symlstm.grading.formats import FOR_ALL, FOR_EACH

    for name in wanted:
        if name in FOR_ALL:
            file, write = FOR_ALL[name]
            _put(write(key, grades), folder, file)
        elif folder is None and len(grades) > 1:
            raise InputError("--to", f"{name} of {len(grades)} submissions", "-o FOLDER: a file for each", "-o grades")
        else:
            single = len(grades) == 1 and len(wanted) == 1
            for grade, file in zip(grades, distinct(grades), strict=True):
                _put(FOR_EACH[name](key, grade), folder, "results.json" if single else f"{name}/{file}.json")


def distinct(grades: Sequence[Grade]) -> list[str]:
    """A name of its own for each submission: the file's, or its path's where others have the same."""
    names = [Path(grade.file).name for grade in grades]
    return [
        name
        if names.count(name) == 1
        else "__".join(part for part in Path(grade.file).parts if part not in ("/", ".."))
        for name, grade in zip(names, grades, strict=True)
    ]


def _put(text: str, folder: str | None, file: str) -> None:
    if folder is None:
        sys.stdout.write(text)
        return
    from symlstm.render.documents.atomic_write import write

    path = Path(folder) / file
    write(path.parent, {path.name: text.encode("utf-8")})
