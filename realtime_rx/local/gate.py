"""Who may connect, whatever carries the socket: path, origin, key, subprotocol, and the client secrets handed out.

Any web page may open ws://127.0.0.1, so a browser's `Origin` must be this computer's, or its client secret good;
programs send none.
"""

import hmac
import ipaddress
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from . import protocol as p
from .parsing import convert, load
from .protocol import Json
from .session import default_session, merged

PATH = "/v1/realtime"
SECRETS_PATH = "/v1/realtime/client_secrets"
SUBPROTOCOL = "realtime"
TOKEN_SUBPROTOCOL = "openai-insecure-api-key."
SECRET = "ek_"
"""How a client secret begins. Whoever shows one needs a good one, even where no key is asked for."""
MAX_FRAME = 16 * 2**20
"""Bytes; the hosted service allows 15 MiB of audio in one append."""
SHORTEST_LIFE, LONGEST_LIFE, LIFE = 10, 7200, 600
"""Seconds a client secret may be used for a connect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """What a client says when it connects: header values as sent, None where there was no such header."""

    target: str
    origin: str | None = None
    authorization: str | None = field(default=None, repr=False)
    subprotocols: Sequence[str] = field(default=(), repr=False)

    @property
    def token(self) -> str | None:
        """The key or client secret: a bearer token, or where browsers have to put it, in a subprotocol."""
        kind, _, value = (self.authorization or "").partition(" ")
        if kind.lower() == "bearer" and value:
            return value.strip()
        offered = (name for name in self.subprotocols if name.startswith(TOKEN_SUBPROTOCOL))
        return next((name.removeprefix(TOKEN_SUBPROTOCOL) for name in offered), None)


@dataclass(frozen=True, slots=True)
class Admission:
    """A connection that may open: the model it asked for and the session its client secret holds."""

    model: str
    session: p.SessionPatch | None


@dataclass(frozen=True, slots=True)
class Refusal:
    status: HTTPStatus
    message: str


class ExpiresAfter(p.Closed, frozen=True):
    anchor: str = "created_at"
    seconds: int = LIFE


@dataclass(frozen=True, slots=True)
class Issued:
    """A client secret that was handed out: good until then, for one session or for any number."""

    expires_at: int
    session: p.SessionPatch | None
    once: bool


class SecretRequest(p.Closed, frozen=True):
    expires_after: ExpiresAfter = ExpiresAfter()
    session: p.SessionPatch | None = None


class Gate:
    """Decides on handshakes. With an `api_key` only that key and the secrets issued for it open a session."""

    def __init__(
        self, api_key: str | None = None, now: Callable[[], float] = time.time, *, detects_turns: bool = False
    ) -> None:
        self._api_key = api_key
        self._detects_turns = detects_turns
        self._now = now
        self._issued: dict[str, Issued] = {}

    def admit(self, handshake: Handshake) -> Admission | Refusal:
        path, _, query = handshake.target.partition("?")
        if path.rstrip("/") != PATH:
            return Refusal(HTTPStatus.NOT_FOUND, f"The endpoint is {PATH}.")
        token = handshake.token or ""
        issued = self._valid().get(token)
        if issued is None and not is_local(handshake.origin):
            return Refusal(HTTPStatus.FORBIDDEN, "This server answers pages of this computer only.")
        if issued is None and not self._accepts(token):
            return Refusal(HTTPStatus.UNAUTHORIZED, "Incorrect API key provided.")
        if issued is not None and issued.once:
            self._issued = {value: each for value, each in self._issued.items() if value != token}
        model = parse_qs(query).get("model", ["local"])[0]
        return Admission(model, issued.session if issued is not None else None)

    def issue(
        self, body: bytes, authorization: str | None, origin: str | None, *, once: bool = False
    ) -> Json | Refusal:
        """Answer `POST /v1/realtime/client_secrets`; ClientError where the body is wrong.

        `once` is ours (`?sessions=1`): the secret opens one session. The hosted service's open any number.
        """
        if not is_local(origin):
            return Refusal(HTTPStatus.FORBIDDEN, "This server answers pages of this computer only.")
        if not self._accepts(Handshake(target=SECRETS_PATH, authorization=authorization).token):
            return Refusal(HTTPStatus.UNAUTHORIZED, "Incorrect API key provided.")
        request: SecretRequest = convert(load(body or b"{}"), SecretRequest)
        session = default_session("local", detects_turns=self._detects_turns)
        if request.session is not None:
            session = merged(session, request.session)
        value = f"{SECRET}{secrets.token_hex(16)}"
        life = max(SHORTEST_LIFE, min(request.expires_after.seconds, LONGEST_LIFE))
        expires_at = int(self._now()) + life
        self._issued = {**self._valid(), value: Issued(expires_at, request.session, once)}
        return {"value": value, "expires_at": expires_at, "session": session}

    def _accepts(self, token: str | None) -> bool:
        if self._api_key is None:
            return not (token or "").startswith(SECRET)
        shown = (token or "").encode(errors="surrogatepass")  # a header may hold what is no Unicode
        return hmac.compare_digest(shown, self._api_key.encode())

    def _valid(self) -> dict[str, Issued]:
        now = self._now()
        return {value: issued for value, issued in self._issued.items() if issued.expires_at > now}


def is_local(origin: str | None) -> bool:
    """True for no origin and for pages served from this computer; false for "null", where it cannot be known."""
    if origin is None:
        return True
    try:
        host = urlsplit(origin).hostname or ""
        return host == "localhost" or host.endswith(".localhost") or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def choose_subprotocol(offered: Sequence[str]) -> str | None:
    """`realtime` when it is offered (browsers fail unless one of theirs comes back), nothing otherwise."""
    return SUBPROTOCOL if SUBPROTOCOL in offered else None
