"""Remarks on ids that were folded, and on cells that a spreadsheet has guarded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.notes import Note, note
from rfm_cli.tables import ids

if TYPE_CHECKING:
    from rfm_cli.tables.sources import InputFile


def on_folded(name: str, written: pl.Series) -> Iterator[Note]:
    """Remark on the distinct ids of a table, as written, that became others."""
    if words := ids.in_words(written):
        yield note(f"{name}: {words}")


def on_guards(opened: Sequence[InputFile]) -> Iterator[Note]:
    """Remark on columns with cells written ="00123" in files that are no CSV, which are found as rows are read."""
    for source in opened:
        if source.guarded_columns:
            names = ", ".join(map(repr, sorted(source.guarded_columns)))
            columns = "columns" if len(source.guarded_columns) > 1 else "column"
            yield note(f'{source.name}: cells written as ="00123" read as 00123, in {columns} {names}')
