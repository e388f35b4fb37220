"""Connections to a scripted Gemini Live server: begun, lost, resumed, left; and what they are opened with."""

import asyncio

import pytest

from realtime_rx.abc import Endpoint
from realtime_rx.effects import Notify
from realtime_rx.errors import RealtimeError, RealtimeErrorInfo
from realtime_rx.events import GoAway, SessionCreated
from realtime_rx.providers import Google
from realtime_rx.session import RealtimeSession
from realtime_rx.transports import WebSocketTransport

from .support.gemini_frames import calling, completed, going_away, resumable, saying, sounding, spoken_turn
from .support.gemini_model import talk
from .support.gemini_server import KEY, GeminiCaller, RefusedError, gemini, session_at
from .support.gemini_sessions import FAST, PIECE, answered, get_weather, quiet, rows
from .support.waiting import becomes, until


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
    assert state.restored == "replayed"


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
    """After `goAway` the session dials anew in the first silence in which it has a handle that knows of it all."""

    async def leaving(caller: GeminiCaller) -> None:
        await caller.greet()
        await caller.say(resumable("handle-2"))
        await caller.hear("clientContent")
        await caller.say(saying("Yes"), sounding(), going_away("50s"), completed(), resumable("handle-3"))
        await caller.listen()

    async with gemini(leaving, talk) as server:
        session = session_at(server, reconnect=FAST)
        noticed: list[GoAway] = []
        session.server_events.subscribe(lambda event: noticed.append(event) if isinstance(event, GoAway) else None)
        async with session:
            session.send_text_message("Hello?")
            state = await until(session, lambda state: state.connection == 2 and quiet(state))
    assert [event.time_left_ms for event in noticed] == [50_000]
    assert server.callers[1].setup["sessionResumption"] == {"handle": "handle-3"}
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


async def test_a_protocol_error_of_ours_is_final() -> None:
    """What Gemini closes with 1007 is said as it was said, and not dialled again and again."""

    async def refusing(caller: GeminiCaller) -> None:
        with pytest.raises(RefusedError, match="nonsense"):
            await talk(caller)

    async with gemini(refusing) as server, session_at(server, reconnect=FAST) as session:
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
