"""Segments in words: a text that says who, from its letters to the customers that it is true of.

The way through the room: `lexing` finds the words of a text, `parse` makes their tree (`nodes`) by `grammar.lark`: for
each rule `building` makes a node of its `parts`, which knows its letters (`spans`), and `written` has the tree with its
text. `checks` and `limits` refuse what cannot be asked. Where a text is no expression, `syntax_errors` says what could
be there; the `habits` know what people write who know other languages, and `hints` what a name meant. An error points
at the letters it is about (`faults`).

`canonical` writes a tree as one text again, `clauses` parts it, `remarks` tells how it is read. `definitions` reads the
named segments and axes of rfm.toml (`named`). `linked` opens the tables that an expression may ask, with the columns of
their rows (`columns`).

`evaluate` gives true, false or unknown for each customer of a `world`: `conditions` and `values` turn the tree into
expressions over columns (`typed`), `lookups` finds what a name means at its place (`scope`), `compare`, `windows`,
`texts` and `numbers` know how values are compared. `questions` asks rows of linked tables, by one group_by for each
table and link (`aggregates`), `pairs` joins rows, `sets` are customers from elsewhere. `run` is the state of one
evaluation, and `collecting` its plan.
"""
