"""Argument lists: every command with any of its own options, with values that fit and others."""

from __future__ import annotations

from random import Random

from typer.core import TyperOption

from rfm_cli.cli.app import COMMANDS, command_called
from rfm_cli.config import SETTINGS
from tests.fuzz import texts

FIT: dict[str, list[str]] = {
    "--as-of": ["2024", "last", "2024-12-31", "2024-Q2", "today"],
    "--since": ["2024-06", "2024-Q1"],
    "--from": ["2024-03", "2024-Q1"],
    "--to": ["2024-12", "last"],
    "--against": ["2024-06"],
    "--every": ["month", "quarter"],
    "--by": ["city", "r,m", "segment", "vip", "last_event,engagement", "city,status", "recency,recency"],
    "--window": ["12mo", "90d", "1w"],
    "--map": ["amount=amount", "customer_id=city"],
    "--format": ["csv", "json", "ndjson", "parquet", "xlsx", "md", "table"],
    "--output": ["o.csv", "o.json", "o.parquet", "o.xlsx", "o", "-", "o.html", "nowhere/o.csv", "/dev/null", "o.zip"],
    "--rejects": ["r.csv", "r.ndjson", "o.csv", "r.xlsx"],
    "--save-cuts": ["c.toml", "o.csv"],
    "--cuts": ["r=30,90,180,365", "f=2,3", "cuts.toml", "m=1,2,3,4"],
    "--rule": ["m=quantile", "r=fixed", "f=auto"],
    "--bins": ["5", "3,4,5", "10", "2"],
    "--scheme": ["rf12", "rfm11", "klaviyo6", "r-rfm", "none", "own.toml"],
    "--share": ["15%", "0.2", "15", "100%"],
    "--revenue": ["50%", "99.9%"],
    "--min-orders": ["1", "3"],
    "--limit": ["0", "1", "5"],
    "--horizons": ["30,60", "1"],
    "--new-subscriber": ["90d", "3mo"],
    "--engagement-window": ["30d", "1mo"],
    "--engagement-events": ["open,click", "Opened Email", "nowhere,visit"],
    "--event-kind": ["open=send", "home=view", "gone=purchase", "x=y"],
    "--list": ["New", "Champions>Lost", "reachable", "15-30,New", "[bold]"],
    "--segment": ["New", "Champions,Lost"],
    "--with": ["email", "city", "email,city", "amount", "n = count orders", "x ="],
    "--edges": ["recency=30,90", "city=a,b"],
    "--where": ["vip", "city = 'x'", "any orders(amount > 3)", "frequency = 'x'", "and"],
    "--items": ["orders", "events within 30 days", "lines("],
    "--k": ["1", "0"],
    "--metric": ["revenue", "share", "aov"],
    "--min-cell": ["3", "0"],
    "--channel": ["email", "telegram"],
    "--store": ["snapshots"],
    "--customers": ["customers.csv"],
    "--events": ["events.csv"],
    "--lines": ["orders.csv"],
    "--products": ["customers.csv"],
    "--rates": ["customers.csv"],
    "--encoding": ["utf-8", "cp1251", "utf-16"],
    "--separator": [",", ";", "\\t"],
    "--decimal": [",", "."],
    "--date-format": ["%Y-%m-%d", "%d.%m.%Y", "%"],
    "--timezone": ["UTC", "Asia/Almaty"],
    "--reject-status": ["paid", "+refunded"],
    "--purchase-events": ["purchase", "open"],
    "--one-row-per": ["customer"],
    "--one-order-per": ["day"],
    "--free-orders": ["ignore", "count"],
    "--currency": ["EUR", "usd"],
    "--grain": ["day", "month"],
    "--add": ["more.csv", "orders.csv"],
    "--title": ["[x]", "Title"],
    "--lang": ["ru", "en", "de"],
    "--config": ["jobs.toml"],
    "--fail-on": ["rejected > 5%", "customers < 1"],
    "--only": ["score", "grid"],
    "--wait": ["0"],
    "--memory": ["x", "0", "1", "-1GB"],
    "--engine": ["duckdb", "polars", "mysql", "sc://", "sc:///x"],
}
"""What options usually take; of the options that could make a run wait or fetch only values that do not."""
HELD = ("--memory", "--engine", "--wait")
HOSTILE = [text for text in texts.NAMES if "\0" not in text and len(text) < 100_000]
HOSTILE += [
    "",
    "-",
    "--",
    "\udcff",
    "a\udc80.csv",
    "/dev/full",
    "x" * 300,
    "-1",
    "1e9",
    "9" * 100,
    "0",
    "nan",
    "=",
    ",",
    "a=",
    "=b",
]
"""What stands in their place: nothing that leads out of the folder of the run."""
EXPRESSIONS = [
    "all",
    "vip and recency_days > 30",
    "has email or no city minus in 'New'",
    "any orders(amount > 10) within 90 days",
    "any events(event = 'open') without orders later",
    "none lines(product_id = 'a')",
    "city like 'K*' and not frequency between 2 and 5",
    "in file 'customers.csv' or in snapshot 2024-06",
    "reachable by email",
    "count orders",
    "city = ",
    "citty = 'x'",
]
"""Expressions, the last of them wrong."""
ARGUMENTS = [
    "orders.csv",
    "customers.csv",
    "events.csv",
    ".",
    "out",
    "snapshots",
    "nightly",
    "rf12",
    "a",
    "2024",
    "nope.csv",
]


def arguments(draw: Random) -> tuple[str, ...]:
    """The words of a command line."""
    command = draw.choice(list(COMMANDS))
    found = command_called(command)
    assert found is not None
    options = [one for one in found.params if isinstance(one, TyperOption) and one.name != "help"]
    words = [command]
    if command == "select" and draw.random() < 0.9:
        words.append(draw.choice([*EXPRESSIONS, draw.choice(HOSTILE)]))
    for _ in range(draw.choice([0, 1, 1, 1, 1, 2])):
        words += [draw.choice(ARGUMENTS[:4] if draw.random() < 0.9 else [*ARGUMENTS, *HOSTILE])]
    some = draw.sample(options, min(draw.choice([0, 1, 2, 2, 3, 5]), len(options)))
    words += [word for option in some for word in _option(draw, option)]
    if draw.random() < 0.05:
        words.insert(draw.randrange(len(words) + 1), draw.choice(["--help", "--version", "--nope", *HOSTILE]))
    return tuple(words)


def variables(draw: Random) -> dict[str, str]:
    """Some variables in place of options, by the names of the settings."""
    chosen = draw.sample([name for name in SETTINGS if f"--{name}" not in HELD], draw.choice([0, 0, 0, 1, 2]))
    return {f"RFM_{name.upper()}": _value(draw, f"--{name.replace('_', '-')}") for name in chosen}


def _option(draw: Random, option: TyperOption) -> list[str]:
    name = option.opts[-1]
    if option.is_flag:
        return [draw.choice([*option.opts, *option.secondary_opts])]
    return [name, _value(draw, name)]


def _value(draw: Random, name: str) -> str:
    """A value for an option, which fits it or not."""
    fitting = FIT.get(name, ["x"])
    return draw.choice(fitting) if name in HELD or draw.random() < 0.85 else draw.choice(HOSTILE)
