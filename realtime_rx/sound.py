"""One session's microphone and speaker: what is said goes out, what comes in is heard, and what was heard is told.

A device that is missing, refused or lost is an error in the state; the conversation goes on in writing.
"""

from __future__ import annotations

import asyncio
import binascii
from collections.abc import Callable
from contextlib import aclosing
from typing import assert_never

from msgspec.structs import replace

from realtime_rx.abc import AudioInput, AudioOutput, Devices
from realtime_rx.base64s import from_base64
from realtime_rx.effects import EndAudio, FlushPlayback, PlayAudio
from realtime_rx.errors import AudioDeviceError, ConfigurationError, RealtimeErrorInfo
from realtime_rx.events import (
    AppendAudio,
    AudioPlayed,
    CapturePaused,
    CaptureStarted,
    CaptureStopped,
    ClientEvent,
    ErrorNoticed,
    OutputAttached,
    OutputDetached,
    PlaybackDrained,
)
from realtime_rx.matching import Matcher
from realtime_rx.reducer.microphone import is_heard
from realtime_rx.reducer.playback import INPUT, OUTPUT
from realtime_rx.runtime import LoopHost, end
from realtime_rx.state import SessionState
from realtime_rx.store import Store
from realtime_rx.visualization import AudioVisualization, meter_of

__all__ = ["Sound"]

PAUSE_S = 1.5
"""A microphone of which nothing comes for so long gives no sound for now. A network is back sooner, mostly."""


class Sound:
    """May be used from any thread; the devices are opened and read on the host's loop."""

    def __init__(
        self,
        host: LoopHost,
        store: Store,
        send: Callable[[ClientEvent], None],
        clock: Callable[[], float],
        devices: Devices,
    ) -> None:
        self._host = host
        self._store = store
        self._dispatch = store.dispatch
        self._send = send
        self._clock = clock
        self._to_wire = Matcher(devices.convert)
        self._from_wire = Matcher(devices.convert)
        self._microphone = devices.microphone
        self._speaker = devices.speaker
        self._capture: asyncio.Task[None] | None = None
        self._attached = False
        self._captured = 0
        self._connection = 0
        self._released = False
        self._watching: asyncio.TimerHandle | None = None

    @property
    def visualization(self) -> AudioVisualization:
        return AudioVisualization(meter_of(self._microphone), meter_of(self._speaker))

    # Listening

    def start_capture(self) -> None:
        """Send what the microphone hears. Raises :class:`ConfigurationError` where the session has none."""
        if self._microphone is None:
            raise ConfigurationError("this session has no microphone: make it with audio_input=…")
        self._host.call(self._begin, self._microphone)

    def stop_capture(self, then: Callable[[float], None] | None = None) -> None:
        """Stop that, then call ``then`` with how many milliseconds the connection that there is has heard of it."""
        self._host.call(self._end, then)

    def _begin(self, microphone: AudioInput) -> None:
        before = self._capture
        if before is None or before.done() or before.cancelling():
            self._capture = self._host.spawn(self._listen(microphone, before), name="realtime-rx microphone")

    def _end(self, then: Callable[[float], None] | None) -> None:
        if self._capture is not None:
            self._capture.cancel()
        self._released = then is not None
        if then is not None:
            self._send_rest()
            state = self._store.state
            heard = self._captured if self._connection == state.connection else 0
            then(state.input_format.milliseconds(heard))
            self._captured = 0

    async def _listen(self, microphone: AudioInput, before: asyncio.Task[None] | None) -> None:
        if before is not None:  # it may still be letting the device go
            await asyncio.wait((before,))
        self._captured, self._released = 0, False
        self._dispatch(CaptureStarted(at=self._clock()))
        self._watch(0)
        try:
            async with aclosing(microphone.chunks()) as chunks:
                async for chunk in chunks:
                    state = self._store.state
                    self._send_sound(self._to_wire(chunk, microphone.format, state.input_format), state)
        except (AudioDeviceError, ConfigurationError) as error:
            self._dispatch(ErrorNoticed(self._told(error, INPUT), at=self._clock()))
        finally:
            self._stop_watching()
            self._send_rest()
            self._dispatch(CaptureStopped(self._released, at=self._clock()))

    def _send_rest(self) -> None:
        """The sound ends here."""
        self._send_sound(self._to_wire.rest(), self._store.state)

    def _send_sound(self, sound: bytes, state: SessionState) -> None:
        """What is counted is what the present connection has heard: the one before took its own along."""
        if state.connection != self._connection:
            self._connection, self._captured = state.connection, 0
        if sound and is_heard(state):
            self._captured += len(sound)
            self._send(AppendAudio(sound))

    def _watch(self, before: int) -> None:
        """Tell while nothing comes: a page that is away, a device that sleeps."""
        if 0 < before == self._captured:
            self._dispatch(CapturePaused(at=self._clock()))
        self._watching = self._host.loop.call_later(PAUSE_S, self._watch, self._captured)

    def _stop_watching(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    # Being heard

    def attach(self) -> None:
        """Open the speaker, where there is one and it is not open. A visitor's is waited for."""
        if self._speaker is not None and not self._attached:
            self._attached = True
            self._host.call(self._spawn_open, self._speaker)

    def _spawn_open(self, speaker: AudioOutput) -> None:
        self._host.spawn(self._open(speaker), name="realtime-rx speaker")

    async def _open(self, speaker: AudioOutput) -> None:
        try:
            await speaker.open(self)
        except AudioDeviceError as error:
            self.on_lost(error)
        else:
            self._dispatch(OutputAttached(at=self._clock()))

    def run(self, effect: PlayAudio | EndAudio | FlushPlayback) -> None:
        match effect:
            case PlayAudio():
                self.play(effect)
            case EndAudio():
                self.end(effect)
            case FlushPlayback():
                self.flush()
            case _:
                assert_never(effect)

    def play(self, effect: PlayAudio) -> None:
        """Queue this sound. What is no base64 is an error in the state."""
        if self._speaker is None or not self._attached:
            return
        try:
            pcm = from_base64(effect.audio)
        except binascii.Error as error:
            told = RealtimeErrorInfo(message=f"sound that is no base64: {error}", code="protocol_error")
            self._dispatch(ErrorNoticed(told, at=self._clock()))
        else:
            self._play(self._speaker, effect, pcm)

    def _play(self, speaker: AudioOutput, effect: PlayAudio, sound: bytes) -> None:
        try:
            sound = self._from_wire(sound, self._store.state.output_format, speaker.format)
        except ConfigurationError as error:
            self._dispatch(ErrorNoticed(self._told(error, OUTPUT), at=self._clock()))
        else:
            speaker.play(effect.item_id, effect.content_index, sound)

    def end(self, effect: EndAudio) -> None:
        """No more comes of this part."""
        rest = self._from_wire.rest()
        if rest and self._speaker is not None and self._attached:
            self._speaker.play(effect.item_id, effect.content_index, rest)

    def flush(self) -> None:
        self._from_wire.clear()
        if self._speaker is not None and self._attached:
            self._speaker.flush()

    def on_played(self, item_id: str, content_index: int, samples: int) -> None:
        if self._speaker is not None:
            heard_ms = 1000.0 * samples / self._speaker.format.rate
            self._dispatch(AudioPlayed(item_id, content_index, heard_ms, at=self._clock()))

    def on_drained(self) -> None:
        self._dispatch(PlaybackDrained(at=self._clock()))

    def on_lost(self, error: AudioDeviceError | None) -> None:
        self._attached = False
        told = self._told(error, OUTPUT) if error is not None else None
        self._dispatch(OutputDetached(told, at=self._clock()))
        if error is None:
            self.attach()

    def _told(self, error: AudioDeviceError | ConfigurationError, device: str) -> RealtimeErrorInfo:
        return replace(RealtimeErrorInfo.of(error, at=self._clock()), param=device)

    async def close(self) -> None:
        """Let both devices go."""
        if self._capture is not None:
            await end(frozenset((self._capture,)))
        if self._microphone is not None:
            await self._microphone.close()
        if self._speaker is not None and self._attached:
            self._attached = False
            await self._speaker.close()
