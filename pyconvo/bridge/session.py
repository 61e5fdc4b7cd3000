"""What the page knows of one client: handles for its objects, their mirrored state, and the events forwarded.

An object gets a handle when it is first mentioned, and is then announced with its whole state; later only changed
properties are sent. Handles are strong until the page releases them (or, after ``shutdown``, weak). Not
responsible for calls.
"""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Collection, Iterator
from json.encoder import encode_basestring_ascii
from typing import Any

from pyconvo.bridge.codec import PLAIN_TEXT, encode, encode_error, encode_text
from pyconvo.bridge.outbox import Outbox
from pyconvo.bridge.surface import ClassSpec, Layout, layout_of
from pyconvo.entity import Entity
from pyconvo.errors import ConversationsError

logger = logging.getLogger("pyconvo.bridge")

#: In the place of a value that the page does not have, or that may change in place.
_UNKNOWN = object()


def _read(target: object, read: Callable[[Any], Any]) -> object:
    try:
        return read(target)
    except ConversationsError:
        return _UNKNOWN


class Entry:
    """One object that the page has a handle for. As its observer, brings its changes to the session."""

    __slots__ = (
        "__weakref__",
        "_session",
        "_strong",
        "_weak",
        "handle",
        "identity",
        "is_first",
        "layout",
        "mention",
        "plain",
        "sent",
        "spec",
        "texts",
    )

    def __init__(self, session: Session, target: object, handle: int, spec: ClassSpec) -> None:
        self._session = session
        self._strong: object | None = target
        self._weak: weakref.ref[object] | None = None
        self.identity = id(target)
        self.handle = handle
        self.spec = spec
        kind: Any = type(target)
        self.layout: Layout = layout_of(kind)
        self.is_first = False
        #: The text that mentions it.
        self.mention = f'{{"$":"ref","v":{handle}}}'
        #: References sent so far. A release counts only if the page has seen them all.
        self.sent = 0
        #: In the order of the layout: JSON text as the page has it (``None``: has it not); and of values that cannot
        #: change in place, the value itself.
        self.texts: list[str | None] = []
        self.plain: list[object] = []

    @property
    def target(self) -> object | None:
        return self._strong if self._weak is None else self._weak()

    def weaken(self, on_dead: Callable[[Entry], None]) -> None:
        """Hold the object no longer; ``on_dead`` is called when nobody else does either."""
        if self._weak is None and self._strong is not None:
            self._weak = weakref.ref(self._strong, lambda _: on_dead(self))
            self._strong = None

    def observed(self, event: str, payload: tuple[Any, ...]) -> None:
        name = self.spec.event_names.get(event)
        if name is not None:
            self._session.event(self, name, payload)

    def touched(self, names: Collection[str] | None) -> None:
        self._session.touch(self, names)


class Session:
    """The handles of one client. Positive handles are ours, from ``new_handle``; negative ones the page chose."""

    def __init__(self, handle: int, outbox: Outbox, new_handle: Iterator[int]) -> None:
        self.handle = handle
        self._outbox = outbox
        self._new_handle = new_handle
        self._entries: dict[int, Entry] = {}
        self._by_identity: dict[int, Entry] = {}
        #: Text of values that many objects have in common, which say so themselves; kept with it, so that no other
        #: object gets their id.
        self._shared: dict[int, tuple[object, str]] = {}
        #: What has changed, and Python's names of the properties; ``None``: perhaps any.
        self._dirty: dict[Entry, frozenset[str] | None] = {}

    def __contains__(self, handle: int) -> bool:
        return handle in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, handle: int) -> Entry | None:
        return self._entries.get(handle)

    def adopt(self, target: object, spec: ClassSpec, handle: int) -> None:
        """Give ``target`` the handle that the page chose, and tell its state."""
        self._announce(target, spec, handle).is_first = True

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
        if self._dirty:
            self.flush()
        try:
            self._outbox.put_event(entry.handle, name, payload, self._args)
        except TypeError:
            logger.exception("the event %s of a %s cannot be forwarded", name, entry.spec.name)

    def _args(self, payload: tuple[Any, ...]) -> str:
        return f"[{','.join([self._argument(value) for value in payload])}]"

    def _argument(self, value: object) -> str:
        if (known := self._by_identity.get(id(value))) is not None and known.target is value:
            known.sent += 1
            return known.mention
        return encode_text(value, self.reference)[0]

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
            entry = next(iter(self._dirty))
            names = self._dirty.pop(entry)
            if (target := entry.target) is None or entry.handle not in self._entries:
                continue
            if fields := self._changes(target, entry, names):
                self._outbox.put_text(f'{{"op":"patch","target":{entry.handle},"state":{{{",".join(fields)}}}}}')

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

    def touch(self, entry: Entry, names: Collection[str] | None) -> None:
        """Its state has changed; the page hears of it before the next event, or at the next pause."""
        known = self._dirty.get(entry, frozenset())
        self._dirty[entry] = None if names is None or known is None else known.union(names)
        self._outbox.wake()

    def _announce(self, target: object, spec: ClassSpec, handle: int) -> Entry:
        entry = Entry(self, target, handle, spec)
        self._entries[handle] = self._by_identity[entry.identity] = entry
        state = self._description(target, entry)
        self._outbox.put_text(
            f'{{"op":"add","client":{self.handle},"target":{handle},"class":"{spec.name}","state":{state}}}'
        )
        if isinstance(target, Entity):
            target._observer = entry
            if target.has_emitted:
                self._tell_past(target, entry)
        return entry

    def _tell_past(self, target: Entity, entry: Entry) -> None:
        names = entry.spec.event_names
        past = [f'"{names[event]}":{self._args(last)}' for event, last in list(target._last.items()) if event in names]
        if past:
            self._outbox.put_text(f'{{"op":"past","target":{entry.handle},"events":{{{",".join(past)}}}}}')

    def _description(self, target: object, entry: Entry) -> str:
        """All properties, as JSON: in the layout's order, or by name where one is left out, for it raises (not known
        yet), or cannot cross.
        """
        layout = entry.layout
        try:
            values: list[object] = [read(target) for read in layout.readers]
        except ConversationsError:
            values = [_read(target, read) for read in layout.readers]
        texts: list[str | None] = []
        value: Any
        for position, value in enumerate(values):
            kind = value.__class__
            if kind is str:
                texts.append(encode_basestring_ascii(value))
            elif value is None:
                texts.append("null")
            elif (write := PLAIN_TEXT.get(kind)) is not None:
                texts.append(write(value))
            elif value is _UNKNOWN:
                texts.append(None)
            else:
                values[position] = _UNKNOWN
                text, handles = self._text(layout.names[position], value, entry)
                self._count(handles)
                texts.append(text)
        entry.plain, entry.texts = values, texts
        if None not in texts:
            return f"[{','.join(texts)}]"  # type: ignore[arg-type]
        pairs = zip(layout.names, texts, strict=True)
        return "{" + ",".join([f'"{name}":{text}' for name, text in pairs if text is not None]) + "}"

    def _changes(self, target: object, entry: Entry, among: frozenset[str] | None) -> list[str]:
        """The properties that changed since the page last heard; ``among``: Python's names, ``None``: any."""
        fields: list[str] = []
        texts, plain, layout = entry.texts, entry.plain, entry.layout
        of = layout.positions
        for position in of.values() if among is None else sorted([of[name] for name in among if name in of]):
            try:
                value = layout.readers[position](target)
            except ConversationsError:
                continue
            name = layout.names[position]
            if value is plain[position]:
                continue
            plain[position] = value if value.__class__ in PLAIN_TEXT else _UNKNOWN
            text, handles = self._text(name, value, entry)
            if text is not None and text != texts[position]:
                self._count(handles)
                texts[position] = text
                fields.append(f'"{name}":{text}')
        return fields

    def _text(self, name: str, value: object, entry: Entry) -> tuple[str | None, list[int]]:
        """A property's text, and what it mentions; ``None`` for one that cannot cross."""
        if (shared := self._shared.get(id(value))) is not None:
            return shared[1], []
        if (known := self._by_identity.get(id(value))) is not None and known.target is value:
            return known.mention, [known.handle]
        try:
            text, handles = encode_text(value, self._known)
            if getattr(value, "js_shared", False):
                self._shared[id(value)] = value, text
            return text, handles
        except TypeError:
            # The other properties, and whoever else has changed, must not wait because of it.
            logger.exception("%s of a %s cannot be told", name, entry.spec.name)
            return None, []

    def _count(self, handles: list[int]) -> None:
        """These are mentioned to the page once more."""
        for handle in handles:
            self._entries[handle].sent += 1

    def _died(self, entry: Entry) -> None:
        if self._entries.get(entry.handle) is entry:
            self._drop(entry)

    def _drop(self, entry: Entry) -> None:
        self._entries.pop(entry.handle, None)
        self._dirty.pop(entry, None)
        if self._by_identity.get(entry.identity) is entry:
            del self._by_identity[entry.identity]
        target = entry.target
        if isinstance(target, Entity):
            target._observer = None
