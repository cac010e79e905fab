"""The steps of `rfm run`: inputs known, outputs made from one reading, and all of it published at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rfm_cli import stopping
from rfm_cli.cli import settings
from rfm_cli.cli.dates import last_day
from rfm_cli.cli.inputs import inputs_of
from rfm_cli.cli.job_tasks import Shared, Task, tasks_of
from rfm_cli.cli.reading import Planned, Reading, SharedReading, shared
from rfm_cli.cli.session import Joint, Run, scored, shop_of
from rfm_cli.cli.snapshotting import keep, wishes
from rfm_cli.cli.stored import store_of
from rfm_cli.config import resolve
from rfm_cli.errors import CheckFailed, InputError, RfmError, UsageError, as_output_error
from rfm_cli.fingerprints import Fingerprint, fingerprints, marks
from rfm_cli.jobs import folder as folders
from rfm_cli.jobs.conditions import Condition, condition_of, holds
from rfm_cli.jobs.job import Job, job_of
from rfm_cli.jobs.manifest import MOMENTS, NAME, Manifest, Written, digest_of, kept_in, moments, same_as
from rfm_cli.model import Scored, Shop
from rfm_cli.notes import WARNINGS, note
from rfm_cli.pipeline import counts
from rfm_cli.plausibility.rulers import on_rules
from rfm_cli.progress import step
from rfm_cli.safe_text import masked
from rfm_cli.schemes import in_rank_order
from rfm_cli.snapshots.store import days_in, place_of
from rfm_cli.tables.paths import is_url
from rfm_cli.views.view import cutoffs_of

LAST = "last"
ONLY = "only"


@dataclass(frozen=True)
class Asked:
    """What a run of a job is to do; `day` is None for the last day of the orders.

    `force` runs it although nothing has changed, `strict` fails it on warnings, and `fast` knows inputs by
    size and time.
    """

    job: Job
    run: Run
    day: date | None
    segments: tuple[str, ...]
    conditions: tuple[Condition, ...]
    only: tuple[str, ...]
    shared: Shared
    force: bool = False
    strict: bool = False
    fast: bool = False

    def tasks(self, as_of: str) -> list[Task]:
        """Return the commands to run; `UsageError` for a name of `--only` that none of them has."""
        shared = replace(self.shared, as_of=as_of if self.day or as_of != LAST else None)
        tasks = tasks_of(self.job, shared, as_of, self.segments)
        for name in self.only:
            if not any(task.is_called(name) for task in tasks):
                valid = ", ".join(task.file for task in tasks)
                raise UsageError(f"--only {name}: no output of this job", f"valid: a command, or one of {valid}")
        return [task for task in tasks if not self.only or any(map(task.is_called, self.only))]


def run(asked: Asked, *, wait: int) -> None:
    """Run the job, unless nothing has changed."""
    files, urls = inputs(asked)
    with folders.locked(asked.job.folder, float(wait)):
        if attempt(asked, files, urls):
            return
        asked.run.narrator.say([note("an input changed while it was read: once more")])
        if not attempt(asked, files, urls):
            raise InputError("an input changed while it was read, twice", "run the job when its files are complete")


def asked_of(run: Run, name: str, shared: Shared, only: tuple[str, ...], fail_on: tuple[str, ...]) -> Asked:
    """Return the request; `UsageError` for what makes no sense, before an input is read."""
    job = job_of(run.settings.file, name)
    settings.check_question(run.settings)
    day = settings.as_of(run.settings, run.settings.text("as_of"))
    today = datetime.now(ZoneInfo(settings.zone(run.settings))).date()
    conditions = tuple(condition_of(text, today) for text in (*job.fail_on, *fail_on))
    question = settings.question_of(run.settings, Shop())
    names = in_rank_order(question.scheme, new_subscribers=question.new_subscriber is not None)
    asked = Asked(job, run, day, tuple(names), conditions, only, shared)
    asked.tasks(str(day or LAST))  # for its errors
    return asked


def inputs(asked: Asked) -> tuple[list[str], list[str]]:
    """The files that the outputs are made of, in the order of their names; and addresses, which nobody can watch."""
    tasks = asked.tasks(str(asked.day or LAST))
    own = [resolve(task.given().by_name(), os.environ, Path()) for task in tasks]
    files, urls = inputs_of([asked.run.settings, *own])
    stores = {store for task in tasks if (store := task.store)}
    kept = [str(place_of(Path(store), day)) for store in stores for day in _days_kept(asked, Path(store))]
    return sorted({*files, *kept}), urls


def _days_kept(asked: Asked, store: Path) -> list[date]:
    """The days of a store that outputs read, but for the one that the job itself takes a snapshot of."""
    if not asked.job.snapshot:
        return days_in(store)
    return [day for day in days_in(store) if day != asked.day] if store.is_dir() else []


def attempt(asked: Asked, files: Sequence[str], urls: Sequence[str]) -> bool:
    """Whether the job is done: False where an input changed while it was read, and nothing was published."""
    before = marks(files)
    seen = (*fingerprints(files, fast=asked.fast), *(Fingerprint(url, 0, None, 0) for url in urls))
    told = Manifest(asked.job.name, str(asked.day or LAST), options_of(asked), seen)
    if is_current(asked, told, urls):
        return True

    def taken(reading: Reading, result: Scored) -> None:
        if asked.job.snapshot and not asked.only and unchanged(asked, files, before, seen):
            place = place_of(store_of(asked.run), result.as_of or date.max)
            if not place.exists():
                snapshot.callback(untake, place)
            keep_snapshot(asked, reading, result, [one for one in seen if one.path not in urls])
            asked.run.narrator.check_strict()

    with ExitStack() as snapshot, folders.new_run(asked.job.folder) as made:
        try:
            result, written = make(asked, made, taken)
        except RfmError:
            if unchanged(asked, files, before, seen):
                raise
            return False
        if not unchanged(asked, files, before, seen):
            return False
        write_manifest(made, told, result, written, warnings_of(asked))
        put(asked, made, result, len(written))
        snapshot.pop_all()  # the run is there, and so its snapshot stays
    return True


def untake(place: Path) -> None:
    """Remove the snapshot that outputs have read: their run was not published."""
    with suppress(OSError):  # there may be none yet, or something of others beside it
        place.unlink(missing_ok=True)
        place.parent.rmdir()


def is_current(asked: Asked, told: Manifest, urls: Sequence[str]) -> bool:
    """Whether the current run is of the same question and inputs, which is said; `CheckFailed` where it is one to fail.

    A feed that has died is an input that never changes, so the conditions are asked of the current run too.
    """
    current = folders.current_of(asked.job.folder)
    if current is None or asked.only or asked.force or urls or not same_as(current, told):
        return False
    kept = kept_in(current)
    if kept is None:
        return False
    if asked.strict and kept.warnings:
        why = f"{asked.job.folder}: nothing has changed since {current.name}, which has warnings"
        raise CheckFailed(why, "; ".join(f"{one['name']}: {one['text']}" for one in kept.warnings))
    stored = place_of(store_of(asked.run), date.fromisoformat(kept.as_of)) if asked.job.snapshot else None
    if not kept.figures or (stored and not stored.exists()):
        return False
    require(asked, kept.figures, kept.warnings)
    told_so = note(f"{asked.job.folder}: nothing has changed since {current.name}; --force runs anyway")
    asked.run.narrator.say([told_so])
    return True


def unchanged(
    asked: Asked, files: Sequence[str], before: tuple[tuple[int, ...], ...], inputs: Sequence[Fingerprint]
) -> bool:
    """Whether all inputs are what they were: as the system tells it, else by their digests."""
    try:
        if marks(files) == before:
            return True
        return not asked.fast and [one.sha256 for one in fingerprints(files)] == [
            one.sha256 for one in inputs[: len(files)]
        ]
    except InputError:
        return False


def make(asked: Asked, made: Path, taken: Callable[[Reading, Scored], None]) -> tuple[Scored, list[Written]]:
    """All outputs in the folder, from one reading; `CheckFailed` where the run is one to fail.

    The snapshot of the date is `taken` before the outputs, which may read it.
    """
    reading = SharedReading()
    joint = Joint(reading, asked.run.narrator)
    base = replace(asked.run, joint=joint)
    day = asked.day or last_day(base, shop_of(base))
    base = replace(base, settings=replace(base.settings, values={**base.settings.values, "as_of": str(day)}))
    tasks = asked.tasks(str(day))
    for task in tasks:
        for file in task.files.values():
            (made / file).parent.mkdir(parents=True, exist_ok=True)
    with suppress(Planned):
        scored(base)
    for task in tasks:
        if not task.store:  # those read the store, and no orders
            with suppress(Planned):
                task.invoke(made, joint)
    if asked.job.snapshot:
        with suppress(Planned):
            shop = shop_of(base)
            shared(reading, wishes(shop, settings.question_of(base.settings, shop)))
    reading.planning = False
    result = scored(base)
    asked.run.narrator.say(on_rules(rules_of_runs(asked, result)))
    asked.run.narrator.check_strict()
    require(asked, figures_of(result), warnings_of(asked))
    taken(reading, result)
    for number, task in enumerate(tasks, start=1):
        with step(f"output {number} of {len(tasks)}, {task.file}"):
            task.invoke(made, joint)
    require(asked, figures_of(result), warnings_of(asked))  # the outputs have warnings of their own
    return result, [
        Written(file, task.output.text, joint.written.get(str(made / file)), digest_of(made / file))
        for task in tasks
        for file in task.files.values()
    ]


def keep_snapshot(asked: Asked, reading: Reading, result: Scored, seen: Sequence[Fingerprint]) -> None:
    """Nothing: the store has the snapshot of the date, this one or one that was taken before."""
    values = {**asked.run.settings.values, "as_of": str(result.as_of)}
    run = replace(asked.run, settings=replace(asked.run.settings, values=values))
    keep(run, store_of(run), reading, result, seen)


def figures_of(result: Scored) -> dict[str, int | date]:
    """What conditions are held to: counts of rows and customers, and the days that the orders cover."""
    found = dict(counts(result))
    figures: dict[str, int | date] = {
        "rows": found["rows_read"],
        "accepted": found["rows_accepted"],
        "rejected": found["rows_read"] - found["rows_accepted"],
        **{name: count for name, count in found.items() if name.startswith("rejected_")},
        **{name: found[name] for name in ("customers", "buyers", "vips")},
    }
    # Rows after the as-of date are not seen: a stray date would hide that a feed has ended.
    last = result.frame["last_order"].max()
    days = {"first_order": result.facts.first_day, "last_order": last if isinstance(last, date) else None}
    return figures | {name: day for name, day in days.items() if day is not None}


def rules_of_runs(asked: Asked, result: Scored) -> dict[str, Mapping[str, str]]:
    """Return the rules that scored the current run of the job, where it says them, and this one, by run."""
    current = folders.current_of(asked.job.folder)
    kept = kept_in(current) if current else None
    now = str(result.as_of)
    before = {current.name: kept.rules} if current and kept and kept.rules else {}
    return before | {f"{now} now" if now in before else now: result.cutoffs.rules()}


def warnings_of(asked: Asked) -> list[dict[str, str]]:
    """Return the warnings of the run so far, each once, as its manifest has them."""
    return [one.as_data() for one in asked.run.narrator.warnings_of_run]


def require(asked: Asked, found: Mapping[str, int | date], warnings: Sequence[Mapping[str, str]]) -> None:
    """Raise `CheckFailed` where a condition holds on which the run is to fail: of its figures, or of a warning."""
    figures: dict[str, int | date] = {**found, "warnings": len(warnings)}
    for one in warnings:
        figures[one["name"]] = int(str(figures.get(one["name"], 0))) + 1
    for condition in asked.conditions:
        if condition.name.startswith("rejected_") or condition.name in WARNINGS:
            figures.setdefault(condition.name, 0)
        if holds(condition, figures):
            value = figures[condition.name]
            told = f"{value:,}" if isinstance(value, int) else str(value)
            of = f" of {figures['rows']:,} rows" if condition.share else ""
            raise CheckFailed(f"--fail-on {condition.text}: {condition.name} is {told}{of}; nothing was published")


def options_of(asked: Asked) -> dict[str, object]:
    """What the outputs depend on beside the inputs: the outputs as written, and the settings."""
    kept = {name: value for name, value in sorted(asked.run.settings.values.items()) if name not in ("as_of", "memory")}
    return {
        "outputs": [output.text for output in asked.job.outputs],
        "only": list(asked.only),
        "snapshot": asked.job.snapshot,
        "settings": {name: list(value) if isinstance(value, tuple) else value for name, value in kept.items()},
    }


def write_manifest(
    made: Path, told: Manifest, result: Scored, written: list[Written], warnings: Sequence[Mapping[str, str]]
) -> None:
    """Write the manifest beside the outputs."""
    rows = {"read": result.facts.read, "accepted": result.facts.accepted, "rejected": dict(result.facts.rejected)}
    whole = replace(
        told,
        answered=str(result.as_of),
        rows=rows,
        figures=figures_of(result),
        cutoffs={"scheme": result.scheme.name, **cutoffs_of(result)},
        rules=result.cutoffs.rules(),
        warnings=warnings,
        outputs=tuple(written),
    )
    with as_output_error(made.parent):
        (made / NAME).write_text(whole.to_text(), encoding="utf-8")
        if any(one.sha256 is None for one in told.inputs):
            (made / MOMENTS).write_text(moments(told.inputs), encoding="utf-8")


def put(asked: Asked, made: Path, result: Scored, files: int) -> None:
    """Nothing: the run, of so many files, stands under its name, and is the current one; older ones are gone."""
    job, narrator = asked.job, asked.run.narrator
    if asked.only:
        place = folders.set_aside(made, ONLY)
        narrator.say([note(f"{place}: {files} file{'s' if files != 1 else ''}; current is as it was")])
        return
    folders.sync_run(made)
    with stopping.deferred():  # a run that is stopped has a new current run, or no new run at all
        finished = folders.finish(made, str(result.as_of))
        folders.publish(finished)
    narrator.say([note(f"{finished}: {files} file{'s' if files != 1 else ''}, and current leads to it")])
    if job.keep is not None and (gone := folders.drop_older(job.folder, job.name, job.keep)):
        narrator.say([note(f"older runs removed (keep = {job.keep}): {', '.join(gone)}")])


def show_plan(asked: Asked) -> None:
    """Nothing: what would be read and written goes to standard output."""
    import typer

    from rfm_cli.output.text import plain

    day = str(asked.day or LAST)
    typer.echo(f"{asked.job.name}: as of {day}, in {plain(str(asked.job.folder))}")
    files, urls = inputs(asked)
    for path in (*files, *urls):
        size = "" if is_url(path) else f"  {Path(path).stat().st_size:,} bytes"
        typer.echo(f"read   {plain(masked(path))}{size}")
    for task in asked.tasks(day):
        for file in task.files.values():
            typer.echo(f"write  {plain(file)}  ({plain(masked(task.output.text))})")
    if asked.job.snapshot and not asked.only:
        place = place_of(store_of(asked.run), asked.day) if asked.day else f"{store_of(asked.run)} ({LAST})"
        typer.echo(f"write  {plain(str(place))}  (snapshot)")
    if asked.job.keep is not None:
        typer.echo(f"keep   {asked.job.keep} runs")
