"""What `lifetimes` can say of the customers, in `rfm`'s columns.

python peer_lifetimes.py ORDERS OUT.parquet [--ids=...]

`lifetimes` measures days: T (since the first purchase), recency (from the first purchase to the last), and the
mean money of a day with purchases. So first and last order, recency_days and the whole money follow from it; its
frequency counts days with purchases and not orders, and it has no scores and no segments.
"""

from __future__ import annotations

import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from lifetimes.utils import summary_data_from_transaction_data
from peer_input import PeerInput, parse_words


def read(facts: PeerInput) -> pd.DataFrame:
    """Return the rows as pandas reads them."""
    if facts.is_csv:
        return pd.read_csv(facts.source, engine="pyarrow", parse_dates=["ordered_at"])
    return pd.read_parquet(facts.source, columns=["customer_id", "ordered_at", "amount"])


def answer(summary: pd.DataFrame, as_of: pd.Timestamp) -> pa.Table:
    """Return the columns that both have, by the customers' order in the summary."""
    days = pd.to_timedelta(summary["T"], unit="D"), pd.to_timedelta(summary["T"] - summary["recency"], unit="D")
    money = (summary["monetary_value"] * summary["frequency"]).round(2)
    columns = {
        "customer_id": pa.array(summary.index.astype(str)),
        "first_order": pa.array(as_of - days[0]).cast(pa.date32()),
        "last_order": pa.array(as_of - days[1]).cast(pa.date32()),
        "recency_days": pa.array((summary["T"] - summary["recency"]).astype("int32")),
        "monetary": pa.array(money).cast(pa.decimal128(18, 2)),
    }
    return pa.table(columns)


def main(facts: PeerInput) -> None:
    """Write the columns that both have to the Parquet file that is asked for."""
    rows = read(facts)
    summary = summary_data_from_transaction_data(
        rows, "customer_id", "ordered_at", "amount", include_first_transaction=True
    )
    pq.write_table(answer(summary, rows["ordered_at"].max().normalize()), facts.target)


if __name__ == "__main__":
    main(parse_words(sys.argv[1:]))
