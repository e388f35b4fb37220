"""The seam between the server and speech recognition. No recogniser comes with it yet: a user may plug in their own."""

from typing import Protocol


class Ear(Protocol):
    """Speech input for one committed buffer at a time; turn detection is not part of it yet."""

    @property
    def name(self) -> str:
        """What it is, for the log."""
        ...

    async def transcribe(self, audio: bytes, audio_format: str, language: str | None) -> str:
        """The words in `audio`: 24 kHz mono PCM16 for "audio/pcm", 8 kHz G.711 for "audio/pcmu" and "audio/pcma".

        What it raises becomes `conversation.item.input_audio_transcription.failed`.
        """
        ...
