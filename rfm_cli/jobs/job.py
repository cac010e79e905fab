"""A job as `rfm.toml` defines it: its outputs, where they go, how many runs are kept, and on what it fails.

A condition is `rejected>5%`, `customers<1000`, `last_order<yesterday`, or the name of a warning.
"""

from __future__ import annotations

import operator
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from rfm_cli.clock import parse_as_of
from rfm_cli.errors import CheckFailed, UsageError, did_you_mean, nearest
from rfm_cli.model import Scored
from rfm_cli.notes import WARNINGS
from rfm_cli.pipeline import counts
from rfm_cli.tables import rules
from rfm_cli.toml_tables import Table, decimal_of, read_toml

KEYS = ("outputs", "folder", "keep", "fail_on", "snapshot")
MOST_PARTS = 255
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
EXAMPLE = "write [jobs.nightly] with outputs = [...]"


@dataclass(frozen=True)
class Output:
    """One line of `outputs`: a command with its options, as written and as words."""

    text: str
    words: tuple[str, ...]

    @property
    def command(self) -> str:
        """The command."""
        return self.words[0]


@dataclass(frozen=True)
class Job:
    """A job. `folder` holds its runs: the last `keep` of them, all where it is None.

    With `snapshot` the store gets a snapshot of each date.
    """

    name: str
    file: Path
    folder: Path
    outputs: tuple[Output, ...]
    keep: int | None = None
    fail_on: tuple[str, ...] = ()
    snapshot: bool = False


def job_names(file: Path) -> list[str]:
    """Return the names of the jobs of a configuration file; `UsageError` where it cannot be read."""
    return list(_jobs_in(file).values)


def _jobs_in(file: Path) -> Table:
    """Return the table of all jobs."""
    return read_toml(file).table("jobs")


def job_of(file: Path | None, name: str) -> Job:
    """Return the job of that name; `UsageError` where there is none, or where its table is not understood."""
    if file is None:
        raise UsageError("no rfm.toml here, and jobs are written in it", EXAMPLE)
    jobs = _jobs_in(file)
    if name not in jobs.values:
        raise UsageError(f"{file}: no job is called {name!r}", did_you_mean(name, jobs.values) or EXAMPLE)
    # The name becomes that of a folder.
    if not NAME.fullmatch(name):
        raise UsageError(f"{file}: {name!r} is no name for a job", "write letters, digits, - and _")
    table = jobs.table(name)
    table.check_keys(KEYS)
    folder = table.text("folder", f"out/{name}")
    _require_own_folder(table, file, folder)
    outputs = tuple(_output(table, text) for text in _texts(table, "outputs"))
    if not outputs:
        raise UsageError(f"{file}: no outputs in [{table.header}]", 'write outputs = ["score -o scores.parquet", ...]')
    return Job(
        name,
        file,
        _from_here(file.parent / folder),
        outputs,
        table.whole("keep", least=1) if "keep" in table.values else None,
        _texts(table, "fail_on"),
        table.switch("snapshot"),
    )


def _require_own_folder(table: Table, file: Path, folder: str) -> None:
    """Raise `UsageError` where the folder holds the files of the shop, which would be taken for runs and removed."""
    if not folder:
        raise table.wrong("folder", "a path")
    if "\0" in folder or len(Path(folder).parts) > MOST_PARTS:
        raise table.error("folder", "is no path that a system takes", "write a shorter one, such as out/nightly")
    # Links are resolved, since the folder may lead back to the files of the shop by one.
    if file.parent.resolve().is_relative_to((file.parent / folder).resolve()):
        raise table.error(
            "folder",
            f"is {folder}, which holds {file.name} itself: runs need a folder of their own",
            "name one beside it, such as out/nightly",
        )


def _from_here(path: Path) -> Path:
    """Return a path as the run sees it: relative, where it lies in the working folder."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _texts(table: Table, key: str) -> tuple[str, ...]:
    """Return the list of texts under a key; `UsageError` for the character that ends a text for the system."""
    texts = table.texts(key)
    if any("\0" in text for text in texts):
        raise table.error(key, "holds the character NUL", "leave it out")
    return texts


def _output(table: Table, text: str) -> Output:
    """Return one line of `outputs`, with or without the name of the program."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise table.error("outputs", f"has {text!r}: {error}") from error
    # Lines are often copied from a terminal, with the name of the program.
    words = words[1:] if words[:1] == ("rfm",) else words
    if not words:
        raise table.error("outputs", "has an empty output", "write a command with its options")
    return Output(text, words)


def slug(name: str) -> str:
    """Return a name as a part of a file name: what is not `[a-z0-9]` becomes a hyphen.

    >>> slug("At risk"), slug("Can't lose"), slug("Спящие")
    ('at-risk', 'can-t-lose', '')
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower().encode("ascii", "replace").decode()).strip("-")


def slugs(names: list[str]) -> dict[str, str]:
    """Return the names of segments as parts of file names, all different: an empty or repeated part gets its rank.

    >>> slugs(["Lost", "Спящие", "lost"])
    {'Lost': 'lost', 'Спящие': 'segment-2', 'lost': 'lost-3'}
    """
    found: dict[str, str] = {}
    for rank, name in enumerate(names, start=1):
        part = slug(name) or "segment"
        # A rank makes the part unique: it ends in a number that no other segment has.
        taken = part in found.values() or part == "segment"
        found[name] = f"{part}-{rank}" if taken else part
    return found


COUNTS = ("rows", "accepted", "rejected", "customers", "buyers", "vips", "warnings")
REJECTED = tuple(f"rejected_{rule}" for rule in rules.RULES)
DAYS = ("first_order", "last_order")
SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}


@dataclass(frozen=True)
class Condition:
    """A figure `name` compared by `sign` with `bound`, a day or a number; `text` is the condition as written.

    With `share` the bound is a percentage of the rows that were read. The name of a warning is a figure as well: how
    many of them there were.
    """

    text: str
    name: str
    sign: str
    bound: date | Decimal
    share: bool = False


def condition_of(text: str, today: date) -> Condition:
    """Return the condition in a text; `UsageError` where it is not understood."""
    # A name alone means that there is any such warning.
    if text.strip().lower() in WARNINGS:
        return Condition(text, text.strip().lower(), ">", Decimal(0))
    # Signs of two characters come first, else >=5 would be > and the number =5.
    parts = re.fullmatch(r"\s*([\w-]+)\s*(>=|<=|==|!=|>|<|=)\s*(\S.*?)\s*", text)
    if parts is None:
        raise _not_understood(text)
    name, sign, bound = parts[1].lower(), parts[2], parts[3]
    names = (*COUNTS, *DAYS, *REJECTED, *WARNINGS)
    if name not in names:
        raise UsageError(f"--fail-on {text}: no figure is called {name!r}", did_you_mean(name, names))
    if name in DAYS:
        return Condition(text, name, sign, _day(text, bound, today))
    share = bound.endswith("%")
    if share and not name.startswith(("rejected", "accepted")):
        raise UsageError(f"--fail-on {text}: {name} is no part of the rows", "leave the % out")
    return Condition(text, name, sign, _number(text, bound), share)


def _not_understood(text: str) -> UsageError:
    """Return the error of a text without a sign, with the nearest warning unless it is the name of a figure."""
    close = None if text.strip().lower() in (*COUNTS, *DAYS, *REJECTED) else nearest(text.strip(), WARNINGS)
    example = "write it as rejected>5%, customers<1000, or the name of a warning"
    return UsageError(f"--fail-on {text}: not understood", f"did you mean {close}?" if close else example)


def _day(text: str, bound: str, today: date) -> date:
    """Return the day with which a figure is compared."""
    day = parse_as_of(bound, today, f"--fail-on {text}:")
    if day is None:
        raise UsageError(f"--fail-on {text}: the last day is no bound", "write a date, today or yesterday")
    return day


def _number(text: str, bound: str) -> Decimal:
    """Return the number with which a figure is compared."""
    # Numbers are copied from messages, which have a comma between thousands.
    number = decimal_of(bound.removesuffix("%").replace(",", ""))
    if number is None:
        raise UsageError(f"--fail-on {text}: {bound} is no number", "write it as rejected>5%, customers<1000")
    return number


def holds(condition: Condition, figures: Mapping[str, int | date]) -> bool:
    """Return whether the figures of a run meet the condition; a figure that is missing meets none.

    A share is compared in whole numbers, without rounding.
    """
    value = figures.get(condition.name)
    if value is None:
        return False
    if isinstance(value, date) or isinstance(condition.bound, date):
        return SIGNS[condition.sign](value, condition.bound)
    # Without a division 5 % of 60 rows is exactly 3 rows.
    if condition.share:
        rows = figures["rows"]
        assert isinstance(rows, int)
        return SIGNS[condition.sign](Decimal(value) * 100, condition.bound * rows)
    return SIGNS[condition.sign](Decimal(value), condition.bound)


def figures_of(scored: Scored) -> dict[str, int | date]:
    """Return what conditions are held to: counts of rows and customers, and the days that the orders cover."""
    found = dict(counts(scored))
    figures: dict[str, int | date] = {
        "rows": found["rows_read"],
        "accepted": found["rows_accepted"],
        "rejected": found["rows_read"] - found["rows_accepted"],
        **{name: count for name, count in found.items() if name.startswith("rejected_")},
        **{name: found[name] for name in ("customers", "buyers", "vips")},
    }
    # Rows after the as-of date are left out: a stray date would hide that a feed has ended.
    last = scored.frame["last_order"].max()
    days = {"first_order": scored.facts.first_day, "last_order": last if isinstance(last, date) else None}
    return figures | {name: day for name, day in days.items() if day is not None}


def require_none(
    conditions: Sequence[Condition], found: Mapping[str, int | date], warnings: Sequence[Mapping[str, str]]
) -> None:
    """Raise `CheckFailed` if one of the conditions holds of the figures of a run, or of its warnings."""
    figures: dict[str, int | date] = {**found, "warnings": len(warnings)}
    for one in warnings:
        figures[one["name"]] = int(str(figures.get(one["name"], 0))) + 1
    for condition in conditions:
        # Files of results have no line for a rule that rejected no row, and none for a warning that was not given.
        if condition.name.startswith("rejected_") or condition.name in WARNINGS:
            figures.setdefault(condition.name, 0)
        if holds(condition, figures):
            value = figures[condition.name]
            shown = f"{value:,}" if isinstance(value, int) else str(value)
            of = f" of {figures['rows']:,} rows" if condition.share else ""
            raise CheckFailed(f"--fail-on {condition.text}: {condition.name} is {shown}{of}; nothing was published")
