"""How the members of OpenAI's family put the same thing: GA's frames in their words, and theirs in GA's.

Written from the vendors' references and recorded sessions, and by no means of the library's own tables.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Frame = dict[str, Any]

BETA_NAMES = {
    "conversation.item.added": "conversation.item.created",
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
}
NORMALISED = {
    "session.created": "session-created",
    "session.updated": "session-updated",
    "input_audio_buffer.speech_started": "speech-started",
    "input_audio_buffer.speech_stopped": "speech-stopped",
    "input_audio_buffer.committed": "audio-committed",
    "conversation.item.added": "conversation-item-added",
    "conversation.item.input_audio_transcription.completed": "input-transcription-completed",
    "response.created": "response-created",
    "response.done": "response-done",
    "response.output_item.added": "output-item-added",
    "response.output_item.done": "output-item-done",
    "response.content_part.added": "content-part-added",
    "response.content_part.done": "content-part-done",
    "response.output_audio.delta": "audio-delta",
    "response.output_audio.done": "audio-done",
    "response.output_audio_transcript.delta": "audio-transcript-delta",
    "response.output_audio_transcript.done": "audio-transcript-done",
    "response.function_call_arguments.done": "function-call-arguments-done",
    "error": "error",
}
CAMEL = {"item_id": "itemId", "response_id": "responseId", "call_id": "callId", "previous_item_id": "previousItemId"}
SAID = ("delta", "transcript", "name", "arguments")
HEARD = {
    "session-update": "session.update",
    "input-audio-append": "input_audio_buffer.append",
    "input-audio-commit": "input_audio_buffer.commit",
    "input-audio-clear": "input_audio_buffer.clear",
    "conversation-item-create": "conversation.item.create",
    "conversation-item-truncate": "conversation.item.truncate",
    "response-create": "response.create",
    "response-cancel": "response.cancel",
}


@dataclass(frozen=True)
class Manner:
    """``says``: what a GA frame is there, none where it is not said. ``heard``: what a frame from the client means."""

    says: Callable[[Frame], list[Frame]] = lambda frame: [frame]
    heard: Callable[[Frame], Frame] = lambda frame: frame
    echoes_ids: bool = True


def beta(frame: Frame) -> list[Frame]:
    """As it was before GA: other names, no `conversation.item.done`."""
    if frame["type"] == "conversation.item.done":
        return []
    return [{**frame, "type": BETA_NAMES.get(frame["type"], frame["type"])}]


def azure(frame: Frame) -> list[Frame]:
    """GA, but for places that are null and parts that are said twice."""
    if frame["type"] == "conversation.item.done":
        return [{**frame, "previous_item_id": None}]
    return [{**frame, "content": frame["part"]}] if "part" in frame else [frame]


def xai(frame: Frame) -> list[Frame]:
    """Without contents and parts, with usage beside the response, with growing transcripts."""
    kind = frame["type"]
    if kind == "session.created":
        return [{"type": "conversation.created", "conversation": {"id": "conv_1"}, "previous_item_id": None}]
    if kind in ("conversation.item.done", "session.updated"):
        return [] if kind == "conversation.item.done" else [frame]
    if kind == "response.content_part.done":
        return [{name: value for name, value in frame.items() if name != "part"}]
    if kind in ("response.output_item.added", "response.output_item.done"):
        bare = {name: value for name, value in frame["item"].items() if name != "content"}
        return [{**frame, "item": bare, "previous_item_id": None}]
    if kind == "response.done":
        response = {**frame["response"], "status_details": "unimplemented", "usage": {}}
        return [{**frame, "response": response, "usage": frame["response"]["usage"]}]
    if kind == "conversation.item.input_audio_transcription.completed":
        grown = {**frame, "type": "conversation.item.input_audio_transcription.updated"}
        words = frame["transcript"].split()
        return [{**grown, "transcript": words[0]}, {**frame, "transcript": " ".join(words[:-1])}, frame]
    return [{"previous_item_id": None, **frame}]


def normalised(frame: Frame) -> list[Frame]:
    """As the AI SDK's gateway puts it, with the upstream frame in `raw`."""
    kind = frame["type"]
    if kind not in NORMALISED:
        return [{"type": "custom", "rawType": kind, "raw": frame}]
    fields = {theirs: frame[ours] for ours, theirs in CAMEL.items() if ours in frame}
    fields |= {name: frame[name] for name in SAID if name in frame}
    if "item" in frame:
        fields |= {"itemId": frame["item"]["id"]} | ({"item": frame["item"]} if "conversation" in kind else {})
    if "response" in frame:
        fields |= {"responseId": frame["response"]["id"], "status": frame["response"]["status"]}
        used = frame["response"].get("usage")
        fields |= (
            {"usage": {"inputTokens": used["input_tokens"], "outputTokens": used["output_tokens"]}} if used else {}
        )
    if "session" in frame:
        fields |= {"sessionId": frame["session"].get("id")}
    return [{"type": NORMALISED[kind], **fields, "raw": frame}]


def from_normalised(frame: Frame) -> Frame:
    heard: Frame = {"type": HEARD[frame["type"]], "audio": frame.get("audio")}
    if "config" in frame:
        heard["session"] = frame["config"]
    match frame.get("item"):
        case {"type": "text-message", "text": text}:
            content = [{"type": "input_text", "text": text}]
            heard["item"] = {"type": "message", "role": "user", "content": content}
        case {"type": "function-call-output", "callId": call_id, "output": output}:
            heard["item"] = {"type": "function_call_output", "call_id": call_id, "output": output}
        case _:
            pass
    return heard


MANNERS: Mapping[str, Manner] = {
    "openai": Manner(),
    "openai-beta": Manner(beta),
    "azure": Manner(azure),
    "azure-preview": Manner(beta),
    "azure-voice-live": Manner(beta),
    "xai": Manner(xai, echoes_ids=False),
    "gateway": Manner(normalised, from_normalised, echoes_ids=False),
}
