"""Limits on a process, where the system has them."""

from __future__ import annotations

from collections.abc import Mapping

GIB = 1 << 30
JUDGE = {"RLIMIT_AS": 4 * GIB, "RLIMIT_CORE": 0}  # of a process that judges a file
STUDENT = {"RLIMIT_AS": 2 * GIB, "RLIMIT_CORE": 0, "RLIMIT_FSIZE": 8 << 20}  # of one that runs a student's Python


def limit(limits: Mapping[str, int]) -> None:
    """Sets limits on this process for good, never above what it has."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, most in limits.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))
