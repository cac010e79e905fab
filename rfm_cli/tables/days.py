"""Dates in texts: the shapes that a column shows decide how it is read. A doubt is an error, never a guess.

A shape is a text with every digit written as 9, so a column of a million timestamps shows one or two shapes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from rfm_cli.errors import InputError

DIGITS = {8: "%Y%m%d", 10: "epoch s", 13: "epoch ms", 16: "epoch us"}
"""What a number of this many digits is: a compact date, or seconds, milliseconds or microseconds since 1970."""
SHORT = {9: "epoch s", 12: "epoch ms"}
"""The same for instants before 2001-09-09, only where the column holds no other kind of date."""
FIRST, LAST = datetime(1000, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)
"""Years of four digits, as texts have them."""
EARLIEST = datetime(1, 1, 1)
"""The first moment that a column of dates can hold."""
DATE = re.compile(r"^(?P<a>9{1,4})(?P<mark>[-/.])(?P<b>9{1,2})(?P=mark)(?P<c>9{1,4})")
TIME = re.compile(
    r"^(?P<gap>[T ]|, )9{1,2}:99(?P<seconds>:99)?(?P<fraction>\.9+)?"
    r"(?P<half> ?[AP]M)?(?P<zone> ?Z| ?UTC| ?[+-]99:?(?:99)?)?$"
)


@dataclass(frozen=True, order=True)
class Format:
    """One way to read a date: a strptime pattern, or `epoch s|ms|us`; `instant` if it names a point of UTC.

    `lone` marks 12 digits in a column without other dates: 202401151230 is then more likely a day and a time, and no
    date.
    """

    pattern: str
    instant: bool = False
    lone: bool = field(default=False, repr=False)


@dataclass(frozen=True)
class DateFormats:
    """How to turn one column of texts into days.

    With `trim` some values have blanks around them. With `varied` few texts occur twice, which changes only the time
    that reading takes.
    """

    formats: tuple[Format, ...] = ()
    trim: bool = False
    varied: bool = field(default=False, compare=False)

    @property
    def has_instants(self) -> bool:
        """Whether some values carry an offset, so that the time zone matters."""
        return any(form.instant for form in self.formats)

    def in_words(self) -> str:
        """Return the formats in words."""
        return ", ".join(form.pattern for form in self.formats) or "none"


def shapes(text: pl.Expr) -> pl.Expr:
    """Return the shape of each text; blanks around it are kept, because they have to be seen to be trimmed."""
    return text.str.replace_all("[0-8]", "9").str.to_uppercase()


def shape_table(frame: pl.LazyFrame, text: pl.Expr) -> pl.DataFrame:
    """Count texts by shape: shape, rows, example, and the greatest first and second number in it.

    Only numbers that can be a day and a month, in either order, are looked at: 45/01/2024 proves neither. They cost as
    much as all the rest, and are null where no shape leaves a choice.
    """
    texts = frame.select(text=text).filter(pl.col("text").str.strip_chars() != "")
    shaped = texts.with_columns(shape=shapes(pl.col("text")))
    none = pl.lit(None, pl.Int64)
    table = _by_shape(shaped, none, none)
    if not any(is_two_way(shape.strip()) for shape in table["shape"]):
        return table
    numbers = pl.col("text").str.extract_all(r"\d+").list
    one, two = (numbers.get(place, null_on_oob=True).cast(pl.Int64, strict=False) for place in (0, 1))
    possible = (one.is_between(1, 31) & two.is_between(1, 12)) | (one.is_between(1, 12) & two.is_between(1, 31))
    return _by_shape(shaped, pl.when(possible).then(one), pl.when(possible).then(two))


def _by_shape(shaped: pl.LazyFrame, one: pl.Expr, two: pl.Expr) -> pl.DataFrame:
    rows = shaped.with_columns(one=one, two=two).group_by("shape")
    found = rows.agg(rows=pl.len(), example=pl.col("text").min(), one=pl.col("one").max(), two=pl.col("two").max())
    return found.collect(engine="streaming")


def date_formats(table: pl.DataFrame, others: pl.DataFrame, where: str, date_format: str | None) -> DateFormats:
    """Choose how to read a column that shows these shapes.

    `others` are the shapes of all files, which may settle what one file leaves open. A given `date_format`
    (`--date-format`) is taken as it is. Texts of unknown shapes will be rejected. Raises `InputError` where the column
    could be read in two ways.
    """
    trim = any(shape != shape.strip() for shape in table["shape"])
    if date_format:
        return DateFormats((Format(date_format, instant="%z" in date_format or "%+" in date_format),), trim)
    asks = [row["example"] for row in table.iter_rows(named=True) if is_two_way(row["shape"].strip())]
    order = (_order_of(table, where) or _order_of(others, where)) if asks else None
    if asks and order is None:
        raise _doubt(f"{where} could be read day first or month first", min(asks))
    counts: dict[Format, int] = {}
    for shape, rows in table.select("shape", "rows").iter_rows():
        form = format_of(shape.strip(), order)
        if form:
            counts[form] = counts.get(form, 0) + rows
    for form, rows in _short_epochs(table, counts).items():
        counts[form] = counts.get(form, 0) + rows
    return DateFormats(tuple(sorted(counts, key=lambda form: (-counts[form], form))), trim)


def asks(shape: str) -> bool:
    """Return whether dates of a shape leave open which number is the day."""
    return is_two_way(shape.strip())


def is_open(table: pl.DataFrame, where: str) -> bool:
    """Return whether the dates of a column ask for an order, and prove none."""
    return any(asks(shape) for shape in table["shape"]) and _order_of(table, where) is None


def may_ask(formats: DateFormats) -> bool:
    """Return whether a column that is read by these formats has dates that leave open which number is the day."""
    return any(form.pattern[:3] in ("%d/", "%m/", "%d-", "%m-") for form in formats.formats)


def _short_epochs(table: pl.DataFrame, known: Mapping[Format, int]) -> dict[Format, int]:
    """Count rows of 9 and of 12 digits by format, where all known dates of the column are of that format too."""
    found: dict[Format, int] = {}
    for shape, rows in table.select("shape", "rows").iter_rows():
        length = len(shape.strip())
        if length not in SHORT or shape.strip() != "9" * length:
            continue
        form = Format(SHORT[length], instant=True, lone=length == 12 and not known)
        if set(known) <= {form}:
            found[form] = found.get(form, 0) + rows
    return found if len(found) == 1 else {}


def _order_of(table: pl.DataFrame, where: str) -> str | None:
    """Return which number comes first, `day` or `month`, as values over 12 prove it; None where none does."""
    asks = [row for row in table.iter_rows(named=True) if is_two_way(row["shape"].strip())]
    day_first = any((row["one"] or 0) > 12 for row in asks)
    month_first = any((row["two"] or 0) > 12 for row in asks)
    if day_first and month_first:
        raise _doubt(f"{where} mixes day-first and month-first dates", min(row["example"] for row in asks))
    return "day" if day_first else "month" if month_first else None


def _doubt(problem: str, example: str) -> InputError:
    return InputError(
        f"{problem}, for example {example!r}",
        "say which: --date-format %d/%m/%Y or --date-format %m/%d/%Y (with %H:%M:%S where there is a time)",
    )


def is_two_way(shape: str) -> bool:
    """Return whether a shape such as 99/99/9999 leaves open which number is the day."""
    date = DATE.match(shape)
    return bool(date) and date is not None and date["mark"] in "-/" and len(date["a"]) < 3 and len(date["c"]) == 4


def format_of(shape: str, order: str | None) -> Format | None:
    """Return the format of one shape, None where it is no date that we know.

    >>> format_of("9999-99-99 99:99:99", None)
    Format(pattern='%Y-%m-%d %H:%M:%S', instant=False)
    >>> format_of("99/99/9999", "day")
    Format(pattern='%d/%m/%Y', instant=False)
    >>> format_of("9999999999", None)
    Format(pattern='epoch s', instant=True)
    """
    if re.fullmatch(r"9+", shape):
        pattern = DIGITS.get(len(shape))
        return Format(pattern, pattern.startswith("epoch")) if pattern else None
    date = DATE.match(shape)
    day = _date_pattern(date, order) if date else None
    if date is None or day is None:
        return None
    rest = shape[date.end() :]
    if not rest:
        return Format(day)
    time = TIME.match(rest)
    return _with_time(day, time) if time else None


def _date_pattern(date: re.Match[str], order: str | None) -> str | None:
    mark = date["mark"]
    if len(date["a"]) == 4 and len(date["c"]) <= 2:
        return f"%Y{mark}%m{mark}%d"
    if len(date["a"]) > 2 or len(date["c"]) != 4:
        return None
    # Dates with dots are day first everywhere.
    if mark == "." or order == "day":
        return f"%d{mark}%m{mark}%Y"
    return f"%m{mark}%d{mark}%Y"


def _with_time(day: str, time: re.Match[str]) -> Format:
    half = time["half"] or ""
    clock = "%I:%M" if half else "%H:%M"
    clock += ":%S" if time["seconds"] else ""
    clock += "%.f" if time["fraction"] else ""
    clock += (" %p" if half.startswith(" ") else "%p") if half else ""
    zone = time["zone"] or ""
    gap = " " if zone.startswith(" ") else ""
    name = "" if not zone else f"{gap}UTC" if "UTC" in zone else f"{gap}%#z"
    return Format(f"{day}{time['gap']}{clock}{name}", bool(zone))


def parse_moments(text: pl.Expr, formats: DateFormats, timezone: str) -> pl.Expr:
    """Return naive timestamps in `timezone`, null where no format fits or the year has not four digits."""
    value = text.str.strip_chars() if formats.trim else text
    found = [_moment(value, form, timezone, varied=formats.varied) for form in formats.formats]
    if not found:
        return pl.lit(None, pl.Datetime("us"))
    moment = pl.coalesce(found) if len(found) > 1 else found[0]
    # %Y takes fewer digits too, and a minus: 5/1/24 is not the year 24.
    return pl.when(moment.is_between(FIRST, LAST)).then(moment)


def _moment(text: pl.Expr, form: Format, timezone: str, *, varied: bool) -> pl.Expr:
    if form.pattern.startswith("epoch"):
        return in_zone(_since_epoch(text, form), timezone)
    if form.pattern == "%Y%m%d":
        text = pl.when(text.str.len_bytes() == 8).then(text)
    if not any(part in form.pattern for part in ("%H", "%I", "%+", "%T", "%s")):
        return text.str.to_date(form.pattern, strict=False).cast(pl.Datetime("us"))
    if not form.instant:
        return text.str.to_datetime(form.pattern, strict=False, time_unit="us", cache=not varied)
    if form.pattern.endswith("UTC"):
        naive = text.str.to_datetime(form.pattern, strict=False, time_unit="us", cache=not varied)
        return in_zone(naive.dt.replace_time_zone("UTC"), timezone)
    instant = text.str.to_datetime(form.pattern, strict=False, time_unit="us", time_zone="UTC", cache=not varied)
    return in_zone(instant, timezone)


def _since_epoch(text: pl.Expr, form: Format) -> pl.Expr:
    """Return instants from numbers with the digits that the format has."""
    lengths = [length for table in (DIGITS, SHORT) for length, name in table.items() if name == form.pattern]
    fits = text.str.len_bytes().is_in(lengths)
    if form.lone:
        fits &= (text.str.len_bytes() != 12) | ~text.str.contains("^(?:19|20)")
    number = pl.when(fits).then(text.cast(pl.Int64, strict=False))
    micros = number * {"s": 1_000_000, "ms": 1_000, "us": 1}[form.pattern.removeprefix("epoch ")]
    return micros.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def in_zone(instant: pl.Expr, timezone: str) -> pl.Expr:
    """Return the wall clock of `timezone` at an instant."""
    return instant.dt.convert_time_zone(timezone).dt.replace_time_zone(None)


def typed_moments(value: pl.Expr, dtype: pl.DataType, timezone: str) -> pl.Expr | None:
    """Return naive timestamps from a column that is a date already; None where it has to be read as text.

    An instant outside the years 1 to 9999 of the zone's calendar is null.
    """
    if dtype == pl.Date:
        return value.cast(pl.Datetime("us"))
    if not isinstance(dtype, pl.Datetime):
        return None
    if dtype.time_zone is None:
        return value
    if dtype.time_unit == "ns":  # their last day is not whole, and would wrap around in another zone
        value = (value.to_physical() // 1000).cast(pl.Datetime("us", dtype.time_zone))
    wall = in_zone(value, timezone)
    return pl.when(wall.is_between(EARLIEST, LAST)).then(wall)


def as_text(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return a column of any other type as the text that our rules read; whole floats lose their `.0`."""
    if dtype.is_float():
        return value.cast(pl.Int64, strict=False).cast(pl.String)
    return value.cast(pl.String)


def combined_shapes(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Combine the shapes of several files into those of one."""
    return (
        pl.concat(tables)
        .group_by("shape")
        .agg(pl.col("rows").sum(), pl.col("example").min(), pl.col("one").max(), pl.col("two").max())
        .sort("shape")
    )


def read_days(
    frame: pl.LazyFrame, column: str, dtype: pl.DataType, where: str, date_format: str | None, timezone: str
) -> pl.Expr:
    """Return the days in a column of `frame`, null where one is not a date.

    Texts are read by `date_format` if it reads any of them, else as their shapes show: one format is given for all
    tables, and tables are seldom all written alike.
    """
    typed = typed_moments(pl.col(column), dtype, timezone)
    if typed is None:
        text = as_text(pl.col(column), dtype)
        seen = shape_table(frame, text)
        fits = date_format and _reads_any(frame, text, date_formats(seen, seen, where, date_format), timezone)
        typed = parse_moments(text, date_formats(seen, seen, where, date_format if fits else None), timezone)
    return typed.dt.date()


def _reads_any(frame: pl.LazyFrame, text: pl.Expr, formats: DateFormats, timezone: str) -> bool:
    moment = parse_moments(text, formats, timezone)
    return bool(frame.select(moment.is_not_null().any()).collect(engine="streaming").item())
