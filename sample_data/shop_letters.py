"""Letters of chains in mid-course at the end of 2024, and what some of their receivers answered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import TypeVar

from shop_events import Event, mail
from shop_model import LAST_DAY, Customer, stream
from shop_orders import Order, time_of_day

SINCE = LAST_DAY - timedelta(days=59)
LADDER = {"back-1": 90, "back-2": 150}
SENT_SHARE = 0.6
LEFT_AFTER = 200
LEFT_SHARE = 0.2
ANSWER_SHARE = 0.35
STAY_SHARE = 0.2
SLEEPING_DAYS = 90
LETTERS_BEFORE_SUNSET = 5
SIGNS = ("open", "click")
ENGAGING = (*SIGNS, "visit", "view")
# What people answer, in the words of the shop's form; some write their own.
WHY_LEFT = (
    *("too dear", "found cheaper", "range too small", "sizes missing", "late parcel", "rude on the phone"),
    *("still buying here", "still buying here", "moved away", "my cat prefers silence"),
)
WHY_SUNSET = ("on vacation", "other address", "not interested", "not interested", "too many letters")

Item = TypeVar("Item")


@dataclass(frozen=True)
class Receiver:
    """A customer who may be written to, with the days of all orders and all events so far, by time."""

    customer: Customer
    bought: list[date]
    events: list[Event]
    closed_on: date | None

    def may_get(self, day: date) -> bool:
        """Whether a letter may be sent on the day: it is one of the last days, and e-mail is not closed before it."""
        return SINCE <= day <= LAST_DAY and (self.closed_on is None or day < self.closed_on)

    def bought_within(self, first: date, last: date) -> bool:
        """Whether an order lies between two days, both included."""
        return any(first <= day <= last for day in self.bought)


def make_letters(customers: list[Customer], orders: list[Order], events: list[Event]) -> list[Event]:
    """Return the letters of the last 60 days beside the newsletters, with their answers."""
    found: list[Event] = []
    for receiver in receivers(customers, orders, events):
        rng = stream(f"letters to {receiver.customer.customer_id}")
        found += welcome(rng, receiver)
        found += ladder(rng, receiver)
        found += why_left(rng, receiver)
        found += sunset(rng, receiver)
    return found


def receivers(customers: list[Customer], orders: list[Order], events: list[Event]) -> Iterator[Receiver]:
    """Yield all who agreed to e-mail, with the day on which they unsubscribed or their address failed."""
    bought = grouped((order.customer_id, order.at.date()) for order in orders if order.status in ("paid", "delivered"))
    own = grouped((event.customer_id, event) for event in events)
    for customer in customers:
        if customer.email_consent:
            rows = own.get(customer.customer_id, [])
            closed = [event.at.date() for event in rows if event.name in ("unsubscribe", "bounce")]
            yield Receiver(customer, bought.get(customer.customer_id, []), rows, min(closed, default=None))


def grouped(pairs: Iterable[tuple[str, Item]]) -> dict[str, list[Item]]:
    """Return the items of each key, in their order."""
    found: dict[str, list[Item]] = {}
    for key, item in pairs:
        found.setdefault(key, []).append(item)
    return found


def send(rng: Random, receiver: Receiver, letter: str, day: date) -> Iterator[Event]:
    """Yield the sending of a letter, in the morning."""
    if receiver.may_get(day):
        at = datetime.combine(day, time(10, 0)) + timedelta(seconds=rng.randint(0, 3_600))
        yield mail(receiver.customer, "send", at, letter)


def answer(rng: Random, receiver: Receiver, name: str, letter: str, sent: date, value: str = "") -> Iterator[Event]:
    """Yield what the receiver did on the site after a letter, up to six days later."""
    day = sent + timedelta(days=rng.randint(1, 6))
    if day <= LAST_DAY:
        at = datetime.combine(day, time_of_day(rng, "web"))
        yield Event(receiver.customer.customer_id, name, at, "web", letter, value=value)


def welcome(rng: Random, receiver: Receiver) -> Iterator[Event]:
    """Yield the first letter to who registered and did not order on that day."""
    day = receiver.customer.registered + timedelta(days=rng.choice((0, 0, 1)))
    if rng.random() < SENT_SHARE and not receiver.bought_within(receiver.customer.registered, day):
        yield from send(rng, receiver, "welcome-1", day)


def ladder(rng: Random, receiver: Receiver) -> Iterator[Event]:
    """Yield letters to who has not ordered for 90 and for 150 days; now and then the letter is some days late."""
    for letter, days in LADDER.items():
        for ordered in sorted(set(receiver.bought)):
            day = ordered + timedelta(days=days + rng.choice((0, 0, 1, 4)))
            if rng.random() < SENT_SHARE and not receiver.bought_within(ordered + timedelta(days=1), day):
                yield from send(rng, receiver, letter, day)


def why_left(rng: Random, receiver: Receiver) -> Iterator[Event]:
    """Yield the question why to some who have long gone, and the answers of a third of them."""
    day = SINCE + timedelta(days=rng.randint(0, 59))
    if not receiver.bought or (day - receiver.bought[-1]).days < LEFT_AFTER or rng.random() >= LEFT_SHARE:
        return
    sent = list(send(rng, receiver, "why-left", day))
    yield from sent
    if sent and rng.random() < ANSWER_SHARE:
        yield from answer(rng, receiver, "survey", "why-left", day, rng.choice(WHY_LEFT))


def sunset(rng: Random, receiver: Receiver) -> Iterator[Event]:
    """Yield the two letters to half of those who never open one, and what some of them did then."""
    if not is_asleep(receiver) or rng.random() < 0.5:
        return
    day = date(2024, 12, 6) + timedelta(days=rng.randint(0, 21))
    yield from send(rng, receiver, "sunset-1", day)
    if rng.random() < STAY_SHARE:
        yield from answer(rng, receiver, "stay", "sunset-1", day)
    elif rng.random() < STAY_SHARE:
        yield from answer(rng, receiver, "survey", "sunset-1", day, rng.choice(WHY_SUNSET))
    elif rng.random() < SENT_SHARE:
        yield from send(rng, receiver, "sunset-2", day + timedelta(days=7))


def is_asleep(receiver: Receiver) -> bool:
    """Whether a receiver has got letters, opened none, and neither came nor bought in the last 90 days."""
    recent = LAST_DAY - timedelta(days=SLEEPING_DAYS + 2)
    letters = [event for event in receiver.events if event.name == "send"]
    signs = [event for event in receiver.events if event.name in ENGAGING]
    awake = any(event.name in SIGNS or event.at.date() > recent for event in signs)
    return len(letters) >= LETTERS_BEFORE_SUNSET and not awake and not receiver.bought_within(recent, LAST_DAY)
