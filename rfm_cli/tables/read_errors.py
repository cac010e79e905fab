"""Errors of Polars and the system while reading, turned into ours."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from rfm_cli.errors import InputError
from rfm_cli.limits import spill_error, system_limit_error
from rfm_cli.tables.file_kinds import is_damage

CUT_SHORT = "the packed file is cut short or damaged"
RAGGED = "found more fields than defined"
MOST_ROWS = 2**32 - 1
"""The number of rows that Polars counts in 32 bits, as it is installed by default."""
TOO_LONG = ("polars[rt64]", "bigidx", "IdxSize")
"""Words in the errors and panics of Polars when there are more rows than that."""


class RaggedRowsError(Exception):
    """Some CSV rows have more fields than the header; the file has to be repaired and read again."""


@contextmanager
def input_errors(where: str, texts: Mapping[str, Path | None] | None = None) -> Iterator[None]:
    """Turn every error while `where` is read into an `InputError` that names it.

    `texts` are the text files that are read, by their names in messages: one that is not UTF-8 is looked at again for
    its encoding.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise InputError(f"{where}: no such file", "check the path, or run rfm check") from error
    except pl.exceptions.NoDataError as error:
        raise InputError(f"{where}: the file is empty", "export it again, with its header") from error
    except pl.exceptions.PolarsError as error:
        raise system_limit_error(error) or _translated(where, str(error), texts or {}) from error
    except (EOFError, zlib.error) as error:
        raise InputError(f"{where}: {CUT_SHORT}", "copy or export it again") from error
    except pl.exceptions.PanicException as error:  # which is no Exception: Polars ends some counts in a panic
        if too_many := too_many_rows(str(error), where):
            raise too_many from error
        raise
    except OSError as error:
        if is_damage(error):
            raise InputError(f"{where}: {CUT_SHORT}", "copy or export it again") from error
        raise system_limit_error(error) or InputError(
            f"{where}: {error.strerror or error}", "check the file and its permissions"
        ) from error


def too_many_rows(message: str, where: str = "these tables") -> InputError | None:
    """Return the error for more rows than the installed Polars counts if `message` is Polars' error for that, else
    None."""
    if not any(mark in message for mark in TOO_LONG):
        return None
    return InputError(
        f"{where}: more rows than the installed Polars can count ({MOST_ROWS:,})",
        "pip install 'polars[rt64]' counts more; or read them in parts: rfm rollup OUT --add FILE",
    )


def _translated(where: str, text: str, texts: Mapping[str, Path | None]) -> Exception:
    # Polars has no error classes for these, only texts.
    if RAGGED in text:
        return RaggedRowsError(where)
    if known := spill_error(text) or too_many_rows(text, where):
        return known
    if "utf-8" in text.lower() or "utf8" in text.lower():
        found = (error for name, path in texts.items() if path and (error := encoding_error(path, name)))
        return next(found, None) or not_utf8(where)
    first = text.strip().splitlines()[0] if text.strip() else "unreadable"
    return InputError(
        f"{where}: cannot be read: {first}", "the file may be cut short or of another kind than its name says"
    )


def not_utf8(where: str) -> InputError:
    """Return the error about a text of another encoding, where its bytes are out of reach."""
    return InputError(f"{where}: not UTF-8 text", "say its encoding, for example --encoding cp1251")


def encoding_error(path: Path, where: str) -> InputError | None:
    """Return the error about a text file that is not UTF-8, with its likeliest encoding; None where it is UTF-8."""
    from rfm_cli.tables.encodings import broken_text, likeliest  # few runs meet such a file

    text = broken_text(path)
    if text is None:
        return None
    # Of a UTF-8 text with some broken lines, another encoding would break all others.
    if text.whole > text.broken:
        return InputError(
            f"{where}: not UTF-8 text in line {text.number:,}, while other lines are: {text.first[:60]!r}",
            "correct that line, or export the file again as UTF-8",
        )
    reading = likeliest(text)
    if reading is None and b"\0" in text.start:
        return InputError(f"{where}: no text, since it has zero bytes", "export it as CSV; or say its --encoding")
    if reading is None:
        return not_utf8(where)
    return InputError(
        f"{where}: not UTF-8 text; it is likely {reading.encoding}, which reads: {reading.line}",
        f"if that is right: --encoding {reading.encoding}",
    )
