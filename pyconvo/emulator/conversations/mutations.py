"""Mutations that came before: the same X-Twilio-Mutation-Id from the same user is carried out once.

Not responsible for: running the mutation; the caller does both in one transaction, so that a crash keeps both or none.
"""

from __future__ import annotations

from typing import Final

from pyconvo.emulator.conversations.context import Context

KEPT_SECONDS: Final = 24 * 3600
#: So many are kept at the most: a client repeats what it has just asked for, not what it did long ago.
KEPT: Final = 50_000
#: The table is trimmed at every so many: looking through all of it for each would cost more than the mutation.
EVERY: Final = 1_000


class Mutations:
    def __init__(self, context: Context) -> None:
        self._context = context

    def result(self, identity: str, mutation_id: str) -> str | None:
        """Address of the earlier mutation's result (empty: it has none); None: not seen before."""
        sql = "SELECT resource_url FROM mutations WHERE identity = ? AND id = ? AND stored >= ?"
        row = self._context.db.execute(sql, (identity, mutation_id, self._oldest())).fetchone()
        return None if row is None else str(row[0])

    def done(self, identity: str, mutation_id: str, resource_url: str) -> None:
        """Notes that the mutation was carried out."""
        added = self._context.db.execute(
            "INSERT OR REPLACE INTO mutations (identity, id, resource_url, stored) VALUES (?, ?, ?, ?)",
            (identity, mutation_id, resource_url, self._context.clock.now()),
        ).lastrowid
        if added is not None and added % EVERY == 0:
            self._trim(added)

    def _trim(self, latest: int) -> None:
        sql = "DELETE FROM mutations WHERE rowid <= ? OR stored < ?"
        self._context.db.execute(sql, (latest - KEPT, self._oldest()))

    def _oldest(self) -> float:
        return self._context.clock.now() - KEPT_SECONDS
