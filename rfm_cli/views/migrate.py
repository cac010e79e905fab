"""The moves of customers between dates, and how fast they are made: `rfm migrate`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

import polars as pl

from rfm_cli.clock import days_before
from rfm_cli.errors import UsageError
from rfm_cli.history.requests import daily_request
from rfm_cli.history.spells import stays, waits
from rfm_cli.history.states import NOT_YET, By, Moves, States, StatesAt, money_decides, past_of, states_at
from rfm_cli.history.survival import QUANTILES, speeds
from rfm_cli.messages import SchemeText, called
from rfm_cli.model import Past, PastRequest, Question, Shop
from rfm_cli.tables.money import as_decimal
from rfm_cli.views.score import by_text_of_id
from rfm_cli.views.view import share


@dataclass(frozen=True)
class Directions:
    """How many customers went up, stayed the same, went down, or are new."""

    up: int
    same: int
    down: int
    new: int

    @property
    def earlier(self) -> int:
        """The number of those who were customers before."""
        return self.up + self.same + self.down

    def share(self, count: int) -> float | None:
        """Return the part of the earlier customers that a count is, None without any."""
        return count / self.earlier if self.earlier else None


def direction(before: pl.Expr, after: pl.Expr) -> pl.Expr:
    """Return the direction of a move between states, which are numbered from the best: up, same, down or new."""
    up, down = pl.when(after < before).then(pl.lit("up")), pl.lit("down")
    return (
        pl.when(before.is_null())
        .then(pl.lit("new"))
        .otherwise(up.when(after > before).then(down).otherwise(pl.lit("same")))
    )


def matrix_rows(moves: Moves) -> pl.DataFrame:
    """Return every way from a state to a state, the empty ones too, from the best state down, Not yet a customer last.

    Columns: from_segment, to_segment, customers, share_of_from (null where from_segment was empty), revenue_from and
    revenue_to (the money of these customers at each date; null without money).
    """
    sums = moves.customers.group_by("before", "after").agg(
        customers=pl.len().cast(pl.Int32),
        revenue_from=pl.col("money_before").sum(),
        revenue_to=pl.col("money_after").sum(),
    )
    names = moves.states.names
    numbers = pl.Series(range(len(names)), dtype=pl.UInt16)
    ways = pl.DataFrame({"before": [*numbers, None]}, schema={"before": pl.UInt16}).join(
        numbers.alias("after").to_frame(), how="cross"
    )
    # A matrix has all ways, so that two of them can be compared cell by cell.
    # Not yet a customer is a null state, which a join does not match by itself.
    filled = ways.join(sums, on=["before", "after"], how="left", nulls_equal=True, maintain_order="left")
    filled = filled.with_columns(pl.col("customers", "revenue_from", "revenue_to").fill_null(0))
    money = _money(moves, "revenue_from", "revenue_to")
    return filled.select(
        from_segment=_name(pl.col("before"), names),
        to_segment=_name(pl.col("after"), names),
        customers="customers",
        share_of_from=share(pl.col("customers")).over("before"),
        **money,
    )


def _name(state: pl.Expr, names: Sequence[str]) -> pl.Expr:
    """Return the name of a state; Not yet a customer for none."""
    known = pl.lit(pl.Series(names, dtype=pl.String)).gather(state.fill_null(0).cast(pl.UInt32))
    return pl.when(state.is_null()).then(pl.lit(NOT_YET)).otherwise(known)


def _money(moves: Moves, *names: str) -> Mapping[str, pl.Expr]:
    scale = moves.states.cutoffs.scale
    if scale is None:
        return {name: pl.lit(None, pl.Decimal(18, 0)) for name in names}
    return {name: as_decimal(pl.col(name), scale) for name in names}


def link_rows(link: Moves) -> pl.DataFrame:
    """Return the matrix of one link of a chain of dates, with from_date and to_date in front."""
    dates = {"from_date": link.first.day, "to_date": link.last.day}
    return matrix_rows(link).select(*(pl.lit(day).alias(name) for name, day in dates.items()), pl.all())


def flow_rows(moves: Moves) -> pl.DataFrame:
    """Return how many customers went in and out of each state, from the best down.

    Columns: segment, customers_from, in, out, net (in - out = customers_to - customers_from), customers_to,
    revenue_from, revenue_to (the money of the customers in it at each date).
    """
    names = moves.states.names
    before, after = pl.col("before"), pl.col("after")
    # A customer who is new has no state before, and has not stayed.
    stayed = before.eq_missing(after)
    left = (
        moves.customers.drop_nulls("before")
        .group_by(state="before")
        .agg(customers_from=pl.len(), out=(~stayed).sum(), revenue_from=pl.col("money_before").sum())
    )
    came = moves.customers.group_by(state="after").agg(
        customers_to=pl.len(), came=(~stayed).sum(), revenue_to=pl.col("money_after").sum()
    )
    states = pl.DataFrame({"state": range(len(names))}, schema={"state": pl.UInt16})
    rows = states.join(left, on="state", how="left").join(came, on="state", how="left", maintain_order="left")
    rows = rows.sort("state").with_columns(pl.exclude("state").fill_null(0))
    count = {name: pl.col(name).cast(pl.Int32) for name in ("customers_from", "came", "out", "customers_to")}
    return rows.select(
        segment=_name(pl.col("state"), names),
        customers_from=count["customers_from"],
        **{"in": count["came"]},
        out=count["out"],
        net=count["came"] - count["out"],
        customers_to=count["customers_to"],
        **_money(moves, "revenue_from", "revenue_to"),
    )


def directions(moves: Moves) -> Directions:
    """Return how many customers went up, stayed the same, went down, or are new."""
    counts = moves.customers.select(to=direction(pl.col("before"), pl.col("after"))).group_by("to").len()
    found = dict(counts.iter_rows())
    return Directions(**{one.name: found.get(one.name, 0) for one in fields(Directions)})


def customer_rows(moves: Moves) -> pl.DataFrame:
    """Return one row per customer of the later date, by id: customer_id, from_segment, to_segment, direction."""
    names = moves.states.names
    return by_text_of_id(moves.customers).select(
        customer_id=pl.col("customer").cast(pl.String),
        from_segment=_name(pl.col("before"), names),
        to_segment=_name(pl.col("after"), names),
        direction=direction(pl.col("before"), pl.col("after")),
    )


Walk = tuple[int | None, ...]
"""The numbers of the states of a path, None for Not yet a customer."""


@dataclass(frozen=True)
class Paths:
    """Paths of customers over a chain of dates: their `rows` as files hold them, and the states of each, in order.

    `states` are kept beside the rows, since the name of a state may hold the mark that joins names in a text.
    """

    rows: pl.DataFrame
    states: pl.Series


def paths_along(links: Iterable[Moves]) -> Paths:
    """Return the paths of customers over a chain of dates, the most common first: path, customers, customers_share.

    A path names the states of a customer one after the other; a state that lasts over several dates is named once.
    Paths with equally many customers are in the order of their text; paths of one text are one row.
    """
    walked: pl.DataFrame | None = None
    names: Sequence[str] = ()
    numbers: dict[Walk, int] = {}
    for link in links:
        names = link.states.names
        if walked is None:
            walked = link.customers.select("customer", path=pl.lit(None, pl.UInt32))
        # Customers who are new at this link have no path yet.
        joined = link.customers.join(walked, on="customer", how="left")
        # Many customers take few ways, so that only the number of a path goes along with each customer.
        ways = joined.select("path", "before", "after").unique()
        further = pl.Series("further", _further(ways, numbers), dtype=pl.UInt32)
        went = joined.join(ways.with_columns(further), on=ways.columns, nulls_equal=True)
        walked = went.select("customer", path="further")
    assert walked is not None
    counts = dict(walked.group_by("path").len().iter_rows())
    lines = [
        ([NOT_YET if state is None else names[state] for state in walk], counts[number])
        for walk, number in numbers.items()
        if number in counts
    ]
    return _in_order(pl.DataFrame(lines, schema={"states": pl.List(pl.String), "customers": pl.Int32}, orient="row"))


def _further(ways: pl.DataFrame, numbers: dict[Walk, int]) -> list[int]:
    """Return the number of the path that each way (path, before, after) leads to, and number the new paths."""
    known = list(numbers)
    found = []
    for path, before, after in ways.iter_rows():
        walk = (before,) if path is None else known[path]
        found.append(numbers.setdefault(walk if before == after else (*walk, after), len(numbers)))
    return found


def _in_order(walked: pl.DataFrame) -> Paths:
    """Return the paths (states, customers) as rows, those of one text together."""
    texts = walked.with_columns(path=pl.col("states").list.join(" > "))
    # Two paths may have one text; the states are those of the commoner one.
    ordered = texts.sort("customers", "path", "states", descending=[True, False, False])
    merged = ordered.group_by("path", maintain_order=True).agg(pl.col("customers").sum(), pl.col("states").first())
    rows = merged.sort("customers", "path", descending=[True, False])
    shares = rows.select("path", "customers", customers_share=share(pl.col("customers")))
    return Paths(shares, rows["states"])


def state_called(text: str, states: States) -> int | None:
    """Return the number of the state that a text names, case ignored, in any language that is shown; None for Not yet a
    customer.

    Raises `KeyError` where no state has that name.
    """
    places = called(text, [*map(SchemeText, states.names), SchemeText(NOT_YET)])
    if not places:
        raise KeyError(text)
    return None if places[0] == len(states.names) else places[0]


def parse_move(text: str, states: States) -> tuple[int | None, int]:
    """Return the states before and after that `FROM>TO` names; `UsageError` if it names none."""
    # A name may hold the mark itself, so each place of it is tried.
    for place in [place for place, mark in enumerate(text) if mark == ">"]:
        try:
            before, after = state_called(text[:place], states), state_called(text[place + 1 :], states)
        except KeyError:
            continue
        if after is not None:
            return before, after
    names = states.names
    valid = ", ".join((*names, NOT_YET))
    raise UsageError(f"--list {text}: no such move", f'write it as "{names[0]}>{names[1]}" with two of: {valid}')


HORIZONS = (30, 60, 90)


@dataclass(frozen=True)
class Speeds:
    """The rows of speeds, the stays that they come from, and all customers with their states at the first date."""

    rows: pl.DataFrame
    stays: pl.DataFrame
    first: StatesAt


def speed_request(shop: Shop, question: Question, first: date, last: date, by: By = "segment") -> PastRequest:
    """Return the request of a past that shows every stay in a state between two dates.

    Raises `UsageError` under a window, and `UnansweredError` where the source has no single days.
    """
    # The cutoffs are of the first date, and may need its money: a stretch of its own ends there.
    starts = [day for day in (days_before(first, 1), first) if day is not None]
    money = money_decides(by, question.scheme)
    return daily_request(shop, question, starts, last, bought_by=first, money=money, option="--speed")


def speeds_of(
    past: Past,
    first: date,
    by: By = "segment",
    horizons: Sequence[int] = HORIZONS,
    among: pl.DataFrame | None = None,
) -> Speeds:
    """Measure how fast each move is made, from the spells entered since the first date, under its cutoffs.

    The past is that of `speed_request`. With `among` (customer) the spells are those of these customers.
    """
    (then,) = states_at(past, [first], by)
    found = stays(past_of(past, among), then.states, first)
    return Speeds(speed_rows(found, then.states, horizons), found, then)


def parse_horizons(text: str | None) -> tuple[int, ...]:
    """Return the days that `--horizons` lists, in their order, or the usual ones without it."""
    if text is None:
        return HORIZONS
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and 0 < int(part) < 100_000 for part in parts):
        raise UsageError(f"--horizons {text}: not days", "write whole numbers, such as 30,60,90")
    return tuple(dict.fromkeys(int(part) for part in parts))


def speed_rows(stays: pl.DataFrame, states: States, horizons: Sequence[int]) -> pl.DataFrame:
    """Return every move that the stays (of `history.spells.stays`) ended in, from the best state down.

    Columns: from_segment, to_segment, moves, share_{h}d for each horizon (the share of the spells in from_segment that
    have moved to to_segment within h days), p25_days, median_days, p75_days (within how many days that part of
    those who go this way at all has gone). See `history.survival` for the formulas and for open spells.
    """
    found = speeds(stays, horizons)
    names = pl.lit(pl.Series(states.names, dtype=pl.String))
    shares = [f"share_{days}d" for days in dict.fromkeys(horizons)]
    return found.select(
        pl.col("moves").cast(pl.Int32),
        *shares,
        *(pl.col(name).cast(pl.Int32) for name in QUANTILES),
        from_segment=names.gather(pl.col("state").cast(pl.UInt32)),
        to_segment=names.gather(pl.col("next").cast(pl.UInt32)),
    ).select("from_segment", "to_segment", "moves", *shares, *QUANTILES)


def falls_by_waiting(rows: pl.DataFrame, states: States) -> pl.DataFrame:
    """Find the ways down whose three quantile days are one, the day on which waiting alone makes the move.

    Columns: from_segment, to_segment, days (in from_segment without a purchase). `rows` are those of `speed_rows`.
    """
    names = pl.lit(pl.Series(states.names, dtype=pl.String))
    falls = waits(states).filter(pl.col("next") > pl.col("state"))
    named = falls.select(
        from_segment=names.gather(pl.col("state").cast(pl.UInt32)),
        to_segment=names.gather(pl.col("next").cast(pl.UInt32)),
        days="days",
    )
    # Where a quarter and three quarters have gone on one day, waiting alone made them go.
    alike = rows.filter(pl.col("p25_days") == pl.col("p75_days"))
    both = ["from_segment", "to_segment"]
    return alike.select(*both, days="median_days").join(named, on=[*both, "days"], how="semi", maintain_order="left")


def without_falls(rows: pl.DataFrame, falls: pl.DataFrame) -> pl.DataFrame:
    """Return the rows for people: the quantile days of the `falls`, which people read as sentences, are empty."""
    both = ["from_segment", "to_segment"]
    marked = rows.join(falls.select(*both, waited=pl.lit(value=True)), on=both, how="left", maintain_order="left")
    kept = [pl.when(pl.col("waited").is_null()).then(name).alias(name) for name in QUANTILES]
    return marked.with_columns(kept).drop("waited")
