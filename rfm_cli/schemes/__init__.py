"""Schemes: under one name, the bins, the rules, the cutoffs and the map from score codes to segments.

`load_scheme` returns a proven `Scheme`, shipped or from a TOML file; README.md here tells how to write one.
"""

from rfm_cli.schemes.load import NO_MAP, load_scheme, shipped
from rfm_cli.schemes.model import AXES, Axis, Bins, FreeOrders, Rule, Scheme, Segment, all_codes, code
from rfm_cli.schemes.prove import RESERVED, prove

__all__ = [
    "AXES",
    "NO_MAP",
    "RESERVED",
    "Axis",
    "Bins",
    "FreeOrders",
    "Rule",
    "Scheme",
    "Segment",
    "all_codes",
    "code",
    "load_scheme",
    "prove",
    "shipped",
]
