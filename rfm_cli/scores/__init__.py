"""Scores: cutoffs are found from counts of values, kept, saved and applied; nothing here depends on row order.

`rules` finds the cutoffs of one axis, `fit` those of all three, `cutfile` reads and writes them, `apply` turns
measures into scores.
"""
