"""The guard of a spreadsheet against losing zeros: a cell written ="00123" is the text 00123.

Few files have one. The bytes of a CSV file are searched first, which costs far less than a look at its cells. The texts
of other files are looked at as they are read, each column only where it is used.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Container, Sequence
from pathlib import Path

import polars as pl

from rfm_cli.tables.csv_rows import unique_names
from rfm_cli.tables.file_kinds import CHUNK, open_unpacked, packing_of
from rfm_cli.tables.footers import Bounds, Footer

GUARDED = r'^\s*="((?:[^"]|"")*)"\s*$'
"""A cell that is one text of a formula, in which a quote is written twice."""
GUARDED_AT_ONCE = GUARDED.replace(r"\s*", "", 1)
"""The same without blanks before it, which only CSV files have."""

FIRST, LAST = '="', "=#"
"""A guarded text of a file with types is the first of these at least, and comes before the last."""


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


def columns_without(footer: Footer) -> frozenset[str]:
    """List the columns of a Parquet file whose least and greatest texts show that none has a guard.

    A look at each text costs several times what reading it does, and a filter is not asked before it.
    """
    return frozenset(name for name, bounds in footer.bounds.items() if _shows_none(bounds))


def _shows_none(bounds: Bounds) -> bool:
    """Return whether all texts of a column come before those that begin as a guard, or after them."""
    least, greatest = bounds.least, bounds.greatest
    return isinstance(least, str) and isinstance(greatest, str) and (least >= LAST or greatest < FIRST)


def without_guards_as_read(frame: pl.LazyFrame, met: set[str], plain: Container[str] = ()) -> pl.LazyFrame:
    """Return a frame of any types with the guarded texts as what they guard; `met` collects the columns that have some
    among the rows that were read. Columns of `plain` have none. Headings are taken as in CSV files."""
    names = frame.collect_schema().names()
    headings = [plain_heading(name) for name in names]
    if headings != names:
        frame = frame.rename(dict(zip(names, unique_names(headings), strict=True)))
    texts = [name for name, dtype in frame.collect_schema().items() if dtype == pl.String and name not in plain]
    return frame.with_columns(_plain_as_read(name, met) for name in texts)


def _plain_as_read(name: str, met: set[str]) -> pl.Expr:
    def plain_where_guarded(texts: pl.Series) -> pl.Series:
        # A pattern costs far more than a look at the first letters, which no batch of most columns gets beyond.
        if not texts.str.starts_with("=").any() or not texts.str.contains(GUARDED_AT_ONCE).any():
            return texts
        met.add(name)
        return pl.select(_plain(pl.lit(texts), GUARDED_AT_ONCE)).to_series()

    return pl.col(name).map_batches(plain_where_guarded, return_dtype=pl.String, is_elementwise=True)


def _plain(column: pl.Expr, pattern: str = GUARDED) -> pl.Expr:
    inside = column.str.replace(pattern, "$1").str.replace_all('""', '"', literal=True)
    return pl.when(column.str.contains(pattern)).then(inside).otherwise(column)


def plain_heading(heading: str) -> str:
    """Return a heading without its guard.

    >>> plain_heading('="Order ID"'), plain_heading("Order ID")
    ('Order ID', 'Order ID')
    """
    found = re.match(GUARDED, heading)
    return found[1].replace('""', '"') if found else heading
