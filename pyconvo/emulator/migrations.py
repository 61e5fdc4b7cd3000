"""How an older file becomes one of this version. The one place to go to when a table changes.

- A **new table** or index needs nothing here: each module makes its own with ``CREATE … IF NOT EXISTS`` at its start.
- A table that **changes** (another column, another meaning) needs one more entry at the end of ``STEPS``: the SQL that
  brings a file of the version before to this one. The version is the number of steps, plus one. Entries are never
  edited, since files that went through them exist.

The tests hold a file of version 1 against a new one: a change without a step fails there. Export and import take every
table there is, by itself. Not responsible for opening files (``database``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from pyconvo.emulator.sync.log import trim_all

#: The first makes version 1 into version 2, and so on. SQL, or a function of the database.
STEPS: tuple[str | Callable[[sqlite3.Connection], None], ...] = (
    # The log of each Sync object is bounded: what it has too many of goes.
    trim_all,
    # Roles have dates, and may share a name; conversations have a messaging service, and addresses of their own.
    """
    CREATE TABLE dated_roles (
        sid TEXT PRIMARY KEY, friendly_name TEXT NOT NULL, scope TEXT NOT NULL, permissions TEXT NOT NULL,
        date_created TEXT NOT NULL, date_updated TEXT NOT NULL);
    INSERT INTO dated_roles SELECT
        sid, friendly_name, scope, permissions, '1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z' FROM roles;
    DROP TABLE roles;
    ALTER TABLE dated_roles RENAME TO roles;
    ALTER TABLE conversations ADD COLUMN messaging_service_sid TEXT;
    ALTER TABLE conversations ADD COLUMN bindings TEXT NOT NULL DEFAULT '{}'
    """,
)
VERSION = 1 + len(STEPS)


def migrate(db: sqlite3.Connection, version: int) -> None:
    """Bring a database of an older version to this one, in the transaction that is open."""
    for step in STEPS[version - 1 :]:
        if isinstance(step, str):
            for statement in filter(str.strip, step.split(";")):
                db.execute(statement)
        else:
            step(db)
    db.execute(f"PRAGMA user_version = {VERSION}")
