"""Many timers over a single one of JavaScript's, for :mod:`pyconvo.hosts.browser`.

Nearly all timers are cancelled long before their time: each request has one that says when its answer is overdue.
Setting and clearing one of JavaScript's each time would cost more than the rest of the request.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import Any

#: The longest delay, in seconds, that JavaScript's timers take (2^31 - 1 milliseconds); longer ones are renewed.
_LONGEST_DELAY = 2_147_483.0
#: Seconds by which JavaScript's timers may be early, as its clock is coarse.
_EARLY = 0.001
#: Cancelled timers are swept out when there are this many, and more of them than of the others.
_SWEEP_AT = 64


class _Timer:
    __slots__ = ("_timers", "callback")

    def __init__(self, timers: BrowserTimers, callback: Callable[[], Any]) -> None:
        self._timers = timers
        self.callback: Callable[[], Any] | None = callback

    def cancel(self) -> None:
        if self.callback is not None:
            self.callback = None
            self._timers.forget_one()


class BrowserTimers:
    """``fired`` is to be called by JavaScript, as ``lent``; ``js`` has its ``setTimeout``."""

    def __init__(self, js: Any, lend: Callable[[Callable[[], Any]], Any]) -> None:
        self._js = js
        #: One function for all timers: a proxy for each would cost more than the timer.
        self.lent = lend(self.fired)
        #: When, a number that keeps the order of equal ones, and which. Cancelled ones stay for a while.
        self._waiting: list[tuple[float, int, _Timer]] = []
        self._living = 0
        self._count = 0
        #: JavaScript's timer, and when it fires.
        self._js_id: Any = None
        self._next = math.inf

    def __len__(self) -> int:
        return self._living

    def start(self, delay: float, callback: Callable[[], Any]) -> _Timer:
        """Call back in a turn of the loop, after ``delay`` seconds."""
        timer = _Timer(self, callback)
        when = time.monotonic() + delay
        self._count += 1
        self._living += 1
        heappush(self._waiting, (when, self._count, timer))
        if when < self._next:
            self._arm(when, delay)
        return timer

    def forget_one(self) -> None:
        """One of them was cancelled."""
        self._living -= 1
        # JavaScript's timer is left alone: at its time the next one's turn is found out.
        if len(self._waiting) >= _SWEEP_AT and self._living < len(self._waiting) / 2:
            self._waiting = [one for one in self._waiting if one[2].callback is not None]
            heapify(self._waiting)

    def fired(self) -> None:
        """JavaScript's timer fired."""
        self._js_id, self._next = None, math.inf
        now, loop = time.monotonic(), asyncio.get_running_loop()
        while self._waiting and (self._waiting[0][2].callback is None or self._waiting[0][0] <= now + _EARLY):
            timer = heappop(self._waiting)[2]
            callback, timer.callback = timer.callback, None
            if callback is not None:
                self._living -= 1
                loop.call_soon(callback)
        if self._waiting:
            when = self._waiting[0][0]
            self._arm(when, when - now)

    def close(self) -> None:
        """Forget them all."""
        for _, _, timer in self._waiting:
            timer.callback = None
        self._waiting.clear()
        self._living = 0
        self._clear()

    def _arm(self, when: float, delay: float) -> None:
        self._clear()
        delay = min(delay, _LONGEST_DELAY)
        self._next = when
        # Whole milliseconds, upwards: JavaScript would cut them off.
        self._js_id = self._js.setTimeout(self.lent, math.ceil(delay * 1000))

    def _clear(self) -> None:
        if self._js_id is not None:
            self._js.clearTimeout(self._js_id)
            self._js_id = None
            self._next = math.inf
