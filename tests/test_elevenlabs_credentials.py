"""What an agent is dialled with, and that nobody gets to see it."""

import logging
import traceback

import pytest
from aiohttp import web

from realtime_rx import RealtimeSession
from realtime_rx.policies import ReconnectPolicy
from realtime_rx.setup_endpoint import setup_endpoint

from .support.elevenlabs_agent import answered, session_at, talk
from .support.elevenlabs_server import KEY, PRIVATE, SIGNATURE, ElevenLabsCaller, elevenlabs
from .support.http_server import listening
from .support.waiting import until

FAST = ReconnectPolicy(first_delay_s=0.0, max_delay_s=0.0, steady_s=0.0)


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key of whoever runs the tests is used."""
    monkeypatch.delenv("ELEVENLABS_API_KEY", raising=False)


def shown(session: RealtimeSession) -> str:
    """Everything of a session that somebody might see."""
    error = session._runner.connection.failure if session._runner.connection else None
    told = "".join(traceback.format_exception(error)) if error is not None else ""
    return f"{session!r}{session.provider!r}{session.state!r}{session.state.to_json()!r}{told}"


async def test_a_key_is_exchanged_before_each_dial(caplog: pytest.LogCaptureFixture) -> None:
    """A private agent is dialled at a signed address, a fresh one each time; key and signature are seen nowhere."""
    caplog.set_level(logging.DEBUG)

    async def dying(caller: ElevenLabsCaller) -> None:
        await caller.greet()
        await caller.socket.close(1011, "unexpected")

    async with elevenlabs(dying, talk) as server:
        session = session_at(server, PRIVATE, api_key=KEY, reconnect=FAST)
        async with session:
            await until(session, lambda state: state.reconnects == 1 and answered(1)(state))
        requests = [caller.socket.request for caller in server.callers]
    assert server.signed == 2
    assert all(request is not None and "xi-api-key" not in request.headers for request in requests)
    for secret in (KEY, SIGNATURE):
        assert secret not in f"{shown(session)}{caplog.text}"


@pytest.mark.parametrize("wrong", [{"api_key": "sk_canary-wrong-key-012345"}, {}])
async def test_a_refusal_shows_no_secret(wrong: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    """A wrong key, or none, is an error that does not repeat the key."""
    caplog.set_level(logging.DEBUG)
    async with elevenlabs(talk) as server:
        session = session_at(server, PRIVATE, **wrong)
        with pytest.raises(Exception, match="HTTP 40"):
            await session.connect()
        await session.aclose()
    assert "canary" not in f"{shown(session)}{caplog.text}"


async def test_a_signed_address_may_be_the_token() -> None:
    """What a server of one's own has signed is dialled as it is; a refused one is not shown."""

    async def stale() -> str:
        return f"ws://{server.address}/v1/convai/conversation?agent_id={PRIVATE}&conversation_signature={SIGNATURE}"

    async with elevenlabs(talk) as server:
        session = session_at(server, PRIVATE, get_token=stale)
        with pytest.raises(Exception, match="HTTP 403"):
            await session.connect()
        await session.aclose()
    assert SIGNATURE not in shown(session)


async def test_a_setup_endpoint_signs_for_a_page() -> None:
    """A server of one's own that has the key lets a session without one into its private agent."""
    app = web.Application()
    async with elevenlabs(talk) as server:
        endpoint = setup_endpoint(f"elevenlabs:{PRIVATE}", api_key=KEY, base_url=server.base_url)
        app.router.add_post("/setup", endpoint)
        async with listening(app) as url:
            session = session_at(server, PRIVATE, api={"token": f"{url}/setup"})
            async with session:
                await until(session, answered(1))
    assert server.signed == 1
    assert "canary" not in shown(session)
