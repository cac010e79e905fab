"""RFM and customer-segment analytics: the Python side of the command `rfm`.

The names below are what a notebook or a pipeline needs; each does what the command line does, with the same
answers. They are imported on first use, so that `rfm --help` need not load a data engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from rfm_cli.clock import Window, parse_as_of, parse_window
    from rfm_cli.errors import InputError, OutputError, RfmError, UsageError
    from rfm_cli.measures import Counting, customers, with_recency
    from rfm_cli.pipeline import Question, Scored, Shop, TablePaths, open_shop, score
    from rfm_cli.schemes import Scheme, load_scheme
    from rfm_cli.scores.apply import with_scores
    from rfm_cli.scores.cutoffs import Cutoffs
    from rfm_cli.scores.fit import Fitting, fit
    from rfm_cli.segments import with_codes
    from rfm_cli.tables.options import ReadOptions
    from rfm_cli.tables.people import engagement
    from rfm_cli.views.score import score_view
    from rfm_cli.views.segments import segments_view

_HOMES = {
    "clock": ("Window", "parse_as_of", "parse_window"),
    "errors": ("InputError", "OutputError", "RfmError", "UsageError"),
    "measures": ("Counting", "customers", "with_recency"),
    "pipeline": ("Question", "Scored", "Shop", "TablePaths", "open_shop", "score"),
    "schemes": ("Scheme", "load_scheme"),
    "scores.apply": ("with_scores",),
    "scores.cutoffs": ("Cutoffs",),
    "scores.fit": ("Fitting", "fit"),
    "segments": ("with_codes",),
    "tables.options": ("ReadOptions",),
    "tables.people": ("engagement",),
    "views.score": ("score_view",),
    "views.segments": ("segments_view",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Counting",
    "Cutoffs",
    "Fitting",
    "InputError",
    "OutputError",
    "Question",
    "ReadOptions",
    "RfmError",
    "Scheme",
    "Scored",
    "Shop",
    "TablePaths",
    "UsageError",
    "Window",
    "__version__",
    "customers",
    "engagement",
    "fit",
    "load_scheme",
    "open_shop",
    "parse_as_of",
    "parse_window",
    "score",
    "score_view",
    "segments_view",
    "with_codes",
    "with_recency",
    "with_scores",
]


def __getattr__(name: str) -> object:
    """A public name, imported from its module on first use."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    """The public names, imported or not, for completion."""
    return sorted({*globals(), *__all__})
