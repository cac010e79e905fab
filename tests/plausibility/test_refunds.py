"""Refunds by type and quantity, and columns that look like refunds and play no part."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rfm_cli.plausibility import refunds
from rfm_cli.plausibility.refunds import means_refund
from tests.plausibility.conftest import Notes, called

HEAD = "customer_id,order_id,ordered_at,amount"


def remarks(notes: Notes) -> list[str]:
    """The plain remarks that speak of money lowered."""
    return [one.text for one in notes if one.level == "note" and "lower money" in one.text]


def test_types_that_lower_money_are_named(notes_of: Callable[..., Notes]) -> None:
    rows = [
        "a,1,2024-01-01,10.55,sale",
        "a,2,2024-01-02,4,Refund",
        "a,3,2024-01-02,-1,return",
        "a,4,2024-01-02,x,Refund",
    ]
    assert remarks(notes_of([f"{HEAD},type", *rows])) == [
        "rows of these types lower money: 'Refund' (1 row, -4.00), 'return' (1 row, -1.00)"
    ]


def test_a_given_column_without_a_refund_is_named(notes_of: Callable[..., Notes]) -> None:
    rows = [f"{HEAD},Operation,type", "a,1,2024-01-01,10,payout,x", "a,2,2024-01-02,4,Sale,x"]
    found = [one.text for one in notes_of(rows, maps={"orders": {"type": "Operation"}})]
    assert "orders.csv: column 'Operation' has no word for a refund: no row of these types lowers money" in found
    assert not any("no word for a refund" in one.text for one in notes_of(rows))


def test_quantities_below_zero_are_named(notes_of: Callable[..., Notes]) -> None:
    rows = ["a,1,2024-01-01,10,1", "a,2,2024-01-02,4,-1", "a,3,2024-01-02,-4,-1", "a,4,2024-01-03,0,-2"]
    assert remarks(notes_of([f"{HEAD},quantity", *rows])) == [
        "1 row with a quantity below 0 and an amount above 0 lower money by 4"
    ]
    assert remarks(notes_of([f"{HEAD},quantity", rows[0], rows[2]])) == []


def test_a_column_of_refunds_that_is_not_used(notes_of: Callable[..., Notes]) -> None:
    rows = [
        "a,1,2024-01-01,10.00,,2024-01-05",
        "a,2,2024-01-02,4.00,1.50,",
        "b,3,2024-01-02,4.00,-2,",
        "b,4,2024-01-02,1.00,0,",
    ]
    found = called(notes_of([f"{HEAD},Refund total,refund date", *rows]), "unused-refunds")
    assert found == [
        "orders.csv: column 'Refund total' holds 3.5, which is not taken off; to take it off: "
        "--map refunded='Refund total'"
    ]


@pytest.mark.parametrize("heading", ["refund_id", "refund reason", "refund_status", "Refund count", "Номер возврата"])
def test_headings_that_name_no_money(notes_of: Callable[..., Notes], heading: str) -> None:
    assert called(notes_of([f"{HEAD},{heading}", "a,1,2024-01-01,10,55"]), "unused-refunds") == []


@pytest.mark.parametrize("value", ["0", "0.00", "", "later", "yes"])
def test_a_column_without_money_is_none(notes_of: Callable[..., Notes], value: str) -> None:
    assert called(notes_of([f"{HEAD},Возврат", f"a,1,2024-01-01,10,{value}"]), "unused-refunds") == []


def test_texts_that_may_mean_refunds(notes_of: Callable[..., Notes]) -> None:
    rows = ["a,1,2024-01-01,10,Sale", "a,2,2024-01-02,4,Return", "a,3,2024-01-02,-4,Return", "b,4,2024-01-05,3,Return"]
    assert called(notes_of([f"{HEAD},Operation", *rows]), "unused-refunds") == [
        "orders.csv: column 'Operation' is not used, and may mean refunds: 'Return' (2 rows, 7); "
        "if so: --map type=Operation"
    ]
    mapped = notes_of([f"{HEAD},Operation", *rows], maps={"orders": {"type": "Operation"}})
    assert called(mapped, "unused-refunds") == []
    assert remarks(mapped) == ["rows of these types lower money: 'Return' (3 rows, -11)"]


def test_a_second_status_is_offered_as_a_status(notes_of: Callable[..., Notes]) -> None:
    rows = [f"{HEAD},status,Payment Status", "a,1,2024-01-01,10,done,", "a,2,2024-01-02,4,done,refunded"]
    found = called(notes_of(rows), "unused-refunds")
    assert found[0].endswith("'refunded' (1 row, 4); if so: --map status='Payment Status'")


@pytest.mark.parametrize(
    "texts", [("free returns", "free returns"), ("Tax return kit for small shops", "x"), ("x", "y")]
)
def test_texts_that_say_nothing_of_their_row(notes_of: Callable[..., Notes], texts: tuple[str, str]) -> None:
    rows = [f"a,{place},2024-01-01,10,{text}" for place, text in enumerate(texts)]
    assert called(notes_of([f"{HEAD},note", *rows]), "unused-refunds") == []


def test_large_files_are_looked_at_by_their_headings(
    notes_of: Callable[..., Notes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refunds, "MOST_ROWS", 1)
    rows = [f"{HEAD},Operation,quantity,Chargebacks", "a,1,2024-01-01,10,Return,1,2", "a,2,2024-01-02,4,Sale,-1,"]
    notes = notes_of(rows)
    assert [text.split(" holds ")[0] for text in called(notes, "unused-refunds")] == [
        "orders.csv: column 'Chargebacks'"
    ]
    assert remarks(notes) == []


def test_short_texts_alone_mean_refunds() -> None:
    assert all(map(means_refund, ["Return", "Customer refund", "возврат"]))
    assert not any(map(means_refund, ["", "return of the king in three parts", "reversal of refund"]))
