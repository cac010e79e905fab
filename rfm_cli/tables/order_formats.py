"""How the texts of order files are read: formats of dates and amounts, signs of currencies, ids as whole numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.tables import column_types, currencies, date_formats
from rfm_cli.tables.amounts import AmountFormat, amount_formats, evidence_in
from rfm_cli.tables.currencies import CurrencySigns
from rfm_cli.tables.date_parsing import DateFormats, as_text
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import MONEY, OrderFile

if TYPE_CHECKING:
    from rfm_cli.tables.precedents import Precedents

LOOKED_AT = 10_000
"""This many texts show whether most of a column differ."""


def with_formats(
    files: tuple[OrderFile, ...],
    seen: tuple[OrderFile, ...],
    options: ReadOptions,
    precedents: Precedents | None = None,
) -> tuple[OrderFile, ...]:
    """Return the files with formats of dates and amounts that fit the rows of `seen`: the same files, or their heads.

    A file that leaves a doubt is read as the other files are, those behind `precedents` included. Raises `InputError`
    where no file resolves it.
    """
    by_day = _days(seen, options, "ordered_at", precedents)
    by_refund_day = _days(seen, options, "refunded_at", precedents)
    by_field = {name: _amounts(seen, name, options, precedents) for name in MONEY}
    amounts = [
        {name: found[place] for name, found in by_field.items() if place in found} for place in range(len(files))
    ]
    signs = _signs(seen, amounts, options)
    return tuple(
        replace(
            file,
            day=by_day.get(place, file.day),
            refund_day=by_refund_day.get(place, file.refund_day),
            amounts=amounts[place],
            signs=signs[place],
        )
        for place, file in enumerate(files)
    )


def with_integer_ids(files: tuple[OrderFile, ...], seen: tuple[OrderFile, ...]) -> tuple[OrderFile, ...]:
    """Return the files with the id fields whose texts in `seen` are all the digits of integers."""
    return tuple(replace(file, digits=_digits(head)) for file, head in zip(files, seen, strict=True))


def _digits(file: OrderFile) -> frozenset[str]:
    fields = ("order_id",) if file.folds else ("customer_id", "order_id")  # folded ids are texts
    names = [name for name in fields if name in file.columns and file.dtype(name) == pl.String]
    if not names:
        return frozenset()
    columns = {name: pl.col(file.columns[name]) for name in names}
    odd = [(column_types.integer_of(text).is_null() & (text != "")).any().alias(name) for name, text in columns.items()]
    found = file.raw().select(odd).collect().row(0, named=True)
    return frozenset(name for name in names if not found[name])


def _days(
    files: tuple[OrderFile, ...], options: ReadOptions, name: str, precedents: Precedents | None
) -> dict[int, DateFormats]:
    """Return the date formats of each file whose date column holds texts, by the place of the file."""
    tables = {
        place: date_formats.shape_table(file.raw(), _day_text(file, name))
        for place, file in enumerate(files)
        if name in file.columns and not file.typed_day(name)
    }
    if not tables:
        return {}
    # All files count as evidence: 13/01/2024 in one shows how 01/02/2024 in another is to be read.
    before = [precedents.shape_table(name)] if precedents else []
    together = date_formats.combined_shapes([*tables.values(), *before])
    found = {
        place: date_formats.date_formats(
            table, together, files[place].where(name), options.date_format, files[place].times_in.get(name)
        )
        for place, table in tables.items()
    }
    return {
        place: replace(reading, varied=is_varied(files[place].raw(), _day_text(files[place], name)))
        for place, reading in found.items()
    }


def _day_text(file: OrderFile, name: str) -> pl.Expr:
    return as_text(pl.col(file.columns[name]), file.dtype(name))


def _amounts(
    files: tuple[OrderFile, ...], name: str, options: ReadOptions, precedents: Precedents | None
) -> dict[int, AmountFormat]:
    """Return the format of one money field for each file that has it as texts, by the place of the file."""
    found = {
        place: evidence_in(file.raw(), pl.col(file.columns[name]))
        for place, file in enumerate(files)
        if name in file.number_fields() and file.dtype(name) == pl.String
    }
    where = {place: files[place].where(name) for place in found}
    return amount_formats(found, where, options.decimal, precedents.evidence(name) if precedents else None)


def _signs(
    files: tuple[OrderFile, ...], amounts: Sequence[Mapping[str, AmountFormat]], options: ReadOptions
) -> list[CurrencySigns]:
    """Return how each file writes currencies; all files together show which signs are one currency."""
    inside = [
        {sign for name in (*file.priced_fields(), "refunded") if name in forms for sign in forms[name].evidence.signs}
        for file, forms in zip(files, amounts, strict=True)
    ]
    codes = {code for file in files if "currency" in file.columns for code in _codes(file)}
    if not any(inside) and all(re.match(currencies.CODE, code) for code in codes):
        return [CurrencySigns()] * len(files)
    occurring = set().union(*inside, (code.lower().rstrip(".") for code in codes))
    names = currencies.resolved(sorted(occurring), options.currency)
    only = next(iter(names.values())) if len(set(names.values())) == 1 else None
    return [CurrencySigns(names, bool(own), only if own else None) for own in inside]


def _codes(file: OrderFile) -> list[str]:
    """Return what the column of currencies holds, each once, in upper case."""
    code = currencies.as_codes(pl.col(file.columns["currency"]).cast(pl.String), {})
    return file.raw().select(code.drop_nulls().unique()).collect(engine="streaming").to_series().to_list()


def is_varied(frame: pl.LazyFrame, text: pl.Expr) -> bool:
    """Return whether most texts in the first rows differ: then Polars had better not look each up in a cache."""
    first = frame.select(text=text).head(LOOKED_AT).collect().to_series()
    return first.n_unique() * 2 > len(first)
