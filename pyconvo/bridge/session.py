"""What the page knows of one client: handles for its objects, their mirrored state, and the events forwarded.

An object gets a handle when it is first mentioned, and is then announced with its whole state; later only changed
properties are sent. Handles are strong until the page releases them (or, after ``shutdown``, weak). Not
responsible for calls.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from pyconvo.bridge.codec import PLAIN_TEXT, encode, encode_error, encode_text
from pyconvo.bridge.outbox import Outbox
from pyconvo.bridge.surface import ClassSpec
from pyconvo.entity import Entity
from pyconvo.errors import ConversationsError

logger = logging.getLogger("pyconvo.bridge")

_NEW = object()


class Entry:
    """One object that the page has a handle for."""

    __slots__ = ("__weakref__", "_strong", "_weak", "handle", "identity", "listeners", "plain", "sent", "spec", "state")

    def __init__(self, target: object, handle: int, spec: ClassSpec) -> None:
        self._strong: object | None = target
        self._weak: weakref.ref[object] | None = None
        self.identity = id(target)
        self.handle = handle
        self.spec = spec
        #: References sent so far. A release counts only if the page has seen them all.
        self.sent = 0
        #: JSON text of every property as the page has it; and of those that cannot change in place, the value itself.
        self.state: dict[str, str] = {}
        self.plain: dict[str, object] = {}
        self.listeners: list[tuple[str, Callable[..., None]]] = []

    @property
    def target(self) -> object | None:
        return self._strong if self._weak is None else self._weak()

    def weaken(self, on_dead: Callable[[Entry], None]) -> None:
        """Hold the object no longer; ``on_dead`` is called when nobody else does either."""
        if self._weak is None and self._strong is not None:
            self._weak = weakref.ref(self._strong, lambda _: on_dead(self))
            self._strong = None


class Session:
    """The handles of one client. Positive handles are ours, from ``new_handle``; negative ones the page chose."""

    def __init__(self, handle: int, outbox: Outbox, new_handle: Iterator[int]) -> None:
        self.handle = handle
        self._outbox = outbox
        self._new_handle = new_handle
        self._entries: dict[int, Entry] = {}
        self._by_identity: dict[int, Entry] = {}
        self._dirty: dict[int, Entry] = {}

    def __contains__(self, handle: int) -> bool:
        return handle in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, handle: int) -> Entry | None:
        return self._entries.get(handle)

    def adopt(self, target: object, spec: ClassSpec, handle: int) -> None:
        """Give ``target`` the handle that the page chose, and tell its state."""
        self._announce(target, spec, handle)

    def reference(self, target: object, spec: ClassSpec) -> int:
        """The handle of ``target``, announcing it if it is new; counts as one mention to the page."""
        handle = self._known(target, spec)
        self._entries[handle].sent += 1
        return handle

    def _known(self, target: object, spec: ClassSpec) -> int:
        """As ``reference``, without counting: perhaps it will not be sent."""
        entry = self._by_identity.get(id(target))
        if entry is None or entry.target is not target:
            entry = self._announce(target, spec, next(self._new_handle))
        return entry.handle

    def event(self, entry: Entry, name: str, payload: tuple[Any, ...]) -> None:
        """Forward an event, after the state it announces."""
        self.flush()
        try:
            self._outbox.put_event(entry.handle, name, payload, lambda: self._args(payload))
        except TypeError:
            logger.exception("the event %s of a %s cannot be forwarded", name, entry.spec.name)

    def _args(self, payload: tuple[Any, ...]) -> str:
        return f"[{','.join([encode_text(value, self.reference)[0] for value in payload])}]"

    def answer(self, call: int, value: Any) -> None:
        """A call succeeded. Raises :class:`TypeError` when ``value`` cannot cross."""
        self.flush()
        self._outbox.put({"op": "answer", "id": call, "value": encode(value, self.reference)})

    def progress(self, call: int, value: Any) -> None:
        """A call goes on. Every word goes to the page; of an upload the platform tells a few times a second."""
        self._outbox.put({"op": "progress", "id": call, "value": encode(value, self.reference)})

    def answer_error(self, call: int, error: BaseException) -> None:
        self.flush()
        self._outbox.put({"op": "answer", "id": call, "error": encode_error(error, self.reference)})

    def flush(self) -> None:
        """Send what changed since the page last heard."""
        while self._dirty:
            entry = self._dirty.pop(next(iter(self._dirty)))
            if (target := entry.target) is None or entry.handle not in self._entries:
                continue
            if changed := self._read(target, entry):
                self._put_state(f'{{"op":"patch","target":{entry.handle}', changed)

    def release(self, handle: int, seen: int) -> bool:
        """The page dropped ``handle`` after ``seen`` mentions. False if another mention is on its way to it."""
        entry = self._entries.get(handle)
        if entry is None:
            return True
        if entry.sent != seen:
            return False
        self._drop(entry)
        return True

    def weaken(self) -> None:
        """After ``shutdown``: keep alive the client alone; the rest lives as long as the client uses it."""
        for entry in list(self._entries.values()):
            if entry.handle != self.handle:
                entry.weaken(self._died)

    def close(self) -> None:
        """Forget everything and listen to nothing."""
        for entry in list(self._entries.values()):
            self._drop(entry)

    def _announce(self, target: object, spec: ClassSpec, handle: int) -> Entry:
        entry = Entry(target, handle, spec)
        self._entries[handle] = self._by_identity[entry.identity] = entry
        operation = f'{{"op":"add","client":{self.handle},"target":{handle},"class":"{spec.name}"'
        self._put_state(operation, self._read(target, entry))
        if isinstance(target, Entity):
            target._on_dirty = lambda _: self._touch(entry)
            past = {}
            for name, event in spec.events.items():
                self._forward(target, entry, name, event)
                if (payload := target.last(event)) is not None:
                    past[name] = [encode(value, self.reference) for value in payload]
            if past:
                self._outbox.put({"op": "past", "target": handle, "events": past})
        return entry

    def _forward(self, target: Entity, entry: Entry, name: str, event: str) -> None:
        def listener(*payload: Any) -> None:
            self.event(entry, name, payload)

        target.on(event, listener)
        entry.listeners.append((event, listener))

    def _touch(self, entry: Entry) -> None:
        self._dirty[entry.handle] = entry
        self._outbox.wake()

    def _read(self, target: object, entry: Entry) -> list[tuple[str, str, list[int]]]:
        """The properties that changed since last time: name, text, and the handles that are mentioned.

        One that raises (not known yet), or cannot cross, is left out.
        """
        changed: list[tuple[str, str, list[int]]] = []
        plain, state = entry.plain, entry.state
        for name, attribute in entry.spec.properties.items():
            try:
                value = getattr(target, attribute)
            except ConversationsError:
                continue
            if value is plain.get(name, _NEW):
                continue
            if value.__class__ in PLAIN_TEXT:
                plain[name] = value
            else:
                plain.pop(name, None)
            try:
                text, handles = encode_text(value, self._known)
            except TypeError:
                # The other properties, and whoever else has changed, must not wait because of it.
                logger.exception("%s of a %s cannot be told", name, entry.spec.name)
                continue
            if state.get(name) != text:
                state[name] = text
                changed.append((name, text, handles))
        return changed

    def _put_state(self, operation: str, changed: list[tuple[str, str, list[int]]]) -> None:
        """``operation``: its JSON text, but for the state and the closing brace."""
        for _, _, handles in changed:
            for handle in handles:
                self._entries[handle].sent += 1
        fields = ",".join([f'"{name}":{text}' for name, text, _ in changed])
        self._outbox.put_text(f'{operation},"state":{{{fields}}}}}')

    def _died(self, entry: Entry) -> None:
        if self._entries.get(entry.handle) is entry:
            self._drop(entry)

    def _drop(self, entry: Entry) -> None:
        self._entries.pop(entry.handle, None)
        self._dirty.pop(entry.handle, None)
        if self._by_identity.get(entry.identity) is entry:
            del self._by_identity[entry.identity]
        target = entry.target
        if isinstance(target, Entity):
            target._on_dirty = None
            for event, listener in entry.listeners:
                target.off(event, listener)
        entry.listeners.clear()
