"""Which columns are of consents: by name, alias, words and values; and the item against a plain reading of it."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.tables.channels import NO_ADDRESS, OPEN, channels_of, idle_consents, reachability
from rfm_cli.tables.consents import Consent, consents_of, words_in
from rfm_cli.tables.customers import Customers, open_customers
from rfm_cli.tables.options import ReadOptions
from tests.examples import examples


def customers(columns: dict[str, list[object]], **maps: str) -> Customers:
    count = len(next(iter(columns.values())))
    ids = {"customer_id": [str(number) for number in range(count)]}
    addresses = {"email": ["a@x.y"] * count, "phone": ["1234567"] * count}
    return open_customers([pl.DataFrame({**ids, **addresses, **columns})], ReadOptions(maps={"customers": maps}))


def open_by(people: Customers) -> dict[str, list[int]]:
    """The numbers of the customers that each channel reaches."""
    found = reachability(people, None, channels_of(people))
    return {
        name: [place for place, standing in enumerate(found[name]) if standing == OPEN]
        for name in found.columns
        if name != "customer_id"
    }


def taken(people: Customers) -> list[tuple[str, str, tuple[str, ...], bool]]:
    return [(one.heading, one.why, one.channels, one.against) for one in consents_of(people).columns]


def test_a_column_is_found_by_its_words_for_the_channel_that_it_names() -> None:
    people = customers({"Newsletter opt-in": ["yes", "no", ""], "Согласие на смс": ["да", "да", "нет"]})
    assert taken(people) == [
        ("Newsletter opt-in", "words", (), False),
        ("Согласие на смс", "words", ("phone",), False),
    ]
    assert open_by(people) == {"email": [0], "phone": [0]}


def test_a_heading_of_the_opposite_is_turned_round() -> None:
    people = customers({"Отказ от рассылки": ["да", "нет", None], "email declined marketing": ["", "", "2024-01-02"]})
    assert open_by(people) == {"email": [1], "phone": [1, 2]}


def test_a_status_keeps_its_meaning_under_any_heading() -> None:
    people = customers({"Unsubscribe state": ["subscribed", "Unsubscribed", "cleaned", ""]})
    assert open_by(people) == {"email": [0, 3], "phone": [0, 3]}
    listed = customers({"Status": ["subscribed", "unsubscribed", "pending", ""]})
    assert taken(listed) == [("Status", "values", (), False)]
    assert open_by(listed) == {"email": [0], "phone": [0]}


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Status", ["active", "pending", "inactive"]),
        ("subscription_plan", ["free", "pro", "team"]),
        ("marketing_channel", ["email", "sms", "web"]),
        ("marketing_emails_received", [0, 1, 7]),
        ("notes", ["no", "yes", "no"]),
        ("agreement_no", [1007, 1008, 1009]),
        ("OPTIN_IP", ["10.0.0.1", "", "10.0.0.2"]),
        ("consent_version", ["v1", "v2", "v1"]),
    ],
)
def test_values_decide(heading: str, values: list[object]) -> None:
    people = customers({heading: values})
    found = consents_of(people)
    assert (found.columns, found.unclear, found.doubtful) == ((), (), ())
    assert open_by(people) == {"email": [0, 1, 2], "phone": [0, 1, 2]}


def test_clear_words_count_beside_others_and_the_others_are_a_doubt() -> None:
    people = customers({"Newsletter": ["yes", "no", "ask again", "unsubscribed"]})
    found = consents_of(people)
    assert [one.heading for one in found.unclear] == ["Newsletter"]
    assert found.columns == found.unclear
    assert open_by(people) == {"email": [0, 2], "phone": [0, 2]}
    assert words_in(people.table, found.columns[0]) == [
        Consent("ask again", 1, agrees=None),
        Consent("no", 1, agrees=False),
        Consent("unsubscribed", 1, agrees=False),
        Consent("yes", 1, agrees=True),
    ]
    mixed = customers({"state": ["unsubscribed", "ok", "gone"]})
    assert [one.heading for one in consents_of(mixed).unclear] == ["state"]
    assert open_by(mixed) == {"email": [1, 2], "phone": [1, 2]}


def test_a_reason_of_an_unsubscribe_alone_is_a_doubt_and_beside_one_none() -> None:
    reasons = {"UNSUB_REASON": ["too many", "", ""]}
    alone = consents_of(customers(reasons))
    assert ([one.heading for one in alone.unclear], alone.columns) == (["UNSUB_REASON"], ())
    beside = consents_of(customers({**reasons, "UNSUB_TIME": ["2024-05-01 10:00:00", "", ""]}))
    assert ([one.heading for one in beside.columns], beside.unclear) == (["UNSUB_TIME"], ())
    mapped = customers(reasons, unsubscribed="UNSUB_REASON")
    assert open_by(mapped) == {"email": [1, 2], "phone": [1, 2]}


def test_an_empty_column_of_words_takes_no_customer_away_but_is_a_doubt() -> None:
    people = customers({"Newsletter": [None, None], "Opt-out": ["", ""]})
    assert [one.heading for one in consents_of(people).columns] == ["Opt-out"]
    assert open_by(people) == {"email": [0, 1], "phone": [0, 1]}
    assert [one.heading for one in consents_of(people).unclear] == ["Newsletter"]
    # A field or an alias without a single yes is no consent.
    assert open_by(customers({"email_consent": [None, None]})) == {"email": [], "phone": [0, 1]}


@pytest.mark.parametrize(
    ("status", "dated"),
    [
        ("accepts_marketing", "accepts_marketing_updated_at"),
        ("email_marketing_consent_state", "email_marketing_consent_consent_updated_at"),
        ("Email Marketing Consent - Status", "Email Marketing Consent - Timestamp"),
        ("Согласие на рассылку", "Дата согласия на рассылку"),
        ("email_consent", "email_consent_at"),
        ("email_consent", "consent_date"),
    ],
)
def test_a_date_beside_a_yes_or_no_takes_no_customer_away(status: str, dated: str) -> None:
    people = customers({status: ["yes", "yes", "no"], dated: ["2024-05-01", "", "2024-05-01"]})
    assert open_by(people)["email"] == [0, 1]
    assert idle_consents(consents_of(people), channels_of(people)) == []


def test_a_date_of_other_words_or_of_another_channel_counts() -> None:
    people = customers(
        {
            "consent": ["yes"] * 3,
            "sms_consent": ["2024-05-01", "", ""],
            "subscribed_at": ["2024-05-01", "", "2024-05-01"],
        }
    )
    assert open_by(people) == {"email": [0, 2], "phone": [0]}
    gone = customers({"subscribed": ["yes"] * 3, "unsubscribed_at": ["2024-05-01", "", "0000-00-00"]})
    assert open_by(gone) == {"email": [1, 2], "phone": [1, 2]}


def test_fields_can_be_mapped_and_a_column_of_their_name_still_counts() -> None:
    people = customers({"Mail": ["yes", "yes", "no"], "Email Consent": ["yes", "no", "yes"]}, email_consent="Mail")
    assert taken(people) == [("Email Consent ", "alias", ("email",), False), ("Mail", "given", ("email",), False)]
    assert open_by(people) == {"email": [0], "phone": [0, 1, 2]}
    assert people.attributes["emailconsent"] == "email_consent"


def test_a_minus_leaves_out_what_is_no_field() -> None:
    columns: dict[str, list[object]] = {
        "Newsletter": ["no", "yes"],
        "SMS opt-in": ["no", "yes"],
        "Opt-out": ["yes", "no"],
    }
    assert open_by(customers(columns)) == {"email": [1], "phone": [1]}
    assert open_by(customers(columns, unsubscribed="-", consent="-")) == {"email": [0, 1], "phone": [1]}
    assert open_by(customers(columns, phone_consent="-", consent="-")) == {"email": [1], "phone": [1]}
    assert open_by(customers({"consent": ["no", "yes"]}, email_consent="-")) == {"email": [1], "phone": [1]}


def test_a_heading_that_can_be_read_in_two_ways_is_a_doubt() -> None:
    columns: dict[str, list[object]] = {"Not unsubscribed": ["yes", "no"]}
    assert [one.heading for one in consents_of(customers(columns)).doubtful] == ["Not unsubscribed"]
    settled = customers(columns, consent="Not unsubscribed")
    assert consents_of(settled).doubtful == ()
    assert open_by(settled) == {"email": [0], "phone": [0]}


def test_two_spellings_of_a_heading_both_count() -> None:
    people = customers({"Opt-In": ["yes", "no", "yes"], "opt in": ["yes", "yes", "no"]})
    assert open_by(people) == {"email": [0], "phone": [0]}


WORDS = {
    "direct": ("opt in", "accepts", "agree", "consent", "newsletter", "marketing", "рассылка", "подписка"),
    "turned": ("opt out of marketing", "declined newsletter", "no consent", "unsubscribed", "отказ от рассылки"),
}
PLACES = {"": (), " email": ("email",), " sms": ("phone",), " почта": ("email",), " email sms": ("email", "phone")}
SAID_YES = ("yes", "TRUE", "1", "да", "Y")
SAID_NO = ("no", "false", "0", "нет", "N")
LISTED = {"subscribed": True, "Unsubscribed": False, "cleaned": False, "never_subscribed": False, "pending": False}
DATES = ("2024-05-01", "01.05.2024", "2024-05-01T10:00:00Z")
HEADS = [(way, word) for way, words in WORDS.items() for word in words]
NUMBERS = st.lists(st.integers(0, 9), min_size=6, max_size=6)
COLUMNS = st.dictionaries(
    st.tuples(st.sampled_from(HEADS), st.sampled_from([*PLACES])),
    st.tuples(st.sampled_from(["words", "statuses", "dates"]), NUMBERS),
    max_size=4,
)


def value(kind: str, number: int) -> str:
    if number == 9:
        return ""
    return {
        "words": (*SAID_YES, *SAID_NO)[number % 10],
        "statuses": [*LISTED][number % len(LISTED)],
        "dates": DATES[number % len(DATES)],
    }[kind]


def agrees(text: str, way: str) -> bool:
    """What one value says, in plain words of the rule."""
    if text in LISTED:
        return LISTED[text]
    if way == "turned":
        return text == "" or text in SAID_NO
    return text in SAID_YES or text in DATES


@settings(max_examples=examples(20, 300))
@given(COLUMNS, st.randoms())
def test_columns_equal_a_plain_reading_in_any_order(
    columns: dict[tuple[tuple[str, str], str], tuple[str, list[int]]], random: Random
) -> None:
    table = {
        (way, word, place): (kind, [value(kind, number) for number in numbers])
        for ((way, word), place), (kind, numbers) in columns.items()
    }
    # A column without any value shows no more than its heading.
    table = {key: one for key, one in table.items() if any(one[1])}
    expected: dict[str, list[int]] = {"email": [], "phone": []}
    for channel, places in expected.items():
        own = {key: one for key, one in table.items() if channel in (PLACES[key[2]] or (channel,))}
        counted = [
            (way, texts)
            for (way, word, place), (kind, texts) in own.items()
            if not (
                kind == "dates"
                and any(
                    (way, word) == other[:2] and other_kind != "dates" and PLACES[place] in ((), PLACES[other[2]])
                    for other, (other_kind, _texts) in own.items()
                )
            )
        ]
        places += [row for row in range(6) if all(agrees(texts[row], way) for way, texts in counted)]
    named = [(word + place, texts) for (_way, word, place), (_kind, texts) in table.items()]
    addresses = {"customer_id": [*"abcdef"], "email": ["a@x.y"] * 6, "phone": ["1234567"] * 6}
    random.shuffle(named)
    people = open_customers([pl.DataFrame({**addresses, **dict(named)})], ReadOptions())
    assert open_by(people) == expected
    order = list(range(6))
    random.shuffle(order)
    shuffled = open_customers([pl.DataFrame({**addresses, **dict(named)})[order]], ReadOptions())
    assert consents_of(shuffled) == consents_of(people)
    assert [words_in(shuffled.table, one) for one in consents_of(shuffled).columns] == [
        words_in(people.table, one) for one in consents_of(people).columns
    ]


@settings(max_examples=examples(20, 300))
@given(
    COLUMNS,
    st.sampled_from(["opt in", "unsubscribed", "Newsletter sms", "anything"]),
    NUMBERS,
)
def test_one_more_column_never_brings_a_customer_in(
    columns: dict[tuple[tuple[str, str], str], tuple[str, list[int]]], heading: str, numbers: list[int]
) -> None:
    table = {
        word + place: [value(kind, number) for number in own] for ((_way, word), place), (kind, own) in columns.items()
    }
    rows: dict[str, list[object]] = {"email_consent": ["yes", "yes", "no", "yes", "", "no"], **table}  # type: ignore[dict-item]
    before = open_by(customers(rows))
    after = open_by(customers({**rows, f"{heading} too": [value("words", number) for number in numbers]}))
    assert all(set(after[channel]) <= set(before[channel]) for channel in before)


def test_an_id_that_is_an_e_mail_is_an_address() -> None:
    rows = pl.DataFrame({"customer_id": ["a@x.y", "b", "c@x"], "city": ["Bonn"] * 3})
    people = open_customers([rows], ReadOptions())
    assert people.table["email"].to_list() == ["a@x.y", None, None]
    assert people.attributes["email"] == "email"
    found = reachability(people, None, channels_of(people))
    assert found["email"].to_list() == [OPEN, NO_ADDRESS, NO_ADDRESS]
    blank = open_customers([rows.with_columns(email=pl.lit(""))], ReadOptions())
    assert blank.table["email"].to_list() == ["", "", ""]


@pytest.mark.parametrize(
    ("columns", "kept", "gone"),
    [
        (("unsubscribed", "unsubscribed_at"), ("no", ""), ("no", "2024-01-02")),
        (("unsubscribed", "unsubscribed_at"), ("", ""), ("", "2024-01-02")),
        (("Email Opt Out", "Opt Out Date"), ("no", ""), ("no", "2024-01-02")),
        (("bounced", "bounce_date"), ("", ""), ("", "2024-01-02")),
        (("Отписан", "Дата отписки"), ("нет", ""), ("нет", "2024-01-02")),
        (("UNSUB_TIME", "UNSUB_REASON"), ("", ""), ("2023-01-02 10:00:00", "N")),
        (("Consent", "Consent withdrawn on"), ("yes", ""), ("yes", "2023-02-13")),
        (("Согласие", "Дата отзыва согласия"), ("да", ""), ("да", "2023-02-13")),
        (("Email Marketing Consent", "Email consent revoked"), ("yes", "no"), ("yes", "yes")),
        (("accepts_marketing", "accepts_marketing_updated_at"), ("yes", ""), ("no", "2024-01-01")),
        (("opt_out", "opt_out_updated_at"), ("no", "2024-01-01"), ("yes", "2024-01-01")),
    ],
)
def test_the_date_of_an_objection_is_one(columns: Sequence[str], kept: Sequence[str], gone: Sequence[str]) -> None:
    people = customers({name: [kept[place], gone[place]] for place, name in enumerate(columns)})
    assert open_by(people)["email"] == [0]


@pytest.mark.parametrize(
    ("heading", "kept", "gone"),
    [
        ("Consent revoked at", "", "2024-02-02"),
        ("Newsletter cancelled", "no", "yes"),
        ("Newsletter stopped", "no", "yes"),
        ("Exclude from marketing", "0", "1"),
        ("Marketing blocked", "no", "yes"),
        ("Subscription ended", "", "2024-02-02"),
        ("Запрет рассылки", "нет", "да"),
        ("Отзыв согласия", "", "2024-01-01"),
        ("Согласие отозвано", "нет", "да"),
        ("Рассылка отключена", "нет", "да"),
        ("Исключен из рассылок", "", "да"),
        ("Подписка отменена", "нет", "да"),
        ("notsubscribed", "no", "yes"),
        ("неподписан", "нет", "да"),
        ("EMAIL_BLOCKLISTED", "0", "1"),
        ("No emails", "no", "yes"),
        ("Can contact", "yes", "no"),
        ("Newsletter abonniert", "Ja", "Nein"),
        ("Согласие на рекламу", "Есть", "Отсутствует"),
        ("Newsletter opt-in", "+", "-"),
        ("Post-purchase newsletter", "yes", "no"),
        ("Newsletter", "1.00", "0.00"),
    ],
)
def test_a_refusal_is_one_in_whatever_words(heading: str, kept: str, gone: str) -> None:
    assert open_by(customers({heading: [kept, gone]}))["email"] == [0]


def test_words_that_are_not_known_are_named_below_a_heading_of_consents() -> None:
    for heading, words, is_unclear in [
        ("Newsletter", ["jo", "nej"], True),
        ("Согласие на рассылку", ["ладно", "никогда больше"], True),
        ("consent_version", ["v1", "v2"], False),
        ("subscription_plan", ["gold", "free"], False),
    ]:
        found = consents_of(customers({heading: words}))
        assert (found.columns, [one.heading for one in found.unclear]) == ((), [heading] if is_unclear else [])


@pytest.mark.parametrize("heading", ["subscriber_status", "SubscriberStatus", "Newsletter: subscription state"])
@pytest.mark.parametrize("values", [[1, 2, 3, 4, None], ["1", "2", "3", "4", ""], [1.0, 2.0, 3.0, 4.0, None]])
def test_numbers_of_a_subscribers_status(heading: str, values: list[object]) -> None:
    assert open_by(customers({heading: values})) == {"email": [0], "phone": [0]}


def test_an_unknown_number_beside_those_of_statuses() -> None:
    people = customers({"subscriber_status": [1, 2, 3, 9]})
    assert open_by(people) == {"email": [0, 3], "phone": [0, 3]}
    assert [one.heading for one in consents_of(people).unclear] == ["subscriber_status"]


@pytest.mark.parametrize("heading", ["subscriptions", "newsletter_count", "status"])
def test_numbers_below_other_headings_are_no_statuses(heading: str) -> None:
    assert open_by(customers({heading: [1, 2, 3, 4]})) == {"email": [0, 1, 2, 3], "phone": [0, 1, 2, 3]}


@pytest.mark.parametrize(
    ("heading", "values", "kept"),
    [
        ("Email marketing", ["Subscribed", "Unsubscribed (2024-01-02)", "Unsubscribed (2024-01-03)"], [0]),
        ("list", ["Subscribed", "Unsubscribed (2024-01-02)", "Never subscribed"], [0]),
        ("email_status", ["valid", "undeliverable", "valid"], [0, 2]),
        ("email_opt_in", ["deliverable", "undeliverable", "risky"], [0]),
    ],
)
def test_statuses_with_dates_and_of_checked_addresses(heading: str, values: list[object], kept: list[int]) -> None:
    assert open_by(customers({heading: values}))["email"] == kept
