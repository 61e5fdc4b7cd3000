"""Descriptions of entities kept between runs, so that opening one needs no request.

What keeps them is given by the platform (a browser's session storage) and may be absent. Whatever it raises is
swallowed: a cache must not break anything. An entry may be of any age: a document's events are replayed from the one
that it was kept with, and of lists and maps nothing is kept that changes.

Written behind: a change is only marked, and an entity is described when it is written. So a start pays nothing for it,
and a flood of changes is one entry. Not responsible for when an entity is opened or given up.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any, Final, Protocol

from pyconvo.hosts.base import SessionStorage, TimerHandle

logger = logging.getLogger("pyconvo.sync")

#: Seconds that a change waits for others.
DELAY: Final = 1.0
#: So many times it waits again, while entities are being opened: the start comes first.
PATIENCE: Final = 10
#: Entries that are written in one go, and seconds until the next ones are.
SLICE: Final = 25
PAUSE: Final = 0.02

_to_json = json.JSONEncoder(separators=(",", ":")).encode


class Kept(Protocol):
    """An entity, as far as it is kept."""

    sid: str
    unique_name: str | None
    #: Its key in the storage, set here; ``None``: it is not kept.
    kept_as: str | None

    @property
    def type(self) -> str: ...

    def describe(self) -> dict[str, Any]:
        """What makes an equal one, in the service's terms."""


class EntityStorage:
    """Descriptions by type and by what the entity is opened by, within what the service calls this user's storage."""

    def __init__(
        self, storage: SessionStorage | None, call_later: Callable[[float, Callable[[], Any]], TimerHandle]
    ) -> None:
        self._storage = storage
        self._call_later = call_later
        self._prefix: str | None = None
        #: What has changed since it was written, by key; ``None``: it is to be removed.
        self._pending: dict[str, Kept | None] = {}
        self._timer: TimerHandle | None = None
        #: Whether anything was opened since the timer was set, and how often it has been set again because of that.
        self._opened = False
        self._waited = 0

    def ready(self, storage_id: str | None) -> None:
        """The service's name for the storage; ``None`` switches it off."""
        self._prefix = storage_id

    def read(self, kind: str, id: str) -> dict[str, Any] | None:
        """What was kept by an earlier run, if it can be used."""
        key = self._key(kind, id)
        # What is yet to be written is to replace it, or to remove it.
        if self._storage is None or self._prefix is None or key in self._pending:
            return None
        try:
            text = self._storage.get(key)
            value = None if text is None else json.loads(text)
        except Exception:
            logger.debug("the session storage cannot be read", exc_info=True)
            return None
        return value if _is_usable(kind, value) else None

    def keep(self, entity: Kept, id: str, *, known: bool) -> None:
        """``entity`` was opened by ``id``. ``known``: the storage has it, it was read from there."""
        if self._storage is None or self._prefix is None:
            return
        entity.kept_as = self._key(entity.type, id)
        if not known:
            self._opened = True
            self._mark(entity.kept_as, entity)

    def changed(self, entity: Kept) -> None:
        """Its description is another one now."""
        if entity.kept_as is not None:
            self._mark(entity.kept_as, entity)

    def remove(self, entity: Kept) -> None:
        """It is given up, or gone: to be asked for afresh."""
        if self._storage is None or self._prefix is None:
            return
        for name in filter(None, (entity.sid, entity.unique_name)):
            self._mark(self._key(entity.type, name), None)
        if entity.kept_as is not None:
            self._mark(entity.kept_as, None)
            entity.kept_as = None

    def flush(self) -> None:
        """Write what is marked, now."""
        self._stop()
        while self._pending:
            self._write_next()

    def _mark(self, key: str, entity: Kept | None) -> None:
        if self._prefix is None:
            return
        self._pending[key] = entity
        if self._timer is None:
            self._waited = 0
            self._timer = self._call_later(DELAY, self._due)

    def _due(self) -> None:
        if self._opened and self._waited < PATIENCE:
            self._opened = False
            self._waited += 1
            self._timer = self._call_later(DELAY, self._due)
            return
        self._opened = False
        self._timer = None
        for _ in range(min(SLICE, len(self._pending))):
            self._write_next()
        if self._pending:
            self._timer = self._call_later(PAUSE, self._due)

    def _write_next(self) -> None:
        key = next(iter(self._pending))
        entity = self._pending.pop(key)
        assert self._storage is not None
        try:
            if entity is None:
                self._storage.remove(key)
            else:
                self._storage.set(key, _to_json(entity.describe()))
        except Exception:
            logger.debug("the session storage cannot be written", exc_info=True)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _key(self, kind: str, id: str) -> str:
        return f"{self._prefix}::{kind}::{id}"


def _is_usable(kind: str, value: Any) -> bool:
    """Anybody on the page may write there: what is not as it should be is not taken."""
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in ("sid", "url")):
        return False
    if kind == "document":
        return isinstance(value.get("data"), dict) and isinstance(value.get("last_event_id"), int)
    links = value.get("links")
    # What official clients keep is the same; items are never a part of it.
    return value.get("last_event_id") is None and isinstance(links, dict) and isinstance(links.get("items"), str)
