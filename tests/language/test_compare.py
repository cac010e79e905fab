"""Two values beside each other: the literal decides how a text is read."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from rfm_cli.language.world import World
from rfm_cli.tables.options import ReadOptions
from tests.language.asking import ORDERS, asked, notes, refusal, who, world_of
from tests.language.shops import texts


@pytest.fixture(scope="module")
def world() -> World:
    customers = pl.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "city": [" New   York", "new york", "Köln", " "],
            "spent": ["1234.5", "99", "none", ""],
            "expires": ["2024-03-31", "2024-04-02", "soon", None],
            "began": ["2024-01-05", "2023-12-31", None, None],
            "club": ["yes", "No", "perhaps", None],
            "ref_id": ["r1", "R1", " r1 ", None],
            "stars": [3, 2, None, 1],
            "ratio": [0.1, 12.0, float("nan"), None],
            "member": [True, False, None, True],
            "joined": [date(2024, 1, 1), date(2024, 2, 29), None, date(2023, 5, 1)],
        }
    )
    return world_of(customers=customers)


@pytest.mark.parametrize(
    ("text", "selected", "undecided"),
    [
        ("city = 'NEW YORK'", "a b", "d"),
        ("city != 'New York'", "c", "d"),
        ("city in ('köln', 'Rome')", "c", "d"),
        ("city not in ('köln', 'Rome')", "a b", "d"),
        ("city like 'n*k'", "a b", "d"),
        ("city not like '*ö??'", "a b", "d"),
        ("spent > 99", "a", "c d"),
        ("spent = 99.0", "b", "c d"),
        ("spent = '99'", "b", "d"),
        ("spent in (1234.50, 5)", "a", "c d"),
        ("spent between 99 and 1000", "b", "c d"),
        ("2 * spent + 1 = 199", "b", "c d"),
        ("expires = 2024-03", "a", "c d"),
        ("expires > as_of", "b", "c d"),
        ("expires < 2024-04-02", "a", "c d"),
        ("expires in (2024-04, 2023)", "b", "c d"),
        ("began = 2023", "b", "c d"),
        ("began in (2023, 2022)", "b", "c d"),
        ("began - expires > -90", "a", "c d"),
        ("club", "a", "c d"),
        ("not club", "b", "c d"),
        ("club = true", "a", "c d"),
        ("club != true", "b", "c d"),
        ("ref_id = 'r1'", "a c", "d"),
        ("ref_id = 'R1'", "b", "d"),
        ("stars >= 2", "a b", "c"),
        ("stars = '3'", "a", "c"),
        ("stars = 3.5 or stars < 1.5", "d", "c"),
        ("ratio + 0.2 = 0.3", "a", "c d"),
        ("ratio = 12", "b", "c d"),
        ("ratio = '12'", "b", "c d"),
        ("ratio in (0.10, 7)", "a", "c d"),
        ("member", "a d", "c"),
        ("member = 'true'", "a d", "c"),
        ("joined = 2024", "a b", "c"),
        ("joined between 2024-01 and 2024-02", "a b", "c"),
        ("joined + 1 month = 2024-03-31", "b", "c"),
        ("joined + 1.5 = 2024-01-03", "a", "c"),
        ("30 days + joined < 2024", "d", "c"),
        ("as_of - joined > 31", "a d", "c"),
        ("stars = ratio", "", "c d"),
        ("stars < ratio", "b", "c d"),
        ("stars = spent", "", "c d"),
        ("2 < stars", "a", "c"),
        ("stars > 99999999999999999999999", "", "c"),
    ],
)
def test_the_literal_decides(world: World, text: str, selected: str, undecided: str) -> None:
    assert who(world, text) == (selected, undecided)


@pytest.mark.parametrize(
    ("text", "code", "problem", "hint"),
    [
        ("city < 'b'", 2, "texts have no order", "compare texts with = or !=, numbers and dates without quotes"),
        ("frequency = '3'", 2, "frequency is a number", "without quotes: frequency = 3"),
        ("last_order > '2024-01-01'", 2, "last_order is a date", "without quotes: last_order > 2024-01-01"),
        ("ref_id = 7", 2, "ref_id is a text", "in quotes: ref_id = '7'"),
        ("rfm in (545, 555)", 2, "rfm is a text", "in quotes: rfm = '545'"),
        (
            "last_order > 30",
            2,
            "last_order is a date, and no number",
            "last_order within 30 days, last_order older than 30 days or recency_days > 30",
        ),
        ("last_event within 30 days", 2, "last_event needs events", "give --events FILE"),
        ("recency_days within 30 days", 2, "recency_days is a number, and no date", ""),
        ("member > 3", 2, "member is true or false, and no number", "write true or false"),
        ("stars = true", 2, "stars is a number, and not true or false", "compare it with a value"),
        ("city > spent", 2, "city is a text, spent is a text: they have no order", "compare them with = or !="),
        ("club < true", 2, "true and false have no order", "compare with = or !="),
        ("expires > 5.5", 3, "a frame: column 'expires': no value is a number, for example '2024-03-31'", ""),
        ("city", 3, "city is neither true nor false, for example 'Köln'", "write has city"),
        ("ref_id", 2, "ref_id is neither true nor false", "write has ref_id"),
        ("joined + stars + joined > 3", 2, "two dates cannot be added", ""),
    ],
)
def test_what_does_not_go_together_is_an_error(world: World, text: str, code: int, problem: str, hint: str) -> None:
    found = refusal(world, text)

    assert found[:2] == (code, problem)
    assert found[2].startswith(hint)


def test_values_that_cannot_be_read_are_counted_aloud(world: World) -> None:
    assert notes(world, "spent > 1") == ["spent: 1 value that is no number counts as missing"]
    assert notes(world, "expires > as_of") == ["expires: 1 value that is no date counts as missing"]


def test_numbers_are_read_with_the_decimal_mark_of_their_column() -> None:
    customers = texts("customer_id;spent".replace(";", ","), "a,", "b,").with_columns(
        spent=pl.Series(["1 234,50", "0,5"])
    )

    assert who(world_of(customers=customers), "spent = 1234.5") == ("a", "")


def test_a_column_read_in_two_ways_is_an_error_that_asks_for_the_format() -> None:
    customers = texts("customer_id,expires", "a,03/04/2024", "b,05/06/2024")

    code, problem, hint = refusal(world_of(customers=customers), "expires > 2024-01")

    assert (code, "expires" in problem, "--date-format" in hint) == (3, True, True)
    orders = ORDERS.with_columns(pl.col("ordered_at").str.to_date())
    given = world_of(options=ReadOptions(date_format="%d/%m/%Y"), customers=customers, orders=orders)
    assert who(given, "expires > 2024-04-15") == ("b", "")


HUGE = "9" * 38
MONEY = texts("customer_id,stars", "a,1", "b,").with_columns(stars=pl.Series([1, None]))


@pytest.mark.parametrize(
    ("text", "true", "unknown"),
    [
        (f"{HUGE} * monetary > 1", "a b", ""),
        (f"{HUGE} * monetary > {HUGE}", "a b", ""),
        (f"{HUGE} * monetary < 1", "", ""),
        (f"-{HUGE} < monetary", "a b", ""),
        (f"{HUGE} * stars > 1", "a", "b"),
        (f"{HUGE} + monetary > {HUGE}", "a b", ""),
        (f"{HUGE} * monetary + {HUGE} * monetary > 1", "a b", ""),
        (f"{HUGE} * monetary > {HUGE} * frequency", "a b", ""),
        ("monetary > 0.0000000000000000000000000000000000001", "a b", ""),
        ("0.0000000000000000000000000000000000001 * monetary > 0", "a b", ""),
        ("monetary = 10.00000000000001", "", ""),
        ("monetary < 10.00000000000001", "a", ""),
        ("monetary > 9.99999999999999", "a b", ""),
        ("monetary != 10.00000000000001", "a b", ""),
        ("monetary in (10, 20.00000000000001)", "a", ""),
        (f"monetary not in ({HUGE}, 20)", "a", ""),
        (f"frequency between 0.5 and {HUGE}", "a b", ""),
    ],
)
def test_numbers_of_any_size_compare_as_they_are(text: str, true: str, unknown: str) -> None:
    assert who(world_of(customers=MONEY), text) == (true, unknown)


def test_a_text_is_read_as_what_its_order_is_asked_with() -> None:
    columns = {"began": ["2024-03-29", "2024-02-01", None, "soon"], "spent": ["9.5", "100", "", "x"]}
    customers = pl.DataFrame({"customer_id": ["a", "b", "c", "d"], **columns}, schema_overrides={"began": pl.String})
    world = world_of(customers=customers)

    assert who(world, "began < last_order") == ("a", "c d")
    assert who(world, "last_order < began") == ("b", "c d")
    assert who(world, "spent > monetary") == ("b", "c d")
    typed = customers.with_columns(pl.col("began").str.to_date(strict=False), pl.col("spent").cast(float, strict=False))
    assert who(world_of(customers=typed), "began < last_order") == ("a", "c d")
    assert who(world_of(customers=typed), "spent > monetary") == ("b", "c d")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("vip = 'yes'", "write vip, or vip = true"),
        ("vip != 'yes'", "write not vip, or vip = false"),
        ("vip = 'no'", "write not vip, or vip = false"),
        ("vip in ('yes')", "write vip, or vip = true"),
        ("frequency = '3'", "without quotes: frequency = 3"),
        ("frequency = 'many'", "without quotes: frequency = 3"),
        ("last_order = '31.12.2024'", "without quotes: last_order = 2024-12-31"),
        ("last_order < '2024-Q1'", "without quotes: last_order < 2024-Q1"),
    ],
)
def test_a_hint_of_quotes_can_be_written(text: str, hint: str) -> None:
    assert refusal(world_of(), text)[2] == hint
    written = hint.removeprefix("without quotes: ").removeprefix("write ")
    for one in written.split(", or "):
        assert asked(world_of(), one).frame.height == 2


def test_a_word_that_is_neither_yes_nor_no_is_missing_and_counted_aloud() -> None:
    customers = texts("customer_id,club", "a,yes", "b,maybe", "c,", "d,no")
    world = world_of(customers=customers)
    aloud = "club: 1 value that is neither yes nor no counts as missing"
    for text in ("club", "club = true", "not club"):
        found = asked(world, text)
        assert [(one.name, one.customers) for one in found.missing["it"]] == [("club", 2)]
        assert [one.text for one in found.notes] == [aloud]
    assert who(world, "not club") == ("d", "b c")


def test_strange_words_of_rows_are_counted_aloud_by_column() -> None:
    events = texts(
        "customer_id,event,at,value,ok", "a,x,2024-03-01,abc,yes", "a,x,2024-03-02,5,so", "b,x,2024-03-03,q,no"
    )
    world = world_of(events=events)

    assert notes(world, "any events(value > 1)") == ["events.value: 2 values that are no number count as missing"]
    assert notes(world, "any events(ok)") == ["events.ok: 1 value that is neither yes nor no counts as missing"]
    assert who(world, "any events(ok = true)") == ("a", "")
    # The last row that has a value is the last that can be read.
    assert who(world, "last events.ok = true") == ("a", "")
    assert who(world, "last events.ok = false") == ("b", "")
