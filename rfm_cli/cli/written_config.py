"""The text of an `rfm.toml` that says how the tables of a run were read, for `rfm init` and `rfm check --save`.

What a run was given becomes settings. What it found by itself becomes comments: the file finds it again.
"""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from pathlib import Path

from rfm_cli.cli.session import Session
from rfm_cli.config import FILE, SETTINGS, TABLE_NAMES, Settings, Value, pairs_of
from rfm_cli.errors import RfmError, UsageError
from rfm_cli.model import Finding, TablePaths
from rfm_cli.notes import Note, note
from rfm_cli.output.target import Sink
from rfm_cli.safe_text import is_utf8
from rfm_cli.tables.event_kinds import kind as kind_of_event
from rfm_cli.tables.event_kinds import likely_kind
from rfm_cli.tables.fields import TABLES, fold
from rfm_cli.tables.map_option import parse_maps
from rfm_cli.tables.uses import is_used
from rfm_cli.toml_text import Written, assignment, comment, key

OF_ONE_RUN = ("as_of", "memory", "lang")
"""Settings that are not about how tables are read."""
MADE_ANEW = ("tables", "columns", "events", "consent")
"""Sections that a file has of the tables that were looked at."""
JOB = """\
[jobs.nightly]  # rfm run nightly --as-of yesterday
keep = 30  # runs; older ones are removed
fail_on = ["rejected>5%"]
outputs = [
  "score -o scores.csv",
  "segments -o segments.csv",
  "report -o report.html",
]"""
BACKUP = f"{FILE}.bak"
"""Where a file that is replaced is kept."""


def write_config(
    session: Session,
    paths: TablePaths,
    findings: Sequence[Finding],
    *,
    force: bool,
    unread: Mapping[str, RfmError] = {},
) -> None:
    """Write `rfm.toml` in the working directory, with the outputs of the session; a replaced one stays as a backup.
    `unread` are the tables that cannot be read yet, which comments name.

    Raises `UsageError` where there is one already, without `force`.
    """
    refuse_existing(force=force)
    place, old = Path(FILE), Path(FILE).read_bytes() if Path(FILE).exists() else None
    before = tomllib.loads(old.decode("utf-8-sig")) if old else {}
    content = config_text(session.settings, paths, findings, unread, before)
    if old is not None and old != content.encode():
        session.delivery.out.write(BACKUP, lambda target: _put(target, old))
    session.delivery.out.write(str(place), lambda target: _put(target, content.encode()))
    names = ", ".join(name for name in TABLES if getattr(paths, name))
    kept = f"; the file of before is {BACKUP}" if old is not None and old != content.encode() else ""
    then = "score" if paths.orders or session.settings.texts("purchase_events") else "check"
    done = note(f"{FILE}: written, with {names}{kept}; look at it, then run rfm {then}")
    says = [*_on_no_orders(session.settings, paths, findings), done]
    session.delivery.out.afterward(lambda: session.narrator.say(says))


def _on_no_orders(settings: Settings, paths: TablePaths, findings: Sequence[Finding]) -> Iterator[Note]:
    """Remark on missing orders, with the events that are purchases by their names."""
    if not paths.orders and not settings.texts("purchase_events"):
        names = ",".join(_purchases(settings, findings))
        option = f"--purchase-events {shlex.quote(names) if names else 'NAME'}"
        yield note(f"no orders: name their file; where events are orders, {option}")


def _purchases(settings: Settings, findings: Sequence[Finding]) -> list[str]:
    """List the names of events that are purchases."""
    own = {fold(name): kind for name, kind in pairs_of(settings.texts("event_kind"), "--event-kind").items()}
    names = [one.item for one in findings if one.table == "events" and one.topic == "event"]
    return [name for name in names if kind_of_event(name, own) == "purchase"]


def refuse_existing(*, force: bool) -> None:
    """Raise `UsageError` where the working directory has an `rfm.toml` already, without `force`."""
    if Path(FILE).exists() and not force:
        raise UsageError(f"{FILE} is here already, and is not written over", f"--force keeps it as {BACKUP}")


def _put(target: Sink, content: bytes) -> None:
    target.write(content)


def config_text(
    settings: Settings,
    paths: TablePaths,
    findings: Sequence[Finding],
    unread: Mapping[str, RfmError] = {},
    before: Mapping[str, object] = {},
) -> str:
    """Return the text of the file for the tables at `paths`, with comments on what was found in them.

    What the file of `before` has and this one would not is kept: linked tables, segments, axes, jobs and the like.
    """
    sections = [
        _tables(paths, unread),
        *_columns(settings, findings),
        *_events(settings, findings),
        *_consent(settings, findings),
    ]
    written = {section: list(lines) for section, lines in sections}
    rest: dict[str, list[str]] = {}
    for name, value in settings.values.items():
        setting = SETTINGS[name]
        if name not in OF_ONE_RUN and name not in TABLE_NAMES and name not in ("map", "event_kind", "known"):
            rest.setdefault(setting.section, []).append(assignment(setting.key, _as_written(value, setting.kind)))
    for section, lines in rest.items():
        written[section] = [*written.get(section, []), *lines]
    written.setdefault("reading", []).extend(_orders_in_events(settings, paths, findings))
    written.setdefault("clock", []).extend(_zone(settings, findings))
    known = settings.texts("known")
    for section, kept in _kept(before, _plain({**written, **({"run": ["known = []"]} if known else {})})):
        written[section] = [*written.get(section, []), *kept]
    top = ["# How rfm reads the files of this folder. All keys: docs/configuration.md"]
    top += ["", assignment("known", known)] if known else []
    blocks = ["\n".join(top)]
    blocks += [_block(section, lines) for section, lines in written.items() if lines]
    if "jobs" not in before:
        job = "\n".join(f"# {line}" for line in JOB.splitlines())
        blocks.append(f"# A job makes these files every night; without the marks it is one:\n{job}")
    return "\n\n".join(blocks) + "\n"


def _plain(written: Mapping[str, Sequence[str]]) -> Mapping[str, object]:
    """Return the sections of a file as its reader has them."""
    return tomllib.loads("\n".join(_block(section, lines) for section, lines in written.items()))


def _kept(before: Mapping[str, object], now: Mapping[str, object]) -> Iterator[tuple[str, list[str]]]:
    """Yield the sections of a file, with the lines of what another does not have; those of tables are made anew."""
    for name, section in before.items():
        if name not in MADE_ANEW and isinstance(section, dict):
            yield from _missing(key(name), section, now.get(name))


def _missing(path: str, before: Mapping[str, object], now: object) -> Iterator[tuple[str, list[str]]]:
    known = now if isinstance(now, dict) else {}
    lines = [
        assignment(name, value)
        for name, value in before.items()
        if name not in known and isinstance(value, str | bool | int | float | date | time | list)
    ]
    inner = {name: value for name, value in before.items() if isinstance(value, dict)}
    if lines:
        yield path, lines
    for name, value in inner.items():
        yield from _missing(f"{path}.{key(name)}", value, known.get(name))


def map_lines(settings: Settings) -> list[str]:
    """Return the maps of the command line as lines of the file; none where there are none."""
    if "map" not in settings.given:
        return []
    lines = []
    for table, fields in parse_maps(settings.texts("map")).items():
        lines += [f"[columns.{key(table)}]", *(assignment(field, heading) for field, heading in fields.items())]
    return lines


def _block(section: str, lines: Sequence[str]) -> str:
    """Return a table with its lines; one of comments alone has its header as a comment too."""
    head = f"[{section}]"
    return "\n".join([head if any(not line.startswith("#") for line in lines) else comment(head), *lines])


def _tables(paths: TablePaths, unread: Mapping[str, RfmError]) -> tuple[str, list[str]]:
    lines = []
    for name in TABLES:
        given = [str(path) for path in getattr(paths, name)]
        for path in given:
            if path == "-" or not is_utf8(path):
                what = "standard input" if path == "-" else f"a path that is not UTF-8 ({path})"
                raise UsageError(f"{what} cannot be written in {FILE}", "give the path of a file")
        if given:
            lines.append(assignment(name, given[0] if len(given) == 1 else given))
        if name in unread:
            error = unread[name]
            lines.append(comment(f"{name} cannot be read yet: {error.message}; {error.hint}"))
    return "tables", ["# relative to this file", *lines]


def _columns(settings: Settings, findings: Sequence[Finding]) -> Iterator[tuple[str, list[str]]]:
    """Yield the map of each table: what was given as settings, what was found as comments."""
    given = parse_maps(settings.texts("map"))
    found: dict[str, dict[str, list[str]]] = {}
    for one in findings:
        role = one.role
        if role and role.field and is_used(role.used_for) and role.field not in given.get(one.table, {}):
            own = assignment(role.field, role.heading)
            line = comment(f"{own}  # found by {role.by}: {role.used_for}")
            found.setdefault(one.table, {}).setdefault(role.field, []).append(line)
    for table in dict.fromkeys([*TABLES, *given]):
        lines = [assignment(field, heading) for field, heading in given.get(table, {}).items()]
        lines += [lines[0] for lines in found.get(table, {}).values()]
        idle = [
            one.role.heading for one in findings if one.table == table and one.role and not is_used(one.role.used_for)
        ]
        lines += [comment(f"for expressions and --with: {', '.join(dict.fromkeys(idle))}")] if idle else []
        yield f"columns.{key(table)}", lines


def _events(settings: Settings, findings: Sequence[Finding]) -> Iterator[tuple[str, list[str]]]:
    """Yield the kinds of the user's events, and as comments the events without a kind."""
    given = pairs_of(settings.texts("event_kind"), "--event-kind")
    open_ones = [one.item for one in findings if one.topic == "event" and one.change_with]
    lines = [assignment(name, kind) for name, kind in given.items()]
    if open_ones:
        lines.append(comment("these count for nothing; give them a kind where they are one: open, view, feedback, ..."))
        lines += [comment(assignment(name, likely_kind(name))) for name in open_ones]
    yield "events", lines


def _orders_in_events(settings: Settings, paths: TablePaths, findings: Sequence[Finding]) -> list[str]:
    """Return a comment that takes the purchases among the events as orders, where there are no others."""
    names = _purchases(settings, findings)
    if paths.orders or settings.texts("purchase_events") or not names:
        return []
    return [comment(f"{assignment('purchase_events', names)}  # without the mark, these events are the orders")]


def _consent(settings: Settings, findings: Sequence[Finding]) -> Iterator[tuple[str, list[str]]]:
    """Yield as comments the columns by which customers have agreed or not."""
    found = [comment(f"{one.item}: {one.found}") for one in findings if one.topic == "consent"]
    asks = not found and not settings.texts("consent_given")
    if asks and any(one.table == "customers" and one.role and one.role.field == "email" for one in findings):
        found = [comment("no column says who has agreed; if all have:"), comment('given = ["email"]')]
    yield "consent", found


def _zone(settings: Settings, findings: Sequence[Finding]) -> list[str]:
    """Return a comment on the time zone where none is set."""
    if settings.text("timezone") or not any(one.table == "orders" for one in findings):
        return []
    return [comment('timezone = "Europe/Berlin"  # the calendar of days, where times have an offset; UTC without it')]


def _as_written(value: Value, kind: str) -> Written:
    """Return a value as its line has it; pairs become a table where all of them are pairs."""
    if kind == "pairs" and isinstance(value, tuple) and all("=" in one for one in value):
        pairs: Mapping[str, str] = pairs_of(value, "")
        return dict(pairs)
    if isinstance(value, tuple):
        return value[0] if kind == "paths" and len(value) == 1 else list(value)
    return value
