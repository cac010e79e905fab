"""Files that say who is in a set: which column it is, how its values are read, and where a relative path starts."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from rfm_cli.errors import InputError
from rfm_cli.tables.member_files import members_in, place_of
from rfm_cli.tables.options import ReadOptions


@pytest.fixture
def members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def read(text: str, by: str | None = None, **options: object) -> list[str]:
        Path("set.csv").write_text(text, encoding="utf-8")
        return members_in("set.csv", "", by, ReadOptions(**options)).to_list()  # type: ignore[arg-type]

    return read


@pytest.mark.parametrize(
    ("text", "by", "found"),
    [
        ("customer_id\na\n b \n\na\n", None, ["a", "b"]),
        ("x,customer_id\n1,a\n2,b\n", None, ["a", "b"]),
        ("x,Client_ID\n1,a\n2,\n", None, ["a"]),
        ("anything\na\n", None, ["a"]),
        ("customer_id\n007\n17850.0\nAnn@X.de\n", None, ["007", "17850", "ann@x.de"]),
        ("mail\nAnn@X.de\n", "email", ["Ann@X.de"]),
        ("x,E-Mail\n1,a@b.c\n", "email", ["a@b.c"]),
        ("x,city\n1,Lyon\n2,  \n", "CITY", ["Lyon"]),
        ("customer_id;x\na;1\n", None, ["a"]),
    ],
)  # fmt: skip
def test_the_column_is_found_and_its_values_are_trimmed(members, text: str, by: str | None, found: list[str]) -> None:
    assert members(text, by) == found


def test_ids_follow_the_options(members) -> None:
    assert members("customer_id\nAnn@X.de\nguest\n", ids="exact") == ["Ann@X.de", "guest"]
    assert members("customer_id\nAnn@X.de\nguest\n", no_customer=("guest",)) == ["ann@x.de"]


def test_files_of_other_kinds_and_several_at_once(tmp_path: Path) -> None:
    pl.DataFrame({"customer_id": [7, 8]}).write_parquet(tmp_path / "a.parquet")
    pl.DataFrame({"customer_id": [8.0, 9.0], "x": [1, 2]}).write_parquet(tmp_path / "b.parquet")
    assert members_in("*.parquet", str(tmp_path), None, ReadOptions()).to_list() == ["7", "8", "9"]
    pl.DataFrame({"score": [0.5, 2.0, None]}).write_parquet(tmp_path / "c.parquet")
    assert members_in("c.parquet", str(tmp_path), "score", ReadOptions()).to_list() == ["0.5", "2"]


@pytest.mark.parametrize(
    ("text", "by", "message"),
    [
        ("x,y\n1,2\n", None, "set.csv: no column 'customer_id'"),
        ("x,y\n1,2\n", "email", "set.csv: no column 'email'"),
    ],
)
def test_a_file_without_the_column_is_refused(members, text: str, by: str | None, message: str) -> None:
    with pytest.raises(InputError) as error:
        members(text, by)
    assert error.value.message == message
    assert error.value.hint == "a set is a column of that name, or the only one of its file; there are x, y"


def test_a_file_that_is_not_there(members) -> None:
    with pytest.raises(InputError):
        members_in("gone.csv", "", None, ReadOptions())


@pytest.mark.parametrize(
    ("path", "folder", "place"),
    [
        ("a.csv", "", "a.csv"),
        ("a.csv", "conf", "conf/a.csv"),
        ("/x/a.csv", "conf", "/x/a.csv"),
        ("s3://b/a.csv", "conf", "s3://b/a.csv"),
        ("-", "conf", "-"),
        ("../a.csv", "/x/y", "/x/y/../a.csv"),
    ],
)
def test_a_relative_path_starts_at_the_folder(path: str, folder: str, place: str) -> None:
    assert place_of(path, folder) == place


def test_a_folder_below_the_working_one_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert place_of("a.csv", str(tmp_path / "conf")) == "conf/a.csv"
