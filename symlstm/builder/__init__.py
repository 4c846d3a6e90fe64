"""From a specification to weights: networks of few units, with the scale and length at which they are certified.  UNTRUSTED.

    units       what each unit of a threshold network stands for: one for each word and state that it leads to
    control     a finite automaton as a layer of threshold units, in every cell
    counting    a counter machine, or counts of patterns, as an LSTM: control and counters
    building    the pipeline: specification -> network -> proof -> least scale -> proof at that scale
    writing     the network as a construction file that proves again
    dot         automata in Graphviz' language, in and out

Nothing here is trusted: what a built network does is proved from its weights, as for any other.
"""
