"""Headings that mean two things, settled by the values of all rows.

`state` is a status or a place. `item_price` beside a quantity is the price of one unit or the total of the line. It is
what adds up, over the rows of each order, to a column of order totals.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import money, rules
from rfm_cli.tables.amounts import amount_format, evidence_in, parse_amounts
from rfm_cli.tables.columns import in_doubt
from rfm_cli.tables.fields import fold
from rfm_cli.tables.options import REJECTED_STATUSES, ReadOptions
from rfm_cli.tables.order_file import OrderFile
from rfm_cli.tables.order_model import Orders

STATUS_WORDS = frozenset(REJECTED_STATUSES) | frozenset(
    "new open opened pending processing process processed complete completed closed done paid unpaid shipped unshipped "
    "delivered undelivered fulfilled unfulfilled fulfillment partial partially refunded refund authorized captured "
    "holded hold on off approved accepted confirmed unconfirmed sent sale returned return invoiced placed received "
    "ready packed dispatched despatched success successful succeeded cancel canceling active inactive finished "
    "awaiting waiting payment review shipment pickup transit in wc order not no for to created submitted void reversed "
    "disputed "
    "новый новая оплачен оплачено оплачена неоплачен доставлен доставлено доставляется выполнен выполнено завершен "
    "завершён завершено принят принято отправлен отправлено обработке обрабатывается ожидает ожидается оплаты возврат "
    "возвращен возвращён отменен отменено собран передан готов закрыт открыт подтвержден подтверждён в на не к".split()
)
WORD = re.compile(r"[^\W\d_]+")


def settle(orders: Orders) -> Orders:
    """Return the orders with every doubtful heading as what all rows show it to be.

    Raises `InputError` where they leave a price in doubt that money is made of: with both revenues.
    """
    doubtful = {place: in_doubt(file.columns) for place, file in enumerate(orders.files)}
    files = list(orders.files)
    states = [place for place, fields in doubtful.items() if "status" in fields]
    is_status = bool(states) and _is_status([files[place] for place in states], orders.options)
    for place in states:
        files[place] = _with_status(files[place], is_status=is_status)
    prices = []
    for place, fields in doubtful.items():
        if "unit_price" in fields and "amount" in files[place].columns:
            files[place] = _beside_an_amount(files[place], orders.options)
        elif "unit_price" in fields:
            prices.append(place)
    if prices:
        settled = _with_prices([files[place] for place in prices], orders.options)
        for place, file in zip(prices, settled, strict=True):
            files[place] = file
    return replace(orders, files=tuple(files))


def _is_status(files: Sequence[OrderFile], options: ReadOptions) -> bool:
    """Return whether a column is a status by its values, or as earlier rows have shown."""
    heading = files[0].columns["status"]
    shown, known = looks_like_statuses(_values(files)), options.decided.get(fold(heading))
    if known == "" and shown:
        raise InputError(
            f"{_name(files)}: column {heading!r} holds statuses, and in the orders before it held none",
            f"say that it is a status for all of them: --map status={heading}",
        )
    return shown if known is None else known == "status"


def looks_like_statuses(values: Collection[str]) -> bool:
    """Return whether at least half of the values consist of words of statuses.

    >>> looks_like_statuses(["complete", "canceled", "on hold"]), looks_like_statuses(["New York", "Ohio"])
    (True, False)
    """
    known = sum(bool(words := WORD.findall(value.lower())) and STATUS_WORDS.issuperset(words) for value in values)
    return 0 < len(values) <= 2 * known


def _values(files: Sequence[OrderFile]) -> list[str]:
    """Return the different values of the status columns, without blank ones."""
    frames = [file.raw().select(status=rules.fold_status(pl.col(file.columns["status"]))) for file in files]
    found = pl.concat(frames).unique().collect(engine="streaming")["status"]
    return [value for value in found.to_list() if value]


def _with_status(file: OrderFile, *, is_status: bool) -> OrderFile:
    heading = file.columns["status"]
    if is_status:
        return replace(file, columns=file.columns.proved("status", "status"))
    text = f"{heading!r} holds no statuses and is not taken for one (--map status={heading})"
    return replace(file, columns=file.columns.proved("status", None, text))


@dataclass(frozen=True)
class _Sums:
    """What one file shows: both revenues as Float64, whether every quantity is 1, and by column of order totals the
    numbers of orders, and of those to which units or lines add up."""

    units: float
    lines: float
    ones: bool
    totals: dict[str, tuple[int, int, int]]


def _beside_an_amount(file: OrderFile, options: ReadOptions) -> OrderFile:
    """Return the file with a price that adds up to the amount of every order as the total of its line.

    No money is made of it, but it proves whose the amount is.
    """
    amount = _proved(_sums(file, options, (file.columns["amount"],)), 2)
    if not amount or "line_total" in file.columns:
        return replace(file, columns=file.columns.proved("unit_price", "unit_price"))
    text = f"{file.columns['unit_price']!r} is the total of its line: it adds up to {amount}"
    return replace(file, columns=file.columns.proved("unit_price", "line_total", text))


def _with_prices(files: Sequence[OrderFile], options: ReadOptions) -> list[OrderFile]:
    """Return the files with a price that is the line's total as their amount."""
    found = [_sums(file, options, _free(file)) for file in files]
    known = options.decided.get(fold(files[0].columns["unit_price"]))
    if known is None and all(one.ones for one in found):
        return list(files)
    by_unit, by_line = [_proved(one, 1) for one in found], [_proved(one, 2) for one in found]
    is_unit, is_line = any(by_unit) or known == "unit_price", any(by_line) or known == "amount"
    if is_unit == is_line:
        raise _refusal(files, found)
    settled = []
    for file, unit, line in zip(files, by_unit, by_line, strict=True):
        heading = file.columns["unit_price"]
        if is_unit:
            proof = f": quantity x it adds up to {unit}" if unit else ", as in the other files"
            text = f"{heading!r} is the price of one unit{proof}"
            settled.append(replace(file, columns=file.columns.proved("unit_price", "unit_price", text)))
        else:
            proof = f": it adds up to {line}" if line else ", as in the other files"
            text = f"{heading!r} is the total of its line{proof}"
            settled.append(replace(file, columns=file.columns.proved("unit_price", "amount", text)))
    return settled


def _proved(sums: _Sums, way: int) -> str:
    """Return the column of totals that all orders add up to one way (1 by units, 2 by lines) and not the other."""
    for heading, counts in sums.totals.items():
        if counts[0] == counts[way] > counts[3 - way]:
            return f"{heading!r} in {counts[0]:,} orders"
    return ""


def _refusal(files: Sequence[OrderFile], found: Sequence[_Sums]) -> InputError:
    heading = files[0].columns["unit_price"]
    units, lines = sum(one.units for one in found), sum(one.lines for one in found)
    return InputError(
        f"{_name(files)}: column {heading!r} may be the price of one unit (revenue {units:,.2f}) "
        f"or the total of its line (revenue {lines:,.2f})",
        f"say which: --map unit_price={heading} or --map amount={heading}",
    )


def _free(file: OrderFile) -> list[str]:
    """Return the headings that no field uses: one of them may hold the totals of orders."""
    used = file.columns.headings.values()
    return [heading for heading in file.source.header if heading not in used and heading in file.source.schema]


def _name(files: Sequence[OrderFile]) -> str:
    return files[0].source.name if len(files) == 1 else f"{len(files)} order files"


def _sums(file: OrderFile, options: ReadOptions, headings: Sequence[str]) -> _Sums:
    """Add up the prices of one file both ways, over all rows and by order; `headings` may hold the orders' totals."""
    columns = file.columns
    quantity, price = (_number(file, columns[name], options) for name in ("quantity", "unit_price"))
    found = {heading: number for heading in headings if (number := _total(file, heading, options)) is not None}
    # A heading may have the name of a column of ours.
    totals = {f"total {place}": number for place, number in enumerate(found.values())}
    order = file.id("order_id") if "order_id" in columns else pl.int_range(pl.len())
    both = {"units": _minor(quantity * price), "lines": _minor(price)}
    minor = {name: _minor(number) for name, number in totals.items()}
    rows = file.raw().select(order=order, ones=quantity == 1, **both, **minor)
    agreed = {name: _agreed(name) for name in totals}
    by_order = rows.drop_nulls("order").group_by("order").agg(pl.col("units", "lines").sum(), **agreed)
    matches = [(pl.col(name) == pl.col(way)).sum().alias(f"{way} {name}") for name in totals for way in both]
    whole, counted = pl.collect_all(
        [
            rows.select(pl.col("units", "lines").cast(pl.Float64).sum(), pl.col("ones").all()),
            by_order.select(pl.len().alias("orders"), *matches),
        ],
        engine="streaming",
    )
    units, lines, ones = whole.row(0)
    counts = counted.row(0, named=True)
    added_up = [(counts["orders"], counts[f"units {name}"], counts[f"lines {name}"]) for name in totals]
    unit = 10.0**money.MOST_DECIMALS
    return _Sums(units / unit, lines / unit, bool(ones), dict(zip(found, added_up, strict=True)))


def _agreed(name: str) -> pl.Expr:
    """Return the one value that all rows of an order have in a column, null where they differ or one has none."""
    column = pl.col(name)
    return pl.when((column.min() == column.max()) & (column.null_count() == 0)).then(column.first())


def _minor(value: pl.Expr) -> pl.Expr:
    return money.minor_units(value, money.MOST_DECIMALS)


def _number(file: OrderFile, heading: str, options: ReadOptions) -> pl.Expr:
    """Return a column as Float64. Raises `InputError` where its decimal mark is in doubt."""
    column = pl.col(heading)
    if file.source.schema[heading] != pl.String:
        return column.cast(pl.Float64, strict=False)
    seen = evidence_in(file.raw(), column)
    form = amount_format(seen, f"{file.source.name}: column {heading!r}", options.decimal)
    return parse_amounts(column, form)


def _total(file: OrderFile, heading: str, options: ReadOptions) -> pl.Expr | None:
    """Return a column that may hold order totals as Float64, None where it holds no numbers or leaves a doubt."""
    column, dtype = pl.col(heading), file.source.schema[heading]
    if dtype != pl.String:
        return column.cast(pl.Float64, strict=False) if dtype.is_numeric() else None
    seen = evidence_in(file.raw(), column)
    if not options.decimal and ((seen.comma and seen.point) or seen.is_doubtful):
        return None
    return parse_amounts(column, amount_format(seen, file.source.name, options.decimal))
