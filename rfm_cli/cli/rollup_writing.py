"""Roll-ups made, added to and written, by Polars or by another engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rfm_cli.errors import UsageError
from rfm_cli.notes import note

if TYPE_CHECKING:
    from rfm_cli.cli.rollup_request import RollupRequest
    from rfm_cli.cli.session import Session
    from rfm_cli.model import TablePaths
    from rfm_cli.rollup.append import Added
    from rfm_cli.rollup.engines.session import Engine
    from rfm_cli.rollup.make import Rolled
    from rfm_cli.rollup.read import RollUp
    from rfm_cli.tables.options import ReadOptions
    from rfm_cli.tables.order_model import Orders
    from rfm_cli.tables.precedents import Precedents


def of_orders_alone(paths: TablePaths, options: ReadOptions) -> TablePaths:
    """Return the paths that a roll-up is made of: events if they are the orders, customers if they name persons."""
    from rfm_cli.tables.persons import names_persons

    customers = paths.customers if names_persons(options) else ()
    events = paths.events if options.purchase_events else ()
    return replace(paths, customers=customers, products=(), events=events)


def make_or_add(session: Session, request: RollupRequest, paths: TablePaths, options: ReadOptions) -> None:
    """Roll up all orders, unless new ones are to be added to a roll-up that is there; then add the new ones."""
    from rfm_cli.rollup.store import is_rollup

    _refuse_url(request.out)
    # With --add the orders are read only if there is no roll-up yet.
    is_there = bool(request.new) and is_rollup(request.out)
    session.spare_inputs(replace(paths, orders=(*((request.out,) if is_there else paths.orders), *request.new)))
    if not is_there:
        _make(session, request, paths, options)
    if request.new:
        _fold_in(session, request, replace(paths, orders=request.new, events=()), options)


def _make(session: Session, request: RollupRequest, paths: TablePaths, options: ReadOptions) -> None:
    """Roll all orders up into the folder, in place of an older roll-up."""
    from rfm_cli.plausibility.overlap import on_overlap
    from rfm_cli.remarks.orders import on_rejects, on_rows
    from rfm_cli.rollup.make import roll_up
    from rfm_cli.rollup.manifest import Periods
    from rfm_cli.rollup.store import require_place

    require_place(Path(request.out))
    rolled, orders = roll_up(_orders(session, paths, options), request.periods or Periods(), request.purchases())
    facts = rolled.manifest.facts()
    session.narrator.say([*on_rejects(facts, orders.options.rules_asked), *on_rows(orders, facts), *on_overlap(orders)])
    session.narrator.check_strict()
    _write_rejects(session, orders)
    _write(session, rolled, request.out)


def make_by_engine(
    session: Session, request: RollupRequest, engine: Engine, paths: TablePaths, options: ReadOptions
) -> None:
    """Roll all orders up by DuckDB or a cluster: into a folder, or at a URL by the cluster itself."""
    from rfm_cli.remarks.orders import on_rejects
    from rfm_cli.rollup.engines import build
    from rfm_cli.rollup.manifest import Periods
    from rfm_cli.rollup.store import require_place
    from rfm_cli.tables.paths import is_url

    _refuse(session, request, engine, paths, options)
    if not is_url(request.out):
        require_place(Path(request.out))
    # A cluster reads files of its own, which this machine may not even see.
    if engine.name == "duckdb":
        session.spare_inputs(paths)
    orders = tuple(map(str, paths.orders))
    task = build.Task(engine, orders, options, request.periods or Periods(), request.purchases())
    with build.first_pass(task) as found:
        session.narrator.say([*found.notes(), *on_rejects(found.found.facts, options.rules_asked)])
        session.narrator.check_strict()
        if is_url(request.out):
            build.write_there(found, request.out)
            session.narrator.say([note(f"{request.out}: written by {engine.place()}; no rows can be added")])
            return
        rolled = build.roll_up(found)
    _write(session, rolled, request.out)


def _refuse(session: Session, request: RollupRequest, engine: Engine, paths: TablePaths, options: ReadOptions) -> None:
    """Raise `UsageError` for what engines cannot do."""
    given = {
        "--add": bool(request.new),
        "--lines": bool(paths.lines),
        "--rates": bool(paths.rates),
        "--purchase-events": bool(options.purchase_events),
        "--drop-duplicates": options.drop_duplicates,
        "--rejects": bool(session.delivery.rejects),
    }
    for option, is_given in given.items():
        if is_given:
            why = f"{option} does not go with --engine {engine.place()}: Polars alone does it"
            raise UsageError(why, "leave it out, or leave out --engine")
    if not paths.orders:
        raise UsageError("no orders given", "name them: rfm rollup ORDERS OUT")
    if engine.name != "spark":
        _refuse_url(request.out)


def _refuse_url(out: str) -> None:
    from rfm_cli.tables.paths import is_url

    if is_url(out):
        raise UsageError(f"{out}: only a cluster writes to a URL", "name a folder, or --engine sc://HOST:PORT")


def _fold_in(session: Session, request: RollupRequest, paths: TablePaths, options: ReadOptions) -> None:
    """Fold the new orders into the roll-up that is there, read as those before unless the options differ."""
    from rfm_cli.cli.settings import stated_options
    from rfm_cli.plausibility.overlap import on_added
    from rfm_cli.remarks.orders import on_rejects, on_rows
    from rfm_cli.rollup.append import write_added
    from rfm_cli.rollup.compatibility import as_before, require_agreement, require_same
    from rfm_cli.rollup.read import read_rollup
    from rfm_cli.rollup.store import locked

    with locked(Path(request.out)):
        rollup = read_rollup(request.out)
        made = rollup.manifest
        require_agreement(request.out, made, stated_options(session.settings, options), adding=True)
        periods = (request.periods, request.option)
        require_same(request.out, made, periods, request.free, one_a_day=request.one_a_day)
        same = as_before(options, made, rates=bool(paths.rates))
        added = _added(session, rollup, _orders(session, paths, same, made.precedents))
        again = on_added(added.orders, rollup)
        rejects = on_rejects(added.facts, added.orders.options.rules_asked)
        session.narrator.say([*rejects, *on_rows(added.orders, added.facts), *again])
        session.narrator.check_strict()
        _write_rejects(session, added.orders)
        write_added(added, rollup)
    _print_made(session, request.out)


def _added(session: Session, rollup: RollUp, orders: Orders) -> Added:
    """Return the roll-up with the new orders; rows that come too late are listed with the rejected ones."""
    from rfm_cli.cli.deliver import write_rejected
    from rfm_cli.output.target import Outputs
    from rfm_cli.rollup.append import add_orders
    from rfm_cli.rollup.refusals import LateRowsError

    try:
        return add_orders(rollup, orders)
    except LateRowsError as error:
        if path := session.delivery.rejects:
            # Outputs of their own appear although the run has failed: these rows explain why.
            with Outputs() as out:
                write_rejected(path, error.orders, out, error.before)
        raise


def _orders(session: Session, paths: TablePaths, options: ReadOptions, precedents: Precedents | None = None) -> Orders:
    """Open the orders; `InputError` if there is something else in their place."""
    from rfm_cli.errors import InputError
    from rfm_cli.shop import open_shop

    shop = open_shop(paths, options, precedents)
    if shop.orders is None:
        raise InputError(f"{shop.source.name()}: {shop.source.kind} already", "roll orders up: rfm rollup ORDERS OUT")
    session.narrator.say(shop.notes)
    return shop.orders


def _write_rejects(session: Session, orders: Orders) -> None:
    """Write `--rejects` before the roll-up is touched: a file appears after the roll-up, a stream gets it now."""
    from rfm_cli.cli.deliver import write_rejected

    if path := session.delivery.rejects:
        write_rejected(path, orders, session.delivery.out)
        session.delivery.out.send()


def _write(session: Session, rolled: Rolled, out: str) -> None:
    """Write the roll-up into its folder, in place of an older one that no other run is changing."""
    from contextlib import nullcontext

    from rfm_cli.rollup.make import write_rollup
    from rfm_cli.rollup.store import is_rollup, locked

    with locked(Path(out)) if is_rollup(out) else nullcontext():
        write_rollup(rolled, Path(out))
    _print_made(session, out)


def _print_made(session: Session, out: str) -> None:
    """Print what the roll-up has now."""
    import polars as pl

    from rfm_cli.rollup.read import read_rollup
    from rfm_cli.rollup.store import RECENT

    made = read_rollup(out)
    count = made.frame().select(pl.len()).collect().item()
    is_open = (made.folder / RECENT).exists()
    adds = f"rows from {made.manifest.watermark} on can be added" if is_open else "no rows can be added"
    session.narrator.say([note(f"{out}: {made.summary()}: {count:,} rows; {adds}")])
