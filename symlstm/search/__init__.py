"""UNTRUSTED: finds what the kernel checks. A mistake here costs a proof, never a false one."""
