"""Fingerprints of input files: size, and digest or time of the last change, as they were when the file was read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rfm_cli.errors import InputError
from rfm_cli.toml_tables import Table


@dataclass(frozen=True)
class Fingerprint:
    """A file by its path on the command line: bytes, SHA-256 (None where only the time counts), and mtime."""

    path: str
    bytes: int
    sha256: str | None
    mtime_ns: int


@dataclass(frozen=True)
class InputRecord:
    """A file that was read, by its name without folders: bytes, and SHA-256 (None where only the size is known).

    Both are None for a source that is not a local file.
    """

    name: str
    bytes: int | None = None
    sha256: str | None = None


def input_records(document: Table) -> tuple[InputRecord, ...]:
    """Return the list `inputs` of a manifest or of the metadata of a snapshot."""
    tables = document.tables("inputs", one="input")
    return tuple(
        InputRecord(one.text("name"), one.whole_or_none("bytes"), one.text_or_none("sha256")) for one in tables
    )


def fingerprints(paths: Sequence[str], *, fast: bool = False) -> tuple[Fingerprint, ...]:
    """Return the fingerprints of files, in their order; with `fast` the files are not read, and have no digest.

    `InputError` for a file that is gone.
    """
    return tuple(_fingerprint(path, fast=fast) for path in paths)


def _fingerprint(path: str, *, fast: bool) -> Fingerprint:
    """Return the fingerprint of one file."""
    try:
        status = Path(path).stat()
        digest = None if fast else digest_of(Path(path))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}") from error
    return Fingerprint(path, status.st_size, digest, status.st_mtime_ns)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def change_marks(paths: Sequence[str]) -> tuple[tuple[int, ...], ...]:
    """Return values that change when a file is written to or replaced, found without reading it.

    The time of the last change of the inode (ctime) is among them: it is set by the system alone, so that a program
    that sets the other times back is noticed too.
    """
    found = []
    for path in paths:
        try:
            status = Path(path).stat()
        except OSError as error:
            raise InputError(f"{path}: {error.strerror or error}") from error
        # Device and inode show that another file was put in the place.
        found.append((status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    return tuple(found)


@dataclass(frozen=True)
class Inputs:
    """The input files of a run as they were before it read them: their change marks, and what each was."""

    files: Sequence[str]
    marks: tuple[tuple[int, ...], ...]
    seen: Sequence[Fingerprint]
    fast: bool

    @classmethod
    def now(cls, files: Sequence[str], *, fast: bool) -> Inputs:
        """Return the files as they are now; with `fast` each is known by size and time alone."""
        return cls(files, change_marks(files), fingerprints(files, fast=fast), fast)

    def are_unchanged(self) -> bool:
        """Return whether all files are what they were: by size and time, else by their digests."""
        try:
            if change_marks(self.files) == self.marks:
                return True
            # A file that was only touched has another time and the same digest.
            digests = [one.sha256 for one in self.seen]
            return not self.fast and [one.sha256 for one in fingerprints(self.files)] == digests
        except InputError:
            return False
