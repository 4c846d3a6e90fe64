"""A run of a network as a page: for each word every gate, coloured by where it stands, and the step in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from symlstm.render.pages.page import level, page, table, wide
from symlstm.render.statements.board import Board, short

LEGEND = {
    "open": "tends to 1",
    "closed": "tends to 0",
    "negative": "tends to -1",
    "between": "tends to another number: not saturated",
    "unknown": "not known",
}


def trace_page(title: str, record: Mapping[str, Any], boards: Sequence[Board]) -> str:
    """The page of what `run --trace --json` prints, with each word's step in full."""
    words = " ".join(record["words"])
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>k = {escape(record['scale'])}, words: <b>{escape(words)}</b></p>",
        _readout(record),
        '<p class="legend">' + "".join(f'<span class="{kind}">{says}</span>' for kind, says in LEGEND.items()) + "</p>",
        *(_word(n, step, board) for n, (step, board) in enumerate(zip(record["trace"], boards, strict=True), 1)),
    ]
    return page(f"{title}: {words}"[:120], "\n".join(body))


def _readout(record: Mapping[str, Any]) -> str:
    """The readout after the last word; what there is not, with the reason."""
    rows = []
    for name, found in record["readout"].items():
        says = f"none: {' '.join(record['reasons'].get(name, '').split())}" if found is None else _said(found)
        rows.append([name.replace("_", " "), says])
    return table(("readout after the last word", ""), rows, "prose")


def _said(value: Any) -> str:
    """A value, or that of each output by name."""
    return ", ".join(f"{name} {x}" for name, x in value.items()) if isinstance(value, Mapping) else str(value)


def _word(n: int, step: Mapping[str, Any], board: Board) -> str:
    """One word's gates, states and readout."""
    head = f"<h2>word {n}: {escape(step['word'])}</h2>"
    return f"<section>{head}{_gates(step['gates'])}{_states(step)}{_full(board)}</section>"


def _gates(gates: Sequence[Mapping[str, Any]]) -> str:
    """Units down, gates across."""
    places = {(gate["name"].rpartition("_")[2], gate["name"].rpartition("_")[0]): gate for gate in gates}
    units, letters = (list(dict.fromkeys(place[side] for place in places)) for side in (0, 1))
    head = "".join(f"<th>{escape(letter)}</th>" for letter in letters)
    rows = "".join(
        f'<tr><th scope="row">{escape(unit)}</th>{"".join(_cell(places.get((unit, letter))) for letter in letters)}</tr>'
        for unit in units
    )
    return wide(f"<table><thead><tr><th>unit</th>{head}</tr></thead><tbody>{rows}</tbody></table>") if gates else ""


def _cell(gate: Mapping[str, Any] | None) -> str:
    if gate is None:
        return "<td></td>"
    limit = "limit not known" if gate["limit"] is None else f"limit {gate['limit']}"
    margin = "" if gate["margin"] is None else f", margin {gate['margin_value']:.5g} k"
    small = f"<small>of {short(gate['preactivation'])}</small><small>{escape(limit + margin)}</small>"
    return f'<td class="{level(gate)}">{short(gate["value"])}{small}</td>'


def _states(step: Mapping[str, Any]) -> str:
    """Coordinates and readout after the word."""
    names = [(f"{kind}_{j}", value) for kind in ("h", "c") for j, value in enumerate(step[kind] or (), 1)]
    shown = [*((name, short(value)) for name, value in names), ("readout", _said(step["float64"]))]
    shown += [(name, _said(step[name])) for name in ("limit", "decision", "specified") if name in step]
    return table([name for name, _ in shown], [[value for _, value in shown]])


def _full(board: Board) -> str:
    """The step as on a board, folded."""
    rows = [[line.name, f"= {line}", line.limit] for line in board.lines()]
    inside = f"<p>{escape(board.heading)}; before it {escape(board.before)}</p>" + table(("", "", "as k grows"), rows)
    return f"<details><summary>the step in full</summary>{inside}</details>"
