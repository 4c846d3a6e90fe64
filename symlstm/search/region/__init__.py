"""UNTRUSTED: the parameters at which a network is right, cell by cell."""
