"""Keep scored customers as a snapshot in a store: a folder with one file per date, each written whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal

import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from pyarrow.lib import ArrowException  # type: ignore[import-untyped]

from rfm_cli.clock import days_before
from rfm_cli.errors import Advice, InputError, UnansweredError, UsageError, as_output_error
from rfm_cli.fingerprints import InputRecord
from rfm_cli.measures.steps import Stretches
from rfm_cli.model import PastRequest, Scored
from rfm_cli.notes import Note, note, warning
from rfm_cli.output.formats import ROW_GROUP_SIZE
from rfm_cli.output.target import open_target
from rfm_cli.pipeline import counting_of
from rfm_cli.progress import step
from rfm_cli.snapshots.metadata import CountingOptions, Metadata, from_json, metadata_of
from rfm_cli.tables.money import as_decimal
from rfm_cli.views.score import COLUMNS, score_view
from rfm_cli.views.watch import STAKE_DAYS

if TYPE_CHECKING:
    import polars as pl

    from rfm_cli.fingerprints import Fingerprint
    from rfm_cli.model import Question, Scored, Shop


KEY = b"rfm.snapshot"
"""The key of the metadata in the file."""
FILE = "customers.parquet"
PARTITION = "as_of="
MORE = ("known_from", "monetary_year")
ANOTHER_FOLDER = Advice("give another folder: --store")


@dataclass(frozen=True)
class Snapshot:
    """A snapshot: its metadata, and the file of its customers."""

    metadata: Metadata
    path: Path

    def rows(self) -> pl.DataFrame:
        """Return the customers as `rows_of` made them, by customer_id. `InputError` where they cannot be read."""
        try:
            # The folder `as_of=...` would become a column, and brackets in a folder's name a wildcard.
            rows = pl.read_parquet(self.path, hive_partitioning=False, glob=False)
            return rows.select(*COLUMNS, *MORE)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise _broken(self.path) from error


def rows_of(scored: Scored, year: pl.DataFrame | None) -> pl.DataFrame:
    """Return the rows of a snapshot, one row per customer, by customer_id.

    Columns: those of `rfm score`; known_from, the day since which the id is a customer; and monetary_year, the money
    of the 365 days up to the date. `year` holds the latter in minor units by `customer`; where it is None, or there is
    no money, monetary_year is null.
    """
    # An id is a customer from the customers table's date or from its first order row, whichever comes first.
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
    """Return the path of the snapshot of a day."""
    return folder / f"{PARTITION}{day}" / FILE


Outcome = Literal["written", "there already", "another is there"]


def write(folder: Path, rows: pl.DataFrame, metadata: Metadata, *, replace: bool = False) -> Outcome:
    """Write the snapshot if its date is free, or if `replace` is set; an existing file is replaced by one rename.

    Returns "written"; else "there already" where the store has just this snapshot, "another is there" where it has
    another one of the date.
    """
    place = place_of(folder, metadata.as_of)
    # Asking is an error of its own where the system takes no such name, or does not let this user look.
    with as_output_error(place, ANOTHER_FOLDER):
        is_there = place.exists()
    if is_there and not replace:
        there = read(folder, metadata.as_of)
        is_same = there.metadata.is_same_as(metadata) and there.rows().equals(rows)
        return "there already" if is_same else "another is there"
    with as_output_error(place.parent, ANOTHER_FOLDER):
        place.parent.mkdir(parents=True, exist_ok=True)
    with step(f"writing {place}"), open_target(str(place)) as target:
        target.write(_as_parquet(rows, metadata))
    return "written"


def _as_parquet(rows: pl.DataFrame, metadata: Metadata) -> bytes:
    """Return the bytes of the file; pyarrow writes it, since other programs show the metadata that it writes."""
    # String views are left out, since older readers of Arrow's types do not know them.
    table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    table = table.replace_schema_metadata({KEY: metadata.to_json().encode()})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", compression_level=1, row_group_size=ROW_GROUP_SIZE)
    return buffer.getvalue()


def days_in(folder: Path) -> list[date]:
    """Return the days that the store has snapshots of, ascending; `InputError` where there is no such folder."""
    if not folder.is_dir():
        raise InputError(f"{folder}: no store of snapshots", "take one first: rfm snapshot --store DIR")
    # An unknown folder of this kind is an error: to skip it could hide a snapshot from all that look back.
    found = []
    for place in folder.glob(f"{PARTITION}*/{FILE}"):
        text = place.parent.name.removeprefix(PARTITION)
        try:
            day = date.fromisoformat(text)
            if str(day) != text:  # such as 20241231, which Python reads too
                raise ValueError(text)
            found.append(day)
        except ValueError as error:
            raise InputError(f"{place.parent}: {text!r} is no date", "a store has folders as_of=YYYY-MM-DD") from error
    return sorted(found)


def read(folder: Path, day: date) -> Snapshot:
    """Return the snapshot of a day; `InputError` where there is none, and for a file that is no snapshot of the day."""
    place = place_of(folder, day)
    if not place.exists():
        raise InputError(f"{folder}: no snapshot of {day}", _latest_of(days_in(folder)))
    try:
        text = (pq.read_schema(place).metadata or {}).get(KEY)
    except (OSError, ArrowException) as error:
        raise _broken(place) from error
    if text is None:
        raise _broken(place)
    metadata = from_json(text.decode("utf-8", "replace"), str(place))
    if metadata.as_of != day:
        raise InputError(f"{place}: a snapshot of {metadata.as_of}, in the folder of {day}", "move it to its own")
    return Snapshot(metadata, place)


def _latest_of(days: Sequence[date]) -> str:
    """Return a hint that names the last five days that there are."""
    if not days:
        return "take one first: rfm snapshot --as-of DATE"
    shown = ", ".join(map(str, days[-5:]))
    return f"there {'is' if len(days) == 1 else 'are'} {'… ' if len(days) > 5 else ''}{shown}"


def _broken(place: Path) -> InputError:
    """Return the error of a file that is no snapshot."""
    return InputError(f"{place}: not a snapshot of rfm", "take it anew: rfm snapshot --replace")


def year_request(shop: Shop, question: Question) -> PastRequest | None:
    """Return the request for the last 365 days up to the date of the question, as a stretch of their own.

    None if that year cannot be separated from what came before: without history, under a window, or if the source
    does not have the days at which the year begins and ends.
    """
    day = question.as_of
    if day is None or question.window is not None or not shop.has_history:
        return None
    ends = tuple(end for end in (days_before(day, STAKE_DAYS), day) if end is not None)
    try:
        shop.source.require_dates(ends)
    except UnansweredError:
        return None
    return PastRequest(shop, question, Stretches(ends), day, day)


def counted_by(question: Question, shop: Shop, timezone: str, window: str | None) -> CountingOptions:
    """Return how customers were counted: as the options say, else as a roll-up or the scheme does."""
    own = shop.source.agree(question)
    return CountingOptions(
        timezone=timezone,
        window=window,
        free_orders=counting_of(own, None).free,
        one_order_per="day" if own.one_a_day else None,
        new_subscriber=question.new_subscriber,
        returned_orders="ignore" if question.returned_ignored else None,
        ids=shop.source.ids,
    )


def keep(
    folder: Path,
    scored: Scored,
    counted: CountingOptions,
    year: pl.DataFrame | None,
    seen: Sequence[Fingerprint],
    warnings: Sequence[Note],
    *,
    anew: bool = False,
) -> tuple[bool, Note]:
    """Keep the scored customers in the store, and return whether it has them now, and what to print.

    `year` is the money of the 365 days up to the date by customer, None if it is not known. Another snapshot of the
    same date stays, unless this one is to be taken `anew`.
    """
    if scored.as_of is None:
        raise UsageError("a snapshot needs a date, and this file has none", "say it with --as-of")
    inputs = [InputRecord(PurePath(one.path).name, one.bytes, one.sha256) for one in seen]
    rows = rows_of(scored, year)
    place = place_of(folder, scored.as_of)
    fate = write(folder, rows, metadata_of(scored, counted, inputs, warnings), replace=anew)
    if fate == "another is there":
        stays = f"{place}: another snapshot of {scored.as_of} was taken before, and stays"
        return False, warning("snapshot-kept", stays)
    written = f"{rows.height:,} customer{'s' if rows.height != 1 else ''}"
    return True, note(f"{place}: {written if fate == 'written' else 'is there already, just so'}")
