"""What has to wait until the client is ready, and goes on in order.

Not responsible for when that is, nor for what is done then.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from pyconvo.hosts.base import Host, TimerHandle

#: Seconds for which somebody is waited for who has a place and does not come.
PATIENCE: Final = 0.5


class Place:
    """In the queue, until it is ``left``; ``turn`` is ``None`` while its owner is on the way."""

    __slots__ = ("left", "turn")

    def __init__(self) -> None:
        self.turn: asyncio.Future[None] | None = None
        self.left = False


class Readiness:
    """Not there at first; once there, there for good.

    One after the other goes on, each in a turn of the event loop of its own. Who comes while others are still on their
    way lines up behind them: waking all at once, as an event does, would let the newcomer overtake.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._reached = False
        self._queue: deque[Place] = deque()
        self._timer: TimerHandle | None = None

    def reach(self) -> None:
        """Let everybody go on who waits, or will. Also right when it failed: nobody is to wait for ever."""
        self._reached = True
        self._wake_next()

    def place(self) -> Place:
        """A place behind all others, for somebody who comes later: to :meth:`wait`, or else :meth:`leave`."""
        place = Place()
        self._queue.append(place)
        return place

    def leave(self, place: Place) -> None:
        """Its owner does not come, or has gone on. Harmless when repeated."""
        if not place.left:
            place.left = True
            self._queue.remove(place)
            self._wake_next()

    async def wait(self, place: Place | None = None) -> None:
        """Returns at once when it is reached and nobody is before us. The ``place`` is left then."""
        if place is None:
            if self._reached and not self._queue:
                return
            place = self.place()
        place.turn = asyncio.get_running_loop().create_future()
        self._wake_next()
        try:
            await place.turn
        finally:
            # Cancelled, too: who is behind must not wait for who has gone.
            self.leave(place)

    def _wake_next(self) -> None:
        if not self._queue and self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._reached or not self._queue:
            return
        first = self._queue[0]
        if first.turn is None:
            if self._timer is None:
                self._timer = self._host.call_later(PATIENCE, lambda: self._lose_patience(first))
        elif not first.turn.done():
            # A turn that is done is on its way, and wakes the next itself.
            first.turn.set_result(None)

    def _lose_patience(self, awaited: Place) -> None:
        self._timer = None
        if self._queue and self._queue[0] is awaited and awaited.turn is None:
            # Whoever is still on the way comes after those who are here.
            self._queue = deque(sorted(self._queue, key=lambda place: place.turn is None))
        self._wake_next()
