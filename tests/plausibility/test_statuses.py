"""Accepted statuses that mean returned or that read two ways, and rows of totals."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from rfm_cli.model import Shop
from rfm_cli.plausibility.statuses import on_statuses
from tests.plausibility.conftest import Notes, called

HEAD = "customer_id,order_id,ordered_at,amount,status"


def test_statuses_of_returns_are_named_with_orders_and_money(notes_of: Callable[..., Notes]) -> None:
    rows = ["a,1,2024-01-01,10.55,paid", "a,2,2024-01-02,20,Refunded", "b,2,2024-01-02,5,Refunded",
            "b,2,2024-01-03,6,Refunded", "b,3,2024-01-04,7,partially_refunded", "b,,2024-01-04,1,Возврат"]  # fmt: skip
    assert called(notes_of([HEAD, *rows]), "returned-status") == [
        "accepted statuses that mean returned or refunded: 'Refunded' (2 orders, 31.00), "
        "'partially_refunded' (1 order, 7.00), 'Возврат' (1 order, 1.00); "
        "to reject them: --reject-status '+refunded,+partially refunded,+возврат'"
    ]


def test_the_option_rejects_what_the_warning_names(shop_of: Callable[..., Shop]) -> None:
    rows = ["a,1,2024-01-01,10,paid", "a,2,2024-01-02,20,partially_refunded", "a,3,2024-01-03,9,cancelled/shipped"]
    listed = ("cancelled", "partially refunded", "cancelled shipped")
    source, facts = shop_of([HEAD, *rows], reject_status=listed).source.read()
    assert (facts.accepted, facts.rejected) == (1, {"status": 2})
    assert source.orders is not None
    assert list(on_statuses(source.orders)) == []


def test_rows_that_lower_money_are_the_refund_itself(notes_of: Callable[..., Notes]) -> None:
    rows = ["a,1,2024-01-01,10,paid", "a,1,2024-01-05,-10,refunded", "a,2,2024-01-06,3,paid"]
    assert called(notes_of([HEAD, *rows]), "returned-status") == []


def test_refunds_in_a_column_of_their_own_are_taken_off_already(notes_of: Callable[..., Notes]) -> None:
    rows = ["a,1,2024-01-01,10,paid,", "a,2,2024-01-02,20,refunded,20", "a,3,2024-01-02,8,partially_refunded,-2"]
    assert called(notes_of([f"{HEAD},Refunded Amount", *rows]), "returned-status") == []
    rows += ["b,4,2024-01-03,5,refunded,0", "b,5,2024-01-03,6,refunded,"]
    assert called(notes_of([f"{HEAD},Refunded Amount", *rows]), "returned-status") == [
        "accepted statuses that mean returned or refunded: 'refunded' (2 orders, 11); to reject them: "
        "--reject-status +refunded"
    ]


def test_statuses_that_read_two_ways(notes_of: Callable[..., Notes]) -> None:
    rows = ["a,1,2024-01-01,10,paid", 'a,2,2024-01-02,20,"Cancelled, shipped"', "b,3,2024-01-02,5,cancelled"]
    assert called(notes_of([HEAD, *rows]), "mixed-status") == [
        "accepted statuses with a word of the rejected ones, and one that says otherwise: "
        "'Cancelled, shipped' (1 order, 20); to reject them: --reject-status '+cancelled shipped'"
    ]


def test_a_list_of_ones_own_stays_in_the_option(notes_of: Callable[..., Notes]) -> None:
    rows = ["a,1,2024-01-01,10,paid", "a,2,2024-01-02,20,returned"]
    found = called(notes_of([HEAD, *rows], reject_status=("held",)), "returned-status")
    assert found[0].endswith("--reject-status held,returned")


def test_other_statuses_make_no_remark_and_no_pass(notes_of: Callable[..., Notes]) -> None:
    rows = ["a,1,2024-01-01,10,paid", "a,2,2024-01-02,20,cancelled", "b,3,2024-01-02,5,pending"]
    notes = notes_of([HEAD, *rows])
    assert called(notes, "returned-status") == called(notes, "mixed-status") == []


def test_orders_without_money(notes_of: Callable[..., Notes]) -> None:
    rows = ["customer_id,ordered_at,status", "a,2024-01-01,paid", "a,2024-01-02,returned"]
    assert called(notes_of(rows), "returned-status") == [
        "accepted statuses that mean returned or refunded: 'returned' (1 order); to reject them: "
        "--reject-status +returned"
    ]


def test_totals_are_left_out_with_their_money(notes_of: Callable[..., Notes]) -> None:
    rows = ["Ann,1,2024-01-01,10.55,", "Bob,2,2024-01-02,20,", "Total,,,30.55,", "Total,,,,"]
    notes = notes_of([HEAD, *rows])
    assert "2 rows of totals left out, with 30.55" in [one.text for one in notes if one.level == "note"]
    assert called(notes, "total-row") == []


def test_a_word_without_a_second_sign_is_a_warning(notes_of: Callable[..., Notes]) -> None:
    rows = ["Ann,1,2024-01-01,10.55,", "Bob,2,2024-01-02,20,", "Total,3,2024-01-03,7,"]
    assert called(notes_of([HEAD, *rows]), "total-row") == [
        "1 row named as a total, with 7.00, counted as orders: it has every id and a date, "
        "and not the sum of the others"
    ]
    rows.append("Sum,4,2024-01-03,1,")
    found = called(notes_of([HEAD, *rows]), "total-row")
    assert found == [
        "2 rows named as a total, with 8.00, counted as orders: they have every id and a date, "
        "and not the sum of the others"
    ]


def test_the_warnings_of_the_command_line_and_of_a_roll_up(tmp_path: Path, rfm: Any) -> None:
    place = tmp_path / "o.csv"
    rows = ["a,1,2024-01-01,10,paid", "a,2,2024-01-02,20,returned", "Total,,,30,"]
    place.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    strict = rfm("score", place, "--strict")
    assert strict.returncode == 1
    warned = "rfm: warning returned-status: accepted statuses that mean returned or refunded: 'returned' (1 order, 20)"
    assert warned in strict.stderr.decode()
    assert rfm("score", place, "--reject-status", "+returned", "--known", "many-rejects,unused-score").returncode == 0
    rolled = rfm("rollup", place, tmp_path / "r")
    assert rolled.returncode == 0
    assert rfm("score", tmp_path / "r").stdout == rfm("score", place).stdout
    assert warned in rolled.stderr.decode()
    assert "rfm: 1 row of totals left out, with 30" in rolled.stderr.decode()


def test_a_row_that_took_its_status_and_has_no_money_is_not_named(notes_of: Callable[..., Notes]) -> None:
    head = "customer,order,date,status,amount,refunded"
    rows = ["a,1,2024-01-01,refunded,10,10", ",1,,,,", "b,2,2024-01-01,paid,5,"]
    assert called(notes_of([head, *rows]), "returned-status") == []
    assert called(notes_of([head, *rows, "b,3,2024-01-02,refunded,7,", ",3,,,,"]), "returned-status") != []
