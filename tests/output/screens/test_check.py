"""The screen of findings."""

from __future__ import annotations

import ast
from pathlib import Path

import polars as pl

from rfm_cli.output.look import Look, render
from rfm_cli.output.screens.check import CHECK, WORDS
from rfm_cli.output.screens.parts import rows_screen
from rfm_cli.source import orders, rollup
from rfm_cli.views import check, check_columns, check_consents, check_people

WIDE = Look(width=200)


def test_a_narrow_check_keeps_what_was_found() -> None:
    rows = pl.DataFrame(
        {"table": ["orders"] * 2, "topic": ["repeated rows"] * 2, "item": ["orders.csv", "a " * 20], "rows": [9] * 2}
    ).with_columns(found=pl.lit("csv, comma separated"))
    for width in (40, 60, 80):
        shown = render(rows_screen(rows, look=Look(width), layout=CHECK), Look(width))
        assert "comma separated" in shown


MODULES = (check, check_columns, check_consents, check_people, orders, rollup)


def test_every_table_and_topic_has_words() -> None:
    trees = [ast.parse(Path(str(one.__file__)).read_text(encoding="utf-8")) for one in MODULES]
    found = set()
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding":
            found |= {one.value for one in node.args[:2] if isinstance(one, ast.Constant)}
    assert {"orders", "repeated rows", "roll-up"} <= found <= WORDS.keys()
