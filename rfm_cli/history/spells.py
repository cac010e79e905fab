"""Spells: a customer's whole history as a short list of stays in one state, exact to the day.

Under fixed cutoffs a state changes on two kinds of days alone: on the day of an accepted row, and on the day on which
recency passes a cutoff. So each step of a customer is spread over the levels of recency that it lasts into; there are
as many levels as R has scores. Each level gets its state by the same expressions that score customers, and a row whose
state differs from the one before begins a spell. Days are never enumerated.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from rfm_cli.history.states import States, with_state
from rfm_cli.history.survival import durations
from rfm_cli.model import Past
from rfm_cli.schemes import Axis
from rfm_cli.scores.cutoffs import Cutoffs

NEVER = -(2**31)
"""The day of the last purchase of customers who have not bought yet."""
DAYS_APART = 2**22
"""More than the number of days from year 1 to year 9999."""
MOST_CELLS = 4_000_000
"""The largest table of all moves by days that is worth its memory, in cells."""
NOT_READ = 0
"""The last purchase in a step without one, for a reader that skips such steps."""
MANY = 200_000
"""Fewer steps are spread by plain expressions in less time than numpy takes to load."""
MOST_ID = 2**40
"""A customer id below it and a day have room side by side in 64 bits."""


def spells(past: Past, states: States) -> pl.DataFrame:
    """Return the spells up to `past.last`, by customer and day.

    Columns: customer, state, entered, left, next. A spell holds from the evening of `entered` to the day before
    `left`, which is the first day in the state `next`; both are null where the spell is still open on `past.last`.
    Where money decides states, refunds move customers too. A customer who was known before the first purchase has a
    spell without purchases, from the first day of being known. If `past` begins with one stretch of many days, the
    first spell of its customers counts as entered on the last day of that stretch.
    """
    levels = _levels(_day_ends(past, states), states)
    return _merged(with_state(levels, states, pl.col("age")))


def stays(past: Past, states: States, start: date) -> pl.DataFrame:
    """Count the spells entered from `start` to the last day of the past, with the columns of `survival.durations`."""
    if not _is_for_arithmetic(past, states, start):
        return durations(spells(past, states), start, past.last)
    from rfm_cli.history import spell_arrays  # with numpy, which small shops do without

    steps = past.steps.select("customer", "frequency", day=pl.col("step").to_physical())
    last = past.steps["last_order"].to_physical().fill_null(NOT_READ)
    customers, days, frequency = (steps[name].to_numpy() for name in ("customer", "day", "frequency"))
    lookup = spell_arrays.lookup_of(
        recency_levels(states.cutoffs), _highest_frequency(states.cutoffs), _states_of(states)
    )
    found = spell_arrays.spells(
        spell_arrays.by_customer(customers, days, frequency, last.to_numpy()), lookup, _number(past.last)
    )
    return spell_arrays.stays(found, len(states.names), _number(start), _number(past.last))


def _highest_frequency(cutoffs: Cutoffs) -> int:
    """Return the number of purchases above which the score of F is always the same."""
    return max(_bounds(cutoffs, "f"), default=1)


def _states_of(states: States) -> Callable[[pl.DataFrame], pl.Series]:
    """Return a function that gives measured customers their states, by number."""
    return lambda grid: with_state(grid, states, pl.lit(None, pl.Int32))["state"]


def _is_for_arithmetic(past: Past, states: States, start: date) -> bool:
    """Return whether integer arithmetic can count the stays, and saves time.

    Recency and frequency alone must decide the states, ids must be whole numbers, all moves by their days must fit in
    a table, and there must be many steps.
    """
    if past.people is not None or states.new_subscriber is not None or states.by_money:
        return False
    count, days = len(states.names), (past.last - start).days + 1
    small = count * (count + 1) * days <= MOST_CELLS and _highest_frequency(states.cutoffs) <= MOST_CELLS // 100
    return small and past.steps.height >= MANY and past.steps.schema["customer"] == pl.Int64


def recency_levels(cutoffs: Cutoffs) -> list[int]:
    """List the days of recency on which the score of R changes, ascending, from 0: the first days of its levels.

    A cutoff of more days than the calendar has is never passed.

    >>> from rfm_cli.scores.cutoffs import Bounds, Vip
    >>> from rfm_cli.schemes import Bins
    >>> bounds = Bounds(3, ((3, 30), (2, 90)), "given")
    >>> recency_levels(Cutoffs(Bins(3, 3, 3), {"r": {(): bounds}}, Vip(None, None, 2), None))
    [0, 31, 91]
    """
    return [0, *sorted(bound + 1 for bound in _bounds(cutoffs, "r") if 0 <= bound < DAYS_APART)]


def waits(states: States) -> pl.DataFrame:
    """List the moves that waiting alone makes: state, next, days (in the state, until recency passes the cutoff).

    A stay begins on the day of a purchase, or on that on which recency passed the cutoff before. One move may take
    several numbers of days. A score that money decides changes on days with refunds as well, which are none of these.
    """
    money = _bounds(states.cutoffs, "m")
    values = {"frequency": {1, *_bounds(states.cutoffs, "f")}, "recency_days": {*recency_levels(states.cutoffs)}}
    if states.cutoffs.scale is not None:
        values = {"monetary": {min(money, default=0) - 1, *money}, **values}
    dtypes = {"monetary": pl.Int64, "frequency": pl.Int32, "recency_days": pl.Int32}
    grid = pl.DataFrame({"cell": [0]})
    for name, own in values.items():
        grid = grid.join(pl.DataFrame({name: sorted(own)}, schema={name: dtypes[name]}), how="cross")
    held = [name for name in values if name != "recency_days"]
    rows = with_state(grid, states, pl.lit(None, pl.Int32)).sort(*held, "recency_days")
    begins = (pl.col("recency_days") == 0) | (pl.col("state") != pl.col("state").shift(1))
    later = rows.filter(begins).select(
        "state",
        next=pl.col("state").shift(-1).over(held),
        days=(pl.col("recency_days").shift(-1) - pl.col("recency_days")).over(held),
    )
    return later.drop_nulls().unique().sort("state", "next", "days")


def _bounds(cutoffs: Cutoffs, axis: Axis) -> set[int]:
    """Collect the cutoffs of an axis, of all groups."""
    return {bound for own in cutoffs.axes.get(axis, {}).values() for _, bound in own.at}


def _day_ends(past: Past, states: States) -> pl.DataFrame:
    """Return the measures at the end of each day with a step, and the day until which they hold.

    Rows are in the order of customer and day. Columns: customer, day, until (exclusive), last (NEVER before the first
    purchase), frequency, monetary where it decides states, and where age decides them known, the day of becoming a
    customer. Days are numbers, as Polars counts them.
    """
    rows, ages = _sorted(_with_beginnings(past, states)), states.new_subscriber is not None
    first = (pl.col("customer") != pl.col("customer").shift(1)).fill_null(value=True)
    sums = [name for name in ("frequency", "monetary") if name in rows.columns]
    total = {name: pl.col(name).cum_sum() for name in sums}
    earlier = {f"{name}_earlier": pl.when("first").then(total[name] - pl.col(name)) for name in sums}
    ends_open = pl.col("first").shift(-1, fill_value=True)
    end = pl.lit(_number(past.last) + 1, pl.Int32)
    ends = (
        rows.lazy()
        .with_columns(first=first)
        .with_columns(**total, **earlier)
        .select(
            "customer",
            "day",
            until=pl.when(ends_open).then(end).otherwise(pl.col("day").shift(-1)),
            last=pl.when(pl.col("first") & pl.col("last").is_null()).then(NEVER).otherwise("last").forward_fill(),
            **{name: pl.col(name) - pl.col(f"{name}_earlier").forward_fill() for name in sums},
            **({"known": pl.col("known").min().over("customer")} if ages else {}),
        )
    )
    # Of several rows of one day the last one holds what they add up to.
    return ends.filter(pl.col("until") > pl.col("day")).collect()


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    """Sort the rows by customer and day; where ids are whole numbers and not too large, by one key made of both."""
    ids = rows["customer"]
    if ids.dtype != pl.Int64 or rows.is_empty():
        return rows.sort("customer", "day")
    low, high = ids.min(), ids.max()
    if not isinstance(low, int) or not isinstance(high, int) or max(-low, high) >= MOST_ID:
        return rows.sort("customer", "day")
    key = rows.select(pl.col("customer") * DAYS_APART + pl.col("day")).to_series()
    return rows if key.is_sorted() else rows.select(pl.all().gather(key.arg_sort()))


def _with_beginnings(past: Past, states: States) -> pl.DataFrame:
    """Return the steps with days as numbers, and an empty step on the day from which other tables know a customer."""
    sums = ["frequency", *(["monetary"] if states.by_money and "monetary" in past.steps.columns else [])]
    days = {"day": "step", "last": "last_order", "known": "first_row"}
    steps = past.steps.select("customer", *sums, **{name: pl.col(of).to_physical() for name, of in days.items()})
    if past.people is None:
        return steps
    from rfm_cli.clock import EVER

    since = pl.col("known_from").to_physical()
    # A customer known from ever is no New subscriber, not even on the first day of the calendar.
    longer = pl.when(pl.col("known_from") == EVER).then(states.new_subscriber or 0).otherwise(0).cast(pl.Int32)
    people = past.people.select(
        "customer",
        **{name: pl.lit(0, steps.schema[name]) for name in sums},
        day=since,
        last=pl.lit(None, pl.Int32),
        known=since - longer,
    )
    return pl.concat([steps.with_columns(pl.col("customer").cast(pl.String)), people])


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _levels(ends: pl.DataFrame, states: States) -> pl.DataFrame:
    """Spread each row over the levels of recency that it lasts into, before the first purchase over those of age.

    Columns: customer, entered (the first day at the level), recency_days (null before the first purchase), frequency,
    monetary?, age (days known; null where age decides no state).
    """
    ages = "known" in ends.columns
    bought = pl.col("last") != NEVER
    first_days = [0] if states.new_subscriber is None else [0, states.new_subscriber]
    of_recency, of_age = recency_levels(states.cutoffs), first_days
    anchor = pl.when(bought).then("last").otherwise("known" if ages else "day")
    since, until = pl.col("day") - pl.col("anchor"), pl.col("until") - pl.col("anchor")
    low = pl.when(bought).then(_passed(since, of_recency)).otherwise(_passed(since, of_age))
    high = pl.when(bought).then(_passed(until - 1, of_recency)).otherwise(_passed(until - 1, of_age))
    spread = (
        ends.lazy()
        .with_columns(anchor=anchor)
        .with_columns(level=pl.int_ranges(low, high + 1, dtype=pl.Int16))
        .explode("level")
    )
    reached = pl.when(bought).then(_first_day(of_recency)).otherwise(_first_day(of_age))
    entered = pl.max_horizontal(pl.col("day"), pl.col("anchor") + reached)
    kept = [name for name in ("frequency", "monetary") if name in ends.columns]
    return (
        spread.with_columns(entered=entered)
        .select(
            "customer",
            "entered",
            *kept,
            recency_days=pl.when(bought).then(pl.col("entered") - pl.col("last")),
            age=(pl.col("entered") - pl.col("known")) if ages else pl.lit(None, pl.Int32),
        )
        .collect()
    )


def _passed(days: pl.Expr, first_days: list[int]) -> pl.Expr:
    """Return the number of the level that a number of days is in."""
    passed = pl.lit(0, pl.Int16)
    for first in first_days[1:]:
        passed += (days >= first).cast(pl.Int16)
    return passed


def _first_day(first_days: list[int]) -> pl.Expr:
    """Return the first day of the level of a row, among these first days."""
    places = pl.col("level").clip(0, len(first_days) - 1).cast(pl.UInt32)
    return pl.lit(pl.Series(first_days, dtype=pl.Int32)).gather(places)


def _merged(stayed: pl.DataFrame) -> pl.DataFrame:
    """Merge the rows of one state that follow each other into one spell, with the day of leaving and the next state."""
    customer, state = pl.col("customer"), pl.col("state")
    begins = (customer != customer.shift(1)).fill_null(value=True) | (state != state.shift(1))
    goes_on = customer == customer.shift(-1)
    entered = pl.col("entered").cast(pl.Date)
    return (
        stayed.lazy()
        .filter(begins)
        .select(
            "customer",
            "state",
            entered=entered,
            left=pl.when(goes_on).then(entered.shift(-1)),
            next=pl.when(goes_on).then(state.shift(-1)),
        )
        .collect()
    )
