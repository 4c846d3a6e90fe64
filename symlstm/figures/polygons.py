"""Convex polygons cut by half planes, with corners in balls."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb

Box = tuple[int, int, int, int]  # left, right, low, high
Vertex = tuple[arb, arb]
Side = tuple[arb, arb, arb]  # (a, b, c): the half plane 0 < a + b x + c y


def clipped(window: Box, sides: Sequence[Side]) -> list[Vertex]:
    """The corners of the part of a window inside all half planes (Sutherland and Hodgman 1974); none if it is empty."""
    left, right, low, high = map(arb, window)
    corners = [(left, low), (right, low), (right, high), (left, high)]
    for side in sides:
        corners = cut(corners, side)
    return corners


def cut(corners: Sequence[Vertex], side: Side) -> list[Vertex]:
    """The part of a convex polygon in a half plane."""
    a, b, c = side
    heights = [a + b * x + c * y for x, y in corners]
    kept: list[Vertex] = []
    for n, (x, y) in enumerate(corners):
        (u, v), before, here = corners[n - 1], heights[n - 1], heights[n]
        if (before > 0) != (here > 0):
            share = before / (before - here)
            kept.append((u + share * (x - u), v + share * (y - v)))
        if here > 0:
            kept.append((x, y))
    return kept
