"""Schemes: under one name, the bins, the rules, the cutoffs and the map from score codes to segments.

`load_scheme` returns a proven `Scheme`, shipped or from a TOML file; README.md here shows how to write one. `model`
has the data and proves that the map fits, `load` reads files, `draw` shows the map as text.
"""

from rfm_cli.schemes.load import NO_MAP, load_scheme, shipped
from rfm_cli.schemes.model import (
    AXES,
    NEW_SUBSCRIBER,
    NO_PURCHASES,
    RESERVED,
    Axis,
    Bins,
    FreeOrders,
    Rule,
    Scheme,
    Segment,
    all_codes,
    code,
    in_rank_order,
    next_step,
    prove,
)

__all__ = [
    "AXES",
    "NEW_SUBSCRIBER",
    "NO_MAP",
    "NO_PURCHASES",
    "RESERVED",
    "Axis",
    "Bins",
    "FreeOrders",
    "Rule",
    "Scheme",
    "Segment",
    "all_codes",
    "code",
    "in_rank_order",
    "load_scheme",
    "next_step",
    "prove",
    "shipped",
]
