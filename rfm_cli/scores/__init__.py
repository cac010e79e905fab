"""Scores: cutoffs are found from counts of values, kept, saved and applied; no result depends on the order of rows.

`fit` finds the cutoffs of all axes, `cutoffs` is what they are, by which rules they are found, and how they turn
measures into scores, codes and segments; `cutfile` reads and writes them.
"""
