"""Segments in words: a text that says who, from its letters to the customers that it is true of.

The way through the room: `parse` makes the tree (`nodes`) of a text, `canonical` writes a tree as one text again and
parts it into clauses. `definitions` has the named segments and axes of rfm.toml. `linked` opens the tables that an
expression may ask, with the columns of their rows (`columns`). `evaluate` gives true, false or unknown for each
customer. An error points at the letters it is about (`faults`).
"""
