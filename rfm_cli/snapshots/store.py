"""The store: a folder with a file of customers for each date, each written whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from pyarrow.lib import ArrowException  # type: ignore[import-untyped]

from rfm_cli.errors import Advice, InputError, as_output_error
from rfm_cli.model import Scored
from rfm_cli.output.formats import ROW_GROUP_SIZE
from rfm_cli.output.target import open_target
from rfm_cli.progress import step
from rfm_cli.snapshots.metadata import Told, from_json
from rfm_cli.tables.money import as_decimal
from rfm_cli.views.score import COLUMNS, score_view

KEY = b"rfm.snapshot"
"""The key of the metadata."""
FILE = "customers.parquet"
PARTITION = "as_of="
MORE = ("known_from", "monetary_year")
ANOTHER_FOLDER = Advice("give another folder: --store")


@dataclass(frozen=True)
class Snapshot:
    """A snapshot: what it tells, and where its customers are."""

    told: Told
    path: Path

    def rows(self) -> pl.DataFrame:
        """The customers as `rows_of` made them, by customer_id. `InputError` where they cannot be read."""
        try:
            rows = pl.read_parquet(self.path, hive_partitioning=False, glob=False)
            return rows.select(*COLUMNS, *MORE)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise _broken(self.path) from error


def rows_of(scored: Scored, year: pl.DataFrame | None) -> pl.DataFrame:
    """The rows of a snapshot, by customer_id: the columns of `rfm score`, known_from (the day from which somebody is a
    customer), and monetary_year, the money of the 365 days up to the date.

    `year` holds the latter in minor units by `customer`; None where it is not known, which leaves it null.
    """
    known = pl.min_horizontal("known_from", "first_row").alias("known_from")
    more = scored.frame.select(customer_id=pl.col("customer").cast(pl.String), known_from=known)
    rows = score_view(scored, extra=more).rows
    scale = scored.scale
    if year is None or scale is None:
        return rows.with_columns(monetary_year=pl.lit(None, pl.Decimal(18, scale or 0)))
    own = year.select(customer_id=pl.col("customer").cast(pl.String), money=pl.col("monetary").cast(pl.Int64))
    joined = rows.join(own, on="customer_id", how="left", maintain_order="left")
    return joined.select(*rows.columns, as_decimal(pl.col("money").fill_null(0), scale).alias("monetary_year"))


def place_of(folder: Path, day: date) -> Path:
    """Where the snapshot of a day stands."""
    return folder / f"{PARTITION}{day}" / FILE


Fate = Literal["written", "there already", "another is there"]


def write(folder: Path, rows: pl.DataFrame, told: Told, *, replace: bool = False) -> Fate:
    """Write the snapshot, unless the store has one of that date: just this one, or another, which is let be unless
    `replace` sets this one in its place by one rename. What became of it."""
    place = place_of(folder, told.as_of)
    with as_output_error(place, ANOTHER_FOLDER):
        is_there = place.exists()
    if is_there and not replace:
        there = read(folder, told.as_of)
        is_same = there.told.same_as(told) and there.rows().equals(rows)
        return "there already" if is_same else "another is there"
    with as_output_error(place.parent, ANOTHER_FOLDER):
        place.parent.mkdir(parents=True, exist_ok=True)
    with step(f"writing {place}"), open_target(str(place)) as target:
        target.write(_as_parquet(rows, told))
    return "written"


def _as_parquet(rows: pl.DataFrame, told: Told) -> bytes:
    """The bytes of the file; pyarrow writes it, whose metadata other programs show."""
    table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    table = table.replace_schema_metadata({KEY: told.to_json().encode()})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", compression_level=1, row_group_size=ROW_GROUP_SIZE)
    return buffer.getvalue()


def days_in(folder: Path) -> list[date]:
    """The days that the store has snapshots of, ascending; `InputError` where there is no such folder."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no store of snapshots", "take one first: rfm snapshot --store DIR")
    found = []
    for place in folder.glob(f"{PARTITION}*/{FILE}"):
        text = place.parent.name.removeprefix(PARTITION)
        try:
            day = date.fromisoformat(text)
            if str(day) != text:
                raise ValueError(text)
            found.append(day)
        except ValueError as error:
            raise InputError(f"{place.parent}: {text!r} is no date", "a store has folders as_of=YYYY-MM-DD") from error
    return sorted(found)


def read(folder: Path, day: date) -> Snapshot:
    """The snapshot of a day; `InputError` for one that there is none of, and for a file that is none."""
    place = place_of(folder, day)
    if not place.exists():
        raise InputError(f"{folder}: no snapshot of {day}", _there_are(days_in(folder)))
    try:
        told = (pq.read_schema(place).metadata or {}).get(KEY)
    except (OSError, ArrowException) as error:
        raise _broken(place) from error
    if told is None:
        raise _broken(place)
    found = from_json(told.decode("utf-8", "replace"), str(place))
    if found.as_of != day:
        raise InputError(f"{place}: a snapshot of {found.as_of}, in the folder of {day}", "move it to its own")
    return Snapshot(found, place)


def _there_are(days: Sequence[date]) -> str:
    if not days:
        return "take one first: rfm snapshot --as-of DATE"
    shown = ", ".join(map(str, days[-5:]))
    return f"there {'is' if len(days) == 1 else 'are'} {'… ' if len(days) > 5 else ''}{shown}"


def _broken(place: Path) -> InputError:
    return InputError(f"{place}: not a snapshot of rfm", "take it anew: rfm snapshot --replace")
