"""Mutations that came before: the same X-Twilio-Mutation-Id from the same user is carried out once.

Not responsible for: running the mutation; the caller does both in one transaction, so that a crash keeps both or none.
"""

from __future__ import annotations

from typing import Final

from pyconvo.emulator.conversations.context import Context

KEPT_SECONDS: Final = 24 * 3600


class Mutations:
    def __init__(self, context: Context) -> None:
        self._context = context

    def result(self, identity: str, mutation_id: str) -> str | None:
        """Address of the earlier mutation's result (empty: it has none); None: not seen before."""
        sql = "SELECT resource_url FROM mutations WHERE identity = ? AND id = ?"
        row = self._context.db.execute(sql, (identity, mutation_id)).fetchone()
        return None if row is None else str(row[0])

    def done(self, identity: str, mutation_id: str, resource_url: str) -> None:
        """Notes that the mutation was carried out."""
        now = self._context.clock.now()
        self._context.db.execute("DELETE FROM mutations WHERE stored < ?", (now - KEPT_SECONDS,))
        self._context.db.execute(
            "INSERT INTO mutations (identity, id, resource_url, stored) VALUES (?, ?, ?, ?)",
            (identity, mutation_id, resource_url, now),
        )
