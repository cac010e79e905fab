from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.tables import event_days, footers
from rfm_cli.tables.event_days import end_by, first_days, name_days
from rfm_cli.tables.events import Events, name_counts, open_events, with_names
from rfm_cli.tables.options import ReadOptions
from tests.examples import examples

NOON = datetime(2024, 1, 1, 12)
LOG = {"customer_id": pl.Int64, "event": pl.String, "at": pl.Datetime("us")}


def events(*paths: str, **options: Any) -> Events:
    return open_events(paths, ReadOptions(**options))


@pytest.fixture
def every_footer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the footers of small files count as well."""
    monkeypatch.setattr(footers, "LARGE", 0)


def test_names_have_their_first_and_last_day_of_rows_that_count(write: Any) -> None:
    log = events(
        write(
            "e.csv", "customer_id,event,at\n7,open,2024-01-02\n, open ,2023-01-01\n8, open,2024-03-01\n7,click,soon\n"
        )
    )
    assert name_counts(log).rows() == [(0, "open", 2), (0, "click", 0)]
    assert name_days(log).rows() == [("open", date(2024, 1, 2), date(2024, 3, 1))]
    assert (end_by(log, date(2024, 2, 29)), end_by(log, date(2024, 3, 1))) == (False, True)
    assert end_by(events(write("none.csv", "customer_id,event,at\n")), date.min)


@pytest.mark.parametrize("ids", [("7", "8"), (7, 8), (7, 2**40), (-7, 8)], ids=["texts", "numbers", "large", "below 0"])
def test_first_days_are_of_each_customer_of_all_files(ids: tuple[Any, Any], tmp_path: Path) -> None:
    days = [date(2024, 3, 1), date(2024, 1, 1), date(2023, 1, 1), date(2024, 2, 1)]
    named = pl.DataFrame({"customer_id": [*ids, None, ids[0]], "event": ["open"] * 4, "at": days})
    for place, frame in enumerate((named.head(2), named.tail(2))):
        frame.write_parquet(tmp_path / f"{place}.parquet")
    log = events(*(str(tmp_path / f"{place}.parquet") for place in range(2)))
    expected = sorted([(str(ids[0]), date(2024, 2, 1)), (str(ids[1]), date(2024, 1, 1))])
    assert sorted(first_days(log).rows()) == expected
    assert first_days(log) is first_days(log)


@settings(max_examples=examples(25, 200))
@given(
    st.lists(st.tuples(st.integers(0, 9) | st.integers(0, 400_000), st.integers(-40_000, 40_000)), min_size=1),
    st.integers(1, 4),
)
def test_places_of_an_array_give_the_same_as_a_table(rows: list[tuple[int, int]], size: int) -> None:
    frame = pl.DataFrame(rows, schema={"key": pl.Int64, "day": pl.Int32}, orient="row").with_columns(
        pl.col("day").cast(pl.Date)
    )
    found = event_days._by_places(frame.lazy())
    plain = frame.group_by("key").agg(pl.col("day").min()).sort("key")
    assert found is not None
    assert found.rows() == plain.rows()


@pytest.mark.usefixtures("every_footer")
def test_a_footer_proves_that_no_event_is_left_out_and_that_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "e.parquet"
    rows = [(7, "open", NOON), (8, "click", NOON + timedelta(days=3, hours=11, minutes=30))]
    pl.DataFrame(rows, schema=LOG, orient="row").write_parquet(path, row_group_size=1)
    log = with_names(events(str(path)))
    assert (log.whole, log.last_days) == ((True,), (date(2024, 1, 4),))
    assert (end_by(log, date(2024, 1, 3)), end_by(log, date(2024, 1, 4))) == (False, True)
    assert log.unusable() == 0
    assert name_counts(log).rows() == [(0, "click", 1), (0, "open", 1)]
    assert not end_by(events(str(path), timezone="Europe/Berlin", times_in="UTC"), date(2024, 1, 4))


@pytest.mark.usefixtures("every_footer")
def test_clocks_that_are_put_back_at_midnight_make_the_last_moment_one_of_the_day_before(tmp_path: Path) -> None:
    # In Newfoundland the clocks of 2010-11-07 went back from 00:01 to 23:01 of the day before.
    moments = [datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC), datetime(2010, 11, 7, 2, 50, tzinfo=UTC)]
    path = tmp_path / "e.parquet"
    pl.DataFrame({"customer_id": [7, 7], "event": "open", "at": moments}).write_parquet(path)
    log = events(str(path), timezone="America/St_Johns")
    assert name_days(log).rows() == [("open", date(2010, 11, 6), date(2010, 11, 7))]
    assert (log.whole, log.last_days) == ((True,), (date(2010, 11, 7),))
    assert (end_by(log, date(2010, 11, 6)), end_by(log, date(2010, 11, 7))) == (False, True)


@pytest.mark.usefixtures("every_footer")
def test_times_of_a_zone_that_files_do_not_name_are_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "e.parquet"
    rows = [(7, "open", NOON), (8, "open", datetime(2024, 3, 31, 2, 30))]
    pl.DataFrame(rows, schema=LOG, orient="row").write_parquet(path)
    log = events(str(path), times_in="Europe/Berlin")
    assert (log.whole, log.last_days) == ((False,), (None,))


@pytest.mark.usefixtures("every_footer")
@pytest.mark.parametrize(
    ("row", "options"),
    [
        ((None, "open", NOON), {}),
        ((8, None, NOON), {}),
        ((8, "open", None), {}),
        ((8, "open", datetime(1, 1, 1) - timedelta(microseconds=0)), {}),
        ((0, "open", NOON), {"no_customer": ("0",)}),
    ],
    ids=["no customer", "no event", "no time", "year 1", "an id that is none"],
)
def test_a_file_with_a_row_that_may_be_left_out_is_looked_through(
    tmp_path: Path, row: tuple[Any, ...], options: dict[str, Any]
) -> None:
    path = tmp_path / "e.parquet"
    pl.DataFrame([(7, "open", NOON), row], schema=LOG, orient="row").write_parquet(path)
    looked = open_events([pl.read_parquet(path)], ReadOptions(**options))
    log = events(str(path), **options)
    assert log.whole == (row[2] == datetime(1, 1, 1),)
    for one in (log, looked):
        assert one.unusable() == (0 if log.whole[0] else 1)
    assert first_days(log).sort("customer_id").equals(first_days(looked).sort("customer_id"))
    assert name_days(log).equals(name_days(looked))


@pytest.mark.usefixtures("every_footer")
def test_ids_and_times_of_text_are_proved_by_no_footer(tmp_path: Path) -> None:
    for name, columns in {"ids": {"customer_id": pl.String}, "times": {"at": pl.String}}.items():
        path = tmp_path / f"{name}.parquet"
        frame = pl.DataFrame([(7, "open", NOON)], schema=LOG, orient="row")
        frame.with_columns(pl.col(column).cast(kind) for column, kind in columns.items()).write_parquet(path)
        log = events(str(path))
        assert (log.whole, log.last_days, end_by(log, NOON.date())) == ((False,), (None,), True)


@pytest.mark.usefixtures("every_footer")
@pytest.mark.parametrize(
    ("times", "kind"),
    [
        ([0, 86_400_000 * 20_000], pa.date64()),
        ([0, 253_402_300_800_000_000], pa.timestamp("us")),
        ([0, 2**63 - 1], pa.timestamp("us")),
        ([0, 2**63 - 1], pa.timestamp("ns")),
        ([0, -(2**63) + 1], pa.timestamp("ns")),
    ],
    ids=["days as milliseconds", "year 10000", "infinity", "the last nanosecond", "the first nanosecond"],
)
def test_times_that_are_stored_otherwise_or_lie_beyond_all_calendars_are_looked_at(
    tmp_path: Path, times: list[int], kind: Any
) -> None:
    answers = []
    for proved in (True, False):
        path = str(tmp_path / f"{proved}.parquet")
        columns = {"customer_id": [7, 8], "event": ["open", "open"], "at": pa.array(times, pa.int64()).cast(kind)}
        pq.write_table(pa.table(columns), path, write_statistics=proved)
        log = events(path)
        assert (log.whole, log.last_days) == ((False,), (None,))
        answers.append((first_days(log).sort("customer_id").rows(), name_days(log).rows(), log.unusable()))
    assert answers[0] == answers[1]
