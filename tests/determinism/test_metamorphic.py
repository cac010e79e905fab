"""What must become of all answers when the shop is changed in a known way."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.determinism import commands
from tests.determinism.shop import Tables, made, write
from tests.examples import examples
from tests.runs import Wish, run_all

MONEY = re.compile(
    r"(^|_)(revenue|monetary|aov|money|amount|stake|floor)(_from|_to|_before|_after|_change|_against|_difference)?$|^smallest_monetary$"
)
"""Columns and figures of money; shares of it stay."""
ERA = timedelta(days=146_097)
"""400 years: the calendar has the same months, quarters and weeks again."""
ONE_THREAD = {"POLARS_MAX_THREADS": "1"}
"""The quickest for a shop as small as this; `test_commands` has other numbers."""
Change = Callable[[str, Any], Any]


def answered(folder: Path, tables: Tables, shift: timedelta = timedelta(0)) -> dict[str, Any]:
    """The answers of all commands as JSON, by the words that asked; with the dates of the questions shifted too."""
    shop = write(tables, folder / "shop")
    begin, end = (str(date.fromisoformat(day) + shift) for day in (commands.FROM, commands.TO))
    step = examples(2, 1)  # every other view in the plain suite
    views = [*zip(commands.VIEWS, commands.lines(begin, end), strict=True)][::step]
    asked = [(view, words) for view, words in views if words[0] != "explain"]
    wishes = [
        Wish((command, "orders", *rest, *commands.BESIDE, "-q", "--format", "json"), str(shop))
        for _, (command, *rest) in asked
    ]
    found = {}
    for (view, _), wish, ended in zip(asked, wishes, run_all(wishes, ONE_THREAD), strict=True):
        assert (ended.code, ended.err, ended.died) == (0, "", ""), wish.args
        found[view] = json.loads(ended.out, parse_float=Decimal, parse_int=Decimal)
    return found


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The answers for the shop as it is."""
    return answered(tmp_path_factory.mktemp("plain"), made(600))


def changed(answer: Any, change: Change, name: str = "") -> Any:
    """An answer with each value replaced by what `change` makes of it under its name."""
    if isinstance(answer, dict):
        # The cutoffs of M stand under "m", by score.
        return {key: changed(value, change, "monetary" if name == "m" else key) for key, value in answer.items()}
    if isinstance(answer, list):
        return [changed(value, change, name) for value in answer]
    return change(name, answer)


def differences(found: Any, wanted: Any, path: str = "") -> Iterator[str]:
    """Where two answers differ."""
    if isinstance(found, dict) and isinstance(wanted, dict) and list(found) == list(wanted):
        for key in found:
            yield from differences(found[key], wanted[key], f"{path}.{key}")
    elif isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        for place, pair in enumerate(zip(found, wanted, strict=True)):
            yield from differences(*pair, f"{path}[{place}]")
    elif found != wanted:
        yield f"{path}: {found!r} != {wanted!r}"


def same(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Both hold the same answers."""
    assert list(differences(found, wanted))[:5] == []


def test_amounts_times_ten(tmp_path: Path, plain: dict[str, Any]) -> None:
    def tenfold(name: str, value: Any) -> Any:
        is_money = MONEY.search(name) and isinstance(value, Decimal | str) and re.fullmatch(r"-?[\d.]+", str(value))
        return type(value)(Decimal(value) * 10) if is_money else value

    tables = made(600)
    found = answered(tmp_path, replace(tables, unit=tables.unit * 10))
    same(found, changed(plain, tenfold))


def test_all_days_shifted(tmp_path: Path, plain: dict[str, Any]) -> None:
    def later(name: str, value: Any) -> Any:
        is_day = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value)
        return str(date.fromisoformat(value) + ERA) if is_day else value

    tables = made(600)
    orders = [row._replace(day=row.day + ERA) for row in tables.orders]
    people = [one._replace(registered=one.registered and one.registered + ERA) for one in tables.people]
    events = [one._replace(day=one.day + ERA) for one in tables.events]
    found = answered(tmp_path, replace(tables, orders=orders, people=people, events=events), ERA)
    same(found, changed(plain, later))


def without_placeholders(answer: Any) -> Any:
    """The answer without the warning of ids that stand for no customer, which new names end."""
    if isinstance(answer, dict):
        return {name: without_placeholders(own) for name, own in answer.items()}
    if isinstance(answer, list):
        return [without_placeholders(one) for one in answer if one != "placeholder-id"]
    return answer


def test_ids_renamed_in_order(tmp_path: Path, plain: dict[str, Any]) -> None:
    def renamed(name: str, value: Any) -> Any:
        return f"c-{value}" if name == "customer_id" and value is not None else value

    tables = made(600)
    orders = [row._replace(customer=f"c-{row.customer}") for row in tables.orders]
    people = [one._replace(customer=f"c-{one.customer}") for one in tables.people]
    events = [one._replace(customer=f"c-{one.customer}") for one in tables.events]
    found = answered(tmp_path, replace(tables, orders=orders, people=people, events=events))
    same(found, without_placeholders(changed(plain, renamed)))


def test_a_column_more(tmp_path: Path, plain: dict[str, Any]) -> None:
    spare = {
        "warehouse": lambda row: f"w{row % 7}",
        "weight_kg": lambda row: row / 7,
        "wrapped": lambda row: row % 2 == 0,
    }
    same(answered(tmp_path, replace(made(600), spare=spare)), plain)
