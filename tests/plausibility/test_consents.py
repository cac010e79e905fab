"""Warnings of consents that could be overlooked, in `check` and in `reach` alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError, UsageError
from rfm_cli.plausibility.consents import on_customers, refuse_doubtful
from rfm_cli.tables.consents import consents_of
from rfm_cli.tables.customers import Customers, open_customers
from rfm_cli.tables.options import ReadOptions


def customers(**columns: list[object]) -> Customers:
    count = len(next(iter(columns.values())))
    ids = pl.Series("customer_id", [str(number) for number in range(count)])
    return open_customers([pl.DataFrame({"customer_id": ids, **columns})], ReadOptions())


def told(people: Customers) -> list[tuple[str, str]]:
    return [(one.name, one.text.removeprefix(f"{people.name}: ")) for one in on_customers(people)]


def test_addresses_without_a_column_of_consents() -> None:
    people = customers(email=["a@x.y", ""], phone=["1234567", ""], telegram=["", None])
    text = (
        "no column tells who agrees to messages by {}: all with an address count "
        "(--consent-given {} if all have agreed)"
    )
    assert told(people) == [("no-consent", text.format("email, phone", "email,phone"))]
    assert told(replace(people, consent_given=("phone",))) == [("no-consent", text.format("email", "email"))]
    assert told(replace(people, consent_given=("email", "phone"))) == []
    assert told(customers(email=["a@x.y"], unsubscribed=["no"])) == []
    assert told(customers(email=["nobody", ""])) == []
    assert told(customers(city=["Bonn"])) == []


def test_a_channel_that_the_customers_lack_cannot_be_given() -> None:
    with pytest.raises(UsageError, match="--consent-given sms: the customers have no such address"):
        told(replace(customers(email=["a@x.y"]), consent_given=("sms",)))


def test_consents_that_no_channel_uses() -> None:
    people = customers(email=["a@x.y"], consent=["yes"], sms_consent=["no"], push_opt_in=["no"])
    assert told(people) == [
        ("unused-consent", "column 'sms_consent' tells of consents and is used for no channel"),
    ]


def test_consents_that_cannot_be_read() -> None:
    people = customers(
        **{
            "email": ["a@x.y"] * 5,
            "consent": ["yes"] * 5,
            "Newsletter": ["no", "a", "b", "c", "d"],
            "Подписка": [""] * 5,
            "unsub_reason": ["too many", "", "", "", ""],
        }
    )
    assert told(people) == [
        (
            "unclear-consent",
            "column 'Newsletter' may tell of consents, and only clear words count, not 'a' (1), 'b' (1), 'c' (1) and "
            "1 more (--map customers.consent=Newsletter)",
        ),
        (
            "unclear-consent",
            "column 'unsub_reason' may tell of consents, and only clear words count, not 'too many' (1) "
            "(--map customers.unsubscribed=unsub_reason)",
        ),
        (
            "unclear-consent",
            "column 'Подписка' may tell of consents, and is empty "
            "(--map customers.consent=Подписка: no customer agrees)",
        ),
    ]


def test_a_heading_of_two_ways_names_both() -> None:
    people = customers(**{"email": ["a@x.y"], "not unsubscribed": ["yes"], "consent": ["yes"]})
    assert told(people) == [("unclear-consent", "column 'not unsubscribed': is yes consent, or is no?")]
    with pytest.raises(InputError, match="'not unsubscribed': is yes consent, or is no") as caught:
        refuse_doubtful(people, consents_of(people))
    assert caught.value.hint == (
        "--map customers.consent='not unsubscribed' or --map customers.unsubscribed='not unsubscribed'"
    )


def test_columns_that_are_left_out_at_the_users_word_are_named(tmp_path: Path, rfm: Any) -> None:
    (tmp_path / "orders.csv").write_text("customer_id,date,amount\na,2024-01-31,5\nb,2024-01-31,5\n")
    (tmp_path / "customers.csv").write_text(
        "customer_id,email,Accepts marketing,Newsletter,unsubscribed_at\na,a@x.yz,no,no,\nb,b@x.yz,yes,no,2024-01-01\n"
    )
    named = "rfm: customers.csv: left out as consents (--map customers.consent=-): 'Accepts marketing', 'Newsletter'\n"
    for command in ("reach", "check"):
        done = rfm(command, "--map", "customers.consent=-", cwd=tmp_path)
        assert named in done.stderr.decode()
        assert "left out as consents" not in rfm(command, cwd=tmp_path).stderr.decode()
        # A map that leaves out nothing that is there has nothing to name.
        done = rfm(command, "--map", "customers.telegram_consent=-", cwd=tmp_path)
        assert "left out as consents" not in done.stderr.decode()
