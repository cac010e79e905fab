"""`rfm score`: options that change what is scored and counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

Here = Callable[..., Any]
HEAD = b"customer_id,first_order,last_order,recency_days,frequency,monetary,r,f,m,rfm,segment,vip\n"


def test_no_map_needs_no_money(shop: Path, here: Here) -> None:
    Path("days.csv").write_text("customer_id,ordered_at\na,2024-01-01\n")
    ended = here("score", "days.csv", "--scheme", "none", "-q")
    assert (ended.code, ended.out) == (0, HEAD + b"a,2024-01-01,2024-01-01,0,1,,5,1,,51,,\n")


def test_engagement_options(shop: Path, here: Here) -> None:
    Path("events.csv").write_text(
        "customer_id,event,at\n007,buzz,2024-03-30\n007,ring,2024-03-01\n007,open,2024-03-31\n"
    )
    asked = ("score", "orders.csv", "--events", "events.csv", "--with", "engagement", "--segment", "Potential loyalist")
    assert here(*asked, "-q", "--engagement-events", "Buzz,ring").out.endswith(b",false,2\n")
    assert here(*asked, "-q", "--engagement-events", "buzz,ring", "--engagement-window", "7d").out.endswith(
        b",false,1\n"
    )
    wrong = here(*asked, "--engagement-window", "soon")
    assert (wrong.code, wrong.err.splitlines()[0]) == (2, "rfm: error: 'soon' is no length of time")


def test_cutoffs_of_an_axis_that_there_is_not(shop: Path, here: Here) -> None:
    assert here("score", "orders.csv", "--cuts", "x=1") == (
        2,
        b"",
        "rfm: error: --cuts x=1: no such axis 'x'\n"
        "rfm: hint: the axes are r, f, m: write r=30,90,180,365, or name a saved file\n",
    )
    assert here("score", "orders.csv", "--cuts", "x=" + "1," * 300).code == 2
    fitted = here("score", "orders.csv", "-q", "--save-cuts", "x=1").out
    assert here("score", "orders.csv", "-q", "--cuts", "x=1").out == fitted
