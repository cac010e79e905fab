"""One row per customer: `rfm score`."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.model import Scored
from rfm_cli.schemes import in_rank_order
from rfm_cli.tables.money import as_decimal
from rfm_cli.views.view import View, meta_of

COLUMNS = "customer_id first_order last_order recency_days frequency monetary r f m rfm segment vip".split()
MOST_DIGITS = 17
"""The most digits of an integer id that fits one 64-bit key together with its length."""


def score_view(
    scored: Scored,
    *,
    only_segments: Sequence[str] = (),
    only_vip: bool = False,
    extra: pl.DataFrame | None = None,
) -> View:
    """Return the scored customers, all or some of them, by customer_id in the order of its text.

    `extra` holds further columns by customer_id, null for customers that it lacks. Counts and money of `meta` are of
    all customers, not of the rows alone. Raises `UsageError` for a segment that the scheme does not have.
    """
    kept = scored.frame
    if only_segments:
        kept = kept.filter(pl.col("segment").is_in(known_segments(scored, only_segments)))
    if only_vip:
        kept = kept.filter(pl.col("vip").fill_null(value=False))
    # By text, since files are compared and joined by text.
    rows = by_text_of_id(kept).select(_public(scored))
    if extra is not None:
        rows = rows.join(extra, on="customer_id", how="left", maintain_order="left")
    return View("score", rows, meta_of(scored, rows=rows.height))


def known_segments(scored: Scored, names: Sequence[str]) -> list[str]:
    """Return the segments as the scheme spells them, case ignored; one text may hold several, parted by commas."""
    known = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
    by_fold = {name.casefold(): name for name in known}
    # A segment of the user's own scheme may have a comma in its name.
    whole = [[name] if name.casefold() in by_fold else name.split(",") for name in names]
    names = [name.strip() for parts in whole for name in parts]
    for name in names:
        if name.casefold() not in by_fold:
            raise UsageError(f"no segment is called {name!r}", did_you_mean(name, known))
    return [by_fold[name.casefold()] for name in names]


def _public(scored: Scored) -> list[pl.Expr]:
    """Return the twelve columns of an answer from rows whose `customer` is text, money as decimals."""
    has_money = "monetary" in scored.frame.columns and scored.scale is not None
    money = as_decimal(pl.col("monetary"), scored.scale or 0) if has_money else pl.lit(None, pl.Decimal(18, 0))
    columns = {"customer_id": pl.col("customer"), "monetary": money}
    return [columns.get(name, pl.col(name)).alias(name) for name in COLUMNS]


def by_text_of_id(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with `customer` as text, in the order of its code points: 10 comes before 9."""
    ids = frame["customer"]
    texts = frame.select(pl.col("customer").cast(pl.String)).to_series()  # on all cores, which a series alone is not
    if texts.is_sorted():  # a shortcut leaves them so
        return frame.with_columns(texts)
    low, high = (None, None) if ids.dtype == pl.String else (ids.min(), ids.max())
    if not isinstance(low, int) or not isinstance(high, int) or low < 0 or len(str(high)) > MOST_DIGITS:
        return frame.with_columns(texts).sort("customer")
    return frame.sort(_text_order(len(str(high)))).with_columns(pl.col("customer").cast(pl.String))


def _text_order(most: int) -> pl.Expr:
    """Return a key whose order is that of the decimal texts: the digits padded to the right, then their number.

    >>> frame = pl.DataFrame({"customer": [9, 10, 100, 1]})
    >>> frame.sort(_text_order(3))["customer"].to_list()
    [1, 10, 100, 9]
    """
    ids = pl.col("customer")
    padded, length = ids, pl.lit(most, pl.Int64)
    # Shorter numbers are padded to the length of the longest.
    for digits in range(most - 1, 0, -1):
        short = ids < 10**digits
        padded = pl.when(short).then(ids * 10 ** (most - digits)).otherwise(padded)
        length = pl.when(short).then(pl.lit(digits, pl.Int64)).otherwise(length)
    return padded * 32 + length
