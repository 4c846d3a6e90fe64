"""UNTRUSTED: what a network does at one scale, at every length: boxes, horizons, words on which it is wrong."""
