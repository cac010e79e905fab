"""Settings turned into what the pipeline takes: paths, reading options, a question."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rfm_cli.cli.found_tables import TableName, found_by_name
from rfm_cli.clock import parse_as_of, parse_window
from rfm_cli.config import Settings, pairs_of
from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.limits import parse_memory
from rfm_cli.model import LinkedPath, NoOrders, Question, Shop, TablePaths
from rfm_cli.notes import Note, note
from rfm_cli.safe_text import is_utf8
from rfm_cli.schemes import AXES, Axis, Bins, Rule, Scheme, load_scheme
from rfm_cli.schemes.model import RULES
from rfm_cli.scores import cutfile
from rfm_cli.scores.cutoffs import DEFAULT_MIN_ORDERS, DEFAULT_SHARE, Cutoffs, Vip
from rfm_cli.scores.fit import Fitting
from rfm_cli.tables.columns import parse_maps
from rfm_cli.tables.fields import fold
from rfm_cli.tables.money import MOST_DECIMALS
from rfm_cli.tables.names import left_beside, listed
from rfm_cli.tables.options import (
    AMOUNT_PER,
    DEFAULT_ZONE,
    ENGAGEMENT_DAYS,
    ENGAGING,
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
ENGAGEMENT_WINDOW = f"{ENGAGEMENT_DAYS}d"


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
        purchase_events=_split(settings.texts("purchase_events")),
        one_row_per_customer=_one_of(settings, "one_row_per", ("customer",)) is not None,
        memory=parse_memory(memory) if (memory := settings.text("memory")) else None,
        amount_per=_amount_per(settings),
        overlap=_overlap(settings),
        times_in=_zone(settings, "times_in"),
        header_row=_header_row(settings),
        ids="exact" if _one_of(settings, "ids", IDS) == "exact" else "folded",
        no_customer=_split(settings.texts("no_customer")),
        event_kinds=_event_kinds(settings),
        consent_given=_split(settings.texts("consent_given")),
    )


def stated_options(settings: Settings, options: ReadOptions) -> StatedOptions:
    """Return the reading options that were given, even if they were given their default."""
    from rfm_cli.rollup.compatibility import StatedOptions

    names = StatedOptions.__dataclass_fields__
    return StatedOptions(**{name: getattr(options, name) for name in names if name in settings.values})


def _split(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


def _statuses(settings: Settings) -> tuple[str, ...]:
    """Return the order statuses to reject: the built-in list, or the given one; `+name` adds to the built-in list."""
    said = _split(settings.texts("reject_status"))
    # `+name` adds to the list that is used, the built-in one or the user's.
    added = tuple(status[1:] for status in said if status.startswith("+"))
    instead = tuple(status for status in said if not status.startswith("+"))
    return (instead or tuple(REJECTED_STATUSES)) + added


def _one_of(settings: Settings, name: ChoiceName, valid: tuple[str, ...]) -> str | None:
    value = settings.text(name)
    if value is not None and value not in valid:
        raise UsageError(f"--{name.replace('_', '-')} {value}: not known", did_you_mean(value, valid))
    return value


def _amount_per(settings: Settings) -> AmountPer | None:
    return next((one for one in AMOUNT_PER if one == _one_of(settings, "amount_per", AMOUNT_PER)), None)


def _overlap(settings: Settings) -> Overlap | None:
    return next((one for one in OVERLAPS if one == _one_of(settings, "overlap", OVERLAPS)), None)


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


def as_of_date(settings: Settings, text: str | None, shop: Shop | None = None) -> date | None:
    """Return the day that a text means, None for the last day of the orders."""
    word = text or "last"
    clock = word.strip().casefold() in ("today", "yesterday")
    return parse_as_of(word, datetime.now(ZoneInfo(time_zone(settings, shop))).date() if clock else None)


def check_question(settings: Settings) -> Question:
    """Return the question without a file of cutoffs; `UsageError`, before a file is read, if it makes no sense."""
    # A file of cutoffs needs the scale of the money, so it waits for the shop.
    given = tuple(text for text in settings.texts("cuts") if is_axis_cutoffs(text))
    question = build_question(replace(settings, values={**settings.values, "cuts": given}), Shop())
    engagement_settings(settings, None)
    return question


def build_question(settings: Settings, shop: Shop) -> Question:
    """Return the question for a shop; saved cutoffs are read here, since their money needs the scale of the shop."""
    window, new = settings.text("window"), settings.text("new_subscriber")
    files = [text for text in settings.texts("cuts") if not is_axis_cutoffs(text)]
    if len(files) > 1:
        raise UsageError(f"--cuts: {len(files)} files given, and one is the ruler")
    given = dict(cutfile.parse_given(text) for text in settings.texts("cuts") if is_axis_cutoffs(text))
    scale = shop.scale
    cutoffs = cutfile.load(files[0], None if scale is None else MOST_DECIMALS) if files else None
    if cutoffs and given:
        raise UsageError("--cuts: a file of cutoffs and cutoffs of single axes do not go together")
    # A file of cutoffs holds the outcome of these options already.
    for option in ("share", "rule", "nested"):
        if files and option in settings.given:
            raise UsageError(f"--{option} does not go with --cuts {files[0]}", "the file says it already")
    bins = settings.text("bins")
    scheme = load_scheme(settings.text("scheme") or "rf12", Bins.parse(bins) if bins else _own_bins(cutoffs))
    fitting = Fitting(
        scheme,
        rules=axis_rules(settings),
        given=given,
        nested=settings.switch("nested"),
        share=parse_share(settings.text("share")) or DEFAULT_SHARE,
        min_orders=_min_orders(settings),
    )
    return Question(
        fitting,
        as_of=as_of_date(settings, settings.text("as_of"), shop),
        window=parse_window(window) if window else None,
        one_a_day=_one_of(settings, "one_order_per", ("day",)) is not None,
        free_orders=_one_of(settings, "free_orders", ("count", "ignore")),
        returned_ignored=_one_of(settings, "returned_orders", ("count", "ignore")) == "ignore",
        cutoffs=_checked(cutoffs, scheme, fitting, settings, scale) if cutoffs else None,
        new_subscriber=_days(new) if new else None,
    )


def engagement_settings(settings: Settings, day: date | None) -> tuple[int, tuple[str, ...]]:
    """Return the days over which engagement is counted as of `day` (0 without a day), and the events that count."""
    window = parse_window(settings.text("engagement_window") or ENGAGEMENT_WINDOW)
    days = window.days or (day - window.start(day)).days if day else 0
    return days, _split(settings.texts("engagement_events")) or ENGAGING


def is_axis_cutoffs(text: str) -> bool:
    """Return whether a text of `--cuts` is NAME=VALUE and no file: its name is short, and there is no such file."""
    named = re.match(r"\s*[^\W\d_]{1,12}\s*=", text) is not None
    return named and not os.path.exists(text)  # noqa: PTH110 - Path.exists raises where a name is too long


def _own_bins(cutoffs: Cutoffs | None) -> Bins | None:
    return cutoffs.bins if cutoffs else None


def _checked(cutoffs: Cutoffs, scheme: Scheme, fitting: Fitting, settings: Settings, scale: int | None) -> Cutoffs:
    """Return saved cutoffs with the VIP rule of the options, if they give one.

    Raises `UsageError` if the cutoffs do not fit the bins of the scheme or the money of the orders.
    """
    if cutoffs.bins != scheme.bins:
        raise UsageError(f"--cuts: these cutoffs are for {cutoffs.bins} bins, and the scheme has {scheme.bins}")
    # Orders without money have no M, so that its cutoffs may be missing.
    missing = [axis for axis in AXES if axis not in cutoffs.axes and (axis != "m" or scale is not None)]
    if missing:
        raise UsageError(f"--cuts: the file has no cutoffs for {', '.join(missing)}", "save them anew with --save-cuts")
    if settings.text("min_orders") is None:
        return cutoffs
    return cutfile.with_vip(cutoffs, Vip(cutoffs.vip.floor, cutoffs.vip.share, fitting.min_orders))


def axis_rules(settings: Settings) -> Mapping[Axis, Rule]:
    """Return the rules that the user named, by axis."""
    found: dict[Axis, Rule] = {}
    for name, rule in pairs_of(settings.texts("rule"), "--rule").items():
        axis = next((axis for axis in AXES if axis == name.lower()), None)
        if axis is None:
            raise UsageError(f"--rule {name}={rule}: no such axis", did_you_mean(name, AXES))
        if rule not in RULES:
            raise UsageError(f"--rule {name}={rule}: no such rule", did_you_mean(rule, RULES))
        found[axis] = rule
    return found


def parse_share(text: str | None) -> Decimal | None:
    """Return a share such as `15%` or `0.15`; a bare number over 1 is an error, since it could mean either.

    >>> parse_share("15%"), parse_share("0.15")
    (Decimal('0.15'), Decimal('0.15'))
    """
    if text is None:
        return None
    try:
        number = Decimal(text.strip().removesuffix("%"))
    except InvalidOperation:
        number = Decimal(0)
    # `15%` is 0.15, and so is `0.15`; `15` could mean either.
    share = number.scaleb(-2) if text.strip().endswith("%") else number
    if not number.is_finite() or not 0 < share <= 1:
        bare = number.is_finite() and 1 < number <= 100 and not text.strip().endswith("%")
        example = f"{text.strip()}% or {number.scaleb(-2)}" if bare else "15% or 0.15"
        raise UsageError(f"{text} is no share", f"write a part of the whole, such as {example}")
    return share


def parse_metric(text: str | None) -> str:
    """Return the figure that a map is shaded by: customers, revenue, aov or share."""
    from rfm_cli.views.view import METRICS

    metric = (text or next(iter(METRICS))).strip().lower()
    if metric not in METRICS:
        raise UsageError(f"--metric {text}: not known", did_you_mean(metric, METRICS))
    return metric


def require_money(metric: str, scale: int | None) -> None:
    """Raise `UsageError` if a map is to be shaded by money and there is none."""
    if metric in ("revenue", "aov") and scale is None:
        raise UsageError(f"--metric {metric} needs amounts, and these orders have none", "use --metric customers")


def _min_orders(settings: Settings) -> int:
    text = settings.text("min_orders")
    if text is None:
        return DEFAULT_MIN_ORDERS
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) < 1:
        raise UsageError(f"--min-orders {text}: write a whole number of 1 or more")
    return int(text)


def _days(text: str) -> int:
    window = parse_window(text)
    if window.months:
        raise UsageError(f"--new-subscriber {text}: write it in days or weeks, such as 90d")
    return window.days
