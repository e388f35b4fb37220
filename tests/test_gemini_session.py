"""Sessions with a scripted Gemini Live server over a real socket."""

import asyncio
from typing import Any

import pytest

from realtime_rx.abc import Endpoint
from realtime_rx.config import SessionConfig, TurnDetection
from realtime_rx.effects import Notify
from realtime_rx.errors import RealtimeError, RealtimeErrorInfo
from realtime_rx.events import GoAway, SessionCreated
from realtime_rx.items import AudioPart, ToolPart
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.providers import Google
from realtime_rx.session import RealtimeSession
from realtime_rx.state import Message, SessionState
from realtime_rx.tools import tool
from realtime_rx.transports import WebSocketTransport

from .support.gemini_frames import calling, cancelling, completed, going_away, resumable, saying, sounding, spoken_turn
from .support.gemini_server import KEY, GeminiCaller, gemini, kind_of, session_at, talk
from .support.waiting import DEADLINE, becomes, until
from .test_sound import Microphone, Speaker

FAST = ReconnectPolicy(first_delay_s=0.0, max_delay_s=0.0, steady_s=0.0)
PIECE = bytes(3200)
"""100 ms at 16 kHz."""


@tool
def get_weather(city: str) -> dict[str, Any]:
    """The weather in a city."""
    return {"city": city, "sky": "clear"}


def rows(state: SessionState) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in state.messages if message.text]


def quiet(state: SessionState) -> bool:
    """Connected, and nothing is under way."""
    flow = state.flow
    busy = flow.response_id is not None or flow.requested or flow.calls or flow.queued or flow.restoring
    return state.status == "connected" and not busy


def answered(turns: int) -> Any:
    def enough(state: SessionState) -> bool:
        replies = [each for each in state.messages if each.role == "assistant" and each.text]
        return quiet(state) and len(replies) >= turns and replies[-1].status != "in_progress"

    return enough


@pytest.mark.parametrize("binary", [True, False])
async def test_a_written_turn_is_answered(binary: bool) -> None:
    """What is typed is answered in words and sound; thoughts are not said; the turn's usage is counted."""
    async with gemini(talk, binary=binary) as server:
        session = session_at(server)
        async with session:
            session.send_text_message("Hello?")
            state = await until(session, answered(1))
    assert rows(state) == [("user", "Hello?"), ("assistant", "Yes, that was turn 1.")]
    assert (state.usage.input_tokens, state.usage.output_audio_tokens, state.error) == (100, 10, None)
    assert server.callers[0].kinds == ["setup", "clientContent", "clientContent"]
    assert server.callers[0].setup["model"] == "models/gemini-test"


async def test_turns_follow_each_other() -> None:
    """Several typed turns are answered one after the other, and each is counted."""
    async with gemini(talk) as server:
        session = session_at(server)
        async with session:
            for turn in (1, 2, 3):
                session.send_text_message(f"Question {turn}")
                state = await until(session, answered(turn))
    assert [role for role, _ in rows(state)] == ["user", "assistant"] * 3
    assert state.usage.total_tokens == 330


async def test_nothing_goes_out_before_the_setup_is_complete() -> None:
    """What is said before Gemini has taken the settings waits for that."""
    opened = asyncio.Event()

    async def slow(caller: GeminiCaller) -> None:
        await caller.hear("setup")
        await opened.wait()
        assert caller.frames[1:] == []
        await caller.say({"setupComplete": {}})
        await caller.hear("clientContent")
        await caller.say(*spoken_turn("Hi."))
        await caller.listen()

    async with gemini(slow) as server:
        session = session_at(server)
        connecting = session.connect()
        session.send_text_message("Hello?")
        session.send_audio(PIECE)
        await becomes(lambda: server.callers and server.callers[0].frames)
        opened.set()
        await connecting
        await until(session, answered(1))
        await session.aclose()
    assert server.callers[0].refusal is None


async def test_a_tool_is_called_and_answered_by_name() -> None:
    """A tool's output goes back with id and name, nothing is asked for after it, and the model uses it."""
    async with gemini(talk) as server:
        session = session_at(server, tools=[get_weather])
        async with session:
            session.send_text_message("How is the weather?")
            state = await until(session, answered(1))
    response = next(frame for frame in server.callers[0].frames if kind_of(frame) == "toolResponse")
    assert response["toolResponse"]["functionResponses"] == [
        {"id": "call-1", "name": "get_weather", "response": {"output": {"city": "Tokyo", "sky": "clear"}}}
    ]
    assert server.callers[0].kinds == ["setup", "clientContent", "clientContent", "toolResponse"]
    part = next(part for message in state.messages for part in message.parts if isinstance(part, ToolPart))
    assert (part.state, part.output, "clear" in state.messages[-1].text) == (
        "output-available", {"city": "Tokyo", "sky": "clear"}, True,
    )  # fmt: skip


async def test_a_tool_that_fails_is_answered_too() -> None:
    """A call that gave no output is answered with its error, so that it blocks nothing."""

    @tool(name="get_weather")
    def broken(city: str) -> None:
        """Fail."""
        raise LookupError(f"{city} is not on the map")

    async with gemini(talk) as server:
        session = session_at(server, tools=[broken])
        async with session:
            session.send_text_message("How is the weather?")
            await until(session, answered(1))
    (answer,) = server.callers[0].frames[-1]["toolResponse"]["functionResponses"]
    assert (answer["name"], "not on the map" in answer["response"]["error"]) == ("get_weather", True)


async def test_speech_is_one_message_before_its_reply() -> None:
    """What the user said, told in deltas of which the last comes after the reply began, is one message before it."""
    async with gemini(talk) as server:
        session = session_at(server)
        async with session:
            for _ in range(3):
                session.send_audio(PIECE)
            state = await until(session, answered(1))
    assert rows(state) == [("user", " Hello, are you there?"), ("assistant", "I am here.")]
    assert [message.status for message in state.messages] == ["completed", "completed"]
    assert server.callers[0].kinds == ["setup", "audio", "audio", "audio"]
    assert server.callers[0].frames[1]["realtimeInput"]["audio"]["mimeType"] == "audio/pcm;rate=16000"


async def test_push_to_talk_marks_activity() -> None:
    """Without turn detection the first sound begins an activity and committing ends it, which alone is answered."""
    async with gemini(talk) as server:
        session = session_at(server, session_config=SessionConfig(turn_detection=TurnDetection.disabled()))
        async with session:
            for turn in (1, 2):
                session.send_audio(PIECE)
                session.send_audio(PIECE)
                session.commit_audio()
                session.request_response()
                state = await until(session, answered(turn))
    assert server.callers[0].kinds == ["setup", *["activityStart", "audio", "audio", "activityEnd"] * 2]
    assert [role for role, _ in rows(state)] == ["user", "assistant"] * 2


async def told(session: RealtimeSession) -> SessionState:
    session.send_text_message("Tell me a story.")
    return await until(session, lambda state: "Once upon" * 10 in [message.text for message in state.messages])


async def test_an_interruption_ends_the_reply() -> None:
    """When Gemini says that it was interrupted the reply is marked, keeps its words, and the next turn goes on."""
    async with gemini(talk) as server:
        session = session_at(server)
        async with session:
            await told(session)
            for _ in range(3):
                session.send_audio(PIECE)
            state = await until(session, answered(2))
    story: Message = state.messages[1]
    assert (story.text, story.interrupted, story.status) == ("Once upon" * 10, True, "incomplete")
    assert rows(state)[2:] == [("user", " Hello, are you there?"), ("assistant", "I am here.")]
    assert (state.mode, state.error) == ("idle", None)


async def test_an_interruption_is_heard_at_once() -> None:
    """The speaker falls silent when Gemini says so, and the message says how much of it was heard."""
    speaker = Speaker()
    async with gemini(talk) as server:
        session = session_at(server, audio_output=speaker)
        async with session:
            await until(session, lambda state: state.flow.has_output)
            state = await told(session)
            assert speaker.listener is not None
            item = state.messages[1].id
            speaker.listener.on_played(item, 0, 24_000 * 2)
            session.send_audio(PIECE)
            await until(session, lambda state: not state.is_playing)
            speaker.listener.on_drained()
            state = await until(session, lambda state: quiet(state) and state.messages[1].status == "incomplete")
            part = state.messages[1].parts[0]
    assert isinstance(part, AudioPart)
    assert (part.transcript, part.heard_ms) == ("Once upon" * 10, 2000)
    assert ("flush",) in speaker.asked
    assert server.callers[0].kinds == ["setup", "clientContent", "clientContent", "audio"]


async def test_a_microphone_of_another_rate_is_told() -> None:
    """A microphone that hears at 24 kHz is heard at 24 kHz: every piece of sound says its rate."""
    microphone = Microphone()
    async with gemini(talk) as server:
        session = session_at(server, audio_input=microphone)
        async with session:
            session.start_audio_capture()
            microphone.heard.put_nowait(bytes(4800))
            await becomes(lambda: "audio" in server.callers[0].kinds)
            assert session.state.error is None
    assert server.callers[0].frames[-1]["realtimeInput"]["audio"]["mimeType"] == "audio/pcm;rate=24000"


@pytest.mark.parametrize("stop", ["stop_audio_capture", "stop_listening"])
async def test_gemini_is_told_that_the_microphone_is_off(stop: str) -> None:
    """Where Gemini listens for the end of speech, it need not wait for a silence that never comes: it is told, once."""
    microphone = Microphone()
    async with gemini(talk) as server:
        session = session_at(server, audio_input=microphone)
        async with session:
            session.start_audio_capture()
            await until(session, lambda state: state.is_capturing)
            for _ in range(2):
                microphone.heard.put_nowait(bytes(4800))
            await becomes(lambda: server.callers[0].kinds.count("audio") == 2)
            getattr(session, stop)()
            await until(session, lambda state: not state.is_capturing)
            session.send_text_message("That was it.", respond=False)
            await becomes(lambda: "clientContent" in server.callers[0].kinds)
    assert server.callers[0].kinds == ["setup", "audio", "audio", "audioStreamEnd", "clientContent"]


async def test_late_sound_of_an_interrupted_turn_is_dropped() -> None:
    """Sound and words that come between the interruption and the end of the turn are not heard, words are kept."""

    async def part(caller: GeminiCaller) -> None:
        await caller.greet()
        await caller.hear("clientContent")
        await caller.say(saying("One"), sounding(), {"serverContent": {"interrupted": True}})
        await caller.say(sounding(), saying(" two"), sounding(), completed())
        await caller.listen()

    heard: list[int] = []
    async with gemini(part) as server:
        session = session_at(server)
        session.effects.subscribe(lambda effect: heard.append(getattr(effect, "byte_count", 0)))
        async with session:
            session.send_text_message("Count.")
            state = await until(session, lambda state: quiet(state) and state.messages[-1].status == "incomplete")
    assert sum(heard) == 4800
    assert (state.messages[-1].text, state.messages[-1].interrupted) == ("One two", True)


async def test_a_lost_session_is_resumed() -> None:
    """A connection that is lost is taken up again with the latest handle; nothing is told twice."""

    async def dying(caller: GeminiCaller) -> None:
        await caller.greet()
        await caller.hear("clientContent")
        await caller.say(*spoken_turn("Yes."), resumable("handle-7"))
        await caller.socket.close(1011, "Internal error")

    async with gemini(dying, talk) as server:
        session = session_at(server, reconnect=FAST)
        async with session:
            session.send_text_message("Hello?")
            await until(session, lambda state: state.reconnects == 1 and quiet(state))
            session.send_text_message("Still there?")
            state = await until(session, answered(2))
    first, second = server.callers
    assert first.setup["sessionResumption"] == {}
    assert second.setup["sessionResumption"] == {"handle": "handle-7"}
    assert (state.restored, second.kinds) == ("resumed", ["setup", "clientContent", "clientContent"])
    assert len(rows(state)) == 4


async def test_a_session_without_a_handle_is_told_what_was_said() -> None:
    """Where there is nothing to go on with, the conversation is told again, as turns that ask for no answer."""

    async def dying(caller: GeminiCaller) -> None:
        await caller.greet()
        await caller.hear("clientContent")
        await caller.say(calling(("c1", "get_weather", {"city": "Rome"})))
        await caller.hear("toolResponse")
        await caller.say(*spoken_turn("Clear."))
        await caller.socket.close(1011, "Internal error")

    async with gemini(dying, talk) as server:
        session = session_at(server, reconnect=FAST, tools=[get_weather])
        async with session:
            session.send_text_message("And in Rome?")
            await until(session, lambda state: state.reconnects == 1 and quiet(state))
            session.send_text_message("Thanks.")
            state = await until(session, answered(2))
    turns = [frame["clientContent"] for frame in server.callers[1].frames[1:]]
    assert [(turn["turnComplete"], turn["turns"][0]["role"]) for turn in turns[:-1]] == [
        (False, "user"), (False, "model"), (False, "user"), (False, "model"), (False, "user"),
    ]  # fmt: skip
    texts = [turn["turns"][0]["parts"][0]["text"] for turn in turns[:-1]]
    assert (texts[0], texts[3:], turns[-1]) == ("And in Rome?", ["Clear.", "Thanks."], {"turnComplete": True})
    assert "get_weather" in texts[1]
    assert "clear" in texts[2]
    assert (state.restored, server.callers[1].refusal) == ("replayed", None)


async def test_a_handle_that_is_refused_is_given_up() -> None:
    """A server that closes the connection over a handle is dialled again without one, and told what was said."""

    async def dying(caller: GeminiCaller) -> None:
        await caller.greet()
        await caller.hear("clientContent")
        await caller.say(*spoken_turn("Yes."), resumable("stale"))
        await caller.socket.close(1011, "Internal error")

    async def refusing(caller: GeminiCaller) -> None:
        await caller.hear("setup")
        await caller.socket.close(1007, "Session handle is not valid")

    async with gemini(dying, refusing, talk) as server:
        session = session_at(server, reconnect=FAST)
        async with session:
            session.send_text_message("Hello?")
            state = await until(session, lambda state: state.reconnects == 1 and quiet(state))
    assert [caller.setup["sessionResumption"] for caller in server.callers] == [{}, {"handle": "stale"}, {}]
    assert state.restored == "replayed"


async def test_a_server_that_goes_away_is_left_in_time() -> None:
    """After `goAway` the session dials anew in the first silence, with its handle, before it is hung up on."""

    async def leaving(caller: GeminiCaller) -> None:
        await caller.greet()
        await caller.say(resumable("handle-2"))
        await caller.hear("clientContent")
        await caller.say(saying("Yes"), sounding(), going_away("50s"), completed())
        await caller.listen()

    async with gemini(leaving, talk) as server:
        session = session_at(server, reconnect=FAST)
        noticed: list[GoAway] = []
        session.server_events.subscribe(lambda event: noticed.append(event) if isinstance(event, GoAway) else None)
        async with session:
            session.send_text_message("Hello?")
            state = await until(session, lambda state: state.connection == 2 and quiet(state))
    assert [event.time_left_ms for event in noticed] == [50_000]
    assert server.callers[1].setup["sessionResumption"] == {"handle": "handle-2"}
    assert rows(state) == [("user", "Hello?"), ("assistant", "Yes")]


async def test_a_session_is_in_one_place() -> None:
    """A session is taken up again only when its old connection is closed: Gemini refuses it while that is open."""
    steps: list[str] = []

    class Slow(WebSocketTransport):
        async def open(self, endpoint: Endpoint) -> None:
            steps.append("open")
            await super().open(endpoint)

        async def close(self) -> None:
            for _ in range(50):
                await asyncio.sleep(0)
            await super().close()
            steps.append("closed")

    async def leaving(caller: GeminiCaller) -> None:
        await caller.greet()
        await caller.say(resumable("handle-3"), going_away("50s"))
        await caller.listen()

    async with gemini(leaving, talk) as server:
        session = session_at(server, reconnect=FAST, transport=Slow)
        async with session:
            await until(session, lambda state: state.connection == 2 and quiet(state))
    assert steps == ["open", "closed", "open", "closed"]


async def test_a_cancelled_call_is_not_answered() -> None:
    """A call that Gemini took back is ended, its output is told to nobody, and the session goes on."""
    begun, ended = asyncio.Event(), asyncio.Event()

    @tool(name="get_weather")
    async def slow(city: str) -> str:
        """Take for ever."""
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return city

    async def part(caller: GeminiCaller) -> None:
        await caller.greet()
        await caller.hear("clientContent")
        await caller.hear("clientContent")
        await caller.say(calling(("c1", "get_weather", {"city": "Rome"})))
        await begun.wait()
        await caller.say(cancelling("c1"), completed())
        await caller.listen()

    async with gemini(part) as server:
        session = session_at(server, tools=[slow])
        async with session:
            session.send_text_message("And in Rome?")
            await until(session, lambda state: quiet(state) and len(state.messages) == 2)
            await asyncio.wait_for(ended.wait(), DEADLINE)
            session.send_text_message("Never mind.", respond=False)
            await becomes(lambda: len(server.callers[0].frames) == 4)
    assert "toolResponse" not in server.callers[0].kinds
    assert session.state.messages[1].parts[0].error == "cancelled by the provider"  # type: ignore[union-attr]


async def test_an_empty_turn_blocks_nothing() -> None:
    """A turn that ends without a word is a reply of nothing, and the next question is asked."""

    async def part(caller: GeminiCaller) -> None:
        await caller.greet()
        for end in ([completed()], [completed(), completed()], spoken_turn("At last.")):
            while not (await caller.hear("clientContent"))["clientContent"]["turnComplete"]:
                pass
            await caller.say(*end)
        await caller.listen()

    async with gemini(part) as server:
        session = session_at(server)
        async with session:
            for question in ("One?", "Two?", "Three?"):
                session.send_text_message(question)
                state = await until(session, quiet)
            state = await until(session, answered(1))
    assert rows(state)[-1] == ("assistant", "At last.")


async def test_settings_are_kept_for_a_connection() -> None:
    """A setting that is changed under way is an error that names it, and is in force from the next connection on."""
    noticed: list[RealtimeErrorInfo] = []
    async with gemini(talk) as server:
        session = session_at(server, reconnect=FAST)
        session.effects.subscribe(lambda effect: noticed.append(effect.error) if isinstance(effect, Notify) else None)
        async with session:
            session.update_session(instructions="Be long.", speed=1.5)
            await until(session, lambda state: state.error is not None)
            session.restart()
            await until(session, lambda state: state.connection == 2 and quiet(state))
    assert [(error.code, error.param) for error in noticed[:3]] == [
        ("unsupported_setting", "speed"), ("fixed_setting", "instructions"), ("fixed_setting", "speed"),
    ]  # fmt: skip
    said = [caller.setup["systemInstruction"]["parts"][0]["text"] for caller in server.callers]
    assert said == ["Be brief.", "Be long."]


async def test_a_picture_is_shown() -> None:
    """A frame of video is realtime input; a picture is part of a written turn."""
    async with gemini(talk) as server:
        session = session_at(server)
        async with session:
            session.send_video_frame("AAAA")
            session.send_image("BBBB", text="What is this?")
            await until(session, answered(1))
    frames = server.callers[0].frames
    assert frames[1] == {"realtimeInput": {"video": {"mimeType": "image/jpeg", "data": "AAAA"}}}
    assert frames[2]["clientContent"]["turns"][0]["parts"] == [
        {"text": "What is this?"}, {"inlineData": {"mimeType": "image/png", "data": "BBBB"}},
    ]  # fmt: skip


async def test_a_protocol_error_of_ours_is_final() -> None:
    """What Gemini closes with 1007 is said as it was said, and not dialled again and again."""
    async with gemini(talk) as server:
        session = session_at(server, reconnect=FAST)
        async with session:
            session.send_event({"type": "nonsense", "nonsense": {}})
            state = await until(session, lambda state: state.status == "error")
    assert state.error is not None
    assert (state.error.code, len(server.callers)) == ("close_1007", 1)


async def test_the_key_is_in_no_address_and_in_no_state() -> None:
    """The key is shown in a header alone; no state, event, repr or error holds it."""
    async with gemini(talk) as server:
        session = session_at(server)
        async with session:
            session.send_text_message("Hello?")
            state = await until(session, answered(1))
        caller = server.callers[0]
        assert caller.credentials == (KEY, None)
        assert caller.socket.request is not None
        assert KEY not in caller.socket.request.path
    shown = [state.to_json().decode(), repr(state), repr(session), repr(session.provider), repr(list(state.events))]
    assert not any(KEY in each for each in shown)


async def test_a_key_that_is_echoed_is_not_shown() -> None:
    """A server that names the key in its refusal does not bring it into the state or an error."""

    async def telling(caller: GeminiCaller) -> None:
        await caller.hear("setup")
        await caller.socket.close(1008, f"API key not valid: {KEY}")

    async with gemini(telling) as server:
        session = session_at(server)
        with pytest.raises(RealtimeError, match="API key not valid") as refused:
            await session.connect()
        assert KEY not in f"{refused.value!r} {session.state.to_json().decode()} {session.state!r}"
        await session.aclose()


async def test_an_ephemeral_token_calls_the_constrained_method() -> None:
    """A token in the place of a key goes to v1alpha's constrained method, as an authorization."""
    async with gemini(talk) as server:
        google = Google(api_key="auth_tokens/0123456789", base_url=server.base_url)
        session = RealtimeSession(google, transport=WebSocketTransport)
        async with session:
            state = await until(session, quiet)
        path = server.callers[0].socket.request.path  # type: ignore[union-attr]
        assert path.endswith("v1alpha.GenerativeService.BidiGenerateContentConstrained")
        assert server.callers[0].credentials == (None, "Token auth_tokens/0123456789")
    assert "auth_tokens/0123456789" not in state.to_json().decode()
    assert isinstance(state.events[0], SessionCreated)
