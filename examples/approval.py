"""A tool that says how far it gets, and that a person has to allow: y and Enter let it run."""

import argparse
from collections.abc import Iterator
from queue import Queue
from typing import Any

from realtime_rx import SessionState, ToolPart, tool, use_realtime
from realtime_rx.selectors import pending_approvals, running_tool_calls


@tool(needs_approval=True)
def refund_order(order: int) -> Iterator[str]:
    """Refund an order.

    Args:
        order: the number of the order
    """
    yield "looking it up"
    yield "asking the bank"
    yield f"order {order} is refunded"


def progress(state: SessionState) -> tuple[Any, ...]:
    return tuple(call.output for call in running_tool_calls(state) if call.preliminary)


def is_allowed(call: ToolPart) -> bool:
    return input(f"  {call.tool_name} {call.input}? [y/n] ").startswith("y")


def main(model: str | None) -> None:
    asked: Queue[ToolPart] = Queue()
    answers: Queue[str] = Queue()
    session = use_realtime(
        model,
        tools=[refund_order],
        output_modalities=["text"],
        on_message=lambda message: message.role == "assistant" and message.text and answers.put(message.text),
    )
    session.select(pending_approvals).subscribe(lambda calls: [asked.put(call) for call in calls] and None)
    session.select(progress).filter(bool).subscribe(lambda steps: print("  …", *steps))
    session.connect().wait(30)  # no event loop here: the session runs on the library's own
    for order in (1234, 5678):
        session.send_text_message(f"Refund order {order}")
        call = asked.get(timeout=60)
        if is_allowed(call):
            session.approve(call.tool_call_id)
        else:
            session.reject(call.tool_call_id, "not before Friday")
        print(answers.get(timeout=60))
    session.aclose().wait(10)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", help='such as "openai:gpt-realtime"')
    main(options.parse_args().model)
