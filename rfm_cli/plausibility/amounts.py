# ruff: noqa: RUF001 - words and signs of other scripts are what is looked for
"""Columns that look like money: candidates where no amount was found, and money that no field takes."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.notes import Note, note, warning
from rfm_cli.tables import money, sources
from rfm_cli.tables.amounts import amount_format, evidence_in, parse_amounts
from rfm_cli.tables.heading_words import MONEY, NO_MONEY, PARTS, words_of
from rfm_cli.tables.order_file import OrderFile
from rfm_cli.tables.order_model import Orders
from rfm_cli.tables.read_errors import input_errors

SIGNS = r"\p{Sc}|руб|р\."
NUMBER = (
    r"^\s*\(?[-+−]?\s*(?:[A-Za-z]{0,3}\p{Sc}|[A-Z]{3}|Rs\.?|kr\.?)?\s*[-+−]?\d[\d\s.,'’]*"
    r"(?:\p{Sc}|[A-Z]{3}|руб\.?|р\.|kr\.?|zł)?\s*-?\)?\s*$"
)
DOTTED_DATE = r"^\s*\d{1,4}[.]\d{1,2}[.]\d{1,4}\s*$"
TWO_DECIMALS = r"[.,]\d\d\D*$"
MOST_NAMED = 5


@dataclass(frozen=True)
class UnusedMoney:
    """A column of money that no field takes: its heading, the sum of its values as text, and how many rows have one."""

    heading: str
    total: str
    rows: int


def on_no_amount(orders: Orders) -> Iterator[Note]:
    """Remark on orders without amounts; warn where columns of the file look like money."""
    without = "no amounts: customers are scored on recency and frequency alone"
    found = candidates(orders.files[0])
    if not found:
        yield note(without)
        return
    named = ", ".join(repr(heading) for heading in found[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    looks = "looks like money" if len(found) == 1 else "look like money"
    field = "events.value" if orders.files[0].events else "amount"
    take = f"--map {field}={shlex.quote(found[0])}"
    text = f"{without}, and refunds cannot be distinguished from purchases; {named}{more} {looks}: {take}"
    yield warning("no-amount", text)


def candidates(file: OrderFile) -> list[str]:
    """Return the headings of a file that look like an amount by all its rows.

    Those that name a part of it, such as `Tax Total`, come last.
    """
    # No money is made of a unit price without a quantity, or of a line's total.
    used = [heading for name, heading in file.columns.headings.items() if name not in ("unit_price", "line_total")]
    found = [heading for heading in looking_like_money(file, used) if not _is_part(heading)]
    return sorted(found, key=lambda heading: bool(words_of(heading) & PARTS))


def _is_part(heading: str) -> bool:
    """Return whether a heading names only a part of what a customer paid, such as `freight`."""
    words = words_of(heading)
    return bool(words & PARTS) and not words & MONEY


def looking_like_money(file: OrderFile, used: Sequence[str]) -> list[str]:
    """Return the headings beside `used` that hold money in all rows with a value, one above or below 0 at least."""
    schema = file.source.schema
    free = [name for name in file.source.header if name not in used and name in schema and _may_be(name, schema[name])]
    head = replace(file, source=replace(file.source, frame=file.source.head()))
    # A row that is no number refutes a column wherever it is, so that most columns need no look at all rows.
    return _money(file, _money(head, free, whole=False), whole=True)


def _may_be(heading: str, dtype: pl.DataType) -> bool:
    words = words_of(heading)
    if words & NO_MONEY:
        return False
    return dtype == pl.String or (dtype.is_numeric() and _says_money(heading))


def _says_money(heading: str) -> bool:
    return bool(words_of(heading) & MONEY)


def _money(file: OrderFile, headings: Sequence[str], *, whole: bool) -> list[str]:
    """Return the headings whose values in `file` are money; without `whole` also those that have no value there."""
    if not headings:
        return []
    checks = {f"{place} {name}": check for place, heading in enumerate(headings) for name, check in _checks(heading)}
    with input_errors(file.source.name):
        source = sources.without_surplus(file.source) if whole else file.source
        plan = replace(file, source=source).raw().select(**checks)
        seen = plan.collect(engine="streaming").row(0, named=True)
    return [heading for place, heading in enumerate(headings) if _passes(heading, place, seen, whole=whole)]


def _checks(heading: str) -> list[tuple[str, pl.Expr]]:
    text = pl.col(heading).cast(pl.String)
    there = text.is_not_null() & (text.str.strip_chars() != "")
    number = text.str.contains(NUMBER) & ~text.str.contains(DOTTED_DATE)
    written = text.str.contains(SIGNS) | text.str.contains(TWO_DECIMALS)
    return [
        ("other", (there & ~number).sum()),
        ("there", (there & text.str.contains("[1-9]")).sum()),
        ("bare", (there & ~written).sum()),
    ]


def _passes(heading: str, place: int, seen: dict[str, int], *, whole: bool) -> bool:
    other, there, bare = (seen[f"{place} {name}"] for name in ("other", "there", "bare"))
    if other or (whole and not there):
        return False
    return _says_money(heading) or not bare


def unused_money(file: OrderFile) -> list[UnusedMoney]:
    """Return the columns of a recognized vendor's export that hold money and that neither amount nor refunds are taken
    from, in the order of the file."""
    taken = [file.columns[name] for name in ("amount", "refunded") if name in file.columns]
    others = [heading for name, heading in file.columns.headings.items() if name not in ("line_total", "shipping")]
    found = looking_like_money(file, [*taken, *others])
    return [one for heading in found if (one := _summed(file, heading)) is not None]


def _summed(file: OrderFile, heading: str) -> UnusedMoney | None:
    """Return the sum of one column and its rows; None where its values leave a doubt about the decimal mark."""
    column, frame = pl.col(heading), replace(file, source=sources.without_surplus(file.source)).raw()
    with input_errors(file.source.name):
        value = column.cast(pl.Float64, strict=False)
        if file.source.schema[heading] == pl.String:
            seen = evidence_in(frame, column)
            if (seen.comma and seen.point) or (seen.doubt and not seen.comma and not seen.point):
                return None
            value = parse_amounts(column, amount_format(seen, file.source.name, None))
        values = frame.select(value=value).drop_nulls()
        scale = int(values.select(money.smallest_scale(pl.col("value"))).collect(engine="streaming").item())
        minor = money.minor_units(pl.col("value"), scale)
        total, rows = values.select(minor.sum(), pl.len().alias("rows")).collect(engine="streaming").row(0)
    return UnusedMoney(heading, money.money_text(total, scale, grouped=True), rows)
