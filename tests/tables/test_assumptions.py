from __future__ import annotations

from typing import Any

import pytest

from rfm_cli.tables.csv_rows import HEAD

HEADER = "customer_id,order_id,date,amount\n"


def test_the_head_is_all_that_a_clean_file_needs(write: Any, read: Any) -> None:
    seen = read(write("o.csv", HEADER + "a,1,2024-01-01,1.50\n" * (HEAD + 5)))
    assert not seen.orders.whole
    assert seen.facts.accepted == HEAD + 5


@pytest.mark.parametrize("place", [0, HEAD - 1, HEAD, HEAD + 1, 2 * HEAD])
@pytest.mark.parametrize("odd", ["a,1,31.12.2024,2\n", 'a,1,2024-01-01,"0,125"\n', "007,x1,2024-01-01,7\n"])
def test_an_odd_row_gives_the_same_wherever_it_stands(write: Any, read: Any, place: int, odd: str) -> None:
    rows = ["a,1,2024-01-01,1\n"] * (2 * HEAD)
    seen = read(write("o.csv", HEADER + "".join([*rows[:place], odd, *rows[place:]])))
    first = read(write("p.csv", HEADER + odd + rows[0]))
    assert seen.facts.accepted == 2 * HEAD + 1
    assert seen.orders.scale == first.orders.scale
    assert set(seen.rows()) == set(first.rows())
    assert set(seen.orders_ids()) == set(first.orders_ids())


def test_several_late_surprises_at_once(write: Any, read: Any) -> None:
    rows = "".join(f"{place % 9},{place},03/04/2024,12\n" for place in range(1, HEAD + 100))
    late = '007,0x,13/04/2024,"1 000,125"\n7,3,2024-04-14T23:30:00Z,(5)\n'
    seen = read(write("o.csv", HEADER + rows + late), timezone="Europe/Berlin")
    assert seen.orders.scale == 3
    assert not seen.orders.each_row
    assert [(c, str(d), m) for c, d, m in seen.rows() if m != 12_000] == [
        ("007", "2024-04-13", 1_000_125),
        ("7", "2024-04-15", -5_000),
    ]
    assert {str(day) for day in seen.days()} == {"2024-04-03", "2024-04-13", "2024-04-15"}
