"""The invented shop behind the sample data: its products and its customers.

Everything is drawn from seeded streams, one for each step, so that a change in
one step leaves the draws of the others alone. Money is in whole cents.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

SEED = "a small shop that never was"
FIRST_DAY = date(2022, 1, 1)
LAST_DAY = date(2024, 12, 31)
CUSTOMERS = 4_850
GUESTS = 20
OFFICE_SHARE = 0.011

# How busy a month is, beside an average one: a dip in summer, a peak before Christmas.
SEASON = (0.85, 0.85, 0.95, 1.0, 0.95, 0.85, 0.70, 0.72, 0.95, 1.05, 1.50, 1.60)

CITIES = {
    "Berlin": 30,
    "Hamburg": 16,
    "München": 13,
    "Köln": 11,
    "Leipzig": 9,
    "Dresden": 6,
    "Hannover": 5,
    "Bremen": 4,
    "Potsdam": 3,
    "Rostock": 2,
    "": 1.5,
}
COLOURS = ("amber", "azure", "coral", "ebony", "fawn", "hazel", "ivory", "jade", "lilac", "ochre", "plum")
ANIMALS = ("otter", "heron", "badger", "newt", "finch", "hare", "lynx", "mole", "robin", "seal", "wren")


@dataclass(frozen=True)
class Product:
    """One article; a consumable says in `use_days` how long one unit lasts.

    `on_sale` is whether its price is reduced on the last day, `guide` the file of its manual, `until_months` the age of
    a child up to which it is used.
    """

    product_id: str
    name: str
    category: str
    cents: int
    popularity: float
    first_seen: date
    last_sold: date
    use_days: int | None
    on_sale: bool = False
    guide: str = ""
    until_months: int | None = None

    def sold_on(self, day: date) -> bool:
        """Whether the shop had it on `day`."""
        return self.first_seen <= day <= self.last_sold


@dataclass(frozen=True)
class Customer:
    """What the customers table shows, then the habits that only the model knows.

    `rate` is visits a day while the customer lasts, `lifetime` the days from the
    first order until the shop is forgotten, `spend` the usual basket in cents,
    `habit` a consumable that is bought again when it runs out, `pack` units at a time,
    `opens` the chance that a letter is opened.
    """

    customer_id: str
    registered: date
    email: str
    phone: str
    telegram: str
    email_consent: bool
    sms_consent: bool
    telegram_consent: bool
    birth_date: date | None
    city: str
    buys: bool
    first_order: date
    rate: float
    lifetime: float
    spend: float
    taste: tuple[str, str]
    habit: Product | None
    pack: int
    opens: float

    @property
    def forgets_on(self) -> date:
        """The day after which this customer places no more orders."""
        return self.first_order + timedelta(days=int(self.lifetime))


# Category, popularity, names, then sizes as (label, price in cents, days one unit lasts).
Range = tuple[str, float, tuple[str, ...], tuple[tuple[str, int, int | None], ...]]
RANGES: tuple[Range, ...] = (
    (
        "Coffee",
        3.0,
        ("Harbour Blend", "Quiet Mill", "Slow Sunday", "Red Lantern", "Night Tram", "Fog Decaf"),
        (("250 g", 890, 15), ("1 kg", 2890, 55)),
    ),
    (
        "Tea",
        2.2,
        ("Garden Gate", "Smoke and Pine", "Lemon Roof", "Green Attic", "Winter Coat", "Plain Black"),
        (("100 g", 790, 40), ("250 g", 1690, 95)),
    ),
    (
        "Pantry",
        1.8,
        ("Lime Honey", "Heather Honey", "Plum Butter", "Quince Jelly", "Rye Crackers", "Oat Biscuits"),
        (("small", 490, 21), ("large", 890, 45)),
    ),
    (
        "Care",
        1.3,
        ("Oat Soap", "Birch Soap", "Clay Soap", "Sage Shampoo", "Salt Scrub", "Hand Balm"),
        (("single", 650, 35), ("set of three", 1790, 100)),
    ),
    (
        "Candles",
        0.8,
        ("Attic", "Orchard", "Rain", "Library", "Bakery", "Juniper"),
        (("small", 1190, None), ("large", 2490, None)),
    ),
    (
        "Kitchen",
        0.6,
        ("Stone Mug", "Glass Teapot", "Bread Board", "Hand Grinder", "Linen Towel"),
        (("plain", 1990, None), ("glazed", 3490, None)),
    ),
    (
        "Machines",
        0.12,
        ("Kettle No. 1", "Burr Grinder", "Filter Brewer", "Espresso Bench"),
        (("home", 8990, None), ("studio", 34900, None)),
    ),
    (
        "Gifts",
        0.5,
        ("Breakfast Box", "Quiet Evening Box", "New Home Box", "Harvest Box"),
        (("for one", 3490, None), ("for a family", 7990, None), ("for an office", 24900, None)),
    ),
)


def stream(step: str) -> Random:
    """Return a random generator for one step only, so that a change of one step leaves the others alone."""
    return Random(f"{SEED}: {step}")


def month_weight(day: date) -> float:
    """How busy `day`'s month is beside an average month."""
    return SEASON[day.month - 1]


def make_products() -> list[Product]:
    """Return the catalog: most articles are there from the start, some come later, some go."""
    rng = stream("products")
    products: list[Product] = []
    for category, popularity, names, sizes in RANGES:
        for name in names:
            factor = rng.uniform(0.8, 1.35)
            for size, cents, use_days in sizes:
                late = rng.random() < 0.2
                gone = not late and rng.random() < 0.1
                products.append(
                    Product(
                        product_id=f"P{len(products) + 1:03}",
                        name=f"{name}, {size}",
                        category=category,
                        cents=int(cents * factor / 100) * 100 + 90,
                        popularity=popularity * rng.uniform(0.5, 1.5),
                        first_seen=FIRST_DAY + timedelta(days=rng.randint(90, 960) if late else 0),
                        last_sold=LAST_DAY - timedelta(days=rng.randint(30, 500) if gone else 0),
                        use_days=use_days,
                    )
                )
    return products


def make_customers(products: list[Product]) -> list[Customer]:
    """Return the customers in the order in which they registered, with ids from 00001."""
    rng = stream("customers")
    days = [FIRST_DAY + timedelta(days=n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    growth = [month_weight(day) * (1 + 0.8 * n / len(days)) for n, day in enumerate(days)]
    joined = sorted(rng.choices(days, growth, k=CUSTOMERS))
    return [make_customer(rng, n, day, products) for n, day in enumerate(joined, 1)]


def make_customer(rng: Random, number: int, registered: date, products: list[Product]) -> Customer:
    """One customer: addresses and consent first, then what the model needs."""
    habit = rng.choice([p for p in products if p.use_days]) if rng.random() < 0.24 else None
    fickle = rng.random() < 0.16
    wait = 0 if rng.random() < 0.7 else int(rng.expovariate(1 / 6))
    spend = rng.lognormvariate(8.1, 0.8) * (14 if rng.random() < OFFICE_SHARE else 1)
    return Customer(
        customer_id=f"{number:05}",
        registered=registered,
        email=f"{rng.choice(COLOURS)}.{rng.choice(ANIMALS)}{number}@example.com",
        phone=f"+7000{(number * 7_919) % 10_000_000:07}" if rng.random() < 0.68 else "",
        telegram=f"@example_{number:05}" if rng.random() < 0.28 else "",
        email_consent=rng.random() < 0.64,
        sms_consent=rng.random() < 0.35,
        telegram_consent=rng.random() < 0.3,
        birth_date=date(1945, 1, 1) + timedelta(days=rng.randint(0, 22_600)) if rng.random() < 0.55 else None,
        city=rng.choices(list(CITIES), list(CITIES.values()))[0],
        buys=rng.random() < 0.905,
        first_order=min(registered + timedelta(days=wait), LAST_DAY),
        rate=rng.gammavariate(1.0, 1 / 93),
        lifetime=0.0 if fickle else rng.expovariate(1 / 470),
        spend=spend * (1.35 if habit else 1.0),
        taste=(rng.choice(RANGES)[0], rng.choice(RANGES)[0]),
        habit=None if fickle else habit,
        pack=rng.choice((1, 2, 2)),
        opens=rng.betavariate(1.1, 2.2),
    )
