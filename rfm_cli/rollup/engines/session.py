"""A session on a Spark Connect server: reached within seconds or refused, left in order, its errors told as ours."""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from rfm_cli.errors import InputError, RfmError, UsageError
from rfm_cli.rollup.engines.engine import Engine

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CONNECT_SECONDS = 2.0
"""How long a server may take to accept a connection, and again how long to speak its protocol."""
RETRIES = 6
"""How often a lost server is asked again, with growing pauses: for about a minute. The client's own would be ten."""
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}
"""What the rows rely on: days are cut in UTC, a number that does not fit is an error, naive timestamps stay naive."""
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
"""A part of what a server says -> what to do about it."""


@contextmanager
def connected(engine: Engine) -> Iterator[SparkSession]:
    """A session of its own on the engine's server, stopped at the end whatever happens.

    `UsageError` where the client is not installed, `InputError` where no server answers within five seconds, or
    where it fails inside the block. What it was doing when the block ended badly is stopped as well.
    """
    if importlib.util.find_spec("pyspark") is None:
        raise UsageError("--engine sc://: Spark's client is not installed", "pip install pyspark-client")
    _probe(engine)
    with warnings.catch_warnings(), answering(engine):
        _silence()
        session = _session(engine)
        try:
            yield session
        except BaseException:
            with suppress(Exception):
                session.interruptAll()
            raise
        finally:
            session.stop()


def _silence() -> None:
    """Nothing: what the client says of its own parts is not said to the user, who can do nothing about it."""
    from pyspark.logger import PySparkLogger

    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    PySparkLogger.getLogger("DataFrameQueryContextLogger").disabled = True  # it would log errors that are told below
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    warnings.filterwarnings("ignore", r"\[RETRIES_EXCEEDED\]", UserWarning)


def _probe(engine: Engine) -> None:
    """Nothing, or `InputError` where nobody listens: Spark's own client would go on asking for minutes."""
    failed: list[str] = ["no answer"]

    def ask() -> None:
        try:
            socket.create_connection((engine.host, engine.port), timeout=CONNECT_SECONDS).close()
            failed.clear()
        except OSError as error:
            failed[0] = error.strerror or str(error) or "no answer"

    # In a thread, since a name that no server resolves takes as long as it likes.
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
    except PySparkException as error:  # what it says may hold the token
        raise UsageError(
            f"--engine {engine.place()}: the parameters of the URL are not understood",
            "write them as sc://HOST:PORT/;token=...;use_ssl=true",
        ) from error
    try:
        grpc.channel_ready_future(channel).result(timeout=CONNECT_SECONDS)
    except grpc.FutureTimeoutError as error:
        raise _unreachable(engine, "it does not speak Spark Connect, or not as the URL says (use_ssl)") from error
    finally:
        channel.close()
    # Not getOrCreate, which returns the session of an earlier URL.
    session = SparkSession.builder.remote(engine.url).create()
    session.client.set_retry_policies([DefaultPolicy(max_retries=1)])
    for name, value in SETTINGS.items():
        session.conf.set(name, value)
    session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES)])
    return session


@contextmanager
def answering(engine: Engine, path: str = "") -> Iterator[None]:
    """Inside, what a server or its client says is an `InputError` that names the server, and the path if given."""
    try:
        yield
    except RfmError:
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("pyspark", "grpc"):
            raise
        raise _told(f"{path} on {engine.place()}" if path else engine.place(), str(error)) from error


def _told(where: str, text: str) -> InputError:
    """The first line of a server's message, and what to do about it where that is known."""
    wrapped = re.search(r'details = "(.*)"', text)  # gRPC's own errors say it in the midst of other things
    first = wrapped[1] if wrapped else next((line.strip() for line in text.splitlines() if line.strip()), "it failed")
    hint = next((hint for part, hint in HINTS.items() if part in text), "the server's own log says more")
    return InputError(f"{where}: {first.partition(' SQLSTATE:')[0][:300]}", hint)
