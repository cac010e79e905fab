"""`rfm run`: a job of rfm.toml, its outputs made together and published at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import RunOptions

if TYPE_CHECKING:
    from rfm_cli.cli.job_runner import JobRun

Job = Annotated[str, opt.argument("JOB", "The job: [jobs.JOB] in rfm.toml.", values.jobs)]
Only = Annotated[
    opt.Texts,
    opt.keep("--only", help="Only these outputs (a command or a file), beside what is current.", metavar="NAME"),
]
DryRun = Annotated[opt.Switch, opt.keep("--dry-run", help="Show what would be read and written, and do neither.")]
FailOn = Annotated[
    opt.Texts,
    opt.keep("--fail-on", help="Publish nothing if this is true: rejected>5%, customers<1000.", metavar="TEST"),
]
Force = Annotated[opt.Switch, opt.this_run("--force", help="Run although nothing has changed.")]
FastFingerprint = Annotated[
    opt.Switch,
    opt.this_run("--fast-fingerprint", help="Recognize inputs by size and time, without reading them twice."),
]
Wait = Annotated[
    opt.Number,
    opt.number(opt.RUN, "--wait", help="Wait for another run of the job to end. [0]", metavar="SECONDS", least=0),
]


@command
def run(
    ctx: typer.Context,
    *,
    job: Job,
    running: RunOptions,
    as_of: opt.AsOf = None,
    lang: opt.Lang = None,
    only: Only = None,
    dry_run: DryRun = None,
    fail_on: FailOn = None,
    force: Force = None,
    fast_fingerprint: FastFingerprint = None,
    wait: Wait = None,
) -> None:
    """Make all outputs of a job, and publish them at once.

    The job is defined in rfm.toml. Its files go to a new folder, with a manifest; then the link current leads to it.

    \b
    rfm run nightly
    rfm run nightly --as-of yesterday --fail-on "last_order<yesterday"
    rfm run nightly --dry-run
    """
    from dataclasses import replace

    from rfm_cli.cli.job_runner import plan_run, run_job
    from rfm_cli.cli.job_tasks import Shared
    from rfm_cli.cli.session import open_session

    lang = lang or ctx.find_root().params.get("lang")
    session = open_session(ctx, running, as_of=as_of, lang=lang)
    shared = Shared(lang, running.memory, running.config, running.known)
    plan = plan_run(session, job, shared, tuple(only or ()), tuple(fail_on or ()))
    if dry_run:
        _show(plan)
    else:
        plan = replace(plan, force=bool(force), strict=bool(running.strict), fast=bool(fast_fingerprint))
        run_job(plan, wait=wait or 0)


def _show(plan: JobRun) -> None:
    """Write to standard output what would be read and written."""
    from pathlib import Path

    from rfm_cli.cli.job_runner import LAST
    from rfm_cli.output.look import plain
    from rfm_cli.safe_text import masked
    from rfm_cli.snapshots.store import place_of
    from rfm_cli.tables.paths import is_url

    job, day = plan.job, str(plan.day or LAST)
    typer.echo(f"{job.name}: as of {day}, in {plain(str(job.folder))}")
    files, urls = plan.inputs()
    for path in (*files, *urls):
        size = "" if is_url(path) else f"  {Path(path).stat().st_size:,} bytes"
        typer.echo(f"read   {plain(masked(path))}{size}")
    for task in plan.tasks(day):
        for file in task.files.values():
            typer.echo(f"write  {plain(file)}  ({plain(masked(task.output.text))})")
    if job.snapshot and not plan.only:
        place = place_of(plan.store, plan.day) if plan.day else f"{plan.store} ({LAST})"
        typer.echo(f"write  {plain(str(place))}  (snapshot)")
    if job.keep is not None:
        typer.echo(f"keep   {job.keep} runs")
