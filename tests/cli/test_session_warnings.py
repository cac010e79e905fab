"""Warnings by name: on stderr, in JSON meta and manifests, in `known` and `fail_on`, and in docs/warnings.md."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rfm_cli.notes import WARNINGS
from tests.cli.conftest import Ended

Here = Callable[..., Ended]
DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def guests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with orders of guests, made the working directory."""
    (tmp_path / "orders.csv").write_text(
        "customer_id,ordered_at,amount,order_id\n"
        "guest,2024-01-01,5.10,1\nguest,2024-02-01,5.25,2\na,2024-03-01,7,3\na,2024-03-02,8,4\nb,2024-03-03,9,5\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


TEXT = "the id 'guest' has 2 rows with 10.35: is that one customer? (if not: --no-customer guest)"
WARNED = ["placeholder-id", "unused-score"]


def meta(ended: Ended) -> Any:
    return json.loads(ended.out)["meta"]


def test_a_warning_stands_behind_its_name_and_in_json_meta(here: Here, guests: Path) -> None:
    ended = here("score", "--format", "json")
    assert f"rfm: warning placeholder-id: {TEXT}\n" in ended.err
    assert meta(ended)["warnings"] == WARNED
    assert meta(ended)["rules"] == {"r": "fixed", "f": "fixed", "m": "quantile"}


@pytest.mark.parametrize(
    "words",
    [
        ("score",),
        ("segments",),
        ("grid",),
        ("vip",),
        ("vip", "--list"),
        ("matrix", "--by", "r,f"),
        ("report", "-o", "r.html"),
        ("explain", "a"),
        ("migrate", "--from", "2024-02-15"),
        ("vip", "--watch", "--since", "2024-02-15"),
        ("migrate", "--from", "2024-02-15", "--speed"),
    ],
)
def test_every_command_that_scores_names_placeholders(here: Here, guests: Path, words: tuple[str, ...]) -> None:
    ended = here(*words, *(() if "report" in words else ("--format", "json")))
    assert f"rfm: warning placeholder-id: {TEXT}\n" in ended.err
    assert "report" in words or "placeholder-id" in meta(ended)["warnings"]


def test_check_names_them_and_prints_the_line_to_copy(here: Here, guests: Path) -> None:
    ended = here("check")
    assert f"rfm: warning placeholder-id: {TEXT}\n" in ended.err
    line = 'known = ["placeholder-id"]'
    assert ended.err.endswith(f"rfm: looked at, and as it should be? In rfm.toml, at the top: {line}\n")
    (guests / "rfm.toml").write_text(f"{line}\n[tables]\norders = 'orders.csv'\n")
    again = here("check", "--strict")
    assert (again.code, again.err.splitlines()[-1]) == (0, f"rfm: {TEXT}")


@pytest.mark.parametrize("table", ["", "[run]\n"])
def test_known_warnings_are_remarks(here: Here, guests: Path, table: str) -> None:
    assert here("score", "--strict", "-q").code == 1
    (guests / "rfm.toml").write_text(f'{table}known = ["placeholder-id", "unused-score"]\n')
    ended = here("score", "--strict", "--format", "json")
    assert (ended.code, meta(ended)["warnings"]) == (0, [])
    assert f"rfm: {TEXT}\n" in ended.err


def test_known_by_the_command_line_and_the_environment(
    here: Here, guests: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert here("score", "--known", "placeholder-id,unused-score", "--strict", "-q").code == 0
    assert here("score", "--known", "placeholder-id", "--known", "unused-score", "--strict", "-q").code == 0
    monkeypatch.setenv("RFM_KNOWN", "placeholder-id,unused-score")
    assert here("score", "--strict", "-q").code == 0


def test_an_unknown_name_is_an_error_with_the_nearest_one(here: Here, guests: Path) -> None:
    ended = here("score", "--known", "one-ordr")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.splitlines()[0] == "rfm: error: --known one-ordr: no warning is called so"
    assert ended.err.splitlines()[1].startswith("rfm: hint: did you mean one-order?")


JOB = '[jobs.n]\noutputs = ["score -o s.json", "segments -o g.json"]\n'


def current(folder: Path) -> Any:
    return json.loads((folder / "out/n/current/manifest.json").read_text())


def test_a_manifest_has_the_warnings_and_the_rules(here: Here, guests: Path) -> None:
    (guests / "rfm.toml").write_text(JOB)
    assert here("run", "n", "-q").code == 0
    told = current(guests)
    assert {"name": "placeholder-id", "text": TEXT} in told["warnings"]
    assert told["rules"] == {"r": "fixed", "f": "fixed", "m": "quantile"}
    for name in ("s.json", "g.json"):
        assert json.loads((guests / "out/n/current" / name).read_text())["meta"]["warnings"] == WARNED


@pytest.mark.parametrize("condition", ["placeholder-id", "placeholder-id>0", "warnings>1", "warnings>=2"])
def test_a_job_may_fail_on_a_warning(here: Here, guests: Path, condition: str) -> None:
    (guests / "rfm.toml").write_text(JOB + f'fail_on = ["{condition}"]\n')
    ended = here("run", "n")
    assert ended.code == 1
    assert f"--fail-on {condition}: " in ended.err
    assert not (guests / "out/n/current").exists()
    known = 'known = ["placeholder-id", "unused-score"]\n'
    (guests / "rfm.toml").write_text(known + JOB + f'fail_on = ["{condition}"]\n')
    assert here("run", "n", "-q").code == 0


def test_a_job_that_does_nothing_still_fails_on_what_it_warned_of(here: Here, guests: Path) -> None:
    (guests / "rfm.toml").write_text(JOB)
    assert here("run", "n", "-q").code == 0
    assert here("run", "n", "-q", "--fail-on", "placeholder-id").code == 1
    assert here("run", "n", "-q", "--fail-on", "stray-date").code == 0


def test_an_unknown_warning_in_fail_on_is_an_error(here: Here, guests: Path) -> None:
    (guests / "rfm.toml").write_text(JOB + 'fail_on = ["placeholder-ids"]\n')
    ended = here("run", "n")
    assert ended.code == 2
    assert "did you mean placeholder-id?" in ended.err


def orders(*frequencies: int) -> str:
    """Orders of one customer for each frequency, on days that give R five quantiles."""
    lines = ["customer_id,ordered_at,amount,order_id"]
    for place, count in enumerate(frequencies):
        lines += [f"c{place},2024-03-{1 + place:02},{place + 1},{place}-{one}" for one in range(count)]
    return "\n".join(lines) + "\n"


def test_a_job_warns_where_another_rule_scored_the_run_before(here: Here, guests: Path) -> None:
    (guests / "rfm.toml").write_text(JOB)
    (guests / "orders.csv").write_text(orders(1, 1, 1, 1, 2))
    assert here("run", "n", "-q", "--as-of", "2024-03-10").code == 0
    assert current(guests)["rules"]["f"] == "fixed"
    (guests / "orders.csv").write_text(orders(1, 2, 3, 4, 5))
    ended = here("run", "n", "--as-of", "2024-03-11")
    told = (
        "f was scored by different rules: fixed on 2024-03-10; quantile on 2024-03-11; "
        "one ruler for all: --cuts FILE of saved cutoffs, or --rule f=..."
    )
    assert f"rfm: warning rules-differ: {told}\n" in ended.err
    assert {"name": "rules-differ", "text": told} in current(guests)["warnings"]
    assert here("run", "n", "--as-of", "2024-03-12", "--fail-on", "rules-differ").code == 0  # the same rule again


def test_dates_of_one_run_that_different_rules_score_are_named_once(here: Here, guests: Path) -> None:
    early = orders(1, 1, 1, 1, 2).splitlines()
    late = [f"c{place},2024-05-0{place + 1},1,x{place}-{one}" for place in range(1, 5) for one in range(place)]
    (guests / "orders.csv").write_text("\n".join([*early, *late]) + "\n")
    words = ("migrate", "--from", "2024-03-10", "--to", "2024-05-20", "--every", "30d", "--rescore", "-o", "m.json")
    told = [line for line in here(*words).err.splitlines() if "rules-differ" in line and " f was" in line]
    assert told == [
        "rfm: warning rules-differ: f was scored by different rules: "
        "fixed on 2024-03-10, 2024-04-09; quantile on 2024-05-09, 2024-05-20; "
        "one ruler for all: --cuts FILE of saved cutoffs, or --rule f=..."
    ]
    assert "rules-differ" in json.loads((guests / "m.json").read_text())["meta"]["warnings"]
    assert "rules-differ" not in here(*words[:-4], "-q", "--format", "json").out.decode()


def test_docs_name_every_warning_with_what_it_says() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.+?) \|", (DOCS / "warnings.md").read_text(), re.MULTILINE))
    assert rows == WARNINGS


WATCHED = '[jobs.n]\noutputs = ["segments -o g.json", "vip --watch --since 2024-02-15 -o w.csv"]\n'


def append(file: Path, line: str) -> None:
    with file.open("a") as opened:
        opened.write(line)


def test_known_of_a_run_counts_for_all_of_its_outputs(here: Here, guests: Path) -> None:
    (guests / "rfm.toml").write_text(WATCHED)
    ended = here("run", "n", "--strict", "--known", "placeholder-id,unused-score")
    assert ended.code == 0, ended.err


def test_strict_is_asked_of_a_run_that_does_nothing(here: Here, guests: Path) -> None:
    (guests / "rfm.toml").write_text(JOB)
    assert here("run", "n", "-q").code == 0
    ended = here("run", "n", "--strict")
    assert ended.code == 1
    assert "nothing has changed since 2024-03-03, which has warnings" in ended.err
    assert f"placeholder-id: {TEXT}" in ended.err


def test_one_id_is_one_warning_whatever_dates_a_job_looks_back_to(here: Here, guests: Path) -> None:
    append(guests / "orders.csv", "guest,2024-03-03,1,9\n")
    (guests / "rfm.toml").write_text(WATCHED)
    assert here("run", "n", "-q").code == 0
    assert [one["name"] for one in current(guests)["warnings"]].count("placeholder-id") == 1


def test_the_last_order_of_a_job_is_none_after_its_date(here: Here, guests: Path) -> None:
    append(guests / "orders.csv", "z,2204-01-05,1,9\n")
    (guests / "rfm.toml").write_text(JOB)
    ended = here("run", "n", "--as-of", "2024-06", "--fail-on", "last_order<2024-06")
    assert ended.code == 1
    assert "last_order is 2024-03-03" in ended.err


def test_check_is_silent_on_what_the_configuration_says(here: Here, guests: Path) -> None:
    lines = [f"c{place // 2},2024-01-05,1" for place in range(240)] + ["x,2204-01-05,1"]
    (guests / "orders.csv").write_text("\n".join(["customer_id,ordered_at,amount", *lines]) + "\n")
    ended = here("check")
    assert "warning same-day-rows: " in ended.err
    assert "warning stray-date: " in ended.err
    (guests / "rfm.toml").write_text('[reading]\none_order_per = "day"\n[clock]\nas_of = "2024-01"\n')
    assert "warning" not in here("check").err


def test_a_report_repeats_the_warnings_of_its_run(here: Here, guests: Path) -> None:
    with (guests / "orders.csv").open("a") as file:
        file.writelines(f"c{place},2024-01-05,1,x{place}\n" for place in range(100))
        file.write("z,2204-01-05,1,9\n")
    assert here("report", "-q", "-o", "r.html").code == 0
    page = (guests / "r.html").read_text()
    assert "warning stray-date: 1 row after 2024-03-03" in page
    assert "warning placeholder-id: " in page


def test_a_job_of_the_same_day_warns_where_another_rule_scored_it(here: Here, guests: Path) -> None:
    (guests / "rfm.toml").write_text(JOB)
    (guests / "orders.csv").write_text(orders(1, 1, 1, 1, 2))
    assert here("run", "n", "-q", "--as-of", "2024-03-10").code == 0
    (guests / "orders.csv").write_text(orders(1, 2, 3, 4, 5))
    assert (
        "f was scored by different rules: fixed on 2024-03-10; quantile on 2024-03-10 now; "
        in here("run", "n", "--as-of", "2024-03-10").err
    )


@pytest.mark.parametrize("text", ["[]", "null", "{", '{"as_of": 1}', '{"as_of": "2024-03-03", "rules": ["x"]}', "\xff"])
def test_a_damaged_manifest_is_mended_by_a_new_run(here: Here, guests: Path, text: str) -> None:
    (guests / "rfm.toml").write_text(JOB)
    assert here("run", "n", "-q").code == 0
    (guests / "out/n/current/manifest.json").write_bytes(text.encode("latin-1"))
    assert here("run", "n", "-q") == (0, b"", "")
    assert current(guests)["as_of"] == "2024-03-03"


def test_known_at_the_top_and_under_run_are_added_up(here: Here, guests: Path) -> None:
    (guests / "rfm.toml").write_text('known = ["placeholder-id"]\n[run]\nknown = ["unused-score"]\n')
    assert here("score", "--strict", "-q").code == 0


def test_an_output_has_no_known_of_its_own(here: Here, guests: Path) -> None:
    (guests / "rfm.toml").write_text('[jobs.n]\noutputs = ["score --known unused-score -o a.csv"]\n')
    ended = here("run", "n")
    assert (ended.code, "--strict and --known are options of rfm run" in ended.err) == (2, True)
