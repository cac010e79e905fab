"""How the texts of order files are to be read: looked up in their first rows, or in all of them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from rfm_cli.tables import amounts, days, ids
from rfm_cli.tables.amounts import AmountReading
from rfm_cli.tables.days import DayReading
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import MONEY, REPEATED, OrderFile
from rfm_cli.tables.sources import SURPLUS


def heads(files: tuple[OrderFile, ...]) -> tuple[OrderFile, ...]:
    """The files cut to their first rows and to the columns that matter, held in memory."""
    return tuple(replace(file, source=replace(file.source, frame=_head(file), start=None)) for file in files)


def _head(file: OrderFile) -> pl.LazyFrame:
    marks = [name for name in (SURPLUS, REPEATED) if name in file.source.schema]
    wanted = list(dict.fromkeys([*file.columns.headings.values(), *marks]))
    return file.source.head().select(wanted).collect().lazy()


def with_readings(
    files: tuple[OrderFile, ...], seen: tuple[OrderFile, ...], options: ReadOptions
) -> tuple[OrderFile, ...]:
    """The files with readings that fit the rows of `seen`: the same files, or their heads.

    A file that leaves a doubt is read as the other files say; `InputError` where none resolves it.
    """
    by_day = _days(seen, options)
    by_field = {name: _amounts(seen, name, options) for name in MONEY}
    return tuple(
        replace(
            file,
            day=by_day.get(place, file.day),
            amounts={name: found[place] for name, found in by_field.items() if place in found},
        )
        for place, file in enumerate(files)
    )


def with_digits(files: tuple[OrderFile, ...], seen: tuple[OrderFile, ...]) -> tuple[OrderFile, ...]:
    """The files with the id fields whose texts in `seen` are all integers' own digits."""
    return tuple(replace(file, digits=_digits(head)) for file, head in zip(files, seen, strict=True))


def _digits(file: OrderFile) -> frozenset[str]:
    names = [name for name in ("customer_id", "order_id") if name in file.columns and file.dtype(name) == pl.String]
    if not names:
        return frozenset()
    columns = {name: pl.col(file.columns[name]) for name in names}
    odd = [(ids.integer_of(text).is_null() & (text != "")).any().alias(name) for name, text in columns.items()]
    found = file.raw().select(odd).collect().row(0, named=True)
    return frozenset(name for name in names if not found[name])


def _days(files: tuple[OrderFile, ...], options: ReadOptions) -> dict[int, DayReading]:
    """The reading of the date column of each file, by its place, where the column holds texts."""
    tables = {
        place: days.shape_table(file.raw(), _day_text(file)) for place, file in enumerate(files) if not file.typed_day()
    }
    if not tables:
        return {}
    together = days.merged(list(tables.values()))
    found = {
        place: days.decide(table, together, files[place].where("ordered_at"), options.date_format)
        for place, table in tables.items()
    }
    return {
        place: replace(reading, varied=days.is_varied(files[place].raw(), _day_text(files[place])))
        for place, reading in found.items()
    }


def _day_text(file: OrderFile) -> pl.Expr:
    return days.as_text(pl.col(file.columns["ordered_at"]), file.dtype("ordered_at"))


def _amounts(files: tuple[OrderFile, ...], name: str, options: ReadOptions) -> dict[int, AmountReading]:
    """The reading of one money field of each file, by its place, where the column holds texts."""
    found = {
        place: amounts.look(file.raw(), pl.col(file.columns[name]))
        for place, file in enumerate(files)
        if name in file.money_fields() and file.dtype(name) == pl.String
    }
    return amounts.decide_all(found, {place: files[place].where(name) for place in found}, options.decimal)
