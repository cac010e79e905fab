"""Checks that the options of a run fit a roll-up: what was decided when it was made cannot be decided again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from rfm_cli.errors import UsageError
from rfm_cli.rollup.manifest import READING, Manifest, Periods, Purchases
from rfm_cli.tables.fields import fold
from rfm_cli.tables.ids import as_compared
from rfm_cli.tables.options import Ids, ReadOptions

ANEW = "roll the orders up anew with it, or leave it out"
DEFAULTS = ReadOptions()
OF_ORDERS = ("amount_per", "overlap")
"""The options of `READING` that no table beside the orders heeds."""


@dataclass(frozen=True)
class StatedOptions:
    """The options for reading orders that the user has set; None for each that was not set."""

    timezone: str | None = None
    reject_status: tuple[str, ...] | None = None
    drop_duplicates: bool | None = None
    currency: str | None = None
    date_format: str | None = None
    decimal: str | None = None
    times_in: str | None = None
    amount_per: str | None = None
    overlap: str | None = None
    ids: Ids | None = None
    no_customer: tuple[str, ...] | None = None

    @classmethod
    def of(cls, options: ReadOptions) -> StatedOptions:
        """Return the options that differ from their defaults."""
        # An option that is set to its default cannot be known from one that is not set.
        found = {name: getattr(options, name) for name in cls.__dataclass_fields__}
        return cls(**{name: value for name, value in found.items() if value != getattr(DEFAULTS, name)})


def require_agreement(where: str, manifest: Manifest, stated: StatedOptions, *, adding: bool = False) -> None:
    """Raise UsageError for an option that contradicts the roll-up called `where`.

    An option that cannot have mattered may differ unless orders are `adding`: a zone if no time had one, statuses if
    there were none.
    """
    made = manifest.timezone
    if stated.timezone not in (None, made) and (adding or manifest.converted):
        raise UsageError(f"--timezone {stated.timezone}: the days of {where} are those of {made}", ANEW)
    # Without a status no row could be rejected, whatever the list.
    matters = stated.reject_status is not None and (adding or manifest.has_status)
    if matters and _differ(stated.reject_status or (), manifest.statuses):
        listed = ", ".join(manifest.statuses) or "none"
        raise UsageError(f"--reject-status: {where} was made with other ones ({listed})", ANEW)
    if stated.drop_duplicates is not None and stated.drop_duplicates != manifest.drop_duplicates:
        option = "--drop-duplicates" if stated.drop_duplicates else "--keep-duplicates"
        raise UsageError(f"{option}: {where} was made without it", ANEW)
    if stated.currency and manifest.currency not in (None, stated.currency.upper()):
        raise UsageError(f"--currency {stated.currency}: the money of {where} is in {manifest.currency}", ANEW)
    _require_people(where, manifest, stated, adding=adding)
    _require_reading(where, manifest, stated, adding=adding)


def _require_people(where: str, manifest: Manifest, stated: StatedOptions, *, adding: bool) -> None:
    """Raise UsageError if ids follow another rule than in the roll-up, or other ids are no customer."""
    if stated.ids is not None or adding:
        require_ids(where, manifest.ids, stated.ids or DEFAULTS.ids)
    if stated.no_customer is None:
        return
    wanted, made = (set(as_compared(names, manifest.ids)) for names in (stated.no_customer, manifest.no_customer))
    if wanted != made:
        listed = ", ".join(manifest.no_customer) or "none"
        raise UsageError(f"--no-customer: {where} was made with other ids ({listed})", ANEW)


def require_ids(where: str, made: Ids, wanted: Ids) -> None:
    """Raise UsageError if the ids of newer data would follow another rule than those of the roll-up."""
    if made == wanted:
        return
    ways = {"exact": "as they are written", "folded": "folded (addresses in lower case, 17850.0 as 17850)"}
    raise UsageError(
        f"{where}: its ids are {ways[made]}, and those beside it are {ways[wanted]}",
        f"roll the orders up anew; or read all by its rule: --ids {made}",
    )


def require_people(where: str, made: str | None, wanted: str | None, who: str) -> None:
    """Raise UsageError where the customers of other tables, `who`, are not those of the roll-up: keys beside persons.

    Persons are named by a column, as the map has it; None means that the orders name the customers.
    """
    if fold(made or "") != fold(wanted or ""):
        are = f"the persons of {made!r}" if made else "those that the orders name"
        way = f"--map customer_id={made} --customers FILE" if made else "leave out --map customer_id=customers...."
        raise UsageError(f"{where}: its customers are {are}, and those of {who} are others", way)


def _require_reading(where: str, manifest: Manifest, stated: StatedOptions, *, adding: bool) -> None:
    """Raise UsageError for an option of `READING` by which orders are read otherwise than before."""
    for name in READING if adding else OF_ORDERS:
        given, made = getattr(stated, name), manifest.reading.get(name)
        how = f"with {made}" if made else "without it"
        if given not in (None, made) and (made or _would_differ(name, str(given), manifest)):
            raise UsageError(f"--{name.replace('_', '-')} {given}: {where} was made {how}", ANEW)


def _would_differ(name: str, given: str, manifest: Manifest) -> bool:
    """Return whether an option that was not given might have changed a roll-up."""
    shown = manifest.precedents
    if name == "overlap":  # one file shares no order with itself, and how many a cluster has read is not known
        return given != "add" and manifest.order_ids and len(manifest.inputs) != 1
    if name == "amount_per":
        return shown.orders.several > 0 and given != shown.orders.answer
    if name == "decimal":
        seen = [marks.all for marks in shown.amounts.values()]
        as_point = [evidence.point or (evidence.dots and not evidence.comma) for evidence in seen]
        return any(as_point) if given == "," else any(evidence.comma for evidence in seen)
    # Times without an offset were taken as they are; how many there were is not known.
    return name == "times_in" or bool(shown.dates)


def as_before(options: ReadOptions, made: Manifest, *, rates: bool) -> ReadOptions:
    """Return the options with which new orders are read: what decided how those of the roll-up are read decides here.

    Without rates no amount can be turned into the currency of before.
    """
    currency = options.currency or (made.currency if rates else None)
    same = replace(
        options,
        timezone=made.timezone,
        reject_status=made.statuses,
        currency=currency,
        ids=made.ids,
        no_customer=made.no_customer,
    )
    reading: dict[str, Any] = {name: value for name, value in made.reading.items() if getattr(same, name) is None}
    return replace(same, **reading, decided=made.precedents.headings)


def require_same(
    where: str, made: Manifest, periods: tuple[Periods | None, str], free: str | None, *, one_a_day: bool
) -> None:
    """Raise `UsageError` if options ask for other periods or purchases than those of the roll-up called `where`.

    `periods` come with the option that gave them, None if none did.
    """
    hint = "leave it out, or roll all orders up anew"
    if periods[0] not in (None, made.periods):
        raise UsageError(f"{periods[1]}: {where} was made with other periods", hint)
    if free not in (None, made.purchases.free):
        raise UsageError(f"--free-orders {free}: {where} was made with {made.purchases.free}", hint)
    if one_a_day and not made.purchases.one_a_day:
        raise UsageError(f"--one-order-per day: {where} was made without it", hint)
    # A new row may equal one that is summed already, and sums do not show it.
    if made.drop_duplicates:
        why = f"{where}: repeated rows were left out, and they can be found among all rows only"
        raise UsageError(why, "roll all orders up anew")


def refuse_orders_only(where: str, options: ReadOptions, *, others: bool, lines: bool, rates: bool) -> None:
    """Raise UsageError for tables and options that go with orders and not with a roll-up."""
    if others:
        raise UsageError(
            f"{where}: a roll-up, and it takes no other orders beside it", f"add them: rfm rollup {where} --add FILE"
        )
    given = {
        "--lines": lines,
        "--rates": rates,
        "--purchase-events": bool(options.purchase_events),
        "--one-row-per customer": options.one_row_per_customer,
    }
    for option, there in given.items():
        if there:
            raise UsageError(f"{option} does not go with {where}, which is a roll-up", "say it when rolling up")


def purchases_for(where: str, manifest: Manifest, free: str | None, scheme_free: str, *, one_a_day: bool) -> Purchases:
    """Return which orders are purchases for a question: `free` decides on free orders, else the roll-up.

    Raises UsageError if the roll-up has counted otherwise than the question or its scheme demands.
    """
    made = manifest.purchases
    wanted = free or ("ignore" if scheme_free == "ignore" else made.free)
    # A roll-up without free orders gives the same counts either way.
    if wanted != made.free and any(manifest.free_orders.values()):
        who = f"--free-orders {free}" if free else "the scheme leaves out purchases of zero value"
        raise UsageError(
            f"{where}: {who}, and this roll-up was made with --free-orders {made.free}",
            f"roll up anew: rfm rollup ORDERS OUT --free-orders {wanted}",
        )
    if one_a_day and not made.one_a_day and manifest.periods.grain != "day":
        raise UsageError(
            f"{where}: --one-order-per day needs single days, and this roll-up is of longer periods",
            "roll up by days, or with --one-order-per day",
        )
    return Purchases("ignore" if wanted == "ignore" else "count", one_a_day or made.one_a_day)


def _differ(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two sets of statuses differ; case, order and surrounding blanks do not count."""
    return {status.strip().lower() for status in one} != {status.strip().lower() for status in other}
