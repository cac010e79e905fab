"""`rfm select` end to end: the bytes of the answers, the remarks, and what is refused, over the worked shop."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.language import worked_shop

Here = Callable[..., Any]
AS_OF = ("--as-of", "2024-03-31")
AUTUMN = (
    "has phone and last_order older than 1 month or any events(event = 'view') within 4 weeks without orders later "
    "minus city = 'Moscow'"
)
CANONICAL = (
    "((has phone and last_order older than 1 month) or any events(event = 'view') within 4 weeks without orders later) "
    "minus city = 'Moscow'"
)
TOML = """\
[segments]
new_subscriber = "90d"
bought-before = "has phone and last_order older than 1 month"
browsed = "any events(event = 'view') within 4 weeks without orders later"
autumn = "bought-before or browsed minus city = 'Moscow'"
[segments.autumn-light]
of = "autumn"
where = "any lines(category = 'Light')"
next_step = "call first"
[axes]
plan = ["browsed", "autumn", "lost"]
"""


@pytest.fixture
def worked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The worked shop as files, made the working directory."""
    for name in ("CUSTOMERS", "PRODUCTS", "ORDERS", "LINES", "EVENTS"):
        getattr(worked_shop, name).write_csv(tmp_path / f"{name.lower()}.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ids(ended: Any) -> str:
    assert ended.code == 0, ended.err
    heading, *rows = ended.out.decode().splitlines()
    assert heading == "customer_id"
    return " ".join(rows)


def said(ended: Any) -> list[str]:
    """What stderr has of the expression: the lines behind the remarks on tables and scores."""
    return ended.err.splitlines()


def test_the_customers_are_written_by_id_with_the_headline_on_stderr(worked: Path, here: Here) -> None:
    done = here("select", AUTUMN, *AS_OF)
    assert (done.code, done.out) == (0, b"customer_id\ndan\neva\n")
    lines = said(done)
    assert f"rfm: read as {CANONICAL}" in lines
    assert f"rfm: {CANONICAL}: 2 of 10 customers (20.0%), 2 reachable, revenue 20" in lines
    assert (
        "rfm: 1 undecided, not selected: last_order is missing for 1, city is missing for 1; --undecided lists them"
        in lines
    )


def test_the_undecided_are_listed(worked: Path, here: Here) -> None:
    assert ids(here("select", AUTUMN, *AS_OF, "--undecided", "-q")) == "bob"


def test_the_counts_are_one_row(worked: Path, here: Here) -> None:
    done = here("select", AUTUMN, *AS_OF, "--count", "-q")
    assert done.out == b"customers,undecided,of,share,reachable,revenue\n2,1,10,0.2,2,20\n"


@pytest.mark.parametrize("answer", ["--count", "--clauses"])
def test_what_the_undecided_lack_is_remarked_on_beside_counts(worked: Path, here: Here, answer: str) -> None:
    lines = said(here("select", AUTUMN, *AS_OF, answer))
    lacking = "last_order is missing for 1, city is missing for 1"
    assert f"rfm: 1 undecided, not selected: {lacking}; --undecided lists them" in lines


def test_clauses_show_where_customers_are_lost(worked: Path, here: Here) -> None:
    done = here("select", AUTUMN, *AS_OF, "--clauses", "-q")
    either = CANONICAL.removeprefix("(").removesuffix(") minus city = 'Moscow'")
    assert done.out.decode().splitlines() == [
        "line,depth,clause,customers,undecided,kept",
        f"1,0,{CANONICAL},2,1,2",
        f"2,1,{either},3,1,3",
        "3,2,has phone and last_order older than 1 month,2,1,2",
        "4,3,has phone,4,0,4",
        "5,3,last_order older than 1 month,3,4,2",
        "6,2,any events(event = 'view') within 4 weeks without orders later,1,0,3",
        "7,1,city = 'Moscow',1,5,2",
    ]


def test_kept_follows_a_chain_and_a_not_is_its_member(worked: Path, here: Here) -> None:
    done = here("select", "not city = 'Lyon' and has phone and frequency = 1", *AS_OF, "--clauses", "-q")
    rows = [line.rsplit(",", 4)[-4:] for line in done.out.decode().splitlines()[1:]]
    assert [(clause, kept) for clause, _, _, kept in rows] == [
        ("(not city = 'Lyon') and has phone and frequency = 1", "1"),
        ("not city = 'Lyon'", "2"),
        ("city = 'Lyon'", "3"),
        ("has phone", "2"),
        ("frequency = 1", "1"),
    ]


def test_json_has_the_expression_and_the_figures(worked: Path, here: Here) -> None:
    done = here("select", AUTUMN, *AS_OF, "--format", "json", "-q")
    found = json.loads(done.out)
    assert found["rows"] == [{"customer_id": "dan"}, {"customer_id": "eva"}]
    meta = found["meta"]
    assert meta["expression"] == CANONICAL
    figures = {name: meta[name] for name in ("customers", "undecided", "of", "share", "reachable", "revenue")}
    assert figures == {"customers": 2, "undecided": 1, "of": 10, "share": 0.2, "reachable": 2, "revenue": 20}
    assert (meta["as_of"], meta["counts"]["customers"]) == ("2024-03-31", 10)


def test_parquet_keeps_the_expression(worked: Path, here: Here) -> None:
    assert here("select", "vip", *AS_OF, "-o", "vips.parquet", "-q").code == 0
    assert json.loads(pl.read_parquet_metadata("vips.parquet")["rfm"])["expression"] == "vip"
    assert here("score", *AS_OF, "-o", "all.parquet", "-q").code == 0
    assert "rfm" not in pl.read_parquet_metadata("all.parquet")


def test_columns_are_attributes_measures_and_values(worked: Path, here: Here) -> None:
    done = here(
        "select", "has phone", *AS_OF, "-q", "--with", "email,segment,recency_days,age",
        "--with", "light = last lines.product_id(category = 'Light')", "--with", "n = count orders",
    )  # fmt: skip
    assert done.out.decode().splitlines() == [
        "customer_id,email,segment,recency_days,age,light,n",
        "bob,bob@x.org,No purchases,,,,0",
        "cat,cat@x.org,At risk,335,24,lamp,4",
        "eva,eva@x.org,Lost,243,,lamp,1",
        "ira,ira@x.org,New,1,,lamp,1",
    ]


@pytest.mark.parametrize(
    ("extra", "name"),
    [
        (("--with", "x = 1", "--with", "X = 2"), "X"),
        (("--with", "email", "--with", "email = 2"), "email"),
        (("--with", "customer_id"), "customer_id"),
        (("--with", "items = 1"), "items"),
    ],
)
def test_a_column_of_a_name_that_is_taken_is_refused(
    worked: Path, here: Here, extra: tuple[str, ...], name: str
) -> None:
    done = here("select", "has phone", *extra)
    assert (done.code, done.out) == (2, b"")
    assert f"--with {name}: the answer has a column of that name already" in done.err


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("frequency", "a measure"),
        ("Age", "a measure"),
        ("tenure_days", "a measure"),
        ("CITY", "a column of the files"),
        ("ordered_at", "a column of the files"),
        ("plan", "a segment or axis of rfm.toml"),
        ("autumn_light", "a segment or axis of rfm.toml"),
    ],
)
def test_a_value_is_called_like_no_column(worked: Path, here: Here, name: str, what: str) -> None:
    (worked / "rfm.toml").write_text(TOML, encoding="utf-8")
    for expression in ("has phone", "autumn"):
        done = here("select", expression, "--with", f"{name} = count orders", *AS_OF, "-q")
        assert (done.code, done.out) == (2, b"")
        assert done.err == f"rfm: error: --with {name} = ...: {what} is called so\nrfm: hint: choose another name\n"


def test_an_axis_is_a_column(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text(TOML.replace('"lost"', '"at risk"'), encoding="utf-8")
    for text, heading in (("plan", "plan"), ("city,Plan", "city,Plan"), ("p = plan", "p")):
        done = here("select", "customer_id in ('cat', 'dan', 'eva')", "--with", text, *AS_OF, "-q")
        assert done.code == 0, done.err
        heads, *rows = done.out.decode().splitlines()
        assert heads == f"customer_id,{heading}"
        assert [row.split(",")[-1] for row in rows] == ["At risk", "browsed", "autumn"]


def test_a_named_segment_is_a_column_of_yes_and_no(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text(TOML, encoding="utf-8")
    for text, heading in (("autumn", "autumn"), ("city,Autumn", "city,Autumn"), ("is = autumn", "is")):
        done = here("select", "has phone", "--with", text, *AS_OF, "-q")
        assert done.code == 0, done.err
        heads, *rows = done.out.decode().splitlines()
        assert heads == f"customer_id,{heading}"
        # Who bob is depends on a last order that he does not have.
        assert [(row.split(",")[0], row.split(",")[-1]) for row in rows] == [
            ("bob", ""),
            ("cat", "false"),
            ("eva", "true"),
            ("ira", "false"),
        ]
    compared = here("select", "all", "--with", "x = autumn + 1", *AS_OF, "-q")
    assert (compared.code, compared.err.splitlines()[0]) == (2, "rfm: error: autumn is a segment")


def test_rejected_lines_are_counted_aloud_where_lines_are_asked(worked: Path, here: Here) -> None:
    with (worked / "lines.csv").open("a") as lines:
        first = (worked / "lines.csv").read_text().splitlines()[0].split(",")
        row = {"order_id": "", "product_id": "lamp", "quantity": "1", "unit_price": "5"}
        lines.writelines(
            ",".join({**row, **other}.get(name, "") for name in first) + "\n"
            for other in ({}, {"order_id": "x", "unit_price": "much"}, {"order_id": "x", "quantity": ""})
        )
    text = "rfm: lines.csv: 3 lines rejected: 1 no order id; 2 no readable amount"
    for question in (("any lines",), ("vip", "--with", "n = count lines"), ("vip", "--items", "lines")):
        done = here("select", *question, *AS_OF)
        assert (done.code, done.err.splitlines().count(text)) == (0, 1), done.err
    assert text not in here("select", "any orders", *AS_OF).err


def test_items_are_of_the_rows_alone(worked: Path, here: Here) -> None:
    events = worked / "events.csv"
    pl.read_csv(events, infer_schema=False).drop("product_id").write_csv(events)
    (worked / "orders.csv").write_text("no,rows,are,read\n", encoding="utf-8")
    (worked / "orders.csv").write_text("customer_id,ordered_at,amount\neva,no date at all,x\n", encoding="utf-8")
    done = here("select", "all", "--items", "events", *AS_OF, "-q")
    assert (done.code, done.out) == (2, b"")
    assert "events have neither product_id nor order_id\n  events\n" in done.err


def test_sets_that_are_not_there_are_told_before_a_row_is_read(worked: Path, here: Here) -> None:
    (worked / "orders.csv").write_text("customer_id,ordered_at,amount\nann,no date at all,x\n", encoding="utf-8")
    for text, problem in (("in file 'none.csv'", "none.csv"), ("in snapshot 2024-01", "no store of snapshots")):
        done = here("select", f"vip or {text}", "-q")
        assert (done.code, done.out) == (3, b"")
        assert problem in done.err
        assert "date" not in done.err.splitlines()[0]


def test_segments_that_double_at_each_level_are_asked_once(worked: Path, here: Here) -> None:
    deep = "".join(f's{level} = "s{level - 1} or s{level - 1} and vip"\n' for level in range(1, 90))
    toml = f"[segments]\ns0 = \"city = 'Lyon' or frequency = 4\"\n{deep}[axes]\nplan = ['s89', 's1']\n"
    (worked / "rfm.toml").write_text(toml, encoding="utf-8")
    assert ids(here("select", "s89", *AS_OF, "-q")) == "ann cat dan fay"
    done = here("select", "s89 and s88", *AS_OF, "--clauses")
    assert done.out.decode().splitlines()[1:] == ["1,0,s89 and s88,4,5,4", "2,1,s89,4,5,4", "3,1,s88,4,5,4"]
    assert "rfm: 5 undecided, not selected: city is missing for 5; --undecided lists them" in said(done)
    assert ids(here("select", "plan = 's89' and any orders(s89)", *AS_OF, "-q")) == "cat dan fay"
    named = here("segments", "--named", *AS_OF, "-q").out.decode().splitlines()
    assert [row.split(",")[:4] for row in named[-2:]] == [["s88", "", "4", "5"], ["s89", "", "4", "5"]]


def test_items_are_the_newest_products_of_rows(worked: Path, here: Here) -> None:
    carts = "events(event = 'cart')"
    done = here("select", "any events(event = 'cart')", *AS_OF, "--items", carts, "-q")
    assert done.out == b"customer_id,items\nbob,feed | lamp\neva,lamp\nira,lamp\n"
    done = here(
        "select", "any events(event = 'cart')", *AS_OF, "--items", carts, "--k", "1", "-q", "--format", "ndjson"
    )
    assert done.out.splitlines()[0] == b'{"customer_id":"bob","items":["feed"]}'
    done = here("select", "city = 'Lyon'", *AS_OF, "--items", "orders", "-q")
    assert done.out == b"customer_id,items\nann,\ndan,o4\nfay,o8 | o7 | o6\n"


def test_what_changed_since_a_date_is_by_the_cutoffs_of_that_date(worked: Path, here: Here) -> None:
    done = here("select", "recency_days > 90", *AS_OF, "--against", "2023-12-31", "--with", "recency_days")
    assert done.out == b"customer_id,change,recency_days\ncat,stayed,335\ndan,entered,107\neva,stayed,243\n"
    assert "rfm: recency_days > 90: 1 entered, 2 stayed, 0 left since 2023-12-31" in done.err.splitlines()
    assert "rfm: scores of both dates are by the cutoffs of 2023-12-31" in done.err.splitlines()
    done = here("select", "recency_days < 90", *AS_OF, "--against", "2023-12-31", "--with", "recency_days", "-q")
    assert done.out.splitlines()[1:] == [b"dan,left,16", b"fay,stayed,30", b"ira,entered,1", b"joe,entered,6"]


def test_against_a_date_before_the_first_purchase_is_an_error_of_input(worked: Path, here: Here) -> None:
    for words in (("select", "all"), ("segments",)):
        done = here(*words, *AS_OF, "--against", "2022-01-01", "-q")
        assert (done.code, done.out) == (3, b"")
        assert done.err.splitlines() == [
            "rfm: error: orders.csv: no purchase on or before 2022-01-01",
            "rfm: hint: the orders cover 2023-02-01 to 2024-03-30",
        ]


def test_against_needs_orders_and_an_earlier_date(worked: Path, here: Here) -> None:
    done = here("select", "vip", "--as-of", "2024-01", "--against", "2024-03")
    assert done.code == 2
    assert "--against 2024-03-31 is not before 2024-01-31" in done.err
    (worked / "rows.csv").write_text("customer_id,recency_days,frequency,monetary\na,1,2,3\nb,2,3,4\n")
    done = here("select", "vip", "rows.csv", "--against", "2024-03", "--one-row-per", "customer", *AS_OF)
    assert (done.code, done.out) == (2, b"")
    assert "--against needs orders" in done.err


def test_one_row_per_customer_answers_measures_and_attributes(worked: Path, here: Here) -> None:
    (worked / "rows.csv").write_text("customer_id,recency_days,frequency,monetary,city\na,1,2,3,Lyon\nb,2,3,4,Ulm\n")
    options = ("rows.csv", "--one-row-per", "customer", *AS_OF, "-q")
    assert ids(here("select", "city = 'Lyon' and frequency = 2", *options)) == "a"
    done = here("select", "city = 'Lyon' and any orders", *options)
    assert (done.code, done.out) == (2, b"")
    assert done.err.splitlines()[0].startswith("rfm: error: there is no table orders")
    assert done.err.splitlines()[1] == "  city = 'Lyon' and any orders"


def test_no_customer_is_an_answer_with_a_note(worked: Path, here: Here) -> None:
    done = here("select", "frequency > 9", *AS_OF)
    assert (done.code, done.out) == (0, b"customer_id\n")
    assert "rfm: no customer is left: --clauses shows where they were lost" in done.err.splitlines()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--count", "--clauses"), "--count and --clauses are two answers"),
        (("--undecided", "--against", "2024-01"), "--undecided and --against are two answers"),
        (("--count", "--with", "email"), "--with does not go with --count"),
        (("--clauses", "--items", "events"), "--items does not go with --clauses"),
        (("--k", "3"), "--k is for --items"),
        (("--items", "events", "--items", "orders"), "--items is given twice"),
    ],
)
def test_options_that_do_not_go_together(worked: Path, here: Here, options: tuple[str, ...], message: str) -> None:
    done = here("select", "vip", *options)
    assert (done.code, done.out) == (2, b"")
    assert message in done.err


def test_a_wrong_name_is_told_before_a_row_is_read(worked: Path, here: Here) -> None:
    (worked / "orders.csv").write_text("customer_id,ordered_at,amount\nann,no date at all,x\n")
    done = here("select", "last_orde within 3 days")
    assert done.code == 2
    assert done.err.splitlines()[-4:] == [
        "rfm: error: no column or segment is called last_orde",
        "  last_orde within 3 days",
        "  ^^^^^^^^^",
        "rfm: hint: did you mean last_order?",
    ]
    assert here("select", "last_order within 3 days").code == 3


def test_without_an_expression_it_teaches(worked: Path, here: Here) -> None:
    done = here("select")
    assert (done.code, done.out) == (2, b"")
    assert done.err.splitlines() == [
        "rfm: error: no expression is given; for example",
        '  rfm select "has email and last_order older than 1 month"',
        "  rfm select \"city = 'Lyon'\"",
        "  rfm select \"any events(kind = 'view') within 4 weeks without orders later\"",
        'rfm: hint: the expression comes first: rfm select "has email and last_order older than 1 month" orders.csv',
    ]


def test_a_file_in_place_of_the_expression_teaches_too(worked: Path, here: Here) -> None:
    done = here("select", "orders.csv")
    assert done.code == 2
    lines = done.err.splitlines()
    assert lines[0] == "rfm: error: orders.csv is a file, and no expression; for example"
    assert lines[-1].startswith("rfm: hint: the expression comes first: rfm select ")
    assert here("select", "missing.csv", "orders.csv").code == 2


def test_named_segments_are_asked_by_their_names(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text(TOML)
    done = here("select", "autumn", *AS_OF)
    assert done.out == b"customer_id\ndan\neva\n"
    assert "rfm: read as (bought-before or browsed) minus city = 'Moscow'" in done.err.splitlines()
    assert ids(here("select", "in autumn-light and not in browsed", *AS_OF, "-q")) == "eva"
    done = here("select", "autumn-light", *AS_OF, "--clauses", "-q")
    assert done.out == b"line,depth,clause,customers,undecided,kept\n1,0,autumn-light,2,0,2\n"


def test_what_is_wrong_in_the_file_matters_only_where_it_is_needed(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text('[segments]\na = "vip and"\nnew = "all"\n')
    assert here("select", "has phone", *AS_OF, "-q").code == 0
    done = here("select", "a", *AS_OF)
    assert done.code == 2
    assert "rfm.toml: 2 errors in [segments] and [axes]" in done.err


def test_a_set_in_a_file(worked: Path, here: Here) -> None:
    (worked / "ids.csv").write_text("customer_id,x\ndan,1\nzed,2\n eva ,3\n")
    done = here("select", "in file 'ids.csv'", *AS_OF)
    assert done.out == b"customer_id\ndan\neva\n"
    assert "rfm: in file 'ids.csv': 1 value that no customer has" in done.err.splitlines()
    (worked / "mails.csv").write_text("mail\nDAN@x.org\n")
    assert ids(here("select", "in file 'mails.csv' by email", *AS_OF, "-q")) == "dan"
    done = here("select", "in file 'gone.csv'", *AS_OF)
    assert (done.code, done.out) == (3, b"")


def test_a_set_on_standard_input(worked: Path, rfm: Callable[..., Any]) -> None:
    done = rfm("select", "in file '-'", *AS_OF, "-q", cwd=worked, stdin=b"customer_id\ndan\n")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"customer_id\ndan\n", b"")


def test_a_file_that_is_read_is_not_written_over(worked: Path, here: Here) -> None:
    (worked / "ids.csv").write_text("customer_id\ndan\n")
    (worked / "rfm.toml").write_text("[segments]\nsaved = \"in file 'ids.csv'\"\n")
    for expression in ("in file 'ids.csv'", "saved or vip"):
        done = here("select", expression, *AS_OF, "-o", "ids.csv")
        assert (done.code, done.out) == (2, b"")
        assert "ids.csv is read by this run and would be written over" in done.err
    assert (worked / "ids.csv").read_text() == "customer_id\ndan\n"


def test_a_roll_up_answers_measures_and_attributes(worked: Path, here: Here) -> None:
    assert here("rollup", "orders.csv", "shop.rollup", "-q").code == 0
    options = ("shop.rollup", "--customers", "customers.csv", *AS_OF)
    assert ids(here("select", "frequency > 1 and city = 'Lyon'", *options, "-q")) == "fay"
    done = here("select", "frequency > 1 and any orders(amount > 3)", *options)
    assert (done.code, done.out) == (2, b"")
    assert done.err.splitlines()[-4] == "rfm: error: there is no table orders: a roll-up has no single orders"
    done = here("select", "vip", *options, "--against", "2023-12")
    assert (done.code, "--against needs orders" in done.err) == (2, True)


def test_addresses_come_with_a_note_on_consents_unless_they_are_asked(worked: Path, here: Here) -> None:
    note = (
        "rfm: email: shown whatever customers have agreed to; "
        "rfm reach --list Reachable has those who may be written to"
    )
    assert note in here("select", "vip", *AS_OF, "--with", "email").err.splitlines()
    assert note not in here("select", "vip and reachable by email", *AS_OF, "--with", "email").err.splitlines()


def test_names_are_written_as_the_tables_have_them(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text(TOML)
    expression = "Bought_Before OR CITY = 'x' AND ANY Orders(Customers.City = 'y' and AMOUNT>3)"
    done = here("select", expression, *AS_OF, "--format", "json", "-q")
    assert json.loads(done.out)["meta"]["expression"] == (
        "bought-before or (city = 'x' and any orders(customers.city = 'y' and amount > 3))"
    )
    done = here("select", "in file 'deep/ids.csv'", *AS_OF)
    assert done.code == 3


def test_a_file_is_named_without_its_folder(worked: Path, here: Here) -> None:
    (worked / "deep").mkdir()
    (worked / "deep" / "ids.csv").write_text("customer_id\ndan\n")
    found = json.loads(here("select", "in file 'deep/ids.csv'", *AS_OF, "--format", "json", "-q").out)
    assert found["meta"]["expression"] == "in file 'ids.csv'"


def test_a_file_of_a_named_segment_lies_beside_rfm_toml(
    worked: Path, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    (worked / "rfm.toml").write_text("[segments]\nsaved = \"in file 'sets/ids.csv'\"\n")
    (worked / "sets").mkdir()
    (worked / "sets" / "ids.csv").write_text("customer_id\ndan\n")
    (worked / "deep").mkdir()
    monkeypatch.chdir(worked / "deep")
    done = here("select", "saved", "../orders.csv", "--customers", "../customers.csv", *AS_OF, "-q")
    assert ids(done) == "dan"


def test_a_set_in_a_snapshot(worked: Path, here: Here) -> None:
    assert here("snapshot", "--as-of", "2023-12", "-q").code == 0
    assert ids(here("select", "in snapshot 2023-12(frequency = 1)", *AS_OF, "-q")) == "dan eva fay"
    assert ids(here("select", "in snapshot 2023-12(monetary >= 10 and segment = 'Lost')", *AS_OF, "-q")) == ""
    done = here("select", "in snapshot 2024-01", *AS_OF)
    assert (done.code, done.out) == (3, b"")
    assert done.err.splitlines()[-2:] == [
        "rfm: error: snapshots: no snapshot of 2024-01-31",
        "rfm: hint: the nearest: 2023-12-31",
    ]


def test_on_a_terminal_the_figures_are_above_the_customers(worked: Path, here: Here) -> None:
    done = here("select", "has phone", *AS_OF, "--format", "table", "--limit", "2", "-q")
    assert done.out.decode().splitlines()[:7] == [
        "as of 2024-03-31 · scheme rf12 · where has phone · customers 4 of 10 · share 40.0 % · reachable 4 "
        "· revenue 60 · undecided 0",
        "",
        "customer",
        "────────",
        "bob",
        "cat",
        "… 2 more customers: use --limit or -o FILE",
    ]


def test_the_same_bytes_in_russian_but_for_the_screen(worked: Path, here: Here) -> None:
    done = here("select", "has phone", *AS_OF, "--format", "table", "-q", "--lang", "ru")
    assert done.out.decode().splitlines()[0] == (
        "на 31.03.2024 · схема rf12 · где has phone · клиенты 4 из 10 · доля 40,0 % · доступны 4 · выручка 60 "
        "· не определены 0"
    )
    assert ids(here("select", "has phone", *AS_OF, "-q", "--lang", "ru")) == "bob cat eva ira"


def test_a_quiet_run_is_silent(worked: Path, here: Here) -> None:
    assert here("select", AUTUMN, *AS_OF, "-q").err == ""


QUESTIONS = (
    (AUTUMN, "--with", "email,segment", "--with", "x = last events.event", "--with", "n = sum lines.quantity"),
    ("any events or any lines", "--items", "events", "--undecided"),
    ("any events or any lines", "--items", "lines", "--k", "2"),
    ("not city = 'Lyon' and count orders >= 1 or previous_segment = 'New'", "--clauses"),
    ("last orders.day within 90 days", "--count"),
    ("monetary >= 10 minus any events(event = 'cart') within 3 days", "--against", "2024-01", "--with", "monetary"),
)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question[-2])
def test_the_same_bytes_for_shuffled_rows_and_parquet(worked: Path, here: Here, question: tuple[str, ...]) -> None:
    first = here("select", *question, *AS_OF, "-q", "--format", "json")
    assert first.code == 0, first.err
    for name in ("orders", "lines", "events", "customers"):
        frame = pl.read_csv(f"{name}.csv", infer_schema=False)
        frame.sample(fraction=1, shuffle=True, seed=7).write_csv(f"{name}.csv")
    assert here("select", *question, *AS_OF, "-q", "--format", "json").out == first.out
    for name in ("orders", "lines", "events", "customers"):
        pl.read_csv(f"{name}.csv", infer_schema=False).write_parquet(f"{name}.parquet")
        (worked / f"{name}.csv").unlink()
    assert here("select", *question, *AS_OF, "-q", "--format", "json").out == first.out


@pytest.mark.parametrize(
    "expression", ["vip", AUTUMN, "any lines(category = 'Pets') within 90 days", "in 'Lost'", "all"]
)
def test_score_where_has_the_same_customers(worked: Path, here: Here, expression: str) -> None:
    whole = here("score", *AS_OF, "-q").out.decode().splitlines()
    shown = here("score", *AS_OF, "-q", "--where", expression).out.decode().splitlines()
    selected = here("select", expression, *AS_OF, "-q").out.decode().splitlines()
    assert [row.split(",")[0] for row in shown] == selected
    assert shown == [row for row in whole if row.split(",")[0] in selected]


def test_an_axis_is_a_text_that_an_expression_asks(worked: Path, here: Here) -> None:
    (worked / "rfm.toml").write_text(TOML.replace('"lost"', '"at risk"'), encoding="utf-8")
    for value, found in (("browsed", "dan"), ("autumn", "eva"), ("At risk", "cat")):
        assert ids(here("select", f"plan = '{value}'", "-q", *AS_OF)) == found
    assert "hint: did you mean autumn?" in here("select", "autum", "-q", *AS_OF).err
