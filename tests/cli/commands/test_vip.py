"""`rfm vip`: what it says, and what the floor of `--revenue` reaches."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Screen, rows_of

Here = Callable[..., Any]

# Two buyers of two orders with 65.96 % of the money between them, and one of a single order with the rest.
ORDERS = """\
customer_id,ordered_at,amount
a,2024-01-01,3000
a,2024-01-02,298
b,2024-01-01,3000
b,2024-01-02,298
c,2024-01-02,3404
"""

SCREENS = {
    "vip": "vip",
    "vip_watch": "vip --watch --since 2024-06",
    "vip_list": "vip --list",
}
MISUSE = {
    "vip --revenue 66": "66 is no share",
    "vip --revenue 50% --share 10%": "both set who is a VIP",
    "vip --revenue 50% --watch": "does not go with --watch",
    "vip --watch --list": "two answers",
    "vip --since 2024-01": "--since is for --watch",
    "vip --with email": "--with is for --list",
    "vip --watch --since 2025": "is not before",
    "vip --watch --window 12mo": "spells are of all of history",
}


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the orders of three buyers, made the working directory."""
    (tmp_path / "orders.csv").write_text(ORDERS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, *lines: str) -> None:
    (folder / "orders.csv").write_text("\n".join(["customer_id,ordered_at,amount", *lines, ""]))


def test_csv(three: Path, here: Here) -> None:
    ended = here("vip", "-q")
    assert (ended.code, ended.err) == (0, "")
    lines = ended.out.decode().splitlines()
    assert lines[:2] == [
        "top_share,customers,revenue,revenue_share,smallest_monetary",
        "0.01,1,3404,0.3404,3404",
    ]
    assert lines[-1] == "1.0,3,10000,1.0,3298"
    assert len(lines) == 8


def test_the_floor_of_revenue_is_that_of_everything_said(three: Path, here: Here) -> None:
    ended = here("vip", "--revenue", "40%", "--explain", "--format", "json", "--save-cuts", "cuts.toml")
    assert ended.code == 0
    assert [line for line in ended.err.splitlines() if "vip:" in line] == [
        "rfm: vip: 3298 and more with at least 2 purchases"
    ]
    assert json.loads(ended.out)["meta"]["vip_floor"] == 3298
    assert 'floor = "3298"' in (three / "cuts.toml").read_text()
    shown = here("vip", "--revenue", "40%", "-q", "--format", "table").out.decode()
    assert "66.7 % of buyers bring 66.0 % of revenue" in shown
    assert "vip >=3298" in shown


def test_the_most_there_is_is_rounded_down_and_nothing_is_written(three: Path, here: Here) -> None:
    ended = here("vip", "--revenue", "66%", "-q", "-o", "v.csv", "--save-cuts", "c.toml", "--rejects", "r.csv")
    assert (ended.code, ended.out) == (1, b"")
    assert ended.err.splitlines() == [
        "rfm: error: no VIPs with at least 2 purchases bring 66 % of the revenue: they bring at most 65.9 %",
        "rfm: hint: ask for less, or lower --min-orders",
    ]
    assert [path.name for path in three.iterdir()] == ["orders.csv"]
    assert here("vip", "--revenue", "65.9%", "-q").code == 0


def test_where_the_buyers_brought_nothing_no_floor_helps(three: Path, here: Here) -> None:
    write(three, "a,2024-01-01,0", "a,2024-01-02,0")
    ended = here("vip", "--revenue", "1%", "-q", "--min-orders", "1")
    assert ended.code == 1
    assert ended.err == (
        "rfm: error: no VIPs with at least 1 purchase bring 1 % of the revenue: the buyers brought nothing\n"
    )


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        (["a,2024-01-01,5", "a,2024-01-02,5"], "1 VIP with 10; a VIP has brought 10 or more in at least 2 purchases"),
        (["a,2024-01-01,0", "a,2024-01-02,0"], "Gini: none, since the buyers brought nothing"),
        (["a,2024-01-01,0", "b,2024-01-02,0"], "no VIPs: no buyer at the floor has 2 purchases"),
        (["a,2024-01-01,5", "b,2024-01-02,5"], "no VIPs: no buyer at the floor has 2 purchases"),
        (["a,2024-01-01,9", "a,2024-01-02,1", "b,2024-01-01,2", "b,2024-01-02,-6"], "bring 166.7 % of revenue"),
    ],
)
def test_small_shops_on_screen(three: Path, here: Here, orders: list[str], said: str) -> None:
    write(three, *orders)
    ended = here("vip", "-q", "--format", "table")
    assert (ended.code, ended.err) == (0, "")
    shown = ended.out.decode()
    assert said in shown
    assert "\n\n\n" not in shown


def test_the_list_is_what_score_says_of_vips(three: Path, here: Here) -> None:
    assert here("vip", "--share", "100%", "--list", "-q").out == here("score", "--share", "100%", "--vip", "-q").out


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", SCREENS)
def test_screens(screen: Screen, name: str, width: int) -> None:
    screen(name, SCREENS[name], width)


def test_screen_with_colors(screen: Screen) -> None:
    screen("vip", SCREENS["vip"], 80, colors=True)


@pytest.mark.parametrize("command", MISUSE)
def test_misuse(misused: Callable[[str], str], command: str) -> None:
    assert MISUSE[command] in misused(command)


def test_a_floor_by_revenue_is_saved_with_the_cutoffs(inside: Here, tmp_path: Path) -> None:
    cuts = tmp_path / "cuts.toml"
    assert inside("vip", "--revenue", "50%", "-q", "--save-cuts", cuts).code == 0
    listed = rows_of(inside("vip", "--revenue", "50%", "--list", "-q"))
    again = rows_of(inside("score", "--vip", "--cuts", cuts, "-q"))
    assert [row["customer_id"] for row in listed] == [row["customer_id"] for row in again]


def test_a_file_of_cutoffs_sets_the_floor_whatever_its_name(inside: Here, tmp_path: Path) -> None:
    cuts = tmp_path / "a=b.toml"
    assert inside("vip", "-q", "--save-cuts", cuts).code == 0
    for name in (cuts, tmp_path / "a.toml"):
        cuts = cuts.rename(name)
        assert inside("vip", "-q", "--revenue", "66%", "--cuts", name).code == 2


def test_a_share_that_vips_cannot_reach_fails_the_check(inside: Here, tmp_path: Path) -> None:
    ended = inside("vip", "--revenue", "99%", "-q", "-o", tmp_path / "v.csv")
    assert ended.code == 1
    assert "they bring at most" in ended.err
    assert not (tmp_path / "v.csv").exists()


def test_the_dates_of_a_watch_list_are_written_as_the_language_writes_them(inside: Here) -> None:
    ended = inside("vip", "--watch", "--since", "2024-06", "--lang", "ru", "--format", "table", "-q")
    head = ended.out.decode().splitlines()[0]
    assert " 30.06.2024 · на 31.12.2024 · " in head
