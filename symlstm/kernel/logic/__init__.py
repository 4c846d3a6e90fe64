"""TRUSTED: statements about real numbers, and the small steps between them."""
