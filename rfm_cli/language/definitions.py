"""The named segments and axes of rfm.toml: read, parsed, and checked all at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from itertools import chain, islice
from pathlib import Path

from rfm_cli.errors import UsageError, did_you_mean
from rfm_cli.language.named import Named, NamedAxis, NamedSegment
from rfm_cli.language.nodes import And, Bare, Name
from rfm_cli.safe_text import printable
from rfm_cli.schemes import Scheme, in_rank_order, load_scheme
from rfm_cli.tables.fields import fold
from rfm_cli.toml_tables import Table, read_toml

SEGMENTS, AXES, LINKED = "segments", "axes", "linked"
DEFAULT_SCHEME = "rf12"
SETTING = "new_subscriber"
"""The key of `[segments]` that is a setting and no segment."""
CHILD = ("of", "where", "next_step")
OTHER = "Other"
"""The value of an axis for customers that none of its segments has."""
MOST_ERRORS = 20
"""The most errors of a file that are listed."""
DEEPEST = 100
"""The most segments that name one another in a row."""

MEASURES = (
    "customer_id recency_days frequency monetary first_order last_order tenure_days aov r f m rfm segment vip "
    "engagement last_event known_from segment_since previous_segment birthday age recency tenure "
    "gaps median_gap usual_gap expected_order overdue_days outgrown channel items"
).split()
TABLES = "orders refunds lines events customers products goods letters".split()
KEYWORDS = (
    "all and any anniversary as_of before between by count distinct false file first has in last later like max min "
    "minus next no none not of older on or reachable since snapshot sum than true until with within without after"
).split()
TAKEN = {
    **{fold(name): f"the measure {name}" for name in MEASURES},
    **{fold(name): f"the table {name}" for name in TABLES},
    **{fold(name): f"the word {name} of expressions" for name in KEYWORDS},
    fold(OTHER): f"the value {OTHER} of axes",
}
"""What has a name already, by folded name."""


def names_in(file: Path) -> tuple[list[str], list[str]]:
    """Return the names of the segments and of the axes of a file, as they are written, without a look at the rest."""
    top = read_toml(file)
    return [key for key in top.table(SEGMENTS).values if key != SETTING], list(top.table(AXES).values)


def named_segments(file: str | Path, scheme: Scheme | None = None) -> Named:
    """Read the segments and axes of an rfm.toml. Raises `UsageError` that lists everything that is wrong with them.

    Without a `scheme` it is the one that the file names.
    """
    top = read_toml(Path(file))
    problems: list[UsageError] = []
    segments = _segments(top.table(SEGMENTS), Path(file), problems)
    axes = _axes(top.table(AXES), problems)
    named = Named({fold(one.name): one for one in segments}, {fold(one.name): one for one in axes}, str(file))
    of_scheme = _names_of(scheme or _scheme_of(top))
    linked = {fold(name): f"the table {name}" for name in top.table(LINKED).values}
    # What a segment with an error is called is known all the same.
    names = [key for key in top.table(SEGMENTS).values if key != SETTING]
    found = chain(
        _names_taken(top, {**TAKEN, **linked, **of_scheme}),
        _unknown_parents(top, named, names),
        _unknown_members(top, named, names, of_scheme),
        _circles(top, named),
    )
    # Each error looks for its line in the file.
    problems += islice(found, max(MOST_ERRORS - len(problems), 0))
    if problems:
        raise _together(str(file), problems)
    return _spelled(named, scheme or _scheme_of(top))


def _spelled(named: Named, scheme: Scheme) -> Named:
    """Return the segments and axes with every name of a segment as it is defined, or as the scheme has it."""
    names = {fold(name): name for name in in_rank_order(scheme, new_subscribers=True)}
    names |= {key: one.name for key, one in named.segments.items()}
    axes = {
        key: NamedAxis(one.name, tuple(names[fold(each)] for each in one.members)) for key, one in named.axes.items()
    }
    segments = {key: replace(one, of=names[fold(one.of)] if one.of else "") for key, one in named.segments.items()}
    return replace(named, segments=segments, axes=axes)


def _scheme_of(top: Table) -> Scheme:
    """Return the scheme that a file names; the path of one is relative to the file."""
    name = top.table("scheme").text("name", DEFAULT_SCHEME)
    return load_scheme(str(Path(top.file).parent / name) if name.endswith(".toml") else name, None)


def _names_of(scheme: Scheme) -> dict[str, str]:
    """Return the segments of a scheme by folded name, as messages call them."""
    names = in_rank_order(scheme, new_subscribers=True)
    return {fold(name): f"the segment {name} of the scheme {scheme.name}" for name in names}


def _segments(table: Table, file: Path, problems: list[UsageError]) -> list[NamedSegment]:
    """Return the segments of a table; those that cannot be read are among the problems."""
    found = []
    for key in table.values:
        if key == SETTING:
            continue
        try:
            found.append(_segment(table, key, file))
        except UsageError as error:
            problems.append(error)
        if len(problems) >= MOST_ERRORS:
            break
    return found


def _segment(table: Table, key: str, file: Path) -> NamedSegment:
    """Return the segment under a key: an expression, or a table of a part of another segment."""
    from rfm_cli.language.parse import parse_expression

    folder = str(file.parent)
    if not isinstance(table.values[key], dict):
        if not isinstance(table.values[key], str):
            raise table.wrong(key, "an expression in quotes")
        _refuse_length(table, key)
        return NamedSegment(key, parse_expression(table.text(key), key, folder))
    child = table.table(key)
    child.check_keys(CHILD, ["where"])
    whole = parse_expression(child.text("where"), key, folder)
    of, next_step = child.prose("of"), child.prose("next_step")
    if of:
        # As a name alone: where the parent is unknown, so is the child, unless its own condition is false.
        whole = replace(whole, expr=And((Bare(Name((of,))), whole.expr)))
    return NamedSegment(key, whole, of, next_step)


def _refuse_length(table: Table, key: str) -> None:
    """Raise `UsageError` for a length of time alone, which is the value of a setting."""
    if re.fullmatch(r"\s*\d+\s*\w*\s*", table.text(key)):
        raise table.error(key, f"is no segment: {table.text(key)!r} is no condition", f"did you mean {SETTING}?")


def _axes(table: Table, problems: list[UsageError]) -> list[NamedAxis]:
    """Return the axes of a table; those that cannot be read are among the problems."""
    found = []
    for key in table.values:
        try:
            members = table.texts(key)
            if not members:
                raise table.wrong(key, 'a list of segments, such as ["autumn", "browsed"]')
            found.append(NamedAxis(key, members))
        except UsageError as error:
            problems.append(error)
        if len(problems) >= MOST_ERRORS:
            break
    return found


def _names_taken(top: Table, taken: Mapping[str, str]) -> Iterator[UsageError]:
    """Yield the errors of names that cannot be names, and of those that something else has."""
    seen = dict(taken)
    for section, what in ((SEGMENTS, "segment"), (AXES, "axis")):
        table = top.table(section)
        for key in table.values:
            if section == SEGMENTS and key == SETTING:
                continue
            if not fold(key) or re.search("[,>/]", key) or key != printable(key):
                yield table.error(key, "is no name", "a name has letters or digits, and no comma, > or /")
            elif other := seen.get(fold(key)):
                yield table.error(key, f"is called like {other}", "choose another name")
            else:
                seen[fold(key)] = f"the {what} {key}"


def _unknown_parents(top: Table, named: Named, names: Sequence[str]) -> Iterator[UsageError]:
    """Yield the errors of segments that are parts of segments that there are not."""
    known = set(map(fold, names))
    for one in named.segments.values():
        if one.of and fold(one.of) not in known:
            others = [name for name in names if name != one.name]
            error = top.table(SEGMENTS).table(one.name).error
            yield error("of", f"names no segment: {one.of!r}", did_you_mean(one.of, others))


def _unknown_members(
    top: Table, named: Named, names: Sequence[str], of_scheme: Mapping[str, str]
) -> Iterator[UsageError]:
    """Yield the errors of axes that name segments that there are not, or one of them twice."""
    known = {*map(fold, names), *of_scheme}
    error = top.table(AXES).error
    for axis in named.axes.values():
        seen: set[str] = set()
        for member in axis.members:
            if fold(member) in seen:
                yield error(axis.name, f"names {member!r} twice", "each customer has one value")
            elif fold(member) not in known:
                yield error(axis.name, f"names no segment: {member!r}", did_you_mean(member, names))
            seen.add(fold(member))


def _circles(top: Table, named: Named) -> Iterator[UsageError]:
    """Yield the error of segments that name one another in a circle, or in too long a row."""
    graph = {name: _named_in(one, named) for name, one in named.segments.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        # The sorter lists what is named before what names it.
        names = [named.segments[name].name for name in reversed(error.args[1])]
        yield top.table(SEGMENTS).error(names[0], f"names itself: {' -> '.join(names)}", "break the circle")
        return
    depths: dict[str, int] = {}
    for name in order:
        depths[name] = 1 + max((depths[one] for one in graph[name]), default=0)
    if too_deep := next((name for name in order if depths[name] > DEEPEST), None):
        name = named.segments[too_deep].name
        yield top.table(SEGMENTS).error(name, f"names more than {DEEPEST} segments in a row", "name fewer of them")


def _named_in(segment: NamedSegment, named: Named) -> list[str]:
    """Return the folded names of the segments that one names, each once."""
    found = (fold(name) for name in named.asked_by(segment.definition.expr))
    return [name for name in dict.fromkeys(found) if name in named.segments]


def _together(file: str, problems: Sequence[UsageError]) -> UsageError:
    """Return one error of all problems, each with its hint."""
    if len(problems) == 1:
        (one,) = problems
        message = one.message if one.message.startswith(file) else f"{file}: {one.message}"
        return UsageError(message, one.hint, has_lines=one.has_lines)
    more = " at least" if len(problems) >= MOST_ERRORS else ""
    lines = [f"{file}: {len(problems)} errors{more} in [{SEGMENTS}] and [{AXES}]"]
    for one in problems:
        message = one.message.removeprefix(f"{file}: ")
        first, *rest = message.split("\n") if one.has_lines else [message]
        lines += [f"- {first}{f' ({one.hint})' if one.hint else ''}", *rest]
    return UsageError("\n".join(lines), has_lines=True)
