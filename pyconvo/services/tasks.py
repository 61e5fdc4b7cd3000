"""Work in the background: kept alive, never silently lost; and waiting by the host's clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

from pyconvo.hosts.base import Host

T = TypeVar("T")

logger = logging.getLogger("pyconvo.model")


class Tasks:
    """Background work of one client."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        #: The client is being shut down, or has been: what fails then was meant to.
        self.is_ending = False

    def start(self, work: Coroutine[Any, Any, T], what: str) -> asyncio.Task[T]:
        """Run ``work`` on its own. A failure is logged as ``what``, and still there for who awaits the task."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(lambda done: self._ended(done, what))
        return task

    def cancel(self) -> None:
        """Stop everything that still runs."""
        for task in tuple(self._running):
            task.cancel()

    def _ended(self, task: asyncio.Task[Any], what: str) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.log(logging.DEBUG if self.is_ending else logging.WARNING, "%s failed: %s", what, error)


def done(value: T) -> asyncio.Future[T]:
    """A future that has its value already."""
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future


async def settled(shared: asyncio.Future[T]) -> T:
    """What others wait for, too: to cancel one of them cancels it for nobody else."""
    return shared.result() if shared.done() else await asyncio.shield(shared)


async def sleep(host: Host, milliseconds: float) -> None:
    """Wait by the host's timers."""
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake() -> None:
        if not future.done():
            future.set_result(None)

    timer = host.call_later(milliseconds / 1000, wake)
    try:
        await future
    finally:
        timer.cancel()
