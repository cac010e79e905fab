"""`--engine` takes the engines that were tried and no other, and never says a token."""

import pytest

from rfm_cli.errors import UsageError
from rfm_cli.rollup.engines.session import Engine, parse_engine


def test_engines_of_this_machine() -> None:
    assert parse_engine(None) == parse_engine(" Polars ") == Engine()
    assert parse_engine("DuckDB").name == "duckdb"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("sc://localhost", "localhost:15002"),
        ("sc://spark.example:443/;token=SECRET;use_ssl=true", "spark.example:443"),
        ("SC://[::1]:50051/", "::1:50051"),
    ],
)
def test_a_server_is_named_by_host_and_port(text: str, place: str) -> None:
    engine = parse_engine(text)
    assert (engine.name, engine.place(), engine.url) == ("spark", place, text)
    assert "SECRET" not in repr(engine)


@pytest.mark.parametrize(
    "text",
    [
        "sc://",
        "sc://:15002",
        "sc://host:port",
        "sc://host:99999",
        "sc://host/path",
        "sc://host:15002;token=SECRET",
        "sc://SECRET@host:15002",
        "spark://host:7077/;token=SECRET",
        "https://host/;SECRET",
        "dask",
        "duck db",
        "",
    ],
)
def test_other_engines_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_engine(text or " ")
    if not text.startswith("sc://SECRET"):
        assert "SECRET" not in f"{caught.value.message} {caught.value.hint}"
    assert "sc://HOST:PORT" in caught.value.hint


def test_a_slip_is_told_what_comes_near() -> None:
    with pytest.raises(UsageError) as caught:
        parse_engine("duckbd")
    assert caught.value.hint.startswith("did you mean duckdb?")
