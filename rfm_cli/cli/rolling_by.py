"""The steps of `rfm rollup --engine`: orders rolled up by DuckDB or a cluster, and written here or there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rfm_cli.cli.rolling import Asked, put, say_made
from rfm_cli.cli.session import Run, spare_inputs
from rfm_cli.errors import UsageError
from rfm_cli.notes import note
from rfm_cli.remarks import on_rejects
from rfm_cli.rollup import store
from rfm_cli.rollup.engines import build
from rfm_cli.rollup.engines.engine import Engine
from rfm_cli.rollup.periods import Periods, Purchases
from rfm_cli.tables.paths import is_url

if TYPE_CHECKING:
    from rfm_cli.model import TablePaths
    from rfm_cli.tables.options import ReadOptions

ALONE = "leave it out, or leave out --engine"


def make(run: Run, asked: Asked, engine: Engine, paths: TablePaths, options: ReadOptions) -> None:
    """Roll all orders up by the engine: into a folder, or where it is a URL by the cluster itself."""
    _refuse(run, asked, engine, paths, options)
    if not is_url(asked.out):
        store.require_place(Path(asked.out))
    if engine.name == "duckdb":
        spare_inputs(run, paths)
    purchases = Purchases("ignore" if asked.free == "ignore" else "count", asked.one_a_day)
    task = build.Task(engine, tuple(map(str, paths.orders)), options, asked.periods or Periods(), purchases)
    with build.first_pass(task) as found:
        run.narrator.say([*found.notes(), *on_rejects(found.found.facts)])
        run.narrator.check_strict()
        if is_url(asked.out):
            build.write_there(found, asked.out)
            run.narrator.say([note(f"{asked.out}: written by {engine.place()}; no rows can be added")])
            return
        rolled = build.roll_up(found)
    put(rolled, asked.out)
    say_made(run, asked.out)


def _refuse(run: Run, asked: Asked, engine: Engine, paths: TablePaths, options: ReadOptions) -> None:
    """Nothing, or `UsageError` for what engines cannot do."""
    said = {
        "--add": bool(asked.new),
        "--lines": bool(paths.lines),
        "--rates": bool(paths.rates),
        "--purchase-events": bool(options.purchase_events),
        "--drop-duplicates": options.drop_duplicates,
        "--rejects": bool(run.rejects),
    }
    for option, there in said.items():
        if there:
            raise UsageError(f"{option} does not go with --engine {engine.place()}: Polars alone does it", ALONE)
    if not paths.orders:
        raise UsageError("no orders given", "name them: rfm rollup ORDERS OUT")
    if is_url(asked.out) and engine.name != "spark":
        raise UsageError(f"{asked.out}: only a cluster writes to a URL", "name a folder, or --engine sc://HOST:PORT")
