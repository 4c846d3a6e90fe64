"""UNTRUSTED: that an LSTM contains a given RNN."""
