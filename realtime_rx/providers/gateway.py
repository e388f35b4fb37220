"""Vercel AI Gateway: one wire for the realtime models of many vendors, named like ``openai/gpt-realtime-2.1``.

How this wire is: not a vendor's, but the AI SDK's normalised events (``session-update``, ``audio-delta``, …) in both
directions, which the gateway translates for the model behind it; what that model said is in ``raw``. The address is
``{base_url}/realtime-model?ai-model-id=…``. A key goes into ``Authorization: Bearer`` with the headers
``ai-gateway-protocol-version`` and ``ai-gateway-auth-method``; a token (``vcst_…``) into the subprotocols
``ai-gateway-realtime.v1`` and ``ai-gateway-auth.{token}``. Tokens are minted at the gateway's origin, not under
``base_url``, for one model and without settings. Items are a user's text and a tool's output: it cannot be told what
the model said before; after a loss it is said again what was not answered. Responses are cancelled without an id.

Sources: the source of the AI SDK's packages ``@ai-sdk/gateway`` and ``@ai-sdk/provider`` (realtime model v4).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from realtime_rx.abc import Capabilities, ClientSecret, Endpoint, TokenRequest
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ProtocolError
from realtime_rx.formats import PCM16_16K, PCM16_24K, PCMA, PCMU
from realtime_rx.providers.addresses import asking, checked, from_environment, is_local, missing_key
from realtime_rx.providers.gateway_wire import GatewayCodec
from realtime_rx.providers.openai_wire import realtime_url

__all__ = ["Gateway"]

BASE_URL = "https://ai-gateway.vercel.sh/v4/ai"
PATH = "/realtime-model"
VERSION = {"ai-gateway-protocol-version": "0.0.1"}

CAPABILITIES = Capabilities(
    client_item_ids=False,
    history=False,
    ephemeral_tokens=True,
    input_formats=(PCM16_24K, PCM16_16K, PCMU, PCMA),
    output_formats=(PCM16_24K, PCM16_16K, PCMU, PCMA),
    ignored_config=frozenset(
        {
            "speed", "noise_reduction", "tool_choice", "parallel_tool_calls", "temperature", "max_output_tokens",
            "truncation", "prompt", "tracing", "include", "turn_detection.eagerness", "turn_detection.idle_timeout_ms",
            "turn_detection.create_response", "turn_detection.interrupt_response",
        }
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gateway:
    """A model behind the Vercel AI Gateway.

    ``api_key`` defaults to ``AI_GATEWAY_API_KEY``, and without one to the OIDC token ``VERCEL_OIDC_TOKEN``. ``team`` is
    the id or slug of the Vercel team that pays, where a key has several.
    """

    model: str = "openai/gpt-realtime-2.1"
    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = field(default=None, repr=False)
    team: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    id: str = "gateway"
    capabilities: Capabilities = field(default=CAPABILITIES, repr=False)

    def codec(self) -> GatewayCodec:
        return GatewayCodec()

    def endpoint(self, token: str | None = None, url: str | None = None) -> Endpoint:
        """Where to dial. Raises :class:`MissingKeyError` without token and key, except on this machine."""
        address = url or self._address
        if token is not None:
            return Endpoint(url=address, headers=self.headers, subprotocols=self._subprotocols(token))
        return Endpoint(url=address, headers=self._headers(address))

    def token_request(self, config: SessionConfig, *, expires_s: int | None = None) -> TokenRequest:
        """Ask the gateway for a token of this model, valid for ``expires_s`` seconds."""
        origin = urlsplit(self._base)
        body: dict[str, Any] = {"model": self.model, **({"expiresIn": expires_s} if expires_s is not None else {})}
        scheme = {"ws": "http", "wss": "https"}.get(origin.scheme, origin.scheme)
        url = f"{scheme}://{origin.netloc}/v1/realtime/client-secrets"
        return TokenRequest(url=url, headers=self._headers(self._base), body=body)

    def client_secret(self, answer: Mapping[str, Any]) -> ClientSecret:
        """The token in the gateway's answer. Raises :class:`ProtocolError` where there is none."""
        token, expires = answer.get("token"), answer.get("expiresAt")
        if not isinstance(token, str) or not token:
            raise ProtocolError("the answer has no token: 'token' is missing")
        known = isinstance(expires, int | float) and not isinstance(expires, bool) and expires > 0
        return ClientSecret(token=token, url=self._address, expires_at=expires if known else None)

    @property
    def _base(self) -> str:
        return checked(self.base_url or BASE_URL).rstrip("/")

    @property
    def _address(self) -> str:
        return asking(realtime_url(self._base, PATH), **{"ai-model-id": self.model})

    def _headers(self, address: str) -> dict[str, str]:
        key, oidc = self.api_key or from_environment("AI_GATEWAY_API_KEY"), from_environment("VERCEL_OIDC_TOKEN")
        if not (key or oidc or is_local(address)):
            raise missing_key("The AI Gateway", "AI_GATEWAY_API_KEY")
        method = {"ai-gateway-auth-method": "api-key" if key or not oidc else "oidc"}
        bearer = {"Authorization": f"Bearer {key or oidc}"} if key or oidc else {}
        team = {"x-vercel-ai-gateway-team": self.team} if self.team else {}
        return {**bearer, **VERSION, **method, **team, **self.headers}

    def _subprotocols(self, token: str) -> tuple[str, ...]:
        team = base64.urlsafe_b64encode(self.team.encode()).decode().rstrip("=") if self.team else None
        named = (f"ai-gateway-team.{team}",) if team else ()
        return ("ai-gateway-realtime.v1", f"ai-gateway-auth.{token}", *named)
