"""Customers chosen by expressions, for commands and Python alike: what expressions ask is put together here.

`world` joins the scored customers with the linked tables, the named segments and the `sets` that lie outside of the
language: who is reachable, in a file, in a snapshot. `columns` are those of `--with` and `--items`, `history` says
since when customers are where they are, and `select` is the door for Python.
"""
