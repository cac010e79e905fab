"""Completion: the script that teaches a shell the words of `rfm`, shown or installed for the user."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.completion import completion_init, get_completion_script, shell_complete  # type: ignore[attr-defined]

from rfm_cli.errors import OutputError, UsageError, did_you_mean


@dataclass(frozen=True)
class Place:
    """The file of the script, relative to the home folder, and the line of the start-up file that loads it."""

    script: str
    startup: str = ""
    line: str = ""


PLACES = {
    "bash": Place(".bash_completions/rfm.sh", ".bashrc", "source ~/.bash_completions/rfm.sh"),
    "zsh": Place(".zfunc/_rfm", ".zshrc", "fpath+=~/.zfunc; autoload -Uz compinit; compinit"),
    "fish": Place(".config/fish/completions/rfm.fish"),
}
POWERSHELLS = ("powershell", "pwsh")
"""Shells that can be asked where their start-up file is."""
SHELLS = (*PLACES, *POWERSHELLS)


def script(shell: str, variable: str) -> str:
    """Return the script for a shell, which will ask through `variable`; `UsageError` for a shell that is not known."""
    _require(shell)
    return get_completion_script(prog_name="rfm", complete_var=variable, shell=shell)


def answer(root: Any, wanted: str, variable: str) -> int:
    """Print the words that fit at the cursor, for "complete_bash" or the like; returns the exit code."""
    _require(wanted.partition("_")[2])
    completion_init()
    try:
        return int(shell_complete(root, {}, "rfm", variable, wanted))
    except (KeyError, ValueError) as error:  # the words of the line are missing, or their number is no number
        raise UsageError(f"{variable}={wanted}: only the script of a shell sets it", f"unset {variable}") from error


def _require(shell: str) -> None:
    if shell not in SHELLS:
        raise UsageError(f"completion for {shell}: not known", did_you_mean(shell, SHELLS))


def install(shell: str, variable: str) -> Path:
    """Write the script, name it once in the start-up file of the shell, and return its file."""
    text = script(shell, variable)
    try:
        # PowerShell reads the script from its start-up file itself; other shells read a file of their own.
        if shell in POWERSHELLS:
            file = _profile(shell)
            file.parent.mkdir(parents=True, exist_ok=True)
            _add_line(file, text)
            return file
        place, home = PLACES[shell], Path.home()
        file = home / place.script
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")
        if place.line:
            _add_line(home / place.startup, place.line)
    except OSError as error:
        raise OutputError(f"cannot write {error.filename}: {error.strerror}", "use --show-completion") from error
    return file


def _profile(shell: str) -> Path:
    """Return the start-up file of a PowerShell, which the shell itself is asked for."""
    if shutil.which(shell) is None:
        raise UsageError(f"--install-completion {shell}: no such program here", "use --show-completion")
    asked = subprocess.run([shell, "-NoProfile", "-Command", "$PROFILE"], capture_output=True, check=False)
    name = asked.stdout.decode(errors="replace").strip()
    if asked.returncode or not name:
        raise OutputError(f"{shell} does not give its profile", "use --show-completion")
    return Path(name)


def _add_line(file: Path, line: str) -> None:
    """Add the line, or lines, to the end of the file where it does not have them."""
    there = file.read_text() if file.exists() else ""
    if f"\n{line}\n" not in f"\n{there}\n":
        gap = "\n" if there and not there.endswith("\n") else ""
        with file.open("a") as end:
            end.write(f"{gap}{line}\n")
