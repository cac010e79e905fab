"""Rows as JSON: one document with `meta` and `rows`, or one line a row.

Polars writes each part of a line right but decimals, which it quotes; so lines are joined from its own
encoding of the other columns and from the decimals' text, which is a JSON number as it stands.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from rfm_cli.output.formats import cells, pieces
from rfm_cli.output.target import Sink

if TYPE_CHECKING:
    import polars as pl


def write_json(rows: pl.DataFrame, meta: Mapping[str, object], sink: Sink) -> None:
    """Nothing: `{"meta": {...}, "rows": [...]}` goes to the sink, meta indented, one row a line."""
    sink.write(f'{{\n  "meta": {to_json(meta, indent=2)},\n  "rows": ['.encode("utf-8", "backslashreplace"))
    if rows.height:
        sink.write(b"\n")
        _write_lines(rows.head(-1), sink, start="    ", end=",\n")
        _write_lines(rows.tail(1), sink, start="    ", end="\n  ")
    sink.write(b"]\n}\n")


def write_ndjson(rows: pl.DataFrame, sink: Sink) -> None:
    """Nothing: each row goes to the sink as a JSON object on a line of its own."""
    _write_lines(rows, sink, start="", end="\n")


def to_json(value: object, indent: int = 0) -> str:
    """The value as JSON: decimals with all their digits, days as ISO text, fractions as the nearest float.

    What JSON has no number for (NaN, infinities) is null. `indent` is where the line began; collections
    inside lists stay on one line.

    >>> print(to_json({"as_of": date(2024, 12, 31), "money": Decimal("472.50"), "cuts": [1, [2, None]]}))
    {
      "as_of": "2024-12-31",
      "money": 472.50,
      "cuts": [1, [2, null]]
    }
    """
    if isinstance(value, Mapping):
        inner = [_key(key) + to_json(item, indent + 2) for key, item in value.items()]
        return _block(inner, indent)
    return _flat(value)


def _block(members: Iterable[str], indent: int) -> str:
    """The members of an object, one a line."""
    pad = " " * indent
    lines = ",\n".join(f"{pad}  {member}" for member in members)
    return f"{{\n{lines}\n{pad}}}" if lines else "{}"


def _flat(value: object) -> str:
    """The value as JSON on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(_key(key) + _flat(item) for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_flat, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else "null"
    if isinstance(value, (float, Fraction)):
        return json.dumps(float(value)) if math.isfinite(value) else "null"
    if isinstance(value, date):
        return f'"{value.isoformat()}"'
    return json.dumps(value, ensure_ascii=False)


def _key(key: object) -> str:
    """A member's name and colon; a day or a number becomes its text."""
    return json.dumps(str(key), ensure_ascii=False) + ": "


def _write_lines(rows: pl.DataFrame, sink: Sink, *, start: str, end: str) -> None:
    """Nothing: the rows go to the sink as objects, each between `start` and `end`."""
    if rows.is_empty():
        return
    for piece in pieces(cells(rows)):
        buffer = io.BytesIO()
        lines = piece.select(line=_object(piece.schema, start))
        lines.write_csv(buffer, include_header=False, quote_style="never", line_terminator=end)
        sink.write(buffer.getvalue())


def _object(schema: pl.Schema, start: str) -> pl.Expr:
    """The expression that makes a row one JSON object, its members in the order of the columns."""
    import polars as pl

    members: list[pl.Expr] = []
    for money, names in groupby(schema, lambda name: schema[name].is_decimal()):
        group = list(names)
        members += map(_number, group) if money else [_members(group)]
    return pl.concat_str(pl.lit(start + "{"), pl.concat_str(members, separator=","), pl.lit("}"))


def _number(name: str) -> pl.Expr:
    """The member of a decimal column: the text of a decimal is a JSON number."""
    import polars as pl

    key = json.dumps(name, ensure_ascii=False) + ":"
    return pl.concat_str(pl.lit(key), pl.col(name).cast(pl.String).fill_null("null"))


def _members(names: list[str]) -> pl.Expr:
    """The members of columns that Polars encodes right, without the braces around them."""
    import polars as pl

    return pl.struct(names).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
