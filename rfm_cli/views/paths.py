"""The paths of customers over a chain of dates: `rfm migrate --paths`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from rfm_cli.history.states import NOT_YET, Moves
from rfm_cli.views.view import share

Walk = tuple[int | None, ...]
"""The numbers of the states of a path, None for Not yet a customer."""


@dataclass(frozen=True)
class Paths:
    """Paths of customers over a chain of dates: their `rows` as files hold them, and the states of each, in order.

    `states` are kept beside the rows, since the name of a state may hold the mark that joins names in a text.
    """

    rows: pl.DataFrame
    states: pl.Series


def paths_along(links: Iterable[Moves]) -> Paths:
    """Return the paths of customers over a chain of dates, the most common first: path, customers, customers_share.

    A path names the states of a customer one after the other; a state that lasts over several dates is named once.
    Paths with equally many customers are in the order of their text; paths of one text are one row.
    """
    walked: pl.DataFrame | None = None
    names: Sequence[str] = ()
    numbers: dict[Walk, int] = {}
    for link in links:
        names = link.states.names
        if walked is None:
            walked = link.customers.select("customer", path=pl.lit(None, pl.UInt32))
        # Customers who are new at this link have no path yet.
        joined = link.customers.join(walked, on="customer", how="left")
        # Many customers take few ways, so that only the number of a path goes along with each customer.
        ways = joined.select("path", "before", "after").unique()
        further = pl.Series("further", _further(ways, numbers), dtype=pl.UInt32)
        went = joined.join(ways.with_columns(further), on=ways.columns, nulls_equal=True)
        walked = went.select("customer", path="further")
    assert walked is not None
    counts = dict(walked.group_by("path").len().iter_rows())
    lines = [
        ([NOT_YET if state is None else names[state] for state in walk], counts[number])
        for walk, number in numbers.items()
        if number in counts
    ]
    return _in_order(pl.DataFrame(lines, schema={"states": pl.List(pl.String), "customers": pl.Int32}, orient="row"))


def _further(ways: pl.DataFrame, numbers: dict[Walk, int]) -> list[int]:
    """Return the number of the path that each way (path, before, after) leads to, and number the new paths."""
    known = list(numbers)
    found = []
    for path, before, after in ways.iter_rows():
        walk = (before,) if path is None else known[path]
        found.append(numbers.setdefault(walk if before == after else (*walk, after), len(numbers)))
    return found


def _in_order(walked: pl.DataFrame) -> Paths:
    """Return the paths (states, customers) as rows, those of one text together."""
    texts = walked.with_columns(path=pl.col("states").list.join(" > "))
    # Two paths may have one text; the states are those of the commoner one.
    ordered = texts.sort("customers", "path", "states", descending=[True, False, False])
    merged = ordered.group_by("path", maintain_order=True).agg(pl.col("customers").sum(), pl.col("states").first())
    rows = merged.sort("customers", "path", descending=[True, False])
    shares = rows.select("path", "customers", customers_share=share(pl.col("customers")))
    return Paths(shares, rows["states"])
