"""The order exports of well-known shops and marketplaces: how to recognize each, and which heading holds which field.

`Name` is an order in Shopify's file and a person nearly everywhere else, so a vendor's headings count only where its
export is recognized by headings that no other program writes together. docs/exports.md lists them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rfm_cli.tables.fields import fold
from rfm_cli.tables.vendors_markets import MARKETS
from rfm_cli.tables.vendors_shops import SHOPS


@dataclass(frozen=True)
class Export:
    """One kind of file of one vendor.

    A file with all headings of one entry of `only` is recognized as this export. `fields` has, by field, its headings
    from the best to the last that will do. A field with an empty list is not in this export, whatever its headings look
    like. The heading of `amount` holds what the customer paid for the order or line, or comes nearest to that.
    """

    vendor: str
    name: str
    only: tuple[tuple[str, ...], ...]
    fields: Mapping[str, tuple[str, ...]]

    def in_words(self) -> str:
        """Return vendor and export, for messages."""
        return f"{self.vendor}: {self.name}"


def _export(vendor: str, name: str, only: str, fields: str) -> Export:
    """Return an export from texts: `|` parts headings, `;` the entries of `only`; each line of `fields` has a field."""
    lines = [line.split(":", 1) for line in fields.strip().splitlines()]
    by_field = {field.strip(): _headings(headings) for field, headings in lines}
    return Export(vendor, name, tuple(_headings(entry) for entry in only.split(";")), by_field)


def _headings(text: str) -> tuple[str, ...]:
    return tuple(heading.strip() for heading in text.split("|") if heading.strip())


EXPORTS = tuple(_export(*texts) for texts in (*SHOPS, *MARKETS))


@cache
def _entries() -> list[tuple[Export, list[frozenset[str]]]]:
    """Return each export with the folded headings of the entries of its `only`."""
    return [(export, [frozenset(map(fold, entry)) for entry in export.only]) for export in EXPORTS]


def recognize(header: Sequence[str]) -> Export | None:
    """Return the export that has these headings.

    Of several it is the one recognized by more than all that the others are; else None.
    """
    folded = {fold(heading) for heading in header}
    found = [(export, [entry for entry in own if entry <= folded]) for export, own in _entries()]
    matches = [(export, frozenset().union(*entries)) for export, entries in found if entries]
    best = [export for export, seen in matches if all(other <= seen for _export, other in matches)]
    return best[0] if len(best) == 1 else None
