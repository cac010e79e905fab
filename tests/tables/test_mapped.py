from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rfm_cli.errors import InputError, UsageError
from rfm_cli.tables.mapped import with_mapped
from rfm_cli.tables.options import ReadOptions
from rfm_cli.tables.sources import from_frame, open_all

GA = [
    {
        "event_name": "purchase",
        "at": "2024-01-05",
        "user": "u1",
        "ecommerce": {"revenue": 120.5, "id": "T1"},
        "event_params": [
            {"key": "source", "value": {"string_value": "mail", "int_value": None}},
            {"key": "value", "value": {"string_value": None, "double_value": 9.5}},
        ],
    },
    {
        "event_name": "page_view",
        "at": "2024-02-05",
        "user": "u2",
        "ecommerce": None,
        "event_params": [],
    },
    {
        "event_name": "purchase",
        "at": "2024-02-05",
        "user": "u2",
        "ecommerce": {"revenue": 10, "id": "T2"},
        "event_params": [{"key": "value", "value": {"int_value": 7}}],
    },
]


def lines_of(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def column(source: Any, text: str) -> list[str | None]:
    return list(source.frame.select(text).collect().to_series())


def mapped(file: str, text: str, name: str = "value") -> list[str | None]:
    options = ReadOptions(maps={"events": {name: text}})
    (source,) = with_mapped(open_all([file], options), "events", options)
    return column(source, text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ecommerce.revenue", ["120.5", None, "10"]),
        ("ecommerce.id", ["T1", None, "T2"]),
        ("event_params.source", ["mail", None, None]),
        ("event_params.value", ["9.5", None, "7"]),
        ("event_params.value.double_value", ["9.5", None, None]),
        ("ecommerce.revenue,event_params.value", ["120.5", None, "10"]),
        ("event_params.source,user", ["mail", "u2", "u2"]),
    ],
)
def test_a_path_in_lines_of_json(write: Any, text: str, values: list[str | None]) -> None:
    assert mapped(write("e.ndjson", lines_of(GA)), text) == values


def test_a_path_in_nested_parquet_is_that_in_json(tmp_path: Path) -> None:
    pl.DataFrame(GA).write_parquet(tmp_path / "e.parquet")
    assert mapped(str(tmp_path / "e.parquet"), "ecommerce.revenue") == ["120.5", None, "10.0"]
    assert mapped(str(tmp_path / "e.parquet"), "event_params.value") == ["9.5", None, "7"]


def test_a_path_in_a_column_of_json_texts(write: Any) -> None:
    rows = ['u1,buy,2024-01-01,"{""$value"": 5, ""it\'s"": {""a"": true}}"', "u2,buy,2024-01-02,none"]
    file = write("e.csv", "\n".join(["user,event,at,properties", *rows, ""]))
    assert mapped(file, "properties.$value") == ["5", None]
    assert mapped(file, "Properties.it's.a") == ["true", None]


def test_the_exact_heading_comes_before_a_path(write: Any) -> None:
    file = write("e.csv", 'a,a.b\n"{""b"": 1}",2\n')
    options = ReadOptions(maps={"events": {"value": "a.b"}})
    (opened,) = open_all([file], options)
    assert with_mapped([opened], "events", options) == (opened,)


def test_the_longest_heading_is_the_column_of_a_path(write: Any) -> None:
    file = write("e.csv", 'a,a.b\n"{""b"": {""c"": 1}}","{""c"": 2}"\n')
    assert mapped(file, "a.b.c") == ["2"]


def test_a_path_that_no_row_has_names_what_there_is(write: Any) -> None:
    file = write("e.ndjson", lines_of(GA))
    with pytest.raises(
        InputError, match=r"column 'ecommerce' has no value 'revenu', which was given for value"
    ) as error:
        mapped(file, "ecommerce.revenu")
    assert error.value.hint == "did you mean revenue? Valid: revenue, id"
    with pytest.raises(InputError) as error:
        mapped(file, "event_params.sources")
    assert error.value.hint == "did you mean source? Valid: source, value"
    with pytest.raises(InputError) as error:
        mapped(file, "user.name")
    assert error.value.hint == "its values are not nested: give a heading alone"


def test_a_path_may_be_missing_in_one_of_several_files(write: Any) -> None:
    files = [write("a.ndjson", lines_of(GA[:1])), write("b.ndjson", lines_of([{**GA[1], "ecommerce": {"id": "T3"}}]))]
    options = ReadOptions(maps={"events": {"value": "ecommerce.revenue"}})
    opened = with_mapped(open_all(files, options), "events", options)
    assert [column(source, "ecommerce.revenue") for source in opened] == [["120.5"], [None]]


def test_of_several_columns_the_first_that_is_there(write: Any) -> None:
    file = write("o.csv", "email,phone,n\na@x.yz,1,1\n,2,2\n , ,3\n")
    assert mapped(file, "email,phone", "customer_id") == ["a@x.yz", "2", None]
    assert mapped(file, "phone, E-mail", "customer_id") == ["1", "2", None]
    with pytest.raises(InputError, match="no column 'mail', which was given for customer_id"):
        mapped(file, "mail,phone", "customer_id")


def test_numbers_and_texts_side_by_side() -> None:
    source = from_frame(pl.DataFrame({"email": [None, "a@x.yz"], "phone": [7.0, 8.0]}))
    options = ReadOptions(maps={"orders": {"customer_id": "email,phone"}})
    (found,) = with_mapped([source], "orders", options)
    assert column(found, "email,phone") == ["7", "a@x.yz"]


def test_a_file_with_rows_of_too_many_fields(write: Any, read: Any) -> None:
    text = (
        'id,date,extra\na,2024-01-01,"{""paid"": 5}"\nb,2024-01-01,"{""paid"": 6}",more\nc,2024-01-02,"{""paid"": 7}"\n'
    )
    seen = read(write("o.csv", text), maps={"orders": {"customer_id": "id", "amount": "extra.paid"}})
    assert (seen.facts.accepted, seen.facts.rejected) == (2, {"fields": 1})


NAMES = st.text(min_size=1, max_size=8).filter(lambda name: name.isprintable() and not set(".,\\") & set(name))


def test_a_name_of_several_quotes_of_both_kinds_is_refused() -> None:
    options = ReadOptions(maps={"orders": {"amount": "data.''\"\""}})
    with pytest.raises(UsageError, match="several quotes of both kinds"):
        with_mapped([from_frame(pl.DataFrame({"data": ["{}"]}))], "orders", options)


@given(NAMES.filter(lambda name: min(map(name.count, "'\"")) < 2))
@example("''")
@example("''\"")
def test_any_name_is_found_inside(name: str) -> None:
    texts = [json.dumps({name: "x"}), json.dumps({"other": 1, name: {"deep": 2}})]
    options = ReadOptions(maps={"orders": {"amount": f"data.{name}", "status": f"data.{name}.deep"}})
    (found,) = with_mapped([from_frame(pl.DataFrame({"data": texts}))], "orders", options)
    assert column(found, f"data.{name}") == ["x", None]
    assert column(found, f"data.{name}.deep") == [None, "2"]


def test_the_export_of_an_event_log_end_to_end(write: Any, rfm: Any) -> None:
    file = write("ga.ndjson", lines_of(GA))
    maps = ["--map", "events.customer_id=user", "--map", "events.value=ecommerce.revenue"]
    done = rfm("score", "--events", file, "--purchase-events", "purchase", *maps, "-q", "--scheme", "none")
    assert done.stdout.decode().splitlines()[1:] == [
        "u1,2024-01-05,2024-01-05,31,1,120.5,4,1,3,413,,false",
        "u2,2024-02-05,2024-02-05,0,1,10.0,5,1,1,511,,false",
    ], done.stderr
