"""One thread for one device: drivers block, hang and die, and none of that may reach a loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from typing import Protocol

from realtime_rx.errors import AudioDeviceError

__all__ = ["Device", "DeviceThread", "end_all"]

logger = logging.getLogger("realtime_rx")

OPEN_S = 8.0
"""Bluetooth devices may take a few seconds."""
STALL_S = 3.0
"""PulseAudio's null sink takes 1.5 s for its first sound."""
END_S = 2.0


class Device(Protocol):
    """What a thread opens, works with and closes, there and nowhere else."""

    def open(self) -> None:
        """Raises :class:`AudioDeviceError`."""
        ...

    def close(self) -> None: ...


_running: set[DeviceThread] = set()


def end_all() -> bool:
    """Let every device go before the interpreter does: a driver crashes when it is taken apart while it is used.

    False where one hangs.
    """
    threads = tuple(_running)
    for thread in threads:
        thread.stop()
    hanging = [thread for thread in threads if not thread.join(END_S)]
    return not hanging


class DeviceThread:
    """Opens a device and works with it until it is stopped or the device is lost; then closes it."""

    def __init__(
        self,
        device: Device,
        work: Callable[[], bool],
        lost: Callable[[AudioDeviceError], object],
        *,
        name: str,
        open_s: float = OPEN_S,
        stall_s: float = STALL_S,
    ) -> None:
        """``work`` is one step; it says whether there is more to do now, or not before ``wake``.

        ``lost`` is called once where a step raises or takes longer than ``stall_s`` seconds, and never after ``stop``.
        ``name`` is what errors call the device.
        """
        self._device = device
        self._work = work
        self._lost = lost
        self._name = name
        self._open_s = open_s
        self._stall_s = stall_s
        self._opened: Future[None] = Future()
        self._closed: Future[None] = Future()
        self._over = threading.Event()
        self._news = threading.Event()
        self._outcome = threading.Lock()
        self._is_stopped = False
        self._busy_since: float | None = None
        self._thread = threading.Thread(target=self._run, name=f"realtime-rx {name}", daemon=True)

    async def start(self) -> None:
        """Returns when the device is open. Raises :class:`AudioDeviceError`, also after ``open_s`` seconds."""
        _running.add(self)
        self._thread.start()
        try:
            await asyncio.wait_for(asyncio.wrap_future(self._opened), self._open_s)
        except TimeoutError:
            raise AudioDeviceError(f"the {self._name} did not open within {self._open_s:g} s") from None
        finally:
            if self._opened.cancelled():
                self.stop()

    def wake(self) -> None:
        """There is more to do."""
        self._news.set()

    def stop(self) -> bool:
        """No more steps. False where that was so before."""
        with self._outcome:
            first, self._is_stopped = not self._is_stopped, True
        self.wake()
        return first

    @property
    def is_stopped(self) -> bool:
        return self._is_stopped

    async def end(self) -> None:
        """Stop, and wait until the device is closed: for a while, not for ever."""
        self.stop()
        if self._thread.is_alive():
            await asyncio.wait([asyncio.wrap_future(self._closed)], timeout=END_S)

    def join(self, timeout: float) -> bool:
        """Wait for its end. False where that takes longer."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._device.open()
        except Exception as error:
            self._is_stopped = True
            with contextlib.suppress(InvalidStateError):
                self._opened.set_exception(self._device_error(error))
        else:
            with contextlib.suppress(InvalidStateError):
                self._opened.set_result(None)
            self._serve()
        _running.discard(self)
        self._over.set()
        self._closed.set_result(None)

    def _serve(self) -> None:
        threading.Thread(target=self._watch, name=f"realtime-rx {self._name} watch", daemon=True).start()
        try:
            while not self._is_stopped:
                self._news.clear()
                self._busy_since = time.monotonic()
                is_more = self._work()
                self._busy_since = None
                if not (is_more or self._is_stopped):
                    self._news.wait()
        except Exception as error:
            self._fail(error)
        self._close()

    def _close(self) -> None:
        try:
            self._device.close()
        except Exception as error:
            logger.warning("%s", self._device_error(error))

    def _watch(self) -> None:
        while not self._over.wait(self._stall_s / 4):
            since = self._busy_since
            if since is not None and time.monotonic() - since > self._stall_s:
                self._fail(AudioDeviceError(f"the {self._name} hangs"))

    def _fail(self, error: Exception) -> None:
        if self.stop():
            self._lost(self._device_error(error))

    def _device_error(self, error: Exception) -> AudioDeviceError:
        if isinstance(error, AudioDeviceError):
            return error
        failure = AudioDeviceError(f"the {self._name} failed: {type(error).__name__}: {error}")
        failure.__cause__ = error
        return failure
