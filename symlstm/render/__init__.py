"""Reads theorems and writes text, LaTeX, HTML, PDF and figures. Makes no theorem."""
