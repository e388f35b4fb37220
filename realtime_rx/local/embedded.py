"""One server for the whole process, on a thread and a loop of its own."""

import asyncio
import atexit
import contextlib
import threading
from concurrent.futures import Future

from .server import LocalServer, ServerCapabilities

START_SECONDS = 15
STOP_SECONDS = 3


class EmbeddedServer:
    """A running LocalServer that any thread may use. It ends with the process."""

    def __init__(self) -> None:
        self._started: Future[tuple[LocalServer, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=self._run, name="realtime-rx-local", daemon=True)
        self._thread.start()
        self._server, self._loop, self._end = self._started.result(START_SECONDS)

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    @property
    def capabilities(self) -> ServerCapabilities:
        return self._server.capabilities

    def stop(self) -> None:
        """Close every session and the synthesiser; returns when the thread has ended. Idempotent."""
        if self.is_running:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        # Not asyncio.run: it would wait for the brain's threads in one more, which a process that ends cannot start.
        try:
            with contextlib.closing(asyncio.new_event_loop()) as loop:
                loop.run_until_complete(self._serve())
                loop.run_until_complete(loop.shutdown_asyncgens())
        except BaseException as error:
            if self._started.done():
                raise
            self._started.set_exception(error)

    async def _serve(self) -> None:
        async with LocalServer() as server:
            end = asyncio.Event()
            self._started.set_result((server, asyncio.get_running_loop(), end))
            await end.wait()


_lock = threading.Lock()
_instance: EmbeddedServer | None = None


def embedded() -> EmbeddedServer:
    """The process-wide server, started by the first caller; blocks that caller until it listens."""
    global _instance
    with _lock:
        if _instance is None or not _instance.is_running:  # stopped, or left behind by a fork
            _instance = EmbeddedServer()
            atexit.register(_instance.stop)
        return _instance
