"""Files that are added one by one are read as all at once would be, or refused as all at once would be."""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError, UsageError
from rfm_cli.model import TablePaths
from rfm_cli.rollup import store
from rfm_cli.rollup.append import add_orders, write_added
from rfm_cli.rollup.checkpoints import read_recent
from rfm_cli.rollup.compatibility import StatedOptions, as_before, require_agreement
from rfm_cli.rollup.make import roll_up, write_rollup
from rfm_cli.rollup.manifest import Periods, Purchases
from rfm_cli.rollup.read import read_rollup
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Orders
from rfm_cli.tables.precedents import Precedents
from tests.examples import examples

PLACES = itertools.count()
HEADER = "customer;order_id;date;total\n"
DATES = {
    "iso": ["2024-01-02", "2024-02-01"],
    "dots": ["02.01.2024", "13.01.2024"],
    "open": ["01/02/2024", "02/01/2024"],
    "day": ["01/02/2024", "13/01/2024"],
    "month": ["02/01/2024", "01/13/2024"],
}
"""However they are read, no two days are more than 31 days apart: none comes too late to be added."""
AMOUNTS = {
    "whole": ["5", "12"],
    "comma": ["5,50", "1.234,00"],
    "point": ["5.50", "1,234.00"],
    "doubt": ["1,234", "7"],
    "dots": ["1.234", "7"],
}


def opened(files: list[Path], options: ReadOptions, precedents: Precedents | None = None) -> Orders:
    orders = open_shop(TablePaths(orders=tuple(map(str, files))), options, precedents).orders
    assert orders is not None
    return orders


def made(out: Path, files: list[Path], options: ReadOptions) -> Path:
    rolled, _ = roll_up(opened(files, options), Periods(), Purchases())
    write_rollup(rolled, out)
    return out


def added(out: Path, file: Path, options: ReadOptions) -> None:
    rollup = read_rollup(str(out))
    require_agreement(str(out), rollup.manifest, StatedOptions.of(options), adding=True)
    same = as_before(options, rollup.manifest, rates=False)
    write_added(add_orders(rollup, opened([file], same, rollup.manifest.precedents)), rollup)


def contents(out: Path) -> dict[str, bytes]:
    folder = store.version_of(out)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@st.composite
def exports(draw: st.DrawFn) -> list[str]:
    """Texts of two to four files, each with dates and amounts in a style of its own."""
    texts, order = [], itertools.count(1)
    for _ in range(draw(st.integers(2, 4))):
        dates, amounts = DATES[draw(st.sampled_from(sorted(DATES)))], AMOUNTS[draw(st.sampled_from(sorted(AMOUNTS)))]
        rows = [
            f"{draw(st.sampled_from('abc'))};{next(order)};{date};{amount}\n"
            for date, amount in zip(draw(st.permutations(dates)), amounts, strict=True)
        ]
        texts.append(HEADER + "".join(rows))
    return texts


def read_as(out: Path) -> dict[int, tuple[object, float]]:
    """The day and the money of each order."""
    scale = read_rollup(str(out)).manifest.scale or 0
    rows = read_recent(store.version_of(out)).select("order_id", "day", "minor").rows()
    return {int(order): (day, minor / 10**scale) for order, day, minor in rows}


def assert_differs(before: Path, out: Path, files: list[Path]) -> None:
    """All files at once are refused, or the orders of the roll-up `before` are read otherwise."""
    try:
        whole = read_as(made(out, files, ReadOptions()))
    except InputError:
        return
    assert any(whole[order] != found for order, found in read_as(before).items())


@given(texts=exports(), shuffle=st.randoms())
@settings(max_examples=examples(40, 300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_files_one_by_one_are_read_as_all_at_once(tmp_path: Path, texts: list[str], shuffle: random.Random) -> None:
    folder = tmp_path / str(next(PLACES))
    folder.mkdir()
    files = [folder / f"{place}.csv" for place in range(len(texts))]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text)
    options = ReadOptions()
    try:
        first = made(folder / "grown", files[:1], options)
    except InputError:
        return  # the first file alone leaves a doubt that later ones might settle
    for place, file in enumerate(files[1:], start=1):
        try:
            added(first, file, options)
        except InputError:
            assert_differs(first, folder / "whole", files[: place + 1])
            return
    whole = contents(made(folder / "whole", files, options))
    assert contents(first) == whole
    # The order of rows within a file changes its digest and no other byte.
    for file, text in zip(files, texts, strict=True):
        lines = text.splitlines(keepends=True)
        file.write_text(lines[0] + "".join(shuffle.sample(lines[1:], len(lines) - 1)))
    shuffled = contents(made(folder / "whole", files, options))
    assert shuffled.keys() == whole.keys()
    assert [name for name in whole if shuffled[name] != whole[name]] in ([], [store.MANIFEST])


OPEN, DAY = HEADER + "a;8;03/04/2024;5\n", HEADER + "a;7;13/04/2024;1,5\nb;9;03/04/2024;2,5\n"


@pytest.fixture
def write(tmp_path: Path) -> dict[str, Path]:
    texts = {"day": DAY, "open": OPEN, "iso": HEADER + "a;8;2024-04-03;5\n", "again": HEADER + "a;7;13/04/2024;3,5\n"}
    for name, text in texts.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return {name: tmp_path / f"{name}.csv" for name in texts}


def test_an_added_file_that_proves_nothing_follows(tmp_path: Path, write: dict[str, Path]) -> None:
    out = made(tmp_path / "out", [write["day"]], ReadOptions())
    added(out, write["open"], ReadOptions())
    days = read_rollup(str(out)).frame().select("period").collect()["period"].cast(str).sort().to_list()
    assert days == ["2024-04-03", "2024-04-03", "2024-04-13"]


def test_a_format_that_was_given_binds(tmp_path: Path, write: dict[str, Path]) -> None:
    given_then = ReadOptions(date_format="%d/%m/%Y", decimal=",")
    out = made(tmp_path / "out", [write["day"]], given_then)
    assert read_rollup(str(out)).manifest.reading == {"date_format": "%d/%m/%Y", "decimal": ","}
    added(out, write["open"], ReadOptions())
    assert contents(out) == contents(made(tmp_path / "whole", [write["day"], write["open"]], given_then))
    with pytest.raises(UsageError, match=r"--decimal \.: .* was made with ,"):
        added(out, write["again"], ReadOptions(decimal="."))


def test_a_format_that_is_given_now_must_not_change_the_past(tmp_path: Path, write: dict[str, Path]) -> None:
    iso = made(tmp_path / "iso", [write["iso"]], ReadOptions())
    added(iso, write["day"], ReadOptions(decimal=","))
    assert contents(iso) == contents(made(tmp_path / "whole", [write["iso"], write["day"]], ReadOptions(decimal=",")))
    day = made(tmp_path / "day", [write["day"]], ReadOptions())
    with pytest.raises(UsageError, match=r"--date-format %m/%d/%Y: .* was made without it"):
        added(day, write["open"], ReadOptions(date_format="%m/%d/%Y"))
    with pytest.raises(UsageError, match=r"--decimal \.: .* was made without it"):
        added(day, write["open"], ReadOptions(decimal="."))


def test_overlap_binds_and_is_refused_where_sums_would_have_to_be_undone(
    tmp_path: Path, write: dict[str, Path]
) -> None:
    last = ReadOptions(overlap="last")
    out = made(tmp_path / "out", [write["day"]], last)
    with pytest.raises(InputError, match=r"1 order is in .* already, and --overlap last cannot take rows out") as error:
        added(out, write["again"], ReadOptions())
    assert error.value.hint == f"roll all orders up anew: rfm rollup ORDERS {out} --overlap last"
    added(out, write["open"], ReadOptions())
    assert contents(out) == contents(made(tmp_path / "whole", [write["day"], write["open"]], last))
    with pytest.raises(UsageError, match=r"--overlap once: .* was made with last"):
        added(out, write["iso"], ReadOptions(overlap="once"))


def test_overlap_that_is_given_now(tmp_path: Path, write: dict[str, Path]) -> None:
    one = made(tmp_path / "one", [write["day"]], ReadOptions())
    with pytest.raises(InputError, match=r"--overlap once cannot take rows out"):
        added(one, write["again"], ReadOptions(overlap="once"))
    added(one, write["again"], ReadOptions(overlap="add"))
    both = made(tmp_path / "both", [write["day"], write["iso"]], ReadOptions())
    with pytest.raises(UsageError, match=r"--overlap last: .* was made without it"):
        added(both, write["again"], ReadOptions(overlap="last"))
    with pytest.raises(UsageError, match=r"--overlap last: .* was made without it"):
        require_agreement("OUT", read_rollup(str(both)).manifest, StatedOptions(overlap="last"))
    require_agreement("OUT", read_rollup(str(both)).manifest, StatedOptions(overlap="add", decimal=","))


def test_a_heading_that_rows_have_settled_stays_settled(tmp_path: Path, rfm: Any) -> None:
    head = "customer,order,date,quantity,item_price,total\n"
    one, more = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text(head + "a,1,2024-01-01,2,10,20\na,2,2024-01-02,3,5,15\n", encoding="utf-8")
    more.write_text(head + "b,3,2024-01-05,1,7,7\n", encoding="utf-8")
    assert rfm("rollup", one, tmp_path / "r").returncode == 0
    assert rfm("rollup", tmp_path / "r", "--add", more).returncode == 0
    assert rfm("rollup", one, more, tmp_path / "w").returncode == 0
    scores = [rfm("score", tmp_path / name, "--format", "csv").stdout for name in "rw"]
    assert scores[0] == scores[1] != b""
    kept = [read_rollup(str(tmp_path / name)).manifest.precedents.headings for name in "rw"]
    assert kept == [{"itemprice": "unit_price"}] * 2


def test_refunds_in_a_column_and_in_added_rows_are_refused(tmp_path: Path, rfm: Any) -> None:
    one, more = tmp_path / "a.csv", tmp_path / "b.csv"
    one.write_text("order_id,customer_id,date,amount,refunded\n1,a,2024-01-01,10,4\n2,b,2024-01-02,5,0\n")
    more.write_text("order_id,customer_id,date,amount,type\n1,a,2024-01-05,4,refund\n3,a,2024-01-05,4,sale\n")
    assert rfm("rollup", one, more, tmp_path / "w").returncode == 3
    assert rfm("rollup", one, tmp_path / "r").returncode == 0
    done = rfm("rollup", tmp_path / "r", "--add", more)
    assert (done.returncode, b"1 order has refunds in a column and in rows" in done.stderr) == (3, True)
