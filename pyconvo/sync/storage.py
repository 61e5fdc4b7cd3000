"""Descriptions of entities kept between runs, so that opening one needs no request.

What keeps them is given by the platform (a browser's session storage) and may be absent. Whatever it raises is
swallowed: a cache must not break anything.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

logger = logging.getLogger("pyconvo.sync")


class SessionStorage(Protocol):
    """Strings by key."""

    def get(self, key: str) -> str | None: ...

    def set(self, key: str, value: str) -> None: ...

    def remove(self, key: str) -> None: ...


class EntityStorage:
    """Descriptions by type and by what the entity is opened by, within what the service calls this user's storage."""

    def __init__(self, storage: SessionStorage | None) -> None:
        self._storage = storage
        self._prefix: str | None = None

    def ready(self, storage_id: str | None) -> None:
        """The service's name for the storage; ``None`` switches it off."""
        self._prefix = storage_id

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._storage is not None and self._prefix is not None

    def read(self, kind: str, id: str) -> dict[str, Any] | None:
        def read(storage: SessionStorage) -> Any:
            text = storage.get(self._key(kind, id))
            return None if text is None else json.loads(text)

        value = self._safely(read)
        return value if isinstance(value, dict) and isinstance(value.get("sid"), str) else None

    def store(self, kind: str, id: str, description: Mapping[str, Any]) -> None:
        kept = dict(description)
        if kind != "document":
            # Items are not kept, so neither is the event up to which they would be complete.
            kept["last_event_id"] = None
            kept.pop("items", None)
        self._write(kind, id, kept)

    def update(self, kind: str, names: tuple[str | None, ...], changes: Mapping[str, Any]) -> None:
        for name in names:
            known = self.read(kind, name) if name else None
            if name and known is not None:
                self._write(kind, name, {**known, **changes})

    def remove(self, kind: str, names: tuple[str | None, ...]) -> None:
        for name in filter(None, names):
            self._erase(self._key(kind, name))

    def _write(self, kind: str, name: str, description: Mapping[str, Any]) -> None:
        self._safely(lambda storage: storage.set(self._key(kind, name), json.dumps(description)))

    def _erase(self, key: str) -> None:
        self._safely(lambda storage: storage.remove(key))

    def _key(self, kind: str, id: str) -> str:
        return f"{self._prefix}::{kind}::{id}"

    def _safely(self, use: Callable[[SessionStorage], Any]) -> Any:
        if self._storage is None or self._prefix is None:
            return None
        try:
            return use(self._storage)
        except Exception:
            logger.debug("session storage failed", exc_info=True)
            return None
