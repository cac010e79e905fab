"""`rfm check`: what the tables are like, and what was made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import AnswerOptions, RunOptions, TableOptions
from rfm_cli.tables.fields import TABLES

if TYPE_CHECKING:
    from rfm_cli.cli.session import Run
    from rfm_cli.model import TablePaths
    from rfm_cli.notes import Note


@command
def check(
    ctx: typer.Context,
    *,
    tables: TableOptions,
    answer: AnswerOptions,
    running: RunOptions,
) -> None:
    """Tell what was found in the files, and which rows are left out.

    Also why, and what to pass where a guess is wrong. It writes nothing but its report and `--rejects`.

    \b
    rfm check orders.csv customers.csv
    rfm check orders.csv --rejects rejected.csv
    """
    from dataclasses import astuple
    from pathlib import Path

    from rfm_cli.cli import settings
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.session import begin, deliver, spare_inputs, write_rejects
    from rfm_cli.errors import InputError
    from rfm_cli.output.screens.check import check_screen
    from rfm_cli.pipeline import look_through
    from rfm_cli.plausibility import on_all
    from rfm_cli.remarks import on_currencies, on_lines, on_rejects, on_trouble
    from rfm_cli.shop import open_tables
    from rfm_cli.tables.lines import open_lines
    from rfm_cli.tables.rates import open_rates
    from rfm_cli.views.check import check_view

    run = begin(ctx, Given(running, tables, answer=answer))
    paths, options = settings.paths_of(run.settings, Path()), settings.options_of(run.settings)
    spare_inputs(run, paths)
    if not any(astuple(paths)):
        raise InputError("no tables to look at", "give files, name one orders.csv here, or write them in rfm.toml")
    given = run.settings.given & frozenset(TABLES)
    paths = _only(paths, given) if given and tables.orders else paths
    shop, facts, measured = look_through(open_tables(paths, options))
    needed = shop.orders is not None and shop.orders.sums is not None
    sums = open_lines(paths.lines, options) if paths.lines and not needed else None
    view = check_view(shop, facts, sums, open_rates(paths.rates, options) if paths.rates else None)
    run.narrator.say(shop.notes)
    if shop.orders and facts:
        run.narrator.say([*on_rejects(facts), *on_lines(shop.orders), *on_trouble(shop.orders, facts)])
        run.narrator.say(on_currencies(shop.orders, facts))
    if shop.rollup and facts:
        run.narrator.say(on_rejects(facts))
    if facts and measured is not None:
        once = run.settings.text("one_order_per") == "day"
        dated = run.settings.text("as_of") not in (None, "last")
        run.narrator.say(on_all(shop, facts, measured, one_a_day=once, dated=dated))
    run.narrator.say(_line_to_copy(run))
    run.narrator.check_strict()
    deliver(run, view, lambda look: check_screen(view.rows, look=look))
    if tables.rejects:
        write_rejects(tables.rejects, shop, run.out)


def _line_to_copy(run: Run) -> list[Note]:
    """Return the line of rfm.toml that makes the warnings of the run known; none without warnings."""
    from rfm_cli.notes import note

    names = ", ".join(dict.fromkeys(f'"{one.name}"' for one in run.narrator.warnings))
    return [note(f"looked at, and as it should be? In rfm.toml, at the top: known = [{names}]")] if names else []


def _only(paths: TablePaths, named: frozenset[str]) -> TablePaths:
    """Only the tables that the user named: whoever asks about one file wants to hear of that."""
    from dataclasses import replace

    return replace(paths, **{name: () for name in TABLES if name not in named})
