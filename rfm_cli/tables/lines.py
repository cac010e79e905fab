"""Order lines in a file of their own: what each order cost, where the orders file has no amount."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import column_types, columns, money, rules, sources
from rfm_cli.tables.amounts import AmountFormat, amount_formats, evidence_in, parse_amounts
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.currencies import resolved
from rfm_cli.tables.mapped import with_mapped
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.paths import Given
from rfm_cli.tables.read_errors import input_errors

NUMBERS = ("amount", "quantity", "unit_price", "discount", "discount_amount")
DISCOUNT = "(discount)"
"""A column of lines while they are judged; one that a file has may be called discount."""
LINE_RULES: dict[str, str] = {
    "order": "no order id",
    "amount": "no readable amount",
    "discount": "a discount that is no fraction of 0 to 1",
}
"""Rule of the lines -> what breaking it means, in the order in which they are tried."""


@dataclass(frozen=True)
class LineFiles:
    """The files of order lines: their name in messages, the columns of each, and the options that they are read with.

    `formats` are those of numbers in texts, by field and by the place of the file; empty before they are looked at.
    `rejected` keeps the number of lines by rule once all were looked at.
    """

    files: tuple[sources.InputFile, ...]
    columns: tuple[ColumnMap, ...]
    name: str
    options: ReadOptions
    formats: Mapping[str, Mapping[int, AmountFormat]] = field(default_factory=dict)
    rejected: dict[str, int] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class OrderSums:
    """The money of each order (order as text, minor) at `scale`, and the number of lines accepted and rejected.

    `currencies` are those of the signs inside the amounts. `columns` are those of the first of the `files`, and `read`
    are all files as they were read.
    """

    table: pl.DataFrame
    scale: int
    accepted: int
    rejected: Mapping[str, int]
    name: str
    columns_in_words: str
    currencies: tuple[str, ...] = ()
    files: tuple[sources.InputFile, ...] = ()
    columns: ColumnMap | None = None
    read: LineFiles | None = None

    def attach(self, typed: pl.LazyFrame) -> pl.LazyFrame:
        """Add to typed order rows the `minor` of their lines; accepted rows of orders without a line are rejected.

        Where an order has several rows, the first of them (by day, then customer) has the money, so that it counts
        once.
        """
        sums = self.table.lazy()
        joined = typed.with_columns(order=pl.col("order").cast(pl.String)).join(
            sums, on="order", how="left", maintain_order="left"
        )
        taken = pl.col("rule") == rules.ACCEPTED
        # Accepted rows first, so that the money is not lost with a rejected row.
        place = pl.struct(~taken, "day", pl.col("customer").cast(pl.String)).rank("ordinal").over("order")
        minor = pl.when(place == 1).then("minor").otherwise(pl.when(pl.col("minor").is_not_null()).then(0))
        missing = taken & pl.col("minor").is_null()
        return joined.with_columns(
            minor=minor, rule=pl.when(missing).then(pl.lit("lines", rules.VERDICT)).otherwise("rule")
        )


def open_lines(paths: Sequence[Given], options: ReadOptions) -> OrderSums:
    """Open the order lines at `paths`, added up by order. Raises `InputError` where no line can be read."""
    read = with_formats(line_files(paths, options, whole=True))
    with input_errors(read.name):
        columns_in_words = read.columns[0].in_words(skip=("product_id",)) + sources.skipped_in_words(read.files)
        sums = _summed(pl.concat(judged_lines(read)), read.name, columns_in_words)
    forms = [form for name in ("amount", "unit_price") for form in read.formats[name].values()]
    signs = {sign for form in forms for sign in form.evidence.signs}
    known = tuple(sorted(set(resolved(signs, options.currency).values())))
    return replace(sums, currencies=known, files=read.files, columns=read.columns[0], read=read)


def line_files(paths: Sequence[Given], options: ReadOptions, *, whole: bool = False) -> LineFiles:
    """Open the files of order lines. Only with `whole` are all rows looked at, to leave out those of too many fields.

    Raises `InputError` where files are missing or have no column for an order or its money.
    """
    find = sources.open_whole if whole else sources.open_all
    opened = with_mapped(find(paths, options, "lines"), "lines", options)
    name = opened[0].name if len(opened) == 1 else f"{len(opened)} lines files"
    return LineFiles(opened, tuple(_maps(opened, options)), name, options)


def with_formats(lines: LineFiles) -> LineFiles:
    """Return the files with the formats of their numbers, which all texts have shown."""
    with input_errors(lines.name):
        formats = {name: _formats(lines.files, lines.columns, name, lines.options) for name in NUMBERS}
    return replace(lines, formats=formats)


def judged_lines(lines: LineFiles, extra: Sequence[Mapping[str, pl.Expr]] = ()) -> list[pl.LazyFrame]:
    """Return order, value (Float64) and rule of each line of each file; `extra` has further columns for each file."""
    return [
        _values(
            source,
            found,
            {name: lines.formats[name].get(place) for name in NUMBERS},
            extra[place] if extra else {},
        )
        for place, (source, found) in enumerate(zip(lines.files, lines.columns, strict=True))
    ]


def count_rejected(lines: LineFiles) -> None:
    """Count the lines that break each rule in one pass over the files, once; the files keep the numbers."""
    if lines.rejected:
        return
    rows = zip(lines.files, lines.columns, judged_lines(lines), strict=True)
    with input_errors(lines.name):
        counts = pl.concat([_broken(*one) for one in rows]).sum().collect(engine="streaming")
    lines.rejected.update(counts.row(0, named=True))


def _broken(source: sources.InputFile, found: ColumnMap, judged: pl.LazyFrame) -> pl.LazyFrame:
    """Return how many lines of a file break each rule, as one row."""
    headings = {name: found[name] for name in ("order_id", *NUMBERS) if name in found}
    floats = [pl.col(one) for one in headings.values() if source.schema[one].is_float()]
    has_numbers = all(source.schema[one].is_numeric() for one in headings.values())
    is_full = has_numbers and source.footer.full >= {*headings.values()}
    if not is_full or "discount" in headings or source.schema[headings["order_id"]].is_float():
        return judged.select((pl.col("rule") == rule).sum().cast(pl.Int64).alias(rule) for rule in LINE_RULES)
    # A footer proves that no value is missing, so that only a float can be no number.
    counts = {rule: pl.lit(0, pl.Int64) for rule in LINE_RULES}
    if floats:
        counts["amount"] = (~pl.all_horizontal(one.is_finite() for one in floats)).sum().cast(pl.Int64)
    return source.frame.select(**counts) if floats else pl.LazyFrame().select(**counts)


def rejected_in_words(name: str, rejected: Mapping[str, int]) -> str | None:
    """Return how many lines are rejected and why, None where none is."""
    why = "; ".join(f"{count:,} {LINE_RULES[rule]}" for rule, count in rejected.items() if count)
    lines = sum(rejected.values())
    return f"{name}: {lines:,} {'line' if lines == 1 else 'lines'} rejected: {why}" if lines else None


def _maps(opened: Sequence[sources.InputFile], options: ReadOptions) -> list[ColumnMap]:
    """Find the headings of each file. Raises `InputError` where there is none for an order or its money."""
    maps = [columns.detect("lines", source.header, options.map_of("lines"), source.name) for source in opened]
    for source, found in zip(opened, maps, strict=True):
        columns.require(found, ("order_id",), source.header, source.name, source.head())
        if "amount" not in found:
            columns.require(found, ("quantity", "unit_price"), source.header, source.name, source.head())
    return maps


def _values(
    source: sources.InputFile,
    found: ColumnMap,
    formats: Mapping[str, AmountFormat | None],
    extra: Mapping[str, pl.Expr],
) -> pl.LazyFrame:
    """Return order, value (Float64) and rule of each line of one file, and further columns."""
    column_types.refuse_broken(source.frame, found["order_id"], source.schema[found["order_id"]], source.name)
    number = {name: _number(pl.col(found[name]), formats[name]) for name in NUMBERS if name in found}
    # An empty discount is none, but one that cannot be read rejects the line.
    for name in {"discount", "discount_amount"} & set(number):
        number[name] = pl.when(_has_text(source, found[name])).then(number[name]).otherwise(0.0)
    order = column_types.id_of(found["order_id"], source.schema[found["order_id"]], source.name)
    value = number["amount"] if "amount" in number else _line_value(number)
    discount = number["discount"] if "amount" not in number and "discount" in number else pl.lit(0.0)
    rule = (
        pl.when(pl.col("order").is_null())
        .then(pl.lit("order"))
        .when(pl.col("value").is_null())
        .then(pl.lit("amount"))
        .when(~pl.col(DISCOUNT).is_between(0, 1))
        .then(pl.lit("discount"))
        .otherwise(pl.lit(rules.ACCEPTED))
    )
    typed = source.frame.select(order=order, value=value, **{DISCOUNT: discount}, **extra)
    # An id that no one asks for is never made a text.
    return typed.with_columns(pl.col("order").cast(pl.String), rule=rule).drop(DISCOUNT)


def _line_value(number: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return quantity x unit_price x (1 - discount) - discount_amount; an empty discount is none."""
    value = number["quantity"] * number["unit_price"]
    if "discount" in number:
        value = value * (1 - number["discount"])
    return value - number["discount_amount"] if "discount_amount" in number else value


def _has_text(source: sources.InputFile, heading: str) -> pl.Expr:
    """Return whether a cell holds anything."""
    cell = pl.col(heading)
    if source.schema[heading] != pl.String:
        return cell.is_not_null()
    return (cell.str.strip_chars() != "").fill_null(value=False)


def _formats(
    opened: Sequence[sources.InputFile], maps: Sequence[ColumnMap], name: str, options: ReadOptions
) -> dict[int, AmountFormat]:
    """Return the format of one number for each file that has it as texts, by the place of the file."""
    found, where = {}, {}
    for place, (source, columns_of) in enumerate(zip(opened, maps, strict=True)):
        heading = columns_of.get(name)
        if heading is not None and source.schema[heading] == pl.String:
            found[place] = evidence_in(source.frame, pl.col(heading))
            where[place] = f"{source.name}: column {heading!r}"
    return amount_formats(found, where, options.decimal)


def _number(column: pl.Expr, form: AmountFormat | None) -> pl.Expr:
    if form is not None:
        return parse_amounts(column, form)
    value = column.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def _summed(values: pl.LazyFrame, name: str, columns_in_words: str) -> OrderSums:
    taken = values.filter(pl.col("rule") == rules.ACCEPTED)
    # Two passes: amounts become integers only when the scale of all of them is known.
    scale, counted = pl.collect_all(
        [taken.select(money.smallest_scale(pl.col("value"))), values.group_by("rule").agg(rows=pl.len())],
        engine="streaming",
    )
    counts = dict(counted.iter_rows())
    if not counts.get(rules.ACCEPTED):
        raise InputError(f"{name}: no line can be read", "check its columns with rfm check")
    lines = taken.with_columns(minor=money.minor_units(pl.col("value"), scale.item()))
    size = pl.col("minor").abs()
    sums, sizes = pl.collect_all(
        [
            lines.group_by("order").agg(pl.col("minor").sum()),
            lines.select(largest=size.max(), total=size.cast(pl.Float64).sum()),
        ],
        engine="streaming",
    )
    largest, total = sizes.row(0)
    money.check_size(largest, total, name)
    rejected = {rule: counts[rule] for rule in LINE_RULES if counts.get(rule)}
    return OrderSums(sums, scale.item(), counts[rules.ACCEPTED], rejected, name, columns_in_words)
