"""Shortcuts for large files: the same measures and steps as the plain way's, by integer arithmetic on blocks of rows.

Polars decodes and converts, block by block and on all cores; meanwhile numpy adds each row to its customer's slot.
Nothing is assumed: whatever a shortcut needs is proved on every row while it is read, and where the proof fails the
plain way of `measures` and `history.steps` answers. In the order in which a row meets them:

- `ways` looks at the first rows, and says which shortcuts to try;
- `columns` turns files into columns of numbers, with `ids` (an id as a number), `texts` (any other id) and `dates`;
- `tally` is the pass: it judges each `block` of rows, and counts them by rule;
- `slots` gives each customer a small number;
- `grouping` makes rows orders where files are in order, `scattered` where they are not;
- `totals` adds up a stretch of days by slot, `daily` keeps single days;
- `allocator` has the memory of large arrays used again;
- `customers` and `steps` give the result the columns of the plain way, `order` sorts ids by their text;
- `spells` counts stays in a state from steps.
"""
