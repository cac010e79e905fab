"""Cutoffs in a file, to score other data or dates with the same ruler: `--save-cuts FILE`, `--cuts FILE`.

The file is TOML: `bins`, and a table an axis. `from` holds the least value of each score (F and M), `upto` the
greatest (R); a score that is left out is given to nobody. Under `--nested` an axis is a list of such tables, each
with the scores that it holds within. Money is written as text in its own unit, so that no digit is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from rfm_cli.errors import InputError, UsageError, did_you_mean
from rfm_cli.schemes import AXES, Axis, Bins
from rfm_cli.scores.cutoffs import DEFAULT_MIN_ORDERS, Bounds, Cutoffs, Group, Vip
from rfm_cli.scores.fit import whole_units
from rfm_cli.tables.money import money_text
from rfm_cli.toml_tables import NotTomlError, parse

KEYS = ("bins", "as_of", "scheme", "r", "f", "m", "vip")
BOUND_KEY = {"r": "upto", "f": "from", "m": "from"}


def to_text(cutoffs: Cutoffs, scheme: str, as_of: str) -> str:
    """The cutoffs as a TOML document."""
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
    values = [
        f'"{score}" = ' + (f'"{money_text(bound, scale)}"' if axis == "m" else str(bound)) for score, bound in bounds.at
    ]
    head = f"[{axis}]" if group == () else f"[[{axis}]]"
    within = [f"{name} = {score}" for name, score in zip("rf", group, strict=False)]
    return [head, *within, f'rule = "{bounds.rule}"', f"{BOUND_KEY[axis]} = {{ {', '.join(values)} }}"]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def load(path: str, scale: int | None) -> Cutoffs:
    """The cutoffs in a file, for money of `scale` decimals; `InputError` if unreadable, `UsageError` if not cutoffs."""
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", "save cutoffs with --save-cuts FILE") from error
    hint = "--cuts takes cutoffs such as r=30,90,180,365, or a file that --save-cuts wrote"
    return _read(_parsed(raw, path, hint), path, scale)


def from_text(text: str, where: str, scale: int | None) -> Cutoffs:
    """The cutoffs that `to_text` wrote, with the same errors; `where` says where the text stands."""
    return _read(_parsed(text.encode(errors="surrogatepass"), where), where, scale)


def _parsed(raw: bytes, where: str, hint: str = "") -> dict[str, Any]:
    """Return the TOML document in some bytes, with or without the mark that editors on Windows put before a text."""
    try:
        return parse(raw)
    except NotTomlError as error:
        raise UsageError(f"{where}: not TOML: {error}", hint) from error


def _read(data: Mapping[str, Any], path: str, scale: int | None) -> Cutoffs:
    for key in data:
        if key not in KEYS:
            raise UsageError(f"{path}: unknown key {key!r}", did_you_mean(key, KEYS))
    try:
        return _cutoffs(data, scale)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UsageError(f"{path}: not a file of cutoffs ({error})", "save one with --save-cuts FILE") from error


def _cutoffs(data: Mapping[str, Any], scale: int | None) -> Cutoffs:
    bins = Bins(*(int(k) for k in data["bins"]))
    axes: dict[Axis, dict[Group, Bounds]] = {}
    for axis in AXES:
        if axis not in data or (axis == "m" and scale is None):
            continue
        tables = data[axis] if isinstance(data[axis], list) else [data[axis]]
        axes[axis] = dict(_bounds(table, axis, bins.k(axis), scale or 0) for table in tables)
    return Cutoffs(bins, axes, _vip(data.get("vip"), scale), scale)


def _bounds(table: Mapping[str, Any], axis: Axis, k: int, scale: int) -> tuple[Group, Bounds]:
    group = tuple(int(table[name]) for name in ("r", "f") if name in table)
    at = {int(score): whole_units(_number(cut), axis, scale) for score, cut in table[BOUND_KEY[axis]].items()}
    if not all(1 < score <= k for score in at):
        raise ValueError(f"{axis} has a score outside 2..{k}")
    ordered = tuple(sorted(at.items(), reverse=True))
    steps = [bound for _, bound in ordered]
    if steps != sorted(steps, reverse=axis != "r"):
        raise ValueError(f"the cutoffs of {axis} do not rise with its scores")
    return group, Bounds(k, ordered, str(table.get("rule", "given")))


def _vip(table: Mapping[str, Any] | None, scale: int | None) -> Vip:
    if table is None or scale is None:
        return Vip(None, None, int(table["min_orders"]) if table else DEFAULT_MIN_ORDERS)
    share = _number(table["share"]) if "share" in table else None
    return Vip(whole_units(_number(table["floor"]), "m", scale), share, int(table["min_orders"]))


def _number(value: object) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"{value!r} is no number") from error
    if not number.is_finite():
        raise ValueError(f"{value!r} is no number")
    return number


def parse_given(text: str) -> tuple[Axis, tuple[Decimal, ...]]:
    """The axis and the cutoffs in a text such as `r=30,90,180,365`; `UsageError` for anything else.

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
    try:
        return axis, tuple(_number(number.strip()) for number in numbers.split(","))
    except ValueError as error:
        raise UsageError(
            f"--cuts {text}: not cutoffs", "write r=30,90,180,365 (or f=..., m=...), or a saved file"
        ) from error


def with_vip(cutoffs: Cutoffs, vip: Vip) -> Cutoffs:
    """The same cutoffs with another VIP floor."""
    return replace(cutoffs, vip=vip)
