"""Values of options: which ones the shell completes, and how options take them as plain text.

A shell completes words that an option knows, names in the nearest rfm.toml, and in expressions headings of the files at
hand. Words whose own module would load Polars are written out, and a test compares them. Plain options keep pydantic
from being loaded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperOption

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
AMOUNT_PER = words("order", "row")
OVERLAPS = words("add", "once", "last")
IDS = words("folded", "exact")
MARKS = words(".", ",")
ENCODINGS = words("utf-8", "utf-16", "cp1250", "cp1251", "cp1252", "latin-1")
SHELLS = words("bash", "zsh", "fish", "powershell", "pwsh")
MOVES = words("segment", "rf", "r", "f", "m", "vip")
PAIRS = words("r,f", "r,m", "f,m")
KNOWN_AXES = "recency frequency monetary tenure engagement last_event r f m segment vip".split()
AXIS = words(*KNOWN_AXES)
AXES = listed(*KNOWN_AXES)
TABLES = "orders refunds lines events".split()
NAMES = (
    "customer_id recency_days frequency monetary first_order last_order tenure_days aov r f m rfm segment vip "
    "engagement last_event known_from segment_since previous_segment birthday age has no any none count sum min max "
    "first last within older than before after since until between like reachable not in and or minus with without "
    "later"
).split()
"""Words of expressions."""
MEASURES = listed("tenure_days", "aov", "engagement", "last_event")
CHANNELS = listed("email", "phone", "telegram")
RULES = words(*(f"{axis}={rule}" for axis in "rfm" for rule in ("quantile", "fixed", "auto", "type7")))


def known_warnings(incomplete: str) -> list[str]:
    """Return the warnings that begin with the last of the list, without those that are in it."""
    from rfm_cli.notes import WARNINGS

    return listed(*WARNINGS)(incomplete)


def commands(ctx: Any, incomplete: str) -> list[str]:
    """Return the commands that begin with `incomplete`."""
    root = ctx.find_root()
    return [name for name in root.command.list_commands(root) if name.startswith(incomplete)]


def jobs(incomplete: str) -> list[str]:
    """Return the jobs of the nearest rfm.toml that begin with `incomplete`."""
    from rfm_cli.errors import RfmError
    from rfm_cli.jobs.job import job_names

    try:
        file = _nearest()
        return [name for name in (job_names(file) if file else ()) if name.startswith(incomplete)]
    except RfmError:  # completion cannot show what is wrong
        return []


def segments(incomplete: str) -> list[str]:
    """Return the segments that begin with `incomplete`, of the scheme that the nearest rfm.toml names."""
    from rfm_cli.config_sources import settings_in
    from rfm_cli.errors import RfmError
    from rfm_cli.schemes import load_scheme

    try:
        file = _nearest()
        name = os.environ.get("RFM_SCHEME") or (settings_in(file).get("scheme") if file else None)
        scheme = load_scheme(name if isinstance(name, str) else "rf12", None)
    except RfmError:
        return []
    return listed(*scheme.names(), *_named()[0])(incomplete)


def expressions(ctx: Any, incomplete: str) -> list[str]:
    """Return an expression with its last word completed to a name that the language, rfm.toml or a file at hand has."""
    from rfm_cli.cli.expression_words import fitting
    from rfm_cli.cli.files_at_hand import NO_FILES, files_at_hand
    from rfm_cli.errors import RfmError

    segments, axes = _named()
    try:
        files = files_at_hand(ctx.params)
    except (RfmError, OSError, ValueError):
        files = NO_FILES
    return fitting(incomplete, files, [*segments, *axes], [*TABLES, *NAMES])


def _named() -> tuple[list[str], list[str]]:
    """Return the names of the segments and of the axes in the nearest rfm.toml."""
    from rfm_cli.errors import RfmError
    from rfm_cli.language.definitions import names_in

    try:
        file = _nearest()
        return names_in(file) if file else ([], [])
    except (RfmError, OSError):
        return [], []


def _nearest() -> Path | None:
    """Return the rfm.toml that a run would read."""
    from rfm_cli.config_sources import config_path

    return config_path(None, os.environ, Path())


SETTINGS = {"help_option_names": ["-h", "--help"]}
"""The settings of every command: both names of its help."""
ARGUMENTS = "Arguments"
FIRST = (ARGUMENTS, "What to show", "Common options")
"""Titles that help shows before all others."""
WIDEST = 24
"""Longer names have their help on the next line, so that one of them does not squeeze all the others."""


def _given_value(param: Any, ctx: Any, value: Any) -> Any:
    """Return the value as the command line has it, or as the callback of the parameter reads it."""
    if value is None or (isinstance(value, list | tuple) and not value):
        if param.required and not ctx.resilient_parsing:
            ctx.fail(f"Missing {param.param_type_name} '{param.metavar}'.")
        value = None
    value = list(value) if isinstance(value, tuple) else value
    return value if param.callback is None else param.callback(ctx, param, value)


class PlainOption(TyperOption):
    """An option whose value stays text."""

    def process_value(self, ctx: Any, value: Any) -> Any:
        """Return the value as it is."""
        return _given_value(self, ctx, value)

    def help_row(self) -> tuple[str, str]:
        """Return the names and the help."""
        names = ", ".join(sorted(self.opts, key=len))
        if self.secondary_opts:
            names += f" / {', '.join(self.secondary_opts)}"
        return f"{names} {self.metavar}" if self.metavar else names, self.help or ""

    @property
    def title(self) -> str:
        """The title that help lists it under."""
        return self.rich_help_panel or FIRST[-1]


class PlainArgument(TyperArgument):
    """An argument whose value stays text."""

    multiple = False

    def process_value(self, ctx: Any, value: Any) -> Any:
        """Return the value as it is."""
        return _given_value(self, ctx, value)

    def get_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the argument as the line of usage has it."""
        metavar = str(self.metavar)
        # A metavar of several words, such as `show NAME|FILE`, has all that are taken.
        several = "..." if self.nargs != 1 and " " not in metavar else ""
        return [metavar if self.required else f"[{metavar}]{several}"]

    def help_row(self) -> tuple[str, str]:
        """Return the name and the help."""
        return str(self.metavar), (self.help or "") + ("  [required]" if self.required else "")

    @property
    def title(self) -> str:
        """The title that help lists it under."""
        return ARGUMENTS


Plain = PlainOption | PlainArgument


def plain(param: Any) -> Any:
    """Make a parameter of Typer take text as it is."""
    # Typer makes its own classes; replacing them is the only way that needs none of its private functions.
    param.__class__ = PlainOption if isinstance(param, TyperOption) else PlainArgument
    return param


def write_titles(params: Sequence[Plain], formatter: Any, title: str | None = None) -> None:
    """Write the parameters under their titles, the common ones first; or all under the one `title`."""
    titles: dict[str, list[tuple[str, str]]] = {}
    for param in params:
        if not param.hidden:
            titles.setdefault(title or param.title, []).append(param.help_row())
    width = min(max(len(name) for records in titles.values() for name, _ in records), WIDEST)
    for one in sorted(titles, key=lambda one: FIRST.index(one) if one in FIRST else len(FIRST)):
        with formatter.section(one):
            formatter.write_dl([(name.ljust(width), text) for name, text in titles[one]], col_max=WIDEST)


def whole_number(least: int) -> Callable[[str | None], int | None]:
    """Return a function that reads a whole number of `least` or more."""

    def read(value: str | None) -> int | None:
        if value is None:
            return None
        if not value.isascii() or not value.isdecimal() or int(value) < least:
            raise typer.BadParameter(f"{value!r} is not a whole number of {least} or more")
        return int(value)

    return read


def type_of_usage_errors() -> type[Any]:
    """Return the class of the errors that Typer raises for a command line that it does not understand.

    The class has no public name of its own, but `typer.BadParameter` is made from it.
    """
    return typer.BadParameter.__mro__[1]
