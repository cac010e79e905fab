"""Zip archives: a workbook is one, and an archive with one data file inside is read as that file."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from rfm_cli.errors import InputError
from rfm_cli.safe_text import printable
from rfm_cli.tables.file_kinds import CHUNK, ZIP, is_data
from rfm_cli.tables.spool import Spool

WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
"""A file that each kind of workbook has inside."""
LISTED = 5
"""The most names that a message lists."""


def is_archive(file: Path) -> bool:
    """Return whether a file is a zip archive and no workbook; damaged ones count as archives."""
    with file.open("rb") as stream:
        if stream.read(4) != ZIP:
            return False
    try:
        with zipfile.ZipFile(file) as archive:
            return not set(WORKBOOKS) & set(archive.namelist())
    except zipfile.BadZipFile:
        return True


def unpacked(file: Path, where: str, given: str, part: str) -> tuple[Spool, str, str]:
    """Copy the data file of an archive out of it: the only one, or the one that `part` names.

    Returns the copy, the name of what it was, and the rest of `part`, which may name a sheet. `given` is the path of
    the archive as a user can write it. Raises `InputError` where the archive has no data file or several, or cannot be
    unpacked.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            names = [one.filename for one in archive.infolist() if not one.is_dir() and not _is_beside(one.filename)]
            name, rest = _chosen(names, where, given, part)
            return _copied(archive, archive.getinfo(name), where), name, rest
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise InputError(
            f"{where}: a zip archive that is damaged or of an unknown kind: {error}", "unpack it, and give the file"
        ) from error


def _is_beside(name: str) -> bool:
    """Return whether a file of an archive is no content: hidden, or a companion that macOS makes."""
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def _chosen(names: Sequence[str], where: str, given: str, part: str) -> tuple[str, str]:
    """Return the file that is meant, and the rest of `part`."""
    for name in names:
        if part == name or part.startswith(f"{name}#"):
            return name, part[len(name) + 1 :]
    data = [name for name in names if is_data(PurePosixPath(name).name)]
    # One file of any name is what the archive was made for.
    found = data or list(names)
    if len(found) == 1:
        return found[0], part
    listed = [printable(name) for name in found[:LISTED]]
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    if not data:
        raise InputError(f"{where}: a zip archive without a data file", "unpack it, and give the file that is meant")
    raise InputError(
        f"{where}: a zip archive with {len(found)} data files: {', '.join(listed)}{more}",
        f"name the one that is meant, for example '{printable(given)}#{listed[0]}'; or unpack it",
    )


def _copied(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, where: str) -> Spool:
    inside = f"{where}: {printable(entry.filename)} inside"
    if entry.flag_bits & 1:
        raise InputError(f"{inside} is encrypted", "unpack it with its password, and give the file")
    spool = Spool("unzipped")
    free = shutil.disk_usage(spool.path.parent).free
    # An archive of a few bytes can hold more than any disk.
    if entry.file_size > free:
        raise InputError(
            f"{inside} has {entry.file_size:,} bytes, and {free:,} are free in {spool.path.parent.parent}",
            "unpack it where there is room, and give the file; or set TMPDIR",
        )
    with archive.open(entry) as stream, spool.path.open("wb") as copy:
        shutil.copyfileobj(stream, copy, CHUNK)
    if is_archive(spool.path):
        raise InputError(f"{inside} is a zip archive itself", "unpack it, and give the file")
    return spool
