"""TRUSTED: statements about networks on every word sequence, and the checks that prove them."""
