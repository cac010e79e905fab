from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from rfm_cli.errors import CheckFailed, InputError, UsageError
from rfm_cli.notes import note, warning
from rfm_cli.output.narrate import Narrator, fail

SAY = """
from rfm_cli.output.narrate import Narrator, fail
from rfm_cli.errors import InputError
from rfm_cli.notes import warning
Narrator().say([warning("one-order", "Аня")])
fail(InputError("x" * 100_000))
raise SystemExit(5)
"""


def test_each_note_is_said_once(capfd: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator()
    narrator.say([note("one"), warning("one-order", "two"), note("one")])
    narrator.say([warning("one-order", "two"), note("three")])
    assert capfd.readouterr() == ("", "rfm: one\nrfm: warning one-order: two\nrfm: three\n")


def test_said_into_a_capture_without_descriptor(capsys: pytest.CaptureFixture[str]) -> None:
    Narrator().say([note("Привет")])
    assert capsys.readouterr().err == "rfm: Привет\n"


def test_control_characters_are_stripped(capfd: pytest.CaptureFixture[str]) -> None:
    Narrator().say([note("a\x1b[31mb\u202e\nc")])
    assert capfd.readouterr().err == "rfm: a[31mb c\n"


def test_quiet_is_silent_but_strict_still_counts(capfd: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(quiet=True, strict=True)
    narrator.say([note("one"), warning("one-order", "two"), warning("one-order", "two"), warning("one-order", "three")])
    with pytest.raises(CheckFailed) as raised:
        narrator.check_strict()
    assert raised.value.message == "2 warnings under --strict: nothing was written"
    assert raised.value.hint == "warning one-order: two; warning one-order: three"
    assert capfd.readouterr().err == ""


def test_strict_passes_on_notes_and_lax_on_warnings() -> None:
    strict = Narrator(quiet=True, strict=True)
    strict.say([note("one")])
    strict.check_strict()
    lax = Narrator(quiet=True)
    lax.say([warning("one-order", "one")])
    lax.check_strict()
    assert [one.text for one in lax.warnings] == ["one"]


def test_strict_names_the_line_that_makes_warnings_known() -> None:
    narrator = Narrator(strict=True)
    narrator.say([warning("one-order", "a"), warning("stray-date", "b"), warning("one-order", "c")])
    with pytest.raises(CheckFailed) as raised:
        narrator.check_strict()
    assert raised.value.hint == 'looked at, and as it should be? rfm.toml: known = ["one-order", "stray-date"]'


def test_a_known_warning_is_a_remark(capfd: pytest.CaptureFixture[str]) -> None:
    narrator = Narrator(strict=True, known={"one-order"})
    narrator.say([warning("one-order", "two")])
    narrator.check_strict()
    assert narrator.warnings == []
    assert capfd.readouterr().err == "rfm: two\n"


def test_each_output_has_its_own_warnings_and_repeats_none(capfd: pytest.CaptureFixture[str]) -> None:
    whole = Narrator()
    one, other = whole.for_output(()), whole.for_output(())
    one.say([warning("one-order", "two")])
    other.say([warning("one-order", "two"), warning("stray-date", "b")])
    assert [note.name for note in one.warnings] == ["one-order"]
    assert [note.name for note in other.warnings] == ["one-order", "stray-date"]
    assert [note.name for note in whole.warnings_of_run] == ["one-order", "stray-date"]
    assert capfd.readouterr().err == "rfm: warning one-order: two\nrfm: warning stray-date: b\n"


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
    assert done.stderr.startswith(b"rfm: warning one-order: \\u0410")


def test_a_terminal_gets_lines_broken_between_words() -> None:
    leader, follower = pty.openpty()
    code = "import fcntl, struct, sys, termios\n"
    code += "fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 40, 0, 0))\n"
    code += "from rfm_cli.notes import note\nfrom rfm_cli.output.narrate import Narrator\n"
    code += "Narrator().say([note('one two three four five six seven eight nine')])"
    subprocess.run([sys.executable, "-c", code], stderr=follower, check=True)
    assert os.read(leader, 1000).decode().split("\r\n") == [
        "rfm: one two three four five six seven",
        "     eight nine",
        "",
    ]


def test_lines_of_an_error_are_written_as_they_are(capfd: pytest.CaptureFixture[str]) -> None:
    line = "  " + "x " * 300
    fail(UsageError(f"no such column\n{line}\n  ^", "did you mean y?", has_lines=True))
    assert capfd.readouterr().err == f"rfm: error: no such column\n{line}\n  ^\nrfm: hint: did you mean y?\n"


def test_breaks_in_other_errors_make_no_lines(capfd: pytest.CaptureFixture[str]) -> None:
    fail(UsageError("a\nrfm: done"))
    assert capfd.readouterr().err == "rfm: error: a rfm: done\n"
