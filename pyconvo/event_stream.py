"""Events as something to wait for: :class:`EventStream` for many, :class:`Waiter` for the next one.

Both listen from their first moment and end with the client. Not responsible for delivering events.
"""

from __future__ import annotations

import asyncio
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from pyconvo.errors import ClientClosedError, EventsLostError

if TYPE_CHECKING:
    from pyconvo.events import ReplayEventEmitter

T_co = TypeVar("T_co", covariant=True)


def payload_of(values: tuple[Any, ...]) -> Any:
    """What a listener's arguments are as one value: the only one, or ``None`` when there are none."""
    return values[0] if len(values) == 1 else (values or None)


class EventStream(Generic[T_co]):
    """Events since it was made, in order, for ``async for``.

    Ends when the client is shut down (after what came before that), when :meth:`close` is called, at the end of
    ``async with``, and when nobody holds it any more: ``async for message in room.events("message_added")`` may
    simply be left with ``break``. Waiting for the next event can be cancelled; none is lost by that.

    Events that nobody has taken yet are kept, up to a limit. Beyond it the stream stops listening, gives what it has,
    and raises :class:`pyconvo.EventsLostError`: nothing is left out silently.
    """

    def __init__(self, source: ReplayEventEmitter, names: Sequence[str], limit: int, *, named: bool) -> None:
        if limit < 1:
            raise ValueError("the limit of a stream must be at least 1")
        self._waiting: deque[Any] = deque()
        self._news = asyncio.Event()
        self._limit = limit
        self._is_over = False
        self._overflown = False
        self._lifetime = source._lifetime
        me = weakref.ref(self)
        added: list[tuple[str, Callable[..., None]]] = []
        for name in names:

            def listener(*values: Any, _name: str = name) -> None:
                if (stream := me()) is not None:
                    stream._take((_name, payload_of(values)) if named else payload_of(values))

            source._attend(name, listener)
            added.append((name, listener))
        self._stop = weakref.finalize(self, _remove, source, added)
        self._stop.atexit = False
        if self._lifetime is not None:
            self._lifetime.attach(self)

    @property
    def waiting(self) -> int:
        """How many events came and were not taken yet."""
        return len(self._waiting)

    def close(self) -> None:
        """Stop listening, and forget what was not taken. Harmless when repeated."""
        self._waiting.clear()
        self._overflown = False
        self.end()

    async def aclose(self) -> None:
        """The same as :meth:`close`, for ``contextlib.aclosing``."""
        self.close()

    def end(self) -> None:
        """Stop listening. What came until now can still be taken."""
        self._stop()
        if self._lifetime is not None:
            self._lifetime.detach(self)
        self._is_over = True
        self._news.set()

    def _take(self, event: Any) -> None:
        if len(self._waiting) >= self._limit:
            self._overflown = True
            self.end()
            return
        self._waiting.append(event)
        self._news.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T_co:
        while not self._waiting:
            if self._overflown:
                self._overflown = False
                raise EventsLostError(self._limit)
            if self._is_over:
                raise StopAsyncIteration
            self._news.clear()
            await self._news.wait()
        event: T_co = self._waiting.popleft()
        return event

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        self.close()


def _remove(source: ReplayEventEmitter, added: Sequence[tuple[str, Callable[..., None]]]) -> None:
    for name, listener in added:
        source.off(name, listener)


class Waiter:
    """Waits for one event that ``check`` accepts. ``check`` is asked when the event happens, not later."""

    def __init__(self, source: ReplayEventEmitter, event: str, check: Callable[..., bool] | None) -> None:
        self._source = source
        self._event = event
        self._check = check
        self._future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def result(self, timeout: float | None) -> Any:
        lifetime = self._source._lifetime
        self._source._attend(self._event, self._hear)
        try:
            if lifetime is not None:
                lifetime.attach(self)
            async with asyncio.timeout(timeout):
                return await self._future
        finally:
            self._source.off(self._event, self._hear)
            if lifetime is not None:
                lifetime.detach(self)

    def end(self) -> None:
        """The client is shut down."""
        if not self._future.done():
            self._future.set_exception(ClientClosedError(f"The client was shut down before {self._event!r} happened"))

    def _hear(self, *values: Any) -> None:
        if self._future.done():
            return
        try:
            accepted = self._check is None or self._check(*values)
        except Exception as error:
            # It is the waiting code's own function: that is where its error belongs.
            self._future.set_exception(error)
            return
        if accepted:
            self._future.set_result(payload_of(values))
