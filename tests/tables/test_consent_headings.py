# ruff: noqa: RUF001 - words of other scripts are what is looked for
"""Headings of consents: which words tell of them, which channel they name, and which way round they are read."""

from __future__ import annotations

import pytest

from rfm_cli.tables.consent_headings import AGAINST, DATED, HEADINGS, field_of, sense_of_heading
from rfm_cli.tables.fields import CONSENTS, fold


@pytest.mark.parametrize(
    "heading",
    [
        "Opt-in",
        "OPT_IN",
        "emailOptin",
        "Opted in",
        "Accepts Marketing",
        "I agree",
        "Newsletter",
        "subscription",
        "GDPR consent",
        "Согласие на рассылку",
        "Подписка",
        "Подписан",
        "Рассылка",
    ],
)
def test_words_that_tell_of_consents(heading: str) -> None:
    said = sense_of_heading(heading)
    assert said.stems
    assert not said.against


@pytest.mark.parametrize(
    "heading",
    [
        "notes",
        "November",
        "Новосибирск",
        "phone_number",
        "laptop index",
        "Shop T-inches",
        "description",
        "city",
        "№",
        "",
    ],
)
def test_headings_that_tell_of_none(heading: str) -> None:
    said = sense_of_heading(heading)
    assert (said.stems, said.against) == (frozenset(), False)


@pytest.mark.parametrize(
    "heading",
    [
        "Email Opt Out",
        "HasOptedOutOfEmail",
        "opt_out_of_marketing",
        "Unsubscribed",
        "UNSUB_TIME",
        "marketing_emails_declined",
        "Rejects marketing",
        "I disagree",
        "Do Not Email",
        "DoNotCall",
        "Don't call",
        "no_newsletter",
        "Not subscribed",
        "Отписан от рассылки",
        "Отказ от рассылки",
        "Не согласен на рассылку",
        "Не звонить",
        "Email Suppressions",
    ],
)
def test_headings_that_are_read_the_other_way_round(heading: str) -> None:
    said = sense_of_heading(heading)
    assert said.stems
    assert said.against
    assert not said.doubtful


@pytest.mark.parametrize("heading", ["Not unsubscribed", "no_opt_out", "Не отписан", "Не отказался от рассылки"])
def test_a_negation_of_an_objection_is_a_doubt(heading: str) -> None:
    assert sense_of_heading(heading).doubtful


@pytest.mark.parametrize(
    ("heading", "channels"),
    [
        ("sms_opt_in", ("phone",)),
        ("Mobile consent", ("phone",)),
        ("Telephone marketing", ("phone",)),
        ("Согласие на смс", ("phone",)),
        ("Accepts Email Marketing", ("email",)),
        ("mailing consent", ("email",)),
        ("Рассылка по почте", ("email",)),
        ("Telegram consent", ("telegram",)),
        ("Consent to email and SMS", ("email", "phone")),
        ("Предпочтения рассылки", ()),
        ("Newsletter", ()),
        ("calling card consent", ()),
    ],
)
def test_channels_that_a_heading_names(heading: str, channels: tuple[str, ...]) -> None:
    assert sense_of_heading(heading).channels == channels


@pytest.mark.parametrize("heading", ["push_consent", "WhatsApp opt-in", "Viber consent", "fax_consent"])
def test_a_channel_without_addresses_is_none(heading: str) -> None:
    assert sense_of_heading(heading).channels == ()


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("accepts_marketing", "accepts_marketing_updated_at", True),
        ("Согласие на рассылку", "Дата согласия на рассылку", True),
        ("unsubscribed", "unsub_date", True),
        ("Opted in", "opt_in_time", True),
        ("opt_in", "opt_out_date", False),
        ("consent", "subscribed_at", False),
    ],
)
def test_the_same_words(one: str, other: str, is_same: bool) -> None:
    assert (sense_of_heading(one).stems == sense_of_heading(other).stems) is is_same


def test_fields_and_aliases() -> None:
    assert [*HEADINGS, *(field + DATED for field in HEADINGS)] == CONSENTS
    assert set(AGAINST) <= set(HEADINGS)
    folded = [fold(alias) for names in HEADINGS.values() for alias in names.split()]
    assert len(folded) == len(set(folded))
    assert not set(folded) & set(map(fold, CONSENTS))
    assert field_of("Accepts SMS Marketing") == "phone_consent"
    assert field_of("CUSTOM_ACCEPTS_MARKETING") == "consent"
    assert field_of("Consent At") == "consent_at"
    assert field_of("city") is None
