"""Short ways to ask expressions of a shop of frames."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from rfm_cli.errors import RfmError
from rfm_cli.language.evaluate import evaluate
from rfm_cli.language.parse import parse_expression
from rfm_cli.language.world import Evaluated, World
from rfm_cli.tables.options import ReadOptions
from tests.language.shops import linked, texts

AS_OF = date(2024, 3, 31)
ORDERS = texts("customer_id,order_id,ordered_at,amount", "a,o1,2024-03-30,10.00", "b,o2,2024-01-15,20.00")


def world_of(as_of: date = AS_OF, options: ReadOptions | None = None, **tables: Any) -> World:
    """A shop of frames; without orders of its own it has two, of a and b."""
    found, scored = linked({"orders": ORDERS, **tables}, as_of, options)
    return World(scored, found)


def asked(world: World, text: str) -> Evaluated:
    return evaluate({"it": parse_expression(text)}, world)


def who(world: World, text: str) -> tuple[str, str]:
    """The customers that an expression is true of, and those that it is unknown for."""
    frame = asked(world, text).frame.sort("customer_id")
    return " ".join(frame.filter("it")["customer_id"]), " ".join(frame.filter(pl.col("it").is_null())["customer_id"])


def refusal(world: World, text: str) -> tuple[int, str, str]:
    """The exit code, the first line and the hint of an error."""
    try:
        asked(world, text)
    except RfmError as error:
        return error.exit_code, error.message.partition("\n")[0], error.hint
    raise AssertionError(f"no error: {text}")


def notes(world: World, text: str) -> list[str]:
    return [one.text for one in asked(world, text).notes]
