"""A visitor's sound on their page: realtime_rx.ui.page_sound."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import msgspec
import pytest

from realtime_rx import use_realtime
from realtime_rx.audio.bridge import AudioBridge
from realtime_rx.formats import PCM16_16K, PCMU
from realtime_rx.ui import NO_SOUND, PageSound, PageState, listen, page_bridges, page_sound

from ..audio.bridge.fakes import FakeSocket, hello
from ..support.frames import CREATED
from ..support.memory import Wire, connected, session_on
from ..support.waiting import becomes, until


def nothing() -> None:
    pass


def sound_of(options: dict[str, Any]) -> PageSound | None:
    return page_sound(options, page_bridges(), linger=1.0)[1]


async def test_a_page_is_told_what_it_needs() -> None:
    """A page is told where its socket is, its own token, and both rates; it begins anew unless one was there before."""
    sound = sound_of({"input_format": PCM16_16K})
    assert sound is not None
    told = json.loads(sound.mount("/sound", nothing))
    assert told.pop("token")
    assert told == {"url": "/sound", "inputRate": 16_000, "outputRate": 24_000, "resume": False}
    sound.close()


async def test_a_reloaded_page_has_a_token_of_its_own() -> None:
    """The next page goes on with the same sound by another token; the former one is void, and at last both are."""
    bridges = page_bridges()
    _, sound = page_sound({}, bridges, linger=1.0)
    assert sound is not None
    first = json.loads(sound.mount("/sound", nothing))
    before = FakeSocket(hello(first["token"]))
    serving = asyncio.create_task(bridges.serve(before))
    await becomes(lambda: sound.bridge.is_connected)
    second = json.loads(sound.mount("/sound", nothing))
    assert second["resume"] is True
    assert second["token"] != first["token"]
    stranger = FakeSocket(hello(first["token"]))
    await bridges.serve(stranger)
    assert stranger.closed == (4401, "wrong token")
    assert len(bridges) == 1
    sound.close()
    await serving
    assert len(bridges) == 0


@pytest.mark.parametrize(
    ("options", "added"),
    [
        ({}, {"audio_input", "audio_output"}),
        ({"audio_input": AudioBridge().microphone}, {"audio_output"}),
        ({"audio_input": AudioBridge().microphone, "audio_output": AudioBridge().speaker}, set()),
        ({"input_format": PCMU}, set()),
        ({"session_config": {"output_format": PCMU}}, set()),
        ({"auto_playback": False}, {"audio_input"}),
        ({"auto_playback": False, "audio_input": AudioBridge().microphone}, set()),
    ],
)
def test_devices_are_added_where_there_are_none(options: dict[str, Any], added: set[str]) -> None:
    """The options get the page's devices for those that they do not bring, in a format that pages speak."""
    complete, sound = page_sound(options, page_bridges(), linger=1.0)
    assert complete.keys() - options.keys() == added
    assert {name: complete[name] for name in options} == options
    assert (sound is None) == (not added)


async def test_a_page_speaks_at_the_sample_rate() -> None:
    """sample_rate is what the page's microphone and speaker are opened at, and what the provider is told."""
    options, sound = page_sound({"sample_rate": 16_000}, page_bridges(), linger=1.0)
    assert sound is not None
    session = use_realtime("xai", api_key="sk-x", **options)
    told = json.loads(sound.mount("/sound", nothing))
    assert (told["inputRate"], told["outputRate"]) == (16_000, 16_000)
    assert (session.state.config.input_format, session.state.config.output_format) == (PCM16_16K, PCM16_16K)
    await session.aclose()
    sound.close()


async def test_a_page_is_asked_for_its_microphone_when_connected() -> None:
    """With auto_capture a page whose session is connected is asked to start its sound, without a click."""
    asked: list[bool] = []
    wire = Wire()
    options, sound = page_sound({"auto_capture": True}, page_bridges(), linger=1.0)
    assert sound is not None
    sound.mount("/sound", lambda: asked.append(True))
    session = use_realtime("openai", api_key="sk-x", transport=wire, **options)
    connecting = session.connect()
    wire.say(CREATED)
    await connecting
    await becomes(lambda: asked)
    assert session.state.is_capturing
    await session.aclose()
    sound.close()


async def test_who_waits_for_a_page_without_sound_is_told() -> None:
    """A page that says why it has no sound ends the waiting for its microphone, in the visitor's words."""
    asked: list[bool] = []
    options, sound = page_sound({}, page_bridges(), linger=1.0)
    assert sound is not None
    sound.mount("/sound", lambda: asked.append(True))
    session = await connected(Wire(), **options)
    session.start_audio_capture()
    await becomes(lambda: asked)
    said = sound.hear({"state": "idle", "error": "insecure-context", "message": "Sound needs https."})
    assert (said.is_on, said.message) == (False, "Sound needs https.")
    state = await until(session, lambda state: state.error is not None)
    assert state.error is not None
    assert (state.error.message, state.error.param) == ("Sound needs https.", "audio_input")
    await session.aclose()
    sound.close()


async def test_a_page_that_says_nonsense_is_not_believed() -> None:
    """What no page says is refused."""
    sound = sound_of({})
    assert sound is not None
    with pytest.raises(msgspec.ValidationError):
        sound.hear({"state": 3})
    sound.close()


async def test_a_text_conversation_never_misses_the_sound() -> None:
    """A session whose page never starts its sound has no error, and ends with no task left."""
    options, sound = page_sound({}, page_bridges(), linger=1.0)
    assert sound is not None
    wire = Wire()
    session = await connected(wire, **options)
    session.send_text_message("Hello", respond=False)
    assert (await wire.hear())["type"] == "conversation.item.create"
    assert session.state.error is None
    assert not session.state.flow.has_output
    await session.aclose()
    sound.close()
    assert (session.task_count, session.subscriber_count) == (0, 0)


async def test_pressing_the_button_dials_and_listens() -> None:
    """The button's press starts the capture, dialling first where it may, and its second press stops it."""
    options, sound = page_sound({}, page_bridges(), linger=1.0)
    assert sound is not None
    session = session_on(Wire(), **options)
    listen(session, True, connect=True)
    await until(session, lambda state: state.is_capturing)
    assert session.state.status == "connecting"
    listen(session, False)
    await until(session, lambda state: not state.is_capturing)
    await session.aclose()
    sound.close()


def test_no_numpy_is_needed() -> None:
    """A page has its sound where numpy is missing; only session.audio shows nothing of it."""
    script = (
        "import sys; sys.modules['numpy'] = None\n"
        "from realtime_rx.ui import page_sound, page_bridges\n"
        "_, sound = page_sound({}, page_bridges(), linger=1.0)\n"
        "assert sound.bridge.microphone.meter is None"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_page_says_whether_its_sound_is_on() -> None:
    """The sound is on from the click until the page stops it, also while it reconnects; without a sound it never is."""
    states = ("idle", "waiting", "connecting", "connected", "reconnecting", "closed", "none")
    assert [state for state in states if PageState(state).is_on] == ["connecting", "connected", "reconnecting"]
    assert not NO_SOUND.is_on
