"""Shortcuts for large files: the same measures as `measures.customers`, by integer arithmetic over blocks of rows.

Polars decodes and converts, block by block and on all cores; meanwhile numpy adds each row to its customer's slot:
`columns` (which numbers a row becomes) -> `ids` (an id as a number) -> `slots` (a number as a place) -> `grouping`
(rows as orders) -> `totals` (what a customer adds up to) -> `tally` (the pass). Nothing is assumed: whatever a shortcut
needs is proved on every row while it is read, and where the proof fails the plain way of `measures` answers.
"""
