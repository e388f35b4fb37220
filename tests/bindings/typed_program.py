"""A page as an app has it, for a type checker: what is wrong in it says so, or the check fails."""

from nicegui import ui
from realtime_rx_nicegui import microphone, transcript, use_realtime

from realtime_rx import TurnDetection


@ui.page("/")
def page() -> None:
    rt = use_realtime(
        "local",
        instructions="Be brief.",
        turn_detection=TurnDetection.semantic("low"),
        auto_capture=True,
        max_hz=10,
        on_message=lambda message: ui.notify(message.text),
    )
    transcript(rt)
    microphone(rt)
    rt.start_over("local", voice="marin")
    rt.start_over("local", voise="marin")  # pyright: ignore[reportCallIssue]
    use_realtime(lambda: rt.session)
    use_realtime("local", instrctions="Be brief.")  # pyright: ignore[reportCallIssue]
    use_realtime("local", temperature="hot")  # pyright: ignore[reportArgumentType]
    use_realtime("local", linger="long")  # pyright: ignore[reportArgumentType]
    use_realtime("local", on_message=3)  # pyright: ignore[reportArgumentType]
