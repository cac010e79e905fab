"""`rfm run`: a job of rfm.toml, its outputs made together and published at once."""

from __future__ import annotations

from typing import Annotated

import typer

from rfm_cli.cli import options as opt
from rfm_cli.cli import values
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import RunOptions


@command
def run(
    ctx: typer.Context,
    *,
    job: Annotated[str, opt.argument("JOB", "The job: [jobs.JOB] in rfm.toml.", values.jobs)],
    running: RunOptions,
    as_of: opt.AsOf = None,
    lang: opt.Lang = None,
    only: Annotated[
        opt.Texts,
        opt.keep("--only", help="Only these outputs (a command or a file), beside what is current.", metavar="NAME"),
    ] = None,
    dry_run: Annotated[
        opt.Switch, opt.keep("--dry-run", help="Show what would be read and written, and do neither.")
    ] = None,
    fail_on: Annotated[
        opt.Texts,
        opt.keep("--fail-on", help="Publish nothing where this holds: rejected>5%, customers<1000.", metavar="TEST"),
    ] = None,
    force: Annotated[opt.Switch, opt.this_run("--force", help="Run although nothing has changed.")] = None,
    fast_fingerprint: Annotated[
        opt.Switch, opt.this_run("--fast-fingerprint", help="Know inputs by size and time, without reading them twice.")
    ] = None,
    wait: Annotated[
        opt.Number,
        opt.number(opt.RUN, "--wait", help="Wait for another run of the job to end. [0]", metavar="SECONDS", least=0),
    ] = None,
) -> None:
    """Make all outputs of a job, and publish them at once.

    The job stands in rfm.toml. Its files go to a new folder, with a manifest; then current is turned to it.

    \b
    rfm run nightly
    rfm run nightly --as-of yesterday --fail-on "last_order<yesterday"
    rfm run nightly --dry-run
    """
    from dataclasses import replace

    from rfm_cli.cli import job_runner
    from rfm_cli.cli.before import Before
    from rfm_cli.cli.given import Given
    from rfm_cli.cli.job_tasks import Shared
    from rfm_cli.cli.session import begin

    lang = lang or (ctx.find_object(Before) or Before()).lang
    started = begin(ctx, Given(running, settings={"as_of": as_of, "lang": lang}))
    shared = Shared(lang, running.memory, running.config, running.known)
    asked = job_runner.asked_of(started, job, shared, tuple(only or ()), tuple(fail_on or ()))
    if dry_run:
        job_runner.show_plan(asked)
    else:
        asked = replace(asked, force=bool(force), strict=bool(running.strict), fast=bool(fast_fingerprint))
        job_runner.run(asked, wait=wait or 0)
