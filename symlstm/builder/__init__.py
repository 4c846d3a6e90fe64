"""From a specification to weights: networks of few units, with the scale and length at which they are certified.  UNTRUSTED.

    threshold_layer  a finite automaton as weights and thresholds of units that are on or off
    units       such a layer, with a unit for each word and state that it leads to
    codes       such a layer, with a set of units for each state: down to log2 of the states, where that can be
    control     a layer of threshold units in every cell
    counting    a counter machine, or counts of patterns, as an LSTM: control and counters
    building    the pipeline: specification -> network -> proof -> least scale -> proof at that scale
    writing     the network as a construction file that proves again
    dot         automata in Graphviz' language, in and out

Nothing here is trusted: what a built network does is proved from its weights, as for any other.
"""
