"""No secret leaks: canaries in every credential path of every provider, and a search in all that anybody keeps."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from realtime_rx import RealtimeError, RealtimeSession, get_provider, use_realtime
from realtime_rx.providers import PROVIDERS
from realtime_rx.wire import WireEvent

from .support.hostile_server import Hostile, hostile
from .support.waiting import becomes

SHOWN = "canary-of-ours-0123456789"
OWN = "canary-of-theirs-0123456789"
MODELS = {"elevenlabs": "elevenlabs:agent_1"}

KEYS = (
    *("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_API_KEY", "AZURE_OPENAI_AD_TOKEN", "AZURE_VOICELIVE_API_KEY"),
    *("XAI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "ELEVENLABS_API_KEY", "CARTESIA_API_KEY"),
    *("AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"),
)


async def a_token() -> str:
    return SHOWN


def options(path: str, name: str, server: Hostile, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a caller writes who shows the canary in this way; skips where the provider has no such way."""
    makes = PROVIDERS[name]
    fields = type(made(name, server)).__dataclass_fields__
    at = {"base_url": f"{server.url}/v1"}
    provider = MODELS.get(name, name)
    needed = "api_key" if path == "environment" else path
    if needed in ("api_key", "headers") and needed not in fields:
        pytest.skip(f"{name} has no {path}")
    match path:
        case "api_key":
            return {"model": provider, "api_key": SHOWN, **at}
        case "environment":
            for key in KEYS:
                monkeypatch.setenv(key, SHOWN)
            return {"model": provider, **at}
        case "get_token":
            return {"model": provider, "get_token": a_token, **at}
        case "api":
            return {"model": provider, "api": {"token": f"{server.url}/setup", "headers": {"X-Key": SHOWN}}, **at}
        case "headers":
            key = {"api_key": SHOWN} if "api_key" in fields else {}
            model = {"model": "agent_1"} if name == "elevenlabs" else {}
            return {"model": makes(**model, **key, **at, headers={"X-Gate": SHOWN})}
        case _:
            return {"model": provider, "get_token": a_token, "base_url": f"{server.url}/v1?key={SHOWN}"}


def made(name: str, server: Hostile) -> Any:
    return get_provider(MODELS.get(name, name), base_url=f"{server.url}/v1")


PATHS = ("api_key", "environment", "get_token", "api", "headers", "query")


class Everything:
    """All that a session shows of itself, in words."""

    def __init__(self, session: RealtimeSession, recording: Path) -> None:
        self._session = session
        self._recording = recording
        self._heard: list[Any] = []
        for stream in (session.states, session.server_events, session.local_events, session.effects):
            stream.subscribe(self._heard.append)
        session.wire.subscribe(self._tapped)
        self.crossed: list[bytes] = []

    def _tapped(self, event: WireEvent) -> None:
        self._heard.append(event)
        self.crossed.append(event.frame if isinstance(event.frame, bytes) else event.frame.encode())

    def texts(self) -> Iterator[tuple[str, str]]:
        session = self._session
        yield "the state's JSON", session.state.to_json().decode()
        for event in session.state.events:
            yield "the ring", f"{event!r} {bytes(event.frame)!r}"
        for thing in (session, session.provider, session.state, session.state.error, *self._heard):
            yield f"the repr of a {type(thing).__name__}", f"{thing!r} {thing!s}"
        yield "the recording", self._recording.read_text()


def chain(error: BaseException | None) -> Iterator[tuple[str, str]]:
    """An exception and all that led to it, with what they hold."""
    while error is not None:
        yield f"a {type(error).__name__}", f"{error!r} {error!s} {error.args!r} {vars(error)!r}"
        error = error.__cause__ or error.__context__


async def talked(everything: Everything, session: RealtimeSession) -> list[tuple[str, str]]:
    """Connect, hear everything, be hung up on; gives what was raised."""
    try:
        await asyncio.wait_for(session.connect(), 20)
        await becomes(lambda: any(b"the.end" in frame for frame in everything.crossed))
        session.send_event({"type": "goodbye", "goodbye": {}})
    except RealtimeError as error:
        return list(chain(error))
    finally:
        await session.aclose()
    return []


def leaks(texts: Iterator[tuple[str, str]]) -> set[str]:
    return {where for where, text in texts if SHOWN in text or OWN in text}


@pytest.mark.parametrize("refuses", [False, True], ids=["talks", "refuses"])
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", sorted(PROVIDERS))
async def test_no_secret_is_kept(
    name: str,
    path: str,
    refuses: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whichever way a secret goes, and whatever the server does with it, nothing that is kept or shown has it."""
    caplog.set_level(logging.DEBUG)
    for log in ("aiohttp", "asyncio"):  # the server's own, which tells what it was sent
        caplog.set_level(logging.WARNING, log)
    for key in KEYS:
        monkeypatch.delenv(key, raising=False)
    async with hostile(OWN, refuses=refuses) as server:
        session = use_realtime(
            **options(path, name, server, monkeypatch), record=tmp_path / "talk.jsonl", reconnect=False
        )
        everything = Everything(session, tmp_path / "talk.jsonl")
        raised = await talked(everything, session)
        assert any(SHOWN in shown for shown in server.shown), "the canary was never shown: this test tests nothing"
    assert leaks(everything.texts()) == set()
    assert leaks(iter(raised)) == set()
    assert leaks(iter([("the log", caplog.text)])) == set()
