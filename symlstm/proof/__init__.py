"""Claims, and lemmas that are derived from the kernel's rules.  UNTRUSTED."""
