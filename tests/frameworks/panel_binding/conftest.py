"""What the tests of visitors need."""

from collections.abc import Iterator

import panel as pn
import pytest
from realtime_rx_panel import sessions

from .apps import eventually


@pytest.fixture
def no_server_stays() -> Iterator[None]:
    """Every session ends with its visitor, and the servers with the test."""
    yield
    try:
        eventually(lambda: not sessions())
    finally:
        pn.state.kill_all_servers()
