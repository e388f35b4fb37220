"""OpenAI's own client: frames parsed into its types, as its connection does. It keeps no state. mode: parse."""

from collections.abc import Iterator

from openai.resources.realtime.realtime import AsyncRealtimeConnection

from benchmarks.peers import harness


def parse(frames: Iterator[bytes]) -> None:
    connection = AsyncRealtimeConnection.__new__(AsyncRealtimeConnection)  # parsing needs no socket
    for frame in frames:
        connection.parse_event(frame)


if __name__ == "__main__":
    harness.main({"parse": parse}, "openai", "pydantic")
