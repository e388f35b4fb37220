"""The command that serves a demo: realtime_rx.ui.command."""

import pytest

from realtime_rx.ui.command import arguments


def test_the_demo_listens_on_this_machine_only() -> None:
    """Unless told otherwise the demo listens on this machine, on port 8080, and opens a browser."""
    given = arguments("realtime_rx_nicegui", 8080, [])
    assert (given.host, given.port, given.no_browser) == ("127.0.0.1", 8080, False)
    told = arguments("realtime_rx_nicegui", 8080, ["--host", "0.0.0.0", "--port", "9000", "--no-browser"])
    assert (told.host, told.port, told.no_browser) == ("0.0.0.0", 9000, True)


def test_the_demo_needs_a_number_for_a_port(capsys: pytest.CaptureFixture[str]) -> None:
    """A port that is no number is refused with a message that names the option."""
    with pytest.raises(SystemExit):
        arguments("realtime_rx_nicegui", 8080, ["--port", "web"])
    assert "--port" in capsys.readouterr().err
