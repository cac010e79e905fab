"""The moves of customers between dates: `rfm migrate`; `paths` has its paths, `speed` how fast moves are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.history.states import NOT_YET, Moves, States
from rfm_cli.messages import SchemeText, called
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
