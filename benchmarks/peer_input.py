"""What a peer knows of a file, so that it need not guess or prove anything; and the map of segments.

The standard library alone, and little of it: its import is part of every peer's time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# By frequency score 1..5, within it by recency score 1..5.
SEGMENTS = [
    *("Lost", "Hibernating", "About to sleep", "Promising", "New"),
    *("Lost", "Hibernating", "About to sleep", "Potential loyalist", "Potential loyalist"),
    *("At risk", "At risk", "Needs attention", "Potential loyalist", "Potential loyalist"),
    *("At risk", "At risk", "Loyal", "Loyal", "Champions"),
    *("Can't lose", "Can't lose", "Loyal", "Loyal", "Champions"),
]


@dataclass(frozen=True)
class PeerInput:
    """The file, the answer's place, and what is known of the rows.

    `refunds`: negative amounts, missing customers and cancelled orders occur. Without it the rows are clean
    and the rows of an order are all of one day.
    `ids`: "text"; "whole" numbers of at most 13 digits; "small" where they, and the order ids, are below 2**31.
    """

    source: Path
    target: Path
    refunds: bool
    ids: str

    @property
    def is_csv(self) -> bool:
        return self.source.suffix == ".csv"

    @property
    def whole_ids(self) -> bool:
        return self.ids in ("small", "whole")

    def csv_names(self) -> list[str]:
        """Return the columns that the header of a CSV file names."""
        with self.source.open(encoding="utf-8") as file:
            return file.readline().strip().split(",")


def parse_words(words: list[str]) -> PeerInput:
    """Parse SOURCE TARGET [--refunds] [--ids=text|whole|small], as run.py writes them."""
    source, target, *options = words
    ids = next((option.removeprefix("--ids=") for option in options if option.startswith("--ids=")), "text")
    return PeerInput(Path(source), Path(target), "--refunds" in options, ids)
