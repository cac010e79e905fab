"""Sets that lie outside of the language: who is reachable, in a file, or in a stored snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.errors import InputError, UsageError
from rfm_cli.language.columns import Column, Kind, LinkedTable
from rfm_cli.language.world import Sets
from rfm_cli.model import Scored
from rfm_cli.notes import Note
from rfm_cli.tables.fields import fold
from rfm_cli.tables.member_files import members_in

if TYPE_CHECKING:  # few expressions ask who is reachable
    from rfm_cli.views.reach import Reach

EXACT = ("customer_id", "rfm")
"""Columns of snapshots whose texts are compared as they are."""


Files = dict[tuple[str, str, str | None], pl.Series]
"""The texts of files of customers by path, folder and column."""


@dataclass(frozen=True, eq=False)
class SetsOf:
    """The sets of scored customers. `store` is the folder of snapshots, `say` takes remarks on what was read.

    `read` has the files that were read already.
    """

    scored: Scored
    store: Path | None = None
    say: Callable[[list[Note]], None] = lambda _: None
    read: Files = field(default_factory=dict)
    reached: dict[str | None, Reach] = field(default_factory=dict)

    def sets(self) -> Sets:
        """Return the sets as expressions ask them."""
        return Sets(self.reachable, self.file, self.snapshot)

    def reachable(self, channel: str | None) -> pl.Series:
        """Return the ids of the customers that a channel reaches, or any channel for None."""
        from rfm_cli.views.insights.reach import remarks_on

        found = self.reach(channel)
        self.say(list(remarks_on(found)))
        return found.customers.filter("reached")["customer_id"]

    def reach(self, channel: str | None = None) -> Reach:
        """Return who is reachable, found once for each channel."""
        from rfm_cli.views.reach import reach_of

        if channel not in self.reached:
            self.reached[channel] = reach_of(self.scored, [channel] if channel else [])
        return self.reached[channel]

    def reached_by_any(self) -> pl.Series:
        """Return whether any channel reaches each customer, in the order of the scores."""
        from rfm_cli.views.reach import reached_of

        return self.reached[None].customers["reached"] if None in self.reached else reached_of(self.scored)

    def file(self, path: str, folder: str, by: str | None) -> pl.Series:
        """Return the texts in a file of customers, which is read once: standard input cannot be read twice."""
        key = (path, folder, by)
        if key not in self.read:
            self.read[key] = members_in(path, folder, by, self.scored.shop.options)
        return self.read[key]

    def snapshot(self, day: date) -> LinkedTable:
        """Return the customers of the stored snapshot of a day; `InputError` that names the nearest days without it."""
        if self.store is None:
            raise UsageError(f"in snapshot {day}: no store of snapshots is given", "give --store DIR")
        from rfm_cli.snapshots import store as snapshots  # with pyarrow, which few expressions need

        days = snapshots.days_in(self.store)
        if days and day not in days:
            raise InputError(f"{self.store}: no snapshot of {day}", f"the nearest: {_nearest(day, days)}")
        return table_of(snapshots.read(self.store, day).rows(), day)


def _nearest(day: date, days: list[date]) -> str:
    """Return the last day before and the first after another one, as far as there are such days."""
    before, after = [one for one in days if one < day][-1:], [one for one in days if one > day][:1]
    return " and ".join(map(str, before + after))


def table_of(rows: pl.DataFrame, day: date) -> LinkedTable:
    """Return the rows of the snapshot of a day as a table of its own name, money in minor units."""
    money = {name: dtype.scale for name, dtype in rows.schema.items() if isinstance(dtype, pl.Decimal)}
    minor = [(pl.col(name) * 10**scale).cast(pl.Int64).alias(name) for name, scale in money.items()]
    frame = rows.with_columns(minor)
    columns = {
        fold(name): Column(name, _kind(name, dtype), frame.schema[name], scale=money.get(name, 0))
        for name, dtype in rows.schema.items()
    }
    return LinkedTable(f"snapshot {day}", frame.lazy(), columns, None, ("customer_id",))


def _kind(name: str, dtype: pl.DataType) -> Kind:
    """Return how the values of a column are compared."""
    if isinstance(dtype, pl.Decimal):
        return "money"
    if dtype == pl.Boolean:
        return "truth"
    if dtype == pl.Date:
        return "day"
    if dtype.is_numeric():
        return "number"
    return "exact" if name in EXACT else "text"
