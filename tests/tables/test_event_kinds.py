"""Kinds of events: the names of vendors, one's own names, sides, and the channel that the wording names."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.tables import event_kinds
from rfm_cli.tables.event_kinds import NAMES, REOPENING, WITHOUT_KIND
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import ENGAGING, EVENT_KINDS
from tests.examples import examples

LISTED = [(kind, name) for kinds in NAMES.values() for kind, names in kinds.items() for name in names.split(", ")]


def kinds(*names: str | None, own: dict[str, str] | None = None) -> list[str | None]:
    frame = pl.DataFrame({"event": names}, schema={"event": pl.String})
    return frame.select(event_kinds.kind_of(pl.col("event"), own or {})).to_series().to_list()


def test_each_name_is_listed_once_under_a_kind_that_exists() -> None:
    folded = [fold(name) for _, name in LISTED]
    assert len(folded) == len(set(folded))
    assert {kind for kind, _ in LISTED} == set(EVENT_KINDS)
    assert set(ENGAGING) <= set(EVENT_KINDS)
    assert not {fold(name) for name in WITHOUT_KIND.split(", ")} & {*folded}


def test_a_kind_is_a_name_of_itself() -> None:
    assert kinds(*EVENT_KINDS) == list(EVENT_KINDS)


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        ("sent delivered SEND", "send"),
        ("opened Opened", "open"),
        ("clicked", "click"),
        ("visited", "visit"),
        ("viewed product_view page_view Page-View PageView", "view"),
        ("add_to_cart AddToCart", "cart"),
        ("remove_from_cart", "remove"),
        ("order purchased", "purchase"),
        ("bounced", "bounce"),
    ],
)
def test_names_of_the_definition(names: str, kind: str) -> None:
    assert set(kinds(*names.split())) == {kind}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Opened Email", "open"), ("Clicked Email", "click"), ("Received Email", "send"), ("Placed Order", "purchase"),
        ("Ordered Product", "orderedproduct"), ("Fulfilled Order", "fulfilledorder"), ("Viewed Product", "view"),
        ("Active on Site", "visit"), ("Added to Cart", "cart"), ("Checkout Started", "checkout"),
        ("Unsubscribed from SMS Marketing", "unsubscribe"), ("Bounced Email", "bounce"), ("Sent SMS", "sentsms"),
        ("Marked Email as Spam", "unsubscribe"), ("unsub", "unsubscribe"), ("cleaned", "bounce"),
        ("view_item", "view"), ("session_start", "visit"), ("begin_checkout", "checkout"), ("purchase", "purchase"),
        ("refund", "refund"), ("form_start", "form_step"), ("form_submit", "form_submit"),
        ("ecommerceOrder", "purchase"),
        ("ecommerceAbandonedCart", "cart"), ("Product Viewed", "view"), ("Order Completed", "purchase"),
        ("Order Updated", "orderupdated"), ("Email Link Clicked", "click"), ("email_opened", "open"),
        ("email_sent", "send"), ("spammed", "unsubscribe"), ("PurchasedItems", "purchase"), ("StatusCart", "cart"),
        ("ProductPage", "view"), ("Открытие письма", "open"), ("Просмотр продукта", "view"),
        ("Заказ создан", "purchase"),
        ("Отписка от рассылки", "unsubscribe"), ("soft_bounce", "softbounce"),
    ],
)  # fmt: skip
def test_names_of_vendors(name: str, kind: str) -> None:
    assert kinds(name) == [kind]


def test_names_without_a_kind_are_their_own_and_blanks_around_do_not_count() -> None:
    assert kinds("Letter read", " opened ", None, "", "home", "home") == [
        "letterread",
        "open",
        None,
        "",
        "home",
        "home",
    ]
    assert kinds() == []
    assert kinds(None, None) == [None, None]


def test_own_names_beat_those_of_the_table() -> None:
    own = {"letterread": "open", "opened": "feedback"}
    assert kinds("Letter_Read", "Opened", "open", own=own) == ["open", "feedback", "open"]
    assert event_kinds.has_kind("LETTER READ", own)
    assert not event_kinds.has_kind("letter sent", own)


def test_names_and_kinds_of_a_list() -> None:
    names = pl.DataFrame(
        {"e": ["Placed Order", "purchase", "order", "Ordered Product", "PLACED_ORDER", " Кнопка", None]}
    )

    def chosen(*wanted: str, own: dict[str, str] | None = None) -> list[str]:
        kept = names.filter(event_kinds.is_one_of(pl.col("e"), wanted, own or {}))
        return kept["e"].to_list()

    assert chosen("purchase") == ["Placed Order", "purchase", "order", "PLACED_ORDER"]
    assert chosen("placed-order ") == ["Placed Order", "PLACED_ORDER"]
    assert chosen("order", "ordered product") == ["order", "Ordered Product"]
    assert chosen("purchase", own={"кнопка": "purchase", "order": "cart"}) == [
        "Placed Order",
        "purchase",
        "PLACED_ORDER",
        " Кнопка",
    ]
    assert chosen("form-step") == []


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("unsubscribed", "against"), ("Bounced Email", "against"), ("spam", "against"), ("soft bounce", None),
        ("subscribe", "for"), ("Consented to Receive SMS", "for"), ("Подписка", "for"), ("open", None),
        ("Unsubscribed from List", "against"), ("Subscribed to List", None),
    ],
)  # fmt: skip
def test_sides(name: str, side: str | None) -> None:
    assert event_kinds.side(name, {}) == side


def test_own_names_have_the_side_of_their_kind() -> None:
    own = {"leftus": "unsubscribe", "unsubscribed": "survey", "subscribe": "form_submit"}
    sides = [event_kinds.side(name, own) for name in ("Left us", "unsubscribed", "subscribe", "subscribed")]
    assert sides == ["against", None, None, "for"]


@pytest.mark.parametrize(
    ("name", "channel"),
    [
        ("Unsubscribed from SMS Marketing", "phone"), ("unsubscribedfromsmsmarketing", "phone"), ("unsubscribe", None),
        ("marked-email-as-spam", "email"), ("email_bounced", "email"), ("Push Bounced", "push"),
        ("SMS Bounced", "phone"),
        ("Отписка от email", "email"), ("Отказ от смс", "phone"), ("E-mail off", "email"), ("stopViber", "viber"),
        ("Stop email and SMS", None), ("Mailchimp left", None), ("CONSENTED_TO_RECEIVE_SMS", "phone"),
    ],
)  # fmt: skip
def test_channels_in_the_wording(name: str, channel: str | None) -> None:
    assert event_kinds.channel_named(name) == channel


def test_what_is_known_may_count_for_nothing() -> None:
    names = ["Ordered Product", "soft-bounce", "subscribed", "open", "Letter read"]
    assert [event_kinds.is_known(name, {}) for name in names] == [True, True, True, True, False]
    assert all(event_kinds.side(name, {}) == "for" for name in REOPENING.split(", "))


@settings(max_examples=examples(60, 400))
@given(
    st.sampled_from(LISTED),
    st.lists(st.sampled_from([" ", "_", "-", "\u00a0", ""]), min_size=60, max_size=60),
    st.booleans(),
)
def test_the_spelling_of_a_name_does_not_change_its_kind(
    listed: tuple[str, str], marks: list[str], upper: bool
) -> None:
    kind, name = listed
    letters = (name.upper() if upper else name.lower()).replace(" ", "")
    spelled = "".join(letter + mark for letter, mark in zip(letters, [*marks, *marks], strict=False))
    assert kinds(spelled) == [kind]
    assert event_kinds.channel_named(letters) == event_kinds.channel_named(name)


@settings(max_examples=examples(40, 300))
@given(st.lists(st.one_of(st.none(), st.sampled_from([name for _, name in LISTED]), st.text(max_size=8)), max_size=40))
def test_a_column_is_judged_like_each_of_its_values(names: list[str | None]) -> None:
    assert kinds(*names) == [None if name is None else event_kinds.kind(name, {}) for name in names]
