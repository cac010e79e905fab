"""Large arrays that are freed are used again, not given back to the system and asked for anew page by page."""

from __future__ import annotations

import ctypes
from functools import lru_cache

# From malloc.h of glibc.
TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3
LARGEST = 1 << 30
"""Larger arrays are given back at once all the same."""
SPARE = 64 << 20


@lru_cache(maxsize=1)
def keep_freed() -> None:
    """Nothing: from now on glibc keeps what numpy frees, up to LARGEST bytes. Other C libraries are left as they are.

    Worth it where many arrays of tens of megabytes follow one another: each would cost a fault for every 4 KiB.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for parameter, value in ((MMAP_THRESHOLD, LARGEST), (TRIM_THRESHOLD, 2 * LARGEST - 1), (TOP_PAD, SPARE)):
        mallopt(parameter, value)
