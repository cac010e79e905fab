"""Files with one row per customer already: recency or last order, frequency, monetary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import column_types, columns, days, ids, money, rules, sources
from rfm_cli.tables.amounts import amount_format, evidence_in, parse_amounts
from rfm_cli.tables.columns import ColumnMap
from rfm_cli.tables.currencies import resolved
from rfm_cli.tables.fields import ALIASES, aliases, fold
from rfm_cli.tables.mapped import with_mapped
from rfm_cli.tables.options import Ids, ReadOptions
from rfm_cli.tables.read_errors import input_errors

OTHER = "other: "
"""A prefix for columns that are no measures, during the checks."""


@dataclass(frozen=True)
class OneRow:
    """Customers with measures: customer, recency_days or last_order, first_order?, frequency, monetary? (minor units).

    `scale` is None where there is no money; `rows` counts rows by rule; `attributes` holds the file's other columns by
    customer_id (text). `columns` are those of the first of the `files`.
    """

    table: pl.DataFrame
    scale: int | None
    rows: dict[str, int]
    name: str
    columns_in_words: str
    attributes: pl.DataFrame
    files: tuple[sources.InputFile, ...] = ()
    columns: ColumnMap | None = None
    ids: Ids = "folded"

    def last_day(self) -> date | None:
        """Return the latest last order, None where the file gives recency in days."""
        last = self.table["last_order"].max() if "last_order" in self.table.columns else None
        return last if isinstance(last, date) else None


def looks_like(header: Sequence[str]) -> bool:
    """Return whether headings fit one row per customer: frequency, and recency or last order, and no order date."""
    folded = {fold(heading) for heading in header}

    def has(table: str, name: str) -> bool:
        return bool(folded & {fold(name), *aliases(table, name)})

    recent = has("one_row", "recency_days") or has("one_row", "last_order")
    return recent and has("one_row", "frequency") and not has("orders", "ordered_at")


def one_row_in(opened: Sequence[sources.InputFile], options: ReadOptions) -> OneRow:
    """Read the customers in opened files. Raises `InputError` where one has two rows or no row can be read."""
    opened = with_mapped([sources.without_surplus(source) for source in opened], "orders", options)
    opened = with_mapped(opened, "one_row", options)
    name = opened[0].name if len(opened) == 1 else f"{len(opened)} files"
    frames, maps = [], []
    given = {field: heading for field, heading in options.map_of("orders").items() if field in ALIASES["one_row"]}
    for source in opened:
        found = columns.detect("one_row", source.header, {**given, **options.map_of("one_row")}, source.name)
        columns.require(found, ("customer_id", "frequency"), source.header, source.name, source.head())
        if "recency_days" not in found:
            columns.require(found, ("last_order",), source.header, source.name, source.head())
        with input_errors(source.name):
            column_types.refuse_broken(
                source.frame, found["customer_id"], source.schema[found["customer_id"]], source.name
            )
            frames.append(_typed_rows(source, found, options).collect())
        maps.append(found)
    columns_in_words = maps[0].in_words() + sources.skipped_in_words(opened)
    made = _checked(pl.concat(frames, how="diagonal_relaxed"), name, columns_in_words, options.ids)
    return replace(made, files=tuple(opened), columns=maps[0])


def _typed_rows(source: sources.InputFile, found: ColumnMap, options: ReadOptions) -> pl.LazyFrame:
    def number(name: str) -> pl.Expr:
        column = pl.col(found[name])
        if source.schema[found[name]] != pl.String:
            value = column.cast(pl.Float64, strict=False)
            return pl.when(value.is_finite()).then(value)
        seen = evidence_in(source.frame, column)
        codes = sorted(set(resolved(seen.signs, options.currency).values()))
        if len(codes) > 1:
            where = f"{source.name}: column {found[name]!r}"
            several = f"{where}: more than one currency ({', '.join(codes)}), which cannot be added"
            raise InputError(several, "keep one currency of the file")
        return parse_amounts(column, amount_format(seen, f"{source.name}: column {found[name]!r}", options.decimal))

    def day(name: str) -> pl.Expr:
        column, where = found[name], f"{source.name}: column {found[name]!r}"
        return days.day_reading(source.frame, column, source.schema[column], where, options).day

    heading = found["customer_id"]
    made = {"customer": ids.id_in(heading, source.schema[heading], source.name, options)}
    made |= {name: day(name) for name in ("first_order", "last_order") if name in found}
    made |= {name: number(name) for name in ("recency_days", "frequency", "monetary") if name in found}
    # With both, recency counts, and the last order follows from it.
    if "recency_days" in made:
        made.pop("last_order", None)
    others = [pl.col(name).alias(OTHER + name) for name in source.schema if name not in found.headings.values()]
    return source.frame.select(*others, **made)


def _checked(table: pl.DataFrame, name: str, columns_in_words: str, rule_of_ids: Ids) -> OneRow:
    whole = [pl.col(column) for column in ("recency_days", "frequency") if column in table.columns]
    # Counts and days are kept in 32 bits.
    unsound = pl.any_horizontal([(value < 0) | (value != value.floor()) | (value > 2**31 - 1) for value in whole])
    known = pl.col("recency_days" if "recency_days" in table.columns else "last_order").is_not_null()
    broken = {"customer": pl.col("customer").is_null()}
    # Customers without a purchase need no date.
    broken["date"] = ~known & (pl.col("frequency") > 0)
    broken["amount"] = unsound.fill_null(value=True) & (known | (pl.col("frequency") > 0).fill_null(value=True))
    if "monetary" in table.columns:
        broken["amount"] |= pl.col("monetary").is_null()
    judged = table.with_columns(rule=rules.first_broken(broken))
    counted = dict(judged.group_by("rule").len().iter_rows())
    rows = {rule: int(counted.get(rule, 0)) for rule in rules.NAMES}
    taken = judged.filter(pl.col("rule") == rules.ACCEPTED).drop("rule")
    doubled = taken.filter(pl.col("customer").is_duplicated())["customer"]
    if len(doubled):
        count = doubled.n_unique()
        who = f"{count:,} customer{'s have' if count > 1 else ' has'}"
        raise InputError(f"{name}: {who} more than one row", "give orders, or one row per customer")
    scale = taken.select(money.smallest_scale(pl.col("monetary"))).item() if "monetary" in taken.columns else None
    made = [pl.col("frequency").cast(pl.UInt32)]
    made += [pl.col("recency_days").cast(pl.Int32)] if "recency_days" in taken.columns else []
    made += [money.minor_units(pl.col("monetary"), scale)] if scale is not None else []
    others = [name for name in taken.columns if name.startswith(OTHER)]
    named = [pl.col(name).alias(name.removeprefix(OTHER)) for name in others if name != f"{OTHER}customer_id"]
    attributes = taken.select(*named, customer_id=pl.col("customer").cast(pl.String))
    made_table = taken.drop(others).with_columns(made)
    # Checked here because no pass over orders follows that would do it.
    if scale is not None:
        size = pl.col("monetary").abs()
        largest, total = made_table.select(size.max(), total=size.cast(pl.Float64).sum()).row(0)
        money.check_size(largest, total, name)
    return OneRow(made_table, scale, rows, name, columns_in_words, attributes, ids=rule_of_ids)
