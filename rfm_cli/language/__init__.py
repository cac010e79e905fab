"""Segments in words: a text that says who, from its letters to the customers that it is true of.

The way through the room: `lexing` finds the words of a text, `parse` makes their tree (`nodes`) by `grammar.lark`, and
`checks` and `limits` refuse what cannot be asked. Where a text is no expression, `syntax_errors` says what could be
there; the `habits` know what people write who know other languages, and `hints` what a name meant. An error points at
the letters it is about (`faults`).

`canonical` writes a tree as one text again, `clauses` parts it, `remarks` tells how it is read. `definitions` has the
named segments and axes of rfm.toml. `linked` opens the tables that an expression may ask, with the columns of their
rows (`columns`). `evaluate` gives true, false or unknown for each customer.
"""
