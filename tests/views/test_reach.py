"""Reach: leaves add up, nobody counts twice, and a word against a channel never brings anybody in."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.clock import parse_window
from rfm_cli.errors import UsageError
from rfm_cli.model import Scored, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.branches import in_branch
from rfm_cli.views.insights.reach import remarks_on, used_lines
from rfm_cli.views.reach import LEAVES, reach_of, reach_view, reached_of, standings
from tests.reached import Log, Person, reached
from tests.shops import DAYS, ROWS, Row, asked, day, shop_of

checked = settings(max_examples=25)
NAMES = st.sampled_from([*"abcdxyz", "first"])
PEOPLE = st.dictionaries(
    NAMES,
    st.tuples(st.sampled_from(["", "a@x"]), st.sampled_from(["yes", "no", ""]), st.sampled_from(["", "55555"])),
    min_size=1,
)
EVENTS = st.lists(
    st.tuples(
        NAMES,
        st.sampled_from(["unsubscribe", "bounce", "subscribe", "open"]),
        st.integers(0, DAYS + 10),
        st.sampled_from(["email", "sms", None]),
    ),
    max_size=12,
)


def reached_by_hand(people: dict[str, Person], log: Log, last: int) -> dict[str, set[str]]:
    """Who is reached by which channel at the end of a numbered day, in plain Python."""
    found: dict[str, set[str]] = {"email": set(), "phone": set()}
    for name, (email, consent, phone) in people.items():
        for channel, there, said in (("email", email and consent == "yes", "email"), ("phone", phone, "sms")):
            words = [
                (when, event in ("unsubscribe", "bounce"))
                for who, event, when, where in log
                if who == name and when <= last and event != "open" and where in (said, None)
            ]
            if there and not (words and max(words)[1]):
                found[channel].add(name)
    return found


def figures_of(scored: Scored) -> dict[str, tuple[int, Decimal]]:
    rows = reach_view(reach_of(scored)).rows.select("branch", "customers", "revenue").iter_rows()
    return {branch: (customers, revenue) for branch, customers, revenue in rows}


@checked
@given(ROWS, PEOPLE, EVENTS)
def test_leaves_add_up_and_no_money_is_lost(rows: list[Row], people: dict[str, Person], log: Log) -> None:
    scored = reached(rows, people, log)
    found, figures = reach_of(scored), figures_of(scored)
    assert figures["All"] == (scored.frame.height, Decimal(int(scored.frame["monetary"].sum())).scaleb(-scored.scale))  # type: ignore[operator]
    for place in (0, 1):
        assert figures["All"][place] == figures["Reachable"][place] + figures["Not reachable"][place]
        for branch in ("Reachable", "Not reachable", "By email", "By phone"):
            assert figures[branch][place] == sum(figures[f"{branch} > {leaf}"][place] for leaf in LEAVES)
    by_channel = [figures["By email"][0], figures["By phone"][0]]
    assert max(by_channel) <= figures["Reachable"][0] <= sum(by_channel)
    for branch, (count, _) in figures.items():
        assert in_branch(found, branch.upper()).frame.height == count
    for row in standings(found).iter_rows():
        assert sum(row[1:]) == scored.frame.height


@checked
@given(ROWS, PEOPLE, EVENTS, st.integers(0, DAYS))
def test_who_is_reached_equals_plain_python_at_any_date(
    rows: list[Row], people: dict[str, Person], log: Log, last: int
) -> None:
    scored = reached(rows, people, log, day(last))
    found = reach_of(scored)
    by_hand = reached_by_hand(people, log, last)
    known = set(found.customers["customer_id"])
    for channel, names in by_hand.items():
        own = found.customers.filter(pl.col(f"By {channel}") == "reachable")
        assert set(own["customer_id"]) == names & known
    reachable = set(found.customers.filter("reached")["customer_id"])
    assert reachable == (by_hand["email"] | by_hand["phone"]) & known
    assert reached_of(scored).to_list() == found.customers["reached"].to_list()


@settings(max_examples=12)
@given(ROWS, PEOPLE, EVENTS, st.integers(0, DAYS))
def test_later_events_are_not_seen(rows: list[Row], people: dict[str, Person], log: Log, last: int) -> None:
    now = [one for one in log if one[2] <= last]
    whole, part = (reach_view(reach_of(reached(rows, people, one, day(last)))) for one in (log, now))
    assert whole.rows.equals(part.rows)
    assert whole.meta["events"] == part.meta["events"]


@checked
@given(ROWS, PEOPLE, EVENTS, st.sampled_from(["unsubscribe", "bounce"]), st.sampled_from(["email", "sms", None]))
def test_a_word_against_brings_nobody_in(
    rows: list[Row], people: dict[str, Person], log: Log, event: str, channel: str | None
) -> None:
    before = reach_of(reached(rows, people, log)).customers
    after = reach_of(reached(rows, people, [*log, ("a", event, 30, channel)])).customers
    joined = before.join(after, on="customer_id", how="inner", suffix="_after")
    assert joined.filter(pl.col("reached_after") & ~pl.col("reached")).is_empty()


@settings(max_examples=12)
@given(ROWS, PEOPLE, EVENTS, st.randoms())
def test_the_order_of_rows_says_nothing(rows: list[Row], people: dict[str, Person], log: Log, random: Random) -> None:
    one = reach_of(reached(rows, people, log))
    shuffled = list(people.items())
    random.shuffle(shuffled)
    other = reach_of(reached(rows, dict(shuffled), sorted(log, key=str)))
    assert reach_view(one).meta == reach_view(other).meta
    assert reach_view(one).rows.equals(reach_view(other).rows)
    assert used_lines(one) == used_lines(other)


def test_what_was_used_is_told() -> None:
    rows = [Row("a", "", 0, 100), Row("b", "", 0, 100), Row("c", "", 0, 100), Row("d", "", 0, 100)]
    people = {"a": ("a@x", "yes", ""), "b": ("b@x", "perhaps", "55555"), "c": ("nobody", "", "12")}
    log: Log = [
        ("b", "unsubscribe", 0, "sms"),
        ("b", "Subscribed", 0, None),
        ("c", "bounce", 0, "web"),
        ("d", "open", 0, None),
    ]
    found = reach_of(reached(rows, people, log))
    assert used_lines(found) == [
        "email: column 'email' (1 without @), consent 'email_consent' (1 empty, 1 perhaps, 1 yes), for it 1 Subscribed",
        "phone: column 'phone' (1 of under 5 digits), no column of consent, "
        "against it 1 unsubscribe; for it 1 Subscribed",
    ]
    assert [one.text.partition(": ")[2] for one in remarks_on(found)] == [
        "no column tells who agrees to messages by phone: all with an address count "
        "(--consent-given phone if all have agreed)",
        "in column 'email_consent' these count as no consent: 'perhaps' (1)",
        "1 bounce of web",
    ]
    assert standings(found).rows() == [("email", 1, 2, 1, 0), ("phone", 0, 3, 0, 1)]
    meta = reach_view(found).meta
    assert meta["channels"][0] == {  # type: ignore[index]
        "channel": "email",
        "address": "email",
        "consents": {"email_consent": {"": 1, "perhaps": 1, "yes": 1}},
        "reachable": 1,
        "no_address": 2,
        "no_consent": 1,
        "unsubscribed_or_bounced": 0,
    }
    assert len(meta["events"]) == 3  # type: ignore[arg-type]


def test_a_column_without_any_address_is_a_warning() -> None:
    found = reach_of(reached([Row("a", "", 0, 100)], {"a": ("0cc175b9", "yes", "")}, []))
    assert [(one.level, one.text.partition(": ")[2]) for one in remarks_on(found)] == [
        ("warning", "no addresses in column 'email': 1 without @")
    ]


def test_channels_may_be_chosen() -> None:
    scored = reached([Row("a", "", 0, 100)], {"a": ("", "", "55555")}, [])
    assert reach_of(scored).customers["reached"].to_list() == [True]
    assert reach_of(scored, ["Email"]).customers["reached"].to_list() == [False]
    assert [one.name for one in reach_of(scored, ["PHONE,email", "phone"]).channels] == ["phone", "email"]
    with pytest.raises(UsageError, match="no such address") as caught:
        reach_of(scored, ["phones"])
    assert "did you mean phone?" in caught.value.hint


def test_reach_needs_addresses() -> None:
    with pytest.raises(UsageError, match="reach needs customers"):
        reach_of(score(shop_of([Row("a", "", 0, 100)]), asked()))
    orders = pl.DataFrame({"customer_id": ["a"], "ordered_at": [day(0)]})
    shop = open_shop(
        TablePaths(orders=(orders,), customers=(pl.DataFrame({"customer_id": ["a"]}),)), ReadOptions(amount_per="row")
    )
    with pytest.raises(UsageError, match="no addresses"):
        reach_of(score(shop, asked()))


def bought(dates: list[int], window: str | None = None, **columns: list[object]) -> Scored:
    """One customer who bought on those days, without amounts unless `columns` say more of the customers table."""
    orders = pl.DataFrame({"customer_id": ["a"] * len(dates), "ordered_at": [day(one) for one in dates]})
    known = pl.DataFrame({"customer_id": ["a"], "email": ["a@x"], **columns})
    shop = open_shop(TablePaths(orders=(orders,), customers=(known,)), ReadOptions(amount_per="row"))
    return score(shop, asked(window=parse_window(window) if window else None, as_of=day(50)))


def test_without_money_there_are_no_vips_and_no_revenue() -> None:
    scored = bought([0, 1])
    table = reach_view(reach_of(scored)).rows
    assert table.filter(pl.col("branch").str.contains("VIP")).is_empty()
    assert table.filter(pl.col("branch") == "Reachable > Two or more purchases")["customers"].item() == 1
    assert table["revenue"].null_count() == table["revenue_share"].null_count() == table.height
    with pytest.raises(UsageError, match="no such branch"):
        in_branch(reach_of(scored), "Reachable > VIP")


def test_a_buyer_of_before_the_window_stands_under_one_purchase() -> None:
    found = reach_of(bought([0, 1], window="10d"))
    assert found.customers["leaf"].to_list() == ["One purchase"]
    assert "--window" in remarks_on(found)[-1].text


def test_channels_may_be_called_like_measures() -> None:
    more = {"vip": ["x"], "vip_consent": ["yes"], "segment": ["x"], "segment_consent": ["no"], "has": ["x"]}
    found = reach_of(bought([0], **more))  # type: ignore[arg-type]
    assert [(row[0], row[1]) for row in standings(found).iter_rows()] == [("email", 1), ("vip", 1), ("segment", 0)]
    assert found.scored.frame["segment"].to_list() == in_branch(found, "by vip").frame["segment"].to_list()


def test_shares_are_exact_parts() -> None:
    rows = [Row(str(number), "", 0, 100) for number in range(49)]
    people = {str(number): ("a@x", "yes", "") for number in range(49)}
    table = reach_view(reach_of(reached(rows, people, []))).rows
    assert table["customers_share"].to_list()[:2] == [1.0, 1.0]


def test_types_are_those_of_files() -> None:
    schema = reach_view(reach_of(reached([Row("a", "", 0, 100)], {"a": ("", "", "")}, []))).rows.schema
    assert dict(schema) == {
        "branch": pl.String,
        "customers": pl.Int32,
        "customers_share": pl.Float64,
        "revenue": pl.Decimal(18, 0),
        "revenue_share": pl.Float64,
    }


def test_money_of_nothing_has_no_shares() -> None:
    table = reach_view(reach_of(reached([Row("a", "", 0, 0)], {"a": ("a@x", "yes", "")}, []))).rows
    assert table["revenue_share"].null_count() == table.height
    assert table["revenue"].sum() == 0


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("folder", "orders", "maps", "emails", "phones"),
    [
        ("sakila", "payments.csv", {}, 599, 0),
        ("chinook", "invoices.csv", {}, 59, 58),
        ("adventureworks", "sales.csv", {"orders": {"ordered_at": "OrderDate", "amount": "Sales"}}, 18_148, None),
    ],
)
def test_real_customers(
    shared_dir: Path, folder: str, orders: str, maps: dict[str, dict[str, str]], emails: int, phones: int | None
) -> None:
    data = shared_dir / "data" / folder
    paths = TablePaths(orders=(str(data / orders),), customers=(str(data / "customers.csv"),))
    found = reach_of(score(open_shop(paths, ReadOptions(maps=maps)), asked()))
    counts = {channel: reachable for channel, reachable, *_ in standings(found).iter_rows()}
    assert counts == {"email": emails} | ({} if phones is None else {"phone": phones})
    table = {row[0]: row[1] for row in reach_view(found).rows.iter_rows()}
    assert table["All"] == found.scored.frame.height
