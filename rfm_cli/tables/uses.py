"""What the column of each field is used for, in the words of `rfm check`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Use:
    """What the values of a table show a column to be used for, and by what that was found."""

    text: str
    by: str


SHOWN = "for expressions and --with {name}"
"""The use of a column of customers that no rule reads."""
ASKED = "for expressions"
"""The use of such a column of another table that expressions ask."""
UNUSED = "not used"
USES: Mapping[str, Mapping[str, str]] = {
    "orders": {
        "customer_id": "who bought",
        "ordered_at": "the day of the purchase",
        "amount": "money of the order",
        "quantity": "money of the order: quantity x price",
        "unit_price": "money of the order: quantity x price",
        "order_id": "rows with one id are one order",
        "status": "leaves out cancelled and failed orders",
        "cancelled": "leaves out cancelled orders",
        "type": "tells refunds from purchases",
        "refunded": "lowers the money of the order",
        "refunded_at": "the day of the refund",
        "currency": "the currency of the money",
        "event": "which events are orders",
        "line_total": "shows whether an amount is the order's or the row's",
        "shipping": "shows whether an amount is the order's or the row's",
    },
    "lines": {
        "order_id": "the order of the line",
        "amount": "money of the line",
        "quantity": "money of the line: quantity x price",
        "unit_price": "money of the line: quantity x price",
        "discount": "the part of the price that is taken off",
        "discount_amount": "the money that is taken off",
    },
    "events": {
        "customer_id": "who did it",
        "event": "what happened",
        "at": "the day of the event",
        "channel": "which channel an unsubscribe is about",
        "value": "a mark or a number, for expressions; money, where --purchase-events makes orders of events",
        "order_id": "the order, where --purchase-events makes orders of events",
        "currency": "the currency, where --purchase-events makes orders of events",
    },
    "customers": {
        "customer_id": "who it is, as in the orders",
        "registered_at": "since when the customer is known",
        "email": "the address for e-mail",
        "phone": "the number for calls and texts",
        "telegram": "the address for Telegram",
    },
    "products": {"product_id": "which product it is"},
    "rates": {
        "currency": "the currency of the rate",
        "rate": "what one unit of it is worth",
        "date": "the day from which the rate counts",
    },
    "one_row": {
        "customer_id": "who bought",
        "recency_days": "days since the last purchase",
        "last_order": "the day of the last purchase",
        "first_order": "the day of the first purchase",
        "frequency": "purchases",
        "monetary": "money of the customer",
    },
}
"""Table -> field -> what its column is used for; other fields are attributes."""
SHOWN_IN_LISTS = ("orders", "customers", "one_row")
"""The tables whose columns `--with` can show."""
NOT_ASKED = ("rates",)
"""The tables that no expression asks."""
MONEY = ("amount", "quantity", "unit_price")


def use_of(table: str, field: str, heading: str, own: Mapping[str, Use], money: tuple[str, ...] | None = None) -> str:
    """Return what a column is used for.

    `own` has uses by heading that the values of the table show, such as consents; they count before those of fields.
    `money` are the fields that orders take their money from, None for other tables.
    """
    if heading in own:
        return own[heading].text
    if money and field in MONEY and field not in money:
        return "not the money: amount is taken"
    use = USES.get(table, {}).get(field)
    if use is not None:
        return use
    if table in NOT_ASKED:
        return UNUSED
    return SHOWN.format(name=field or heading) if table in SHOWN_IN_LISTS else ASKED


def is_used(use: str) -> bool:
    """Return whether a use is one: the column plays a part without being asked for."""
    return not use.startswith((ASKED, UNUSED))
