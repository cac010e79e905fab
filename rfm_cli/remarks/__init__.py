"""Remarks of a run on stderr: what was detected, what was left out, what to look at.

`tables` has those on tables as they are opened, `orders` those on the rows of orders, `people` those on customers that
other tables know, and `ids` those on ids and cells that were read as others than they are written.
"""
