"""`rfm reach`: a row a branch, the customers of one, and what was used; screens are compared with golden files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Screen, terminal

Here = Callable[..., Any]
Golden = Callable[[str, bytes], None]

PEOPLE = """\
customer_id,email,email_consent,phone,fax_consent,city
007,a@x.y,true,+49 711 2842222,yes,Köln
=cmd(),=1+1,true,,yes,\x1b[31mred\x1b[0m
[/x] shop,b@x.y,no,12,,[bold]Bonn
new,n@x.y,[red]maybe,0711 2842222,,Köln
"""
EVENTS = """\
customer_id,event,at,channel
007,Unsubscribe,2024-02-01,email
007,subscribe,2024-02-02,email
new,bounce,2024-03-01,sms
new,open,2024-03-01,email
ghost,bounce,2024-03-01,web
new,bounce,2024-03-02,web
007,unsubscribe,2024-04-01,email
"""

SCREENS = {
    "reach": "reach",
}
MISUSE = {
    "reach --list=": "no such branch",
    "reach --channel pigeon": "no such address",
    "reach --list Nowhere": "no such branch",
    "reach --with email": "--with is for --list",
}


@pytest.fixture
def reachable(shop: Path) -> Path:
    """The shop with addresses, consents and events."""
    (shop / "customers.csv").write_text(PEOPLE)
    (shop / "events.csv").write_text(EVENTS)
    return shop


def test_csv(reachable: Path, here: Here, golden: Golden) -> None:
    ended = here("reach", "-q")
    assert (ended.code, ended.err) == (0, "")
    golden("reach_shop.csv", ended.out)
    lines = ended.out.decode().splitlines()
    assert lines[0] == "branch,customers,customers_share,revenue,revenue_share"
    assert lines[1] == "All,5,1.0,72.50,1.0"
    assert lines[2].startswith("Reachable,1,0.2,35.50,")
    assert len(lines) == 1 + 11 + 2 * 5


def test_json_tells_columns_consents_and_events(reachable: Path, here: Here, golden: Golden) -> None:
    out = here("reach", "-q", "--format", "json").out
    golden("reach_shop.json", out)
    meta = json.loads(out)["meta"]
    assert [one["channel"] for one in meta["channels"]] == ["email", "phone"]
    assert meta["channels"][0]["consents"] == {
        "email_consent": {"true": 2, "[red]maybe": 1, "no": 1},
        "fax_consent": {"": 2, "yes": 2},
    }
    assert {one["event"] for one in meta["events"]} == {"Unsubscribe", "bounce", "subscribe"}


def test_what_was_used_is_said(reachable: Path, here: Here) -> None:
    said = here("reach").err.splitlines()
    assert said[-6:] == [
        "rfm: email: column 'email' (1 without @), consent 'email_consent' (2 true, 1 [red]maybe, 1 no), "
        "consent 'fax_consent' by its words (2 empty, 2 yes), against it 1 Unsubscribe; for it 1 subscribe",
        "rfm: phone: column 'phone' (1 of under 5 digits), consent 'fax_consent' by its words (2 empty, 2 yes), "
        "against it 1 bounce",
        "rfm: customers.csv: in column 'email_consent' these count as no consent: '[red]maybe' (1)",
        "rfm: events of channels without addresses, not used: 1 bounce of web",
        "rfm: warning later-objections: 1 customer unsubscribed or bounced after 2024-03-31, which is not seen "
        "(--as-of 2024-04-01 sees it)",
        "rfm: warning foreign-objections: customers.csv: 1 event against messages of 1 id that it lacks, for example "
        "'ghost': no channel is closed by them",
    ]


@pytest.mark.parametrize(("name", "columns"), [("80", 80), ("200", 200)])
@pytest.mark.parametrize("color", [True, False])
def test_screens_of_a_small_shop(reachable: Path, golden: Golden, name: str, columns: int, color: bool) -> None:
    env = {} if color else {"NO_COLOR": "1"}
    code, shown, said = terminal("reach", "-q", cwd=reachable, columns=columns, env=env)
    assert (code, said) == (0, b"")
    assert color or b"\x1b" not in shown
    golden(f"reach_shop_{name}_{'color' if color else 'plain'}.txt", shown)


def test_a_screen_of_plain_characters(reachable: Path, golden: Golden) -> None:
    _, shown, _ = terminal("reach", "-q", cwd=reachable, env={"PYTHONIOENCODING": "ascii", "NO_COLOR": "1"})
    assert b"| `-No purchase" in shown
    golden("reach_shop_80_ascii.txt", shown)


def test_nothing_is_wider_than_the_screen(reachable: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    for columns in (30, 45, 60, 80, 99, 120):
        monkeypatch.setenv("COLUMNS", str(columns))
        shown = here("reach", "-q", "--format", "table").out.decode().splitlines()
        assert max(map(len, shown)) <= columns


def test_the_customers_of_a_branch(reachable: Path, here: Here) -> None:
    lines = here("reach", "-q", "--list", "reachable > two", "--with", "email").out.decode().splitlines()
    assert lines[0].endswith(",segment,vip,email")
    assert [line.split(",")[0] for line in lines[1:]] == ["007"]
    assert len(here("reach", "-q", "--list", "Not reachable").out.decode().splitlines()) == 1 + 4
    shown = here("reach", "-q", "--list", "All", "--limit", "2", "--format", "table").out.decode()
    assert "3 more customers" in shown


def test_some_channels_only(reachable: Path, here: Here) -> None:
    lines = here("reach", "-q", "--channel", "Phone").out.decode().splitlines()
    assert lines[2].startswith("Reachable,1,")
    assert not any(line.startswith("By email") for line in lines)


def test_events_after_the_date_are_not_seen(reachable: Path, here: Here) -> None:
    now, later = (here("reach", "-q", "--as-of", day).out.decode() for day in ("2024-03-31", "2024-04-01"))
    assert "By email,1," in now
    assert "By email,0," in later


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["--channel", "phne"], "--channel phne: the customers have no such address", "did you mean phone? Valid: "),
        (["--list", "Reachable > VIPS"], "--list Reachable > VIPS: no such branch", "did you mean VIP? Valid: "),
        (["--list", "Unreachable"], "--list Unreachable: no such branch", "did you mean Reachable? Valid: All"),
        (["--list", ""], "--list : no such branch", "Valid: All, Reachable, Not reachable, By CHANNEL, each"),
        (["--with", "email"], "--with is for --list", ""),
    ],
)
def test_mistakes(reachable: Path, here: Here, arguments: list[str], error: str, hint: str) -> None:
    ended = here("reach", "-q", *arguments)
    assert (ended.code, ended.out) == (2, b"")
    told = ended.err.splitlines()
    assert told[0] == f"rfm: error: {error}"
    assert not hint or told[1].startswith(f"rfm: hint: {hint}")


def test_reach_needs_customers_and_says_so_before_it_reads(shop: Path, here: Here) -> None:
    ended = here("reach", "missing.csv")
    assert ended.code == 2
    assert ended.err == "rfm: error: reach needs customers with addresses\nrfm: hint: give --customers FILE\n"
    (shop / "customers.csv").write_text("customer_id,city\n007,Köln\n")
    assert "no addresses (email, phone, telegram)" in here("reach").err


def test_strict_fails_where_a_column_has_no_address(reachable: Path, here: Here) -> None:
    names = "abcde"
    orders = "".join(f"{name},2024-01-0{place},{place}\n" for place, name in enumerate(names, 1))
    (reachable / "orders.csv").write_text(f"customer_id,ordered_at,amount\n{orders}")
    (reachable / "customers.csv").write_text("customer_id,email\n" + "".join(f"{name},3f2a\n" for name in names))
    (reachable / "events.csv").unlink()
    ended = here("reach", "--strict", "--known", "one-order", "-o", "r.csv")
    assert ended.code == 1
    assert "no addresses in column 'email': 5 without @" in ended.err
    assert not (reachable / "r.csv").exists()


def test_a_workbook_has_the_channels_too(reachable: Path, here: Here) -> None:
    ended = here("reach", "-q", "-o", "r.xlsx", "--save-cuts", "c.toml")
    assert (ended.code, ended.err) == (0, "")
    assert (reachable / "c.toml").exists()


def test_the_sample_shop(sample: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sample)
    lines = here("reach", "-q").out.decode().splitlines()
    figures = {line.split(",")[0]: int(line.split(",")[1]) for line in lines[1:]}
    assert (figures["All"], figures["Reachable"], figures["Not reachable"]) == (4870, 3551, 1319)
    assert [figures[f"By {name}"] for name in ("email", "phone", "telegram")] == [2969, 1129, 406]


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("name", SCREENS)
def test_screens(screen: Screen, name: str, width: int) -> None:
    screen(name, SCREENS[name], width)


def test_screen_with_colors(screen: Screen) -> None:
    screen("reach", SCREENS["reach"], 80, colors=True)


@pytest.mark.parametrize("command", MISUSE)
def test_misuse(misused: Callable[[str], str], command: str) -> None:
    assert MISUSE[command] in misused(command)
