"""Named segments and axes of rfm.toml in the views: as rows, as axes, as states of moves, as parts of a list."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.language import sets
from tests.language import worked_shop

Here = Callable[..., Any]
AS_OF = ("--as-of", "2024-03-31")
TOML = """\
[segments]
new_subscriber = "90d"
bought-before = "has phone and last_order older than 1 month"
browsed = "any events(event = 'view') within 4 weeks without orders later"
[segments.light]
of = "autumn"
where = "any lines(category = 'Light')"
next_step = "call first"
[segments.autumn]
where = "bought-before or browsed minus city = 'Moscow'"
next_step = "write"
[axes]
plan = ["browsed", "Autumn", "lost"]
"""


@pytest.fixture
def worked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The worked shop as files with named segments, made the working directory."""
    for name in ("CUSTOMERS", "PRODUCTS", "ORDERS", "LINES", "EVENTS"):
        getattr(worked_shop, name).write_csv(tmp_path / f"{name.lower()}.csv")
    (tmp_path / "rfm.toml").write_text(TOML)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(ended: Any) -> list[str]:
    assert ended.code == 0, ended.err
    return ended.out.decode().splitlines()


def test_named_segments_are_rows_with_their_parts_below_them(worked: Path, here: Here) -> None:
    assert rows(here("segments", "--named", *AS_OF, "-q", "--next-steps")) == [
        "segment,of,customers,undecided,customers_share,share_of_parent,orders,revenue,revenue_share,aov,"
        "median_recency_days,median_frequency,median_monetary,revenue_per_customer,next_step",
        "bought-before,,2,1,0.2,,5,50,0.45454545454545453,10.00,289.00,2.50,25.00,25.00,",
        "browsed,,1,0,0.1,,1,10,0.09090909090909091,10.00,107.00,1.00,10.00,10.00,",
        "autumn,,2,1,0.2,,2,20,0.18181818181818182,10.00,175.00,1.00,10.00,10.00,write",
        "light,autumn,2,0,0.2,1.0,2,20,0.18181818181818182,10.00,175.00,1.00,10.00,10.00,call first",
    ]


def test_shares_of_the_named_are_of_those_shown(worked: Path, here: Here) -> None:
    found = rows(here("segments", "--named", *AS_OF, "-q", "--where", "city = 'Lyon'"))
    assert found[1].startswith("bought-before,,0,0,0.0,,0,0,0.0,,")
    assert found[2].startswith("browsed,,1,0,0.3333333333333333,,1,10,0.25,10.00,")
    assert found[3].startswith("autumn,,1,0,0.3333333333333333,,1,10,0.25,10.00,")


def test_the_screen_of_the_named_has_what_to_do_next(worked: Path, here: Here) -> None:
    lines = here("segments", "--named", *AS_OF, "-q", "--format", "table").out.decode().splitlines()
    assert lines[0].endswith("named segments 4")
    assert lines[-5:-2] == ["What to do next", "autumn  write", "light   call first"]
    assert not any(line.startswith("Total") for line in lines)


@pytest.mark.parametrize(
    ("by", "lang", "groups"),
    [
        ("plan", "en", ["browsed", "Other"]),
        ("plan", "ru", ["browsed", "Прочие"]),
        ("autumn", "en", ["in autumn", "not in autumn", "undecided"]),
        ("autumn", "ru", ["в autumn", "не в autumn", "не определены"]),
    ],
)
def test_groups_of_segments_are_in_the_language(
    worked: Path, here: Here, by: str, lang: str, groups: list[str]
) -> None:
    shown = here("segments", "--by", by, *AS_OF, "-q", "--format", "table", "--no-next-steps", "--lang", lang)
    lines = [line.strip() for line in shown.out.decode().splitlines()]
    assert [line for line in lines if line in groups] == groups
    assert rows(here("segments", "--by", by, *AS_OF, "-q", "--lang", lang)) == rows(
        here("segments", "--by", by, *AS_OF, "-q")
    )


def test_json_of_the_named_has_the_money_of_all(worked: Path, here: Here) -> None:
    found = json.loads(here("segments", "--named", *AS_OF, "-q", "--format", "json").out)
    assert found["meta"]["revenue"] == 110
    assert found["rows"][3]["share_of_parent"] == 1.0


@pytest.mark.parametrize("more", [("--by", "city"), ("--against", "2024-01")])
def test_the_named_go_with_no_other_answer(worked: Path, here: Here, more: tuple[str, ...]) -> None:
    done = here("segments", "--named", *more)
    assert (done.code, done.out) == (2, b"")
    assert "--named do not go together" in done.err


def test_without_named_segments_it_is_an_error(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text('[segments]\nnew_subscriber = "90d"\n')
    done = here("segments", "--named")
    assert (done.code, done.out) == (2, b"")
    assert "--named: rfm.toml names no segments" in done.err


def test_two_segments_as_axes_show_their_overlap(worked: Path, here: Here) -> None:
    found = rows(here("matrix", "--by", "bought-before,browsed", *AS_OF, "-q"))
    counts = {tuple(row.split(",")[:2]): int(row.split(",")[2]) for row in found[1:]}
    assert counts == {
        ("in bought-before", "in browsed"): 0,
        ("in bought-before", "not in browsed"): 2,
        ("in bought-before", "undecided"): 0,
        ("not in bought-before", "in browsed"): 1,
        ("not in bought-before", "not in browsed"): 6,
        ("not in bought-before", "undecided"): 0,
        ("undecided", "in browsed"): 0,
        ("undecided", "not in browsed"): 1,
        ("undecided", "undecided"): 0,
    }
    done = rows(here("matrix", "--by", "bought-before,browsed", *AS_OF, "-q", "--list", "undecided,not in browsed"))
    assert [row.split(",")[0] for row in done] == ["customer_id", "bob"]


def test_an_axis_has_the_first_segment_that_is_true(worked: Path, here: Here) -> None:
    found = rows(here("segments", "--by", "Plan", *AS_OF, "-q"))
    assert found[0].startswith("plan,segment,customers")
    counts: dict[str, int] = {}
    for row in found[1:]:
        value, _, customers = row.split(",")[:3]
        counts[value] = counts.get(value, 0) + int(customers)
    assert counts == {"browsed": 1, "autumn": 1, "Lost": 0, "Other": 8}


def test_moves_between_the_values_of_an_axis(worked: Path, here: Here) -> None:
    dates = ("--from", "2023-12-31", "--to", "2024-03-31", "-q", "--by", "plan")
    cells = {tuple(row.split(",")[:2]): row.split(",")[2] for row in rows(here("migrate", *dates))[1:]}
    assert {pair: count for pair, count in cells.items() if count != "0"} == {
        ("autumn", "autumn"): "1",
        ("Other", "browsed"): "1",
        ("Other", "Other"): "5",
        ("Not yet a customer", "Other"): "3",
    }
    moves = rows(here("migrate", *dates, "--moves"))
    assert "dan,Other,browsed,up" in moves
    assert rows(here("migrate", *dates, "--list", "Other>browsed"))[1].startswith("dan,")
    paths = rows(here("migrate", *dates, "--paths"))
    assert paths[1].startswith("Other,")
    flows = {row.split(",")[0]: row for row in rows(here("migrate", *dates, "--flows"))}
    assert flows["browsed"].startswith("browsed,0,1,0,1,1,")
    assert len(rows(here("migrate", *dates, "--every", "month"))) == 1 + 3 * 5 * 4


def test_a_segment_alone_as_states(worked: Path, here: Here) -> None:
    dates = ("--from", "2023-12-31", "--to", "2024-03-31", "-q", "--by", "browsed", "--moves")
    assert "dan,not in browsed,in browsed,up" in rows(here("migrate", *dates))


@pytest.mark.parametrize("more", [("--speed",), ("--rescore",), ("--store", "snapshots")])
def test_moves_of_named_ones_need_the_orders_and_one_ruler(worked: Path, here: Here, more: tuple[str, ...]) -> None:
    done = here("migrate", "--by", "plan", *more)
    assert (done.code, done.out) == (2, b"")
    assert f"--by plan does not go with {more[0]}" in done.err


def test_a_name_that_there_is_not(worked: Path, here: Here) -> None:
    done = here("migrate", "--by", "plans")
    assert (done.code, done.out) == (2, b"")
    assert "--by plans: not known" in done.err
    done = here("segments", "--by", "plans")
    assert (done.code, done.out) == (2, b"")
    assert "no axis or attribute is called 'plans'" in done.err


def test_a_name_that_a_column_has_as_well(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text('[segments]\ncity = "vip"\n')
    done = here("segments", "--by", "city")
    assert (done.code, done.out) == (2, b"")
    assert "--by city: a column and a named segment are called so" in done.err


def test_score_takes_named_segments_beside_those_of_the_scheme(worked: Path, here: Here) -> None:
    done = rows(here("score", *AS_OF, "-q", "--segment", "At risk,autumn"))
    assert [row.split(",")[0] for row in done] == ["customer_id", "cat", "dan", "eva"]
    done = rows(here("score", *AS_OF, "-q", "--segment", "autumn", "--where", "city = 'Lyon'"))
    assert [row.split(",")[0] for row in done] == ["customer_id", "dan"]
    done = rows(here("score", *AS_OF, "-q", "--segment", "At risk"))
    assert [row.split(",")[0] for row in done] == ["customer_id", "cat"]
    wrong = here("score", *AS_OF, "--segment", "autum")
    assert (wrong.code, wrong.out) == (2, b"")
    wrong = here("score", *AS_OF, "--segment", "autumn,Lots")
    assert (wrong.code, "no segment is called 'Lots'" in wrong.err) == (2, True)


def test_check_always_looks_at_the_definitions(worked: Path, here: Here) -> None:
    assert here("check", "-q").code == 0
    (worked / "rfm.toml").write_text('[segments]\nnew = "vip"\na = "in a"\n')
    done = here("check")
    assert (done.code, done.out) == (2, b"")
    assert done.err.splitlines()[0].endswith("rfm.toml: 2 errors in [segments] and [axes]")
    assert here("score", "-q", *AS_OF).code == 0


MISSING = """\
[segments]
kept = "in file 'that is not there.csv'"
of_then = "in snapshot 2020-01-31"
read = "in file 'ids.csv'"
[axes]
plan = ["kept", "read"]
then = ["of_then"]
"""


@pytest.fixture
def outside(worked: Path) -> Path:
    """The worked shop with named segments that ask files, and with order rows that cannot be read."""
    (worked / "rfm.toml").write_text(MISSING)
    (worked / "ids.csv").write_text("customer_id\ncat\ndan\n")
    (worked / "broken.csv").write_text("customer_id,order_id,ordered_at,amount\nx,1,soon,much\n")
    (worked / "snapshots").mkdir()
    return worked


@pytest.mark.parametrize(
    "command",
    ["segments --named", "segments --by kept", "segments --by plan", "matrix --by plan,segment", "matrix --by vip,kept",
     "score --segment kept", "score --segment Lost,kept", "migrate --by plan --from 2024-01 --to 2024-03-31"],
)  # fmt: skip
def test_a_file_behind_a_name_is_looked_for_before_rows_are_read(outside: Path, here: Here, command: str) -> None:
    done = here(*command.split(), "broken.csv", "-q")

    assert (done.code, done.err.splitlines()[0]) == (3, "rfm: error: that is not there.csv: no such file")


def test_a_snapshot_behind_a_name_is_looked_for_before_rows_are_read(outside: Path, here: Here) -> None:
    for command in ("segments --by then", "matrix --by then,vip", "score --segment of_then"):
        done = here(*command.split(), "broken.csv", "-q")
        assert (done.code, "snapshot" in done.err) == (3, True), done.err


@pytest.mark.parametrize(
    "command",
    ["segments --by read", "matrix --by vip,read", "score --segment read", "score --segment Lost,read",
     "migrate --by read --from 2024-01 --to 2024-03-31", "select all --with read",
     "select all --with 'n = count orders(in file \"ids.csv\")'", "select all --items 'orders(in file \"ids.csv\")'"],
)  # fmt: skip
def test_an_output_never_replaces_a_file_that_names_or_columns_read(outside: Path, here: Here, command: str) -> None:
    done = here(*shlex.split(command), *AS_OF, "-q", "-o", "ids.csv")

    message = "rfm: error: ids.csv is read by this run and would be written over"
    assert (done.code, done.err.splitlines()[0]) == (2, message)
    assert (outside / "ids.csv").read_text() == "customer_id\ncat\ndan\n"


def test_all_named_segments_spare_the_files_that_they_read(outside: Path, here: Here) -> None:
    (outside / "rfm.toml").write_text("[segments]\nread = \"in file 'ids.csv'\"\n")

    done = here("segments", "--named", *AS_OF, "-q", "-o", "ids.csv")
    assert (done.code, "would be written over" in done.err) == (2, True)
    assert rows(here("segments", "--named", *AS_OF, "-q"))[1].startswith("read,,2,0,0.2,")


def test_a_condition_and_an_axis_are_one_evaluation(worked: Path, here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    (worked / "ids.csv").write_text("customer_id\ncat\ndan\n")
    (worked / "rfm.toml").write_text('[segments]\nread = "in file \'ids.csv\'"\n[axes]\nplan = ["read", "Lost"]\n')
    alone = rows(here("matrix", "--by", "plan,vip", *AS_OF, "-q"))
    asked: list[str] = []
    whole = sets._in_file
    monkeypatch.setattr(sets, "_in_file", lambda place, node: (asked.append(node.path.value), whole(place, node))[1])

    shown = rows(here("matrix", "--by", "plan,vip", "--where", "read or vip", *AS_OF, "-q"))

    # Once without rows, and once with them.
    assert asked == ["ids.csv", "ids.csv"]
    assert (shown[0], len(shown)) == (alone[0], len(alone))
    assert sum(int(row.split(",")[2]) for row in shown[1:] if row.startswith("read,")) == 2


def test_a_segment_may_be_called_as_anything_beside_a_condition(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text('[segments]\nwhole = "city = \'Lyon\'"\nthe-whole = "vip"\n')
    found = rows(here("segments", "--named", *AS_OF, "-q", "--where", "has phone"))
    # ann, dan and fay are of Lyon; none of the four with a phone is.
    assert [row.split(",")[:3] for row in found[1:]] == [["whole", "", "0"], ["the-whole", "", found[2].split(",")[2]]]
    assert rows(here("score", "--segment", "whole", *AS_OF, "-q", "--where", "all"))[1:] == [
        row for row in rows(here("score", *AS_OF, "-q")) if row.split(",")[0] in ("ann", "dan", "fay")
    ]
