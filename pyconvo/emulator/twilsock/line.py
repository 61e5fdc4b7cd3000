"""One direction of a socket's line: what is put in comes out in order, as late as it is told to.

Not responsible for how late that is (the faults).
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Line(Generic[T]):
    """For one reader."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, T]] = deque()
        self._news = asyncio.Event()
        self._taken = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, item: T, delay: float = 0.0) -> None:
        """``delay`` in real seconds; nothing overtakes what was put in earlier."""
        due = asyncio.get_running_loop().time() + delay if delay else 0.0
        self._waiting.append((due, item))
        self._news.set()

    async def get(self) -> T:
        while not self._waiting:
            self._news.clear()
            await self._news.wait()
        due, item = self._waiting[0]
        if due:
            await asyncio.sleep(due - asyncio.get_running_loop().time())
        self._waiting.popleft()
        self._taken.set()
        return item

    async def below(self, count: int) -> None:
        """Wait until fewer than ``count`` are waiting."""
        while len(self._waiting) >= count:
            self._taken.clear()
            await self._taken.wait()
