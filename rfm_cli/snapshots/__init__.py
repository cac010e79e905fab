"""Snapshots: the scored customers of a date, kept as they were then.

A store is a folder with one partition a date, `as_of=2024-12-31/customers.parquet`. Each file tells in its own metadata
under which scheme and cutoffs it was taken, and of which inputs (`told.py`). `store.py` writes, lists and reads them,
`past.py` makes of them what commands that look back take in place of orders.
"""
