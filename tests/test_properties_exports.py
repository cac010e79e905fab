"""What must hold for exports as shops make them: orders of several rows, fields on one row, refunds of every kind."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.model import Question, Scored, TablePaths
from rfm_cli.pipeline import score
from rfm_cli.rollup.append import add_orders, write_added
from rfm_cli.rollup.make import roll_up, write_rollup
from rfm_cli.rollup.manifest import Periods, Purchases
from rfm_cli.rollup.read import read_rollup
from rfm_cli.schemes import Bins, load_scheme
from rfm_cli.scores.fit import Fitting
from rfm_cli.shop import open_shop
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_model import Orders
from tests.examples import examples

BEGIN = date(2024, 3, 1)
HEADER = "Customer,Order,Created,Status,Cancelled at,Type,Amount,Refunded Amount,Refunded at"
PLACES = itertools.count()
ASK = Question(Fitting(load_scheme("none", Bins.parse("3"))))
LINES_ARE_ROWS = ReadOptions(amount_per="row", overlap="add", maps={"orders": {"ordered_at": "Created"}})


class Sale(NamedTuple):
    """An order of an export: cents of its lines, and what is known of it."""

    number: int
    customer: str
    day: int
    lines: tuple[int, ...]
    status: str
    is_cancelled: bool
    refunded: int
    refund_delay: int | None
    given_back: int | None
    first_row_only: bool

    def rows(self) -> list[str]:
        """The rows of the order as the export has them; a refund row has an id of its own."""
        when, cancelled = day_text(self.day), day_text(self.day + 1) if self.is_cancelled else ""
        back_at = "" if self.refund_delay is None else day_text(self.day + self.refund_delay)
        made = []
        for place, cents in enumerate(self.lines):
            once = place == 0
            known = once or not self.first_row_only
            fields = [self.customer, when, self.status, cancelled] if known else [""] * 4
            refund = [money(self.refunded), back_at] if once and self.refunded else ["", ""]
            made.append(",".join([fields[0], f"#{self.number}", *fields[1:], "Sale", money(cents), *refund]))
        if self.given_back is not None:
            fields = [
                self.customer,
                f"R{self.number}",
                day_text(self.day + 2),
                "",
                "",
                "Refund",
                money(self.given_back),
            ]
            made.append(",".join([*fields, "", ""]))
        return made


def day_text(day: int) -> str:
    return str(BEGIN + timedelta(days=day))


def money(cents: int) -> str:
    return f"{cents / 100:.2f}"


def plain_sale(number: int, customer: str, day: int) -> Sale:
    """A paid order of one line."""
    return Sale(
        10**7 + number,
        customer,
        day,
        (700,),
        "paid",
        is_cancelled=False,
        refunded=0,
        refund_delay=None,
        given_back=None,
        first_row_only=False,
    )


CENTS = st.sampled_from([0, 1, 250, 999, 5000])
SALES = st.lists(
    st.builds(
        Sale,
        number=st.integers(0, 10**6),
        customer=st.sampled_from("abcd"),
        day=st.integers(0, 20),
        lines=st.lists(CENTS, min_size=1, max_size=3).map(tuple),
        status=st.sampled_from(["paid", "shipped", "wc-cancelled", "refunded"]),
        is_cancelled=st.sampled_from([False, False, False, True]),
        refunded=st.sampled_from([0, 0, 250, 5000]),
        refund_delay=st.sampled_from([None, 0, 3]),
        given_back=st.sampled_from([None, None, 0, 250]),
        first_row_only=st.booleans(),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda sale: sale.number,
).map(lambda sales: [*sales, plain_sale(1, "z", 0)])
checked = settings(max_examples=examples(25, 120), suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(folder: Path, *parts: list[str]) -> list[str]:
    place = folder / str(next(PLACES))
    place.mkdir()
    paths = [place / f"{number}.csv" for number in range(len(parts))]
    for path, rows in zip(paths, parts, strict=True):
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return [str(path) for path in paths]


def answer(paths: list[str], as_of: date | None = None, options: ReadOptions = LINES_ARE_ROWS) -> Scored:
    return score(open_shop(TablePaths(tuple(paths)), options), Question(ASK.fitting, as_of))


def table(scored: Scored) -> pl.DataFrame:
    measures = ["customer", "first_order", "last_order", "frequency", "monetary", "r", "f", "m"]
    return scored.frame.select(measures).with_columns(pl.col("customer").cast(pl.String)).sort("customer")


def rows_of(sales: list[Sale]) -> list[str]:
    return [row for sale in sales for row in sale.rows()]


def expected(sales: list[Sale], as_of: date) -> dict[str, tuple[int, int]]:
    """Purchases and cents of each customer at a date, by the definition."""
    purchases: dict[str, int] = defaultdict(int)
    cents: dict[str, int] = defaultdict(int)
    last = (as_of - BEGIN).days
    for sale in sales:
        # Rows without a status of their own are judged by that of their order; a refund row has its own id.
        if sale.status != "wc-cancelled" and not sale.is_cancelled:
            if sale.day <= last:
                purchases[sale.customer] += 1
                cents[sale.customer] += sum(sale.lines)
            if sale.refunded and sale.day + (sale.refund_delay or 0) <= last:
                cents[sale.customer] -= sale.refunded
        if sale.given_back is not None and sale.day + 2 <= last:
            cents[sale.customer] -= sale.given_back
            purchases[sale.customer] += 0
    return {customer: (purchases[customer], cents[customer]) for customer in purchases}


@checked
@given(sales=SALES, day=st.integers(0, 26))
def test_every_cent_and_purchase_is_counted_by_the_definition(tmp_path: Path, sales: list[Sale], day: int) -> None:
    as_of = BEGIN + timedelta(days=day)
    scored = answer(written(tmp_path, rows_of(sales)), as_of)
    found = {customer: (count, cents) for customer, _, _, count, cents, *_ in in_cents(scored).rows()}
    assert found == expected(sales, as_of)


def in_cents(scored: Scored) -> pl.DataFrame:
    assert scored.scale is not None
    return table(scored).with_columns(pl.col("monetary") * 10 ** (2 - scored.scale))


@checked
@given(sales=SALES, seed=st.integers(0, 5))
def test_rows_and_money_are_conserved_in_any_order(tmp_path: Path, sales: list[Sale], seed: int) -> None:
    rows = rows_of(sales)
    one = answer(written(tmp_path, rows))
    assert sum(one.facts.rows.values()) == len(rows)
    other = answer(written(tmp_path, random.Random(seed).sample(rows, len(rows))))
    assert table(one).equals(table(other))
    assert one.facts.rows == other.facts.rows
    assert [note.text for note in one.notes] == [note.text for note in other.notes]


def opened(paths: list[str]) -> Orders:
    orders = open_shop(TablePaths(tuple(paths)), LINES_ARE_ROWS).orders
    assert orders is not None
    return orders


@checked
@given(sales=SALES, days=st.sampled_from(["day", "month"]), day=st.integers(0, 26))
def test_a_roll_up_answers_as_its_orders_do(tmp_path: Path, sales: list[Sale], days: str, day: int) -> None:
    paths, out = written(tmp_path, rows_of(sales)), tmp_path / str(next(PLACES))
    periods = Periods("month") if days == "month" else Periods()
    rolled, _ = roll_up(opened(paths), periods, Purchases())
    write_rollup(rolled, out)
    as_of = date(2024, 3, 31) if days == "month" else BEGIN + timedelta(days=day) if day else None
    assert table(answer([str(out)], as_of, ReadOptions())).equals(table(answer(paths, as_of)))


@checked
@given(sales=SALES, cut=st.integers(0, 20), days=st.sampled_from(["day", "month"]))
def test_adding_equals_rolling_up_everything(tmp_path: Path, sales: list[Sale], cut: int, days: str) -> None:
    old = [
        *[sale for sale in sales if sale.day < cut],
        plain_sale(2, "y", 0),
    ]
    new = [
        *[sale for sale in sales if sale.day >= cut],
        plain_sale(3, "y", 20),
    ]
    periods = Periods("month") if days == "month" else Periods()
    paths = written(tmp_path, rows_of(old), rows_of(new))
    whole, grown = tmp_path / str(next(PLACES)), tmp_path / str(next(PLACES))
    write_rollup(roll_up(opened(paths), periods, Purchases())[0], whole)
    write_rollup(roll_up(opened(paths[:1]), periods, Purchases())[0], grown)
    rollup = read_rollup(str(grown))
    write_added(add_orders(rollup, opened(paths[1:])), rollup)
    assert bytes_of(grown) == bytes_of(whole)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """The files of the newest version of a roll-up."""
    version = read_rollup(str(folder)).folder
    return {str(path.relative_to(version)): path.read_bytes() for path in sorted(version.rglob("*")) if path.is_file()}
