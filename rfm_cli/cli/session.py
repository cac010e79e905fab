"""The session of one command: settings resolved, tables opened, customers scored, one view delivered.

A command names its requests with `expect` before it reads the first of them, so that one pass over the orders answers
all of them, and in a job those of all outputs.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rfm_cli.cli.deliver import Delivery, Screen, Sheets
from rfm_cli.cli.option_groups import (
    AnswerOptions,
    EngagementOptions,
    OrderOptions,
    PurchaseOptions,
    QuietOptions,
    RunOptions,
    ScoredOptions,
    every,
    values_given,
)
from rfm_cli.cli.question import build_question, check_question
from rfm_cli.cli.settings import on_left, read_options, stated_options, table_paths
from rfm_cli.config import Settings
from rfm_cli.config_sources import resolve
from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.history.requests import Reader, Request
from rfm_cli.messages import checked_language
from rfm_cli.model import Past, PastRequest, Question, Scored, ScoreRequest, Shop, TablePaths, no_history
from rfm_cli.notes import WARNINGS
from rfm_cli.output.narrate import Narrator, stderr_is_terminal
from rfm_cli.output.target import FORMATS

if TYPE_CHECKING:
    from datetime import date

    import typer

    from rfm_cli.history.states import By
    from rfm_cli.report.figures import Figures
    from rfm_cli.views.view import View

HELD_BY_SNAPSHOTS = (
    "orders lines events customers products rates currency map reject_status drop_duplicates purchase_events "
    "amount_per overlap times_in header_row returned_orders ids no_customer event_kind consent_given "
    "one_row_per timezone window free_orders one_order_per scheme bins rule cuts nested new_subscriber share "
    "min_orders"
).split()
"""Settings that a snapshot was taken with, or that are of tables."""


@dataclass(frozen=True)
class JobSession:
    """What the outputs of a job share: the reader, the narrator, the rows of each file, the figures of reports."""

    reader: Reader
    narrator: Narrator
    rows_written: dict[str, int] = field(default_factory=dict)
    figures: dict[tuple[object, ...], Figures] = field(default_factory=dict)


@dataclass(frozen=True)
class Store:
    """Snapshots to read in place of orders: those of a folder, for states of the kind `by`.

    Snapshots of different cutoffs can be compared only with `rescore`.
    """

    folder: Path
    by: By = "segment"
    rescore: bool = False


@dataclass(frozen=True)
class Session:
    """The run of one command.

    `job` is what it shares with the other outputs of a job, None if the command runs alone. `snapshots` are read in
    place of orders with `--store`. `explain` prints the cutoffs.
    """

    settings: Settings
    narrator: Narrator
    delivery: Delivery
    reader: Reader
    explain: bool = False
    job: JobSession | None = None
    snapshots: Store | None = None

    @property
    def format(self) -> str:
        """The format of the answer."""
        return self.delivery.format

    def open_shop(self) -> Shop:
        """Open the tables, and print what was detected in them."""
        if self.snapshots:
            from rfm_cli.snapshots.source import open_store

            shop = open_store(self.snapshots.folder, self.snapshots.by, rescore=self.snapshots.rescore)
            self.narrator.say(shop.notes)
            return shop
        options, paths = read_options(self.settings), table_paths(self.settings, Path())
        self.spare_inputs(paths)
        shop = self.reader.open(paths, options)
        # A roll-up has decided how its orders were read: options that contradict it are errors.
        shop.source.require_agreement(stated_options(self.settings, options))
        self.narrator.say(on_left(self.settings, Path()))
        self.narrator.say(shop.notes)
        return shop

    def spare_inputs(self, paths: TablePaths) -> None:
        """Raise `UsageError` if an output would replace a file that is read, or lie in a roll-up."""
        from rfm_cli.rollup.store import is_rollup
        from rfm_cli.tables.paths import find, parted, there

        given = [*paths.files(), *(there(table) for table in paths.linked_files())]
        folders = [path for table in given for path in table if is_rollup(path)]
        # A roll-up is a folder, whose files are no inputs of their own.
        files = [file for table in given for file in find([path for path in table if path not in folders])]
        inputs = {os.path.realpath(parted(str(file))[0]) for file in files}
        for output in self.delivery.files:
            real = Path(os.path.realpath(output))
            if any(real.is_relative_to(os.path.realpath(folder)) for folder in folders):
                raise UsageError(f"{output} is in a roll-up that this run reads", "choose another folder")
            if real.is_file() and str(real) in inputs:
                raise UsageError(f"{output} is read by this run and would be written over", "choose another file")

    def require_free_of_snapshots(self) -> None:
        """Raise `UsageError` for options whose values the snapshots of `--store` already hold."""
        for name in HELD_BY_SNAPSHOTS:
            if name in self.settings.given:
                option = name if name == "orders" else f"--{name.replace('_', '-')}"
                raise UsageError(f"{option} does not go with --store", "the snapshots are read, as they were taken")
        if self.delivery.rejects:
            raise UsageError("--rejects needs orders", "snapshots have no order rows")

    def score_request(self) -> ScoreRequest:
        """Open the shop, and return the request for its customers as the settings want them scored."""
        check_question(self.settings)
        shop = self.open_shop()
        if self.delivery.rejects and shop.orders is None:
            raise UsageError("--rejects needs orders", f"{shop.source.kind} has no order rows")
        return ScoreRequest(shop, build_question(self.settings, shop))

    def scored(self) -> Generator[None, None, Scored]:
        """Score the customers as the settings want them, with the pause before reading that a job needs."""
        request = self.score_request()
        self.expect(request)
        yield
        return self.score(request)

    def history_shop(self) -> tuple[Shop, Question]:
        """Open a shop that other dates can be asked of, and return it with the question; the date is still open."""
        if self.snapshots:
            from rfm_cli.snapshots.source import newest, question_of

            self.require_free_of_snapshots()
            return self.open_shop(), question_of(newest(self.snapshots.folder))
        check_question(self.settings)
        shop = self.open_shop()
        if not shop.has_history:
            raise no_history()
        return shop, build_question(self.settings, shop)

    def expect(self, *requests: Request | None) -> None:
        """Name the requests that are going to be read."""
        self.reader.expect(request for request in requests if request)

    def score(self, request: ScoreRequest) -> Scored:
        """Score the customers of a request, print the remarks, and hold the run to `--strict`."""
        scored = self.reader.score(request)
        self.remark_on(scored)
        return scored

    def past(self, request: PastRequest) -> Past:
        """Read the past of a request."""
        return self.reader.past(request)

    def remark_on(self, scored: Scored) -> None:
        """Print the remarks on scored customers, with `--explain` their cutoffs, and hold the run to `--strict`."""
        self.narrator.say(scored.notes)
        if self.explain:
            from rfm_cli.views.cutoffs import explained

            self.narrator.say(explained(scored))
        self.narrator.check_strict()

    def deliver(
        self,
        view: View,
        screen: Screen,
        scored: Scored | None = None,
        *,
        cutoffs_from: date | None = None,
        sheets: Sheets = list,
    ) -> None:
        """Write the view, and the files beside it if it comes from scored customers.

        Rows for files, `screen` for people, and a workbook with further `sheets`. `cutoffs_from` is the date that
        the cutoffs come from, if it is not that of the answer.
        """
        self.delivery.view(view, screen, sheets)
        if scored is not None:
            self.delivery.beside(scored, cutoffs_from)


def open_session(
    ctx: typer.Context,
    running: QuietOptions | None = None,
    tables: OrderOptions | None = None,
    scoring: PurchaseOptions | None = None,
    answer: AnswerOptions | None = None,
    engagement: EngagementOptions | None = None,
    *,
    formats: Sequence[str] = FORMATS,
    snapshots: Store | None = None,
    **own: str | None,
) -> Session:
    """Open the session of a command with its option groups; the answer can be written in one of `formats`.

    `own` are options of the command itself that a variable or rfm.toml may give as well. Raises `UsageError`, before
    any file is read, if the options make no sense.
    """
    before = ctx.find_root().params  # `rfm --lang ru score` is `rfm score --lang ru`
    job = ctx.obj if isinstance(ctx.obj, JobSession) else None
    given = values_given(running, tables, scoring, answer, engagement, **own)
    # An option before the command has no place in the settings, so that it is put among the options behind it.
    settings = resolve({**given, "lang": given.get("lang") or before.get("lang")}, os.environ, Path())
    behavior, options = every(RunOptions, running), every(ScoredOptions, answer)
    narrator = _narrator(behavior, _known_warnings(settings), job)
    language, rejects = checked_language(settings.text("lang") or "en"), tables.rejects if tables else None
    delivery = Delivery(options, rejects, narrator, language, formats, job.rows_written if job else None)
    # A command without outputs has no format to check.
    if answer or tables:
        delivery.check()
    if job is None:
        verbose = bool(behavior.verbose or before.get("verbose"))
        _show_progress(ctx, narrator, verbose=verbose, quiet=bool(behavior.quiet))
    ctx.with_resource(delivery.out)
    # Polars' own handler of Ctrl-C would let a run that waits for a pipe or a terminal go on waiting.
    signal.siginterrupt(signal.SIGINT, True)  # noqa: FBT003 - the call takes no names
    return Session(settings, narrator, delivery, job.reader if job else Reader(), bool(options.explain), job, snapshots)


def _narrator(running: RunOptions, known: frozenset[str], job: JobSession | None) -> Narrator:
    """Return the narrator of a session; in a job it repeats nothing that another output has printed."""
    if job:
        return job.narrator.for_output(known)
    return Narrator(quiet=bool(running.quiet), strict=bool(running.strict), known=known)


def _show_progress(ctx: typer.Context, narrator: Narrator, *, verbose: bool, quiet: bool) -> None:
    """Show the steps on a terminal, and with `verbose` their times at the end of the command, however it ends."""
    if verbose and quiet:
        raise UsageError("-q and -v do not go together", "give one of them")
    bar = not quiet and stderr_is_terminal()
    if bar or verbose:
        from rfm_cli.output.progress import shown_progress

        ctx.with_resource(shown_progress(narrator, bar=bar, times=verbose))


def _known_warnings(settings: Settings) -> frozenset[str]:
    """Return the names of the warnings that were looked at; raises `UsageError` for a name that no warning has."""
    names = [name.strip() for text in settings.texts("known") for name in text.split(",") if name.strip()]
    for name in names:
        if name not in WARNINGS:
            raise UsageError(f"--known {name}: no warning is called so", did_you_mean(name, WARNINGS))
    return frozenset(names)
