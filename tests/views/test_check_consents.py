"""What `check` lists of columns of consents: channels, why, and what each value counts as."""

from __future__ import annotations

import polars as pl

from rfm_cli.tables.customers import open_customers
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.check_consents import MOST_WORDS, on_consents


def found(columns: dict[str, list[str]], **maps: str) -> list[tuple[str, str, str, int | None]]:
    count = len(next(iter(columns.values())))
    ids = [str(number) for number in range(count)]
    table = pl.DataFrame({"customer_id": ids, "email": ["a@x.y"] * count, **columns})
    people = open_customers([table], ReadOptions(maps={"customers": maps}))
    return [(one.topic, one.item, one.found, one.rows) for one in on_consents(people)]


def test_columns_and_their_values() -> None:
    columns = {
        "Mail OK": ["yes", "perhaps", ""],
        "Opt-out": ["no", "yes", "no"],
        "Newsletter": ["no", "later", "yes"],
        "Status": ["subscribed"] * 3,
        "sms_consent": ["no"] * 3,
        "sms_consent_date": ["2024-05-01"] * 3,
    }
    assert found(columns, email_consent="Mail OK") == [
        ("consent", "Mail OK", "for email, as given", None),
        ("consent value", "(empty)", "no consent", 1),
        ("consent value", "perhaps", "unknown: no consent", 1),
        ("consent value", "yes", "consent", 1),
        ("consent", "Newsletter", "for email, by the words of its heading", None),
        ("consent value", "later", "takes no customer away", 1),
        ("consent value", "no", "no consent", 1),
        ("consent value", "yes", "takes no customer away", 1),
        ("consent", "Opt-out", "for email, by an alias, yes means no", None),
        ("consent value", "no", "no objection", 2),
        ("consent value", "yes", "an objection", 1),
        ("consent", "sms_consent", "used for no channel, by an alias", None),
        ("consent value", "no", "no consent", 3),
        ("consent", "sms_consent_date", "the date of another column, by the words of its heading", None),
        ("consent value", "a date", "consent", 3),
        ("consent", "Status", "for email, by its values", None),
        ("consent value", "subscribed", "consent", 3),
    ]


def test_many_values_are_counted() -> None:
    values = [f"word {place}" for place in range(MOST_WORDS + 2)]
    rows = found({"consent": values})
    assert len(rows) == 1 + MOST_WORDS + 1
    assert rows[-1] == ("consent value", "(2 more)", "", 2)
