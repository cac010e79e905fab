"""The same order in several files: which orders these are, and which of their rows count under `--overlap`.

Most files share no order, so this is looked for in two steps. The least and the greatest order id of each file show
where files can share ids at all; only the rows in these stretches are grouped. Every row is looked at, so the order of
rows within a file changes no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from rfm_cli.tables import column_types, date_parsing
from rfm_cli.tables.amounts import parse_plain
from rfm_cli.tables.fields import fold
from rfm_cli.tables.order_file import OVERLAID, REPEATED, OrderFile, by_columns
from rfm_cli.tables.order_model import Orders
from rfm_cli.tables.sources import SURPLUS

Stretch = tuple[Any, Any]
"""The least and the greatest order id of some rows: whole numbers, or texts."""
ROW = "(row number)"
"""The place of a row in its file while rows are compared."""
OURS = (ROW, OVERLAID, REPEATED, SURPLUS)
MOST_STRETCHES = 16
"""With more stretches than this, their hull is looked at: each is one more comparison per row."""


def without_overlap(orders: Orders) -> Orders:
    """Mark the rows that do not count under `--overlap once` or `last`; files that share no order stay as they are."""
    shared = shared_orders(orders.files)
    if shared.is_empty():
        return orders
    if orders.options.overlap == "last":
        earlier = shared.filter(pl.col("file") < pl.col("file").max().over("number"))
        marks = {place: _rows_of(orders.files[place], own) for place, own in _by_file(earlier)}
    else:
        marks = _repeats(orders.files, shared)
    files = [
        _marked(file, marks[place]) if place in marks and len(marks[place]) else file
        for place, file in enumerate(orders.files)
    ]
    return replace(orders, files=tuple(files))


def shared_orders(files: Sequence[OrderFile]) -> pl.DataFrame:
    """Return the orders that several files have: number (one per order), file (its place), order, customer, owner.

    An order is an order id with its customer. A row without a customer belongs to the one customer that its order has
    in the file, the `owner`. Where that leaves rows without one, the order id alone is the order. `customer` is what
    the rows have, null included, so that rows are found by both columns. Rows that are rejected for their form are not
    looked at.
    """
    # As the files were opened: their rows may have taken values from each other since.
    files = [replace(file, source=file.original, given=None) for file in files]
    named = [place for place, file in enumerate(files) if "order_id" in file.columns]
    types = id_types(files)
    ids = {place: _ids(files[place], types) for place in named} if len(named) > 1 else {}
    ranges = _ranges({place: _ids(by_columns(files[place]), types) for place in ids})
    stretches = shared_stretches(list(ranges.values()))
    looked_at = [
        ids[place].filter(_within(own)).with_columns(file=pl.lit(place, pl.UInt32))
        for place, (low, high) in ranges.items()
        if (own := [one for one in stretches if one[0] <= high and low <= one[1]])
    ]
    if not looked_at:
        return _numbered(pl.DataFrame(schema={**types, "file": pl.UInt32}))
    rows = pl.concat(looked_at)
    several = rows.group_by("order").agg(pl.col("file").n_unique()).filter(pl.col("file") > 1)
    return _numbered(rows.join(several, on="order", how="semi").unique().collect(engine="streaming"))


def id_types(files: Sequence[OrderFile]) -> dict[str, pl.DataType]:
    """Return the types in which order ids and customers of all files are compared."""
    schemas = [
        file.raw().select(order=file.id("order_id"), customer=file.id("customer_id")).collect_schema()
        for file in files
        if "order_id" in file.columns
    ]
    return {name: column_types.same_type([schema[name] for schema in schemas]) for name in ("order", "customer")}


def shared_stretches(ranges: Sequence[Stretch]) -> list[Stretch]:
    """Return the stretches that lie in two or more of the ranges, ascending.

    >>> shared_stretches([(1, 10), (8, 20), (20, 30), (40, 50)])
    [(8, 10), (20, 20)]
    """
    found: list[Stretch] = []
    reached: Any = None
    for low, high in sorted(ranges):
        # `reached` is the greatest id so far: up to it, an earlier range may have the ids of this one.
        if reached is not None and low <= reached:
            end = min(high, reached)
            if found and low <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            else:
                found.append((low, end))
        reached = high if reached is None else max(reached, high)
    return found


def comparable(headings: Sequence[tuple[OrderFile, str]]) -> list[pl.Expr]:
    """Return one column of several files, each in the form in which equal values are equal.

    Blanks around texts do not count, and an empty text is null. Columns of different types are compared as numbers or
    as moments if they can be, else as texts.
    """
    types = [file.source.schema[heading] for file, heading in headings]
    columns = [pl.col(heading) for _, heading in headings]
    if len(set(types)) == 1 and types[0] != pl.String:
        return columns
    moments = [date_parsing.typed_moments(column, kind, "UTC") for column, kind in zip(columns, types, strict=True)]
    if all(moment is not None for moment in moments):
        return [moment.cast(pl.Datetime("us")) for moment in moments if moment is not None]
    stripped = [column.cast(pl.String).str.strip_chars() for column in columns]
    texts: list[pl.Expr] = [pl.when(text != "").then(text) for text in stripped]
    if any(kind.is_numeric() for kind in types) and all(kind.is_numeric() or kind == pl.String for kind in types):
        return [parse_plain(text) for text in texts]
    return texts


def common_columns(files: Sequence[OrderFile]) -> list[list[tuple[OrderFile, str]]]:
    """Return the columns that all files have, except order and customer: for each the file and its heading there.

    Fields are the same column whatever their headings are; all other headings are compared after folding.
    """
    named = [_by_name(file) for file in files]
    shared = [name for name in named[0] if all(name in other for other in named)]
    return [[(file, own[name]) for file, own in zip(files, named, strict=True)] for name in shared]


def _by_name(file: OrderFile) -> dict[str, str]:
    fields = {f"field {name}": heading for name, heading in file.columns.headings.items()}
    used = {*fields.values(), *OURS}
    others = {fold(heading): heading for heading in reversed(list(file.source.schema)) if heading not in used}
    ids = ("field order_id", "field customer_id")
    return {name: heading for name, heading in {**fields, **others}.items() if name not in ids}


def _ids(file: OrderFile, types: Mapping[str, pl.DataType]) -> pl.LazyFrame:
    """Return the ids of the rows that have an order id: order, customer."""
    rows = file.raw().filter(is_sound(file))
    named = rows.select(order=file.id("order_id"), customer=file.id("customer_id"))
    return named.cast(pl.Schema(types)).filter(pl.col("order").is_not_null())


def is_sound(file: OrderFile) -> pl.Expr:
    """Return whether a row is none of those that are rejected for their form, or that do not count already."""
    sound = [~pl.col(name) for name in (REPEATED, OVERLAID) if name in file.source.schema]
    if SURPLUS in file.source.schema:
        sound.append(pl.col(SURPLUS).is_null() | (pl.col(SURPLUS) == ""))
    return pl.all_horizontal(sound) if sound else pl.lit(value=True)


def _ranges(ids: Mapping[int, pl.LazyFrame]) -> dict[int, Stretch]:
    """Return the least and the greatest order id of each file that has one."""
    ends = [frame.select(low=pl.col("order").min(), high=pl.col("order").max()) for frame in ids.values()]
    found = [frame.row(0) for frame in pl.collect_all(ends, engine="streaming")]
    return {place: (low, high) for place, (low, high) in zip(ids, found, strict=True) if low is not None}


def _within(stretches: Sequence[Stretch]) -> pl.Expr:
    """Return whether an order id lies in one of the stretches."""
    few = stretches if len(stretches) <= MOST_STRETCHES else [(stretches[0][0], stretches[-1][1])]
    # As literals: a text alone would be the name of a column.
    return pl.any_horizontal([pl.col("order").is_between(pl.lit(low), pl.lit(high)) for low, high in few])


def _numbered(ids: pl.DataFrame) -> pl.DataFrame:
    """Return the ids that several files have, with a number for each order."""
    named = pl.col("customer").drop_nulls()
    only = pl.when(named.n_unique().over("order", "file") == 1).then(pl.col("customer").max().over("order", "file"))
    owner = pl.coalesce("customer", only)
    # A row whose customer stays unknown may be of any customer with this order id.
    whole = ids.with_columns(owner=owner).with_columns(
        owner=pl.when(pl.col("owner").is_not_null().all().over("order")).then("owner")
    )
    several = whole.filter(pl.col("file").n_unique().over("order", "owner") > 1).sort("order", "owner", "file")
    number = pl.struct("order", "owner").rle_id()
    return several.select("file", "order", "customer", "owner", number=number)


def _by_file(shared: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    for place in shared["file"].unique().sort():
        yield place, shared.filter(pl.col("file") == place)


def _with_rows(file: OrderFile) -> OrderFile:
    """Return the file with the place of each row, counted before events are picked."""
    return replace(file, source=replace(file.source, frame=file.source.frame.with_row_index(ROW)))


def of_shared(file: OrderFile, own: pl.DataFrame, columns: Mapping[str, pl.Expr]) -> pl.LazyFrame:
    """Return the rows of one file that belong to its shared orders: number, and some columns."""
    types = {name: own.schema[name] for name in ("order", "customer")}
    ids = {
        "order": file.id("order_id").cast(types["order"]),
        "customer": file.id("customer_id").cast(types["customer"]),
    }
    rows = file.raw().filter(is_sound(file)).select(**ids, **columns)
    joined = rows.join(own.drop("file", "owner").lazy(), on=["order", "customer"], how="inner", nulls_equal=True)
    return joined.drop("order", "customer")


def _rows_of(file: OrderFile, own: pl.DataFrame) -> pl.Series:
    """Return the places of the rows of some orders."""
    return of_shared(_with_rows(file), own, {ROW: pl.col(ROW)}).select(ROW).collect(engine="streaming").to_series()


def _repeats(files: Sequence[OrderFile], shared: pl.DataFrame) -> dict[int, pl.Series]:
    """Return, by file, the places of the rows that an earlier file has as often.

    Of rows that are equal within a file the first goes with the first of the earlier file, the second with the second.
    """
    parts = dict(_by_file(shared))
    pairs = shared.join(shared, on="number").filter(pl.col("file") < pl.col("file_right"))
    repeated: dict[int, list[pl.Series]] = {place: [] for place in parts}
    for earlier, later in pairs.select("file", "file_right").unique().sort("file", "file_right").iter_rows():
        columns = common_columns([files[earlier], files[later]])
        # Both files of a column are asked at once, since its type in one changes how the other is compared.
        forms = [comparable(pair) for pair in columns]
        one = {f"c{name}": form[0] for name, form in enumerate(forms)}
        other = {f"c{name}": form[1] for name, form in enumerate(forms)}
        # Columns of the later file alone decide which of its equal rows is the first, in whatever order they come.
        apart = set(files[later].source.schema) - {heading for pair in columns for _, heading in pair[1:]}
        own = {f"x{heading}": pl.col(heading) for heading in sorted(apart)} | {ROW: pl.col(ROW)}
        before = of_shared(files[earlier], parts[earlier], one)
        after = of_shared(_with_rows(files[later]), parts[later], other | own)
        repeated[later].append(_matched(before, after, ["number", *one], list(own)))
    return {place: pl.concat(found).unique() for place, found in repeated.items() if found}


def _matched(earlier: pl.LazyFrame, later: pl.LazyFrame, keys: Sequence[str], order: Sequence[str]) -> pl.Series:
    """Return the places of the later rows, in this `order`, that the earlier rows have as often, compared by `keys`."""
    counts = earlier.group_by(keys).agg(times=pl.len())
    placed = later.with_columns(nth=pl.int_range(pl.len()).over(keys, order_by=order))
    met = placed.join(counts, on=list(keys), how="inner", nulls_equal=True).filter(pl.col("nth") < pl.col("times"))
    return met.select(ROW).collect(engine="streaming").to_series()


def _marked(file: OrderFile, rows: pl.Series) -> OrderFile:
    """Return the file with a column that marks the given rows."""
    source = file.source
    marks = pl.LazyFrame({ROW: rows, OVERLAID: pl.repeat(value=True, n=len(rows), eager=True)})

    def marked(frame: pl.LazyFrame) -> pl.LazyFrame:
        joined = frame.with_row_index(ROW).join(marks, on=ROW, how="left", maintain_order="left")
        return joined.with_columns(pl.col(OVERLAID).fill_null(value=False)).drop(ROW)

    schema = {**source.schema, OVERLAID: pl.Boolean()}
    return replace(file, source=replace(source, frame=marked(source.frame), start=marked(source.head()), schema=schema))
