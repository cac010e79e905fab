"""Steps that serve several questions at once: as fine as all need, and narrowed to what each would have read."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, narrowed, together
from tests.shops import DAYS, ROWS, Row, day, shop_of

ENDS = st.lists(st.integers(0, DAYS), min_size=1, max_size=4, unique=True).map(sorted)


@st.composite
def wanted(draw: st.DrawFn) -> tuple[Stretches, int]:
    """Stretches, and the last day that somebody wants to know of."""
    ends = draw(ENDS)
    if draw(st.booleans()):
        return Stretches(tuple(map(day, ends))), ends[-1]
    begins = draw(st.booleans())
    last = draw(st.integers(ends[-1], DAYS + 5))
    return Stretches(tuple(map(day, ends)) if begins else (), daily=True), last


@settings(max_examples=60)
@given(rows=ROWS, asked=st.lists(wanted(), min_size=1, max_size=4), one_a_day=st.booleans())
def test_narrowed_steps_are_those_read_alone(
    rows: list[Row], asked: list[tuple[Stretches, int]], one_a_day: bool
) -> None:
    shop = shop_of(rows)
    most = max(last for _, last in asked)
    shared = shop.source.steps(Counting(day(most), one_a_day=one_a_day), together([one for one, _ in asked])).frame
    for stretches, last in asked:
        alone = shop.source.steps(Counting(day(last), one_a_day=one_a_day), stretches).frame
        found = narrowed(shared, stretches, day(last))
        assert_frame_equal(found, alone.select(found.columns), check_row_order=False)
