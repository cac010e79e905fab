from __future__ import annotations

import random
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from rfm_cli.errors import InputError, UsageError
from rfm_cli.model import TablePaths
from rfm_cli.shop import open_tables
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.options import ReadOptions

HEADER = "customer_id,order_id,date,amount\n"
LAST = date(2011, 12, 9)


def split(write: Any, text: str, parts: int, name: str = "part") -> list[str]:
    """A CSV text as several files of equal length, each with the header."""
    header, *lines = text.splitlines(keepends=True)
    size = -(-len(lines) // parts)
    return [
        write(f"{name}{place:02}.csv", header + "".join(lines[place * size : (place + 1) * size]))
        for place in range(parts)
        if lines[place * size : (place + 1) * size]
    ]


def test_ten_files_give_the_same_as_one(write: Any, read: Any) -> None:
    days = [f"{place % 12 + 1:02}/{place % 28 + 1:02}/2024" for place in range(100)]
    text = HEADER + "".join(f'{place % 7},{place // 2},{day},"{place},5"\n' for place, day in enumerate(days))
    whole, parts = read(write("o.csv", text)), read(*split(write, text, 10))
    assert parts.rows() == whole.rows()
    assert (parts.orders.scale, parts.facts.rows) == (whole.orders.scale, whole.facts.rows)
    assert parts.orders_ids() == whole.orders_ids()


@pytest.mark.parametrize("proof", [0, 5, 9])
def test_only_one_of_ten_files_proves_the_day_and_the_mark(write: Any, read: Any, proof: int) -> None:
    lines = ["a;1;03/04/2024;1,234\n"] * 10
    lines[proof] = "a;2;13/04/2024;1 234,5\n"
    text = HEADER.replace(",", ";") + "".join(lines)
    whole, parts = read(write("o.csv", text)), read(*split(write, text, 10))
    assert whole.rows() == parts.rows()
    assert whole.minor() == [1234] * 9 + [1234500]
    assert whole.days() == [date(2024, 4, 3)] * 9 + [date(2024, 4, 13)]


def test_points_that_another_file_shows_to_be_thousands(write: Any, read: Any) -> None:
    text = HEADER.replace(",", ";") + "a;1;2024-01-01;1.234\n" * 9 + "a;1;2024-01-01;1.234,50\n"
    assert read(write("o.csv", text)).minor() == read(*split(write, text, 10)).minor() == [12340] * 9 + [12345]


def test_files_with_marks_of_their_own(write: Any, read: Any) -> None:
    comma = write("a.csv", HEADER.replace(",", ";") + "a;1;2024-01-01;12,50\n")
    point = write("b.csv", HEADER + "a,1,2024-01-01,12.50\n")
    whole = write("c.csv", HEADER + "a,1,2024-01-01,12\n")
    assert read(comma, point, whole).minor() == [120, 125, 125]


def test_files_of_differing_kinds_and_columns(write: Any, read: Any) -> None:
    csv = write("a.csv", "Клиент;Дата заказа;Сумма;Статус\n7;01.02.2024;1,5;оплачен\n")
    ndjson = write(
        "b.ndjson", '{"customer_id": 7, "order_id": "x", "created_at": "2024-02-02T23:30:00Z", "total": 2}\n'
    )
    frame = pl.DataFrame(
        {"customer_id": [7.0, None], "date": [datetime(2024, 2, 3, 23, 59)] * 2, "amount": [0.25, 1.0]}
    )
    aware = pl.DataFrame({"CustomerID": [7], "date": [datetime(2024, 2, 3, 23, 30, tzinfo=UTC)], "amount": [3]})
    seen = read(csv, ndjson, write("c.parquet", frame), write("d.arrow", aware), timezone="Europe/Berlin")
    assert seen.rows() == [
        ("7", date(2024, 2, 1), 150),
        ("7", date(2024, 2, 3), 200),
        ("7", date(2024, 2, 3), 25),
        ("7", date(2024, 2, 4), 300),
    ]
    assert seen.facts.rejected == {"customer": 1}
    assert seen.orders_ids() == ["x", None, None, None]


def test_files_with_and_without_amounts(write: Any, read: Any) -> None:
    files = (
        write("a.csv", "customer_id,date,amount\na,2024-01-01,1\n"),
        write("b.csv", "customer_id,date\na,2024-01-01\n"),
    )
    with pytest.raises(InputError, match=r"b\.csv: no amount, while other order files have one"):
        read(*files)


def test_ids_that_stop_rising(write: Any, read: Any) -> None:
    many = "".join(f"c,{place},2024-01-01,1\n" for place in range(1, 20_001))
    rising = read(write("a.csv", HEADER + many))
    assert rising.orders.each_row
    for late in ("c,20000,2024-01-02,2\n", "c,7,2024-01-02,2\n", "c,,2024-01-02,1\n"):
        seen = read(write("b.csv", HEADER + many + late))
        assert not seen.orders.each_row
        assert seen.facts.accepted == 20_001


def test_orders_are_counted_once_where_ids_repeat_late(write: Any, rfm: Any) -> None:
    many = "".join(f"c,{place},2024-01-01,1\n" for place in range(1, 20_001))
    done = rfm("score", write("o.csv", HEADER + many + "c,20000,2024-01-01,1\nc,7,2024-01-02,2\n"), "--format", "csv")
    assert done.stdout.splitlines()[1].startswith(b"c,2024-01-01,2024-01-01,1,20000,20003,")


def test_row_order_does_not_matter(write: Any, read: Any) -> None:
    lines = [f"c{place % 5},{place % 40},2024-{place % 12 + 1:02}-01,{place}.{place % 10}\n" for place in range(200)]
    shuffled = random.Random(7).sample(lines, len(lines))
    one, other = read(write("a.csv", HEADER + "".join(lines))), read(write("b.csv", HEADER + "".join(shuffled)))
    assert one.rows() == other.rows()
    assert one.facts.rows == other.facts.rows


def test_repeated_rows_are_dropped_only_on_demand(write: Any, read: Any) -> None:
    path = write("o.csv", HEADER + "a,1,2024-01-01,1\na,1,2024-01-01,1\na,1,2024-01-01,1.0\na,1,2024-01-01,1\n")
    assert read(path).facts.accepted == 4
    seen = read(path, drop_duplicates=True)
    assert seen.rejects() == [(2, "repeated"), (4, "repeated")]


def test_rows_repeated_in_another_file(write: Any, read: Any) -> None:
    line = "a,1,2024-01-01,1\n"
    seen = read(
        write("a.csv", HEADER + line), write("b.csv", HEADER + line + "b,1,2024-01-01,1\n"), drop_duplicates=True
    )
    assert (seen.ids(), seen.facts.rejected) == (["a", "b"], {"repeated": 1})


def test_one_currency_is_no_trouble(write: Any, read: Any) -> None:
    path = write(
        "o.csv", "customer_id,date,amount,currency\na,2024-01-01,1,eur\na,2024-01-02,2, EUR\na,2024-01-03,3,\n"
    )
    assert read(path).minor() == [1, 2, 3]
    assert read(path, currency="EUR").minor() == [1, 2, 3]
    with pytest.raises(UsageError, match="--currency USD: the orders are in EUR"):
        read(path, currency="USD")


def test_two_currencies_cannot_be_added(write: Any, read: Any) -> None:
    path = write("o.csv", "customer_id,date,amount,currency\na,2024-01-01,1,EUR\na,2024-01-02,2,USD\n")
    with pytest.raises(InputError, match="more than one currency") as error:
        read(path)
    assert "EUR" in error.value.message and "USD" in error.value.message and "--rates" in error.value.hint


def test_a_currency_of_rejected_rows_alone_is_no_trouble(write: Any, read: Any) -> None:
    path = write("o.csv", "customer_id,date,amount,currency,status\na,2024-01-01,1,EUR,\na,2024-01-02,2,USD,test\n")
    assert read(path).minor() == [1]


EVENTS = (
    "user_id,event,time,value,order_id,page\na,view,2024-01-01 10:00:00,,,x\na,Purchase ,2024-01-02 10:00:00,5.50,1,y\n"
)


def purchases(write: Any, text: str, **options: Any) -> Any:
    settings = ReadOptions(purchase_events=("purchase",), **options)
    opened = open_tables(TablePaths(events=(write("e.csv", text),)), settings).orders
    assert opened is not None
    return order_tables.collect(opened, lambda _: lambda rows: rows)


def test_orders_in_an_event_log(write: Any) -> None:
    table, facts, _ = purchases(write, EVENTS + "b,purchase,2024-01-03,x,2,z\nc,PURCHASE,2024-01-04,7,3,\n")
    assert table.select("customer", "day", "minor").rows() == [
        ("a", date(2024, 1, 2), 55),
        ("c", date(2024, 1, 4), 70),
    ]
    assert (facts.read, facts.rejected) == (3, {"amount": 1})


def test_the_event_log_of_the_command_line(write: Any, rfm: Any) -> None:
    path = write("e.csv", EVENTS)
    done = rfm("score", "--events", path, "--purchase-events", "purchase")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith(b"a,2024-01-02,2024-01-02,0,1,5.5,")


def test_orders_are_taken_by_kinds_and_names(write: Any) -> None:
    rows = "a,Placed Order,2024-01-02,5,1\nb,Ordered Product,2024-01-03,5,1\nc,PURCHASE,2024-01-04,7,3\n"
    path = write("e.csv", "user_id,event,time,value,order_id\n" + rows + "d,deal,2024-01-05,1,4\n")

    def buyers(*names: str, **options: Any) -> list[str]:
        settings = ReadOptions(purchase_events=names, **options)
        opened = open_tables(TablePaths(events=(path,)), settings).orders
        assert opened is not None
        return order_tables.collect(opened, lambda _: lambda rows: rows)[0]["customer"].sort().to_list()

    assert buyers("purchase") == ["a", "c"]
    assert buyers("placed_order", "Ordered Product") == ["a", "b"]
    assert buyers("purchase", event_kinds={"deal": "purchase", "placedorder": "checkout"}) == ["c", "d"]


def test_repeated_purchase_events_are_dropped_on_demand(write: Any) -> None:
    text = EVENTS + EVENTS.splitlines()[-1] + "\n"
    assert purchases(write, text)[1].accepted == 2
    assert purchases(write, text, drop_duplicates=True)[1].rejected == {"repeated": 1}


def test_purchase_events_in_two_currencies_take_rates(write: Any, rfm: Any) -> None:
    log = write("e.csv", "user_id,event,at,value,currency\na,buy,2024-01-02,10,EUR\na,buy,2024-01-02,10,USD\n")
    rates = write("rates.csv", "currency,rate\nUSD,0.5\n")
    flags = ["--purchase-events", "buy", "--rates", rates, "--currency", "EUR"]
    done = rfm("score", "--events", log, *flags)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith(b"a,2024-01-02,2024-01-02,0,2,15.00,")


@pytest.mark.realdata
def test_online_retail(shared_dir: Path, read: Any) -> None:
    seen = read(str(shared_dir / "data/online_retail/online_retail.parquet"))
    assert seen.facts.read == 541_909
    assert seen.facts.rejected == {"customer": 135_080}
    assert (seen.orders.scale, sum(seen.minor())) == (3, 8_300_065_814)
    assert (seen.facts.first_day, seen.facts.last_day) == (date(2010, 12, 1), LAST)
    assert seen.table["customer"].n_unique() == 4_372
    assert (
        read(str(shared_dir / "data/online_retail/online_retail.parquet"), drop_duplicates=True).facts.rejected[
            "repeated"
        ]
        == 5_268
    )


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "options", "accepted", "customers", "minor", "scale"),
    [
        ("cdnow/cdnow_full.csv", {}, 69_659, 23_570, 250_031_563, 2),
        ("sakila/payments.csv", {}, 16_049, 599, 6_741_651, 2),
        ("chinook/invoices.csv", {}, 412, 59, 232_860, 2),
        ("completejourney_sample/transactions.parquet", {}, 142_224, 200, 45_353_392, 2),
        ("adventureworks/sales.csv", {"maps": {"orders": {"order_id": "OrderNumber"}}}, 56_046, 17_416, None, 4),
    ],
)
def test_real_orders(
    shared_dir: Path, read: Any, name: str, options: Any, accepted: int, customers: int, minor: int | None, scale: int
) -> None:
    seen = read(str(shared_dir / "data" / name), **options)
    assert (seen.facts.read, seen.facts.accepted) == (accepted, accepted)
    assert seen.table["customer"].n_unique() == customers
    assert seen.orders.scale == scale
    assert minor is None or sum(seen.minor()) == minor


@pytest.mark.realdata
def test_cdnow_ids_keep_their_zeros_and_repeats(shared_dir: Path, read: Any) -> None:
    path = str(shared_dir / "data/cdnow/cdnow_full.csv")
    assert {len(one) for one in read(path).ids()} == {5}
    assert read(path, drop_duplicates=True).facts.rejected == {"repeated": 255}


@pytest.mark.realdata
def test_otto_epochs(shared_dir: Path) -> None:
    options = ReadOptions(purchase_events=("orders",), maps={"events": {"at": "ts_ms", "customer_id": "session"}})
    opened = open_tables(TablePaths(events=(str(shared_dir / "data/otto_events_sample/events.csv"),)), options).orders
    assert opened is not None
    table, facts, orders = order_tables.collect(opened, lambda _: lambda rows: rows)
    assert (facts.accepted, facts.rejected, orders.has_money) == (10, {}, False)
    assert orders.files[0].day.in_words() == "epoch ms"
    assert table["day"].min() >= date(2022, 7, 31)
