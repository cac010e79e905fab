"""Which programs run side by side, for each kind of contest: `score` and its peers, the past, a night, the start.

The standard library alone; see measure.py.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cases import CASES, GOALS, MILLION, Case, Goal, short
from measure import BenchmarkError, Program
from selects import AS_OF, SELECTS

HERE = Path(__file__).resolve().parent
PEERS = ("duckdb", "polars")  # the ratio is to the faster of these
PANDAS_ROWS = 3 * MILLION
PACKAGES = {
    "lifetimes": "first_order, last_order, recency_days, monetary",
    "openretailscience": "recency_days, frequency, monetary",
}
PACKAGES_ROWS = MILLION
FEW = Case(10_000)
SELECT_ORDERS = 4 * MILLION
FEW_CSV = Case(10_000, format="csv")


@dataclass(frozen=True)
class Setting:
    """Where files and answers go, which rfm is measured, the Python of the packages, and what takes part."""

    folder: Path
    rfm: str
    packages_python: str | None = None
    groups: tuple[str, ...] = ("rfm", "peers", "floors")


@dataclass(frozen=True)
class Share:
    """A figure made of several programs' seconds: the sum of `part` over the sum of `whole`, each times a weight."""

    label: str
    part: dict[str, int]
    whole: dict[str, int]
    goal: float | None = None


@dataclass(frozen=True)
class Contest:
    """Programs that run in one another's company; ratios are to the fastest of `bases`, memory to the leanest.

    `processor` says that ratios are of the processors' seconds, not of those on the clock. `rows` and `family` are set
    where the contest is one of several sizes of the same kind of file.
    """

    name: str
    title: str
    programs: tuple[Program, ...]
    bases: tuple[str, ...]
    goals: dict[str, Goal]
    shares: tuple[Share, ...] = ()
    skipped: tuple[str, ...] = ()
    rows: int = 0
    family: str = ""
    processor: bool = False


def prepared(case: Case, folder: Path) -> Path:
    """Return the case's file, and make it if it is not there yet."""
    source = folder / case.file_name()
    if not source.exists():
        made(case.maker_options(), source)
    return source


def prepared_night(case: Case, folder: Path) -> tuple[Path, Path]:
    """Return the files of the rows before the last day and of the last day; make them if they are not there yet."""
    before, last_day = (folder / f"{part}-{case.file_name()}" for part in ("before", "last-day"))
    if not (before.exists() and last_day.exists()):
        made([*case.maker_options(), f"--last-day={last_day}"], before)
    return before, last_day


def made(options: list[str], target: Path) -> None:
    print(f"making {target}", file=sys.stderr)
    subprocess.run([sys.executable, str(HERE / "make_orders.py"), *options, "-o", str(target)], check=True)


def fresh_folder(setting: Setting, name: str) -> Path:
    """Make an empty folder for a contest's answers."""
    answers = setting.folder / "answers" / name
    shutil.rmtree(answers, ignore_errors=True)
    answers.mkdir(parents=True)
    return answers


def script(name: str, *words: str | Path, python: str = sys.executable) -> tuple[str, ...]:
    """Return the command line of a script beside this one."""
    return (python, str(HERE / name), *map(str, words))


def peers(case: Case, source: Path, answers: Path, setting: Setting) -> tuple[list[Program], list[str]]:
    """Return the peers that can take part, and why the others can't."""
    options = [f"--ids={case.kind_of_ids()}", *(["--refunds"] if case.dirt else [])]
    names, skipped = list(PEERS), []
    pythons = dict.fromkeys([*PEERS, "pandas"], sys.executable)
    if case.rows <= PANDAS_ROWS:
        names.append("pandas")
    else:
        skipped.append("pandas takes part up to 3 M rows")
    if case.rows <= PACKAGES_ROWS and not case.dirt and case.order_id and setting.packages_python:
        names += PACKAGES
        pythons |= dict.fromkeys(PACKAGES, setting.packages_python)
    elif case.rows <= PACKAGES_ROWS and not case.dirt:
        skipped.append(f"{' and '.join(PACKAGES)}: no --packages-python that has them")
    programs = []
    for name in names:
        target = answers / f"{name}.parquet"
        command = script(f"peer_{name}.py", source, target, *options, python=pythons[name])
        programs.append(Program(name, command, target, name in PACKAGES))
    return programs, skipped


def floors(case: Case, source: Path, answers: Path, answer: Path | None) -> list[Program]:
    """Return the floors: importing, scanning, and writing the answer if a program that takes part gives one."""
    options = [f"--ids={case.kind_of_ids()}", *(["--refunds"] if case.dirt else [])]
    programs = [
        Program("import", (sys.executable, "-c", "import polars")),
        Program("scan", script("floor_scan.py", source, os.devnull, *options)),
    ]
    if answer:
        ready = answers / "ready.arrow"
        write = script("floor_write.py", ready, answers / "written.parquet")
        programs.append(Program("write", write, first=script("floor_write.py", "--prepare", answer, ready)))
    return programs


def score_contest(name: str, case: Case, setting: Setting) -> Contest:
    """`rfm score`, its peers and its floors on one file."""
    source = prepared(case, setting.folder)
    answers = fresh_folder(setting, source.name)
    programs, skipped = peers(case, source, answers, setting) if "peers" in setting.groups else ([], [])
    if "rfm" in setting.groups:
        programs.append(rfm(setting, "rfm", "score", source, answer=answers / "rfm.parquet"))
    if "floors" in setting.groups:
        programs += floors(case, source, answers, programs[0].answer if programs else None)
    goals = {"rfm": GOALS[name]} if name in GOALS else {}
    title = f"`rfm score` on {source.name}"
    return Contest(name, title, tuple(programs), PEERS, goals, (), tuple(skipped), case.rows, case.family())


def rfm(
    setting: Setting, name: str, *words: str | Path, answer: Path, compared: bool = True, first: tuple[str, ...] = ()
) -> Program:
    """Return a quiet rfm command that writes Parquet."""
    command = (setting.rfm, *map(str, words), "-o", str(answer), "-q")
    return Program(name, command, answer if compared else None, first=first)


def past_contest(name: str, case: Case, setting: Setting) -> Contest:
    """Questions about the past, and the other views, beside one score of the same orders."""
    orders = prepared(case, setting.folder)
    answers = fresh_folder(setting, name.replace(":", "-"))
    cutoffs = answers / "cutoffs.toml"
    year = ["--from", "2024", "--to", "2025"]
    months = ["--from", "2023-12", "--to", "2025-12", "--every", "month"]
    history = ["--from", "2023-01-01", "--to", "2025", "--speed", "--cuts", str(cutoffs)]
    questions = {
        "score": ["score"],
        "migrate, two dates": ["migrate", *year],
        "migrate --every month, 24": ["migrate", *months],
        "migrate --speed, a year": ["migrate", *year, "--speed"],
        "migrate --speed, all": ["migrate", *history],
        "score --history": ["score", "--history"],
        "segments": ["segments"],
        "grid": ["grid"],
        "vip": ["vip"],
        "matrix": ["matrix", "--by", "recency,monetary"],
    }
    out = answers / "answer.parquet"
    # Cutoffs of the first day would be those of a handful of orders.
    save = (setting.rfm, "score", str(orders), "--save-cuts", str(cutoffs), "-o", str(out), "-q")
    programs = [
        rfm(setting, label, *words, orders, answer=out, compared=False, first=save if label == "score" else ())
        for label, words in questions.items()
    ]
    reach = {"migrate, two dates": 1.2, "migrate --speed, a year": 1.3, "migrate --speed, all": 1.8}
    goals = {label: Goal(ratio) for label, ratio in reach.items()}
    title = f"The past, and other views, beside one score of {orders.name}"
    return Contest(name, title, tuple(programs), ("score",), goals)


def adding(setting: Setting, name: str, night: tuple[Path, Path], work: Path) -> Program:
    """Adding the rows of a last day to a fresh copy of the roll-up of those before, in the folder `work`."""
    before, last_day = night
    kept = work.with_name(f"{work.name}-kept")
    roll_up = (setting.rfm, "rollup", str(before), str(kept), "--grain", "day", "-q")
    add = (setting.rfm, "rollup", str(work), "--add", str(last_day), "-q")
    return Program(name, add, first=roll_up, fresh=(kept, work))


def nightly_contest(name: str, case: Case, setting: Setting) -> Contest:
    """Compare a roll-up of three years less a day, that day added, and scores from it with reading all orders."""
    orders, night = prepared(case, setting.folder), prepared_night(case, setting.folder)
    few, few_night = prepared(FEW, setting.folder), prepared_night(FEW, setting.folder)
    answers = fresh_folder(setting, name.replace(":", "-"))
    work, view = answers / "work", answers / "segments.parquet"
    programs = (
        rfm(setting, "score, orders", "score", orders, answer=answers / "orders.parquet"),
        adding(setting, "rollup --add a day", night, work),
        adding(setting, "rollup --add, few orders", few_night, answers / "few"),
        rfm(setting, "score, roll-up", "score", work, answer=answers / "rollup.parquet"),
        rfm(setting, "segments, orders", "segments", orders, answer=view, compared=False),
        rfm(setting, "segments, roll-up", "segments", work, answer=view, compared=False),
        rfm(setting, "segments, few orders", "segments", few, answer=view, compared=False),
    )
    start, add_start = "segments, few orders", "rollup --add, few orders"
    shares = (
        Share(
            "a night, whole: adding the day and scoring the roll-up, of scoring all orders",
            {"rollup --add a day": 1, "score, roll-up": 1},
            {"score, orders": 1},
        ),
        Share(
            "its order-reading part: adding and segments of the roll-up, each less its start (the same with few "
            "orders), of segments of all orders less its start; scoring the customers is in both",
            {"rollup --add a day": 1, add_start: -1, "segments, roll-up": 1, start: -1},
            {"segments, orders": 1, start: -1},
            0.15,
        ),
        Share(
            "the same for adding alone",
            {"rollup --add a day": 1, add_start: -1},
            {"segments, orders": 1, start: -1},
        ),
    )
    title = f"A night: the roll-up of three years and one new day, beside {orders.name}"
    return Contest(name, title, programs, ("score, orders",), {}, shares)


def memory_contest(name: str, case: Case, setting: Setting) -> Contest:
    """One score under limits of memory, beside one without."""
    orders = prepared(case, setting.folder)
    answers = fresh_folder(setting, name.replace(":", "-"))
    programs = [rfm(setting, "score", "score", orders, answer=answers / "free.parquet")]
    for limit in ("4GB", "1GB", "500MB"):
        label = f"score --memory {limit}"
        answer = answers / f"{limit}.parquet"
        programs.append(rfm(setting, label, "score", orders, "--memory", limit, answer=answer))
    return Contest(name, f"Under a limit of memory, {orders.name}", tuple(programs), ("score",), {})


def select_contest(name: str, part: str, setting: Setting) -> Contest:
    """Compare a segment in words with the same in SQL, on 10 M lines, 4 M orders and 20 M events."""
    if part not in SELECTS:
        raise BenchmarkError(f"no such segment: {part}; there are {', '.join(SELECTS)}")
    folder = setting.folder / f"tables-{short(SELECT_ORDERS)}-orders"
    if not (folder / "events.parquet").exists():
        options = (f"--orders={SELECT_ORDERS}", "-o", folder)
        print(f"making {folder}", file=sys.stderr)
        subprocess.run(script("make_tables.py", *options), check=True)
    answers, select = fresh_folder(setting, name.replace(":", "-")), SELECTS[part]
    alone, whole, figures = answers / "duckdb.parquet", answers / "whole.parquet", answers / "figures.json"
    programs = [
        Program("duckdb", script("peer_select.py", part, folder, whole, figures), whole),
        Program("duckdb, ids alone", script("peer_select.py", part, folder, alone), alone),
        select_program(setting, select.expression, folder, answers / "rfm.parquet"),
    ]
    goals = {"rfm": Goal(2.2, select.goal_mb)}
    title = f"`rfm select`: {select.title}; the ratio is of cpu s, for the ids and the figures of the headline"
    return Contest(name, title, tuple(programs), ("duckdb",), goals, processor=True)


def select_program(setting: Setting, expression: str, folder: Path, answer: Path) -> Program:
    """Return rfm with an expression, given all tables of a shop."""
    tables = [word for table in ("lines", "events", "customers", "products") for word in table_option(table, folder)]
    words = ("select", expression, folder / "orders.parquet", *tables, "--as-of", AS_OF)
    return rfm(setting, "rfm", *words, answer=answer)


def table_option(table: str, folder: Path) -> tuple[str, Path]:
    return f"--{table}", folder / f"{table}.parquet"


def start_contest(name: str, part: str, setting: Setting) -> Contest:
    """How soon rfm is there: help and completion beside a bare Typer program, few orders beside importing Polars."""
    if part == "help":
        programs = [Program("bare Typer program", script("startup_bare.py", "--help"))]
        programs += [Program("rfm --help", (setting.rfm, "--help"))]
        programs += [Program("rfm score --help", (setting.rfm, "score", "--help"))]
        return Contest(name, "Help", tuple(programs), (programs[0].name,), {"rfm --help": Goal(2.0)})
    if part == "completion":
        programs = [
            Program("bare Typer program", script("startup_bare.py"), environment=completing("bare", "complete_bash")),
            Program("rfm", (setting.rfm,), environment=completing("rfm", "bash_complete")),
        ]
        return Contest(name, "Completion in the shell", tuple(programs), (programs[0].name,), {"rfm": Goal(2.0)})
    if part != "score":
        raise BenchmarkError(f"no such start: {part}; there are start:help, start:completion and start:score")
    answers = fresh_folder(setting, "start-score")
    programs = [Program("import polars", (sys.executable, "-c", "import polars"))]
    for case in (FEW, FEW_CSV):
        label, orders = f"score, 10,000 orders of {case.format}", prepared(case, setting.folder)
        programs.append(rfm(setting, label, "score", orders, answer=answers / f"{case.format}.parquet"))
    goals = {program.name: Goal(2.0) for program in programs[1:]}
    return Contest(name, "Few orders", tuple(programs), (programs[0].name,), goals)


def completing(program: str, wish: str) -> tuple[tuple[str, str], ...]:
    """Return the environment in which bash asks a program to complete `sc`."""
    # Typer and Click word the wish differently.
    return ((f"_{program.upper()}_COMPLETE", wish), ("COMP_WORDS", f"{program} sc"), ("COMP_CWORD", "1"))


PARTS = {"start": start_contest, "select": select_contest}
KINDS = {"past": past_contest, "nightly": nightly_contest, "memory": memory_contest}
STARTS = ("start:help", "start:completion", "start:score")
SEGMENTS = tuple(f"select:{name}" for name in SELECTS)
NAMES = (*CASES, "past:10m-dense", "nightly:10m-dense", "memory:100m-dense", *STARTS, *SEGMENTS)


def contest(name: str, setting: Setting) -> Contest:
    """Return the contest of that name: a case, KIND:CASE, or start:PART and the like; make the files that it needs."""
    kind, _, rest = name.partition(":")
    if name in CASES:
        return score_contest(name, CASES[name], setting)
    if kind in KINDS and rest in CASES:
        return KINDS[kind](name, CASES[rest], setting)
    if kind in PARTS:
        return PARTS[kind](name, rest, setting)
    raise BenchmarkError(f"no such case: {name}; --list shows them all")
