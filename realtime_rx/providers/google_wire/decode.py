"""Frames to events. One frame can say several things; what nobody knows is passed on raw."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from realtime_rx import events as ev
from realtime_rx.formats import PCM16_24K, AudioFormat
from realtime_rx.providers.google_wire.frames import (
    Part,
    Received,
    ServerContent,
    ServerMessage,
    VadSignal,
    VoiceActivity,
    received,
)
from realtime_rx.providers.google_wire.known import Known
from realtime_rx.providers.google_wire.turns import Turns
from realtime_rx.providers.google_wire.usage import TurnUsage, usage_of

READ = frozenset(ServerMessage.__struct_encode_fields__)
READ_CONTENT = frozenset(ServerContent.__struct_encode_fields__)
# How a model that speaks titles its thinking, where it does not mark it.
TITLED = re.compile(r"\s*\*\*[^*\n]+\*\*\s*(\n|$)")
RATE = re.compile(r"\brate=([1-9]\d{3,5})\b")
# Of at most 315,576,000,000 seconds: https://protobuf.dev/reference/protobuf/google.protobuf/#duration
DURATION = re.compile(r"(\d{1,12}(?:\.\d{1,9})?)s?")


class Decoder:
    """One connection's frames, in order."""

    def __init__(self, known: Known, model: str | None) -> None:
        self._known = known
        self._model = model
        self._turns = Turns(known)
        self._usage = TurnUsage()
        self._titled: list[str] = []
        self._format = PCM16_24K

    def decode(self, frame: str | bytes, at: float) -> Sequence[ev.ServerEvent]:
        """The events in a frame. Raises :class:`ProtocolError` naming what is wrong, and nothing else."""
        read = received(frame)
        self._turns.born(at)
        self._turns.events = []
        self._message(read)
        return tuple(replace(event, at=at, frame=read.raw) for event in self._turns.events)

    def _message(self, read: Received) -> None:
        message = read.message
        if message.setup_complete is not None:
            self._set_up(message.setup_complete.session_id)
        self._activity(message.voice_activity, message.voice_activity_detection_signal)
        if message.usage_metadata is not None:
            self._used(message)
        if message.server_content is not None:
            self._content(message.server_content, read)
        if message.tool_call is not None:
            self._calls(message, read)
        if message.tool_call_cancellation is not None:
            self._say(ev.ToolCallsCancelled(tuple(message.tool_call_cancellation.ids or ())))
        self._connection(message)
        for name in sorted(read.keys() - READ) or ([] if read.keys() else [""]):
            self._say(ev.ProviderEvent(name))

    def _connection(self, message: ServerMessage) -> None:
        if message.session_resumption_update is not None:
            update = message.session_resumption_update
            self._say(ev.ResumptionHandle(update.new_handle or "", bool(update.resumable)))
        if message.go_away is not None:
            self._say(ev.GoAway(milliseconds(message.go_away.time_left)))
        if message.error is not None:
            error = message.error
            self._say(ev.ServerError(error.message or "", error.status or (str(error.code) if error.code else None)))

    def _say(self, event: ev.ServerEvent) -> None:
        self._turns.events.append(event)

    def _set_up(self, session_id: str | None) -> None:
        self._say(
            ev.SessionCreated(session_id, self._model, input_format=self._known.input_format, output_format=PCM16_24K)
        )

    def _activity(self, activity: VoiceActivity | None, signal: VadSignal | None) -> None:
        said = {activity.voice_activity_type if activity else None, signal.vad_signal_type if signal else None}
        offset = milliseconds(activity.audio_offset) if activity is not None else None
        if said & {"ACTIVITY_START", "VAD_SIGNAL_TYPE_SOS"}:
            self._say(ev.SpeechStarted(None, offset))
        elif said & {"ACTIVITY_END", "VAD_SIGNAL_TYPE_EOS"}:
            self._say(ev.SpeechStopped(None, offset))
        elif activity is not None or signal is not None:
            self._say(ev.ProviderEvent("voiceActivity"))

    def _used(self, message: ServerMessage) -> None:
        """What a turn used is told before its end."""
        if message.usage_metadata is not None:
            self._say(ev.UsageUpdated(self._usage.added(usage_of(message.usage_metadata))))

    def _calls(self, message: ServerMessage, read: Received) -> None:
        calls = message.tool_call.function_calls if message.tool_call is not None else None
        named = [call for call in calls or () if call.name]
        for call in named:
            self._begin()
            self._turns.called(call)
        if len(named) < len(calls or ()) or not named:
            self._say(ev.ProviderEvent("toolCall"))

    def _content(self, content: ServerContent, read: Received) -> None:
        """The parts of one frame, in the order in which they happened: the user spoke, the model replied, it ended."""
        if content.input_transcription is not None:
            transcription = content.input_transcription
            self._turns.heard(transcription.text or "", finished=bool(transcription.finished))
        if content.model_turn is not None:
            for index, part in enumerate(content.model_turn.parts or ()):
                self._part(part, read, frozenset(read.parts()[index]))
        if content.output_transcription is not None and content.output_transcription.text:
            self._begin()
            self._turns.spoke(content.output_transcription.text)
        for name in sorted(read.keys("serverContent") - READ_CONTENT):
            self._say(ev.ProviderEvent(f"serverContent.{name}"))
        if content.generation_complete:
            self._turns.generated()
        if content.interrupted:
            self._turns.interrupted()
        if content.turn_complete:
            self._over(content.turn_complete_reason)
        if not self._turns.events:
            self._say(ev.ProviderEvent("serverContent"))

    def _over(self, reason: str | None) -> None:
        """The turn is over. What looked like thoughts was written where the model turns out not to speak."""
        if self._known.modality is None:
            self._turns.wrote("".join(self._titled))
        self._titled = []
        self._turns.over(reason)

    def _begin(self) -> None:
        if not self._turns.under_way:
            self._usage.next_turn()
        self._turns.begin()

    def _part(self, part: Part, read: Received, keys: frozenset[str]) -> None:
        """One part of the model's turn. What it thinks is passed on raw, and is never what it said."""
        if part.inline_data is not None and not part.thought:
            self._data(part.inline_data.mime_type or "", read.data(part.inline_data))
        elif part.text is not None:
            if not part.text:
                return
            self._begin()
            if self._is_thought(part):
                self._say(ev.ProviderEvent("thought"))
            else:
                self._turns.wrote(part.text)
        else:
            self._begin()
            self._say(ev.ProviderEvent(next(iter(sorted(keys - {"thought", "thoughtSignature"})), "part")))

    def _is_thought(self, part: Part) -> bool:
        """A model that speaks writes nothing but thoughts, marked or not. Until it is known to speak, a title tells."""
        if part.thought or self._known.modality == "audio":
            return True
        text = part.text or ""
        if self._known.modality is None and (self._titled or TITLED.match(text)):
            self._titled.append(text)
            return True
        return False

    def _data(self, mime_type: str, data: str) -> None:
        if not mime_type.startswith("audio/"):
            self._begin()
            self._say(ev.ProviderEvent("inlineData"))
            return
        if not data:
            return
        self._in_format(mime_type)
        self._begin()
        self._turns.sounded(data)

    def _in_format(self, mime_type: str) -> None:
        """Sound says its own rate; one that is new is told first."""
        rate = RATE.search(mime_type)
        spoken = AudioFormat(rate=int(rate[1])) if rate is not None else self._format
        if spoken != self._format:
            self._format = spoken
            self._say(ev.SessionUpdated(output_format=spoken))


def milliseconds(duration: str | None) -> int | None:
    """Protobuf's duration (``"9.5s"``) in milliseconds; None where it is none."""
    match = DURATION.fullmatch(duration or "")
    return round(float(match[1]) * 1000) if match is not None else None
