"""`rfm reach`."""

from __future__ import annotations

import typer


def reach(ctx: typer.Context) -> None:
    """Show reach."""
