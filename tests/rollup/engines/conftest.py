"""A server for the tests of this folder that ask for one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rollup.engines import servers
from tests.rollup.engines.servers import Server

STARTS = {"sail": servers.sail, "spark": servers.spark}
EACH = [pytest.param(name, marks=getattr(pytest.mark, name)) for name in STARTS]


@pytest.fixture(scope="session", params=EACH)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Each Spark Connect server in turn, started once."""
    with STARTS[request.param](tmp_path_factory.mktemp(request.param)) as running:
        yield running
