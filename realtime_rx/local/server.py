"""The embedded provider as a server on this computer."""

import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from . import aiohttp_adapter, websockets_adapter
from .brain import Brain
from .ear import Ear
from .engine import Engine
from .gate import PATH, Admission, Gate
from .keyword_brain import KeywordBrain
from .listener import start_listener
from .pace import Pace
from .protocol import Json
from .speaker import start_speaker
from .vad import EnergyVad, SileroVad, find_vad
from .voice import Voice

log = logging.getLogger(__name__)
ADAPTERS = {"aiohttp": aiohttp_adapter.listen, "websockets": websockets_adapter.listen}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerCapabilities:
    """What this server can do here and now, by the name of the engine that does it; None where there is none."""

    synthesiser: str | None
    recogniser: str | None
    turn_detector: str | None
    brain: str

    def describe(self) -> tuple[str, ...]:
        """One plain sentence for each ability and each lack of one."""
        speaks = f"Speaks with {self.synthesiser}." if self.synthesiser else "Writes, cannot speak."
        turns = f"turns by {self.turn_detector}" if self.turn_detector else "committed buffers only"
        hears = f"Hears with {self.recogniser}, {turns}." if self.recogniser else "Reads, cannot hear."
        return f"Thinks with {self.brain}.", speaks, hears


class LocalServer:
    """An OpenAI Realtime server without a key and without a network.

    `async with LocalServer() as server: server.url`. It is no assistant: its built-in brain understands a small
    vocabulary and the session's tools. `brain`, `voice` and `ear` replace what is built in; `speech=False` leaves the
    synthesiser and the recogniser out. `port=0` takes a free one. With an `api_key`, anybody else is refused: HTTP 401.
    The adapter "aiohttp" also serves `POST /v1/realtime/client_secrets`; "websockets" serves the socket alone.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        brain: Brain | None = None,
        voice: Voice | None = None,
        ear: Ear | None = None,
        speech: bool = True,
        pace: Pace | None = None,
        api_key: str | None = None,
        adapter: Literal["aiohttp", "websockets"] = "aiohttp",
    ) -> None:
        self._host = host
        self._port = port
        self._brain = brain or KeywordBrain()
        self._voice = voice
        self._ear = ear
        self._speech = speech
        self._pace = pace or Pace()
        self._api_key = api_key
        self._vad: type[SileroVad | EnergyVad] | None = None
        self._listen = ADAPTERS[adapter]
        self._exit = AsyncExitStack()

    @property
    def url(self) -> str:
        """The WebSocket endpoint; the port is known once the server runs."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"ws://{host}:{self._port}{PATH}"

    @property
    def capabilities(self) -> ServerCapabilities:
        """What it found when it started."""
        return ServerCapabilities(
            synthesiser=self._voice.name if self._voice else None,
            recogniser=self._ear.name if self._ear else None,
            turn_detector=self._vad.name if self._ear and self._vad else None,
            brain=getattr(self._brain, "__name__", type(self._brain).__name__),
        )

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            if self._voice is None and self._speech:
                self._voice = await stack.enter_async_context(start_speaker())
            if self._ear is None and self._speech:
                self._ear = await stack.enter_async_context(start_listener())
            self._vad = find_vad() if self._ear else None
            gate = Gate(self._api_key, detects_turns=self._vad is not None)
            self._port = await stack.enter_async_context(self._listen(self._host, self._port, gate, self._connect))
            self._exit = stack.pop_all()
        log.info("%s %s", self.url, " ".join(self.capabilities.describe()))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._exit.aclose()

    def _connect(self, admission: Admission, out: Callable[[Json], None]) -> Engine:
        return Engine(
            out,
            brain=self._brain,
            voice=self._voice,
            ear=self._ear,
            vad=self._vad,
            pace=self._pace,
            model=admission.model,
            session=admission.session,
        )
