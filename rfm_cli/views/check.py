"""What the tables are like, and how they were read: `rfm check`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath

import polars as pl

from rfm_cli.messages import Listed, Message, message
from rfm_cli.model import Finding, Role, Shop
from rfm_cli.tables import rules, words
from rfm_cli.tables.lines import LINE_RULES, OrderSums
from rfm_cli.tables.options import ENGAGING, ReadOptions
from rfm_cli.tables.order_file import OrderFile
from rfm_cli.tables.order_model import Facts, Orders
from rfm_cli.tables.order_rows import typed_rows
from rfm_cli.tables.rates import Rates
from rfm_cli.tables.rejected import ROW, rejected_rows
from rfm_cli.views.check_columns import on_columns, on_order_columns
from rfm_cli.views.check_people import on_customers, on_events, on_linked, on_products
from rfm_cli.views.view import View

OPTIONS_OF_RULES = {"status": ("--reject-status",), "date": ("--date-format",), "amount": ("--decimal",)}
EXAMPLES, LONGEST = 3, 80
TYPES: dict[words.TypeVerdict, str] = {
    "refund": "a refund",
    "purchase": "a purchase",
    "unknown": "unknown word: counted as a purchase",
}
MOST_TYPES = 50
"""A column of more values without any refund among them does not hold types of rows."""
HASH = "(hash)"
"""A column beside those of the files, which tells rows apart."""


SCHEMA = {
    "table": pl.String,
    "topic": pl.String,
    "item": pl.String,
    "found": pl.String,
    "rows": pl.Int64,
    "change_with": pl.String,
    "heading": pl.String,
    "field": pl.String,
    "by": pl.String,
    "type": pl.String,
    "examples": pl.String,
    "used_for": pl.String,
}


def check_view(findings: Sequence[Finding]) -> View:
    """Return the report on a shop: one row per finding.

    Columns: table, topic, item, found, rows, change_with (options, with a comma and a space between them); of columns
    of inputs also heading, field, by, type, examples (with a bar between them), used_for.
    """
    rows = [
        (one.table, one.topic, one.item, one.found, one.rows, ", ".join(one.change_with), *_role(one.role))
        for one in findings
    ]
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    return View("check", table.with_columns(pl.col(pl.String).replace("", None)))


def _role(role: Role | None) -> tuple[str, ...]:
    """Return the role of a column as the view has it."""
    if role is None:
        return ("",) * 6
    return role.heading, role.field, role.by, role.type, " | ".join(role.examples), role.used_for


def findings_on(
    shop: Shop,
    facts: Facts | None,
    lines: OrderSums | None = None,
    rates: Rates | None = None,
    engaging: Sequence[str] = ENGAGING,
    options: ReadOptions = ReadOptions(),  # noqa: B008 - frozen
) -> list[Finding]:
    """Return what was found in a shop that was read through, table by table.

    `lines` and `rates` are given tables that no order needed, `engaging` the names and kinds of events that engage.
    `options` are those that the tables were read with.
    """
    findings: list[Finding] = []
    if shop.orders and facts:
        findings += _on_orders(shop.orders, facts, options)
    findings += shop.source.findings()
    if shop.source.inputs:
        findings += on_columns("one_row", *shop.source.inputs, options)
    if shop.customers:
        findings += on_customers(shop.customers, options)
    if shop.events:
        findings += on_events(shop.events, engaging, options)
    if shop.products:
        findings += on_products(shop.products, options)
    for one in shop.linked:
        if one.paths:
            from rfm_cli.language.linked_files import open_linked  # few shops have one

            findings += on_linked(open_linked(one, replace(options, header_row=None)))
    if lines:
        findings += _on_lines(lines, options)
    if rates:
        findings += _on_rates(rates, options)
    return findings


def ways_to_change(findings: Sequence[Finding]) -> list[Message]:
    """Return a line with every option that would change a finding, each once, for a screen; no line without any."""
    options = [option for one in findings for option in one.change_with]
    # One line for all columns: each would repeat the same option.
    known = dict.fromkeys("--map [TABLE.]FIELD=HEADING" if one.startswith("--map ") else one for one in options)
    return [message("a guess is wrong? {options}", options=Listed(tuple(known)))] if known else []


def _on_orders(orders: Orders, facts: Facts, options: ReadOptions) -> Iterator[Finding]:
    for file in orders.files:
        yield from _on_file(file)
    yield Finding("orders", "rows", "read", "", facts.read)
    yield Finding("orders", "rows", rules.ACCEPTED, "", facts.accepted)
    yield from _on_rejects(orders, facts)
    covered = f"{facts.first_day} to {facts.last_day}" if facts.last_day else "none"
    yield Finding("orders", "days", "covered", covered, None, ("--timezone",))
    yield from _on_money(orders, options)
    yield from _on_statuses(orders)
    yield from _on_types(orders)
    repeated = _repeated(orders)
    found = "equal an earlier row in all columns" if repeated else "none"
    yield Finding("orders", "repeated rows", "", found, repeated, ("--drop-duplicates",))


def _on_file(file: OrderFile) -> Iterator[Finding]:
    source = file.source
    count = file.raw().select(pl.len()).collect(engine="streaming").item()
    yield Finding(
        "orders",
        "file",
        PurePath(source.name).name,
        source.form,
        count,
        ("--encoding", "--separator") if source.is_text else (),
    )
    yield from on_order_columns(file)
    if "order_id" not in file.columns:
        yield Finding("orders", "column", "order_id", "none: every row is an order", None, ("--map order_id=HEADING",))


def _on_rejects(orders: Orders, facts: Facts) -> Iterator[Finding]:
    if not facts.rejected:
        return
    rows = rejected_rows(orders, most=EXAMPLES)
    for name, count in facts.rejected.items():
        options = (*OPTIONS_OF_RULES.get(name, ()), "--rejects FILE")
        yield Finding("orders", "rejected", name, rules.RULES[name], count, options)
        # A few rows show what is wrong; --rejects writes all of them.
        own = rows.filter(pl.col("(rule)") == name).head(EXAMPLES)
        for row in own.iter_rows(named=True):
            yield Finding("orders", "example", _place(row, len(orders.files)), _example(row))


def _place(row: dict[str, object], files: int) -> str:
    """Return the place of a row: its number below the header, and the file if there are several."""
    return f"row {row[ROW]:,}" + (f" of {row['(file)']}" if files > 1 else "")


def _example(row: dict[str, object]) -> str:
    """Return the values of a row, cut where they are long."""
    values = [str(value) for name, value in row.items() if not name.startswith("(") and value is not None]
    text = " | ".join(values)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _on_money(orders: Orders, options: ReadOptions) -> Iterator[Finding]:
    if orders.scale is None:
        yield Finding("orders", "money", "none", "scored on R and F alone", None, ("--map amount=HEADING",))
        return
    yield Finding("orders", "money", "scale", f"{orders.scale} decimals")
    if orders.sums:
        yield from _on_lines(orders.sums, options)
    yield from _on_unused_money(orders)
    codes = [(file, code) for file in orders.files if (code := file.currency()) is not None]
    if not codes:
        return
    codes_there = pl.concat([file.raw().select(code=code) for file, code in codes])
    for code, rows in codes_there.group_by("code").len().sort("code").collect(engine="streaming").iter_rows():
        yield Finding("orders", "currency", code or "(empty)", "", rows, ("--rates FILE --currency CODE",))


def _on_unused_money(orders: Orders) -> Iterator[Finding]:
    """Yield the money of recognized exports that is not taken: a vendor has several columns of it."""
    recognized = [file for file in orders.files if file.columns.export]
    if not recognized:
        return
    from rfm_cli.plausibility.amounts import unused_money

    for file in recognized:
        for one in unused_money(file):
            option = (f"--map amount={shlex.quote(one.heading)}",)
            yield Finding("orders", "money not used", one.heading, one.total, one.rows, option)


def _on_lines(sums: OrderSums, options: ReadOptions) -> Iterator[Finding]:
    if sums.columns:
        yield from on_columns("lines", sums.files, sums.columns, options)
    yield Finding("lines", "rows", "accepted", sums.columns_in_words, sums.accepted)
    for name, count in sums.rejected.items():
        yield Finding("lines", "rejected", name, LINE_RULES[name], count)


def _on_rates(rates: Rates, options: ReadOptions) -> Iterator[Finding]:
    if rates.columns:
        yield from on_columns("rates", rates.files, rates.columns, options)
    spans = rates.table.group_by("currency").agg(pl.len(), first=pl.col("day").min(), last=pl.col("day").max())
    for currency, rows, first, last in spans.sort("currency").iter_rows():
        yield Finding("rates", "currency", currency, f"{first} to {last}" if first else "on all days", rows)


def _on_statuses(orders: Orders) -> Iterator[Finding]:
    files = [file for file in orders.files if "status" in file.columns]
    if not files:
        return
    # Rows that are rejected before their status is asked have none: totals, and orders that another file has.
    frames = [
        typed_rows(file, orders.options, {"status": pl.col(file.columns["status"]).cast(pl.String)})
        .filter(~pl.col("rule").cast(pl.String).is_in(["total", "overlap"]))
        .select("status")
        for file in files
    ]
    counts = pl.concat(frames).group_by("status").agg(rows=pl.len()).collect(engine="streaming")
    # Statuses are judged as written, and listed without case.
    listed = tuple(orders.options.reject_status)
    judged = [text is not None and words.status_verdict(text, listed) == "rejected" for text in counts["status"]]
    folded = rules.fold_status(pl.col("status"))
    by = counts.with_columns(pl.Series("rejected", judged, pl.Boolean), status=pl.when(folded != "").then(folded))
    table = by.group_by("status", "rejected").agg(pl.col("rows").sum())
    for status, rejected, rows in table.sort("rows", "status", "rejected", descending=[True, False, False]).iter_rows():
        name = "(empty)" if status is None else status
        yield Finding("orders", "status", name, "rejected" if rejected else "accepted", rows, ("--reject-status",))


def _on_types(orders: Orders) -> Iterator[Finding]:
    """Yield what each type of row was taken for; columns of many other values are no types of rows."""
    frames = [
        file.raw().select(type=pl.col(file.type_heading).cast(pl.String).str.strip_chars(), used="type" in file.columns)
        for file in orders.files
        if file.type_heading is not None
    ]
    if not frames:
        return
    grouped = pl.concat(frames).group_by("type").agg(rows=pl.len(), used=pl.col("used").any())
    counts = grouped.sort("rows", "type", descending=[True, False]).collect(engine="streaming")
    if counts.height > MOST_TYPES and not counts["used"].any():
        return
    for kind, rows, _used in counts.iter_rows():
        found = TYPES[words.type_verdict(kind)] if kind else "a purchase"
        yield Finding("orders", "type", kind or "(empty)", found, rows, ("--map type=HEADING",))


def _repeated(orders: Orders) -> int:
    """Return how many rows equal an earlier one in all columns.

    Rows with different hashes differ, so that only the few rows with equal hashes are compared.
    """
    hashed = _hashed(orders)
    hashes = hashed.select(HASH).collect(engine="streaming").to_series().sort()
    met = hashes.filter(hashes == hashes.shift(1)).unique()
    # Nearly always: no two rows of a file are equal.
    if met.is_empty():
        return 0
    alike = hashed.filter(pl.col(HASH).is_in(met.implode())).drop(HASH).select(pl.all().cast(pl.String))
    before, after = pl.collect_all([alike.select(pl.len()), alike.unique().select(pl.len())], engine="streaming")
    return int(before.item()) - int(after.item())


def _hashed(orders: Orders) -> pl.LazyFrame:
    """Return all rows, one file below the other, with a hash of 64 bits each; as texts where columns differ by file."""
    frames = [file.raw() for file in orders.files]
    # Types differ by file; texts compare alike.
    if len({tuple(frame.collect_schema().items()) for frame in frames}) > 1:
        frames = [frame.select(pl.all().cast(pl.String)) for frame in frames]
    return pl.concat(frames, how="diagonal").with_columns(pl.struct(pl.all()).hash().alias(HASH))
