"""A roll-up answers what the orders would answer, for every date that it can tell, and refuses the others."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rfm_cli.errors import InputError
from rfm_cli.measures.purchases import Counting
from rfm_cli.measures.steps import Stretches, customers, settled_steps, steps
from rfm_cli.model import Shop, TablePaths
from rfm_cli.pipeline import counts, score
from rfm_cli.rollup import parquet, store
from rfm_cli.rollup.make import roll_up, write_rollup
from rfm_cli.rollup.manifest import Periods, Purchases
from rfm_cli.rollup.read import buyers_after, customers_of, periods_of, read_rollup, steps_of
from rfm_cli.shop import open_shop
from rfm_cli.source.rollup import RollupSource
from rfm_cli.tables import orders as order_tables
from rfm_cli.tables.options import ReadOptions
from rfm_cli.views.score import score_view
from tests.examples import examples
from tests.shops import DAYS, PEOPLE, ROWS, Person, Row, asked, day, shop_of

PLACES = itertools.count()
EDGES = (day(12), day(30), day(47))
PERIODS = st.sampled_from([Periods(), Periods("month"), Periods("edges", EDGES)])
PURCHASES = st.builds(Purchases, free=st.sampled_from(["count", "ignore"]), one_a_day=st.booleans())
ENDS = st.lists(st.integers(0, DAYS).map(day), min_size=1, max_size=3, unique=True)
WHEN = st.integers(-5, DAYS + 5).map(day)
checked = settings(max_examples=examples(20, 60), suppress_health_check=[HealthCheck.function_scoped_fixture])


def rolled_up(folder: Path, shop: Shop, periods: Periods, purchases: Purchases | None = None, most: int = 10**6) -> str:
    """The roll-up of a shop's orders, parted where there are more rows than `most`."""
    assert shop.orders is not None
    out = folder / str(next(PLACES))
    rolled, _ = roll_up(shop.orders, periods, purchases or Purchases())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet, "MOST_IN_ONE", most)
        write_rollup(rolled, out)
    return str(out)


def plain(shop: Shop) -> pl.LazyFrame:
    assert shop.orders is not None
    return order_tables.accepted(order_tables.rows(shop.orders))


def compared(found: pl.DataFrame, wanted: pl.DataFrame, *keys: str) -> None:
    """Both hold the same; first_row is not asked of, since periods do not tell it."""
    columns = [name for name in found.columns if name not in ("first_row", *keys)]
    text = pl.col("customer").cast(pl.String)
    both = [frame.with_columns(text).sort("customer", *keys[1:]).select(*keys, *columns) for frame in (found, wanted)]
    assert both[0].rows() == both[1].rows()


@pytest.mark.parametrize("most", [10**6, 2])
@checked
@given(rows=ROWS, periods=PERIODS, purchases=PURCHASES, when=WHEN, start=st.none() | WHEN)
def test_measures_are_those_of_the_orders(
    tmp_path: Path, rows: list[Row], periods: Periods, purchases: Purchases, when: date, start: date | None, most: int
) -> None:
    shop = shop_of(rows)
    rollup = read_rollup(rolled_up(tmp_path, shop, periods, purchases, most))
    counting = Counting(when, purchases.free, purchases.one_a_day)
    manifest = rollup.manifest
    told = [periods.answers(one, manifest.first_day, manifest.last_day) for one in (when, start) if one]
    if not all(told):
        with pytest.raises(InputError, match="cannot answer for"):
            customers_of(rollup, counting, start)
        return
    found = customers_of(rollup, counting, start)
    wanted = customers(plain(shop), counting, start=start).collect()
    compared(found, wanted, "customer")
    if periods.grain == "day":
        by_id = [
            dict(frame.select(pl.col("customer").cast(pl.String), "first_row").rows()) for frame in (found, wanted)
        ]
        assert by_id[0] == by_id[1]
    later = set(buyers_after(rollup, when).collect()["customer"].cast(pl.String))
    assert later == {row.customer for row in rows if day(row.day) > when}


@checked
@given(rows=ROWS, when=WHEN)
def test_days_can_be_counted_as_one_later(tmp_path: Path, rows: list[Row], when: date) -> None:
    shop = shop_of(rows)
    rollup = read_rollup(rolled_up(tmp_path, shop, Periods(), most=2))
    counting = Counting(when, one_a_day=True)
    compared(customers_of(rollup, counting), customers(plain(shop), counting).collect(), "customer")


@checked
@given(
    rows=ROWS, ends=st.lists(st.integers(0, DAYS).map(day), min_size=1, max_size=3, unique=True), daily=st.booleans()
)
def test_steps_are_those_of_the_orders(tmp_path: Path, rows: list[Row], ends: list[date], daily: bool) -> None:
    shop = shop_of(rows)
    rollup = read_rollup(rolled_up(tmp_path, shop, Periods()))
    stretches = Stretches(tuple(sorted(ends)), daily=daily)
    counting = Counting(day(DAYS) if daily else max(ends))
    wanted = settled_steps(steps(plain(shop), counting, stretches).collect(), plain(shop), counting, stretches)
    compared(steps_of(rollup, counting, stretches.step_of(pl.col("day"))), wanted, "customer", "step")


@checked
@given(rows=ROWS, people=PEOPLE, when=WHEN.filter(lambda when: when >= day(0)), new=st.sampled_from([None, 10]))
def test_scores_are_those_of_the_orders_with_other_tables_beside(
    tmp_path: Path, rows: list[Row], people: list[Person], when: date, new: int | None
) -> None:
    shop = shop_of(rows, people)
    rolled = replace(shop, source=RollupSource(read_rollup(rolled_up(tmp_path, shop, Periods()))))
    question = replace(asked(), as_of=when, new_subscriber=new)
    one, other = score(shop, question), score(rolled, question)
    assert score_view(one).rows.equals(score_view(other).rows)
    assert (counts(one), one.notes) == (counts(other), other.notes)


def test_whole_numbers_stay_numbers_inside(tmp_path: Path) -> None:
    frame = pl.DataFrame({"customer_id": ["7", "10"], "ordered_at": [day(0)] * 2, "amount": [1.0, 2.0]})
    for ids, kind in (["7", "10"], pl.Int64), (["07", "10"], pl.String):
        shop = open_shop(TablePaths(frame.with_columns(customer_id=pl.Series(ids))), ReadOptions())  # type: ignore[arg-type]
        rollup = read_rollup(rolled_up(tmp_path, shop, Periods()))
        assert customers_of(rollup, Counting()).schema["customer"] == kind
        assert pl.read_parquet(f"{rollup.path}/{store.ROLLUP}")["customer_id"].to_list() == sorted(ids)


def test_the_periods_of_one_customer(tmp_path: Path) -> None:
    shop = shop_of([Row("a", "1", 0, 100), Row("a", "2", 9, 200), Row("b", "3", 9, 5), Row("a", "4", 20, 7)])
    rollup = read_rollup(rolled_up(tmp_path, shop, Periods("edges", (day(10),))))
    found = periods_of(rollup, "a", day(10))
    assert found.select("period", "orders", "revenue").rows() == [(day(10), 2, 300)]
    assert periods_of(rollup, "a", None).height == 2


def test_what_is_no_roll_up_is_told(tmp_path: Path) -> None:
    out = Path(rolled_up(tmp_path, shop_of([Row("a", "1", 0, 100)]), Periods()))
    with pytest.raises(InputError, match="no roll-up"):
        read_rollup(str(tmp_path))
    place = store.version_of(out) / store.ROLLUP
    pl.DataFrame({"x": [1]}).write_parquet(place)
    with pytest.raises(InputError, match=r"rollup\.parquet does not hold the columns of a roll-up"):
        read_rollup(str(out))
    place.write_bytes(b"PAR1")
    with pytest.raises(InputError, match="cannot be read"):
        read_rollup(str(out))
    (store.version_of(out) / store.MANIFEST).write_text("{}")
    with pytest.raises(InputError, match="damaged"):
        read_rollup(str(out))
