"""How the texts of order files are to be read: looked up in their first rows, or in all of them."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from rfm_cli.tables import amounts, days
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import MONEY, OrderFile

HEAD = 10_000
"""So many rows are looked at before the first pass; the pass itself proves what they suggested."""


def with_readings(files: tuple[OrderFile, ...], options: ReadOptions, *, whole: bool) -> tuple[OrderFile, ...]:
    """The files with readings that fit their first rows, or all of their rows where `whole`.

    A file that leaves a doubt is read as the other files say; `InputError` where none resolves it.
    """
    return _with_amounts(_with_days(files, options, whole=whole), options, whole=whole)


def _with_days(files: tuple[OrderFile, ...], options: ReadOptions, *, whole: bool) -> tuple[OrderFile, ...]:
    tables = {
        place: days.shape_table(_seen(file, whole=whole), _day_text(file)).collect(engine="streaming")
        for place, file in enumerate(files)
        if not file.typed_day()
    }
    if not tables:
        return files
    together = days.merged(list(tables.values()))
    decided = list(files)
    for place, table in tables.items():
        file = files[place]
        reading = days.decide(table, together, file.where("ordered_at"), options.date_format)
        decided[place] = replace(file, day=reading)
    return tuple(decided)


def _day_text(file: OrderFile) -> pl.Expr:
    return days.as_text(pl.col(file.columns["ordered_at"]), file.dtype("ordered_at"))


def _with_amounts(files: tuple[OrderFile, ...], options: ReadOptions, *, whole: bool) -> tuple[OrderFile, ...]:
    decided = list(files)
    for name in MONEY:
        found = {
            place: _amount_evidence(file, name, whole=whole)
            for place, file in enumerate(files)
            if name in file.money_fields() and file.dtype(name) == pl.String
        }
        for place, own in found.items():
            file = decided[place]
            doubtful = own["doubt"] and not own["comma"] and not own["point"]
            seen = amounts.merged(list(found.values())) if doubtful else own
            reading = amounts.decide(seen, file.where(name), options.decimal)
            decided[place] = replace(file, amounts={**file.amounts, name: reading})
    return tuple(decided)


def _amount_evidence(file: OrderFile, name: str, *, whole: bool) -> dict[str, int | str | None]:
    column = pl.col(file.columns[name])
    return _seen(file, whole=whole).select(amounts.evidence(column)).collect(engine="streaming").row(0, named=True)


def _seen(file: OrderFile, *, whole: bool) -> pl.LazyFrame:
    return file.raw() if whole else file.raw().head(HEAD)
