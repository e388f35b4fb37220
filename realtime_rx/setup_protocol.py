"""What goes over HTTP before a session: the AI SDK's setup protocol, as it stands at both ends.

``POST {"sessionConfig": …}`` is answered by ``{"token", "url", "expiresAt"?, "tools"?}``. Settings are named as in
JavaScript (``turnDetection``), and so are the fields that the AI SDK itself does not know. Sources: the AI SDK's
``Experimental_RealtimeSetupResponse``, ``RealtimeModelV4SessionConfig``, and how its session validates an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast
from urllib.parse import urlsplit

from msgspec import UNSET, Struct, structs, to_builtins

from realtime_rx.abc import ClientSecret
from realtime_rx.config import SessionConfig, ToolDefinition, TurnDetection, checked
from realtime_rx.credentials import Discreet
from realtime_rx.errors import ConfigurationError, ProtocolError
from realtime_rx.formats import AudioFormat

__all__ = ["config_json", "FIELDS", "read_config", "read_setup", "Setup", "setup_json"]

RENAMED = {
    "input_format": "inputAudioFormat",
    "output_format": "outputAudioFormat",
    "transcription": "inputAudioTranscription",
}
ENCODINGS = {"audio/pcm": "pcm16", "audio/pcmu": "pcmu", "audio/pcma": "pcma"}
G711_RATE = 8_000


class Setup(Discreet, Struct, frozen=True, kw_only=True):
    """A setup endpoint's answer: where to dial and with which token, and the tools that the session shall offer.

    ``tools`` None: the endpoint leaves them to the session. The repr shows no token.
    """

    token: str
    url: str
    expires_at: float | None = None
    tools: tuple[ToolDefinition, ...] | None = None


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)


def snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


FIELDS: Mapping[str, str] = {RENAMED.get(name, camel(name)): name for name in SessionConfig.__struct_fields__}
"""Each setting by its name in JSON."""


# From us


def setup_json(secret: ClientSecret, tools: Sequence[ToolDefinition] = ()) -> dict[str, Any]:
    """An endpoint's answer. Without tools it does not speak of them, and the session keeps its own."""
    expiry = {"expiresAt": int(secret.expires_at)} if secret.expires_at is not None else {}
    offered = {"tools": [tool_json(each) for each in tools]} if tools else {}
    return {"token": secret.token, "url": secret.url, **expiry, **offered}


def config_json(config: SessionConfig) -> dict[str, Any]:
    """The settings that are given, named as in JavaScript."""
    given = {name: value for name, value in structs.asdict(config).items() if value is not UNSET}
    if not config.provider_options:
        del given["provider_options"]
    return {name: value_json(given[ours]) for name, ours in FIELDS.items() if ours in given}


def value_json(value: Any) -> Any:
    match value:
        case AudioFormat(encoding=encoding, rate=rate):
            kind = next(name for name, each in ENCODINGS.items() if each == encoding)
            return {"type": kind, "rate": rate}
        case TurnDetection():
            fields = {camel(name): each for name, each in to_builtins(value).items()}
            return {**fields, "type": value.type.replace("_", "-")}
        case ToolDefinition():
            return tool_json(value)
        case tuple():
            return [value_json(each) for each in cast("tuple[Any, ...]", value)]
        case _:
            return to_builtins(value)


def tool_json(tool: ToolDefinition) -> dict[str, Any]:
    return {"type": "function", "name": tool.name, "description": tool.description, "parameters": tool.parameters}


# To us


def read_setup(answer: Any) -> Setup:
    """An endpoint's answer. Raises :class:`ProtocolError` naming the field that is wrong, never its value."""
    fields = as_object(answer, "the answer")
    token, url, expires_at = (fields.get(name) for name in ("token", "url", "expiresAt"))
    if not isinstance(token, str) or not token.strip():
        raise ProtocolError("'token' must be a text that is not empty")
    if not isinstance(url, str) or not is_socket_address(url):
        raise ProtocolError("'url' must be a ws:// or wss:// address")
    if expires_at is not None and (isinstance(expires_at, bool) or not isinstance(expires_at, int | float)):
        raise ProtocolError("'expiresAt' must be a time in seconds")
    tools = fields.get("tools")
    return Setup(token=token, url=url, expires_at=expires_at, tools=None if tools is None else read_tools(tools))


def is_socket_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("ws", "wss") and bool(parts.hostname) and not parts.fragment
    except ValueError:
        return False


def read_tools(tools: Any) -> tuple[ToolDefinition, ...]:
    if not isinstance(tools, list):
        raise ProtocolError("'tools' must be a list")
    return tuple(read_tool(each) for each in cast("list[Any]", tools))


def read_tool(value: Any) -> ToolDefinition:
    tool = as_object(value, "a tool")
    if tool.get("type", "function") != "function":
        raise ProtocolError("a tool's 'type' must be 'function'")
    wanted = {name: tool[name] for name in ("name", "description", "parameters") if tool.get(name) is not None}
    try:
        return checked(ToolDefinition, wanted)
    except ConfigurationError as error:
        raise ProtocolError(f"a tool is wrong: {error}") from error


def read_config(fields: Mapping[str, Any]) -> SessionConfig:
    """The settings that these fields say. Raises :class:`ProtocolError` naming the one that is wrong.

    null is as good as nothing, except for ``turnDetection``, which it turns off.
    """
    unknown = sorted(name for name in fields if name not in FIELDS)
    if unknown:
        raise ProtocolError(f"there is no setting {unknown[0]!r}")
    try:
        read = {FIELDS[name]: read_value(name, value) for name, value in fields.items()}
        return SessionConfig.of({name: value for name, value in read.items() if value is not None})
    except ConfigurationError as error:
        raise ProtocolError(str(error)) from error


def read_value(name: str, value: Any) -> Any:
    match name:
        case "turnDetection":
            return read_turn_detection(value)
        case "inputAudioFormat" | "outputAudioFormat" if value is not None:
            return read_format(name, as_object(value, f"'{name}'"))
        case "tools" if value is not None:
            return read_tools(value)
        case _:
            return value


def read_turn_detection(value: Any) -> TurnDetection:
    if value is None:
        return TurnDetection.disabled()
    fields = {snake(name): each for name, each in as_object(value, "'turnDetection'").items() if each is not None}
    kind = fields.get("type")
    return checked(TurnDetection, {**fields, "type": kind.replace("-", "_") if isinstance(kind, str) else kind})


def read_format(name: str, value: Mapping[str, Any]) -> AudioFormat:
    kind = value.get("type")
    encoding = ENCODINGS.get(kind) if isinstance(kind, str) else None
    if encoding is None:
        raise ProtocolError(f"'{name}.type' must be one of {', '.join(ENCODINGS)}")
    default = AudioFormat().rate if encoding == "pcm16" else G711_RATE
    return checked(AudioFormat, {"encoding": encoding, "rate": value.get("rate") or default})


def as_object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ProtocolError(f"{what} must be an object")
    return cast("dict[str, Any]", value)
