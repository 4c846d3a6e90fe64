"""UNTRUSTED: what a network decides, by families of situations; and the first shortest word on which it is wrong."""
