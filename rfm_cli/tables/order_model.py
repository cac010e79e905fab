"""Orders as they are handled, the typed rows of all their files, and the facts that a pass over them finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.tables import column_types, money, refunds, rules
from rfm_cli.tables.options import AmountPer, ReadOptions
from rfm_cli.tables.order_file import OrderFile
from rfm_cli.tables.order_rows import typed_rows

if TYPE_CHECKING:  # most shops have none of these, and need not load them
    from rfm_cli.tables.amount_per import AmountCounts
    from rfm_cli.tables.filling import Unclear
    from rfm_cli.tables.lines import OrderSums
    from rfm_cli.tables.precedents import Precedents
    from rfm_cli.tables.rates import Rates


Extra = Callable[[OrderFile], Mapping[str, pl.Expr]]
"""Returns expressions over the columns of a file, by the names that typed rows get them under."""
ROWS = "rows"
"""The column of a pass that counts the order rows of a customer."""
FEWEST_ROWS = 1_000
"""Among fewer rows one large customer is nothing special."""
HEAVY_PART = 20
"""An id is heavy with over one in this many of the rows ..."""
HEAVY_TIMES = 10
"""... and this many times the rows of the next one."""
LOST = ("lost_days", "lost_amounts", "lost_refund_days", "lost_refunds")
PROOF = (
    *(*LOST, "lost_ids", "words", "misses", "falls", "largest", "total", "blanks", "several", "varied"),
    "contradictions",
)
"""What the pass counts to check assumptions: texts not understood, ids that are no plain integers, ids that are words
for a total, values that miss the scale, order ids that fall; the largest amount and the sum of all sizes; rows of
orders that lack an order field; orders of several rows above 0, and those of them with several amounts; rows with two
currencies."""


@dataclass(frozen=True)
class WholeOrders:
    """What was decided about orders of several rows.

    `continuing` accepted rows took a field from the other rows of their order, in `continued` orders. `unclear` are the
    fields that some order has several values of. `amounts` are the counts that whose-amount rests on, None where the
    pass showed that there is nothing to ask; `amount_per` is the answer, None where amounts are added as ever.
    `changes` counts how often rows have taken values from each other, so that a pass has to be made again.
    """

    continuing: int = 0
    continued: int = 0
    unclear: tuple[Unclear, ...] = ()
    amounts: AmountCounts | None = None
    amount_per: AmountPer | None = None
    changes: int = 0


@dataclass(frozen=True)
class Orders:
    """Order files with what is assumed about them.

    `scale` is the number of decimals of the money, None where there is none. With `each_row` order ids rise strictly
    from row to row, so that every row is an order of its own and no id has to be looked up. `refunded` is a hint at the
    work to come, not an assumption: some amount of the first rows is below 0. With `whole` the assumptions come from
    all rows and need no further check. `whole_orders` is what the rows of orders showed together, None before that is
    looked at. `precedents` are those of the roll-up that these orders are added to.
    """

    files: tuple[OrderFile, ...]
    options: ReadOptions
    scale: int | None = None
    each_row: bool = False
    refunded: bool = False
    whole: bool = False
    sums: OrderSums | None = None
    rates: Rates | None = None
    whole_orders: WholeOrders | None = None
    precedents: Precedents | None = None

    @property
    def changes(self) -> int:
        """How often rows have taken values from others of their order."""
        return self.whole_orders.changes if self.whole_orders else 0

    @property
    def has_money(self) -> bool:
        """Whether orders have amounts."""
        return self.scale is not None

    @property
    def has_order_id(self) -> bool:
        """Whether some file names its orders."""
        return any("order_id" in file.columns for file in self.files)

    @property
    def may_fold(self) -> bool:
        """Whether a pass has to look for ids that change: not where they are folded already, or kept as written."""
        return self.options.ids == "folded" and not any(file.folds for file in self.files)

    def folding(self) -> Orders:
        """Return the orders with each customer id folded as it is read."""
        return replace(self, files=tuple(file.folding() for file in self.files))

    @property
    def size(self) -> int:
        """The bytes of all files together, 0 where one is not a file on this machine."""
        sizes = [file.source.local.stat().st_size if file.source.local else 0 for file in self.files]
        return sum(sizes) if all(sizes) else 0

    def name(self) -> str:
        """Return a name for the files, for messages."""
        return self.files[0].source.name if len(self.files) == 1 else f"{len(self.files)} order files"

    def texts(self) -> dict[str, Path | None]:
        """Return the text files among them, by their names in messages."""
        opened = [file.source.bare or file.source for file in self.files]
        return {source.name: source.local for source in opened if source.is_text}


@dataclass(frozen=True)
class Facts:
    """What one pass over all rows found: rows by rule, the days that accepted rows cover, and their first and last
    currency by name.

    `proof` are the counts that confirm or refute assumptions (`PROOF`). `free_orders` are the orders of zero value by
    period where nothing else is left of the rows; else None. `heavy` is the id with too many rows for one customer, and
    their number. `last_refund` is the last day of a refund that a column names.
    """

    rows: Mapping[str, int]
    first_day: date | None
    last_day: date | None
    currency: str | None = None
    last_currency: str | None = None
    proof: Mapping[str, float | None] = field(default_factory=dict)
    free_orders: Mapping[date, int] | None = None
    heavy: tuple[str, int] | None = None
    last_refund: date | None = None

    @property
    def read(self) -> int:
        """All rows read."""
        return sum(self.rows.values())

    @property
    def accepted(self) -> int:
        """Rows that broke no rule."""
        return self.rows[rules.ACCEPTED]

    @property
    def rejected(self) -> dict[str, int]:
        """Rows by the rule that they broke, only for rules that some row broke."""
        return {name: count for name, count in self.rows.items() if count and name != rules.ACCEPTED}


def typed_orders(orders: Orders, extra: Extra | None = None) -> pl.LazyFrame:
    """Return the typed rows of all files, one file below the other; `extra` returns further columns of a file."""
    rows = stacked([typed_rows(file, orders.options, extra and extra(file)) for file in orders.files])
    # A file without types of rows has no refund.
    marked = len(orders.files) > 1 and "refund" in rows.collect_schema()
    return rows.with_columns(pl.col("refund").fill_null(value=False)) if marked else rows


def stacked(frames: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    """Put frames one below the other. A column that a frame lacks is null there; ids are Int64 only if all are."""
    if len(frames) == 1:
        return frames[0]
    schemas = [frame.collect_schema() for frame in frames]
    casts = {
        name: column_types.same_type([schema[name] for schema in schemas if name in schema])
        for name in ("customer", "order")
        if any(name in schema for schema in schemas)
    }
    same = [
        frame.with_columns([pl.col(name).cast(kind) for name, kind in casts.items() if name in schema])
        for frame, schema in zip(frames, schemas, strict=True)
    ]
    return pl.concat(same, how="diagonal")


def facts_row(orders: Orders, typed: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row of what a pass has to know beside its answer."""
    schema = typed.collect_schema()
    taken, own = pl.col("rule") == rules.ACCEPTED, pl.lit(value=True)
    if refunds.BESIDE in schema:  # these have money, and are no rows of a file
        own = ~pl.col(refunds.BESIDE)
    day = pl.col("day").filter(taken & own)
    counts = rules.rule_counts(pl.when(own).then("rule") if refunds.BESIDE in schema else pl.col("rule"))
    found = [*counts, day.min().alias("first_day"), day.max().alias("last_day"), *_lost(schema)]
    if refunds.BESIDE in schema:
        found.append(pl.col("day").filter(taken & ~own).max().alias("last_refund"))
    if "value" in schema and orders.scale is not None and not orders.sums:
        found.append(money.misses(pl.col("value"), orders.scale).filter(taken).sum().alias("misses"))
    if "minor" in schema and orders.scale is not None:
        # Values are looked at before they are made integers: past 64 bits there is none.
        exact = pl.col("value") * 10.0**orders.scale if "value" in schema else pl.col("minor").cast(pl.Float64)
        size = total = exact.filter(taken).abs()
        largest = size.max()
        if orders.rates:  # an accepted row without minor units has passed 64 bits on conversion
            total = pl.col("minor").filter(taken).cast(pl.Float64).abs().fill_null(2.0**63)
            largest = pl.max_horizontal(largest, total.max())
        found += [largest.alias("largest"), total.sum().alias("total")]
    if "currency" in schema:
        # The least and the greatest by name, which differ wherever there is more than one currency.
        code = pl.col("currency").filter(taken)
        found += [code.min().alias("low_currency"), code.max().alias("high_currency")]
    if orders.each_row:
        found.append(falls())
    return typed.select(found)


def _lost(schema: pl.Schema) -> list[pl.Expr]:
    """Count texts that were not understood, for each kind of text that is read."""
    found = []
    if "had_day" in schema:
        found.append((pl.col("had_day").fill_null(value=False) & pl.col("day").is_null()).sum().alias("lost_days"))
    if "had_amount" in schema:
        lost = pl.col("had_amount").fill_null(value=False) & pl.col("value").is_null()
        found.append(lost.sum().alias("lost_amounts"))
    if "lacks" in schema and "order" in schema:
        found.append((pl.col("lacks") & pl.col("order").is_not_null()).sum().alias("blanks"))
    if "contradicts" in schema:
        taken = pl.col("rule") == rules.ACCEPTED
        found.append((pl.col("contradicts").fill_null(value=False) & taken).sum().alias("contradictions"))
    if "had_refund_day" in schema:
        missed = pl.col("had_refund_day") & pl.col("refund_day").is_null()
        found.append(missed.fill_null(value=False).sum().alias("lost_refund_days"))
    if "had_refunded" in schema:
        missed = pl.col("had_refunded") & pl.col("refunded").is_null()
        found.append(missed.fill_null(value=False).sum().alias("lost_refunds"))
    if "had_words" in schema:
        found.append(pl.col("had_words").sum().alias("words"))
    if "had_ids" in schema:
        found.append((~pl.col("had_ids").fill_null(value=True)).sum().alias("lost_ids"))
    return found


def as_facts(found: pl.DataFrame, heavy: tuple[str, int] | None) -> Facts:
    """Return the row of `facts_row`, collected, as facts; `heavy` is the id with too many rows."""
    row = found.row(0, named=True)
    counted = {name: int(row[f"rows_{name}"]) for name in rules.NAMES}
    proof = {name: row.get(name) for name in PROOF}
    days, codes = (row["first_day"], row["last_day"]), (row.get("low_currency"), row.get("high_currency"))
    return Facts(counted, *days, *codes, proof, heavy=heavy, last_refund=row.get("last_refund"))


def falls() -> pl.Expr:
    """Count rows whose order id is not greater than that of the row before; an empty id is not greater."""
    order = pl.col("order")
    rises = (order > order.shift(1)).fill_null(value=False)
    # The first row has none before it, and so does not fall.
    first = pl.int_range(pl.len()) == 0
    return (~(rises | (first & order.is_not_null()))).sum().alias("falls")


def heavy_customer(counted: pl.DataFrame) -> tuple[str, int] | None:
    """Return the id with too many rows for one customer, as text, and its rows; None where no id has.

    `counted` has customer and rows, and any number of lines for a customer.
    """
    by = counted.select("customer", pl.col(ROWS).cast(pl.Int64))
    if not by["customer"].is_unique().all():
        by = by.group_by("customer").agg(pl.col(ROWS).sum())
    place = heavy_place(by[ROWS])
    return None if place is None else (str(by["customer"][place]), int(by[ROWS][place]))


def heavy_place(rows: pl.Series) -> int | None:
    """Return the place of the customer with too many rows, None where none has; `rows` has one value per customer."""
    place = rows.arg_max()
    if place is None:
        return None
    # A single customer has no next one: the 0 takes its place.
    most, after = rows.top_k(2).sort(descending=True).extend_constant(0, 1)[:2]
    return place if is_heavy(int(rows.cast(pl.Int64).sum()), int(most), int(after)) else None


def is_heavy(rows: int, most: int, after: int) -> bool:
    """Return whether an id with `most` of the `rows` has too many for one customer, where the next id has `after`.

    >>> is_heavy(1000, 51, 5), is_heavy(1000, 50, 5), is_heavy(1000, 51, 6), is_heavy(999, 500, 1)
    (True, False, False, False)
    """
    return rows >= FEWEST_ROWS and most * HEAVY_PART > rows and most >= HEAVY_TIMES * after
