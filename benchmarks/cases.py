"""What a file of orders can look like, and the named cases that are measured.

The standard library alone: run.py must stay small (see there).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

MILLION = 1_000_000


def short(rows: int) -> str:
    """10m for 10,000,000, 250k for 250,000, else the digits."""
    if rows % MILLION == 0:
        return f"{rows // MILLION}m"
    return f"{rows // 1_000}k" if rows % 1_000 == 0 else str(rows)


@dataclass(frozen=True)
class Case:
    """A kind of file to measure on."""

    rows: int
    ids: str = "dense"
    lines: int = 1
    order_id: bool = True
    shuffled: bool = False
    dirt: bool = False
    format: str = "parquet"
    seed: int = 7

    def file_name(self) -> str:
        """Return a name that says every option, so that one folder can keep the files of all cases."""
        parts = [short(self.rows), self.ids]
        parts += [f"{self.lines}-lines"] if self.lines != 1 else []
        parts += ["no-order-id"] if not self.order_id else []
        parts += ["shuffled"] if self.shuffled else []
        parts += ["dirt"] if self.dirt else []
        parts += [f"seed-{self.seed}"] if self.seed != 7 else []
        return "-".join(parts) + "." + self.format

    def family(self) -> str:
        """Return the ids, for plain files that differ by their size alone; empty for all others."""
        return self.ids if self == Case(self.rows, ids=self.ids) else ""

    def kind_of_ids(self) -> str:
        """Return the kind of ids for the peers; see peer_input.py."""
        return {"dense": "small", "sparse": "whole"}.get(self.ids, "text")

    def maker_options(self) -> list[str]:
        """Return the options of make_orders.py that make the file."""
        options = [f"--rows={self.rows}", f"--ids={self.ids}", f"--lines={self.lines}"]
        options += [f"--format={self.format}", f"--seed={self.seed}"]
        options += ["--no-order-id"] if not self.order_id else []
        options += ["--shuffled"] if self.shuffled else []
        options += ["--dirt"] if self.dirt else []
        return options


def sizes(ids: str) -> dict[str, Case]:
    """Plain Parquet at the sizes by which growth is fitted."""
    return {f"{short(rows)}-{ids}": Case(rows, ids=ids) for rows in (MILLION * size for size in (1, 3, 10, 30, 100))}


# A new case is a new line here.
CASES = {
    "1m-csv": Case(MILLION, format="csv"),
    "1m-dirt": Case(MILLION, ids="text", dirt=True),
    **sizes("dense"),
    **sizes("sparse"),
    **sizes("text"),
    "10m-email": Case(10 * MILLION, ids="email"),
    "10m-shuffled": Case(10 * MILLION, shuffled=True),
    "10m-no-order-id": Case(10 * MILLION, order_id=False),
    "10m-lines": Case(10 * MILLION, lines=5),
    "10m-lines-shuffled": Case(10 * MILLION, lines=5, shuffled=True),
    "10m-dirt": Case(10 * MILLION, dirt=True),
    "10m-csv": Case(10 * MILLION, format="csv"),
    "10m-email-csv": Case(10 * MILLION, ids="email", format="csv"),
}


@dataclass(frozen=True)
class Goal:
    """What is to be reached: a largest share of the base's time, and a largest memory in millions of bytes."""

    ratio: float
    peak_mb: float | None = None


GOALS = {
    "1m-csv": Goal(1.0),
    "10m-dense": Goal(0.45),
    "10m-sparse": Goal(0.55),
    "10m-text": Goal(0.5),
    "10m-email": Goal(0.5),
    "10m-shuffled": Goal(0.6),
    "10m-no-order-id": Goal(0.65),
    "10m-lines": Goal(0.8),
    "10m-lines-shuffled": Goal(0.9),
    "10m-csv": Goal(0.45),
    "10m-email-csv": Goal(0.5),
    "10m-dirt": Goal(0.7),
    "100m-dense": Goal(0.35, 1_500),
    "100m-sparse": Goal(0.4, 1_600),
    "100m-text": Goal(0.4, 2_000),
}


def positive(text: str) -> int:
    """Parse a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def add_case_options(options: argparse._ActionsContainer, rows: int | None) -> None:
    """Add the options that describe a case; `rows` is the default of --rows."""
    options.add_argument("--rows", type=positive, default=rows, help="rows in the file, as 10_000_000")
    options.add_argument("--ids", choices=["dense", "sparse", "text", "email"], default="dense")
    options.add_argument("--lines", type=positive, default=1, help="rows an order")
    options.add_argument("--no-order-id", action="store_true", help="no order_id column: a row is an order")
    options.add_argument("--shuffled", action="store_true", help="rows in random order, not by time")
    options.add_argument("--dirt", action="store_true", help="refunds, missing customers, cancelled orders")
    options.add_argument("--format", choices=["parquet", "csv"], default="parquet")
    options.add_argument("--seed", type=int, default=7)


def own_case(given: argparse.Namespace) -> Case:
    """Return the case that the options describe."""
    return Case(
        given.rows,
        given.ids,
        given.lines,
        not given.no_order_id,
        given.shuffled,
        given.dirt,
        given.format,
        given.seed,
    )
