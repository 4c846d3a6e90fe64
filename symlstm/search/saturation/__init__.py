"""UNTRUSTED: the saturated automaton, its rates, and whether it computes the specification."""
