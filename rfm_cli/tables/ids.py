"""Ids of customers, folded value by value, and the ids that are no customer.

An e-mail address (x@y.z: one @, no blanks, a dot in the part behind it) is in lower case: that of Unicode, since case
folding would make one mailbox of ß and ss. A whole number written as a float (17850.0 or -5.00, as pandas and
spreadsheets do) loses the dot and the zeros behind it, as in a Parquet file of floats. 017850.0 stays, since no float
is written so, and all other ids stay as they are written.

Most files have no such id. A pass is made with ids as written, and the ids of its answer show whether any would change:
only then the pass is made again with all of them folded. So clean files pay for one look at each distinct id.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.notes import counted
from rfm_cli.tables.column_types import id_of, id_type

if TYPE_CHECKING:
    from rfm_cli.tables.options import Ids, ReadOptions

ADDRESS = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
"""A trimmed text that is an e-mail address."""
FLOAT = r"^(0|-?[1-9][0-9]*)\.0+$"
"""A trimmed text that is a whole number with zeros behind a dot, as floats are written."""
UPPER = "upper_ids"
"""The name among the proofs of a pass for the number of its ids that are not in lower case, where it is known."""


def folded(text: pl.Expr) -> pl.Expr:
    """Return trimmed ids of text with addresses in lower case, and without the .0 of whole numbers.

    >>> pl.select(folded(pl.lit(pl.Series(["Anna@X.de", "17850.0", "ABC", "007.0"])))).to_series().to_list()
    ['anna@x.de', '17850', 'ABC', '007.0']
    """
    address = text.str.contains(ADDRESS)
    return pl.when(address).then(text.str.to_lowercase()).otherwise(text.str.replace(FLOAT, "$1"))


def one_folded(text: str, rule: Ids) -> str:
    """Return one id that a user has given as the ids of tables under a rule are read."""
    return text if rule == "exact" else str(pl.select(folded(pl.lit(text))).item())


def odd_ones(ids: pl.Series, upper: pl.Series | None = None) -> pl.Series:
    """Return the ids of text that change when they are folded; integers never do. `upper` are those of `not_lower`,
    where they are known."""
    if ids.dtype != pl.String:
        return ids.clear()
    # The cheap tests come first, since most ids are neither in upper case nor end in a zero.
    ends, upper = ids.filter(ids.str.ends_with("0")), not_lower(ids) if upper is None else upper
    return pl.concat([ends.filter(ends.str.contains(FLOAT)), upper.filter(upper.str.contains(ADDRESS))])


def not_lower(ids: pl.Series) -> pl.Series:
    """Return the ids of text that are not in lower case."""
    return ids.filter(ids != ids.str.to_lowercase()) if ids.dtype == pl.String else ids.clear()


def id_in(heading: str, dtype: pl.DataType, where: str, options: ReadOptions, met: set[str] | None = None) -> pl.Expr:
    """Return the id of a customer in a table beside the orders: Int64 or folded text; null for one that is no customer.

    The ids, as written, that changed are added to `met`.
    """
    found, kind = id_of(heading, dtype, where), id_type(dtype)
    if options.ids == "folded" and kind == pl.String:

        def folded_where_odd(texts: pl.Series) -> pl.Series:
            odd = odd_ones(texts)
            if met is not None:
                met.update(odd)
            # A fold costs more than a look, and most batches need none.
            return texts if odd.is_empty() else pl.select(folded(pl.lit(texts))).to_series()

        found = found.map_batches(folded_where_odd, return_dtype=pl.String, is_elementwise=True)
    return without(found, kind, no_customers(options), options.ids)


def places_in(among: pl.Series, ids: pl.Series) -> pl.Series:
    """Return the place of each id among others, which differ; null where it is not one of them. Both are texts.

    Ids that are all whole numbers are looked up as such, at half the cost of texts.
    """
    wanted, others = whole_numbers(ids), whole_numbers(among)
    if wanted.null_count():
        wanted, others = ids, among
    table = pl.DataFrame({"id": others, "place": pl.int_range(len(others), dtype=pl.UInt32, eager=True)})
    return pl.DataFrame({"id": wanted}).join(table, on="id", how="left", maintain_order="left")["place"]


def whole_numbers(ids: pl.Series) -> pl.Series:
    """Return ids of text as whole numbers, null where one is not written as such.

    >>> whole_numbers(pl.Series(["7", "-5", "007", "1e3", "x"])).to_list()
    [7, -5, None, None, None]
    """
    numbers = ids.cast(pl.Int64, strict=False)
    return numbers.set(numbers.cast(pl.String) != ids, None)


def must_fold(ids: pl.Series, options: ReadOptions) -> bool:
    """Return whether some id changes when it is folded, and the user wants that."""
    return options.ids == "folded" and len(odd_ones(ids)) > 0


def without(column: pl.Expr, dtype: pl.DataType, names: Sequence[str], rule: Ids) -> pl.Expr:
    """Return ids with those that are no customer as null; integers are compared as their digits, texts as folded and
    whatever their case, or as they are written where the rule is that."""
    if not names:
        return column
    if dtype == pl.String:
        # Folded here as well, so that the rule counts alike in a pass that has met no odd id yet.
        compared = column.str.to_lowercase().str.replace(FLOAT, "$1") if rule == "folded" else column
        return pl.when(~compared.is_in(list(names))).then(column)
    numbers = [int(name) for name in names if name.lstrip("-").isdecimal() and str(int(name)) == name]
    return pl.when(~column.is_in([number for number in numbers if abs(number) < 2**63])).then(column)


def no_customers(options: ReadOptions) -> tuple[str, ...]:
    """Return the ids that are no customer, in the form in which they are compared."""
    return as_compared(options.no_customer, options.ids)


def as_compared(names: Sequence[str], rule: Ids) -> tuple[str, ...]:
    """Return ids that are no customer in the form in which they are compared under a rule.

    >>> as_compared(["Guest", "0.0", " NULL "], "folded"), as_compared(["Guest"], "exact")
    (('guest', '0', 'null'), ('Guest',))
    """
    bare = [name.strip() for name in names]
    if not bare or rule == "exact":
        return tuple(bare)
    return tuple(pl.Series(bare).str.to_lowercase().str.replace(FLOAT, "$1"))


def by_case(ids: pl.Series) -> tuple[int, tuple[str, str] | None]:
    """Count the distinct ids that differ from another one in case alone, and return the first two of these by text."""
    if ids.dtype != pl.String:
        return 0, None
    # At least one of two such ids is not in lower case, and most files have none of these.
    if not_lower(ids).is_empty():
        return 0, None
    once = ids.drop_nulls().unique()
    lower = once.str.to_lowercase()
    if lower.n_unique() == len(lower):
        return 0, None
    table = pl.DataFrame({"id": once, "lower": lower}).filter(pl.col("lower").is_duplicated())
    first = table.sort("lower", "id").head(2)["id"]
    return table.height, (str(first[0]), str(first[1]))


def in_words(written: pl.Series) -> str | None:
    """Return in words how many distinct ids, as they are written, became others and fewer; None where none changes."""
    odd = odd_ones(written)
    if odd.is_empty():
        return None
    after = int(pl.select(folded(pl.lit(written)).n_unique()).item())
    fewer = len(written) - after
    made = f"{counted(len(written), 'id')} became {after:,}" if fewer else "no two became one"
    how = "addresses in lower case, 17850.0 as 17850"
    return f"{counted(len(odd), 'id')} folded ({how}; --ids exact keeps all as written): {made}"
