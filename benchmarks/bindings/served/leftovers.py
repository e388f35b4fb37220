"""What there is in this process of its visitors: nothing, when they are gone."""

import asyncio
import gc
import os
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from realtime_rx import RealtimeSession


def leftovers() -> dict[str, Any]:
    """Sessions that are not collected, who listens to them, all tasks and threads by name, and memory in KiB."""
    gc.collect()
    objects = gc.get_objects()
    sessions = [each for each in objects if type(each) is RealtimeSession]
    tasks = [each for each in objects if isinstance(each, asyncio.Task) and not each.done()]
    return {
        "sessions": len(sessions),
        "subscribers": sum(session.subscriber_count for session in sessions),
        "tasks": dict(Counter(name_of(task) for task in tasks)),
        "threads": dict(Counter(thread.name.rstrip("_0123456789-") for thread in threading.enumerate())),
        "kib": resident_kib(),
    }


def name_of(task: "asyncio.Task[Any]") -> str:
    return getattr(task.get_coro(), "__qualname__", task.get_name())


def resident_kib() -> int:
    """0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024
