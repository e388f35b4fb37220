"""A user interface of one's own: slices of the state and the events as RxPY observables.

Shows a live status line while the model writes, and counts what came over the wire.
"""

import argparse
import asyncio
import sys
from collections import Counter

from realtime_rx import RealtimeSession, ServerEvent, use_realtime
from realtime_rx.selectors import transcript

CLEAR = "\r\033[K" if sys.stdout.isatty() else "\n"


def counted(counts: Counter[str], event: ServerEvent) -> Counter[str]:
    return counts + Counter([event.type])


def draw(session: RealtimeSession) -> None:
    """The screen: one line that follows the state, and a line for each thing that happens once."""
    status = session.select(lambda state: state.status)
    mode = session.select(lambda state: state.mode)
    words = session.select(lambda state: state.pending_assistant_transcript).map(lambda text: (text or "")[-50:])
    status.combine_latest(mode, words).subscribe(
        lambda line: print(f"{CLEAR}{line[0]} · {line[1]} · {line[2]}", end="")
    )

    messages = session.select(lambda state: len(state.messages)).filter(lambda count: count > 0)
    messages.subscribe(lambda count: print(f"{CLEAR}{count} messages"))

    counts = session.server_events.scan(counted, Counter()).last()
    counts.subscribe(lambda totals: print(f"{CLEAR}{sum(totals.values())} events:", dict(totals.most_common(3))))


async def main(model: str | None) -> None:
    session = use_realtime(model, output_modalities=["text"])
    draw(session)
    answered = asyncio.Event()
    session.server_events.filter(lambda event: event.type == "response-done").subscribe(lambda _: answered.set())
    async with session:
        session.send_text_message("Tell me a joke")
        await answered.wait()
    for role, text in transcript(session.state):
        print(f"{role}: {text}")


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", help='such as "openai:gpt-realtime"')
    asyncio.run(main(options.parse_args().model))
