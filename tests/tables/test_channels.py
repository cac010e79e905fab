"""Channels: addresses, consents in many words, and the last word of events, on or before the date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.errors import UsageError
from rfm_cli.tables.channels import (
    NO_ADDRESS,
    NO_CONSENT,
    OPEN,
    STOPPED,
    channels_of,
    idle_consents,
    not_addresses,
    reachability,
    word_counts,
    words_about,
)
from rfm_cli.tables.consents import Consent, consents_of, words_in
from rfm_cli.tables.customers import Customers, open_customers
from rfm_cli.tables.events import Events, open_events, with_names
from rfm_cli.tables.options import ReadOptions

OPTIONS = ReadOptions()


def customers(**columns: list[object]) -> Customers:
    ids = [str(number) for number in range(len(next(iter(columns.values()))))]
    return open_customers([pl.DataFrame({"customer_id": ids, **columns})], OPTIONS)


def channels(people: Customers) -> dict[str, tuple[str, list[str]]]:
    """The channels with their columns of addresses and of consents."""
    return {one.name: (one.address, [own.heading for own in one.consents]) for one in channels_of(people)}


def idle(people: Customers) -> list[str]:
    return [one.heading for one in idle_consents(consents_of(people), channels_of(people))]


def words(people: Customers) -> list[Consent]:
    """The words in the one column of consents."""
    (one,) = consents_of(people).columns
    return words_in(people.table, one)


def events(*rows: tuple[str, str, str, str | None]) -> Events:
    schema = ["customer_id", "event", "at", "channel"]
    return open_events([pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")], OPTIONS)


def standings(
    people: Customers, happened: Events | None = None, as_of: date | None = date(2024, 6, 1)
) -> list[dict[str, str]]:
    words = words_about(happened, as_of, channels_of(people)) if happened else None
    return reachability(people, words, channels_of(people)).drop("customer_id").to_dicts()


def email(people: Customers, happened: Events | None = None, as_of: date | None = date(2024, 6, 1)) -> list[str]:
    return [one["email"] for one in standings(people, happened, as_of)]


def test_channels_are_known_by_their_addresses() -> None:
    people = customers(
        email=["a"],
        phone=["1"],
        sms_consent=["yes"],
        push=["x"],
        push_consent=["no"],
        fax_consent=["yes"],
        city=["Bonn"],
    )
    assert channels(people) == {
        "email": ("email", ["fax_consent"]),
        "phone": ("phone", ["fax_consent", "sms_consent"]),
        "push": ("push", ["fax_consent", "push_consent"]),
    }
    assert idle(people) == []


@pytest.mark.parametrize(
    "heading",
    [
        "email_consent",
        "Email Consent",
        "email_marketing_consent_state",
        "accepts_marketing",
        "Accepts Email Marketing",
        "CUSTOM_ACCEPTS_MARKETING",
        "marketing_consent",
    ],
)
def test_consents_of_vendors(heading: str) -> None:
    people = customers(email=["a@x", "b@x"], **{heading: ["TRUE", "FALSE"]})
    assert email(people) == [OPEN, NO_CONSENT]


def test_the_consent_of_a_channel_and_that_for_all_must_agree() -> None:
    people = customers(
        email=["a@x"] * 3,
        phone=["12345"] * 3,
        email_consent=["yes", "yes", "no"],
        marketing_consent=["no", "yes", "yes"],
    )
    assert standings(people) == [
        {"email": NO_CONSENT, "phone": NO_CONSENT},
        {"email": OPEN, "phone": OPEN},
        {"email": NO_CONSENT, "phone": OPEN},
    ]
    assert idle(people) == []


def test_a_consent_without_addresses_is_no_channel_and_is_told() -> None:
    people = customers(email=["a@x"], sms_marketing_consent_state=["SUBSCRIBED"], accepts_marketing=["yes"])
    assert channels(people) == {"email": ("email", ["accepts_marketing"])}
    assert idle(people) == ["sms_marketing_consent_state"]


def test_objections_are_unsubscribed_or_bounced() -> None:
    people = customers(
        email=["a@x"] * 5,
        unsubscribed=["yes", "no", "", "2024-05-01", "no"],
        bounced=["", "", "", "", "1"],
        email_consent=["yes", "yes", "yes", "yes", "no"],
    )
    assert email(people) == [STOPPED, OPEN, OPEN, STOPPED, NO_CONSENT]


def test_consent_that_is_given_for_a_channel_overrides_no_column() -> None:
    people = customers(email=["a@x"] * 2, phone=["12345"] * 2, email_consent=["yes", "no"])
    agreed = replace(people, consent_given=("Phone", "email"))
    assert [(one.name, one.given) for one in channels_of(agreed)] == [("email", True), ("phone", True)]
    assert (
        standings(agreed) == standings(people) == [{"email": OPEN, "phone": OPEN}, {"email": NO_CONSENT, "phone": OPEN}]
    )
    with pytest.raises(UsageError, match="--consent-given telegram: the customers have no such address"):
        channels_of(replace(people, consent_given=("telegram",)))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *((word, OPEN) for word in ("true", "1", "1.0", "SUBSCRIBED", "opted-in", "Opt In", "granted", " Да ", "T")),
        *((word, NO_CONSENT) for word in ("NOT_SUBSCRIBED", "UNSUBSCRIBED", "", None, "NA", "maybe", "0", "2", "11")),
    ],
)
def test_words_of_consent(word: str | None, expected: str) -> None:
    assert email(customers(email=["a@x"], email_consent=[word])) == [expected]


def test_words_are_counted_and_those_that_nobody_knows_are_neither_yes_nor_no() -> None:
    people = customers(email=["a@x"] * 5, email_consent=["maybe", "yes", "NO", None, "yes"])
    assert words(people) == [
        Consent("yes", 2, agrees=True),
        Consent("", 1, agrees=False),
        Consent("NO", 1, agrees=False),
        Consent("maybe", 1, agrees=None),
    ]


def test_true_and_false_are_words_too() -> None:
    people = customers(email=["a@x"] * 3, email_consent=[True, False, None])
    assert email(people) == [OPEN, NO_CONSENT, NO_CONSENT]
    assert email(customers(email=["a@x"] * 3, email_consent=[1.0, 0.0, None])) == [OPEN, NO_CONSENT, NO_CONSENT]


def test_an_address_is_more_than_a_text() -> None:
    people = customers(email=["a@x.de", "", "  ", None, "none", "@"])
    assert email(people) == [OPEN, *[NO_ADDRESS] * 5]
    assert not_addresses(people, channels_of(people)[0]) == 2
    phones = customers(phone=["+49 (0)711 28", "1234", "n/a", None])
    assert [one["phone"] for one in standings(phones)] == [OPEN, NO_ADDRESS, NO_ADDRESS, NO_ADDRESS]
    assert standings(customers(phone=[4971112345])) == [{"phone": OPEN}]
    push = customers(push=[True, False, None], push_consent=["yes"] * 3)
    assert [one["push"] for one in standings(push)] == [OPEN, NO_ADDRESS, NO_ADDRESS]


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ([("0", "unsubscribe", "2024-05-01", "email")], STOPPED),
        ([("0", "Hard Bounce", "2024-06-01", "E-Mail")], STOPPED),
        ([("0", "Marked Email as Spam", "2024-06-01", None)], STOPPED),
        ([("0", "Unsubscribed", "2024-05-01", None)], STOPPED),
        ([("0", "Unsubscribed", "2024-05-01", "")], STOPPED),
        ([("0", "Unsubscribed from SMS Marketing", "2024-05-01", None)], OPEN),
        ([("0", "unsubscribe", "2024-06-02", "email")], OPEN),  # after the date
        ([("0", "unsubscribe", "2024-05-01", "sms")], OPEN),
        ([("0", "soft_bounce", "2024-05-01", "email")], OPEN),
        ([("0", "unsubscribe", "2024-05-01", "email"), ("0", "subscribe", "2024-05-02", "email")], OPEN),
        ([("0", "unsubscribe", "2024-05-01", "email"), ("0", "subscribe", "2024-05-02", "sms")], STOPPED),
        ([("0", "unsubscribe", "2024-05-01", "email"), ("0", "subscribe", "2024-05-01", "email")], STOPPED),
        ([("0", "unsubscribe", "2024-05-01", None), ("0", "resubscribed", "2024-05-09", "email")], OPEN),
        ([("0", "subscribe", "2024-05-01", "email"), ("0", "bounce", "2024-05-09", "email")], STOPPED),
        ([("1", "unsubscribe", "2024-05-01", "email")], OPEN),
    ],
)
def test_the_last_word_counts(happened: list[tuple[str, str, str, str | None]], expected: str) -> None:
    assert email(customers(email=["a@x"]), events(*happened)) == [expected]


def test_words_on_one_channel_leave_the_others_open() -> None:
    people = customers(email=["a@x"], phone=["12345"])
    assert standings(people, events(("0", "unsubscribe", "2024-05-01", "sms"))) == [{"email": OPEN, "phone": STOPPED}]


def test_a_channel_called_sms_hears_its_own_words() -> None:
    people = customers(phone=["12345"], sms=["12345"], sms_consent=["yes"])
    told = {"phone": STOPPED, "sms": STOPPED}
    assert standings(people, events(("0", "unsubscribe", "2024-05-01", "SMS"))) == [told]


def test_events_without_a_channel_column() -> None:
    log = open_events([pl.DataFrame({"customer_id": ["0"], "event": ["bounce"], "at": ["2024-05-01"]})], OPTIONS)
    assert email(customers(email=["a@x"]), log) == [STOPPED]
    assert word_counts(words_about(log, None)).rows() == [("bounce", None, True, 1)]
    assert words_about(log, date(2024, 4, 1)).is_empty()


@pytest.mark.parametrize(
    ("event", "channel", "expected"),
    [
        ("Unsubscribed from Email Marketing", "sms", {"email": STOPPED, "phone": OPEN}),
        ("Unsubscribed from SMS Marketing", "email", {"email": OPEN, "phone": STOPPED}),
        ("email_bounced", None, {"email": STOPPED, "phone": OPEN}),
        ("SMS Bounced", None, {"email": OPEN, "phone": STOPPED}),
        ("Push Bounced", None, {"email": OPEN, "phone": OPEN}),
        ("Unsubscribed", None, {"email": STOPPED, "phone": STOPPED}),
        ("Unsubscribed from List", None, {"email": STOPPED, "phone": STOPPED}),
        ("cleaned", "email", {"email": STOPPED, "phone": OPEN}),
        ("spammed", "email", {"email": STOPPED, "phone": OPEN}),
        ("Отписка от рассылки", None, {"email": STOPPED, "phone": STOPPED}),
        ("Left the club", None, {"email": STOPPED, "phone": STOPPED}),
        ("No more SMS", None, {"email": OPEN, "phone": STOPPED}),
        ("opt_out", None, {"email": OPEN, "phone": OPEN}),
    ],
)
def test_objections_of_vendors_and_of_ones_own(event: str, channel: str | None, expected: dict[str, str]) -> None:
    own = {"leftheclub": "view", "lefttheclub": "unsubscribe", "nomoresms": "unsubscribe", "optout": "survey"}
    frame = pl.DataFrame({"customer_id": ["0"], "event": [event], "at": ["2024-05-01"], "channel": [channel]})
    log = open_events([frame.cast(pl.String)], ReadOptions(event_kinds=own))
    assert standings(customers(email=["a@x"], phone=["12345"]), log) == [expected]


def test_an_own_kind_of_a_subscription_opens_nothing() -> None:
    rows = {"customer_id": ["0", "0"], "event": ["bounce", "subscribed"], "at": ["2024-05-01", "2024-05-02"]}
    people = customers(email=["a@x"])
    assert email(people, open_events([pl.DataFrame(rows)], OPTIONS)) == [OPEN]
    own = ReadOptions(event_kinds={"subscribed": "survey"})
    assert email(people, open_events([pl.DataFrame(rows)], own)) == [STOPPED]


def test_words_are_counted_those_against_ahead() -> None:
    log = events(
        ("0", "subscribe", "2024-05-01", "email"),
        ("0", "open", "2024-05-01", "email"),
        ("0", "bounce", "2024-05-01", "e-mail"),
        ("1", "bounce", "2024-05-01", "email"),
        ("1", "Unsubscribed", "2024-05-01", None),
    )
    assert word_counts(words_about(log, None)).rows() == [
        ("bounce", "email", True, 2),
        ("Unsubscribed", None, True, 1),
        ("subscribe", "email", False, 1),
    ]


@pytest.mark.realdata
def test_customers_of_vendors(shared_dir: Path) -> None:
    folder = shared_dir / "data" / "vendor_schemas"
    old = open_customers([str(folder / "shopify" / "shopify_customer_data.csv")], OPTIONS)
    new = open_customers([str(folder / "shopify" / "shopify_gql_customer_data.csv")], OPTIONS)
    person = open_customers([str(folder / "klaviyo" / "person.csv")], OPTIONS)
    assert channels(old) == {
        "email": ("email", ["accepts_marketing"]),
        "phone": ("phone", ["accepts_marketing"]),
    }
    assert email(old) == [NO_ADDRESS] * 3  # their e-mails are hashes
    assert not_addresses(old, channels_of(old)[0]) == 3
    state = next(one for one in channels_of(new)[0].consents if one.heading == "email_marketing_consent_state")
    counts = {one.word: (one.customers, one.agrees) for one in words_in(new.table, state)}
    assert counts == {"SUBSCRIBED": (5, True), "NOT_SUBSCRIBED": (3, False), "UNSUBSCRIBED": (2, False)}
    assert channels(person) == {
        "email": ("email", ["CUSTOM_ACCEPTS_MARKETING", "CUSTOM_CONSENT"]),
        "phone": ("phone", ["CUSTOM_ACCEPTS_MARKETING", "CUSTOM_CONSENT", "CUSTOM_SMS_CONSENT"]),
    }
    assert standings(person) == [{"email": NO_CONSENT, "phone": NO_CONSENT}] * 2


@pytest.mark.parametrize(
    ("event", "channel", "expected"),
    [
        ("unsubscribe", "google", STOPPED),  # where the visit came from, which tells nothing of the channel
        ("unsubscribe", "all", STOPPED),
        ("Bounced Email", "newsletter", STOPPED),
        ("Bounced Email", "sms", STOPPED),  # the wording names the channel
        ("bounce", "web", OPEN),  # of a site, not of a message
        ("unsubscribe", "push", OPEN),
    ],
)
def test_a_channel_that_tells_nothing_is_any_channel(event: str, channel: str, expected: str) -> None:
    people = customers(email=["a@x"])
    log = open_events(
        [pl.DataFrame({"customer_id": ["0"], "event": [event], "at": ["2024-05-01"], "channel": [channel]})], OPTIONS
    )
    assert email(people, log) == [expected]


def test_events_whose_names_are_counted_say_the_same() -> None:
    happened = events(("1", "view", "2024-05-01", None), ("1", "unsubscribe", "2024-05-02", "email"))
    counted = with_names(happened)
    assert words_about(counted, None).rows() == words_about(happened, None).rows() != []
    none = with_names(events(("1", "view", "2024-05-01", None)))
    assert words_about(none, None).rows() == []
