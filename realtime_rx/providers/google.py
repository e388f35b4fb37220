"""Google's Gemini Live, and any server that speaks its ``BidiGenerateContent`` at another ``base_url``.

How this wire is: all settings go into one first frame (``setup``) and nothing else before ``setupComplete``; they hold
for the connection's life. Frames may be binary. There are no item ids, no event that says that a response begins, and
one that ends it (``turnComplete``), which also follows ``interrupted``. Written turns are ``clientContent``, sound and
pictures ``realtimeInput`` (at any rate that the mime type names; Gemini listens at 16 kHz and speaks at 24 kHz). The
user's speech is transcribed in deltas, maybe after the reply began. A model thinks in parts marked as thoughts, or
titled in bold beside its speech: that is not what it says. A tool's output is answered unasked and has to name the
tool. Nothing can be cancelled, truncated or deleted. The first models of 3.1 take written turns as history alone, and
that only with ``historyConfig`` among the ``provider_options``. The server says ``goAway`` before it hangs up (after
about ten minutes) and gives handles to go on with, while no other connection holds the session; each stands for the
session as it was then: what is said later is not in it. Usage is told for each turn.

The key goes into the header ``x-goog-api-key``, so that no address holds it; an ephemeral token (``auth_tokens/…``)
into ``Authorization: Token …`` at the constrained method of v1alpha. Both are what the official client does; addresses
with ``?key=`` and ``?access_token=``, as the reference describes them, work as a ``url`` too.

Sources: the published reference of the Live API and of ephemeral tokens (ai.google.dev/api/live), the types and the
live client of the official package ``google-genai``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from realtime_rx.abc import Capabilities, ClientSecret, Endpoint, TokenRequest
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError, MissingKeyError, ProtocolError
from realtime_rx.formats import PCM16_16K, PCM16_24K
from realtime_rx.providers.google_wire import GoogleCodec, setup_json

__all__ = ["Google"]

BASE_URL = "https://generativelanguage.googleapis.com"
DEFAULT_MODEL = "gemini-3.8-live"
SERVICE = "google.ai.generativelanguage"
KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY")
"""Where a key is looked for: as Google's clients and the AI SDK name it."""
TOKEN = "auth_tokens/"
CONSTRAINED = "BidiGenerateContentConstrained"
TOKEN_SECONDS = 1800
START_SECONDS = 60

CAPABILITIES = Capabilities(
    image_input=True,
    video_input=True,
    truncate=False,
    cancel=False,
    session_update=False,
    microphone_off=True,
    client_item_ids=False,
    echoes_items=False,
    continues_after_tools=True,
    images_in_outputs=True,
    tool_description=None,
    tool_name="[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}",
    interruption="event",
    transcripts="deltas",
    greeting_first=True,
    resumption="handle",
    ephemeral_tokens=True,
    input_formats=(PCM16_16K, PCM16_24K),
    output_formats=(PCM16_24K,),
    max_session_s=600,
    ignored_config=frozenset(
        {
            "speed", "output_format", "noise_reduction", "tool_choice", "parallel_tool_calls", "truncation", "prompt",
            "tracing", "include", "transcription.model", "transcription.prompt", "turn_detection.create_response",
            "turn_detection.idle_timeout_ms",
        }
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Google:
    """A Gemini model that is talked to live.

    ``api_key`` defaults to ``GEMINI_API_KEY``, ``GOOGLE_API_KEY`` or ``GOOGLE_GENERATIVE_AI_API_KEY``; an ephemeral
    token may stand in its place. ``base_url`` defaults to Google's own. Servers on this machine may do without a key.
    Vertex AI is reached by its whole WebSocket address (what has ``/ws/`` in it is used as it is), its own name of the
    model (``projects/…``) and ``headers`` with the authorization. Some models answer in speech alone: see their page.
    """

    model: str = DEFAULT_MODEL
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    id: str = "google"
    capabilities: Capabilities = field(default=CAPABILITIES, repr=False)

    def codec(self) -> GoogleCodec:
        return GoogleCodec(self.model)

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial. Raises :class:`MissingKeyError` without token and key, except on this machine."""
        key = token or self.key
        ephemeral = CONSTRAINED in (url or "") or (key is not None and key.startswith(TOKEN))
        address = url or live_url(checked(self.base_url or BASE_URL), ephemeral=ephemeral)
        if key is None:
            if url is None and not is_local(address) and not self.headers:
                raise missing()
            return Endpoint(url=address, headers=dict(self.headers))
        shown = {"Authorization": f"Token {key}"} if ephemeral else {"x-goog-api-key": key}
        return Endpoint(url=address, headers={**shown, **self.headers})

    @property
    def key(self) -> str | None:
        """The key that was given, or the first that the environment has."""
        return self.api_key or next((found for name in KEYS if (found := os.environ.get(name))), None)

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        """Ask for a token of one session like ``config``, to be begun within ``expires_s`` seconds: 60 by default.

        The session itself may go on for half an hour: after ``expireTime`` Google takes no more of what it is sent.

        Raises :class:`MissingKeyError` where there is no key to ask with.
        """
        if self.key is None:
            raise missing()
        now = datetime.now(UTC)
        body: dict[str, Any] = {
            "uses": 1,
            "expireTime": timestamp(now, max(expires_s or 0, TOKEN_SECONDS)),
            "newSessionExpireTime": timestamp(now, expires_s or START_SECONDS),
            "bidiGenerateContentSetup": setup_json(self.model, config),
        }
        url = f"{checked(self.base_url or BASE_URL).rstrip('/')}/v1alpha/auth_tokens"
        return TokenRequest(url=url, headers={"x-goog-api-key": self.key, **self.headers}, body=body)

    def client_secret(self, answer: Mapping[str, Any]) -> ClientSecret:
        """The token in Google's answer, its ``name``. Raises :class:`ProtocolError` where there is none."""
        token = answer.get("name")
        if not isinstance(token, str) or not token:
            raise ProtocolError("the answer holds no token: it has no 'name'")
        expires = answer.get("newSessionExpireTime", answer.get("expireTime"))
        url = live_url(checked(self.base_url or BASE_URL), ephemeral=True)
        return ClientSecret(token=token, url=url, expires_at=seconds(expires) if isinstance(expires, str) else None)


def live_url(base_url: str, *, ephemeral: bool) -> str:
    """The WebSocket address of the method that a key, or an ephemeral token, may call; a whole one is used as it is."""
    if "/ws/" in base_url:
        return base_url
    version, method = ("v1alpha", CONSTRAINED) if ephemeral else ("v1beta", "BidiGenerateContent")
    scheme, _, rest = base_url.partition("://")
    host = f"{ {'http': 'ws', 'https': 'wss'}.get(scheme, scheme) }://{rest.rstrip('/')}"
    return f"{host}/ws/{SERVICE}.{version}.GenerativeService.{method}"


def checked(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname:
        raise ConfigurationError(f"base_url must be an http(s) or ws(s) address, got {base_url!r}")
    return base_url


def is_local(address: str) -> bool:
    return urlsplit(address).hostname in ("localhost", "127.0.0.1", "::1")


def missing() -> MissingKeyError:
    return MissingKeyError(
        'Google needs a key: set GEMINI_API_KEY, or pass api_key=…; without one, the model "local" runs on this machine'
    )


def timestamp(now: datetime, seconds: int) -> str:
    return (now + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(moment: str) -> float | None:
    """Seconds since the epoch of a moment in RFC 3339."""
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return None
