"""Every cell's equations on NumPy arrays, written here by hand: an oracle that shares nothing with cells.py."""

from __future__ import annotations

from typing import Any

import numpy as np


def sigmoid(x: Any) -> Any:
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


FUNCTIONS = {
    "rnn_tanh": np.tanh,
    "rnn_sigmoid": sigmoid,
    "rnn_relu": lambda x: np.maximum(x, 0),
    "rnn_step": lambda x: (x >= 0).astype(x.dtype),
    "rnn_strict_step": lambda x: (x > 0).astype(x.dtype),
    "rnn_hardsigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "rnn_hardtanh": lambda x: np.clip(x, -1, 1),
}


def step(cell: str, w: Any, x: Any, h: Any, c: Any = None) -> tuple[Any, Any]:
    """(h', c') of one layer: x (..., inputs), h (..., outputs), c (..., units); w has the tensors as attributes."""
    a, u = x @ w.weight_ih.T + w.bias_ih, h @ w.weight_hh.T + w.bias_hh
    if cell in FUNCTIONS:
        return FUNCTIONS[cell](a + u), None
    if cell.startswith("gru"):
        (a_r, a_z, a_n), (u_r, u_z, u_n) = np.split(a, 3, -1), np.split(u, 3, -1)
        r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z)
        if cell == "gru_reset_before":
            u_n = (r * h) @ np.split(w.weight_hh, 3)[2].T + np.split(w.bias_hh, 3)[2]
            return (1 - z) * np.tanh(a_n + u_n) + z * h, None
        return (1 - z) * np.tanh(a_n + r * u_n) + z * h, None
    return _lstm(cell, w, a + u, c)


def _lstm(cell: str, w: Any, a: Any, c: Any) -> tuple[Any, Any]:
    letters = "ifgo" if cell in ("lstm", "lstm_step") else "igo"
    open_, tanh = (FUNCTIONS["rnn_strict_step"], np.sign) if cell == "lstm_step" else (sigmoid, np.tanh)
    gates = dict(zip(letters, np.split(a, len(letters), -1), strict=True))
    sees = [letter for letter in letters if letter != "g"]
    p = (
        dict.fromkeys(sees, 0.0)
        if w.peephole is None
        else dict(zip(sees, np.split(w.peephole, len(sees)), strict=True))
    )
    i = open_(gates["i"] + p["i"] * c)
    forget = {"lstm_coupled": lambda: 1 - i, "lstm_without_forget_gate": lambda: 1.0}
    f = forget.get(cell, lambda: open_(gates["f"] + p["f"] * c))()
    c = f * c + i * tanh(gates["g"])
    h = open_(gates["o"] + p["o"] * c) * tanh(c)
    return (h if w.weight_hr is None else h @ w.weight_hr.T), c
