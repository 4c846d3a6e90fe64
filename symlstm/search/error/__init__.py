"""UNTRUSTED: how wrong a network is at a finite scale: bounds, worst words, horizons."""
