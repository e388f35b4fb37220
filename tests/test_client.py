"""use_realtime(): everything put together, talking to the embedded provider over a real socket."""

import asyncio
import base64
import logging
from typing import Any

import pytest

from realtime_rx import RealtimeSession, SessionConfig, TurnDetection, tool, use_realtime
from realtime_rx.client import default_model
from realtime_rx.effects import PlayAudio
from realtime_rx.errors import AuthenticationError, ConfigurationError, ConnectError, MissingKeyError
from realtime_rx.items import AudioPart, TextPart, ToolPart
from realtime_rx.local import AT_ONCE, LocalServer, Turn
from realtime_rx.providers import Local

from .support.waiting import DEADLINE, becomes, tasks, until

KEY = "sk-embedded-0123456789abcdef"


@tool
def get_weather(city: str) -> dict[str, object]:
    """Look up the weather in a city.

    city: the city's name
    """
    return {"city": city, "sky": "sunny", "celsius": 21}


def words(session: RealtimeSession) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in session.state.messages if message.text]


async def answered(session: RealtimeSession, count: int) -> None:
    """Wait until that many messages with words are complete and nothing goes on."""
    await until(session, lambda state: len([m for m in state.messages if m.text]) >= count and state.mode == "idle")


async def test_a_written_turn_with_the_embedded_provider() -> None:
    """Without a key and without a network, a typed message gets a written answer."""
    async with use_realtime("local", output_modalities=["text"]) as session:
        session.send_text_message("Hello there")
        await answered(session, 2)
        (user, _), (assistant, answer) = words(session)
        assert (user, assistant) == ("user", "assistant")
        assert isinstance(session.state.messages[1].parts[0], TextPart)
        assert answer
        assert session.state.usage.total_tokens > 0
    assert (session.task_count, session.subscriber_count, tasks()) == (0, 0, set())


async def test_a_tool_turn_with_the_embedded_provider() -> None:
    """The embedded provider calls a tool, hears its output and says it."""
    async with use_realtime("local", tools=[get_weather], output_modalities=["text"]) as session:
        session.send_text_message("What is the weather in Paris?")
        await answered(session, 2)
        (call,) = [p for m in session.state.messages for p in m.parts if isinstance(p, ToolPart)]
        assert (call.state, call.input) == ("output-available", {"city": "Paris"})
        assert "sunny" in words(session)[-1][1]


BEEPS = "Beep beep beep. " * 30


def beep(turn: Turn) -> str:
    return BEEPS


async def test_a_spoken_turn_with_the_embedded_provider() -> None:
    """A spoken answer comes as sound to be played, and its transcript as the message."""
    pytest.importorskip("espeakng_loader")
    sound = list[PlayAudio]()
    async with use_realtime("local") as session:
        session.effects.subscribe(lambda effect: sound.append(effect) if isinstance(effect, PlayAudio) else None)
        session.send_text_message("Hello")
        await answered(session, 2)
        (part,) = session.state.messages[-1].parts
        assert isinstance(part, AudioPart)
        assert part.transcript
    pcm = b"".join(base64.b64decode(each.audio) for each in sound)
    assert len(pcm) == sum(each.byte_count for each in sound)
    assert len(pcm) > 24_000


async def test_cutting_the_embedded_provider_short() -> None:
    """interrupt() in the middle of an answer ends it: the message is marked, and the next turn is answered."""
    async with LocalServer(brain=beep, speech=False) as server:
        session = use_realtime(Local(base_url=server.url), output_modalities=["text"])
        await session.connect()
        session.send_text_message("Go")
        await until(session, lambda state: state.pending_assistant_transcript)
        session.interrupt()
        state = await until(session, lambda state: state.mode == "idle")
        assert state.messages[1].interrupted
        assert len(state.messages[1].text) < len(BEEPS)
        session.send_text_message("Again")
        await until(session, lambda state: len(state.messages) == 4)
        await session.aclose()


async def test_two_sessions_do_not_hear_each_other() -> None:
    """Two sessions at once with one server have a conversation each."""
    async with LocalServer(brain=lambda turn: f"You said {turn.text}", speech=False, pace=AT_ONCE) as server:
        one, other = (use_realtime(Local(base_url=server.url), output_modalities=["text"]) for _ in range(2))
        async with one, other:
            one.send_text_message("apples")
            other.send_text_message("pears")
            await asyncio.gather(answered(one, 2), answered(other, 2))
            assert words(one) == [("user", "apples"), ("assistant", "You said apples")]
            assert words(other) == [("user", "pears"), ("assistant", "You said pears")]


async def test_the_key_of_a_server_that_wants_one(caplog: pytest.LogCaptureFixture) -> None:
    """The right token opens a server that wants a key, a wrong one is an AuthenticationError; none is ever shown."""
    caplog.set_level(logging.DEBUG)
    asked = list[str]()

    def token(value: str):  # type: ignore[no-untyped-def]
        async def get_token() -> str:
            asked.append(value)
            return value

        return get_token

    async with LocalServer(api_key=KEY, speech=False) as server:
        wrong = use_realtime(Local(base_url=server.url), get_token=token(f"{KEY}-wrong"))
        with pytest.raises(AuthenticationError) as caught:
            await wrong.connect()
        right = use_realtime(Local(base_url=server.url), get_token=token(KEY))
        async with right:
            await right.disconnect()
            await right.connect()
        none = use_realtime(Local(base_url=server.url))
        with pytest.raises(AuthenticationError):
            await none.connect()
    shown = "".join(
        f"{session!r}{session.provider!r}{session.state!r}{session.state.to_json()!r}"
        for session in (wrong, right, none)
    )
    assert KEY not in f"{shown}{caught.value!r}{caplog.text}"
    assert asked == [f"{KEY}-wrong", KEY, KEY]
    await asyncio.gather(wrong.aclose(), none.aclose())


async def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connecting to OpenAI without a key is a MissingKeyError that says what to set."""
    for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    session = use_realtime("openai:gpt-realtime")
    with pytest.raises(MissingKeyError, match="OPENAI_API_KEY"):
        await session.connect()
    assert session.state.error is not None
    assert session.state.error.code == "missing_key"
    await session.aclose()


async def test_a_refused_connection_does_not_show_the_key(caplog: pytest.LogCaptureFixture) -> None:
    """Where nobody listens, neither the error nor the log nor the state shows the key."""
    caplog.set_level(logging.DEBUG)
    session = use_realtime("openai", api_key=KEY, base_url="http://127.0.0.1:9/v1")
    with pytest.raises(ConnectError) as caught:
        await session.connect()
    assert KEY not in f"{caught.value!r}{session!r}{session.provider!r}{session.state.to_json()!r}{caplog.text}"
    await session.aclose()


def test_the_default_model_is_the_one_there_is_a_key_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a key in the environment the default is its provider, with none the embedded one."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert default_model() == "openai:gpt-realtime"
    monkeypatch.delenv("OPENAI_API_KEY")
    assert default_model() == "local"
    assert use_realtime().provider.id == "local"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"voise": "marin"}, "did you mean 'voice'"),
        ({"on_mesage": print}, "did you mean 'on_message'"),
        ({"zzz": 1}, "no option 'zzz'"),
        ({"vad_mode": "psychic"}, "server, semantic, manual"),
        ({"voice": 7}, "voice"),
        ({"output_modalities": ["smell"]}, "output_modalities"),
        ({"session_config": {"temprature": 1}}, "temprature"),
        ({"session_config": {"turn_detection": {"type": "psychic"}}}, "turn_detection"),
        ({"api_key": "sk-nothing-for-local"}, "api_key"),
        ({"tools": [get_weather, get_weather]}, "two tools have one name"),
    ],
)
def test_wrong_options_are_named(options: dict[str, object], named: str) -> None:
    """Options that are unknown, wrong or of no use to the provider are ConfigurationErrors that name them."""
    with pytest.raises(ConfigurationError, match=named) as caught:
        use_realtime("local", **options)  # type: ignore[arg-type]
    assert "sk-nothing-for-local" not in str(caught.value)


@pytest.mark.parametrize("model", ["nobody", "nobody:at-all", "OpenAI"])
def test_an_unknown_provider_is_named(model: str) -> None:
    """A provider that does not exist is refused together with the list of those that do."""
    with pytest.raises(ConfigurationError, match="local, openai"):
        use_realtime(model)


async def test_settings_can_be_given_in_short() -> None:
    """Options are laid upon session_config, and turn detection can be said in a word."""
    session = use_realtime(
        "local", session_config={"voice": "marin", "instructions": "Old."}, instructions="New.", vad_mode="manual"
    )
    connecting = session.connect()
    config = session.state.config
    assert (config.voice, config.instructions, config.turn_detection) == ("marin", "New.", TurnDetection.disabled())
    await connecting
    await session.aclose()


async def test_semantic_eagerness_means_semantic_detection() -> None:
    """semantic_eagerness alone is enough to ask for semantic turn detection."""
    session = use_realtime("local", semantic_eagerness="high", session_config=SessionConfig(voice="marin"))
    session.connect()
    assert session.state.config.turn_detection == TurnDetection.semantic("high")
    await session.aclose()


async def test_a_stored_prompt_costs_no_other_setting() -> None:
    """The embedded provider has no stored prompts: it is said that one was left out, and the other settings hold."""
    told = list[tuple[str | None, str | None]]()
    settings: dict[str, Any] = {"prompt": {"id": "pmpt_1"}, "instructions": "Be brief.", "output_modalities": ["text"]}
    session = use_realtime(
        "local", session_config=settings, on_error=lambda error: told.append((error.code, error.param))
    )
    async with session:
        state = await until(session, lambda state: state.session.get("instructions") == "Be brief.")
    assert (told, state.session["prompt"]) == ([("unsupported_setting", "prompt")], None)


async def test_a_conversation_is_gone_on_with_in_fewer_events() -> None:
    """max_events holds for a session that begins with a state; without it the state's own number does."""
    async with use_realtime("local", output_modalities=["text"]) as session:
        session.send_text_message("Hello")
        await answered(session, 2)
        state = session.state
    fewer = use_realtime("local", state=state, max_events=3).state.events
    assert (fewer.maxlen, tuple(fewer)) == (3, tuple(state.events)[-3:])
    assert use_realtime("local", state=state).state.events.maxlen == 500


def test_a_script_needs_no_event_loop() -> None:
    """In a plain script a session connects, talks and closes with .wait()."""
    session = use_realtime("local", output_modalities=["text"])
    session.connect().wait(DEADLINE)
    assert session.state.status == "connected"
    session.aclose().wait(DEADLINE)
    assert session.task_count == 0


async def test_a_session_can_be_abandoned_at_any_moment() -> None:
    """Closing a session at any step of its connecting leaves nothing behind."""
    async with LocalServer(speech=False) as server:
        for steps in range(25):
            session = use_realtime(Local(base_url=server.url))
            connecting = session.connect()
            for _ in range(steps):
                await asyncio.sleep(0)
            await session.aclose()
            assert connecting.done
            await asyncio.gather(_outcome(connecting), return_exceptions=True)
            assert (session.task_count, session.subscriber_count, tasks()) == (0, 0, set())
    await becomes(lambda: len(asyncio.all_tasks()) == 1)


async def _outcome(completion: object) -> object:
    return await completion  # type: ignore[misc]
