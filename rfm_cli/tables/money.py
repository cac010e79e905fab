"""Money: amounts in texts become numbers, with one decimal mark a column; numbers become integers of minor units.

Amounts in texts: `1 234,50`, `1,258.54`, `$12.00`, `(12.00)`, `12.00-`. Minor units are at the smallest scale that
holds every accepted value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import polars as pl

from rfm_cli.errors import InputError

MOST_DECIMALS = 6
LARGEST = 2**52
"""Above so many minor units a 64-bit float no longer tells one from the next."""
LARGEST_TOTAL = 10**18
"""Sums are kept as Decimal(18, scale)."""


def minor_units(value: pl.Expr, scale: int) -> pl.Expr:
    """Integers of 10^-scale, what is left rounded half-even; null past 64 bits, which `check_size` refuses.

    >>> pl.select(minor_units(pl.Series([10.05, 0.125]), 2)).to_series().to_list()
    [1005, 12]
    """
    return (value * 10.0**scale).round(mode="half_to_even").cast(pl.Int64, strict=False)


def misses(value: pl.Expr, scale: int) -> pl.Expr:
    """Whether a value needs more decimals than `scale`: |x - round(x, scale)| > 1e-9 max(1, |x|)."""
    scaled = value * 10.0**scale
    room = pl.max_horizontal(value.abs(), pl.lit(1.0)) * (1e-9 * 10.0**scale)
    return (scaled - scaled.round(mode="half_to_even")).abs() > room


def smallest_scale(value: pl.Expr) -> pl.Expr:
    """The smallest scale of at most six decimals that no value misses; six where all miss."""
    scale = pl.lit(MOST_DECIMALS)
    for decimals in reversed(range(MOST_DECIMALS)):
        scale = pl.when(~misses(value, decimals).any()).then(pl.lit(decimals)).otherwise(scale)
    return scale


def check_size(largest: float | None, total: float | None, where: str) -> None:
    """Raise `InputError` where amounts are too large to be added to the cent."""
    if (largest or 0) >= LARGEST or (total or 0) >= LARGEST_TOTAL:
        raise InputError(
            f"{where}: amounts of {largest:,.0f} minor units are too large to be added exactly",
            "give money in a larger unit, for example thousands",
        )


def too_large(told: str) -> InputError | None:
    """Return the error of averages with too many digits, where that is what Polars told; else None.

    Sums fit into 18 digits, as `check_size` sees to it, and averages have two more decimals than sums.
    """
    if "decimal precision" not in told:
        return None
    return InputError(
        "amounts are too large to be averaged exactly", "give money in a larger unit, for example thousands"
    )


def as_decimal(minor: pl.Expr, scale: int) -> pl.Expr:
    """Minor units shown as money: Decimal(18, scale), the same digits."""
    return minor.cast(pl.Int128).reinterpret(dtype=pl.Decimal(18, scale))


def decimal_of(minor: int, scale: int) -> Decimal:
    """Return minor units as a decimal with exactly `scale` places.

    >>> decimal_of(-1050, 2), decimal_of(7, 0)
    (Decimal('-10.50'), Decimal('7'))
    """
    return Decimal(minor).scaleb(-scale).quantize(Decimal(1).scaleb(-scale))


def money_text(minor: int, scale: int, *, grouped: bool = False) -> str:
    """Return minor units as text in the unit of the money, with all decimals; `grouped` sets thousands apart.

    >>> money_text(-1050, 2), money_text(7, 0), money_text(-123456789, 2, grouped=True)
    ('-10.50', '7', '-1,234,567.89')
    """
    return f"{decimal_of(minor, scale):{',' if grouped else ''}f}"


def half_even(product: pl.Expr, unit: int | pl.Expr) -> pl.Expr:
    """An integer divided by `unit` (positive), rounded half to even, without a float.

    >>> pl.select(half_even(pl.Series([15, 25, -15, 26]), 10)).to_series().to_list()
    [2, 2, -2, 3]
    """
    quotient, rest = product // unit, product % unit
    up = (rest * 2 > unit) | ((rest * 2 == unit) & (quotient % 2 == 1))
    return quotient + up.cast(pl.Int8)


Mark = Literal["plain", ".", ","]
CURRENCY = r"\p{Sc}|руб\.?|р\.|^[A-Z]{3}|[A-Z]{3}$"
SPACES = r"[\s\u00a0\u2007\u2009\u202f'’]"
DOTS = r"^[-+]?[1-9]\d{0,2}\.\d{3}$"
EVIDENCE = ("comma", "point", "doubt", "dots", "other")


@dataclass(frozen=True)
class AmountReading:
    """How one column of texts is turned into numbers: `plain` needs no cleaning, else the decimal mark.

    `grouped` False reads no thousands: where no value has proved the mark, `1,234` is still a doubt.
    """

    mark: Mark = "plain"
    grouped: bool = True


def plain(text: pl.Expr) -> pl.Expr:
    """The number in a text such as `-12.50`, null where it is anything else; infinities and NaN are null."""
    value = text.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def numbers(text: pl.Expr, reading: AmountReading) -> pl.Expr:
    """Float64 numbers in texts as `reading` says, null where a text does not follow its grammar."""
    if reading.mark == "plain":
        return plain(text)
    bare, negative = _bare(text)
    thousands = "," if reading.mark == "." else "."
    mark, group = f"\\{reading.mark}", f"\\{thousands}"
    whole = rf"(?:\d+|\d{{1,3}}(?:{group}\d{{3}})+)" if reading.grouped else r"\d+"
    grammar = rf"^[-+]?(?:{whole}(?:{mark}\d*)?|{mark}\d+)(?:[eE][-+]?\d+)?$"
    digits = bare.str.replace_all(thousands, "", literal=True).str.replace(reading.mark, ".", literal=True)
    value = plain(pl.when(bare.str.contains(grammar)).then(digits))
    return pl.when(negative).then(-value).otherwise(value)


def _bare(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """The digits, marks and leading sign of an amount, and whether accountants' signs make it negative."""
    tight = text.str.replace_all(SPACES, "").str.replace_all("−", "-", literal=True).str.replace_all(CURRENCY, "")
    negative = tight.str.contains(r"^\([^-()]+\)$|^[^-()]+-$")
    bare = pl.when(negative).then(tight.str.replace_all(r"^\(|\)$|-$", "")).otherwise(tight)
    return bare, negative


def evidence(text: pl.Expr) -> list[pl.Expr]:
    """Counts over a column: values that prove a decimal comma, a decimal point, or leave a doubt; and other texts.

    A doubt is `1,234`: one comma, three digits behind it, one to three before it. `dots` are the like with a point:
    a number as it stands, unless commas elsewhere are the decimal mark.
    """
    bare = _bare(text)[0].str.strip_chars("+-")
    both_comma = bare.str.contains(r"^\d[\d.]*\.\d{3},\d*$")
    both_point = bare.str.contains(r"^\d[\d,]*,\d{3}\.\d*$")
    one_comma = bare.str.contains(r"^\d*,\d*$")
    doubt = one_comma & bare.str.contains(r"^[1-9]\d{0,2},\d{3}$")
    comma = both_comma | (one_comma & ~doubt) | bare.str.contains(r"^\d{1,3}(?:\.\d{3}){2,}$")
    dots = bare.str.contains(DOTS)
    one_point = bare.str.contains(r"^\d*\.\d*(?:[eE][-+]?\d+)?$")
    point = both_point | (one_point & ~dots) | bare.str.contains(r"^\d{1,3}(?:,\d{3}){2,}$")
    other = text.is_not_null() & (text.str.strip_chars() != "") & plain(text).is_null()
    return [
        comma.sum().alias("comma"),
        point.sum().alias("point"),
        doubt.sum().alias("doubt"),
        dots.sum().alias("dots"),
        other.sum().alias("other"),
        text.filter(doubt | comma).min().alias("example"),
    ]


def look(frame: pl.LazyFrame, text: pl.Expr) -> dict[str, int | str | None]:
    """The evidence in a column of `frame`; texts that are plain numbers are not searched for anything but points."""
    texts = frame.select(text=text).filter(pl.col("text").str.strip_chars() != "")
    is_plain = plain(pl.col("text")).is_not_null()
    has_point = is_plain & pl.col("text").str.contains(".", literal=True)
    dots = has_point & pl.col("text").str.contains(DOTS)
    quick = texts.select(
        comma=0, point=(has_point & ~dots).sum(), doubt=0, dots=dots.sum(), other=(~is_plain).sum(), example=None
    )
    found = quick.collect(engine="streaming").row(0, named=True)
    if not found["other"]:
        return found
    rest = texts.filter(~is_plain).select(evidence(pl.col("text"))).collect(engine="streaming").row(0, named=True)
    return merged([found, rest])


def decide(found: dict[str, int | str | None], where: str, decimal: Literal[".", ","] | None) -> AmountReading:
    """How to read a column with this evidence; `InputError` where the decimal mark is in doubt."""
    if decimal:
        return AmountReading("plain" if decimal == "." and not found["other"] else decimal)
    comma, point, doubt = (int(found[name] or 0) for name in ("comma", "point", "doubt"))
    example = found["example"]
    if comma and point:
        raise InputError(
            f"{where} has decimal commas and decimal points, for example {example!r}",
            "one mark a column: say which with --decimal , or --decimal .",
        )
    if comma:
        return AmountReading(",")
    if doubt and not point:
        raise InputError(
            f"{where} could be read in two ways, for example {example!r}",
            "say which mark is the decimal one: --decimal , or --decimal .",
        )
    return AmountReading(".", grouped=point > 0) if found["other"] else AmountReading("plain")


def decide_all(
    found: Mapping[int, dict[str, int | str | None]], where: Mapping[int, str], decimal: Literal[".", ","] | None
) -> dict[int, AmountReading]:
    """How to read a column in each of several files, by their places: what one leaves open, the others may settle."""
    together = merged(list(found.values()))
    return {place: decide(together if _in_doubt(own) else own, where[place], decimal) for place, own in found.items()}


def _in_doubt(own: Mapping[str, int | str | None]) -> bool:
    return not own["comma"] and not own["point"] and bool(own["doubt"] or own["dots"])


def merged(found: Sequence[dict[str, int | str | None]]) -> dict[str, int | str | None]:
    """The evidence of several files as that of one."""
    total: dict[str, int | str | None] = {name: sum(int(one[name] or 0) for one in found) for name in EVIDENCE}
    total["example"] = min((str(one["example"]) for one in found if one["example"]), default=None)
    return total
