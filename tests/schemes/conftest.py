from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def shared_dir() -> Path:
    """The folder of data sets beside the checkout; a skip where it is absent, a failure in CI."""
    folder = Path(__file__).parents[2].parent / "shared"
    if not folder.is_dir():
        reason = f"no data sets at {folder}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return folder
