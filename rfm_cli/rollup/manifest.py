"""The manifest of a roll-up: its periods and rules, the dates that it can answer, and its files."""

from __future__ import annotations

import calendar
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from rfm_cli.clock import days_before
from rfm_cli.errors import InputError, UsageError, did_you_mean
from rfm_cli.fingerprints import InputRecord, input_records
from rfm_cli.rollup.evidence import as_data, from_data
from rfm_cli.tables import rules
from rfm_cli.tables.options import IDS, OVERLAPS, Ids, Overlap, ReadOptions
from rfm_cli.tables.order_model import Facts
from rfm_cli.tables.precedents import Precedents
from rfm_cli.toml_tables import Table
from rfm_cli.version import __version__

FORMAT = 1
"""The version of the layout; a reader refuses any other."""
FREE: tuple[Literal["count", "ignore"], ...] = ("count", "ignore")
READING = ("date_format", "decimal", "times_in", "amount_per", "overlap")
"""The options for reading orders that bind those that are added."""
OPEN_DAYS = 31
"""The number of days before the last day in which a later row may still lie."""


@dataclass(frozen=True)
class Manifest:
    """The facts about a roll-up that its rows do not show.

    `rows` counts the rows that were read, by rule; `first_day` and `last_day` are those of accepted rows. `scale` is
    the number of decimals of the money, None without money, and `largest` the largest amount of a row in minor units.
    `converted` means that days depend on `timezone`, `has_status` that rows could be rejected by `statuses`.
    `free_orders` counts the orders of zero value by period. `whole_ids` means that all customer ids are whole numbers
    written in their usual digits, `order_ids` that some file has a column of order ids. `reading` are the options of
    `READING` that were given, and `precedents` what all rows have shown: both bind orders that are added.
    `last_refund` is the last day of a refund that a column names, None without any. `ids` is the rule that ids follow,
    which in roll-ups of earlier versions are as written, and `no_customer` are the ids whose rows were rejected.
    `person` is the column of the customers table that names the persons behind the ids, where the orders have keys.
    """

    periods: Periods
    purchases: Purchases
    rows: Mapping[str, int]
    first_day: date
    last_day: date
    timezone: str = "UTC"
    converted: bool = False
    statuses: tuple[str, ...] = ()
    has_status: bool = False
    drop_duplicates: bool = False
    scale: int | None = None
    largest: int | None = None
    currency: str | None = None
    free_orders: Mapping[date, int] = field(default_factory=dict)
    whole_ids: bool = False
    order_ids: bool = True
    inputs: tuple[InputRecord, ...] = ()
    engine: str = "polars"
    reading: Mapping[str, str] = field(default_factory=dict)
    precedents: Precedents = field(default_factory=Precedents)
    last_refund: date | None = None
    ids: Ids = "exact"
    no_customer: tuple[str, ...] = ()
    person: str | None = None

    @property
    def end(self) -> date:
        """Return the day after which nothing changes: the last one with an accepted row or a refund."""
        return max(self.last_day, self.last_refund or self.last_day)

    @property
    def watermark(self) -> date:
        """Return the day before which no rows can be added any more."""
        # In the first days of year 1 the calendar has no day so far back.
        return days_before(self.last_day, OPEN_DAYS) or date.min

    @property
    def settled(self) -> date:
        """Return the last day of the last month that can never change any more."""
        return days_before(self.watermark.replace(day=1), 1) or date.min

    @property
    def rules_asked(self) -> Mapping[str, str]:
        """The rules by which rows were rejected at the user's word, and the option of each."""
        given = ReadOptions(reject_status=self.statuses, no_customer=self.no_customer)
        overlap: Overlap | None = next((one for one in OVERLAPS if one == self.reading.get("overlap")), None)
        return replace(given, drop_duplicates=self.drop_duplicates, overlap=overlap).rules_asked

    def facts(self) -> Facts:
        """Return what a pass over the orders would have found."""
        counts = {name: self.rows.get(name, 0) for name in rules.NAMES}
        return Facts(
            counts, self.first_day, self.last_day, self.currency, self.currency, free_orders=dict(self.free_orders)
        )

    def to_text(self) -> str:
        """Return the manifest as JSON; equal manifests give equal texts."""
        facts = self.facts()
        money = {"scale": self.scale, "currency": self.currency, "largest": self.largest}
        data = {
            "rfm_rollup": FORMAT,
            "rfm": __version__,
            "engine": self.engine,
            "periods": {"grain": self.periods.grain, "edges": [str(edge) for edge in self.periods.edges]},
            "days": {
                "first": str(self.first_day),
                "last": str(self.last_day),
                "watermark": str(self.watermark),
                "timezone": self.timezone,
                "converted": self.converted,
                **({"last_refund": str(self.last_refund)} if self.last_refund else {}),
            },
            "money": None if self.scale is None else money,
            "rules": {
                "free_orders": self.purchases.free,
                "one_order_per": "day" if self.purchases.one_a_day else None,
                "reject_status": list(self.statuses),
                "has_status": self.has_status,
                "drop_duplicates": self.drop_duplicates,
                "ids": self.ids,
                **({"no_customer": list(self.no_customer)} if self.no_customer else {}),
                **({"person": self.person} if self.person else {}),
            },
            "rows": {"read": facts.read, "accepted": facts.accepted, "rejected": facts.rejected},
            "whole_ids": self.whole_ids,
            "order_ids": self.order_ids,
            # Sorted, since the order of a mapping would show in the text.
            "free_orders": {str(period): self.free_orders[period] for period in sorted(self.free_orders)},
            # Written only where there is something to bind: most roll-ups have neither.
            **({"reading": dict(self.reading)} if self.reading else {}),
            **({"evidence": as_data(self.precedents)} if self.precedents != Precedents() else {}),
            "inputs": [{"name": file.name, "bytes": file.bytes, "sha256": file.sha256} for file in self.inputs],
        }
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def from_text(text: str, where: str) -> Manifest:
    """Read a manifest from its text; raises InputError if it is damaged or has another version of the layout."""
    try:
        top = Table(where, json.loads(text))
        # Before all else: another format may lack every other key.
        version = top.values["rfm_rollup"]
        found = _manifest(top) if version == FORMAT else None
    except (AttributeError, KeyError, TypeError, ValueError, UsageError) as error:
        raise InputError(f"{where}: the manifest of the roll-up is damaged", "roll the orders up again") from error
    if found is None:
        raise InputError(
            f"{where}: a roll-up of format {version}, and this rfm {__version__} reads format {FORMAT}",
            "roll the orders up again, or use the rfm that made it",
        )
    return found


def _manifest(top: Table) -> Manifest:
    """Return the manifest in a document of this format; an error of any kind where it is damaged."""
    top.require(["periods", "days", "rules", "rows", "money", "free_orders", "inputs", "whole_ids", "engine"])
    periods, days, found = top.table("periods"), top.table("days"), top.table("rules")
    days.require(["timezone", "converted"])
    found.require(["one_order_per", "reject_status", "has_status", "drop_duplicates"])
    has_money = top.values["money"] is not None
    money = top.table("money") if has_money else Table(top.file, {})
    rows = top.table("rows")
    free_orders = top.counts("free_orders")
    return Manifest(
        periods=Periods(
            periods.choice("grain", GRAINS), tuple(date.fromisoformat(edge) for edge in periods.texts("edges"))
        ),
        purchases=Purchases(found.choice("free_orders", FREE), found.text_or_none("one_order_per") == "day"),
        rows={rules.ACCEPTED: rows.whole("accepted"), **rows.counts("rejected")},
        first_day=days.day("first"),
        last_day=days.day("last"),
        timezone=days.text("timezone"),
        converted=days.switch("converted"),
        statuses=found.texts("reject_status"),
        has_status=found.switch("has_status"),
        drop_duplicates=found.switch("drop_duplicates"),
        scale=money.whole_or_none("scale"),
        largest=money.whole_or_none("largest"),
        currency=money.text_or_none("currency"),
        free_orders={date.fromisoformat(day): count for day, count in free_orders.items()},
        whole_ids=top.switch("whole_ids"),
        order_ids=top.switch("order_ids", default=True),  # missing in roll-ups of earlier versions
        inputs=input_records(top),
        engine=top.text("engine"),
        reading=_reading(top.table("reading")),
        precedents=from_data(top.table("evidence")),
        last_refund=days.day_or_none("last_refund"),
        ids=found.choice("ids", IDS, "exact"),
        no_customer=found.texts("no_customer"),
        person=found.text_or_none("person"),
    )


def _reading(table: Table) -> dict[str, str]:
    table.check_keys(READING)
    return {name: table.text(name) for name in table.values}


Grain = Literal["day", "month", "edges"]
GRAINS: tuple[Grain, ...] = ("day", "month", "edges")
COLUMNS = ("customer_id", "period", "first_order", "last_order", "orders", "revenue", "lines")
SHOWN_EDGES = 6


@dataclass(frozen=True)
class Periods:
    """The periods of a roll-up: days, calendar months, or the stretches that end on given `edges`.

    A period is named after its last day. Edges ascend. A day after the last edge has no period until the last day of
    all orders is known, on which its period ends.
    """

    grain: Grain = "day"
    edges: tuple[date, ...] = ()

    def end(self, day: date) -> date | None:
        """Return the last day of the period of a day; None after the last edge.

        >>> Periods("month").end(date(2024, 2, 3))
        datetime.date(2024, 2, 29)
        >>> Periods("edges", (date(2024, 6, 30),)).end(date(2024, 7, 1)) is None
        True
        """
        if self.grain == "day":
            return day
        if self.grain == "month":
            return month_end(day)
        return next((edge for edge in self.edges if edge >= day), None)

    def answers(self, day: date, first: date, last: date) -> bool:
        """Return whether the sums up to the end of `day` are known; rows lie on days from `first` to `last`.

        They are known at the end of a period, before the first row and after the last one.
        """
        return day < first or day >= last or self.end(day) == day

    def dates(self) -> str:
        """Describe the dates that can be answered."""
        if self.grain == "day":
            return "any date"
        if self.grain == "month":
            return "the last day of a month"
        shown = ", ".join(map(str, self.edges[:SHOWN_EDGES]))
        more = len(self.edges) - SHOWN_EDGES
        return shown + (f" and {more} more" if more > 0 else "")


def parse_periods(grain: str | None, texts: Sequence[str], day: Callable[[str], date | None]) -> Periods | None:
    """Return the periods that `--grain` and `--as-of` ask for, None without either.

    `day` returns the day that a date means, None for the last day of the orders, where a period ends in any case.
    Raises `UsageError` for both options together, and for an unknown grain.
    """
    # The option may be repeated, and may list several dates in one text.
    ends = [part for text in texts for part in text.split(",")]
    if grain and ends:
        raise UsageError("--grain and --as-of both say what the periods are", "give one of them")
    if grain not in (None, "day", "month"):
        raise UsageError(f"--grain {grain}: not known", did_you_mean(str(grain), ("day", "month")))
    if ends:
        days = {day(text) for text in ends if text.strip()}
        return Periods("edges", tuple(sorted(one for one in days if one)))
    return Periods("month") if grain == "month" else Periods() if grain else None


@dataclass(frozen=True)
class Purchases:
    """Which orders are purchases, as in `measures.purchases.Counting`.

    `free` says whether orders of zero value count, `one_a_day` whether a customer's purchases of one day are one.
    """

    free: Literal["count", "ignore"] = "count"
    one_a_day: bool = False


def month_end(day: date) -> date:
    """Return the last day of the day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
