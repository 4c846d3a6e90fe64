"""How theorems, results, networks and automata show themselves at a prompt and in a notebook."""
