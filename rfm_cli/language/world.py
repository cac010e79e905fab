"""The shop that expressions are asked of: scored customers, linked tables, named segments, and sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.language.columns import LinkedTable
from rfm_cli.language.linked import LinkedTables
from rfm_cli.language.written import Definition
from rfm_cli.model import Scored
from rfm_cli.notes import Note
from rfm_cli.tables.options import ENGAGEMENT_DAYS, ENGAGING


def _no_reach(channel: str | None) -> pl.Series:
    """Refuse to say who is reachable."""
    by = f" by {channel}" if channel else ""
    raise UsageError(f"reachable{by} needs customers with addresses", "give --customers FILE")


def _no_file(path: str, folder: str, by: str | None) -> pl.Series:
    """Refuse to read a file of customers."""
    raise UsageError(f"in file {path!r}: no files can be read here")


def _no_snapshot(day: date) -> LinkedTable:
    """Refuse to read a snapshot."""
    raise UsageError(f"in snapshot {day}: no store of snapshots is given", "give --store DIR")


@dataclass(frozen=True)
class Sets:
    """The sets that lie outside the language, as functions that the command gives.

    `reachable` returns the ids (text) of the customers that a channel reaches, or any channel for None. `file` returns
    the texts in a file of customers: path, the folder that it starts at, and the column (None: customer_id). `snapshot`
    returns the customers stored on a day, one row each. They raise `UsageError` and `InputError` as the command does.
    """

    reachable: Callable[[str | None], pl.Series] = _no_reach
    file: Callable[[str, str, str | None], pl.Series] = _no_file
    snapshot: Callable[[date], LinkedTable] = _no_snapshot


@dataclass(frozen=True, eq=False)
class World:
    """What expressions are asked of.

    `segments` and `axes` are those of rfm.toml by folded name; an axis has its name and the names of its segments in
    order. `nearby` are names of segments and axes that an expression could mean and does not name. `history` returns
    customer_id, segment_since and previous_segment. `dated` says whether the user has named the as-of day.
    """

    scored: Scored
    linked: LinkedTables = field(default_factory=lambda: LinkedTables({}, lambda: None))
    segments: Mapping[str, Definition] = field(default_factory=dict)
    axes: Mapping[str, tuple[str, Sequence[str]]] = field(default_factory=dict)
    nearby: Sequence[str] = ()
    sets: Sets = field(default_factory=Sets)
    history: Callable[[], pl.DataFrame] | None = None
    dated: bool = True
    engagement_days: int = ENGAGEMENT_DAYS
    engagement_events: Sequence[str] = ENGAGING

    @property
    def as_of(self) -> date:
        """The as-of day."""
        if self.scored.as_of is None:
            raise UsageError("an expression needs a date", "give --as-of")
        return self.scored.as_of


@dataclass(frozen=True)
class Missing:
    """A value that some undecided customers lack: its name or text, and how many lack it."""

    name: str
    customers: int


@dataclass(frozen=True, eq=False)
class Evaluated:
    """What definitions are for each customer.

    `frame` has customer_id (text), in the order of `scored.frame`, and for each definition a Boolean column, null where
    it is undecided. `missing` has, for each definition, the values that undecided customers lack, in the order of the
    text. `tables` are the linked tables that were asked.
    """

    frame: pl.DataFrame
    missing: Mapping[str, Sequence[Missing]] = field(default_factory=dict)
    notes: Sequence[Note] = ()
    tables: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Found:
    """Values of customers, or rows of theirs, with remarks, and the linked tables that were asked."""

    frame: pl.DataFrame
    notes: Sequence[Note] = ()
    tables: Sequence[str] = ()
