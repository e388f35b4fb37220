"""What can go wrong, by whose fault it is.

ClientError   the client's frame: answered with an `error` event, the session goes on
SpeechError   the synthesiser's worker: ends one response as `failed`
HearingError  the recogniser's worker, or there is none: one item is not transcribed
BrainError    the brain's answer: ends one response as `failed`
"""


class ClientError(Exception):
    """A client event that cannot be obeyed. `code` and `param` use the vocabulary of the hosted service."""

    def __init__(
        self, message: str, code: str, param: str | None = None, *, kind: str = "invalid_request_error"
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind


class SpeechError(Exception):
    """A sentence could not be spoken, although an engine is there."""


class HearingError(Exception):
    """What was said could not be put into words."""

    def __init__(self, message: str, code: str = "transcription_failed") -> None:
        super().__init__(message)
        self.code = code


class BrainError(Exception):
    """A brain that answered with nothing usable, or not at all."""
