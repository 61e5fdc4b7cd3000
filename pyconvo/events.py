"""The event emitter under every public object: synchronous, ordered, with replay of the last event.

Follows the official SDK's ``ReplayEventEmitter`` (Node's emitter plus memory). One difference, on purpose:
an exception in a listener is reported (``on_listener_error``) and neither stops other listeners nor reaches the
code that emitted. Not responsible for the names or payloads of events.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable, Collection
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, Self, TypeAlias, TypeVar, cast, overload

from pyconvo.event_stream import EventStream, Waiter
from pyconvo.lifetime import Lifetime

logger = logging.getLogger("pyconvo.events")

T = TypeVar("T")
Listener = Callable[..., Any]

#: Events that a stream keeps for its reader, unless told otherwise.
STREAM_LIMIT = 1000


if TYPE_CHECKING:
    # As something else than a text: otherwise a listener that does not fit would be taken for one of a plain name.
    class Event(Generic[T]):
        def __init__(self, name: str) -> None: ...

    class Signal:
        def __init__(self, name: str) -> None: ...

else:

    class Event(str, Generic[T]):
        """The name of an event whose listeners get a ``T``: a text like any other; the rest is for type checkers."""

        __slots__ = ()

    class Signal(str):
        """The name of an event whose listeners get nothing."""

        __slots__ = ()


EventName: TypeAlias = str | Event[Any] | Signal


class _Entry:
    """A registration; a class of its own so that one function may be registered twice."""

    __slots__ = ("listener", "once")

    def __init__(self, listener: Listener, *, once: bool) -> None:
        self.listener = listener
        self.once = once


class Observer(Protocol):
    """Who mirrors an emitter somewhere else: one for all its events."""

    #: Told before the listeners, else after them: who is there from the first moment hears first.
    is_first: bool

    def observed(self, event: str, payload: tuple[Any, ...]) -> None:
        """An event was emitted."""

    def touched(self, names: Collection[str] | None) -> None:
        """Visible state has changed: these attributes, or it is not known which."""


#: What an emitter has before it has anything: most messages are never listened to, and never emit. Refuses changes.
_NOTHING: Final = cast("dict[Any, Any]", MappingProxyType({}))


class ReplayEventEmitter:
    """Listeners by event name (snake_case), called in order of registration, in the emitter's own call.

    A listener may be a coroutine function; it is then started as a task. An exception that leaves a listener is
    logged (logger ``pyconvo.events``) by :meth:`on_listener_error`; it stops nobody else.

    Events are named by text (``"message_added"``) or, for a type checker to know what they bring, by the class's
    constants (``Conversation.message_added``).
    """

    #: Listeners of one event beyond which a leak is suspected, and logged; 0: any number.
    default_max_listeners = 10

    _max_listeners: int | None = None
    _listener_tasks: set[asyncio.Task[Any]] | None = None
    #: Set by the bridge. Does not count as a listener.
    _observer: Observer | None = None
    #: Who passes events on, whichever they are: told before the listeners, and not one of them. Thousands of objects
    #: have one; a listener for each event of each of them would take longer to make than all the events to pass. Our
    #: own events all bring one value; to pass on that, instead of all there may be, is quicker.
    _relay: Callable[[str, tuple[Any, ...]], None] | None = None

    def __init__(self, lifetime: Lifetime | None = None) -> None:
        """``lifetime``: until when there are events; waiting for one ends with it."""
        self._lifetime = lifetime
        self._entries: dict[Any, tuple[_Entry, ...]] = _NOTHING
        self._last: dict[Any, tuple[Any, ...]] = _NOTHING

    # -- listeners -------------------------------------------------------------------------------------------

    @overload
    def on(self, event: Event[T], listener: Callable[[T], Any]) -> Self: ...
    @overload
    def on(self, event: Signal, listener: Callable[[], Any]) -> Self: ...
    @overload
    def on(self, event: str, listener: Listener) -> Self: ...
    def on(self, event: Any, listener: Listener) -> Self:
        """Call ``listener(*payload)`` at every later ``event``."""
        return self._enlist(event, _Entry(listener, once=False))

    @overload
    def once(self, event: Event[T], listener: Callable[[T], Any]) -> Self: ...
    @overload
    def once(self, event: Signal, listener: Callable[[], Any]) -> Self: ...
    @overload
    def once(self, event: str, listener: Listener) -> Self: ...
    def once(self, event: Any, listener: Listener) -> Self:
        """Call ``listener`` at the next ``event`` only."""
        return self._enlist(event, _Entry(listener, once=True))

    def prepend_listener(self, event: EventName, listener: Listener) -> Self:
        """Like :meth:`on`, before the listeners that are there."""
        return self._enlist(event, _Entry(listener, once=False), first=True)

    def prepend_once_listener(self, event: EventName, listener: Listener) -> Self:
        """Like :meth:`once`, before the listeners that are there."""
        return self._enlist(event, _Entry(listener, once=True), first=True)

    @overload
    def on_with_replay(self, event: Event[T], listener: Callable[[T], Any]) -> Self: ...
    @overload
    def on_with_replay(self, event: Signal, listener: Callable[[], Any]) -> Self: ...
    @overload
    def on_with_replay(self, event: str, listener: Listener) -> Self: ...
    def on_with_replay(self, event: Any, listener: Listener) -> Self:
        """Like :meth:`on`, but first, at once, with the last ``event`` if there was one."""
        if event in self._last:
            self._call(event, listener, self._last[event])
        return self.on(event, listener)

    @overload
    def once_with_replay(self, event: Event[T], listener: Callable[[T], Any]) -> Self: ...
    @overload
    def once_with_replay(self, event: Signal, listener: Callable[[], Any]) -> Self: ...
    @overload
    def once_with_replay(self, event: str, listener: Listener) -> Self: ...
    def once_with_replay(self, event: Any, listener: Listener) -> Self:
        """At once with the last ``event`` if there was one; else like :meth:`once`."""
        if event in self._last:
            self._call(event, listener, self._last[event])
            return self
        return self.once(event, listener)

    def off(self, event: EventName, listener: Listener) -> Self:
        """Remove the latest registration of ``listener`` for ``event``; unknown ones are ignored."""
        entries = self._entries.get(event, ())
        for position in range(len(entries) - 1, -1, -1):
            if entries[position].listener == listener:
                self._entries[event] = entries[:position] + entries[position + 1 :]
                break
        return self

    def add_listener(self, event: EventName, listener: Listener) -> Self:
        """The same as :meth:`on`."""
        return self.on(event, listener)

    def add_listener_with_replay(self, event: EventName, listener: Listener) -> Self:
        """The same as :meth:`on_with_replay`."""
        return self.on_with_replay(event, listener)

    def remove_listener(self, event: EventName, listener: Listener) -> Self:
        """The same as :meth:`off`."""
        return self.off(event, listener)

    def remove_all_listeners(self, event: EventName | None = None) -> Self:
        """Remove every listener of ``event``, or of all events. What was emitted last stays remembered."""
        if event is None:
            self._entries = _NOTHING
        elif event in self._entries:
            del self._entries[event]
        return self

    def listener_count(self, event: EventName) -> int:
        """How many listeners ``event`` has."""
        return len(self._entries.get(event, ()))

    def listeners(self, event: EventName) -> list[Listener]:
        """The listeners of ``event``, in the order in which they are called."""
        return [entry.listener for entry in self._entries.get(event, ())]

    def raw_listeners(self, event: EventName) -> list[Listener]:
        """The same as :meth:`listeners`: nothing is wrapped here."""
        return self.listeners(event)

    def set_max_listeners(self, limit: int) -> Self:
        """How many listeners an event may have before a leak is suspected, and logged once; 0: any number."""
        self._max_listeners = limit
        return self

    def get_max_listeners(self) -> int:
        """See :meth:`set_max_listeners`."""
        return self.default_max_listeners if self._max_listeners is None else self._max_listeners

    def event_names(self) -> list[str]:
        """Names that have listeners now."""
        return [name for name, entries in self._entries.items() if entries]

    @property
    def has_emitted(self) -> bool:
        """Whether anything ever happened here."""
        return bool(self._last)

    def last(self, event: EventName) -> tuple[Any, ...] | None:
        """The payload that ``…_with_replay`` would deliver now, or None if ``event`` never happened."""
        return self._last.get(event)

    # -- events ----------------------------------------------------------------------------------------------

    def emit(self, event: EventName, *payload: Any) -> bool:
        """Remember and deliver an event. Returns whether anybody listened."""
        if self._last is _NOTHING:
            self._last = {}
        name: Any = event
        self._last[name] = payload
        observer = self._observer
        if observer is not None and observer.is_first:
            observer.observed(name, payload)
            observer = None
        # Taken before it is passed on: who comes meanwhile hears the next one, who goes still hears this one.
        entries = self._entries.get(event, ())
        if self._relay is not None:
            try:
                self._relay(name, payload)
            except Exception as error:
                self.on_listener_error(name, error)
        for entry in entries:
            if entry.once:
                # Gone already: an earlier listener has emitted the event again from inside.
                left = tuple([other for other in self._entries.get(event, ()) if other is not entry])
                if len(left) == len(self._entries.get(event, ())):
                    continue
                self._entries[event] = left
            # What ``_call`` does, without calling it: a message passes five emitters.
            try:
                result = entry.listener(payload[0]) if len(payload) == 1 else entry.listener(*payload)
            except Exception as error:
                self.on_listener_error(name, error)
            else:
                if result is not None:
                    self._follow(event, result)
        if observer is not None:
            observer.observed(name, payload)
        return bool(entries)

    @overload
    async def wait_for(
        self, event: Event[T], check: Callable[[T], bool] | None = None, timeout: float | None = None
    ) -> T: ...
    @overload
    async def wait_for(
        self, event: Signal, check: Callable[[], bool] | None = None, timeout: float | None = None
    ) -> None: ...
    @overload
    async def wait_for(
        self, event: str, check: Callable[..., bool] | None = None, timeout: float | None = None
    ) -> Any: ...
    async def wait_for(self, event: Any, check: Callable[..., bool] | None = None, timeout: float | None = None) -> Any:
        """Wait for the next ``event`` that ``check`` accepts and return its payload (``None`` if it has none).

        ``check`` is called when an event happens; an error in it is raised here. ``timeout`` is in seconds.

        Raises :class:`TimeoutError` when it passes, and :class:`pyconvo.ClientClosedError` when the client is, or is
        being, shut down. (No counterpart in the official SDK.)
        """
        return await Waiter(self, event, check).result(timeout)

    @overload
    def events(self, event: Event[T], /, *, limit: int = ...) -> EventStream[T]: ...
    @overload
    def events(self, event: Signal, /, *, limit: int = ...) -> EventStream[None]: ...
    @overload
    def events(
        self, event: EventName, another: EventName, /, *more: EventName, limit: int = ...
    ) -> EventStream[tuple[str, Any]]: ...
    @overload
    def events(self, event: str, /, *, limit: int = ...) -> EventStream[Any]: ...
    def events(self, event: Any, /, *more: Any, limit: int = STREAM_LIMIT) -> EventStream[Any]:
        """What happens from now on, for ``async for``; ends with the client's shutdown.

        Of one event: its payloads. Of several: ``(name, payload)``. ``limit``: how many may wait to be read; more
        raise :class:`pyconvo.EventsLostError`. See :class:`pyconvo.EventStream`. (No counterpart in the official SDK.)
        """
        return EventStream(self, (event, *more), limit, named=bool(more))

    def on_listener_error(self, event: str, error: BaseException) -> None:
        """Hook: an exception left a listener of ``event``. The default logs it."""
        logger.error("a listener of %r failed", event, exc_info=error)

    def _enlist(self, event: Any, entry: _Entry, *, first: bool = False) -> Self:
        if self._entries is _NOTHING:
            self._entries = {}
        others = self._entries.get(event, ())
        # Never changed in place: the event may be on its way to them.
        entries = self._entries[event] = (entry, *others) if first else (*others, entry)
        if len(entries) == self.get_max_listeners() + 1 > 1:
            logger.warning(
                "%d listeners of %r: a leak? set_max_listeners() allows more without this warning", len(entries), event
            )
        return self

    def _attend(self, event: str, listener: Listener) -> None:
        """For those who remove their listeners themselves."""
        if self._entries is _NOTHING:
            self._entries = {}
        self._entries[event] = (*self._entries.get(event, ()), _Entry(listener, once=False))

    def _call(self, event: Any, listener: Listener, payload: tuple[Any, ...]) -> None:
        try:
            result = listener(*payload)
        except Exception as error:
            self.on_listener_error(event, error)
        else:
            if result is not None:
                self._follow(event, result)

    def _follow(self, event: Any, result: Any) -> None:
        """A listener returned something: if it can be awaited, it is a task of ours."""
        if not inspect.isawaitable(result):
            return
        task = asyncio.ensure_future(_awaited(result))
        if self._listener_tasks is None:
            self._listener_tasks = set()
        self._listener_tasks.add(task)
        task.add_done_callback(lambda done: self._settle(event, done))

    def _settle(self, event: str, task: asyncio.Task[Any]) -> None:
        if self._listener_tasks is not None:
            self._listener_tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.on_listener_error(event, error)


async def _awaited(result: Any) -> Any:
    return await result
