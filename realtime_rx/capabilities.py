"""What a provider can do, as data: nothing in the library asks for a provider's name."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from realtime_rx.formats import PCM16_24K, AudioFormat

__all__ = ["Capabilities"]


class Capabilities(Struct, frozen=True, kw_only=True):
    """What a provider can do. The defaults are those of a server that speaks OpenAI's GA protocol.

    ``responses`` begin when they are ``requested``, by themselves (``automatic``) or not at all (``none``).
    ``continues_after_tools``: it goes on by itself once its calls are answered. ``interruption``: when the user speaks,
    we stop the sound by its report of ``speech``, or it says so in an ``event``. ``transcripts``: what the user said
    comes ``whole`` or in ``deltas`` alone. ``history``: it can be told what was said before.
    ``echoes_items``: it says of everything that it is told that it has it.
    ``greeting_first``: it takes nothing but the settings before it has greeted.
    ``final_closes`` are the codes of its hanging up that mean that the conversation is over, not that it was lost.
    ``exchanges_key``: a key is never shown where it is talked to, but exchanged for a token before each dial.
    ``resumption``: a ``handle`` stands for the session as it was when it came, a ``conversation`` has all that arrived.
    ``resume_parameter`` is the query parameter that names the conversation to go on with. ``ephemeral_tokens``: there
    are such, for a browser or a device. ``max_session_s`` is how long a connection lives. ``ignored_config`` are the
    fields of :class:`SessionConfig` that it has no setting for (``turn_detection.idle_timeout_ms`` of those within
    one). ``session_update``: settings can be changed while a connection lives.
    ``microphone_off``: where it listens for the end of speech itself, it wants to be told that no sound follows.
    ``images_in_outputs``: a tool's output may hold pictures; elsewhere they are shown in a message beside it.
    ``tool_description`` is how many characters it may take to describe a tool; None: as many as one likes;
    ``tool_name`` is what a tool's name has to match.
    """

    text_output: bool = True
    audio_output: bool = True
    audio_input: bool = True
    image_input: bool = False
    video_input: bool = False
    truncate: bool = True
    cancel: bool = True
    manual_turns: bool = True
    session_update: bool = True
    microphone_off: bool = False
    client_item_ids: bool = True
    echoes_items: bool = True
    history: bool = True
    responses: Literal["requested", "automatic", "none"] = "requested"
    continues_after_tools: bool = False
    interruption: Literal["speech", "event", "none"] = "speech"
    transcripts: Literal["whole", "deltas", "none"] = "whole"
    greeting_first: bool = False
    resumption: Literal["none", "handle", "conversation"] = "none"
    resume_parameter: str | None = None
    ephemeral_tokens: bool = False
    exchanges_key: bool = False
    final_closes: frozenset[int] = frozenset()
    input_formats: tuple[AudioFormat, ...] = (PCM16_24K,)
    output_formats: tuple[AudioFormat, ...] = (PCM16_24K,)
    images_in_outputs: bool = False
    tool_description: int | None = 1024
    tool_name: str = "[a-zA-Z0-9_-]{1,64}"
    max_session_s: int | None = None
    ignored_config: frozenset[str] = frozenset()
