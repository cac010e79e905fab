"""The steps of `rfm report`: everything that the page tells, from one reading of the orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rfm_cli.cli import settings
from rfm_cli.cli.dates import QUARTER, day_of, last_day
from rfm_cli.cli.looking_back import speed_of, watch_of
from rfm_cli.cli.reading import Reading, shared
from rfm_cli.cli.session import MOST_IN_WORKBOOK, Run, aside, shop_of
from rfm_cli.clock import Window, days_before, stepped
from rfm_cli.errors import UnansweredError, UsageError
from rfm_cli.messages import words
from rfm_cli.notes import note
from rfm_cli.output.target import Target
from rfm_cli.output.workbook import write_workbook
from rfm_cli.progress import step
from rfm_cli.report.figures import HEADS, Figures, Speed, Watch, Why, beside_earlier, figures_at
from rfm_cli.report.page import page
from rfm_cli.report.sheets import sheets
from rfm_cli.version import __version__
from rfm_cli.views.axes import Asking
from rfm_cli.views.cutoffs import told as cutoffs_told
from rfm_cli.views.speed import falls_by_waiting

if TYPE_CHECKING:
    from rfm_cli.model import Past, Question, Shop

T = TypeVar("T")
FORMATS = ("html", "xlsx")
MOST_WATCHED = 1_000
"""So many of the watch-list are in the workbook of a shop whose customers find no room in one."""
BACK = ("went", "speed", "watch")
"""Sections that look back."""


@dataclass(frozen=True)
class Asked:
    """What the report is of: `day` is None for a file of one row a customer without dates, which has no `against`."""

    shop: Shop
    question: Question
    day: date | None
    against: date | None
    before: date | None

    @property
    def dates(self) -> list[date]:
        """The dates that the report tells of, ascending."""
        return [day for day in (self.before, self.against, self.day) if day is not None]


def asked_of(run: Run, said: str | None) -> Asked:
    """Return the request, `said` being the date of `--against`; `UsageError` where the dates make no sense."""
    settings.check_question(run.settings)
    shop = shop_of(run)
    question = settings.question_of(run.settings, shop)
    if not shop.has_history:
        if said:
            raise UsageError("--against needs orders", "a file of one row a customer has no history")
        return Asked(shop, question, question.as_of, None, None)
    day = question.as_of or last_day(run, shop)
    quarter = Window(months=QUARTER)
    against = day_of(run, shop, "--against", said) or stepped(day, quarter, -1)
    if against >= day:
        raise UsageError(f"--against {against} is not before {day}", "give an earlier --against or a later --as-of")
    before = days_before(against, (day - against).days) if said else stepped(against, quarter, -1)
    return Asked(shop, replace(question, as_of=day), day, against, before if before != against else None)


def write(run: Run, against: str | None, title: str) -> None:
    """Write the page, or the workbook of the same figures."""
    fmt, output = run.format, run.answer.output
    w = words(run.settings.text("lang") or "en")
    figures = _shared_figures(run, against)

    def draw(target: Target) -> None:
        if fmt == "html":
            target.write(page(figures, w, __version__, title))
        else:
            shown = _for_a_workbook(run, figures)
            write_workbook(sheets(shown, w), figures.scored.as_of or date(2000, 1, 1), target)

    with step("drawing the report"):
        run.out.write(output, draw)
    if output not in (None, "-") and not run.joint:
        run.out.afterward(lambda: _say_size(run, str(output)))
    aside(run, figures.scored)


def _say_size(run: Run, output: str) -> None:
    """Say how large the file is."""
    run.narrator.say([note(f"{output}: {Path(output).stat().st_size / 1000:,.0f} kB")])


def _for_a_workbook(run: Run, figures: Figures) -> Figures:
    """The figures with the watch-list cut where a workbook has no room for so many customers; that it is, is said."""
    watch = figures.watch
    if watch is None or figures.scored.frame.height <= MOST_IN_WORKBOOK or watch.rows.height <= MOST_WATCHED:
        return figures
    cut = f"the workbook has {MOST_WATCHED:,} of {watch.rows.height:,} on the watch-list: rfm vip --watch has all"
    run.narrator.say([note(cut)])
    return replace(figures, watch=replace(watch, rows=watch.rows.head(MOST_WATCHED)))


def _shared_figures(run: Run, against: str | None) -> Figures:
    """The figures of the run; a page and a workbook of one job that ask for the same are made of the same."""
    if run.joint is None:
        return figures_of(run, against)
    settings = {name: value for name, value in run.settings.values.items() if name != "lang"}
    asked = repr((sorted(settings.items()), against))
    if asked not in run.joint.figures:
        run.joint.figures[asked] = figures_of(run, against)
    return run.joint.figures[asked]


def figures_of(run: Run, against: str | None) -> Figures:
    """All that the report tells; the remarks of the run are said, and `--strict` is held to them."""
    asked = asked_of(run, against)
    reading = shared(run.reading, _wishes(asked))
    result = reading.scored(asked.shop, asked.question)
    run.narrator.say(result.notes)
    if run.answer.explain:
        run.narrator.say(cutoffs_told(result))
    run.narrator.check_strict()
    other = [one for one in run.narrator.warnings if one not in result.notes]
    result = replace(result, notes=(*other, *result.notes))  # the page repeats what was warned of before
    days, events = settings.engagement_of(run.settings, result.as_of)
    figures = figures_at(result, Asking(engagement_days=days, engagement_events=events))
    return _with_the_past(run, figures, asked, reading)


def _wishes(asked: Asked) -> list[Callable[[Reading], object]]:
    """All that is going to be asked of the reading."""
    wishes: list[Callable[[Reading], object]] = [lambda reading: reading.scored(asked.shop, asked.question)]
    if asked.against and asked.day:
        wishes += [partial(tell, asked) for tell in (_past, _speed, _watch)]
    return wishes


def _past(asked: Asked, reading: Reading, since: date = date.min) -> Past:
    dates = [day for day in asked.dates if day >= since]
    return reading.past_at(asked.shop, asked.question, dates)


def _between(asked: Asked) -> tuple[date, date]:
    assert asked.against is not None
    assert asked.day is not None
    return asked.against, asked.day


def _speed(asked: Asked, reading: Reading) -> Speed:
    told = speed_of(reading, asked.shop, asked.question, _between(asked))
    return Speed(told.rows, falls_by_waiting(told.rows, told.ruler.states))


def _watch(asked: Asked, reading: Reading) -> Watch:
    since, last = _between(asked)
    return Watch(since, watch_of(reading, asked.shop, asked.question, since, last).rows)


def _with_the_past(run: Run, figures: Figures, asked: Asked, reading: Reading) -> Figures:
    """The figures with what looks back to earlier dates; where that cannot be told, why."""
    if asked.against is None:
        return _without(run, figures, BACK, Why("a file of one row a customer has no history"))
    began = figures.scored.frame["first_order"].min()
    if not isinstance(began, date) or began > asked.against:
        return _without(run, figures, BACK, Why("nobody had bought by {day}", {"day": asked.against}))
    past = _tried(asked, lambda: _past(asked, reading, began))
    if isinstance(past, Why):
        return _without(run, figures, BACK, past)
    figures = beside_earlier(figures, past, [day for day in asked.dates if day >= began])
    if figures.went is None:
        scheme = figures.scored.scheme.name
        return _without(run, figures, BACK, Why("the scheme {scheme} has no segments", {"scheme": scheme}))
    speed, watch = _tried(asked, lambda: _speed(asked, reading)), _tried(asked, lambda: _watch(asked, reading))
    figures = _without(run, figures, ["speed"], speed) if isinstance(speed, Why) else replace(figures, speed=speed)
    return _without(run, figures, ["watch"], watch) if isinstance(watch, Why) else replace(figures, watch=watch)


def _without(run: Run, figures: Figures, sections: Sequence[str], why: Why) -> Figures:
    """The figures with the reason why some sections are missing, which is said as well."""
    told = [note(f"the report is without {', '.join(HEADS[name].lower() for name in sections)}: {why.text()}")]
    run.narrator.say(told)
    return replace(figures, absent={**figures.absent, **dict.fromkeys(sections, why)})


def _tried(asked: Asked, tell: Callable[[], T]) -> T | Why:
    """What can be told, or why it cannot: a window, a roll-up of months, a date that a roll-up cannot answer."""
    try:
        return tell()
    except UnansweredError:
        return Why("the roll-up has no single days, or not the dates")
    except UsageError as error:
        return (
            Why("days are not told under a window")
            if asked.question.window
            else Why("{reason}", {"reason": error.message})
        )
