"""What customers say to the shop about themselves: names, wishes, children, interests."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from shop_details import BABY_RANGE
from shop_model import FIRST_DAY, Customer, stream
from shop_orders import Order

FIRST_NAMES = (
    "Anna Ben Clara David Elif Finn Greta Hannes Ida Jonas Karla Leo Mila Noah Olga Paul Rosa Sami Tilda Umut Vera "
    "Wanda Yusuf Zoe"
).split()
CHANNELS = {"email": 50, "phone": 30, "telegram": 20}
FREQUENCIES = {"daily": 10, "weekly": 40, "monthly": 35, "2": 8, "never": 7}
PARENTS = 200
OUTGROWN = 20
OUTGROWN_BEFORE = date(2024, 7, 1)
INTERESTS = {"Coffee": "coffee", "Tea": "tea", "Candles": "home", "Kitchen": "home", "Care": "home", "Gifts": "home"}
ANSWERED = 0.4


@dataclass(frozen=True)
class Profile:
    """The further columns of a customer; an unknown value is empty."""

    first_name: str = ""
    preferred_channel: str = ""
    frequency_pref: str = ""
    child: date | None = None


def make_profiles(customers: list[Customer], orders: list[Order]) -> dict[str, Profile]:
    """Return the profile of each customer, by id."""
    rng = stream("profiles")
    children = make_children(customers, orders)
    return {customer.customer_id: make_profile(rng, children.get(customer.customer_id)) for customer in customers}


def make_profile(rng: Random, child: date | None) -> Profile:
    """Return the wishes of one customer; a preferred channel need not be one that can be reached."""
    name, channel, often = rng.choice(FIRST_NAMES), pick(rng, CHANNELS), pick(rng, FREQUENCIES)
    return Profile(
        first_name=name if rng.random() < 0.9 else "",
        preferred_channel=channel if rng.random() < 1 / 3 else "",
        frequency_pref=often if rng.random() < 0.2 else "",
        child=child,
    )


def pick(rng: Random, weights: dict[str, int]) -> str:
    """Return one of the keys, by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def make_children(customers: list[Customer], orders: list[Order]) -> dict[str, date]:
    """Return the birth dates of children; some have outgrown what their parents bought last."""
    rng = stream("children")
    gone = last_baby_orders(orders)
    known = [customer.customer_id for customer in customers]
    outgrown = sorted(rng.sample([one for one in known if one in gone], OUTGROWN))
    others = sorted(rng.sample([one for one in known if one not in gone], PARENTS - OUTGROWN))
    born = {one: born_before(rng, gone[one]) for one in outgrown}
    return born | {one: FIRST_DAY + timedelta(days=rng.randint(-1_000, 1_050)) for one in others}


def last_baby_orders(orders: list[Order]) -> dict[str, Order]:
    """Return the last order of each customer who bought only the range for babies on that day, and nothing since."""
    days: dict[str, list[Order]] = {}
    for order in orders:
        if order.customer_id and order.status in ("paid", "delivered"):
            own = days.setdefault(order.customer_id, [])
            days[order.customer_id] = [one for one in own if one.at.date() == order.at.date()] + [order]
    return {
        customer: own[-1]
        for customer, own in days.items()
        if own[0].at.date() < OUTGROWN_BEFORE
        and all(line.product_id in BABY_RANGE for order in own for line in order.lines)
    }


def born_before(rng: Random, order: Order) -> date:
    """Return the birth date of a child who was within the range when it was bought, and half a year later was not."""
    until = max(BABY_RANGE[line.product_id][1] for line in order.lines)
    age = rng.randint(until * 30 - 120, until * 30 - 20)
    return order.at.date() - timedelta(days=age)


def make_interests(customers: list[Customer]) -> Iterator[tuple[str, str]]:
    """Yield customer and interest of those who answered, each pair once; few know what the model knows."""
    rng = stream("interests")
    for customer in customers:
        named = {INTERESTS.get(category, "home") for category in customer.taste} | {rng.choice(("coffee", "tea"))}
        if rng.random() < ANSWERED:
            asked = rng.sample(sorted(named), min(len(named), rng.choice((1, 1, 2))))
            yield from ((customer.customer_id, interest) for interest in sorted(asked))
