"""The expressions that are measured, each beside the SQL that someone fluent in it would write for DuckDB.

The standard library alone; see measure.py. The SQL knows what `rfm` has to find out: that no row is a refund or is
rejected, and that texts are written in one way. It may take only those into its tables that can be in the answer.

`rfm select` answers with the customers, and with the figures of its headline. `FIGURES` is SQL for these.
"""

from __future__ import annotations

from dataclasses import dataclass

AS_OF = "2025-12-31"


@dataclass(frozen=True)
class Select:
    """A question, its expression, SQL with one column, customer_id, and SQL that judges customers.

    `judged` has the columns customer_id and met, which is null where the answer is unknown; customers may be missing
    whose answer is no. None where every answer is known.
    """

    title: str
    expression: str
    sql: str
    judged: str | None = None
    goal_mb: float | None = None


EIGHT = """
count(*) FILTER (event = 'view') >= 5
AND count(*) FILTER (event = 'cart' AND "at" >= '2025-10-03') >= 1
AND count(*) FILTER (event = 'open' AND "at" >= '2025-11-02') >= 1
AND count(DISTINCT product_id) FILTER (event = 'view') >= 4
AND max("at") FILTER (event = 'click') >= '2025-07-05'
AND count(*) FILTER (event = 'unsubscribe' AND "at" >= '2025-12-02') = 0
AND sum((value * 100)::BIGINT) FILTER (event = 'cart') > 10000
AND count(*) FILTER (event = 'send') >= 5
"""

SELECTS = {
    "phone": Select(
        "a phone and an old order, or views left behind; not in Moscow",
        "has phone and last_order older than 1 month"
        " or any events(event = 'view') within 4 weeks without orders later minus city = 'Moscow'",
        """
        WITH bought AS (SELECT customer_id, max(ordered_at) AS last FROM orders GROUP BY ALL),
        seen AS (
            SELECT customer_id, max("at") AS last_view FROM events
            WHERE event = 'view' AND "at" >= '2025-12-04' GROUP BY ALL
        )
        SELECT customer_id
        FROM bought FULL JOIN seen USING (customer_id) LEFT JOIN customers USING (customer_id)
        WHERE (phone IS NOT NULL AND last < '2025-12-01' OR last_view > ifnull(last, '-infinity'))
          AND city IS DISTINCT FROM 'Moscow'
        """,
        """
        WITH bought AS (SELECT customer_id, max(ordered_at) AS last FROM orders GROUP BY ALL),
        seen AS (
            SELECT customer_id, max("at") AS last_view FROM events
            WHERE event = 'view' AND "at" >= '2025-12-04' GROUP BY ALL
        )
        SELECT customer_id, (phone IS NOT NULL AND last < '2025-12-01'
            OR ifnull(last_view > ifnull(last, '-infinity'), false)) AND city IS DISTINCT FROM 'Moscow' AS met
        FROM bought FULL JOIN seen USING (customer_id) FULL JOIN customers USING (customer_id)
        """,
    ),
    "nested": Select(
        "an order of a channel with a line of a category, no line of another, events counted",
        "any orders(channel = 'offline' and any lines(category = 'Tea')) within 3 months"
        " and none lines(category = 'Coffee') and count events(event = 'open') >= 3",
        """
        WITH sold AS (SELECT order_id, category FROM lines JOIN products USING (product_id)
                      WHERE category IN ('Tea', 'Coffee')),
        coffee AS (SELECT customer_id FROM orders SEMI JOIN (FROM sold WHERE category = 'Coffee') USING (order_id))
        SELECT customer_id
        FROM orders SEMI JOIN (FROM sold WHERE category = 'Tea') USING (order_id)
             ANTI JOIN coffee USING (customer_id)
             SEMI JOIN (SELECT customer_id FROM events WHERE event = 'open' GROUP BY ALL HAVING count(*) >= 3)
                 USING (customer_id)
        WHERE channel = 'offline' AND ordered_at >= '2025-10-01'
        GROUP BY ALL
        """,
    ),
    "events": Select(
        "eight conditions on events, with different products and a last time",
        "count events(event = 'view') >= 5 and count events(event = 'cart') within 90 days >= 1"
        " and any events(event = 'open') within 60 days and count distinct events.product_id(event = 'view') >= 4"
        " and last events.at(event = 'click') within 180 days and none events(event = 'unsubscribe') within 30 days"
        " and sum events.value(event = 'cart') > 100 and count events(event = 'send') >= 5",
        f"SELECT customer_id FROM events GROUP BY ALL HAVING {EIGHT}",
        f"SELECT customer_id, {EIGHT} AS met FROM events GROUP BY ALL",
        goal_mb=1_600,
    ),
    "window": Select(
        "events of four weeks, and no orders in them",
        "any events(event = 'view') within 4 weeks and none orders within 4 weeks",
        """
        SELECT customer_id FROM events ANTI JOIN (FROM orders WHERE ordered_at >= '2025-12-04') USING (customer_id)
        WHERE event = 'view' AND "at" >= '2025-12-04' GROUP BY ALL
        """,
    ),
}

FIGURES = """
WITH known AS (
    SELECT customer_id FROM orders UNION SELECT customer_id FROM events UNION SELECT customer_id FROM customers
), stopped AS (SELECT DISTINCT customer_id FROM events WHERE event = 'unsubscribe')
SELECT count(*), (SELECT count(*) FROM judged WHERE met IS NULL), (SELECT count(*) FROM known),
    count(*) FILTER ((email IS NOT NULL OR phone IS NOT NULL) AND stopped.customer_id IS NULL),
    (SELECT sum((amount * 100)::BIGINT) FROM orders SEMI JOIN chosen USING (customer_id))
FROM chosen LEFT JOIN customers USING (customer_id) LEFT JOIN stopped USING (customer_id)
"""
"""How many customers are chosen, undecided, known at all, and can be reached, and the revenue in cents."""
