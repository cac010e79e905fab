"""The user's own choice of columns, `--map`, by table and field."""

from __future__ import annotations

from collections.abc import Sequence

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.tables.fields import ALIASES


def parse_maps(pairs: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return `--map` values by table: `amount=total` is for the orders, `events.at=time` names its table.

    >>> parse_maps(["amount=total", "events.at=ts"])
    {'orders': {'amount': 'total'}, 'events': {'at': 'ts'}}
    """
    maps: dict[str, dict[str, str]] = {}
    for pair in pairs:
        target, equals, heading = pair.partition("=")
        table, _dot, name = target.strip().rpartition(".")
        if not equals or not heading:
            raise UsageError(f"--map {pair!r}: write it as FIELD=HEADING, for example --map amount=total")
        maps.setdefault(check_field(table or "orders", name, f"column map {pair}"), {})[name] = heading
    return maps


def check_field(table: str, name: str, where: str) -> str:
    """Return the table's name if it exists and has such a field, else raise `UsageError`."""
    if table not in ALIASES:
        raise UsageError(f"{where}: no table is called {table!r}", did_you_mean(table, ALIASES))
    # The orders file may turn out to have one row per customer, with fields of its own.
    known = set(ALIASES[table]) | (set(ALIASES["one_row"]) if table == "orders" else set())
    if name not in known:
        raise UsageError(f"{where}: {table} has no field {name!r}", did_you_mean(name, sorted(known)))
    return table
