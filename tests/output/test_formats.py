from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rfm_cli.output.cells import PIECE
from rfm_cli.output.formats import ROW_GROUP_SIZE, guarded, write_rows

META = {
    "as_of": date(2024, 12, 31),
    "scheme": "rf12",
    "cutoffs": {"m": [Decimal("9.90"), Decimal("472.50"), None], "r": (30, 90)},
    "counts": {"customers": 9, "rejected": {}},
    "share": Fraction(1, 3),
    "gini": float("nan"),
    "exact": Decimal("12345678901234567890.10"),
    "note": 'Аня "\x00\n[bold]',
    "strict": True,
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DECIMALS = st.decimals(-(10**13), 10**13, places=4)


def written(rows: pl.DataFrame, fmt: str, **options: Any) -> bytes:
    sink = io.BytesIO()
    write_rows(rows, META, fmt, sink, **options)
    return sink.getvalue()


@pytest.mark.parametrize("fmt", ["csv", "json", "ndjson", "md"])
def test_golden(awkward: pl.DataFrame, golden: Callable[[str, bytes], None], fmt: str) -> None:
    golden(f"awkward.{fmt}", written(awkward, fmt))


def test_golden_for_excel(awkward: pl.DataFrame, golden: Callable[[str, bytes], None]) -> None:
    golden("awkward_for_excel.csv", written(awkward, "csv", for_excel=True))


def test_an_unknown_format_is_a_bug(awkward: pl.DataFrame) -> None:
    with pytest.raises(ValueError, match="yaml"):
        written(awkward, "yaml")


def test_no_rows(awkward: pl.DataFrame) -> None:
    none = awkward.select("customer_id", "monetary").clear()
    assert written(none, "csv") == b"customer_id,monetary\n"
    assert written(none, "ndjson") == b""
    assert json.loads(written(none, "json"))["rows"] == []
    assert written(none, "md") == b"| customer_id | monetary |\n| --- | ---: |\n"
    assert pl.read_parquet(written(none, "parquet")).schema == none.schema


@pytest.mark.parametrize("fmt", ["csv", "json", "ndjson", "md"])
def test_pieces_join_without_a_seam(fmt: str) -> None:
    count = 2 * PIECE + 1
    data = written(pl.DataFrame({"n": range(count)}), fmt)
    if fmt == "json":
        assert [row["n"] for row in json.loads(data)["rows"]] == list(range(count))
    else:
        assert data.count(b"\n") == count + {"csv": 1, "ndjson": 0, "md": 2}[fmt]


@given(st.lists(st.tuples(TEXTS, TEXTS | st.none(), DECIMALS | st.none()), max_size=8))
def test_csv_round_trip(values: list[tuple[str, str | None, Decimal | None]]) -> None:
    schema = {"id": pl.String, "t": pl.String, "m": pl.Decimal(18, 4)}
    rows = pl.DataFrame(values, schema=schema, orient="row")
    data = written(rows, "csv")
    told = list(csv.reader(io.StringIO(data.decode(), newline="")))[1:]
    assert [one[:2] for one in told] == [[first, second or ""] for first, second, _ in values]
    assert [Decimal(one[2]) if one[2] else None for one in told] == [money for *_, money in values]
    assert all(len(one[2].partition(".")[2]) == 4 for one in told if one[2])


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=8))
def test_floats_are_the_shortest_that_come_back(values: list[float]) -> None:
    rows = pl.DataFrame({"n": range(len(values)), "share": values})
    lines = written(rows, "csv").decode().split()[1:]
    texts = [one.split(",")[1] for one in lines]
    assert [float(text) for text in texts] == values
    mantissas = [text.lower().split("e")[0].strip("-").replace(".", "").strip("0") for text in texts]
    shortest = [repr(value).lower().split("e")[0].strip("-").replace(".", "").strip("0") for value in values]
    assert mantissas == shortest


@given(st.lists(st.tuples(TEXTS, DECIMALS | st.none(), st.floats() | st.none()), max_size=8), TEXTS, TEXTS)
def test_json_round_trip(values: list[tuple[str, Decimal | None, float | None]], first: str, second: str) -> None:
    names = [first + "1", second + "2", "share"]
    schema = dict(zip(names, (pl.String, pl.Decimal(18, 4), pl.Float64), strict=True))
    rows = pl.DataFrame(values, schema=schema, orient="row")
    shown = [
        (text, money, share if share is None or abs(share) < float("inf") else None) for text, money, share in values
    ]
    for told in (
        json.loads(written(rows, "json"), parse_float=Decimal)["rows"],
        [json.loads(line, parse_float=Decimal) for line in written(rows, "ndjson").decode().split("\n")[:-1]],
    ):
        assert [list(one) for one in told] == [names] * len(values)
        assert [(one[names[0]], one[names[1]]) for one in told] == [one[:2] for one in shown]
        shares = [None if one["share"] is None else float(one["share"]) for one in told]
        assert shares == [one[2] for one in shown]


@given(st.lists(st.text(max_size=6) | st.sampled_from(["=1", " +1", '"-1', "'@x", "\tx", "\rx", "a=1", "\uff1d1"])))
def test_guarded_text_opens_with_no_formula(values: list[str]) -> None:
    texts = pl.Series("t", values, dtype=pl.String, strict=False)
    rows = pl.DataFrame({"t": texts, "n": pl.Series([-1] * len(values), dtype=pl.Int32)})
    after = guarded(rows)
    for old, new in zip(rows["t"], after["t"], strict=True):
        assert new in (old, f"'{old}")
        opening = new.lstrip("\"' \t\r\n\v\f")[:1]
        assert new.startswith("'") or (
            opening not in set("=+-@\uff1d\uff0b\uff0d\uff20") and new[:1] not in ("\t", "\r", "\n")
        )
    assert after["n"].equals(rows["n"])


def test_parquet_types_and_groups(awkward: pl.DataFrame) -> None:
    data = written(awkward, "parquet")
    assert pl.read_parquet(data).equals(awkward)
    assert pl.read_parquet(data).schema == awkward.schema
    many = written(pl.DataFrame({"n": range(ROW_GROUP_SIZE + 1)}), "parquet")
    facts = pyarrow.parquet.ParquetFile(io.BytesIO(many)).metadata
    assert [facts.row_group(place).num_rows for place in range(facts.num_row_groups)] == [ROW_GROUP_SIZE, 1]
    assert facts.row_group(0).column(0).statistics.max == ROW_GROUP_SIZE - 1


@pytest.mark.parametrize("fmt", ["csv", "json", "ndjson", "parquet", "md"])
def test_bytes_do_not_depend_on_chunks(awkward: pl.DataFrame, fmt: str) -> None:
    rows = pl.concat([awkward] * 20_000, rechunk=True)
    parts = pl.concat([rows[:7], rows[7:100_000], rows[100_000:]], rechunk=False)
    assert parts.n_chunks() == 3
    assert written(parts, fmt) == written(rows, fmt)


def test_bytes_do_not_depend_on_threads() -> None:
    code = """
import hashlib, polars as pl
from rfm_cli.output.formats import write_rows
class Hash:
    def __init__(self): self.sum = hashlib.sha256()
    def write(self, data): self.sum.update(data); return len(data)
n = pl.int_range(400_000, eager=True)
rows = pl.DataFrame({"id": n.hash(1).cast(pl.String), "m": n.cast(pl.Decimal(18, 2)), "share": n / 7})
for fmt in ("csv", "json", "ndjson", "parquet", "md"):
    one = Hash(); write_rows(rows, {}, fmt, one); print(fmt, one.sum.hexdigest())
print(pl.thread_pool_size())
"""
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"POLARS_MAX_THREADS": threads},
            capture_output=True,
            check=True,
        ).stdout.split(b"\n")
        for threads in ("1", "4")
    ]
    assert told[0][:5] == told[1][:5]
    assert (told[0][5], told[1][5]) == (b"1", b"4")
