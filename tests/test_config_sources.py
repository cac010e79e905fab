"""Where settings come from: which source wins, what a file may hold, and what is said of what it may not."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from rfm_cli.config import LinkedSetting, Settings
from rfm_cli.config_sources import resolve, settings_in
from rfm_cli.errors import UsageError


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(folder: Path, toml: str = "", env: dict[str, str] | None = None, **flags: object) -> Settings:
    if toml:
        (folder / "rfm.toml").write_text(toml)
    return resolve(flags, env or {}, Path())


def failure(folder: Path, toml: str = "", env: dict[str, str] | None = None, **flags: object) -> tuple[str, str]:
    with pytest.raises(UsageError) as error:
        settings(folder, toml, env, **flags)
    return error.value.message, error.value.hint


def test_nothing_given(folder: Path) -> None:
    found = settings(folder)
    assert (found.values, found.given, found.file) == ({}, frozenset(), None)
    assert (found.text("as_of"), found.texts("map"), found.switch("nested")) == (None, (), False)


def test_flag_beats_variable_beats_file(folder: Path) -> None:
    toml, env = '[clock]\nas_of = "2021"\n', {"RFM_AS_OF": "2022"}
    assert settings(folder, toml).text("as_of") == "2021"
    assert settings(folder, toml, env).text("as_of") == "2022"
    assert settings(folder, toml, env, as_of="2023").text("as_of") == "2023"


def test_a_switch_can_be_turned_off_by_what_is_stronger(folder: Path) -> None:
    toml = "[scheme]\nnested = true\n"
    assert settings(folder, toml, nested=None).switch("nested")
    assert not settings(folder, toml, {"RFM_NESTED": "0"}).switch("nested")
    assert settings(folder, toml, {"RFM_NESTED": "0"}, nested=True).switch("nested")
    assert not settings(folder, toml, nested=False).switch("nested")


def test_pairs_of_all_sources_come_together_the_strongest_last(folder: Path) -> None:
    toml = '[columns.orders]\namount = "A"\n[scheme.rules]\nf = "fixed"\n'
    found = settings(folder, toml, {"RFM_MAP": "amount=B; customer_id=C"}, map=["amount=D"], rule=["m=quantile"])
    assert found.texts("map") == ("orders.amount=A", "amount=B", "customer_id=C", "amount=D")
    assert found.texts("rule") == ("f=fixed", "m=quantile")


def test_a_file_of_cutoffs_and_cutoffs_set_each_other_aside(folder: Path) -> None:
    toml = '[scheme.cuts]\nr = [30, 90]\nm = ["1.50", 2]\n'
    assert settings(folder, toml).texts("cuts") == ("r=30,90", "m=1.50,2")
    assert settings(folder, toml, cuts=["f=2,3"]).texts("cuts") == ("r=30,90", "m=1.50,2", "f=2,3")
    assert settings(folder, toml, cuts=["saved.toml"]).texts("cuts") == ("saved.toml",)
    toml = '[scheme]\ncuts = "saved.toml"\n'
    assert settings(folder, toml).texts("cuts") == ("saved.toml",)
    assert settings(folder, toml, {"RFM_CUTS": "other.toml"}).texts("cuts") == ("other.toml",)
    assert settings(folder, toml, cuts=["f=2,3"]).texts("cuts") == ("f=2,3",)


def test_paths_are_relative_to_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "rfm.toml").write_text(
        '[tables]\norders = ["o.csv", "/abs/p.csv", "s3://b/q.csv", "-"]\n'
        '[scheme]\nname = "own.toml"\ncuts = "c.toml"\n'
    )
    monkeypatch.chdir(folder / "deep" / "er")
    found = resolve({}, {}, Path())
    assert found.file == folder / "rfm.toml"
    assert found.texts("orders") == (str(folder / "o.csv"), "/abs/p.csv", "s3://b/q.csv", "-")
    assert found.text("scheme") == str(folder / "own.toml")
    assert found.texts("cuts") == (str(folder / "c.toml"),)


def test_a_shipped_scheme_is_no_path(folder: Path) -> None:
    assert settings(folder, '[scheme]\nname = "rfm11"\n').text("scheme") == "rfm11"


def test_the_file_can_be_named(folder: Path) -> None:
    (folder / "other.toml").write_text("[vip]\nshare = 0.2\nmin_orders = 3\n")
    toml = '[vip]\nshare = "10%"\n'
    assert settings(folder, toml, config="other.toml").text("share") == "0.2"
    assert settings(folder, toml, {"RFM_CONFIG": "other.toml"}).text("min_orders") == "3"
    assert failure(folder, config="no.toml") == ("--config no.toml: no such file", "")
    assert failure(folder, env={"RFM_CONFIG": "no.toml"}) == ("RFM_CONFIG=no.toml: no such file", "")
    assert failure(folder, config=".") == ("--config .: no such file", "")


def test_given_orders_set_the_tables_of_the_file_aside(folder: Path) -> None:
    toml = '[tables]\norders = "o.csv"\ncustomers = "c.csv"\n[clock]\ntimezone = "Asia/Almaty"\n'
    found = settings(folder, toml, orders=["x.csv"])
    assert (found.texts("orders"), found.texts("customers"), found.text("timezone")) == (
        ("x.csv",),
        (),
        "Asia/Almaty",
    )
    assert settings(folder, toml, customers=["y.csv"]).texts("orders") == ("o.csv",)


def test_values_of_toml_types_are_texts(folder: Path) -> None:
    found = settings(
        folder,
        "[clock]\nas_of = 2024-12-31\n[scheme]\nbins = [5, 3, 4]\n"
        '[reading]\nreject_status = ["a", "b"]\npurchase_events = "buy"\n[vip]\nshare = 0.15\n',
    )
    assert (found.text("as_of"), found.text("bins"), found.text("share")) == ("2024-12-31", "5,3,4", "0.15")
    assert (found.texts("reject_status"), found.texts("purchase_events")) == (("a", "b"), ("buy",))


def test_variables_of_every_kind(folder: Path) -> None:
    env = {"RFM_ORDERS": f"a.csv{os.pathsep}b.csv", "RFM_REJECT_STATUS": "x, y", "RFM_DROP_DUPLICATES": "Yes"}
    found = settings(folder, env={**env, "RFM_SCHEME": "", "RFM_OTHER": "?"})
    assert (found.texts("orders"), found.texts("reject_status")) == (("a.csv", "b.csv"), ("x", "y"))
    assert found.switch("drop_duplicates")
    assert found.text("scheme") is None
    assert failure(folder, env={"RFM_NESTED": "maybe"}) == ("RFM_NESTED=maybe: write 1 or 0", "")


@pytest.mark.parametrize(
    ("toml", "message", "hint"),
    [
        ("[clok]\n", "unknown table 'clok' at the top (line 1)", "did you mean clock? Valid: "),
        ('as_of = "2024"\n', "unknown key 'as_of' at the top (line 1)", "write it under [clock]"),
        ('[clock]\nasof = "2024"\n', "unknown key 'asof' in [clock] (line 2)", "did you mean as_of? Valid: as_of, "),
        ("clock = 1\n", "clock must be a table, written as [clock], not 1 (line 1)", "write [clock] above its keys"),
        (
            '[columns]\namount = "A"\n',
            "[columns] amount must be a table, written as [columns.amount], not",
            "write [columns.amount] above it",
        ),
        ('[scheme]\nnested = "yes"\n', "[scheme] nested must be true or false, not 'yes' (line 2)", ""),
        ("[clock]\nas_of = true\n", "[clock] as_of must be a text, a number or a date, not true (line 2)", ""),
        ("[tables.orders]\nx = 1\n", "[tables] orders must be a text, a number or a date, not {x = 1} (line 1)", ""),
        ("[clock\n", "not TOML: Expected ']'", ""),
    ],
)
def test_what_is_wrong_in_a_file(folder: Path, toml: str, message: str, hint: str) -> None:
    told = failure(folder, toml)
    assert told[0].startswith(f"{folder}/rfm.toml: {message}")
    assert told[1].startswith(hint)


def test_linked_tables(folder: Path) -> None:
    toml = (
        '[linked.interests]\npath = "i.csv"\nby = "customer_id"\n'
        '[linked."my parcels"]\npath = ["a", "b"]\nby = "order_id"\nat = "sent"\n'
    )
    linked = (
        LinkedSetting("interests", ("i.csv",), "customer_id"),
        LinkedSetting("my parcels", ("a", "b"), "order_id", "sent"),
    )
    assert settings(folder, toml).linked == linked
    assert settings(folder, toml, orders=["o.csv"]).linked == tuple(replace(one, is_left=True) for one in linked)
    assert settings(folder).linked == linked
    assert settings(folder, "[vip]\n").linked == ()


@pytest.mark.parametrize(
    ("toml", "message", "hint"),
    [
        ("[linked.x]\npath = 'i.csv'\n", "[linked.x] missing: by", ""),
        (
            "[linked.x]\npath = 'i.csv'\nby = 'customer'\n",
            "[linked.x] by must be one of customer_id, order_id, product_id, not 'customer' (line 3)",
            "did you mean customer_id?",
        ),
        ("[linked.x]\npath = 'i.csv'\nkey = 'customer_id'\n", "unknown key 'key' in [linked.x] (line 3)", ""),
        (
            "[linked.Events]\npath = 'i.csv'\nby = 'order_id'\n",
            "[linked] Events is the name of a table that is there without it (line 1)",
            "choose another name",
        ),
        (
            "[linked]\nx = 'i.csv'\n",
            "[linked] x must be a table, written as [linked.x], not 'i.csv' (line 2)",
            "write [linked.x]",
        ),
    ],
)
def test_what_is_wrong_in_a_linked_table(folder: Path, toml: str, message: str, hint: str) -> None:
    told = failure(folder, toml)
    assert told[0] == f"{folder}/rfm.toml: {message}"
    assert told[1].startswith(hint)


def test_a_file_that_is_no_text(folder: Path) -> None:
    (folder / "rfm.toml").write_bytes(b"\xff\xfe")
    assert failure(folder)[0].startswith(f"{folder}/rfm.toml: not TOML: ")


def test_a_file_that_cannot_be_read(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"no\.toml: No such file or directory"):
        settings_in(Path("no.toml"))
