"""Writes the sample shop: `python sample_data/make_shop.py [FOLDER]`.

Without FOLDER the files are written beside this script. Two runs give the same
bytes; no clock, host or network is looked at. See README.md for what is in each file.
"""

import csv
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
from shop_codes import POOLS, make_codes
from shop_details import with_details
from shop_events import Event, make_events
from shop_letters import make_letters
from shop_model import LAST_DAY, Customer, Product, make_customers, make_products
from shop_orders import Order, make_orders
from shop_profiles import Profile, make_interests, make_profiles
from shop_tracking import with_tracking

CURRENCY = "EUR"
TWIN_YEAR = 2024
RUSSIAN_HEADINGS = ("Клиент", "Дата заказа", "Сумма", "Номер заказа", "Статус", "Валюта", "Канал", "Промокод")
RUSSIAN_STATUS = {
    "paid": "оплачен",
    "delivered": "доставлен",
    "refunded": "возврат",
    "cancelled": "отменён",
    "test": "тест",
}
TWIN_SCHEMA = {
    "customer_id": pl.String(),
    "ordered_at": pl.Datetime("us"),
    "amount": pl.Decimal(12, 2),
    "order_id": pl.String(),
    "status": pl.String(),
    "currency": pl.String(),
    "channel": pl.String(),
    "promo_code": pl.String(),
}


def main(arguments: Sequence[str]) -> None:
    """Make the shop, and write all its files into the given folder or this one."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    for name in ("twins", "codes"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    products = with_details(make_products())
    customers = make_customers(products)
    orders = make_orders(customers, products)
    write_orders(folder / "orders.csv", orders)
    write_lines(folder / "lines.csv", orders)
    write_events(folder / "events.csv", all_events(customers, orders, products))
    write_customers(folder / "customers.csv", customers, make_profiles(customers, orders))
    write_products(folder / "products.csv", products)
    write_csv(folder / "interests.csv", ("customer_id", "interest"), make_interests(customers))
    for pool in POOLS:
        write_codes(folder / "codes" / f"{pool}.csv", pool)
    twins = [order for order in orders if order.at.year == TWIN_YEAR]
    write_ugly_twin(folder / "twins" / "orders_ugly.csv", twins)
    write_clean_twin(folder / "twins" / "orders_clean.parquet", twins)


def write_csv(
    path: Path,
    header: Iterable[str],
    rows: Iterable[Iterable[str]],
    encoding: str = "utf-8",
    separator: str = ",",
) -> None:
    """Write texts as they are; lines end with a single newline on every system."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_orders(path: Path, orders: list[Order]) -> None:
    """orders.csv: one row for each order and each refund."""
    rows = (
        (o.customer_id, iso(o.at), money(o.cents), o.order_id, o.status, CURRENCY, o.channel, o.promo) for o in orders
    )
    write_csv(path, TWIN_SCHEMA, rows)


def write_lines(path: Path, orders: list[Order]) -> None:
    """lines.csv: the lines of each order; refunds and test orders have none."""
    rows = (
        (o.order_id, line.product_id, str(line.quantity), money(line.cents), fraction(line.discount))
        for o in orders
        for line in o.lines
    )
    write_csv(path, ("order_id", "product_id", "quantity", "unit_price", "discount"), rows)


def all_events(customers: list[Customer], orders: list[Order], products: list[Product]) -> list[Event]:
    """Return what happened beside buying, by time."""
    events = make_events(customers, orders)
    found = with_tracking(events, customers, orders, products) + make_letters(customers, orders, events)
    return sorted(found, key=lambda event: (event.at, event.customer_id, event.name, event.product))


def write_events(path: Path, events: list[Event]) -> None:
    """events.csv: e-mail and site events."""
    header = ("customer_id", "event", "at", "channel", "campaign_id", "session_id", "product_id", "value")
    rows = ((e.customer_id, e.name, iso(e.at), e.channel, e.campaign, e.session, e.product, e.value) for e in events)
    write_csv(path, header, rows)


def write_codes(path: Path, pool: str) -> None:
    """Write a pool of promo codes."""
    rows = ((code, str(discount), iso(until)) for code, discount, until in make_codes(pool))
    write_csv(path, ("code", "discount", "valid_until"), rows)


def write_customers(path: Path, customers: list[Customer], profiles: dict[str, Profile]) -> None:
    """customers.csv: one row for each registered customer; an unknown value is empty."""
    header = (
        "customer_id",
        "registered_at",
        "email",
        "phone",
        "telegram",
        "email_consent",
        "sms_consent",
        "telegram_consent",
        "birth_date",
        "city",
        "first_name",
        "preferred_channel",
        "frequency_pref",
        "child_birth_date",
    )
    rows = (
        (
            c.customer_id,
            iso(c.registered),
            c.email,
            c.phone,
            c.telegram,
            yes_no(c.email_consent),
            yes_no(c.sms_consent),
            yes_no(c.telegram_consent),
            iso(c.birth_date) if c.birth_date else "",
            c.city,
            p.first_name,
            p.preferred_channel,
            p.frequency_pref,
            iso(p.child) if p.child else "",
        )
        for c, p in ((c, profiles[c.customer_id]) for c in customers)
    )
    write_csv(path, header, rows)


def write_products(path: Path, products: list[Product]) -> None:
    """products.csv: the catalog; `available` is whether an article can still be bought on the last day."""
    rows = (
        (
            p.product_id,
            p.name,
            p.category,
            iso(p.first_seen),
            yes_no(p.sold_on(LAST_DAY)),
            str(p.use_days or ""),
            yes_no(p.on_sale),
            p.guide,
            str(p.until_months or ""),
        )
        for p in products
    )
    header = (
        *("product_id", "name", "category", "first_seen", "available", "use_days"),
        *("on_sale", "guide", "until_months"),
    )
    write_csv(path, header, rows)


def write_ugly_twin(path: Path, orders: list[Order]) -> None:
    """Write the twin as an old accounting program would: cp1251, `;`, `1 234,50`, Russian words."""
    rows = (
        (
            o.customer_id,
            o.at.strftime("%d.%m.%Y %H:%M:%S"),
            russian_money(o.cents),
            o.order_id,
            RUSSIAN_STATUS[o.status],
            CURRENCY,
            o.channel,
            o.promo,
        )
        for o in orders
    )
    write_csv(path, RUSSIAN_HEADINGS, rows, encoding="cp1251", separator=";")


def write_clean_twin(path: Path, orders: list[Order]) -> None:
    """Write the twin with types; an empty text is null."""
    rows = [
        (
            o.customer_id or None,
            o.at,
            Decimal(money(o.cents)),
            o.order_id,
            o.status,
            CURRENCY,
            o.channel,
            o.promo or None,
        )
        for o in orders
    ]
    frame = pl.DataFrame(rows, schema=TWIN_SCHEMA, orient="row")
    frame.write_parquet(path, compression="zstd", row_group_size=100_000)


def iso(moment: date | datetime) -> str:
    """`2024-12-31` for a day, `2024-12-31T18:05:00` for a moment."""
    return moment.isoformat()


def money(cents: int) -> str:
    """Cents as text with two decimals.

    >>> money(-123450), money(5)
    ('-1234.50', '0.05')
    """
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def russian_money(cents: int) -> str:
    """Cents with a decimal comma, thousands set apart by a space.

    >>> russian_money(-123450)
    '-1 234,50'
    """
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100:,}".replace(",", " ") + f",{abs(cents) % 100:02}"


def fraction(percent: int) -> str:
    """Whole tens of percent as a fraction: `0`, `0.3`, `1`."""
    return f"{percent / 100:g}"


def yes_no(value: bool) -> str:
    """Return `true` or `false`."""
    return "true" if value else "false"


if __name__ == "__main__":
    main(sys.argv[1:])
