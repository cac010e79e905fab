"""The twelve columns of `rfm score` by DuckDB, as someone fluent in its SQL would write them.

python peer_duckdb.py ORDERS OUT.parquet [--refunds] [--ids=text|whole|small]

The options are explained in peer_input.py. An order is the rows with one (customer_id, order_id). Where there are
refunds it is a purchase if its rows of its first day sum to >= 0, and later rows change money only.
"""

from __future__ import annotations

import sys

import duckdb
from peer_input import SEGMENTS, PeerInput, parse_words

CSV_TYPES = {
    "customer_id": "VARCHAR",
    "ordered_at": "TIMESTAMP",
    "amount": "DECIMAL(18,2)",
    "order_id": "BIGINT",
    "status": "VARCHAR",
}

# Money is whole cents inside: sums of decimals are of 128 bits and cost a tenth more.
CLEAN_CUSTOMERS = """
SELECT customer_id, count(*) AS frequency, min(day) AS first_order, max(day) AS last_order,
       max(day) AS last_row, sum(cents)::BIGINT AS cents
FROM {orders} GROUP BY customer_id
"""

CLEAN_ORDERS = """
(SELECT customer_id, order_id, min(day) AS day, sum(cents)::BIGINT AS cents
 FROM {rows} GROUP BY customer_id, order_id)
"""

CUSTOMERS_WITH_REFUNDS = """
SELECT customer_id, count(*) FILTER (first_cents >= 0) AS frequency,
       min(day) FILTER (first_cents >= 0) AS first_order, max(day) FILTER (first_cents >= 0) AS last_order,
       max(last_row) AS last_row, sum(cents)::BIGINT AS cents
FROM {orders} GROUP BY customer_id
"""

ORDERS_WITH_REFUNDS = """
SELECT customer_id, order_id, min(day) AS day, max(day) AS last_row, sum(cents)::BIGINT AS cents
FROM {rows} GROUP BY customer_id, order_id
"""

# Only the few orders of several days are looked at again for the cents of their first one.
FIRST_CENTS = """
SELECT customer_id, order_id, sum(rows.cents)::BIGINT AS first_cents
FROM {rows} AS rows JOIN (FROM orders WHERE day <> last_row) USING (customer_id, order_id, day)
GROUP BY customer_id, order_id
"""

ORDERS_WITH_FIRST_CENTS = """
(SELECT orders.*, ifnull(first_cents, cents) AS first_cents
 FROM orders LEFT JOIN lasting USING (customer_id, order_id))
"""

# A row is an order: its first day is its only day.
ROWS_AS_ORDERS = "(SELECT *, cents AS first_cents, day AS last_row FROM {rows})"

# Cutoffs come from (value, count): far fewer values than customers, and no rank() that sorts them all.
RESULT = """
WITH measured AS (
    SELECT *, (SELECT max(last_row) FROM customers) - last_order AS recency_days FROM customers
),
recencies AS ({recencies}), frequencies AS ({frequencies}), moneys AS ({moneys}),
rc AS ({recency_cutoffs}), fc AS ({frequency_cutoffs}), mc AS ({money_cutoffs}),
scored AS (
    SELECT measured.*,
           frequency > 0 AS buyer,
           {r} AS r, {f} AS f, {m} AS m,
           frequency >= 2 AND cents >= mc.vip_floor AS vip
    FROM measured, rc, fc, mc
)
SELECT customer_id::VARCHAR AS customer_id, first_order, last_order, recency_days::INTEGER AS recency_days,
       frequency::INTEGER AS frequency, (cents * 0.01)::DECIMAL(18,2) AS monetary,
       CASE WHEN buyer THEN r::TINYINT END AS r,
       CASE WHEN buyer THEN f::TINYINT END AS f,
       CASE WHEN buyer THEN m::TINYINT END AS m,
       CASE WHEN buyer THEN (100 * r::SMALLINT + 10 * f + m)::VARCHAR END AS rfm,
       CASE WHEN buyer THEN ({segments})[5 * (f - 1) + r] ELSE 'No purchases' END AS segment,
       vip
FROM scored ORDER BY customer_id::VARCHAR
"""

SCORED_VALUES = """
SELECT value, total - worse AS at_least, total, 1 + (5 * worse) // total AS score
FROM (SELECT value, sum(customers) OVER (ORDER BY value) - customers AS worse,
             sum(customers) OVER () AS total
      FROM (SELECT {measure} AS value, count(*) AS customers
            FROM measured WHERE frequency > 0 GROUP BY value))
"""

QUANTILE_CUTOFFS = """
SELECT min(value) FILTER (score >= 2) AS c2, min(value) FILTER (score >= 3) AS c3,
       min(value) FILTER (score >= 4) AS c4, min(value) FILTER (score >= 5) AS c5,
       max(value) FILTER (at_least >= (15 * total + 99) // 100) AS vip_floor
FROM {values}
"""

# Fixed cutoffs where the quantiles leave a score unused.
AUTO_CUTOFFS = """
SELECT if(used = 5, c2, {fixed[0]}) AS c2, if(used = 5, c3, {fixed[1]}) AS c3,
       if(used = 5, c4, {fixed[2]}) AS c4, if(used = 5, c5, {fixed[3]}) AS c5
FROM ({quantiles}), (SELECT count(DISTINCT score) AS used FROM {values})
"""


def auto_cutoffs(values: str, fixed: tuple[int, int, int, int]) -> str:
    """Return SQL for one row c2..c5: the least value of each score, higher being better."""
    return AUTO_CUTOFFS.format(quantiles=QUANTILE_CUTOFFS.format(values=values), values=values, fixed=fixed)


def score_sql(measure: str, cutoffs: str) -> str:
    """Return SQL for 1 and the number of cutoffs reached; an unused cutoff is null, which no value reaches."""
    return "1" + "".join(f" + ifnull({measure} >= {cutoffs}.c{score}, false)::TINYINT" for score in range(2, 6))


def rows_sql(facts: PeerInput) -> tuple[str, bool]:
    """Return SQL for (customer_id, [order_id], day, cents) of the accepted rows, and whether order_id is there."""
    if facts.is_csv:
        types = CSV_TYPES | ({"customer_id": "BIGINT"} if facts.whole_ids else {})
        names = facts.csv_names()
        columns = {name: types[name] for name in names}  # prints as DuckDB's own struct literal
        table = f"read_csv('{facts.source}', header = true, auto_detect = false, columns = {columns})"
    else:
        names = [row[0] for row in duckdb.execute(f"DESCRIBE SELECT * FROM '{facts.source}'").fetchall()]
        table = f"'{facts.source}'"
    order_id = "order_id, " if "order_id" in names else ""
    accepted = "WHERE customer_id IS NOT NULL AND lower(status) <> 'cancelled'" if facts.refunds else ""
    cents = "(amount * 100)::BIGINT AS cents"  # a cast rounds
    return f"(SELECT customer_id, {order_id}ordered_at::DATE AS day, {cents} FROM {table} {accepted})", bool(order_id)


def made(table: str, query: str) -> None:
    """Make a table of a query's rows."""
    duckdb.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {query}")


def make_customers(facts: PeerInput) -> None:
    """Make the table `customers`, one row each: frequency, first and last order, last row, cents."""
    rows, has_order_id = rows_sql(facts)
    if not facts.refunds:
        made("customers", CLEAN_CUSTOMERS.format(orders=CLEAN_ORDERS.format(rows=rows) if has_order_id else rows))
    elif not has_order_id:
        made("customers", CUSTOMERS_WITH_REFUNDS.format(orders=ROWS_AS_ORDERS.format(rows=rows)))
    else:
        made("orders", ORDERS_WITH_REFUNDS.format(rows=rows))
        made("lasting", FIRST_CENTS.format(rows=rows))
        made("customers", CUSTOMERS_WITH_REFUNDS.format(orders=ORDERS_WITH_FIRST_CENTS))
        duckdb.execute("DROP TABLE orders")


def result_sql() -> str:
    """Return SQL for the twelve columns from the table `customers`."""
    return RESULT.format(
        recencies=SCORED_VALUES.format(measure="-recency_days"),
        frequencies=SCORED_VALUES.format(measure="frequency"),
        moneys=SCORED_VALUES.format(measure="cents"),
        recency_cutoffs=auto_cutoffs("recencies", (-365, -180, -90, -30)),
        frequency_cutoffs=auto_cutoffs("frequencies", (2, 3, 4, 7)),
        money_cutoffs=QUANTILE_CUTOFFS.format(values="moneys"),
        r=score_sql("-recency_days", "rc"),
        f=score_sql("frequency", "fc"),
        m=score_sql("cents", "mc"),
        segments="[" + ", ".join("'" + name.replace("'", "''") + "'" for name in SEGMENTS) + "]",
    )


def main(facts: PeerInput) -> None:
    """Write the scored customers of the file to the Parquet file that is asked for."""
    duckdb.execute("SET preserve_insertion_order = false")  # the rows of these tables may come in any order
    make_customers(facts)
    duckdb.execute("SET preserve_insertion_order = true")  # those of the answer not
    duckdb.execute(f"COPY ({result_sql()}) TO '{facts.target}' (FORMAT parquet, COMPRESSION lz4_raw)")


if __name__ == "__main__":
    main(parse_words(sys.argv[1:]))
