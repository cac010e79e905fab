"""Settings turned into what tables are read from, and how: paths, folders, reading options, the time zone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rfm_cli.cli.found_tables import TableName, found_by_name
from rfm_cli.config import Settings, pairs_of
from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.limits import parse_memory
from rfm_cli.model import LinkedPath, NoOrders, Shop, TablePaths
from rfm_cli.notes import Note, note
from rfm_cli.safe_text import is_utf8
from rfm_cli.tables.fields import fold
from rfm_cli.tables.map_option import parse_maps
from rfm_cli.tables.names import left_beside, listed
from rfm_cli.tables.options import (
    AMOUNT_PER,
    DEFAULT_ZONE,
    EVENT_KINDS,
    IDS,
    OVERLAPS,
    REJECTED_STATUSES,
    AmountPer,
    Overlap,
    ReadOptions,
)

if TYPE_CHECKING:
    from rfm_cli.rollup.compatibility import StatedOptions


ChoiceName = Literal["one_row_per", "one_order_per", "free_orders", "returned_orders", "amount_per", "overlap", "ids"]
STORE = "snapshots"


def store_folder(settings: Settings) -> Path:
    """Return the folder of snapshots: the one that is set, else `snapshots` beside rfm.toml or here."""
    flag = settings.text("store")
    named = [flag] if flag else list(settings.texts("store"))
    if len(named) > 1:
        raise UsageError("store: one folder, not several")
    beside = settings.file.parent if settings.file else Path()
    if named and not is_utf8(named[0]):
        raise UsageError(f"{named[0]}: the name of a store has to be UTF-8", "call the folder otherwise")
    place = Path(named[0]) if named else beside / STORE
    return place.relative_to(Path.cwd()) if place.is_absolute() and place.is_relative_to(Path.cwd()) else place


def table_paths(settings: Settings, folder: Path) -> TablePaths:
    """Return the paths of the tables: as given, else from the configuration, else by name in `folder`."""
    tables: tuple[TableName, ...] = get_args(TableName)
    named = {name: settings.texts(name) for name in tables}
    found = found_by_name(settings, folder)
    named |= {name: found[name] for name in tables if name in found and not named[name]}
    linked = (LinkedPath(one.name, () if one.is_left else one.paths, one.by, one.at) for one in settings.linked)
    return TablePaths(**named, linked=tuple(linked))


def on_left(settings: Settings, folder: Path) -> list[Note]:
    """Remark on the files of `folder` that are called nearly like the tables that were found there by their names."""
    found = found_by_name(settings, folder)
    if not found or not (left := left_beside(folder, found)):
        return []
    taken = "; ".join(f"{table} = {listed(paths)}" for table, paths in found.items())
    return [note(f"taken by name: {taken}; left: {listed(left)}")]


def read_options(settings: Settings) -> ReadOptions:
    """Return how files are read; `UsageError` for values that are not understood."""
    decimal = settings.text("decimal")
    if decimal not in (None, ".", ","):
        raise UsageError(f"--decimal {decimal}: write . or ,")
    separator = settings.text("separator")
    # A shell passes \t as two characters.
    if separator is not None and len(separator := separator.replace("\\t", "\t")) != 1:
        raise UsageError(f"--separator {separator}: write one character")
    return ReadOptions(
        maps=parse_maps(settings.texts("map")),
        encoding=settings.text("encoding") or "utf-8",
        separator=separator,
        decimal=None if decimal is None else "." if decimal == "." else ",",
        date_format=settings.text("date_format"),
        timezone=_said_zone(settings),
        reject_status=_statuses(settings),
        drop_duplicates=settings.switch("drop_duplicates"),
        currency=settings.text("currency"),
        purchase_events=split_texts(settings.texts("purchase_events")),
        one_row_per_customer=one_of(settings, "one_row_per", ("customer",)) is not None,
        memory=parse_memory(memory) if (memory := settings.text("memory")) else None,
        amount_per=_amount_per(settings),
        overlap=_overlap(settings),
        times_in=_zone(settings, "times_in"),
        header_row=_header_row(settings),
        ids="exact" if one_of(settings, "ids", IDS) == "exact" else "folded",
        no_customer=split_texts(settings.texts("no_customer")),
        event_kinds=_event_kinds(settings),
        consent_given=split_texts(settings.texts("consent_given")),
    )


def stated_options(settings: Settings, options: ReadOptions) -> StatedOptions:
    """Return the reading options that were given, even if they were given their default."""
    from rfm_cli.rollup.compatibility import StatedOptions

    names = StatedOptions.__dataclass_fields__
    return StatedOptions(**{name: getattr(options, name) for name in names if name in settings.values})


def split_texts(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts of texts between commas, without blanks around them."""
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


def _statuses(settings: Settings) -> tuple[str, ...]:
    """Return the order statuses to reject: the built-in list, or the given one; `+name` adds to the built-in list."""
    said = split_texts(settings.texts("reject_status"))
    # `+name` adds to the list that is used, the built-in one or the user's.
    added = tuple(status[1:] for status in said if status.startswith("+"))
    instead = tuple(status for status in said if not status.startswith("+"))
    return (instead or tuple(REJECTED_STATUSES)) + added


def one_of(settings: Settings, name: ChoiceName, valid: tuple[str, ...]) -> str | None:
    """Return the value of a setting that takes `valid` alone, None without one; `UsageError` for any other."""
    value = settings.text(name)
    if value is not None and value not in valid:
        raise UsageError(f"--{name.replace('_', '-')} {value}: not known", did_you_mean(value, valid))
    return value


def _amount_per(settings: Settings) -> AmountPer | None:
    return next((one for one in AMOUNT_PER if one == one_of(settings, "amount_per", AMOUNT_PER)), None)


def _overlap(settings: Settings) -> Overlap | None:
    return next((one for one in OVERLAPS if one == one_of(settings, "overlap", OVERLAPS)), None)


def _header_row(settings: Settings) -> int | None:
    text = settings.text("header_row")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise UsageError(f"--header-row {text}: write the number of a line, from 1")
    return int(text)


def _event_kinds(settings: Settings) -> dict[str, str]:
    """Return the kinds of the user's own events, by folded name."""
    kinds = {
        fold(name): kind.strip().lower()
        for name, kind in pairs_of(settings.texts("event_kind"), "--event-kind").items()
    }
    for name, kind in kinds.items():
        if kind not in EVENT_KINDS:
            raise UsageError(f"--event-kind {name}={kind}: no such kind", did_you_mean(kind, EVENT_KINDS))
    return kinds


def time_zone(settings: Settings, shop: Shop | None = None) -> str:
    """Return the time zone whose calendar counts: the user's, else that of a roll-up or of snapshots, else UTC.

    Before a shop is opened, the roll-up among the paths of its orders decides.
    """
    return _said_zone(settings) or _made_zone(settings, shop) or DEFAULT_ZONE


def _said_zone(settings: Settings) -> str | None:
    """Return the time zone of the flag, the variable or rfm.toml; `UsageError` for one that does not exist."""
    return _zone(settings, "timezone")


def _zone(settings: Settings, setting: Literal["timezone", "times_in"]) -> str | None:
    """Return the time zone of a setting, None where it has none; raises `UsageError` for one that does not exist."""
    name = settings.text(setting)
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        option = f"--{setting.replace('_', '-')}"
        raise UsageError(
            f"{option} {name}: no such time zone", "for example UTC, Europe/Berlin, Asia/Almaty"
        ) from error


def _made_zone(settings: Settings, shop: Shop | None) -> str | None:
    """Return the time zone that a roll-up or snapshots were made in, None where orders or nothing at all is read."""
    if shop and not isinstance(shop.source, NoOrders):
        return shop.source.timezone
    # No shop is open yet: its calendar is needed to know which day today is.
    paths = table_paths(settings, Path()).orders
    if not any(Path(str(path)).is_dir() for path in paths):
        return None
    from rfm_cli.rollup.read import read_rollup
    from rfm_cli.rollup.store import is_rollup

    made = [str(path) for path in paths if is_rollup(str(path))]
    return read_rollup(made[0]).manifest.timezone if made else None
