"""The steps of `rfm rollup`: what is asked, the roll-up made or added to, and what there is to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from rfm_cli.cli import settings
from rfm_cli.cli.session import Run, spare_inputs, write_rejected
from rfm_cli.clock import parse_as_of
from rfm_cli.errors import InputError, UsageError, did_you_mean
from rfm_cli.model import Shop, TablePaths
from rfm_cli.notes import note
from rfm_cli.output.target import Outputs
from rfm_cli.remarks import on_lines, on_rejects
from rfm_cli.rollup import store
from rfm_cli.rollup.append import Added, LateRowsError, add_orders, write_added
from rfm_cli.rollup.compatibility import require_agreement
from rfm_cli.rollup.engines.engine import parse_engine
from rfm_cli.rollup.make import Rolled, roll_up, write_rollup
from rfm_cli.rollup.manifest import Manifest
from rfm_cli.rollup.periods import Periods, Purchases
from rfm_cli.rollup.read import RollUp, read_rollup
from rfm_cli.shop import open_shop
from rfm_cli.source.rollup import RollupSource
from rfm_cli.tables.paths import is_url

if TYPE_CHECKING:
    from rfm_cli.tables.options import ReadOptions
    from rfm_cli.tables.order_model import Orders


@dataclass(frozen=True)
class Asked:
    """What a run of `rfm rollup` is to make, in the folder `out`, and the `new` orders to fold in.

    `periods` and `free` are None where they are not given; `option` is the one that periods come from.
    """

    out: str
    new: tuple[str, ...]
    periods: Periods | None
    free: str | None
    one_a_day: bool
    option: str


def rollup(run: Run, asked: Asked) -> None:
    """Make the roll-up in its folder, or fold new orders into it."""
    paths, options = settings.paths_of(run.settings, Path()), settings.options_of(run.settings)
    paths = replace(paths, customers=(), products=(), events=paths.events if options.purchase_events else ())
    engine = parse_engine(run.settings.text("engine"))
    if engine.name != "polars":
        from rfm_cli.cli import rolling_by

        rolling_by.make(run, asked, engine, paths, options)
        return
    if is_url(asked.out):
        raise UsageError(f"{asked.out}: only a cluster writes to a URL", "name a folder, or --engine sc://HOST:PORT")
    is_there = bool(asked.new) and store.is_rollup(asked.out)
    read = (asked.out,) if is_there else paths.orders
    spare_inputs(run, replace(paths, orders=(*read, *asked.new)))
    if not is_there:
        make(run, asked, paths, options)
    if asked.new:
        fold_in(run, asked, replace(paths, orders=asked.new, events=()), options)


def asked_of(run: Run, out: str, new: tuple[str, ...], grain: str | None, ends: Sequence[str]) -> Asked:
    """Return the request; `UsageError` for values that make no sense, before a file is read."""
    free = run.settings.text("free_orders")
    if free not in (None, "count", "ignore"):
        raise UsageError(f"--free-orders {free}: not known", did_you_mean(str(free), ("count", "ignore")))
    one = run.settings.text("one_order_per")
    if one not in (None, "day"):
        raise UsageError(f"--one-order-per {one}: not known", "write day")
    periods = _periods(run, grain, ends, out if new else None)
    return Asked(out, new, periods, free, one is not None, "--grain" if grain else "--as-of")


def _periods(run: Run, grain: str | None, texts: Sequence[str], added_to: str | None) -> Periods | None:
    """Return the periods that the options ask for; None where they say nothing."""
    ends = [part for text in texts for part in text.split(",")]
    if grain and ends:
        raise UsageError("--grain and --as-of both say what the periods are", "give one of them")
    if grain not in (None, "day", "month"):
        raise UsageError(f"--grain {grain}: not known", did_you_mean(str(grain), ("day", "month")))
    if ends:
        days = {_day(run, text, added_to) for text in ends if text.strip()}
        return Periods("edges", tuple(sorted(day for day in days if day)))
    return Periods("month") if grain == "month" else Periods() if grain else None


def _day(run: Run, text: str, added_to: str | None) -> date | None:
    """The day that a date means, for a roll-up that is added to by its calendar; None for the last one, where a period
    ends in any case."""
    if text.strip().casefold() not in ("today", "yesterday"):
        return parse_as_of(text, None)
    is_there = added_to is not None and store.is_rollup(added_to)
    shop = Shop(RollupSource(read_rollup(added_to))) if added_to and is_there else None
    return parse_as_of(text, datetime.now(ZoneInfo(settings.zone(run.settings, shop))).date())


def make(run: Run, asked: Asked, paths: TablePaths, options: ReadOptions) -> None:
    """Roll all orders up into the folder, in place of an older roll-up."""
    store.require_place(Path(asked.out))
    orders = _orders(run, open_shop(paths, options))
    purchases = Purchases("ignore" if asked.free == "ignore" else "count", asked.one_a_day)
    rolled, orders = roll_up(orders, asked.periods or Periods(), purchases)
    run.narrator.say([*on_rejects(rolled.manifest.facts()), *on_lines(orders)])
    run.narrator.check_strict()
    send_rejects(run, orders)
    put(rolled, asked.out)
    say_made(run, asked.out)


def send_rejects(run: Run, orders: Orders) -> None:
    """Write `--rejects` before the roll-up is touched: a file of it appears after the roll-up, a stream gets it now."""
    if path := run.rejects:
        write_rejected(path, orders, run.out)
        run.out.send()


def put(rolled: Rolled, out: str) -> None:
    """The roll-up in its folder, in place of an older one that nobody is changing."""
    if store.is_rollup(out):
        with store.locked(Path(out)):
            write_rollup(rolled, Path(out))
    else:
        write_rollup(rolled, Path(out))


def fold_in(run: Run, asked: Asked, paths: TablePaths, options: ReadOptions) -> None:
    """Fold the new orders into the roll-up that is there."""
    out = Path(asked.out)
    with store.locked(out):
        rollup = read_rollup(asked.out)
        _require_same(run, asked, rollup.manifest, options)
        orders = _orders(run, open_shop(paths, _as_before(options, rollup.manifest, paths)))
        added = _added(run, rollup, orders)
        run.narrator.say([*on_rejects(added.facts), *on_lines(added.orders)])
        run.narrator.check_strict()
        send_rejects(run, added.orders)
        write_added(added, rollup)
    say_made(run, asked.out)


def _added(run: Run, rollup: RollUp, orders: Orders) -> Added:
    """The roll-up with the new orders; rows that come too late are listed with the rejected ones."""
    try:
        return add_orders(rollup, orders)
    except LateRowsError as error:
        if path := run.rejects:
            with Outputs() as out:  # its own: the run has failed, and these rows say why
                write_rejected(path, error.orders, out, error.before)
        raise


def _orders(run: Run, shop: Shop) -> Orders:
    """The orders of an opened shop; `InputError` where there is something else in their place."""
    if shop.orders is None:
        why = f"{shop.source.name()}: {shop.source.kind} already"
        raise InputError(why, "roll orders up: rfm rollup ORDERS OUT")
    run.narrator.say(shop.notes)
    return shop.orders


def _require_same(run: Run, asked: Asked, made: Manifest, options: ReadOptions) -> None:
    """Nothing, or `UsageError` where the flags ask for another roll-up than the one that is there."""
    require_agreement(asked.out, made, settings.said_of(run.settings, options), adding=True)
    hint = "leave it out, or roll all orders up anew"
    if asked.periods not in (None, made.periods):
        raise UsageError(f"{asked.option}: {asked.out} was made with other periods", hint)
    if asked.free not in (None, made.purchases.free):
        raise UsageError(f"--free-orders {asked.free}: {asked.out} was made with {made.purchases.free}", hint)
    if asked.one_a_day and not made.purchases.one_a_day:
        raise UsageError(f"--one-order-per day: {asked.out} was made without it", hint)
    if made.drop_duplicates:
        raise UsageError(
            f"{asked.out}: repeated rows were left out, and they can be found among all rows only",
            "roll all orders up anew",
        )


def _as_before(options: ReadOptions, made: Manifest, paths: TablePaths) -> ReadOptions:
    """How the new orders are read: as those before, where nothing else was said."""
    currency = options.currency or (made.currency if paths.rates else None)
    return replace(options, timezone=made.timezone, reject_status=made.statuses, currency=currency)


def say_made(run: Run, out: str) -> None:
    """What there is now, said on stderr."""
    made = read_rollup(out)
    count = made.frame().select(pl.len()).collect().item()
    is_open = (made.folder / store.RECENT).exists()
    adds = f"rows from {made.manifest.watermark} on can be added" if is_open else "no rows can be added"
    run.narrator.say([note(f"{out}: {made.summary()}: {count:,} rows; {adds}")])
