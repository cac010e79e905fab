from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

import rfm_cli.schemes
from rfm_cli.errors import UsageError
from rfm_cli.schemes import Bins, load_scheme

GOOD = """
name = "two"
bins = [2, 2, 5]
by = ["r", "f"]

[rules]
m = "auto"

[cuts]
r = [90]

[[segments]]
name = "Away"
rank = 20
cells = ["11", "12"]

[[segments]]
name = "Here"
rank = 10
next_step = "Thank\\nthem."
cells = ["21", "22"]

[outside]
no_purchases = "Welcome."
"""
Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> str:
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def refusal(path: str, bins: Bins | None = None) -> UsageError:
    with pytest.raises(UsageError) as error:
        load_scheme(path, bins)
    assert error.value.exit_code == 2
    assert "\n" not in error.value.message + error.value.hint
    return error.value


def test_own_file(write: Write) -> None:
    scheme = load_scheme(write(GOOD))
    assert (scheme.name, scheme.title, scheme.bins) == ("two", "two", Bins(2, 2, 5))
    assert scheme.names() == ("Here", "Away")
    assert scheme.segments[0].next_step == "Thank them."
    assert scheme.rules == {"r": "auto", "f": "auto", "m": "auto"}
    assert scheme.cuts == {"r": (Decimal(90),)}
    assert (scheme.no_purchases_next_step, scheme.new_subscriber_next_step) == ("Welcome.", "")


def test_the_example_of_the_readme_loads(write: Write) -> None:
    text = (Path(rfm_cli.schemes.__file__).parent / "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    assert load_scheme(write(example)).names() == ("Regulars", "One more order", "Gone quiet")


def test_cutoffs_are_exact(write: Write) -> None:
    text = GOOD.replace("r = [90]", "m = [0.1, 0.2, 0.3, 1_000.10]").replace('m = "auto"', "")
    assert load_scheme(write(text)).cuts["m"] == tuple(map(Decimal, ("0.1", "0.2", "0.3", "1000.10")))


def test_a_file_with_bom_and_windows_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_scheme(str(path)).name == "two"


def test_a_file_in_the_working_directory_needs_no_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").write_text(GOOD, encoding="utf-8")
    (tmp_path / "rf12").write_text(GOOD, encoding="utf-8")
    assert load_scheme("mine").name == "two"
    assert load_scheme("rf12").name == "rf12"


def test_own_cutoffs_bind_the_bins_of_an_axis_outside_the_map(write: Write) -> None:
    path = write(GOOD.replace('m = "auto"', "").replace("r = [90]", "m = [1, 2, 3, 4]"))
    assert "2,2,5" in refusal(path, Bins(2, 2, 4)).message
    assert load_scheme(write(GOOD), Bins(2, 2, 4)).bins.m == 4


@pytest.mark.parametrize(("name", "near"), [("rf21", "rf12"), ("RFM11", "rfm11"), ("klavyo", "klaviyo6")])
def test_an_unknown_name_gets_the_nearest(name: str, near: str) -> None:
    error = refusal(name)
    assert name in error.message
    assert f"did you mean {near}?" in error.hint


def test_a_name_too_long_for_a_file_is_an_unknown_name() -> None:
    assert "no scheme is called" in refusal("x" * 5000).message


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "No such file" in refusal(str(tmp_path / "absent.toml")).message
    assert "directory" in refusal(str(tmp_path)).message.lower()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"name = ", "not TOML"),
        (b"name = 'a'\nby = [r]\n", "line 2"),
        (b"x = " + b"[" * 5000, "not TOML"),
        ("name = 'Каталог'".encode("cp1251"), "UTF-8"),
        (b"", "missing: name, bins, by, segments"),
    ],
)
def test_files_that_are_not_toml(tmp_path: Path, raw: bytes, said: str) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(raw)
    error = refusal(str(path))
    assert error.message.startswith(str(path))
    assert said in error.message


@pytest.mark.parametrize(
    ("old", "new", "key", "hint"),
    [
        ('name = "two"', 'nmae = "two"', "'nmae'", "did you mean name?"),
        ("rank = 20", "rnak = 20", "unknown key 'rnak' in segment 1 (line ", "did you mean rank?"),
        ("no_purchases", "no_purchase", "unknown key 'no_purchase' in [outside] (line ", "did you mean no_purchases?"),
        ('m = "auto"', 'x = "auto"', "unknown key 'x' in [rules] (line ", "Valid: r, f, m"),
        ('m = "auto"', 'm = "quantiles"', "[rules] m must be one of", "did you mean quantile?"),
        ('m = "auto"', "m = 1", "[rules] m must be one of", "Valid: auto"),
        ("r = [90]", "d = [90]", "unknown key 'd' in [cuts] (line ", "Valid: r, f, m"),
        ('m = "auto"', 'by = ["r"]', "unknown key 'by' in [rules] (line ", "above its first [table]"),
        (
            "rank = 20",
            'rank = 20\nfree_orders = "count"',
            "unknown key 'free_orders' in segment 1 (line ",
            "above its first [table]",
        ),
    ],
)
def test_unknown_keys_and_words_get_the_nearest(write: Write, old: str, new: str, key: str, hint: str) -> None:
    path = write(GOOD.replace(old, new, 1))
    error = refusal(path)
    assert error.message.startswith(f"{path}: ")
    assert key in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "two"', "name = 2", "name must be text in quotes, not 2"),
        ('name = "two"', 'name = " "', "name must be a text that is not empty"),
        ("bins = [2, 2, 5]", "bins = [2, 2]", "bins must be three whole numbers"),
        ("bins = [2, 2, 5]", "bins = 5", "bins must be a list of whole numbers, not 5"),
        ("bins = [2, 2, 5]", "bins = [2, 2, 5.0]", "bins must be a list of whole numbers"),
        ("bins = [2, 2, 5]", "bins = [2, 2, true]", "bins must be a list of whole numbers"),
        ("bins = [2, 2, 5]", "bins = [2, 2, 1]", "bins '2,2,1' cannot be used"),
        ('by = ["r", "f"]', 'by = ["f", "r"]', "by must be"),
        ('by = ["r", "f"]', 'by = "r,f"', "by must be"),
        ('by = ["r", "f"]', "", "missing: by"),
        ("rank = 20", 'rank = "20"', "segment 1, rank must be a whole number, not '20'"),
        ("rank = 20", "rank = true", "segment 1, rank must be a whole number"),
        ("rank = 20", "", "segment 1, missing: rank"),
        ('["11", "12"]', "[11, 12]", "segment 1, cells must be a list of texts in quotes"),
        ('["21", "22"]', '"21 22"', "segment 2, cells must be a list of texts in quotes"),
        ("r = [90]", "r = 90", "[cuts] r must be a list of numbers, not 90"),
        ("r = [90]", 'r = ["90"]', "[cuts] r must be a list of numbers"),
        ("r = [90]", "r = [nan]", "[cuts] r must be a list of numbers"),
        ("r = [90]", "m = [90]", "m has a rule and cutoffs of its own"),
        ("r = [90]", "r = [30, 90]", "r has 2 bins and so needs 1 cutoffs, not 2"),
        ('name = "two"', 'name = "two"\nfree_orders = true', "free_orders must be one of count, ignore"),
    ],
)
def test_wrong_values_name_file_key_and_what_is_wanted(write: Write, old: str, new: str, said: str) -> None:
    path = write(GOOD.replace(old, new, 1))
    error = refusal(path)
    assert error.message.startswith(f"{path}: ")
    assert said in error.message


def test_segments_are_written_as_tables(write: Write) -> None:
    error = refusal(write('name = "two"\nbins = [2, 2, 2]\nby = ["r", "f"]\nsegments = ["Here"]\n'))
    assert "segments must be tables, each written as [[segments]]" in error.message


@pytest.mark.parametrize("key", ["rules", "outside", "cuts", "segments"])
def test_tables_must_be_tables(write: Write, key: str) -> None:
    head = 'name = "two"\nbins = [2, 2, 2]\nby = ["r", "f"]\n'
    rest = "" if key == "segments" else "segments = []\n"
    error = refusal(write(f"{head}{rest}{key} = 1\n"))
    assert f"{key} must be" in error.message


def test_a_file_is_proven(write: Write) -> None:
    path = write(GOOD.replace('["11", "12"]', '["11"]'))
    assert refusal(path).message == f"{path}: uncovered cells: 12"


def test_loading_a_scheme_imports_nothing_heavy() -> None:
    script = (
        "import sys, rfm_cli.schemes as s; s.load_scheme('rf12');"
        "print([m for m in ('polars', 'rich', 'click', 'pyarrow', 'narwhals') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
