"""Sessions that only listen, or only translate, over real sockets."""

import json
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from realtime_rx.abc import MintsTokens
from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.errors import ConfigurationError, ProtocolError
from realtime_rx.events import CommitAudio, CreateResponse, RawEvent, UpdateSession
from realtime_rx.formats import PCMU
from realtime_rx.providers import Cartesia, OpenAITranslation
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.transports import WebSocketTransport

from ..support.server import Caller, serving
from ..support.waiting import until
from .cartesia_frames import COMMITTED, ERROR, TURNS
from .translation_frames import TRANSLATED

KEY = "canary-0123456789abcdef"


def session_with(provider: Any, **options: Any) -> RealtimeSession:
    return RealtimeSession(provider, transport=lambda: WebSocketTransport(close_timeout=0.2), **options)


def rows(state: SessionState) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in state.messages]


async def test_cartesia_hears_turns() -> None:
    """Sound goes out as it is; each turn in which something was said is one message, as its end states it."""
    heard: list[bytes] = []

    async def part(caller: Caller) -> None:
        await caller.say(TURNS[0])
        heard.append(await caller.socket.recv())  # type: ignore[arg-type]
        await caller.say(*TURNS[1:])
        await caller.socket.wait_closed()

    async with serving(part) as server:
        provider = Cartesia(api_key=KEY, base_url=f"http://{server.address}", keyterms=("Ink two",))
        async with session_with(provider) as session:
            session.send_audio(bytes(640))
            state = await until(session, lambda state: state.error is not None)
        request = server.callers[0].socket.request
    assert request is not None
    assert request.path == "/stt/turns/websocket?model=ink-2&encoding=pcm_s16le&sample_rate=16000&keyterm=Ink%20two"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert heard == [bytes(640)]
    assert rows(state) == [("user", "Hello there, how are you?"), ("user", "Fine.")]
    assert (state.error.code, state.flow.requested) == ("rate_limited", False)  # type: ignore[union-attr]
    assert KEY not in f"{session!r}{state!r}{state.to_json()!r}"


async def test_cartesia_writes_down_what_is_committed() -> None:
    """Whisper's socket is asked to speak first; what is said until a commit is one message, its spaces as they are."""
    commands: list[str | bytes] = []

    async def part(caller: Caller) -> None:
        try:
            commands.append(await caller.socket.recv())
            await caller.say(COMMITTED[0])
            while commands[-1] != "finalize" or len(commands) < 3:
                commands.append(await caller.socket.recv())
            await caller.say(*COMMITTED[1:])
            await caller.socket.wait_closed()
        except ConnectionClosed:
            return

    async with serving(part) as server:
        provider = Cartesia("ink-whisper", base_url=f"http://{server.address}", language="en", input_format=PCMU)
        async with session_with(provider) as session:
            await until(session, lambda state: state.status == "connected")
            session.send_audio(bytes(8000))
            session.commit_audio()
            state = await until(session, lambda state: state.error is not None and len(rows(state)) == 2)
            state = await until(session, lambda state: state.pending_user_transcript is None)
        request = server.callers[0].socket.request
    assert request is not None
    assert request.path == "/stt/websocket?model=ink-whisper&encoding=pcm_mulaw&sample_rate=8000&language=en"
    assert commands == ["finalize", bytes(8000), "finalize"]
    assert rows(state) == [("user", "Hello there, how are you?"), ("user", "Fine.")]


def test_cartesia_asks_for_no_answer() -> None:
    """What Cartesia has no verb for is not said; thresholds of turns are, in its words."""
    codec = Cartesia().codec()
    assert [codec.encode(event) for event in (CreateResponse(), CommitAudio(), UpdateSession(SessionConfig()))] == [
        ()
    ] * 3
    options = {"turn": {"eager_end_threshold": 0.4}}
    config = SessionConfig(turn_detection=TurnDetection.server(threshold=0.7), provider_options=options)
    (frame,) = codec.encode(UpdateSession(config))
    assert json.loads(frame) == {"type": "config", "turn": {"start_threshold": 0.7, "eager_end_threshold": 0.4}}
    assert codec.encode(RawEvent({"type": "close"})) == ('{"type":"close"}',)
    whisper = Cartesia("ink-whisper").codec()
    assert [whisper.encode(UpdateSession(SessionConfig())) for _ in range(2)] == [("finalize",), ()]


def test_cartesia_says_what_does_not_fit() -> None:
    """A language is for the socket that takes one, and a server's error comes as one before any greeting."""
    with pytest.raises(ConfigurationError, match="language"):
        Cartesia(api_key=KEY, language="en").endpoint()
    (event,) = Cartesia("ink-whisper").codec().decode(json.dumps(ERROR))
    assert (event.type, event.message) == ("error", "Slow down")  # type: ignore[attr-defined]
    with pytest.raises(ProtocolError, match="not a frame of Cartesia's"):
        Cartesia().codec().decode("hello")


def test_cartesia_mints_tokens_that_may_listen() -> None:
    """A token is asked for with the permission to listen, and used at the same address with the API's version."""
    provider = Cartesia(api_key=KEY)
    assert isinstance(provider, MintsTokens)
    request = provider.token_request(SessionConfig(), expires_s=60)
    assert (request.url, request.body) == (
        "https://api.cartesia.ai/access-token",
        {"grants": {"stt": True}, "expires_in": 60},
    )
    secret = provider.client_secret({"token": "tok"})
    assert (secret.token, secret.expires_at, secret.url.partition("?")[0]) == (
        "tok",
        None,
        "wss://api.cartesia.ai/stt/turns/websocket",
    )
    with pytest.raises(ProtocolError, match="no token"):
        provider.client_secret({})


async def test_a_translation_is_two_streams_of_sentences() -> None:
    """What was heard are the user's sentences, what it was translated to the assistant's; sound is of its sentence."""
    sounds: list[tuple[str, int]] = []

    async def part(caller: Caller) -> None:
        await caller.say(TRANSLATED[0])
        await caller.hear("session.update")
        await caller.hear("session.input_audio_buffer.append")
        await caller.say(*TRANSLATED[1:])
        await caller.listen()

    async with serving(part) as server:
        provider = OpenAITranslation(api_key=KEY, base_url=server.base_url)
        options = {"audio": {"output": {"language": "de"}}}
        session = session_with(provider, session_config=SessionConfig(provider_options=options))
        session.server_events.subscribe(
            lambda event: sounds.append((event.item_id[-5:], event.byte_count)) if event.type == "audio-delta" else None
        )
        async with session:
            session.send_audio(bytes(9600))
            ended = lambda state: state.events and state.events[-1].raw["type"] == "session.closed"  # noqa: E731
            state = await until(session, ended)
        heard = server.callers[0].frames
    assert heard[0] == {"type": "session.update", "session": options}
    assert [each for each in rows(state) if each[0] == "user"] == [("user", "Good morning."), ("user", "How are you?")]
    assert [each for each in rows(state) if each[0] == "assistant"] == [
        ("assistant", "Guten Morgen."),
        ("assistant", "Wie geht es dir"),
    ]
    assert sounds == [("out_1", 3), ("out_1", 6)]
    assert all(message.status == "completed" for message in state.messages)
    assert (state.flow.speaking_item, state.flow.response_id, state.error.code) == (None, None, "c")  # type: ignore[union-attr]


def test_what_we_say_and_hear_of_translations_is_official() -> None:
    """What is sent, and what these tests say is heard, are events of OpenAI's own package."""
    pytest.importorskip("openai")
    from openai.types.realtime import RealtimeTranslationClientEvent, RealtimeTranslationServerEvent
    from pydantic import TypeAdapter

    said = TypeAdapter[Any](RealtimeTranslationServerEvent)
    assert [said.validate_python(frame).type for frame in TRANSLATED] == [frame["type"] for frame in TRANSLATED]
    codec = OpenAITranslation().codec()
    options = {"audio": {"output": {"language": "de"}}}
    config = SessionConfig(noise_reduction="near_field", provider_options=options)
    (frame,) = codec.encode(UpdateSession(config))
    sent = TypeAdapter[Any](RealtimeTranslationClientEvent).validate_json(frame)
    assert (sent.type, sent.session.audio.output.language) == ("session.update", "de")
    assert sent.session.audio.input.noise_reduction.type == "near_field"
