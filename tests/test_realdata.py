"""Real and realistic sets: rows, customers and money, each added up a second time in plain Python."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.model import Question, Scored, TablePaths
from rfm_cli.pipeline import counts, score
from rfm_cli.schemes import NO_PURCHASES, load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.map_option import parse_maps
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.score import score_view
from rfm_cli.views.segments import segments_view

pytestmark = pytest.mark.realdata
ASK = Question(Fitting(load_scheme("rf12")))


@pytest.fixture
def data(shared_dir: Path) -> Path:
    return shared_dir / "data"


def scored(
    tables: Mapping[str, Path], *maps: str, purchases: tuple[str, ...] = (), as_of: date | None = None
) -> Scored:
    paths = TablePaths(**{name: (str(path),) for name, path in tables.items()})
    return score(
        open_shop(paths, ReadOptions(maps=parse_maps(maps), purchase_events=purchases)), replace(ASK, as_of=as_of)
    )


def column(path: Path, name: str) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


def exact(values: Iterable[object]) -> Decimal:
    return sum((Decimal(str(value)) for value in values), Decimal(0))


def revenue(result: Scored) -> Decimal:
    return Decimal(int(result.frame["monetary"].sum())).scaleb(-(result.scale or 0))


def conserved(result: Scored) -> dict[str, int]:
    """The counts of a run, after proof that nothing got lost on the way."""
    found = dict(counts(result))
    rejected = sum(rows for name, rows in found.items() if name.startswith("rejected_"))
    assert found["rows_accepted"] + rejected == found["rows_read"]
    nobody = result.frame.filter(pl.col("segment") == NO_PURCHASES).height
    assert found["customers"] == found["buyers"] + nobody
    groups = segments_view(result).rows
    assert groups["customers"].sum() == found["customers"]
    assert groups["orders"].sum() == result.frame["frequency"].sum()
    if result.scale is not None:
        assert groups["revenue"].sum() == revenue(result)
    ids = score_view(result).rows["customer_id"].to_list()
    assert ids == sorted(ids)
    assert len(set(ids)) == found["customers"]
    return found


def test_online_retail(data: Path) -> None:
    path = data / "online_retail/online_retail.parquet"
    result = scored({"orders": path})
    lines = pl.read_parquet(path, columns=["CustomerID", "Quantity", "UnitPrice"]).drop_nulls("CustomerID")
    exactly = sum(
        (Decimal(str(price)) * count for count, price in lines.select("Quantity", "UnitPrice").rows()), Decimal(0)
    )
    assert conserved(result) == {
        "rows_read": 541_909,
        "rows_accepted": 406_829,
        "rejected_customer": 135_080,
        "customers": 4_372,
        "buyers": 4_339,
        "vips": 642,
    }
    assert revenue(result) == exactly
    assert round(exactly, 2) == Decimal("8300065.81")
    assert result.as_of == date(2011, 12, 9)
    ids = set(score_view(result).rows["customer_id"])
    assert {"17850", "12346"} <= ids


def test_cancellations_of_online_retail_are_netted_and_are_no_purchases(data: Path) -> None:
    result = scored({"orders": data / "online_retail/online_retail.parquet"})
    row = result.frame.row(by_predicate=pl.col("customer") == 12346, named=True)
    # 74,215 pieces bought and cancelled a quarter of an hour later.
    assert (row["first_order"], row["last_order"]) == (date(2011, 1, 18), date(2011, 1, 18))
    assert (row["frequency"], row["monetary"]) == (1, 0)


def test_cdnow(data: Path) -> None:
    path = data / "cdnow/cdnow_full.csv"
    result = scored({"orders": path})
    found = conserved(result)
    assert (found["rows_read"], found["rows_accepted"], found["customers"], found["buyers"]) == (
        69_659,
        69_659,
        23_570,
        23_570,
    )
    assert revenue(result) == exact(column(path, "amount")) == Decimal("2500315.63")
    assert result.frame["frequency"].sum() == 69_659
    assert result.frame["free_orders"].sum() == 80
    ids = score_view(result).rows["customer_id"]
    assert (ids[0], ids[-1], set(ids.str.len_chars())) == ("00001", "23570", {5})


def test_cdnow_repeats_go_only_when_asked(data: Path) -> None:
    paths = TablePaths((str(data / "cdnow/cdnow_full.csv"),))
    result = score(open_shop(paths, ReadOptions(drop_duplicates=True)), ASK)
    assert result.facts.rejected == {"repeated": 255}
    assert result.facts.accepted == 69_659 - 255


def test_cdnow_sample(data: Path) -> None:
    path = data / "cdnow/cdnow_sample_10pct.csv"
    result = scored({"orders": path}, "customer_id=master_id")
    found = conserved(result)
    assert (found["rows_accepted"], found["buyers"]) == (6_919, 2_357)
    assert revenue(result) == exact(column(path, "amount"))


def test_adventureworks(data: Path) -> None:
    folder = data / "adventureworks"
    result = scored({"orders": folder / "sales.csv", "customers": folder / "customers.csv"})
    found = conserved(result)
    assert (found["rows_read"], found["rows_accepted"]) == (56_046, 56_046)
    assert (found["customers"], found["buyers"]) == (18_148, 17_416)
    assert result.frame["frequency"].sum() == 25_164
    assert revenue(result) == exact(column(folder / "sales.csv", "Sales"))
    assert round(revenue(result), 2) == Decimal("24778207.22")


def test_chinook(data: Path) -> None:
    folder = data / "chinook"
    result = scored({"orders": folder / "invoices.csv", "customers": folder / "customers.csv"})
    found = conserved(result)
    assert (found["rows_read"], found["rows_accepted"], found["buyers"]) == (412, 412, 59)
    assert revenue(result) == Decimal("2328.60")
    assert result.frame["frequency"].sum() == 412


def test_chinook_has_the_same_money_from_its_lines(data: Path) -> None:
    folder = data / "chinook"
    by_total = scored({"orders": folder / "invoices.csv"})
    lines = {"orders": folder / "invoices.csv", "lines": folder / "invoice_lines.csv"}
    assert scored(lines).frame.sort("customer").equals(by_total.frame.sort("customer"))


def northwind_lines(folder: Path) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    with (folder / "order_lines.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            net = Decimal(line["unitPrice"]) * int(line["quantity"]) * (1 - Decimal(line["discount"]))
            sums[line["orderID"]] = sums.get(line["orderID"], Decimal(0)) + net
    return sums


def test_northwind(data: Path) -> None:
    folder = data / "northwind"
    tables = {name: folder / f"{file}.csv" for name, file in (("orders", "orders"), ("lines", "order_lines"))}
    result = scored({**tables, "customers": folder / "customers.csv"})
    found = conserved(result)
    assert (found["rows_read"], found["rows_accepted"]) == (830, 830)
    assert (found["customers"], found["buyers"]) == (91, 89)
    assert revenue(result) == sum(northwind_lines(folder).values())
    assert round(revenue(result), 2) == Decimal("1265793.04")


def test_rows_with_too_many_fields_are_rejected_by_every_command(data: Path, rfm) -> None:
    folder = data / "northwind"
    result = scored({"orders": folder / "orders_raw_malformed.csv", "lines": folder / "order_lines.csv"})
    found = conserved(result)
    assert (found["rows_read"], found["rows_accepted"], found["rejected_fields"]) == (830, 654, 176)
    checked = rfm("check", "orders_raw_malformed.csv", "--format", "csv", "-q", cwd=folder)
    report = pl.read_csv(checked.stdout)
    counted = dict(report.filter(pl.col("topic").is_in(["rows", "rejected"])).select("item", "rows").rows())
    assert counted == {"read": 830, "accepted": 654, "fields": 176}


def test_sakila(data: Path) -> None:
    folder = data / "sakila"
    result = scored({"orders": folder / "payments.csv", "customers": folder / "customers.csv"})
    found = conserved(result)
    assert (found["rows_read"], found["rows_accepted"], found["customers"], found["buyers"]) == (
        16_049,
        16_049,
        599,
        599,
    )
    assert revenue(result) == exact(column(folder / "payments.csv", "amount")) == Decimal("67416.51")
    assert result.frame["free_orders"].sum() == 24


def test_registrations_after_the_orders_hide_nobody(data: Path) -> None:
    folder = data / "sakila"
    tables = {"orders": folder / "payments.csv", "customers": folder / "customers.csv"}
    early = scored(tables, as_of=date(2005, 7, 31))
    assert counts(early)["customers"] == counts(early)["buyers"] == 599


def test_rfm_orders(data: Path) -> None:
    path = data / "rfm_orders/rfm_orders.csv"
    result = scored({"orders": path})
    found = conserved(result)
    assert (found["rows_accepted"], found["buyers"]) == (4_906, 995)
    assert revenue(result) == exact(column(path, "revenue")) == 464_158
    assert "Abbey O'Reilly" in set(result.frame["customer"])


def test_complete_journey(data: Path) -> None:
    path = data / "completejourney_sample/transactions.parquet"
    result = scored({"orders": path})
    found = conserved(result)
    assert (found["rows_read"], found["rows_accepted"], found["buyers"]) == (142_224, 142_224, 200)
    assert result.frame["frequency"].sum() == 13_803
    exactly = exact(pl.read_parquet(path, columns=["sales_value"])["sales_value"])
    assert revenue(result) == exactly == Decimal("453533.92")
    baskets = (
        pl.read_parquet(path, columns=["basket_id", "sales_value"]).group_by("basket_id").agg(pl.sum("sales_value"))
    )
    assert result.frame["free_orders"].sum() == baskets.filter(pl.col("sales_value").abs() < 0.005).height


def test_transactions_without_amounts(data: Path) -> None:
    path = data / "transactions_no_amount/example_transactions.csv"
    with pytest.raises(InputError, match="no column for customer_id"):
        scored({"orders": path})
    result = scored({"orders": path}, "customer_id=id")
    found = conserved(result)
    assert (found["rows_accepted"], found["buyers"]) == (15_273, 5_000)
    assert result.frame["frequency"].sum() == 15_273
    assert result.scale is None


def test_an_event_log_of_purchases(data: Path) -> None:
    path = data / "ecom_events/events.csv"
    result = scored({"events": path}, purchases=("purchase",))
    found = conserved(result)
    events = list(zip(column(path, "user_id"), column(path, "event"), strict=True))
    bought = [user for user, event in events if event == "purchase"]
    assert (found["rows_read"], found["rows_accepted"]) == (len(bought), 312)
    assert (found["customers"], found["buyers"]) == (390, len(set(bought)))


def test_events_of_epoch_milliseconds(data: Path) -> None:
    path = data / "otto_events_sample/events.csv"
    maps = ("events.customer_id=session", "events.at=ts_ms")
    result = scored({"events": path}, *maps, purchases=("orders",))
    found = conserved(result)
    # Half of the users come for the first time two days after the last order.
    assert (found["rows_accepted"], found["customers"], found["buyers"]) == (10, 10, 3)
    late = scored({"events": path}, *maps, purchases=("orders",), as_of=date(2022, 8, 28))
    assert counts(late)["customers"] == 20
    by_text = scored({"events": path}, maps[0], "events.at=event_time", purchases=("orders",))
    assert by_text.frame.sort("customer").equals(result.frame.sort("customer"))


def test_two_currencies_are_an_input_error_that_asks_for_rates(data: Path) -> None:
    with pytest.raises(InputError, match="more than one currency") as caught:
        scored({"orders": data / "vendor_schemas/shopify/shopify_order_data.csv"})
    assert "--rates" in str(caught.value.hint)


def test_orders_with_a_date_of_cancellation_are_rejected(data: Path) -> None:
    told = [one.text for one in scored({"orders": data / "vendor_schemas/shopify/shopify_gql_order_data.csv"}).notes]
    assert "8 of 9 rows rejected (88.9%): 8 an order that was cancelled" in told


@pytest.mark.parametrize(
    "arguments",
    [
        ["cdnow/cdnow_full.csv"],
        ["rfm_orders/rfm_orders.csv", "--scheme", "r-rfm"],
        ["northwind/orders.csv", "--lines", "northwind/order_lines.csv", "--customers", "northwind/customers.csv"],
    ],
)
def test_the_command_line_gives_the_same_rows(data: Path, rfm, arguments: list[str]) -> None:
    done = rfm("score", *arguments, "--format", "csv", "-q", cwd=data)
    assert (done.returncode, done.stderr) == (0, b"")
    names = dict(zip(["orders", *(flag[2:] for flag in arguments[1::2])], arguments[::2], strict=True))
    question = Question(Fitting(load_scheme(names.pop("scheme", "rf12"))))
    paths = TablePaths(**{name: (str(data / path),) for name, path in names.items()})
    expected = score_view(score(open_shop(paths, ReadOptions()), question)).rows
    assert done.stdout.decode() == expected.write_csv()


DATA_SETS: dict[str, tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]] = {
    "UCI Online Retail": ({"orders": "online_retail/online_retail.parquet"}, (), ()),
    "CDNOW, full": ({"orders": "cdnow/cdnow_full.csv"}, (), ()),
    "CDNOW, 1/10": ({"orders": "cdnow/cdnow_sample_10pct.csv"}, ("customer_id=master_id",), ()),
    "AdventureWorks": ({"orders": "adventureworks/sales.csv", "customers": "adventureworks/customers.csv"}, (), ()),
    "Chinook": ({"orders": "chinook/invoices.csv", "customers": "chinook/customers.csv"}, (), ()),
    "Northwind": (
        {
            "orders": "northwind/orders.csv",
            "lines": "northwind/order_lines.csv",
            "customers": "northwind/customers.csv",
        },
        (),
        (),
    ),
    "Northwind, as found": (
        {"orders": "northwind/orders_raw_malformed.csv", "lines": "northwind/order_lines.csv"},
        (),
        (),
    ),
    "Sakila, payments": ({"orders": "sakila/payments.csv", "customers": "sakila/customers.csv"}, (), ()),
    "Complete Journey, 200 households": ({"orders": "completejourney_sample/transactions.parquet"}, (), ()),
    "R's rfm_data_orders": ({"orders": "rfm_orders/rfm_orders.csv"}, (), ()),
    "lifetimes' transactions": (
        {"orders": "transactions_no_amount/example_transactions.csv"},
        ("customer_id=id",),
        (),
    ),
    "Retentioneering e-commerce events": ({"events": "ecom_events/events.csv"}, (), ("purchase",)),
    "OTTO events, 20 users": (
        {"events": "otto_events_sample/events.csv"},
        ("events.customer_id=session", "events.at=ts_ms"),
        ("orders",),
    ),
}


def test_the_table_of_the_docs_says_what_the_sets_give(data: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "real-data.md").read_text(encoding="utf-8")
    rows = {}
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split("|")]
        if cells[0] in DATA_SETS:
            rows[cells[0]] = [cells[2], cells[3], *cells[5:8]]
    assert rows.keys() == DATA_SETS.keys()
    for name, (tables, maps, purchases) in DATA_SETS.items():
        result = scored({table: data / path for table, path in tables.items()}, *maps, purchases=purchases)
        found = conserved(result)
        said = [f"{found[key]:,}" for key in ("rows_read", "rows_accepted", "customers", "buyers")]
        assert rows[name] == [*said, "none" if result.scale is None else f"{revenue(result):,}"], name


def joined_lines(data: Path, folder: Path, *columns: str) -> TablePaths:
    """Chinook's lines with the customer, the date and the total of their invoice on each."""
    lines, invoices = (pl.read_csv(data / "chinook" / f"{name}.csv") for name in ("invoice_lines", "invoices"))
    names = ["CustomerId", "InvoiceId", "InvoiceDate", "TrackId", *columns]
    lines.join(invoices, on="InvoiceId").select(names).write_csv(folder / "joined.csv")
    return TablePaths(orders=(str(folder / "joined.csv"),))


def test_a_total_on_every_line_counts_once_where_the_lines_prove_it(data: Path, tmp_path: Path) -> None:
    expected = score_view(scored({"orders": data / "chinook" / "invoices.csv"})).rows
    proved = joined_lines(data, tmp_path, "UnitPrice", "Quantity", "Total")
    assert score_view(score(open_shop(proved, ReadOptions()), ASK)).rows.equals(expected)
    unproved = joined_lines(data, tmp_path, "Total")
    with pytest.raises(
        InputError, match=r"if it is the order's, the revenue is 2,328.60; if it is the row's, 20,848.62"
    ):
        score(open_shop(unproved, ReadOptions()), ASK)
    assert score_view(score(open_shop(unproved, ReadOptions(amount_per="order")), ASK)).rows.equals(expected)


def test_lines_of_one_price_are_added_with_a_warning_that_row_ends(data: Path, tmp_path: Path) -> None:
    paths, maps = joined_lines(data, tmp_path, "UnitPrice"), parse_maps(["amount=UnitPrice"])
    expected = score_view(scored({"orders": data / "chinook" / "invoices.csv"})).rows
    for amount_per, warned in ((None, True), ("row", False)):
        found = score(open_shop(paths, ReadOptions(maps=maps, amount_per=amount_per)), ASK)
        assert score_view(found).rows.equals(expected)
        assert any(note.name == "repeated-amounts" for note in found.notes) == warned
