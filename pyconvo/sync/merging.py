"""Writes to one thing happen one after the other; waiting ones are merged where only the last matters."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

#: Does the write with a time to live in seconds, or ``None``.
Write = Callable[[int | None], Awaitable[Any]]


class _Waiting:
    def __init__(self, ttl: int | None, write: Write) -> None:
        self.ttl = ttl
        self.write = write
        self.futures: list[asyncio.Future[Any]] = []


class MergingQueue:
    """At most one write in flight, the others in order."""

    def __init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_empty(self) -> bool:
        return self._task is None and not self._waiting

    async def add(self, ttl: int | None, write: Write) -> Any:
        """Do ``write`` when it is its turn; returns what it returned."""
        return await self._add(_Waiting(ttl, write))

    async def squash_and_add(self, ttl: int | None, write: Write) -> Any:
        """Like :meth:`add`, instead of everything that waits; who waits for that gets this outcome.

        The newest time to live that was given counts.
        """
        entry = _Waiting(ttl, write)
        for other in self._waiting:
            entry.futures += other.futures
            if ttl is None and other.ttl is not None:
                entry.ttl = other.ttl
        self._waiting.clear()
        return await self._add(entry)

    def _add(self, entry: _Waiting) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        entry.futures.append(future)
        self._waiting.append(entry)
        self._wake_up()
        return future

    def _wake_up(self) -> None:
        # The next write leaves the queue here and now: what is added in the same turn cannot merge with it.
        if self._task is None and self._waiting:
            self._task = asyncio.ensure_future(self._run(self._waiting.popleft()))

    async def _run(self, entry: _Waiting) -> None:
        try:
            result = await entry.write(entry.ttl)
        except asyncio.CancelledError:
            for future in entry.futures:
                future.cancel()
            raise
        except Exception as error:
            for future in entry.futures:
                if not future.done():
                    future.set_exception(error)
        else:
            for future in entry.futures:
                if not future.done():
                    future.set_result(result)
        finally:
            self._task = None
            self._wake_up()


class MergingQueues:
    """One queue per key, for as long as it is used."""

    def __init__(self) -> None:
        self._queues: dict[Any, MergingQueue] = {}

    def of(self, key: Any) -> MergingQueue:
        for other in [name for name, queue in self._queues.items() if queue.is_empty and name != key]:
            del self._queues[other]
        return self._queues.setdefault(key, MergingQueue())
