"""What one evaluation finds on its way: texts of columns, named segments, remarks, and the tables that were asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count

import polars as pl

from rfm_cli.language.columns import LinkedTable
from rfm_cli.language.compare import Absent
from rfm_cli.language.file_columns import unreadable
from rfm_cli.language.names import FEW_TEXTS, People
from rfm_cli.language.world import World
from rfm_cli.notes import Note
from rfm_cli.tables.event_days import end_by, name_days
from rfm_cli.tables.events import name_counts

Reasons = dict[str, list[pl.Expr]]
"""When values are missing, by their texts: those of one text are the same value, read in several ways."""


@dataclass
class NamedCondition:
    """A named segment of this run: its column, its condition, and what undecided customers lack.

    `level` is one more than that of the segments that it names.
    """

    column: str
    condition: pl.Expr
    reasons: Reasons
    level: int


@dataclass
class Run:
    """What one evaluation finds on its way: customers' columns, texts of columns, remarks, and the tables asked."""

    world: World
    people: People
    absent: list[Absent] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    tables: dict[str, None] = field(default_factory=dict)
    segments: dict[str, NamedCondition] = field(default_factory=dict)
    unread: dict[tuple[str, str, str], tuple[pl.LazyFrame, pl.Expr, pl.Expr]] = field(default_factory=dict)
    _snapshots: dict[date, LinkedTable] = field(default_factory=dict)
    _texts: dict[tuple[str, str], list[str] | None] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def new_name(self) -> str:
        """Return a name that no column has."""
        return f"(asked) {next(self._numbers)}"

    def texts(self, table: str, column: str, frame: pl.LazyFrame) -> list[str] | None:
        """Return the distinct texts of a column, None where there are many; found once."""
        key = (table, column)
        if key not in self._texts:
            found = self._event_names() if key == ("events", "event") else None
            if found is None:
                found = frame.select(pl.col(column).unique()).collect(engine="streaming").to_series().drop_nulls()
            self._texts[key] = sorted(found) if len(found) <= FEW_TEXTS else None
        return self._texts[key]

    def _event_names(self) -> pl.Series | None:
        """Return the names of events up to the as-of day; None without events."""
        events, as_of = self.world.scored.shop.events, self.world.as_of
        if events is None:
            return None
        if end_by(events, as_of):  # opening the shop has counted them
            return name_counts(events).filter(pl.col("rows") > 0)["event"].unique()
        return name_days(events).filter(pl.col("first") <= as_of)["event"]

    def on_unread(self) -> Iterator[Note]:
        """Remark on texts of linked tables that were read as numbers or dates and are none."""
        for (table, label, what), (frame, text, read) in self.unread.items():
            lost = (
                frame.select(((text.str.strip_chars() != "") & read.is_null()).sum()).collect(engine="streaming").item()
            )
            if lost:
                yield unreadable(f"{table}.{label}", lost, what)

    def remark(self, one: Note) -> None:
        """Keep a remark, once."""
        if one not in self.notes:
            self.notes.append(one)

    def snapshot(self, day: date) -> LinkedTable:
        """Return the customers stored on a day, read once."""
        if day not in self._snapshots:
            self._snapshots[day] = self.world.sets.snapshot(day)
        return self._snapshots[day]
