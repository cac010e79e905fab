"""The manifest of a run: what was asked, read and found, and each file that was written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rfm_cli.fingerprints import Fingerprint
from rfm_cli.safe_text import masked, masked_data
from rfm_cli.version import __version__

NAME = "manifest.json"
MOMENTS = ".inputs.json"
"""Beside the manifest: when each input was last changed, which is nothing that the outputs depend on."""


@dataclass(frozen=True)
class Written:
    """A file of a run: its place in the folder, its command, its rows (None for what has none), its digest."""

    path: str
    command: str
    rows: int | None
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """All that a run tells of itself, as plain data for JSON.

    `asked_for` is the date that was asked for (`last`, or a day), `answered` the day of the answers. `figures` are what
    conditions on which a run fails are held to, and so are `warnings`.
    """

    job: str
    asked_for: str
    options: Mapping[str, object]
    inputs: tuple[Fingerprint, ...]
    rows: Mapping[str, object] = field(default_factory=dict)
    cutoffs: Mapping[str, object] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[Written, ...] = ()
    answered: str = ""
    figures: Mapping[str, object] = field(default_factory=dict)
    warnings: Sequence[Mapping[str, str]] = ()

    def asked(self) -> dict[str, object]:
        """What the outputs follow from; two runs of which this is the same write the same files."""
        inputs = [_told(one) for one in self.inputs]
        return {
            "rfm_job": 1,
            "rfm": __version__,
            "job": self.job,
            "asked_for": self.asked_for,
            "options": masked_data(self.options),
            "inputs": masked_data(inputs),
        }

    def to_text(self) -> str:
        """The file."""
        outputs = [
            {"path": one.path, "command": masked(one.command), "rows": one.rows, "sha256": one.sha256}
            for one in self.outputs
        ]
        found = {
            "rows": self.rows,
            "figures": self.figures,
            "cutoffs": self.cutoffs,
            "rules": self.rules,
            "warnings": list(self.warnings),
        }
        whole = {**self.asked(), "as_of": self.answered, **found, "outputs": outputs}
        return json.dumps(whole, indent=2, ensure_ascii=False, default=str) + "\n"


def _told(file: Fingerprint) -> dict[str, object]:
    digest = {"sha256": file.sha256} if file.sha256 else {}
    return {"path": file.path, "bytes": file.bytes, **digest}


def moments(inputs: Sequence[Fingerprint]) -> str:
    """The file of the moments of the last changes."""
    return json.dumps({masked(one.path): one.mtime_ns for one in inputs}, indent=2, ensure_ascii=False) + "\n"


def same_as(folder: Path, made: Manifest) -> bool:
    """Whether a finished run of the same question on the same inputs stands whole in a folder."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        wanted = json.loads(json.dumps(made.asked(), default=str))
        if {key: told.get(key) for key in wanted} != wanted:
            return False
        if any(one.sha256 is None for one in made.inputs):
            kept = json.loads((folder / MOMENTS).read_text(encoding="utf-8"))
            if kept != {masked(one.path): one.mtime_ns for one in made.inputs}:
                return False
        return all(digest_of(folder / one["path"]) == one["sha256"] for one in told["outputs"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False  # whatever is wrong with it, a new run mends it


@dataclass(frozen=True)
class Kept:
    """What the manifest of a finished run says: its figures (empty where it has none), the day of its answers, its
    warnings, and the rule that scored each axis (empty in manifests of earlier versions)."""

    figures: Mapping[str, int | date]
    as_of: str
    warnings: Sequence[Mapping[str, str]] = ()
    rules: Mapping[str, str] = field(default_factory=dict)


def kept_in(folder: Path) -> Kept | None:
    """Return what the manifest of a finished run says; None where it is none, or damaged: a new run mends it."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
        found = told.get("figures", {})
        figures = {name: date.fromisoformat(own) if isinstance(own, str) else int(own) for name, own in found.items()}
        warnings = [{name: str(one[name]) for name in ("name", "text")} for one in told.get("warnings", [])]
        rules = {str(axis): str(rule) for axis, rule in told.get("rules", {}).items()}
        date.fromisoformat(told["as_of"])
        return Kept(figures, told["as_of"], warnings, rules)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def job_in(folder: Path) -> str | None:
    """The job whose manifest lies in a folder, None where there is none that can be read."""
    try:
        told = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told.get("job") if isinstance(told, dict) and told.get("rfm_job") == 1 else None


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
