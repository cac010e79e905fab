"""Small shops as frames, scored, with the tables that are linked to their customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from rfm_cli.language.linked import LinkedTables, linked_tables
from rfm_cli.model import Question, Scored, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.schemes import load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions

QUESTION = Question(Fitting(load_scheme("rf12")))


def texts(heads: str, *rows: str) -> pl.DataFrame:
    """A table as CSV has it: all columns are texts, and an empty cell is null."""
    names = heads.split(",")
    cells = [[cell or None for cell in row.split(",")] for row in rows]
    return pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String), orient="row")


def linked(
    tables: Mapping[str, object], as_of: date | None = None, options: ReadOptions | None = None, **asked: Any
) -> tuple[LinkedTables, Scored]:
    """The linked tables of a shop of frames or paths, and its customers, as of a day."""
    shop = open_shop(TablePaths(**tables), options or ReadOptions())  # type: ignore[arg-type]
    question = replace(QUESTION, as_of=as_of, **asked)
    scored = score(shop, question)
    return linked_tables(scored, question), scored


def rows_of(tables: LinkedTables, name: str, *columns: str) -> list[tuple[Any, ...]]:
    """Rows of a table, sorted, of some of its columns by name."""
    table = tables[name]
    return frame_rows(table.whole, columns)


def frame_rows(frame: pl.LazyFrame, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """Rows of some columns, sorted; missing values come last."""
    return frame.select(columns).collect().sort(pl.all(), nulls_last=True).rows()
