"""Frames without secrets, and with everything else."""

from typing import Any

import pytest

from realtime_rx.abc import Endpoint
from realtime_rx.credentials import HIDDEN
from realtime_rx.scrubbing import Scrubber

CANARY = "canary-0123/456=="
KEY = "sk-" + "proj-0123456789abcdefghij"


def knowing(**endpoint: Any) -> Scrubber:
    scrubber = Scrubber()
    scrubber.learn(Endpoint(**{"url": "wss://here/v1", **endpoint}))
    return scrubber


@pytest.mark.parametrize(
    "shown",
    [
        {"headers": {"Authorization": f"Bearer {CANARY}"}},
        {"headers": {"X-Whatever": CANARY}},
        {"headers": {"Cookie": f"a=b; session={CANARY}"}},
        {"subprotocols": ("realtime", f"openai-insecure-api-key.{CANARY}")},
        {"url": "wss://here/v1?model=m&key=canary-0123%2F456%3D%3D"},
        {"url": "wss://me:canary-0123%2F456==@here/v1"},
    ],
)
def test_what_was_shown_is_found_wherever_it_appears(shown: dict[str, Any]) -> None:
    """A credential that was shown is hidden in any text, escaped for JSON or for a URL or not."""
    scrubber = knowing(**shown)
    texts = [f"you showed {CANARY}", "canary-0123%2F456%3D%3D", "canary-0123%2F456=="]
    assert "canary-0123" not in str(scrubber.data({"message": texts[0], texts[0]: [texts[1]]}))


def test_words_of_the_address_stay() -> None:
    """The model and the subprotocols' words are no secrets."""
    scrubber = knowing(url="wss://here/v1?model=gpt-realtime", subprotocols=("realtime",))
    assert scrubber.data({"model": "gpt-realtime", "type": "realtime"}) == {"model": "gpt-realtime", "type": "realtime"}


@pytest.mark.parametrize(
    "secret",
    [
        {"client_secret": {"value": "abc", "expires_at": 7}},
        {"authorization": "abc"},
        {"tools": [{"type": "mcp", "headers": {"X-Anything": "abc"}}]},
        {"xi-api-key": "abc"},
        {"dynamic_variables": {"secret__token": "abc"}},
        {"accessToken": "abc"},
        {"url": "wss://elsewhere/convai?agent_id=a1&conversation_signature=abc"},
        {"text": f"my key is {KEY}"},
    ],
)
def test_fields_that_hold_secrets_are_hidden(secret: dict[str, Any]) -> None:
    """Fields with a secret's name, secrets of URLs and texts that look like a key are hidden."""
    clean = str(Scrubber().data(secret))
    assert HIDDEN in clean
    assert "'abc'" not in clean
    assert "=abc" not in clean
    assert KEY not in clean


@pytest.mark.parametrize(
    "harmless",
    [
        {"usage": {"total_tokens": 12, "input_token_details": {"cached_tokens": 3}}},
        {"logprobs": [{"token": " Hello", "logprob": -0.1, "bytes": [1]}]},
        {"parameters": {"type": "object", "properties": {"password": {"type": "string"}, "token": {"type": "string"}}}},
        {"max_output_tokens": "inf", "client_secret": None},
        {"transcript": "see https://example.com/?q=cats&page=2 for the secret of task-oriented cats"},
        {"id": "item_0123456789abcdef", "call_id": "call_0123456789abcdef"},
    ],
)
def test_what_only_sounds_like_a_secret_stays(harmless: dict[str, Any]) -> None:
    """Counts of tokens, words with their probabilities, schemas, ids and what was said are left as they are."""
    assert Scrubber().data(harmless) == harmless
