"""`rfm grid` with every scheme, axis and metric."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.output.wrapping import wide
from tests.cli.conftest import Screen

Here = Callable[..., Any]

HOSTILE = """\
name = "hostile"
title = "Two by two"
bins = [2, 2, 2]
by = ["r", "f"]

[[segments]]
name = "[bold]=1+1[/x] \\u001b[31mshop"
rank = 1
next_step = "Thank."
cells = ["21", "22"]

[[segments]]
name = "重要なお客様グループとても長い名前の例です"
rank = 2
next_step = "Let go."
cells = ["11", "12"]
"""

SCREENS = {
    "grid": "grid",
    "grid_rm_aov": "grid --by r,m --metric aov",
}
MISUSE = {
    "grid --by r,r": "not two scores",
    "grid --metric money": "--metric money: not known",
}


@pytest.fixture
def inside(sample: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> Here:
    """Run in the sample shop, 80 columns wide. What its cells are named is in the published lists of codes."""
    monkeypatch.chdir(sample)
    monkeypatch.setenv("COLUMNS", "80")
    return here


def rows(ended: Any) -> list[dict[str, str]]:
    assert (ended.code, ended.err) == (0, "")
    return list(csv.DictReader(io.StringIO(ended.out.decode())))


def screen(ended: Any, width: int = 80) -> list[str]:
    assert (ended.code, ended.err) == (0, "")
    lines = re.sub("\x1b\\[[0-9;]*m", "", ended.out.decode()).splitlines()
    assert max(map(wide, lines)) <= width
    return lines


@pytest.mark.parametrize(
    ("scheme", "cells", "named"),
    [("rf12", 25, 25), ("rfm11", 25, 1), ("klaviyo6", 9, 2), ("r-rfm", 25, 3), ("none", 25, 0)],
)
def test_cells_and_their_names_by_scheme(inside: Here, scheme: str, cells: int, named: int) -> None:
    found = rows(inside("grid", "--scheme", scheme, "-q"))
    plane = [row for row in found if row["r"]]
    assert (len(plane), sum(row["segment"] != "" for row in plane)) == (cells, named)
    assert [(row["r"], row["segment"]) for row in found[cells:]] == [("", "No purchases")]
    assert sum(int(row["customers"]) for row in found) == 4870
    shown = screen(inside("grid", "--scheme", scheme, "-q", "--format", "table"))
    assert next(line for line in shown if line.startswith("F")).startswith(f"F{round(cells**0.5)} ")
    assert not any("hidden" in line for line in shown)


@pytest.mark.parametrize("metric", ["customers", "share", "Revenue", "aov"])
def test_the_metric_comes_first_in_the_cell_and_is_the_shade(
    inside: Here, monkeypatch: pytest.MonkeyPatch, metric: str
) -> None:
    found = [row for row in rows(inside("grid", "-q")) if row["r"]]
    shown = {
        "customers": lambda row: f"{int(row['customers']):,}",
        "share": lambda row: f"{100 * float(row['customers_share']):.1f} %",
        "revenue": lambda row: f"{Decimal(row['revenue']):,.2f}",
        "aov": lambda row: f"{Decimal(row['aov']):,.2f}",
    }
    name, column = metric.lower(), {"share": "customers_share"}.get(metric, metric.lower())
    best = next(row for row in found if row["r"] == row["f"] == "5")
    figures = list(dict.fromkeys([shown[name](best), shown["share"](best)]))
    monkeypatch.setenv("COLUMNS", "200")
    lines = screen(inside("grid", "--metric", metric, "-q", "--format", "table"), 200)
    top = next(place for place, line in enumerate(lines) if line.startswith("F5"))
    told = [re.findall(r"[^ ░▒▓█]+(?: %)?", line) for line in lines[top + 1 : top + 1 + len(figures)]]
    assert [words[-1] for words in told] == figures
    darkest = max((row for row in found if row[column]), key=lambda row: Decimal(row[column]))
    assert f"shade: {name}, the darkest is {shown[name](darkest)}" in lines


def test_files_have_all_columns_whatever_the_metric(shop: Path, here: Here) -> None:
    assert len({here("grid", "--metric", metric, "-q").out for metric in ("customers", "revenue", "aov")}) == 1


@pytest.mark.parametrize(("by", "across", "down"), [("r,f", "R", "F"), (" M , r ", "M", "R"), ("F,M", "F", "M")])
def test_the_second_score_falls_from_the_top_and_the_first_rises_to_the_right(
    inside: Here, by: str, across: str, down: str
) -> None:
    lines = screen(inside("grid", "--by", by, "-q", "--format", "table"))
    labels = [line.split()[0] for line in lines if re.match(f"{down}[1-5] ", line)]
    assert labels == [f"{down}{score}" for score in (5, 4, 3, 2, 1)]
    assert [f"{across}{score}" for score in (1, 2, 3, 4, 5)] in [line.split()[:5] for line in lines]
    assert list(rows(inside("grid", "--by", by, "-q"))[0])[:2] == [across.lower(), down.lower()]


@pytest.mark.parametrize("option", ["--by=r", "--by=r,x", "--by=f,F", "--by=r,f,m", "--metric=orders"])
def test_misuse_is_told_before_a_file_is_read(shop: Path, here: Here, option: str) -> None:
    ended = here("grid", "nowhere.csv", option)
    assert (ended.code, ended.out) == (2, b"")
    name, value = option.split("=")
    assert ended.err.startswith(f"rfm: error: {name} {value}: not ")
    assert ended.err.splitlines()[1] in (
        "rfm: hint: write r,f or r,m or f,m",
        "rfm: hint: Valid: customers, revenue, aov, share",
    )


def test_one_customer(shop: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / "one.csv").write_text("customer_id,ordered_at,amount\na,2024-01-01,10.50\n")
    monkeypatch.setenv("COLUMNS", "80")
    lines = screen(here("grid", "one.csv", "-q", "--format", "table"))
    assert "shade: customers, the darkest is 1" in lines
    assert next(line for line in lines if line.startswith("all ")).split() == ["all", *"000011"]
    assert sum(line.count("100.0 %") for line in lines) == 1
    found = rows(here("grid", "one.csv", "-q"))
    assert len(found) == 25
    assert {row["aov"] for row in found} == {"", "10.500"}


def test_customers_without_a_purchase_stand_below_the_map(
    shop: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    given = ["grid", "orders.csv", "--customers", "customers.csv", "-q"]
    lines = screen(here(*given, "--format", "table"))
    without = [row for row in rows(here(*given)) if not row["r"]]
    assert [(row["r"], row["f"], row["segment"]) for row in without] == [("", "", "No purchases")]
    assert without[0]["revenue"] == "-3.00"
    assert f"No purchases {without[0]['customers']}" in lines


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
@pytest.mark.parametrize("color", ["0", "1"])
def test_names_of_a_hostile_scheme_are_text_and_hide_no_column_that_had_room(
    shop: Path, here: Here, monkeypatch: pytest.MonkeyPatch, width: int, color: str
) -> None:
    (shop / "hostile.toml").write_text(HOSTILE)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", color)
    ended = here("grid", "orders.csv", "--scheme", "hostile.toml", "-q", "--format", "table")
    lines = screen(ended, width)
    assert b"\x1b[31m" not in ended.out
    if width >= 40:
        assert not any("hidden" in line for line in lines)
        assert any("[bold]" in line for line in lines)


@pytest.mark.parametrize("width", [80, 200])
def test_plain_characters_where_the_terminal_knows_no_others(rfm: Callable[..., Any], shop: Path, width: int) -> None:
    env = {"PYTHONIOENCODING": "ascii", "NO_COLOR": "1", "COLUMNS": str(width)}
    shown = rfm("grid", "-q", "--format", "table", cwd=shop, env=env).stdout
    assert shown.isascii()
    assert b"#" in shown
    assert max(map(len, shown.splitlines())) <= width


def test_the_order_of_rows_does_not_matter(shop: Path, here: Here) -> None:
    head, *orders = (shop / "orders.csv").read_text().splitlines()
    (shop / "turned.csv").write_text("\n".join([head, *reversed(orders)]))
    assert here("grid", "turned.csv", "-q").out == here("grid", "orders.csv", "-q").out


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", SCREENS)
def test_screens(screen: Screen, name: str, width: int) -> None:
    screen(name, SCREENS[name], width)


def test_screen_with_colors(screen: Screen) -> None:
    screen("grid", SCREENS["grid"], 80, colors=True)


@pytest.mark.parametrize("command", MISUSE)
def test_misuse(misused: Callable[[str], str], command: str) -> None:
    assert MISUSE[command] in misused(command)
