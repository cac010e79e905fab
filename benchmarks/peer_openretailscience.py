"""What `openretailscience` says of the customers, in `rfm`'s columns.

python peer_openretailscience.py ORDERS OUT.parquet [--ids=...]

Its recency, frequency and money are `rfm`'s, money as a float, which is rounded to the cent. Its scores are not:
ranks in ten parts that give equal customers different scores by their ids.
"""

from __future__ import annotations

import sys

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from openretailscience.segmentation.rfm import RFMSegmentation
from peer_input import PeerInput, parse_words


def main(facts: PeerInput) -> None:
    """Write the columns that both have to the Parquet file that is asked for."""
    rows = ibis.read_csv(facts.source) if facts.is_csv else ibis.read_parquet(facts.source)
    rows = rows.rename(transaction_id="order_id", transaction_date="ordered_at", unit_spend="amount")
    as_of = rows.transaction_date.max().execute().date()
    customers = RFMSegmentation(rows, current_date=as_of).df
    columns = {
        "customer_id": pa.array(customers.index.astype(str)),
        "recency_days": pa.array(customers["recency_days"].astype("int32")),
        "frequency": pa.array(customers["frequency"].astype("int32")),
        "monetary": pa.array(customers["monetary"].round(2)).cast(pa.decimal128(18, 2)),
    }
    pq.write_table(pa.table(columns), facts.target)


if __name__ == "__main__":
    main(parse_words(sys.argv[1:]))
