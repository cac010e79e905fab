"""Schemes in plain text, for `rfm schemes`: a table of what is shipped, and the map of one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from decimal import Decimal
from itertools import zip_longest

from rfm_cli.messages import Figure, Listed, Message, SchemeText, Value, Words, message, words
from rfm_cli.schemes.load import load_scheme, shipped
from rfm_cli.schemes.model import AXES, Axis, Scheme

WIDTH = 80


def scheme_rows() -> list[dict[str, str | int]]:
    """Return one row per shipped scheme: name, title, bins, by, and the number of its segments.

    >>> scheme_rows()[0]["name"], scheme_rows()[0]["bins"], scheme_rows()[0]["segments"]
    ('rf12', '5,5,5', 11)
    """
    return [_scheme_row(load_scheme(name)) for name in shipped()]


def _scheme_row(scheme: Scheme) -> dict[str, str | int]:
    """Return the row of one scheme."""
    return {
        "name": scheme.name,
        "title": scheme.title,
        "bins": str(scheme.bins),
        "by": ",".join(scheme.axes),
        "segments": len(scheme.segments),
    }


def map_lines(scheme: Scheme, w: Words | None = None) -> list[str]:
    """Return the scheme as lines of text in a language: its map, its segments in rank order, its rules in words.

    A map of R and F is a grid, F's best score on top; a map of all three axes, or a grid too wide to read,
    is a list of codes by segment.
    """
    language = w or words()
    parts = [part(scheme, language) for part in (_about, _map, _next_steps, _rule_lines)]
    return [line for part in parts if part for line in ("", *part)][1:]


def _about(scheme: Scheme, w: Words) -> list[str]:
    """Return title, description and source, wrapped."""
    title = f"{scheme.name}: {w(SchemeText(scheme.title))}"
    source = message("Source: {source}", source=SchemeText(scheme.source))
    return [
        *textwrap.wrap(title, WIDTH),
        *textwrap.wrap(w(SchemeText(scheme.description)), WIDTH),
        *textwrap.wrap(w(source) if scheme.source else "", WIDTH),
    ]


def _map(scheme: Scheme, w: Words) -> list[str]:
    """Return the map as a grid or as lists of codes."""
    if not scheme.segments:
        return [w(message("No map: customers are scored and get codes, but no segments."))]
    if scheme.needs_money:  # three axes make no grid
        return _code_lists(scheme, w)
    return _grid(scheme, w) or _code_lists(scheme, w)


def _grid(scheme: Scheme, w: Words) -> list[str] | None:
    """Return the map as a grid, with cells of two lines where needed; None where it is still too wide."""
    names = {cell: w.segment(name) for cell, name in scheme.segment_by_cell().items()}
    recencies = range(1, scheme.bins.r + 1)
    rows = [[scheme.name, *(f"R{r}" for r in recencies)]]
    rows += [[f"F{f}", *(names[scheme.cell_of(r, f, 1)] for r in recencies)] for f in range(scheme.bins.f, 0, -1)]
    widest_first = sorted(range(1, len(rows[0])), key=lambda column: -max(len(row[column]) for row in rows))
    # One column after the other gets cells of two lines, the widest first, until the grid fits.
    for count in range(len(widest_first) + 1):
        grid = _aligned([line for row in rows for line in _broken(row, widest_first[:count])])
        if max(map(len, grid)) <= WIDTH:
            return grid
    return None


def _broken(row: list[str], columns: list[int]) -> list[list[str]]:
    """Return one row as several, the cells of these columns broken after their first word.

    >>> _broken(["F4", "At risk", "Potential loyalist"], [2])
    [['F4', 'At risk', 'Potential'], ['', '', 'loyalist']]
    """
    cells = [cell.split(maxsplit=1) if place in columns else [cell] for place, cell in enumerate(row)]
    return [list(line) for line in zip_longest(*cells, fillvalue="")]


def _aligned(rows: list[list[str]]) -> list[str]:
    """Return the rows as lines, each column as wide as its widest cell.

    >>> _aligned([["x", "R1"], ["F1", "Lost"]])
    ['x   R1', 'F1  Lost']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _code_lists(scheme: Scheme, w: Words) -> list[str]:
    """Return the codes of each segment."""
    width = _name_width(scheme, w)
    head = f"{scheme.name.ljust(width)}  {''.join(axis.upper() for axis in scheme.axes)} {w(message('codes'))}"
    lines = [head]
    for segment in scheme.segments:
        lines += _hanging(f"{w.segment(segment.name).ljust(width)}  ", " ".join(segment.cells))
    return lines


def _name_width(scheme: Scheme, w: Words) -> int:
    """Return the width of the longest name of a segment."""
    return max(map(len, (scheme.name, *(w.segment(name) for name in ("New subscriber", *scheme.names())))))


def _next_steps(scheme: Scheme, w: Words) -> list[str]:
    """Return the segments in rank order, each with its next step."""
    if not scheme.segments:
        return []
    steps = [(str(segment.rank), segment.name, segment.next_step) for segment in scheme.segments]
    outside = [
        ("", "No purchases", scheme.no_purchases_next_step),
        ("", "New subscriber", scheme.new_subscriber_next_step),
    ]
    width = _name_width(scheme, w)
    lines = [w(message("Segments, the highest rank first, and what to do next"))]
    for rank, name, step in [*steps, *(row for row in outside if row[2])]:
        lines += _hanging(f"{rank.rjust(3)}  {w.segment(name).ljust(width)}  ", w(SchemeText(step)))
    return lines


def _hanging(label: str, text: str) -> list[str]:
    """Return the text wrapped to the page, its later lines indented under the first."""
    lines = textwrap.wrap(
        text,
        # A long name must leave some room for the text beside it.
        max(WIDTH, len(label) + 30),
        initial_indent=label,
        subsequent_indent=" " * len(label),
        # A code such as 10-4 stays whole.
        break_on_hyphens=False,
        break_long_words=False,
    )
    return lines or [label.rstrip()]


def _rule_lines(scheme: Scheme, w: Words) -> list[str]:
    """Return how each axis is scored."""
    lines = [w(message("How scores are given (the highest number is the best)"))]
    for axis in AXES:
        rules = Listed(tuple(_rule_messages(scheme, axis)), "; ")
        lines += _hanging(f"  {axis.upper()} 1..{scheme.bins.k(axis)}".ljust(11), w(rules))
    if scheme.free_orders == "ignore":
        lines.append(w(message("Orders of value zero are left out.")))
    return lines


def _rule_messages(scheme: Scheme, axis: Axis) -> Iterator[Message]:
    """Yield the rule of an axis, and that the map does not use the axis where that is so."""
    k = scheme.bins.k(axis)
    if axis in scheme.cuts:
        yield cut_message(axis, scheme.cuts[axis])
    elif scheme.rules[axis] == "quantile":
        yield _quantile_message(k)
    elif scheme.rules[axis] == "fixed":
        yield _fixed_message(axis, k)
    elif scheme.rules[axis] == "type7":
        yield message("linear (type 7) quantiles plus 1, as in the R package rfm, cut into {n}", n=k)
    else:
        yield from _auto_messages(axis, k)
    if scheme.segments and axis not in scheme.axes:
        yield message("not used by the map")


def _quantile_message(k: int) -> Message:
    """Return the quantile rule."""
    return message("by rank among buyers, cut into {n} equal parts, equal values together", n=k)


def _auto_messages(axis: Axis, k: int) -> Iterator[Message]:
    """Yield the rule `auto`."""
    yield _quantile_message(k)
    # Without fixed cutoffs to fall back on, auto is the quantile rule.
    if axis == "f" or (axis == "r" and k == 5):
        yield message("where that leaves a score unused, {rule}", rule=_fixed_message(axis, k))


def _fixed_message(axis: Axis, k: int) -> Message:
    """Return the fixed cutoffs of F (any k) or R (k = 5).

    >>> str(_fixed_message("f", 5)), str(_fixed_message("f", 3))
    ('1 / 2 / 3 / 4-6 / 7+ purchases', '1 / 2 / 3+ purchases')
    """
    if axis == "r":
        return message("up to 30 / 90 / 180 / 365 days for 5 / 4 / 3 / 2")
    steps = ["1", "2", "3", "4-6", "7+"] if k == 5 else [*map(str, range(1, k)), f"{k}+"]
    return message("{steps} purchases", steps=" / ".join(steps))


def cut_message(axis: Axis, cuts: tuple[Decimal, ...]) -> Message:
    """Return the cutoffs that a scheme has of its own.

    >>> str(cut_message("r", (Decimal(180), Decimal(365))))
    'own cutoffs: 3 up to 180 days, 2 up to 365 days, 1 beyond'
    >>> str(cut_message("f", (Decimal(2), Decimal(4))))
    'own cutoffs: 1 below 2 purchases, 2 from 2 purchases, 3 from 4 purchases'
    """
    steps: list[Value]
    if axis == "r":
        best = len(cuts) + 1
        steps = [
            message("{score} up to {cut} days", score=best - number, cut=Figure(f"{cut}", int(cut)))
            for number, cut in enumerate(cuts)
        ]
        steps.append(message("1 beyond"))
    else:
        steps = [_cut_step(axis, 1, cuts[0]), *(_cut_step(axis, score, cut) for score, cut in enumerate(cuts, 2))]
    return message("own cutoffs: {cuts}", cuts=Listed(tuple(steps)))


def _cut_step(axis: Axis, score: int, cut: Decimal) -> Message:
    """Return one step of cutoffs of F or M; the first one is open below."""
    figure = Figure(f"{cut}")
    if axis == "f":
        below, start = message("{score} below {cut} purchases"), message("{score} from {cut} purchases")
    else:
        below, start = message("{score} below {cut}"), message("{score} from {cut}")
    return (below if score == 1 else start).filled(score=score, cut=figure)
