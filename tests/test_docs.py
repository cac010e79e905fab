"""README.md and docs/ show what the tool does: examples are run, links followed, tables compared with the code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from rfm_cli.cli.app import COMMANDS
from rfm_cli.config import SETTINGS
from rfm_cli.config_sources import resolve
from rfm_cli.language.definitions import named_segments
from rfm_cli.schemes import load_scheme
from rfm_cli.tables import channels, consent_headings, consent_words, event_kinds, options
from rfm_cli.tables.fields import ALIASES, EMAILS, FURTHER, fold
from rfm_cli.tables.rules import RULES
from tests.pages import PAGES, ROOT, Block, anchors, blocks, commands, copy_of_the_shop, examples, links, outputs, prose
from tests.runs import Wish, run_all
from tests.test_prose import BANNED, BRITISH

DOCS = ROOT / "docs"
README = ROOT / "README.md"
OTHER_PAGES = (
    ROOT / "CHANGELOG.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "sample_data" / "README.md",
    ROOT / "rfm_cli" / "schemes" / "README.md",
)
MOST_BYTES = 12 * 1024
README_BYTES = (8_000, 10_240)


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks_of(kind: str, page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.kind == kind]


def with_some(kind: str) -> list[Path]:
    return [page for page in PAGES if blocks_of(kind, page)]


def compare(consoles: list[Block], shop: Path, data: Path | None = None) -> None:
    for example, output in outputs(consoles, shop, data):
        shown = tuple(line.rstrip() for line in example.shown)
        assert shown == example.expected(output), example.command


@pytest.mark.parametrize("page", with_some("console"), ids=name)
def test_examples_give_what_they_show(page: Path, tmp_path: Path) -> None:
    compare([block for block in blocks_of("console", page) if not block.is_real], copy_of_the_shop(tmp_path))


@pytest.mark.realdata
def test_examples_of_real_data_give_what_they_show(tmp_path: Path, shared_dir: Path) -> None:
    real = [block for page in PAGES for block in blocks_of("console", page) if block.is_real]
    shown = {(example.command.split()[1], example.command.split()[2]) for block in real for example in examples(block)}
    for file in ("online_retail.parquet", "cdnow_full.csv"):
        assert {(view, file) for view in ("grid", "matrix", "vip", "migrate")} <= shown
    compare(real, tmp_path, shared_dir / "data")


@pytest.mark.parametrize("page", with_some("python"), ids=name)
def test_python_examples_print_what_they_show(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(copy_of_the_shop(tmp_path))
    notebook: dict[str, object] = {}
    found = [block for block in blocks(page) if block.kind in ("python", "text")]
    for code, output in zip(found[::2], found[1::2], strict=True):
        exec(compile(code.body, page.name, "exec"), notebook)
        assert capsys.readouterr().out == output.body


@pytest.mark.parametrize("page", with_some("toml"), ids=name)
def test_configuration_examples_are_valid(page: Path, tmp_path: Path) -> None:
    for number, block in enumerate(blocks_of("toml", page)):
        file = tmp_path / f"{number}.toml"
        file.write_text(block.body, encoding="utf-8")
        if block.info == "toml scheme":
            load_scheme(str(file))
        else:
            found = resolve({"config": str(file)}, {}, tmp_path)
            named = named_segments(file)  # for its errors: a definition is read only where it is asked
            assert found.values or found.linked or named.segments or "[jobs." in block.body


@pytest.mark.parametrize("page", with_some("toml"), ids=name)
def test_jobs_of_the_examples_are_valid(page: Path, tmp_path: Path) -> None:
    jobs = [block.body for block in blocks_of("toml", page) if "[jobs." in block.body]
    if not jobs:
        pytest.skip("no job on this page")
    shop = copy_of_the_shop(tmp_path)
    own = (shop / "rfm.toml").read_text(encoding="utf-8")
    for job in jobs:
        (shop / "rfm.toml").write_text(job + own[own.index("[tables]") : own.index("[jobs")], encoding="utf-8")
        (ended,) = run_all([Wish(("run", "nightly", "--as-of", "2024-12-31", "--dry-run"), str(shop))])
        assert ended.code == 0, ended.err


def test_the_nightly_job_publishes_unless_its_condition_holds(tmp_path: Path) -> None:
    (job,) = [block.body for block in blocks_of("toml", DOCS / "jobs.md") if "[jobs.nightly]" in block.body]
    shop = copy_of_the_shop(tmp_path)
    own = (shop / "rfm.toml").read_text(encoding="utf-8")
    (shop / "rfm.toml").write_text(own[: own.index("[jobs")] + job, encoding="utf-8")
    run = Wish(("run", "nightly", "-q", "--as-of", "2024-12-31"), str(shop))
    assert [ended.code for ended in run_all([run])] == [1]  # the last order of the sample is no longer fresh
    (shop / "rfm.toml").write_text((own[: own.index("[jobs")] + job).replace("last_order<yesterday", "customers<1"))
    assert [ended.code for ended in run_all([run])] == [0]
    files = {file.name for file in (shop / "out/nightly/current").iterdir()}
    assert {"scores.parquet", "segments", "manifest.json"} <= files


def test_options_on_the_pages_exist() -> None:
    """Each option that a page writes behind a command is in that command's help; others are in some help."""
    names = list(COMMANDS)
    helps = dict(
        zip(
            names,
            (run.out.decode() for run in run_all([Wish((one, "--help"), str(ROOT)) for one in names])),
            strict=True,
        )
    )
    (top,) = run_all([Wish(("--help",), str(ROOT))])
    everything = top.out.decode() + "".join(helps.values())
    missing = []
    for page in (*PAGES, *OTHER_PAGES):
        for command, rest in commands(page):
            known = helps.get(command, "")
            missing += [(page.name, command, one) for one in re.findall(r"--[a-z][a-z-]+", rest) if one not in known]
        for one in re.findall(r"`(--[a-z][a-z-]+)", prose(page)):
            missing += [] if one in everything else [(page.name, one)]
    assert missing == []


def test_every_command_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    assert [
        command for command in COMMANDS if f"| `rfm {command}" not in text and f", `rfm {command}" not in text
    ] == []


def test_ci_runs_the_readme_test_command() -> None:
    setup = [block.body.strip() for block in blocks_of("sh", README)]
    assert setup[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("page", [*PAGES, *OTHER_PAGES], ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    dead = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if "://" not in link and (not target.exists() or (anchor and anchor not in anchors(target))):
            dead.append(link)
    assert dead == []


def test_every_page_is_linked_from_the_readme() -> None:
    reached, waiting = set(), [README]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        targets = {(page.parent / link.partition("#")[0]).resolve() for link in links(page)}
        waiting += [one for one in targets & set(PAGES) if one not in reached]
    assert reached == set(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_pages_are_short(page: Path) -> None:
    size = page.stat().st_size
    least, most = README_BYTES if page == README else (0, MOST_BYTES)
    assert least <= size <= most


@pytest.mark.parametrize("page", [*PAGES, *OTHER_PAGES], ids=name)
def test_prose_is_plain(page: Path) -> None:
    text = re.sub(r"`[^`\n]*`", "", prose(page))
    assert [found.group() for pattern in (BANNED, BRITISH) for found in pattern.finditer(text)] == []


def test_places_in_contributing_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = [ROOT / name for name in ("rfm_cli", "tests", "docs", "sample_data", "tools")]
    tree = [f"/{path.relative_to(ROOT)}" for place in places for path in place.rglob("*")]
    named = re.findall(r"`((?:\w+/)*\w+(?:/|\.py|\.toml|\.md))`", text)
    assert [one for one in named if not any(path.endswith(f"/{one.rstrip('/')}") for path in tree)] == []


def test_names_in_contributing_exist() -> None:
    """A name behind a file of the package, such as `config.py`, `SETTINGS`, is in that file."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w/]+\.py)`, `(\w+)`", text)
    assert [
        (file, one)
        for file, one in named
        if not re.search(
            rf"^(def {one}\(|{one}\b)", (ROOT / "rfm_cli" / file).read_text(encoding="utf-8"), re.MULTILINE
        )
    ] == []
    assert len(named) > 5


def test_no_text_names_a_package_that_no_index_has() -> None:
    files = [*PAGES, *OTHER_PAGES, *(ROOT / "rfm_cli").rglob("*.py"), *(ROOT / "rfm_cli").rglob("*.toml")]
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    assert [file.name for file, text in texts.items() if re.search(r"rfm-cli\[|install ['\"]?rfm\b(?!/)", text)] == []


NAMED = {"columns": "`[columns.TABLE]`"}
"""Sections of `rfm.toml` whose keys the user names, where they have further tables."""


def test_settings_are_those_of_the_code() -> None:
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+?) \| (.*?) \| `(RFM_\w+)` \|", text, re.MULTILINE)
    assert rows == [
        (
            f"`[{one.section}]` `{one.key}`" if one.key else NAMED.get(one.section, f"`[{one.section}]`"),
            "`ORDERS`" if setting == "orders" else f"`--{setting.replace('_', '-')}`",
            f"RFM_{setting.upper()}",
        )
        for setting, one in SETTINGS.items()
    ]


def test_rules_are_those_of_the_code() -> None:
    text = (DOCS / "reading-files.md").read_text(encoding="utf-8")
    table = text[text.index("## Rejected rows") : text.index("## Orders")]
    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.MULTILINE)) == RULES


def test_headings_are_those_of_the_code() -> None:
    text = (DOCS / "names.md").read_text(encoding="utf-8")
    table, further = text[text.index("## Headings") : text.index("## Statuses")].split("## Further headings of orders")
    rows = re.compile(r"^\| (\w+) \| `(.+)` \|$", re.MULTILINE)
    assert rows.findall(table) == [row for fields in ALIASES.values() for row in fields.items() if row[1]]
    assert rows.findall(further) == list(FURTHER["orders"].items())
    assert list(FURTHER) == ["orders", "events"]
    events = (DOCS / "events.md").read_text(encoding="utf-8").split("## Headings")[1].split("## Names of your own")[0]
    assert rows.findall(events) == list(FURTHER["events"].items())
    assert f"`{EMAILS}`" in further


@pytest.mark.parametrize(
    ("mark", "names"),
    [
        ("adds to it:\n", options.REJECTED_STATUSES),
    ],
    ids=["rejected"],
)
def test_words_are_those_of_the_code(mark: str, names: Iterable[str]) -> None:
    text = (DOCS / "names.md").read_text(encoding="utf-8")
    found = re.search(re.escape(mark) + "`(.+)`", text)
    assert found
    assert [fold(word) if word != "-" else word for word in found[1].split()] == [
        fold(name) if name != "-" else name for name in names
    ]


def test_names_of_events_are_those_of_the_code() -> None:
    text = (DOCS / "events.md").read_text(encoding="utf-8")
    about, names = text.split("## Names that are known")
    assert re.findall(r"^\| `(\w+)` \|", about, re.MULTILINE) == list(options.EVENT_KINDS)
    assert f"count the kinds `{' '.join(options.ENGAGING)}`" in about
    assert f"on a later day:\n  `{event_kinds.REOPENING}`" in about
    words = about.split("## Headings")[0]
    assert dict(re.findall(r"^\| (\w+) \| `(.+)` \|$", words, re.MULTILINE)) == event_kinds.CHANNEL_WORDS
    assert f"tell little of a customer:\n`{event_kinds.WITHOUT_KIND}`" in names
    tables = dict(part.split("\n", 1) for part in names.split("### ")[1:])
    rows = {whose: re.findall(r"^\| (\w+) \| (.+) \|$", table, re.MULTILINE)[1:] for whose, table in tables.items()}
    assert rows == {whose: list(kinds.items()) for whose, kinds in event_kinds.NAMES.items()}


def test_consents_are_those_of_the_code() -> None:
    text = (DOCS / "consents.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\w+) \| `(.+)` \|$", text, re.MULTILINE)
    words = {sense: " ".join(own) for sense, own in consent_words.WORDS.items()}
    assert dict(rows) == {**consent_headings.HEADINGS, **words}
    for parts in (consent_headings.STEMS, consent_headings.OBJECTIONS, consent_headings.TURNING, channels.NOTHING):
        assert f"`{' '.join(parts)}`" in text


def test_questions_in_words_have_their_answers(tmp_path: Path) -> None:
    text = (DOCS / "segments-in-words.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+\?) \| `(.+)` \| ([\d,]*) \|$", text, re.MULTILINE)
    assert len(rows) == 12
    shop = copy_of_the_shop(tmp_path)
    ended = run_all([Wish(("select", expression, "--count", "-q"), str(shop)) for _, expression, _ in rows])
    assert [(run.err, run.code) for run in ended] == [("", 0)] * 12
    found = [int(run.out.decode().splitlines()[1].split(",")[0]) for run in ended]
    assert [f"{count:,}" for count in found] == [count for *_, count in rows]
