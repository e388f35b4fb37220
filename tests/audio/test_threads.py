import asyncio
import logging
import threading
from collections.abc import AsyncIterator

import pytest

from realtime_rx.audio.threads import DeviceThread, end_all
from realtime_rx.errors import AudioDeviceError
from tests.audio.fakes import PATIENCE


class Device:
    """Opens when it is allowed to, and raises what it is told to."""

    def __init__(self) -> None:
        self.may_open = threading.Event()
        self.may_open.set()
        self.open_error: Exception | None = None
        self.close_error: Exception | None = None
        self.calls: list[tuple[str, int]] = []
        self.closed = threading.Event()

    def open(self) -> None:
        self.calls.append(("open", threading.get_ident()))
        self.may_open.wait()
        if self.open_error is not None:
            raise self.open_error

    def close(self) -> None:
        self.calls.append(("close", threading.get_ident()))
        self.closed.set()
        if self.close_error is not None:
            raise self.close_error


class Work:
    """Steps, each of which waits until it is allowed to end."""

    def __init__(self) -> None:
        self.steps = 0
        self.began = threading.Semaphore(0)
        self.may_end = threading.Event()
        self.may_end.set()
        self.error: Exception | None = None
        self.lost: list[AudioDeviceError] = []
        self.is_lost = threading.Event()

    def __call__(self) -> bool:
        self.steps += 1
        self.began.release()
        self.may_end.wait()
        if self.error is not None:
            raise self.error
        return False

    def note_loss(self, error: AudioDeviceError) -> None:
        self.lost.append(error)
        self.is_lost.set()


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
async def thread(device: Device, work: Work) -> AsyncIterator[DeviceThread]:
    thread = DeviceThread(device, work, work.note_loss, name="lamp", open_s=0.2, stall_s=0.2)
    yield thread
    device.may_open.set()
    work.may_end.set()
    await thread.end()


async def test_one_thread_has_the_device(device: Device, thread: DeviceThread) -> None:
    """The device is opened and closed on one thread, which is not the caller's."""
    await thread.start()
    await thread.end()
    (opened, opener), (closed, closer) = device.calls
    assert (opened, closed) == ("open", "close")
    assert opener == closer != threading.get_ident()


async def test_a_device_that_does_not_open_says_why(device: Device, work: Work, thread: DeviceThread) -> None:
    """What opening raises is raised as a device error that names the device, and nothing is called lost."""
    device.open_error = OSError("no such lamp")
    with pytest.raises(AudioDeviceError, match="the lamp failed: OSError: no such lamp"):
        await thread.start()
    assert (work.steps, work.lost) == (0, [])


async def test_opening_takes_a_bounded_time(device: Device, thread: DeviceThread) -> None:
    """A device that hangs while it is opened is an error in time, and is let go when it opens after all."""
    device.may_open.clear()
    with pytest.raises(AudioDeviceError, match=r"the lamp did not open within 0\.2 s"):
        await thread.start()
    device.may_open.set()
    assert await asyncio.to_thread(device.closed.wait, PATIENCE)


async def test_opening_can_be_given_up(device: Device, work: Work, thread: DeviceThread) -> None:
    """A device whose opening was cancelled is let go when it opens after all, without a step of work."""
    device.may_open.clear()
    opening = asyncio.create_task(thread.start())
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    device.may_open.set()
    assert await asyncio.to_thread(device.closed.wait, PATIENCE)
    assert work.steps == 0


async def test_work_rests_until_it_is_woken(work: Work, thread: DeviceThread) -> None:
    """A step that had nothing to do is followed by another when there is news, and not before."""
    await thread.start()
    assert await asyncio.to_thread(work.began.acquire, timeout=PATIENCE)
    assert not await asyncio.to_thread(work.began.acquire, timeout=0.3)
    thread.wake()
    assert await asyncio.to_thread(work.began.acquire, timeout=PATIENCE)


async def test_a_step_that_raises_is_a_lost_device(device: Device, work: Work, thread: DeviceThread) -> None:
    """An error in a step is told once as a device error, and the device is closed."""
    work.error = RuntimeError("the bulb broke")
    await thread.start()
    assert await asyncio.to_thread(device.closed.wait, PATIENCE)
    assert [str(error) for error in work.lost] == ["the lamp failed: RuntimeError: the bulb broke"]


async def test_a_step_that_hangs_is_a_lost_device(work: Work, thread: DeviceThread) -> None:
    """A step that does not come back in time is told as a lost device, once."""
    work.may_end.clear()
    await thread.start()
    assert await asyncio.to_thread(work.is_lost.wait, PATIENCE)
    work.error = RuntimeError("too late")
    work.may_end.set()
    await thread.end()
    assert [str(error) for error in work.lost] == ["the lamp hangs"]


async def test_what_was_stopped_is_not_lost(work: Work, thread: DeviceThread) -> None:
    """An error after the thread was stopped is nobody's business."""
    work.may_end.clear()
    await thread.start()
    assert await asyncio.to_thread(work.began.acquire, timeout=PATIENCE)
    thread.stop()
    work.error = RuntimeError("too late")
    work.may_end.set()
    await thread.end()
    assert work.lost == []


async def test_an_error_while_closing_is_logged(
    device: Device, work: Work, thread: DeviceThread, caplog: pytest.LogCaptureFixture
) -> None:
    """A device that cannot be closed is a warning in the log and no loss."""
    device.close_error = OSError("stuck")
    await thread.start()
    with caplog.at_level(logging.WARNING, "realtime_rx"):
        await thread.end()
    assert "the lamp failed: OSError: stuck" in caplog.text
    assert work.lost == []


async def test_ending_twice_is_ending_once(device: Device, thread: DeviceThread) -> None:
    """A second end changes nothing, and one before the start is none."""
    await DeviceThread(device, Work(), print, name="lamp").end()
    await thread.start()
    await thread.end()
    await thread.end()
    assert [call for call, _ in device.calls] == ["open", "close"]


async def test_all_devices_can_be_let_go(device: Device, thread: DeviceThread) -> None:
    """At the interpreter's end every open device is closed by its own thread."""
    await thread.start()
    await asyncio.to_thread(end_all)
    assert device.closed.is_set()
