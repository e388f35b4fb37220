"""Secrets among the options of a session: the provider is told them, and nobody else."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime_rx.client import check_options, use_realtime
from realtime_rx.config import SessionConfig
from realtime_rx.errors import ConfigurationError
from realtime_rx.events import CommitAudio, CreateResponse, UpdateSession
from realtime_rx.recordings import record
from realtime_rx.state import SessionState
from realtime_rx.vault import Vault

from .strategies import scalars
from .support.memory import Wire, session_on
from .support.waiting import until

CANARY = "canary-of-the-mcp"
OTHER = "canary-of-another"
HELD: dict[str, Any] = {
    "authorization": {"authorization": CANARY},
    "headers": {"headers": {"X-Any": CANARY, "Accept": "text/plain"}},
    "in an address": {"server_url": f"https://a.example/mcp?token={CANARY}"},
    "within one": {"server_url": f"https://a.example/mcp?token=me:sk-{CANARY}-0123"},
    "a key in words": {"server_description": f"asks with sk-{CANARY}-0123"},
    "a variable": {"dynamic_variables": {"secret__token": CANARY, "name": "Ada"}},
}


def mcp(authorization: str = CANARY, **more: Any) -> dict[str, Any]:
    return {
        "type": "mcp",
        "server_label": "m",
        "server_url": "https://a.example",
        "authorization": authorization,
        **more,
    }


async def settings(wire: Wire) -> dict[str, Any]:
    """Those in what the session sends next."""
    return (await wire.hear())["session"]


@pytest.mark.parametrize("held", HELD)
def test_what_is_hidden_is_revealed(held: str) -> None:
    """A secret has a mark in settings, in changes of them and in requests, and its mark is the secret again."""
    vault, options = Vault(), {"tools": [{"type": "mcp", **HELD[held]}], "plain": [1, None, "words"]}
    config = SessionConfig(provider_options=options)
    for told in (config, UpdateSession(config), CreateResponse(options=options)):
        hidden = vault.hidden(told)
        assert CANARY not in repr(hidden)
        assert "<hidden:" in repr(hidden)
        assert vault.hidden(hidden) == hidden
        assert vault.revealed(hidden) == told


NAMES = st.sampled_from(("authorization", "headers", "secret__a", "url", "a"))
ANY_NAMES = NAMES | st.integers()
WORDS = st.sampled_from(
    (
        f"https://a.example/?key={CANARY}&b",
        f"https://a.example/?api_key=sk-{CANARY}-0123%3D%3D",
        f"https://a.example/?token=me:sk-{CANARY}-0123",
        f"https://a.example/?token=pk_{CANARY}_0123.sk_{CANARY}_0123&key=sk-{CANARY}-0123",
        "https://a.example/?token=eyJ0123456789.eyJ0123456789.abc~d",
        f"Bearer {CANARY}",
        f"<hidden:{'0' * 16}>",
    )
)
OPTIONS = st.dictionaries(
    NAMES, st.recursive(scalars | WORDS, lambda each: st.lists(each) | st.dictionaries(ANY_NAMES, each))
)


@given(OPTIONS)
def test_nothing_is_lost(options: dict[str, Any]) -> None:
    """Whatever the options are, the provider is told them as they were given."""
    vault, config = Vault(), SessionConfig(provider_options=options)
    assert vault.revealed(vault.hidden(config)) == config


def test_a_name_may_be_a_number() -> None:
    """Options may have names that are no text, as ids of tokens are: they stay, and secrets beneath them are hidden."""
    vault, biased = Vault(), {"logit_bias": {50256: -100}}
    told = SessionConfig(provider_options={"a": biased, "headers": {7: CANARY}})
    hidden = vault.hidden(told)
    assert hidden.provider_options["a"] == biased
    assert CANARY not in repr(hidden)
    assert vault.revealed(hidden) == told


def test_without_secrets_nothing_changes() -> None:
    """Settings and requests without secrets are the objects that they were."""
    vault = Vault()
    for told in (SessionConfig(provider_options={"a": [1]}), UpdateSession(SessionConfig(voice="x")), CommitAudio()):
        assert vault.hidden(told) is told
        assert vault.revealed(told) is told


def test_a_mark_stands_for_one_secret() -> None:
    """The same secret has the same mark in every session, another has another, and who does not know it learns
    nothing."""
    one, other, third = (Vault().hidden(SessionConfig(provider_options=mcp(each))) for each in (CANARY, CANARY, OTHER))
    assert one == other
    assert one != third
    assert Vault().revealed(one) is one


async def test_the_provider_is_told_and_nobody_else(tmp_path: Path) -> None:
    """An MCP server's token reaches the provider, with the first settings, with changed ones, with a request for a
    response and with a new connection; no state, event, effect or recording has it."""
    wire, seen = Wire(), list[object]()
    session = session_on(wire, session_config={"provider_options": {"tools": (mcp(headers={"X-Key": CANARY}),)}})
    for stream in (session.states, session.local_events, session.effects, session.server_events):
        stream.subscribe(seen.append)
    with record(session, tmp_path / "talk.jsonl"):
        session.connect()
        wire.say({"type": "session.created", "session": {"tools": [mcp()]}})
        assert (await settings(wire))["tools"] == [mcp(headers={"X-Key": CANARY})]
        session.update_session(provider_options={"tools": [mcp(OTHER)]})
        assert (await settings(wire))["tools"] == [mcp(OTHER)]
        session.request_response(options={"tools": [mcp()]})
        assert (await wire.hear())["response"]["tools"] == [mcp()]
        session.restart()
        wire.renew()
        wire.say({"type": "session.created", "session": {}})
        assert (await settings(wire))["tools"] == [mcp(OTHER)]
        assert session.settings.provider_options == {"tools": [mcp(OTHER)]}
        await session.aclose()
    kept = f"{seen!r}{session.state!r}{session.state.to_json()!r}{(tmp_path / 'talk.jsonl').read_text()}"
    assert CANARY not in kept
    assert OTHER not in kept


@pytest.mark.parametrize("secret", [CANARY, "0123456789abcdef", "canary%2F0123%3D"])
async def test_what_the_server_says_of_them_is_hidden(secret: str, tmp_path: Path) -> None:
    """A server that echoes the session's settings, or quotes a key in an error, tells no state, event or recording of
    it; what is said in the conversation stays as it is."""
    wire, seen = Wire(), list[object]()
    tools = [{"type": "mcp", "server_url": f"https://a.example/mcp?token={secret}"}]
    session = session_on(wire, session_config={"provider_options": {"tools": tools}})
    session.server_events.subscribe(seen.append)
    with record(session, tmp_path / "talk.jsonl"):
        session.connect()
        wire.say({"type": "session.created", "session": {}})
        assert (await settings(wire))["tools"] == tools
        wire.say({"type": "session.updated", "session": {"tools": tools}})
        wire.say({"type": "error", "error": {"type": "x", "message": f"refused: {unquote(secret)} or {secret}"}})
        wire.say({"type": "response.output_text.delta", "item_id": "i1", "delta": f"{secret} it is"})
        await until(session, lambda _: "it is" in repr(seen))
        await session.aclose()
    errors, said = seen[-2:]
    assert "refused" in repr(errors)
    assert secret in repr(said)
    kept = f"{seen[:-1]!r}{session.state.config!r}{session.state.session!r}{session.state.error!r}"
    recorded = "".join(line for line in (tmp_path / "talk.jsonl").read_text().splitlines() if "it is" not in line)
    for form in (secret, unquote(secret)):
        assert form not in kept
        assert form not in recorded


async def test_a_saved_state_needs_its_secrets_again() -> None:
    """A session that goes on with another's state tells the provider the secrets that it is given again; without them
    there is no session, and the error names the first that is missing."""
    first = session_on(Wire(), session_config={"provider_options": {"tools": [mcp()], "bias": {7: 1}}})
    await first.aclose()
    for state in first.state, SessionState.from_json(first.state.to_json()):
        session = await connected_with(Wire(), state, {"tools": [mcp(OTHER)]})
        assert session["tools"] == [mcp(OTHER)]
        for make in (use_realtime, check_options):
            with pytest.raises(ConfigurationError, match=r"^provider_options\.tools\[0\]\.authorization .* again"):
                make("local", state=state, provider_options={"other": [1]})


async def connected_with(wire: Wire, saved: SessionState, options: dict[str, Any]) -> dict[str, Any]:
    """What a session with this state is told to be."""
    session = session_on(wire, session_config={"provider_options": options}, state=saved)
    session.connect()
    wire.say({"type": "session.created", "session": {}})
    told = await settings(wire)
    await session.aclose()
    return told
