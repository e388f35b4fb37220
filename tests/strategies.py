"""What hypothesis makes: JSON, frames that are nearly right, and histories of events in any order."""

import json
from typing import Any

from hypothesis import strategies as st

from realtime_rx import events as ev
from realtime_rx.config import SessionConfig, ToolDefinition
from realtime_rx.errors import ProtocolError, RealtimeErrorInfo
from realtime_rx.items import ImagePart, Item, TextPart
from realtime_rx.providers.openai_wire import OpenAICodec
from realtime_rx.providers.openai_wire.decode import ALIASES

from .providers.openai_wire.ga_frames import EXAMPLES, frame

ITEMS = ("i", "j", "k", "")
RESPONSES = ("r", "q")
CONTENT = ("input_text", "output_audio", "input_audio", "text", "audio", "input_image", "smell")
CALLS = ("c", "d")

SPLICES = (b"", b"\xff", b"NaN", b"Infinity", b"-0", b"1e999", b"\x00", b'"', b"}", b"[[[[", b"\\ud800", b"9" * 5000)
MESSAGES = [Item(id=each, role="user", parts=(TextPart(text="Hi"),)) for each in ITEMS]
SUBMITTED = (ev.CommitAudio(), ev.DeleteItem("i"), ev.TruncateItem("i", 5), ev.RawEvent({}))

numbers = st.one_of(st.integers(-2, 3), st.just(10**30), st.just(-(2**64)), st.floats(allow_nan=False, width=32))
texts = st.text(max_size=8) | st.sampled_from(("", "type", "\x00", "é\u2028"))
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def item_frames() -> st.SearchStrategy[dict[str, Any]]:
    """Conversation items as some server might write them."""
    content = st.fixed_dictionaries(
        {"type": st.sampled_from(CONTENT)},
        optional={
            "text": st.sampled_from(("", "Hi")),
            "transcript": st.sampled_from((None, "", "Hey")),
            "image_url": st.sampled_from(("", "data:image/png;base64,AA", "https://a.example/")),
        },
    )
    kinds = ("message", "message", "function_call", "function_call_output", "mcp_call", "mcp_list_tools", "new")
    return st.fixed_dictionaries(
        {"id": st.sampled_from(ITEMS), "type": st.sampled_from(kinds)},
        optional={
            "role": st.sampled_from(("user", "assistant", "system", "tool", None)),
            "status": st.sampled_from(("in_progress", "completed", "incomplete", "failed", "odd", None)),
            "content": st.lists(content, max_size=3),
            "name": st.sampled_from(("f", "", None)),
            "call_id": st.sampled_from(CALLS),
            "arguments": st.sampled_from(("", "{}", '{"a":1}', '{"a"', "[]")),
            "output": st.sampled_from((None, "x", "")),
            "error": st.sampled_from((None, {"message": "no"})),
        },
    )


def with_fields(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """A frame of this kind whose ids, indexes, items and statuses come from small sets, so that they meet."""
    fields: dict[str, st.SearchStrategy[Any]] = {
        "item_id": st.sampled_from(ITEMS),
        "response_id": st.sampled_from((*RESPONSES, None)),
        "previous_item_id": st.sampled_from((*ITEMS, None)),
        "content_index": st.sampled_from((0, 0, 0, 1, 2, -1, 10**30)),
        "call_id": st.sampled_from(CALLS),
        "item": item_frames(),
        "name": st.sampled_from(("f", None)),
        "arguments": st.sampled_from(("", "{}", '{"a":1}', '{"a"')),
    }
    example = EXAMPLES[kind][0]
    chosen = {name: strategy for name, strategy in fields.items() if name in example}
    if kind in ("response.created", "response.done"):
        chosen["response"] = st.fixed_dictionaries(
            {
                "id": st.sampled_from(RESPONSES),
                "status": st.sampled_from(("completed", "cancelled", "failed", "incomplete", "in_progress")),
                "output": st.lists(item_frames(), max_size=2),
            }
        )
    if kind == "error":
        codes = ("conversation_already_has_active_response", "response_cancel_not_active", "other", None)
        chosen["error"] = st.fixed_dictionaries(
            {"message": st.just("m"), "code": st.sampled_from(codes)},
            optional={"event_id": st.sampled_from((None, "rx_create_1", "i", "j"))},
        )
    return st.fixed_dictionaries(chosen).map(lambda given: frame(kind, **given))


frames: st.SearchStrategy[dict[str, Any]] = st.sampled_from(sorted(EXAMPLES)).flatmap(with_fields)


@st.composite
def confused_frames(draw: st.DrawFn) -> dict[str, Any]:
    """A frame of a known kind, under any of its names, in which some field is missing or is something else."""
    given = draw(frames)
    names = [given["type"], *(old for old, new in ALIASES.items() if new == given["type"])]
    given = {**given, "type": draw(st.sampled_from(names))}
    for _ in range(draw(st.integers(1, 3))):
        target: Any = given
        key: Any = draw(st.sampled_from(sorted(target)))
        while isinstance(target[key], dict) and target[key] and draw(st.booleans()):
            target = target[key] = dict(target[key])
            key = draw(st.sampled_from(sorted(target)))
        if draw(st.booleans()):
            target[key] = draw(values)
        elif key != "type":
            del target[key]
        if not given:
            break
    return given


@st.composite
def broken_frames(draw: st.DrawFn) -> str | bytes:
    """The text of a frame, cut, spliced, or with other bytes in it."""
    text = json.dumps(draw(frames), ensure_ascii=draw(st.booleans())).encode()
    start, end = sorted(draw(st.lists(st.integers(0, len(text)), min_size=2, max_size=2)))
    broken = text[:start] + draw(st.sampled_from(SPLICES)) + text[end if draw(st.booleans()) else start :]
    return broken if draw(st.booleans()) else broken.decode("utf-8", "surrogateescape")


def decodable(given: dict[str, Any]) -> list[ev.ServerEvent]:
    """The events in a frame; none where it is refused."""
    try:
        return list(OpenAICodec().decode(json.dumps(given), at=1.0))
    except ProtocolError:
        return []


INFO = RealtimeErrorInfo(message="m", code="c")
LOCAL: list[ev.Event] = [
    ev.ConnectRequested(SessionConfig(voice="marin")),
    ev.ConnectRequested(),
    ev.DisconnectRequested(),
    *(kind(n) for kind in (ev.TransportOpened,) for n in (1, 2)),
    *(kind(n, INFO) for kind in (ev.ConnectFailed, ev.TransportClosed) for n in (1, 2)),
    *(ev.EventSubmitted(ev.CreateItem(item, where)) for item in MESSAGES for where in (None, "root", "j")),
    *(ev.EventSubmitted(event) for event in SUBMITTED),
    ev.EventSubmitted(ev.UpdateSession(SessionConfig(instructions="x"))),
    ev.ResponseRequested(),
    ev.ResponseRequested(ev.CreateResponse(instructions="x", event_id="mine")),
    *(ev.CancelRequested(which) for which in (None, "r", "q")),
    ev.InterruptRequested(),
    *(ev.ToolReturned(call, output) for call in CALLS for output in (None, "x", {"a": [1, 2.5]})),
    *(ev.ToolFailed(call, INFO) for call in CALLS),
    *(kind(call) for kind in (ev.ToolStarted, ev.ToolApprovalRequested, ev.ToolApproved) for call in CALLS),
    *(ev.ToolProgressed(call, {"half": True}) for call in CALLS),
    *(ev.ToolRejected(call, reason) for call in CALLS for reason in (None, "no")),
    *(ev.ToolReturned(call, None, (ImagePart(data="AAAA"),)) for call in CALLS),
    ev.ToolsOffered((ToolDefinition(name="offered"),)),
    ev.ErrorNoticed(INFO),
    ev.CaptureStarted(),
    ev.CapturePaused(),
    ev.CaptureStopped(),
    ev.PlaybackStarted(),
    ev.PlaybackDrained(),
    ev.OutputAttached(),
    ev.OutputDetached(),
    ev.OutputDetached(INFO),
    *(ev.AudioPlayed(item, 0, heard) for item in ("i", "j") for heard in (0.0, 20.0, 1e6)),
    # What no frame of this protocol says, and other providers do.
    ev.Interrupted("r"),
    ev.Interrupted(),
    ev.ToolCallsCancelled(("c",)),
    ev.GoAway(10),
    ev.ResumptionHandle("h"),
    ev.FrameRejected("r"),
    ev.ProviderEvent("p"),
    ev.TextDelta("i", delta="x"),
    ev.ResponseDone("r"),
]  # fmt: skip


def histories(max_size: int = 40) -> st.SearchStrategy[list[ev.Event]]:
    """Events of every kind in any order, about few items, responses and calls."""
    decoded = st.one_of(frames, frames, confused_frames()).map(decodable)
    local = st.sampled_from(LOCAL).map(lambda event: [event])
    many = st.lists(decoded | decoded | local, max_size=max_size)
    return many.map(lambda lists: [event for each in lists for event in each])
