"""Every real data set rolled up: the same bytes as from the orders, and day by day what it is at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.test_realdata_views import DATES, SETS, WITHOUT_MONEY

pytestmark = pytest.mark.realdata
Here = Callable[..., Any]

LINES = [
    "score",
    "score --window 6mo --with tenure_days,aov",
    "score --history",
    "segments --against {middle}",
    "matrix --by recency,frequency",
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
def test_a_roll_up_gives_the_same_bytes(
    here: Here, shared_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(shared_dir / "data")
    making, beside = parted(name)
    assert here("rollup", *making[:1], tmp_path / "out", *making[1:], "-q") == (0, b"", "")
    for line in [*LINES, *(OF_MONEY if name not in WITHOUT_MONEY else [])]:
        command, *words = line.format(**dates(name, tmp_path / "out")).split()
        of_orders, of_rollup = (
            here(command, *source, *words, "--format", "json", "-q")
            for source in (SETS[name], [tmp_path / "out", *beside])
        )
        assert (of_orders.code, of_orders.out) == (of_rollup.code, of_rollup.out), (line, of_rollup.err)
        assert of_orders.code in (0, 3), (line, of_orders.err)


@pytest.mark.parametrize(
    ("path", "day"), [("online_retail/online_retail.parquet", "InvoiceDate"), ("cdnow/cdnow_full.csv", "date")]
)
@pytest.mark.parametrize("grain", ["day", "month"])
def test_day_by_day_it_is_what_it_is_at_once(
    here: Here, shared_dir: Path, tmp_path: Path, path: str, day: str, grain: str
) -> None:
    whole = shared_dir / "data" / path
    orders = pl.read_parquet(whole) if path.endswith("parquet") else pl.read_csv(whole, infer_schema=False)
    dated = orders.with_columns(day=pl.col(day).cast(pl.String).str.slice(0, 10))
    days = dated["day"].unique().sort()
    cuts = [*days[:-5].gather_every(90)[1:], *days[-5:]]
    pieces = []
    for begin, end in zip(["", *cuts], [*cuts, "9999"], strict=True):
        pieces.append(tmp_path / f"{begin}.parquet")
        dated.filter(pl.col("day") >= begin, pl.col("day") < end).drop("day").write_parquet(pieces[-1])
    assert here("rollup", pieces[0], tmp_path / "grown", "--grain", grain, "-q").code == 0
    for piece in pieces[1:]:
        assert here("rollup", tmp_path / "grown", "--add", piece, "-q").code == 0
    assert here("rollup", *pieces, tmp_path / "whole", "--grain", grain, "-q").code == 0
    for name in ("rollup.parquet", "manifest.json", "recent.parquet"):
        assert (tmp_path / "grown" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    assert here("score", tmp_path / "grown", "-q").out == here("score", whole, "-q").out
