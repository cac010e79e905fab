"""The option `--engine`: which engine makes the roll-up, and at which address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from rfm_cli.errors import UsageError, did_you_mean

Name = Literal["polars", "duckdb", "spark"]
LOCAL: dict[str, Name] = {"polars": "polars", "duckdb": "duckdb"}
SCHEME = "sc://"
PORT = 15002
EXAMPLE = "write polars, duckdb or sc://HOST:PORT, a Spark Connect server"


@dataclass(frozen=True)
class Engine:
    """An engine: its name, and for a Spark Connect server its address.

    `url` may contain a token, so only the client gets it; messages use `place()`.
    """

    name: Name = "polars"
    host: str = ""
    port: int = PORT
    url: str = field(default="", repr=False)

    def place(self) -> str:
        """Return the engine's name in messages: `duckdb`, `host:15002`."""
        return f"{self.host}:{self.port}" if self.host else self.name


def parse_engine(text: str | None) -> Engine:
    """Return the engine that a text names, Polars for None; raises UsageError for an unknown one.

    >>> parse_engine("duckdb").name, parse_engine("sc://spark.example:15003/;token=secret").place()
    ('duckdb', 'spark.example:15003')
    """
    word = (text or "polars").strip()
    if name := LOCAL.get(word.casefold()):
        return Engine(name)
    if not word.casefold().startswith(SCHEME):
        shown = word.partition(";")[0]
        hint = f"{did_you_mean(shown, [*LOCAL, SCHEME])}; {EXAMPLE}" if ":" not in shown else EXAMPLE
        raise UsageError(f"--engine {shown}: no such engine", hint)
    return _server(word)


def _server(url: str) -> Engine:
    """Return the server that a URL names; raises UsageError, without a possible token, if the URL is not valid."""
    address = url.partition(";")[0]
    try:
        parts = urlsplit(address)
        host, port, rest = parts.hostname, parts.port or PORT, parts.path.strip("/")
    except ValueError:
        host, port, rest = None, PORT, ""
    if not host or rest or "@" in address or (";" in url and not address.endswith("/")):
        raise UsageError(
            f"--engine {address}: not the address of a server",
            "write sc://HOST:PORT, with parameters sc://HOST:PORT/;token=...",
        )
    return Engine("spark", host, port, url)
