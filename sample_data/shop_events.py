"""What the invented customers do beside buying: they get e-mails, open some, visit the site."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from shop_model import LAST_DAY, Customer, month_weight, stream
from shop_orders import Order, time_of_day

FIRST_EVENT = date(2024, 6, 1)
# One letter a month, two in November and December, each to those who are not quite gone.
LETTERS = {
    "N2406": date(2024, 6, 6),
    "N2407": date(2024, 7, 4),
    "N2408": date(2024, 8, 8),
    "N2409": date(2024, 9, 5),
    "N2410": date(2024, 10, 10),
    "N2411": date(2024, 11, 7),
    "BLACK24": date(2024, 11, 22),
    "N2412": date(2024, 12, 5),
}
FRESH_DAYS = 180
BOUNCE = 0.006
UNSUBSCRIBE = 0.02


@dataclass(frozen=True)
class Event:
    """One row of the events table; `session` joins the visit, the views and the cart of one stay."""

    customer_id: str
    name: str
    at: datetime
    channel: str
    campaign: str = ""
    session: str = ""
    product: str = ""
    value: str = ""


def make_events(customers: list[Customer], orders: list[Order]) -> list[Event]:
    """All events by time; sessions are numbered in that order."""
    placed: dict[str, list[Order]] = {}
    for order in orders:
        if order.status != "refunded" and order.customer_id:
            placed.setdefault(order.customer_id, []).append(order)
    found: list[Event] = []
    for customer in customers:
        rng = stream(f"events of {customer.customer_id}")
        own = placed.get(customer.customer_id, [])
        found += letters_to(rng, customer, own)
        found += visits_before_orders(rng, own)
        found += idle_visits(rng, customer)
    found.sort(key=lambda event: (event.at, event.customer_id, event.name))
    return number_sessions(found)


def letters_to(rng: Random, customer: Customer, orders: list[Order]) -> Iterator[Event]:
    """Yield sends with their opens and clicks, until an unsubscribe or a bounce ends them."""
    known = [customer.registered] + [order.at.date() for order in orders]
    for campaign, day in LETTERS.items():
        latest = max((seen for seen in known if seen < day), default=None)
        if not customer.email_consent or latest is None or (day - latest).days > FRESH_DAYS:
            continue
        sent = datetime.combine(day, time(9, 0)) + timedelta(seconds=rng.randint(0, 1_800))
        yield mail(customer, "send", sent, campaign)
        if rng.random() < BOUNCE:
            yield mail(customer, "bounce", sent + timedelta(seconds=rng.randint(2, 90)), campaign)
            return
        if rng.random() >= customer.opens:
            continue
        opened = sent + timedelta(minutes=1 + int(min(rng.expovariate(1 / 400), 10_000)))
        yield mail(customer, "open", opened, campaign)
        if rng.random() < 0.22:
            clicked = opened + timedelta(seconds=rng.randint(5, 240))
            yield mail(customer, "click", clicked, campaign)
            yield from stay(rng, customer.customer_id, clicked, "web", campaign, 0.3)
        if rng.random() < UNSUBSCRIBE:
            yield mail(customer, "unsubscribe", opened + timedelta(seconds=rng.randint(250, 600)), campaign)
            return


def mail(customer: Customer, name: str, at: datetime, campaign: str) -> Event:
    """Return an e-mail event."""
    return Event(customer.customer_id, name, at, "email", campaign)


def visits_before_orders(rng: Random, orders: list[Order]) -> Iterator[Event]:
    """Yield the visit and cart that led to most orders on the web and in the app."""
    for order in orders:
        if order.at.date() >= FIRST_EVENT and order.channel != "store" and rng.random() < 0.45:
            begun = order.at - timedelta(minutes=rng.randint(4, 40))
            yield from stay(rng, order.customer_id, begun, order.channel, "", 0.8)


def idle_visits(rng: Random, customer: Customer) -> Iterator[Event]:
    """Visits without an order: often while the customer lasts, seldom afterwards."""
    day = max(FIRST_EVENT, customer.registered)
    while True:
        lasts = customer.buys and day <= customer.forgets_on + timedelta(days=20)
        pace = (1 / 100 if lasts else 1 / 800) * month_weight(day)
        day += timedelta(days=1 + int(rng.expovariate(pace)))
        if day > LAST_DAY:
            return
        channel = rng.choice(("web", "web", "app"))
        begun = datetime.combine(day, time_of_day(rng, channel))
        yield from stay(rng, customer.customer_id, begun, channel, "", 0.2)


def stay(rng: Random, customer_id: str, begun: datetime, channel: str, campaign: str, cart: float) -> Iterator[Event]:
    """Yield a visit and perhaps a cart; the session is the time of the visit until it gets a number."""
    key = begun.isoformat()
    yield Event(customer_id, "visit", begun, channel, campaign, key)
    if rng.random() < cart:
        yield Event(customer_id, "cart", begun + timedelta(seconds=rng.randint(30, 230)), channel, campaign, key)


def number_sessions(events: list[Event]) -> list[Event]:
    """Return the events up to the last day, with sessions named s00001 and on by first appearance."""
    names: dict[tuple[str, str], str] = {}
    kept = []
    for event in events:
        if event.at.date() > LAST_DAY:
            continue
        session = event.session
        if session:
            session = names.setdefault((event.customer_id, session), f"s{len(names) + 1:05}")
        kept.append(replace(event, session=session))
    return kept
