"""TOML from outside: read with limits, so that no file makes a run slow or end in a bug."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

MOST_BYTES = 4_000_000
DEEPEST = 64
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.[ \t]*+"""
_DEEP_KEY = re.compile(rf"(?:^|[\[{{,])[ \t]*+(?:{_PART}){{{DEEPEST}}}", re.MULTILINE)


class NotTomlError(ValueError):
    """A text that is no TOML, or more of it than anybody writes by hand."""


def parse(data: bytes | str, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """The tables of a TOML text; `NotTomlError` says why there are none.

    Python's parser takes time that grows with the square of the parts of a dotted key, and stops at deep brackets and
    long numbers with errors of other kinds. A byte order mark, which editors on Windows write, is passed over.
    """
    if len(data) > MOST_BYTES:
        raise NotTomlError(f"{len(data):,} bytes, and {MOST_BYTES:,} are the most that is read")
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        if _DEEP_KEY.search(text):
            raise NotTomlError(f"a key of more than {DEEPEST} parts")
        return tomllib.loads(text, parse_float=parse_float)
    except NotTomlError:
        raise
    except UnicodeDecodeError as error:
        raise NotTomlError("it is not UTF-8 text") from error
    except RecursionError as error:
        raise NotTomlError("brackets are nested too deeply") from error
    except (ValueError, ArithmeticError) as error:
        told = str(error)
        raise NotTomlError("a number has too many digits" if "int_max_str_digits" in told else told) from error
