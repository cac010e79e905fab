"""Every command that answers from a shop, as a line of words; `{to}` stands for the as-of date of the shop."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.runs import Wish

BESIDE = ("--customers", "customers.*", "--events", "events.*")
FORMATS = ("csv", "json", "ndjson", "parquet", "xlsx", "md", "table")
VIEWS = """
score --with email,city,size
score --history
score --new-subscriber 90d --segment "New,At risk" --vip
score --window 12mo
score --scheme rfm11 --one-order-per day
segments
segments --against {from}
segments --by city --scheme klaviyo6
grid
grid --by r,m
matrix
matrix --by city,segment
matrix --by last_event,engagement
matrix --by tenure,size --min-cell 3
matrix --by recency,frequency --edges frequency=3 --list "15-30,1-2"
vip
vip --list
vip --revenue 50%
vip --watch --since {from}
migrate --from {from}
migrate --from {from} --every quarter --rescore
migrate --from {from} --flows
migrate --from {from} --moves --by rf
migrate --from {from} --paths --every quarter
migrate --from {from} --speed
migrate --from {from} --list "Champions>Loyal"
reach
reach --list "reachable"
explain 0001
""".strip().splitlines()
SELECTIONS = (
    (
        "select",
        "any lines(category = 'Tea' and amount > 3) or size > 6 and last orders.day within 200 days "
        "minus any events(kind = 'click') without orders later",
        *(
            "--with",
            "email,segment",
            "--with",
            "n = count distinct lines.product_id",
            "--with",
            "x = last lines.amount",
        ),
        *("--items", "lines(quantity > 1) within 400 days"),
    ),
    (
        "select",
        "not city = 'Köln' and (sum refunds.amount > 5 or previous_segment = 'Lost' or any lines with events later)",
        "--clauses",
    ),
    ("select", "registered_at before 2024-06 and telegram != 'x'", "--undecided", "--with", "begin = first orders.at"),
    ("select", "monetary >= 100 or reachable by email", "--against", "{from}", "--with", "monetary"),
    ("select", "any orders(amount = size or any lines(quantity = 3)) or max lines.amount > aov", "--count"),
    ("segments", "--where", "any lines(category = 'Tea') within 300 days minus city = 'Köln'"),
)
"""Selections that ask all kinds of tables."""
TABLES = (*BESIDE, "--lines", "lines.*", "--products", "products.*")
FROM, TO = "2024-03-31", "2024-12-31"
CUTS = ("--cuts", "r=30,90,180,365", "--cuts", "f=2,3,4,7", "--cuts", "m=10,50,100,500")


def lines(begin: str = FROM, end: str = TO) -> list[tuple[str, ...]]:
    """The words of every view at these dates."""
    found = []
    for line in VIEWS:
        words = [word.format(**{"from": begin}) for word in shlex.split(line)]
        found.append((*words, "--to", end) if words[0] == "migrate" else (*words, "--as-of", end))
    return found


def selections(begin: str = FROM, end: str = TO) -> list[tuple[str, ...]]:
    """The words of every selection at these dates."""
    return [(*(word.replace("{from}", begin) for word in words), "--as-of", end) for words in SELECTIONS]


def wishes(folder: Path, out: Path, formats: int = 1, first: int = 0) -> Iterator[Wish]:
    """Runs of all commands on the shop in `folder`, whose answers go to files in `out`.

    Each view is written in so many `formats`, one after the other from the `first` one on, so that all are used.
    """
    out.mkdir()
    ruler = ("--save-cuts", str(out / "cuts.toml"))
    yield Wish(("score", "orders", *BESIDE, "--as-of", TO, "-q", "-o", str(out / "ruler.csv"), *ruler), str(folder))
    for number, words in enumerate([*lines(), *selections()]):
        for more in range(formats):
            form = FORMATS[(first + number + more) % len(FORMATS)]
            target = ("--format", form, "-o", str(out / f"{number:02}.{form}"))
            command, *rest = words
            asked = (*rest, "orders") if command == "explain" else ("orders", *rest)
            if command == "select":
                asked = (rest[0], "orders", *rest[1:])
            beside = TABLES if command == "select" or "--where" in words else BESIDE
            yield Wish((command, *asked, *beside, "-q", *target), str(folder))
    yield Wish(("report", "orders", *BESIDE, "--as-of", TO, "-q", "-o", str(out / "report.html")), str(folder))
    yield Wish(("report", "orders", *BESIDE, "--as-of", TO, "-q", "-o", str(out / "report.xlsx")), str(folder))
    store = str(out / "store")
    for day in (FROM, TO):
        snapshot = ("snapshot", "orders", *BESIDE, "--as-of", day, "--store", store, "--cuts", str(out / "cuts.toml"))
        yield Wish((*snapshot, "-q"), str(folder))
    yield Wish(("snapshots", "--store", store, "-q", "-o", str(out / "snapshots.csv")), str(folder))
    yield Wish(("diff", FROM, TO, "--store", store, "-q", "-o", str(out / "diff.json")), str(folder))
    yield Wish(("migrate", "--from", FROM, "--store", store, "-q", "-o", str(out / "stored.json")), str(folder))
    for grain in ("day", "month"):
        made = str(out / f"{grain}.rollup")
        yield Wish(("rollup", "orders", made, "--grain", grain, "-q"), str(folder))
        answer = ("-q", "-o", str(out / f"{grain}.json"))
        yield Wish(("segments", made, *BESIDE, "--as-of", TO, *answer), str(folder))
