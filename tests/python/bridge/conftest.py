"""Bridges for the tests of the bridge."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from bridge.bridge_process import Bridge
from bridge.bridge_process import bridge as running_bridge


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """A bridge for all tests; each uses tables of its own."""
    with running_bridge(tmp_path_factory.mktemp("bridge")) as made:
        yield made


@pytest.fixture
def new_bridge(tmp_path: Path) -> Iterator[Callable[..., Bridge]]:
    """Starts bridges for one test; its arguments are their settings."""
    with ExitStack() as stack:

        def start(**settings: str) -> Bridge:
            return stack.enter_context(running_bridge(tmp_path, **settings))

        yield start


@pytest.fixture
def table(server: Bridge, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty table with a number and a name, for one test."""
    name = f"t{abs(hash(request.node.nodeid))}"
    server.query(f"CREATE TABLE {name} (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
    yield name
    server.query(f"DROP TABLE {name} SYNC")
