"""Assumptions about order files: how their texts are read, at what scale, and whether every row is an order of its own.

The first rows suggest them. Every pass confirms or refutes them, and a refuted one is replaced by what all rows show.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import column_types, currencies, date_formats, money, rules, totals, words
from rfm_cli.tables.amounts import AmountFormat, amount_formats, evidence_in
from rfm_cli.tables.currencies import CurrencySigns
from rfm_cli.tables.date_parsing import DateFormats, as_text
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import MONEY, OVERLAID, REPEATED, OrderFile
from rfm_cli.tables.order_model import LOST, Facts, Orders, falls, typed_orders
from rfm_cli.tables.read_errors import input_errors
from rfm_cli.tables.sources import SURPLUS

if TYPE_CHECKING:
    from rfm_cli.tables.precedents import Precedents

CONVERTED_DECIMALS = 2
"""Whole amounts of one currency are seldom whole in another."""
LOOKED_AT = 10_000
"""This many texts show whether most of a column differ."""


def assume_from_first_rows(orders: Orders) -> Orders:
    """Return the orders with what their first rows suggest.

    Where the first rows leave a doubt, all rows are looked at.
    """
    orders = replace(orders, files=tuple(with_types(file) for file in orders.files))
    # Marks come first, because a repeated row must not count as evidence either.
    if orders.options.drop_duplicates:
        orders = _without_repeats(orders)
    if orders.options.overlap in ("once", "last") and len(orders.files) > 1:
        from rfm_cli.tables.overlap import without_overlap  # few runs ask for it

        # Two files may write the customer of one order in two ways.
        orders = without_overlap(orders.folding() if orders.may_fold else orders)
    heads = replace(orders, files=_heads(orders.files))
    try:
        files = with_formats(orders.files, heads.files, orders.options, orders.precedents)
    except InputError:
        return assume_from_all_rows(orders)
    if _rest_on_all_rows(files, converted=orders.rates is not None):
        return assume_from_all_rows(orders)
    # Ids as integers and scale follow from the typed rows, so the formats of texts have to be known by then.
    files = with_integer_ids(files, heads.files)
    seen = _with_frames_of(files, heads)
    rows = typed_orders(seen).collect().lazy()
    scale, each_row = _scale(seen, rows), _rises(seen, rows)
    return replace(orders, files=files, scale=scale, each_row=each_row, refunded=_refunded(seen, rows))


def _rest_on_all_rows(files: tuple[OrderFile, ...], *, converted: bool) -> bool:
    """Return whether a pass would not show that dates or currencies were misread by the first rows."""
    if any(file.day.rests_on_all_rows or file.signs.rests_on_all_rows for file in files):
        return True
    # Money that is converted is of one currency afterwards, whatever it was.
    return converted and (any(file.signs.names for file in files) or all(file.currency() is None for file in files))


def assume_from_all_rows(orders: Orders) -> Orders:
    """Return the orders with what all rows show, which needs no further check."""
    files = with_formats(orders.files, orders.files, orders.options, orders.precedents)
    orders = replace(orders, files=files, whole=True)
    return replace(orders, scale=_scale(orders, typed_orders(orders)))


def _with_frames_of(files: tuple[OrderFile, ...], heads: Orders) -> Orders:
    """Return the heads, to be read as `files` are."""
    pairs = zip(files, heads.files, strict=True)
    return replace(heads, files=tuple(replace(file, source=head.source) for file, head in pairs))


def _scale(orders: Orders, rows: pl.LazyFrame) -> int | None:
    """Return the smallest scale that holds every accepted value; converted money has at least two decimals."""
    least = CONVERTED_DECIMALS if orders.rates else 0
    # With a lines table the amounts of the orders file do not count.
    if orders.sums:
        return max(orders.sums.scale, least)
    with_money = [bool(file.money_fields()) for file in orders.files]
    if not any(with_money):
        return None
    # Orders without money would count as free orders beside the others.
    if not all(with_money):
        without = orders.files[with_money.index(False)].source.name
        raise InputError(f"{without}: no amount, while other order files have one", "map it: --map amount=HEADING")
    taken = rows.filter(pl.col("rule") == rules.ACCEPTED)
    values = [name for name in ("value", "refunded") if name in rows.collect_schema()]
    scales = taken.select(money.smallest_scale(pl.col(name)).alias(name) for name in values)
    return max(*(int(one) for one in scales.collect(engine="streaming").row(0)), least)


def _rises(orders: Orders, rows: pl.LazyFrame) -> bool:
    """Return whether every order id is greater than the one before it."""
    if not all("order_id" in file.columns and not file.has_refunds for file in orders.files) or orders.sums:
        return False
    return not rows.select(falls()).collect().item()


def _refunded(orders: Orders, rows: pl.LazyFrame) -> bool:
    """Return whether some amount is below 0; a lines table is not looked at."""
    if orders.sums or not any(file.money_fields() for file in orders.files):
        return False
    return bool(rows.select((pl.col("value") < 0).any()).collect().item())


def corrected(orders: Orders, facts: Facts) -> Orders:
    """Return the orders with assumptions that all rows confirm."""
    proof = facts.proof
    # One odd id makes all ids text: the pass has to be made again.
    if proof.get("lost_ids"):
        orders = replace(orders, files=tuple(replace(file, digits=frozenset()) for file in orders.files))
    if proof.get("falls") or proof.get("lost_ids"):
        # Texts sort otherwise than the numbers that they looked like.
        orders = replace(orders, each_row=False)
    lost = any(proof.get(name) for name in (*LOST, "misses"))
    if not orders.whole and (lost or _may_be_one_currency(orders, facts)):
        orders = assume_from_all_rows(orders)
    # A date that cannot be read may be the word, as an id may.
    return _with_totals(orders) if proof.get("words") or proof.get("lost_days") else orders


def _with_totals(orders: Orders) -> Orders:
    """Return the orders with rows of totals apart from orders, and a scale that no total has a part in."""
    if all(file.totals is not None for file in orders.files):
        return orders
    orders = replace(orders, files=tuple(_looked_at(file) for file in orders.files))
    if not any(file.totals and file.totals.words for file in orders.files):
        return orders
    return replace(orders, scale=_scale(orders, typed_orders(orders)))


def _looked_at(file: OrderFile) -> OrderFile:
    """Return the file with the traces of totals in all its rows."""
    if file.totals is not None:
        return file
    amounts = (file.written(), file.value()) if file.money_fields() else ()
    return replace(file, totals=totals.totals_in(file.raw(), file.fields(), amounts))


def _may_be_one_currency(orders: Orders, facts: Facts) -> bool:
    """Return whether currencies that differ may be one: signs were understood by the first rows alone."""
    if orders.rates:
        return bool(facts.rows["rate"])
    if facts.currency is None or facts.last_currency is None or facts.currency == facts.last_currency:
        return False
    ends = (facts.currency, facts.last_currency)
    return any(file.signs.names for file in orders.files) or not all(re.match(currencies.CODE, end) for end in ends)


def evidence_of(orders: Orders) -> dict[str, dict[str, int]]:
    """Return the counts, over all rows, that the forms of dates and amounts rest on: field -> name -> rows.

    Empty for plain numbers and for dates that leave no choice, which need no further look at the rows.
    """
    if not orders.whole and any(_rests_on_evidence(file) for file in orders.files):
        orders = replace(orders, files=with_formats(orders.files, orders.files, orders.options))
    found: dict[str, Counter[str]] = {"ordered_at": Counter()}
    for file in orders.files:
        found["ordered_at"].update(file.day.evidence.counts())
        for name, form in file.amounts.items():
            if form.mark != "plain":
                found.setdefault(name, Counter()).update(form.evidence.counts())
    return {name: dict(sorted(counts.items())) for name, counts in found.items() if counts}


def _rests_on_evidence(file: OrderFile) -> bool:
    return bool(file.day.evidence.counts()) or any(form.mark != "plain" for form in file.amounts.values())


def assumptions_of(orders: Orders) -> tuple[object, ...]:
    """Return all that a pass assumes: its answer is right if the facts leave this unchanged."""
    read = [
        (file.day, file.refund_day, dict(file.amounts), file.digits, file.totals, file.signs, file.folds)
        for file in orders.files
    ]
    return read, orders.scale, orders.each_row, orders.changes


def _without_repeats(orders: Orders) -> Orders:
    """Mark every row that repeats an earlier one in all columns. The files are then held in memory."""
    with input_errors(orders.name()):
        frames = [file.source.frame.collect() for file in orders.files]
    # Compared as texts, because two files may give one column two types.
    texts = pl.concat([frame.select(pl.all().cast(pl.String)) for frame in frames], how="diagonal")
    marks = ~texts.select(pl.struct(pl.all()).is_first_distinct()).to_series()
    files, start = [], 0
    for file, frame in zip(orders.files, frames, strict=True):
        marked = frame.with_columns(marks.slice(start, frame.height).alias(REPEATED))
        source = replace(file.source, frame=marked.lazy(), schema=dict(marked.schema), start=None)
        files.append(replace(file, source=source))
        start += frame.height
    return replace(orders, files=tuple(files))


def with_types(file: OrderFile) -> OrderFile:
    """Return the file with the types of its rows that mean a refund, by all rows; without any, no type is in use."""
    heading = file.columns.get("type")
    if heading is None:
        return file
    texts = file.raw().select(pl.col(heading).cast(pl.String).unique()).collect(engine="streaming").to_series()
    refunds = frozenset(text for text in texts.drop_nulls() if words.type_verdict(text) == "refund")
    columns = file.columns if refunds else file.columns.without("type")
    return replace(file, columns=columns, type_heading=heading, refund_types=refunds)


def _heads(files: tuple[OrderFile, ...]) -> tuple[OrderFile, ...]:
    """Cut the files to their first rows and the columns that matter, held in memory."""
    return tuple(replace(file, source=replace(file.source, frame=_head(file), start=None)) for file in files)


def _head(file: OrderFile) -> pl.LazyFrame:
    marks = [name for name in (SURPLUS, REPEATED, OVERLAID) if name in file.source.schema]
    wanted = list(dict.fromkeys([*file.columns.headings.values(), *marks]))
    return file.source.head().select(wanted).collect().lazy()


def with_formats(
    files: tuple[OrderFile, ...],
    seen: tuple[OrderFile, ...],
    options: ReadOptions,
    precedents: Precedents | None = None,
) -> tuple[OrderFile, ...]:
    """Return the files with formats of dates and amounts that fit the rows of `seen`: the same files, or their heads.

    A file that leaves a doubt is read as the other files are, those behind `precedents` included. Raises `InputError`
    where no file resolves it.
    """
    by_day = _days(seen, options, "ordered_at", precedents)
    by_refund_day = _days(seen, options, "refunded_at", precedents)
    by_field = {name: _amounts(seen, name, options, precedents) for name in MONEY}
    amounts = [
        {name: found[place] for name, found in by_field.items() if place in found} for place in range(len(files))
    ]
    signs = _signs(seen, amounts, options)
    return tuple(
        replace(
            file,
            day=by_day.get(place, file.day),
            refund_day=by_refund_day.get(place, file.refund_day),
            amounts=amounts[place],
            signs=signs[place],
        )
        for place, file in enumerate(files)
    )


def with_integer_ids(files: tuple[OrderFile, ...], seen: tuple[OrderFile, ...]) -> tuple[OrderFile, ...]:
    """Return the files with the id fields whose texts in `seen` are all the digits of integers."""
    return tuple(replace(file, digits=_digits(head)) for file, head in zip(files, seen, strict=True))


def _digits(file: OrderFile) -> frozenset[str]:
    fields = ("order_id",) if file.folds else ("customer_id", "order_id")  # folded ids are texts
    names = [name for name in fields if name in file.columns and file.dtype(name) == pl.String]
    if not names:
        return frozenset()
    columns = {name: pl.col(file.columns[name]) for name in names}
    odd = [(column_types.integer_of(text).is_null() & (text != "")).any().alias(name) for name, text in columns.items()]
    found = file.raw().select(odd).collect().row(0, named=True)
    return frozenset(name for name in names if not found[name])


def _days(
    files: tuple[OrderFile, ...], options: ReadOptions, name: str, precedents: Precedents | None
) -> dict[int, DateFormats]:
    """Return the date formats of each file whose date column holds texts, by the place of the file."""
    tables = {
        place: date_formats.shape_table(file.raw(), _day_text(file, name))
        for place, file in enumerate(files)
        if name in file.columns and not file.typed_day(name)
    }
    if not tables:
        return {}
    # All files count as evidence: 13/01/2024 in one shows how 01/02/2024 in another is to be read.
    before = [precedents.shape_table(name)] if precedents else []
    together = date_formats.combined_shapes([*tables.values(), *before])
    found = {
        place: date_formats.date_formats(
            table, together, files[place].where(name), options.date_format, files[place].times_in.get(name)
        )
        for place, table in tables.items()
    }
    return {
        place: replace(reading, varied=is_varied(files[place].raw(), _day_text(files[place], name)))
        for place, reading in found.items()
    }


def _day_text(file: OrderFile, name: str) -> pl.Expr:
    return as_text(pl.col(file.columns[name]), file.dtype(name))


def _amounts(
    files: tuple[OrderFile, ...], name: str, options: ReadOptions, precedents: Precedents | None
) -> dict[int, AmountFormat]:
    """Return the format of one money field for each file that has it as texts, by the place of the file."""
    found = {
        place: evidence_in(file.raw(), pl.col(file.columns[name]))
        for place, file in enumerate(files)
        if name in file.number_fields() and file.dtype(name) == pl.String
    }
    where = {place: files[place].where(name) for place in found}
    return amount_formats(found, where, options.decimal, precedents.evidence(name) if precedents else None)


def _signs(
    files: tuple[OrderFile, ...], amounts: Sequence[Mapping[str, AmountFormat]], options: ReadOptions
) -> list[CurrencySigns]:
    """Return how each file writes currencies; all files together show which signs are one currency."""
    inside = [
        {sign for name in (*file.priced_fields(), "refunded") if name in forms for sign in forms[name].evidence.signs}
        for file, forms in zip(files, amounts, strict=True)
    ]
    codes = {code for file in files if "currency" in file.columns for code in _codes(file)}
    if not any(inside) and all(re.match(currencies.CODE, code) for code in codes):
        return [CurrencySigns()] * len(files)
    occurring = set().union(*inside, (code.lower().rstrip(".") for code in codes))
    names = currencies.resolved(sorted(occurring), options.currency)
    only = next(iter(names.values())) if len(set(names.values())) == 1 else None
    return [CurrencySigns(names, bool(own), only if own else None) for own in inside]


def _codes(file: OrderFile) -> list[str]:
    """Return what the column of currencies holds, each once, in upper case."""
    code = currencies.as_codes(pl.col(file.columns["currency"]).cast(pl.String), {})
    return file.raw().select(code.drop_nulls().unique()).collect(engine="streaming").to_series().to_list()


def is_varied(frame: pl.LazyFrame, text: pl.Expr) -> bool:
    """Return whether most texts in the first rows differ: then Polars had better not look each up in a cache."""
    first = frame.select(text=text).head(LOOKED_AT).collect().to_series()
    return first.n_unique() * 2 > len(first)
