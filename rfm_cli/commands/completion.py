"""Completion: the script that teaches a shell the words of `rfm`, shown or installed for the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from rfm_cli.errors import OutputError, UsageError, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from click.shell_completion import ShellComplete

VARIABLE = "_RFM_COMPLETE"
"""The script calls `rfm` with this variable, in which Click is told what to answer."""


@dataclass(frozen=True)
class Place:
    """Where a shell finds the script, relative to the home folder, and the line of its start-up file that says so."""

    script: str
    startup: str = ""
    line: str = ""


PLACES = {
    "bash": Place(".bash_completions/rfm.sh", ".bashrc", "source ~/.bash_completions/rfm.sh"),
    "zsh": Place(".zfunc/_rfm", ".zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit"),
    "fish": Place(".config/fish/completions/rfm.fish"),
}


def script(cli: click.Command, shell: str) -> str:
    """The script for a shell; `UsageError` for one that is not known."""
    return _completer(cli, shell).source()


def answer(cli: click.Command, wanted: str) -> str:
    """What the script asks for, `bash_complete` or the like: the words that could stand at the cursor."""
    shell, _, what = wanted.partition("_")
    return _completer(cli, shell).complete() if what == "complete" else script(cli, shell)


def _completer(cli: click.Command, shell: str) -> ShellComplete:
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell) if shell in PLACES else None
    if kind is None:
        raise UsageError(f"completion for {shell}: not known", did_you_mean(shell, PLACES))
    return kind(cli, {}, "rfm", VARIABLE)


def install(text: str, shell: str, home: Path) -> Path:
    """The file that the script was written to; the shell's start-up file names it, once."""
    place = PLACES[shell]
    file = home / place.script
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if place.line:
            _add_line(home / place.startup, place.line)
    except OSError as error:
        raise OutputError(f"cannot write {error.filename}: {error.strerror}", "use --show-completion") from error
    return file


def _add_line(file: Path, line: str) -> None:
    """Nothing: the file has the line, at its end where it had none."""
    said = file.read_text() if file.exists() else ""
    if line not in said.splitlines():
        with file.open("a") as end:
            end.write(f"{'' if not said or said.endswith(chr(10)) else chr(10)}{line}\n")


def _show(ctx: click.Context, param: click.Parameter, shell: str | None) -> None:
    if shell and not ctx.resilient_parsing:
        click.echo(script(ctx.command, shell), nl=False)
        ctx.exit()


def _install(ctx: click.Context, param: click.Parameter, shell: str | None) -> None:
    from pathlib import Path

    if shell and not ctx.resilient_parsing:
        file = install(script(ctx.command, shell), shell, Path.home())
        click.echo(f"rfm: {file}: open a new shell to use it", err=True)
        ctx.exit()


def _option(name: str, callback: object, help: str) -> click.Option:
    """An option of `rfm` itself that takes the name of a shell and ends the run."""
    kind = click.Choice(tuple(PLACES))
    return click.Option(
        [name], type=kind, metavar="SHELL", is_eager=True, expose_value=False, callback=callback, help=help
    )


OPTIONS = (
    _option("--install-completion", _install, "Teach bash, zsh or fish the words of rfm."),
    _option("--show-completion", _show, "Show the script that does so."),
)
