"""What is believed of order files: how they are read, at what scale, and whether every row is an order of its own.

The first rows suggest it, every pass proves or refutes it, and a refuted belief is replaced by what all rows say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import ids, money, parsing, rules
from rfm_cli.tables.order_file import REPEATED, OrderFile, typed_rows
from rfm_cli.tables.order_model import Facts, Orders
from rfm_cli.tables.read_errors import reading

CONVERTED_DECIMALS = 2
"""Whole amounts of one currency are seldom whole in another."""


def first_beliefs(orders: Orders) -> Orders:
    """The orders with what their first rows suggest; where these leave a doubt, with what all rows say."""
    if orders.options.drop_duplicates:
        orders = _without_repeats(orders)
    heads = replace(orders, files=parsing.heads(orders.files))
    try:
        files = parsing.with_readings(orders.files, heads.files, orders.options)
    except InputError:
        return whole_beliefs(orders)
    files = parsing.with_digits(files, heads.files)
    seen = _with_frames_of(files, heads)
    rows = judged(seen).collect().lazy()
    scale, each_row = _scale(seen, rows), _rises(seen, rows)
    return replace(orders, files=files, scale=scale, each_row=each_row, refunded=_refunded(seen, rows))


def whole_beliefs(orders: Orders) -> Orders:
    """The orders with what all rows say, which needs no further proof."""
    files = parsing.with_readings(orders.files, orders.files, orders.options)
    orders = replace(orders, files=files, whole=True)
    return replace(orders, scale=_scale(orders, judged(orders)))


def _with_frames_of(files: tuple[OrderFile, ...], heads: Orders) -> Orders:
    """The heads under the readings of `files`."""
    pairs = zip(files, heads.files, strict=True)
    return replace(heads, files=tuple(replace(file, source=head.source) for file, head in pairs))


def _scale(orders: Orders, rows: pl.LazyFrame) -> int | None:
    """The smallest scale that holds every accepted value of their rows; converted money has two decimals or more."""
    least = CONVERTED_DECIMALS if orders.rates else 0
    if orders.sums:
        return max(orders.sums.scale, least)
    with_money = [bool(file.money_fields()) for file in orders.files]
    if not any(with_money):
        return None
    if not all(with_money):
        without = orders.files[with_money.index(False)].source.name
        raise InputError(f"{without}: no amount, while other order files have one", "map it: --map amount=HEADING")
    taken = rows.filter(pl.col("rule") == rules.ACCEPTED)
    return max(int(taken.select(money.smallest_scale(pl.col("value"))).collect(engine="streaming").item()), least)


def _rises(orders: Orders, rows: pl.LazyFrame) -> bool:
    """Whether in their rows every order id is greater than the one before it."""
    if not all("order_id" in file.columns for file in orders.files) or orders.sums:
        return False
    return not rows.select(falls()).collect().item()


def _refunded(orders: Orders, rows: pl.LazyFrame) -> bool:
    """Whether in their rows some amount is below 0; those of a lines table are not looked at."""
    if orders.sums or not any(file.money_fields() for file in orders.files):
        return False
    return bool(rows.select((pl.col("value") < 0).any()).collect().item())


def falls() -> pl.Expr:
    """How many rows have an order id that is not greater than that of the row before (an empty one is not)."""
    order = pl.col("order")
    rises = (order > order.shift(1)).fill_null(value=False)
    first = pl.int_range(pl.len()) == 0
    return (~(rises | (first & order.is_not_null()))).sum().alias("falls")


def corrected(orders: Orders, facts: Facts) -> Orders:
    """The orders with beliefs that all rows bear out."""
    proof = facts.proof
    if proof.get("lost_ids"):
        orders = replace(orders, files=tuple(replace(file, digits=frozenset()) for file in orders.files))
    if proof.get("falls") or proof.get("lost_ids"):
        # Texts sort otherwise than the numbers that they looked like.
        orders = replace(orders, each_row=False)
    if not orders.whole and (proof.get("lost_days") or proof.get("lost_amounts") or proof.get("misses")):
        return whole_beliefs(orders)
    return orders


def beliefs(orders: Orders) -> tuple[object, ...]:
    """What a pass was made with: where all rows bear it out, its answer stands."""
    read = [(file.day, dict(file.amounts), file.digits) for file in orders.files]
    return read, orders.scale, orders.each_row


def _without_repeats(orders: Orders) -> Orders:
    """The orders with a mark on every row that repeats an earlier one in all columns; the files are held in memory."""
    with reading(orders.name()):
        frames = [file.source.frame.collect() for file in orders.files]
    texts = pl.concat([frame.select(pl.all().cast(pl.String)) for frame in frames], how="diagonal")
    marks = ~texts.select(pl.struct(pl.all()).is_first_distinct()).to_series()
    files, start = [], 0
    for file, frame in zip(orders.files, frames, strict=True):
        marked = frame.with_columns(marks.slice(start, frame.height).alias(REPEATED))
        source = replace(file.source, frame=marked.lazy(), schema=dict(marked.schema), start=None)
        files.append(replace(file, source=source))
        start += frame.height
    return replace(orders, files=tuple(files))


def judged(orders: Orders) -> pl.LazyFrame:
    """The typed rows of all files, one below the other, ids of one type."""
    return one_below_other([typed_rows(file, orders.options) for file in orders.files])


def one_below_other(frames: Sequence[pl.LazyFrame]) -> pl.LazyFrame:
    """Frames as one: columns that some lack are null there, ids are Int64 only where all are."""
    if len(frames) == 1:
        return frames[0]
    schemas = [frame.collect_schema() for frame in frames]
    casts = {
        name: ids.same_type([schema[name] for schema in schemas if name in schema])
        for name in ("customer", "order")
        if any(name in schema for schema in schemas)
    }
    same = [
        frame.with_columns([pl.col(name).cast(kind) for name, kind in casts.items() if name in schema])
        for frame, schema in zip(frames, schemas, strict=True)
    ]
    return pl.concat(same, how="diagonal")
