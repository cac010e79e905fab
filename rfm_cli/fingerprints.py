"""What a file was when it was read: its size, and its digest or the moment of its last change."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rfm_cli.errors import InputError


@dataclass(frozen=True)
class Fingerprint:
    """A file under the name that the user gave it: bytes, SHA-256 (None where only the moment counts), and mtime."""

    path: str
    bytes: int
    sha256: str | None
    mtime_ns: int


def fingerprints(paths: Sequence[str], *, fast: bool = False) -> tuple[Fingerprint, ...]:
    """The fingerprints of files, in their order; `fast` without reading them. `InputError` for one that is gone."""
    return tuple(_fingerprint(path, fast=fast) for path in paths)


def _fingerprint(path: str, *, fast: bool) -> Fingerprint:
    try:
        seen = Path(path).stat()
        digest = None
        if not fast:
            with Path(path).open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    return Fingerprint(path, seen.st_size, digest, seen.st_mtime_ns)


def marks(paths: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """What changes of each file whenever somebody writes to it, or puts another in its place: found without reading.

    The moment of the last change of the inode (ctime) is set by the system alone.
    """
    found = []
    for path in paths:
        try:
            seen = Path(path).stat()
        except OSError as error:
            raise InputError(f"{path}: {error.strerror or error}") from error
        found.append((seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns))
    return tuple(found)
