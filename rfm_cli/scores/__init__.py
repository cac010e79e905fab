"""Scores: cutoffs are found from counts of values, kept, saved and applied; no result depends on the order of rows.

`rules` finds the cutoffs of one axis, `fit` those of all three, `cutoffs` is what they are, `cutfile` reads and writes
them, `apply` turns measures into scores, codes and segments.
"""
