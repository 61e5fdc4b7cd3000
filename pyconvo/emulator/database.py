"""Opens the one SQLite database: in memory, or in a file that no other process may use meanwhile.

Acknowledged means committed: the file is written with full synchronisation. Not responsible for tables.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from pyconvo.emulator.ids import Ids

SCHEMA_VERSION = 1
#: Marks a file as the emulator's own ("pycv").
APPLICATION_ID = 0x70796376


class DatabaseError(Exception):
    """The database cannot be used; the message says why and what to do."""


def open_database(path: str | None) -> sqlite3.Connection:
    """``None`` for memory. Raises :class:`DatabaseError`."""
    if path is None:
        return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    if not Path(path).absolute().parent.is_dir():
        raise DatabaseError(f"the folder of the database does not exist: {Path(path).absolute().parent}")
    try:
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        # Takes the lock now, so that a second process is told at its start and not at its first write.
        db.execute("BEGIN EXCLUSIVE")
        _claim(db, path)
        db.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise DatabaseError(f"{path} is in use by another emulator: stop that one, or name another file") from error
        raise DatabaseError(f"{path} cannot be opened: {error}") from error
    except sqlite3.DatabaseError as error:
        raise DatabaseError(f"{path} is not a database of the emulator: {error}") from error
    return db


def _claim(db: sqlite3.Connection, path: str) -> None:
    """Mark a new file as the emulator's; refuse one that is not."""
    (owner,) = db.execute("PRAGMA application_id").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if owner == 0 and tables == 0:
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        return
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if owner != APPLICATION_ID:
        raise DatabaseError(f"{path} is the database of another program: name another file")
    if version != SCHEMA_VERSION:
        raise DatabaseError(
            f"{path} was written by another version of the emulator (schema {version}, this one has "
            f"{SCHEMA_VERSION}): use that version, or name another file"
        )


def generation(db: sqlite3.Connection) -> str:
    """What tells this body of data from any other; made when the data is new."""
    db.execute("CREATE TABLE IF NOT EXISTS emulator (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    row = db.execute("SELECT value FROM emulator WHERE name = 'generation'").fetchone()
    if row is not None:
        return str(row[0])
    # Never from the seed: two runs with the same seed hold different data.
    made = Ids().hex()
    db.execute("INSERT INTO emulator VALUES ('generation', ?)", (made,))
    return made


def empty(db: sqlite3.Connection) -> None:
    """Drop every table."""
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    db.execute("BEGIN IMMEDIATE")
    for name in names:
        if not name.startswith("sqlite_"):
            db.execute(f'DROP TABLE "{name}"')
    db.execute("COMMIT")
