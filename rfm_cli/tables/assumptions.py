"""Assumptions about order files: how their texts are read, at what scale, and whether every row is an order of its own.

The first rows suggest them. Every pass confirms or refutes them, and a refuted one is replaced by what all rows show.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import currencies, money, rules, totals, words
from rfm_cli.tables.order_file import OVERLAID, REPEATED, OrderFile
from rfm_cli.tables.order_formats import with_formats, with_integer_ids
from rfm_cli.tables.order_model import LOST, Facts, Orders, falls, typed_orders
from rfm_cli.tables.read_errors import input_errors
from rfm_cli.tables.sources import SURPLUS

CONVERTED_DECIMALS = 2
"""Whole amounts of one currency are seldom whole in another."""


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
