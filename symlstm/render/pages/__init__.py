"""Pages for a browser: one file each, from a file:// address, nothing from the network."""
