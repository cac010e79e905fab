"""The columns of a table's files under one name each: how they are compared, their types, and readings of their texts.

A column that is a field answers to the field and to its heading, as `--with` has it. A column of texts stays text: what
is beside it in an expression decides whether it is read as numbers or as dates, and only then all of its texts are
looked at. One decimal mark and one set of date formats hold for a column, over all files that have it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache, reduce
from typing import Literal

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.language.columns import Column, Kind
from rfm_cli.notes import Note, counted, note
from rfm_cli.tables import column_types, date_zones, days
from rfm_cli.tables.amounts import Evidence, amount_format, evidence_in, parse_amounts
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.date_parsing import as_text, parse_moments, typed_moments
from rfm_cli.tables.days import DayReading
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.read_errors import input_errors
from rfm_cli.tables.sources import InputFile

NAMES = ("event", "kind", "channel", "status")
"""Columns whose texts are names: blanks, `_` and `-` do not count in them."""
MOMENT = pl.Datetime("us")


@dataclass(frozen=True)
class Part:
    """One file of a table: its rows, its name in messages, the types of its columns, its headings, and those of fields.

    `headings` are the columns that can be asked, in the order of the file; `fields` has the heading of each field.
    `written` says how the file calls a column that these rows have under another name.
    """

    rows: pl.LazyFrame
    name: str
    schema: Mapping[str, pl.DataType]
    headings: Sequence[str]
    fields: Mapping[str, str]
    written: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FileColumns:
    """The columns of a table's files: `columns` by folded name, and `values` by name for each file, of one type."""

    columns: Mapping[str, Column]
    values: tuple[Mapping[str, pl.Expr], ...]


def file_columns(parts: Sequence[Part], options: ReadOptions, without: Collection[str] = ()) -> FileColumns:
    """Return the columns of files, but for the fields and the folded names of `without`."""
    named = _named(parts, {fold(name) for name in without})
    columns: dict[str, Column] = {}
    values: list[dict[str, pl.Expr]] = [{} for _part in parts]
    for name, (headings, keys) in named.items():
        column, own = _column(name, headings, parts, options)
        columns |= {key: column for key in keys if columns.get(key, column) == column}
        for place, value in enumerate(own):
            values[place][name] = value
    return FileColumns(columns, tuple(values))


def _named(parts: Sequence[Part], without: set[str]) -> dict[str, tuple[list[str | None], list[str]]]:
    """Return, by name, the heading that each file has for a column (None: it has none), and its folded names."""
    # Fields come first, so that a field keeps its name beside another column that is called so.
    fields = dict.fromkeys(name for part in parts for name in part.fields)
    found: dict[str, tuple[list[str | None], list[str]]] = {}
    claimed = set(without)
    for name in fields:
        headings = [part.fields.get(name) for part in parts]
        own = [fold(name), *(fold(heading) for heading in headings if heading is not None)]
        if fold(name) not in without:
            found[name] = headings, [key for key in dict.fromkeys(own) if key not in claimed]
        claimed.update(own)
    for heading in dict.fromkeys(heading for part in parts for heading in part.headings):
        if (key := fold(heading)) not in claimed:
            claimed.add(key)
            found[heading] = [_heading(part, key) for part in parts], [key]
    return found


def _heading(part: Part, key: str) -> str | None:
    """Return the first heading of a file with a folded form."""
    return next((heading for heading in part.headings if fold(heading) == key), None)


def _column(
    name: str, headings: Sequence[str | None], parts: Sequence[Part], options: ReadOptions
) -> tuple[Column, list[pl.Expr]]:
    """Return a column, and its values in each file."""
    types = [part.schema[heading] for part, heading in zip(parts, headings, strict=True) if heading is not None]
    kind, dtype = _kind(name, types)
    pairs = list(zip(parts, headings, strict=True))
    values = [_value(part, heading, kind, dtype, options) for part, heading in pairs]
    if dtype != pl.String:
        return Column(name, kind, dtype), values
    texts = [(part.rows, value) for (part, heading), value in zip(pairs, values, strict=True) if heading is not None]
    part, called = next((part, part.written.get(one, one)) for part, one in pairs if one is not None)
    numbers, moments = readings(name, texts, f"{part.name}: column {called!r}", called, options)
    found = pl.concat([rows.select(text.alias(name)) for rows, text in texts])
    return Column(name, kind, dtype, numbers, moments, texts=found), values


def _kind(name: str, types: Sequence[pl.DataType]) -> tuple[Kind, pl.DataType]:
    """Return how a column is compared, by its name, and by its types in the files that have it; and its one type."""
    if is_exact(name) or fold(name) in NAMES:
        return "exact" if is_exact(name) else "name", pl.String()
    same = types[0] if len(set(types)) == 1 else None
    if all(dtype == pl.Date or isinstance(dtype, pl.Datetime) for dtype in types):
        return ("day", pl.Date()) if same == pl.Date else ("moment", MOMENT)
    if all(dtype.is_numeric() for dtype in types):
        whole = all(dtype.is_integer() for dtype in types)
        return "number", same or (pl.Int128() if whole else pl.Float64())
    return ("truth", pl.Boolean()) if same == pl.Boolean else ("text", pl.String())


def is_exact(name: str) -> bool:
    """Return whether texts of a column are compared exactly: ids and codes.

    >>> is_exact("campaign_id"), is_exact("Campaign ID"), is_exact("code"), is_exact("paid")
    (True, True, True, False)
    """
    words = name.strip().casefold().replace(" ", "_").replace("-", "_")
    return words.endswith("_id") or words == "code"


def _value(part: Part, heading: str | None, kind: Kind, dtype: pl.DataType, options: ReadOptions) -> pl.Expr:
    """Return the values of a column in one file, in the type that it has in all; null where the file has none."""
    if heading is None:
        return pl.lit(None, dtype)
    value, own = pl.col(heading), part.schema[heading]
    if kind == "exact" and own != pl.String:
        return _digits(heading, own, part.name)
    if dtype == pl.String:
        return value if own == pl.String else as_text(value, own)
    if own.is_float():
        value = pl.when(value.is_finite()).then(value)
    if kind != "moment":
        return value if own == dtype else value.cast(dtype)
    zone = _zone(heading, options)
    moment = typed_moments(value, own, options.zone, zone)
    assert moment is not None  # the type is one of dates
    return moment.cast(MOMENT)


def _digits(heading: str, dtype: pl.DataType, where: str) -> pl.Expr:
    """Return ids of another type than text: whole numbers by their digits, all else as CSV has it."""
    if not dtype.is_numeric():
        return pl.col(heading).cast(pl.String)
    whole = column_types.id_of(heading, dtype, where).cast(pl.String)
    return pl.coalesce(whole, as_text(pl.col(heading), dtype)) if dtype.is_float() else whole


def _zone(heading: str, options: ReadOptions) -> str | None:
    """Return the zone of typed times without one. A word that says too little is none before the column is asked."""
    word = date_zones.said_in_heading(heading) or ""
    unclear = word.lower() in date_zones.UNCLEAR
    return options.times_in if unclear else date_zones.zone_of_heading(heading, options.times_in, heading)


Texts = Sequence[tuple[pl.LazyFrame, pl.Expr]]
"""The rows of files, and the texts of one column in each."""
Reading = Callable[[], pl.Expr]


def readings(name: str, texts: Texts, where: str, heading: str | None, options: ReadOptions) -> tuple[Reading, Reading]:
    """Return what reads a column of texts beside a number and beside a date; its texts are looked at once, when asked.

    `where` and `heading` say in messages what the column is, and in which zone its times are.
    """

    @cache
    def numbers() -> pl.Expr:
        with input_errors(where):
            evidence = reduce(Evidence.with_other, (evidence_in(rows, text) for rows, text in texts))
            form = amount_format(evidence, where, options.decimal)
            if evidence.other:
                _refuse_all(texts, lambda text: parse_amounts(text, form), where, "a number")
        return parse_amounts(pl.col(name), form)

    @cache
    def moments() -> pl.Expr:
        zone = date_zones.zone_of_heading(heading or name, options.times_in, where)
        with input_errors(where):
            formats = days.formats_of(texts, where, options, zone)
            if not formats.formats:
                _refuse_all(texts, lambda text: parse_moments(text, formats, options.zone, zone), where, "a date")
        if not formats.formats:
            return pl.when(pl.col(name).is_not_null()).then(pl.lit(None, pl.Date))
        moment = parse_moments(pl.col(name), formats, options.zone, zone)
        return moment.dt.date() if formats.days_alone else moment

    return numbers, moments


def _refuse_all(texts: Texts, read: Callable[[pl.Expr], pl.Expr], where: str, what: str) -> None:
    """Raise `InputError` where a column has texts, and none of them can be read."""
    counts = [
        rows.select(there=(text.str.strip_chars() != "").sum(), read=read(text).is_not_null().sum(), least=text.min())
        for rows, text in texts
    ]
    found = pl.concat(pl.collect_all(counts, engine="streaming"))
    if found["there"].sum() and not found["read"].sum():
        example = found["least"].drop_nulls().min()
        raise InputError(
            f"{where}: no value is {what}, for example {str(example)[:40]!r}",
            "compare it with a text in quotes",
        )


def with_names(column: Column, *names: str | None) -> dict[str, Column]:
    """Return a column under its own folded name and further ones.

    >>> list(with_names(Column("amount", "money", pl.Int64()), "Total Price", None))
    ['amount', 'totalprice']
    """
    return {fold(name): column for name in (column.name, *names) if name is not None}


def names_of(found: FileColumns) -> list[str]:
    """Return the names of the columns, each once."""
    return list(dict.fromkeys(column.name for column in found.columns.values()))


def time_column(readings: Sequence[DayReading]) -> tuple[Column, list[pl.Expr]]:
    """Return the column `at` of rows, and its values in each file: days only where no file has a time of the day."""
    if all(one.days_alone for one in readings):
        return Column("at", "day", pl.Date()), [one.day for one in readings]
    return Column("at", "moment", MOMENT), [one.moment.cast(MOMENT) for one in readings]


def kind_of_time(at: Column) -> Literal["moment", "day"]:
    """Return whether the times of a table are days alone, or moments."""
    return "day" if at.kind == "day" else "moment"


def known_by(at: Column, day: date) -> pl.Expr:
    """Return whether a time is on or before a day, null where there is none."""
    last = pl.lit(day) if at.kind == "day" else pl.lit(datetime.combine(day, time.max), MOMENT)
    return pl.col(at.name) <= last


def part_of(source: InputFile, found: ColumnMap, key: str) -> Part:
    """Return a file of a table with the columns that can be asked: all but its key, unless that is a field as well."""
    fields = {name: heading for name, heading in found.headings.items() if name != key}
    is_shared = key not in found or found[key] in fields.values()
    headings = [one for one in headings_of(source.header, source.schema) if is_shared or one != found[key]]
    return Part(source.frame, source.name, source.schema, headings, fields)


def key_of(source: InputFile, heading: str) -> pl.Expr:
    """Return an id of rows as `id_of` does, but an empty text stays one, which no other row has as its key."""
    text = source.schema[heading] == pl.String
    return pl.col(heading).str.strip_chars() if text else id_of(source, heading)


def id_of(source: InputFile, heading: str) -> pl.Expr:
    """Return an id of rows as text, as those of other tables are compared with it."""
    return column_types.id_of(heading, source.schema[heading], source.name).cast(pl.String)


def headings_of(header: Iterable[str], schema: Mapping[str, pl.DataType]) -> tuple[str, ...]:
    """Return the headings of a file that are columns of its rows, each once."""
    return tuple(dict.fromkeys(heading for heading in header if heading in schema))


def unreadable(label: str, count: int, what: str) -> Note:
    """Return the remark on texts of a column that cannot be read as a number, a date, or yes and no.

    >>> unreadable("vip", 2, "truth").text
    'vip: 2 values that are neither yes nor no count as missing'
    """
    kind = "neither yes nor no" if what == "truth" else f"no {what}"
    one = f"{counted(count, 'value')} that {'is' if count == 1 else 'are'} {kind}"
    return note(f"{label}: {one} {'counts' if count == 1 else 'count'} as missing")
