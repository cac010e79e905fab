"""One input of the fuzz, made of its number alone: files in a folder, and the run that meets them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.fuzz import documents, options, tables, texts
from tests.runs import Wish

ORDERS = "order_id,customer_id,ordered_at,amount,status,city\n" + "".join(
    f'{n},{n % 7:03},2024-{1 + n % 12:02}-{1 + n % 28:02},{n * 7 % 50}.50,paid,"{city}"\n'
    for n, city in enumerate(["Köln", "[/x]", "=1+1", "\x1b[31mred\x1b[0m", "", "Bonn"] * 10)
)
CUSTOMERS = "customer_id,email,city,registered_at\n" + "".join(
    f"{n:03},{n}@x.y,[bold],2024-0{1 + n}-01\n" for n in range(9)
)
EVENTS = "customer_id,event,at\n" + "".join(f"{n % 9:03},open,2024-05-{1 + n % 28:02}\n" for n in range(40))
VIEWS = [
    "score --with city", "score --history", "segments --by city", "grid", "matrix --by city,segment", "vip",
    "vip --list", "vip --watch --since 2024-06", "migrate --from 2024-03", "migrate --from 2024-03 --speed",
    "migrate --from 2024-03 --moves",
    "reach --customers {customers}", "report -o o.html", "explain", "rollup", "snapshot --store store", "check",
]  # fmt: skip


class Case(NamedTuple):
    """An input: what kind it is, the run, how many order rows it has (None: not known), and what it may write."""

    kind: str
    wish: Wish
    rows: int | None = None
    writes: tuple[str, ...] = ()


def case(seed: int, folder: Path) -> Case:
    """The input of that number, with its files in a new folder, deep enough that `../..` leads to no other's."""
    kind = list(KINDS)[seed % len(KINDS)]
    draw, place = Random(f"{kind} {seed}"), folder / str(seed) / "a" / "b"
    place.mkdir(parents=True)
    return KINDS[kind](draw, place)


def _usual(place: Path) -> None:
    """A small shop, a ruler and a scheme, for the inputs that are not about tables."""
    for name, text in (("orders", ORDERS), ("customers", CUSTOMERS), ("events", EVENTS)):
        (place / f"{name}.csv").write_text(text)
    (place / "more.csv").write_text(ORDERS.replace("\n", "\nx", 1))
    (place / "cuts.toml").write_text(documents.toml(documents.CUTOFFS))
    (place / "own.toml").write_text(documents.toml(documents.SCHEME))
    (place / "jobs.toml").write_text(documents.toml(documents.CONFIG))


def _of_tables(form: str) -> Callable[[Random, Path], Case]:
    """The maker of inputs that are about files of that form."""

    def made(draw: Random, place: Path) -> Case:
        rows, names = tables.FORMS[form](draw, "orders", place), {"orders": f"orders.{form}"}
        for table in ("customers", "events"):
            if draw.random() < 0.4:
                tables.FORMS[form](draw, table, place)
                names[table] = f"{table}.{form}"
        beside = tuple(word for table in list(names)[1:] for word in (f"--{table}", names[table]))
        if draw.random() < 0.5:  # counts are asked for
            answer = ("--format", "json", "--rejects", "r.csv", "-o", "o.json")
            return Case(form, Wish(("score", names["orders"], *beside, *answer), str(place)), rows, ("o.json", "r.csv"))
        return Case(form, Wish(_view(draw, names, beside), str(place)), None, ("o.html", "out", "store"))

    return made


def _view(draw: Random, names: dict[str, str], beside: tuple[str, ...]) -> tuple[str, ...]:
    """The words of some view of the tables, on the screen or in some format."""
    line = draw.choice(VIEWS).format(customers=names.get("customers", names["orders"]))
    command, *words = line.split()
    more = {"explain": (texts.NAMES[draw.randrange(4)],), "rollup": ()}.get(command, ())
    if command == "rollup":
        return (command, names["orders"], "out")
    form = () if command in ("report", "snapshot") else ("--format", draw.choice(options.FIT["--format"]))
    return (command, *more, names["orders"], *words, *(() if "--customers" in words else beside), *form)


def _of_config(draw: Random, place: Path) -> Case:
    """An input about rfm.toml, run by a job or a command."""
    _usual(place)
    text = documents.document(draw, documents.CONFIG)
    (place / "rfm.toml").write_text(text, errors="surrogatepass")
    words = draw.choice([("run", "nightly"), ("run", "nightly", "--dry-run"), ("score",), ("check",), ("snapshot",)])
    return Case("rfm.toml", Wish(words, str(place)), None, ("out", "snapshots", "*"))


def _of_scheme(draw: Random, place: Path) -> Case:
    """An input about a scheme file."""
    _usual(place)
    (place / "own.toml").write_text(documents.document(draw, documents.SCHEME), errors="surrogatepass")
    command = draw.choice(["score", "segments", "grid", "schemes", "report -o o.html"]).split()
    words = (
        ("schemes", "show", "own.toml") if command[0] == "schemes" else (*command, "orders.csv", "--scheme", "own.toml")
    )
    return Case("scheme", Wish(words, str(place)), None, ("o.html",))


def _of_cutoffs(draw: Random, place: Path) -> Case:
    """An input about a file of cutoffs."""
    _usual(place)
    (place / "cuts.toml").write_text(documents.document(draw, documents.CUTOFFS), errors="surrogatepass")
    command = draw.choice(
        ["score --explain", "segments", "vip", "migrate --from 2024-03", "snapshot --store store"]
    ).split()
    return Case("cutoffs", Wish((*command, "orders.csv", "--cuts", "cuts.toml"), str(place)), None, ("store",))


def _of_options(draw: Random, place: Path) -> Case:
    """An input about the command line."""
    _usual(place)
    wish = Wish(options.arguments(draw), str(place), ORDERS, options.variables(draw))
    return Case("options", wish, None, ("*",))


KINDS: dict[str, Callable[[Random, Path], Case]] = {
    **{form: _of_tables(form) for form in tables.FORMS},
    "rfm.toml": _of_config,
    "scheme": _of_scheme,
    "cutoffs": _of_cutoffs,
    "options": _of_options,
    "options too": _of_options,
    "csv too": _of_tables("csv"),
}
"""The makers of inputs; ten, so that a hundred numbers hold ten of each."""
