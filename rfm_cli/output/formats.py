"""Result tables as bytes: one writer per format, with the same bytes on any number of threads.

Polars quotes decimals in JSON, and writes all other values right. So a line of JSON is joined from its encoding of the
other columns and from the texts of decimals, which are JSON numbers already.
"""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from rfm_cli.output.look import BREAKS, UNSEEN
from rfm_cli.output.target import Sink

if TYPE_CHECKING:
    import polars as pl

# Rows are written in pieces: memory stays flat, and every error of writing is the sink's own, with its number.
PIECE = 65_536
# What a spreadsheet may take for a formula: = + - @ (also full width), after any spaces and quotes; or a
# cell that opens with a tab or a line break.
_FORMULA = r"^(?:[\s\"']*[=+\-@＝＋－＠]|[\t\r\n])"  # noqa: RUF001 - the full width signs are meant

# Fixed, because Polars would choose it by the number of threads and the bytes would differ with it;
# large enough to compress well, small enough for a reader to skip by statistics.
ROW_GROUP_SIZE = 131_072
# Besides emphasis, links, code, tags and cells: entities (&), mentions and mail (@), maths ($), strike (~).
_MARKUP = r"([\\`*_<>\[\]#|&@$~])"
BETWEEN = " | "
"""The mark between the texts of a list."""
_OWN_NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


def write_rows(
    rows: pl.DataFrame, meta: Mapping[str, object], fmt: str, sink: Sink, *, for_excel: bool = False
) -> None:
    """Write the rows to the sink as csv, json, ndjson, parquet or md.

    `meta` is written in JSON, and in Parquet where an expression chose the rows. `for_excel` guards the text of CSV
    against formulas. Tables for a terminal are made by `screens`, workbooks by `workbook`.
    """
    if fmt == "csv":
        write_csv(rows, sink, for_excel=for_excel)
    elif fmt == "json":
        write_json(rows, meta, sink)
    elif fmt == "ndjson":
        write_ndjson(rows, sink)
    elif fmt == "parquet":
        write_parquet(rows, sink, meta if META_KEEPERS & set(meta) else None)
    elif fmt == "md":
        write_markdown(rows, sink)
    else:
        raise ValueError(f"not a format of rows: {fmt}")


def write_csv(rows: pl.DataFrame, sink: Sink, *, for_excel: bool = False) -> None:
    """Write the rows to the sink as UTF-8 without BOM, lines ended by `\\n`.

    Nulls and NaN are empty, an empty text is `""`; true/false; ISO dates; decimals keep their scale;
    floats are the shortest text that reads back as the same number; quotes only where needed.
    """
    # Guards are for spreadsheets alone: they change the texts, which other readers want as they are.
    ready = cells(with_joined_lists(rows))
    ready = guarded(ready) if for_excel else ready
    for number, piece in enumerate(pieces(ready)):
        buffer = io.BytesIO()
        piece.write_csv(buffer, include_header=number == 0)
        sink.write(buffer.getvalue())


def guarded(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with `'` before each text, and column name, that a spreadsheet could run as a formula.

    >>> import polars as pl
    >>> guarded(pl.DataFrame({"=a": ["=1+1", " -2", "a=b", None]})).to_dict(as_series=False)
    {"'=a": ["'=1+1", "' -2", 'a=b', None]}
    """
    import polars.selectors as cs

    return rows.with_columns(map(_guarded_text, cs.expand_selector(rows, cs.string()))).rename(_guarded_name)


def _guarded_text(name: str) -> pl.Expr:
    """Return the text column, guarded where it opens like a formula."""
    import polars as pl

    text = pl.col(name)
    risky = text.str.contains(_FORMULA)
    return pl.when(risky).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)


def _guarded_name(name: str) -> str:
    """Return the column name, guarded as the cells are."""
    return f"'{name}" if re.match(_FORMULA, name) else name


META_KEEPERS = {"expression", "where"}
"""What of meta a Parquet file has to keep: rows alone do not tell by which expression they were chosen."""
META_KEY = "rfm"


def write_parquet(rows: pl.DataFrame, sink: Sink, meta: Mapping[str, object] | None = None) -> None:
    """Write the rows to the sink, zstd-compressed, with statistics, in groups of ROW_GROUP_SIZE.

    `meta` is kept as JSON in the metadata of the file. Level 1 takes two thirds of the time of the usual level and
    gives files of the same size.
    """
    # Through memory, since errors of Polars' own file writing carry no number; 800,000 customers are 19 MB.
    buffer = io.BytesIO()
    kept = None if meta is None else {META_KEY: to_json(meta)}
    rows.write_parquet(
        buffer,
        compression="zstd",
        compression_level=1,
        statistics=True,
        row_group_size=ROW_GROUP_SIZE,
        metadata=kept,
    )
    sink.write(buffer.getvalue())


def pieces(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the rows in slices of PIECE (no copies); one empty slice when there are no rows."""
    return [rows.slice(start, PIECE) for start in range(0, max(rows.height, 1), PIECE)]


def cells(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with NaN as null and categories as text, as every text format has them."""
    import polars as pl
    import polars.selectors as cs

    return rows.with_columns(cs.float().fill_nan(None), cs.by_dtype(pl.Categorical, pl.Enum).cast(pl.String))


def with_joined_lists(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with lists of texts as one text, for formats without lists.

    >>> import polars as pl
    >>> with_joined_lists(pl.DataFrame({"items": [["lamp", "feed"], None]}))["items"].to_list()
    ['lamp | feed', None]
    """
    import polars as pl
    import polars.selectors as cs

    lists = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.List)]
    return rows.with_columns(cs.by_name(lists).list.join(BETWEEN)) if lists else rows


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
    from fractions import Fraction  # only JSON needs it, and a start of `score` is short

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


def write_markdown(rows: pl.DataFrame, sink: Sink) -> None:
    """Write the rows to the sink as one table, numbers to the right, values as in CSV.

    Text is on one line without control characters; characters of markup are escaped.
    """
    import polars as pl

    ready = cells(with_joined_lists(rows))
    # A colon at the right end of the rule aligns numbers to the right.
    marks = ["---:" if dtype.is_numeric() else "---" for dtype in ready.dtypes]
    heads = f"| {' | '.join(map(_head, ready.columns))} |\n| {' | '.join(marks)} |\n"
    sink.write(heads.encode("utf-8", "backslashreplace"))
    values = [_cell(name, dtype).fill_null("") for name, dtype in ready.schema.items()]
    lines = pl.concat_str(pl.lit("| "), pl.concat_str(values, separator=" | "), pl.lit(" |"))
    for piece in pieces(ready) if rows.height else []:
        buffer = io.BytesIO()
        piece.select(line=lines).write_csv(buffer, include_header=False, quote_style="never")
        sink.write(buffer.getvalue())


def _cell(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return the value as CSV has it, and text without markup."""
    import polars as pl

    return escaped(pl.col(name)) if dtype == pl.String else pl.col(name).cast(pl.String)


def _head(name: str) -> str:
    """Return the column name, escaped unless it is one like `customers_share`, which holds no markup."""
    import polars as pl

    return name if _OWN_NAME.fullmatch(name) else str(pl.select(escaped(pl.lit(name))).item())


def escaped(text: pl.Expr) -> pl.Expr:
    """Return the text with a backslash before all that Markdown would read as markup, addresses included.

    >>> import polars as pl
    >>> print(pl.select(escaped(pl.lit("a|b *c* <i> https://x.y"))).item())
    a\\|b \\*c\\* \\<i\\> https\\://x.y
    """
    shown = text.str.replace_all(BREAKS, " ").str.replace_all(UNSEEN, "").str.strip_chars()
    # Readers of Markdown make links of bare addresses, too.
    marked = shown.str.replace_all(_MARKUP, r"\$1")
    return marked.str.replace_all("://", r"\://", literal=True).str.replace_all(r"(?i)(www)\.", r"$1\.")
