"""A conversation from a file: recorded frames, decoded and reduced into one state. No session, no network, no clock.

python examples/reduce_a_recording.py [recording.jsonl] [--provider openai]
"""

import argparse
import json
from pathlib import Path

from realtime_rx import to_ui_messages
from realtime_rx.selectors import transcript
from realtime_rx.testing import reduce_recording

WEATHER = Path(__file__).parent / "data" / "weather.jsonl"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("recording", type=Path, nargs="?", default=WEATHER, help="received frames, one JSON a line")
    options.add_argument("--provider", default="openai", help="whose words they are in")
    given = options.parse_args()

    state = reduce_recording(given.recording, given.provider)
    for role, text in transcript(state):
        print(f"{role}: {text}")
    print(f"\n{len(state.messages)} messages, {len(state.events)} events, {state.usage.total_tokens} tokens\n")
    print(json.dumps(to_ui_messages(state), indent=2))


if __name__ == "__main__":
    main()
