"""Make a roll-up from orders: count the rows in one pass, keep the last days, write everything."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.fingerprints import InputRecord
from rfm_cli.progress import step
from rfm_cli.rollup import checkpoints, store
from rfm_cli.rollup.checkpoints import recent_of, write_recent
from rfm_cli.rollup.kernel import count_begun, count_free_orders, count_rows
from rfm_cli.rollup.manifest import READING, Manifest, Periods, Purchases
from rfm_cli.rollup.parquet import write_rows, write_table
from rfm_cli.safe_text import masked
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import rules, whole_orders
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Facts, Orders
from rfm_cli.tables.persons import person_of
from rfm_cli.tables.precedents import Precedents, shown_by
from rfm_cli.tables.read_errors import input_errors


@dataclass(frozen=True)
class Rolled:
    """A roll-up that is not written yet: its manifest and its `rows` (COLUMNS, ids of any type, in no order).

    `recent` are the raw rows to keep, and `begun` is the part before the watermark of the period that holds it. Orders
    can be added later only if both are there.
    """

    manifest: Manifest
    rows: pl.DataFrame
    recent: pl.DataFrame | None = None
    begun: pl.DataFrame | None = None


def roll_up(orders: Orders, periods: Periods, purchases: Purchases) -> tuple[Rolled, Orders]:
    """Return the roll-up of all orders, and the orders after a full pass; raises InputError if none is accepted.

    The rows are read a second time for those to keep, and with edges a third time for the period that has begun.
    """
    inputs = fingerprint(orders)
    refuse_twice(inputs)
    rows, facts, orders = order_tables.collect(
        orders, lambda given: lambda rows: count_rows(_without_order_ids(rows, given), periods, purchases)
    )
    order_tables.require_rows(facts, orders)
    order_tables.refuse(orders, facts)
    assert facts.last_day is not None
    # The period after the last edge ends with the last row or refund, which the pass has just found.
    last = max(facts.last_day, facts.last_refund or facts.last_day)
    named = rows.with_columns(pl.col("period").fill_null(last))
    manifest = _manifest(orders, facts, named, periods, purchases, inputs)
    # Only now is the last day known, from which the days to keep are counted back.
    accepted = order_tables.accepted(order_tables.rows(orders))
    with step("keeping the last days"), input_errors(orders.name()):
        manifest = replace(manifest, precedents=precedents_of(orders, facts))
        recent = recent_of(accepted, facts.last_day, each_row_an_order=orders.each_row)
        before = _without_order_ids(accepted, orders)
        begun = count_begun(before, periods, purchases, manifest.watermark).cast({"customer_id": pl.String})
        rolled = Rolled(manifest, named, recent, begun.collect(engine="streaming"))
    return rolled, orders


def write_rollup(rolled: Rolled, out: Path) -> None:
    """Write the roll-up to the folder `out`, all of it at once; it replaces an older roll-up."""
    with step(f"writing {out}"), store.new_version(out) as folder:
        write_rows(folder, rolled.rows, rolled.manifest)
        checkpoints.write_checkpoints(folder, rolled.rows.lazy(), rolled.manifest)
        if rolled.recent is not None:
            write_recent(folder, rolled.recent, rolled.manifest.last_day)
        write_manifest(folder, rolled.manifest, rolled.begun)


def write_manifest(folder: Path, manifest: Manifest, begun: pl.DataFrame | None) -> None:
    """Write the period that had begun before the watermark, if there is one, and the manifest as the last file."""
    # A period of one day cannot have begun before the watermark.
    if begun is not None and manifest.periods.grain != "day":
        write_table(folder / store.BEGUN, begun.sort("customer_id", "period"))
    # Last, since a folder with a manifest is taken for a roll-up.
    store.write_file(folder / store.MANIFEST, manifest.to_text().encode())


def fingerprint(orders: Orders) -> tuple[InputRecord, ...]:
    """Return the files of the orders as a manifest names them, in their order."""
    bare = [file.original.bare or file.original for file in orders.files]
    return tuple(_input(source.name, source.local, source.part) for source in bare)


def refuse_twice(new: tuple[InputRecord, ...], old: tuple[InputRecord, ...] = ()) -> None:
    """Raise InputError if two files are equal byte for byte: their rows would count twice."""
    # Files that a cluster has read have no digest, and are not compared.
    seen = {file.sha256: file.name for file in old if file.sha256}
    for file in new:
        if file.sha256 in seen:
            raise InputError(
                f"{file.name}: this file is in the roll-up already, as {seen[file.sha256]}",
                "its rows would count twice",
            )
    counts = Counter(file.sha256 for file in new)
    same = [file.name for file in new if file.sha256 and counts[file.sha256] > 1]
    if same:
        raise InputError(f"{' and '.join(same)} are the same file", "its rows would count twice")


def largest_of(facts: Facts) -> int | None:
    """Return the largest amount of an accepted row in minor units, None without money."""
    largest = facts.proof.get("largest")
    return None if largest is None else round(largest)


def currency_of(orders: Orders, facts: Facts) -> str | None:
    """Return the currency of the money, None if neither the files nor the user name one."""
    return orders.options.currency.upper() if orders.rates and orders.options.currency else facts.currency


def _input(name: str, laid: Path | None, part: str) -> InputRecord:
    path = Path(name) if Path(name).is_file() else laid
    if path is None:
        return InputRecord(masked(PurePath(name).name))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    # Two sheets of one workbook are two inputs.
    digest = hashlib.sha256(f"{digest}#{part}".encode()).hexdigest() if part else digest
    return InputRecord(PurePath(name).name, path.stat().st_size, digest)


def _without_order_ids(rows: pl.LazyFrame, orders: Orders) -> pl.LazyFrame:
    """Drop the order ids if no two rows share one: every row is an order of its own then, and counting is faster."""
    return rows.drop("order", strict=False) if orders.each_row else rows


def _manifest(
    orders: Orders,
    facts: Facts,
    named: pl.DataFrame,
    periods: Periods,
    purchases: Purchases,
    inputs: tuple[InputRecord, ...],
) -> Manifest:
    assert facts.first_day is not None
    assert facts.last_day is not None
    return Manifest(
        periods,
        purchases,
        {name: count for name, count in facts.rows.items() if count or name == rules.ACCEPTED},
        facts.first_day,
        facts.last_day,
        timezone=orders.options.zone,
        converted=needs_zone(orders),
        statuses=orders.options.reject_status,
        has_status=any("status" in file.columns for file in orders.files),
        drop_duplicates=orders.options.drop_duplicates,
        scale=orders.scale,
        largest=largest_of(facts) if orders.has_money else None,
        currency=currency_of(orders, facts),
        free_orders=count_free_orders(named),
        whole_ids=named.schema["customer_id"] == pl.Int64,
        order_ids=orders.has_order_id,
        inputs=inputs,
        reading=given_of(orders.options),
        last_refund=facts.last_refund,
        ids=orders.options.ids,
        no_customer=orders.options.no_customer,
        person=person_of(orders),
    )


def precedents_of(orders: Orders, facts: Facts) -> Precedents:
    """Return what all rows show about how orders are to be read that are added later."""
    return shown_by(orders.files, orders.options, whole_orders.counts_of(orders, facts))


def given_of(options: ReadOptions) -> dict[str, str]:
    """Return the options that bind orders which are added later, as far as they were given."""
    given = {name: getattr(options, name) for name in READING}
    return {name: str(value) for name, value in given.items() if value is not None}


def needs_zone(orders: Orders) -> bool:
    """Return whether the days of some file depend on the time zone."""
    return any(file.has_zoned_times() for file in orders.files)
