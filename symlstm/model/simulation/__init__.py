"""A network in numbers: floats, balls of any precision, decimals."""
