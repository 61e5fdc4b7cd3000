"""The public events of a connection, waiting in line: each is delivered from a fresh turn of the loop, in order.

Not responsible for who listens.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from pyconvo.hosts.base import Host
from pyconvo.twilsock.actions import Emit

#: Turns of the loop between a packet and the event it causes. What awaits an earlier reply sees that reply first, as
#: it would in JavaScript, where every continuation runs before the next event; here each await takes a turn.
_EVENT_TURNS = 4

#: Events that are delivered at most before the loop turns, even if nobody else waits for it.
_EVENTS_AT_ONCE = 8


class EventLine:
    def __init__(self, host: Host, deliver: Callable[[Emit], None]) -> None:
        self._host = host
        self._deliver = deliver
        # With the turn from which they may be delivered; turns are counted while there are any. A future among them is
        # somebody who waits for those before it.
        self._waiting: deque[tuple[int, Emit | asyncio.Future[None]]] = deque()
        self._turn = 0
        self._after: list[Callable[[], None]] = []

    def put(self, event: Emit) -> None:
        """The last in line."""
        self._waiting.append((self._turn + _EVENT_TURNS, event))
        if len(self._waiting) == 1:
            self._host.call_later(0, self._next_turn)

    def told(self) -> asyncio.Future[None]:
        """Done when all that are in line now have been delivered, and before the next one is."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._waiting:
            self._waiting.append((self._waiting[-1][0], future))
        else:
            future.set_result(None)
        return future

    def after(self, then: Callable[[], None]) -> None:
        """Call ``then`` when nothing is waiting."""
        if self._waiting:
            self._after.append(then)
        else:
            then()

    def _next_turn(self) -> None:
        """Deliver at most one event; the next one gets a turn of its own.

        Turns in which nobody else has anything to do pass at once: in a flood an event costs no turn of the loop.
        """
        is_idle, left = self._host.is_idle, _EVENTS_AT_ONCE
        while self._waiting and left:
            self._turn += 1
            due, event = self._waiting[0]
            if due <= self._turn:
                left -= 1
                try:
                    if isinstance(event, Emit):
                        self._deliver(event)
                    elif not event.done():
                        event.set_result(None)
                finally:
                    self._waiting.popleft()
            if not is_idle():
                break
        if self._waiting:
            self._host.call_later(0, self._next_turn)
            return
        waiting, self._after = self._after, []
        for then in waiting:
            then()
