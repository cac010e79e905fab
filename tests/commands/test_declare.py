"""A signature as options and arguments, and what comes of the words of a command line."""

from __future__ import annotations

from typing import Annotated

import click
import pytest

from rfm_cli import options as opt
from rfm_cli.cli import COMMANDS, rfm
from rfm_cli.commands.declare import command


@command
def draw(
    ctx: click.Context,
    who: Annotated[str, opt.Argument("WHO", "Whom to draw.")],
    orders: opt.Orders = None,
    by: Annotated[opt.Texts, opt.keep("--by", help="By what.", metavar="NAME")] = None,
    duplicates: opt.DropDuplicates = None,
    quiet: opt.Quiet = None,
    limit: opt.Limit = None,
    output: opt.Output = None,
) -> None:
    """Draw somebody."""
    ctx.obj = {"who": who, "by": by, "limit": limit}


def read(*words: str) -> dict[str, object]:
    return dict(draw.make_context("draw", list(words)).params)


def test_what_was_not_given_can_be_told_from_a_value() -> None:
    assert read("ann") == {
        "who": "ann", "orders": (), "by": (), "duplicates": None, "quiet": None, "limit": None, "output": None
    }  # fmt: skip


def test_words_become_values() -> None:
    words = ("ann", "a.csv", "--by", "x", "--keep-duplicates", "-q", "--by", "y", "--limit", "3", "b.csv", "-o", "-")
    assert read(*words) == {
        "who": "ann",
        "orders": ("a.csv", "b.csv"),
        "by": ("x", "y"),
        "duplicates": False,
        "quiet": True,
        "limit": 3,
        "output": "-",
    }


@pytest.mark.parametrize("words", [(), ("ann", "--limit", "0"), ("ann", "--limit", "1.5"), ("ann", "--by")])
def test_words_that_make_no_sense_name_the_command(words: tuple[str, ...]) -> None:
    with pytest.raises(click.UsageError) as error:
        read(*words)
    assert error.value.ctx is not None
    assert error.value.ctx.command_path == "draw"


def test_the_function_gets_its_own_options() -> None:
    context = draw.make_context("draw", ["ann", "--by", "x"])
    draw.invoke(context)
    assert context.obj == {"who": "ann", "by": ("x",), "limit": None}


def test_help_has_groups_in_the_order_of_the_page() -> None:
    text = draw.get_help(draw.make_context("draw", ["ann"]))
    assert text.startswith("Usage: draw [OPTIONS] WHO [ORDERS]...\n\n  Draw somebody.\n")
    titles = [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert titles == ["Arguments:", "What to show:", "Reading:", "Output:", "This run:"]
    assert "  WHO                       Whom to draw.  [required]\n" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_tells_of_all_that_it_takes(name: str) -> None:
    found = rfm.get_command(click.Context(rfm), name)
    assert found is not None
    assert found.name == name
    assert found.get_short_help_str(200).endswith(".")
    assert all(param.get_help_record(click.Context(found)) for param in found.params)
