"""Dates of many writings in one column: the order of the rows never matters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables import sources
from rfm_cli.tables.options import ReadOptions
from tests.examples import examples

TEXTS = (
    "2024-01-25|2024-01-25 23:30:00|2024-01-25T23:30:00Z|2024-01-25 24:00:00|25.01.2024|1/25/2024|3/4/2024|25.01.24"
    "|1/25/24|3/4/24|25/01/24|24-01-25|Jan 25, 2024 3:45 PM|25-Jan-2024|Thu, 25 Jan 2024 15:45:00 CST|45316|45316.5"
    "|99999|2024-01-25 10:00 MSK|2024-01-25 10:00 IST|2024-01-25T10:00[Asia/Tokyo]|1706184300|1706184300.5|soon|"
).split("|")


def outcome(folder: Path, texts: list[str], times_in: str | None) -> object:
    path = folder / "o.csv"
    path.write_text("customer_id;date;amount\n" + "".join(f"c;{text};5\n" for text in texts))
    options = ReadOptions(timezone="Asia/Tokyo", times_in=times_in)
    try:
        orders = order_tables.orders_in(sources.open_all([str(path)], options), options)
        table, facts, orders = order_tables.collect(orders, lambda _orders: lambda rows: rows.select("day"))
    except InputError as error:
        return error.message
    # Which of several formats is tried first changes the time alone.
    forms = [replace(one.day, formats=tuple(sorted(one.day.formats))) for one in orders.files]
    return sorted(table["day"].to_list()), facts.rejected, set(forms)


@settings(max_examples=examples(40, 400), deadline=None)
@given(
    texts=st.lists(st.sampled_from(TEXTS), min_size=2, max_size=7),
    order=st.randoms(use_true_random=False),
    times_in=st.sampled_from([None, "UTC", "Asia/Kolkata"]),
)
def test_shuffled_dates_are_read_alike(
    tmp_path_factory: Any, texts: list[str], order: Any, times_in: str | None
) -> None:
    folder = tmp_path_factory.mktemp("shuffled")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sources, "HEAD", 2)
        first = outcome(folder, texts, times_in)
        order.shuffle(texts)
        assert outcome(folder, texts, times_in) == first
