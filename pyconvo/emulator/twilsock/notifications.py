"""The notifications of a connection, as they were meant or as faults have it: lost, doubled, late, in another order.

Not responsible for who hears of what (the hub).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pyconvo.emulator.faults.rule import PATIENCE
from pyconvo.emulator.notice import Notice
from pyconvo.emulator.service import Service

if TYPE_CHECKING:
    from pyconvo.emulator.twilsock.connection import Connection


class _Held:
    """A notification that waits until ``left`` others have overtaken it, or its time is over."""

    def __init__(self, notice: Notice, left: int) -> None:
        self.notice = notice
        self.left = left
        self.timer: asyncio.TimerHandle | None = None


class Notifications:
    def __init__(self, service: Service, connection: Connection) -> None:
        self._service = service
        self._connection = connection
        self._held: list[_Held] = []

    def tell(self, notice: Notice) -> None:
        """Send a notification, unless a fault says otherwise."""
        faults = self._service.faults
        fault = faults.take("notification", self._connection.identity, "", notice.name) if faults else None
        if fault is None:
            self._send(notice)
        elif fault.action == "duplicate":
            for _ in range(fault.copies):
                self._send(notice)
        elif fault.action == "reorder":
            self._hold(notice, fault.by, fault.delay or PATIENCE)
            return
        elif fault.action == "delay":
            self._hold(notice, None, faults.wait(fault))
            return
        else:
            return
        self._overtaken()

    def forget(self) -> None:
        """The connection is over: what is still held is lost with it."""
        for one in self._held:
            if one.timer is not None:
                one.timer.cancel()
        self._held.clear()

    def _hold(self, notice: Notice, by: int | None, seconds: float) -> None:
        held = _Held(notice, -1 if by is None else by)
        held.timer = asyncio.get_running_loop().call_later(seconds, self._release, held)
        self._held.append(held)

    def _overtaken(self) -> None:
        for one in list(self._held):
            if one.left > 0:
                one.left -= 1
                if one.left == 0:
                    self._release(one)

    def _release(self, held: _Held) -> None:
        if held in self._held:
            self._held.remove(held)
            if held.timer is not None:
                held.timer.cancel()
            self._send(held.notice)

    def _send(self, notice: Notice) -> None:
        if not self._connection.ended:
            self._connection.send_packet("notification", notice.packet(self._service.packet_ids.sid("TM")))
