"""Schemes in plain text, for `rfm schemes`: a table of what is shipped, and the map of one."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from decimal import Decimal
from itertools import zip_longest

from rfm_cli.messages import Words, words
from rfm_cli.schemes.load import load_scheme, shipped
from rfm_cli.schemes.model import AXES, Axis, Scheme

WIDTH = 80
UNIT = {"r": " days", "f": " purchases", "m": ""}


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
    title = f"{scheme.name}: {w(scheme.title)}"
    return [
        *textwrap.wrap(title, WIDTH),
        *textwrap.wrap(w(scheme.description), WIDTH),
        *textwrap.wrap(f"{w('Source')}: {w(scheme.source)}" if scheme.source else "", WIDTH),
    ]


def _map(scheme: Scheme, w: Words) -> list[str]:
    """Return the map as a grid or as lists of codes."""
    if not scheme.segments:
        return [w("No map: customers are scored and get codes, but no segments.")]
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
    head = f"{scheme.name.ljust(width)}  {''.join(axis.upper() for axis in scheme.axes)} {w('codes')}"
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
    lines = [w("Segments, the highest rank first, and what to do next")]
    for rank, name, step in [*steps, *(row for row in outside if row[2])]:
        lines += _hanging(f"{rank.rjust(3)}  {w.segment(name).ljust(width)}  ", w(step))
    return lines


def _hanging(label: str, text: str) -> list[str]:
    """Return the text wrapped to the page, its later lines indented under the first."""
    lines = textwrap.wrap(
        text,
        max(WIDTH, len(label) + 30),
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_on_hyphens=False,
        break_long_words=False,
    )
    return lines or [label.rstrip()]


def _rule_lines(scheme: Scheme, w: Words) -> list[str]:
    """Return how each axis is scored."""
    lines = [w("How scores are given (the highest number is the best)")]
    for axis in AXES:
        phrases = "; ".join(map(w.said, _rule_words(scheme, axis)))
        lines += _hanging(f"  {axis.upper()} 1..{scheme.bins.k(axis)}".ljust(11), phrases)
    if scheme.free_orders == "ignore":
        lines.append(w("Orders of value zero are left out."))
    return lines


def _rule_words(scheme: Scheme, axis: Axis) -> Iterator[str]:
    """Yield the phrases about the rule of an axis."""
    k = scheme.bins.k(axis)
    if axis in scheme.cuts:
        yield cut_words(axis, scheme.cuts[axis])
    elif scheme.rules[axis] == "quantile":
        yield _quantile_words(k)
    elif scheme.rules[axis] == "fixed":
        yield _fixed_words(axis, k)
    elif scheme.rules[axis] == "type7":
        yield f"linear (type 7) quantiles plus 1, as in the R package rfm, cut into {k}"
    else:
        yield from _auto_words(axis, k)
    if scheme.segments and axis not in scheme.axes:
        yield "not used by the map"


def _quantile_words(k: int) -> str:
    """Return the quantile rule in words."""
    return f"by rank among buyers, cut into {k} equal parts, equal values together"


def _auto_words(axis: Axis, k: int) -> Iterator[str]:
    """Yield the rule `auto` in words."""
    yield _quantile_words(k)
    # Without fixed cutoffs to fall back on, auto is the quantile rule.
    if axis == "f" or (axis == "r" and k == 5):
        yield f"where that leaves a score unused, {_fixed_words(axis, k)}"


def _fixed_words(axis: Axis, k: int) -> str:
    """Return the fixed cutoffs of F (any k) or R (k = 5) in words.

    >>> _fixed_words("f", 5), _fixed_words("f", 3)
    ('1 / 2 / 3 / 4-6 / 7+ purchases', '1 / 2 / 3+ purchases')
    """
    if axis == "r":
        return "up to 30 / 90 / 180 / 365 days for 5 / 4 / 3 / 2"
    steps = ["1", "2", "3", "4-6", "7+"] if k == 5 else [*map(str, range(1, k)), f"{k}+"]
    return " / ".join(steps) + " purchases"


def cut_words(axis: Axis, cuts: tuple[Decimal, ...]) -> str:
    """Return a scheme's own cutoffs in words.

    >>> cut_words("r", (Decimal(180), Decimal(365)))
    'own cutoffs: 3 up to 180 days, 2 up to 365 days, 1 beyond'
    >>> cut_words("f", (Decimal(2), Decimal(4)))
    'own cutoffs: 1 below 2 purchases, 2 from 2 purchases, 3 from 4 purchases'
    """
    k = len(cuts) + 1
    unit = UNIT[axis]
    if axis == "r":
        steps = [f"{k - number} up to {cut}{unit}" for number, cut in enumerate(cuts)] + ["1 beyond"]
    else:
        steps = [f"1 below {cuts[0]}{unit}"] + [f"{score} from {cut}{unit}" for score, cut in enumerate(cuts, 2)]
    return "own cutoffs: " + ", ".join(steps)
