"""What was said, as items for a provider that has not heard it: everything in writing, nothing twice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import msgspec
from msgspec.structs import replace

from realtime_rx.capabilities import Capabilities
from realtime_rx.items import AudioPart, ImagePart, Item, Part, TextPart, ToolPart
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.state import Message, SessionState

# Both are what providers say of their own models, roughly: it is a bound that is wanted, not a bill.
CHARACTERS_PER_TOKEN = 4
TOKENS_PER_IMAGE = 1_000
# By this a tool's pictures are known as what they are when the provider tells of them: the user did not send them.
PICTURES = "rx_pic_"
# OpenAI takes no longer ids.
LONGEST_ID = 32


def history(state: SessionState, needed: Collection[str] = ()) -> tuple[Item, ...]:
    """The latest messages as items, oldest first: as many as the policy's budget holds, and whatever is ``needed``."""
    latest = list(affordable(reversed(state.messages), state.reconnect, needed))
    return tuple(item for message in reversed(latest) for item in items_of(message, state.capabilities))


def affordable(messages: Iterable[Message], policy: ReconnectPolicy, needed: Collection[str]) -> Iterator[Message]:
    """As many of these messages as the budget holds, from the first on; those that are needed at any price."""
    tokens, turns = policy.replay_tokens, policy.replay_turns
    missing = set(needed)
    for message in messages:
        tokens -= cost(message)
        spent = tokens < 0 or (turns is not None and turns <= 0)
        if spent and not missing:
            return
        if not spent or message.id in missing:
            yield message
        missing.discard(message.id)
        if message.role == "user" and turns is not None:
            turns -= 1


def cost(message: Message) -> int:
    images = sum(isinstance(part, ImagePart) for part in message.parts)
    return len(message.text) // CHARACTERS_PER_TOKEN + images * TOKENS_PER_IMAGE + sum(map(cost_of_call, message.parts))


def cost_of_call(part: Part) -> int:
    if not isinstance(part, ToolPart):
        return 0
    words = (len(part.arguments) + len(msgspec.json.encode(part.output))) // CHARACTERS_PER_TOKEN
    return words + len(part.images) * TOKENS_PER_IMAGE


def items_of(message: Message, can: Capabilities) -> Iterator[Item]:
    """A message as items: its words, and each call with its output. A call without one is no history yet."""
    if message.status == "failed":
        return
    words = tuple(part for part in map(written, message.parts) if part is not None and is_taken(part, can))
    if words:
        yield Item(id=message.id, role=message.role, status="completed", parts=numbered(words))
    for part in message.parts:
        if isinstance(part, ToolPart) and part.is_settled and not part.provider_executed:
            yield call_item(message.id, part)
            yield output_item(part)
            if part.images and shows_beside(can):
                yield pictures_item(part)


def written(part: Part) -> Part | None:
    """What was said or written, in writing: providers refuse sound of their own, and have no sound of the user's."""
    match part:
        case TextPart(text=text) if text:
            return TextPart(text=text)
        case AudioPart(transcript=text) if text:
            return TextPart(text=text)
        case ImagePart():
            return part
        case _:
            return None


def is_taken(part: Part, can: Capabilities) -> bool:
    return can.image_input or not isinstance(part, ImagePart)


def numbered(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(replace(part, content_index=index) for index, part in enumerate(parts))


def call_item(message_id: str, part: ToolPart) -> Item:
    """A tool call as the model made it."""
    return Item(id=message_id, type="function_call", role="assistant", status="completed", parts=(part,))


def output_item(part: ToolPart) -> Item:
    """What the model is told of a call: text as it is, data as JSON, a failure as ``{"error": …}``."""
    return Item(id="", type="function_call_output", parts=(replace(part, output=output_text(part), content_index=0),))


def output_text(part: ToolPart) -> str:
    told = {"error": part.error} if part.is_failed else part.output
    return told if isinstance(told, str) else msgspec.json.encode(told).decode()


def shows_beside(can: Capabilities) -> bool:
    """Whether a tool's pictures are shown in a message of their own."""
    return can.image_input and not can.images_in_outputs


def pictures_item(part: ToolPart) -> Item:
    """The pictures of a call's output, for a provider whose models only look at what the user shows them."""
    words = TextPart(text=f"[What the tool {part.tool_name} returned for call {part.tool_call_id}:]")
    item_id = PICTURES + part.tool_call_id[-(LONGEST_ID - len(PICTURES)) :]
    return Item(id=item_id, role="user", status="completed", parts=numbered((words, *part.images)))


def told_in_words(part: ToolPart) -> TextPart:
    """A call and what came of it, for a provider that can be told of neither."""
    asked = f"The tool {part.tool_name} was called with {part.arguments or '{}'}"
    return TextPart(text=f"\n[{asked} and returned: {output_text(part)}]")
