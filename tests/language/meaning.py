"""The meaning of expressions in plain Python, slowly and over rows; None is unknown, and a missing value.

It shares no code with the compiler but the tree and the calendar.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any

from rfm_cli.language import nodes as n
from rfm_cli.language.calendar import days_of, end_of, shifted, shifted_time, year
from tests.language.anniversaries import anniversary

TEXTS = ("text", "exact", "name")
Side = tuple[str, Any]
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda v, w: v == w,
    "!=": lambda v, w: v != w,
    "<": lambda v, w: v < w,
    "<=": lambda v, w: v <= w,
    ">": lambda v, w: v > w,
    ">=": lambda v, w: v >= w,
}
FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def folded(name: str) -> str:
    return re.sub(r"[\s_-]", "", name).casefold()


@dataclass
class Rows:
    """The rows of a table: dicts by column, the kinds of columns, and the rows of parents by their keys."""

    name: str
    rows: list[dict[str, Any]]
    kinds: Mapping[str, str]
    has_time: bool = True
    links: Sequence[str] = ("customer_id",)
    parents: list[tuple[str, str, Rows]] = field(default_factory=list)


@dataclass
class Slow:
    """A shop as rows: customers with their measures, tables, segments and sets."""

    customers: Rows
    tables: Mapping[str, Rows]
    as_of: date
    segments: Mapping[str, n.Definition] = field(default_factory=dict)
    scheme: Sequence[str] = ()
    files: Mapping[str, set[str]] = field(default_factory=dict)
    reached: Mapping[str, set[str]] = field(default_factory=dict)
    stored: Rows | None = None

    def answer(self, tree: n.Expr) -> dict[str, bool | None]:
        return {row["customer_id"]: self.truth(tree, Here(self, None, row)) for row in self.customers.rows}

    # Conditions

    def truth(self, node: n.Expr, at: Here) -> bool | None:
        name = "_" + type(node).__name__.lower()
        return getattr(self, name)(node, at)

    def _and(self, node: n.And, at: Here) -> bool | None:
        return all3([self.truth(one, at) for one in node.members])

    def _or(self, node: n.Or, at: Here) -> bool | None:
        return not3(all3([not3(self.truth(one, at)) for one in node.members]))

    def _not(self, node: n.Not, at: Here) -> bool | None:
        return not3(self.truth(node.member, at))

    def _minus(self, node: n.Minus, at: Here) -> bool | None:
        if any(self.truth(one, at) is True for one in node.members[1:]):
            return False
        return self.truth(node.members[0], at)

    def _all(self, node: n.All, at: Here) -> bool:
        return True

    def _compare(self, node: n.Compare, at: Here) -> bool | None:
        return compare(node.op, at.side(node.left), at.side(node.right))

    def _in(self, node: n.In, at: Here) -> bool | None:
        value = at.side(node.value)
        hits = [compare("=", value, at.side(one)) for one in node.literals]
        found = not3(all3([not3(one) for one in hits]))
        return not3(found) if node.negated else found

    def _like(self, node: n.Like, at: Here) -> bool | None:
        kind, text = at.side(node.value)
        if kind not in TEXTS:
            kind, text = "text", printed(kind, text)
        text = None if text is None else fold_text(kind, text)
        if not text:
            return None
        parts = [".*" if c == "*" else "." if c == "?" else re.escape(c) for c in fold_text(kind, node.pattern.value)]
        return (re.fullmatch("".join(parts), text, re.DOTALL) is not None) != node.negated

    def _between(self, node: n.Between, at: Here) -> bool | None:
        value = at.time() if node.value is None else at.side(node.value)
        ends = [at.side(node.low), at.side(node.high)]
        if value[0] in TEXTS and "literal number" in [kind for kind, _ in ends]:
            value = "number", as_number(value)
        low, high = compare(">=", value, ends[0]), compare("<=", value, ends[1])
        return None if low is None or high is None else low and high

    def _timed(self, node: n.Timed, at: Here) -> bool | None:
        value = as_date(at.time() if node.value is None else at.side(node.value))
        return None if value is None else all(self.inside(value, one) for one in node.windows)

    def inside(self, value: date, window: n.Window) -> bool:
        if isinstance(window, n.WhenDate):
            op = {"before": "<", "after": ">", "since": ">=", "until": "<=", "on": "="}[window.word]
            return bool(compare(op, ("day", value), ("days", days_of(window.date, self.as_of))))
        moment, length, ahead = end_of(self.as_of), window.duration, isinstance(window, n.Within) and window.ahead
        if length.unit == "h":
            when = as_time(value)
            if ahead:
                return moment <= when < shifted_time(moment, length, 1)
            begin = shifted_time(moment, length, -1)
            return when <= begin if isinstance(window, n.OlderThan) else begin < when < moment
        day = as_day(value)
        if ahead:
            return self.as_of <= day < shifted(self.as_of, length, 1)
        begin = shifted(self.as_of, length, -1)
        return day <= begin if isinstance(window, n.OlderThan) else begin < day <= self.as_of

    def _has(self, node: n.Has, at: Here) -> bool:
        if node.name.parts in (("phone",), ("email",)):
            text = at.customer().get(node.name.parts[0]) or ""
            there = "@" in text if node.name.parts == ("email",) else sum(c.isdigit() for c in text) >= 5
        else:
            kind, value = at.find(node.name.parts)
            there = value is not None and (kind not in TEXTS or value.strip() != "")
        return there != node.negated

    def _anyrows(self, node: n.AnyRows, at: Here) -> bool:
        return (len(list(self.rows(node.rows, at))) > 0) != node.negated

    def _bare(self, node: n.Bare, at: Here) -> bool | None:
        key = folded(".".join(node.name.parts))
        if key in self.segments:
            return self.truth(self.segments[key].expr, Here(self, None, at.customer()))
        return as_truth(at.find(node.name.parts))

    def _inset(self, node: n.InSet, at: Here) -> bool:
        name = node.name.value if isinstance(node.name, n.Text) else ".".join(node.name.parts)
        if folded(name) in self.segments:
            return self.truth(self.segments[folded(name)].expr, Here(self, None, at.customer())) is True
        return at.customer().get("segment") == next(one for one in self.scheme if folded(one) == folded(name))

    def _infile(self, node: n.InFile, at: Here) -> bool:
        key = node.by.parts[-1] if node.by else "customer_id"
        text = at.customer().get(key)
        kind = self.customers.kinds[key]
        return text is not None and fold_text(kind, text) in {
            fold_text(kind, one) for one in self.files[node.path.value]
        }

    def _reachable(self, node: n.Reachable, at: Here) -> bool:
        channel = node.channel.parts[-1] if node.channel else ""
        return at.customer().get("customer_id") in self.reached[channel]

    def _insnapshot(self, node: n.InSnapshot, at: Here) -> bool:
        assert self.stored is not None
        own = [one for one in self.stored.rows if one["customer_id"] == at.customer().get("customer_id")]
        return any(node.where is None or self.truth(node.where, Here(self, self.stored, one)) is True for one in own)

    # Rows

    def rows(self, asked: n.Rows, at: Here) -> Iterator[Here]:
        table = self.tables[folded(".".join(asked.table.parts))]
        key = at.link_to(table)
        for row in table.rows:
            here = Here(self, table, row)
            if at.row.get(key) is None or row.get(key) != at.row[key]:
                continue
            if asked.where is not None and self.truth(asked.where, here) is not True:
                continue
            times = [one if isinstance(one, n.Between) else n.Timed(None, (one,)) for one in asked.times]
            if all(self.truth(one, here) is True for one in times) and all(
                self.paired(p, here) for p in asked.pairings
            ):
                yield here

    def paired(self, pairing: n.Pairing, mine: Here) -> bool:
        who = {"customer_id": mine.row.get("customer_id")}
        found = False
        for other in self.rows(pairing.rows, Here(self, None, who)):
            if pairing.by is not None:
                one, two = mine.find(pairing.by.parts), other.find(pairing.by.parts)
                if compare("=", one, two) is not True:
                    continue
            if pairing.later and not follows(mine.row["at"], other.row["at"], pairing.within):
                continue
            found = True
        return found == pairing.wanted

    def total(self, node: n.Aggregate, at: Here) -> tuple[str, Any]:
        found = list(self.rows(node.rows, at))
        if node.rows.column is None:
            return "number", Decimal(len(found))
        pairs = [(here.row.get("at"), here.find(node.rows.column.parts)) for here in found]
        there = [(when, kind, value) for when, (kind, value) in pairs if is_there(kind, value)]
        if node.function == "count":
            return "number", Decimal(len(there))
        if node.function == "count distinct":
            return "number", Decimal(len({fold_text(k, v) if k in TEXTS else v for _, k, v in there}))
        kind = at.kind_in(node)
        if node.function == "sum":
            numbers = [as_number((k, v)) for _, k, v in there]
            return "number", sum((one for one in numbers if one is not None), Decimal(0))
        return kind, picked(node.function, there)


def picked(function: str, there: Sequence[tuple[Any, str, Any]]) -> Any:
    """The least, greatest, first or last value; in a column of texts `Later` decides how it is read."""
    if not there:
        return None
    if there[0][1] in TEXTS:
        return Unread(function, there)
    return one_of(function, [(when, value) for when, _, value in there])


def one_of(function: str, there: Sequence[tuple[Any, Any]]) -> Any:
    if not there:
        return None
    least = function in ("min", "first")
    if function in ("min", "max"):
        return (min if least else max)(value for _, value in there)
    edge = (min if least else max)(when for when, _ in there)
    return (min if least else max)(value for when, value in there if when == edge)


class Unread(str):
    """The text that is picked of rows; beside a number or a date it is picked among what can be read so."""

    def __new__(cls, function: str, there: Sequence[tuple[Any, str, Any]]) -> Unread:
        made = super().__new__(cls, one_of(function, [(when, value) for when, _, value in there]))
        made.function, made.there = function, there  # type: ignore[attr-defined]
        return made

    def read(self, how: Callable[[str], Any]) -> Any:
        there = [(when, how(value)) for when, _, value in self.there]  # type: ignore[attr-defined]
        return one_of(self.function, [(w, v) for w, v in there if v is not None])  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Here:
    """A row of a table, None for a customer."""

    shop: Slow
    table: Rows | None
    row: Mapping[str, Any]

    def customer(self) -> Mapping[str, Any]:
        if self.table is None:
            return self.row
        who = self.row.get("customer_id")
        return next((one for one in self.shop.customers.rows if one["customer_id"] == who), {})

    def find(self, parts: Sequence[str]) -> tuple[str, Any]:
        table, name = (None, parts[0]) if len(parts) == 1 else (parts[0], parts[1])
        if self.table is not None and table in (None, self.table.name) and name in self.table.kinds:
            return self.table.kinds[name], self.row.get(name)
        for parent, key, rows in self.table.parents if self.table else ():
            if table in (None, parent) and name in rows.kinds:
                own = self.row.get(key)
                found = next((one for one in rows.rows if own is not None and one[key] == own), {})
                return rows.kinds[name], found.get(name)
        return self.shop.customers.kinds[name], self.customer().get(name)

    def time(self) -> tuple[str, Any]:
        return "moment", self.row["at"]

    def link_to(self, table: Rows) -> str:
        if self.table is None:
            return "customer_id"
        if (self.table.name, table.name) == ("orders", "lines"):
            return "(order)"
        return next(key for key in table.links if key in self.table.links)

    def kind_in(self, node: n.Aggregate) -> str:
        table = self.shop.tables[folded(".".join(node.rows.table.parts))]
        assert node.rows.column is not None
        return Here(self.shop, table, {}).find(node.rows.column.parts)[0]

    def side(self, node: n.Value) -> tuple[str, Any]:  # noqa: PLR0911
        """A side of a comparison: how it is compared, and the value; literals are `literal ...`."""
        match node:
            case n.Text(value):
                return "literal text", value
            case n.Number():
                return "literal number", node
            case n.Truth(value):
                return "literal truth", value
            case n.Days() | n.AsOf():
                return "days", days_of(node, self.shop.as_of)
            case n.Name(parts):
                return self.find(parts)
            case n.Anniversary(of):
                day = as_date(self.find(of.parts))
                return "day", None if day is None else anniversary(as_day(day), self.shop.as_of)
            case n.Times(number, value):
                made = as_number(self.side(value))
                return "number", None if made is None else number.value * made
            case n.Sum():
                return self.added(node)
            case n.Aggregate():
                return self.shop.total(node, self)
        raise TypeError(node)

    def added(self, node: n.Sum) -> tuple[str, Any]:
        kind, total = self.side(node.first)
        has_length = any(isinstance(one, n.Duration) for _, one in node.rest)
        if kind in ("day", "moment", "days") or (kind in TEXTS and has_length):
            kind, total = "date", as_date((kind, total))
        else:
            kind, total = "number", as_number((kind, total))
        for sign, one in node.rest:
            kind, total = self.plus(kind, total, sign, one)
        return ("day" if kind == "date" else kind), total

    def plus(self, kind: str, total: Any, sign: int, one: n.Value) -> tuple[str, Any]:
        if isinstance(one, n.Duration):
            if one.unit == "h":
                return "date", None if total is None else shifted_time(as_time(total), one, sign)  # type: ignore[arg-type]
            return "date", None if total is None else shifted(as_day(total), one, sign)  # type: ignore[arg-type]
        other_kind, other = self.side(one)
        if kind == "date" and other_kind in ("day", "moment", "days"):
            day = as_date((other_kind, other))
            missing = total is None or day is None
            return "number", None if missing else Decimal((as_day(total) - as_day(day)).days)
        number = as_number((other_kind, other))
        if total is None or number is None:
            return kind, None
        if kind == "date":
            return kind, as_day(total) + timedelta(days=sign * int(number.to_integral_value(ROUND_CEILING)))
        return kind, total + sign * number


def follows(mine: Any, other: Any, within: n.Duration | None) -> bool:
    # A day and a moment compare by day.
    by_day = not (isinstance(other, datetime) and isinstance(mine, datetime))
    if as_day(other) < as_day(mine) if by_day else other < mine:
        return False
    if within is None:
        return True
    if within.unit == "h":
        return as_time(other) < shifted_time(as_time(mine), within, 1)
    return as_day(other) < shifted(as_day(mine), within, 1)


def all3(values: Sequence[bool | None]) -> bool | None:
    return False if False in values else None if None in values else True


def not3(value: bool | None) -> bool | None:
    return None if value is None else not value


def fold_text(kind: str, text: str) -> str:
    if kind == "exact":
        return text.strip()
    made = " ".join(unicodedata.normalize("NFC", text).lower().split())
    return re.sub(r"[ _-]", "", made) if kind == "name" else made


def is_there(kind: str, value: Any) -> bool:
    return value is not None and (kind not in TEXTS or value.strip() != "")


def printed(kind: str, value: Any) -> str | None:
    if value is None or kind in TEXTS:
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return str(value)


def as_number(side: tuple[str, Any]) -> Decimal | None:
    kind, value = side
    if kind == "literal number":
        return value.value
    if isinstance(value, Unread):
        return value.read(lambda text: as_number(("text", text)))
    if kind in TEXTS:
        return Decimal(value.strip()) if value and re.fullmatch(r"-?\d+(\.\d+)?", value.strip()) else None
    return value


def as_date(side: tuple[str, Any]) -> Any:
    kind, value = side
    if kind == "days":
        return value[1]
    if isinstance(value, Unread):
        return value.read(lambda text: as_date(("text", text)))
    if kind in TEXTS:
        is_date = value and re.fullmatch(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?", value.strip())
        return datetime.fromisoformat(value.strip()) if is_date else None
    return value


def as_truth(side: tuple[str, Any]) -> bool | None:
    kind, value = side
    if kind in TEXTS:
        word = (value or "").strip().lower()
        return True if word in ("yes", "true", "1") else False if word in ("no", "false", "0") else None
    return value


def as_day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def as_time(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def compare(op: str, left: Side, right: Side) -> bool | None:  # noqa: PLR0911
    (kind, value), (other, literal) = left, right
    if kind.startswith("literal") or kind == "days":
        if other.startswith("literal") or other == "days":
            raise AssertionError("two literals are not asked")
        return compare(FLIPPED.get(op, op), right, left)
    if other == "literal text":
        text = printed(kind, value)
        own = kind if kind in TEXTS else "text"
        return by_texts(op, None if text is None else fold_text(own, text), fold_text(own, literal))
    if other == "literal truth":
        found = as_truth(left)
        return None if found is None else OPERATORS[op](found, literal)
    if other == "literal number":
        days = year(literal)
        if kind in ("day", "moment") and days:
            return compare(op, left, ("days", (days.first, days.last)))
        number = as_number(left)
        return None if number is None else OPERATORS[op](number, literal.value)
    if other == "days":
        found = as_date(left)
        return None if found is None else in_period(op, as_day(found), *literal)
    return two(op, left, right)


def by_texts(op: str, text: str | None, wanted: str) -> bool | None:
    return None if not text else OPERATORS[op](text, wanted)


def in_period(op: str, day: date, first: date, last: date) -> bool:
    return {
        "=": first <= day <= last,
        "!=": not first <= day <= last,
        "<": day < first,
        "<=": day <= last,
        ">": day > last,
        ">=": day >= first,
    }[op]


def two(op: str, left: tuple[str, Any], right: tuple[str, Any]) -> bool | None:
    (kind, value), (other, second) = read_beside(left, right), read_beside(right, left)
    if value is None or second is None:
        return None
    if kind in TEXTS or other in TEXTS:
        own = next((one for one in (kind, other) if one in ("exact", "name")), "text")
        one, another = (fold_text(own, printed(*side) or "") for side in ((kind, value), (other, second)))
        return OPERATORS[op](one, another) if one and another else None
    if isinstance(value, date) and isinstance(value, datetime) != isinstance(second, datetime):
        value, second = as_day(value), as_day(second)
    return OPERATORS[op](value, second)


def read_beside(side: Side, other: Side) -> Side:
    """A text beside a number or a date is one, but for ids and codes."""
    kind, _ = side
    if kind not in TEXTS or kind == "exact":
        return side
    if other[0] in ("day", "moment"):
        return "moment", as_date(side)
    return ("number", as_number(side)) if other[0] == "number" else side
