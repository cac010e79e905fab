"""Axes of matrices: each turns scored customers into labels with an order of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import polars as pl

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.history.states import NOT_VIP, VIP
from rfm_cli.messages import SchemeText, Value, message
from rfm_cli.model import Scored
from rfm_cli.schemes import NO_PURCHASES, Axis, in_rank_order
from rfm_cli.tables.attributes import attribute_names, attributes
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import ENGAGEMENT_DAYS, ENGAGING
from rfm_cli.views.bins import DAYS, EVENTS, Bins, by_quantiles, in_units
from rfm_cli.views.score import attribute_hint, measures_of

MEASURED = ("recency", "frequency", "monetary", "tenure")
SCORED: tuple[Axis, ...] = ("r", "f", "m")
OF_EVENTS = ("engagement", "last_event")
AXES = (*MEASURED, *OF_EVENTS, *SCORED, "segment", "vip")
IN_DAYS = ("recency", "tenure", "last_event")
"""Axes in days: their edges are the last days of bins, as the cutoffs of R are; others have first values."""
NEVER = "never"
FEW_VALUES = 12
"""Numbers of an attribute with this many different values or fewer have no bins."""


@dataclass(frozen=True)
class AxisSettings:
    """Edges by axis, and the days and events that engagement counts."""

    edges: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)
    engagement_days: int = ENGAGEMENT_DAYS
    engagement_events: Sequence[str] = ENGAGING


@dataclass(frozen=True)
class AxisOf:
    """An axis of some customers: its name, the label of each in the order of the frame (null: no value), all labels.

    `order` has the labels in order, a null last; `shown` has them as they are shown in any language.
    """

    name: str
    labels: pl.Series
    order: tuple[str | None, ...]
    shown: tuple[Value, ...]

    def only(self, kept: pl.Series) -> AxisOf:
        """Return the axis of the customers that are kept; all labels stay, so that each cell of everybody is one."""
        return replace(self, labels=self.labels.filter(kept))


def name_of(text: str) -> str:
    """Return the name of an axis as it is called here, in any case; `recency_days` is recency. Others are attributes.

    >>> name_of("Recency_Days"), name_of(" City ")
    ('recency', 'City')
    """
    name = text.strip()
    return next((axis for axis in AXES if fold(name) in (fold(axis), fold(f"{axis}_days"))), name)


def axis_of(scored: Scored, name: str, settings: AxisSettings) -> AxisOf:
    """Return the axis called `name` of all scored customers.

    Scores, segments, VIPs and attributes have no bins; recency, last_event and engagement have fixed bins;
    frequency, monetary, tenure and attributes that are numbers have bins by the quantile rule; `edges` replace either.
    Customers without a purchase have a label of their own on every axis that needs one. Raises `UsageError` for an
    unknown axis, and where events or money are missing.
    """
    if (where := scored.where) is None:
        return _axis_of(scored, name_of(name), settings)
    # Bins and labels are those of everybody, so that a condition moves no edge.
    return _axis_of(where.everybody, name_of(name), settings).only(where.kept)


def _axis_of(scored: Scored, name: str, settings: AxisSettings) -> AxisOf:
    known = name if name in AXES else None
    # Scores and segments are few names already: bins of them would be other scores.
    if name in settings.edges and known in (*SCORED, "segment", "vip"):
        raise UsageError(f"--edges {name}: {name} has no bins, its values are taken as they are")
    if score := next((axis for axis in SCORED if axis == known), None):
        return _of_scores(scored, score)
    if known == "segment":
        order = in_rank_order(scored.scheme, new_subscribers=scored.new_subscribers)
        return _named("segment", scored.frame["segment"], order)
    if known == "vip":
        _need_money(scored, "vip")
        marks = pl.when("vip").then(pl.lit(VIP)).otherwise(pl.lit(NOT_VIP))
        return _named("vip", _buyers(scored, marks), [VIP, NOT_VIP, NO_PURCHASES])
    if known in MEASURED:
        return _of_measure(scored, known, settings)
    if known in OF_EVENTS:
        return _of_events(scored, known, settings)
    return _of_attribute(scored, name, settings)


def _buyers(scored: Scored, label: pl.Expr) -> pl.Series:
    """Return the labels of buyers, and No purchases for the others."""
    bought = pl.col("recency_days").is_not_null()
    return scored.frame.select(label=pl.when(bought).then(label).otherwise(pl.lit(NO_PURCHASES))).to_series()


def _named(name: str, labels: pl.Series, order: Sequence[str]) -> AxisOf:
    """Return an axis of named values; No purchases is left out where all customers are buyers."""
    there = set(labels.unique().to_list())
    # A shop of buyers alone has no row of customers without a purchase.
    kept = [label for label in order if label in there or label != NO_PURCHASES]
    all_labels = (*kept, *([None] if None in there else []))
    return AxisOf(name, labels, all_labels, tuple(SchemeText(label or "") for label in all_labels))


def _of_scores(scored: Scored, name: Axis) -> AxisOf:
    if name == "m":
        _need_money(scored, "m")
    k = scored.scheme.bins.k(name)
    order = [str(score) for score in range(k, 0, -1)]
    return _named(name, _buyers(scored, pl.col(name).cast(pl.String)), [*order, NO_PURCHASES])


def _need_money(scored: Scored, name: str) -> None:
    if scored.scale is None:
        raise UsageError(f"the axis {name} needs amounts, and these orders have none")


def _of_measure(scored: Scored, name: str, settings: AxisSettings) -> AxisOf:
    """Return recency, frequency, monetary or tenure of buyers, in bins."""
    if name == "monetary":
        _need_money(scored, name)
    if name == "tenure":
        _need_date(scored, name)
    column = {
        "recency": pl.col("recency_days"),
        "frequency": pl.col("frequency"),
        "monetary": pl.col("monetary"),
        "tenure": (pl.lit(scored.as_of) - pl.col("first_order")).dt.total_days(),
    }[name]
    bought = pl.col("recency_days").is_not_null()
    values = scored.frame.select(value=pl.when(bought).then(column.cast(pl.Int64))).to_series()
    decimals = (scored.scale or 0) if name == "monetary" else 0
    lowest = {"recency": 0, "frequency": 0 if scored.windowed else 1, "monetary": None, "tenure": 0}[name]
    # Fixed bins of days can be compared between shops; quantiles of money and counts suit each shop.
    fixed = Bins(DAYS) if name == "recency" else None
    bins = _bins(name, values, settings, fixed, lowest, decimals)
    return _binned(name, values, bins, NO_PURCHASES, SchemeText(NO_PURCHASES))


def _need_date(scored: Scored, name: str) -> None:
    if scored.as_of is None:
        raise UsageError(f"the axis {name} needs a date", "give --as-of")


def _bins(
    name: str, values: pl.Series, settings: AxisSettings, fixed: Bins | None, lowest: int | None, decimals: int
) -> Bins:
    """Return the bins of the given edges, else the fixed ones, else those of the quantile rule."""
    if name in settings.edges:
        firsts = in_units(settings.edges[name], decimals, last_days=name in IN_DAYS, name=name)
        if lowest is not None and firsts[0] <= lowest:
            least = f"{lowest:,}" if name in IN_DAYS else f"{lowest + 1:,}"
            raise UsageError(f"--edges {name}: the first bin would be empty", f"begin at {least} or more")
        return Bins(firsts, lowest, decimals)
    return fixed or by_quantiles(values, lowest, decimals)


def _binned(name: str, values: pl.Series, bins: Bins, missing: str | None, shown: Value) -> AxisOf:
    """Return the axis of numbers in bins; a null is called `missing`, and is shown as `shown`."""
    labels = bins.labels()
    column = pl.col("value")
    label = pl.lit(pl.Series(labels)).gather(bins.place(column.fill_null(0)).cast(pl.UInt32))
    named = (
        values.alias("value").to_frame().select(pl.when(column.is_not_null()).then(label).otherwise(pl.lit(missing)))
    )
    has_nulls = bool(values.null_count())
    order = (*labels, *([missing] if has_nulls else []))
    return AxisOf(name, named.to_series(), order, (*bins.shown(), *([shown] if has_nulls else [])))


def _of_events(scored: Scored, name: str, settings: AxisSettings) -> AxisOf:
    found = measures_of(scored, [name], settings.engagement_days, settings.engagement_events)
    values = _aligned(scored, found, name).cast(pl.Int64)
    fixed = Bins(EVENTS) if name == "engagement" else Bins(DAYS)
    return _binned(name, values, _bins(name, values, settings, fixed, 0, 0), NEVER, message("never"))


def _aligned(scored: Scored, table: pl.DataFrame, name: str) -> pl.Series:
    """Return a column of a table by customer_id, in the order of the scored customers."""
    ids = scored.frame.select(customer_id=pl.col("customer").cast(pl.String))
    return ids.join(table, on="customer_id", how="left", maintain_order="left")[name]


def _of_attribute(scored: Scored, name: str, settings: AxisSettings) -> AxisOf:
    """Return an attribute: its values by text, or in bins where they are numbers and many."""
    shop = scored.shop
    beside = shop.source.attributes
    try:
        table = attributes([name], shop.customers, shop.orders, scored.as_of, beside)
    except UsageError as error:
        names = [*AXES, *attribute_names(shop.customers, shop.orders)]
        hint = attribute_hint(shop, did_you_mean(name, names))
        raise UsageError(f"no axis or attribute is called {name!r}", hint) from error
    values = _aligned(scored, table, name)
    numbers = None if values.dtype == pl.Boolean else _numbers(values)
    # A few different numbers are names, such as stars; many are a measure.
    if numbers is not None and (name in settings.edges or numbers.n_unique() > FEW_VALUES):
        decimals, whole = _whole(numbers)
        return _binned(name, whole, _bins(name, whole, settings, None, None, decimals), None, "")
    if name in settings.edges:
        raise UsageError(f"--edges {name}: its values are no numbers")
    # In a CSV file an empty text may be a missing value in quotes.
    text = values.cast(pl.String).to_frame("value").select(pl.col("value").replace("", None)).to_series()
    order = (*sorted(text.drop_nulls().unique()), *([None] if text.null_count() else []))
    return AxisOf(name, text, order, tuple(label or "" for label in order))


def _numbers(values: pl.Series) -> pl.Series | None:
    """Return the values as decimals of six places if all of them are plain numbers or missing, else None."""
    text = values.cast(pl.String).str.strip_chars().replace("", None)
    known = text.drop_nulls()
    # Numbers with leading zeros are codes, and stay as they are.
    plain = known.str.contains(r"^-?(0|[1-9][0-9]{0,10})(\.[0-9]{1,6})?$")
    return text.cast(pl.Decimal(18, 6)) if len(known) and plain.all() else None


def _whole(numbers: pl.Series) -> tuple[int, pl.Series]:
    """Return the fewest decimals that hold all numbers, and the numbers in units of the last of them."""
    millionths = (numbers * 10**6).cast(pl.Int64)
    decimals = next(d for d in range(7) if (millionths % 10 ** (6 - d) == 0).all())
    return decimals, millionths // 10 ** (6 - decimals)
