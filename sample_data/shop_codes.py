"""Pools of promo codes for the letters of the shop: each code once, with its discount and its last day."""

from collections.abc import Iterator
from datetime import date

from shop_model import stream

MARKS = "23456789ACDEFHJKLMNPRTUVWXY"
LENGTH = 6
VALID_UNTIL = date(2025, 3, 31)
EXPIRED = date(2024, 11, 30)
EXPIRED_SHARE = 0.02
# Pool -> discount in percent -> how many codes.
POOLS = {
    "first-order": {10: 60},
    "ladder": {5: 300, 10: 300, 15: 400, 20: 1_800},
}


def make_codes(pool: str) -> Iterator[tuple[str, int, date]]:
    """Yield the codes of a pool; a few are out of date."""
    rng = stream(f"codes of {pool}")
    made: set[str] = set()
    for discount, count in POOLS[pool].items():
        for _ in range(count):
            code = next(code for code in iter(lambda: "".join(rng.choices(MARKS, k=LENGTH)), "") if code not in made)
            made.add(code)
            yield code, discount, EXPIRED if rng.random() < EXPIRED_SHARE else VALID_UNTIL
