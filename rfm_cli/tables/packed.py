"""Packed files, gzip and zstd: told by their first bytes and unpacked, whatever they are called.

Polars unpacks both as it reads; what looks into a file before that, or copies it, does so here.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import BinaryIO, Literal, cast

Packing = Literal["gzip", "zstd"]
MAGIC: dict[bytes, Packing] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
CHUNK = 1 << 20
DAMAGED = ("gzip", "deflate", "unexpected end of file", "incomplete frame", "frame descriptor", "zstd", "truncated")
"""Words by which the errors of unpackers are known, in lower case."""


def packing_of(path: Path) -> Packing | None:
    """How a file is packed; None for one that is not."""
    with path.open("rb") as file:
        start = file.read(4)
    return next((name for magic, name in MAGIC.items() if start.startswith(magic)), None)


def opened(path: Path) -> BinaryIO:
    """The bytes of a file, unpacked where it is packed. Several packed parts, one behind the other, are one file."""
    packing = packing_of(path)
    if packing == "gzip":
        return cast(BinaryIO, gzip.open(path))
    if packing == "zstd":
        import pyarrow as pa  # type: ignore[import-untyped]

        return cast(BinaryIO, pa.input_stream(str(path), compression="zstd"))
    return path.open("rb")


def is_padded(path: Path) -> bool:
    """Whether zero bytes follow the last part of a gzip file, as those of tapes and some servers do.

    Polars takes them for a damaged part. A file ends in a zero byte by itself where its last part holds less than
    16 MB, so that few files have to be unpacked to tell.
    """
    if packing_of(path) != "gzip":
        return False
    with path.open("rb") as file:
        file.seek(-1, 2)
        if file.read(1) != b"\0":
            return False
        file.seek(0)
        return _ends_behind_its_parts(file)


def _ends_behind_its_parts(file: BinaryIO) -> bool:
    """Whether only zero bytes, one or more, are left of a file when its last whole gzip part has been read."""
    rest = b""
    while rest := rest or file.read(CHUNK):
        if not rest.startswith(b"\x1f"):
            return not (rest.strip(b"\0") or any(block.strip(b"\0") for block in iter(lambda: file.read(CHUNK), b"")))
        part = zlib.decompressobj(zlib.MAX_WBITS | 16)
        while not part.eof:
            if not (rest := rest or file.read(CHUNK)):
                return False
            part.decompress(rest, 16 * CHUNK)
            rest = part.unused_data if part.eof else part.unconsumed_tail
    return False


def is_damage(error: OSError) -> bool:
    """Whether an error without a number, as unpackers raise it, tells of a packed file that is cut short or damaged."""
    return error.errno is None and any(word in str(error).lower() for word in DAMAGED)
