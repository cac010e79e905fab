"""A server that cannot be reached is told within seconds, by name and without its token."""

from __future__ import annotations

import pytest

from rfm_cli.errors import InputError, UsageError
from rfm_cli.rollup.engines import session
from rfm_cli.rollup.engines.session import parse_engine
from tests.rollup.engines.servers import free_port


def refused(url: str) -> InputError:
    with pytest.raises(InputError) as caught, session.connected(parse_engine(url)):
        pass
    return caught.value


def test_nobody_listens() -> None:
    port = free_port()
    error = refused(f"sc://127.0.0.1:{port}/;token=SECRET")
    assert error.message.startswith(f"--engine 127.0.0.1:{port}: the server cannot be reached: ")
    assert "SECRET" not in f"{error.message} {error.hint}"


def test_a_name_that_nobody_knows() -> None:
    assert "nothing.invalid:15002: the server cannot be reached" in refused("sc://nothing.invalid").message


def test_without_the_client(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError) as caught, session.connected(parse_engine("sc://127.0.0.1:1")):
        pass
    assert "pip install pyspark-client" in caught.value.hint


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "[PATH_NOT_FOUND] Path does not exist: s3://b/x. SQLSTATE: 42K03\n\nJVM stacktrace:\norg.apache...",
            "host:1: [PATH_NOT_FOUND] Path does not exist: s3://b/x.",
        ),
        (
            '<_InactiveRpcError of RPC that terminated with:\n\tstatus = UNAVAILABLE\n\tdetails = "gone"\n>',
            "host:1: gone",
        ),
        ("\n", "host:1: it failed"),
    ],
)
def test_what_a_server_says_is_told_in_a_line(said: str, told: str) -> None:
    from pyspark.errors import PySparkException

    with pytest.raises(InputError) as caught, session.translated_errors(parse_engine("sc://host:1")):
        raise PySparkException(said)
    assert caught.value.message == told


def test_other_errors_are_left_alone() -> None:
    with pytest.raises(ZeroDivisionError), session.translated_errors(parse_engine("sc://host:1")):
        raise ZeroDivisionError
