"""What was found out from the database, for as long as nothing in it changes.

A client that starts asks for three objects of each of its conversations, and subscribes to each of them: whether it may
is found out once. Not responsible for what is asked.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

FoundT = TypeVar("FoundT")
LARGEST = 10_000


class Remembered(Generic[FoundT]):
    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._known: dict[Hashable, FoundT] = {}
        self._changes = -1

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: Hashable, find: Callable[[], FoundT]) -> FoundT:
        """What ``find`` has found for ``key``, or finds now."""
        if self._db.in_transaction:
            # It may yet be undone, and that does not count as a change.
            return find()
        if self._changes != self._db.total_changes or len(self._known) >= LARGEST:
            self._known.clear()
            self._changes = self._db.total_changes
        if key not in self._known:
            self._known[key] = find()
        return self._known[key]
