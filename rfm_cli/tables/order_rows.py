"""The rows of one file with typed values and the rule that each breaks, and what proves the assumptions about them."""

from __future__ import annotations

from collections.abc import Container, Mapping

import polars as pl

from rfm_cli.tables import rules, totals
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.order_file import NO_CURRENCY, OVERLAID, REPEATED, OrderFile, has_text, is_blank
from rfm_cli.tables.sources import SURPLUS


def typed_rows(file: OrderFile, options: ReadOptions, extra: Mapping[str, pl.Expr] | None = None) -> pl.LazyFrame:
    """Return the rows of one file: customer, order?, day, value?, refund?, currency?, and `rule`, the first rule that
    each breaks.

    `refund` is true where the row is money alone (`OrderFile.is_never_bought`), and absent where no row of the file is.
    Also `had_day` and `had_amount`, whether there was a text, so that one not understood shows; `had_words`, whether an
    id is a word for a total; and the `extra` expressions over the file's own columns.
    """
    raw, columns = file.raw(), file.columns
    made = {
        "customer": file.id("customer_id"),
        "day": file.moment(options.zone).dt.date(),
    }
    if "order_id" in columns:
        made["order"] = file.id("order_id")
    if file.money_fields():
        made["value"] = file.value()
    if file.has_refunds:
        made |= _refund_columns(file, options)
    if (refund := file.is_never_bought()) is not None:
        made["refund"] = refund
    if (code := file.currency()) is not None:
        made["currency"] = code
    if (contradicts := file.contradicts()) is not None:
        made["contradicts"] = contradicts
    apart = rules_on_other_columns(file, options)
    made |= {f"broken_{name}": broken for name, broken in apart.items()}
    made |= _proof_columns(file)
    lacks = lacks_fields(file)
    if lacks is not None:
        made["lacks"] = lacks
    made |= extra or {}
    # Conditions on raw columns are computed before the select, which leaves only typed columns.
    typed = raw.select(**made)
    if words := _possible_totals(file):
        typed = typed.with_columns(had_words=pl.any_horizontal(words))
    broken = {name: pl.col(f"broken_{name}") for name in apart} | _unread(made)
    return typed.with_columns(rule=rules.first_broken(broken)).drop([f"broken_{name}" for name in apart])


def _unread(made: Container[str]) -> dict[str, pl.Expr]:
    """Return, by rule, whether a row lacks what every order needs, among the typed columns that were made."""
    broken = {"customer": pl.col("customer").is_null(), "date": pl.col("day").is_null()}
    if "value" in made:
        broken["amount"] = pl.col("value").is_null()
    if "refunded" in made:
        broken["amount"] |= pl.col("refunded").is_null()
    if "refund_day" in made:
        # The day of a refund matters only where there is one.
        broken["date"] |= (pl.col("refunded") > 0) & pl.col("had_refund_day") & pl.col("refund_day").is_null()
    return broken


def _refund_columns(file: OrderFile, options: ReadOptions) -> dict[str, pl.Expr]:
    """Return the refund that a column names: refunded, refund_day?, and whether there were texts to be understood."""
    made = {"refunded": file.refunded()}
    if file.dtype("refunded") == pl.String:
        made["had_refunded"] = has_text(pl.col(file.columns["refunded"]))
    if "refunded_at" in file.columns:
        made["refund_day"] = file.moment(options.zone, "refunded_at").dt.date()
        made["had_refund_day"] = has_text(pl.col(file.columns["refunded_at"]))
    return made


def rules_on_other_columns(file: OrderFile, options: ReadOptions) -> dict[str, pl.Expr]:
    """Return, by rule, whether a row breaks it: the rules on other columns than customer, date and amount."""
    made: dict[str, pl.Expr] = {}
    if file.totals is not None and file.totals.words:
        made["total"] = totals.is_total(file.totals, file.fields(), file.written() if file.money_fields() else None)
    if "status" in file.columns:
        amounts = [pl.col(file.columns[name]) for name in file.money_fields()]
        status = pl.col(file.columns["status"])
        made["status"] = rules.is_rejected_status(status, options.reject_status, file.met, amounts)
    if "cancelled" in file.columns:
        made["cancelled"] = rules.is_cancelled(pl.col(file.columns["cancelled"]), file.dtype("cancelled"))
    # Only repaired files have this column.
    if SURPLUS in file.source.schema:
        made["fields"] = pl.col(SURPLUS).is_not_null() & (pl.col(SURPLUS) != "")
    if REPEATED in file.source.schema:
        made["repeated"] = pl.col(REPEATED)
    if NO_CURRENCY in file.source.schema:
        made["currency"] = pl.col(NO_CURRENCY)
    if OVERLAID in file.source.schema:
        made["overlap"] = pl.col(OVERLAID)
    return made


def _proof_columns(file: OrderFile) -> dict[str, pl.Expr]:
    """Return what the check of assumptions needs besides the values: whether there was a text to be understood."""
    made: dict[str, pl.Expr] = {}
    # A date of the file's own type is never misread, and needs no check.
    if not file.typed_day():
        made["had_day"] = has_text(pl.col(file.columns["ordered_at"]))
    if file.digits:
        made["had_ids"] = pl.all_horizontal(
            [
                has_text(pl.col(file.columns[name])) == file.written_id(name).is_not_null()
                for name in sorted(file.digits)
            ]
        )
    money = [name for name in file.money_fields() if file.dtype(name) == pl.String]
    if money:
        made["had_amount"] = pl.all_horizontal([has_text(pl.col(file.columns[name])) for name in money])
    return made


def _possible_totals(file: OrderFile) -> list[pl.Expr]:
    """Return, for each id of text, whether it is a word for a total, until all rows were looked at for that."""
    if file.totals is not None:
        return []
    # The digits of an integer are no word, and neither is a typed value.
    fields = {"customer": "customer_id", "order": "order_id"}
    texts = [made for made, name in fields.items() if name in file.columns and name not in file.digits]
    return [totals.has_word(pl.col(made)) for made in texts if file.dtype(fields[made]) in totals.TEXTS]


def lacks_fields(file: OrderFile) -> pl.Expr | None:
    """Return whether a row lacks a field whose lack does not reject it, and which its order may have elsewhere; None
    where the file has no such field, or no order ids."""
    names = [name for name in ("status", "cancelled", "type", "currency") if name in file.columns]
    if "order_id" not in file.columns or not names:
        return None
    return pl.any_horizontal([is_blank(pl.col(file.columns[name]), file.dtype(name)) for name in names])
