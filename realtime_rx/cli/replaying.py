"""``realtime-rx replay``: a conversation as it unfolded."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from realtime_rx.cli.printing import Printer
from realtime_rx.client import use_realtime
from realtime_rx.errors import ConfigurationError
from realtime_rx.providers import PROVIDERS
from realtime_rx.state import SessionState
from realtime_rx.transports import Replay

__all__ = ["model_of", "play"]


async def play(path: Path, provider: str | None, speed: float | None) -> None:
    """Print the conversation, and how far it got where somebody looks."""
    replay = Replay(path, speed=speed)
    bar = progress()
    with bar:
        printer = Printer(bar.console if bar.console.is_terminal else Console(highlight=False))
        task = bar.add_task("", total=len(replay.lines))
        session = use_realtime(model_of(path, provider, replay.model), transport=replay, reconnect=True)

        def show(state: SessionState) -> None:
            printer.show(state)
            bar.update(task, completed=replay.played, description=pending(state))

        session.states.subscribe(show)
        try:
            if not replay.finished.is_set():
                await session.connect()
                await replay.finished.wait()
        finally:
            printer.show_rest(session.state)
            await session.aclose()


def progress() -> Progress:
    """On the terminal the conversation goes by above the bar; in a pipe there is no bar."""
    console = Console(highlight=False)
    columns = BarColumn(bar_width=20), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}")
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def pending(state: SessionState) -> str:
    """What is being said right now, as much of it as fits."""
    text = state.pending_assistant_transcript or state.pending_user_transcript or ""
    return text[-40:].replace("[", "\\[").replace("\n", " ")


def model_of(path: Path, provider: str | None, recorded: str | None) -> str:
    """Whose wire it is. Raises :class:`ConfigurationError` where nobody says so."""
    prefix = path.name.partition("__")[0]
    found = provider or recorded or (prefix if prefix in PROVIDERS else None)
    if found is None:
        raise ConfigurationError(f"{path.name} does not say whose wire it is: pass --provider")
    return found
