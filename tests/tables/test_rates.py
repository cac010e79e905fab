from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError, UsageError
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.rates import Rates, open_rates
from rfm_cli.tables.rules import VERDICT

HEADER = "customer_id,date,amount,currency\n"
DATED = "currency,date,rate\nUSD,2024-01-02,0.5\nUSD,2024-01-10,2\nGBP,2024-01-01,1.25\n"


def rates(*paths: str, **options: Any) -> Rates:
    return open_rates(paths, ReadOptions(**options))


def converted(write: Any, read: Any, rows: str, table: str, currency: str = "EUR") -> Any:
    return read(write("o.csv", HEADER + rows), rates=rates(write("r.csv", table)), currency=currency)


@pytest.mark.parametrize(
    ("day", "minor"),
    [
        ("2024-01-02", 500),
        ("2024-01-03", 500),
        ("2024-01-09", 500),
        ("2024-01-10", 2000),
        ("2024-01-11", 2000),
        ("2030-01-01", 2000),
    ],
)
def test_the_latest_rate_on_or_before_the_day(write: Any, read: Any, day: str, minor: int) -> None:
    assert converted(write, read, f"a,{day},10.01,USD\n", DATED).minor()[0] == {500: 500, 2000: 2002}[minor]


def test_before_the_first_rate_and_without_one(write: Any, read: Any) -> None:
    rows = "a,2024-01-01,10,USD\na,2024-01-02,10,USD\na,2024-01-02,10,JPY\na,2020-01-01,10,EUR\nb,2020-01-01,3,\n"
    seen = converted(write, read, rows, DATED)
    assert seen.minor() == [300, 500, 1000]
    assert seen.rejects() == [(1, "rate"), (3, "rate")]


def test_a_rate_without_a_day_holds_on_all_days(write: Any, read: Any) -> None:
    seen = converted(write, read, "a,2024-01-01,10.00,usd\na,2024-01-01,1.05,EUR\n", "Currency;Rate\nUSD;0,92\n")
    assert seen.minor() == [105, 920]
    seen = converted(write, read, "a,2024-01-01,10.50,usd\na,2024-01-01,1.25,eur\n", "code,rate\nUSD,0.92\n", "eur")
    assert seen.minor() == [125, 966]


def test_the_currency_itself_may_be_listed_at_one(write: Any, read: Any) -> None:
    assert converted(write, read, "a,2024-01-01,10,USD\n", "currency,rate\nUSD,0.5\nEUR,1.000\n").minor() == [500]
    with pytest.raises(InputError, match="EUR itself has a rate other than 1"):
        converted(write, read, "a,2024-01-01,10,USD\n", "currency,rate\nUSD,0.5\nEUR,1.1\n")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.decimals("0.0001", 10_000, places=4), st.lists(st.decimals(-10_000, 10_000, places=2), min_size=1, max_size=20)
)
def test_exact_and_half_even(rate: Decimal, amounts: list[Decimal]) -> None:
    day = pl.Series("day", [None], dtype=pl.Date)
    table = Rates(pl.DataFrame({"currency": ["USD"], "day": day, "rate": [int(rate.scaleb(10))]}), "r.csv")
    rows = pl.DataFrame({"minor": [int(amount.scaleb(2)) for amount in amounts]}).with_columns(
        currency=pl.lit("USD"), day=pl.lit(date(2024, 1, 1)), rule=pl.lit("accepted", VERDICT)
    )
    found = table.convert(rows.lazy(), "EUR").collect()["minor"].to_list()
    assert found == [int((amount * rate).quantize(Decimal("0.01"), "ROUND_HALF_EVEN").scaleb(2)) for amount in amounts]


@pytest.mark.parametrize(
    ("amount", "minor"), [("0.01", 0), ("0.03", 2), ("0.05", 2), ("-0.01", 0), ("-0.03", -2), ("-0.05", -2)]
)
def test_halves_go_to_the_even_cent(write: Any, read: Any, amount: str, minor: int) -> None:
    assert converted(write, read, f"a,2024-01-01,{amount},USD\n", "currency,rate\nUSD,0.5\n").minor() == [minor]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("currency,rate\nUSD,x\n", "'x' is no exchange rate"),
        ("currency,rate\nUSD,\n", "is no exchange rate"),
        ("currency,rate\nUSD,NaN\n", "a rate of NaN is not positive"),
        ("currency,rate\nUSD,-1\n", "not positive"),
        ("currency,rate\nUSD,0\n", "not positive"),
        ("currency,rate\nUSD,0.5\nUSD,0.6\n", "USD has two rates on all days"),
        ("currency,rate,date\nUSD,0.5,2024-01-01\nUSD,0.6,2024-01-01\n", "USD has two rates on 2024-01-01"),
        ("currency,rate,date\nUSD,0.5,soon\n", "1 date cannot be read"),
        ("currency,rate,date\nUSD,0.5,03/04/2024\n", "day first or month first"),
        ("currency\nUSD\n", "no column for rate"),
    ],
)
def test_tables_that_cannot_be_read(write: Any, table: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as error:
        rates(write("r.csv", table))
    assert "r.csv" in error.value.message


def test_the_same_rate_twice_and_several_files(write: Any, read: Any) -> None:
    one, other = write("a.csv", DATED), write("b.csv", DATED)
    seen = read(write("o.csv", HEADER + "a,2024-01-03,10,USD\n"), rates=rates(one, other), currency="EUR")
    assert seen.minor() == [500]


def test_typed_rates(write: Any, read: Any) -> None:
    frame = pl.DataFrame({"currency": ["USD"], "rate": [0.1], "date": [date(2024, 1, 1)]})
    seen = read(
        write("o.csv", HEADER + "a,2024-01-03,12.30,USD\n"), rates=rates(write("r.parquet", frame)), currency="EUR"
    )
    assert seen.minor() == [123]


def test_rates_need_a_currency_on_both_sides(write: Any, read: Any) -> None:
    table = rates(write("r.csv", DATED))
    with pytest.raises(UsageError, match="--rates needs --currency"):
        read(write("o.csv", HEADER + "a,2024-01-03,1,USD\n"), rates=table)
    with pytest.raises(UsageError, match="no currency column"):
        read(write("o.csv", "customer_id,date,amount\na,2024-01-03,1\n"), rates=table, currency="EUR")


def test_rates_among_files_of_which_some_have_no_currency(write: Any, read: Any) -> None:
    files = (
        write("a.csv", HEADER + "a,2024-01-03,10,USD\n"),
        write("b.csv", "customer_id,date,amount\nb,2024-01-03,3\n"),
    )
    assert read(*files, rates=rates(write("r.csv", DATED)), currency="EUR").minor() == [300, 500]
