"""What runs: Python, Polars, the system, and which extras are there."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

BESIDE = ("polars", "pyarrow", "typer")
EXTRAS = {"xlsx": "xlsxwriter", "duckdb": "duckdb", "spark": "pyspark-client"}
"""The extras of the package, and what each of them brings."""


def details() -> Iterator[str]:
    """Yield a line for each, for `rfm --version -v`."""
    yield f"python {platform.python_version()}"
    for name in BESIDE:
        yield f"{name} {_installed(name)}"
    yield f"platform {platform.platform()}"
    for extra, name in EXTRAS.items():
        found = _installed(name)
        yield f"extra {extra}: {f'{name} {found}' if found else 'not installed'}"


def _installed(name: str) -> str | None:
    """Return the version of a package, None where it is not installed; nothing is imported."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
