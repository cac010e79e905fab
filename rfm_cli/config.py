"""Settings: a flag beats an `RFM_*` variable, which beats `rfm.toml`, which beats the default.

Everything that a user can set stands in `SETTINGS` under one name: the flag `--as-of`, the variable `RFM_AS_OF`
and the key `as_of` of `[clock]` are one setting. Values are texts, lists of texts or switches here; what they mean
is decided where they are used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from os import pathsep
from pathlib import Path
from typing import Any, Literal

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.files import is_file
from rfm_cli.safe_text import is_utf8
from rfm_cli.toml_tables import NotTomlError, parse

FILE = "rfm.toml"
Value = str | bool | tuple[str, ...]
Kind = Literal["text", "switch", "list", "paths", "pairs"]


@dataclass(frozen=True)
class Setting:
    """Where a setting stands in `rfm.toml` and what kind of value it takes.

    `pairs` are texts NAME=VALUE, a table in the file; `paths` are relative to the file there.
    """

    section: str
    key: str
    kind: Kind = "text"


SETTINGS: dict[str, Setting] = {
    "orders": Setting("tables", "orders", "paths"),
    "lines": Setting("tables", "lines", "paths"),
    "events": Setting("tables", "events", "paths"),
    "customers": Setting("tables", "customers", "paths"),
    "products": Setting("tables", "products", "paths"),
    "rates": Setting("tables", "rates", "paths"),
    "map": Setting("columns", "", "pairs"),
    "encoding": Setting("reading", "encoding"),
    "separator": Setting("reading", "separator"),
    "decimal": Setting("reading", "decimal"),
    "date_format": Setting("reading", "date_format"),
    "reject_status": Setting("reading", "reject_status", "list"),
    "drop_duplicates": Setting("reading", "drop_duplicates", "switch"),
    "currency": Setting("reading", "currency"),
    "purchase_events": Setting("reading", "purchase_events", "list"),
    "one_row_per": Setting("reading", "one_row_per"),
    "free_orders": Setting("reading", "free_orders"),
    "one_order_per": Setting("reading", "one_order_per"),
    "engine": Setting("rollup", "engine"),
    "as_of": Setting("clock", "as_of"),
    "timezone": Setting("clock", "timezone"),
    "window": Setting("clock", "window"),
    "scheme": Setting("scheme", "name"),
    "bins": Setting("scheme", "bins"),
    "rule": Setting("scheme", "rules", "pairs"),
    "cuts": Setting("scheme", "cuts", "pairs"),
    "nested": Setting("scheme", "nested", "switch"),
    "new_subscriber": Setting("segments", "new_subscriber"),
    "share": Setting("vip", "share"),
    "min_orders": Setting("vip", "min_orders"),
    "engagement_window": Setting("engagement", "window"),
    "engagement_events": Setting("engagement", "events", "list"),
    "memory": Setting("run", "memory"),
    "lang": Setting("run", "lang"),
    "known": Setting("run", "known", "list"),
    "store": Setting("snapshots", "store", "paths"),
}
TextName = Literal[
    "encoding",
    "separator",
    "decimal",
    "date_format",
    "currency",
    "one_row_per",
    "free_orders",
    "one_order_per",
    "engine",
    "as_of",
    "timezone",
    "window",
    "scheme",
    "bins",
    "new_subscriber",
    "share",
    "min_orders",
    "engagement_window",
    "memory",
    "lang",
    "store",
]
ListName = Literal[
    "orders",
    "lines",
    "events",
    "customers",
    "products",
    "rates",
    "map",
    "reject_status",
    "purchase_events",
    "rule",
    "cuts",
    "engagement_events",
    "known",
    "store",
]
SwitchName = Literal["drop_duplicates", "nested"]
"""The settings by what they hold, so that a type checker knows the names; a store is a text on the command line."""

AT_THE_TOP = ("known",)
"""Keys of `[run]` that a file may also write above its first table."""
TABLE_NAMES = tuple(name for name, setting in SETTINGS.items() if setting.section == "tables")


@dataclass(frozen=True)
class Settings:
    """The values that some source gave, by name; `given` are the names that came from the command line."""

    values: Mapping[str, Value]
    given: frozenset[str] = frozenset()
    file: Path | None = None

    def text(self, name: TextName) -> str | None:
        """A text, None where nobody gave one."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def texts(self, name: ListName) -> tuple[str, ...]:
        """A list of texts, empty where nobody gave one."""
        value = self.values.get(name, ())
        return value if isinstance(value, tuple) else ()

    def switch(self, name: SwitchName) -> bool:
        """Whether a switch is on."""
        return self.values.get(name) is True


def resolve(flags: Mapping[str, object], env: Mapping[str, str], folder: Path) -> Settings:
    """The settings of a run in `folder`; `UsageError` for keys and values that are not understood.

    `flags` may hold other things than settings; None and empty lists mean that a flag was not given. A path on the
    command line for the orders (or events that are orders) sets aside the tables of the file: a run on given files
    reads no others.
    """
    path = config_path(flags.get("config"), env, folder)
    from_file = read_file(path) if path else {}
    said = {name: _flag(flags.get(name)) for name in SETTINGS}
    given = {name: value for name, value in said.items() if value is not None}
    from_env = {name: _from_env(name, text) for name in SETTINGS if (text := env.get(f"RFM_{name.upper()}"))}
    merged = {**from_file, **from_env, **given}
    for name in ("map", "rule", "cuts"):
        joined = _joined_pairs([_pairs(source, name) for source in (from_file, from_env, given)])
        merged |= {name: joined} if joined else {}
    if "orders" in given or ("purchase_events" in given and "events" in given):
        merged = {name: value for name, value in merged.items() if name not in TABLE_NAMES or name in given}
    return Settings(merged, frozenset(given), path)


def _joined_pairs(sources: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The pairs of all sources, the strongest last; a file among them (of cutoffs) and pairs set each other aside."""
    joined: tuple[str, ...] = ()
    for pairs in sources:
        alike = {"=" in pair for pair in (*joined, *pairs)} == {True}
        joined = (*joined, *pairs) if alike or not pairs else pairs
    return joined


def _flag(value: object) -> Value | None:
    if value is None or value in ((), []):
        return None
    if isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    return value if isinstance(value, bool) else str(value)


def _pairs(values: Mapping[str, Value], name: str) -> tuple[str, ...]:
    value = values.get(name, ())
    return value if isinstance(value, tuple) else ()


def _from_env(name: str, text: str) -> Value:
    kind = SETTINGS[name].kind
    if not is_utf8(text) and kind != "paths" and name not in ("scheme", "cuts"):
        raise UsageError(f"RFM_{name.upper()}={text}: not UTF-8 text", "set it anew in a terminal of UTF-8")
    if kind == "switch":
        if text.lower() not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
            raise UsageError(f"RFM_{name.upper()}={text}: write 1 or 0")
        return text.lower() in ("1", "true", "yes", "on")
    if kind == "text":
        return text
    mark = pathsep if kind == "paths" else ";" if kind == "pairs" else ","
    return tuple(part.strip() for part in text.split(mark) if part.strip())


def config_path(flag: object, env: Mapping[str, str], folder: Path) -> Path | None:
    """Return the configuration file of a run: the one that is named, else the nearest; None without any."""
    named = flag or env.get("RFM_CONFIG")
    if named:
        path = Path(str(named))
        if not is_file(path):
            raise UsageError(f"{'--config ' if flag else 'RFM_CONFIG='}{named}: no such file")
        return path
    here = folder.absolute()
    return next((file for place in (here, *here.parents) if (file := place / FILE).is_file()), None)


def read_file(path: Path) -> dict[str, Value]:
    """The settings in a configuration file; `UsageError` that names the nearest valid key for an unknown one."""
    try:
        data = parse(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except NotTomlError as error:
        raise UsageError(f"{path}: not TOML: {error}") from error
    values: dict[str, Value] = {}
    top = {key: value for key, value in data.items() if key in AT_THE_TOP}
    values |= _section(path, "run", top)
    for section, table in data.items():
        if section != "jobs" and section not in top:  # `rfm run` reads the jobs
            own = _section(path, section, table)
            for key in AT_THE_TOP:
                if key in own and key in values:
                    own[key] = (*_pairs(values, key), *_pairs(own, key))
            values |= own
    return values


def _section(path: Path, section: str, table: object) -> dict[str, Value]:
    sections = sorted({setting.section for setting in SETTINGS.values()})
    if section not in sections:
        home = next((known.section for known in SETTINGS.values() if known.key == section), None)
        hint = f"write it under [{home}]" if home else did_you_mean(section, sections)
        raise UsageError(f"{path}: unknown {'key' if home else 'table'} {section!r} at the top", hint)
    if not isinstance(table, dict):
        raise UsageError(f"{path}: {section} is a table, not a value", f"write [{section}] above its keys")
    if section == "columns":
        return {"map": tuple(_column_pairs(path, table))}
    keys = {setting.key: name for name, setting in SETTINGS.items() if setting.section == section}
    values = {}
    for key, value in table.items():
        if key not in keys:
            raise UsageError(f"{path}: unknown key {key!r} in [{section}]", did_you_mean(key, keys))
        values[keys[key]] = _value(path, f"{section}.{key}", SETTINGS[keys[key]].kind, value)
    return values


def _column_pairs(path: Path, tables: Mapping[str, Any]) -> list[str]:
    pairs = []
    for table, fields in tables.items():
        if not isinstance(fields, dict):
            raise UsageError(f"{path}: columns.{table} is a table of columns", f"write [columns.{table}] above it")
        pairs += [f"{table}.{field}={heading}" for field, heading in fields.items()]
    return pairs


def _value(path: Path, where: str, kind: Kind, value: object) -> Value:
    if kind == "switch":
        if isinstance(value, bool):
            return value
        raise UsageError(f"{path}: {where} is true or false, not {value!r}")
    if kind == "pairs" and isinstance(value, dict):
        return tuple(f"{name}={_joined(path, where, entry)}" for name, entry in value.items())
    if kind in ("list", "paths", "pairs"):
        entries = value if isinstance(value, list) else [value]
        texts = tuple(_joined(path, where, entry) for entry in entries)
        is_path = kind == "paths" or where == "scheme.cuts"
        return tuple(_beside(path, text) for text in texts) if is_path else texts
    text = _joined(path, where, value)
    return _beside(path, text) if where == "scheme.name" and text.endswith(".toml") else text


def _joined(path: Path, where: str, value: object) -> str:
    if isinstance(value, list):
        return ",".join(_joined(path, where, entry) for entry in value)
    if isinstance(value, bool) or not isinstance(value, str | int | float | date | datetime):
        raise UsageError(f"{path}: {where} cannot be {value!r}")
    if "\0" in str(value):
        raise UsageError(f"{path}: {where} holds the character NUL", "leave it out")
    return str(value)


def _beside(path: Path, text: str) -> str:
    """A path of the file as the run sees it: relative to the file's own folder."""
    if "://" in text or text == "-" or Path(text).is_absolute():
        return text
    place = path.parent / text
    return str(place.relative_to(Path.cwd())) if place.is_relative_to(Path.cwd()) else str(place)


def pairs_of(texts: Sequence[str], option: str) -> dict[str, str]:
    """NAME=VALUE texts as a mapping, later ones winning.

    >>> pairs_of(["f=quantile"], "--rule")
    {'f': 'quantile'}
    """
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not value:
            raise UsageError(f"{option} {text}: write it as NAME=VALUE")
        found[name.strip()] = value.strip()
    return found
