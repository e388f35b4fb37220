"""Between the format that a device has and the one that a provider speaks."""

import base64
from typing import Any

import pytest

from realtime_rx.abc import Devices
from realtime_rx.capabilities import Capabilities
from realtime_rx.client import converter
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError
from realtime_rx.formats import PCM16_16K, PCM16_24K, PCMU, AudioFormat
from realtime_rx.initial import sounding
from realtime_rx.matching import Matcher, closest

from .support.memory import Wire, connected
from .support.waiting import until
from .test_sound import CREATED, Microphone, Speaker

PCM16_48K = AudioFormat(rate=48_000)


@pytest.mark.parametrize(
    ("device", "spoken", "chosen"),
    [
        (PCM16_24K, (PCM16_16K, PCM16_24K), PCM16_24K),
        (PCM16_24K, (PCM16_16K, PCM16_48K), PCM16_48K),
        (PCM16_48K, (PCMU, PCM16_16K, PCM16_24K), PCM16_24K),
        (PCM16_48K, (PCMU,), PCMU),
        (PCM16_48K, (), PCM16_48K),
    ],
)
def test_the_closest_format_loses_least(device: Any, spoken: Any, chosen: Any) -> None:
    """A device's own format is best, then PCM16 of a higher rate, then of a lower one, then what there is."""
    assert closest(device, spoken) == chosen


def test_equal_formats_pass_untouched() -> None:
    """Sound in the format that is wanted is the same object, and nothing is needed to convert it."""
    sound = b"\1\0" * 10
    assert Matcher(None)(sound, PCM16_24K, PCM16_24K) is sound


def test_without_a_converter_other_formats_are_refused() -> None:
    """Where nothing converts, the error says what would."""
    with pytest.raises(ConfigurationError, match="convert="):
        Matcher(None)(b"", PCM16_16K, PCM16_24K)


def test_all_of_a_sound_comes_out() -> None:
    """What goes in at one rate comes out at the other, all of it once it has ended; what was cleared never."""
    matcher = Matcher(converter)
    out = b"".join(matcher(b"\0\0" * 320, PCM16_16K, PCM16_24K) for _ in range(50)) + matcher.rest()
    assert PCM16_24K.milliseconds(len(out)) == pytest.approx(1000, abs=0.1)
    matcher(b"\0\0" * 320, PCM16_16K, PCM16_24K)
    matcher.clear()
    assert matcher.rest() == b""


def test_a_provider_may_change_its_mind() -> None:
    """When a provider says that it speaks another format, what comes is converted from that one."""
    matcher = Matcher(converter)
    matcher(b"\0\0" * 320, PCM16_16K, PCM16_24K)
    assert len(matcher(b"\xff" * 8_000, PCMU, PCM16_24K) + matcher.rest()) == 48_000


async def test_a_microphone_of_another_rate_is_heard_in_the_providers() -> None:
    """The provider gets the sound at the rate that was settled, the last of it when the capturing ends."""
    wire, microphone = Wire(), Microphone()
    microphone.format = PCM16_48K
    session = await connected(wire, audio_input=microphone, convert=converter)
    assert session.state.config.input_format == PCM16_24K
    session.start_audio_capture()
    for _ in range(10):
        microphone.heard.put_nowait(b"\0\0" * 960)
    await until(session, lambda state: state.is_capturing)
    sent = 0
    while sent < 4_800:
        sent += len(base64.b64decode((await wire.hear())["audio"])) // 2
        if sent >= 4_200:
            session.stop_audio_capture()
    assert sent == 4_800
    await session.aclose()


async def test_a_speaker_of_another_rate_plays_the_whole_answer() -> None:
    """An answer of 100 ms is 100 ms long at the speaker's rate too: its end is not held back."""
    wire, speaker = Wire(), Speaker()
    speaker.format = PCM16_48K
    session = await connected(wire, audio_output=speaker, convert=converter)
    await until(session, lambda state: state.flow.has_output)
    place = {"response_id": "r1", "item_id": "a1", "output_index": 0, "content_index": 0}
    delta = base64.b64encode(b"\0\0" * 2_400).decode()
    wire.say(CREATED, {"type": "response.output_audio.delta", **place, "delta": delta})
    wire.say({"type": "response.output_audio.done", **place})
    await until(session, lambda state: state.events and state.events[-1].type == "audio-done")
    assert sum(length for *_, length in speaker.asked) == 2 * 4_800
    await session.aclose()


async def test_the_ledger_counts_in_what_the_provider_speaks() -> None:
    """How long an answer is follows from the format that the provider says it speaks."""
    wire = Wire()
    session = await connected(wire, audio_output=Speaker())
    await until(session, lambda state: state.flow.has_output)
    slow = {"type": "audio/pcm", "rate": 16_000}
    wire.say({"type": "session.updated", "session": {"type": "realtime", "audio": {"output": {"format": slow}}}})
    place = {"response_id": "r1", "item_id": "a1", "output_index": 0, "content_index": 0}
    wire.say({"type": "response.output_audio.delta", **place, "delta": base64.b64encode(bytes(32_000)).decode()})
    state = await until(session, lambda state: state.flow.playing)
    assert (state.output_format, state.flow.playing[0].received_ms) == (PCM16_16K, 1000.0)
    await session.aclose()


def test_a_provider_that_cannot_be_told_is_not_told() -> None:
    """A format is no setting where the provider has none for it: nothing is left out that nobody asked for."""
    can = Capabilities(output_formats=(PCM16_16K,), ignored_config=frozenset({"output_format"}))
    assert sounding(SessionConfig(), can, Devices(speaker=Speaker(), convert=converter)) == SessionConfig()
