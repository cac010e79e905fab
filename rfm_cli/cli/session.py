"""What every command does around its own step: settings in, tables opened, notes said, one view written."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rfm_cli.cli.before import Before
from rfm_cli.cli.given import Given
from rfm_cli.cli.option_groups import RunOptions, ScoredOptions, every
from rfm_cli.cli.reading import Reading
from rfm_cli.config import Settings, resolve
from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.notes import WARNINGS, note
from rfm_cli.output.narrate import Narrator
from rfm_cli.output.target import FORMATS, Outputs, Target, check_folder, choose_format
from rfm_cli.progress import step

if TYPE_CHECKING:
    from datetime import date

    import typer
    from rich.console import RenderableType

    from rfm_cli.cli.stored import StoredReading
    from rfm_cli.model import Scored, Shop, TablePaths
    from rfm_cli.output.look import Look
    from rfm_cli.output.workbook import Sheet
    from rfm_cli.report.figures import Figures
    from rfm_cli.tables.order_model import Orders
    from rfm_cli.views.view import View

Screen = Callable[["Look"], "Sequence[RenderableType]"]
Sheets = Callable[[], "Sequence[Sheet]"]
MOST_IN_WORKBOOK = 200_000


@dataclass(frozen=True)
class Joint:
    """What the outputs of a job share: what has been read, one voice, how many rows went to each file, and what reports
    tell, by what was asked."""

    reading: Reading
    narrator: Narrator
    written: dict[str, int] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """One run of a command: its settings, its voice, and where the answer goes.

    `rejects` is the file of rejected rows; `joint` is what the run shares with the other outputs of a job, None for a
    run by itself; `snapshots` are read in place of orders where there are some; `formats` are what the answer can be
    written as; `out` takes all that the run writes, which appears when the command has ended well.
    """

    settings: Settings
    answer: ScoredOptions
    narrator: Narrator
    rejects: str | None = None
    joint: Joint | None = None
    snapshots: StoredReading | None = None
    formats: Sequence[str] = FORMATS
    out: Outputs = field(default_factory=Outputs)

    @property
    def reading(self) -> Reading:
        """What is read, for this run or for all outputs of its job; snapshots in place of orders with `--store`."""
        return self.snapshots or (self.joint.reading if self.joint else Reading())

    def wrote(self, path: str, rows: int) -> None:
        """Note for the job how many rows went to a file, or say so once the file has appeared."""
        if self.joint:
            self.joint.written[path] = rows
        else:
            self.out.afterward(lambda: self.narrator.say([note(f"{path}: {rows:,} row{'s' if rows != 1 else ''}")]))

    def outputs(self) -> list[str]:
        """The files that the run is to write."""
        named = (self.answer.output, self.rejects, self.answer.save_cuts)
        return [path for path in named if path not in (None, "-")]

    @property
    def format(self) -> str:
        """The format of the answer."""
        is_tty = sys.stdout is not None and sys.stdout.isatty()
        return choose_format(self.answer.format, self.answer.output, is_tty, self.formats)


def begin(
    ctx: typer.Context, given: Given, *, formats: Sequence[str] = FORMATS, snapshots: StoredReading | None = None
) -> Run:
    """Return the run of a command, which writes one of `formats`.

    Raises `UsageError`, before any file is read, where the options make no sense.
    """
    before = ctx.find_object(Before) or Before()
    joint = ctx.obj if isinstance(ctx.obj, Joint) else None
    said = given.by_name()
    settings = resolve({**said, "lang": said.get("lang") or before.lang}, os.environ, Path())
    running = every(RunOptions, given.running)
    known, quiet = known_of(settings), bool(running.quiet)
    voice = (
        joint.narrator.for_output(known) if joint else Narrator(quiet=quiet, strict=bool(running.strict), known=known)
    )
    rejects = given.tables.rejects if given.tables else None
    run = Run(settings, every(ScoredOptions, given.answer), voice, rejects, joint, snapshots, formats)
    if given.answer or given.tables:
        _check_outputs(run)
    if joint is None:
        from rfm_cli.cli.watching import watched

        # In the context of the command, which ends them however the command ends.
        ctx.with_resource(watched(voice, verbose=bool(running.verbose or before.verbose), quiet=quiet))
    ctx.with_resource(run.out)
    # Polars' own handler of Ctrl-C would let a run that waits for a pipe or a terminal go on waiting.
    signal.siginterrupt(signal.SIGINT, True)  # noqa: FBT003 - the call takes no names
    return run


def known_of(settings: Settings) -> frozenset[str]:
    """Return the names of the warnings that were looked at; raises `UsageError` for a name that no warning has."""
    names = [name.strip() for text in settings.texts("known") for name in text.split(",") if name.strip()]
    for name in names:
        if name not in WARNINGS:
            raise UsageError(f"--known {name}: no warning is called so", did_you_mean(name, WARNINGS))
    return frozenset(names)


def _check_outputs(run: Run) -> None:
    """Nothing, or the error of a place or a format that cannot be written: better now than after the work."""
    if run.format == "xlsx":
        from rfm_cli.output.workbook import require_xlsxwriter

        require_xlsxwriter()
    if run.answer.for_excel and run.format != "csv":
        raise UsageError("--for-excel is for CSV", "use -o FILE.csv or --format csv")
    if rejects := run.rejects:
        _rejects_format(rejects)
    _ = run.format
    for path in run.outputs():
        check_folder(path)
    places = [os.path.realpath(path) for path in run.outputs()]
    asides = (run.rejects, run.answer.save_cuts)
    if len(set(places)) < len(places) or "-" in asides:
        raise UsageError("two outputs of one run would share a place", "give each a file of its own")


def shop_of(run: Run) -> Shop:
    """The tables of the run, opened; what was detected is said."""
    from rfm_cli.cli import settings
    from rfm_cli.model import TablePaths

    options = settings.options_of(run.settings)
    paths = TablePaths() if run.snapshots else settings.paths_of(run.settings, Path())
    spare_inputs(run, paths)
    shop = run.reading.shop(paths, options)
    if shop.rollup:
        from rfm_cli.rollup.compatibility import require_agreement

        require_agreement(shop.rollup.name(), shop.rollup.manifest, settings.said_of(run.settings, options))
    run.narrator.say(shop.notes)
    return shop


def spare_inputs(run: Run, paths: TablePaths) -> None:
    """Nothing, or `UsageError` where the run would write over a file that it reads, or into a roll-up."""
    from rfm_cli.rollup.store import is_rollup
    from rfm_cli.tables.paths import find

    folders = [path for table in astuple(paths) for path in table if is_rollup(path)]
    files = [file for table in astuple(paths) for file in find([path for path in table if path not in folders])]
    inputs = {os.path.realpath(str(file)) for file in files}
    for output in run.outputs():
        real = Path(os.path.realpath(output))
        if any(real.is_relative_to(os.path.realpath(folder)) for folder in folders):
            raise UsageError(f"{output} is in a roll-up that this run reads", "choose another folder")
        if real.is_file() and str(real) in inputs:
            raise UsageError(f"{output} is read by this run and would be written over", "choose another file")


def scored(run: Run) -> Scored:
    """The scored customers of the run; its remarks are said, and `--strict` is held to them.

    The files that a run writes beside its answer (`--save-cuts`, `--rejects`) are written by `aside`, after the
    answer is known.
    """
    from rfm_cli.cli.settings import check_question, question_of

    check_question(run.settings)
    shop = shop_of(run)
    if run.rejects and shop.orders is None:
        raise UsageError("--rejects needs orders", f"{shop.source.kind} has no order rows")
    result = run.reading.scored(shop, question_of(run.settings, shop))
    run.narrator.say(result.notes)
    if run.answer.explain:
        from rfm_cli.views.cutoffs import told

        run.narrator.say(told(result))
    run.narrator.check_strict()
    return result


def deliver(run: Run, view: View, screen: Screen, sheets: Sheets = list) -> None:
    """Write the view: drawn by `screen` for people, as rows in every other format; a workbook has `sheets` too.

    What only one format needs is made, and imported, for that one alone.
    """
    fmt, output = run.format, run.answer.output

    def write(target: Target) -> None:
        rows = view.rows.height
        if fmt == "table":
            target.write(_drawn(run, screen, output).encode())
        elif fmt == "xlsx":
            rows = _workbook(run, view, sheets(), target)
        else:
            from rfm_cli.output.formats import write_rows

            meta = {**view.meta, "warnings": sorted({one.name for one in run.narrator.warnings})}
            write_rows(view.rows, meta, fmt, target, for_excel=bool(run.answer.for_excel))
        if output not in (None, "-"):
            run.wrote(output, rows)

    with _writing(output):
        run.out.write(output, write)


def _writing(output: str | None) -> AbstractContextManager[None]:
    """The step of writing a file; what goes to the terminal shows itself."""
    return nullcontext() if output in (None, "-") else step(f"writing {Path(output).name}")


def _drawn(run: Run, screen: Screen, output: str | None) -> str:
    from rfm_cli.output.look import look, render

    seen = look(sys.stdout if output in (None, "-") else None, os.environ, run.settings.text("lang") or "en")
    return render(screen(seen), seen)


def _workbook(run: Run, view: View, sheets: Sequence[Sheet], target: Target) -> int:
    """How many rows of the view are in the workbook: none of so many customers that only the views find room."""
    from datetime import date

    from rfm_cli.output.workbook import Sheet, write_workbook

    pages, rows = [*sheets, Sheet(view.name, view.rows)], view.rows.height
    if view.rows.height > MOST_IN_WORKBOOK and sheets:
        run.narrator.say([note(f"the workbook has no sheet of {view.rows.height:,} customers, only the views")])
        pages, rows = list(sheets), 0
    as_of = view.meta.get("as_of")
    write_workbook(pages, as_of if isinstance(as_of, date) else date(2000, 1, 1), target)
    return rows


def aside(run: Run, result: Scored, ruler: date | None = None) -> None:
    """Write the files beside the answer: `--save-cuts` and `--rejects`.

    `ruler` is the date that the cutoffs come from, where it is not that of the answer.
    """
    from rfm_cli.scores import cutfile

    if path := run.answer.save_cuts:
        text = cutfile.to_text(result.cutoffs, result.scheme.name, str(ruler or result.as_of or ""))
        run.out.write(path, lambda target: _send(target, text))
    if path := run.rejects:
        rows = write_rejects(path, result.shop, run.out)
        if run.joint:
            run.joint.written[path] = rows


def _send(target: Target, text: str) -> None:
    """Write a text."""
    target.write(text.encode())


def write_rejects(path: str, shop: Shop, out: Outputs) -> int:
    """Write the rejected order rows to `path`, in the format of its suffix; how many there are."""
    if shop.orders is None:
        raise UsageError("--rejects needs orders")
    return write_rejected(path, shop.orders, out)


def write_rejected(path: str, orders: Orders, out: Outputs, before: date | None = None) -> int:
    """Write the rejected rows of the orders to `path`; with `before`, those of earlier days as well. How many."""
    from rfm_cli.output.formats import write_rows
    from rfm_cli.tables.orders import rejected_rows

    fmt = _rejects_format(path)
    rows = rejected_rows(orders, before)
    out.write(path, lambda target: write_rows(rows, {"rejected": rows.height}, fmt, target))
    return rows.height


def _rejects_format(path: str) -> str:
    """The format of the file of rejected rows, by its suffix."""
    fmt = choose_format(None, path, stdout_is_tty=False)
    if fmt in ("table", "xlsx"):
        raise UsageError(f"--rejects {path}: write a file of rows", "end it in .csv, .parquet, .json or .ndjson")
    return fmt
