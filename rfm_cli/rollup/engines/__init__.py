"""Engines other than Polars that can make a roll-up: DuckDB and Spark Connect servers.

`session` names the engine and connects to a server. `sources` opens the tables: `facts` chooses the columns and checks
their types, `duck` and `spark` turn them into typed rows. In a first pass `facts` finds the scale of the money and
counts rejected rows. `build` runs all of it and the kernel.
"""
