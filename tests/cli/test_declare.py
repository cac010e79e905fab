"""A signature as options and arguments, and what comes of the words of a command line."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from dataclasses import fields
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.main import get_command

import rfm_cli
from rfm_cli.cli import options as opt
from rfm_cli.cli.app import COMMANDS, app, command_called
from rfm_cli.cli.declare import command
from rfm_cli.cli.option_groups import (
    AnswerOptions,
    EngagementOptions,
    ListOptions,
    OrderOptions,
    PurchaseOptions,
    QuietOptions,
    RowsOptions,
    RunOptions,
    ScoredOptions,
    ScoringOptions,
    TableOptions,
)
from rfm_cli.cli.values import type_of_usage_errors
from rfm_cli.config import SETTINGS

GROUPS = [
    AnswerOptions,
    EngagementOptions,
    ListOptions,
    OrderOptions,
    PurchaseOptions,
    QuietOptions,
    RowsOptions,
    RunOptions,
    ScoredOptions,
    ScoringOptions,
    TableOptions,
]


@command
def draw(
    ctx: typer.Context,
    *,
    who: Annotated[str, opt.argument("WHO", "The one to draw.")],
    orders: opt.Orders = None,
    by: Annotated[opt.Texts, opt.keep("--by", help="By what.", metavar="NAME")] = None,
    duplicates: opt.DropDuplicates = None,
    answer: AnswerOptions,
    running: QuietOptions,
    limit: opt.Limit = None,
) -> None:
    """Draw one."""
    ctx.obj = (who, orders, by, duplicates, vars(answer), vars(running), limit)


def read(*words: str) -> object:
    """What the function gets for the words of a command line."""
    with draw.make_context("draw", list(words)) as context:
        draw.invoke(context)
    return context.obj


def test_what_was_not_given_can_be_told_from_a_value() -> None:
    assert read("ann") == ("ann", None, None, None, vars(AnswerOptions()), vars(QuietOptions()), None)


def test_words_become_values_and_groups() -> None:
    words = ("ann", "a.csv", "--by", "x", "--keep-duplicates", "-q", "--by", "y", "--limit", "3", "b.csv", "-o", "-")
    groups = (vars(AnswerOptions(output="-")), vars(QuietOptions(quiet=True)))
    assert read(*words) == ("ann", ["a.csv", "b.csv"], ["x", "y"], False, *groups, 3)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "Missing argument 'WHO'."),
        (("ann", "--limit", "0"), "Invalid value for '--limit': '0' is not a whole number of 1 or more"),
        (("ann", "--limit", "1.5"), "Invalid value for '--limit': '1.5' is not a whole number of 1 or more"),
        (("ann", "--by"), "Option '--by' requires an argument."),
    ],
)
def test_words_that_make_no_sense_name_the_command(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(type_of_usage_errors()) as error:
        read(*words)
    assert error.value.ctx.command_path == "draw"
    assert error.value.format_message() == message


def test_help_has_groups_in_the_order_of_the_page() -> None:
    text = draw.get_help(draw.make_context("draw", ["ann"]))
    assert text.startswith("Usage: draw [OPTIONS] WHO [ORDERS]...\n\n  Draw one.\n")
    titles = [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert titles == ["Arguments:", "What to show:", "Common options:", "Reading:", "This run:"]
    assert "  WHO                       The one to draw.  [required]\n" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_for_all_that_it_takes(name: str) -> None:
    found = command_called(name)
    assert found is not None
    assert found.name == name
    assert found.help is not None
    assert found.help.splitlines()[0] == COMMANDS[name]  # the table spares the list of commands their modules
    assert all(param.help_row()[1] for param in found.get_params(found.make_context(name, [], resilient_parsing=True)))


def test_the_commands_are_those_of_the_table() -> None:
    root = get_command(app)
    assert root.list_commands(root.make_context("rfm", [], resilient_parsing=True)) == list(COMMANDS)


def test_only_what_typer_documents_is_used() -> None:
    # import-linter sees an external package as one module, so that it cannot forbid the private parts of one.
    private = re.compile(
        r"typer(\.\w+)*\._(?!_)|from typer(\.\w+)* import \(?([^)\n]*\W)?_|^\s*(import|from) click", re.MULTILINE
    )
    assert private.search("from typer.core import TyperOption, _value")
    assert private.search("import typer._click")
    assert not private.search("from typer.core import TyperOption")
    for file in Path(rfm_cli.__file__).parent.rglob("*.py"):
        assert not private.search(file.read_text(encoding="utf-8")), file


def _own(function: ast.FunctionDef) -> list[str]:
    """The parameters of a command, its groups among them."""
    return [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_declared_parameter_is_used_by_name(name: str) -> None:
    found = command_called(name)
    assert found is not None
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(found.function))).body
    assert isinstance(function, ast.FunctionDef)
    read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    assert [one for one in _own(function) if one not in read] == []


@pytest.mark.parametrize("group", GROUPS)
def test_each_option_of_a_group_is_a_setting_or_used_by_name(group: type) -> None:
    folder = Path(rfm_cli.__file__).parent
    text = "\n".join(file.read_text(encoding="utf-8") for file in (folder / "cli").rglob("*.py"))
    for one in fields(group):
        assert one.name in SETTINGS or re.search(rf"\.{one.name}\b", text), one.name


def test_no_option_is_fished_out_of_a_mapping_by_its_name() -> None:
    files = sorted((Path(rfm_cli.__file__).parent / "cli").rglob("*.py"))
    assert len(files) > 20
    for file in files:
        # Where Typer's parameters become what a function gets, and where words are completed beside those before them.
        if file.name in ("declare.py", "values.py"):
            continue
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"\bflags(\[|\.get)|(?<![.\w])cast\(|ctx\.params", text), file
