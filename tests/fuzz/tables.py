"""Files of orders, customers and events with all that goes wrong in files: values, types, shapes and bytes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from tests.fuzz import texts

Rows = list[dict[str, Any]]
COLUMNS: dict[str, dict[str, Callable[..., str]]] = {
    "orders": {
        "customer_id": texts.name,
        "order_id": texts.name,
        "ordered_at": texts.day,
        "amount": texts.amount,
        "status": texts.word,
        "city": texts.name,
        "currency": texts.euro,
    },
    "customers": {
        "customer_id": texts.name,
        "registered_at": texts.day,
        "email": texts.name,
        "email_consent": texts.word,
        "city": texts.name,
        "unsubscribed": texts.word,
    },
    "events": {"customer_id": texts.name, "event": texts.word, "at": texts.day, "channel": texts.word},
}
KEYS = {
    "orders": ("customer_id", "ordered_at"),
    "customers": ("customer_id",),
    "events": ("customer_id", "event", "at"),
}


WILD = 0.3
"""The share of columns that hold hostile values, in texts, or another type, in typed files."""


def rows_of(draw: Random, table: str) -> Rows:
    """Some rows of a table, with most of its columns."""
    kept = [name for name in COLUMNS[table] if name in KEYS[table] or draw.random() < 0.8]
    wild = {name: draw.random() < WILD for name in kept}
    count = draw.choice([0, 1, 2, 12, 12, 30, 30, 30])
    made = [{name: COLUMNS[table][name](draw, wild=wild[name]) for name in kept} for _ in range(count)]
    if table == "customers":  # two rows of one id that differ are an error, which is soon tried
        made = list({row["customer_id"]: row for row in made}.values())
    return made


def _shape(draw: Random, table: str, others: list[str]) -> str:
    """Return `plain`, or one of the other shapes: for a few files of orders, and for fewer of those beside them."""
    return draw.choice(others) if draw.random() < (0.3 if table == "orders" else 0.1) else "plain"


def csv(draw: Random, table: str, folder: Path) -> int | None:
    """Write a CSV file; how many rows it surely has, None where it is not well formed."""
    rows = rows_of(draw, table)
    names = list(rows[0]) if rows else list(KEYS[table])
    shape = _shape(draw, table, ["ragged", "headings", "encoding", "ends", "packed", "bytes", "cut"])
    separator = draw.choice(",,,,,;;\t\t|")
    if shape == "headings":
        names = [draw.choice([name, draw.choice(texts.NAMES), name.upper()]) for name in names]
    quoted = [
        [_quoted(value, separator) for value in [*names]],
        *[[_quoted(v, separator) for v in r.values()] for r in rows],
    ]
    if shape == "ragged":
        for line in draw.sample(quoted, min(2, len(quoted))):
            line[:] = line * 2 if draw.random() < 0.5 else line[:1]
    end = draw.choice(["\r", "\n\r", "\n\n"]) if shape == "ends" else draw.choice(["\n", "\n", "\r\n"])
    text = "".join(separator.join(line) + end for line in quoted)
    code = draw.choice(["cp1251", "utf-16", "latin-1", "utf-32", "utf-8-sig"]) if shape == "encoding" else "utf-8"
    data = text.encode(code, "replace")
    if shape == "packed":
        data = gzip.compress(data)[: draw.choice([None, -5, 10])] + draw.choice([b"", b"\0" * 9, b"x"])
    (folder / f"{table}.csv").write_bytes(_damaged(draw, data, shape))
    well = shape == "plain" and all("\0" not in str(value) for row in rows for value in row.values())
    return len(rows) if well and all(any(row.values()) for row in rows) else None


def ndjson(draw: Random, table: str, folder: Path) -> int | None:
    """Write a file of JSON lines, some of whose values are no texts, or no JSON; its rows as above."""
    rows, shape = rows_of(draw, table), _shape(draw, table, ["types", "types", "types", "lines", "bytes", "cut"])
    if shape == "types":
        odd = [None, True, 12, 1.5, -0.0, 10**30, [1, "x"], [], {"a": {"b": 1}}, {}, "\ud800", 1e308, "2024-01-01"]
        rows = [{key: draw.choice(odd) if draw.random() < 0.2 else value for key, value in row.items()} for row in rows]
    lines = [json.dumps(row, ensure_ascii=draw.random() < 0.5 or shape == "types") for row in rows]
    if shape == "lines" and lines:
        strays = ["", "[]", "1", "{", "null", '{"customer_id": NaN}', '{"a": 1, "a": 2}', "\ufeff{}", "\0"]
        lines[draw.randrange(len(lines))] = draw.choice(strays)
    data = "".join(line + "\n" for line in lines).encode("utf-8", "surrogatepass")
    (folder / f"{table}.ndjson").write_bytes(_damaged(draw, data, shape))
    return len(rows) if shape == "plain" else None


def _numbers(draw: Random, count: int, values: list[Any], dtype: pl.DataType) -> pl.Series:
    """A column of some of these values."""
    return pl.Series([draw.choice(values) for _ in range(count)], dtype=dtype)


TYPED: dict[str, list[Callable[[Random, int], pl.Series]]] = {
    "id": [
        lambda draw, n: pl.Series([texts.name(draw, wild=True) for _ in range(n)], dtype=pl.String),
        lambda draw, n: _numbers(draw, n, [1, 2, 3, None, 2**62], pl.Int64()),
        lambda draw, n: _numbers(draw, n, [1, 2**64 - 1], pl.UInt64()),
        lambda draw, n: _numbers(draw, n, [1.0, 2.0, 2.5, float("nan")], pl.Float64()),
        lambda draw, n: pl.Series([draw.choice([b"a", b"\xff"]) for _ in range(n)], dtype=pl.Binary),
        lambda draw, n: pl.Series([draw.choice(["a", "b"]) for _ in range(n)], dtype=pl.Categorical),
        lambda draw, n: pl.Series([draw.choice([True, None]) for _ in range(n)], dtype=pl.Boolean),
        lambda _, n: pl.Series([None] * n, dtype=pl.Null),
        lambda draw, n: pl.Series([[draw.choice("ab")] for _ in range(n)], dtype=pl.List(pl.String)),
        lambda draw, n: pl.Series([{"x": draw.choice("ab")} for _ in range(n)], dtype=pl.Struct({"x": pl.String})),
    ],
    "day": [
        lambda draw, n: pl.Series([date(2024, 1, 1) + timedelta(days=draw.randrange(300)) for _ in range(n)]),
        lambda draw, n: pl.Series([draw.choice([date.min, date.max, None]) for _ in range(n)], dtype=pl.Date),
        lambda draw, n: _numbers(draw, n, [0, 10**6, -(2**31), 2**31 - 1], pl.Int32()).cast(pl.Date),
        lambda draw, n: _numbers(draw, n, [0, -(2**63), 2**63 - 1], pl.Int64()).cast(pl.Datetime("us")),
        lambda draw, n: pl.Series([datetime(2024, 1, draw.randrange(1, 29), tzinfo=UTC) for _ in range(n)]).cast(
            pl.Datetime(draw.choice(["ms", "us", "ns"]), "UTC")
        ),
        lambda draw, n: _numbers(draw, n, [1704067200, 1, -1], pl.Int64()),
        lambda _, n: pl.Series([time(1, 2)] * n, dtype=pl.Time),
        lambda _, n: pl.Series([timedelta(days=1)] * n, dtype=pl.Duration),
        lambda draw, n: pl.Series([texts.day(draw, wild=True) for _ in range(n)], dtype=pl.String),
    ],
    "money": [
        lambda draw, n: pl.Series([draw.randrange(10_000) / 100 for _ in range(n)], dtype=pl.Float64),
        lambda draw, n: _numbers(draw, n, [1.5, float("inf"), float("nan"), 1e300], pl.Float32()),
        lambda draw, n: _numbers(draw, n, [Decimal("1.25"), Decimal(10**20), None], pl.Decimal(38, 6)),
        lambda draw, n: _numbers(draw, n, [1, 2**63 - 1, -(2**63)], pl.Int64()),
        lambda draw, n: pl.Series([texts.amount(draw, wild=True) for _ in range(n)], dtype=pl.String),
        lambda _, n: pl.Series([None] * n, dtype=pl.Float64),
        lambda _, n: pl.Series([True] * n, dtype=pl.Boolean),
    ],
}  # fmt: skip
KIND = {
    "customer_id": "id",
    "order_id": "id",
    "amount": "money",
    "ordered_at": "day",
    "registered_at": "day",
    "at": "day",
}


def _typed(draw: Random, table: str) -> pa.Table:
    """A table whose columns have types that such columns come in, mostly the first one."""
    count, frame = draw.choice([0, 1, 12, 40, 40]), {}
    for name in COLUMNS[table]:
        if name in KEYS[table] or draw.random() < 0.8:
            ways = TYPED[KIND.get(name, "id")]
            tame = [COLUMNS[table][name](draw, wild=False) for _ in range(count)]
            usual = ways[0](draw, count) if name in KIND and KIND[name] != "id" else pl.Series(tame, dtype=pl.String)
            frame[name] = draw.choice(ways)(draw, count) if draw.random() < WILD else usual
    if table == "customers":  # as above
        frame = {name: column.head(1) for name, column in frame.items()}
    found = pl.DataFrame(frame).to_arrow(compat_level=pl.CompatLevel.oldest())
    for place, field in enumerate(found.schema):
        if getattr(field.type, "tz", None):  # offsets, which pandas writes, are no zones of Polars' own
            zoned = pa.timestamp(field.type.unit, draw.choice(["UTC", "Asia/Almaty", "+05:30", "-03:45"]))
            found = found.set_column(place, field.name, found[field.name].cast(zoned))
    return found


def parquet(draw: Random, table: str, folder: Path) -> int | None:
    """Write a Parquet file, now and then cut or with a damaged footer; its rows, None where it is damaged.

    A damaged length within a page makes Polars allocate 2^61 bytes and end the process, which nothing in it can catch.
    """
    found, shape = _typed(draw, table), _shape(draw, table, ["bytes", "cut"])
    path = folder / f"{table}.parquet"
    pq.write_table(found, path)
    data = path.read_bytes()
    footer = len(data) - 8 - int.from_bytes(data[-8:-4], "little")
    path.write_bytes(_damaged(draw, data, shape, footer))
    return found.num_rows if shape == "plain" else None


def arrow(draw: Random, table: str, folder: Path) -> int | None:
    """Write an Arrow file in the same way."""
    found, shape = _typed(draw, table), _shape(draw, table, ["cut"])
    path = folder / f"{table}.arrow"
    with pa.ipc.new_file(path, found.schema) as file:
        file.write_table(found)
    path.write_bytes(_damaged(draw, path.read_bytes(), shape))
    return found.num_rows if shape == "plain" else None


FORMS = {"csv": csv, "ndjson": ndjson, "parquet": parquet, "arrow": arrow}


def _quoted(value: object, separator: str) -> str:
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if set(text) & {separator, '"', "\n", "\r"} else text


def _damaged(draw: Random, data: bytes, shape: str, begin: int = 0) -> bytes:
    """The bytes with some of them from `begin` on replaced, or cut short."""
    if shape == "cut":
        return data[: draw.randrange(len(data) + 1)]
    changed = bytearray(data)
    for _ in range(draw.randrange(1, 5) if shape == "bytes" and data else 0):
        changed[draw.randrange(begin, len(changed))] = draw.randrange(256)
    return bytes(changed)
