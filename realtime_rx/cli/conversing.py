"""``realtime-rx record``: a conversation, typed or spoken, and its recording."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from realtime_rx.abc import AudioInput, AudioOutput
from realtime_rx.cli.printing import Printer
from realtime_rx.client import use_realtime
from realtime_rx.errors import ConfigurationError, ConnectError
from realtime_rx.recordings import record
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState

__all__ = ["converse"]

OVER = ("disconnected", "error")


async def converse(
    path: Path,
    *,
    model: str | None = None,
    base_url: str | None = None,
    instructions: str | None = None,
    mic: bool = False,
    audio: bool = False,
) -> None:
    """Say each line of the standard input, or what the microphone hears, and record what came of it."""
    options: dict[str, Any] = {} if instructions is None else {"instructions": instructions}
    sound = dict(zip(("audio_input", "audio_output"), devices(), strict=True)) if mic else {}
    text_only = {} if mic else {"output_modalities": ["text"]}
    session = use_realtime(model, base_url=base_url, **sound, **options)
    if text_only and session.provider.capabilities.text_output:
        session.update_session(text_only)
    printer = Printer(Console(highlight=False))
    with record(session, path, audio=audio) as recording:
        session.states.subscribe(printer.show)
        try:
            await session.connect()
            await (listen(session) if mic else ask(session))
        finally:
            printer.show_rest(session.state)
            await session.aclose()
    print(f"Recorded in {recording.path}", file=sys.stderr)


def devices() -> tuple[AudioInput, AudioOutput]:
    try:
        from realtime_rx.audio.devices import microphone_and_speaker  # what it imports is an extra
    except ImportError as error:
        raise ConfigurationError(f'--mic needs pip install "realtime-rx[audio]": {error}') from error
    return microphone_and_speaker()


async def ask(session: RealtimeSession) -> None:
    """Each line, once the one before it was answered."""
    asking = sys.stdin.isatty()
    while line := await asyncio.to_thread(read_line, asking):
        if line.strip():
            session.send_text_message(line.strip())
            await answered(session)


def read_line(asking: bool) -> str:
    if asking:
        print("> ", end="", flush=True, file=sys.stderr)
    return sys.stdin.readline()


async def answered(session: RealtimeSession) -> None:
    """Raises :class:`ConnectError` where the conversation ended instead."""
    state = await session.states.filter(lambda state: is_answered(state) or state.status in OVER).first()
    if state.status in OVER:
        raise ConnectError(state.error.message if state.error is not None else "the conversation ended")


def is_answered(state: SessionState) -> bool:
    return state.mode == "idle"


async def listen(session: RealtimeSession) -> None:
    """Until the conversation ends, or the command is interrupted."""
    session.start_audio_capture()
    await session.states.filter(lambda state: state.status in OVER).first()
