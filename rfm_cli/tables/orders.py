"""Orders: any number of files as one frame of typed, judged rows, read in one pass that proves its own guesses.

The first rows of each file suggest how dates, amounts and the money's scale are to be read. The pass that
computes the answer also counts what would prove a suggestion wrong; where it does, the whole file is looked
at and the pass is made again. So a clean file is read once, and no file is read wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from rfm_cli.errors import InputError, UsageError
from rfm_cli.notes import Note
from rfm_cli.tables import columns, ids, money, rates, readings, rules, sources
from rfm_cli.tables.lines import OrderSums
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import REPEATED, OrderFile, typed_rows
from rfm_cli.tables.trouble import RaggedRowsError, reading

Reduce = Callable[[pl.LazyFrame], pl.LazyFrame]
CONVERTED_DECIMALS = 2
"""Whole amounts of one currency are seldom whole in another."""
PROOF = ("lost_days", "lost_amounts", "lost_ids", "misses", "falls", "largest", "total")
"""What the pass counts: texts not understood, ids that are no plain integers, values that miss the scale, order ids
that fall; the largest amount and the sum of all sizes."""


@dataclass(frozen=True)
class Orders:
    """Order files with what is believed of them.

    `scale` is the number of decimals of the money, None where there is none. `each_row` says that order ids
    rise strictly from row to row, so that every row is an order of its own and none needs to be looked up.
    `whole` says that the beliefs come from all rows and need no further proof.
    """

    files: tuple[OrderFile, ...]
    options: ReadOptions
    scale: int | None = None
    each_row: bool = False
    whole: bool = False
    sums: OrderSums | None = None
    rates: rates.Rates | None = None
    notes: tuple[Note, ...] = ()

    @property
    def has_money(self) -> bool:
        """Whether orders have amounts."""
        return self.scale is not None

    @property
    def has_order_id(self) -> bool:
        """Whether some file names its orders."""
        return any("order_id" in file.columns for file in self.files)

    def name(self) -> str:
        """The files in a word, for messages."""
        return self.files[0].source.name if len(self.files) == 1 else f"{len(self.files)} order files"


@dataclass(frozen=True)
class Facts:
    """What one pass over all rows found: rows by verdict, the days that accepted rows cover, their first and last
    currency by name, and the counts that prove or refute what was believed (`PROOF`)."""

    rows: Mapping[str, int]
    first_day: date | None
    last_day: date | None
    currency: str | None = None
    last_currency: str | None = None
    proof: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def read(self) -> int:
        """All rows read."""
        return sum(self.rows.values())

    @property
    def accepted(self) -> int:
        """Rows that broke no rule."""
        return self.rows[rules.ACCEPTED]

    @property
    def rejected(self) -> dict[str, int]:
        """Rows by the rule that they broke, only rules that some row broke."""
        return {name: count for name, count in self.rows.items() if count and name != rules.ACCEPTED}


def open_orders(
    paths: Sequence[sources.Given],
    options: ReadOptions,
    sums: OrderSums | None = None,
    known_rates: rates.Rates | None = None,
) -> Orders:
    """The order files at `paths`, their columns detected and their first rows looked at."""
    return orders_in(sources.open_all(paths, options), options, sums, known_rates)


def orders_in(
    opened: Sequence[sources.Source],
    options: ReadOptions,
    sums: OrderSums | None = None,
    known_rates: rates.Rates | None = None,
) -> Orders:
    """The same from opened files."""
    files = tuple(_order_file(source, options, sums) for source in opened)
    return _retrying(_first_beliefs, Orders(files, options, sums=sums, rates=known_rates))


def purchase_events_in(
    opened: Sequence[sources.Source], options: ReadOptions, known_rates: rates.Rates | None = None
) -> Orders:
    """The events called `--purchase-events` as orders: amount = value, and an order id where events have one."""
    files = tuple(_event_file(source, options) for source in opened)
    return _retrying(_first_beliefs, Orders(files, options, rates=known_rates))


def _event_file(source: sources.Source, options: ReadOptions) -> OrderFile:
    found = columns.detect("events", source.header, options.map_of("events"), source.name)
    columns.require(found, ("customer_id", "event", "at"), source.header, source.name)
    renamed = {"at": "ordered_at", "value": "amount"}
    headings = {renamed.get(name, name): heading for name, heading in found.headings.items()}
    mapped = columns.ColumnMap("orders", headings, dict.fromkeys(headings, "event"))
    return OrderFile(source, mapped, events=options.purchase_events)


def _order_file(source: sources.Source, options: ReadOptions, sums: OrderSums | None) -> OrderFile:
    found = columns.detect("orders", source.header, options.map_of("orders"), source.name)
    needed = ("customer_id", "ordered_at", "order_id") if sums else ("customer_id", "ordered_at")
    columns.require(found, needed, source.header, source.name)
    return OrderFile(source, found)


def _retrying(step: Callable[[Orders], Orders], orders: Orders) -> Orders:
    """`step`, and where a CSV file turns out to be ragged, `step` once more on its repaired copy."""
    try:
        with reading(orders.name()):
            return step(orders)
    except RaggedRowsError:
        with reading(orders.name()):
            return step(_repaired(orders))


def _repaired(orders: Orders) -> Orders:
    return replace(orders, files=tuple(replace(file, source=sources.repaired(file.source)) for file in orders.files))


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


def _first_beliefs(orders: Orders) -> Orders:
    """The orders with what their first rows suggest; where these leave a doubt, with what all rows say."""
    if orders.options.drop_duplicates:
        orders = _without_repeats(orders)
    heads = replace(orders, files=readings.heads(orders.files))
    try:
        files = readings.with_readings(orders.files, heads.files, orders.options)
    except InputError:
        return _whole_beliefs(orders)
    files = readings.with_digits(files, heads.files)
    seen = _with_frames_of(files, heads)
    return replace(orders, files=files, scale=_scale(seen), each_row=_rises(seen))


def _whole_beliefs(orders: Orders) -> Orders:
    """The orders with what all rows say, which needs no further proof."""
    files = readings.with_readings(orders.files, orders.files, orders.options)
    orders = replace(orders, files=files, whole=True)
    return replace(orders, scale=_scale(orders))


def _with_frames_of(files: tuple[OrderFile, ...], heads: Orders) -> Orders:
    """The heads under the readings of `files`."""
    pairs = zip(files, heads.files, strict=True)
    return replace(heads, files=tuple(replace(file, source=head.source) for file, head in pairs))


def _scale(orders: Orders) -> int | None:
    """The smallest scale that holds every accepted value of these rows; converted money has two decimals or more."""
    least = CONVERTED_DECIMALS if orders.rates else 0
    if orders.sums:
        return max(orders.sums.scale, least)
    with_money = [bool(file.money_fields()) for file in orders.files]
    if not any(with_money):
        return None
    if not all(with_money):
        without = orders.files[with_money.index(False)].source.name
        raise InputError(f"{without}: no amount, while other order files have one", "map it: --map amount=HEADING")
    rows = _judged(orders).filter(pl.col("rule") == rules.ACCEPTED)
    return max(int(rows.select(money.smallest_scale(pl.col("value"))).collect(engine="streaming").item()), least)


def _rises(orders: Orders) -> bool:
    """Whether in these rows every order id is greater than the one before it."""
    if not all("order_id" in file.columns for file in orders.files) or orders.sums:
        return False
    return not _judged(orders).select(_falls()).collect().item()


def _falls() -> pl.Expr:
    """How many rows have an order id that is not greater than that of the row before (an empty one is not)."""
    order = pl.col("order")
    rises = (order > order.shift(1)).fill_null(value=False)
    first = pl.int_range(pl.len()) == 0
    return (~(rises | (first & order.is_not_null()))).sum().alias("falls")


def _judged(orders: Orders) -> pl.LazyFrame:
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


def rows(orders: Orders) -> pl.LazyFrame:
    """All rows, typed and judged: customer, order?, day, minor?, currency?, rule, and what the proof needs."""
    typed = _judged(orders)
    if orders.scale is None:
        return typed
    if orders.sums:
        minor = pl.col("minor") * 10 ** (orders.scale - orders.sums.scale)
        typed = orders.sums.attach(typed).with_columns(minor=minor)
    else:
        typed = typed.with_columns(minor=money.minor_units(pl.col("value"), orders.scale))
    return orders.rates.convert(typed, orders.options.currency) if orders.rates else typed


def accepted(typed: pl.LazyFrame) -> pl.LazyFrame:
    """The rows that broke no rule, only the columns that are counted: customer, order?, day, minor?."""
    wanted = [name for name in ("customer", "order", "day", "minor") if name in typed.collect_schema()]
    return typed.filter(pl.col("rule") == rules.ACCEPTED).select(wanted)


def collect(orders: Orders, reduce: Callable[[Orders], Reduce]) -> tuple[pl.DataFrame, Facts, Orders]:
    """The accepted rows reduced, what the same pass found, and the orders as they turned out to be.

    `reduce` is called with the orders as they are believed to be, since a belief may save work.
    """

    answer, facts = pl.DataFrame(), Facts({}, None, None)

    def one_pass(given: Orders) -> Orders:
        nonlocal answer, facts
        typed = rows(given)
        wanted = reduce(given)(accepted(typed))
        answer, found = pl.collect_all([wanted, _facts(given, typed)], engine="streaming")
        facts = _as_facts(found, given)
        return _corrected(given, facts)

    believed = None
    while believed != _beliefs(orders):
        believed = _beliefs(orders)
        orders = _retrying(one_pass, orders)
    _check(orders, facts)
    return answer, facts, orders


def _beliefs(orders: Orders) -> tuple[object, ...]:
    """What a pass was made with: where all rows bear it out, its answer stands."""
    read = [(file.day, dict(file.amounts), file.digits) for file in orders.files]
    return read, orders.scale, orders.each_row


def _facts(orders: Orders, typed: pl.LazyFrame) -> pl.LazyFrame:
    """One row: what a pass has to know beside its answer."""
    schema = typed.collect_schema()
    taken = pl.col("rule") == rules.ACCEPTED
    found = [*rules.counts(pl.col("rule"))]
    found += [pl.col("day").filter(taken).min().alias("first_day"), pl.col("day").filter(taken).max().alias("last_day")]
    if "had_day" in schema:
        found.append((pl.col("had_day").fill_null(value=False) & pl.col("day").is_null()).sum().alias("lost_days"))
    if "had_amount" in schema:
        lost = pl.col("had_amount").fill_null(value=False) & pl.col("value").is_null()
        found.append(lost.sum().alias("lost_amounts"))
    if "had_ids" in schema:
        found.append((~pl.col("had_ids").fill_null(value=True)).sum().alias("lost_ids"))
    if "value" in schema and orders.scale is not None and not orders.sums:
        found.append(money.misses(pl.col("value"), orders.scale).filter(taken).sum().alias("misses"))
    if "minor" in schema and orders.scale is not None:
        # Values are looked at before they are made integers: past 64 bits there is none.
        exact = pl.col("value") * 10.0**orders.scale if "value" in schema else pl.col("minor").cast(pl.Float64)
        size = exact.filter(taken).abs()
        found += [size.max().alias("largest"), size.sum().alias("total")]
    if "currency" in schema:
        code = pl.col("currency").filter(taken)
        found += [code.min().alias("low_currency"), code.max().alias("high_currency")]
    if orders.each_row:
        found.append(_falls())
    return typed.select(found)


def _as_facts(found: pl.DataFrame, orders: Orders) -> Facts:
    row = found.row(0, named=True)
    counted = {name: int(row[f"rows_{name}"]) for name in rules.NAMES}
    proof = {name: row.get(name) for name in PROOF}
    return Facts(counted, row["first_day"], row["last_day"], row.get("low_currency"), row.get("high_currency"), proof)


def _corrected(orders: Orders, facts: Facts) -> Orders:
    """The orders with beliefs that all rows bear out."""
    proof = facts.proof
    if proof.get("lost_ids"):
        orders = replace(orders, files=tuple(replace(file, digits=frozenset()) for file in orders.files))
    if proof.get("falls") or proof.get("lost_ids"):
        # Texts sort otherwise than the numbers that they looked like.
        orders = replace(orders, each_row=False)
    if not orders.whole and (proof.get("lost_days") or proof.get("lost_amounts") or proof.get("misses")):
        return _whole_beliefs(orders)
    return orders


def _check(orders: Orders, facts: Facts) -> None:
    """Raise what only all rows can show: broken ids, sums too large, currencies that cannot be added."""
    where = orders.name()
    for file in orders.files:
        for name in ("customer_id", "order_id"):
            if name in file.columns:
                ids.refuse_broken(file.raw(), file.columns[name], file.dtype(name), file.source.name)
    money.check_size(facts.proof.get("largest"), facts.proof.get("total"), where)
    low, high = facts.currency, facts.last_currency
    if orders.rates is None and low != high:
        raise InputError(
            f"{where}: more than one currency ({low}, {high}, ...), which cannot be added",
            "give the rates: --rates FILE --currency CODE; or keep one currency of the file",
        )
    wanted = orders.options.currency
    if orders.rates is None and wanted and low is not None and low != wanted.upper():
        raise UsageError(f"--currency {wanted}: the orders are in {low}", "give the rates: --rates FILE")
