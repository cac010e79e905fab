from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.tables.event_days import first_days
from rfm_cli.tables.event_kinds import NAMES
from rfm_cli.tables.events import Events, engagement, name_counts, open_events, with_names
from rfm_cli.tables.options import ENGAGING, EVENT_KINDS, ReadOptions
from tests.examples import examples

AS_OF = date(2024, 3, 31)


def events(*paths: str, **options: Any) -> Events:
    return open_events(paths, ReadOptions(**options))


def test_events_that_say_too_little_are_left_out(write: Any) -> None:
    log = events(
        write("e.csv", "customer_id,event,at\n7,open,2024-01-01\n,open,2024-01-01\n7,,2024-01-01\n7,open,soon\n")
    )
    assert (log.frame.collect().height, log.raw_rows()) == (1, 4)


def test_engagement(write: Any) -> None:
    rows = [
        ("a", "Opened", "2024-03-31"),
        ("a", "page view", "2024-01-02"),
        ("a", "open", "2024-01-01"),
        ("a", "open", "2024-04-01"),
        ("a", "send", "2024-03-30"),
        ("b", "PRODUCT-VIEW", "2023-01-01"),
        ("c", "bounce", "2024-03-01"),
        ("d", "clicked", "2024-04-02"),
    ]
    log = events(write("e.csv", "customer_id,event,at\n" + "".join(f"{','.join(row)}\n" for row in rows)))
    assert engagement(log, AS_OF, 90).rows() == [("a", 2, 0), ("b", 0, 455)]
    assert engagement(log, AS_OF, 90, ["bounce", "SEND"]).rows() == [("a", 1, 1), ("c", 1, 30)]
    assert engagement(log, AS_OF, 91).rows()[0] == ("a", 3, 0)


def test_each_event_has_its_kind_beside_it(write: Any) -> None:
    rows = "7,Opened Email,2024-01-01\n7,letter read,2024-01-01\n7,Home Page ,2024-01-01\n"
    log = events(write("e.csv", "customer_id,event,at,kind\n" + rows.replace("\n", ",mine\n")))
    assert log.frame.select("event", "kind").collect().rows() == [
        ("Opened Email", "open"),
        ("letter read", "letterread"),
        ("Home Page", "homepage"),
    ]
    own = events(
        write("e.csv", "customer_id,event,at\n" + rows), event_kinds={"letterread": "open", "homepage": "visit"}
    )
    assert own.frame.select("kind").collect()["kind"].to_list() == ["open", "open", "visit"]
    assert engagement(own, AS_OF, 91).rows() == [("7", 3, 90)]


def test_names_of_typed_columns_have_kinds(write: Any) -> None:
    names = pl.Series(["Opened Email", "x", "Opened Email"], dtype=pl.Categorical)
    frame = pl.DataFrame({"customer_id": [1, 2, 3], "event": names, "at": [date(2024, 3, 1)] * 3})
    log = events(write("e.parquet", frame))
    assert engagement(log, AS_OF, 90).rows() == [("1", 1, 30), ("3", 1, 30)]


def test_engagement_takes_names_and_kinds(write: Any) -> None:
    rows = [("a", "Opened Email"), ("b", "opened"), ("c", "Clicked SMS"), ("d", "Received Email"), ("e", "letter read")]
    log = events(write("e.csv", "customer_id,event,at\n" + "".join(f"{who},{name},2024-03-01\n" for who, name in rows)))

    def engaged(*names: str) -> str:
        return "".join(engagement(log, AS_OF, 90, names)["customer_id"])

    assert engaged(*ENGAGING) == "abc"
    assert engaged("open") == "ab"
    assert engaged("Opened") == "b"
    assert engaged("opened email", "send") == "ad"
    assert engaged("Letter-Read", "CLICK") == "ce"
    assert engaged("nowhere") == ""


def test_names_are_counted_by_file(write: Any) -> None:
    header = "customer_id,event,at\n"
    one = write("1.csv", header + "a,open,2024-01-01\na,open,2024-01-01\n,gone,2024-01-01\na,,2024-01-01\n")
    two = write("2.csv", header + "a,Zoo,2024-01-01\na,Ape,2024-01-01\na,open,never\n")
    log = events(one, two)
    counted = [(0, "open", 2), (1, "Ape", 1), (1, "Zoo", 1), (0, "gone", 0), (1, "open", 0)]
    assert name_counts(log).select("file", "event", "rows").rows() == counted
    assert with_names(log).names is not None
    assert (log.unusable(), with_names(log).unusable()) == (3, 3)


SPELLINGS = {
    kind: [name for kinds in NAMES.values() for name in kinds.get(kind, "").split(", ") if name] for kind in EVENT_KINDS
}


@settings(max_examples=examples(25, 200))
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(EVENT_KINDS), st.integers(0, 200), st.integers(0, 50)),
        min_size=1,
        max_size=30,
    ),
    st.randoms(use_true_random=False),
)
def test_whose_spelling_names_a_kind_changes_no_answer(rows: list[tuple[str, str, int, int]], chance: Any) -> None:
    def log(name: Any, order: list[tuple[str, str, int, int]]) -> Events:
        data = [(who, name(kind, pick), date(2024, 1, 1).toordinal() + day) for who, kind, day, pick in order]
        frame = pl.DataFrame(data, schema=["customer_id", "event", "at"], orient="row")
        days = [date.fromordinal(day) for day in frame["at"]]
        return open_events([frame.with_columns(at=pl.Series(days, dtype=pl.Date))], ReadOptions())

    shuffled = list(rows)
    chance.shuffle(shuffled)
    plain = log(lambda kind, pick: kind, rows)
    spelled = log(lambda kind, pick: SPELLINGS[kind][pick % len(SPELLINGS[kind])], shuffled)
    for names in (ENGAGING, ("purchase",), ("send", "bounce")):
        assert engagement(plain, date(2024, 6, 1), 90, names).equals(engagement(spelled, date(2024, 6, 1), 90, names))


def test_events_that_are_of_no_use_are_counted(write: Any) -> None:
    rows = "7,open,2024-01-01\n,open,2024-01-01\n7,,2024-01-01\n7,open,soon\n7,open,2024-01-01,x\n"
    assert events(write("e.csv", "customer_id,event,at\n" + rows)).unusable() == 3


def test_a_damaged_page_of_events_is_an_input_error(write: Any, tmp_path: Path) -> None:
    frame = pl.DataFrame({"customer_id": [f"c{i}" for i in range(5_000)]}).with_columns(
        event=pl.lit("open"), at=pl.lit(date(2024, 1, 1))
    )
    data = bytearray(Path(write("e.parquet", frame)).read_bytes())
    data[60:160] = b"\xff" * 100
    log = events(write("e.parquet", bytes(data)))
    for use in (log.unusable, lambda: first_days(log), lambda: engagement(log, AS_OF, 90)):
        with pytest.raises(InputError, match=r"e\.parquet: cannot be read"):
            use()


@pytest.mark.parametrize(("name", "trimmed"), [("open", True), (" open", False)])
def test_names_without_blanks_around_them_are_read_as_they_are(write: Any, name: str, trimmed: bool) -> None:
    log = with_names(events(write("e.csv", f"customer_id,event,at\n7,{name},2024-01-02\n7,click,2024-01-03\n")))
    assert log.trimmed is trimmed
    assert log.frame.select("event", "kind").collect().rows() == [("open", "open"), ("click", "click")]
