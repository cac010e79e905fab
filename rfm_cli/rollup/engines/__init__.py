"""Engines beside Polars that make a roll-up: what each does by its own means before the kernel, and around it.

`fields` says which columns are taken and what they may hold, `duck` and `spark` turn them into the kernel's rows,
`facts` proves the money's scale and counts rejects in a first pass, `roll` goes the whole way.
"""
