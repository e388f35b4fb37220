"""A program as a user has it, for a type checker: what is wrong in it says so, or the check fails."""

from typing import Unpack

from realtime_rx import Message, Options, RealtimeSession, TurnDetection, use_realtime

said: list[str] = []


def shown(message: Message) -> None:
    said.append(message.text)


def here(**options: Unpack[Options]) -> RealtimeSession:
    return use_realtime("local", **options)


async def token() -> str:
    return "short-lived"


use_realtime("local", on_message=lambda message: said.append(message.text), on_usage=lambda usage: usage.total_tokens)
use_realtime("openai", get_token=token, sample_rate=24_000, auto_playback=False, vad_mode="manual", on_message=shown)
use_realtime(api={"token": "https://example.com", "headers": {"a": "b"}}, turn_detection=TurnDetection.semantic("low"))
here(voice="marin", max_events=5)
here(voise="marin")  # pyright: ignore[reportCallIssue]
use_realtime("local", instrctions="Be brief.")  # pyright: ignore[reportCallIssue]
use_realtime("local", temperature="hot")  # pyright: ignore[reportArgumentType]
use_realtime("local", vad_mode="psychic")  # pyright: ignore[reportArgumentType]
use_realtime("local", on_message=3)  # pyright: ignore[reportArgumentType]
use_realtime("local", api={"tokn": "https://example.com"})  # pyright: ignore[reportArgumentType]
