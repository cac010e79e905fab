"""What the shop's site saw, and what buyers thought: products seen, put into carts and taken out, and marks."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from shop_events import FIRST_EVENT, Event
from shop_model import LAST_DAY, Customer, Product, stream
from shop_orders import Order, time_of_day

AN_HOUR = timedelta(hours=1)
VIEWS_SHARE = 0.4
REMOVED_SHARE = 0.12
FEEDBACK_SHARE = 0.12
MARKS = {1: 6, 2: 8, 3: 14, 4: 32, 5: 40}


class Catalog:
    """The articles by popularity, on any day, for any taste."""

    def __init__(self, products: list[Product]) -> None:
        """Keep the articles."""
        self.products = products

    def draw(self, rng: Random, taste: tuple[str, ...], day: date) -> str:
        """Return an article that is sold on the day, one of the taste three times as likely."""
        sold = [product for product in self.products if product.sold_on(day)]
        weights = [product.popularity * (3 if product.category in taste else 1) for product in sold]
        return rng.choices(sold, cum_weights=list(accumulate(weights)))[0].product_id


def with_tracking(
    events: list[Event], customers: list[Customer], orders: list[Order], products: list[Product]
) -> list[Event]:
    """Return the events with the products of carts, what else was seen in the sessions, and marks of orders."""
    catalog = Catalog(products)
    tastes = {customer.customer_id: customer.taste for customer in customers}
    bought = orders_by_customer(orders)
    own: dict[str, list[Event]] = {}
    for event in events:
        own.setdefault(event.customer_id, []).append(event)
    found: list[Event] = []
    for customer, rows in own.items():
        rng = stream(f"tracking of {customer}")
        found += tracked(rng, rows, bought.get(customer, []), tastes.get(customer, ()), catalog)
    return found + [mark for order in orders for mark in marks_of(order)]


def orders_by_customer(orders: list[Order]) -> dict[str, list[Order]]:
    """Return the orders with lines of each customer, by time."""
    found: dict[str, list[Order]] = {}
    for order in orders:
        if order.lines and order.customer_id:
            found.setdefault(order.customer_id, []).append(order)
    return found


def tracked(
    rng: Random, rows: list[Event], orders: list[Order], taste: tuple[str, ...], catalog: Catalog
) -> Iterator[Event]:
    """Yield the events of one customer, carts with a product, and views and removals in their sessions."""
    carts: dict[str, Event] = {}
    for row in rows:
        if row.name == "cart":
            order = order_soon_after(orders, row.at)
            product = rng.choice(order.lines).product_id if order else catalog.draw(rng, taste, row.at.date())
            carts[row.session] = replace(row, product=product)
            yield carts[row.session]
            if not order and rng.random() < REMOVED_SHARE:
                yield from later(carts[row.session], "remove_from_cart", timedelta(seconds=rng.randint(40, 300)))
        else:
            yield row
    for row in rows:
        if row.name == "visit" and rng.random() < VIEWS_SHARE:
            yield from views_in(rng, row, carts.get(row.session), taste, catalog)


def order_soon_after(orders: list[Order], at: datetime) -> Order | None:
    """Return the order that a cart led to, within the hour."""
    place = bisect_left(orders, at, key=lambda order: order.at)
    return orders[place] if place < len(orders) and orders[place].at <= at + AN_HOUR else None


def views_in(
    rng: Random, visit: Event, cart: Event | None, taste: tuple[str, ...], catalog: Catalog
) -> Iterator[Event]:
    """Yield the views of a session: the product of its cart before that, else one to three products."""
    if cart:
        ahead = int((cart.at - visit.at).total_seconds()) - 1
        yield from later(replace(visit, product=cart.product), "view", timedelta(seconds=rng.randint(5, ahead)))
        return
    after = 0
    for _ in range(rng.choice((1, 1, 2, 3))):
        after += rng.randint(5, 90)
        product = catalog.draw(rng, taste, visit.at.date())
        yield from later(replace(visit, product=product), "view", timedelta(seconds=after))


def later(event: Event, name: str, wait: timedelta) -> Iterator[Event]:
    """Yield an event of the same session and product that follows, unless it falls behind the last day."""
    at = event.at + wait
    if at.date() <= LAST_DAY:
        yield replace(event, name=name, at=at, campaign="")


def marks_of(order: Order) -> Iterator[Event]:
    """Yield the mark from 1 to 5 that an order of the last months was given some days after it."""
    if order.at.date() < FIRST_EVENT or order.status not in ("paid", "delivered") or not order.customer_id:
        return
    rng = stream(f"mark of {order.order_id}")
    day = order.at.date() + timedelta(days=rng.randint(3, 9))
    mark = rng.choices(list(MARKS), list(MARKS.values()))[0]
    if order.cents > 0 and rng.random() < FEEDBACK_SHARE and day <= LAST_DAY:
        at = datetime.combine(day, time_of_day(rng, "web"))
        product = order.lines[0].product_id
        yield Event(order.customer_id, "feedback", at, "web", product=product, value=str(mark))
