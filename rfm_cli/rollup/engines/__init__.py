"""Engines other than Polars that can make a roll-up: DuckDB and Spark Connect servers.

`engine` names the engine. `sources` opens the tables: `fields` chooses the columns and checks their types, `duck`
and `spark` turn them into the kernel's rows, `session` connects to a server. `facts` finds the scale of the money and
counts rejected rows in a first pass. `build` runs all of it and the kernel.
"""
