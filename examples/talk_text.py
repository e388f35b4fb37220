"""Talk to a model in the terminal, by typing.

python examples/talk_text.py                          # the embedded provider: no key, no network
python examples/talk_text.py --model openai:gpt-realtime
echo "Hello" | python examples/talk_text.py
"""

import argparse
import sys
import threading

from realtime_rx import Mode, RealtimeErrorInfo, ServerEvent, use_realtime
from realtime_rx.events import TextDelta


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--model", help='such as "openai:gpt-realtime"; default: what there is a key for, or "local"')
    my_turn = threading.Event()

    def show(event: ServerEvent) -> None:
        if isinstance(event, TextDelta):
            print(event.delta, end="", flush=True)

    def take_turns(mode: Mode) -> None:
        if mode == "idle":
            print()
            my_turn.set()

    def complain(error: RealtimeErrorInfo) -> None:
        print(f"\n[{error.code}] {error.message}", file=sys.stderr)

    session = use_realtime(
        options.parse_args().model,
        output_modalities=["text"],
        on_event=show,
        on_mode_change=take_turns,
        on_error=complain,
    )
    session.connect().wait(30)  # no event loop here: the session runs on the library's own
    try:
        prompt()
        for line in sys.stdin:
            my_turn.clear()
            session.send_text_message(line.strip())
            my_turn.wait()
            prompt()
    finally:
        session.aclose().wait(10)


def prompt() -> None:
    if sys.stdin.isatty():
        print("> ", end="", flush=True)


if __name__ == "__main__":
    main()
