"""Tools: those that the client is asked to run, and those that ElevenLabs runs and only tells of."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.structs import replace

from realtime_rx import events as ev
from realtime_rx.items import Item, ToolPart
from realtime_rx.providers.elevenlabs_wire.frames import McpCall, ToolCall, ToolRequest, ToolResponse
from realtime_rx.providers.elevenlabs_wire.known import Known
from realtime_rx.providers.elevenlabs_wire.turns import Turns

OURS = "client"
SILENCE = "skip_turn"
"""The tool by which an agent decides to say nothing."""


class Tools:
    """The calls of one connection, as events of its turns."""

    def __init__(self, turns: Turns, known: Known) -> None:
        self._turns = turns
        self._known = known
        self._theirs: dict[str, str] = {}

    def called(self, call: ToolCall) -> bool:
        """We are asked to run a tool; once."""
        if call.tool_call_id in self._known.calls:
            return False
        self._known.calls.add(call.tool_call_id)
        response, item_id = self._turns.calling(), self._turns.new("call")
        arguments = msgspec.json.encode(call.parameters).decode()
        part = ToolPart(tool_name=call.tool_name, tool_call_id=call.tool_call_id, arguments=arguments)
        item = Item(id=item_id, type="function_call", role="assistant", status="in_progress", parts=(part,))
        self._turns.events += (
            ev.OutputItemAdded(response, item),
            ev.ToolArgumentsDone(item_id, call.tool_call_id, response, call.tool_name, arguments),
            ev.OutputItemDone(response, replace(item, status="completed")),
        )
        self._turns.called(item_id)
        return True

    def requested(self, request: ToolRequest) -> bool:
        """A tool begins to run; ours are asked of us besides."""
        if request.tool_type == OURS or request.tool_call_id in self._known.calls:
            return False
        return self._run(ToolPart(tool_name=request.tool_name, tool_call_id=request.tool_call_id))

    def responded(self, response: ToolResponse) -> bool:
        """A tool has run."""
        if response.tool_type == OURS or response.tool_call_id in self._known.calls:
            return False
        result = response.full_tool_result
        told = self._ended(
            ToolPart(tool_name=response.tool_name, tool_call_id=response.tool_call_id, output=result),
            (result or "the call failed") if response.is_error else None,
        )
        if response.tool_name == SILENCE:
            self._turns.over()
        return told

    def ran(self, call: McpCall) -> bool:
        """A tool of an MCP server runs, waits for approval, or has run."""
        arguments = msgspec.json.encode(call.parameters).decode()
        part = ToolPart(
            tool_name=call.tool_name, tool_call_id=call.tool_call_id, arguments=arguments, input=call.parameters
        )
        match call.state:
            case "success":
                return self._ended(replace(part, output=call.result), None)
            case "failure":
                return self._ended(part, call.error_message or "the call failed")
            case _:
                return self._run(part)

    def _run(self, part: ToolPart) -> bool:
        if part.tool_call_id in self._theirs:
            return False
        item = self._item(part, state="input-available")
        self._turns.events.append(ev.OutputItemAdded(self._turns.response, replace(item, status="in_progress")))
        return True

    def _ended(self, part: ToolPart, error: str | None) -> bool:
        ended: dict[str, Any] = {"state": "output-available"} if error is None else {"state": "output-error"}
        item = self._item(part, error=error, **ended)
        self._turns.events.append(ev.OutputItemDone(self._turns.response, item))
        return True

    def _item(self, part: ToolPart, **more: Any) -> Item:
        """The call as an item of the conversation: the same one each time that it is told of."""
        item_id = self._theirs.get(part.tool_call_id)
        if item_id is None:
            item_id = self._theirs[part.tool_call_id] = self._turns.new("call")
            self._known.last_item = item_id
        part = replace(part, provider_executed=True, **more)
        return Item(id=item_id, type="function_call", role="assistant", status="completed", parts=(part,))
