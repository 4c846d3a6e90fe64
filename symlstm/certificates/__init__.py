"""Theorems as files that a reader without this program checks again: certificates, a checker in plain Python, Rocq."""
