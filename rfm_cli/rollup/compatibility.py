"""Whether what a user says goes with a roll-up: what was decided when it was made cannot be decided again."""

from __future__ import annotations

from dataclasses import dataclass

from rfm_cli.errors import UsageError
from rfm_cli.rollup.manifest import Manifest
from rfm_cli.rollup.periods import Periods, Purchases
from rfm_cli.tables.options import ReadOptions

ANEW = "roll the orders up anew with it, or leave it out"
DEFAULTS = ReadOptions()


@dataclass(frozen=True)
class Said:
    """What was said about reading orders; None where nothing was."""

    timezone: str | None = None
    reject_status: tuple[str, ...] | None = None
    drop_duplicates: bool | None = None
    currency: str | None = None

    @classmethod
    def of(cls, options: ReadOptions) -> Said:
        """What the options say; a default says nothing."""
        said = {name: getattr(options, name) for name in cls.__dataclass_fields__}
        return cls(**{name: value for name, value in said.items() if value != getattr(DEFAULTS, name)})


def require_agreement(where: str, manifest: Manifest, said: Said, *, adding: bool = False) -> None:
    """Nothing, or `UsageError` for an option that contradicts the roll-up called `where`.

    When nothing is added, what cannot have mattered may be said: a zone where no time had one, statuses without any.
    """
    made = manifest.timezone
    if said.timezone not in (None, made) and (adding or manifest.converted):
        raise UsageError(f"--timezone {said.timezone}: the days of {where} are those of {made}", ANEW)
    matters = said.reject_status is not None and (adding or manifest.has_status)
    if matters and _differ(said.reject_status or (), manifest.statuses):
        listed = ", ".join(manifest.statuses) or "none"
        raise UsageError(f"--reject-status: {where} was made with other ones ({listed})", ANEW)
    if said.drop_duplicates is not None and said.drop_duplicates != manifest.drop_duplicates:
        option = "--drop-duplicates" if said.drop_duplicates else "--keep-duplicates"
        raise UsageError(f"{option}: {where} was made without it", ANEW)
    if said.currency and manifest.currency not in (None, said.currency.upper()):
        raise UsageError(f"--currency {said.currency}: the money of {where} is in {manifest.currency}", ANEW)


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
    if made.drop_duplicates:
        why = f"{where}: repeated rows were left out, and they can be found among all rows only"
        raise UsageError(why, "roll all orders up anew")


def refuse_orders_only(where: str, options: ReadOptions, *, others: bool, lines: bool, rates: bool) -> None:
    """Nothing, or `UsageError` for what only orders can have beside them, or be read with."""
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
    """What counts as a purchase for a question: its own word on free orders, else that of the roll-up.

    `UsageError` where the roll-up has counted otherwise than the question, or its scheme, wants.
    """
    made = manifest.purchases
    wanted = free or ("ignore" if scheme_free == "ignore" else made.free)
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
    """Whether two lists of statuses differ; case, blanks around and order do not count."""
    return {status.strip().lower() for status in one} != {status.strip().lower() for status in other}
