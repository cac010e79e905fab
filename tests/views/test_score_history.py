"""The columns of `rfm score --history`, from spells by customer and day."""

from __future__ import annotations

from datetime import date

import polars as pl

from rfm_cli.clock import EVER
from rfm_cli.history.spells import spells
from rfm_cli.history.states import states_by
from rfm_cli.pipeline import score
from rfm_cli.views.score import history_columns
from tests.shops import DAYS, Person, Row, asked, day, shop_of


def test_the_segment_before_is_the_customers_own() -> None:
    """The first spell of a customer has none before it, though another customer's stands in the row above."""
    from rfm_cli.history.requests import daily_past

    rows = [Row("a", "", 0, 100), Row("a", "", 40, 100), Row("b", "", 50, 100), Row("c", "", 10, 100)]
    shop = shop_of(rows, [Person("x", None), Person("y", 5)])
    scored = score(shop, asked(as_of=day(DAYS)))
    states = states_by("segment", scored.scheme, scored.cutoffs)
    found = history_columns(spells(daily_past(shop, asked(), [], day(DAYS)), states), states)
    assert found.sort("customer_id").rows() == [
        ("a", day(40), "Promising"),
        ("b", day(50), None),
        ("c", day(41), "New"),
        ("x", None, None),
        ("y", day(5), None),
    ]


def test_a_state_may_be_the_same_in_the_row_above() -> None:
    rows = {
        "customer": ["a", "a", "b", "c"],
        "state": [0, 1, 1, 1],
        "entered": [date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1), EVER],
        "left": [date(2024, 2, 1), None, None, None],
    }
    made = pl.DataFrame(rows, schema_overrides={"state": pl.UInt16})
    scored = score(shop_of([Row("a", "", 0, 100)]), asked(as_of=day(DAYS)))
    states = states_by("segment", scored.scheme, scored.cutoffs)
    assert history_columns(made, states).rows() == [
        ("a", date(2024, 2, 1), "Champions"),
        ("b", date(2024, 3, 1), None),
        ("c", None, None),
    ]
