"""Names of branches, as people write them."""

from __future__ import annotations

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.views.branches import check_branch, in_branch
from rfm_cli.views.reach import LEAVES, reach_of
from tests.reached import reached
from tests.shops import Row


@pytest.mark.parametrize(
    ("text", "leaf"),
    [("reachable>vip", "VIP"), ("Reach > two", LEAVES[1]), (" NOT   reachable ", None), ("By email > No", LEAVES[3])],
)
def test_names_of_branches_are_taken_as_people_write_them(text: str, leaf: str | None) -> None:
    check_branch(text)
    found = reach_of(reached([Row("a", "", 0, 100)], {"a": ("a@x", "yes", ""), "x": ("x@x", "yes", "")}, []))
    kept = in_branch(found, text).frame["customer"].to_list()
    assert kept == (["x"] if leaf == LEAVES[3] else [])


@pytest.mark.parametrize("text", ["", "Reachable > ", "Reachable > VIPs", "Unreachable", "By", "> VIP"])
def test_other_names_are_errors_that_list_the_valid_ones(text: str) -> None:
    found = reach_of(reached([Row("a", "", 0, 100)], {"a": ("a@x", "yes", "")}, []))
    with pytest.raises(UsageError, match="no such branch") as caught:
        in_branch(found, text)
    assert "Two or more purchases" in caught.value.hint
    if text != "By":
        with pytest.raises(UsageError, match="no such branch"):
            check_branch(text)
