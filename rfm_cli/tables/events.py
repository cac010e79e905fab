"""The events files: opened, typed, and counted as engagement."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

import polars as pl

from rfm_cli.tables import column_types, columns, days, event_kinds, ids, sources
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.mapped import with_mapped
from rfm_cli.tables.options import ENGAGING, ReadOptions
from rfm_cli.tables.paths import Given
from rfm_cli.tables.persons import Persons, with_persons
from rfm_cli.tables.read_errors import input_errors

NEEDED = ["customer_id", "event", "day"]
"""An event without one of these is left out."""
WRITTEN = "(id as it is written)"
USABLE = pl.all_horizontal(pl.col("key", "event", "day").is_not_null())
"""Whether a keyed row is not left out."""


@dataclass(frozen=True)
class Events:
    """The events files: one typed row per event (customer_id text, event, kind, day), lazily.

    `frames` has the key (an id as text or whole number), event as written and day of all rows of each file, those left
    out included. `dates` are sentences on how their times were read.
    `kinds` are those of the user's own events, by folded name; `purchases` are names or kinds of the events that are
    orders. `names` are the events that occur, None before they are counted. `written` has the ids before they are
    folded, and `odd` those that changed in passes over the frames. `maps` and `times` are the columns of each file, and
    how it is read when its events happened. `found` keeps what a pass over all rows gave.
    `whole` says, file by file, whether a footer proves that no row is left out, and `last_days` has a day that no event
    of such a file lies after, None for others.
    `trimmed` says that no name has blanks around it, so that rows can be filtered by name as they are read; `rows`
    returns the frame then.
    """

    frame: pl.LazyFrame
    name: str
    form: str
    columns: ColumnMap
    files: tuple[sources.InputFile, ...] = ()
    dates: tuple[str, ...] = ()
    frames: tuple[pl.LazyFrame, ...] = ()
    kinds: Mapping[str, str] = field(default_factory=dict)
    purchases: tuple[str, ...] = ()
    names: pl.DataFrame | None = None
    written: pl.LazyFrame | None = None
    odd: set[str] = field(default_factory=set, compare=False, repr=False)
    maps: tuple[ColumnMap, ...] = ()
    times: tuple[days.DayReading, ...] = ()
    whole: tuple[bool, ...] = ()
    last_days: tuple[date | None, ...] = ()
    trimmed: bool = False
    rows: Callable[[], pl.LazyFrame] | None = field(default=None, compare=False, repr=False)
    found: dict[str, pl.DataFrame] = field(default_factory=dict, compare=False, repr=False)

    def raw_rows(self) -> int:
        """Count the rows of the files, those left out included."""
        with input_errors(self.name):
            counts = pl.collect_all([source.frame.select(pl.len()) for source in self.files], engine="streaming")
        return sum(int(count.item()) for count in counts) + sum(source.left_out for source in self.files)

    def unusable(self) -> int:
        """Count rows without a customer, an event or a readable time; rows with too many fields are not among them."""
        usable = int(name_counts(self)["rows"].sum())
        return self.raw_rows() - sum(source.left_out for source in self.files) - usable

    def written_ids(self) -> pl.Series:
        """Return the distinct ids before they are folded; none where a pass, as of `unusable`, found none that
        changes."""
        if not self.odd or self.written is None:
            return pl.Series([], dtype=pl.String)
        with input_errors(self.name):
            return self.written.unique().collect(engine="streaming").to_series()


def open_events(
    paths: Sequence[Given], options: ReadOptions, person: str | None = None, persons: Persons | None = None
) -> Events:
    """Open the events at `paths`; rows without a customer, event or readable time are left out.

    With `person`, the right side of a map, the customers are the `persons` behind the ids.
    """
    odd: set[str] = set()
    opened = with_mapped(sources.open_whole(paths, options, "events"), "events", options)
    if person:
        opened = with_persons(opened, "events", options, persons, person)
    files = [_opened(source, options, odd) for source in opened]
    maps, times = tuple(file.columns for file in files), tuple(file.at for file in files)
    last_days = tuple(file.last_day for file in files)
    dates = [words for file in files for words in file.at.in_words(file.columns["at"], options.zone)]
    name = opened[0].name if len(opened) == 1 else f"{len(opened)} events files"
    of_files = partial(_of_files, opened, maps, times, options, odd, whole=all(last_days))
    rows = of_files()
    return Events(
        rows.drop(WRITTEN),
        name,
        opened[0].form,
        maps[0],
        opened,
        tuple(dict.fromkeys(dates)),
        tuple(file.keyed for file in files),
        options.event_kinds,
        options.purchase_events,
        written=rows.select(WRITTEN),
        odd=odd,
        maps=maps,
        times=times,
        whole=tuple(day is not None for day in last_days),
        last_days=last_days,
        rows=partial(of_files, trimmed=True),
    )


@dataclass(frozen=True)
class _File:
    """One file of events: its columns, how its times are read, its keyed rows, and the last day that is proved."""

    columns: ColumnMap
    at: days.DayReading
    keyed: pl.LazyFrame
    last_day: date | None


def _opened(source: sources.InputFile, options: ReadOptions, odd: set[str]) -> _File:
    """Open one file; `odd` collects the ids that change where they are folded."""
    found = columns.detect("events", source.header, options.map_of("events"), source.name)
    columns.require(found, ("customer_id", "event", "at"), source.header, source.name, source.head())
    customer = found["customer_id"]
    with input_errors(source.name):
        column_types.refuse_broken(source.frame, customer, source.schema[customer], source.name)
        at = days.day_reading(*source.column(found["at"]), options)
        last_day = _last_day(source, found, at) if _is_whole(source, found, options) else None
        return _File(found, at, _keyed(source, found, at.day, options, odd), last_day)


def _of_files(
    opened: Sequence[sources.InputFile],
    maps: Sequence[ColumnMap],
    times: Sequence[days.DayReading],
    options: ReadOptions,
    odd: set[str],
    *,
    whole: bool,
    trimmed: bool = False,
) -> pl.LazyFrame:
    """Return the usable rows of all files, with their ids as written; all rows where the files are `whole`."""
    frames = [
        _events(source, found, at.day, options, odd, trimmed)
        for source, found, at in zip(opened, maps, times, strict=True)
    ]
    rows = pl.concat(frames, how="diagonal")
    return rows if whole else rows.drop_nulls(NEEDED)


def _keyed(
    source: sources.InputFile, found: ColumnMap, day: pl.Expr, options: ReadOptions, odd: set[str]
) -> pl.LazyFrame:
    """Return key, event as written, and day of all rows; whole numbers stay numbers, which are grouped sooner."""
    heading = found["customer_id"]
    key = ids.id_in(heading, source.schema[heading], source.name, options, odd)
    return source.frame.select(key=key, event=pl.col(found["event"]).cast(pl.String), day=day)


def _is_whole(source: sources.InputFile, found: ColumnMap, options: ReadOptions) -> bool:
    """Return whether a footer proves that every row has a customer, an event and a time."""
    headings = [found[field] for field in ("customer_id", "event", "at")]
    typed = source.schema[headings[0]].is_integer() and not options.no_customer
    return typed and isinstance(source.schema[headings[2]], pl.Date | pl.Datetime) and source.footer.full >= {*headings}


def _last_day(source: sources.InputFile, found: ColumnMap, at: days.DayReading) -> date | None:
    """Return a day that no event lies after, by the footer; None where that has no proof that all times are times."""
    heading = found["at"]
    bounds, dtype = source.footer.bounds.get(heading), source.schema[heading]
    # A zone of times that name none has hours that its clocks pass over.
    if bounds is None or not column_types.lies_in_calendar(dtype, bounds) or at.times_in is not None:
        return None
    ends = pl.Series(heading, [bounds.least, bounds.greatest], pl.Int64).cast(dtype)
    first, last = ends.to_frame().select(at.day).to_series()
    if not isinstance(first, date) or not isinstance(last, date) or last == date.max:
        return None
    # Clocks that are put back at midnight repeat the end of a day, so that the last moment need not be of the last day.
    is_local = isinstance(dtype, pl.Datetime) and dtype.time_zone is not None
    return last + timedelta(days=1) if is_local else last


def name_of(heading: str, trimmed: bool) -> pl.Expr:
    """Return the names of events in a column, without blanks around them."""
    written = pl.col(heading).cast(pl.String)
    return written if trimmed else written.str.strip_chars()


def _events(
    source: sources.InputFile, found: ColumnMap, day: pl.Expr, options: ReadOptions, odd: set[str], trimmed: bool
) -> pl.LazyFrame:
    heading = found["customer_id"]
    one = (heading, source.schema[heading], source.name)
    event = name_of(found["event"], trimmed)
    made = {
        "customer_id": ids.id_in(*one, options, odd).cast(pl.String),
        WRITTEN: column_types.id_of(*one).cast(pl.String),
        "event": event,
        "kind": event_kinds.kind_of(event, options.event_kinds),
        "day": day,
    }
    for extra in ("channel", "campaign_id", "variant", "product_id", "session_id", "order_id"):
        if extra in found:
            made[extra] = pl.col(found[extra]).cast(pl.String)
    return source.frame.select(**made)


def with_names(events: Events) -> Events:
    """Return the events with the names that occur in them, counted in one pass over all rows."""
    written = _names_written(events)
    counted = replace(events, names=_counted(written))
    trimmed = bool((written["event"] == written["event"].str.strip_chars()).all())
    if not trimmed or events.rows is None:
        return counted
    return replace(counted, trimmed=True, frame=events.rows().drop(WRITTEN))


def name_counts(events: Events) -> pl.DataFrame:
    """Count the events by name, as written, without those left out.

    Columns: file (its place among the files), event, rows. The most frequent come first, of equals the first by text. A
    name all of whose rows are left out has 0 rows.
    """
    if events.names is not None:
        return events.names
    return _counted(_names_written(events))


def _names_written(events: Events) -> pl.DataFrame:
    """Count the events by name with the blanks around it: names are trimmed once each, not once a row."""
    counted = [
        frame.drop_nulls("event")
        .group_by("event")
        .agg(rows=(pl.len() if whole else USABLE.sum()).cast(pl.Int64))
        .with_columns(file=pl.lit(place))
        for place, (frame, whole) in enumerate(zip(events.frames, events.whole, strict=True))
    ]
    with input_errors(events.name):
        return pl.concat(counted).collect(engine="streaming")


def _counted(written: pl.DataFrame) -> pl.DataFrame:
    counted = written.group_by("file", pl.col("event").str.strip_chars()).agg(pl.col("rows").sum())
    return counted.sort("rows", "event", "file", descending=[True, False, False])


def engagement(events: Events, as_of: date, days_back: int, names: Sequence[str] = ENGAGING) -> pl.DataFrame:
    """Count engaging events by customer: customer_id, engagement (events in (as_of - days_back, as_of]), last_event.

    Those events engage that have one of the `names`, or are of a kind among them. `last_event` is the number of days
    since the last engaging event on or before `as_of`, however long ago. Customers without any are absent.
    """
    engaging = event_kinds.is_one_of(pl.col("event"), names, events.kinds)
    age = pl.lit(as_of) - pl.col("day")
    seen = events.frame.filter(engaging, pl.col("day") <= as_of).select(
        "customer_id", age=age.dt.total_days().cast(pl.Int32)
    )
    counted = seen.group_by("customer_id").agg(
        engagement=(pl.col("age") < days_back).sum().cast(pl.Int32), last_event=pl.col("age").min()
    )
    with input_errors(events.name):
        return counted.sort("customer_id").collect(engine="streaming")
