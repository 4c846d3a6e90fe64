"""Formulas as small trees, and their printers."""
