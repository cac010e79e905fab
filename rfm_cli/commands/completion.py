"""Completion: the script that teaches a shell the words of `rfm`, shown or installed for the user."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import get_completion_class

from rfm_cli.errors import OutputError, UsageError, did_you_mean

if TYPE_CHECKING:
    import click
    from click.shell_completion import ShellComplete


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


def script(cli: click.Command, shell: str, variable: str) -> str:
    """The script for a shell, which will ask through `variable`; `UsageError` for a shell that is not known."""
    return _completer(cli, shell, variable).source()


def answer(cli: click.Command, wanted: str, variable: str) -> str:
    """What the script wants, `bash_complete` or the like: the words that could stand at the cursor."""
    shell, _, what = wanted.partition("_")
    completer = _completer(cli, shell, variable)
    if what != "complete":
        return completer.source()
    try:
        return completer.complete()
    except (KeyError, ValueError) as error:  # the words of the line are not there, or are none
        raise UsageError(f"{variable}={wanted}: only the script of a shell sets it", f"unset {variable}") from error


def _completer(cli: click.Command, shell: str, variable: str) -> ShellComplete:
    kind = get_completion_class(shell) if shell in PLACES else None
    if kind is None:
        raise UsageError(f"completion for {shell}: not known", did_you_mean(shell, PLACES))
    return kind(cli, {}, "rfm", variable)


def install(text: str, shell: str) -> Path:
    """The file that the script was written to; the shell's start-up file names it, once."""
    place, home = PLACES[shell], Path.home()
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
        gap = "\n" if said and not said.endswith("\n") else ""
        with file.open("a") as end:
            end.write(f"{gap}{line}\n")
