"""Fuzz targets, one a family of theorems: each makes a case from a seed and judges what is said of it by other means."""

from __future__ import annotations

from collections.abc import Callable

from fuzz import automation, certificates, embeddings, growth, networks, printing, regions, terms

FAMILIES: dict[str, Callable[[int], str]] = {
    family.NAME: family.check
    for family in (automation, certificates, embeddings, growth, networks, printing, regions, terms)
}
