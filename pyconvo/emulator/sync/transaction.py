"""One unit of work on the database: all or nothing, with what is to be told of it, and done after it.

Not responsible for what is changed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from types import TracebackType
from typing import Any

from pyconvo.emulator.ids import Ids
from pyconvo.emulator.sync.objects import SyncEvent

Action = Callable[[], Any]


class Transaction:
    """``with`` it, as often as wanted: inner ones join the outer one. One for each database."""

    def __init__(self, db: sqlite3.Connection, ids: Ids, tell: Callable[[list[SyncEvent]], Any]) -> None:
        """``tell``: gets the events of a transaction, in order, once it has been committed."""
        self._db = db
        self._ids = ids
        self._tell = tell
        self._depth = 0
        self._events: list[SyncEvent] = []
        self._afterwards: list[Action] = []

    def publish(self, event: SyncEvent) -> None:
        """To be told of once the transaction under way is committed."""
        self._events.append(event)

    def after(self, action: Action) -> None:
        """Run ``action`` once the transaction under way is committed and told; never when it is undone."""
        if self._depth:
            self._afterwards.append(action)
        else:
            action()

    def __enter__(self) -> None:
        if not self._depth:
            self._db.execute("BEGIN IMMEDIATE")
            self._ids.begin()
        self._depth += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth:
            return
        events, self._events = self._events, []
        afterwards, self._afterwards = self._afterwards, []
        if error is not None:
            self._db.execute("ROLLBACK")
            self._ids.undo()
            return
        try:
            self._db.execute("COMMIT")
        except BaseException:
            # A full disk, for one. Nothing was acknowledged, nothing is told.
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        if events:
            self._tell(events)
        for action in afterwards:
            action()
