"""The event emitter under every public object: synchronous, ordered, with replay of the last event.

Follows the official SDK's ``ReplayEventEmitter`` (Node's emitter plus memory). One difference, on purpose:
an exception in a listener is reported (``on_listener_error``) and neither stops other listeners nor reaches the
code that emitted. Not responsible for the names or payloads of events.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Self

logger = logging.getLogger("pyconvo.events")

Listener = Callable[..., Any]


class _Entry:
    """A registration; a class of its own so that one function may be registered twice."""

    __slots__ = ("listener", "once")

    def __init__(self, listener: Listener, *, once: bool) -> None:
        self.listener = listener
        self.once = once


class ReplayEventEmitter:
    """Listeners by event name (snake_case), called in order of registration, in the emitter's own call.

    A listener may be a coroutine function; it is then started as a task.
    """

    def __init__(self) -> None:
        self._entries: dict[str, list[_Entry]] = {}
        self._last: dict[str, tuple[Any, ...]] = {}
        self._listener_tasks: set[asyncio.Task[Any]] = set()

    def on(self, event: str, listener: Listener) -> Self:
        """Call ``listener(*payload)`` at every later ``event``."""
        self._entries.setdefault(event, []).append(_Entry(listener, once=False))
        return self

    def once(self, event: str, listener: Listener) -> Self:
        """Call ``listener`` at the next ``event`` only."""
        self._entries.setdefault(event, []).append(_Entry(listener, once=True))
        return self

    def on_with_replay(self, event: str, listener: Listener) -> Self:
        """Like :meth:`on`, but first, at once, with the last ``event`` if there was one."""
        if event in self._last:
            self._call(event, listener, self._last[event])
        return self.on(event, listener)

    def once_with_replay(self, event: str, listener: Listener) -> Self:
        """At once with the last ``event`` if there was one; else like :meth:`once`."""
        if event in self._last:
            self._call(event, listener, self._last[event])
            return self
        return self.once(event, listener)

    def off(self, event: str, listener: Listener) -> Self:
        """Remove the latest registration of ``listener`` for ``event``; unknown ones are ignored."""
        entries = self._entries.get(event, [])
        for position in range(len(entries) - 1, -1, -1):
            if entries[position].listener == listener:
                self._entries[event] = entries[:position] + entries[position + 1 :]
                break
        return self

    def remove_all_listeners(self, event: str | None = None) -> Self:
        """Remove every listener of ``event``, or of all events. What was emitted last stays remembered."""
        if event is None:
            self._entries.clear()
        else:
            self._entries.pop(event, None)
        return self

    def listener_count(self, event: str) -> int:
        return len(self._entries.get(event, ()))

    def last(self, event: str) -> tuple[Any, ...] | None:
        """The payload that ``…_with_replay`` would deliver now, or None if ``event`` never happened."""
        return self._last.get(event)

    def event_names(self) -> list[str]:
        """Names that have listeners now."""
        return [name for name, entries in self._entries.items() if entries]

    def emit(self, event: str, *payload: Any) -> bool:
        """Remember and deliver an event. Returns whether anybody listened."""
        self._last[event] = payload
        entries = self._entries.get(event)
        if not entries:
            return False
        for entry in tuple(entries):
            if entry.once:
                self._entries[event] = [other for other in self._entries.get(event, ()) if other is not entry]
            self._call(event, entry.listener, payload)
        return True

    async def wait_for(self, event: str, check: Callable[..., bool] | None = None, timeout: float | None = None) -> Any:
        """Wait for the next ``event`` that ``check`` accepts and return its payload.

        ``timeout`` is in seconds; raises :class:`TimeoutError` when it passes. The payload is the single
        argument, ``None`` for an event without one.
        """
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def listener(*payload: Any) -> None:
            if not future.done() and (check is None or check(*payload)):
                future.set_result(payload[0] if len(payload) == 1 else (payload or None))

        self.on(event, listener)
        try:
            async with asyncio.timeout(timeout):
                return await future
        finally:
            self.off(event, listener)

    @asynccontextmanager
    async def events(self, *names: str) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
        """``async with obj.events("message_added") as stream: async for name, payload in stream``."""
        queue: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        listeners: list[tuple[str, Listener]] = []
        for name in names:

            def listener(*payload: Any, _name: str = name) -> None:
                queue.put_nowait((_name, payload[0] if len(payload) == 1 else (payload or None)))

            self.on(name, listener)
            listeners.append((name, listener))

        async def stream() -> AsyncIterator[tuple[str, Any]]:
            while True:
                yield await queue.get()

        try:
            yield stream()
        finally:
            for name, added in listeners:
                self.off(name, added)

    def on_listener_error(self, event: str, error: BaseException) -> None:
        """Hook: an exception left a listener of ``event``. The default logs it."""
        logger.error("a listener of %r failed", event, exc_info=error)

    def _call(self, event: str, listener: Listener, payload: tuple[Any, ...]) -> None:
        try:
            result = listener(*payload)
        except Exception as error:
            self.on_listener_error(event, error)
            return
        if inspect.iscoroutine(result):
            task = asyncio.ensure_future(result)
            self._listener_tasks.add(task)
            task.add_done_callback(lambda done: self._settle(event, done))

    def _settle(self, event: str, task: asyncio.Task[Any]) -> None:
        self._listener_tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.on_listener_error(event, error)
