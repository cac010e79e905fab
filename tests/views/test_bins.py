"""Labels of bins, in files and as people read them."""

from __future__ import annotations

import pytest

from rfm_cli.messages import words
from rfm_cli.views.bins import Bins


@pytest.mark.parametrize(
    ("bins", "in_files", "on_a_page", "in_russian"),
    [
        (
            Bins((-20, 5), None),
            ["under -20", "-20-4", "5+"],
            ["under -20", "-20\u20134", "5+"],
            ["менее -20", "-20-4", "5+"],
        ),
        (Bins((-20, -3), None), ["under -20", "-20--4", "-3+"], None, None),
        (
            Bins((2000, 5000), 0, 2),
            ["0.00-19.99", "20.00-49.99", "50.00+"],
            None,
            ["0,00-19,99", "20,00-49,99", "50,00+"],
        ),
        (Bins((), None), ["all"], ["all"], ["все"]),
        (Bins((1, 3), 0), ["0", "1-2", "3+"], ["0", "1\u20132", "3+"], None),
    ],
)
def test_labels(bins: Bins, in_files: list[str], on_a_page: list[str] | None, in_russian: list[str] | None) -> None:
    assert bins.labels() == in_files
    if on_a_page:
        assert list(map(words().for_page(), bins.shown())) == on_a_page
    if in_russian:
        assert list(map(words("ru"), bins.shown())) == in_russian
