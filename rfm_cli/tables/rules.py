"""The named rules that reject a row: a row counts for the first rule that it breaks; all others are accepted.

A rejected status is decided here, by `is_rejected_status`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

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
    "lines": "no line of the order in the lines table",
    "rate": "no exchange rate on or before its day",
}
"""Rule -> what breaking it means, in the order in which they are tried."""

NAMES = (ACCEPTED, *RULES)
VERDICT = pl.Enum(NAMES)


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


def is_rejected_status(status: pl.Expr, rejected: Sequence[str]) -> pl.Expr:
    """Return whether a status is one of the rejected ones, as `--reject-status` names them."""
    folded = [one.strip().lower() for one in rejected]
    # For an empty status `is_in` gives null, and it rejects no row.
    return fold_status(status).is_in(folded).fill_null(value=False)


def fold_status(status: pl.Expr) -> pl.Expr:
    """Return a status in the form that is compared: trimmed, lower case."""
    return status.cast(pl.String).str.strip_chars().str.to_lowercase()
