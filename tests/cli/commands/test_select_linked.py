"""`rfm select` over linked tables: those that are there, and errors that name the one that is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]
INTERESTS = '[linked.interests]\npath = "interests.csv"\nby = "customer_id"\n'


def told(problem: str, line: str, carets: str, hint: str) -> str:
    return f"rfm: error: {problem}\n  {line}\n  {carets}\nrfm: hint: {hint}\n"


def test_a_linked_table_is_asked_by_its_name(shop: Path, here: Here) -> None:
    Path("interests.csv").write_text("client,interest\n007,tea\nnew,tea\n=cmd(),coffee\n,tea\n")
    Path("rfm.toml").write_text(f'[tables]\norders = "orders.csv"\ncustomers = "customers.csv"\n{INTERESTS}')
    ended = here("select", "any interests(interest = 'TEA') and last orders.amount > 1", "-q")
    assert (ended.code, ended.out.decode(), ended.err) == (0, "customer_id\n007\n", "")
    ended = here("select", "any interests(interest = 'tea') and none orders", "-q")
    assert (ended.code, ended.out.decode(), ended.err) == (0, "customer_id\nnew\n", "")


def test_a_roll_up_has_no_single_orders(shop: Path, here: Here) -> None:
    assert here("rollup", "orders.csv", "rolled", "-q").code == 0
    for table, option in (("orders", "any"), ("lines", "none"), ("refunds", "count")):
        text = f"frequency > 1 and {option} {table}" + (" > 1" if option == "count" else "")
        ended = here("select", text, "rolled", "-q")
        carets = " " * text.index(table) + "^" * len(table)
        problem = f"there is no table {table}: a roll-up has no single orders"
        hint = "give the order files themselves: rfm select EXPRESSION orders.csv"
        assert (ended.code, ended.out, ended.err) == (2, b"", told(problem, text, carets, hint))
    assert here("select", "frequency > 1", "rolled", "-q").out.decode().splitlines()[1:] == ["007"]


def test_customers_who_come_counted_have_no_single_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("counted.csv").write_text("customer_id,recency,frequency,monetary\na,3,2,10\n")
    ended = here("select", "any orders", "counted.csv", "-q")
    problem = "there is no table orders: a file of one row per customer has no single orders"
    hint = "give the order files themselves: rfm select EXPRESSION orders.csv"
    assert (ended.code, ended.err) == (2, told(problem, "any orders", "    ^^^^^^", hint))


def test_a_table_that_is_not_given_is_named_with_its_option(shop: Path, here: Here) -> None:
    ended = here("select", "any events", "orders.csv", "-q")
    hint = "give it: --events FILE, or a file called events.csv here"
    assert (ended.code, ended.err) == (2, told("there is no table events", "any events", "    ^^^^^^", hint))
    ended = here("select", "none lines", "orders.csv", "-q")
    problem = "there is no table lines: neither a file of lines, nor product_id or category in the orders"
    hint = "give it: --lines FILE, or a file called lines.csv here; or map a column: --map product_id=HEADING"
    assert (ended.code, ended.err) == (2, told(problem, "none lines", "     ^^^^^", hint))


def test_a_linked_table_is_set_aside_by_orders_of_the_command_line(shop: Path, here: Here) -> None:
    Path("rfm.toml").write_text(INTERESTS)
    ended = here("select", "any interests", "orders.csv", "-q")
    problem = "[linked.interests] is not read where the command line names the orders"
    hint = "write the orders in rfm.toml as well, under [tables]"
    assert (ended.code, ended.err) == (2, told(problem, "any interests", "    ^^^^^^^^^", hint))


def test_a_linked_table_that_is_missing_stops_only_what_asks_it(shop: Path, here: Here) -> None:
    (shop / "rfm.toml").write_text(INTERESTS, encoding="utf-8")
    assert here("score", "-q").code == 0
    refused = here("select", "any interests", "-q")
    assert (refused.code, refused.out) == (3, b"")
    assert refused.err.startswith("rfm: error: interests.csv: no such file\n")
