"""Result tables and their meta as JSON.

Polars quotes decimals in JSON, and writes all other values right. So a line of JSON is joined from its encoding of the
other columns and from the texts of decimals, which are JSON numbers already.
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

from rfm_cli.output.cells import cells, pieces
from rfm_cli.output.target import Sink

if TYPE_CHECKING:
    import polars as pl


def write_json(rows: pl.DataFrame, meta: Mapping[str, object], sink: Sink) -> None:
    """Write `{"meta": {...}, "rows": [...]}` to the sink, meta indented, one row per line."""
    # Invalid surrogates, which file names can hold, must not stop the file.
    sink.write(f'{{\n  "meta": {to_json(meta, indent=2)},\n  "rows": ['.encode("utf-8", "backslashreplace"))
    if rows.height:
        sink.write(b"\n")
        # The last row has no comma behind it.
        _write_lines(rows.head(-1), sink, start="    ", end=",\n")
        _write_lines(rows.tail(1), sink, start="    ", end="\n  ")
    sink.write(b"]\n}\n")


def write_ndjson(rows: pl.DataFrame, sink: Sink) -> None:
    """Write each row to the sink as a JSON object on a line of its own."""
    _write_lines(rows, sink, start="", end="\n")


def to_json(value: object, indent: int = 0) -> str:
    """Return the value as JSON: decimals with all their digits, days as ISO text, fractions as the nearest float.

    NaN and infinities, for which JSON has no number, are null. `indent` is that of the line; collections inside lists
    stay on one line.

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
    """Return the members of an object, one per line."""
    pad = " " * indent
    lines = ",\n".join(f"{pad}  {member}" for member in members)
    return f"{{\n{lines}\n{pad}}}" if lines else "{}"


def _flat(value: object) -> str:
    """Return the value as JSON on one line."""
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
    """Return the name of a member and the colon; a day or a number becomes its text."""
    return json.dumps(str(key), ensure_ascii=False) + ": "


def _write_lines(rows: pl.DataFrame, sink: Sink, *, start: str, end: str) -> None:
    """Write the rows to the sink as objects, each between `start` and `end`."""
    if rows.is_empty():
        return
    for piece in pieces(cells(rows)):
        buffer = io.BytesIO()
        # A CSV of one column without quotes is its lines as they are.
        lines = piece.select(line=_object(piece.schema, start))
        lines.write_csv(buffer, include_header=False, quote_style="never", line_terminator=end)
        sink.write(buffer.getvalue())


def _object(schema: pl.Schema, start: str) -> pl.Expr:
    """Return the expression that makes a row one JSON object, its members in the order of the columns."""
    import polars as pl

    members: list[pl.Expr] = []
    # Columns that are no decimals are encoded together, in runs, since Polars encodes structs.
    for money, names in groupby(schema, lambda name: schema[name].is_decimal()):
        group = list(names)
        members += map(_number, group) if money else [_members(group)]
    return pl.concat_str(pl.lit(start + "{"), pl.concat_str(members, separator=","), pl.lit("}"))


def _number(name: str) -> pl.Expr:
    """Return the member of a decimal column, whose text is a JSON number."""
    import polars as pl

    key = json.dumps(name, ensure_ascii=False) + ":"
    return pl.concat_str(pl.lit(key), pl.col(name).cast(pl.String).fill_null("null"))


def _members(names: list[str]) -> pl.Expr:
    """Return the members of columns that Polars encodes right, without the braces around them."""
    import polars as pl

    return pl.struct(names).struct.json_encode().str.strip_prefix("{").str.strip_suffix("}")
