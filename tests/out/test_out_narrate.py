from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from rfm_cli.errors import CheckFailed, InputError
from rfm_cli.notes import note, warning
from rfm_cli.out.narrate import Narrator, fail

SAY = """
from rfm_cli.out.narrate import Narrator, fail
from rfm_cli.errors import InputError
from rfm_cli.notes import warning
Narrator().say([warning("Аня")])
fail(InputError("x" * 100_000))
raise SystemExit(5)
"""


def test_each_note_is_said_once(capfd: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator()
    narrator.say([note("one"), warning("two"), note("one")])
    narrator.say([warning("two"), note("three")])
    assert capfd.readouterr() == ("", "rfm: one\nrfm: warning: two\nrfm: three\n")


def test_said_into_a_capture_without_descriptor(capsys: pytest.CaptureFixture[str]) -> None:
    Narrator().say([note("Привет")])
    assert capsys.readouterr().err == "rfm: Привет\n"


def test_control_characters_are_stripped(capfd: pytest.CaptureFixture[str]) -> None:
    Narrator().say([note("a\x1b[31mb\u202e\nc")])
    assert capfd.readouterr().err == "rfm: a[31mb c\n"


def test_quiet_is_silent_but_strict_still_counts(capfd: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(quiet=True, strict=True)
    narrator.say([note("one"), warning("two"), warning("two"), warning("three")])
    with pytest.raises(CheckFailed) as raised:
        narrator.check_strict()
    assert raised.value.message == "2 warnings under --strict: nothing was written"
    assert raised.value.hint == "two; three"
    assert capfd.readouterr().err == ""


def test_strict_passes_on_notes_and_lax_on_warnings() -> None:
    strict = Narrator(quiet=True, strict=True)
    strict.say([note("one")])
    strict.check_strict()
    lax = Narrator(quiet=True)
    lax.say([warning("one")])
    lax.check_strict()
    assert lax.warnings == ["one"]


def test_an_error_is_one_line_or_two(capfd: pytest.CaptureFixture[str]) -> None:
    fail(InputError("no\nrows", "look\there"))
    fail(InputError("no rows"))
    assert capfd.readouterr().err == "rfm: error: no rows\nrfm: hint: look here\nrfm: error: no rows\n"


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full", "2> >(true)", "2>/dev/null"])
def test_a_stderr_that_takes_nothing_costs_nothing(redirection: str) -> None:
    done = subprocess.run(["bash", "-c", f'"$0" -c "$1" {redirection}', sys.executable, SAY], check=False)
    assert done.returncode == 5


def test_an_ascii_stderr_gets_escapes() -> None:
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-c", SAY], env=env, capture_output=True, check=False)
    assert done.stderr.startswith(b"rfm: warning: \\u0410")


def test_a_terminal_gets_lines_broken_between_words() -> None:
    leader, follower = pty.openpty()
    code = "import fcntl, struct, sys, termios\n"
    code += "fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 40, 0, 0))\n"
    code += "from rfm_cli.notes import note\nfrom rfm_cli.out.narrate import Narrator\n"
    code += "Narrator().say([note('one two three four five six seven eight nine')])"
    subprocess.run([sys.executable, "-c", code], stderr=follower, check=True)
    assert os.read(leader, 1000).decode().split("\r\n") == [
        "rfm: one two three four five six seven",
        "     eight nine",
        "",
    ]
