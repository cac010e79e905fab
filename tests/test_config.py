"""Settings: their names by kind, and pairs."""

from __future__ import annotations

from typing import get_args

import pytest

from rfm_cli.config import SETTINGS, ListName, SwitchName, TextName, pairs_of
from rfm_cli.errors import UsageError


def test_pairs() -> None:
    assert pairs_of(["f=fixed", " m =a=b", "f=auto"], "--rule") == {"f": "auto", "m": "a=b"}
    for wrong in ("f", "f="):
        with pytest.raises(UsageError, match=f"--rule {wrong}: write it as NAME=VALUE"):
            pairs_of([wrong], "--rule")


def test_the_names_that_a_type_checker_knows_are_those_of_the_settings() -> None:
    kinds = {name: setting.kind for name, setting in SETTINGS.items()}
    assert get_args(TextName) == (*(name for name, kind in kinds.items() if kind == "text"), "store")
    assert get_args(ListName) == tuple(name for name, kind in kinds.items() if kind in ("list", "paths", "pairs"))
    assert get_args(SwitchName) == tuple(name for name, kind in kinds.items() if kind == "switch")
