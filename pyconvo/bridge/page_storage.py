"""The page's session storage, as far as the core can see it: entries come along with a client, changes go back.

Not responsible for what they mean, nor for when they are written (:mod:`pyconvo.sync.storage`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class PageStorage:
    """A session storage for one client. ``put`` sends the page an operation."""

    def __init__(self, entries: Mapping[str, Any], put: Callable[[dict[str, Any]], None]) -> None:
        self._entries = dict(entries)
        self._put = put

    def get(self, key: str) -> str | None:
        """Given out once: who has read it need not keep it here as well."""
        value = self._entries.pop(key, None)
        return value if isinstance(value, str) else None

    def set(self, key: str, value: str) -> None:
        self._put({"op": "store", "key": key, "value": value})

    def remove(self, key: str) -> None:
        self._entries.pop(key, None)
        self._put({"op": "store", "key": key, "value": None})
