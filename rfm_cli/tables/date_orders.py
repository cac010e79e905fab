"""Which number of a date is the day: evidence in the rows of a column, and what it proves.

13/04/2024 proves that the day is first, 04/13/2024 that the month is. With years of two digits the year may be first
as well. Evidence is counted over all rows; where it proves no order, the column is in doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables.date_shapes import BRIEF, DAY_FIRST, LONG, MONTH_FIRST, YEAR_FIRST, form_of, is_brief, is_two_way

ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)
NO_EVIDENCE: dict[str, pl.DataType] = {f"not_{order}": pl.UInt32() for order in ORDERS}
NO_EVIDENCE |= {"firsts": pl.List(pl.Int64), "lasts": pl.List(pl.Int64)}


@dataclass(frozen=True)
class DateEvidence:
    """What the rows of a column show about dates that could be read in several ways.

    `rows` are those in question. `not_day`, `not_month` and `not_year` count the rows that cannot have that number
    first. `brief` counts years of two digits, `serial` Excel's serial numbers; each has an `example`.
    """

    rows: int = 0
    not_day: int = 0
    not_month: int = 0
    not_year: int = 0
    brief: int = 0
    serial: int = 0
    brief_example: str | None = None
    serial_example: str | None = None

    def counts(self) -> dict[str, int]:
        """Return the counts by name, without those that are 0."""
        named = {
            "two_way": self.rows,
            "not_day_first": self.not_day,
            "not_month_first": self.not_month,
            "not_year_first": self.not_year,
            "two_digit_years": self.brief,
            "serial_numbers": self.serial,
        }
        return {name: count for name, count in named.items() if count}


def evidence_columns(text: pl.Expr) -> list[pl.Expr]:
    """Return, for texts of one shape, how many rows rule each order out, and the first and last numbers in them.

    Only dates that are valid in some order count: 45/01/2024 proves none.
    """
    numbers = text.str.extract_all(r"\d+").list
    texts = [numbers.get(place, null_on_oob=True) for place in range(3)]
    one, two, three = (part.cast(pl.Int64, strict=False) for part in texts)
    year_last = texts[2].str.len_bytes().is_in([2, 4])
    brief = texts[2].str.len_bytes() <= 2
    valid = {
        DAY_FIRST: one.is_between(1, 31) & two.is_between(1, 12) & year_last,
        MONTH_FIRST: one.is_between(1, 12) & two.is_between(1, 31) & year_last,
        YEAR_FIRST: brief & (texts[0].str.len_bytes() == 2) & two.is_between(1, 12) & three.is_between(1, 31),
    }
    possible = pl.any_horizontal(valid.values())
    found = [(possible & ~one_of.fill_null(value=False)).sum().alias(f"not_{order}") for order, one_of in valid.items()]
    return [
        *found,
        one.filter(possible & brief).unique().alias("firsts"),
        three.filter(possible & brief).unique().alias("lasts"),
    ]


def asks(shape: str, *, brief: bool) -> bool:
    """Return whether a shape leaves the order open, among those with years of two digits or those of four."""
    form = form_of(shape.strip())
    return is_brief(form) and "." not in form.split(" ")[0] if brief else is_two_way(form)


def long_order(table: pl.DataFrame, where: str) -> str | None:
    """Return which number is first where years have four digits, as all rows prove; None where none does."""
    rows = _asking(table, brief=False)
    left = _left(rows)
    if rows.height and not left:
        raise _doubt(f"{where} mixes day-first and month-first dates", _example(rows), LONG)
    return left[0] if len(left) == 1 else None


def long_doubt(table: pl.DataFrame, where: str) -> InputError:
    """Return the error about dates with years of four digits that could be read in two ways."""
    example = _example(_asking(table, brief=False))
    return _doubt(f"{where} could be read day first or month first", example, LONG)


def brief_orders(table: pl.DataFrame) -> list[str]:
    """Return the orders that are left for dates with years of two digits, by all rows of a column.

    Day or year first, with no row that tells: years are then the number that has fewer different values.
    """
    rows = _asking(table, brief=True)
    left = _left(rows)
    if left == [DAY_FIRST, YEAR_FIRST]:
        firsts, lasts = (rows[name].explode().drop_nulls().n_unique() for name in ("firsts", "lasts"))
        return left if firsts == lasts else [DAY_FIRST if lasts < firsts else YEAR_FIRST]
    return left


def brief_doubt(table: pl.DataFrame, left: Sequence[str], where: str) -> InputError:
    """Return the error about dates with years of two digits that could be read in several ways, or in none."""
    rows = _asking(table, brief=True)
    ways = " or ".join(f"{order} first" for order in left) if left else ""
    problem = f"{where} could be read {ways}" if ways else f"{where} mixes dates with the day, month or year first"
    return _doubt(problem, _example(rows), {order: BRIEF[order] for order in left or ORDERS})


def _asking(table: pl.DataFrame, *, brief: bool) -> pl.DataFrame:
    return table.filter(pl.Series([asks(shape, brief=brief) for shape in table["shape"]], dtype=pl.Boolean))


def _left(rows: pl.DataFrame) -> list[str]:
    """Return the orders that no row rules out."""
    return [order for order in ORDERS if rows.height and not rows[f"not_{order}"].fill_null(0).sum()]


def _example(rows: pl.DataFrame) -> str:
    return str(rows["example"].min())


def _doubt(problem: str, example: str, ways: dict[str, str]) -> InputError:
    mark = next((character for character in example if character in "-/."), "/")
    patterns = [pattern.format(mark) for pattern in ways.values()]
    said = " or ".join(f"--date-format {pattern}" for pattern in patterns)
    return InputError(f"{problem}, for example {example!r}", f"say which: {said} (with %H:%M:%S where there is a time)")
