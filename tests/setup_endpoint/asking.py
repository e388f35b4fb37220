"""Asking an endpoint without a network: a request, its body, and what comes back."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from realtime_rx.providers import OpenAI
from realtime_rx.setup_endpoint import SetupEndpoint, SetupRequest, setup_endpoint

KEY = "sk-canary-0123456789abcdef"
TOKEN = {"value": "ek_0123456789abcdef", "expires_at": 1_800_000_000}


@dataclass
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The code of the error; whatever is refused is refused in the same form."""
        error = self.json["error"]
        assert set(self.json) == {"error"}
        assert set(error) == {"code", "message"}
        assert re.fullmatch("[a-z_]+", error["code"])
        return error["code"]


def endpoint_at(base_url: str, **options: Any) -> SetupEndpoint:
    """An endpoint whose provider is that server."""
    return setup_endpoint(OpenAI(api_key=KEY, base_url=base_url), **{"limit": None, **options})


async def ask(
    endpoint: SetupEndpoint,
    body: Any = None,
    *,
    method: str = "POST",
    client: str | None = "192.0.2.1",
    headers: Mapping[str, str] | None = None,
) -> Answered:
    """Ask with a body in bytes, or with anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body if body is not None else {}).encode()
    given = {"host": "app.example", "content-type": "application/json", **(headers or {})}
    answer = await endpoint.answer(SetupRequest(method=method, headers=given, client=client), chunks(content))
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Origin" in answer.headers["Vary"]
    assert KEY not in f"{answer!r}{answer.body!r}"
    return Answered(answer.status, answer.headers, answer.body)


async def chunks(content: bytes, size: int = 1024) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]
