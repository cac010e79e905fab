# ruff: noqa: RUF001 - signs and letters of other scripts are what is tested
from __future__ import annotations

from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError, UsageError
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import sources
from rfm_cli.tables.amounts import without_blanks
from rfm_cli.tables.assumptions import evidence_of
from rfm_cli.tables.currencies import heading_of, normal, resolved, sign_in, without_sign
from tests.examples import examples

HEADER = "customer_id;date;amount"


def currency_of(text: str) -> str | None:
    sign = pl.select(normal(sign_in(without_blanks(pl.lit(text))))).item()
    return None if sign is None else resolved([sign])[sign]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *[("$12.00", "USD"), ("US$12.00", "USD"), ("USD 12.00", "USD"), ("12.00 usd", "USD"), ("-$12.00", "USD")],
        *[
            ("($12.00)", "USD"),
            ("$(12.00)", "USD"),
            ("12.00-$", "USD"),
            ("$ -", "USD"),
            ("- €", "EUR"),
            ("$1,2", "USD"),
        ],
        *[("A$12", "AUD"), ("C$ 12", "CAD"), ("$12.00 CAD", "CAD"), ("CAD $12.00", "CAD"), ("HK$12", "HKD")],
        *[("R$ 1.234,50", "BRL"), ("1 234,50 kr", "KR"), ("kr. 12", "KR"), ("12 SEK", "SEK"), ("12,50 zł", "PLN")],
        *[("12 Kč", "CZK"), ("Rs. 500.00", "RS"), ("₹500", "INR"), ("CHF 1'234.50", "CHF"), ("Fr. 12.50", "CHF")],
        *[("12,50 руб.", "RUB"), ("100 р.", "RUB"), ("100р", "RUB"), ("12 ₽", "RUB"), ("12 грн.", "UAH")],
        *[("£12", "GBP"), ("¥12", "¥"), ("12 €", "EUR"), ("EUR €12,50", "EUR"), ("12.00", None), ("-", None)],
        *[("1e3", None), ("1.5E+3", None), ("", None), ("EUR", None), ("(12)", None)],
    ],
)
def test_the_currency_in_an_amount(text: str, code: str | None) -> None:
    assert currency_of(text) == code


@pytest.mark.parametrize("text", ["1€50", "12 apples", "€", "12abc", "a12", "12.00 ??"])
def test_letters_elsewhere_are_no_currency(text: str) -> None:
    tight = pl.select(without_sign(without_blanks(pl.lit(text)))).item()
    assert not tight.replace(".", "").isdigit()


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (["$", "us$", "usd"], {"USD"}),
        (["$", "cad"], {"$", "CAD"}),
        (["$", "us$", "a$"], {"$", "USD", "AUD"}),
        (["$", "eur"], {"USD", "EUR"}),
        (["kr"], {"KR"}),
        (["kr", "sek", "eur"], {"SEK", "EUR"}),
        (["kr", "sek", "nok"], {"KR", "SEK", "NOK"}),
        (["¥", "cny"], {"CNY"}),
        (["rs", "₹"], {"INR"}),
        (["£", "gbp"], {"GBP"}),
        (["£", "egp"], {"EGP"}),
        (["руб", "₽", "р", "rub", "rur"], {"RUB"}),
    ],
)
def test_which_signs_are_one_currency(signs: list[str], expected: set[str]) -> None:
    assert set(resolved(signs).values()) == expected


def test_the_currency_that_the_user_names_settles_a_sign() -> None:
    assert resolved(["$"], "cad") == {"$": "CAD"}
    assert resolved(["$", "usd"], "CAD") == {"$": "USD", "usd": "USD"}
    assert resolved(["kr"], "NOK") == {"kr": "NOK"}
    assert resolved(["$"], "EUR") == {"$": "USD"}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["id", "order_currency"], "order_currency"),
        (["Currency Code"], "Currency Code"),
        (["presentmentCurrency"], "presentmentCurrency"),
        (["Currency (ISO)"], None),
        (["Currency ISO"], "Currency ISO"),
        (["Валюта заказа"], "Валюта заказа"),
        (["Transaction currency", "Payout currency"], "Transaction currency"),
        (["currency_rate", "base_currency_code", "currency_symbol"], None),
        (["shop currency", "order currency"], None),
    ],
)
def test_headings_of_currencies(header: list[str], expected: str | None) -> None:
    assert heading_of(header, ()) == expected


def lines(*amounts: str) -> str:
    return (
        HEADER + "\n" + "".join(f"c{place % 3};2024-01-0{place % 9 + 1};{text}\n" for place, text in enumerate(amounts))
    )


def refusal(read: Any, path: str, **options: Any) -> str:
    with pytest.raises(InputError) as error:
        seen = read(path, **options)
        order_tables.refuse(seen.orders, seen.facts)
    return error.value.message


@pytest.mark.parametrize(
    "amounts", [("$100.00", "€90.00", "12.00 GBP"), ("$5", "A$5"), ("5 kr", "5 zł"), ("$5", "CAD 5")]
)
def test_several_currencies_inside_amounts_are_an_error(write: Any, read: Any, amounts: tuple[str, ...]) -> None:
    for order in (amounts, amounts[::-1]):
        assert "more than one currency" in refusal(read, write("o.csv", lines(*order)))


@pytest.mark.parametrize(
    "amounts",
    [
        ("$5.00", "US$6.00", "USD 7", "8"),
        ("5 kr", "SEK 6.50", "7"),
        ("5 руб.", "6 ₽", "7 р.", "8 RUB"),
        ("5", "6.00 €"),
    ],
)
def test_one_currency_however_it_is_written(write: Any, read: Any, amounts: tuple[str, ...]) -> None:
    codes = set()
    for order in (amounts, amounts[::-1]):
        seen = read(write("o.csv", lines(*order)))
        order_tables.refuse(seen.orders, seen.facts)
        assert seen.facts.rejected == {}
        codes.add((seen.facts.currency, seen.facts.last_currency))
    assert len(codes) == 1 and len(set(codes.pop())) == 1


@pytest.mark.parametrize(
    ("first", "late", "outcome"),
    [
        ("5", "€6", ("EUR", "EUR")),
        ("$5", "US$6", ("USD", "USD")),
        ("5 kr", "SEK 6", ("SEK", "SEK")),
        ("$5", "€6", "more than one currency (EUR, USD, ...)"),
        ("$5", "CAD 6", "more than one currency ($, CAD, ...)"),
    ],
)
def test_late_signs(write: Any, read: Any, first: str, late: str, outcome: Any) -> None:
    for name, texts in (("a.csv", [first] * 10_001 + [late]), ("b.csv", [late] + [first] * 10_001)):
        path = write(name, lines(*texts))
        if isinstance(outcome, str):
            assert outcome in refusal(read, path)
        else:
            seen = read(path)
            order_tables.refuse(seen.orders, seen.facts)
            assert (seen.facts.currency, seen.facts.last_currency) == outcome


def test_a_code_in_its_column_beats_the_sign_of_the_row(write: Any, read: Any) -> None:
    text = "customer_id;date;amount;Presentment Currency\n"
    rows = "a;2024-01-01;$5.00;CAD\nb;2024-01-02;$6.00;cad\nc;2024-01-03;7.00;\n"
    seen = read(write("o.csv", text + rows))
    order_tables.refuse(seen.orders, seen.facts)
    assert (seen.facts.currency, seen.facts.last_currency) == ("CAD", "CAD")
    assert "more than one currency" in refusal(read, write("p.csv", text + rows + "d;2024-01-04;€1;\n"))


def test_signs_in_the_column_of_currencies(write: Any, read: Any) -> None:
    seen = read(
        write("o.csv", "customer_id;date;amount;currency\na;2024-01-01;5;€\nb;2024-01-02;6;EUR\nc;2024-01-03;6;eur\n")
    )
    order_tables.refuse(seen.orders, seen.facts)
    assert (seen.facts.currency, seen.facts.last_currency) == ("EUR", "EUR")
    late = "customer_id;date;amount;currency\n" + "a;2024-01-01;5;EUR\n" * 10_001 + "b;2024-01-02;6;€\n"
    seen = read(write("late.csv", late))
    order_tables.refuse(seen.orders, seen.facts)
    assert (seen.facts.currency, seen.facts.last_currency) == ("EUR", "EUR")


def test_the_currency_that_is_asked_for(write: Any, read: Any) -> None:
    path = write("o.csv", lines("$5", "$6"))
    for code in ("USD", "CAD"):
        seen = read(path, currency=code)
        order_tables.refuse(seen.orders, seen.facts)
        assert seen.facts.currency == code
    with pytest.raises(UsageError, match="the orders are in USD"):
        read(path, currency="EUR")


def test_signs_with_rates(write: Any, rfm: Any, tmp_path: Any) -> None:
    orders = write("o.csv", lines("$10.00", "€5.00", "GBP 1.00", "2.00"))
    rates = write("r.csv", "currency,rate\nUSD,0.5\nGBP,2\n")
    done = rfm("score", orders, "--rates", rates, "--currency", "EUR", "--format", "csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    # $10 and 2 that name no currency, which is the one asked for; 5 euros; one pound.
    assert [line.split(b",")[5] for line in done.stdout.splitlines()[1:]] == [b"7.00", b"5.00", b"2.00"]
    late = write("late.csv", lines(*["7.00"] * 10_001, "$10.00", "A$1"))
    done = rfm("score", late, "--rates", rates, "--currency", "EUR", cwd=tmp_path)
    assert done.returncode == 0 and b"2 of 10,003 rows rejected" in done.stderr, done.stderr


def test_amounts_without_a_sign_are_of_the_only_currency(write: Any, rfm: Any, tmp_path: Any) -> None:
    rates = write("r.csv", "currency,rate\nUSD,0.5\n")
    for texts in (("$10.00", "20.00", "$1"), ("20.00", "$10.00", "$1")):
        done = rfm("score", write("o.csv", lines(*texts)), "--rates", rates, "--currency", "EUR", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        expected = [f"{float(text.strip('$')) / 2:.2f}".encode() for text in texts]
        assert [line.split(b",")[5] for line in done.stdout.splitlines()[1:]] == expected


def test_parquet_texts_rollups_and_lines(write: Any, rfm: Any, tmp_path: Any) -> None:
    table = {"customer_id": ["a", "b"], "date": ["2024-01-01", "2024-01-02"], "amount": ["$1,234.50", "$6.00"]}
    pq.write_table(pa.table(table), tmp_path / "o.parquet")
    assert rfm("rollup", "o.parquet", "out", cwd=tmp_path).returncode == 0
    assert b'"currency": "USD"' in next((tmp_path / "out").rglob("manifest.json")).read_bytes()
    pq.write_table(pa.table(table | {"amount": ["$1", "€6"]}), tmp_path / "p.parquet")
    for command in (["score", "p.parquet"], ["rollup", "p.parquet", "two"]):
        done = rfm(*command, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (3, b"")
        assert b"more than one currency (EUR, USD, ...), which cannot be added" in done.stderr
    orders = write("orders.csv", "customer_id,date,order_id\na,2024-01-01,1\nb,2024-01-02,2\n")
    mixed = write("lines.csv", "order_id,quantity,unit_price\n1,2,$5.00\n2,1,€6.00\n")
    done = rfm("score", orders, "--lines", mixed, cwd=tmp_path)
    assert done.returncode == 3 and b"lines.csv: more than one currency (EUR, USD, ...)" in done.stderr
    good = write("lines.csv", 'order_id,quantity,unit_price\n1,2,"Rs. 1,20,000.50"\n2,1,Rs. 6.00\n')
    done = rfm("score", orders, "--lines", good, cwd=tmp_path)
    assert [line.split(b",")[5] for line in done.stdout.splitlines()[1:]] == [b"240001", b"6"]


def test_one_row_per_customer_in_several_currencies(write: Any, rfm: Any, tmp_path: Any) -> None:
    path = write("o.csv", "customer_id,last_order,frequency,monetary\na,2024-01-01,1,$5\nb,2024-01-02,1,€6\n")
    done = rfm("score", path, cwd=tmp_path)
    assert done.returncode == 3 and b"more than one currency (EUR, USD)" in done.stderr


def test_check_counts_currencies(write: Any, rfm: Any, tmp_path: Any) -> None:
    done = rfm("check", write("o.csv", lines("$5", "€6", "7")), "--format", "csv", cwd=tmp_path)
    assert b"orders,currency,EUR,,1," in done.stdout and b"orders,currency,USD,,1," in done.stdout


def test_evidence_is_counted_over_all_rows(write: Any, read: Any) -> None:
    texts = ["$1,234.50", "$-", "($5.00)"] * 4_000 + ["12"]
    seen = read(write("o.csv", lines(*texts)))
    expected = {"amount": {"decimal_point": 8_000, "signs_or_brackets": 8_000}}
    assert evidence_of(seen.orders) == expected
    dates = "customer_id;date;amount\n" + "a;03/04/2024;5\n" * 12_000 + "a;13/04/2024;5\n"
    expected = {"ordered_at": {"not_month_first": 1, "not_year_first": 12_001, "two_way": 12_001}}
    assert evidence_of(read(write("d.csv", dates)).orders) == expected
    assert evidence_of(read(write("e.csv", lines("5", "6.50"))).orders) == {}


AMOUNTS = st.lists(
    st.sampled_from(
        ["5", "$5", "US$ 6", "7 USD", "€8", "9 kr", "SEK 1", "CAD 2", "3.00", "-", "$-", "(4)", "1,234", "x"]
    ),
    min_size=2,
    max_size=7,
)


@settings(max_examples=examples(25, 200), deadline=None)
@given(amounts=AMOUNTS, order=st.randoms(use_true_random=False))
def test_shuffled_amounts_are_read_alike(tmp_path_factory: Any, amounts: list[str], order: Any) -> None:
    folder = tmp_path_factory.mktemp("shuffled")
    results = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sources, "HEAD", 2)
        for name in ("a.csv", "b.csv"):
            (folder / name).write_text(HEADER + "\n" + "".join(f"c;2024-01-01;{text}\n" for text in amounts))
            results.append(outcome(str(folder / name)))
            order.shuffle(amounts)
    assert results[0] == results[1]


def outcome(path: str) -> object:
    from rfm_cli.tables.options import ReadOptions

    try:
        options = ReadOptions()
        orders = order_tables.orders_in(sources.open_all([path], options), options)
        table, facts, orders = order_tables.collect(orders, lambda _orders: lambda rows: rows.select("minor"))
        order_tables.refuse(orders, facts)
    except InputError as error:
        return error.message.replace("a.csv", "").replace("b.csv", "")
    return sorted(table["minor"].to_list()), orders.scale, facts.currency, facts.rejected


@pytest.mark.parametrize(
    ("rows", "is_right"),
    [
        ("a,1,2024-01-01,€5.00,,$2.00\nb,2,2024-01-02,€6.00,,€1.00\n", False),
        ("a,1,2024-01-01,£5.00,EUR,\nb,2,2024-01-02,€6.00,EUR,\n", False),
        ("a,1,2024-01-01,$5.00,CAD,\nb,2,2024-01-02,$6.00,CAD,$1\n", True),
        ("a,1,2024-01-01,5.00,USD,$1\nb,2,2024-01-02,6.00,USD,\n", True),
    ],
)
def test_two_currencies_in_one_row_are_an_error(write: Any, rfm: Any, rows: str, *, is_right: bool) -> None:
    done = rfm("score", write("o.csv", "customer,order,date,amount,currency,refunded\n" + rows), "--format", "csv")
    assert done.returncode == (0 if is_right else 3)
    assert (b"1 row with two currencies, by the sign of an amount or a refund" in done.stderr) == (not is_right)
