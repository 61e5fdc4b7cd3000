"""A page's ``sessionStorage`` for Python that runs on the page itself; workers have none."""

from __future__ import annotations

from typing import Any

from pyconvo.hosts.base import SessionStorage


class BrowserStorage:
    """Any method raises JavaScript's errors: no space left, not allowed any more."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def get(self, key: str) -> str | None:
        value = self._storage.getItem(key)
        # JavaScript's null is an object of its own.
        return value if isinstance(value, str) else None

    def set(self, key: str, value: str) -> None:
        self._storage.setItem(key, value)

    def remove(self, key: str) -> None:
        self._storage.removeItem(key)


def session_storage(js: Any) -> SessionStorage | None:
    """Of this page; ``None`` in a worker, and where the browser does not let the page have one."""
    try:
        storage = js.sessionStorage
    except Exception:
        return None
    return BrowserStorage(storage) if getattr(storage, "setItem", None) is not None else None
