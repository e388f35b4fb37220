"""What the AI SDK says of the messages that we write for it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from realtime_rx import AudioPart, ImagePart, Message, SessionState, TextPart, ToolApproval, ToolPart, to_ui_messages
from realtime_rx.items import ToolState
from realtime_rx.sequences import Thread

from .environments import AI_SDK

pytestmark = pytest.mark.peers

ASKED, ALLOWED = ToolApproval(id="a1"), ToolApproval(id="a1", approved=True)
REFUSED = ToolApproval(id="a1", approved=False, reason="too much")
APPROVALS: tuple[tuple[ToolState, str, ToolApproval], ...] = (
    ("approval-requested", "asked", ASKED),
    ("approval-responded", "allowed", ALLOWED),
    ("output-available", "allowed", ALLOWED),
    ("output-error", "allowed", ALLOWED),
    ("output-error", "asked", ASKED),
    ("output-denied", "refused", REFUSED),
)
CALLS = (
    ToolPart(tool_name="weather", tool_call_id="c1"),
    ToolPart(tool_name="weather", tool_call_id="c2", state="input-available", input={"city": "Paris"}),
    ToolPart(tool_name="weather", tool_call_id="c3", state="output-available", input={}, output={"sky": "clear"}),
    ToolPart(tool_name="weather", tool_call_id="c4", state="output-error", input={}, error="no such city"),
    ToolPart(tool_name="weather", tool_call_id="c5", state="output-available", input={}, output=1, preliminary=True),
    *(
        ToolPart(
            tool_name="refund", tool_call_id=f"{state}-{said}", state=state, input={}, output=1, error="no", approval=a
        )
        for state, said, a in APPROVALS
    ),
)
MESSAGES = (
    Message(id="m1", role="system", parts=(TextPart(text="Be brief."),)),
    Message(id="m2", role="user", parts=(TextPart(text="What is this?"), ImagePart(data="aGk=", content_index=1))),
    Message(id="m3", role="assistant", parts=(AudioPart(transcript="A pic", state="streaming"),), interrupted=True),
    *(Message(id=call.tool_call_id, role="assistant", parts=(call,), response_id="r") for call in CALLS),
)


def validated(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The AI SDK's own verdict."""
    AI_SDK.install()
    script = Path(__file__).parent / "clients" / "validate_ui_messages.mjs"
    done = subprocess.run(
        AI_SDK.command(script), input=json.dumps(messages), capture_output=True, text=True, timeout=60, check=True
    )
    return json.loads(done.stdout)


def test_the_ai_sdk_accepts_our_ui_messages() -> None:
    """Every kind of part in every state passes the AI SDK's own validation of UI messages."""
    state = SessionState(messages=Thread(MESSAGES))
    assert validated(to_ui_messages(state)) == {"success": True, "error": None}


def test_the_verdict_can_be_no() -> None:
    """The AI SDK refuses a part that it does not know."""
    assert not validated([{"id": "1", "role": "user", "parts": [{"type": "smell"}]}])["success"]
