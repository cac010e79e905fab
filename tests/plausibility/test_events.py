"""Warnings on events: none engages, a name occurs nowhere, one purchase has two names, an objection is not known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.notes import Note
from rfm_cli.plausibility.events import (
    on_engagement,
    on_own_names,
    on_purchases,
    on_unknown_objections,
    require_purchases,
)
from rfm_cli.tables.events import Events, open_events
from rfm_cli.tables.options import ENGAGING, ReadOptions


def events(*names: str, **options: Any) -> Events:
    """Events of these names, of one customer on one day."""
    return files(names, **options)


def files(*logs: tuple[str, ...], **options: Any) -> Events:
    """Files of events of these names."""
    frames = [
        pl.DataFrame({"customer_id": ["a"] * len(log), "event": log, "at": ["2024-05-01"] * len(log)}) for log in logs
    ]
    return open_events(frames, ReadOptions(**options))


def texts(notes: Iterator[Note]) -> list[tuple[str, str]]:
    return [(one.name, one.text) for one in notes]


def test_an_event_that_engages_is_enough() -> None:
    assert texts(on_engagement(events("home", "Opened Email"), ENGAGING)) == []
    assert texts(on_engagement(events("letter", event_kinds={"letter": "open"}), ENGAGING)) == []


def test_no_event_that_engages() -> None:
    log = events(*["letter's read"] * 3, *["sent"] * 2, "home", "b", "c", "d", "e")
    assert texts(on_engagement(log, ENGAGING)) == [
        (
            "no-engagement",
            'a frame: no event counts as engagement (open, click, visit, view); there are "letter\'s read" (3), '
            "'sent' (2), 'b' (1), 'c' (1), 'd' (1) and 2 more; --event-kind 'letter'\"'\"'s read=open', or =click, "
            "=visit, =view, makes one count",
        )
    ]


def test_where_all_events_are_known_no_kind_is_proposed() -> None:
    text = "a frame: no event counts as engagement (open, click, visit, view); there are 'sent' (2), 'refund' (1)"
    assert texts(on_engagement(events("sent", "sent", "refund"), ENGAGING)) == [("no-engagement", text)]


def test_files_without_any_event() -> None:
    text = "a frame: no event counts as engagement (open, click, visit, view); there are no events"
    assert texts(on_engagement(events(), ENGAGING)) == [("no-engagement", text)]


def test_each_quiet_file_is_named(tmp_path: Path) -> None:
    header = "customer_id,event,at\n"

    def write(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    paths = [write(f"{place}.csv", header + "a,read it,2024-05-01\n") for place in range(5)]
    log = open_events([*paths, write("good.csv", header + "a,open,2024-05-01\n")], ReadOptions())
    ((name, text),) = texts(on_engagement(log, ENGAGING))
    assert name == "no-engagement"
    assert [part.rsplit("/")[-1] for part in text.split(" and 2 more files: ")[0].split(", ")] == [
        "0.csv",
        "1.csv",
        "2.csv",
    ]
    assert "; there is 'read it' (5); --event-kind 'read it=open', " in text
    assert "good.csv" not in text


def test_orders_need_no_engagement() -> None:
    log = events("purchase", "Placed Order")
    assert texts(on_engagement(log, ENGAGING, ["purchase"])) == []
    assert [name for name, _ in texts(on_engagement(log, ENGAGING, ["Placed Order"]))] == ["no-engagement"]


def test_named_events_that_occur_nowhere() -> None:
    log = events("open", "open", "sent")
    there = "there are 'open' (2), 'sent' (1)"
    assert texts(on_engagement(log, ["open", "letter read", "click"])) == [
        ("no-such-event", f"a frame: no event is called 'letter read', 'click' (--engagement-events); {there}")
    ]
    assert texts(on_engagement(log, ["nowhere"])) == [
        ("no-such-event", f"a frame: no event is called 'nowhere' (--engagement-events); {there}")
    ]
    assert texts(on_engagement(log, ["SENT", "open"])) == []


def test_own_kinds_of_events_that_occur_nowhere() -> None:
    log = events("open", "Letter read", event_kinds={"letterread": "open", "gone": "view"})
    text = "a frame: no event is called 'gone' (--event-kind, [events]); there are 'Letter read' (1), 'open' (1)"
    assert texts(on_own_names(log)) == [("no-such-event", text)]
    assert texts(on_own_names(events("open"))) == []


def test_purchases_that_occur_nowhere() -> None:
    log = events("buy", "look", "look", purchase_events=("buy", "deal"))
    text = "a frame: no event is called 'deal' (--purchase-events); there are 'look' (2), 'buy' (1)"
    assert texts(on_purchases(log)) == [("no-such-event", text)]
    require_purchases(log)
    with pytest.raises(InputError) as error:
        require_purchases(events("buy", "look", "look", purchase_events=("purchase",)))
    assert error.value.message == (
        "a frame: no event is called 'purchase', or is of this kind; there are 'look' (2), 'buy' (1)"
    )
    assert error.value.hint == "name the one that is an order: --purchase-events look"
    with pytest.raises(InputError, match="there are no events"):
        require_purchases(events(purchase_events=("purchase",)))


ORDERS = ["customer_id", "event", "at", "order_id"]


def log_of(*rows: tuple[str, str, str, str | None], **options: Any) -> Events:
    frame = pl.DataFrame(rows, schema=dict.fromkeys(ORDERS, pl.String), orient="row")
    return open_events([frame], ReadOptions(purchase_events=("purchase",), **options))


def test_one_purchase_with_two_names_is_warned_of() -> None:
    rows = [("a", "Placed Order", "2024-05-01", "1"), ("b", "Placed Order", "2024-05-01", "2")]
    log = log_of(*rows, ("a", "Order Completed", "2024-05-02", "1"))
    assert texts(on_purchases(log)) == [
        ("", "a frame: orders by their kind are 'Placed Order' (2), 'Order Completed' (1)"),
        (
            "repeated-purchases",
            "a frame: events of several names are orders, and 1 order has two of them, so that money may count "
            "twice; there are 'Placed Order' (2), 'Order Completed' (1); --purchase-events 'Placed Order' takes one "
            "name",
        ),
    ]
    (own_orders,) = texts(on_purchases(log_of(*rows, ("a", "Order Completed", "2024-05-01", "3"))))
    (two_spellings,) = texts(on_purchases(log_of(*rows, ("a", "placed_order", "2024-05-01", "1"))))
    assert own_orders == ("", "a frame: orders by their kind are 'Placed Order' (2), 'Order Completed' (1)")
    assert two_spellings == ("", "a frame: orders by their kind are 'Placed Order' (2), 'placed_order' (1)")


def test_without_order_ids_a_day_of_a_customer_tells() -> None:
    log = events("purchase", "order", purchase_events=("purchase",))
    _, (name, text) = texts(on_purchases(log))
    assert (name, " 1 day of a customer has two of them" in text) == ("repeated-purchases", True)
    assert texts(on_purchases(events("purchase", "order", purchase_events=("purchase", "order")))) == []


def test_objections_that_no_table_knows() -> None:
    log = events("Unsubscribed from newsletter", "unsubscribe", "soft bounce letter", "Отписался везде", "open")
    assert texts(on_unknown_objections(log)) == [
        (
            "unknown-objections",
            "a frame: events that read like an objection close no channel; there are 'Unsubscribed from newsletter' "
            "(1), 'Отписался везде' (1); --event-kind 'Unsubscribed from newsletter=unsubscribe'",
        )
    ]
    own = {"unsubscribedfromnewsletter": "unsubscribe", "отписалсявезде": "feedback"}
    known = events("Unsubscribed from newsletter", "Отписался везде", event_kinds=own)
    assert texts(on_unknown_objections(known)) == []
