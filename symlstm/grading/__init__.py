"""Grading: networks that others hand in, against a key that only the instructor writes.

The pipeline: a key (key.py), a submission's network and nothing else of it (submission.py), what can be
proved of the two (judging.py) with a hint for common slips (slips.py), each file in a process of its own
that can be ended (pool.py, worker.py), and the grades as tables and as platforms read them (formats.py).
"""
