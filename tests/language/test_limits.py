from __future__ import annotations

import pytest

from rfm_cli.language.limits import check_conditions
from rfm_cli.language.nodes import Or
from rfm_cli.language.parse import parse_expression
from tests.language.refusals import refusal

OTHERWISE = "put ids into a file and write in file 'ids.csv', or part the text into named segments"
TOO_MANY = "more than 2,000 conditions in all definitions that are used"


def test_a_text_has_so_many_letters_at_most() -> None:
    parse_expression("a" * 100_000)
    error = refusal("a" * 100_001)
    assert (error.message, error.hint) == ("the expression has 100,001 letters, 100,000 at most", OTHERWISE)


@pytest.mark.parametrize(
    ("opening", "closing"), [("(", ")"), ("not ", ""), ("any t(", ")"), ("(not any t(", "))"), ("not (", ")")]
)
def test_levels_are_counted(opening: str, closing: str) -> None:
    levels = opening.count("(") + opening.count("not")
    fits = 100 // levels
    parse_expression(opening * fits + "vip" + closing * fits)
    error = refusal(opening * (fits + 1) + "vip" + closing * (fits + 1))
    assert error.message.startswith("more than 100 levels of brackets and not\n")
    assert error.hint == "part the text into named segments"


def test_what_is_beside_one_another_is_one_level() -> None:
    parse_expression(" or ".join(["(not (not vip))"] * 300) + " and " + " and ".join(["not vip"] * 300))


def test_conditions_are_counted() -> None:
    expr = parse_expression(" or ".join(["vip"] * 2_000)).expr
    assert isinstance(expr, Or) and len(expr.members) == 2_000
    error = refusal(" or ".join(["vip"] * 2_001))
    assert (error.message, error.hint) == (TOO_MANY, OTHERWISE)


@pytest.mark.parametrize(
    "text",
    [
        "any t(" + " or ".join(["a"] * 2_000) + ")",
        "x" + " within 1 d" * 2_001,
        "any t" + " within 1 d" * 2_001,
        "any t" + " with t" * 2_001,
        " and ".join(["x between 1 and 2"] * 2_001),
    ],
)
def test_what_is_as_much_work_as_conditions_is_counted(text: str) -> None:
    assert refusal(text).message == TOO_MANY


@pytest.mark.parametrize("terms", [2_002, 20_000])
def test_terms_are_called_so(terms: int) -> None:
    error = refusal("a" + " + 1" * terms + " > 1")
    assert error.message == "more than 2,000 terms and conditions in all definitions that are used"
    assert error.hint == OTHERWISE


def test_a_between_has_an_and_of_its_own() -> None:
    parse_expression(" and ".join(["x between 1 and 2"] * 2_000))


def test_conditions_of_all_definitions_are_counted_together() -> None:
    trees = [parse_expression(" or ".join(["vip"] * 1_000)).expr] * 2
    check_conditions(trees)
    with pytest.raises(Exception, match=TOO_MANY):
        check_conditions([*trees, parse_expression("vip").expr])


def test_literals_of_a_list_are_counted() -> None:
    parse_expression(f"x in ({','.join(['1'] * 20_000)})")
    error = refusal(f"x in ({','.join(['1'] * 20_001)})")
    assert error.message.startswith("20,001 values in one list, 20,000 at most\n")
    assert error.hint == "put them into a file: in file 'values.csv' by the column's name"


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000,
        ")" * 5_000,
        " or ".join(["vip"] * 20_000),
        "[" * 99_999,
        "'" * 99_999,
        "“" * 99_999,
        "1" * 99_999,
        "1." * 49_999,
        "1," * 49_999,
        "\u200b" * 99_999,
        "any " * 24_999,
        "not " * 24_999,
        "between 1 " * 9_999,
        "x = 'a' or " * 9_000,
        "last " * 19_999 + "1 d",
        "within 3 m " * 9_000,
        "#" * 99_999,
    ],
    ids=lambda text: text[:8],
)
def test_hostile_texts_are_errors(text: str) -> None:
    error = refusal(text)
    assert len(error.message) < 500
    assert len(error.hint) < 500
