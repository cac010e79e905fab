"""Orders of a roll-up that come again in what is added: they are looked for among the rows of its last days."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.notes import counted
from rfm_cli.rollup.checkpoints import of_orders, read_recent
from rfm_cli.rollup.manifest import Manifest
from rfm_cli.rollup.read import RollUp
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.order_file import OrderFile
from rfm_cli.tables.order_model import Orders
from rfm_cli.tables.overlap import shared_orders
from rfm_cli.tables.sources import from_frame

FIELDS = {"customer_id": "customer_id", "order_id": "order_id", "ordered_at": "day", "amount": "amount"}


def with_kept(orders: Orders, rollup: RollUp) -> Orders:
    """Return the orders behind those of the roll-up's last days, from its watermark on, as one more file."""
    return replace(orders, files=(_as_file(read_recent(rollup.folder), rollup.manifest), *orders.files))


def refuse_shared(orders: Orders, kept: pl.DataFrame, manifest: Manifest, where: str) -> None:
    """Raise InputError for orders of the roll-up that come again, where not all of their rows are to count.

    Sums do not show which rows to take back.
    """
    how = orders.options.overlap
    if how not in ("once", "last") or not orders.has_order_id:
        return
    shared = shared_orders((_as_file(kept, manifest), *orders.files))
    known = shared.filter(pl.col("file") == 0)["number"].n_unique()
    if known:
        are = "are" if known > 1 else "is"
        raise InputError(
            f"{orders.name()}: {counted(known, 'order')} {are} in {where} already, and --overlap {how} cannot take "
            "rows out of its sums",
            f"roll all orders up anew: rfm rollup ORDERS {where} --overlap {how}",
        )


def _as_file(kept: pl.DataFrame, manifest: Manifest) -> OrderFile:
    """Return the kept rows of orders that have a row since the watermark as a file of orders."""
    rows = of_orders(kept, kept.filter(pl.col("day") >= manifest.watermark))
    # The money of a roll-up has no currency of its own: it is in the one of all orders.
    named = rows.with_columns(amount=pl.col("minor") / 10.0 ** (manifest.scale or 0), currency=pl.lit(None, pl.String))
    fields = FIELDS if manifest.scale is not None else {name: FIELDS[name] for name in FIELDS if name != "amount"}
    return OrderFile(from_frame(named.drop("minor")), ColumnMap("orders", {**fields, "currency": "currency"}))
