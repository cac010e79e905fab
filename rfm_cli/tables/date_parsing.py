"""Dates in texts become moments: the patterns that were chosen for a column, turned into expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from rfm_cli.tables.date_orders import DateEvidence
from rfm_cli.tables.date_shapes import DIGITS, FRACTION, SERIAL_DAYS, SERIAL_TIMES, SHORT, Format
from rfm_cli.tables.date_words import tidy
from rfm_cli.tables.date_zones import EARLIEST, LAST, as_instant, in_zone

FIRST = datetime(1000, 1, 1)
"""Years of four digits, as texts have them, begin here."""
FEWEST_DAYS, MOST_DAYS = 20_000, 80_000
"""Excel's serial numbers are read between these: days from 1954 to 2119."""
DAY_0 = datetime(1899, 12, 30)
"""Day 0 of Excel's serial numbers, from 1900-03-01 on."""
MIDNIGHT = r"(^|[Tt ;,])24:(00(?::00(?:[.,]0+)?)?)($|[^\d:.,])"
"""The end of a day, written as an hour of it."""


@dataclass(frozen=True)
class DateFormats:
    """How to turn one column of texts into days.

    With `trim` some values have blanks around them, with `midnight` some times are 24:00. `rules` are the places of the
    rules of `date_words` that the texts need. With `varied` few texts occur twice, which changes only the time that
    reading takes. `evidence` counts the rows that the choice rests on, among those that were looked at.
    """

    formats: tuple[Format, ...] = ()
    trim: bool = False
    midnight: bool = False
    rules: tuple[int, ...] = ()
    varied: bool = field(default=False, compare=False)
    evidence: DateEvidence = field(default_factory=DateEvidence, compare=False)

    @property
    def has_instants(self) -> bool:
        """Whether some values carry an offset, so that the time zone matters."""
        return any(form.instant for form in self.formats)

    @property
    def has_times(self) -> bool:
        """Whether some values are times without an offset, so that the zone they are in matters."""
        return any(form.timed for form in self.formats)

    @property
    def days_alone(self) -> bool:
        """Whether no value has a time of the day."""
        return not self.has_instants and not self.has_times

    @property
    def rests_on_all_rows(self) -> bool:
        """Whether only all rows can prove the choice, because no single row would refute it."""
        return any(form.brief and not form.tidy for form in self.formats)

    def in_words(self) -> str:
        """Return the formats in words."""
        return ", ".join(dict.fromkeys(form.in_words() for form in self.formats)) or "none"


def parse_moments(text: pl.Expr, formats: DateFormats, timezone: str, times_in: str | None = None) -> pl.Expr:
    """Return naive timestamps in `timezone`, null where no format fits or the year is before 1000.

    Times without an offset are those of `times_in`; without it they are taken as they are.
    """
    value = text.str.strip_chars() if formats.trim else text
    late = value.str.contains(MIDNIGHT) if formats.midnight else None
    if late is not None:
        value = value.str.replace(MIDNIGHT, "${1}00:${2}${3}")
    form_of_words = tidy(value, formats.rules) if any(form.tidy for form in formats.formats) else value
    found = []
    for form in formats.formats:
        own = form_of_words if form.tidy else value
        read = pl.when(own.str.contains(_years_of(form))).then(own) if form.brief else own
        found.append(_moment(read, form, late, varied=formats.varied))
    if not found:
        return pl.lit(None, pl.Datetime("us"))
    zones = [form.zone or times_in for form in formats.formats]
    walls = [
        _wall(moment, form, timezone, zone) for moment, form, zone in zip(found, formats.formats, zones, strict=True)
    ]
    # %Y takes fewer digits too, and a minus: 5/1/24 is not the year 24.
    if any(form.brief for form in formats.formats):
        walls = [_with_year(wall) for wall in walls]
    return _with_year(pl.coalesce(walls) if len(walls) > 1 else walls[0])


def _with_year(moment: pl.Expr) -> pl.Expr:
    return pl.when(moment.is_between(FIRST, LAST)).then(moment)


def _years_of(form: Format) -> str:
    """Return a pattern for texts in which the year has exactly two digits, as %y takes one as well."""
    date = re.split(r"[ ;T,]", form.pattern)[0]
    parts = {"%y": r"\d\d", "%m": r"\d{1,2}", "%d": r"\d{1,2}"}
    return "^" + re.sub("%[ymd]", lambda part: parts[part.group()], date.replace(".", r"\.")) + r"(?:\D|$)"


def _moment(text: pl.Expr, form: Format, late: pl.Expr | None, *, varied: bool) -> pl.Expr:
    """Return what the texts say, as they say it: instants (in UTC) for formats with an offset, else naive times."""
    if form.pattern.startswith("epoch"):
        return _since_epoch(text, form)
    if form in (SERIAL_DAYS, SERIAL_TIMES):
        return _since_1900(text, form)
    if form.pattern == "%Y%m%d":
        text = pl.when(text.str.len_bytes() == 8).then(text)
    if not any(part in form.pattern for part in ("%H", "%I", "%+", "%T", "%s")):
        return text.str.to_date(form.pattern, strict=False).cast(pl.Datetime("us"))
    zone = "UTC" if _has_offset(form) else None
    moment = text.str.to_datetime(form.pattern, strict=False, time_unit="us", time_zone=zone, cache=not varied)
    return moment if late is None else pl.when(late).then(moment + pl.duration(days=1)).otherwise(moment)


def _has_offset(form: Format) -> bool:
    """Return whether the texts of a format have an offset in numbers."""
    return form.instant and form.zone is None and not form.pattern.endswith("UTC")


def _wall(moment: pl.Expr, form: Format, timezone: str, zone: str | None) -> pl.Expr:
    """Return the wall clock of `timezone`; times without an offset are those of `zone`, or are taken as they are."""
    if form.pattern.startswith("epoch") or _has_offset(form):
        return in_zone(moment, timezone)
    if form.instant and form.zone is None:
        return in_zone(moment.dt.replace_time_zone("UTC"), timezone)
    return in_zone(as_instant(moment, zone), timezone) if zone and (form.timed or form.instant) else moment


def _since_epoch(text: pl.Expr, form: Format) -> pl.Expr:
    """Return instants from numbers with the digits that the format has."""
    name = form.pattern.removesuffix(FRACTION)
    unit = {"s": 1_000_000, "ms": 1_000, "us": 1}[name.removeprefix("epoch ")]
    whole = text.str.extract(r"^(\d+)\.\d+$") if form.fraction else text
    tables = (DIGITS,) if form.fraction else (DIGITS, SHORT)
    lengths = [length for table in tables for length, known in table.items() if known == name]
    fits = whole.str.len_bytes().is_in(lengths)
    if form.lone:
        fits &= (text.str.len_bytes() != 12) | ~text.str.contains("^(?:19|20)")
    micros = pl.when(fits).then(whole.cast(pl.Int64, strict=False)) * unit
    if form.fraction:
        rest = text.str.extract(r"(\.\d+)$").cast(pl.Float64, strict=False) * unit
        micros += rest.floor().cast(pl.Int64, strict=False)
    return micros.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _since_1900(text: pl.Expr, form: Format) -> pl.Expr:
    """Return naive times from Excel's serial numbers, to the millisecond; null outside their bounds."""
    number = text.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    fits = number.is_between(FEWEST_DAYS, MOST_DAYS)
    if form == SERIAL_DAYS:
        fits &= number == number.floor()
    millis = (pl.when(fits).then(number) * 86_400_000).round().cast(pl.Int64)
    return pl.lit(DAY_0, pl.Datetime("us")) + pl.duration(milliseconds=millis)


def typed_moments(value: pl.Expr, dtype: pl.DataType, timezone: str, times_in: str | None = None) -> pl.Expr | None:
    """Return naive timestamps from a column that is a date already; None where it has to be read as text.

    Timestamps without a zone are those of `times_in`; without it they are taken as they are. An instant outside the
    years 1 to 9999 of the zone's calendar is null.
    """
    if dtype == pl.Date:
        return value.cast(pl.Datetime("us"))
    if not isinstance(dtype, pl.Datetime):
        return None
    if dtype.time_zone is None and times_in is None:
        return value
    if dtype.time_unit == "ns":  # their last day is not whole, and would wrap around in another zone
        value = (value.to_physical() // 1000).cast(pl.Datetime("us", dtype.time_zone))
    instant = as_instant(value, times_in) if dtype.time_zone is None and times_in else value
    wall = in_zone(instant, timezone)
    return pl.when(wall.is_between(EARLIEST, LAST)).then(wall)


def as_text(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a column of any other type as the text that our rules read; whole floats lose their `.0`."""
    if dtype.is_float():
        whole = value.cast(pl.Int64, strict=False)
        return pl.when(whole == value).then(whole.cast(pl.String)).otherwise(value.cast(pl.String))
    return value.cast(pl.String)
