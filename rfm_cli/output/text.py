"""Text that came from data, made safe to show."""

from __future__ import annotations

import re

# Regular expressions for Python and for Polars.
# C0, DEL and C1 drive terminals; bidi controls reorder what the eye sees; the rest take no room at all.
# ZWJ and ZWNJ stay: emoji families and Persian words need them.
UNSEEN = (
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
BREAKS = "[\t\n\v\f\r\x85\u2028\u2029]+"


def plain(text: str) -> str:
    """The text on one line: breaks and tabs as one space, control and bidi characters gone.

    >>> plain("a\\x1b[31mb\\u202ec\\nd")
    'a[31mbc d'
    """
    return re.sub(UNSEEN, "", re.sub(BREAKS, " ", text))
