"""How theorems are proved, as blocks of a document."""
