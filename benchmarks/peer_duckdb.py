"""The twelve columns of `rfm score` by DuckDB, as someone fluent in its SQL would write them.

python peer_duckdb.py ORDERS OUT.parquet [--refunds]

Without `--refunds` the rows are taken as clean: no negative amounts, nothing to reject, and the rows of an
order all on one day. With it, customers who are missing and orders that are cancelled are left out, an
order is a purchase if its rows of its first day sum to >= 0, and later rows change money only.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

CSV_TYPES = {
    "customer_id": "VARCHAR",
    "ordered_at": "TIMESTAMP",
    "amount": "DECIMAL(18,2)",
    "order_id": "BIGINT",
    "status": "VARCHAR",
}

# By frequency score 1..5, within it by recency score 1..5.
SEGMENTS = [
    *("Lost", "Hibernating", "About to sleep", "Promising", "New"),
    *("Lost", "Hibernating", "About to sleep", "Potential loyalist", "Potential loyalist"),
    *("At risk", "At risk", "Needs attention", "Potential loyalist", "Potential loyalist"),
    *("At risk", "At risk", "Loyal", "Loyal", "Champions"),
    *("Can't lose", "Can't lose", "Loyal", "Loyal", "Champions"),
]

CLEAN_CUSTOMERS = """
SELECT customer_id, count(*) AS frequency, min(day) AS first_order, max(day) AS last_order,
       max(day) AS last_row, sum(money) AS monetary
FROM ({orders}) GROUP BY customer_id
"""

CLEAN_ORDERS = """
SELECT customer_id, order_id, min(day) AS day, sum(money) AS money
FROM ({rows}) GROUP BY customer_id, order_id
"""

CUSTOMERS_WITH_REFUNDS = """
SELECT customer_id, count(*) FILTER (first_money >= 0) AS frequency,
       min(day) FILTER (first_money >= 0) AS first_order, max(day) FILTER (first_money >= 0) AS last_order,
       max(last_row) AS last_row, sum(money) AS monetary
FROM ({orders}) GROUP BY customer_id
"""

ORDERS_WITH_REFUNDS = """
SELECT customer_id, min(day) AS day, arg_min(money, day) AS first_money, sum(money) AS money,
       max(day) AS last_row
FROM (SELECT customer_id, order_id, day, sum(money) AS money
      FROM ({rows}) GROUP BY customer_id, order_id, day)
GROUP BY customer_id, order_id
"""

# A row is an order: its first day is its only day.
ROWS_AS_ORDERS = "SELECT *, money AS first_money, day AS last_row FROM ({rows})"

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
           frequency >= 2 AND monetary >= mc.vip_floor AS vip
    FROM measured, rc, fc, mc
)
SELECT customer_id::VARCHAR AS customer_id, first_order, last_order, recency_days::INTEGER AS recency_days,
       frequency::INTEGER AS frequency, monetary::DECIMAL(18,2) AS monetary,
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
    """SQL for one row c2..c5: the least value of each score, higher being better."""
    return AUTO_CUTOFFS.format(quantiles=QUANTILE_CUTOFFS.format(values=values), values=values, fixed=fixed)


def score_sql(measure: str, cutoffs: str) -> str:
    """SQL for 1 and the number of cutoffs reached; an unused cutoff is null and reached by nobody."""
    return "1" + "".join(f" + ifnull({measure} >= {cutoffs}.c{score}, false)::TINYINT" for score in range(2, 6))


def rows_sql(source: Path, refunds: bool) -> tuple[str, bool]:
    """SQL for (customer_id, [order_id], day, money) of the accepted rows, and whether order_id is there."""
    if source.suffix == ".csv":
        with source.open(encoding="utf-8") as file:
            names = file.readline().strip().split(",")
        types = {name: CSV_TYPES[name] for name in names}  # prints as DuckDB's own struct literal
        table = f"read_csv('{source}', header = true, auto_detect = false, columns = {types})"
    else:
        names = [row[0] for row in duckdb.execute(f"DESCRIBE SELECT * FROM '{source}'").fetchall()]
        table = f"'{source}'"
    order_id = "order_id, " if "order_id" in names else ""
    accepted = "WHERE customer_id IS NOT NULL AND lower(status) <> 'cancelled'" if refunds else ""
    columns = f"customer_id, {order_id}ordered_at::DATE AS day, amount::DECIMAL(18,2) AS money"
    return f"SELECT {columns} FROM {table} {accepted}", bool(order_id)


def customers_sql(source: Path, refunds: bool) -> str:
    """SQL for one row a customer: frequency, first and last order, last row, money."""
    rows, has_order_id = rows_sql(source, refunds)
    if refunds:
        orders = (ORDERS_WITH_REFUNDS if has_order_id else ROWS_AS_ORDERS).format(rows=rows)
        return CUSTOMERS_WITH_REFUNDS.format(orders=orders)
    return CLEAN_CUSTOMERS.format(orders=CLEAN_ORDERS.format(rows=rows) if has_order_id else rows)


def result_sql() -> str:
    """SQL for the twelve columns from the table `customers`."""
    return RESULT.format(
        recencies=SCORED_VALUES.format(measure="-recency_days"),
        frequencies=SCORED_VALUES.format(measure="frequency"),
        moneys=SCORED_VALUES.format(measure="monetary"),
        recency_cutoffs=auto_cutoffs("recencies", (-365, -180, -90, -30)),
        frequency_cutoffs=auto_cutoffs("frequencies", (2, 3, 4, 7)),
        money_cutoffs=QUANTILE_CUTOFFS.format(values="moneys"),
        r=score_sql("-recency_days", "rc"),
        f=score_sql("frequency", "fc"),
        m=score_sql("monetary", "mc"),
        segments="[" + ", ".join("'" + name.replace("'", "''") + "'" for name in SEGMENTS) + "]",
    )


def main(source: Path, target: Path, refunds: bool) -> None:
    """Write the scored customers of `source` to the Parquet file `target`."""
    duckdb.execute(f"CREATE TEMP TABLE customers AS {customers_sql(source, refunds)}")
    duckdb.execute(f"COPY ({result_sql()}) TO '{target}' (FORMAT parquet)")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), "--refunds" in sys.argv[3:])
