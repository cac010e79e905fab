"""The engine of `--engine`, and a session on a Spark Connect server.

A session connects within seconds or fails, is closed cleanly, and its errors are translated.
"""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from rfm_cli.errors import InputError, RfmError, UsageError, did_you_mean

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

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
        # A text with a colon is the address of a server, and no misspelled name.
        hint = f"{did_you_mean(shown, [*LOCAL, SCHEME])}; {EXAMPLE}" if ":" not in shown else EXAMPLE
        raise UsageError(f"--engine {shown}: no such engine", hint)
    return _server(word)


def _server(url: str) -> Engine:
    """Return the server that a URL names; raises UsageError, without a possible token, if the URL is not valid."""
    # Behind the semicolon there may be a token, which no message may show.
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


CONNECT_SECONDS = 2.0
"""The time limit for a server to accept a connection, and again to answer in the protocol."""
RETRIES = 6
"""The number of retries after a server is lost, with growing pauses: about a minute; the client's default is ten."""
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}
"""The settings that the rows rely on: days in UTC, an error if a number does not fit, naive timestamps kept naive."""
HINTS = {
    "PATH_NOT_FOUND": "check the path; the server looks for it, not this machine",
    "UNABLE_TO_INFER_SCHEMA": "there is no Parquet file in it",
    "PARQUET_TYPE_ILLEGAL": "Spark reads no nanoseconds: write timestamps in microseconds",
    "Timestamp(Nanosecond": "Spark reads no nanoseconds: write timestamps in microseconds",
    "Dictionary(": "Sail reads no categories: write them as texts",
    "Can't cast value": "Sail takes unsigned ids of 64 bits for signed ones: write them as texts",
    "MERGE_SCHEMA": "the files have one column in two types: name folders of one type each",
    "merge schema": "the files have one column in two types: name folders of one type each",
    "maxResultSize": "let the server write it: name OUT as a URL that it can write to",
    "ALREADY_EXISTS": "a cluster replaces nothing: name a new place for the roll-up",
    "already exists": "a cluster replaces nothing: name a new place for the roll-up",
}
"""A part of a server's message -> the hint about it."""


@contextmanager
def connected(engine: Engine) -> Iterator[SparkSession]:
    """Open a new session on the engine's server for the time of the block.

    The session is stopped at the end in any case, and its running work is interrupted if the block fails. Raises
    UsageError if the client is not installed. Raises InputError if no server answers within five seconds, or if it
    fails inside the block.
    """
    # Looked for without an import: the address is checked before the client is loaded.
    if importlib.util.find_spec("pyspark") is None:
        raise UsageError("--engine sc://: Spark's client is not installed", "pip install pyspark-client")
    _probe(engine)
    with warnings.catch_warnings(), translated_errors(engine):
        _silence()
        session = _session(engine)
        try:
            yield session
        except BaseException:
            # The server may be what has failed; the first error is the one to show.
            with suppress(Exception):
                session.interruptAll()
            raise
        finally:
            session.stop()


def _silence() -> None:
    """Silence the client's messages about its own parts, which a user can do nothing about."""
    from pyspark.logger import PySparkLogger

    # gRPC reads this variable when it is loaded.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    PySparkLogger.getLogger("DataFrameQueryContextLogger").disabled = True  # it logs errors that are raised below
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    warnings.filterwarnings("ignore", r"\[RETRIES_EXCEEDED\]", UserWarning)


def _probe(engine: Engine) -> None:
    """Raise InputError if no server listens: Spark's own client would retry for minutes."""
    failed: list[str] = ["no answer"]

    def ask() -> None:
        try:
            socket.create_connection((engine.host, engine.port), timeout=CONNECT_SECONDS).close()
            failed.clear()
        except OSError as error:
            failed[0] = error.strerror or str(error) or "no answer"

    # In a thread, since there is no time limit for resolving a name.
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(CONNECT_SECONDS)
    if failed:
        raise _unreachable(engine, failed[0])


def _unreachable(engine: Engine, why: str) -> InputError:
    return InputError(
        f"--engine {engine.place()}: the server cannot be reached: {why}",
        "check host and port, and that a Spark Connect server runs there",
    )


def _session(engine: Engine) -> SparkSession:
    import grpc
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession
    from pyspark.sql.connect.client import DefaultChannelBuilder
    from pyspark.sql.connect.client.retries import DefaultPolicy

    try:
        channel = DefaultChannelBuilder(engine.url).toChannel()
    except PySparkException as error:  # its message may contain the token
        raise UsageError(
            f"--engine {engine.place()}: the parameters of the URL are not understood",
            "write them as sc://HOST:PORT/;token=...;use_ssl=true",
        ) from error
    try:
        grpc.channel_ready_future(channel).result(timeout=CONNECT_SECONDS)
    except grpc.FutureTimeoutError as error:
        raise _unreachable(engine, "no Spark Connect server answers, or not as the URL says (use_ssl)") from error
    finally:
        channel.close()
    # Not getOrCreate, which would return the session of an earlier URL.
    session = SparkSession.builder.remote(engine.url).create()
    # A server that fails on its first requests is no Spark Connect server; one that is lost later may come back.
    session.client.set_retry_policies([DefaultPolicy(max_retries=1)])
    for name, value in SETTINGS.items():
        session.conf.set(name, value)
    session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
    return session


@contextmanager
def translated_errors(engine: Engine, path: str = "") -> Iterator[None]:
    """Translate errors of the server and its client into InputError, with the server's name, and the path if given."""
    try:
        yield
    except RfmError:
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("pyspark", "grpc"):
            raise
        raise _to_input_error(f"{path} on {engine.place()}" if path else engine.place(), str(error)) from error


def _to_input_error(where: str, text: str) -> InputError:
    """Return an error with the first line of a server's message, and a hint if there is one for it."""
    wrapped = re.search(r'details = "(.*)"', text)  # gRPC's errors have the message in the middle
    first = wrapped[1] if wrapped else next((line.strip() for line in text.splitlines() if line.strip()), "it failed")
    hint = next((hint for part, hint in HINTS.items() if part in text), "the server's own log says more")
    return InputError(f"{where}: {first.partition(' SQLSTATE:')[0][:300]}", hint)
