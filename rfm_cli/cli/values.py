"""The values that the shell completes: words that an option knows, and names in the nearest rfm.toml.

No file of data is opened here. Words whose own module would load Polars are written out, and a test compares them.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

Complete = Callable[[str], list[str]]


def words(*known: str) -> Complete:
    """Return what completes a prefix to one of the words."""

    def complete(incomplete: str) -> list[str]:
        return [word for word in known if word.startswith(incomplete)]

    return complete


def listed(*known: str) -> Complete:
    """Return what completes the last word of a list with commas."""

    def complete(incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",")
        given = before.split(",")
        return [f"{before}{comma}{word}" for word in known if word.startswith(last) and word not in given]

    return complete


DATES = words("last", "today", "yesterday")
LAST = words("last")
SCHEMES = words("rf12", "rfm11", "klaviyo6", "r-rfm", "none")
SHOW = words("show", "rf12", "rfm11", "klaviyo6", "r-rfm")
FORMATS = words("table", "csv", "json", "ndjson", "parquet", "xlsx", "md")
METRICS = words("customers", "revenue", "aov", "share")
LANGUAGES = words("en", "ru")
ENGINES = words("polars", "duckdb", "sc://")
GRAINS = words("day", "month")
STEPS = words("week", "month", "quarter", "year")
CUSTOMER = words("customer")
DAY = words("day")
FREE_ORDERS = words("count", "ignore")
MARKS = words(".", ",")
ENCODINGS = words("utf-8", "utf-16", "cp1250", "cp1251", "cp1252", "latin-1")
SHELLS = words("bash", "zsh", "fish", "powershell", "pwsh")
MOVES = words("segment", "rf", "r", "f", "m", "vip")
PAIRS = words("r,f", "r,m", "f,m")
KNOWN_AXES = "recency frequency monetary tenure engagement last_event r f m segment vip".split()
AXIS = words(*KNOWN_AXES)
AXES = listed(*KNOWN_AXES)
MEASURES = listed("tenure_days", "aov", "engagement", "last_event")
CHANNELS = listed("email", "phone", "telegram")
RULES = words(*(f"{axis}={rule}" for axis in "rfm" for rule in ("quantile", "fixed", "auto", "type7")))


def known_warnings(incomplete: str) -> list[str]:
    """Return the warnings that begin so, after those of the list that are there."""
    from rfm_cli.notes import WARNINGS

    return listed(*WARNINGS)(incomplete)


def commands(ctx: Any, incomplete: str) -> list[str]:
    """Return the commands that begin so."""
    root = ctx.find_root()
    return [name for name in root.command.list_commands(root) if name.startswith(incomplete)]


def jobs(incomplete: str) -> list[str]:
    """Return the jobs of the nearest rfm.toml that begin so."""
    from rfm_cli.errors import RfmError
    from rfm_cli.jobs.job import job_names

    try:
        file = _nearest()
        return [name for name in (job_names(file) if file else ()) if name.startswith(incomplete)]
    except RfmError:  # completion cannot show what is wrong
        return []


def segments(incomplete: str) -> list[str]:
    """Return the segments that begin so, of the scheme that the nearest rfm.toml names."""
    from rfm_cli.config import settings_in
    from rfm_cli.errors import RfmError
    from rfm_cli.schemes import load_scheme

    try:
        file = _nearest()
        name = os.environ.get("RFM_SCHEME") or (settings_in(file).get("scheme") if file else None)
        scheme = load_scheme(name if isinstance(name, str) else "rf12", None)
    except RfmError:
        return []
    return listed(*scheme.names())(incomplete)


def _nearest() -> Path | None:
    """Return the rfm.toml that a run would read."""
    from rfm_cli.config import config_path

    return config_path(None, os.environ, Path())
