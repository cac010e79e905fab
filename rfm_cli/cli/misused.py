"""A command line that Typer does not understand, as an error of ours: what is wrong, and what is nearest."""

from __future__ import annotations

from typing import Any

from rfm_cli.errors import UsageError, nearest


def misused(error: Any) -> UsageError:
    """Return the error with the nearest option in place of all that resemble it, and the page that says more."""
    page = f"see {error.ctx.command_path if error.ctx else 'rfm'} --help"
    named = getattr(error, "option_name", None)
    if not getattr(error, "possibilities", None) or not named:
        return UsageError(error.format_message(), page)
    close = nearest(named, error.possibilities)
    return UsageError(error.message, f"did you mean {close}? Else {page}" if close else page)
