"""TRUSTED: the rules that make theorems.

Inside the trusted base beside this folder: exact rationals and Arb balls (python-flint),
SymPy's symbols as names and, for the small steps and for regions, its expression constructors,
and the facts stated in `symlstm.model.activations`.
Outside it: everything else, SymPy's limit, simplify, solve and series before all.
"""
