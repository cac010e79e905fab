"""Where settings come from: a flag beats an `RFM_*` variable, which beats `rfm.toml`, which beats the default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from os import pathsep
from pathlib import Path

from rfm_cli.config import FILE, SETTINGS, TABLE_NAMES, Key, Kind, LinkedSetting, Settings, Value, as_texts
from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.files import is_file
from rfm_cli.safe_text import is_utf8
from rfm_cli.toml_tables import Table, read_toml

KEYS: tuple[Key, ...] = ("customer_id", "order_id", "product_id")
LINKED = "linked"
"""The table of the file whose tables are linked tables, by their names."""
NOT_LINKED = "orders refunds lines events customers products".split()
"""The tables that an expression asks without a setting."""
AT_THE_TOP = ("known",)
"""Keys of `[run]` that a file may also write above its first table."""
READ_ELSEWHERE = ("jobs", "axes", LINKED)
"""Tables that hold no settings: `rfm run` reads the jobs, `language.definitions` the axes, and `resolve` the linked
tables."""


def resolve(flags: Mapping[str, object], env: Mapping[str, str], folder: Path) -> Settings:
    """Return the settings of a run in `folder`; `UsageError` for keys and values that are not understood.

    `flags` may hold other things than settings; None and empty lists mean that a flag was not given. Where the command
    line names the orders (or events that are orders), the tables of the file are ignored: a run on given files reads
    no others.
    """
    path = config_path(flags.get("config"), env, folder)
    top = _read(path) if path else None
    from_file = _settings_of(top) if top else {}
    from_flags = {name: _from_flag(flags.get(name)) for name in SETTINGS}
    given = {name: value for name, value in from_flags.items() if value is not None}
    from_env = {name: _from_env(name, text) for name in SETTINGS if (text := env.get(f"RFM_{name.upper()}"))}
    merged = {**from_file, **from_env, **given}
    # Most settings of a stronger source replace those of a weaker one; pairs add up.
    for name in ("map", "rule", "cuts", "event_kind"):
        joined = _joined_pairs([as_texts(source.get(name)) for source in (from_file, from_env, given)])
        merged |= {name: joined} if joined else {}
    linked = _linked_of(top) if top else ()
    if "orders" in given or ("purchase_events" in given and "events" in given):
        merged = {name: value for name, value in merged.items() if name not in TABLE_NAMES or name in given}
        linked = tuple(replace(one, is_left=True) for one in linked)
    return Settings(merged, frozenset(given), path, linked)


def _joined_pairs(sources: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the pairs of all sources, the strongest last.

    A source may name a file (of cutoffs) in place of pairs: then the stronger source alone counts.
    """
    joined: tuple[str, ...] = ()
    for pairs in sources:
        alike = {"=" in pair for pair in (*joined, *pairs)} == {True}
        joined = (*joined, *pairs) if alike or not pairs else pairs
    return joined


def _from_flag(value: object) -> Value | None:
    """Return the value of a flag, None where it was not given."""
    if value is None or value in ((), []):
        return None
    if isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    return value if isinstance(value, bool) else str(value)


def _from_env(name: str, text: str) -> Value:
    """Return the value of a setting in the text of its variable."""
    kind = SETTINGS[name].kind
    # Paths may be of any bytes, since files may be called anything.
    if not is_utf8(text) and kind != "paths" and name not in ("scheme", "cuts"):
        raise UsageError(f"RFM_{name.upper()}={text}: not UTF-8 text", "set it anew in a terminal of UTF-8")
    if kind == "switch":
        if text.lower() not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
            raise UsageError(f"RFM_{name.upper()}={text}: write 1 or 0")
        return text.lower() in ("1", "true", "yes", "on")
    if kind == "text":
        return text
    # Pairs such as r=30,90,180 have commas of their own.
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


def settings_in(path: Path) -> dict[str, Value]:
    """Return the settings in a configuration file; `UsageError` that names the nearest valid key for an unknown one."""
    return _settings_of(_read(path))


def _read(path: Path) -> Table:
    """Read a configuration file."""
    return read_toml(path, parse_float=float)  # numbers become texts, and a manifest has had 0.1 for 0.10 so far


def _settings_of(top: Table) -> dict[str, Value]:
    """Return the settings in a configuration file that was read."""
    values: dict[str, Value] = {}
    # What is above the first table and what is in [run] add up.
    for key in AT_THE_TOP:
        if key in top.values:
            values[key] = _value(top, key, SETTINGS[key].kind)
    for section in top.values:
        if section not in READ_ELSEWHERE and section not in AT_THE_TOP:
            own = _section(top, section)
            for key in AT_THE_TOP:
                if key in own and key in values:
                    own[key] = (*as_texts(values[key]), *as_texts(own[key]))
            values |= own
    return values


def _linked_of(top: Table) -> tuple[LinkedSetting, ...]:
    """Return the linked tables of a configuration file, `[linked.NAME]`; `UsageError` for what is not understood."""
    linked, found = top.table(LINKED), []
    for name in linked.values:
        if name.casefold() in NOT_LINKED:
            raise linked.error(name, "is the name of a table that is there without it", "choose another name")
        table = linked.table(name)
        table.check_keys(("path", "by", "at"), ("path", "by"))
        paths = _value(table, "path", "paths")
        found.append(LinkedSetting(name, as_texts(paths), table.choice("by", KEYS), table.text_or_none("at")))
    return tuple(found)


def _section(top: Table, section: str) -> dict[str, Value]:
    """Return the settings in one table of the file, by name."""
    sections = sorted({setting.section for setting in SETTINGS.values()})
    if section not in sections:
        # A key of some table, written above all tables, is the usual mistake.
        home = next((known.section for known in SETTINGS.values() if known.key == section), None)
        raise top.unknown(section, f"write it under [{home}]" if home else did_you_mean(section, sections))
    table = top.table(section)
    if section == "columns":
        return {"map": tuple(_column_pairs(table))}
    # The names of events are the user's own, and the keys of the whole table.
    if section == "events":
        return {"event_kind": tuple(f"{name}={_as_text(table, name, kind)}" for name, kind in table.values.items())}
    names = {setting.key: name for name, setting in SETTINGS.items() if setting.section == section}
    # All other keys of this table are names of segments, which are read where an expression is given.
    if section != "segments":
        table.check_keys(names)
    return {names[key]: _value(table, key, SETTINGS[names[key]].kind) for key in table.values if key in names}


def _column_pairs(columns: Table) -> list[str]:
    """Return the headings of the fields of all tables, as `--map` takes them."""
    pairs = []
    for name in columns.values:
        fields = columns.table(name)
        pairs += [f"{name}.{field}={_as_text(fields, field, heading)}" for field, heading in fields.values.items()]
    return pairs


def _value(table: Table, key: str, kind: Kind) -> Value:
    """Return the value under a key as its kind wants it."""
    value = table.values[key]
    if kind == "switch":
        return table.switch(key)
    if kind == "pairs" and isinstance(value, dict):
        return tuple(f"{name}={_as_text(table, key, entry)}" for name, entry in value.items())
    if kind in ("list", "paths", "pairs"):
        entries = value if isinstance(value, list) else [value]
        texts = tuple(_as_text(table, key, entry) for entry in entries)
        is_path = kind == "paths" or (table.header, key) == ("scheme", "cuts")
        return tuple(_from_folder_of(table, text) for text in texts) if is_path else texts
    text = _as_text(table, key, value)
    is_path = (table.header, key) == ("scheme", "name") and text.endswith(".toml")
    return _from_folder_of(table, text) if is_path else text


def _as_text(table: Table, key: str, value: object) -> str:
    """Return a value as the command line would give it; a list is joined by commas."""
    if isinstance(value, list):
        return ",".join(_as_text(table, key, entry) for entry in value)
    # TOML's true is a Python int, and would become the text True.
    if isinstance(value, bool) or not isinstance(value, str | int | float | date | datetime):
        raise table.wrong(key, "a text, a number or a date")
    if "\0" in str(value):
        raise table.error(key, "holds the character NUL", "leave it out")
    return str(value)


def _from_folder_of(table: Table, text: str) -> str:
    """Return a path of the file as the run sees it: relative to the file's own folder."""
    # URLs and standard input lie in no folder.
    if "://" in text or text == "-" or Path(text).is_absolute():
        return text
    place = Path(table.file).parent / text
    return str(place.relative_to(Path.cwd())) if place.is_relative_to(Path.cwd()) else str(place)
