"""What a command was given, on the way to settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rfm_cli.cli.option_groups import AnswerOptions, EngagementOptions, OrderOptions, PurchaseOptions, QuietOptions


@dataclass(frozen=True)
class Given:
    """What a command was given, in its groups; `settings` are its own options that a variable or rfm.toml may say."""

    running: QuietOptions = field(default_factory=QuietOptions)
    tables: OrderOptions | None = None
    scoring: PurchaseOptions | None = None
    answer: AnswerOptions | None = None
    engagement: EngagementOptions | None = None
    settings: Mapping[str, str | None] = field(default_factory=dict)

    def by_name(self) -> dict[str, object]:
        """Return the values by the names of settings, each file in the table that its name says."""
        groups = (self.running, self.tables, self.scoring, self.answer, self.engagement)
        values = {name: value for group in groups if group for name, value in vars(group).items()}
        return by_table({**values, **self.settings})


def by_table(values: dict[str, object]) -> dict[str, object]:
    """Return the values with the files among the arguments that bear the name of another table than orders moved there.

    `rfm score orders.csv customers.csv` is `rfm score orders.csv --customers customers.csv`; a folder that has files
    called orders.*, customers.*, ... stands for them.
    """
    from rfm_cli.tables.fields import TABLES
    from rfm_cli.tables.paths import discover, is_folder

    found: dict[str, list[str]] = {}
    for path in _paths(values, "orders"):
        inside = discover(Path(path)) if is_folder(path) else {}
        stem = Path(path).name.split(".")[0].lower()
        named = inside if "orders" in inside else {stem if stem in TABLES else "orders": path}
        for table, file in named.items():
            found.setdefault(table, []).append(file)
    values["orders"] = found.pop("orders", None)
    for table, files in found.items():
        values[table] = [*_paths(values, table), *files]
    return values


def _paths(values: Mapping[str, object], table: str) -> list[str]:
    """Return the paths that the values give for a table."""
    given = values.get(table)
    return [str(path) for path in given] if isinstance(given, list | tuple) else []
