"""Polars' and the system's errors while reading, told once as ours."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from rfm_cli.environment import limit_met
from rfm_cli.errors import InputError
from rfm_cli.memory import out_of_room

RAGGED = "found more fields than defined"


class RaggedRowsError(Exception):
    """Some CSV rows have more fields than the header; the file is read again by the forgiving reader."""


@contextmanager
def reading(where: str) -> Iterator[None]:
    """Inside, whatever goes wrong while `where` is read becomes an `InputError` that names it."""
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"{where}: no such file", "check the path, or run rfm check") from error
    except pl.exceptions.NoDataError as error:
        raise InputError(f"{where}: the file is empty", "export it again, with its header") from error
    except pl.exceptions.PolarsError as error:
        raise limit_met(error) or _translated(where, str(error)) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{where}: the packed file is cut short or damaged", "copy or export it again") from error
    except OSError as error:
        raise limit_met(error) or InputError(
            f"{where}: {error.strerror or error}", "check the file and its permissions"
        ) from error


def _translated(where: str, text: str) -> Exception:
    if RAGGED in text:
        return RaggedRowsError(where)
    if no_room := out_of_room(text):
        return no_room
    if "utf-8" in text.lower() or "utf8" in text.lower():
        return InputError(f"{where}: not UTF-8 text", "say its encoding, for example --encoding cp1251")
    first = text.strip().splitlines()[0] if text.strip() else "unreadable"
    return InputError(
        f"{where}: cannot be read: {first}", "the file may be cut short or of another kind than its name says"
    )
