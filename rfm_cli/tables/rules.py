"""The named rules that reject a row: a row counts for the first rule that it breaks; all others are accepted.

`is_rejected_status` judges statuses, `is_cancelled` flags and dates of cancellation; the words are in `words`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from rfm_cli.tables import words

ACCEPTED = "accepted"
RULES: dict[str, str] = {
    "fields": "more fields than the header has",
    "repeated": "the same as an earlier row (--drop-duplicates)",
    "overlap": "of an order that another file has (--overlap)",
    "total": "a row of totals, not of an order",
    "customer": "no customer id",
    "date": "no readable date",
    "amount": "no readable amount",
    "status": "a status that is no order (--reject-status)",
    "cancelled": "an order that was cancelled",
    "currency": "no currency, and its order has several",
    "lines": "no line of the order in the lines table",
    "rate": "no exchange rate on or before its day",
}
"""Rule -> what breaking it means, in the order in which they are tried."""

NAMES = (ACCEPTED, *RULES)
VERDICT = pl.Enum(NAMES)
FEW = 4
"""Up to this many texts are compared one by one."""


def first_broken(broken: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return the first rule of `RULES` that a row breaks, else `accepted`; `broken` has a condition for some rules."""
    # From the last rule to the first, so that the first one that is broken is the last to be set.
    result = pl.lit(ACCEPTED, VERDICT)
    for name in reversed(RULES):
        if name in broken:
            result = pl.when(broken[name]).then(pl.lit(name, VERDICT)).otherwise(result)
    return result


def rule_counts(rule: pl.Expr) -> list[pl.Expr]:
    """Return expressions that count rows by rule, one column each."""
    return [(rule == name).sum().alias(f"rows_{name}") for name in NAMES]


def is_rejected_status(
    status: pl.Expr, rejected: Sequence[str], met: set[str] | None = None, amounts: Sequence[pl.Expr] = ()
) -> pl.Expr:
    """Return whether a status is one of the rejected ones, as `--reject-status` names them.

    Each distinct status of a batch is judged once, by `words.status_verdict`. Accepted ones that a user should hear of
    are added to `met`, unless all their rows lower money: `amounts` are the columns whose product is the money.
    """
    listed = tuple(rejected)

    def judge(columns: Sequence[pl.Series]) -> pl.Series:
        texts = columns[0]
        verdicts = {text: words.status_verdict(text, listed) for text in texts.unique().drop_nulls()}
        odd = [text for text, verdict in verdicts.items() if verdict in ("returned", "mixed")]
        if met is not None and not met.issuperset(odd):
            adds = _is_one_of(texts, odd) & ~_is_below_zero(columns[1:], len(texts))
            met.update(texts.filter(adds).unique())
        return _is_one_of(texts, [text for text, verdict in verdicts.items() if verdict == "rejected"])

    inputs = [status.cast(pl.String), *amounts]
    return pl.map_batches(inputs, judge, return_dtype=pl.Boolean, is_elementwise=True)


def _is_below_zero(amounts: Sequence[pl.Series], rows: int) -> pl.Series:
    """Return whether the product of these columns is surely below 0, by the signs as written."""
    below = pl.repeat(value=False, n=rows, eager=True, dtype=pl.Boolean)
    for one in amounts:
        if one.dtype.is_numeric():
            below ^= (one < 0).fill_null(value=False)
        elif one.dtype == pl.String:
            below ^= one.str.contains(r"^\s*[-\u2212(]|-\s*$").fill_null(value=False)
    return below


def _is_one_of(texts: pl.Series, found: list[str]) -> pl.Series:
    """Return whether each text is one of some few; null is none."""
    if not found:
        return pl.repeat(value=False, n=len(texts), eager=True, dtype=pl.Boolean).rename(texts.name)
    if len(found) > FEW:
        return texts.is_in(found).fill_null(value=False)
    # Equality is compared faster than a set is searched.
    alike = texts.eq_missing(found[0])
    for one in found[1:]:
        alike |= texts.eq_missing(one)
    return alike


def is_cancelled(flag: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return whether a flag or date of cancellation says that the order was cancelled; blank says that it was not."""
    if dtype == pl.Boolean:
        return flag.fill_null(value=False)
    if dtype.is_float():
        return (flag.is_not_nan() & (flag != 0)).fill_null(value=False)
    if dtype.is_numeric():
        return (flag != 0).fill_null(value=False)
    if dtype not in (pl.String, pl.Categorical, pl.Enum):
        return flag.is_not_null()
    return flag.cast(pl.String).map_batches(_are_cancelled, return_dtype=pl.Boolean, is_elementwise=True)


def _are_cancelled(flags: pl.Series) -> pl.Series:
    """Return whether each text says that an order was cancelled; each distinct one is judged once."""
    values = flags.unique().drop_nulls()
    text = pl.lit(values).str.strip_chars().str.to_lowercase()
    no_date = text.str.starts_with("0000-00-00")
    is_zero = text.str.contains(r"^[+-]?0+(?:[.,]0*)?$")
    negated = text.str.contains(words.NEGATED_FLAG)
    not_cancelled = no_date | is_zero | negated | text.is_in(words.NOT_CANCELLED) | (text == "")
    return _is_one_of(flags, values.filter(pl.select(~not_cancelled).to_series()).to_list())


def fold_status(status: pl.Expr) -> pl.Expr:
    """Return a status in the form that is compared: trimmed, lower case."""
    return status.cast(pl.String).str.strip_chars().str.to_lowercase()
