"""What has to wait until the client is ready, and goes on in the order in which it came.

Not responsible for when that is, nor for what is done then.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Readiness:
    """Not there at first; once there, there for good.

    One after the other goes on, each in a turn of the event loop of its own. Who comes while others are still on their
    way lines up behind them: waking all at once, as an event does, would let the newcomer overtake.
    """

    def __init__(self) -> None:
        self._reached = False
        self._queue: deque[asyncio.Future[None]] = deque()

    def reach(self) -> None:
        """Let everybody go on who waits, or will. Also right when it failed: nobody is to wait for ever."""
        self._reached = True
        self._wake_next()

    async def wait(self) -> None:
        """Returns at once when it is reached and nobody is before us."""
        if self._reached and not self._queue:
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        finally:
            # Cancelled, too: who is behind must not wait for who has gone.
            self._queue.remove(turn)
            self._wake_next()

    def _wake_next(self) -> None:
        # A turn that is done is on its way, and wakes the next itself.
        if self._reached and self._queue and not self._queue[0].done():
            self._queue[0].set_result(None)
