"""Passwords and tokens are masked, and what is none stays."""

from __future__ import annotations

import json

import pytest

from rfm_cli.fingerprints import Fingerprint
from rfm_cli.jobs.manifest import Manifest
from rfm_cli.safe_text import masked, masked_data


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sc://h:1/token=S", "sc://h:1/token=***"),
        ("sc://h:1/;token=S;use_ssl=true", "sc://h:1/;token=***;use_ssl=true"),
        ("sc://u:S@h", "sc://***@h"),
        ("sc://u:S/a@h:1/x", "sc://***@h:1/x"),
        ("https://S@h/a", "https://***@h/a"),
        ("user:S@host", "user:***@host"),
        ("password=S, y", "password=***, y"),
        ("password='S and S'", "password=***"),
        ("PASSWORD%3DS&a=1", "PASSWORD%3D***&a=1"),
        ("aws_secret_access_key=S/S+S= region=x", "aws_secret_access_key=*** region=x"),
        ("?X-Amz-Signature=S&X-Amz-Credential=S%2F1&n=2", "?X-Amz-Signature=***&X-Amz-Credential=***&n=2"),
        ("https://h/a.csv?sv=1&sig=S%3D", "https://h/a.csv?sv=1&sig=***"),
        ("account_key=S;", "account_key=***;"),
        ('{"token": "S"}', '{"token": "***"}'),
        ("Authorization: Bearer SSSS.SS", "Authorization: Bearer ***"),
        ("--engine sc://h:1/token=S: not an address", "--engine sc://h:1/token=***: not an address"),
    ],
)
def test_a_secret_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "orders.csv: customer_id, ordered_at, amount",
        "https://h:8080/a@b.csv",
        "s3://bucket/a@c.csv",
        "a@b.c: 5 rows",
        "--map customer_id=tokens",
        "2024-01-01T10:00:00@x",
        "sign=1 signal=2 assign=3",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "piece", ["x", "a-", "a.", "://", "a:", "u:p", "token", "=", " ", "://a:", "://a:b", "://1:2/"]
)
def test_long_texts_end_soon_and_stay(piece: str) -> None:
    """They would take hours if the time grew with the square of the length."""
    text = piece * (300_000 // len(piece))
    assert masked(text) == text


@pytest.mark.parametrize("piece", ["token=", '"', "'token", "://a:", "://a:b", "://"])
def test_long_texts_with_a_secret_end_soon(piece: str) -> None:
    assert masked(f"{piece * (300_000 // len(piece))} sc://u:S@h").endswith(" sc://***@h")


def test_a_long_password_is_masked_whole() -> None:
    assert masked("sc://" + "a:" * 100_000 + "@h/x") == "sc://***@h/x"
    assert masked("://a:" * 20_000 + "@h") == "://***@h"


def test_data_is_masked_throughout() -> None:
    assert masked_data({"a": ["token=S", 1], "b": {"c": None}}) == {"a": ["token=***", 1], "b": {"c": None}}


def test_a_manifest_has_no_secrets() -> None:
    url = "https://u:S3CRET@h/orders.csv?sig=S3CRET"
    told = Manifest("n", "last", {"settings": {"orders": [url]}}, (Fingerprint(url, 0, None, 0),))
    text = told.to_text()
    assert "S3CRET" not in text
    assert json.loads(text)["inputs"][0]["path"] == "https://***@h/orders.csv?sig=***"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("sc:/u:SECRET@h", "sc:/***@h"),
        ("sc://u:SEC@RET@h:1/x", "sc://***@h:1/x"),
        ("s3://bucket/a@b.csv", "s3://bucket/a@b.csv"),
    ],
)
def test_addresses_that_are_written_wrong_keep_their_secrets(text: str, shown: str) -> None:
    assert masked(text) == shown
