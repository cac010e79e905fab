"""The products files: opened, so that a wrong one is reported at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rfm_cli.tables import columns, sources
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.mapped import with_mapped
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import Given


@dataclass(frozen=True)
class Products:
    """The products files: their name in messages, their form, and which heading holds which field: in the first file,
    and in each."""

    files: tuple[sources.InputFile, ...]
    name: str
    form: str
    columns: ColumnMap
    maps: tuple[ColumnMap, ...] = ()


def open_products(paths: Sequence[Given], options: ReadOptions) -> Products:
    """Open the products at `paths`, so that a wrong file is reported at once; no score needs them.

    Raises `InputError` where a file cannot be read or has no product_id.
    """
    opened = with_mapped(sources.open_whole(paths, options, "products"), "products", options)
    maps = [columns.detect("products", one.header, options.map_of("products"), one.name) for one in opened]
    for source, found in zip(opened, maps, strict=True):
        columns.require(found, ("product_id",), source.header, source.name, source.head())
    name = opened[0].name if len(opened) == 1 else f"{len(opened)} products files"
    return Products(opened, name, opened[0].form, maps[0], tuple(maps))
