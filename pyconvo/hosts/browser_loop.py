"""Makes Pyodide's event loop fast: runs many callbacks in one turn of the browser instead of one.

Pyodide schedules every ``call_soon`` as a task of its own, which costs 0.1 ms, and 4 ms in WebKit. Here callbacks queue
up and are run together, for at most :data:`BUDGET` seconds; then the browser has its turn. Order is kept. For the
interpreter that pyconvo starts itself; on a page where Pyodide is someone else's, the loop is left alone. No callback
may switch stacks (``run_sync``). Not responsible for how a turn is asked for: that is ``request_turn``.
"""

from __future__ import annotations

import asyncio
import contextvars
import math
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from pyconvo.hosts.base import TimerHandle

#: Seconds of callbacks before the browser (messages, timers) has its turn again.
BUDGET = 0.004
#: Seconds up to which Pyodide's timers are more exact than the browser's: these take 4 ms when one follows another.
SHORT = 0.002
#: The clock is read once for this many callbacks.
_CLOCK_EVERY = 4

SetTimer = Callable[[Callable[[], Any]], TimerHandle]


class TurnQueue:
    """The queue of callbacks that are due. Made by :func:`batch_callbacks`."""

    def __init__(self, loop: Any, request_turn: Callable[[], Any]) -> None:
        """``loop``: Pyodide's ``WebLoop``, of which two private methods are used (its version is pinned).

        ``request_turn`` makes the browser call :meth:`drain` in a turn of its own.
        """
        self._loop = loop
        self._request_turn = request_turn
        self._due: deque[asyncio.Handle] = deque()
        self._requested = False
        self._at_pause: list[Callable[[], Any]] = []

    def call_at_pause(self, callback: Callable[[], Any]) -> None:
        """Call when the queue is empty, or the browser is given its turn."""
        self._at_pause.append(callback)
        self._request()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is due beside what runs now. What waits for the pause does not count."""
        return not self._due

    def call_soon(
        self, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self._loop, context=context)
        self._due.append(handle)
        self._request()
        return handle

    def _request(self) -> None:
        if not self._requested:
            self._requested = True
            self._request_turn()

    def run(self, function: Callable[..., Any], *args: Any) -> None:
        """For what the browser tells: call ``function``, and go on with what that makes due in the same turn of the
        browser. Another turn would come later, and costs as much as a small packet.
        """
        if self._requested:
            # That turn comes, or is this one.
            function(*args)
            return
        self._requested = True
        try:
            function(*args)
        finally:
            self.drain()

    def drain(self, *_: Any) -> None:
        """Run what is due, and what becomes due meanwhile, until the budget is spent."""
        self._loop._install_running_loop()
        self._loop._install_asyncgen_hooks()
        due = self._due
        end = time.perf_counter() + BUDGET
        count = 0
        try:
            while due:
                handle = due.popleft()
                if not handle.cancelled():
                    # Reports exceptions to the loop's handler; only SystemExit and KeyboardInterrupt get out.
                    handle._run()
                count += 1
                if count % _CLOCK_EVERY == 0 and time.perf_counter() >= end:
                    break
            at_pause, self._at_pause = self._at_pause, []
            for callback in at_pause:
                asyncio.Handle(callback, (), self._loop)._run()
        finally:
            self._requested = False
            if due or self._at_pause:
                self._request()


class _Later(asyncio.Handle):
    """A callback that waits for its time. Cancelled, it leaves nothing behind."""

    __slots__ = ("_timer",)

    def __init__(
        self,
        callback: Callable[..., Any],
        args: Any,
        loop: Any,
        context: contextvars.Context | None,
        set_timer: SetTimer,
    ) -> None:
        super().__init__(callback, args, loop, context=context)
        self._timer: TimerHandle | None = set_timer(self._due)

    def cancel(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        super().cancel()

    def _due(self) -> None:
        self._timer = None
        if not self.cancelled():
            self._run()


def batch_callbacks(
    loop: Any, request_turn: Callable[[], Any], set_timer: Callable[[float, Callable[[], Any]], TimerHandle]
) -> TurnQueue:
    """Give ``loop`` (Pyodide's) a queue. ``request_turn`` may be called at once, before this returns.

    ``set_timer`` calls back after so many seconds, unless what it returns is cancelled. Pyodide's own timers cannot be:
    every ``asyncio.timeout`` would stay until its time has come.
    """
    queue = TurnQueue(loop, request_turn)
    later = loop.call_later

    def call_later(
        delay: float, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        # In order with ``call_soon``; and a moment gone by, as ``asyncio.timeout_at`` may ask for, is due now.
        if delay <= 0:
            return queue.call_soon(callback, *args, context=context)
        if delay <= SHORT or delay == math.inf:
            handle: asyncio.Handle = later(delay, callback, *args, context=context)
            return handle
        return _Later(callback, args, loop, context, lambda due: set_timer(delay, due))

    loop.call_soon = queue.call_soon
    loop.call_soon_threadsafe = queue.call_soon
    loop.call_later = call_later
    return queue
