"""A page's way to its kernel, where it is in a notebook: a comm of its own.

Panel's comm is none for sound. A kernel that has subshells (ipykernel 7 with JupyterLab) applies what comes by it in
another thread, and what the session's thread shows meanwhile is thrown away when that is done; and it waits 50 ms for
more to send. A comm of one's own is Jupyter's, and all that is asked of Panel's is that the page can find its kernel.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from comm import BaseComm

__all__ = ["KernelComm"]


class KernelComm:
    """What the pages that show it say, ``said``, and what they are told. Each page opens a comm, by ``target``."""

    def __init__(self, hear: Callable[[Any], object]) -> None:
        """``hear`` is called on whatever thread the kernel has for that. Raises ``ImportError`` where there is none."""
        from comm import get_comm_manager

        self._hear = hear
        self._comms: dict[str, BaseComm] = {}
        self._manager = get_comm_manager()
        self.target = f"realtime-rx-{secrets.token_urlsafe(9)}"
        self._manager.register_target(self.target, self._open)

    def send(self, text: str) -> bool:
        """Tell all pages. False where there is none."""
        comms = [*self._comms.values()]
        for comm in comms:
            comm.send({"said": text})
        return bool(comms)

    def close(self) -> None:
        """From any thread, any number of times."""
        self._manager.targets.pop(self.target, None)
        while self._comms:
            self._comms.popitem()[1].close()

    def _open(self, comm: BaseComm, _: object) -> None:
        self._comms[comm.comm_id] = comm
        comm.on_msg(lambda message: self._hear(message["content"]["data"].get("said")))
        comm.on_close(lambda _: self._comms.pop(comm.comm_id, None))
