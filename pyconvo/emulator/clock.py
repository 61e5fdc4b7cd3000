"""The emulator's clock: real time, until a test moves it or stops it. Every deadline of the service follows it.

Not responsible for waking up in real time by itself: the server's loop asks ``next_due`` and calls ``run_due``
(``drive`` below), so that the clock also works without a loop.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

logger = logging.getLogger("pyconvo.emulator.clock")

#: The last moment that a date can be written for, with a margin: in the year 9999.
LAST = 253_300_000_000.0
#: With so many timers or more, cancelled ones are looked for whenever their number has doubled.
SWEEP = 1_000


def _nothing() -> None:
    pass


class Timer:
    """A callback planned for a moment of the emulator's time."""

    __slots__ = ("callback", "cancelled", "when")

    def __init__(self, when: float, callback: Callable[[], Any]) -> None:
        self.when = when
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        """Forget the timer, and what it would have done; harmless when it has run."""
        self.cancelled = True
        self.callback = _nothing


@lru_cache(16)
def _second(seconds: int) -> str:
    """A whole second since 1970 as ISO 8601: thousands of moments lie in the same one."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


class Clock:
    """Seconds since 1970, as the service sees them."""

    def __init__(self, source: Callable[[], float] = time.time) -> None:
        self._source = source
        self._offset = 0.0
        self._frozen: float | None = None
        self._timers: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._sweep_at = SWEEP
        #: Called when the earliest deadline may have changed.
        self.on_change: Callable[[], Any] | None = None

    def now(self) -> float:
        return self._frozen if self._frozen is not None else self._source() + self._offset

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def iso(self, at: float | None = None) -> str:
        """A moment (default: now) as ISO 8601 with milliseconds."""
        fraction, seconds = math.modf(self.now() if at is None else at)
        # To the microsecond first, as dates do, and then cut.
        carried, microseconds = divmod(round(fraction * 1e6), 1_000_000)
        return f"{_second(int(seconds) + carried)}.{microseconds // 1000:03d}Z"

    def call_at(self, when: float, callback: Callable[[], Any]) -> Timer:
        """Run ``callback`` once the clock has reached ``when``."""
        timer = Timer(when, callback)
        heapq.heappush(self._timers, (when, next(self._order), timer))
        if len(self._timers) > self._sweep_at:
            self._sweep()
        self._changed()
        return timer

    def call_later(self, delay: float, callback: Callable[[], Any]) -> Timer:
        return self.call_at(self.now() + delay, callback)

    def freeze(self) -> None:
        """Stop; only ``advance`` and ``set`` move the clock from now on."""
        self._frozen = self.now()

    def resume(self) -> None:
        """Run again, from where the clock stands."""
        if self._frozen is not None:
            self._offset = self._frozen - self._source()
            self._frozen = None
            self._changed()

    def advance(self, seconds: float) -> None:
        """Move forward, running what falls due on the way, each at its own moment and in order."""
        if not seconds >= 0:
            raise ValueError("the clock can only be moved forward")
        self.set(self.now() + seconds)

    def set(self, target: float) -> None:
        """Move forward to ``target``, seconds since 1970."""
        if target < self.now():
            raise ValueError("the clock can only be moved forward")
        if not target <= LAST:
            raise ValueError("the clock cannot be moved beyond the year 9999")
        was_frozen = self.frozen
        self.freeze()
        while (due := self.next_due()) is not None and due <= target:
            self._frozen = max(due, self.now())
            self.run_due()
        self._frozen = target
        if not was_frozen:
            self.resume()
        self._changed()

    def next_due(self) -> float | None:
        """The moment of the earliest timer."""
        while self._timers and self._timers[0][2].cancelled:
            heapq.heappop(self._timers)
        return self._timers[0][0] if self._timers else None

    def run_due(self) -> None:
        """Run every timer whose moment has come."""
        while (due := self.next_due()) is not None and due <= self.now():
            timer = heapq.heappop(self._timers)[2]
            timer.cancelled = True
            try:
                timer.callback()
            except Exception:
                # One broken deadline must not stop all the others.
                logger.exception("a deadline of the service failed")

    def _sweep(self) -> None:
        """Tokens are renewed long before they expire: cancelled timers must not pile up until their moments."""
        self._timers = [entry for entry in self._timers if not entry[2].cancelled]
        heapq.heapify(self._timers)
        self._sweep_at = max(SWEEP, 2 * len(self._timers))

    def clear(self) -> None:
        """Forget every timer."""
        self._timers.clear()
        self._changed()

    def reset(self) -> None:
        """Back to real time, without timers."""
        self._offset = 0.0
        self._frozen = None
        self.clear()

    @property
    def offset(self) -> float:
        """Seconds that the clock is ahead of real time; while it is frozen, would be if it ran on."""
        return self.now() - self._source()

    def restore(self, at: float, offset: float, *, frozen: bool) -> None:
        """As a clock that showed ``at`` and was ahead by ``offset``; time never goes back behind ``at``. No timers."""
        self.reset()
        if frozen:
            self._frozen = at
        else:
            self._offset = max(offset, at - self._source())

    def _changed(self) -> None:
        if self.on_change is not None:
            self.on_change()


async def drive(clock: Clock, turn: asyncio.Lock) -> None:
    """Run timers as real time passes, between requests (holding ``turn``), until cancelled."""
    changed = asyncio.Event()
    clock.on_change = changed.set
    try:
        while True:
            async with turn:
                clock.run_due()
            changed.clear()
            due = clock.next_due()
            # Never longer than half a minute: the machine may sleep, or its clock be set, meanwhile.
            wait = None if due is None or clock.frozen else min(30.0, max(0.0, due - clock.now()))
            try:
                async with asyncio.timeout(wait):
                    await changed.wait()
            except TimeoutError:
                continue
    finally:
        clock.on_change = None
