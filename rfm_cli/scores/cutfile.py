"""Cutoffs in a file, to score other data or dates by the same cutoffs: `--save-cuts FILE`, `--cuts FILE`.

The file is TOML: `bins`, and one table per axis. `from` holds the least value of each score (F and M), `upto` the
greatest (R); a score that is left out is given to no customer. Under `--nested` an axis is a list of such tables, each
with the scores that it is for. Money is written as text in its own unit, so that no digit is lost.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from rfm_cli.errors import InputError, UsageError
from rfm_cli.schemes import AXES, Axis, Bins
from rfm_cli.scores.cutoffs import DEFAULT_MIN_ORDERS, Bounds, Cutoffs, Group, Vip
from rfm_cli.scores.fit import whole_units
from rfm_cli.tables.money import money_text
from rfm_cli.toml_tables import Table, decimal_of, parse_toml

KEYS = ("bins", "as_of", "scheme", "r", "f", "m", "vip")
BOUND_KEY = {"r": "upto", "f": "from", "m": "from"}
SAVE = "save cutoffs with --save-cuts FILE"


def to_text(cutoffs: Cutoffs, scheme: str, as_of: str) -> str:
    """Return the cutoffs as a TOML document."""
    bins = cutoffs.bins
    lines = [f'scheme = "{_escaped(scheme)}"', f'as_of = "{as_of}"', f"bins = [{bins.r}, {bins.f}, {bins.m}]", ""]
    for axis, groups in cutoffs.axes.items():
        for group, bounds in groups.items():
            lines += [*_axis_lines(axis, group, bounds, cutoffs.scale or 0), ""]
    vip = cutoffs.vip
    if vip.floor is not None:
        lines += ["[vip]", f'floor = "{money_text(vip.floor, cutoffs.scale or 0)}"', f"min_orders = {vip.min_orders}"]
        lines += [f'share = "{vip.share}"'] if vip.share is not None else []
    return "\n".join(lines).rstrip() + "\n"


def _axis_lines(axis: Axis, group: Group, bounds: Bounds, scale: int) -> list[str]:
    """Return the lines of one table."""
    values = [
        f'"{score}" = ' + (f'"{money_text(bound, scale)}"' if axis == "m" else str(bound)) for score, bound in bounds.at
    ]
    head = f"[{axis}]" if group == () else f"[[{axis}]]"
    within = [f"{name} = {score}" for name, score in zip("rf", group, strict=False)]
    return [head, *within, f'rule = "{bounds.rule}"', f"{BOUND_KEY[axis]} = {{ {', '.join(values)} }}"]


def _escaped(text: str) -> str:
    """Return a text as it is written between double quotes."""
    # Names of schemes have no line breaks (`Table.prose`), which would need an escape as well.
    return text.replace("\\", "\\\\").replace('"', '\\"')


def load(path: str, scale: int | None) -> Cutoffs:
    """Return the cutoffs in a file, for money of `scale` decimals.

    `InputError` where the file cannot be read, `UsageError` where it does not hold cutoffs.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", SAVE) from error
    hint = "--cuts takes cutoffs such as r=30,90,180,365, or a file that --save-cuts wrote"
    return _cutoffs(parse_toml(data, path, hint), scale)


def from_text(text: str, where: str, scale: int | None) -> Cutoffs:
    """Return the cutoffs in a text that `to_text` wrote, with the same errors; `where` is its place in messages."""
    return _cutoffs(parse_toml(text.encode(errors="surrogatepass"), where), scale)


def _cutoffs(top: Table, scale: int | None) -> Cutoffs:
    """Return the cutoffs in a document."""
    top.check_keys(KEYS, required=("bins",))
    numbers = top.wholes("bins")
    if len(numbers) != 3:
        raise top.wrong("bins", "three whole numbers, for R, F and M", SAVE)
    bins = Bins(*numbers)
    axes: dict[Axis, dict[Group, Bounds]] = {}
    for axis in AXES:
        # Data without money are scored by the cutoffs of R and F.
        if axis not in top.values or (axis == "m" and scale is None):
            continue
        is_nested = isinstance(top.values[axis], list)
        tables = top.tables(axis, one=f"[[{axis}]]") if is_nested else [top.table(axis)]
        axes[axis] = dict(_bounds(table, axis, bins.k(axis), scale or 0) for table in tables)
    return Cutoffs(bins, axes, _vip(top, scale), scale)


def _bounds(table: Table, axis: Axis, k: int, scale: int) -> tuple[Group, Bounds]:
    """Return the scores within which a table was ranked, and its cutoffs."""
    key = BOUND_KEY[axis]
    table.require([key])
    group = tuple(table.whole(name) for name in ("r", "f") if name in table.values)
    cuts = table.table(key)
    at = {}
    for text in cuts.values:
        if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 < int(text) <= k):
            raise table.error(key, f"has the score {text!r}, which is outside 2..{k}", SAVE)
        at[int(text)] = whole_units(cuts.number(text), axis, scale)
    ordered = tuple(sorted(at.items(), reverse=True))
    # Equal neighbors are allowed: no customer gets the score between them.
    steps = [bound for _, bound in ordered]
    if steps != sorted(steps, reverse=axis != "r"):
        raise table.error(key, "has cutoffs that do not rise with the scores", SAVE)
    return group, Bounds(k, ordered, table.text("rule", "given"))


def _vip(top: Table, scale: int | None) -> Vip:
    """Return the VIP floor of a document, none without the table `vip` or without money."""
    if "vip" not in top.values:
        return Vip(None, None, DEFAULT_MIN_ORDERS)
    table = top.table("vip")
    table.require(["min_orders"] if scale is None else ["floor", "min_orders"])
    min_orders = table.whole("min_orders")
    if scale is None:
        return Vip(None, None, min_orders)
    share = table.number("share") if "share" in table.values else None
    return Vip(whole_units(table.number("floor"), "m", scale), share, min_orders)


def parse_given(text: str) -> tuple[Axis, tuple[Decimal, ...]]:
    """Return the axis and the cutoffs in a text such as `r=30,90,180,365`; `UsageError` for anything else.

    >>> parse_given("f=2,3,4,7")
    ('f', (Decimal('2'), Decimal('3'), Decimal('4'), Decimal('7')))
    """
    name, _, numbers = text.partition("=")
    axis = next((known for known in AXES if known == name.strip().lower()), None)
    if axis is None:
        raise UsageError(
            f"--cuts {text}: no such axis {name.strip()!r}",
            f"the axes are {', '.join(AXES)}: write r=30,90,180,365, or name a saved file",
        )
    # Whether their number fits the scheme is checked when they are fitted.
    cuts = [decimal_of(number.strip()) for number in numbers.split(",")]
    found = tuple(cut for cut in cuts if cut is not None)
    if len(found) < len(cuts):
        raise UsageError(f"--cuts {text}: not cutoffs", "write r=30,90,180,365 (or f=..., m=...), or a saved file")
    return axis, found


def with_vip(cutoffs: Cutoffs, vip: Vip) -> Cutoffs:
    """Return the same cutoffs with another VIP floor."""
    return replace(cutoffs, vip=vip)
