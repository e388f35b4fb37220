"""One small frame for each of the 46 server events of the GA protocol, and the event that it is."""

from typing import Any

from realtime_rx import events as ev
from realtime_rx.items import AudioPart, Item, RateLimit, TextPart, ToolPart, Usage

Frame = dict[str, Any]

PLACE: Frame = {"response_id": "r", "item_id": "i", "output_index": 1, "content_index": 2}
CALL: Frame = {"response_id": "r", "item_id": "i", "output_index": 1, "call_id": "c"}
SAID: Frame = {
    "id": "i",
    "type": "message",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "Hi"}],
}
ITEM = Item(id="i", role="assistant", status="completed", parts=(TextPart(text="Hi"),))
CALLED: Frame = {
    "id": "i",
    "type": "function_call",
    "status": "completed",
    "name": "f",
    "call_id": "c",
    "arguments": '{"a":1}',
}
CALL_ITEM = Item(
    id="i",
    type="function_call",
    status="completed",
    parts=(ToolPart(tool_name="f", tool_call_id="c", arguments='{"a":1}'),),
)
USAGE: Frame = {
    "total_tokens": 12,
    "input_tokens": 5,
    "output_tokens": 7,
    "input_token_details": {
        "text_tokens": 2,
        "audio_tokens": 2,
        "image_tokens": 1,
        "cached_tokens": 2,
        "cached_tokens_details": {"text_tokens": 1, "audio_tokens": 1},
    },
    "output_token_details": {"text_tokens": 3, "audio_tokens": 4},
}
USED = Usage(
    total_tokens=12,
    input_tokens=5,
    output_tokens=7,
    input_text_tokens=2,
    input_audio_tokens=2,
    input_image_tokens=1,
    cached_tokens=2,
    cached_text_tokens=1,
    cached_audio_tokens=1,
    output_text_tokens=3,
    output_audio_tokens=4,
)
DONE: Frame = {"id": "r", "status": "completed", "status_details": None, "output": [SAID], "usage": USAGE}
SESSION: Frame = {"id": "s", "type": "realtime", "model": "m", "voice": "marin"}
TRANSCRIPTION = "conversation.item.input_audio_transcription"
BUFFER = "input_audio_buffer"

EXAMPLES: dict[str, tuple[Frame, ev.ServerEvent]] = {
    "session.created": ({"session": SESSION}, ev.SessionCreated("s", "m", SESSION)),
    "session.updated": ({"session": SESSION}, ev.SessionUpdated("s", "m", SESSION)),
    "conversation.created": ({"conversation": {"id": "c"}}, ev.ConversationCreated("c")),
    "conversation.item.created": ({"previous_item_id": "p", "item": SAID}, ev.ItemAdded(ITEM, "p")),
    "conversation.item.added": ({"previous_item_id": None, "item": SAID}, ev.ItemAdded(ITEM, None)),
    "conversation.item.done": ({"previous_item_id": "p", "item": SAID}, ev.ItemDone(ITEM)),
    "conversation.item.retrieved": ({"item": CALLED}, ev.ItemRetrieved(CALL_ITEM)),
    "conversation.item.deleted": ({"item_id": "i"}, ev.ItemDeleted("i")),
    "conversation.item.truncated": (
        {"item_id": "i", "content_index": 1, "audio_end_ms": 1500},
        ev.ItemTruncated("i", 1, 1500),
    ),
    f"{TRANSCRIPTION}.delta": (
        {"item_id": "i", "content_index": 1, "delta": "He"},
        ev.InputTranscriptionDelta("i", "He", 1),
    ),
    f"{TRANSCRIPTION}.completed": (
        {
            "item_id": "i",
            "content_index": 1,
            "transcript": "Hey",
            "usage": {"type": "tokens", "total_tokens": 9, "input_tokens": 4, "output_tokens": 5},
        },
        ev.InputTranscriptionCompleted("i", "Hey", 1, Usage(transcription_tokens=9)),
    ),
    f"{TRANSCRIPTION}.failed": (
        {"item_id": "i", "content_index": 1, "error": {"type": "t", "code": "c", "message": "m", "param": None}},
        ev.InputTranscriptionFailed("i", 1, "m", "c"),
    ),
    f"{TRANSCRIPTION}.segment": (
        {"item_id": "i", "content_index": 1, "id": "x", "text": "Hey", "speaker": "A", "start": 0.5, "end": 1},
        ev.InputTranscriptionSegment("i", 1, "Hey", "A", 0.5, 1.0),
    ),
    f"{BUFFER}.committed": ({"previous_item_id": "p", "item_id": "i"}, ev.AudioCommitted("i", "p")),
    f"{BUFFER}.cleared": ({}, ev.AudioCleared()),
    f"{BUFFER}.speech_started": ({"item_id": "i", "audio_start_ms": 20}, ev.SpeechStarted("i", 20)),
    f"{BUFFER}.speech_stopped": ({"item_id": "i", "audio_end_ms": 40}, ev.SpeechStopped("i", 40)),
    f"{BUFFER}.timeout_triggered": (
        {"item_id": "i", "audio_start_ms": 20, "audio_end_ms": 40},
        ev.InputTimeout("i", 20, 40),
    ),
    f"{BUFFER}.dtmf_event_received": ({"event": "9", "received_at": 17}, ev.DtmfReceived("9", 17)),
    "output_audio_buffer.started": ({"response_id": "r"}, ev.OutputAudioStarted("r")),
    "output_audio_buffer.stopped": ({"response_id": "r"}, ev.OutputAudioStopped("r")),
    "output_audio_buffer.cleared": ({"response_id": "r"}, ev.OutputAudioCleared("r")),
    "rate_limits.updated": (
        {"rate_limits": [{"name": "tokens", "limit": 10, "remaining": 9, "reset_seconds": 0.5}]},
        ev.RateLimitsUpdated((RateLimit(name="tokens", limit=10.0, remaining=9.0, reset_seconds=0.5),)),
    ),
    "error": (
        {"error": {"type": "t", "code": "c", "message": "m", "param": "p", "event_id": "x"}},
        ev.ServerError("m", "c", "t", "p", "x"),
    ),
    "response.created": ({"response": {"id": "r", "status": "in_progress", "output": []}}, ev.ResponseCreated("r")),
    "response.done": ({"response": DONE}, ev.ResponseDone("r", items=(ITEM,), usage=USED)),
    "response.output_item.added": (
        {"response_id": "r", "output_index": 1, "item": SAID},
        ev.OutputItemAdded("r", ITEM, 1),
    ),
    "response.output_item.done": (
        {"response_id": "r", "output_index": 1, "item": CALLED},
        ev.OutputItemDone("r", CALL_ITEM, 1),
    ),
    "response.content_part.added": (
        {**PLACE, "part": {"type": "audio", "transcript": ""}},
        ev.ContentPartAdded("i", "r", 1, 2, AudioPart(state="streaming", content_index=2)),
    ),
    "response.content_part.done": (
        {**PLACE, "part": {"type": "text", "text": "Hi"}},
        ev.ContentPartDone("i", "r", 1, 2, TextPart(text="Hi", content_index=2)),
    ),
    "response.output_text.delta": ({**PLACE, "delta": "H"}, ev.TextDelta("i", "r", 1, 2, "H")),
    "response.output_text.done": ({**PLACE, "text": "Hi"}, ev.TextDone("i", "r", 1, 2, "Hi")),
    "response.output_audio_transcript.delta": ({**PLACE, "delta": "H"}, ev.TranscriptDelta("i", "r", 1, 2, "H")),
    "response.output_audio_transcript.done": (
        {**PLACE, "transcript": "Hi"},
        ev.TranscriptDone("i", "r", 1, 2, "Hi"),
    ),
    "response.output_audio.delta": ({**PLACE, "delta": "AAEC"}, ev.AudioDelta("i", "r", 1, 2, "AAEC", 3)),
    "response.output_audio.done": (PLACE, ev.AudioDone("i", "r", 1, 2)),
    "response.function_call_arguments.delta": ({**CALL, "delta": "{"}, ev.ToolArgumentsDelta("i", "c", "r", "{")),
    "response.function_call_arguments.done": (
        {**CALL, "name": "f", "arguments": "{}"},
        ev.ToolArgumentsDone("i", "c", "r", "f", "{}"),
    ),
    "response.mcp_call_arguments.delta": (
        {"response_id": "r", "item_id": "i", "output_index": 1, "delta": "{"},
        ev.ToolArgumentsDelta("i", None, "r", "{"),
    ),
    "response.mcp_call_arguments.done": (
        {"response_id": "r", "item_id": "i", "output_index": 1, "arguments": "{}"},
        ev.ToolArgumentsDone("i", None, "r", None, "{}"),
    ),
    "response.mcp_call.in_progress": ({"item_id": "i", "output_index": 1}, ev.McpCallProgress("i", "in_progress")),
    "response.mcp_call.completed": ({"item_id": "i", "output_index": 1}, ev.McpCallProgress("i", "completed")),
    "response.mcp_call.failed": ({"item_id": "i", "output_index": 1}, ev.McpCallProgress("i", "failed")),
    "mcp_list_tools.in_progress": ({"item_id": "i"}, ev.McpToolsProgress("i", "in_progress")),
    "mcp_list_tools.completed": ({"item_id": "i"}, ev.McpToolsProgress("i", "completed")),
    "mcp_list_tools.failed": ({"item_id": "i"}, ev.McpToolsProgress("i", "failed")),
}


def frame(kind: str, **fields: Any) -> Frame:
    """A frame of this kind: its example's fields, and these instead or besides."""
    return {"type": kind, "event_id": "e", **EXAMPLES[kind][0], **fields}
