"""Conditions on which a run fails: `rejected>5%`, `customers<1000`, `last_order<yesterday`, or a warning's name."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rfm_cli.clock import parse_as_of
from rfm_cli.errors import CheckFailed, UsageError, did_you_mean, nearest
from rfm_cli.model import Scored
from rfm_cli.notes import WARNINGS
from rfm_cli.pipeline import counts
from rfm_cli.tables import rules
from rfm_cli.toml_tables import decimal_of

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
