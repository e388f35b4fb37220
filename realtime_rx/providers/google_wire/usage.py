"""What Gemini Live says was used.

A report is of its turn alone: the next turn's begins anew (and counts the whole conversation as its prompt again), but
within a turn a later report holds what an earlier one held. So turns add up, and within a turn the latest counts.
"""

from __future__ import annotations

from realtime_rx.items import Usage
from realtime_rx.providers.google_wire.frames import Tokens, UsageMetadata

SEEN = ("IMAGE", "VIDEO")
READ = ("TEXT", "DOCUMENT")


def usage_of(reported: UsageMetadata) -> Usage:
    """The report in no provider's words. The thoughts are beside the response's tokens, not part of them."""
    given, made, cached = (
        reported.prompt_tokens_details,
        reported.response_tokens_details,
        reported.cache_tokens_details,
    )
    return Usage(
        total_tokens=reported.total_token_count or 0,
        input_tokens=reported.prompt_token_count or 0,
        output_tokens=reported.response_token_count or 0,
        input_text_tokens=count(given, *READ),
        input_audio_tokens=count(given, "AUDIO"),
        input_image_tokens=count(given, *SEEN),
        cached_tokens=reported.cached_content_token_count or count(cached, *READ, *SEEN, "AUDIO"),
        cached_text_tokens=count(cached, *READ),
        cached_audio_tokens=count(cached, "AUDIO"),
        output_text_tokens=count(made, *READ),
        output_audio_tokens=count(made, "AUDIO"),
        thought_tokens=reported.thoughts_token_count or 0,
        tool_use_tokens=reported.tool_use_prompt_token_count or 0,
    )


def count(details: list[Tokens] | None, *modalities: str) -> int:
    return sum(each.token_count or 0 for each in details or () if each.modality in modalities)


class TurnUsage:
    """Tells of each report what it adds to those before it."""

    def __init__(self) -> None:
        self._latest = Usage()

    def next_turn(self) -> None:
        self._latest = Usage()

    def added(self, reported: Usage) -> Usage:
        """What is new in a report. One that is smaller than the turn's last does not hold it: all of it is new."""
        before = self._latest
        if reported.total_tokens < before.total_tokens:
            return reported
        self._latest = reported
        return reported - before
