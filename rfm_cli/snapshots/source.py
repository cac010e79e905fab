"""A store of snapshots as the source: the customers of its days as they were measured then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from rfm_cli.clock import days_before
from rfm_cli.errors import InputError, UsageError
from rfm_cli.history.states import By, money_decides
from rfm_cli.model import KeptDay, Past, PastRequest, Question, Shop, Source
from rfm_cli.notes import note
from rfm_cli.schemes import Axis, Scheme
from rfm_cli.scores.cutoffs import Cutoffs
from rfm_cli.scores.fit import Fitting
from rfm_cli.snapshots.metadata import CountingOptions
from rfm_cli.snapshots.store import Snapshot, days_in, read
from rfm_cli.views.watch import STAKE_DAYS

STEP = ("customer", "step", "first_order", "last_order", "frequency", "first_row")
MEASURES = ("first_order", "last_order", "recency_days", "frequency", "known_from")


LEAVE_OUT = "leave --store out to read the orders"


class SnapshotSource(Source):
    """A store of snapshots: it answers the days that it has, as their customers were measured and scored then.

    Snapshots that are compared by the states of the kind `by` must have been taken under the same cutoffs, unless
    `rescore`.
    """

    kind = "a store of snapshots"
    has_history = True

    def __init__(self, folder: Path, by: By = "segment", *, rescore: bool = False, scale: int | None = None) -> None:
        self._folder = folder
        self._by = by
        self._rescore = rescore
        self._scale = scale

    @property
    def days(self) -> tuple[date, ...]:
        """The days that have a snapshot, ascending."""
        return tuple(days_in(self._folder))

    @property
    def scale(self) -> int | None:
        """The number of decimals of the money that was read, None where there is none."""
        return self._scale

    @property
    def timezone(self) -> str:
        """The time zone in which the days of the newest snapshot were counted."""
        return newest(self._folder).metadata.counting.timezone

    def name(self) -> str:
        """Return the path of the folder."""
        return str(self._folder)

    def kept_past(self, request: PastRequest) -> Past:
        """Return the past at the days of a request, or for a watch-list the steps between two of them.

        Raises `InputError` for a day without a snapshot, and `UsageError` for snapshots that cannot be compared and
        for requests that need single days.
        """
        if not request.stretches.daily:
            snapshots = self._read(request.stretches.ends)
            for one in snapshots[1:]:
                axes = axes_of(self._by, snapshots[0].metadata.scheme)
                require_alike(snapshots[0], one, axes, rescore=self._rescore, vip=self._by == "vip")
            return _past_of(self._shop(request, snapshots), snapshots)
        if not request.watched:
            raise UsageError(
                "--speed needs the orders: snapshots do not show what happened between their days", LEAVE_OUT
            )
        first, last = self._read([request.first, request.last])
        _require_watchable(first)
        require_alike(first, last, first.metadata.scheme.axes, rescore=self._rescore)
        return _past_between(self._shop(request, [first, last]), first, last)

    def _shop(self, request: PastRequest, snapshots: Sequence[Snapshot]) -> Shop:
        """Return the shop of a request with the decimals that hold the money of all these snapshots."""
        source = SnapshotSource(self._folder, self._by, rescore=self._rescore, scale=scale_of(snapshots))
        return replace(request.shop, source=source)

    def _read(self, dates: Sequence[date]) -> list[Snapshot]:
        return [read(self._folder, day) for day in dates]


def open_store(folder: Path, by: By = "segment", *, rescore: bool = False) -> Shop:
    """Open a store of snapshots as a shop; raises `InputError` if it has none."""
    source = SnapshotSource(folder, by, rescore=rescore)
    days = source.days
    if not days:
        raise _empty(folder)
    what = f"{len(days):,} snapshots from {days[0]} to {days[-1]}" if len(days) > 1 else f"a snapshot of {days[0]}"
    return Shop(source, notes=(note(f"{folder}: {what}; the orders are not read"),))


def newest(folder: Path) -> Snapshot:
    """Return the newest snapshot of a store that can be read; raises `InputError` if none can."""
    first: InputError | None = None
    for day in reversed(days_in(folder)):
        try:
            return read(folder, day)
        except InputError as error:
            # The error to show is that of the newest, if no other can be read either.
            first = first or error
    raise first or _empty(folder)


def _empty(folder: Path) -> InputError:
    return InputError(f"{folder}: no snapshots", "take one first: rfm snapshot --as-of DATE")


def axes_of(by: By, scheme: Scheme) -> tuple[Axis, ...]:
    """Return the scores that decide in which state of a kind a customer is."""
    known: dict[By, tuple[Axis, ...]] = {"rf": ("r", "f"), "r": ("r",), "f": ("f",), "m": ("m",), "vip": ()}
    return known.get(by, scheme.axes)


def _require_watchable(first: Snapshot) -> None:
    """Raise `UsageError` if no watch-list can be made from snapshots such as this one.

    It cannot where money decides segments, where F is of a window, or where the money of the year before is not kept.
    """
    scheme = first.metadata.scheme
    if money_decides("segment", scheme):
        raise UsageError(f"--watch --store needs a scheme of R and F, and {scheme.name} has M", LEAVE_OUT)
    if first.metadata.counting.window:
        raise UsageError("--watch needs all of history, and these snapshots are of a window", LEAVE_OUT)
    if first.metadata.scale is not None and first.rows()["monetary_year"].null_count():
        why = f"{first.path}: the money of the year before is not in it, and --watch needs it"
        raise UsageError(why, "take it from orders, or from a roll-up by days")


def measured(snapshot: Snapshot, scale: int | None) -> pl.DataFrame:
    """Read the customers of a snapshot, with the columns that `pipeline.scored_from` needs, and monetary_year.

    Money is in minor units of `scale` decimals, which are as many as those of the snapshot or more.
    """
    rows, units = snapshot.rows(), 10 ** (scale or 0)
    money = [
        (pl.col(name) * units).cast(pl.Int64).alias(name)
        for name in ("monetary", "monetary_year")
        if snapshot.metadata.scale is not None
    ]
    return rows.select(pl.col("customer_id").alias("customer"), *MEASURES, *money).with_columns(first_row="known_from")


def require_alike(
    first: Snapshot, last: Snapshot, axes: Sequence[Axis], *, rescore: bool = False, vip: bool = False
) -> None:
    """Raise `UsageError` if two snapshots cannot be compared.

    They can be compared if they have one scheme and counted purchases alike, both with or both without money. Unless
    `rescore`, the cutoffs of the `axes` must be equal too, and with `vip` the VIP floor.
    """
    one, other = first.metadata, last.metadata
    between = f"the snapshots of {one.as_of} and {other.as_of}"
    if map_of(one.scheme) != map_of(other.scheme):
        raise UsageError(
            f"{between} are of two schemes: {one.scheme.name} and {other.scheme.name}", "take one of them anew"
        )
    if one.counting != other.counting or (one.scale is None) != (other.scale is None):
        hint = "take one of them anew, with the --ids of the other" if one.counting.ids != other.counting.ids else ""
        raise UsageError(f"{between} were counted in two ways: {_differs(one.counting, other.counting)}", hint)
    # The money of a snapshot has as many decimals as its orders had, so amounts are compared in the finer unit.
    scale = scale_of([first, last])
    cutoffs = [snapshot.metadata.cutoffs.at_scale(scale) for snapshot in (first, last)]
    if not rescore and _cutoffs_of(cutoffs[0], axes, vip=vip) != _cutoffs_of(cutoffs[1], axes, vip=vip):
        raise UsageError(
            f"{between} were taken under different cutoffs",
            "--rescore compares all the same; rfm snapshot --cuts FILE takes them under one ruler (--save-cuts)",
        )


def _differs(one: CountingOptions, other: CountingOptions) -> str:
    pairs = {name: (vars(one)[name], vars(other)[name]) for name in vars(one)}
    found = [f"{name} {first} and {second}" for name, (first, second) in pairs.items() if first != second]
    return ", ".join(found) or "with and without money"


def map_of(scheme: Scheme) -> object:
    """Return the parts of a scheme that decide the segment of a customer and the rank of the segment."""
    # Titles and next steps may be reworded without moving any customer.
    return scheme.axes, scheme.bins, [(segment.name, segment.cells) for segment in scheme.segments]


def _cutoffs_of(cutoffs: Cutoffs, axes: Sequence[Axis], *, vip: bool) -> object:
    """Return what decides the scores on some axes, and with `vip` the VIP mark; nested scores need all axes."""
    nested = any(set(groups) != {()} for groups in cutoffs.axes.values())
    own = {
        # Without the rule: equal bounds give equal scores, whichever rule has found them.
        axis: {group: bounds.at for group, bounds in groups.items()}
        for axis, groups in cutoffs.axes.items()
        if nested or axis in axes
    }
    return own, (cutoffs.vip.floor, cutoffs.vip.min_orders) if vip else None


def scale_of(snapshots: Sequence[Snapshot]) -> int | None:
    """Return the number of decimals that holds the money of all these snapshots, None without money."""
    return max((one.metadata.scale for one in snapshots if one.metadata.scale is not None), default=None)


def question_of(snapshot: Snapshot) -> Question:
    """Return the question that the snapshot answers."""
    metadata = snapshot.metadata
    return Question(Fitting(metadata.scheme), new_subscriber=metadata.counting.new_subscriber)


def _past_of(shop: Shop, snapshots: Sequence[Snapshot]) -> Past:
    """Return the past at the dates of some snapshots, each with its own cutoffs; the facts are those of the last."""
    scale, last = scale_of(snapshots), snapshots[-1]
    kept = {
        one.metadata.as_of: KeptDay(measured(one, scale), one.metadata.cutoffs.at_scale(scale)) for one in snapshots
    }
    question, facts = question_of(last), last.metadata.facts
    return Past(pl.DataFrame(), last.metadata.as_of, shop, facts, question, kept=kept, remarks=last.metadata.warnings)


def _past_between(shop: Shop, first: Snapshot, last: Snapshot) -> Past:
    """Return the past between two snapshots as steps, with the cutoffs of the first.

    The first steps are what had added up by the first snapshot, with the money of its last 365 days in a step of its
    own. All that came later is put on the day of the last purchase. So the state of a customer is exact from that day
    on, and before it is the state without a further purchase. Only customers of both snapshots have steps.
    """
    scale, since = scale_of([first, last]), first.metadata.as_of
    now = measured(last, scale)
    then = measured(first, scale).join(now, on="customer", how="semi")
    has_money = "monetary" in then.columns
    both = then.join(now, on="customer", suffix="_now")
    nothing = [pl.lit(None, pl.Date).alias(name) for name in ("first_order", "last_order")]
    long_ago = then.with_columns(
        *nothing,
        pl.lit(0, pl.Int32).alias("frequency"),
        *([pl.col("monetary") - pl.col("monetary_year")] if has_money else []),
        step=pl.lit(days_before(since, STAKE_DAYS)),
    )
    # The money of the last year is what is at stake, and is in the step of the first snapshot alone.
    last_year = [pl.col("monetary_year").alias("monetary")] if has_money else []
    until_then = then.with_columns(*last_year, step=pl.lit(since))
    bought = pl.col("last_order_now") > since
    later = both.with_columns(
        step=pl.when(bought).then("last_order_now").otherwise(pl.lit(last.metadata.as_of)),
        first_order=pl.when(bought).then("first_order_now"),
        last_order=pl.when(bought).then("last_order_now"),
        frequency=pl.col("frequency_now") - pl.col("frequency"),
        **({"monetary": pl.col("monetary_now") - pl.col("monetary")} if has_money else {}),
    )
    columns = [*STEP, *(["monetary"] if has_money else [])]
    # In the first year of the calendar there is no time before the last 365 days.
    parts = [until_then, later] if days_before(since, STAKE_DAYS) is None else [long_ago, until_then, later]
    found = pl.concat([part.select(columns) for part in parts])
    question = replace(question_of(last), cutoffs=first.metadata.cutoffs.at_scale(scale))
    facts, warnings = last.metadata.facts, last.metadata.warnings
    return Past(found, last.metadata.as_of, shop, facts, question, remarks=warnings, exact=False)
