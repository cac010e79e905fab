from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.clock import EVER
from rfm_cli.errors import InputError, UsageError
from rfm_cli.tables.attributes import attributes
from rfm_cli.tables.customers import (
    Customers,
    open_customers,
)
from rfm_cli.tables.events import Events, open_events
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.roster import roster_of

AS_OF = date(2024, 3, 31)
ORDERS = "customer_id,date,amount,Channel,city,status\n"


def customers(*paths: str, **options: Any) -> Customers:
    return open_customers(paths, ReadOptions(**options))


def events(*paths: str, **options: Any) -> Events:
    return open_events(paths, ReadOptions(**options))


def known(table: Customers | None, log: Events | None = None) -> dict[str, str]:
    found = roster_of(table, log, pl.Series([], dtype=pl.String))
    assert found is not None
    return {one: str(day) for one, day in found.sort("customer").select("customer", "known_from").iter_rows()}


def test_customers_and_their_attributes(write: Any) -> None:
    text = "id;Имя;E-mail Address;Город;created\n 007 ;Иван;x@y;Омск;31.12.2023\n8;;;NA;\n"
    found = customers(write("c.csv", text))
    assert found.table.select("customer_id", "Имя", "email", "city", "known_from").rows() == [
        ("007", "Иван", "x@y", "Омск", date(2023, 12, 31)),
        ("8", None, None, "NA", EVER),
    ]
    assert (found.rows, found.repeated, found.without_id) == (2, 0, 0)
    assert found.attributes["имя"] == "Имя" and found.attributes["city"] == "city"


def test_identical_rows_are_counted_and_differing_ones_are_an_error(write: Any) -> None:
    same = "customer_id,city\n7,Omsk\n8,Ufa\n 7 ,Omsk\n7,Omsk\n,Perm\n"
    found = customers(write("c.csv", same))
    assert (found.table["customer_id"].to_list(), found.rows, found.repeated, found.without_id) == (["7", "8"], 5, 2, 1)
    with pytest.raises(InputError, match="2 customers have rows that differ, for example '7'"):
        customers(write("d.csv", "customer_id,city\n7,Omsk\n8,Ufa\n7,Perm\n8,\n"))


def test_customers_in_files_of_differing_types(write: Any) -> None:
    frame = pl.DataFrame({"customer_id": [7.0, None], "age": [33, 44]})
    found = customers(write("a.parquet", frame), write("b.csv", "customer_id,age,city\n08,x,Ufa\n"))
    assert found.table.select("customer_id", "age", "city").rows() == [("7", "33", None), ("08", "x", "Ufa")]
    assert found.without_id == 1


def test_ids_with_a_fraction(write: Any) -> None:
    path = write(
        "c.parquet", pl.DataFrame({"customer_id": [7.5, 8.0], "event": ["open"] * 2, "at": ["2024-01-01"] * 2})
    )
    with pytest.raises(InputError, match="1 values have a fraction"):
        customers(path)
    with pytest.raises(InputError, match="1 values have a fraction"):
        events(path)


def test_a_mapped_field_beats_a_column_of_its_name(write: Any) -> None:
    for text in ("customer_id,Email,work\n7,old,new\n", "customer_id,work,email\n7,new,old\n"):
        found = customers(write("c.csv", text), maps={"customers": {"email": "work"}})
        got = attributes(["email"], found, None, AS_OF)
        assert got.rows() == [("7", "new")]


def test_too_many_fields(write: Any) -> None:
    found = customers(write("c.csv", "customer_id,city\n7,Omsk\n8,Ufa,extra\n"))
    assert found.table["customer_id"].to_list() == ["7"]
    log = events(write("e.csv", "customer_id,event,at\n7,open,2024-01-01\n8,open,2024-01-01,x\n"))
    assert (known(None, log), log.raw_rows()) == ({"7": "2024-01-01"}, 2)


def test_known_from_the_earliest_that_dates_a_customer(write: Any) -> None:
    table = customers(write("c.csv", "id,registered_at\na,2024-02-01\nb,2024-02-01\nc,\nd,\n"))
    log = events(
        write(
            "e.csv",
            "id_,event,at\na,open,2024-01-05\na,open,2024-01-03\nb,open,2024-03-01\nc,open,2024-03-02\ne,x,2024-03-03\n",
        ),
        maps={"events": {"customer_id": "id_"}},
    )
    assert known(table) == {"a": "2024-02-01", "b": "2024-02-01", "c": str(EVER), "d": str(EVER)}
    assert known(table, log) == {
        "a": "2024-01-03",
        "b": "2024-02-01",
        "c": "2024-03-02",
        "d": str(EVER),
        "e": "2024-03-03",
    }


def test_days_of_registration_and_events_are_those_of_the_time_zone(write: Any) -> None:
    table = customers(write("c.csv", "id,registered_at\na,2024-01-31T23:30:00Z\n"), timezone="Europe/Berlin")
    assert known(table) == {"a": "2024-02-01"}
    moment = pl.Series([datetime(2024, 1, 31, 23, 30, tzinfo=UTC)])
    log = write("e.parquet", pl.DataFrame({"user_id": [7], "event": ["open"], "timestamp": moment}))
    assert known(None, events(log, timezone="Europe/Berlin")) == {"7": "2024-02-01"}


def test_attributes_of_the_latest_order_row_that_has_one(write: Any, read: Any) -> None:
    rows = [
        "a,2024-01-02 10:00:00,1,web,Omsk,",
        "a,2024-01-02 09:00:00,1,app,Perm,",
        "a,2024-01-03 09:00:00,1, ,,",
        "a,2024-01-04 09:00:00,1,post,Ufa,cancelled",
        "a,2024-04-01 09:00:00,1,post,Ufa,",
        "b,2024-01-02 10:00:00,1,web,Ufa,",
        "b,2024-01-02 10:00:00,1,app,Omsk,",
        "c,2024-01-02 10:00:00,1,,,",
    ]
    for lines in (rows, rows[::-1]):
        seen = read(write("o.csv", ORDERS + "".join(f"{line}\n" for line in lines)))
        found = attributes(["channel", "CITY"], None, seen.orders, AS_OF).sort("customer_id")
        assert found.columns == ["customer_id", "channel", "CITY"]
        assert found.rows() == [("a", "web", "Omsk"), ("b", "app", "Omsk")]


def test_attributes_of_customers_come_first(write: Any, read: Any) -> None:
    seen = read(write("o.csv", ORDERS + "a,2024-01-02,1,web,Omsk,\nb,2024-01-02,1,app,Ufa,\n"))
    table = customers(write("c.csv", "id,city\na,Perm\n"))
    found = attributes(["city", "channel"], table, seen.orders, AS_OF).sort("customer_id")
    assert found.rows() == [("a", "Perm", "web"), ("b", None, "app")]


def test_attributes_of_order_files_of_differing_kinds(write: Any, read: Any) -> None:
    frame = pl.DataFrame(
        {
            "customer_id": [7, 7],
            "date": pl.Series([datetime(2024, 1, 3), datetime(2024, 1, 1)], dtype=pl.Datetime("ns")),
            "amount": [1, 1],
            "channel": pl.Series(["x", "y"], dtype=pl.Categorical),
        }
    )
    seen = read(
        write("a.parquet", frame),
        write("b.csv", "customer_id,date,amount,channel\n7,2024-01-02,1,z\n07,2024-01-02,1,w\n"),
    )
    found = attributes(["channel"], None, seen.orders, AS_OF).sort("customer_id")
    assert found.rows() == [("07", "w"), ("7", "x")]


def test_an_unknown_attribute(write: Any, read: Any) -> None:
    seen = read(write("o.csv", ORDERS + "a,2024-01-02,1,web,Omsk,\n"))
    with pytest.raises(UsageError, match="no attribute is called 'chanel'") as error:
        attributes(["chanel"], None, seen.orders, AS_OF)
    assert "did you mean Channel?" in error.value.hint


@pytest.mark.realdata
def test_real_people(shared_dir: Path) -> None:
    sakila = customers(str(shared_dir / "data/sakila/customers.csv"))
    assert (sakila.rows, sakila.repeated) == (599, 0)
    assert set(known(sakila).values()) == {"2006-02-14"}
    log = events(str(shared_dir / "data/ecom_events/events.csv"))
    assert log.raw_rows() == 19_945
    assert len(known(None, log)) == 390


def test_registrations_that_cannot_be_read_are_counted(write: Any) -> None:
    text = "id,registered_at\na,2024-01-05\nb,soon\nc,\nd, \ne,31.31.2024\n"
    found = customers(write("c.csv", text))
    assert found.undated == 2
    assert known(found) == {"a": "2024-01-05", **dict.fromkeys("bcde", str(EVER))}
    typed = pl.DataFrame({"id": [1, 2], "registered_at": [date(1, 1, 1), None]})
    assert customers(write("c.parquet", typed)).undated == 0


def test_a_date_format_of_the_orders_leaves_customers_and_events_as_they_are(write: Any) -> None:
    table = customers(write("c.csv", "id,registered_at\na,2024-01-05\n"), date_format="%d/%m/%Y")
    log = events(write("e.csv", "customer_id,event,at\na,open,2024-01-04\n"), date_format="%d/%m/%Y")
    assert known(table) == {"a": "2024-01-05"}
    assert known(None, log) == {"a": "2024-01-04"}
