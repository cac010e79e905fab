"""The findings of `rfm check` as a terminal shows them: the columns of each input, then all else, table by table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rfm_cli.messages import Listed, message
from rfm_cli.model import Finding, Role
from rfm_cli.output.columns import Layout, by_key, worded
from rfm_cli.output.look import Look
from rfm_cli.output.screens.parts import below, rows_screen
from rfm_cli.output.table import line
from rfm_cli.tables.uses import is_used
from rfm_cli.views.check import ways_to_change

if TYPE_CHECKING:
    import polars as pl
    from rich.console import RenderableType

WORDS = by_key(
    message("column"),
    message("consent"),
    message("consent value"),
    message("currency"),
    message("customers"),
    message("days"),
    message("event"),
    message("events"),
    message("example"),
    message("file"),
    message("ids"),
    message("lines"),
    message("money"),
    message("money not used"),
    message("orders"),
    message("products"),
    message("purchases"),
    message("rates"),
    message("rejected"),
    message("repeated rows"),
    message("roll-up"),
    message("rows"),
    message("status"),
    message("type"),
)
"""What findings are of: tables and topics."""
REASONS = by_key(
    message("alias"),
    message("data"),
    message("map"),
    message("name"),
    message("vendor"),
    message("words"),
)
"""By what the field of a column was found."""
CHECK = Layout(
    heads={"topic": message(""), "item": message(""), "found": message("")},
    drop=("rows", "item"),
    wrap=("item", "found"),
    group="table",
    once=("topic",),
    more=message("{n} more findings"),
    words={"table": worded(WORDS), "topic": worded(WORDS)},
)


ROLES = Layout(
    heads={
        "heading": message("heading"),
        "field": message("field"),
        "by": message("found by"),
        "type": message("type"),
        "examples": message("examples"),
        "used_for": message("used for"),
    },
    drop=("type", "by"),
    wrap=("examples", "used_for"),
    group="input",
    words={"by": worded(REASONS)},
)
WIDE = 120
"""From this many columns on, types and examples get columns of their own."""


def check_screen(
    rows: pl.DataFrame, findings: Sequence[Finding], *, look: Look, to_keep: Sequence[str] = ()
) -> list[RenderableType]:
    """Draw the columns of each input, then the findings as the rows that `check_view` made of them, with the options
    that change a guess below, and the lines of rfm.toml that keep the maps of this run."""
    import polars as pl

    beside = pl.Series([one.role is None for one in findings], dtype=pl.Boolean)
    shown = rows.filter(beside).select("table", "topic", "item", "rows", "found")
    found = rows_screen(shown, look=look, layout=CHECK, footer=ways_to_change(findings))
    kept = below([message("to keep the map: --save, or these lines in rfm.toml")], look) if to_keep else []
    return [*_roles(findings, look), *found, *kept, *(line("", text) for text in to_keep)]


def _roles(findings: Sequence[Finding], look: Look) -> list[RenderableType]:
    """Draw a table of the columns in use by input, and below it the further columns."""
    by_input: dict[str, list[Role]] = {}
    for one in findings:
        if one.role:
            table = look.words(WORDS.get(one.table, one.table))  # a linked table has a name of the user's
            by_input.setdefault(f"{table}: {one.role.file}", []).append(one.role)
    used = [(name, role) for name, roles in by_input.items() for role in roles if is_used(role.used_for)]
    if not used:
        return []
    drawn = rows_screen(_table(used, look), look=look, layout=ROLES)
    idle = [
        message("further columns of {input}: {headings}", input=name, headings=Listed(tuple(rest)))
        for name, roles in by_input.items()
        if (rest := [role.heading for role in roles if not is_used(role.used_for)])
    ]
    hint = [message("expressions ask them; --with NAME shows those of orders and customers in a list")] if idle else []
    return [*drawn, *below([*idle, *hint], look), ""]


def _table(used: Sequence[tuple[str, Role]], look: Look) -> pl.DataFrame:
    """Return the columns in use, one per row; on a narrow screen the values are behind the use."""
    import polars as pl

    rows = []
    for name, role in used:
        values = ", ".join(role.examples)
        row = {"input": name, "heading": role.heading, "field": role.field, "by": role.by}
        if look.width >= WIDE:
            rows.append({**row, "type": role.type, "examples": values, "used_for": role.used_for})
        else:
            rows.append({**row, "used_for": f"{role.used_for}; {role.type}" + (f": {values}" if values else "")})
    return pl.DataFrame(rows)
