from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import sources, whole_orders
from rfm_cli.tables.amount_per import AmountCounts
from rfm_cli.tables.amounts import Evidence
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.precedents import Marks, Precedents, refuse_change, shown_by

Shown = Callable[..., Precedents]
HEADER = "customer_id;date;amount\n"
DAY_FIRST, MONTH_FIRST, OPEN = "a;13/04/2024;5\n", "a;04/13/2024;5\n", "a;03/04/2024;5\na;05/04/2024;5\n"
COMMA, POINT, DOUBT, DOTS = "a;2024-01-01;1,5\n", "a;2024-01-01;1.5\n", "a;2024-01-01;1,234\n", "a;2024-01-01;1.234\n"


@pytest.fixture
def shown(tmp_path: Path) -> Shown:
    """What orders show whose files have these texts."""

    def shown(*texts: str, before: Precedents | None = None, **given: Any) -> Precedents:
        paths = []
        for place, text in enumerate(texts):
            paths.append(str(tmp_path / f"{place}.csv"))
            Path(paths[-1]).write_text(HEADER + text)
        options = ReadOptions(**given)
        orders = order_tables.orders_in(sources.open_all(paths, options), options, precedents=before)
        _, facts, orders = order_tables.collect(orders, lambda _: lambda rows: rows)
        return shown_by(orders.files, options, whole_orders.counts_of(orders, facts))

    return shown


def test_plain_files_show_nothing(shown: Shown) -> None:
    assert shown("a;2024-01-01;5\n") == Precedents()


def test_files_that_follow_others_are_open(shown: Shown) -> None:
    found = shown(DAY_FIRST + OPEN, OPEN)
    assert [row["rows"] for row in found.dates["ordered_at"].all] == [5]
    assert [row["rows"] for row in found.dates["ordered_at"].open] == [2]
    found = shown(POINT, DOUBT, "a;2024-01-01;2\n")
    assert found.amounts == {
        "amount": Marks(Evidence(point=1, doubt=1, example="1,234"), Evidence(doubt=1, example="1,234"))
    }


def test_what_an_option_decides_shows_nothing(shown: Shown) -> None:
    assert shown(OPEN.replace(";5", ";1,5"), date_format="%d/%m/%Y", decimal=",") == Precedents()


@pytest.mark.parametrize(
    "texts", [(DAY_FIRST, OPEN), (OPEN, MONTH_FIRST + COMMA), (DOTS,), (POINT, DOUBT), (COMMA, DOTS, DAY_FIRST)]
)
def test_files_one_by_one_show_what_all_show(shown: Shown, texts: tuple[str, ...]) -> None:
    whole = shown(*texts)
    # A file that shows something settles what the next ones leave open.
    ordered = sorted(texts, key=lambda text: text in (OPEN, DOUBT))
    parts = Precedents()
    for text in ordered:
        more = shown(text, before=parts)
        refuse_change(parts, more, "all.rollup", "new.csv")
        parts = parts.with_other(more)
    assert parts == whole


@pytest.mark.parametrize(
    ("before", "new", "said"),
    [
        (
            (DAY_FIRST, OPEN),
            MONTH_FIRST,
            "all.rollup has read 2 dates such as '03/04/2024' by %d/%m/%Y, as others there show, and new.csv shows "
            "another order",
        ),
        (
            (COMMA, DOUBT),
            POINT,
            "all.rollup: 1 value of amount could be read in two ways, and a decimal comma was assumed; new.csv has "
            "1 value with a decimal point",
        ),
        (
            (DOTS,),
            COMMA + COMMA,
            "all.rollup: 1 value of amount could be read in two ways, and a decimal point was assumed; new.csv has "
            "2 values with a decimal comma",
        ),
    ],
)
def test_what_would_change_the_past_is_refused(shown: Shown, before: tuple[str, ...], new: str, said: str) -> None:
    old = shown(*before)
    with pytest.raises(InputError) as error:
        refuse_change(old, shown(new, before=old), "all.rollup", "new.csv")
    assert error.value.message == said
    assert error.value.hint.startswith("roll all orders up anew, and say which: --d")


def test_what_proves_itself_is_not_changed(shown: Shown) -> None:
    old = shown(DAY_FIRST, COMMA)
    refuse_change(old, shown(MONTH_FIRST, POINT), "all.rollup", "new.csv")


def test_what_an_option_decides_now_is_left_out(shown: Shown) -> None:
    old = shown(DAY_FIRST, COMMA)
    assert old.beside(ReadOptions()) == old
    assert old.beside(ReadOptions(decimal=",", date_format="%d/%m/%Y")) == Precedents()
    assert old.beside(ReadOptions(decimal=",")).dates == old.dates


LINES = "customer_id;order_id;date;amount;note\n"
ALIKE = LINES + "a;1;2024-01-01;5;x\na;1;2024-01-01;5;y\n"
VARIED = LINES + "a;2;2024-01-01;5;x\na;2;2024-01-01;6;y\n"
PRICED = "customer_id;order_id;date;amount;quantity;price\n"
ORDER = PRICED + "a;3;2024-01-01;9;1;4\na;3;2024-01-01;9;1;5\n"
ROW = PRICED + "a;4;2024-01-01;8;2;4\na;4;2024-01-01;8;1;8\n"


@pytest.fixture
def counted(tmp_path: Path) -> Shown:
    """What orders with several rows show in files with these texts."""

    def counted(*texts: str, before: Precedents | None = None, **given: Any) -> Precedents:
        paths = []
        for place, text in enumerate(texts):
            paths.append(str(tmp_path / f"{place}.csv"))
            Path(paths[-1]).write_text(text)
        options = ReadOptions(**given)
        orders = order_tables.orders_in(sources.open_all(paths, options), options, precedents=before)
        _, facts, orders = order_tables.collect(orders, lambda _: lambda rows: rows)
        return shown_by(orders.files, options, whole_orders.counts_of(orders, facts))

    return counted


def test_orders_with_several_rows(counted: Shown) -> None:
    assert counted(VARIED).orders == AmountCounts(orders=1, several=1)
    assert counted(ORDER).orders == AmountCounts(orders=1, alike=1, by_lines=1, with_shipping=1, several=1)
    assert counted(ORDER, VARIED).orders == AmountCounts(orders=1, several=2)
    assert counted(ALIKE, amount_per="row").orders == AmountCounts()


@pytest.mark.parametrize("texts", [(ORDER, ORDER), (ROW, ROW), (VARIED, ALIKE), (VARIED, ORDER), (VARIED, VARIED)])
def test_orders_of_files_one_by_one_show_what_all_show(counted: Shown, texts: tuple[str, str]) -> None:
    first = counted(texts[0])
    second = counted(texts[1].replace("\na;", "\nb;"), before=first)
    refuse_change(first, second, "all.rollup", "new.csv")
    assert first.with_other(second).orders == counted(texts[0], texts[1].replace("\na;", "\nb;")).orders


def test_orders_that_would_be_counted_otherwise_are_refused(counted: Shown) -> None:
    order = counted(ORDER)
    with pytest.raises(InputError) as error:
        counted(ALIKE, before=order)
    assert error.value.message.endswith(
        "0.csv: the one order with several rows has one amount on all of them: if it is the order's, the revenue is 5; "
        "if it is the row's, 10"
    )
    assert error.value.hint.startswith("roll all orders up anew, and say which: --amount-per order")
    with pytest.raises(InputError, match="has counted the amounts of 1 order with several rows once an order"):
        refuse_change(order, counted(VARIED, before=order), "all.rollup", "new.csv")
    refuse_change(counted(ROW), counted(VARIED, before=counted(ROW)), "all.rollup", "new.csv")
