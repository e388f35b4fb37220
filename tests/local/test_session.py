"""The configuration of a session, and how `session.update` changes it."""

from realtime_rx.local import Engine
from realtime_rx.local.session import default_session

from .conftest import TEXT, TOOL, Event, Open, SlowWords, echo
from .strict import check


async def test_a_session_begins_with_what_is_in_force() -> None:
    """session.created shows the whole configuration, with the model the client asked for."""
    events: list[Event] = []
    engine = Engine(events.append, brain=echo, model="local-1")
    engine.open()
    (created,) = map(check, events)
    assert created["type"] == "session.created"
    assert created["session"]["model"] == "local-1"
    assert created["session"]["output_modalities"] == ["audio"]
    assert created["session"].keys() == default_session("x", detects_turns=False).keys()
    await engine.aclose()


async def test_an_update_changes_what_it_names_and_nothing_else(session: Open) -> None:
    """A session.update is merged field by field, also inside of audio, and echoed whole."""
    async with session() as peer:
        first = await peer.update(instructions="Be kind.", audio={"output": {"speed": 1.5}})
        second = await peer.update(
            audio={"output": {"voice": "cedar"}, "input": {"transcription": {"model": "x"}}}, tools=[TOOL]
        )
        assert second["instructions"] == "Be kind."
        assert second["audio"]["output"] == first["audio"]["output"] | {"voice": "cedar", "speed": 1.5}
        assert second["audio"]["input"]["transcription"] == {"model": "x"}
        assert second["tools"] == [TOOL]
        third = await peer.update(audio={"input": {"transcription": {"language": "en"}}})
        assert third["audio"]["input"]["transcription"] == {"model": "x", "language": "en"}


async def test_turn_detection_is_kept_merged_and_switched_off(session: Open) -> None:
    """Turn detection of one type is merged, another type starts from its defaults, null ends it."""
    async with session() as peer:
        vad = {"type": "server_vad", "silence_duration_ms": 300}
        first = await peer.update(audio={"input": {"turn_detection": vad}})
        assert first["audio"]["input"]["turn_detection"]["threshold"] == 0.5
        second = await peer.update(audio={"input": {"turn_detection": {"type": "server_vad", "threshold": 0.9}}})
        assert second["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 300
        third = await peer.update(audio={"input": {"turn_detection": {"type": "semantic_vad"}}})
        assert third["audio"]["input"]["turn_detection"]["eagerness"] == "auto"
        fourth = await peer.update(audio={"input": {"turn_detection": None}})
        assert fourth["audio"]["input"]["turn_detection"] is None


async def test_a_refused_update_changes_nothing(session: Open) -> None:
    """One bad field refuses the whole session.update, and no session.updated comes."""
    async with session() as peer:
        long = {**TOOL, "description": "x" * 1025}
        error = await peer.error(
            "session.update", session={"type": "realtime", "instructions": "new", "tools": [TOOL, long]}
        )
        assert (error["code"], error["param"]) == ("string_above_max_length", "session.tools[1].description")
        assert peer.of("session.updated") == []
        assert (await peer.update())["instructions"] != "new"


async def test_the_voice_is_fixed_once_it_was_heard(session: Open) -> None:
    """After the first sound another voice is refused, for the session and for one response; the same one is not."""
    async with session(voice=SlowWords()) as peer:
        await peer.update(audio={"output": {"voice": "cedar"}})
        await peer.ask("hello")
        change = {"audio": {"output": {"voice": "marin"}}}
        error = await peer.error("session.update", session={"type": "realtime", **change})
        assert (error["code"], error["param"]) == ("cannot_update_voice", "session.audio.output.voice")
        error = await peer.error("response.create", response=change)
        assert (error["code"], error["param"]) == ("cannot_update_voice", "response.audio.output.voice")
        await peer.update(audio={"output": {"voice": "cedar", "speed": 0.5}})


async def test_the_voice_is_free_before_it_was_heard(session: Open) -> None:
    """Text answers do not fix the voice, and a voice may be given by its id."""
    async with session(voice=SlowWords()) as peer:
        await peer.ask("hello", **TEXT)
        assert (await peer.update(audio={"output": {"voice": {"id": "v1"}}}))["audio"]["output"]["voice"] == "v1"
