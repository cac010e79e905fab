"""Orders that several files have: whether they may count twice, and which option helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.notes import Note, counted, note, warning
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import rules
from rfm_cli.tables.money import money_text
from rfm_cli.tables.order_file import OVERLAID
from rfm_cli.tables.order_model import typed_orders
from rfm_cli.tables.overlap import common_columns, comparable, of_shared, shared_orders
from rfm_cli.tables.read_errors import input_errors

if TYPE_CHECKING:
    from rfm_cli.rollup.read import RollUp
    from rfm_cli.tables.order_file import OrderFile
    from rfm_cli.tables.order_model import Orders

NO_ORDER = ("fields", "repeated", "overlap", "total")
"""Rules of rows that are no rows of an order, or not a second time."""
LAST = "--overlap last counts those of the last file alone"


@dataclass(frozen=True)
class Overlap:
    """Orders that several files have: how many, and their money in minor units, None without any.

    `equal` says that the files have equal rows of them. `rest` is their money if rows of one file alone count: of the
    first of their files where rows are equal, else of the last. `apart` are the orders whose rows add in one file and
    lower in another: a refund that came later.
    """

    orders: int
    money: int | None = None
    rest: int | None = None
    equal: bool = False
    apart: int = 0


def on_overlap(orders: Orders | None) -> Iterator[Note]:
    """Warn of orders that count with the rows of several files; no rows are read if there is one file."""
    if orders is None or len(orders.files) == 1 or orders.options.overlap == "add":
        return
    with input_errors(orders.name()):
        yield from _on_left_out(orders)
    if orders.options.overlap == "last":
        return
    with input_errors(orders.name()):
        found = find_overlap(orders)
    if found.apart:
        refunds = "with refunds alone in another file, which are added"
        yield note(f"{orders.name()}: {counted(found.apart, 'order')} {refunds}")
    if found.orders and not (orders.options.overlap == "once" and found.equal):
        once, last = "the rows are equal: --overlap once counts them once", f"the rows differ: {LAST}"
        yield _warning(found, orders, "in several files", once if found.equal else last)


def _on_left_out(orders: Orders) -> Iterator[Note]:
    """Remark on the files whose rows `--overlap` left out: which file is the last one is easily mistaken."""
    marked = [file for file in orders.files if OVERLAID in file.source.schema]
    counts = [file.raw().select(pl.col(OVERLAID).sum()).collect(engine="streaming").item() for file in marked]
    left_out = [
        f"{counted(rows, 'row')} of {file.source.name}" for file, rows in zip(marked, counts, strict=True) if rows
    ]
    if left_out:
        yield note(f"--overlap {orders.options.overlap} leaves out {', '.join(left_out)}")


def on_added(orders: Orders, rollup: RollUp) -> Iterator[Note]:
    """Warn of orders that come again in what is added to a roll-up, among the orders that it still knows."""
    from rfm_cli.rollup.manifest import OPEN_DAYS  # only where orders are added
    from rfm_cli.rollup.overlap import with_kept

    name, made = orders.name(), rollup.manifest
    if not orders.has_order_id or orders.options.overlap == "add" or not made.order_ids:
        return
    known = f"those of {rollup.path} in its last {OPEN_DAYS} days, from {made.watermark} on"
    yield note(f"{name}: its orders are compared with {known}")
    with input_errors(name):
        found = find_overlap(with_kept(orders, rollup), compares=False)
    if found.apart:
        yield note(f"{name}: {counted(found.apart, 'order')} with refunds alone of an order that was added before")
    if found.orders:
        yield _warning(found, orders, f"in {rollup.path} or another file too", f"rolled up anew, {LAST}")


def _warning(found: Overlap, orders: Orders, place: str, way: str) -> Note:
    """Return the warning of an overlap: `place` is where the orders are, `way` the option that helps."""
    are, their = ("are", "their") if found.orders > 1 else ("is", "its")
    several = f"{orders.name()}: {counted(found.orders, 'order')} {are} {place}"
    if found.money is None or found.rest is None or orders.scale is None:
        return warning("orders-in-several-files", f"{several}; {way}; --overlap add where all rows are meant")
    money, rest = (money_text(amount, orders.scale, grouped=True) for amount in (found.money, found.rest))
    text = f"{several}, and all of {their} rows are added, {money}; {way}, {rest}; --overlap add where all are meant"
    return warning("orders-in-several-files", text)


def find_overlap(orders: Orders, *, compares: bool = True) -> Overlap:
    """Find the orders with rows in several files; where files share no order id, only these ids are read.

    Without `compares` rows are not looked at for being equal: some files have not all of their columns.
    """
    shared = shared_orders(orders.files)
    if shared.is_empty():
        return Overlap(0)
    has_money = orders.has_money and orders.sums is None
    parts = [_weights(orders, place, shared, has_money=has_money) for place in shared["file"].unique().sort()]
    found = _by_order(pl.concat(parts).collect(engine="streaming"), has_money=has_money)
    twice, apart = found.filter("twice"), found.filter("apart").height
    if twice.is_empty():
        return Overlap(0, apart=apart)
    is_equal = compares and _have_equal_rows(orders, shared, twice)
    if not has_money:
        return Overlap(twice.height, equal=is_equal, apart=apart)
    rest = twice["first" if is_equal else "last"].sum()
    return Overlap(twice.height, int(twice["money"].sum()), int(rest), is_equal, apart)


def _weights(orders: Orders, place: int, shared: pl.DataFrame, *, has_money: bool) -> pl.LazyFrame:
    """Weigh the shared orders of one file.

    Columns: number, file, taken (whether a row is accepted), money (of accepted rows), adds and lowers (whether some
    row has money of 0 or more, or below 0).
    """
    one, own = replace(orders, files=(orders.files[place],)), shared.filter(pl.col("file") == place)
    # A row may have got the customer that its order has in the file.
    names = pl.concat([own.select("number", "order", customer=name) for name in ("customer", "owner")]).unique()
    typed = order_tables.rows(one) if has_money else typed_orders(one)
    ids = pl.col("order").cast(own.schema["order"]), pl.col("customer").cast(own.schema["customer"])
    minor = pl.col("minor") if has_money else pl.lit(0, pl.Int64)
    rows = typed.filter(~pl.col("rule").cast(pl.String).is_in(NO_ORDER)).select(*ids, "rule", minor=minor)
    is_taken = pl.col("rule") == rules.ACCEPTED
    return (
        rows.join(names.lazy(), on=["order", "customer"], how="inner", nulls_equal=True)
        .group_by("number")
        .agg(
            taken=is_taken.any(),
            money=pl.col("minor").filter(is_taken).sum(),
            adds=(pl.col("minor") >= 0).fill_null(value=False).any(),
            lowers=(pl.col("minor") < 0).fill_null(value=False).any(),
        )
        .with_columns(file=pl.lit(place, pl.UInt32))
    )


def _by_order(weights: pl.DataFrame, *, has_money: bool) -> pl.DataFrame:
    """Return one row per order: number, money, first and last (that of its first and last file), twice and apart."""
    is_first, is_last = pl.col("file") == pl.col("file").min(), pl.col("file") == pl.col("file").max()
    files, adding, lowering = pl.len(), pl.col("adds").sum(), pl.col("lowers").sum()
    # Without money no row counts twice; only the verdict of the last file may differ from that of all files.
    differs = pl.lit(has_money) | (pl.col("taken").any() != pl.col("taken").filter(is_last).any())
    is_apart = (adding <= 1) & (lowering <= 1)
    found = weights.group_by("number").agg(
        money=pl.col("money").sum(),
        first=pl.col("money").filter(is_first).sum(),
        last=pl.col("money").filter(is_last).sum(),
        twice=(files > 1) & ~is_apart & differs & pl.col("taken").any(),
        apart=(files > 1) & is_apart,
    )
    return found.sort("number")


def _as_opened(file: OrderFile) -> OrderFile:
    """Return a file with all of its rows, those that `--overlap` leaves out among them."""
    schema = {name: kind for name, kind in file.original.schema.items() if name != OVERLAID}
    return replace(file, source=replace(file.original, schema=schema), given=None)


def _have_equal_rows(orders: Orders, shared: pl.DataFrame, twice: pl.DataFrame) -> bool:
    """Return whether the files of each order have equal rows of it, as often, in all columns that the files have.

    Rows are compared by hashes, two for each file and order, because whole rows might not fit into memory.
    """
    some = shared.join(twice.select("number"), on="number", how="semi")
    places = some["file"].unique().sort().to_list()
    files = [_as_opened(orders.files[place]) for place in places]
    forms = [comparable(column) for column in common_columns(files)]
    parts = []
    for side, (place, file) in enumerate(zip(places, files, strict=True)):
        own = {f"c{name}": form[side] for name, form in enumerate(forms)}
        rows = of_shared(file, some.filter(pl.col("file") == place), own)
        hashed = rows.select("number", hash=pl.struct(pl.lit(0), *own).hash())
        if orders.options.overlap == "once":  # how often a row comes is settled then, and only other rows differ
            hashed = hashed.unique()
        low, high = pl.col("hash") % (1 << 31), pl.col("hash") // (1 << 33)
        parts.append(
            hashed.group_by("number").agg(rows=pl.len(), low=low.cast(pl.Int64).sum(), high=high.cast(pl.Int64).sum())
        )
    prints = pl.concat(parts).select("number", print=pl.struct("rows", "low", "high"))
    kinds = prints.group_by("number").agg(pl.col("print").n_unique())
    return bool(kinds.select((pl.col("print") == 1).all()).collect(engine="streaming").item())
