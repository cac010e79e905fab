"""Tables of Markdown: a text never leaves its cell."""

from __future__ import annotations

import io

import polars as pl

from rfm_cli.output.markdown import escaped, write_markdown


def test_markdown_never_leaves_its_cell() -> None:
    text = pl.select(escaped(pl.lit("a|b\nc\x1b[1m | www.x.y"))).item()
    assert text == "a\\|bc\\[1m \\| www\\.x.y".replace("bc", "b c")
    sink = io.BytesIO()
    write_markdown(pl.DataFrame({"t": ["x|y\r\n|"], "n": [1]}), sink)
    row = sink.getvalue().decode().splitlines()[2]
    assert row == "| x\\|y \\| | 1 |"
