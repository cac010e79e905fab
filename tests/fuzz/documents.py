"""rfm.toml, schemes and cutoffs: whole ones, and what becomes of them when a value or a line is another."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from tests.fuzz import texts

CONFIG: dict[str, Any] = {
    "tables": {"orders": "orders.csv", "customers": "customers.csv"},
    "snapshots": {"store": "snapshots"},
    "columns": {"orders": {"amount": "amount"}, "customers": {"city": "city"}},
    "reading": {"decimal": ".", "separator": ",", "encoding": "utf-8", "reject_status": ["cancelled"]},
    "clock": {"as_of": "2024-12-31", "timezone": "UTC", "window": "12mo"},
    "scheme": {"name": "rf12", "cuts": {"r": "30,90,180,365"}, "nested": False},
    "vip": {"share": "15%", "min_orders": 2},
    "jobs": {"nightly": {"outputs": ["score -o scores.csv", "grid -o grid.json"], "keep": 2, "folder": "out/n"}},
}  # fmt: skip
SCHEME: dict[str, Any] = {
    "name": "own",
    "title": "Two by two",
    "bins": [2, 2, 2],
    "by": ["r", "f"],
    "free_orders": "count",
    "rules": {"m": "quantile"},
    "cuts": {"r": [90], "f": [2]},
    "segments": [
        {"name": "Good", "rank": 1, "next_step": "Thank.", "cells": ["21", "22"]},
        {"name": "Bad", "rank": 2, "next_step": "Let go.", "cells": ["11", "12"]},
    ],
}
CUTOFFS: dict[str, Any] = {
    "scheme": "rf12",
    "as_of": "2024-12-31",
    "bins": [5, 5, 5],
    "r": {"rule": "fixed", "upto": {"5": 30, "4": 90, "3": 180, "2": 365}},
    "f": {"rule": "fixed", "from": {"5": 7, "4": 4, "3": 3, "2": 2}},
    "m": {"rule": "quantile", "from": {"5": "50.00", "4": "20.00", "3": "10.00", "2": "5.00"}},
    "vip": {"floor": "40.00", "min_orders": 2, "share": "0.15"},
}
VALUES: list[Any] = [
    0, -1, 1, 10**18, -(10**30), 1.5, float("inf"), float("nan"), True, "", "x", [], {}, [[]], [1, "x"], {"a": 1},
    date(2024, 1, 1), date(1, 1, 1), [None], ["score --help"], ["score -o"], "..", "0", "1e9", "99999999999999999999",
]  # fmt: skip
NESTED = "x = " + "[" * 3000 + "]" * 3000 + "\n"
DIGITS = "x = " + "9" * 5000 + "\n"
DOTTED = ".".join("a" * 3000) + " = 1\n"


def document(draw: Random, whole: Mapping[str, Any]) -> str:
    """The TOML text of a document in which some values, keys or lines are others."""
    data = copy.deepcopy(dict(whole))
    for _ in range(draw.choice([0, 0, 1, 1, 2])):
        _changed(draw, data)
    lines = toml(data).splitlines(keepends=True)
    shape = draw.choice(["plain"] * 8 + ["dropped", "twice", "byte", "extreme"])
    if shape == "dropped":
        lines.pop(draw.randrange(len(lines)))
    elif shape == "twice":
        lines.insert(draw.randrange(len(lines)), draw.choice(lines))
    elif shape == "extreme":
        lines.insert(0, draw.choice([NESTED, DIGITS, DOTTED]))
    text = "".join(lines)
    if shape == "byte":
        place = draw.randrange(len(text))
        text = text[:place] + draw.choice("\0\x7f\"'[]={}\\\ud800\u202e") + text[place + 1 :]
    return text


def _changed(draw: Random, data: dict[str, Any]) -> None:
    """Replace, rename, drop or add a value somewhere in the document."""
    table: Any = data
    while draw.random() < 0.9:
        inside = [
            one
            for one in (table.values() if isinstance(table, dict) else table)
            if one and isinstance(one, dict | list)
        ]
        if not inside:
            break
        table = draw.choice(inside)
    value = draw.choice(VALUES) if draw.random() < 0.6 else draw.choice(texts.NAMES[:-1])
    place = draw.choice(list(table) if isinstance(table, dict) else range(len(table)))
    way = draw.choice(["value", "value", "value", "drop", "add"])
    if way == "value":
        table[place] = value
    elif way == "drop":
        del table[place]
    elif isinstance(table, dict):
        table[draw.choice(["x", "name", "orders", "", "a b", "nightly"])] = value
    else:
        table.append(value)


def toml(data: Mapping[str, Any]) -> str:
    """A document as TOML: plain values and inline tables first, then tables of their own."""
    plain = [f"{_key(key)} = {_value(value)}\n" for key, value in data.items() if not isinstance(value, dict)]
    tables = [(key, value) for key, value in data.items() if isinstance(value, dict)]
    parts = [
        f"[{_key(key)}]\n" + "".join(f"{_key(k)} = {_value(v)}\n" for k, v in value.items()) for key, value in tables
    ]
    return "".join(plain) + "".join(parts)


def _key(name: object) -> str:
    return json.dumps(str(name))


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_value(one) for one in value) + "]"
    if isinstance(value, float):
        return str(value)
    return json.dumps(value) if isinstance(value, str | bool | int) else '""' if value is None else str(value)
