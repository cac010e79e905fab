"""The twelve columns of `rfm score` by pandas with pyarrow, as someone fluent in it would write them.

python peer_pandas.py ORDERS OUT.parquet [--refunds] [--ids=text|whole|small]

The options are explained in peer_input.py. An order is the rows with one (customer_id, order_id). Where there are
refunds it is a purchase if its rows of its first day sum to >= 0, and later rows change money only.

Ids become codes 0, 1, 2, ... at once, and days numbers of days: pandas groups by one whole number many times
faster than by texts or by two columns. Frames of whole numbers also keep clear of pandas' floats for what is
missing; NEVER marks the first and last order of those who never bought.
"""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pv
import pyarrow.parquet as pq
from peer_input import SEGMENTS, PeerInput, parse_words

CSV_TYPES = {
    "customer_id": pa.string(),
    "ordered_at": pa.timestamp("us"),
    "amount": pa.float64(),
    "order_id": pa.int64(),
    "status": pa.string(),
}
DAY_MICROSECONDS = 86_400_000_000
NEVER = np.iinfo(np.int32).min
NO_PURCHASES = len(SEGMENTS)

Int64s = npt.NDArray[np.int64]


def read(facts: PeerInput) -> pa.Table:
    """Return the accepted rows as Arrow's columns."""
    if facts.is_csv:
        types = CSV_TYPES | ({"customer_id": pa.int64()} if facts.whole_ids else {})
        missing = pv.ConvertOptions(column_types=types, strings_can_be_null=True, null_values=[""])
        table = pv.read_csv(facts.source, convert_options=missing)
    else:
        table = pq.read_table(facts.source)
    if facts.refunds:
        table = table.filter(pc.field("customer_id").is_valid() & (pc.utf8_lower(pc.field("status")) != "cancelled"))
    return table


def orders_of(table: pa.Table) -> tuple[pd.DataFrame, pd.Index]:
    """Return the rows as whole numbers (customer, day, cents and, if there, order), and the ids by customer."""
    codes, ids = pd.factorize(table["customer_id"].to_pandas(), use_na_sentinel=False)
    microseconds = table["ordered_at"].cast(pa.timestamp("us")).to_numpy().view(np.int64)
    columns = {
        "customer": codes.astype(np.int64),
        "day": (microseconds // DAY_MICROSECONDS).astype(np.int32),
        "cents": np.rint(table["amount"].to_numpy() * 100).astype(np.int64),
    }
    if "order_id" in table.column_names:
        # Customer and order in one number, where the order ids leave room; a number an order where not.
        order = table["order_id"].to_numpy()
        if order.max() >= 2**31:
            order = pd.factorize(order)[0]
        columns["order"] = columns["customer"] << 31 | order
    return pd.DataFrame(columns, copy=False), pd.Index(ids)


def clean_orders(rows: pd.DataFrame) -> pd.DataFrame:
    """One row an order: day, last_row, first_cents and cents; the rows of an order are of one day."""
    if "order" in rows:
        orders = rows.groupby("order", sort=False).agg(day=("day", "min"), cents=("cents", "sum"))
        rows = orders.assign(customer=orders.index.to_numpy() >> 31)
    return rows.assign(last_row=rows["day"], first_cents=rows["cents"])


def orders_with_refunds(rows: pd.DataFrame) -> pd.DataFrame:
    """Do the same for orders whose rows may come on later days."""
    if "order" not in rows:
        return clean_orders(rows)
    days = ("day", "min"), ("day", "max")
    orders = rows.groupby("order", sort=False).agg(day=days[0], last_row=days[1], cents=("cents", "sum"))
    lasting = orders.index[orders["day"] != orders["last_row"]]
    rows = rows[rows["order"].isin(lasting)]
    rows = rows[rows["day"].to_numpy() == orders["day"].loc[rows["order"]].to_numpy()]
    first_cents = orders["cents"].copy()
    first_cents.loc[lasting] = rows.groupby("order")["cents"].sum().loc[lasting]
    return orders.assign(customer=orders.index.to_numpy() >> 31, first_cents=first_cents)


def customers_of(orders: pd.DataFrame) -> pd.DataFrame:
    """Return one row per customer, by code: frequency, first and last order, last row, cents."""
    whole = orders.groupby("customer").agg(last_row=("last_row", "max"), cents=("cents", "sum"))
    purchases = orders[orders["first_cents"] >= 0].groupby("customer")["day"].agg(["size", "min", "max"])
    purchases = purchases.reindex(whole.index, fill_value=NEVER)
    bought = purchases["size"] != NEVER
    return whole.assign(
        frequency=purchases["size"].where(bought, 0), first_order=purchases["min"], last_order=purchases["max"]
    )


def quantile_cutoffs(values: pd.Series) -> Int64s:
    """Return the least value of each of the scores 2..5 that the quantile rule uses, higher being better."""
    counts = values.value_counts().sort_index()
    score = 1 + 5 * (counts.cumsum() - counts) // len(values)
    firsts = ~score.duplicated()
    return counts.index[firsts].to_numpy(np.int64)[1:]


def auto_cutoffs(values: pd.Series, fixed: list[int]) -> Int64s:
    """Quantile cutoffs, or `fixed` where they would leave a score unused."""
    cutoffs = quantile_cutoffs(values)
    return cutoffs if len(cutoffs) == 4 else np.array(fixed)


def scores(values: pd.Series, cutoffs: Int64s) -> npt.NDArray[np.int8]:
    """1 and the number of cutoffs reached."""
    return (1 + np.searchsorted(cutoffs, values.to_numpy(), side="right")).astype(np.int8)


def as_days(days: pd.Series) -> pa.Array:
    return pa.array(days.to_numpy(np.int32), mask=days.to_numpy() == NEVER).cast(pa.date32())


def as_money(cents: pd.Series) -> pa.Array:
    """Decimals of two places that have the cents as their digits."""
    digits = pa.array(cents.to_numpy()).cast(pa.decimal128(19, 0))
    return pa.Array.from_buffers(pa.decimal128(19, 2), len(digits), digits.buffers()).cast(pa.decimal128(18, 2))


def score(customers: pd.DataFrame, ids: pd.Index) -> pa.Table:
    """Return the twelve columns, by customer_id as text."""
    text = pa.array(ids[customers.index]).cast(pa.string())
    turn = pc.array_sort_indices(text)
    customers, text = customers.iloc[turn.to_numpy()], text.take(turn)
    bought = customers["frequency"].to_numpy() > 0
    recency = customers["last_row"].max() - customers["last_order"].where(bought, 0)
    buyers = customers[bought]
    below_floor = len(buyers) - -(-len(buyers) * 15 // 100)
    floor = np.partition(buyers["cents"].to_numpy(), below_floor)[below_floor]
    r = scores(-recency, auto_cutoffs(-recency[bought], [-365, -180, -90, -30]))
    f = scores(customers["frequency"], auto_cutoffs(buyers["frequency"], [2, 3, 4, 7]))
    m = scores(customers["cents"], quantile_cutoffs(buyers["cents"]))
    cell = np.where(bought, 5 * (f - 1) + r - 1, NO_PURCHASES).astype(np.int8)
    code = pa.array(100 * r.astype(np.int16) + 10 * f + m, mask=~bought)
    vip = (customers["cents"].to_numpy() >= floor) & (customers["frequency"].to_numpy() >= 2)
    columns = {
        "customer_id": text,
        "first_order": as_days(customers["first_order"]),
        "last_order": as_days(customers["last_order"]),
        "recency_days": pa.array(recency.to_numpy(np.int32), mask=~bought),
        "frequency": pa.array(customers["frequency"].to_numpy(np.int32)),
        "monetary": as_money(customers["cents"]),
        "r": pa.array(r, mask=~bought),
        "f": pa.array(f, mask=~bought),
        "m": pa.array(m, mask=~bought),
        "rfm": code.cast(pa.string()),
        "segment": pa.DictionaryArray.from_arrays(cell, [*SEGMENTS, "No purchases"]).cast(pa.string()),
        "vip": vip,
    }
    return pa.table(columns)


def main(facts: PeerInput) -> None:
    """Write the scored customers of the file to the Parquet file that is asked for."""
    rows, ids = orders_of(read(facts))
    orders = (orders_with_refunds if facts.refunds else clean_orders)(rows)
    del rows
    pq.write_table(score(customers_of(orders), ids), facts.target, compression="lz4")


if __name__ == "__main__":
    main(parse_words(sys.argv[1:]))
