"""The likeliest encoding of a text that is not UTF-8, for the error that asks for `--encoding`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rfm_cli.safe_text import printable
from rfm_cli.tables.file_kinds import first_bytes, open_unpacked, suffix_of

CANDIDATES = ("cp1251", "koi8_r", "cp866", "cp1252", "cp1254", "cp1250", "gbk", "shift_jis", "big5", "euc_kr")
"""The encodings that exports have; of readings that are equally likely, the first is named."""
RARE = "þÞðÐ"
"""Letters of Icelandic alone, in whose place Turkish exports have theirs."""
TEXTS = (".csv", ".tsv", ".txt", ".ndjson", ".jsonl")
"""The suffixes of text files."""
SAMPLE = 1 << 16
"""This many bytes of broken lines are looked at, and the longest part of a line."""
TWO_BYTES = 20
"""In a text of two bytes a letter one byte of 20 or more is 0: those of its commas and digits."""
SHOWN = 60
"""The most characters of a line that a message shows."""


@dataclass(frozen=True)
class BrokenText:
    """Lines of a text that are not UTF-8: the first of them and its number, and all of them.

    `broken` counts them, `whole` the lines that are UTF-8 beyond ASCII. `start` are the first bytes of the text.
    """

    number: int
    first: bytes
    lines: bytes
    broken: int
    whole: int
    start: bytes


@dataclass(frozen=True)
class Reading:
    """An encoding, and the first broken line as it reads in it."""

    encoding: str
    line: str


def broken_text(path: Path) -> BrokenText | None:
    """Return the lines of a file that are not UTF-8, up to 64 KB of them; None where there is none."""
    number, first, lines, broken, whole = 0, b"", bytearray(), 0, 0
    for place, line in enumerate(_lines(path), start=1):
        if line.isascii():
            continue
        try:
            line.decode()
            whole += 1
        except UnicodeDecodeError:
            number, first = number or place, first or line
            lines += line
            broken += 1
        if len(lines) >= SAMPLE:
            break
    return BrokenText(number, first, bytes(lines), broken, whole, first_bytes(path, 1024)) if broken else None


def _lines(path: Path) -> Iterator[bytes]:
    with open_unpacked(path) as file:
        yield from iter(lambda: file.readline(SAMPLE), b"")


def likeliest(text: BrokenText) -> Reading | None:
    """Return the encoding that a text is likely in, None where no candidate reads it."""
    if b"\0" in text.start:
        return _of_two_bytes(text)
    # Few runs meet such a file, so that the package is loaded here.
    import charset_normalizer

    # Without the fields that are plain ASCII, since all encodings read these alike.
    sample = b"\n".join(_odd_fields(text.lines))
    found = charset_normalizer.from_bytes(sample, cp_isolation=list(CANDIDATES), threshold=0.6)
    ranked: list[tuple[int, float, float, int, str]] = []
    for match in found:
        # Encodings that read the sample alike are one match.
        for name in {match.encoding, *match.could_be_from_charset} & set(CANDIDATES):
            if (reading := _decoded(text.lines, name)) is not None:
                rank = CANDIDATES.index(name)
                ranked.append((_oddities(reading), round(match.chaos, 1), -round(match.coherence, 1), rank, name))
    if not ranked:
        return None
    name = min(ranked)[-1]
    return Reading(name.replace("_", "-"), _shown(text.first, name))


def likeliest_of(paths: Sequence[Path]) -> dict[str, Reading]:
    """Return the likeliest encoding of each text file that is not UTF-8, by its name.

    A file with a few broken lines among lines of UTF-8 is one of UTF-8.
    """
    found = {}
    for path in paths:
        if not path.is_file() or suffix_of(path.name) not in TEXTS:
            continue
        text = broken_text(path)
        if text and text.whole <= text.broken and (reading := likeliest(text)):
            found[path.name] = reading
    return found


def _odd_fields(lines: bytes) -> list[bytes]:
    """Return the fields that are not ASCII; no byte that ends one is the second of a letter."""
    return [field for field in re.split(rb"[,;\t\"\r\n]", lines) if not field.isascii()]


def _of_two_bytes(text: BrokenText) -> Reading | None:
    """Return UTF-16 in the order of bytes that the zeros show: of most letters the higher byte is 0. None where too few
    bytes are 0 for that."""
    first, second = text.start[::2].count(0), text.start[1::2].count(0)
    if max(first, second) * 4 < len(text.start) or min(first, second) * 4 > max(first, second):
        return None
    name = "utf-16-le" if second > first else "utf-16-be"
    return Reading(name, _shown(text.start, name))


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _shown(line: bytes, encoding: str) -> str:
    """Return the beginning of a line as a message shows it."""
    first = printable(line.decode(encoding, errors="replace").split("\n")[0].strip("\r\0\ufffd"))
    odd = next((place for place, sign in enumerate(first) if not sign.isascii()), 0)
    # From the line's first letter beyond ASCII, where that is far from its beginning.
    return first[:SHOWN] if odd < SHOWN // 2 else f"...{first[odd : odd + SHOWN]}"


def _oddities(text: str) -> int:
    """Count signs beside a letter that no word has inside, and letters that few languages have."""
    odd = 0
    for before, sign, after in zip(" " + text, text, text[1:] + " ", strict=False):
        is_inside = before.isalpha() or after.isalpha()
        odd += (not sign.isascii() and not sign.isalpha() and not sign.isspace() and is_inside) or sign in RARE
    return odd
