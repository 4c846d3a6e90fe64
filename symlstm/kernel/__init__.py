"""TRUSTED: the rules that make theorems.

Inside the trusted base beside this folder: exact rationals and Arb balls (python-flint), and of Python's
standard library what tests/test_trust_boundary.py lists. Outside it: everything else, SymPy before all.
"""
