"""Between the format that a device has and the one that a provider speaks."""

from __future__ import annotations

from realtime_rx.abc import Convert, Converter
from realtime_rx.errors import ConfigurationError
from realtime_rx.formats import AudioFormat

__all__ = ["closest", "Matcher"]


class Matcher:
    """One direction of a session's sound. A provider may say in the middle of it what it really speaks."""

    def __init__(self, convert: Convert | None) -> None:
        self._convert = convert
        self._formats: tuple[AudioFormat, AudioFormat] | None = None
        self._converter: Converter | None = None

    def __call__(self, sound: bytes, source: AudioFormat, target: AudioFormat) -> bytes:
        """What is ready of the sound in the format that is wanted.

        Raises :class:`ConfigurationError` where the formats differ and there is nothing to convert with.
        """
        if source == target:
            return sound
        if self._converter is None or self._formats != (source, target):
            self._formats, self._converter = (source, target), self._made(source, target)
        return self._converter.push(sound)

    def rest(self) -> bytes:
        """What was held back: the sound ends here."""
        return self._converter.flush() if self._converter is not None else b""

    def clear(self) -> None:
        """Forget what was held back."""
        if self._converter is not None:
            self._converter.clear()

    def _made(self, source: AudioFormat, target: AudioFormat) -> Converter:
        if self._convert is None:
            raise ConfigurationError(f"nothing converts {source} into {target}: make the session with convert=…")
        return self._convert(source, target)


def closest(form: AudioFormat, spoken: tuple[AudioFormat, ...]) -> AudioFormat:
    """The format of those that loses least: the same, else PCM16 of the nearest rate, no lower one where there is."""
    if form in spoken or not spoken:
        return form
    return min(spoken, key=lambda each: (each.encoding != "pcm16", each.rate < form.rate, abs(each.rate - form.rate)))
