"""use_realtime(): a microphone that opens by itself, and sound that nobody plays, on real sockets."""

from typing import Any

import pytest

from realtime_rx import use_realtime
from realtime_rx.effects import PlayAudio
from realtime_rx.local import LocalServer
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.providers import Local

from .support.server import KEY, saying, serving
from .support.waiting import becomes, until
from .test_sound import TWENTY_MS, Microphone, sound

AT_ONCE_AGAIN: dict[str, Any] = {"auto_capture": True, "reconnect": ReconnectPolicy(first_delay_s=0.01)}


@pytest.mark.parametrize("lost", [False, True])
async def test_the_microphone_opens_after_each_connect(lost: bool) -> None:
    """With auto_capture connect() opens the microphone; who stops it stays unheard until they connect anew."""
    microphone = Microphone()
    async with serving(saying()) as server:
        session = use_realtime("openai", base_url=server.base_url, api_key=KEY, audio_input=microphone, **AT_ONCE_AGAIN)
        await session.connect()
        microphone.heard.put_nowait(TWENTY_MS)
        await becomes(lambda: "input_audio_buffer.append" in server.callers[0].types)
        session.stop_audio_capture()
        await until(session, lambda state: not state.is_capturing)
        if lost:
            await server.callers[0].socket.close(1011)
            await until(session, lambda state: state.reconnects == 1)
        else:
            await session.restart()
        assert (session.state.is_capturing, microphone.taken) == (False, 0)
        await session.disconnect()
        await session.connect()
        await until(session, lambda state: state.is_capturing)
        await session.aclose()
    assert (session.task_count, session.subscriber_count, microphone.taken) == (0, 0, 0)


async def test_the_microphone_stays_open_over_a_loss() -> None:
    """A microphone that auto_capture opened goes on after a reconnection, and is opened no second time."""
    microphone = Microphone()
    async with serving(saying()) as server:
        session = use_realtime("openai", base_url=server.base_url, api_key=KEY, audio_input=microphone, **AT_ONCE_AGAIN)
        await session.connect()
        await until(session, lambda state: state.is_capturing)
        await server.callers[0].socket.close(1011)
        await until(session, lambda state: state.reconnects == 1)
        microphone.heard.put_nowait(TWENTY_MS)
        await becomes(lambda: "input_audio_buffer.append" in server.callers[1].types)
        assert microphone.taken == 1
        await session.aclose()


async def test_the_microphone_opens_with_a_fallback() -> None:
    """With auto_capture the microphone opens, too, where another provider takes over before there was a connection."""
    async with LocalServer(speech=False) as server:
        session = use_realtime(
            Local(base_url="http://127.0.0.1:9/v1"),
            fallbacks=[Local(base_url=server.url)],
            auto_capture=True,
            audio_input=Microphone(),
        )
        await session.connect()
        await until(session, lambda state: state.is_capturing)
        await session.aclose()


async def test_without_playback_the_sound_is_in_the_effects() -> None:
    """With auto_playback off nothing is played: the reply's sound is to be had from the effects."""
    played = list[PlayAudio]()
    async with serving(saying(sound(100))) as server:
        session = use_realtime("openai", base_url=server.base_url, api_key=KEY, auto_playback=False)
        session.effects.subscribe(lambda effect: played.append(effect) if isinstance(effect, PlayAudio) else None)
        async with session:
            await becomes(lambda: played)
            assert (played[0].byte_count, session.state.is_playing) == (4800, False)
