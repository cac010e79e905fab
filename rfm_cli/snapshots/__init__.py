"""Snapshots: the scored customers of a date, kept as they were then.

A store is a folder with one partition per date, `as_of=2024-12-31/customers.parquet`. Each file has in its own
metadata its scheme and cutoffs, and the inputs that it was made of (`metadata.py`). `store.py` writes, lists and reads
snapshots, `tables.py` makes tables of them, and `source.py` lets commands that look back read them in place of orders.
"""
