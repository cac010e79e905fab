"""Named segments and axes of rfm.toml: what they are, and everything that is wrong with them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.language.definitions import DEEPEST, named_segments, names_in
from rfm_cli.language.named import Named, NamedAxis
from rfm_cli.language.nodes import And, Bare, Name
from rfm_cli.language.parse import parse_expression
from rfm_cli.schemes import load_scheme


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def read(text: str, scheme: str | None = None) -> Named:
        Path("rfm.toml").write_text(text, encoding="utf-8")
        return named_segments("rfm.toml", load_scheme(scheme) if scheme else None)

    return read


@pytest.fixture
def failure(named):
    def fail(text: str, scheme: str | None = None) -> tuple[str, str]:
        with pytest.raises(UsageError) as error:
            named(text, scheme)
        return error.value.message, error.value.hint

    return fail


def test_segments_and_axes_keep_their_order_and_answer_to_folded_names(named) -> None:
    found = named(
        '[segments]\nnew_subscriber = "90d"\nBought-Before = "has phone"\nbrowsed = "vip"\n'
        '[axes]\nplan = ["browsed", "bought before", "at risk", "No purchases"]\nrest = ["browsed"]\n'
    )
    assert [*found.segments] == ["boughtbefore", "browsed"]
    assert found.segments["boughtbefore"].name == "Bought-Before"
    assert found.segments["browsed"].definition.expr == Bare(Name(("vip",)))
    assert (found.segments["browsed"].definition.name, found.segments["browsed"].definition.folder) == ("browsed", ".")
    assert found.axes["plan"] == NamedAxis("plan", ("browsed", "Bought-Before", "At risk", "No purchases"))
    assert found.definitions["browsed"] is found.segments["browsed"].definition


def test_a_child_is_its_parent_and_its_own_condition(named) -> None:
    child = 'of = "A"\nwhere = "vip or city = \'x\'"\nnext_step = """call\n  first"""\n'
    found = named(f'[segments]\na = "has phone"\n[segments.b]\n{child}')
    child = found.segments["b"]
    own = parse_expression("vip or city = 'x'").expr
    assert child.definition.expr == And((Bare(Name(("A",))), own))
    assert (child.of, child.next_step, child.definition.text) == ("a", "call first", "vip or city = 'x'")


def test_a_table_without_of_is_a_segment_of_its_own(named) -> None:
    found = named('[segments.b]\nwhere = "vip"\nnext_step = "thank"\n')
    assert (found.segments["b"].definition.expr, found.segments["b"].of) == (Bare(Name(("vip",))), "")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            '[segments]\nnew = "vip"\n',
            "[segments] new is called like the segment New of the scheme rf12 (line 2)",
            "choose another name",
        ),
        ('[segments]\nAge = "vip"\n', "[segments] Age is called like the measure age (line 2)", "choose another name"),
        ('[axes]\nevents = ["new"]\n', "[axes] events is called like the table events (line 2)", "choose another name"),
        (
            '[axes]\nOther = ["new"]\n',
            "[axes] Other is called like the value Other of axes (line 2)",
            "choose another name",
        ),
        (
            '[segments]\nwithin = "vip"\n',
            "[segments] within is called like the word within of expressions (line 2)",
            "choose another name",
        ),
        (
            '[segments]\nat_x = "vip"\nAtX = "vip"\n',
            "[segments] AtX is called like the segment at_x (line 3)",
            "choose another name",
        ),
        (
            '[segments]\nx = "vip"\n[axes]\nX = ["x"]\n',
            "[axes] X is called like the segment x (line 4)",
            "choose another name",
        ),
        (
            '[linked.interests]\npath = "i.csv"\nby = "customer_id"\n[segments]\ninterests = "vip"\n',
            "[segments] interests is called like the table interests (line 5)",
            "choose another name",
        ),
        (
            '[segments]\n"a>b" = "vip"\n',
            "[segments] a>b is no name (line 2)",
            "a name has letters or digits, and no comma, > or /",
        ),
        (
            '[segments]\n"-" = "vip"\n',
            "[segments] - is no name (line 2)",
            "a name has letters or digits, and no comma, > or /",
        ),
        (
            '[segments]\nnew_subsciber = "90d"\n',
            "[segments] new_subsciber is no segment: '90d' is no condition (line 2)",
            "did you mean new_subscriber?",
        ),
        ("[segments]\nx = 90\n", "[segments] x must be an expression in quotes, not 90 (line 2)", ""),
        (
            '[segments]\na = "in b"\nb = "c or vip"\nc = "not in a"\n',
            "[segments] a names itself: a -> b -> c -> a (line 2)",
            "break the circle",
        ),
        ('[segments]\na = "in a"\n', "[segments] a names itself: a -> a (line 2)", "break the circle"),
        (
            '[segments]\na = "plan = \'a\'"\n[axes]\nplan = ["a", "lost"]\n',
            "[segments] a names itself: a -> a (line 2)",
            "break the circle",
        ),
        (
            '[segments.a]\nof = "b"\nwhere = "vip"\n[segments.b]\nof = "a"\nwhere = "vip"\n',
            "[segments] a names itself: a -> b -> a (line 1)",
            "break the circle",
        ),
        (
            '[segments]\nautumn = "vip"\n[segments.a]\nof = "autum"\nwhere = "vip"\n',
            "[segments.a] of names no segment: 'autum' (line 4)",
            "did you mean autumn? Valid: autumn",
        ),
        (
            '[segments.a]\nof = "b"\nwere = "vip"\n',
            "unknown key 'were' in [segments.a] (line 3)",
            "did you mean where? Valid: of, where, next_step",
        ),
        ('[segments.a]\nnext_step = "x"\n', "[segments.a] missing: where", ""),
        ("[axes]\np = []\n", '[axes] p must be a list of segments, such as ["autumn", "browsed"], not [] (line 2)', ""),
        (
            '[axes]\np = "new"\n',
            '[axes] p must be a list of texts in quotes, such as ["1", "2"], not \'new\' (line 2)',
            "",
        ),
        ('[segments]\nx = "vip"\n[axes]\np = ["x", "y"]\n', "[axes] p names no segment: 'y' (line 4)", "Valid: x"),
        (
            '[segments]\nx = "vip"\n[axes]\np = ["x", "X"]\n',
            "[axes] p names 'X' twice (line 4)",
            "each customer has one value",
        ),
    ],
)
def test_what_is_wrong_is_an_error_with_its_line(failure, text: str, message: str, hint: str) -> None:
    assert failure(text) == (f"rfm.toml: {message}", hint)


def test_a_text_that_is_no_expression_is_shown_with_its_segment(failure) -> None:
    message, _ = failure('[segments]\nx = "vip and"\n')
    first, line, carets = message.split("\n")
    assert first.startswith("rfm.toml: segment x: ")
    assert (line, carets) == ("  vip and", "         ^")


def test_everything_that_is_wrong_is_told_at_once(failure) -> None:
    message, hint = failure(
        '[segments]\nnew = "vip"\nx = "vip and"\n[segments.y]\nof = "z"\nwhere = "vip"\n[axes]\np = ["x", "q"]\n'
    )
    lines = message.split("\n")
    assert lines[0] == "rfm.toml: 4 errors in [segments] and [axes]"
    assert [line for line in lines if line.startswith("- ") and "segment x" not in line] == [
        "- [segments] new is called like the segment New of the scheme rf12 (line 2) (choose another name)",
        "- [segments.y] of names no segment: 'z' (line 5) (Valid: new, x)",
        "- [axes] p names no segment: 'q' (line 8) (Valid: new, x, y)",
    ]
    assert lines[2:4] == ["  vip and", "         ^"]
    assert hint == ""


def test_only_the_first_of_many_errors_are_listed(failure) -> None:
    lines = [f's{number} = "vip and"' for number in range(3000)]
    told = failure("[segments]\n" + "\n".join(lines) + "\n")[0].split("\n")
    assert told[0] == "rfm.toml: 20 errors at least in [segments] and [axes]"
    assert len(told) == 1 + 20 * 3
    lines = [f'"s{number}," = "vip"' for number in range(3000)]
    told = failure("[segments]\n" + "\n".join(lines) + "\n")[0].split("\n")
    assert told[-1].startswith("- [segments] s19, is no name")


def test_the_names_of_another_scheme_are_taken(named, failure) -> None:
    text = '[segments]\nRecent = "vip"\n'
    assert [*named(text).segments] == ["recent"]
    assert "the segment Recent of the scheme klaviyo6" in failure(text, "klaviyo6")[0]
    assert "the segment Recent of the scheme klaviyo6" in failure('[scheme]\nname = "klaviyo6"\n' + text)[0]


def test_many_segments_may_name_one_another_in_a_row_but_not_too_many(named, failure) -> None:
    row = [f's{n} = "in s{n + 1}"' for n in range(DEEPEST - 1)]
    text = "[segments]\n" + "\n".join([*row, f's{DEEPEST - 1} = "vip"'])
    assert len(named(text).segments) == DEEPEST
    message, hint = failure(text + '\ntop = "in s0"\n')
    assert message == f"rfm.toml: [segments] top names more than {DEEPEST} segments in a row (line {DEEPEST + 2})"
    assert hint == "name fewer of them"


def test_names_are_known_without_a_look_at_the_expressions(tmp_path: Path) -> None:
    file = tmp_path / "rfm.toml"
    file.write_text('[segments]\nnew_subscriber = "90d"\nx = "no expression"\n[axes]\np = 3\n')
    assert names_in(file) == (["x"], ["p"])
