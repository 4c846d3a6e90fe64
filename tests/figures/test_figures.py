"""The figures: bounds that come from theorems and stay above measurements, the same bytes on every run, refusals."""

from __future__ import annotations

import csv
import dataclasses
import inspect
import io
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from flint import arb, ctx, fmpq
from support import GALLERY, PROOFS, ROOT

from symlstm import Construction, figures
from symlstm.cli.main import ExitCode, main
from symlstm.cli.networks import construction as construction_named
from symlstm.figures import polygons
from symlstm.figures.catalogue import FIGURES, of_network, of_script
from symlstm.figures.drawings import built, error_by_length, error_by_scale, gates, machine, margins, reduction
from symlstm.figures.drawings import region as region_figure
from symlstm.figures.evaluating import parts, theorem_of
from symlstm.figures.files import Files, differences, files_of, foreign, index
from symlstm.figures.paper import Drawing, drawn_by, log10, paper, snapped
from symlstm.figures.table import csv_text, rational, text_of
from symlstm.kernel.algebra import constant_ball
from symlstm.kernel.networks.enclosures import Error
from symlstm.kernel.networks.statements import StepTable
from symlstm.kernel.theorem import RuleError, Theorem, conclude
from symlstm.model.errors import InputError
from symlstm.model.file.parser import parse_entry
from symlstm.model.simulation.running import run_floats
from symlstm.proof.claims import run_script
from symlstm.proof.scale import AtScale
from symlstm.render.documents.atomic_write import write
from symlstm.steps import Conjunction, ForAll, Within

BITS = 2048
pytestmark = [pytest.mark.filterwarnings("error"), pytest.mark.slow]


@cache
def script(stem: str):
    return run_script(PROOFS / f"{stem}.py")


def construction() -> Construction:
    """The sentiment network anew, so that a test may put other theorems in."""
    made = script("sentiment").names["sentiment"]
    return Construction(made.network, made.specification, made.title)


@cache
def drawing(name: str) -> Drawing:
    return of_script(name, script(FIGURES[name].script))


@cache
def files(name: str) -> Files:
    return files_of(name, drawing(name), ("svg",))


def said(conclusion: object, premise: Theorem) -> Theorem:
    """A theorem that was never proved, to see that a figure shows what it says."""
    return conclude(conclusion, premise.rule, premise.premises)


def column(rows, name):
    return [row.get(name) for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_drawn_at_the_width_of_a_column(name):
    made = drawing(name)
    assert made.figure.get_size_inches()[0] == 3.4
    assert made.rows and all(claim.strip() in made.caption for claim in FIGURES[name].claim.split(","))
    assert len(files(name).files[f"{name}.svg"]) < 200_000


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gates", "error_by_scale", "error_by_length", "reduction", "sentence"])
def test_no_bound_is_below_a_measurement(name):
    pairs = [(row.get("bound"), row.get("measured")) for row in drawing(name).rows]
    bounded = [(bound, measured) for bound, measured in pairs if bound is not None and measured is not None]
    assert len(bounded) >= 4
    with ctx.workprec(BITS):
        assert all(measured <= arb(bound) for bound, measured in bounded)


@pytest.mark.parametrize(("name", "least"), [("error_by_scale", "measured"), ("error_by_length", "at least")])
def test_a_worst_case_lies_between_its_bounds(name, least):
    rows = [row for row in drawing(name).rows if row.get("at most") is not None]
    assert rows
    with ctx.workprec(BITS):
        for row in rows:
            assert arb(row[least]) <= arb(row["at most"]) * (1 + arb(2) ** -60)
            assert row["bound"] is None or row["at most"] <= row["bound"]


@pytest.mark.parametrize("name", ["gates", "reduction", "sentence", "error_by_length"])
def test_a_measurement_has_twenty_digits_and_more(name):
    measured = [x for x in column(drawing(name).rows, "measured") if x is not None and not x.contains(0)]
    assert measured and min(x.rel_accuracy_bits() for x in measured) > 66


def test_the_exact_cell_is_what_the_recurrence_gives():
    rows = [row for row in drawing("cell").rows if row["measured"] is not None]
    assert len(rows) > 30 and all(row["exact"].overlaps(row["measured"]) for row in rows)


def test_the_cell_never_passes_its_ceiling_and_the_wrong_formula_does():
    rising = [row for row in drawing("cell").rows if row["B"] > 1]
    with ctx.workprec(BITS):
        assert all(not row["exact"] > row["ceiling"] for row in rising)
        assert sum(bool(row["exact"] < row["ceiling"]) for row in rising) > 40
        assert rising[-1]["source"] > 1000 * rising[-1]["ceiling"]


# A curve is what its theorem says.


@pytest.mark.slow
def test_the_bound_against_the_length_moves_with_the_theorem(monkeypatch):
    moved = construction()
    found = moved.error_bound.conclusion
    larger = {part: getattr(found, part).scaled(fmpq(1000)) for part in ("quadratic", "linear", "constant")}
    monkeypatch.setattr(error_by_length, "horizon", lambda *_: error_by_length.Horizon(fmpq(1), None, None, (), None))
    plain = error_by_length.draw(construction(), "S5")
    moved.__dict__["error_bound"] = said(dataclasses.replace(found, **larger), moved.error_bound)
    drawn = error_by_length.draw(moved, "S5")
    low, high = (made.figure.axes[0].lines[0].get_ydata() for made in (plain, drawn))
    assert [round(b - a, 3) for a, b in zip(low, high, strict=True)] == [3.0] * len(low)


def test_the_bound_against_the_scale_moves_with_the_theorem():
    bound = construction().error_bound
    parts = ("quadratic", "linear", "constant")
    larger = {part: getattr(bound.conclusion, part).scaled(fmpq(1000)) for part in parts}
    moved = said(dataclasses.replace(bound.conclusion, **larger), bound)
    k = fmpq(2)
    ratio = error_by_scale.certified([moved], 16, k) / error_by_scale.certified([bound], 16, k)
    assert abs(ratio - 1000) < fmpq(1, 10**9)
    assert error_by_scale.certified([moved, bound], 16, k) == error_by_scale.certified([bound], 16, k)
    assert error_by_scale.certified([bound], 16, bound.conclusion.k0 / 2) is None


@pytest.mark.slow
def test_the_region_moves_with_the_theorem():
    cells, *widest = (theorem_of(script("region"), claim).conclusion for claim in ("S7", "S7b", "S7c"))
    moved = dataclasses.replace(cells, cells=(cells.cells[0],))
    rows = region_figure.draw(moved, widest, script("region").names["PUBLISHED"]).rows
    assert {row["cell"] for row in rows} == {1, None} != {row["cell"] for row in drawing("region").rows}


def test_the_curve_of_a_gate_moves_with_its_enclosures():
    network = construction().network
    table = gates.step_table(construction().rates, (gates.real("o_1"), gates.real("o_2"))).conclusion
    larger = Error({(0, fmpq(1)): fmpq(10)})
    rows = [(q, w, name, dataclasses.replace(x, error=x.error + larger)) for q, w, name, x in table.rows]
    moved = StepTable(table.system, table.automaton, tuple(rows), table.k0)
    assert network.cell == "lstm"
    assert gates.bound([table], "o", fmpq(2)) < fmpq(1, 10) < gates.bound([moved], "o", fmpq(2))
    assert gates.bound([table, moved], "o", fmpq(2)) == gates.bound([table], "o", fmpq(2))


@pytest.mark.slow
def test_the_level_lines_of_the_reduction_move_with_the_theorems(monkeypatch):
    monkeypatch.setattr(reduction, "BIASES", reduction.BIASES[:2])
    monkeypatch.setattr(reduction, "INITIAL_CELLS", reduction.INITIAL_CELLS[:2])
    each, every = (theorem_of(script("rnn_in_lstm"), claim) for claim in (reduction.EACH, reduction.EVERY))
    first, *rest = parts(every)
    doubled = ForAll(first.variables, Within(first.body.value, first.body.centre, 2 * first.body.bound))
    before, after = bounds(each, every), bounds(each, said(Conjunction((doubled, *rest)), every))
    assert {when: round(float(after[when] / before[when]), 9) for when in before} == {
        "t = 1": 1, "t = 8": 1, "t = 64": 1, "every t": 2,
    }  # fmt: skip
    sharper = theorem_of(script("rnn_in_lstm"), "R6-sharper")  # with min(C, c*) for the cell at its time
    moved = bounds(sharper, every)
    assert all(moved[f"t = {time}"] > before[f"t = {time}"] for time in reduction.TIMES)


def bounds(each: Theorem, every: Theorem) -> dict[str, fmpq]:
    """At one bias and cell, by time."""
    place = reduction.BIASES[1], reduction.INITIAL_CELLS[1]
    return {row["when"]: row["bound"] for row in reduction.draw(each, every).rows if (row["B"], row["C"]) == place}


# Coordinates and tables.


def test_logarithms_of_numbers_below_every_float():
    assert log10(fmpq(1, 10**400)) == -400.0
    assert log10(arb(10) ** -60 * 2) == snapped(0.30103 - 60)


@pytest.mark.parametrize(
    ("column", "cell", "text"),
    [
        ("bound", fmpq(1, 3), "0.3333333333333333333333334"),
        ("at least", fmpq(1, 3), "0.3333333333333333333333333"),
        ("k", fmpq(1, 16), "0.0625"),
        ("k", fmpq(1, 3), "1/3"),
        ("t", 10**30, "1" + 30 * "0"),
        ("measured", None, ""),
        ("x", arb(0, 1e-60), "0"),
    ],
)
def test_a_cell_is_exact_or_rounded_outward(column, cell, text):
    assert text_of(column, cell) == text


def test_the_table_holds_numbers_that_no_float_holds():
    rows = list(csv.DictReader(io.StringIO(csv_text(drawing("error_by_length").rows))))
    bounds = [Fraction(row["bound"]) for row in rows if row["bound"]]
    assert min(bounds) < Fraction(1, 10**43) and max(bounds) > 10**70
    assert all(Fraction(row["measured"]) <= Fraction(row["bound"]) for row in rows if row["measured"])


def test_a_rational_reads_back():
    assert all(Fraction(rational(fmpq(p, q))) == Fraction(p, q) for p in (-7, 1, 10**9) for q in (1, 3, 40, 2**20))


def test_a_polygon_is_cut_by_half_planes():
    inside = polygons.clipped((0, 2, 0, 2), [(arb(1), arb(-1), arb(0)), (arb(-1), arb(0), arb(2))])
    assert {(float(x), float(y)) for x, y in inside} == {(1, 0.5), (1, 2), (0, 2), (0, 0.5)}
    assert polygons.clipped((0, 2, 0, 2), [(arb(-3), arb(1), arb(0))]) == []


def test_the_region_is_smaller_than_if_the_flags_were_one():
    rows = [row for row in drawing("region").rows if row["plane"] == "n = 100"]
    betas = {what: max(row["x"] for row in rows if row["what"] == what) for what in ("right", "if the flags were 1")}
    with ctx.workprec(BITS):
        assert betas["right"].overlaps(100 * arb(1).tanh() - 100 + arb(0, 1e-60))
    assert betas["if the flags were 1"].contains(0)


# The machine.


def test_every_transition_is_an_arrow():
    rows = drawing("machine").rows
    assert len(rows) == 24 and {row["adds"] for row in rows if row["from"] == "not bad"} == {"+1"}
    assert ("not", "good", "not good") in {(row["from"], row["word"], row["to"]) for row in rows}
    heads = [patch for patch in drawing("machine").figure.axes[0].patches if type(patch).__name__ == "FancyArrowPatch"]
    assert len(heads) == 2 * len(rows)


def test_one_situation_is_in_the_middle():
    assert machine.circle(1) == [(0, 0)] and len({*machine.circle(5)}) == 5


# Files.


@pytest.mark.slow
def test_two_drawings_have_the_same_bytes():
    first, second = (files_of("machine", machine.draw(construction(), "S2"), ("svg", "pdf")).files for _ in range(2))
    assert first == second


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_a_file_says_nothing_of_machine_or_day(name):
    text = files(name).files[f"{name}.svg"]
    assert not [word for word in (b"dc:date", b"/tmp", b"/work", b"/home", str(ROOT).encode()) if word in text]


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    write(tmp_path, {"a.csv": b"old"})
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(InputError, match="no space left"):
        write(tmp_path, {"a.csv": b"new"})
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.csv", b"old")]


def refuse(*_: object) -> None:
    raise OSError(28, "no space left")


def plot(*words: str, folder: Path) -> int:
    return main(["plot", *words, "-o", str(folder)])


@pytest.mark.slow
def test_check_finds_what_was_changed(tmp_path, capsys):
    assert plot("machine", folder=tmp_path) == ExitCode.OK
    assert plot("machine", "--check", folder=tmp_path) == ExitCode.OK
    table = tmp_path / "machine.csv"
    table.write_text(table.read_text().replace("+1", "+2", 1))
    (tmp_path / "machine.svg").unlink()
    capsys.readouterr()
    assert plot("machine", "--check", folder=tmp_path) == ExitCode.REFUTED
    out = capsys.readouterr().out
    assert "machine.csv differs from line 10 on" in out and "machine.svg is not there" in out


def test_check_compares_no_picture_of_another_matplotlib(tmp_path):
    ours, theirs = (drawn_with(version) for version in ("3.11.2, FreeType 2.14", "3.11.2, FreeType 2.6"))
    write(tmp_path, {"a.svg": theirs, "a.csv": b"1\n"})
    now = {"a.svg": ours, "a.csv": b"1\n"}
    assert [*differences(tmp_path, now)] == [] and foreign(tmp_path, now) == ["a.svg"]
    now = {"a.svg": theirs + b" ", "a.csv": b"2\n"}
    assert [name for name, _ in differences(tmp_path, now)] == ["a.svg", "a.csv"] and foreign(tmp_path, now) == []
    assert [*differences(tmp_path, {"b.svg": ours})] == [("b.svg", "is not there")]


def drawn_with(version: str) -> bytes:
    """The line of an svg that says so."""
    return f"<dc:title>symlstm, Matplotlib {version}</dc:title>".encode()


def test_a_picture_says_what_drew_it():
    assert f"<dc:title>{drawn_by()}</dc:title>".encode() in files("cell").files["cell.svg"]
    assert re.fullmatch(rb"symlstm, Matplotlib [\d.]+, FreeType [\d.]+", drawn_by().encode())


@pytest.mark.slow
def test_the_index_shows_every_picture():
    page = index([files("machine"), files("cell")]).decode()
    assert "](machine.svg)" in page and drawing("cell").caption in page


@pytest.mark.slow
def test_the_committed_figures_are_what_is_drawn_now():
    """What `symlstm plot --check` does, with the figures that are at hand."""
    now = {name: data for figure in FIGURES for name, data in files(figure).files.items()}
    now["README.md"] = index([files(figure) for figure in FIGURES])
    assert [*differences(ROOT / "figures", now)] == []
    assert {path.name for path in (ROOT / "figures").iterdir()} == {*now}


# Refusals.


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["gate"], ExitCode.USAGE, "try     gates"),
        (["cell", f"{GALLERY}/parity.toml"], ExitCode.USAGE, "for a network: gates, error_by_scale"),
        (["machine", "--data", "xlsx"], ExitCode.USAGE, "some of csv"),
        (["machine", "--format", "gif"], ExitCode.USAGE, "svg,pdf,png"),
        (["no/such/network.toml"], ExitCode.USAGE, "no such file"),
        (["gates", f"{GALLERY}/parity.toml"], ExitCode.OPEN, "held by a gate below 1"),
        (
            ["gates", f"{GALLERY}/parity_in_a_sigmoid_rnn.toml"],
            ExitCode.USAGE,
            "an LSTM: the gates of other cells are not drawn",
        ),
    ],
)
def test_refusals(words, code, message, tmp_path, capsys):
    assert plot(*words, folder=tmp_path) == code
    assert message in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_drawn(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert plot("region", folder=tmp_path / "file") == ExitCode.USAGE
    assert "a folder that can be written to" in capsys.readouterr().err


@pytest.mark.slow
def test_a_network_of_ones_own(tmp_path):
    assert plot("gates", "machine", f"{GALLERY}/signed_counter.toml", folder=tmp_path) == ExitCode.OK
    names = [f"signed_counter-{figure}.{form}" for figure in ("gates", "machine") for form in ("csv", "svg")]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


@pytest.mark.slow
def test_of_a_network_the_figures_that_make_sense_are_drawn(tmp_path, capsys):
    """With no figure named, what cannot be drawn is said once, with its reason, and is no failure."""
    assert plot(f"{GALLERY}/parity.toml", folder=tmp_path) == ExitCode.OK
    assert {path.stem for path in tmp_path.iterdir()} == {"parity-machine", "parity-float_reach"}
    err = capsys.readouterr().err
    assert err.startswith("symlstm: parity-gates, parity-error_by_scale, parity-error_by_length: ")
    assert err.count("held by a gate below 1") == 1


def test_curves_that_end_together_share_a_name():
    ends = {4: (1.0, -10.0), 16: (1.0, -10.1), 64: (1.0, -3.0)}
    named = [(text, height) for text, height, _ in error_by_scale.names(ends, (-12.0, 0.0))]
    assert named == [(r"$T=4\ldots16$", -10.0), ("$T=64$", -3.0)]


# From Python.


def test_there_is_a_function_for_every_figure():
    functions = {name for name, value in inspect.getmembers(figures, inspect.isfunction) if name in figures.__all__}
    assert functions == {*figures.__all__} == {*FIGURES}


def test_a_function_takes_a_network_of_ones_own():
    shown = figures.machine(construction())
    assert len(shown.axes[0].patches) == len(drawing("machine").figure.axes[0].patches)


@pytest.mark.slow
def test_a_figure_keeps_its_style_where_it_is_saved(monkeypatch):
    """Outside the package's style, with whatever matplotlibrc: the letters and ticks stay as they are."""
    monkeypatch.setattr(figures, "shipped", script)
    file, shown = io.BytesIO(), figures.region()
    shown.savefig(file, format="svg")
    fonts = {*re.findall(rb'id="([A-Za-z]+)-', file.getvalue())}
    assert b"STIXGeneral" in fonts and not [name for name in fonts if name.startswith(b"DejaVu")]
    with paper():
        meant = [ticks_in_view(axes) for axes in drawing("region").figure.axes]
    assert [ticks_in_view(axes) for axes in shown.axes] == meant != [[], []]


def ticks_in_view(axes) -> list[float]:
    low, high = axes.get_ylim()
    return [place for place in axes.get_yticks() if low <= place <= high]


@pytest.mark.slow
def test_nothing_is_imported_before_it_is_needed_and_no_display_ever():
    code = """
import sys
from symlstm import figures
import symlstm.cli.plot
heavy = {"matplotlib", "sympy", "flint", "numpy"}
assert not heavy & {*sys.modules}, heavy & {*sys.modules}
figures.cell()
assert "matplotlib" in sys.modules and "matplotlib.pyplot" not in sys.modules
"""
    without = {name: value for name, value in os.environ.items() if name != "DISPLAY"} | {"MPLBACKEND": "TkAgg"}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=without, check=True)


# The boxes of a decision


@cache
def boxes_of_tomita_4() -> Drawing:
    return of_network("boxes", construction_named(str(PROOFS / "trained" / "tomita_4.safetensors")), "Tomita 4")


@pytest.mark.slow
def test_each_box_is_on_its_side_of_the_threshold():
    rows = boxes_of_tomita_4().rows
    assert {row["says"] for row in rows} == {"accepted", "rejected"}
    for row in rows:
        assert row["left"] > row["threshold"] if row["says"] == "accepted" else row["right"] < row["threshold"]
    patches = [patch for patch in boxes_of_tomita_4().figure.axes[0].patches if type(patch).__name__ == "Rectangle"]
    assert len(patches) == len(rows)


def test_runs_lie_in_the_boxes():
    """In float64, on random words: the readout is in a box of what the language says."""
    made, source = construction_named(str(PROOFS / "trained" / "tomita_4.safetensors")), random.Random(1)
    for _ in range(20):
        words = source.choices(made.network.vocabulary, k=source.randint(1, 60))
        read = run_floats(made.network, words).readout[-1]
        says = "rejected" if "000" in "".join(words) else "accepted"
        own = [row for row in boxes_of_tomita_4().rows if row["says"] == says]
        assert any(float(row["left"]) - 1e-9 <= read <= float(row["right"]) + 1e-9 for row in own)


@pytest.mark.slow
def test_the_boxes_are_drawn_alike_twice(tmp_path):
    first, second = (files_of("boxes", boxes_of_tomita_4(), ("svg",), ("csv",)).files for _ in range(2))
    assert first == second
    assert plot("boxes", f"{PROOFS}/trained/tomita_1.safetensors", folder=tmp_path) == ExitCode.OK
    assert {path.name for path in tmp_path.iterdir()} == {"tomita_1-boxes.svg", "tomita_1-boxes.csv"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["boxes"], ExitCode.USAGE, "a network to draw it of"),
        (["boxes", f"{GALLERY}/parity.toml"], ExitCode.USAGE, "a decision by a threshold"),
        (["boxes", f"{GALLERY}/decisions/majority.toml"], ExitCode.OPEN, "no boxes that prove the decision at k = 1"),
    ],
)
def test_boxes_refuse(words, code, message, tmp_path, capsys):
    assert plot(*words, folder=tmp_path) == code
    assert message in capsys.readouterr().err


# Published and built networks.

KNOWN = {  # in closed form, from the files
    "minsky-3/2": "50",
    "hewitt-rnn": "10000",
    "homework-100": "50*(2*tanh(1) - 1)",
    "hao-count": "50*(2*tanh(tanh(7/10)) - 1)",
}


def test_the_margin_of_a_published_network_is_that_of_its_nearest_gate():
    rows = {row["claim"]: row for row in drawing("margins").rows}
    with ctx.workprec(100):
        for name, text in KNOWN.items():
            assert rows[name]["margin"].overlaps(constant_ball(parse_entry(text, name), 100))


def test_a_published_network_that_is_not_certified_at_its_scale_is_not_drawn():
    names = script("published/published").names
    small = replace(names["BY_ID"]["homework-10"], least="0.1")
    with pytest.raises(RuleError, match=r"homework-10.*no certificate at k = 0\.1"):
        [*margins.data([small], names["SHORT"])]


def test_a_built_network_is_drawn_with_its_theorem_only():
    found = script("built/built")
    example = found.names["EXAMPLES"][0]
    [row] = built.data([example], found)
    assert (row["states"], row["units"]) == (2, example.built.construction.network.hidden)
    unknown = SimpleNamespace(
        id=example.id, built=replace(example.built, at_weights=AtScale(Fraction(1), reason="not known"))
    )
    with pytest.raises(RuleError, match="no theorem about every length"):
        [*built.data([unknown], found)]
