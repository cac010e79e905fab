"""Every real data set rolled up: the same bytes as from the orders, and day by day what it is at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import polars as pl
import pytest

from tests.test_realdata_views import DATES, SETS, WITHOUT_MONEY

pytestmark = pytest.mark.realdata
Run = Callable[..., CompletedProcess[bytes]]

LINES = [
    "score",
    "score --with tenure_days,aov",
    "score --window 6mo",
    "score --history",
    "segments --against {middle}",
    "grid",
    "matrix --by recency,frequency",
    "migrate {dates}",
    "migrate {dates} --every week --rescore",
    "migrate {dates} --moves",
    "migrate {dates} --speed",
]
OF_MONEY = ["vip", "vip --list", "vip --watch --since {middle}", "grid --by r,m"]
MADE_WITH = {"--map", "--lines", "--purchase-events"}


def parted(name: str) -> tuple[list[str], list[str]]:
    """The words of a data set that make the roll-up, and those that go with it in place of the orders."""
    words = list(SETS[name])
    paths = [words.pop(0)] if not words[0].startswith("--") else []
    making, beside = [*paths], []
    for option, value in zip(words[::2], words[1::2], strict=True):
        if option in MADE_WITH:
            making += [option, value]
        elif option == "--events" and not paths:
            making, beside = [value, *making], [*beside, option, value]
        else:
            beside += [option, value]
    return making, beside


def dates(name: str, out: Path) -> dict[str, str]:
    """Two dates of a data set for `--from` and `--to`, and one near its end."""
    last = date.fromisoformat(json.loads((out / "manifest.json").read_text())["days"]["last"])
    begin, near = (str(last - timedelta(days=days)) for days in (90, 40))
    pair = DATES.get(name, ["--from", begin, "--to", str(last)])
    return {"dates": " ".join(pair), "middle": near}


@pytest.mark.parametrize("name", SETS)
def test_a_roll_up_gives_the_same_bytes(rfm: Run, shared_dir: Path, tmp_path: Path, name: str) -> None:
    data = shared_dir / "data"
    making, beside = parted(name)
    done = rfm("rollup", *making[:1], tmp_path / "out", *making[1:], "-q", cwd=data)
    assert (done.returncode, done.stderr) == (0, b"")
    for line in [*LINES, *(OF_MONEY if name not in WITHOUT_MONEY else [])]:
        command, *words = line.format(**dates(name, tmp_path / "out")).split()
        ends = [
            rfm(command, *source, *words, "--format", "json", "-q", cwd=data)
            for source in (SETS[name], [tmp_path / "out", *beside])
        ]
        assert ends[0].returncode == ends[1].returncode, (line, ends[1].stderr)
        assert ends[0].stdout == ends[1].stdout, line
        assert ends[0].returncode in (0, 1, 3), (line, ends[0].stderr)


@pytest.mark.parametrize(
    ("path", "day"),
    [("online_retail/online_retail.parquet", "InvoiceDate"), ("cdnow/cdnow_full.csv", "date")],
)
@pytest.mark.parametrize("grain", ["day", "month"])
def test_day_by_day_it_is_what_it_is_at_once(
    rfm: Run, shared_dir: Path, tmp_path: Path, path: str, day: str, grain: str
) -> None:
    whole = shared_dir / "data" / path
    orders = pl.read_parquet(whole) if path.endswith("parquet") else pl.read_csv(whole, infer_schema=False)
    dated = orders.with_columns(day=pl.col(day).cast(pl.String).str.slice(0, 10)).sort("day", maintain_order=True)
    days = dated["day"].unique().sort()
    cuts = [*days[:-8].gather_every(61)[1:], *days[-8:]]
    pieces = []
    for begin, end in zip(["", *cuts], [*cuts, "9999"], strict=True):
        piece = tmp_path / f"{begin}.parquet"
        own = dated.filter(pl.col("day") >= begin, pl.col("day") < end).drop("day")
        own.write_parquet(piece)
        pieces.append(piece)
    words = ["--grain", grain, "-q"]
    assert rfm("rollup", pieces[0], tmp_path / "grown", *words).returncode == 0
    for piece in pieces[1:]:
        assert rfm("rollup", tmp_path / "grown", "--add", piece, "-q").returncode == 0
    assert rfm("rollup", *pieces, tmp_path / "whole", *words).returncode == 0
    for name in ("rollup.parquet", "manifest.json", "recent.parquet"):
        assert (tmp_path / "grown" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    both = [rfm("score", tmp_path / "grown", "-q"), rfm("score", whole, "-q")]
    assert both[0].stdout == both[1].stdout
