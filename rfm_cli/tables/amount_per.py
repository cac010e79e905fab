"""Whether an amount is the order's, repeated on each of its rows, or the row's own.

Both are common in exports, and only all rows together can tell. Where they leave it open, the user decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import money, rules
from rfm_cli.tables.amounts import amount_format, evidence_in
from rfm_cli.tables.filling import zero_of
from rfm_cli.tables.options import AmountPer, ReadOptions
from rfm_cli.tables.order_file import MARKS, OrderFile
from rfm_cli.tables.order_rows import typed_rows

KEY = ("customer", "order")
PROOFS = ("quantity", "unit_price", "line_total", "shipping")
"""Fields that can prove whose an amount is."""
MOSTLY = (9, 10)
"""Where this part of the orders have one amount throughout, adding them is a warning."""
PLACE, MOMENT, DATE, ABOVE, REFUNDED = "(row)", "(moment)", "(date)", "(above 0)", "(refunded)"


@dataclass(frozen=True)
class AmountCounts:
    """What the rows of orders show about their amounts.

    `several` are the orders with two or more accepted rows above 0 in one file, `orders` those of them whose rows
    differ in more than place. Of these, `alike` have one amount throughout; in `by_lines` quantity x price (or a column
    of line totals) adds up to that amount, in `with_shipping` together with a column of shipping; in `by_row` each row
    has its own quantity x price. `repeated` is the money that counts more than once if amounts are the order's, in
    minor units.
    """

    orders: int = 0
    alike: int = 0
    by_lines: int = 0
    with_shipping: int = 0
    by_row: int = 0
    several: int = 0
    repeated: int = 0

    def with_others(self, more: AmountCounts) -> AmountCounts:
        """Return the counts of both."""
        return AmountCounts(*[one + other for one, other in zip(self._counts(), more._counts(), strict=True)])

    def _counts(self) -> tuple[int, ...]:
        return (
            self.orders,
            self.alike,
            self.by_lines,
            self.with_shipping,
            self.by_row,
            self.several,
            self.repeated,
        )

    @property
    def proved(self) -> AmountPer | None:
        """Whose the amounts are as the lines prove it in every order; None where they do not."""
        if not self.orders:
            return None
        if self.orders in (self.by_lines, self.with_shipping):
            return "order"
        return "row" if self.by_row == self.orders else None

    @property
    def answer(self) -> AmountPer:
        """How amounts are counted by these counts: each of them as the row's, unless the order's is proved."""
        return "order" if self.proved == "order" else "row"

    def as_precedent(self) -> AmountCounts:
        """Return what is left to be known when other files come: where some order has several amounts, no other order
        can prove any more that amounts are the orders'."""
        varied = self.orders - self.alike
        return AmountCounts(orders=varied, several=self.several) if varied else replace(self, repeated=0)

    @property
    def is_open(self) -> bool:
        """Whether every order has one amount throughout, and its lines prove nothing."""
        return bool(self.orders) and self.proved is None and self.alike == self.orders

    @property
    def is_doubtful(self) -> bool:
        """Whether most orders have one amount throughout, and their lines prove nothing."""
        part, whole = MOSTLY
        return bool(self.orders) and self.proved is None and self.alike * whole >= self.orders * part


def asks(file: OrderFile, options: ReadOptions) -> bool:
    """Return whether a file leaves open whose its amounts are: it has amounts and order ids, and no option decides."""
    return options.amount_per is None and "order_id" in file.columns and file.money_fields() == ("amount",)


def hint_row(typed: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    """Return one row of counts over the typed rows of several files: `several` orders with two or more accepted rows
    above 0 in one file, and the `varied` ones among them, with more than one amount."""
    found = [_above(rows).agg(n=pl.len(), low=pl.col("value").min(), high=pl.col("value").max()) for rows in typed]
    counted = [one.filter(pl.col("n") > 1).select(varied=pl.col("low") != pl.col("high")) for one in found]
    return pl.concat(counted).select(several=pl.len(), varied=pl.col("varied").sum())


def may_repeat(several: int, varied: int) -> bool:
    """Return whether most orders have one amount throughout, so that all rows have to be looked at."""
    part, whole = MOSTLY
    return several > 0 and (several - varied) * whole >= several * part


def _above(typed: pl.LazyFrame) -> pl.lazyframe.group_by.LazyGroupBy:
    """Group the accepted rows above 0 of orders by order."""
    taken = (pl.col("rule") == rules.ACCEPTED) & (pl.col("value") > 0) & pl.col("order").is_not_null()
    if "refund" in typed.collect_schema():
        taken &= ~pl.col("refund")
    return typed.filter(taken).group_by(KEY)


def amount_counts(files: Sequence[OrderFile], options: ReadOptions, scale: int) -> AmountCounts:
    """Count what all rows of some files show about whose their amounts are; without files all counts are 0."""
    found = [_counts_of(file, options, scale) for file in files]
    return reduce(AmountCounts.with_others, found, AmountCounts())


def _counts_of(file: OrderFile, options: ReadOptions, scale: int) -> AmountCounts:
    numbers = _proof_numbers(file, options)
    line = numbers.get("line_total")
    if line is None and {"quantity", "unit_price"} <= set(numbers):
        line = numbers["quantity"] * numbers["unit_price"]
    others = [name for name in file.original.schema if name not in (file.columns["amount"], *MARKS)]
    extra = {
        "line": pl.lit(None, pl.Float64) if line is None else line,
        "shipping": numbers.get("shipping", pl.lit(None, pl.Float64)),
        "others": pl.struct(others).hash() if others else pl.lit(0, pl.UInt64),
    }
    amount, own = _minor("value", scale), _minor("line", scale)
    whole = _minor(pl.col("line").sum(), scale)
    shipped = _minor(pl.col("line").sum() + pl.col("shipping").max().fill_null(0.0), scale)
    known = pl.col("line").is_not_null().all()
    by_order = _above(typed_rows(file, options, extra)).agg(
        n=pl.len(),
        alike=amount.min() == amount.max(),
        differs=(pl.col("others").min() != pl.col("others").max()) | (amount.min() != amount.max()),
        by_lines=known & (whole == amount.min()) & (amount.min() == amount.max()),
        with_shipping=known & (shipped == amount.min()) & (amount.min() == amount.max()),
        by_row=known & (own == amount).all(),
        repeated=pl.when(amount.min() == amount.max()).then((pl.len() - 1) * amount.min()).otherwise(0),
    )
    asked = by_order.filter(pl.col("n") > 1)
    names = ("alike", "by_lines", "with_shipping", "by_row")
    sums = asked.select(
        orders=pl.col("differs").sum(),
        **{name: (pl.col(name) & pl.col("differs")).sum() for name in names},
        several=pl.len(),
        repeated=pl.col("repeated").sum(),
    )
    return AmountCounts(**{name: int(n) for name, n in sums.collect(engine="streaming").row(0, named=True).items()})


def _minor(value: str | pl.Expr, scale: int) -> pl.Expr:
    return money.minor_units(pl.col(value) if isinstance(value, str) else value, scale)


def _proof_numbers(file: OrderFile, options: ReadOptions) -> dict[str, pl.Expr]:
    """Return the numbers that can prove whose an amount is, by field; none that could be read in two ways."""
    found = {}
    for name in PROOFS:
        if name not in file.columns:
            continue
        amounts = dict(file.amounts)
        if file.dtype(name) == pl.String:
            evidence = evidence_in(file.raw(), pl.col(file.columns[name]))
            # Evidence that could be read in two ways proves no amount.
            if options.decimal is None and (evidence.is_doubtful or (evidence.comma and evidence.point)):
                continue
            amounts[name] = amount_format(evidence, file.where(name), options.decimal)
        elif not file.dtype(name).is_numeric():
            continue
        found[name] = replace(file, amounts=amounts).number(name)
    return found


def refuse_open(counts: AmountCounts, total: int, scale: int, where: str, *, adding: bool = False) -> None:
    """Raise `InputError` where every order has one amount on all of its rows, with the revenue of both readings.

    With `adding` the orders of a roll-up prove otherwise, or prove it no longer together with these.
    """
    by_order, by_row = (money.money_text(sum_, scale, grouped=True) for sum_ in (total - counts.repeated, total))
    orders = f"each of the {counts.orders:,} orders" if counts.orders > 1 else "the one order"
    raise InputError(
        f"{where}: {orders} with several rows has one amount on all of them: "
        f"if it is the order's, the revenue is {by_order}; if it is the row's, {by_row}",
        f"{'roll all orders up anew, and ' if adding else ''}say which: --amount-per order, or --amount-per row",
    )


def once_per_order(file: OrderFile, options: ReadOptions) -> OrderFile:
    """Return the file with the amount and the refund of each order on one of its rows, on its earliest day.

    Raises `InputError` for an order whose rows above 0 have several amounts, or whose rows several refunds.
    """
    if "order_id" not in file.columns or file.money_fields() != ("amount",):
        return file
    rows = _typed(file, options)
    by_order = rows.group_by(KEY).agg(
        n=pl.col(ABOVE).sum(),
        low=pl.col("value").filter(ABOVE).min(),
        high=pl.col("value").filter(ABOVE).max(),
        kept=_first_place(pl.col(ABOVE)),
        any_row=_first_place(pl.lit(value=True)),
        rows=pl.len(),
        earliest=pl.col(DATE).filter(pl.col(MOMENT) == pl.col(MOMENT).min()).min(),
        refunds=pl.col(REFUNDED).filter(pl.col(REFUNDED) != 0).n_unique(),
        refund=pl.col(REFUNDED).max(),
    )
    table = by_order.with_columns(kept=pl.col("kept").fill_null(pl.col("any_row"))).collect(engine="streaming")
    _refuse_varied(table, file)
    return _with_amounts_once(file, rows, table.filter(pl.col("rows") > 1))


def _typed(file: OrderFile, options: ReadOptions) -> pl.LazyFrame:
    """Return the accepted rows of orders with their places, moments, dates as written, and sizes of refunds."""
    source = replace(file.source, frame=file.raw().with_row_index(PLACE))
    extra = {
        PLACE: pl.col(PLACE),
        MOMENT: file.moment(options.zone).cast(pl.Datetime("us")),
        DATE: pl.col(file.columns["ordered_at"]),
        REFUNDED: file.refunded() if "refunded" in file.columns else pl.lit(0.0),
    }
    typed = typed_rows(replace(file, source=source, events=()), options, extra)
    above = pl.col("value") > 0
    if "refund" in typed.collect_schema():
        above &= ~pl.col("refund")
    taken = (pl.col("rule") == rules.ACCEPTED) & pl.col("order").is_not_null()
    return typed.filter(taken).with_columns(above.alias(ABOVE))


def _first_place(chosen: pl.Expr) -> pl.Expr:
    """Return the place of the earliest of the chosen rows of an order."""
    moment = pl.col(MOMENT)
    return pl.col(PLACE).filter(chosen & (moment == moment.filter(chosen).min())).min()


def _refuse_varied(table: pl.DataFrame, file: OrderFile) -> None:
    for field, wrong in (
        ("amount", pl.col("low") != pl.col("high")),
        ("refunded", pl.col("refunds") > 1),
    ):
        odd = table.filter(wrong).with_columns(pl.col("order").cast(pl.String)).sort("order")
        if odd.height:
            raise InputError(
                f"{file.where(field)}: order {odd['order'][0]!r} has several values, and --amount-per order takes one"
                f" ({odd.height:,} such order{'s' if odd.height > 1 else ''})",
                "--amount-per row adds them up",
            )


def _with_amounts_once(file: OrderFile, rows: pl.LazyFrame, orders: pl.DataFrame) -> OrderFile:
    if orders.is_empty():
        return file
    own = rows.join(orders.lazy().select(*KEY, "kept", "earliest", "refund"), on=KEY, how="inner", nulls_equal=True)
    is_kept = pl.col(PLACE) == pl.col("kept")
    changes = own.select(
        PLACE,
        pl.when(is_kept).then("earliest").alias(DATE),
        (pl.col(ABOVE) & ~is_kept).alias(ABOVE),
        pl.when(is_kept).then("refund").otherwise(0.0).alias(REFUNDED),
    ).collect(engine="streaming")
    amount, date = file.columns["amount"], file.columns["ordered_at"]
    made = {
        amount: pl.when(pl.col(ABOVE)).then(zero_of(file.dtype("amount"))).otherwise(pl.col(amount)),
        date: pl.coalesce(DATE, date),
    }
    if "refunded" in file.columns:
        heading = file.columns["refunded"]
        moved = pl.col(REFUNDED).is_not_null() & (pl.col(REFUNDED) != file.refunded())
        made[heading] = pl.when(moved).then(_written(file, pl.col(REFUNDED))).otherwise(pl.col(heading))
    frame = (
        file.raw()
        .with_row_index(PLACE)
        .join(changes.lazy(), on=PLACE, how="left", maintain_order="left")
        .with_columns(**made)
        .select(*file.source.schema)
    )
    return file.with_frame(frame, file.source.schema)


def _written(file: OrderFile, value: pl.Expr) -> pl.Expr:
    """Return a refund as the column of the file writes it, so that it is read again as the same number."""
    if file.dtype("refunded") != pl.String:
        return value.cast(file.dtype("refunded"))
    mark = file.amounts["refunded"].mark if "refunded" in file.amounts else "plain"
    text = value.cast(pl.String)
    return text.str.replace(".", ",", literal=True) if mark == "," else text
