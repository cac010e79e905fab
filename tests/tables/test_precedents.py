from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.errors import InputError, UsageError
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import sources
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.precedents import Precedents, as_data, from_data, refuse_change, shown_by
from rfm_cli.toml_tables import Table

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
        orders = order_tables.collect(orders, lambda _: lambda rows: rows)[2]
        return shown_by(orders.files, options)

    return shown


def as_json(found: Precedents) -> Any:
    return json.loads(json.dumps(as_data(found)))


def test_plain_files_show_nothing(shown: Shown) -> None:
    assert shown("a;2024-01-01;5\n") == Precedents()
    assert as_data(Precedents()) == {}


def test_files_that_follow_others_are_open(shown: Shown) -> None:
    found = shown(DAY_FIRST + OPEN, OPEN)
    assert [row["rows"] for row in found.shapes] == [5]
    assert [row["rows"] for row in found.open_shapes] == [2]
    found = shown(POINT, DOUBT, "a;2024-01-01;2\n")
    assert (found.amounts["amount"].point, found.amounts["amount"].doubt) == (1, 1)
    assert (found.open_amounts["amount"].point, found.open_amounts["amount"].doubt) == (0, 1)


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
    assert from_data(Table("OUT", as_json(whole))) == whole


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
    assert old.beside(ReadOptions(decimal=",")).shapes == old.shapes


@pytest.mark.parametrize(
    "damage",
    [
        {"dates": 1},
        {"dates": {"all": [{"shape": 5, "rows": 1, "example": "x"}]}},
        {"dates": {"all": [{"shape": "9", "rows": -1, "example": "x"}]}},
        {"dates": {"all": [{"shape": "9"}]}},
        {"dates": {"all": [{"shape": "9", "rows": 1, "example": "x", "more": 1}]}},
        {"amounts": {"amount": {"all": {"point": "many"}}}},
        {"amounts": {"amount": {"all": {"points": 1}}}},
    ],
)
def test_what_is_damaged_is_not_believed(damage: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="OUT"):
        from_data(Table("OUT", damage))
