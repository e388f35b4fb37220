"""An app's page, for a type checker: what is wrong in it says so, or the check fails."""

import panel as pn
from realtime_rx_panel import ROUTES, microphone, status_badge, use_realtime

from realtime_rx import TurnDetection

said: list[str] = []


def page() -> pn.Column:
    rt = use_realtime(
        "local",
        instructions="Be brief.",
        turn_detection=TurnDetection.semantic("low"),
        auto_capture=True,
        max_hz=10,
        on_message=lambda message: said.append(message.text),
    )
    use_realtime(lambda: rt.session)
    use_realtime("local", instrctions="Be brief.")  # pyright: ignore[reportCallIssue]
    use_realtime("local", temperature="hot")  # pyright: ignore[reportArgumentType]
    use_realtime("local", linger="long")  # pyright: ignore[reportArgumentType]
    use_realtime("local", on_message=3)  # pyright: ignore[reportArgumentType]
    return pn.Column(status_badge(rt), rt.chat(), microphone(rt, connect_on_start=True))


pn.serve(page, extra_patterns=ROUTES)
