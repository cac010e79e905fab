"""Random small shops, and random expressions over them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from rfm_cli.language.columns import Column, LinkedTable
from rfm_cli.language.linked import LinkedTables
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.world import Sets, World
from rfm_cli.model import Scored
from rfm_cli.schemes import in_rank_order
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import ReadOptions
from tests.language.anniversaries import anniversary
from tests.language.meaning import Rows, Slow
from tests.language.shops import linked

AS_OF = date(2024, 3, 31)
WHO = [f"c{i}" for i in range(7)]
BOOLEANS = [True, False, None]
WORDS = ["Tea", " tea ", "COFFEE", "Чай", "чай", "new  York", None, ""]
DATES = ("registered_at",)
MEASURES = "recency_days frequency first_order last_order r f m rfm segment vip".split()


EDGES = (0, 0, 1, 2, 3, 3, 7, 14, 30, 31, 31, 32)
"""The days before the as-of day at which windows begin and end, and the last day of February."""


def day(rng: random.Random, reach: int, ahead: int = 3) -> date:
    if rng.random() < 0.5:
        return AS_OF - timedelta(days=rng.choice([one for one in EDGES if one <= max(reach, 3)]))
    return AS_OF - timedelta(days=rng.randint(-ahead, reach))


def moment(rng: random.Random, reach: int) -> str:
    if rng.random() < 0.2:  # where windows of hours begin
        return rng.choice(["2024-03-30 12:00", "2024-03-31 19:00"])
    hour = rng.choice(["", " 00:00", " 09:30", " 12:00", " 12:00", " 19:00"])
    return f"{day(rng, reach)}{hour}"


def table(rows: Sequence[Mapping[str, Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    kinds = {name: kind or pl.String for name, kind in schema.items()}
    return pl.DataFrame([dict(row) for row in rows], schema=kinds)


def frames(rng: random.Random) -> dict[str, pl.DataFrame]:
    """The tables of a shop, as CSV and Parquet files have them."""
    reach = rng.choice([6, 20, 100])  # near days make ties and edges
    maybe = lambda *values: rng.choice([*values, None])  # noqa: E731
    customers = [
        {
            "customer_id": who,
            "registered_at": maybe(str(day(rng, 60, 0)), "2024-02-29"),
            "birth_date": maybe("1990-04-02", "2000-02-29", "1985-03-31", "1999-12-31"),
            "city": rng.choice(WORDS),
            "phone": rng.choice([None, "", "123456", "-"]),
            "points": rng.choice(["5", "12.5", " 20", "x", "", None]),
            "club": rng.choice(["yes", "no", "Perhaps", "", None]),
            "next_visit": maybe(str(day(rng, 10, 20)), "soon", moment(rng, 10)),
            "ref_id": maybe("r1", "R1", " r1 ", "7"),
            "stars": maybe(1, 2, 3),
            "ratio": maybe(0.1, 0.5, 12.0, 0.30000000000000004),
            "member": rng.choice(BOOLEANS),
        }
        for who in WHO
    ]
    products = [
        {"product_id": f"p{i}", "category": rng.choice(WORDS), "price": maybe("5", "7.5"), "born": maybe("2024-03-01")}
        for i in range(4)
    ]
    orders = [
        {
            "customer_id": rng.choice(WHO[:6]),
            "order_id": maybe(f"o{i}", f"o{i // 2}") if rng.random() < 0.9 else None,
            "ordered_at": moment(rng, reach),
            "amount": rng.choice(["0.00", "5.00", "10.50", "20.00", "-5.00"]),
            "channel": rng.choice(["web", "Store", "in store", None]),
            "note": rng.choice(WORDS),
        }
        for i in range(rng.randint(4, 14))
    ]
    orders.append(
        {
            "customer_id": "c0",
            "order_id": "o99",
            "ordered_at": "2024-03-30 09:30",
            "amount": "5.00",
            "channel": "web",
            "note": "Tea",
        }
    )
    lines = [
        {
            "order_id": rng.choice([*(f"o{i}" for i in range(13)), "o99"]),
            "product_id": rng.choice(["p0", "p1", " p2", "p9", None]),
            "quantity": rng.choice(["1", "2", "3"]),
            "unit_price": rng.choice(["1.00", "2.50"]),
        }
        for _ in range(rng.randint(1, 18))
    ]
    events = [
        {
            "customer_id": rng.choice([*WHO[:4], "zz"]),
            "event": rng.choice(["view", "Add to Cart", "add_to_cart", "sent"]),
            "at": moment(rng, reach),
            "channel": rng.choice(["web", "STORE", "in-store", None]),
            "product_id": rng.choice(["p0", "p1", "p2", None]),
            "value": rng.choice(["1", "5", "2.5", "none", "", None]),
            "note": rng.choice(WORDS),
        }
        for _ in range(rng.randint(1, 18))
    ]
    events.append(
        {
            "customer_id": "c1",
            "event": "sent",
            "at": "2024-03-30",
            "channel": "web",
            "product_id": "p0",
            "value": "5",
            "note": "Tea",
        }
    )
    # Three days before the last order: the edge of pairs within a time.
    events.append({**events[-1], "customer_id": "c0", "event": "view", "at": "2024-03-27 12:00"})
    customers[0] |= {"points": "5", "club": "yes", "next_visit": "2024-04-01"}
    products[0] |= {"price": "5", "born": "2024-03-01"}
    typed = {"stars": pl.Int64, "ratio": pl.Float64, "member": pl.Boolean}
    return {
        "customers": table(customers, {name: typed.get(name) for name in customers[0]}),
        "products": table(products, dict.fromkeys(products[0])),
        "orders": table(orders, dict.fromkeys(orders[0])),
        "lines": table(lines, dict.fromkeys(lines[0])),
        "events": table(events, dict.fromkeys(events[0])),
    }


def plain(value: Any, kind: str, scale: int) -> Any:
    """A value as the meaning has it: numbers are decimals."""
    if value is None or kind in ("text", "exact", "name", "day", "moment", "truth"):
        return value
    if kind == "money":
        return Decimal(value).scaleb(-scale)
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def rows_of(name: str, frame: pl.LazyFrame, columns: Mapping[str, Column], links: Sequence[str]) -> Rows:
    """The rows of a table by the folded names of their columns."""
    found = []
    for row in frame.collect().iter_rows(named=True):
        own = {key: plain(row[column.name], column.kind, column.scale) for key, column in columns.items()}
        found.append(own | {key: row[key] for key in (*links, "at") if key in row})
    kinds = {key: "number" if column.kind == "money" else column.kind for key, column in columns.items()}
    return Rows(name, found, kinds, links=links)


def slow_table(linked_table: LinkedTable) -> Rows:
    made = rows_of(linked_table.name, linked_table.whole, linked_table.columns, linked_table.links)
    for parent in linked_table.parents:
        rows = rows_of(parent.name, parent.frame, parent.columns, (parent.key,))
        made.parents.append((parent.name, parent.key, rows))
    return under_names(made)


def under_names(rows: Rows) -> Rows:
    """The rows under the names that expressions write, which have `_`."""
    for key in list(rows.kinds):
        for name in NAMED.get(key, ()):
            rows.kinds = {**rows.kinds, name: rows.kinds[key]}
            for row in rows.rows:
                row[name] = row.get(key)
    for _, _, parent in rows.parents:
        under_names(parent)
    return rows


NAMED = {
    fold(name): (name,)
    for name in ("product_id", "order_id", "registered_at", "birth_date", "next_visit", "ref_id", "unit_price")
}


def slow_customers(scored: Scored, tables: LinkedTables) -> Rows:
    """The customers with their attributes and measures."""
    parent = tables.customers()
    assert parent is not None
    known = {
        row["customer_id"]: row
        for row in under_names(rows_of("customers", parent.frame, parent.columns, ("customer_id",))).rows
    }
    kinds = dict.fromkeys(known["c0"], "text")
    kinds |= {name: column.kind for name, column in parent.columns.items()}
    kinds |= dict.fromkeys(("customer_id", "ref_id", "rfm"), "exact")
    kinds |= dict.fromkeys(("recency_days", "frequency", "r", "f", "m", "monetary"), "number")
    kinds |= {
        "segment": "text",
        "age": "number",
        "birthday": "day",
        "first_order": "day",
        "last_order": "day",
        "vip": "truth",
        "registered_at": "day",
        "birth_date": "day",
    }
    rows = []
    for row in scored.frame.iter_rows(named=True):
        own = dict(known.get(row["customer_id" if "customer_id" in row else "customer"], {}))
        own["customer_id"] = row["customer"]
        for name in MEASURES:
            own[name] = Decimal(row[name]) if kinds.get(name) == "number" and row[name] is not None else row[name]
        own["monetary"] = Decimal(row["monetary"]).scaleb(-(scored.scale or 0))
        for name in ("registered_at", "birth_date"):
            own[name] = date.fromisoformat(own[name]) if own.get(name) else None
        born = own["birth_date"]
        own["birthday"] = anniversary(born, AS_OF) if born else None
        own["age"] = (
            Decimal(AS_OF.year - born.year - ((AS_OF.month, AS_OF.day) < (born.month, born.day))) if born else None
        )
        rows.append(own)
    return Rows("customers", rows, kinds)


def snapshot(rng: random.Random) -> LinkedTable:
    """Customers stored on a day."""
    stored = [
        (who, rng.choice(["Champions", "Lost", None]), rng.choice([1, 2, None])) for who in WHO if rng.random() < 0.7
    ]
    frame = pl.DataFrame(
        stored, schema={"customer_id": pl.String, "segment": pl.String, "frequency": pl.Int64}, orient="row"
    )
    columns = {
        "customerid": Column("customer_id", "exact", pl.String()),
        "segment": Column("segment", "text", pl.String()),
        "frequency": Column("frequency", "number", pl.Int64()),
    }
    return LinkedTable("snapshot", frame.lazy(), columns, None, ("customer_id",))


def worlds(rng: random.Random) -> tuple[World, Slow]:
    """A random shop, as the compiler and as the meaning see it."""
    shop = frames(rng)
    tables, scored = linked(shop, AS_OF, ReadOptions(amount_per="row"))
    segments = {}
    for name in ("one", "two", "three"):
        segments[name] = parse_expression(expression(rng, "customers", 1, list(segments)), name)
    files = {"ids.csv": {"c1", " c2 ", "c9"}, "refs.csv": {"r1", "7"}}
    reached = {channel: {who for who in WHO if rng.random() < 0.5} for channel in ("", "email")}
    stored = snapshot(rng)
    sets = Sets(
        lambda channel: pl.Series(sorted(reached[channel or ""]), dtype=pl.String),
        lambda path, _folder, _by: pl.Series(sorted(files[path])),
        lambda _day: stored,
    )
    world = World(scored, tables, segments, sets=sets)
    names = in_rank_order(scored.scheme, new_subscribers=False)
    slow = Slow(
        slow_customers(scored, tables),
        {name: slow_table(tables[name]) for name in ("orders", "lines", "events", "refunds")},
        AS_OF,
        segments,
        names,
        files,
        reached,
        slow_table(stored),
    )
    return world, slow


# Expressions

DURATIONS = ["3 days", "3 days", "1 week", "2 weeks", "1 month", "30d", "36 hours", "36 hours", "5h"]
WINDOWS = [
    "within {d}",
    "within {d}",
    "older than {d}",
    "within next {d}",
    "older than {d}",
    "since 2024-02",
    "before 2024-Q1",
    "on 2024-03-31",
    "until as_of - 7 days",
    "after 2024-03-30",
]
TEXT = {
    "customers": ["city", "ref_id"],
    "orders": ["channel", "note", "order_id"],
    "lines": ["category", "channel", "product_id", "orders.note"],
    "events": ["event", "product_id", "category", "channel", "note", "kind"],
    "refunds": ["channel"],
}
NUMBER = {
    "customers": ["points", "stars", "ratio", "frequency", "monetary", "recency_days", "f"],
    "orders": ["amount", "number"],
    "lines": ["quantity", "amount", "price", "orders.amount"],
    "events": ["value", "price"],
    "refunds": ["amount"],
}
DATE = {
    "customers": ["last_order", "first_order", "registered_at", "next_visit", "birth_date"],
    "orders": ["at", "day"],
    "lines": ["at", "born"],
    "events": ["at", "born"],
    "refunds": ["at"],
}
MIDDLE = {"customers": "stars", "orders": "amount", "lines": "amount", "events": 10, "refunds": "amount"}
TEXT_DATES = ("next_visit", "born")
CHILDREN = {"customers": ["orders", "lines", "events", "refunds"], "orders": ["lines"]}
WORD = ["'tea'", "'ЧАЙ'", "'coffee'", "'web'", "'view'", "'in_store'", "'p1'", "'R1'", "'New york'", "'o1'"]


def window(rng: random.Random) -> str:
    return rng.choice(WINDOWS).format(d=rng.choice(DURATIONS))


def expression(rng: random.Random, table_: str, depth: int, segments: Sequence[str] = ()) -> str:
    """The text of a random condition on the rows of a table."""
    if depth > 0 and rng.random() < 0.6:
        kind = rng.choice(["and", "or", "minus", "not"])
        if kind == "not":
            return f"not {atom(rng, table_, 0, segments)}"
        left, right = (expression(rng, table_, depth - 1, segments) for _ in "ab")
        text = f"{left} {kind} {right}"
        return f"({text})" if rng.random() < 0.5 or kind == "minus" else text
    return atom(rng, table_, depth, segments)


def atom(rng: random.Random, table_: str, depth: int, segments: Sequence[str]) -> str:
    choices = [texts, numbers, dates, presence, truths, columns]
    if table_ in CHILDREN:
        choices += [rows_asked, rows_asked, counts, counts, values, values]
    if segments and rng.random() < 0.3:
        return rng.choice(["", "in "]) + rng.choice(segments)
    if table_ != "customers" and rng.random() < 0.15:  # its customer's
        return rng.choice(
            ["at > last_order", "at <= last_order", "city = 'tea'", "vip", "no phone", "stars > 1", "frequency >= 2"]
        )
    return rng.choice(choices)(rng, table_, depth, segments)


Made = str


def texts(rng: random.Random, table_: str, _depth: int, _segments: Sequence[str]) -> Made:
    name = rng.choice(TEXT[table_])
    how = rng.randint(0, 3)
    if how == 0:
        return f"{name} {rng.choice(['=', '!='])} {rng.choice(WORD)}"
    if how == 1:
        return f"{name} {rng.choice(['in', 'not in'])} ({rng.choice(WORD)}, {rng.choice(WORD)})"
    if how == 2:
        pattern = rng.choice(["t*", "c?f*", "*ча*", "*e*", "?1", "*", "in*re", "*a*t*"])
        return f"{name} {rng.choice(['like', 'not like'])} '{pattern}'"
    return f"{rng.choice(['has', 'no'])} {name}"


def numbers(rng: random.Random, table_: str, _depth: int, _segments: Sequence[str]) -> Made:
    name = rng.choice(NUMBER[table_])
    op = rng.choice(["<", "<=", "=", "!=", ">", ">="])
    how = rng.randint(0, 4)
    if how == 0:
        return f"{name} between {rng.choice([0, 1, 2.5])} and {rng.choice([5, 12.5, MIDDLE[table_]])}"
    if how == 1:
        return f"{name} {rng.choice(['in', 'not in'])} (1, 5, 12.5, 10.50)"
    if how == 2:
        total = f"{rng.choice(['2 * ', '0.5 * ', ''])}{name} {rng.choice('+-')} {rng.choice(NUMBER[table_])}"
        return f"{total} {op} {rng.choice([1, 5, 10.5, 20])}"
    if how == 3:
        return f"{rng.choice([1, 2, 5])} {op} {name}"
    return f"{name} {op} {rng.choice([0.1, 0.3, 1, 2, 5, 10.5, 12, 20])}"


def dates(rng: random.Random, table_: str, _depth: int, _segments: Sequence[str]) -> Made:
    name = rng.choice(DATE[table_])
    how = rng.choice([0, 1, 2, 3, 3, 4, 5, 5])
    if how == 0:
        return f"{name} between 2024-01-15 and {rng.choice(['2024-02', 'as_of', 'as_of - 1 month'])}"
    if how == 1:
        # Beside a text four digits are a year only where the whole column has dates.
        day_ = rng.choice(
            ["2024-03", "2024-W13", "2024-03-30", "as_of - 2 weeks", *(["2024"] * (name not in TEXT_DATES))]
        )
        return f"{name} {rng.choice(['<', '<=', '=', '!=', '>', '>='])} {day_}"
    if how == 2:
        return f"{name} {rng.choice(['in', 'not in'])} (2024-02, 2024-03-30)"
    if how == 3:
        moved = f"{name} {rng.choice('++-')} {rng.choice(['3 days', '1 month', '1 month', '36 hours'])}"
        return f"{moved} {rng.choice(['<', '<', '>='])} {rng.choice(['as_of', '2024-03-30', '2024-03'])}"
    if how == 4 and table_ == "customers":
        return rng.choice(
            [
                "birthday within next 4 days",
                "age >= 24",
                "anniversary of registered_at within next 40 days",
                "as_of - last_order <= 10",
            ]
        )
    return f"{name} {window(rng)}"


def presence(rng: random.Random, table_: str, _depth: int, _segments: Sequence[str]) -> Made:
    return f"{rng.choice(['has', 'no'])} {rng.choice([*TEXT[table_], *NUMBER[table_], *DATE[table_]])}"


def truths(rng: random.Random, table_: str, _depth: int, _segments: Sequence[str]) -> Made:
    if table_ != "customers":
        return window(rng)
    return rng.choice(
        [
            "vip",
            "club",
            "member",
            "club = true",
            "member != true",
            "has phone",
            "no phone",
            "in 'Lost'",
            "segment = 'Champions'",
            "rfm like '5*'",
            "in file 'ids.csv'",
            "in file 'refs.csv' by ref_id",
            "reachable",
            "reachable by email",
            "in snapshot 2024-02",
            "in snapshot 2024-02(segment = 'lost' or frequency > 1)",
            "all",
        ]
    )


def columns(rng: random.Random, table_: str, _depth: int, _segments: Sequence[str]) -> Made:
    """A comparison of two columns."""
    two = {
        "customers": [
            "last_order {o} first_order",
            "registered_at {o} last_order",
            "stars {o} frequency",
            "ratio {o} stars",
            "city {e} ref_id",
            "points {o} stars",
            "points {e} points",
            "next_visit {o} last_order",
            "ref_id {e} frequency",
        ],
        "orders": ["at {o} day", "channel {e} note", "amount {o} number", "customers.points {o} amount"],
        "lines": ["at {o} orders.day", "category {e} orders.note", "quantity {e} price", "price {o} amount"],
        "events": ["event {e} channel", "note {e} category", "value {e} price", "value {o} frequency", "born {o} at"],
        "refunds": ["at {o} last_order"],
    }
    return rng.choice(two[table_]).format(o=rng.choice(["<", "<=", "=", "!=", ">", ">="]), e=rng.choice(["=", "!="]))


def rows(
    rng: random.Random, table_: str, depth: int, column: Mapping[str, str] | None = None, *, windows: bool = True
) -> Made:
    child = rng.choice([one for one in CHILDREN[table_] if column is None or one in column])
    where = f"({expression(rng, child, max(depth - 1, 0))})" if rng.random() < 0.8 else ""
    text = f"{child}{'.' + column[child] if column else ''}{where}"
    if windows and rng.random() < 0.4:
        text += " " + window(rng)
    if rng.random() < 0.4:
        text += pairing(rng, child)
    return text


def pairing(rng: random.Random, child: str) -> Made:
    other = rng.choice(["orders", "events", "lines"])
    text = f" {rng.choice(['with', 'without'])} {other}"
    text += f"({expression(rng, other, 0)})" if rng.random() < 0.5 else ""
    shared = sorted(set(BY[child]) & set(BY[other]))
    if shared and rng.random() < 0.5:
        text += f" by {rng.choice(shared)}"
    if rng.random() < 0.6:
        text += " later" + (
            f" within {rng.choice([*['3 days'] * 4, '36 hours', '1 week', '1 month'])}" if rng.random() < 0.5 else ""
        )
    return text


BY = {
    "orders": ["channel", "note", "amount"],
    "events": ["channel", "product_id", "category", "note"],
    "lines": ["channel", "product_id", "category", "note", "amount"],
    "refunds": ["channel", "amount"],
}


def rows_asked(rng: random.Random, table_: str, depth: int, _segments: Sequence[str]) -> Made:
    between = " between 2024-02 and 2024-03" if rng.random() < 0.1 else ""
    if between:
        return f"any {rng.choice(CHILDREN[table_])}{between}"
    return f"{rng.choice(['any', 'none'])} {rows(rng, table_, depth)}"


def counts(rng: random.Random, table_: str, depth: int, _segments: Sequence[str]) -> Made:
    function = rng.choice(["count", "sum", "count distinct", "count column"])
    column: Mapping[str, str] | None = None
    if function == "count distinct":
        column = {"orders": "channel", "lines": "category", "events": rng.choice(["event", "note", "value"])}
    elif function == "count column":
        column = {"orders": "note", "lines": "category", "events": rng.choice(["value", "note"])}
    elif function != "count":
        column = {
            "orders": "amount",
            "lines": rng.choice(["quantity", "amount"]),
            "events": "value",
            "refunds": "amount",
        }
    asked = rows(rng, table_, depth, column)
    return (
        f"{function.removesuffix(' column')} {asked} {rng.choice(['>=', '=', '<', '!='])} {rng.choice([0, 1, 2, 10])}"
    )


def values(rng: random.Random, table_: str, depth: int, _segments: Sequence[str]) -> Made:
    function = rng.choice(["min", "max", "first", "last"])
    kind = rng.choice(["number", "text", "date"])
    if kind == "number":
        column = {"orders": "amount", "lines": rng.choice(["quantity", "price"]), "events": "value"}
        op, value = rng.choice([">=", "=", "<"]), rng.choice(["1", "5", "10.5", "2.5"])
    elif kind == "text":
        column = {
            "orders": rng.choice(["channel", "note"]),
            "lines": rng.choice(["product_id", "category"]),
            "events": rng.choice(["event", "note"]),
        }
        op, value = rng.choice(["=", "!="]), rng.choice(WORD)
    else:
        column = {"orders": rng.choice(["at", "day"]), "lines": "at", "events": "at", "refunds": "at"}
        op, value = rng.choice([(">=", "2024-03"), ("<", "2024-03-28"), ("=", "2024-W13"), ("!=", "as_of - 1 day")])
    return f"{function} {rows(rng, table_, depth, column, windows=False)} {op} {value}"
