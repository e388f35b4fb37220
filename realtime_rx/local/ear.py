"""The seam between the server and speech recognition: the sound of an utterance goes in, its words come out."""

from typing import Protocol

from .protocol import Json


class Hearing(Protocol):
    """One utterance."""

    def feed(self, sound: bytes) -> None:
        """The next piece of 16 kHz mono PCM16. Never waits."""
        ...

    async def words(self) -> str:
        """What was said; no more sound comes.

        What it raises becomes `conversation.item.input_audio_transcription.failed`.
        """
        ...

    def drop(self) -> None:
        """Nobody wants to know any more; called instead of `words`, or while it runs."""
        ...


class Ear(Protocol):
    """A recogniser."""

    @property
    def name(self) -> str:
        """What it is, for the log: engine and version."""
        ...

    def listen(self, session: Json) -> Hearing:
        """Somebody begins to speak in `session`, which is its configuration in force. Never waits, never raises."""
        ...
