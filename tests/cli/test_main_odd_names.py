"""Names, paths and arguments that nobody expects: each ends with a documented code, and says what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Here = Callable[..., Any]
RFM = [sys.executable, "-m", "rfm_cli"]
ODD = os.fsdecode(b"\xff")
LONG = "a" * 5000


def test_files_whose_names_are_not_utf8(shop: Path, here: Here) -> None:
    plain = here("score", "orders.csv", "--customers", "customers.csv", "-q", "--with", "city").out
    for name in ("orders", "customers"):
        (shop / f"{name}.csv").rename(shop / f"{name}{ODD}.csv")
    tables = (f"orders{ODD}.csv", "--customers", f"customers{ODD}.csv")
    assert here("score", *tables, "-q", "--with", "city") == (0, plain, "")
    assert here("score", *tables, "-q", "--with", "city", "-o", f"s{ODD}.csv", "--rejects", f"r{ODD}.csv").code == 0
    assert (shop / f"s{ODD}.csv").read_bytes() == plain
    assert (shop / f"r{ODD}.csv").is_file()
    told = here("check", tables[0], "--format", "json")
    assert (told.code, r"orders\\xff.csv" in told.out.decode()) == (0, True)
    assert here("rollup", tables[0], "out", "-q").code == 0


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (("explain", f"a{ODD}", "orders.csv"), "customer"),
        (("report", "orders.csv", "-o", "r.html", "--title", ODD), "--title"),
        (("score", "orders.csv", "--encoding", ODD), "--encoding"),
        (("score", "orders.csv", "--date-format", ODD), "--date-format"),
        (("score", "orders.csv", "--segment", ODD), "--segment"),
        (("rollup", "orders.csv", ODD), "out"),
        (("snapshots", "--store", ODD), "--store"),
    ],
)
def test_arguments_that_are_not_utf8(shop: Path, here: Here, arguments: tuple[str, ...], option: str) -> None:
    ended = here(*arguments)
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.startswith(f"rfm: error: {option} ")
    assert ended.err.splitlines()[0].endswith("\\xff: not UTF-8 text")


@pytest.mark.parametrize("name", ["ENCODING", "STORE"])
def test_variables_that_are_not_utf8(shop: Path, here: Here, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"RFM_{name}", ODD)
    assert here(*(("snapshots",) if name == "STORE" else ("score", "orders.csv"))).code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("matrix", "orders.csv", "--by", "customer_id,segment"),
        ("matrix", "orders.csv", "--by", "segment,Customer ID"),
        ("segments", "orders.csv", "--by", "customer_id"),
        ("segments", "--by", "customer_id"),
    ],
)
def test_the_id_is_no_axis(shop: Path, here: Here, arguments: tuple[str, ...]) -> None:
    asked = "Customer ID" if "Customer ID" in arguments[-1] else "customer_id"
    ended = here(*arguments, "-q")
    assert (ended.code, ended.out) == (2, b"")
    first, hint = ended.err.splitlines()
    assert first == f"rfm: error: no axis or attribute is called {asked!r}"
    assert "customer_id" not in hint


@pytest.mark.parametrize("closed", ["score - -q", "score -q --customers - orders.csv"])
def test_standard_input_that_is_closed(shop: Path, closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m rfm_cli {closed} <&-"], capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.startswith(b"rfm: error: standard input is closed\nrfm: hint: give a file")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("score", LONG), 3),
        (("score", "orders.csv", "--customers", LONG), 3),
        (("check", LONG), 3),
        (("snapshots", "--store", LONG), 3),
        (("score", "orders.csv", "--config", LONG), 2),
        (("score", "orders.csv", "--scheme", f"{LONG}.toml"), 2),
        (("score", "orders.csv", "--cuts", LONG), 3),
        (("score", "orders.csv", "-o", LONG), 4),
        (("score", "orders.csv", "--rejects", LONG), 4),
        (("score", "orders.csv", "--save-cuts", LONG), 4),
        (("rollup", "orders.csv", LONG), 4),
        (("snapshot", "orders.csv", "--store", LONG), 4),
        (("score", "orders.csv", "--as-of", LONG), 2),
        (("score", "orders.csv", "--min-orders", "9" * 5000), 2),
    ],
)
def test_paths_and_values_that_are_too_long(shop: Path, here: Here, arguments: tuple[str, ...], code: int) -> None:
    ended = here(*arguments, "-q")
    assert (ended.code, ended.out) == (code, b"")
    assert all(len(line) < 700 for line in ended.err.splitlines())
    assert "…" in ended.err


def test_a_working_directory_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    script = f"cd {tmp_path}/gone && rmdir ../gone && {sys.executable} -m rfm_cli "
    done = subprocess.run(["sh", "-c", f"{script} score orders.csv"], capture_output=True, check=False)
    told = b"rfm: error: the working directory is gone\nrfm: hint: go to a folder that exists\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, b"", told)
    (tmp_path / "gone").mkdir()
    assert subprocess.run(["sh", "-c", f"{script} --help"], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[tables]\norders = " + "[" * 3000 + "]" * 3000, "not TOML: brackets are nested too deeply"),
        ("[vip]\nmin_orders = " + "9" * 5000, "not TOML: a number has too many digits"),
        ('[tables]\norders = "a\\u0000b.csv"', "[tables] orders holds the character NUL"),
        ("[tables]\n" + "a." * 20_000 + "b = 1", "not TOML: a key of more than 64 parts"),
        ("[vip]\nmin_orders = " + "9" * 100, "--min-orders 9"),
    ],
)
def test_a_configuration_of_extremes(shop: Path, here: Here, text: str, told: str) -> None:
    (shop / "rfm.toml").write_text(text)
    ended = here("score", "orders.csv", "-q")
    assert (ended.code, ended.out) == (2, b"")
    assert told in ended.err


def test_a_path_of_many_parts(shop: Path, here: Here) -> None:
    (shop / "rfm.toml").write_text(f'[tables]\norders = "{"a/" * 2000}x.csv"\n')
    assert here("score", "-q").code == 3


@pytest.mark.parametrize("name", ["RFM_MIN_ORDERS", "RFM_BINS", "RFM_SHARE", "RFM_WINDOW"])
def test_variables_of_extremes(shop: Path, here: Here, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "9" * 100)
    assert here("score", "orders.csv", "-q").code == 2


@pytest.mark.parametrize("words", [{}, {"COMP_WORDS": "rfm sc"}, {"COMP_WORDS": "rfm sc", "COMP_CWORD": "x"}])
def test_completion_without_the_words_of_the_line(
    here: Here, monkeypatch: pytest.MonkeyPatch, words: dict[str, str]
) -> None:
    monkeypatch.setenv("_RFM_COMPLETE", "complete_bash")
    for name, text in words.items():
        monkeypatch.setenv(name, text)
    told = "rfm: error: _RFM_COMPLETE=complete_bash: only the script of a shell sets it\n"
    assert here() == (2, b"", f"{told}rfm: hint: unset _RFM_COMPLETE\n")


@pytest.mark.parametrize("folder", ["..", ".", "/", "out/..", "../" * 30])
def test_a_job_among_the_files_of_the_shop(shop: Path, here: Here, folder: str) -> None:
    (shop / "rfm.toml").write_text(f'[jobs.n]\nfolder = "{folder}"\noutputs = ["score -o s.csv"]\n')
    ended = here("run", "n", "-q")
    assert (ended.code, ended.out) == (2, b"")
    assert f"[jobs.n] folder is {folder}, which holds rfm.toml itself" in ended.err


@pytest.mark.parametrize("folder", ["a\\u0000", "a/" * 2000])
def test_a_job_in_no_folder_at_all(shop: Path, here: Here, folder: str) -> None:
    (shop / "rfm.toml").write_text(f'[jobs.n]\nfolder = "{folder}"\noutputs = ["score -o s.csv"]\n')
    assert here("run", "n", "-q").code == 2


@pytest.mark.parametrize("output", ["score --help", "score -h -o s.csv"])
def test_a_job_that_asks_for_help(shop: Path, here: Here, output: str) -> None:
    (shop / "rfm.toml").write_text(f'[jobs.n]\noutputs = ["{output}"]\n')
    ended = here("run", "n", "-q")
    assert (ended.code, ended.out) == (2, b"")
    assert "it asks for help, and makes no file\nrfm: hint: leave --help out\n" in ended.err


@pytest.mark.parametrize("arguments", ["--help", "--version", "score --help", "--show-completion bash", "schemes"])
@pytest.mark.parametrize("place", [">&-", "> /dev/full"])
def test_help_that_cannot_be_written(shop: Path, arguments: str, place: str) -> None:
    command = f"{sys.executable} -m rfm_cli {arguments} {place}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert done.returncode == 4
    assert done.stderr.startswith(b"rfm: error: cannot write standard output: ")


@pytest.mark.parametrize("arguments", ["", "--foo", "score --foo", "score orders.csv --as-of x"])
@pytest.mark.parametrize("place", ["2>&-", "2> /dev/full"])
def test_an_error_that_cannot_be_told_keeps_its_code(shop: Path, arguments: str, place: str) -> None:
    command = f"{sys.executable} -m rfm_cli {arguments} {place}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"")


def test_no_file_takes_the_number_of_a_closed_stream(shop: Path) -> None:
    """What a library would tell standard error must not land in the answer."""
    code = (
        "import os; from rfm_cli.__main__ import _occupy_standard_descriptors as occupy; occupy(); print(os.dup(0) > 2)"
    )
    done = subprocess.run(["sh", "-c", f"{sys.executable} -c '{code}' 0<&- 2>&-"], capture_output=True, check=False)
    assert done.stdout == b"True\n"
