"""What theorems say, as formulas and as text."""
