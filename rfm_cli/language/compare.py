"""Two values beside each other: the literal decides how a text is read; what does not go together is an error."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from rfm_cli.errors import UsageError
from rfm_cli.language.calendar import period, year
from rfm_cli.language.nodes import Comparison, Days, Number, Text, Truth
from rfm_cli.language.numbers import LARGEST, digits_of, halves, literal, units
from rfm_cli.language.texts import FOLDS, each_verdict, fold_column, verdicts
from rfm_cli.language.typed import Typed, alike, as_day, beside, printed, truth_of
from rfm_cli.language.windows import compared

FLIPPED: dict[Comparison, Comparison] = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "=": "=", "!=": "!="}
Literal = Text | Number | Truth | Days
Operand = Typed | Text | Number | Truth | Days
Fail = Callable[[str, str], UsageError]
"""Makes the error at the place of a comparison: what is wrong, and the hint."""
NUMBER = re.compile(r"[-+]?\d[\d.,\s]*")
PLAIN = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,9})?")
"""A number as expressions have it."""


@dataclass(frozen=True)
class Absent:
    """A text that no row of its column has, and the texts that there are."""

    label: str
    text: str
    texts: Sequence[str]


@dataclass(frozen=True)
class Site:
    """The comparison that is compiled: how to refuse it, and where texts that no row has are noted."""

    fail: Fail
    absent: list[Absent]


def compare(op: Comparison, left: Operand, right: Operand, site: Site) -> pl.Expr:  # noqa: PLR0911 - by kinds
    """Return how two values compare, null where one is missing."""
    if not isinstance(left, Typed):
        if not isinstance(right, Typed):
            return compare(op, typed_literal(left), right, site)
        return compare(FLIPPED[op], right, left, site)
    match right:
        case Typed():
            return _two(op, left, right, site)
        case Text():
            return beside_texts(op, left, [right.value], site)
        case Number():
            return _beside_number(op, left, right, site)
        case Truth():
            return _beside_truth(op, left, right, site)
        case Days():
            value = as_date(left, site)
            return compared(op, value, right.first, right.last)


def typed_literal(literal: Literal) -> Typed:
    """Return a literal as a value."""
    match literal:
        case Text():
            return Typed(pl.lit(literal.value), "text", distinct=lambda: [literal.value])
        case Number():
            return number(literal.value)
        case Truth():
            return Typed(pl.lit(literal.value), "truth")
        case Days():
            return Typed(pl.lit(literal.last), "day")


def number(value: Decimal) -> Typed:
    """Return a number as a value."""
    scale = digits_of(value)
    wanted = units(value, scale)
    return Typed(literal(wanted), "number", scale, most=max(1, abs(wanted)))


# Texts


def beside_texts(op: Comparison, value: Typed, wanted: Sequence[str], site: Site) -> pl.Expr:
    """Return whether a value is one of some texts (=), or none of them (!=)."""
    if value.prefers_dates or (value.is_measure and not value.is_text):
        raise site.fail(f"{value.label} is {_kind(value)}", _without_quotes(op, value, wanted[0]))
    if op not in ("=", "!="):
        raise site.fail("texts have no order", "compare texts with = or !=, numbers and dates without quotes")
    if not value.is_text:
        value = Typed(printed(value), "text", label=value.label)
    fold = FOLDS[value.kind]
    folded = {fold(text): text for text in wanted}
    is_wanted = folded.__contains__ if op == "=" else lambda text: text not in folded
    texts = value.distinct() if value.distinct else None
    if texts is None:
        return each_verdict(value.expr, fold, is_wanted)
    there = {fold(text) for text in texts}
    site.absent.extend(Absent(value.label, text, texts) for key, text in folded.items() if key not in there)
    return verdicts(value.expr, texts, fold, is_wanted)


def _without_quotes(op: Comparison, value: Typed, text: str) -> str:
    """Return how a value is compared that is no text: with this one if that can be written, else an example."""
    label = value.label
    if value.kind == "truth":
        is_no = pl.select(truth_of(pl.lit(text))).item() is False
        alone = is_no == (op == "=")
        return f"write {'not ' if alone else ''}{label}, or {label} = {'false' if alone else 'true'}"
    if value.is_date or value.prefers_dates:
        return f"without quotes: {label} {op} {text if period(text) else '2024-12-31'}"
    return f"without quotes: {label} {op} {text if PLAIN.fullmatch(text) else 3}"


def text_verdict(value: Typed, wanted: Callable[[str], bool]) -> pl.Expr:
    """Return whether the text of a value is wanted when folded, null where it is blank."""
    value = value if value.is_text else Typed(printed(value), "text")
    fold = FOLDS[value.kind]
    texts = value.distinct() if value.distinct else None
    if texts is None:
        return each_verdict(value.expr, fold, wanted)
    return verdicts(value.expr, texts, fold, wanted)


def present(value: Typed) -> pl.Expr:
    """Return whether there is a value: a text that is not blank."""
    return (value.expr.str.strip_chars() != "").fill_null(value=False) if value.is_text else value.expr.is_not_null()


# Numbers, dates, yes and no


def as_number(value: Typed, site: Site) -> Typed:
    """Return a value as a number."""
    if value.is_number:
        return value
    if value.is_text and value.numbers and not value.prefers_dates:
        return value.numbers()
    if value.kind == "exact":
        raise site.fail(f"{value.label} is a text", f"in quotes: {value.label} = '...'")
    raise site.fail(f"{_called(value)} is {_kind(value)}, and no number", _number_hint(value))


def _called(value: Typed) -> str:
    return value.label or "this"


def _kind(value: Typed) -> str:
    return "a date" if value.prefers_dates else value.in_words()


def _number_hint(value: Typed) -> str:
    if value.is_date or value.prefers_dates:
        days = " or recency_days > 30" if value.label == "last_order" else ""
        return f"{_called(value)} within 30 days, {_called(value)} older than 30 days{days}"
    return "compare it with a text in quotes" if value.is_text else "write true or false"


def as_date(value: Typed, site: Site, hint: str = "") -> Typed:
    """Return a value as a date; `hint` says what to do where it is none."""
    if value.is_date:
        return value
    if value.is_text and value.dates:
        return value.dates()
    if value.label == "last_event":
        raise site.fail("last_event is a number of days", "last_event < 30")
    raise site.fail(f"{_called(value)} is {value.in_words()}, and no date", hint)


def _beside_number(op: Comparison, value: Typed, literal: Number, site: Site) -> pl.Expr:
    days = year(literal)
    if days and (value.is_date or value.prefers_dates or has_dates_alone(value)):
        return compared(op, as_date(value, site), days.first, days.last)
    if value.kind == "exact":
        raise site.fail(f"{_called(value)} is a text", f"in quotes: {_called(value)} {op} '{literal.written}'")
    return _operation(op, *beside(as_number(value, site), literal.value))


def has_dates_alone(value: Typed) -> bool:
    """Return whether a column of texts may have dates, and has no number, so that four digits beside it are a year."""
    texts = value.distinct() if value.is_text and value.dates and value.distinct else None
    return texts is not None and not any(NUMBER.fullmatch(text.strip()) for text in texts)


def as_truth(value: Typed, site: Site) -> pl.Expr:
    """Return a value as true or false; of texts those that say yes or no, as `reach` reads them."""
    if value.kind == "truth":
        return value.expr
    if not value.is_text:
        raise site.fail(f"{_called(value)} is {value.in_words()}, and not true or false", "compare it with a value")
    return value.truths().expr if value.truths else truth_of(value.expr)


def _beside_truth(op: Comparison, value: Typed, literal: Truth, site: Site) -> pl.Expr:
    if op not in ("=", "!="):
        raise site.fail("true and false have no order", "compare with = or !=")
    truth = as_truth(value, site)
    return truth if literal.value == (op == "=") else ~truth


def among(value: Typed, literals: Sequence[Operand], site: Site) -> list[pl.Expr]:
    """Return conditions: one is true where a value is one of some literals; literals of a kind share one."""
    texts = [one.value for one in literals if isinstance(one, Text)]
    numbers = [one for one in literals if isinstance(one, Number)]
    days = [one for one in literals if isinstance(one, Days)]
    years = [year(one) for one in numbers]
    if numbers and all(years) and (value.is_date or value.prefers_dates or has_dates_alone(value)):
        days, numbers = [*days, *(one for one in years if one)], []
    found = [compare("=", value, one, site) for one in literals if isinstance(one, Truth | Typed)]
    found += [beside_texts("=", value, texts, site)] if texts else []
    found += [_among_numbers(value, numbers, site)] if numbers else []
    return found + ([_among_days(as_date(value, site), days)] if days else [])


def _among_numbers(value: Typed, literals: Sequence[Number], site: Site) -> pl.Expr:
    if value.kind == "exact":
        return _beside_number("=", value, literals[0], site)
    value = as_number(value, site)
    if value.kind == "float":
        return value.expr.is_in([float(one.value) for one in literals])
    wanted = {halves(one.value, value.scale) for one in literals}
    held = [one // 2 for one in wanted if one % 2 == 0 and abs(one // 2) <= LARGEST]
    return value.expr.cast(pl.Int128).is_in(pl.Series(held, dtype=pl.Int128).implode())


def _among_days(value: Typed, literals: Sequence[Days]) -> pl.Expr:
    """Return whether a date lies in one of some periods."""
    days = [pl.date_range(one.first, one.last, eager=True) for one in literals]
    return as_day(value).is_in(pl.concat(days).unique().implode())


def _two(op: Comparison, left: Typed, right: Typed, site: Site) -> pl.Expr:
    """Return how two values compare that are no literals: dates, numbers, else texts."""
    left, right = read_alike(left, right, site)
    has_order = (left.is_date and right.is_date) or (left.is_number and right.is_number)
    if op not in ("=", "!=") and not has_order:
        raise site.fail(*_without_order(left, right))
    return _operation(op, *comparable(left, right))


def read_alike(left: Typed, right: Typed, site: Site) -> tuple[Typed, Typed]:
    """Return two values, a text read as the date or the number that the other is; two texts stay texts."""
    return _read_beside(left, right, site), _read_beside(right, left, site)


def _read_beside(value: Typed, other: Typed, site: Site) -> Typed:
    """Return a text as the date that it is known to be, or as what the value beside it is; ids and codes stay texts."""
    if not value.is_text or value.kind == "exact":
        return value
    if value.prefers_dates:
        return as_date(value, site)
    if other.is_date or other.prefers_dates:
        return value.dates() if value.dates else value
    return value.numbers() if other.is_number and value.numbers else value


def comparable(left: Typed, right: Typed) -> tuple[pl.Expr, pl.Expr]:
    """Return two values in one form: dates, numbers in the same units, yes and no, else folded texts."""
    if left.is_date and right.is_date:
        return (left.expr, right.expr) if left.kind == right.kind else (as_day(left), as_day(right))
    if left.is_number and right.is_number:
        one, other = alike(left, right)
        return one.expr, other.expr
    if left.kind == right.kind == "truth":
        return left.expr, right.expr
    kind = next((one.kind for one in (left, right) if one.kind in ("exact", "name")), "text")
    return fold_column(printed(left), kind), fold_column(printed(right), kind)


def _without_order(left: Typed, right: Typed) -> tuple[str, str]:
    """Return why two values have no order, and what can be done."""
    if left.label or right.label or not (left.is_text and right.is_text):
        kinds = f"{_called(left)} is {left.in_words()}, {_called(right)} is {right.in_words()}"
        return f"{kinds}: they have no order", "compare them with = or !="
    numbers = "; columns of numbers by their difference: a - b > 0" if left.numbers and right.numbers else ""
    return "both are texts, which have no order", f"compare them with = or !={numbers}"


def _operation(op: Comparison, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    match op:
        case "=":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
