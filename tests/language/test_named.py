"""Named segments: those that an expression uses, through others."""

from __future__ import annotations

from pathlib import Path

from rfm_cli.language.definitions import named_segments
from rfm_cli.language.parse import parse_expression


def test_the_segments_that_an_expression_uses_are_found_through_others(tmp_path: Path) -> None:
    file = tmp_path / "rfm.toml"
    file.write_text('[segments]\na = "in b or any orders(in c)"\nb = "c"\nc = "vip"\nd = "vip"\n')
    found = named_segments(file)
    used = found.used_by([parse_expression("has phone and A").expr])
    assert [one.name for one in used] == ["a", "b", "c"]
    assert [one.name for one in found.used_by([], ["c", "D"])] == ["c", "d"]
    assert [one.name for one in found.used_by([], ["*"])] == ["a", "b", "c", "d"]
