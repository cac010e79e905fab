"""What the invented customers buy: orders with their lines, refunds, and a few oddities."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random

from shop_model import FIRST_DAY, GUESTS, LAST_DAY, SEASON, Customer, Product, month_weight, stream

OPENING_HOURS = {"web": (7, 23), "app": (6, 23), "store": (10, 19)}
CANCELLED_SHARE = 0.025
REFUND_SHARE = 0.03
SAMPLE_SHARE = 0.008
AGAIN_SHARE = 0.01
LONE_REFUNDS = 45
NEVER_BOUGHT_REFUNDS = 3
TEST_ORDERS = 9
NAMELESS_ORDERS = 14


@dataclass(frozen=True)
class Line:
    """One line of an order; `discount` is in percent of the price."""

    product_id: str
    quantity: int
    cents: int
    discount: int

    @property
    def amount(self) -> int:
        """Cents to pay; prices are whole tens of cents and discounts tens of percent, so nothing is lost."""
        return self.quantity * self.cents * (100 - self.discount) // 100


@dataclass(frozen=True)
class Order:
    """One row of the orders table, with the lines it was made from."""

    customer_id: str
    at: datetime
    cents: int
    order_id: str
    status: str
    channel: str
    promo: str = ""
    lines: tuple[Line, ...] = ()


def make_orders(customers: list[Customer], products: list[Product]) -> list[Order]:
    """All rows of the orders table by time, then order_id."""
    buyers = [c for c in customers if c.buys] + make_guests(customers)
    placed = [order for customer in buyers for order in orders_of(customer, products)]
    placed.sort(key=lambda order: (order.at, order.customer_id))
    numbered = [replace(order, order_id=f"A{n:05}") for n, order in enumerate(placed, 1)]
    rows = with_oddities(numbered)
    rows += refunds(rows) + lone_refunds(rows, customers)
    return sorted(rows, key=lambda row: (row.at, row.order_id))


def make_guests(customers: list[Customer]) -> list[Customer]:
    """Buyers with a loyalty card of the store who have no row in the customers table."""
    models = stream("guests").sample([c for c in customers if c.buys], GUESTS)
    return [replace(model, customer_id=f"9{n:04}") for n, model in enumerate(models, 1)]


def orders_of(customer: Customer, products: list[Product]) -> Iterator[Order]:
    """Yield the orders of one customer by day; they get their numbers later."""
    rng = stream(f"orders of {customer.customer_id}")
    last: date | None = None
    favourite = rng.choices(("web", "app", "store"), (55, 25, 20))[0]
    for day, refill in order_days(rng, customer):
        channel = favourite if rng.random() < 0.8 else rng.choice(("web", "app", "store"))
        promo, discount = pick_promo(rng, day, last)
        lines = make_basket(rng, customer, products, day, discount, refill)
        at = datetime.combine(day, time_of_day(rng, channel))
        cents = sum(line.amount for line in lines)
        yield Order(customer.customer_id, at, cents, "", status_on(day, channel), channel, promo, lines)
        last = day


def order_days(rng: Random, customer: Customer) -> list[tuple[date, bool]]:
    """Days with an order (now and then two) and whether it refills the habit; chance visits follow season."""
    days = {customer.first_order: customer.habit is not None}
    end = min(customer.forgets_on, LAST_DAY)
    peak = max(SEASON)
    day = customer.first_order + chance_wait(rng, customer.rate * peak)
    while day <= end:
        if rng.random() < month_weight(day) / peak:
            days[day] = False
        day += chance_wait(rng, customer.rate * peak)
    if customer.habit and customer.habit.use_days:
        gap = customer.habit.use_days * customer.pack
        day = customer.first_order + timedelta(days=int(gap * rng.lognormvariate(0.05, 0.2)))
        while day <= end:
            if customer.habit.sold_on(day):
                days[day] = True
            day += timedelta(days=max(5, int(gap * rng.lognormvariate(0.05, 0.2))))
    again = [(day, False) for day in days if rng.random() < AGAIN_SHARE]
    return sorted([*days.items(), *again])


def chance_wait(rng: Random, rate: float) -> timedelta:
    """Whole days until the next chance visit, at most about ten years."""
    return timedelta(days=1 + int(min(rng.expovariate(rate), 3_650)))


def time_of_day(rng: Random, channel: str) -> time:
    """Return a time within the channel's hours, most often in their second half."""
    opens, closes = OPENING_HOURS[channel]
    second = int(rng.triangular(opens * 3600, closes * 3600, (opens + 2 * closes) * 1200))
    return time(second // 3600, second // 60 % 60, second % 60)


def status_on(day: date, channel: str) -> str:
    """`delivered`, or `paid` for the store and for parcels still under way at the end of 2024."""
    return "paid" if channel == "store" or (LAST_DAY - day).days < 6 else "delivered"


def pick_promo(rng: Random, day: date, last: date | None) -> tuple[str, int]:
    """Return a promo code, mostly none, and its discount in percent."""
    chance = rng.random()
    if last is None:
        return ("WELCOME10", 10) if chance < 0.22 else ("", 0)
    if (day.month, day.day) >= (11, 22) and day.month == 11 and chance < 0.5:
        return f"BLACK{day.year % 100}", 30
    if day.month in (7, 8) and chance < 0.2:
        return "SUMMER20", 20
    if (day - last).days > 150 and chance < 0.35:
        return "COMEBACK20", 20
    return ("FREESHIP", 0) if chance > 0.96 else ("", 0)


def price_on(product: Product, day: date) -> int:
    """Cents a unit: the list price, 4 % dearer each January, in whole tens of cents."""
    years = day.year - FIRST_DAY.year
    return round(product.cents * (100 + 4 * years) / 1000) * 10


def make_basket(
    rng: Random, customer: Customer, products: list[Product], day: date, discount: int, refill: bool
) -> tuple[Line, ...]:
    """Lines worth about what this customer spends; a refill starts with the habit's product."""
    budget = customer.spend * rng.lognormvariate(0.0, 0.35) * (1.2 if day.month == 12 else 1.0)
    in_stock = [p for p in products if p.sold_on(day)]
    weights = [p.popularity * (3 if p.category in customer.taste else 1) for p in in_stock]
    count = rng.choices((1, 2, 3, 4), (54, 28, 12, 6))[0]
    chosen: dict[str, Line] = {}
    for n in range(count):
        share = budget / count
        product = min(rng.choices(in_stock, weights, k=4), key=lambda p: abs(p.cents - share))
        price = price_on(product, day)
        quantity = max(1, min(12, round(share / price)))
        if refill and n == 0 and customer.habit and customer.habit.sold_on(day):
            product, quantity = customer.habit, customer.pack
            price = price_on(product, day)
        chosen.setdefault(product.product_id, Line(product.product_id, quantity, price, discount))
    return tuple(chosen.values())


def with_oddities(orders: list[Order]) -> list[Order]:
    """Return the orders, some of them canceled, free, without a customer, or placed by a tester."""
    rng = stream("oddities")
    odd = rng.sample(range(len(orders)), TEST_ORDERS + NAMELESS_ORDERS)
    tests, nameless = set(odd[:TEST_ORDERS]), set(odd[TEST_ORDERS:])
    rows = []
    for n, order in enumerate(orders):
        if n in tests:
            rows.append(replace(order, status="test", cents=100, promo="", lines=()))
        elif n in nameless:
            rows.append(replace(order, customer_id="", channel="store", status="paid"))
        else:
            rows.append(perhaps_odd(order, rng.random()))
    return rows


def perhaps_odd(order: Order, chance: float) -> Order:
    """Return the order, canceled or made a free sample where `chance` (0 to 1) is low enough, else as it is."""
    if chance < CANCELLED_SHARE:
        return replace(order, status="cancelled")
    if chance < CANCELLED_SHARE + SAMPLE_SHARE:
        sample = replace(order.lines[0], quantity=1, discount=100)
        return replace(order, cents=0, promo="SAMPLE", lines=(sample,))
    return order


def refunds(rows: list[Order]) -> list[Order]:
    """Money given back on a later day under the order's own id: all of it, or one line."""
    rng = stream("refunds")
    found = []
    for order in rows:
        chance, whole, days = rng.random(), rng.random() < 0.6, rng.randint(2, 24)
        at = datetime.combine(order.at.date() + timedelta(days=days), time_of_day(rng, "web"))
        refundable = order.status in ("paid", "delivered") and order.cents > 0 and order.customer_id
        if chance < REFUND_SHARE and refundable and at.date() <= LAST_DAY:
            cents = order.cents if whole else order.lines[0].amount
            found.append(replace(order, at=at, cents=-cents, status="refunded", lines=()))
    return found


def lone_refunds(rows: list[Order], customers: list[Customer]) -> list[Order]:
    """Refunds under an id of their own, most to buyers, a few to people who never bought."""
    rng = stream("lone refunds")
    paid = [row for row in rows if row.customer_id and row.status != "test" and row.cents > 1000]
    bought = [row for row in paid if row.status != "cancelled" and row.at.date() < date(2024, 12, 1)]
    never = [c for c in customers if not c.buys and c.registered < date(2024, 10, 1)]
    receivers = [(row.customer_id, row.at.date()) for row in rng.sample(bought, LONE_REFUNDS)]
    receivers += [(c.customer_id, c.registered) for c in rng.sample(never, NEVER_BOUGHT_REFUNDS)]
    found: list[Order] = []
    for customer_id, day in sorted(receivers, key=lambda receiver: (receiver[1], receiver[0])):
        at = datetime.combine(day + timedelta(days=rng.randint(3, 28)), time_of_day(rng, "web"))
        cents = -rng.randint(2, 15) * 100
        found.append(Order(customer_id, at, cents, f"R{len(found) + 1:04}", "refunded", "web"))
    return found
