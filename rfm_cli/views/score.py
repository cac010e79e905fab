"""One row per customer: `rfm score`, with the columns of `--with` and `--history`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.messages import SchemeText, called
from rfm_cli.model import Scored, Shop
from rfm_cli.notes import Note, note
from rfm_cli.schemes import in_rank_order
from rfm_cli.tables.fields import fold, plain_name
from rfm_cli.tables.money import as_decimal
from rfm_cli.tables.options import ENGAGEMENT_DAYS, ENGAGING
from rfm_cli.views.view import MORE_DECIMALS, View, aov, meta_of

if TYPE_CHECKING:
    from rfm_cli.history.states import States

COLUMNS = "customer_id first_order last_order recency_days frequency monetary r f m rfm segment vip".split()
MOST_DIGITS = 17
"""The most digits of an integer id that fits one 64-bit key together with its length."""


def score_view(
    scored: Scored,
    *,
    only_segments: Sequence[str] = (),
    only_vip: bool = False,
    extra: pl.DataFrame | None = None,
    also: pl.Series | None = None,
) -> View:
    """Return the scored customers, all or some of them, by customer_id in the order of its text.

    `extra` holds further columns by customer_id, null for customers that it lacks. Counts and money of `meta` are of
    all customers, not of the rows alone. `also` says, in the order of the frame, which customers are in one of the
    segments that are named otherwise. Raises `UsageError` for a segment that the scheme does not have.
    """
    kept = scored.frame
    if only_segments or also is not None:
        inside = pl.col("segment").is_in(known_segments(scored, only_segments)).fill_null(value=False)
        kept = kept.filter(inside if also is None else inside | also)
    if only_vip:
        # Without money VIP marks are null.
        kept = kept.filter(pl.col("vip").fill_null(value=False))
    # By text, since files are compared and joined by text.
    rows = by_text_of_id(kept).select(_public(scored))
    if extra is not None:
        rows = rows.join(extra, on="customer_id", how="left", maintain_order="left")
    return View("score", rows, meta_of(scored, rows=rows.height))


def known_segments(scored: Scored, names: Sequence[str]) -> list[str]:
    """Return the segments as the scheme spells them, case ignored, in any language that is shown.

    One text may hold several, parted by commas.
    """
    known = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
    shown = [SchemeText(name) for name in known]
    found = []
    for name in segment_names(names, known):
        places = called(name, shown)
        if not places:
            raise UsageError(f"no segment is called {name!r}", did_you_mean(name, known))
        found.append(known[places[0]])
    return found


def segment_names(texts: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the names in texts that may each hold several, parted by commas, unless a whole text is a known name."""
    # A segment of the user's own scheme may have a comma in its name.
    shown = [SchemeText(name) for name in known]
    whole = [[text] if called(text, shown) else text.split(",") for text in texts]
    return [name.strip() for parts in whole for name in parts]


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
    # Of numbers that are equal when padded, such as 1 and 10, the shorter comes first.
    return padded * 32 + length


MEASURES = ("tenure_days", "aov", "engagement", "last_event")


def extras(
    scored: Scored,
    names: Sequence[str],
    *,
    engagement_days: int = ENGAGEMENT_DAYS,
    engagement_events: Sequence[str] = ENGAGING,
) -> pl.DataFrame | None:
    """Return the columns called `names` by customer_id; None without any. One text may hold several, parted by commas.

    Measures: tenure_days since the first purchase, aov (money per purchase), engagement (events called like one of
    `engagement_events` in the last `engagement_days` days) and last_event. Every other name is an attribute; raises
    `UsageError` for one that is called like a column of the answer.
    """
    from rfm_cli.tables.attributes import attributes

    wanted = list(dict.fromkeys(plain_name(name.strip()) for text in names for name in text.split(",") if name.strip()))
    if not wanted:
        return None
    # A second column of one name would be lost in JSON.
    if shown := [name for name in wanted if name in COLUMNS]:
        raise UsageError(f"--with {shown[0]}: the answer has a column of that name already")
    table = scored.frame.select(customer_id=pl.col("customer").cast(pl.String))
    measured = [name for name in wanted if name in MEASURES]
    named = [name for name in wanted if name not in MEASURES]
    if measured:
        found = measures_of(scored, measured, engagement_days, engagement_events)
        table = table.join(found, on="customer_id", how="left")
    if named:
        from rfm_cli.tables.attributes import attributes  # which few scores need
        from rfm_cli.tables.customers import at_date

        shop = scored.shop
        beside = shop.source.attributes
        # The latest order row of each customer depends on the date.
        as_of = _day(scored, "attributes need") if shop.orders else scored.as_of
        customers = shop.customers and at_date(shop.customers, shop.orders, as_of)
        try:
            found = attributes(named, customers, shop.orders, as_of, beside)
        except UsageError as error:
            raise UsageError(error.message, attribute_hint(shop, error.hint)) from error
        table = table.join(found, on="customer_id", how="left")
    return table.select("customer_id", *wanted)


def attribute_hint(shop: Shop, hint: str) -> str:
    """Return what to do where there is no such attribute: what the source says of it, and the hint."""
    return "; ".join(filter(None, [shop.source.attribute_hint, hint]))


def notes_on(scored: Scored, extra: pl.DataFrame | None) -> Iterator[Note]:
    """Remark on the columns that are taken from the orders, since no customers table has them."""
    known, orders = scored.shop.customers.attributes if scored.shop.customers else {}, scored.shop.orders
    if extra is None or orders is None:
        return
    guarded = {fold(heading) for file in orders.files for heading in file.original.guarded_columns}
    for name in extra.columns[1:]:
        if name not in MEASURES and fold(name) not in known:
            guards = ', cells written as ="00123" read as 00123' if fold(name) in guarded else ""
            row = "latest order row that has one (of equals the first by text)"
            yield note(f"{name} is that of each customer's {row}{guards}")


def measures_of(scored: Scored, names: Sequence[str], days: int, events: Sequence[str]) -> pl.DataFrame:
    """Return measures by customer_id; engagement is that of `days` days and of the events with these names."""
    table = scored.frame.select("first_order", customer_id=pl.col("customer").cast(pl.String), aov=_aov(scored))
    if "tenure_days" in names:
        age = pl.lit(_day(scored, "tenure_days needs")) - pl.col("first_order")
        table = table.with_columns(tenure_days=age.dt.total_days().cast(pl.Int32))
    if {"engagement", "last_event"} & set(names):
        table = table.join(_engagement(scored, days, events), on="customer_id", how="left")
        table = table.with_columns(pl.col("engagement").fill_null(0))
    return table.select("customer_id", *names)


def _day(scored: Scored, who: str) -> date:
    """Return the date of the answer; raise `UsageError` where it has none, naming what needs it."""
    if scored.as_of is None:
        raise UsageError(f"{who} a date", "give --as-of")
    return scored.as_of


def _aov(scored: Scored) -> pl.Expr:
    if scored.scale is None:
        return pl.lit(None, pl.Decimal(18, MORE_DECIMALS))
    return aov(pl.col("monetary"), pl.col("frequency"), scored.scale)


def _engagement(scored: Scored, days: int, names: Sequence[str]) -> pl.DataFrame:
    from rfm_cli.tables.events import engagement

    if scored.shop.events is None:
        raise UsageError("engagement needs events", "give --events FILE")
    return engagement(scored.shop.events, _day(scored, "engagement needs"), days, names)


def history_columns(spells: pl.DataFrame, states: States) -> pl.DataFrame:
    """Return one row per customer: customer_id, segment_since (Date), previous_segment.

    `spells` are of all of history up to the date of the answer. segment_since is the first day of the present spell,
    null for customers who have always been known. previous_segment is the last different one, null without any.
    """
    from rfm_cli.clock import EVER

    names = pl.lit(pl.Series(states.names, dtype=pl.String))
    # Comparing neighbors needs less time than a window by customer.
    own = pl.col("customer") == pl.col("customer").shift(1)  # spells are in order of customer and day
    before = pl.when(own).then(pl.col("state").shift(1))
    named = pl.when(before.is_not_null()).then(names.gather(before.fill_null(0).cast(pl.UInt32)))
    return (
        spells.with_columns(previous_segment=named)
        .filter(pl.col("left").is_null())
        .select(
            customer_id=pl.col("customer").cast(pl.String),
            segment_since=pl.when(pl.col("entered") != EVER).then("entered"),
            previous_segment="previous_segment",
        )
    )
