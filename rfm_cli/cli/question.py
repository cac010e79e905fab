"""Settings turned into a question: the date, what counts, the scheme and its cutoffs."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from rfm_cli.cli.settings import one_of, split_texts, time_zone
from rfm_cli.clock import parse_as_of, parse_window
from rfm_cli.config import Settings, pairs_of
from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.model import Question, Shop
from rfm_cli.schemes import AXES, Axis, Bins, Rule, Scheme, load_scheme
from rfm_cli.schemes.model import RULES
from rfm_cli.scores import cutfile
from rfm_cli.scores.cutoffs import DEFAULT_MIN_ORDERS, DEFAULT_SHARE, Cutoffs, Vip
from rfm_cli.scores.fit import Fitting
from rfm_cli.tables.money import MOST_DECIMALS
from rfm_cli.tables.options import ENGAGEMENT_DAYS, ENGAGING

ENGAGEMENT_WINDOW = f"{ENGAGEMENT_DAYS}d"


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
        one_a_day=one_of(settings, "one_order_per", ("day",)) is not None,
        free_orders=one_of(settings, "free_orders", ("count", "ignore")),
        returned_ignored=one_of(settings, "returned_orders", ("count", "ignore")) == "ignore",
        cutoffs=_checked(cutoffs, scheme, fitting, settings, scale) if cutoffs else None,
        new_subscriber=_days(new) if new else None,
    )


def engagement_settings(settings: Settings, day: date | None) -> tuple[int, tuple[str, ...]]:
    """Return the days over which engagement is counted as of `day` (0 without a day), and the events that count."""
    window = parse_window(settings.text("engagement_window") or ENGAGEMENT_WINDOW)
    days = window.days or (day - window.start(day)).days if day else 0
    return days, split_texts(settings.texts("engagement_events")) or ENGAGING


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
