from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from rfm_cli.clock import EVER
from rfm_cli.tables.customers import open_customers
from rfm_cli.tables.events import open_events
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.roster import roster_of


@pytest.mark.parametrize("buyers", [pl.Series([9, 7]), pl.Series(["9", "7"])], ids=["numbers", "texts"])
def test_each_id_is_there_once_with_the_tables_that_know_it(write: Any, buyers: pl.Series) -> None:
    people = open_customers([write("c.csv", "id,registered_at\n7,2024-02-01\n8,\n07,2024-03-01\n")], ReadOptions())
    log = open_events(
        [write("e.csv", "customer_id,event,at\n7,open,2024-01-05\n8,open,2024-04-01\n6,x,2024-01-01\n")], ReadOptions()
    )
    found = roster_of(people, log, buyers)
    assert found is not None
    assert found.columns == ["customer", "place", "known_from", "in_customers", "in_events"]
    assert sorted(found.rows()) == [
        ("07", None, date(2024, 3, 1), True, False),
        ("6", None, date(2024, 1, 1), False, True),
        ("7", 1, date(2024, 1, 5), True, True),
        ("8", None, date(2024, 4, 1), True, True),
        ("9", 0, None, False, False),
    ]
    alone = roster_of(people, None, buyers)
    assert alone is not None
    assert dict(alone.select("customer", "known_from").iter_rows())["8"] == EVER
    assert roster_of(None, None, buyers) is None
