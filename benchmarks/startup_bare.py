"""The smallest program that Typer makes: a floor for how fast `rfm --help` and completion can be."""

from __future__ import annotations

import typer

app = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@app.command()
def score(orders: str) -> None:
    """Nothing."""


@app.command()
def schemes() -> None:
    """Nothing."""


if __name__ == "__main__":
    app(prog_name="bare")
