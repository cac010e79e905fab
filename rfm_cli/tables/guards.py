"""The guard of a spreadsheet against losing zeros: a cell written ="00123" is the text 00123.

Few files have one, so that the bytes of a file are searched first, which costs far less than a look at its cells.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from rfm_cli.tables.file_kinds import CHUNK, open_unpacked, packing_of

GUARDED = r'^\s*="((?:[^"]|"")*)"\s*$'
"""A cell that is one text of a formula, in which a quote is written twice."""


def may_have_guards(path: Path) -> bool:
    """Return whether a file has the bytes of a guard, in a cell or elsewhere."""
    if packing_of(path):
        return _may_have_guards_inside(path)
    with path.open("rb") as file:
        if not path.stat().st_size:
            return False
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            # One byte is searched much faster than two, and most files have no equals sign at all.
            first = content.find(b"=")
            return first >= 0 and content.find(b'="', first) >= 0


def _may_have_guards_inside(path: Path) -> bool:
    """Return the same for a packed file, which is unpacked for it once."""
    with open_unpacked(path) as file:
        before = b""
        while block := file.read(CHUNK):
            # A guard may begin in one block and end in the next.
            if b'="' in before + block:
                return True
            before = block[-1:]
    return False


def count_guards(frame: pl.LazyFrame, columns: Sequence[str]) -> int:
    """Count the guarded cells of a frame of texts."""
    each = [pl.col(name).str.contains(GUARDED).sum() for name in columns]
    return int(frame.select(pl.sum_horizontal(each)).collect(engine="streaming").item())


def without_guards(frame: pl.LazyFrame, columns: Sequence[str]) -> pl.LazyFrame:
    """Return a frame of texts with the guarded cells as what they guard."""
    return frame.with_columns(_plain(pl.col(name)) for name in columns)


def _plain(column: pl.Expr) -> pl.Expr:
    inside = column.str.replace(GUARDED, "$1").str.replace_all('""', '"', literal=True)
    return pl.when(column.str.contains(GUARDED)).then(inside).otherwise(column)


def plain_heading(heading: str) -> str:
    """Return a heading without its guard.

    >>> plain_heading('="Order ID"'), plain_heading("Order ID")
    ('Order ID', 'Order ID')
    """
    found = re.match(GUARDED, heading)
    return found[1].replace('""', '"') if found else heading
