"""The manifest of a run: its question, the files that it read, what it found, and each file that it wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from rfm_cli.errors import UsageError
from rfm_cli.fingerprints import Fingerprint, digest_of
from rfm_cli.safe_text import masked, masked_data
from rfm_cli.toml_tables import Table
from rfm_cli.version import __version__

NAME = "manifest.json"
CHANGE_TIMES = ".inputs.json"
"""The file beside the manifest with the time of the last change of each input, which the outputs do not depend on."""


@dataclass(frozen=True)
class Written:
    """A file of a run: its place in the folder, its command, its rows (None for what has none), its digest."""

    path: str
    command: str
    rows: int | None
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """All that a run reports of itself, as plain data for JSON.

    `asked_for` is the date of the question (`last`, or a day), `answered` the day of the answers. The conditions on
    which a run fails are compared with `figures` and `warnings`.
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

    def question(self) -> dict[str, object]:
        """Return the inputs and settings that determine the outputs: two runs with equal ones write identical files."""
        return {
            "rfm_job": 1,
            # Another version may write other bytes for the same question.
            "rfm": __version__,
            "job": self.job,
            "asked_for": self.asked_for,
            "options": masked_data(self.options),
            "inputs": masked_data([_input_data(one) for one in self.inputs]),
        }

    def to_text(self) -> str:
        """Return the text of the manifest."""
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
        whole = {**self.question(), "as_of": self.answered, **found, "outputs": outputs}
        return json.dumps(whole, indent=2, ensure_ascii=False, default=str) + "\n"


def _input_data(file: Fingerprint) -> dict[str, object]:
    """Return an input as the manifest has it; without a digest its time is in the file beside the manifest."""
    digest = {"sha256": file.sha256} if file.sha256 else {}
    return {"path": file.path, "bytes": file.bytes, **digest}


def change_times(inputs: Sequence[Fingerprint]) -> str:
    """Return the text of the file with the times of the last changes."""
    return json.dumps(_times(inputs), indent=2, ensure_ascii=False) + "\n"


def _times(inputs: Sequence[Fingerprint]) -> dict[str, int]:
    """Return the time of the last change of each input."""
    return {masked(one.path): one.mtime_ns for one in inputs}


def is_same_run(folder: Path, made: Manifest) -> bool:
    """Return whether a folder has a whole, finished run of the same question on the same inputs."""
    kept = _manifest_in(folder)
    # The question is compared as JSON gives it back: lists in place of tuples, texts in place of dates.
    if kept is None or any(kept.values.get(key) != value for key, value in _as_json(made.question()).items()):
        return False
    # Without digests the inputs are the same if their times are.
    if any(one.sha256 is None for one in made.inputs):
        times = _json_in(folder / CHANGE_TIMES)
        if times is None or times.values != _times(made.inputs):
            return False
    # A file that was changed or removed since then makes the run one to do again.
    try:
        outputs = kept.tables("outputs", one="output")
        return all(digest_of(folder / one.text("path")) == one.text("sha256") for one in outputs)
    except (OSError, UsageError):
        return False  # whatever is wrong with it, a new run mends it


def _as_json(data: Mapping[str, object]) -> Mapping[str, object]:
    """Return data as it is after it was written to JSON and read."""
    return dict(json.loads(json.dumps(data, default=str)))


@dataclass(frozen=True)
class FinishedRun:
    """What the manifest of a finished run says.

    That is its figures (empty where it has none), the day of its answers, its warnings, and the rule that scored each
    axis (empty in manifests of earlier versions).
    """

    figures: Mapping[str, int | date]
    as_of: str
    warnings: Sequence[Mapping[str, str]] = ()
    rules: Mapping[str, str] = field(default_factory=dict)


def finished_run_in(folder: Path) -> FinishedRun | None:
    """Return what the manifest of a finished run says; None where it is none, or damaged: a new run mends it."""
    kept = _manifest_in(folder)
    if kept is None:
        return None
    try:
        figures = kept.table("figures")
        rules = kept.table("rules")
        date.fromisoformat(kept.text("as_of"))
        return FinishedRun(
            {name: _figure(figures, name) for name in figures.values},
            kept.text("as_of"),
            [{name: one.text(name) for name in ("name", "text")} for one in kept.tables("warnings", one="warning")],
            {axis: rules.text(axis) for axis in rules.values},
        )
    except (ValueError, UsageError):
        return None


def _figure(figures: Table, name: str) -> int | date:
    """Return a figure: a number or a day."""
    is_day = isinstance(figures.values[name], str)
    return date.fromisoformat(figures.text(name)) if is_day else figures.whole(name)


def job_in(folder: Path) -> str | None:
    """Return the job whose manifest lies in a folder, None where there is none that can be read."""
    kept = _manifest_in(folder)
    job = kept.values.get("job") if kept and kept.values.get("rfm_job") == 1 else None
    return job if isinstance(job, str) else None


def _manifest_in(folder: Path) -> Table | None:
    """Return the manifest in a folder, None where there is none that can be read."""
    return _json_in(folder / NAME)


def _json_in(path: Path) -> Table | None:
    """Return the data in a JSON file, None where it cannot be read or is no table."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Table(str(path), data) if isinstance(data, dict) else None
