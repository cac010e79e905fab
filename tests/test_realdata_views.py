"""Every view on every data set: nothing stops, and the views agree with one another."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

pytestmark = pytest.mark.realdata
Run = Callable[..., CompletedProcess[bytes]]

SETS = {
    "online_retail": ["online_retail/online_retail.parquet"],
    "cdnow": ["cdnow/cdnow_full.csv"],
    "adventureworks": ["adventureworks/sales.csv", "--customers", "adventureworks/customers.csv"],
    "chinook": ["chinook/invoices.csv", "--customers", "chinook/customers.csv"],
    "northwind": [
        "northwind/orders.csv", "--lines", "northwind/order_lines.csv", "--customers", "northwind/customers.csv"
    ],
    "sakila": ["sakila/payments.csv", "--customers", "sakila/customers.csv"],
    "completejourney": ["completejourney_sample/transactions.parquet"],
    "r": ["rfm_orders/rfm_orders.csv", "--scheme", "r-rfm"],
    "no_amount": ["transactions_no_amount/example_transactions.csv", "--map", "customer_id=id"],
    "ecom": ["--events", "ecom_events/events.csv", "--purchase-events", "purchase"],
}  # fmt: skip
WITHOUT_MONEY = ("no_amount", "ecom")
WITH_ADDRESSES = ("adventureworks", "chinook", "northwind", "sakila")
DATES = {"sakila": ["--from", "2005-07", "--to", "2005-08"], "r": ["--from", "2005-12", "--to", "2006-12"]}


@pytest.fixture
def answer(rfm: Run, shared_dir: Path) -> Callable[..., list[dict[str, str]]]:
    """The rows of a command on a data set; a check that is asked for is that it ends well and in silence."""

    def rows(command: str, name: str, *more: str) -> list[dict[str, str]]:
        done = rfm(*command.split(), *SETS[name], *more, "--format", "csv", "-q", cwd=shared_dir / "data")
        assert (done.returncode, done.stderr) == (0, b""), done.stderr
        return list(csv.DictReader(io.StringIO(done.stdout.decode())))

    return rows


def customers(rows: list[dict[str, str]]) -> int:
    return sum(int(row["customers"]) for row in rows)


@pytest.mark.parametrize("name", SETS)
def test_views_count_the_same_customers(answer: Callable[..., list[dict[str, str]]], name: str) -> None:
    everybody = customers(answer("segments", name))
    assert customers(answer("grid", name)) == everybody
    assert customers(answer("matrix --by recency,segment", name)) == everybody
    if name not in WITHOUT_MONEY:
        buyers = customers([row for row in answer("grid", name) if row["r"]])
        assert int(answer("vip", name)[-1]["customers"]) == buyers
    if name in WITH_ADDRESSES:
        reach = {row["branch"]: int(row["customers"]) for row in answer("reach", name)}
        assert reach["All"] == everybody == reach["Reachable"] + reach["Not reachable"]


@pytest.mark.parametrize("name", SETS)
def test_migration_agrees_with_its_moves_and_its_dates(answer: Callable[..., list[dict[str, str]]], name: str) -> None:
    dates = DATES.get(name, [])
    matrix, moves = answer("migrate", name, *dates), answer("migrate --moves", name, *dates)
    assert customers(matrix) == len(moves)
    flows = answer("migrate --flows", name, *dates)
    assert sum(int(row["customers_to"]) for row in flows) == len(moves)
    assert all(int(row["in"]) - int(row["out"]) == int(row["net"]) for row in flows)
    chain = answer("migrate --every 30d", name, *dates)
    last = max(row["to_date"] for row in chain)
    assert customers([row for row in chain if row["to_date"] == last]) == len(moves)
    assert customers(answer("migrate --paths --every 30d", name, *dates)) == len(moves)
    for row in answer("migrate --speed", name, *dates):
        shares = [float(row[f"share_{days}d"]) for days in (30, 60, 90) if row[f"share_{days}d"]]
        assert shares == sorted(shares)
        assert int(row["p25_days"]) <= int(row["median_days"]) <= int(row["p75_days"])


@pytest.mark.parametrize("name", ["online_retail", "cdnow", "sakila"])
def test_history_ends_where_score_does(answer: Callable[..., list[dict[str, str]]], name: str) -> None:
    found = answer("score --history", name)
    plain = answer("score", name)
    assert [row["segment"] for row in found] == [row["segment"] for row in plain]
    assert all(row["previous_segment"] != row["segment"] for row in found)
