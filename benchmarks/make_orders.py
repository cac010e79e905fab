"""Make a file of orders to measure with: the same options and seed, the same rows.

python benchmarks/make_orders.py --rows 1_000_000 --ids email --format csv -o orders.csv
python benchmarks/make_orders.py --rows 1_000_000 --last-day new.parquet -o before.parquet

The rows are drawn as plain numbers, 16 bytes each, and become columns and bytes a piece at a time.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow.parquet as pq  # type: ignore[import-untyped]
from cases import MILLION, Case, add_case_options, own_case

Int32s = npt.NDArray[np.int32]

DAY = 86_400
START = np.datetime64("2023-01-01T00:00:00", "us")
SPAN_SECONDS = 1_096 * DAY  # 2023, 2024 and 2025
ROWS_PER_CUSTOMER = 12
ACTIVITY_SHAPE = 0.7  # below 1: many customers who buy once or twice, a few who buy hundreds of times
FIRST_ORDER_ID = 100_001
REFUND_SHARE, UNKNOWN_SHARE, CANCELLED_SHARE = 0.02, 0.01, 0.03
LATEST_REFUND_DAYS = 60
CHUNK_ROWS = 1 << 18  # also the row group of Parquet, small enough for every engine to share among threads
NOBODY = -1
DOMAINS = ["example.com", "mail.example.org", "shop.example.net"]


@dataclass(frozen=True)
class Rows:
    """All rows in their order in the file, 4 bytes a value so that 100 M rows fit in memory."""

    order: Int32s
    second: Int32s
    cents: Int32s
    customer_of_order: Int32s
    cancelled: npt.NDArray[np.bool_]  # by order

    def __len__(self) -> int:
        return len(self.order)


def customers_to_draw_from(orders: int, appear: int) -> int:
    """Return the number of customers to draw from so that about `appear` of them buy when they share `orders` orders.

    With gamma activity of shape a and N/P orders each on average, the share without an order is
    (1 + N / (P a)) ** -a (negative binomial); the number who do buy rises with P, so bisection finds it.
    """
    low, high = appear, 1_000 * appear
    while low < high:
        pool = (low + high) // 2
        buyers = pool * (1 - (1 + orders / (pool * ACTIVITY_SHAPE)) ** -ACTIVITY_SHAPE)
        low, high = (low, pool) if buyers >= appear else (pool + 1, high)
    return low


def draw_customers(rng: np.random.Generator, orders: int, appear: int) -> Int32s:
    """Return the customer of every order, numbered from 0 without gaps by order of drawing."""
    activity = rng.gamma(ACTIVITY_SHAPE, size=customers_to_draw_from(orders, appear))
    counts = rng.multinomial(orders, activity / activity.sum())
    counts = counts[counts > 0]
    customers = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    rng.shuffle(customers)
    return customers


def draw_cents(rng: np.random.Generator, rows: int) -> Int32s:
    """Amounts in minor units: log-normal around 30.00, 0.50 to 5,000.00; in pieces, to stay small."""
    cents = np.empty(rows, np.int32)
    for at in range(0, rows, CHUNK_ROWS):
        piece = cents[at : at + CHUNK_ROWS]
        piece[:] = np.clip(rng.lognormal(math.log(3_000), 0.8, len(piece)), 50, 500_000)
    return cents


def draw_rows(case: Case) -> Rows:
    """Return the rows by time, or in random order where `shuffled`; orders are numbered by time."""
    rng = np.random.default_rng(case.seed)
    refunds = round(case.rows * REFUND_SHARE) if case.dirt else 0
    positive = case.rows - refunds
    orders = -(-positive // case.lines)

    order_second = np.sort(rng.integers(0, SPAN_SECONDS, orders, dtype=np.int32))
    customer = draw_customers(rng, orders, max(1, min(case.rows // ROWS_PER_CUSTOMER, orders)))
    order = np.repeat(np.arange(orders, dtype=np.int32), case.lines)[:positive]
    second = order_second[order]
    cents = draw_cents(rng, positive)
    cancelled = np.zeros(orders, np.bool_)

    if case.dirt:
        # Only orders that leave time for the refund: the file must end with 2025.
        refundable = int(np.searchsorted(order_second, SPAN_SECONDS - (LATEST_REFUND_DAYS + 1) * DAY))
        refunded = rng.integers(0, refundable, refunds, dtype=np.int32)
        delay = rng.integers(DAY, LATEST_REFUND_DAYS * DAY, refunds, dtype=np.int32)
        price = cents[refunded * case.lines]
        back = np.where(rng.random(refunds) < 0.7, price, price // 2)
        order = np.concatenate([order, refunded])
        second = np.concatenate([second, order_second[refunded] + delay])
        cents = np.concatenate([cents, -back])
        cancelled = rng.random(orders) < CANCELLED_SHARE
        customer[rng.random(orders) < UNKNOWN_SHARE] = NOBODY

    if case.shuffled or case.dirt:
        turn = rng.permutation(len(order)) if case.shuffled else np.argsort(second, kind="stable")
        order, second, cents = order[turn], second[turn], cents[turn]
    return Rows(order, second, cents, customer, cancelled)


def customer_ids(kind: str, customers: int) -> pl.Series:
    """Return the id of each customer, all different: whole numbers or text."""
    number = pl.Series("customer_id", np.arange(1, customers + 1, dtype=np.int64))
    # An odd factor modulo a power of two keeps numbers different and scatters them.
    scattered = pl.Series("customer_id", (number.to_numpy() * 0x9E3779B1) % (1 << 40) + 1)
    match kind:
        case "dense":
            return number
        case "sparse":
            return scattered
        case "text":
            return number.to_frame().select("C" + pl.col("customer_id").cast(pl.String).str.zfill(10)).to_series()
        case "email":
            domain = pl.Series("domain", DOMAINS).gather(number % len(DOMAINS))
            frame = pl.DataFrame([scattered, domain])
            return frame.select(
                pl.concat_str(pl.lit("customer."), pl.col("customer_id"), pl.lit("@"), pl.col("domain"))
            ).to_series()
    raise ValueError(f"unknown kind of ids: {kind}")


def frames(rows: Rows, case: Case) -> Iterator[pl.DataFrame]:
    """Return the file's rows as data frames of CHUNK_ROWS rows."""
    ids = customer_ids(case.ids, int(rows.customer_of_order.max()) + 1)
    for at in range(0, len(rows), CHUNK_ROWS):
        order, cents = rows.order[at : at + CHUNK_ROWS], rows.cents[at : at + CHUNK_ROWS]
        second = rows.second[at : at + CHUNK_ROWS].astype(np.int64)
        customer = pl.Series(rows.customer_of_order[order])
        columns: dict[str, Any] = {
            "customer_id": ids.gather(customer.set(customer == NOBODY, None)),
            "ordered_at": START + second * np.timedelta64(1_000_000, "us"),
            "amount": cents / 100,
        }
        if case.order_id:
            columns["order_id"] = order.astype(np.int64) + FIRST_ORDER_ID
        if case.dirt:
            status = np.where(cents < 0, "refunded", np.where(rows.cancelled[order], "cancelled", "paid"))
            columns["status"] = pl.Series(status, dtype=pl.String)
        yield pl.DataFrame(columns)


def write_parquet(chunks: Iterator[pl.DataFrame], path: Path) -> None:
    """One row group a chunk, with pyarrow's defaults, as most exports have."""
    first = next(chunks).to_arrow()
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for chunk in chunks:
            writer.write_table(chunk.to_arrow())


def write_csv(chunks: Iterator[pl.DataFrame], path: Path) -> None:
    """Write a header line, then `id,2023-01-01 00:00:00,12.50,...`; a missing customer is empty."""
    with path.open("wb") as file:
        for number, chunk in enumerate(chunks):
            chunk.write_csv(file, include_header=number == 0, datetime_format="%Y-%m-%d %H:%M:%S", float_precision=2)


def cut(chunks: Iterator[pl.DataFrame], last_day: bool) -> Iterator[pl.DataFrame]:
    """Return the rows of the last day, or those before it; pieces that are left without rows are left out."""
    is_last = pl.col("ordered_at") >= pl.lit(START + (SPAN_SECONDS - DAY) * np.timedelta64(1_000_000, "us"))
    kept = (chunk.filter(is_last if last_day else ~is_last) for chunk in chunks)
    return (chunk for chunk in kept if len(chunk))


def write(chunks: Iterator[pl.DataFrame], path: Path, form: str) -> None:
    """Write the file; it appears under its name only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    (write_csv if form == "csv" else write_parquet)(chunks, unfinished)
    unfinished.replace(path)


def make(case: Case, path: Path, last_day: Path | None = None) -> None:
    """Write the case's file, or where `last_day` is given two: what comes before the last day, and that day."""
    rows = draw_rows(case)
    if last_day is None:
        write(frames(rows, case), path, case.format)
    else:
        write(cut(frames(rows, case), last_day=False), path, case.format)
        write(cut(frames(rows, case), last_day=True), last_day, case.format)


def parser() -> argparse.ArgumentParser:
    """Return the reader of the command line."""
    parser = argparse.ArgumentParser(description="Make a file of orders to measure with.")
    add_case_options(parser, rows=MILLION)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--last-day", type=Path, metavar="FILE", help="put the rows of the last day here instead")
    return parser


def main() -> None:
    """Make the file that the command line asks for."""
    given = parser().parse_args()
    make(own_case(given), given.output, given.last_day)


if __name__ == "__main__":
    main()
