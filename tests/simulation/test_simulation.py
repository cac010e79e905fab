"""Random shops, simulated day by day: every command answers what a count by hand says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, here
from tests.simulation import answers, moves
from tests.simulation.answers import Answers, Line
from tests.simulation.crossing import matrix
from tests.simulation.reference import EVER
from tests.simulation.shop import shop

__all__ = ["here"]

Ask = Callable[..., list[list[str]]]
QUICK, ALL = 12, 80
BYS = ("segment", "rf", "r", "f", "m", "vip")
AXES = ("recency", "engagement", "last_event", "segment", "vip", "r", "f", "m", "city")


@pytest.fixture
def ask(here: Callable[..., Ended], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Run a command in an empty folder: the rows of its CSV, without the header."""
    monkeypatch.chdir(tmp_path)

    def rows(*words: object) -> list[list[str]]:
        ended = here(*map(str, words), "--format", "csv")
        assert ended.code == 0, (words, ended.err)
        return [line.split(",") for line in ended.out.decode().splitlines()[1:]]

    return rows


def same(told: Sequence[Sequence[str]], counted: Sequence[Line], of: object) -> None:
    """Hold the rows of a file to lines of plain values: shares to twelve digits, all else to the letter."""
    assert len(told) == len(counted), (of, told, counted)
    for row, line in zip(told, counted, strict=True):
        assert len(row) == len(line), (of, row, line)
        assert all(_agrees(text, value) for text, value in zip(row, line, strict=True)), (of, row, line)


def _agrees(text: str, value: object) -> bool:
    if isinstance(value, Fraction):
        return bool(text) and abs(Fraction(text) - value) <= Fraction(1, 10**12)
    return text == ("" if value is None else str(value).lower() if isinstance(value, bool) else str(value))


@pytest.mark.parametrize("seed", [*range(QUICK), *(pytest.param(n, marks=pytest.mark.slow) for n in range(QUICK, ALL))])
def test_every_answer_is_what_a_count_by_hand_says(seed: int, ask: Ask, tmp_path: Path) -> None:
    made = shop(seed)
    made.write(tmp_path)
    a, options = Answers(made), made.asked.options()
    one_date(a, ask, options, seed)
    two_dates(a, ask, options, seed)
    chains(a, ask, options, seed)


def one_date(a: Answers, ask: Ask, options: Sequence[str], seed: int) -> None:
    """The answers about the later date."""
    day = a.shop.asked.last
    asked = [*options, "--as-of", day]
    same(ask("score", *asked), answers.score(a, day), "score")
    start = day - timedelta(days=60)
    same(ask("score", *asked, "--window", "60d"), answers.score(a, day, start), "score --window")
    told = ask("score", "--history", *asked)
    same([[row[0], *row[-2:]] for row in told], answers.history(a, day), "score --history")
    same(ask("segments", *asked), answers.segments(a, day), "segments")
    by = ("rf", "rm", "fm")[seed % 3]
    same(ask("grid", "--by", ",".join(by), *asked), answers.grid(a, day, by), ("grid", by))
    known = [name for name in AXES if not _lacks(a, name)]
    pairs = [("recency", "segment"), (known[seed % len(known)], known[(seed + 1) % len(known)])]
    for pair in pairs:
        same(ask("matrix", "--by", ",".join(pair), *asked), matrix(a, day, pair), ("matrix", pair))
    same(ask("vip", *asked), answers.vip(a, day), "vip")
    vips = [line for line in answers.score(a, day) if line[-1]]
    same(ask("vip", "--list", *asked), vips, "vip --list")
    if a.shop.people is not None:
        same(ask("reach", *asked), answers.reach(a, day), "reach")


def _lacks(a: Answers, axis: str) -> bool:
    """Whether the shop lacks the table that an axis is made of."""
    return (axis == "city" and a.shop.people is None) or (
        axis in ("engagement", "last_event") and a.shop.events is None
    )


def by_of(seed: int) -> str:
    """What moves are told between: segments in every other shop, all kinds in turn in the others."""
    return "segment" if seed % 2 else BYS[seed // 2 % len(BYS)]


def two_dates(a: Answers, ask: Ask, options: Sequence[str], seed: int) -> None:
    """The answers from the earlier to the later date."""
    first, last = a.shop.asked.first, a.shop.asked.last
    asked = [*options, "--from", first, "--to", last]
    ruler = a.ruler(first)
    by = by_of(seed)
    went = moves.moved(a, first, last, by, ruler)
    same(ask("migrate", "--by", by, *asked), moves.migration(a, went, by), ("migrate", by))
    same(ask("migrate", "--flows", "--by", by, *asked), moves.flows(a, went, by), ("migrate --flows", by))
    same(ask("migrate", "--moves", "--by", by, *asked), moves.directions(a, went, by), ("migrate --moves", by))
    told = ask("migrate", "--speed", "--horizons", "10,30,90", "--by", by, *asked)
    same(told, moves.speed(a, first, last, by, (10, 30, 90)), ("migrate --speed", by))
    if not a.shop.asked.given_cuts:
        rescored = moves.moved(a, first, last, "segment", ruler, a.ruler(last))
        told = ask("migrate", "--rescore", *asked)
        same(told, moves.migration(a, rescored, "segment"), "migrate --rescore")
    watched = ask("vip", "--watch", "--since", first, "--as-of", last, *options)
    same(watched, moves.watch(a, first, last), "vip --watch")
    move = next(one for one in moves.moved(a, first, last, "segment", ruler) if one.before is not None)
    listed = ask("migrate", "--list", f"{move.before}>{move.after}", *asked)
    same(listed, _listed(a, move.before, move.after), "migrate --list")


def _listed(a: Answers, before: str | None, after: str) -> list[Line]:
    """The rows of one move as `score` has them at the later date, by the cutoffs of the earlier one."""
    first, last = a.shop.asked.first, a.shop.asked.last
    ruler = a.ruler(first)
    went = moves.moved(a, first, last, "segment", ruler)
    kept = {one.name for one in went if (one.before, one.after) == (before, after)}
    scored = answers.score(a, last, EVER, ruler)
    return [(*line, before) for line in scored if line[0] in kept]


def chains(a: Answers, ask: Ask, options: Sequence[str], seed: int) -> None:
    """The answers over a chain of dates."""
    first, last = a.shop.asked.first, a.shop.asked.last
    dates = _every_month(first, last) if seed % 3 else _every(first, last, 20)
    asked = [*options, "--from", first, "--to", last, "--every", "month" if seed % 3 else "20d"]
    by, ruler = by_of(seed), a.ruler(first)
    links: list[Line] = []
    for one, other in pairwise(dates):
        went = moves.moved(a, one, other, by, ruler)
        links += [(one, other, *line) for line in moves.migration(a, went, by)]
    same(ask("migrate", "--by", by, *asked), links, ("migrate --every", by))
    same(ask("migrate", "--paths", "--by", by, *asked), moves.paths(a, dates, by), ("migrate --paths", by))


def _every(first: date, last: date, days: int) -> list[date]:
    steps = range(0, (last - first).days, days)
    return [*(first + timedelta(days=step) for step in steps), last]


def _every_month(first: date, last: date) -> list[date]:
    """The day of the month of `first`, or the month's last; from a last day to last days."""
    dates, at_end = [first], (first + timedelta(days=1)).day == 1
    year, month = first.year, first.month
    while True:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        end = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
        day = date(year, month, end if at_end else min(first.day, end))
        if day >= last:
            return [*dates, last]
        dates.append(day)
