"""RFM and customer-segment analytics: the Python side of the command `rfm`.

The names below are what a notebook or a pipeline needs; each does what the command line does, with the same
answers. They are imported on first use, so that `rfm --help` need not load a data engine.
"""

from __future__ import annotations

from importlib import import_module

from rfm_cli.version import __version__

TYPE_CHECKING = False
"""What type checkers take for true. The module `typing` is not imported for it: `rfm` begins here, and cannot heed
Ctrl-C before this file is read."""

if TYPE_CHECKING:
    from rfm_cli.clock import Window, parse_as_of, parse_window
    from rfm_cli.errors import InputError, OutputError, RfmError, UsageError
    from rfm_cli.history.requests import daily_past, measured_at, past_at
    from rfm_cli.history.spells import spells
    from rfm_cli.history.states import moves_between, states_at, states_by
    from rfm_cli.history.survival import durations, incidence, speeds
    from rfm_cli.language.definitions import named_segments
    from rfm_cli.measures.purchases import Counting
    from rfm_cli.measures.steps import customers, with_recency
    from rfm_cli.model import LinkedPath, Question, Scored, Shop, TablePaths
    from rfm_cli.pipeline import score
    from rfm_cli.rollup.append import add_orders, write_added
    from rfm_cli.rollup.make import roll_up, write_rollup
    from rfm_cli.rollup.manifest import Periods, Purchases
    from rfm_cli.rollup.read import read_rollup
    from rfm_cli.schemes import Scheme, load_scheme
    from rfm_cli.scores.cutoffs import Cutoffs, with_codes, with_scores
    from rfm_cli.scores.fit import Fitting, fit
    from rfm_cli.selection.select import Selection, select
    from rfm_cli.shop import open_shop
    from rfm_cli.tables.events import engagement
    from rfm_cli.tables.options import ReadOptions
    from rfm_cli.views.axes import axis_of
    from rfm_cli.views.grid import grid_view
    from rfm_cli.views.matrix import matrix_view
    from rfm_cli.views.migrate import matrix_rows
    from rfm_cli.views.reach import reach_of, reach_view
    from rfm_cli.views.score import score_view
    from rfm_cli.views.segments import segments_view
    from rfm_cli.views.vip import vip_view

_HOMES = {
    "clock": ("Window", "parse_as_of", "parse_window"),
    "errors": ("InputError", "OutputError", "RfmError", "UsageError"),
    "history.requests": ("daily_past", "measured_at", "past_at"),
    "history.survival": ("durations", "incidence", "speeds"),
    "history.spells": ("spells",),
    "history.states": ("moves_between", "states_at", "states_by"),
    "language.definitions": ("named_segments",),
    "measures.purchases": ("Counting",),
    "measures.steps": ("customers", "with_recency"),
    "model": ("LinkedPath", "Question", "Scored", "Shop", "TablePaths"),
    "pipeline": ("score",),
    "rollup.append": ("add_orders", "write_added"),
    "rollup.make": ("roll_up", "write_rollup"),
    "rollup.manifest": ("Periods", "Purchases"),
    "rollup.read": ("read_rollup",),
    "schemes": ("Scheme", "load_scheme"),
    "scores.cutoffs": ("Cutoffs", "with_codes", "with_scores"),
    "scores.fit": ("Fitting", "fit"),
    "selection.select": ("Selection", "select"),
    "shop": ("open_shop",),
    "tables.options": ("ReadOptions",),
    "tables.events": ("engagement",),
    "views.axes": ("axis_of",),
    "views.grid": ("grid_view",),
    "views.matrix": ("matrix_view",),
    "views.migrate": ("matrix_rows",),
    "views.reach": ("reach_of", "reach_view"),
    "views.score": ("score_view",),
    "views.segments": ("segments_view",),
    "views.vip": ("vip_view",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Counting",
    "Cutoffs",
    "Fitting",
    "InputError",
    "LinkedPath",
    "OutputError",
    "Periods",
    "Purchases",
    "Question",
    "ReadOptions",
    "RfmError",
    "Scheme",
    "Scored",
    "Selection",
    "Shop",
    "TablePaths",
    "UsageError",
    "Window",
    "__version__",
    "add_orders",
    "axis_of",
    "customers",
    "daily_past",
    "durations",
    "engagement",
    "fit",
    "grid_view",
    "incidence",
    "load_scheme",
    "matrix_rows",
    "matrix_view",
    "measured_at",
    "moves_between",
    "named_segments",
    "open_shop",
    "parse_as_of",
    "parse_window",
    "past_at",
    "reach_of",
    "reach_view",
    "read_rollup",
    "roll_up",
    "score",
    "score_view",
    "segments_view",
    "select",
    "speeds",
    "spells",
    "states_at",
    "states_by",
    "vip_view",
    "with_codes",
    "with_recency",
    "with_scores",
    "write_added",
    "write_rollup",
]


def __getattr__(name: str) -> object:
    """Return a public name, imported from its module on first use."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names, imported or not, for completion."""
    return sorted({*globals(), *__all__})
