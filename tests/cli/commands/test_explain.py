"""`rfm explain`: the story of a buyer, of one who only had a refund, of nobody."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]


def test_a_buyer(shop: Path, here: Here) -> None:
    assert here("explain", "007", "orders.csv", "-q").out.decode() == (
        "topic,item,value,meaning\n"
        "orders,2024-01-01,10.50,order 1\n"
        "orders,2024-03-01,20.00,order 2\n"
        "orders,2024-03-31,5.00,order 3\n"
        "measures,first_order,2024-01-01,\n"
        "measures,last_order,2024-03-31,\n"
        "measures,recency_days,0,days from the last purchase to 2024-03-31\n"
        "measures,frequency,3,purchases\n"
        "measures,monetary,35.50,net of refunds\n"
        "scores,r,5,for up to 30 days; 5 is the best\n"
        "scores,f,3,for 3 purchases; 5 is the best\n"
        "scores,m,2,for 35.50 to 39.99; 5 is the best\n"
        "scores,rfm,532,\n"
        'segment,segment,Potential loyalist,"Bring the next order closer: suggestions from past orders, '
        'and what a member gets from the next one on."\n'
        "segment,vip,no,a VIP has 40.00 and more with at least 2 purchases\n"
        "next,up,Champions,1 more purchase today at the usual 11.83\n"
        'next,later,Needs attention,"without a purchase, in 91 days on 2024-06-30"\n'
        'next,later,At risk,"without a purchase, in 181 days on 2024-09-28"\n'
    )


def test_a_refund_is_called_one(shop: Path, here: Here) -> None:
    lines = here("explain", "[/x] shop", "orders.csv", "-q").out.decode().splitlines()
    assert lines[1:3] == ["orders,2024-03-30,7.25,order 5", 'orders,2024-03-31,-7.25,"order 5: refund, money only"']
    assert 'next,later,Promising,"without a purchase, in 30 days on 2024-04-30"' in lines


def test_only_a_refund(shop: Path, here: Here) -> None:
    assert here("explain", "ghost", "orders.csv", "-q").out.decode() == (
        "topic,item,value,meaning\n"
        'orders,2024-03-02,-3.00,"order 6: refund, money only"\n'
        "measures,first_order,none,\n"
        "measures,last_order,none,\n"
        "measures,frequency,0,purchases\n"
        "measures,monetary,-3.00,net of refunds\n"
        'scores,rfm,,"no purchase yet, so no scores"\n'
        'segment,segment,No purchases,"Give a reason for a first order: best-sellers, what others say, '
        'a small benefit."\n'
        "segment,vip,no,a VIP has 40.00 and more with at least 2 purchases\n"
    )


def test_nobody(shop: Path, here: Here) -> None:
    assert here("explain", "7", "orders.csv", "-q") == (
        3,
        b"",
        "rfm: error: no customer '7' is known on 2024-03-31\n"
        "rfm: hint: did you mean 007? ids are compared as text, zeros in front included\n",
    )
    assert here("explain", "eve", "orders.csv", "-q").err.endswith(
        "\nrfm: hint: ids are compared as text, zeros in front included\n"
    )


def test_money_counts_under_rfm11(shop: Path, here: Here) -> None:
    lines = here("explain", "=cmd()", "orders.csv", "-q", "--scheme", "rfm11").out.decode().splitlines()
    assert [line.split(",")[2] for line in lines if line.startswith("segment,")] == ["Promising", "no"]
    assert lines[-2:] == [
        "next,up,Champions,3 more purchases today at the usual 40.00",
        'next,later,Can\'t lose,"without a purchase, in 122 days on 2024-07-31"',
    ]


def test_nested(shop: Path, here: Here) -> None:
    lines = here("explain", "007", "orders.csv", "-q", "--nested").out.decode().splitlines()
    assert lines[9:13] == [
        "scores,r,5,for up to 30 days; 5 is the best",
        "scores,f,3,for 3 and more purchases; 5 is the best",
        "scores,m,1,for all; 5 is the best",
        "scores,rfm,531,",
    ]
    assert lines[-2] == 'next,later,Hibernating,"without a purchase, in 181 days on 2024-09-28"'


def test_a_file_of_one_row_per_customer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> None:
    monkeypatch.chdir(tmp_path)
    Path("one.csv").write_text("customer_id,recency_days,frequency,monetary\na,10,5,100\nb,100,1,20\n")
    assert here("explain", "a", "one.csv", "-q").out.decode() == (
        "topic,item,value,meaning\n"
        "measures,first_order,none,\n"
        "measures,last_order,none,\n"
        "measures,recency_days,10,days from the last purchase\n"
        "measures,frequency,5,purchases\n"
        "measures,monetary,100,net of refunds\n"
        "scores,r,5,for up to 30 days; 5 is the best\n"
        "scores,f,4,for 4 to 6 purchases; 5 is the best\n"
        "scores,m,3,for 100 and more; 5 is the best\n"
        "scores,rfm,543,\n"
        'segment,segment,Champions,"Leave the VIPs in peace with discounts: early access, a personal thank-you, '
        'an invitation to bring a friend."\n'
        "segment,vip,yes,a VIP has 100 and more with at least 2 purchases\n"
        "next,up,,no higher segment is in reach by buying\n"
        'next,later,Loyal,"without a purchase, in 21 days"\n'
        'next,later,At risk,"without a purchase, in 171 days"\n'
    )
    assert here("explain", "zed", "one.csv", "-q").err.splitlines()[0] == "rfm: error: no customer 'zed' is known"


def test_only_the_latest_orders_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Here) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"a,2024-01-{day:02},1\n" for day in range(1, 31))
    Path("o.csv").write_text("customer_id,ordered_at,amount\n" + rows)
    lines = here("explain", "a", "o.csv", "-q").out.decode().splitlines()
    assert lines[1:3] == ["orders,earlier,10 rows,only the latest are listed", "orders,2024-01-11,1,"]


def test_screen(
    sample: Path, here: Here, monkeypatch: pytest.MonkeyPatch, golden: Callable[[str, bytes], None]
) -> None:
    monkeypatch.chdir(sample)
    monkeypatch.setenv("COLUMNS", "80")
    golden("explain_00009_80.txt", here("explain", "00009", "-q", "--format", "table").out)


def test_json_says_whom_and_when(shop: Path, here: Here) -> None:
    assert b'"customer_id": "007",\n' in here("explain", "007", "-q", "--format", "json").out
