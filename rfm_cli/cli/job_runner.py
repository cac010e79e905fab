"""The runs of a job: inputs are watched, outputs are made from one reading, and all of it is published at once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rfm_cli import stopping
from rfm_cli.cli.dates import last_day
from rfm_cli.cli.job_expressions import definitions_in, files_asked
from rfm_cli.cli.job_tasks import OwnSnapshot, Shared, Task, inputs_of, naming, tasks_of
from rfm_cli.cli.question import as_of_date, build_question, check_question
from rfm_cli.cli.session import JobSession, Session
from rfm_cli.cli.settings import store_folder, time_zone
from rfm_cli.config_sources import resolve
from rfm_cli.errors import CheckFailed, InputError, RfmError, UsageError, as_output_error
from rfm_cli.fingerprints import Fingerprint, Inputs, digest_of
from rfm_cli.history.requests import Reader
from rfm_cli.jobs import folder as folders
from rfm_cli.jobs.job import Condition, Job, condition_of, figures_of, job_of, require_none
from rfm_cli.jobs.manifest import CHANGE_TIMES, NAME, Manifest, Written, change_times, finished_run_in, is_same_run
from rfm_cli.model import Scored, Shop
from rfm_cli.notes import note
from rfm_cli.plausibility.rows import on_rules
from rfm_cli.progress import step
from rfm_cli.schemes import in_rank_order
from rfm_cli.snapshots.store import days_in, place_of, year_request
from rfm_cli.tables.paths import is_url
from rfm_cli.views.view import cutoffs_of

LAST = "last"
ONLY = "only"
"""The name of the folder that the outputs of `--only` are put in."""


@dataclass(frozen=True)
class JobRun:
    """A run of a job; `day` is None for the last day of the orders.

    `force` runs it although nothing has changed, `strict` fails it on warnings, and `fast` knows inputs by
    size and time.
    """

    job: Job
    session: Session
    day: date | None
    segments: tuple[str, ...]
    conditions: tuple[Condition, ...]
    only: tuple[str, ...]
    shared: Shared
    force: bool = False
    strict: bool = False
    fast: bool = False

    @property
    def store(self) -> Path:
        """The folder of the snapshots that the job takes."""
        return store_folder(self.session.settings)

    def say(self, text: str) -> None:
        """Print a note."""
        self.session.narrator.say([note(text)])

    def tasks(self, as_of: str) -> list[Task]:
        """Return the outputs to make; `UsageError` for a name of `--only` that is none of them."""
        shared = replace(self.shared, as_of=as_of if self.day or as_of != LAST else None)
        tasks = tasks_of(self.job, shared, as_of, self.segments)
        for name in self.only:
            if not any(task.is_called(name) for task in tasks):
                valid = ", ".join(task.file for task in tasks)
                raise UsageError(f"--only {name}: no output of this job", f"valid: a command, or one of {valid}")
        return [task for task in tasks if not self.only or any(map(task.is_called, self.only))]

    def inputs(self) -> tuple[list[str], list[str]]:
        """Return the files that the outputs are made of, sorted, and the URLs, which cannot be watched."""
        tasks = self.tasks(str(self.day or LAST))
        # Each output may name tables of its own.
        own = [resolve(task.values_given(), os.environ, Path()) for task in tasks]
        files, urls = inputs_of([self.session.settings, *own])
        stores = {store for task in tasks if (store := task.store)}
        kept = [str(place_of(Path(store), day)) for store in stores for day in self._days_kept(Path(store))]
        asked = files_asked(self.job, tasks, self.session.settings, self.day)
        # The snapshot that the run takes itself is no input of it.
        taken = str(place_of(self.store, self.day)) if self.job.snapshot and self.day else None
        return sorted({*files, *kept, *(file for file in asked if not is_url(file) and file != taken)}), urls

    def _days_kept(self, store: Path) -> list[date]:
        """Return the days of a store that outputs read, without the one whose snapshot the job itself takes."""
        if not self.job.snapshot:
            return days_in(store)
        return [day for day in days_in(store) if day != self.day] if store.is_dir() else []

    def warnings(self) -> list[dict[str, str]]:
        """Return the warnings so far, each once, as the manifest has them."""
        return [one.as_data() for one in self.session.narrator.warnings_of_run]

    def require(self, figures: Mapping[str, int | date]) -> None:
        """Raise `CheckFailed` if a condition holds of the figures, or of the warnings so far."""
        require_none(self.conditions, figures, self.warnings())


def plan_run(session: Session, name: str, shared: Shared, only: tuple[str, ...], fail_on: tuple[str, ...]) -> JobRun:
    """Return the run of the job of that name; `UsageError`, before an input is read, for what makes no sense."""
    settings = session.settings
    job = job_of(settings.file, name)
    check_question(settings)
    day = as_of_date(settings, settings.text("as_of"))
    # Yesterday, in a condition, is that of the shop's calendar.
    today = datetime.now(ZoneInfo(time_zone(settings))).date()
    conditions = tuple(condition_of(text, today) for text in (*job.fail_on, *fail_on))
    question = build_question(settings, Shop())
    names = in_rank_order(question.scheme, new_subscribers=question.new_subscriber is not None)
    run = JobRun(job, session, day, tuple(names), conditions, only, shared)
    run.tasks(str(day or LAST))  # for its errors
    return run


def run_job(run: JobRun, *, wait: int) -> None:
    """Run the job unless nothing has changed; another run of it may take `wait` seconds to end."""
    files, urls = run.inputs()
    with folders.locked(run.job.folder, float(wait)):
        if _attempt(run, files, urls):
            return
        run.say("an input changed while it was read: once more")
        if not _attempt(run, files, urls):
            raise InputError("an input changed while it was read, twice", "run the job when its files are complete")


def _attempt(run: JobRun, files: Sequence[str], urls: Sequence[str]) -> bool:
    """Make and publish the outputs; return False, with nothing published, if an input changed while it was read."""
    inputs = Inputs.now(files, fast=run.fast)
    seen = (*inputs.seen, *(Fingerprint(url, 0, None, 0) for url in urls))
    manifest = Manifest(run.job.name, str(run.day or LAST), _options(run), seen)
    if _is_current(run, manifest, urls):
        return True
    snapshot = OwnSnapshot(run.store if run.job.snapshot and not run.only else None, inputs)
    with ExitStack() as unpublished, folders.new_run(run.job.folder) as made:
        unpublished.callback(snapshot.undo)
        try:
            scored, written = _make(run, made, snapshot)
        except RfmError:
            # A file that changes under the reader may be the cause of any error.
            if inputs.are_unchanged():
                raise
            return False
        if not inputs.are_unchanged():
            return False
        _write_manifest(run, made, manifest, scored, written)
        _publish(run, made, scored, len(written), snapshot)
    return True


def _dated(session: Session, day: date | None) -> Session:
    """Return the session with its as-of date written out, so that all outputs are of the same day."""
    return replace(session, settings=replace(session.settings, values={**session.settings.values, "as_of": str(day)}))


def _is_current(run: JobRun, manifest: Manifest, urls: Sequence[str]) -> bool:
    """Return whether the current run has the same options and inputs, and print it.

    Raises `CheckFailed` if it would fail now: a feed that has died is an input that never changes.
    """
    current = folders.current_of(run.job.folder)
    # URLs cannot be watched, so their runs are never up to date.
    if current is None or run.only or run.force or urls or not is_same_run(current, manifest):
        return False
    kept = finished_run_in(current)
    if kept is None:
        return False
    if run.strict and kept.warnings:
        why = f"{run.job.folder}: nothing has changed since {current.name}, which has warnings"
        raise CheckFailed(why, "; ".join(f"{one['name']}: {one['text']}" for one in kept.warnings))
    # A snapshot that was removed since is a change as well.
    snapshot = place_of(run.store, date.fromisoformat(kept.as_of)) if run.job.snapshot else None
    if not kept.figures or (snapshot and not snapshot.exists()):
        return False
    require_none(run.conditions, kept.figures, kept.warnings)
    run.say(f"{run.job.folder}: nothing has changed since {current.name}; --force runs anyway")
    return True


def _make(run: JobRun, made: Path, snapshot: OwnSnapshot) -> tuple[Scored, list[Written]]:
    """Make all outputs in the folder, from one reading; `CheckFailed` if the run is one to fail.

    The snapshot of the date is taken before the outputs, which may read it.
    """
    reader = Reader()
    job = JobSession(reader, run.session.narrator)
    base = replace(run.session, reader=reader, job=job)
    day = run.day or last_day(base, base.open_shop())
    base, tasks = _dated(base, day), run.tasks(str(day))
    for task in tasks:
        for file in task.files.values():
            (made / file).parent.mkdir(parents=True, exist_ok=True)
    # The job itself needs scores: for its conditions, its manifest and its snapshot.
    request = base.score_request()
    year = year_request(request.shop, request.question) if run.job.snapshot else None
    base.expect(request, year)
    with ExitStack() as started:
        outputs = [started.enter_context(closing(task.run(made, job))) for task in tasks]
        for task, output in zip(tasks, outputs, strict=True):
            if not task.store:  # the snapshot that they may read is not there yet
                with naming(run.job, task.output):
                    next(output)
        scored = base.score(request)
        base.narrator.say(on_rules(_rules_of_runs(run, scored)))
        base.narrator.check_strict()
        run.require(figures_of(scored))
        snapshot.take(base, request, scored, year)
        for number, (task, output) in enumerate(zip(tasks, outputs, strict=True), start=1):
            with step(f"output {number} of {len(tasks)}, {task.file}"), naming(run.job, task.output):
                for _ in output:
                    pass  # it has only its end before it, or with --store also its pause
    run.require(figures_of(scored))  # the outputs have warnings of their own
    return scored, [
        Written(file, task.output.text, job.rows_written.get(str(made / file)), digest_of(made / file))
        for task in tasks
        for file in task.files.values()
    ]


def _rules_of_runs(run: JobRun, scored: Scored) -> dict[str, Mapping[str, str]]:
    """Return the rules that scored the current run of the job, if its manifest has them, and this one, by run."""
    current = folders.current_of(run.job.folder)
    kept = finished_run_in(current) if current else None
    now = str(scored.as_of)
    before = {current.name: kept.rules} if current and kept and kept.rules else {}
    return before | {f"{now} now" if now in before else now: scored.cutoffs.rules()}


def _options(run: JobRun) -> dict[str, object]:
    """Return what the outputs depend on beside the inputs: the outputs as written, and the settings."""
    values = run.session.settings.values
    kept = {name: value for name, value in sorted(values.items()) if name not in ("as_of", "memory")}
    definitions = definitions_in(run.session.settings)
    return {
        "outputs": [output.text for output in run.job.outputs],
        "only": list(run.only),
        "snapshot": run.job.snapshot,
        "settings": {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()},
        **({"definitions": definitions} if definitions else {}),
    }


def _write_manifest(run: JobRun, made: Path, manifest: Manifest, scored: Scored, written: list[Written]) -> None:
    """Write the manifest beside the outputs."""
    rows = {"read": scored.facts.read, "accepted": scored.facts.accepted, "rejected": dict(scored.facts.rejected)}
    whole = replace(
        manifest,
        answered=str(scored.as_of),
        rows=rows,
        figures=figures_of(scored),
        cutoffs={"scheme": scored.scheme.name, **cutoffs_of(scored)},
        rules=scored.cutoffs.rules(),
        warnings=run.warnings(),
        outputs=tuple(written),
    )
    with as_output_error(made.parent):
        (made / NAME).write_text(whole.to_text(), encoding="utf-8")
        if any(one.sha256 is None for one in manifest.inputs):
            (made / CHANGE_TIMES).write_text(change_times(manifest.inputs), encoding="utf-8")


def _publish(run: JobRun, made: Path, scored: Scored, files: int, snapshot: OwnSnapshot) -> None:
    """Give the run of that many files its name, make it the current one, and remove older ones."""
    count = f"{files} file{'s' if files != 1 else ''}"
    if run.only:
        place = folders.set_aside(made, ONLY)
        run.say(f"{place}: {count}; current is as it was")
        return
    # Syncing takes its time, and must not hold up a signal: the renames below are quick.
    folders.sync_run(made)
    with stopping.deferred():  # a run that is stopped has a new current run, or no new run at all
        finished = folders.finish(made, str(scored.as_of))
        folders.publish(finished)
        snapshot.stay()
    run.say(f"{finished}: {count}, and current leads to it")
    keep = run.job.keep
    if keep is not None and (gone := folders.drop_older(run.job.folder, run.job.name, keep)):
        run.say(f"older runs removed (keep = {keep}): {', '.join(gone)}")
