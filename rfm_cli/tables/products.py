"""The products table: opened and recognised, so that a wrong file is told at once; no score needs it yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rfm_cli.tables import columns, sources
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.options import ReadOptions


@dataclass(frozen=True)
class Products:
    """The products files: their name in messages, their form, and which heading holds which field."""

    files: tuple[sources.Source, ...]
    name: str
    form: str
    columns: ColumnMap


def open_products(paths: Sequence[sources.Given], options: ReadOptions) -> Products:
    """The products at `paths`; `InputError` where a file cannot be read or has no product_id."""
    opened = sources.open_whole(paths, options)
    maps = [columns.detect("products", one.header, options.map_of("products"), one.name) for one in opened]
    for source, found in zip(opened, maps, strict=True):
        columns.require(found, ("product_id",), source.header, source.name)
    name = opened[0].name if len(opened) == 1 else f"{len(opened)} products files"
    return Products(opened, name, opened[0].form, maps[0])
