"""Pages for the browser tests, and a look inside: ``python -m tests.bindings.serve --port 8080``."""

import asyncio

from nicegui import Client, app, ui
from realtime_rx_nicegui import Realtime, composer, events_inspector, sessions, status_badge, transcript, use_realtime
from realtime_rx_nicegui.demo import build

from ..support.frames import CREATED, Frame, text_turn
from ..support.memory import Wire, session_on
from .contract.nicegui_server import run

WORDS = 1_500
HOSTILE = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script> '
    "[link](javascript:window.hacked=3) ![picture](https://elsewhere.invalid/?secret) **bold**"
)
BURST = "".join(f"{number} " for number in range(WORDS)).strip()


@app.get("/counts")
async def counts() -> dict[str, int]:
    """What there is in this process of all visitors together."""
    return {
        "sessions": len(sessions()),
        "subscribers": sum(session.subscriber_count for session in sessions()),
        "tasks": sum(task.get_name().startswith("realtime-rx") for task in asyncio.all_tasks()),
        "clients": len(Client.instances),
    }


@ui.page("/", reconnect_timeout=0.2)
def demo() -> None:
    build(linger=0.2)


@ui.page("/hostile", reconnect_timeout=0.2)
def hostile() -> None:
    """A model and a user who mean harm."""
    rt, wire = scripted(max_hz=30)
    wire.say(CREATED, *text_turn(HOSTILE))
    rt.watch(lambda state: state.status == "connected", lambda there: there and say(rt, HOSTILE))


def say(rt: Realtime, text: str) -> None:
    rt.send_text_message(text, respond=False)


@ui.page("/burst", reconnect_timeout=0.2)
def burst() -> None:
    """A thousand deltas a second, for a second and a half."""
    rt, wire = scripted(max_hz=30)
    wire.say(CREATED)
    ui.button("Go", on_click=lambda: pour(wire, text_turn(BURST)))
    ui.label().classes("count").bind_text_from(rt, "messages", lambda messages: f"{len(messages)} messages")


async def pour(wire: Wire, frames: list[Frame]) -> None:
    for start in range(0, len(frames), 10):
        wire.say(*frames[start : start + 10])
        await asyncio.sleep(0.01)


def scripted(*, max_hz: float) -> tuple[Realtime, Wire]:
    """The elements around a session whose provider is this page."""
    wire = Wire()
    rt = use_realtime(lambda: session_on(wire), autoconnect=True, max_hz=max_hz, linger=0.2)
    status_badge(rt)
    transcript(rt).style("height: 300px")
    composer(rt)
    events_inspector(rt).style("height: 300px")
    return rt, wire


if __name__ == "__main__":
    run()
