"""Dates in texts: the shapes that a column shows decide how it is read. A doubt is an error, never a guess.

`date_shapes` knows the grammar, `date_words` month names, `date_zones` time zones, `date_orders` which number is the
day, and `date_parsing` reads what was chosen. What is decided here rests on the rows of a whole column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import polars as pl

from rfm_cli.tables import date_orders, date_zones
from rfm_cli.tables.date_orders import DateEvidence
from rfm_cli.tables.date_parsing import FEWEST_DAYS, MIDNIGHT, MOST_DAYS, DateFormats
from rfm_cli.tables.date_shapes import SERIAL_DAYS, SERIAL_SHAPE, SERIAL_TIMES, SHORT, Format, format_of
from rfm_cli.tables.date_words import tidied

NUMBER = re.compile(r"^[-+]?9[9.,]*$")
RFC_CST = 1
"""The place of the rule of `date_words` that reads CST in dates of RFC 2822."""
NO_SHAPES = pl.Schema(
    {"shape": pl.String, "rows": pl.UInt32, "example": pl.String, "midnight": pl.UInt32}
    | date_orders.NO_EVIDENCE
    | {"low": pl.Float64, "high": pl.Float64, "part": pl.Boolean}
)


def shapes(text: pl.Expr) -> pl.Expr:
    """Return the shape of each text; blanks around it are kept, because they have to be seen to be trimmed."""
    return text.str.replace_all("[0-8]", "9").str.to_uppercase()


def shape_table(frame: pl.LazyFrame, text: pl.Expr) -> pl.DataFrame:
    """Count texts by shape: shape, rows, example, midnight (how many are at 24:00), and evidence of their order.

    Evidence is looked at where shapes leave a choice, and the bounds of numbers (low, high, and part, whether one has a
    fraction) where these could be Excel's. It costs as much as all the rest, and is null elsewhere.
    """
    texts = frame.select(text=text).filter(pl.col("text").str.strip_chars() != "")
    shaped, value = texts.with_columns(shape=shapes(pl.col("text"))), pl.col("text")
    counts = [
        pl.len().alias("rows"),
        value.min().alias("example"),
        value.str.contains(MIDNIGHT).sum().alias("midnight"),
    ]
    table = shaped.group_by("shape").agg(counts).collect(engine="streaming")
    asking = [shape for shape in table["shape"] if asks(shape)]
    numbers = [shape for shape in table["shape"] if SERIAL_SHAPE.match(shape.strip())]
    number = value.str.strip_chars().str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    bounds = [number.min().alias("low"), number.max().alias("high"), (number % 1 > 0).any().alias("part")]
    for own, columns in ((asking, date_orders.evidence_columns(value)), (numbers, bounds)):
        if own:
            more = shaped.filter(pl.col("shape").is_in(own)).group_by("shape").agg(columns)
            table = table.join(more.collect(engine="streaming"), on="shape", how="left")
    return pl.concat([NO_SHAPES.to_frame(), table], how="diagonal")


def asks(shape: str) -> bool:
    """Return whether dates of a shape leave open which number is the day."""
    return date_orders.asks(shape, brief=False) or date_orders.asks(shape, brief=True)


def is_open(table: pl.DataFrame, where: str) -> bool:
    """Return whether the dates of a column ask for an order, and prove none."""
    is_long, is_brief = (
        any(date_orders.asks(shape, brief=brief) for shape in table["shape"]) for brief in (False, True)
    )
    unproved = is_long and date_orders.long_order(table, where) is None
    return unproved or (is_brief and len(date_orders.brief_orders(table)) != 1)


def date_formats(
    table: pl.DataFrame, others: pl.DataFrame, where: str, date_format: str | None, times_in: str | None = None
) -> DateFormats:
    """Choose how to read a column that shows these shapes.

    `others` are the shapes of all files, which may settle what one file leaves open. A given `date_format`
    (`--date-format`) is taken as it is. `times_in` is the zone of times that name none, or only an unclear one. Texts
    of unknown shapes will be rejected. Raises `InputError` where the column could be read in two ways.
    """
    trim = any(shape != shape.strip() for shape in table["shape"])
    midnight = bool(table["midnight"].sum())
    if date_format:
        form = Format(date_format, instant="%z" in date_format or "%+" in date_format)
        return DateFormats((form,), trim, midnight)
    order = _long_order(table, others, where)
    left = [order] if order else _brief_orders(table, others)
    counts = _counted(table, order, left[0] if len(left) == 1 else None)
    _refuse_brief(table, counts, left, where)
    for form, rows in (_short_epochs(table, counts) | _serials(table, counts)).items():
        counts[form] = counts.get(form, 0) + rows
    if not times_in:
        _refuse_unclear(table, counts, where)
    formats = tuple(sorted(counts, key=lambda form: (-counts[form], form)))
    return DateFormats(formats, trim, midnight, _rules(table, formats), evidence=_evidence(table, counts))


def _counted(table: pl.DataFrame, order: str | None, brief: str | None) -> dict[Format, int]:
    """Count the rows of each format."""
    counts: dict[Format, int] = {}
    for shape, rows in table.select("shape", "rows").iter_rows():
        if form := format_of(shape.strip(), order, brief):
            counts[form] = counts.get(form, 0) + rows
    return counts


def _long_order(table: pl.DataFrame, others: pl.DataFrame, where: str) -> str | None:
    """Return which number is first where years have four digits; None where no shape asks."""
    if not any(date_orders.asks(shape, brief=False) for shape in table["shape"]):
        return None
    order = date_orders.long_order(table, where) or date_orders.long_order(others, where)
    if order is None:
        raise date_orders.long_doubt(table, where)
    return order


def _brief_orders(table: pl.DataFrame, others: pl.DataFrame) -> list[str]:
    """Return the orders that are left where years have two digits; the other files are asked if several are."""
    left = date_orders.brief_orders(table)
    return left if len(left) < 2 else date_orders.brief_orders(others)


def _refuse_brief(table: pl.DataFrame, counts: Mapping[Format, int], left: Sequence[str], where: str) -> None:
    """Raise `InputError` where years of two digits leave a doubt, unless most dates of the column are written
    otherwise: those few rows are then rejected."""
    asking = [date_orders.asks(shape, brief=True) for shape in table["shape"]]
    rows = int(table.filter(pl.Series(asking, dtype=pl.Boolean))["rows"].sum())
    if rows and len(left) != 1 and rows >= sum(counts.values()):
        raise date_orders.brief_doubt(table, left, where)


def _refuse_unclear(table: pl.DataFrame, counts: Mapping[Format, int], where: str) -> None:
    """Raise `InputError` where times name a zone by a word that several zones share."""
    for word in sorted(form.unclear for form in counts if form.unclear):
        examples = [
            row["example"] for row in table.iter_rows(named=True) if re.search(rf"\b{word}\b", row["shape"]) is not None
        ]
        raise date_zones.unclear(word, where, min(examples, default=None))


def _short_epochs(table: pl.DataFrame, known: Mapping[Format, int]) -> dict[Format, int]:
    """Count rows of 9 and of 12 digits by format, where all known dates of the column are of that format too."""
    found: dict[Format, int] = {}
    for shape, rows in table.select("shape", "rows").iter_rows():
        length = len(shape.strip())
        if length not in SHORT or shape.strip() != "9" * length:
            continue
        form = Format(SHORT[length], instant=True, lone=length == 12 and not known)
        if set(known) <= {form}:
            found[form] = found.get(form, 0) + rows
    return found if len(found) == 1 else {}


def _serials(table: pl.DataFrame, known: Mapping[Format, int]) -> dict[Format, int]:
    """Count Excel's serial numbers, where a column has no other dates and all its numbers lie in their bounds."""
    numbers = table.filter(pl.col("shape").str.strip_chars().str.contains(NUMBER.pattern))
    of_five = [bool(SERIAL_SHAPE.match(shape.strip())) for shape in numbers["shape"]]
    if known or not of_five or not all(of_five):
        return {}
    inside = (numbers["low"] >= FEWEST_DAYS) & (numbers["high"] <= MOST_DAYS)
    form = SERIAL_TIMES if numbers["part"].any() else SERIAL_DAYS
    return {form: int(numbers["rows"].sum())} if inside.fill_null(value=False).all() else {}


def _rules(table: pl.DataFrame, formats: Sequence[Format]) -> tuple[int, ...]:
    """Return the rules of `date_words` that the texts of these formats need."""
    if not any(form.tidy for form in formats):
        return ()
    used = {place for shape in table["shape"] for place in tidied(shape.strip())[1]}
    return tuple(sorted(used | ({RFC_CST} if any(form.unclear == "CST" for form in formats) else set())))


def _evidence(table: pl.DataFrame, counts: Mapping[Format, int]) -> DateEvidence:
    asking = table.filter(pl.Series([asks(shape) for shape in table["shape"]], dtype=pl.Boolean))
    briefs = {form: rows for form, rows in counts.items() if form.brief}
    serials = sum(rows for form, rows in counts.items() if form in (SERIAL_DAYS, SERIAL_TIMES))
    number = table.filter(pl.col("low").is_not_null())["example"].str.strip_chars().min() if serials else None
    return DateEvidence(
        rows=int(asking["rows"].sum()),
        not_day=int(asking["not_day"].sum()),
        not_month=int(asking["not_month"].sum()),
        not_year=int(asking["not_year"].sum()),
        brief=sum(briefs.values()),
        serial=serials,
        brief_example=_brief_example(table, briefs) if briefs else None,
        serial_example=str(number) if number is not None else None,
    )


def _brief_example(table: pl.DataFrame, briefs: Mapping[Format, int]) -> str | None:
    """Return the first text, by its characters, whose year has two digits."""
    own = [
        example.strip()
        for shape, example in table.select("shape", "example").iter_rows()
        if any(format_of(shape.strip(), None, order) in briefs for order in date_orders.ORDERS)
    ]
    return min(own, default=None)


def combined_shapes(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Combine the shapes of several files into those of one."""
    sums = [pl.col(name).sum() for name in ("rows", "midnight", *(f"not_{order}" for order in date_orders.ORDERS))]
    lists = [pl.col(name).explode().drop_nulls().unique() for name in ("firsts", "lasts")]
    bounds = [pl.col("low").min(), pl.col("high").max(), pl.col("part").any()]
    return pl.concat(tables).group_by("shape").agg(pl.col("example").min(), *sums, *lists, *bounds).sort("shape")
