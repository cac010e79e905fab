"""Amounts in texts become numbers.

They look like `1 234,50`, `1,258.54`, `$12.00`, `(12.00)` or `12.00-`; a column has one decimal mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Literal

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.tables import currencies

Mark = Literal["plain", ".", ","]
SPACES = r"[\s\u00a0\u2007\u2009\u202f'’‘ʼ´`]"
"""Blanks of all kinds and apostrophes, which set thousands apart."""
DASHES = "[−–—]"
DOTS = r"^[-+]?[1-9]\d{0,2}\.\d{3}$"


@dataclass(frozen=True)
class Evidence:
    """Counts over one column of texts that tell which character is its decimal mark.

    `comma` and `point` are values that prove a decimal comma or a decimal point. `doubt` are values such as `1,234`:
    one comma, three digits after it, one to three before it. `dots` are the same with a point; they are plain
    numbers unless commas elsewhere are the decimal mark. `other` are texts that are no plain number. `signed` are
    amounts with the sign of a currency or in brackets, and `signs` the signs and codes in them.
    """

    comma: int = 0
    point: int = 0
    doubt: int = 0
    dots: int = 0
    other: int = 0
    example: str | None = None
    signed: int = 0
    signs: Sequence[str] = ()

    @property
    def is_doubtful(self) -> bool:
        """Whether the column alone does not prove its mark."""
        return not self.comma and not self.point and bool(self.doubt or self.dots)

    def with_other(self, more: Evidence) -> Evidence:
        """Return the evidence of two columns as that of one."""
        return Evidence(
            self.comma + more.comma,
            self.point + more.point,
            self.doubt + more.doubt,
            self.dots + more.dots,
            self.other + more.other,
            min((one for one in (self.example, more.example) if one), default=None),
            self.signed + more.signed,
            tuple(sorted({*self.signs, *more.signs})),
        )

    def counts(self) -> dict[str, int]:
        """Return the counts by name, without those that are 0."""
        named = {
            "decimal_comma": self.comma,
            "decimal_point": self.point,
            "comma_in_doubt": self.doubt,
            "point_in_doubt": self.dots,
            "signs_or_brackets": self.signed,
        }
        return {name: count for name, count in named.items() if count}


@dataclass(frozen=True)
class AmountFormat:
    """How to turn one column of texts into numbers: `plain` needs no cleaning, any other `mark` is the decimal mark.

    With `grouped` False no thousands are read: while no value has proved the mark, `1,234` stays in doubt. With `dash`
    a dash alone is 0, as bookkeepers write it. Without `signs` an amount with the sign of a currency is not understood,
    so that the first one is found. `evidence` counts the rows that the choice rests on.
    """

    mark: Mark = "plain"
    grouped: bool = True
    dash: bool = False
    signs: bool = False
    evidence: Evidence = field(default_factory=Evidence, compare=False)


def parse_plain(text: pl.Expr) -> pl.Expr:
    """Return the number in a text such as `-12.50`, null for any other text; infinities and NaN are null."""
    value = text.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def parse_amounts(text: pl.Expr, form: AmountFormat) -> pl.Expr:
    """Return the numbers (Float64) in texts of the given format, null where a text does not follow its grammar."""
    if form.mark == "plain":
        return parse_plain(text)
    # The grammar is checked on the whole text: "12 apples" must not become 12.
    tight = without_blanks(text)
    bare, negative = _bare(tight, signs=form.signs)
    thousands = "," if form.mark == "." else "."
    mark, group = f"\\{form.mark}", f"\\{thousands}"
    indian = r"|\d{1,2}(?:,\d{2})+,\d{3}" if form.mark == "." else ""
    whole = rf"(?:\d+|\d{{1,3}}(?:{group}\d{{3}})+{indian})" if form.grouped else r"\d+"
    grammar = rf"^[-+]?(?:{whole}(?:{mark}\d*)?|{mark}\d+)(?:[eE][-+]?\d+)?$"
    digits = bare.str.replace_all(thousands, "", literal=True).str.replace(form.mark, ".", literal=True)
    value = parse_plain(pl.when(bare.str.contains(grammar)).then(digits))
    signed = pl.when(negative).then(-value).otherwise(value)
    # A dash beside the sign of a currency is 0, any other where the column has such amounts.
    is_zero = bare.str.contains("^-+$") & (pl.lit(form.dash) | (tight != bare))
    return pl.when(is_zero).then(0.0).otherwise(signed)


def without_blanks(text: pl.Expr) -> pl.Expr:
    """Return amounts without blanks, apostrophes and long dashes."""
    return text.str.replace_all(SPACES, "").str.replace_all(DASHES, "-")


def _bare(tight: pl.Expr, *, signs: bool = True) -> tuple[pl.Expr, pl.Expr]:
    """Return the digits, marks and leading sign of an amount, and whether accountants' signs make it negative."""
    # 12,- and 500/- have a dash in place of the decimals.
    core = (currencies.without_sign(tight) if signs else tight).str.replace(r"(\d)[.,/]-+$", "${1}")
    negative = core.str.contains(r"^\([^-()]+\)$|^[^-()]+-$")
    bare = pl.when(negative).then(core.str.replace_all(r"^\(|\)$|-$", "")).otherwise(core)
    return bare, negative


def evidence_columns(text: pl.Expr) -> list[pl.Expr]:
    """Return an expression for each field of `Evidence`."""
    tight = without_blanks(text)
    core = _bare(tight)[0]
    bare = core.str.strip_chars("+-")
    both_comma = bare.str.contains(r"^\d[\d.]*\.\d{3},\d*$")
    both_point = bare.str.contains(r"^\d[\d,]*,\d{3}\.\d*$")
    one_comma = bare.str.contains(r"^\d*,\d*(?:[eE][-+]?\d+)?$")
    sign = currencies.sign_in(tight)
    # Decimals of three digits are plain numbers, but no amount beside the sign of a currency.
    points = bare.str.contains(DOTS) & sign.is_not_null()
    doubt = points | one_comma & bare.str.contains(r"^[1-9]\d{0,2},\d{3}$")
    comma = both_comma | (one_comma & ~doubt) | bare.str.contains(r"^\d{1,3}(?:\.\d{3}){2,}$")
    dots = bare.str.contains(DOTS) & ~points
    one_point = bare.str.contains(r"^\d*\.\d*(?:[eE][-+]?\d+)?$")
    grouped = bare.str.contains(r"^\d{1,3}(?:,\d{3}){2,}$|^\d{1,2}(?:,\d{2})+,\d{3}$")
    point = both_point | (one_point & ~dots & ~points) | grouped
    signed = tight.str.contains(r"\d") & (sign.is_not_null() | tight.str.contains(r"^\(.*\)$"))
    other = text.is_not_null() & (text.str.strip_chars() != "") & parse_plain(text).is_null()
    return [
        comma.sum().alias("comma"),
        point.sum().alias("point"),
        doubt.sum().alias("doubt"),
        dots.sum().alias("dots"),
        other.sum().alias("other"),
        text.filter(doubt | comma).min().alias("example"),
        signed.sum().alias("signed"),
        currencies.normal(sign).drop_nulls().unique().sort().implode().alias("signs"),
    ]


def evidence_in(frame: pl.LazyFrame, text: pl.Expr) -> Evidence:
    """Return the evidence in a column of `frame`."""
    texts = frame.select(text=text).filter(pl.col("text").str.strip_chars() != "")
    # Most columns hold plain numbers alone, for which the costly patterns need not be tried.
    is_plain = parse_plain(pl.col("text")).is_not_null()
    has_point = is_plain & pl.col("text").str.contains(".", literal=True)
    dots = has_point & pl.col("text").str.contains(DOTS)
    quick = texts.select(point=(has_point & ~dots).sum(), dots=dots.sum(), other=(~is_plain).sum())
    found = Evidence(**quick.collect(engine="streaming").row(0, named=True))
    if not found.other:
        return found
    rest = texts.filter(~is_plain).select(evidence_columns(pl.col("text")))
    return found.with_other(Evidence(**rest.collect(engine="streaming").row(0, named=True)))


def amount_format(found: Evidence, where: str, decimal: Literal[".", ","] | None) -> AmountFormat:
    """Choose how to read a column with this evidence. Raises `InputError` where the decimal mark is in doubt."""
    form = _amount_format(found, where, decimal)
    return _with_evidence(form, found)


def _with_evidence(form: AmountFormat, found: Evidence) -> AmountFormat:
    return replace(form, dash=found.signed > 0, signs=bool(found.signs), evidence=found)


def _amount_format(found: Evidence, where: str, decimal: Literal[".", ","] | None) -> AmountFormat:
    if decimal:
        return AmountFormat("plain" if decimal == "." and not found.other else decimal)
    if found.comma and found.point:
        raise InputError(
            f"{where} has decimal commas and decimal points, for example {found.example!r}",
            "one mark a column: say which with --decimal , or --decimal .",
        )
    if found.comma:
        return AmountFormat(",")
    if found.doubt and not found.point:
        raise InputError(
            f"{where} could be read in two ways, for example {found.example!r}",
            "say which mark is the decimal one: --decimal , or --decimal .",
        )
    return AmountFormat(".", grouped=found.point > 0) if found.other else AmountFormat("plain")


def amount_formats(
    found: Mapping[int, Evidence],
    where: Mapping[int, str],
    decimal: Literal[".", ","] | None,
    before: Evidence | None = None,
) -> dict[int, AmountFormat]:
    """Choose how to read a column in each of several files, by the place of the file.

    What one file leaves in doubt, the others may settle, and those read `before`.
    """
    together = reduce(Evidence.with_other, found.values(), before or Evidence())
    forms = {
        place: amount_format(together if own.is_doubtful else own, where[place], decimal)
        for place, own in found.items()
    }
    return {place: _with_evidence(form, found[place]) for place, form in forms.items()}
