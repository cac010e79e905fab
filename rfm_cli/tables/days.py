"""How the days of a column are read: chosen for its type, or for what all of its texts show, and put in words.

`date_formats` chooses for texts. A doubt is an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from rfm_cli.tables import date_zones
from rfm_cli.tables.date_formats import combined_shapes, date_formats, shape_table
from rfm_cli.tables.date_parsing import DAY_0, DateFormats, as_text, parse_moments, typed_moments
from rfm_cli.tables.options import ReadOptions


@dataclass(frozen=True)
class DayReading:
    """How the moments of a column are read: the expression, the formats of its texts, and the zone of its times.

    With `days_alone` no value has a time of the day.
    """

    moment: pl.Expr
    formats: DateFormats = field(default_factory=DateFormats)
    times_in: str | None = None
    days_alone: bool = False

    @property
    def day(self) -> pl.Expr:
        """The day of each moment."""
        return self.moment.dt.date()

    def in_words(self, heading: str, timezone: str) -> tuple[str, ...]:
        """Return sentences on how the column called `heading` is read, where a reader could be surprised."""
        return tuple(sentences(self.formats, self.times_in, heading, timezone).values())


def read_days(
    frame: pl.LazyFrame, column: str, dtype: pl.DataType, where: str, date_format: str | None, timezone: str
) -> pl.Expr:
    """Return the days in a column of `frame`, null where one is not a date, as `day_reading` does."""
    return day_reading(frame, column, dtype, where, ReadOptions(date_format=date_format, timezone=timezone)).day


def day_reading(frame: pl.LazyFrame, column: str, dtype: pl.DataType, where: str, options: ReadOptions) -> DayReading:
    """Choose how to read the days in a column of `frame`, null where one is not a date.

    Texts are read by `date_format` if it reads any of them, else as their shapes show: one format is given for all
    tables, and tables are seldom all written alike.
    """
    zone = date_zones.zone_of_heading(column, options.times_in, where)
    typed = typed_moments(pl.col(column), dtype, options.zone, zone)
    if typed is not None:
        return DayReading(typed, times_in=zone if _is_naive(dtype) else None, days_alone=dtype == pl.Date)
    text = as_text(pl.col(column), dtype)
    formats = formats_of([(frame, text)], where, options, zone)
    moment = parse_moments(text, formats, options.zone, zone)
    return DayReading(moment, formats, zone if formats.has_times else None, formats.days_alone)


def formats_of(
    texts: Sequence[tuple[pl.LazyFrame, pl.Expr]], where: str, options: ReadOptions, zone: str | None
) -> DateFormats:
    """Choose how to read one column of texts, which several files may have: all of them are the evidence.

    `zone` is that of times that name none.
    """
    tables = [shape_table(frame, text) for frame, text in texts]
    seen = tables[0] if len(tables) == 1 else combined_shapes(tables)
    if options.date_format:
        given = date_formats(seen, seen, where, options.date_format, zone)
        if any(_reads_any(frame, text, given, options.zone) for frame, text in texts):
            return given
    return date_formats(seen, seen, where, None, zone)


def sentences(formats: DateFormats, times_in: str | None, heading: str, timezone: str) -> dict[str, str]:
    """Return, by kind, how a column was read: Excel's numbers, years of two digits, times of a zone.

    `times_in` is the zone of its times without an offset, None where it has none or none was named.
    """
    found, column, seen = {}, f"column {heading!r}", formats.evidence
    if seen.serial:
        first = f"{seen.serial_example} is {_serial_day(seen.serial_example or '')}"
        found["serial"] = f"{column}: numbers read as Excel's serial dates (1900 system), so that {first}"
    if seen.brief:
        pattern = next(form.in_words() for form in formats.formats if form.brief)
        read = f"read as 1970 to 2069, {seen.brief_example!r} by {pattern}"
        found["brief"] = f"{column}: years of two digits, {read}"
    if times_in:
        by = "as its heading says" if date_zones.said_in_heading(heading) else "by --times-in"
        zone = "UTC" if times_in == "+00:00" else times_in
        found["zone"] = f"{column}: times are in {zone}, {by}, and counted in days of {timezone} (--timezone)"
    return found


def _serial_day(text: str) -> date:
    return DAY_0.date() + timedelta(days=int(float(text.replace(",", "."))))


def _is_naive(dtype: pl.DataType) -> bool:
    return isinstance(dtype, pl.Datetime) and dtype.time_zone is None


def _reads_any(frame: pl.LazyFrame, text: pl.Expr, formats: DateFormats, timezone: str) -> bool:
    moment = parse_moments(text, formats, timezone)
    return bool(frame.select(moment.is_not_null().any()).collect(engine="streaming").item())
