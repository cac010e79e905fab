"""The accelerator: the same steps as `measures.steps` gives, for large files.

`measures.collect` alone calls it, by the function `steps_of` that this module offers. It returns None where it cannot
prove that its answer is right; the plain way answers then. docs/accelerator.md explains the idea. The files, in the
order in which a row meets them:

- `plan` looks at the first rows, tries shortcuts, and falls back; `block` has the error by which a shortcut gives up.
- `columns` turns files into columns of numbers, with `ids` for ids and `dates` for days.
- `ledger` is the pass: it judges each block of rows and counts them by rule.
- `slots` gives each customer a small number.
- `grouping` makes orders of rows where files are in order, `unordered` where they are not.
- `totals` adds up a stretch of days by slot, or each day of it; `sorting` finds places in order, by integers.
- `steps` gives the sums the columns of the plain way.
"""

from rfm_cli.measures.fast.steps import steps_of

__all__ = ["steps_of"]
