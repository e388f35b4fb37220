"""The composition root: everything put together by one call."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from realtime_rx.abc import Dial, Endpoint, Provider, TransportFactory
from realtime_rx.callbacks import Callbacks
from realtime_rx.config import SessionConfig
from realtime_rx.local import embedded
from realtime_rx.providers import Local, get_provider
from realtime_rx.runner import OnToolCall
from realtime_rx.session import RealtimeSession
from realtime_rx.state import SessionState
from realtime_rx.tools import Tool
from realtime_rx.transports import WebSocketTransport

__all__ = ["default_model", "use_realtime"]

KEYS = {"OPENAI_API_KEY": "openai:gpt-realtime"}

GetToken = Callable[[], Awaitable[str]]


def default_model() -> str:
    """The model for which there is a key in the environment; without any key, the embedded provider."""
    return next((model for variable, model in KEYS.items() if os.environ.get(variable)), "local")


def use_realtime(
    model: str | Provider | None = None,
    *,
    api_key: str | None = None,
    base_url: str | None = None,
    get_token: GetToken | None = None,
    session_config: SessionConfig | Mapping[str, Any] | None = None,
    instructions: str | None = None,
    voice: str | None = None,
    output_modalities: Iterable[str] | None = None,
    tools: Iterable[Tool | Callable[..., Any]] = (),
    on_tool_call: OnToolCall | None = None,
    state: SessionState | None = None,
    max_events: int = 500,
    connect_timeout: float = 15.0,
    transport: TransportFactory = WebSocketTransport,
    **callbacks: Any,
) -> RealtimeSession:
    """A session for a script, a notebook, a page: not yet connected.

    ``model`` is ``"openai:gpt-realtime"``, ``"local"``, a :class:`Provider`, or nothing: then the provider whose key is
    in the environment, or else the embedded one, which needs no key. ``get_token`` is asked for a token before each
    dial. ``instructions``, ``voice`` and ``output_modalities`` are short for the same fields of ``session_config``.
    ``callbacks`` are the fields of :class:`Callbacks` (``on_event``, ``on_error``, ``on_message``, …).

    Raises :class:`ConfigurationError` where that does not fit together.
    """
    options = {"api_key": api_key, "base_url": base_url}
    provider = get_provider(model or default_model(), **{k: v for k, v in options.items() if v is not None})
    short = {"instructions": instructions, "voice": voice}
    fields: dict[str, Any] = {name: value for name, value in short.items() if value is not None}
    if output_modalities is not None:
        fields["output_modalities"] = tuple(output_modalities)
    return RealtimeSession(
        provider,
        transport=transport,
        dial=dialler(provider, get_token),
        session_config=SessionConfig.of(session_config).merged(SessionConfig(**fields)),
        tools=tools,
        on_tool_call=on_tool_call,
        callbacks=Callbacks(**callbacks),
        state=state,
        max_events=max_events,
        connect_timeout=connect_timeout,
    )


def dialler(provider: Provider, get_token: GetToken | None) -> Dial:
    """Where to dial, asked anew for each connection. The embedded provider is started when it is first dialled."""

    async def dial() -> Endpoint:
        token = await get_token() if get_token is not None else None
        if isinstance(provider, Local) and provider.base_url is None:
            server = await asyncio.to_thread(embedded)
            return provider.endpoint(token, server.url)
        return provider.endpoint(token)

    return dial
