"""Opens the one SQLite database: in memory, or in a file that no other process may use meanwhile.

Acknowledged means committed: what is in the log of SQLite belongs to the operating system, and outlives this process
however it ends. An older file is migrated, or left as it was if that fails. Not responsible for tables, nor for how
they change (``migrations``).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from pyconvo.emulator.ids import Ids
from pyconvo.emulator.migrations import VERSION, migrate

#: Marks a file as the emulator's own ("pycv").
APPLICATION_ID = 0x70796376


class DatabaseError(Exception):
    """The database cannot be used; the message says why and what to do."""


def open_database(path: str | None) -> sqlite3.Connection:
    """``None`` for memory. Raises :class:`DatabaseError`."""
    if path is None:
        memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        memory.execute(f"PRAGMA user_version = {VERSION}")
        return memory
    if not Path(path).absolute().parent.is_dir():
        raise DatabaseError(f"the folder of the database does not exist: {Path(path).absolute().parent}")
    db: sqlite3.Connection | None = None
    try:
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        version = _check(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        # With the log, NORMAL loses nothing when the process is killed: a commit is handed to the operating system
        # before it is answered. Only when the machine itself goes down may the last commits be missing, never the
        # file be damaged; FULL would have the loop wait for the disk at every message to spare tests that.
        db.execute("PRAGMA synchronous = NORMAL")
        # Takes the lock now, so that a second process is told at its start and not at its first write.
        db.execute("BEGIN EXCLUSIVE")
        if version is None:
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {VERSION}")
        elif version < VERSION:
            migrate(db, version)
        db.execute("COMMIT")
    except (sqlite3.Error, DatabaseError) as error:
        if db is not None:
            db.close()
        raise _worded(error, path) from error
    return db


def _check(db: sqlite3.Connection, path: str) -> int | None:
    """The version of the file; None when it is new.

    Raises :class:`DatabaseError` when it is not the emulator's, and leaves it alone.
    """
    (owner,) = db.execute("PRAGMA application_id").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if owner == 0 and version == 0 and tables == 0:
        return None
    if owner != APPLICATION_ID:
        raise DatabaseError(f"{path} is the database of another program: name another file")
    if not 1 <= version <= VERSION:
        raise DatabaseError(
            f"{path} was written by a newer version of the emulator (schema {version}, this one has {VERSION}): "
            "use that version, or name another file"
        )
    return int(version)


def _worded(error: Exception, path: str) -> DatabaseError:
    if isinstance(error, DatabaseError):
        return error
    if "locked" in str(error):
        return DatabaseError(f"{path} is in use by another emulator: stop that one, or name another file")
    if isinstance(error, sqlite3.OperationalError):
        return DatabaseError(f"{path} cannot be opened: {error}")
    return DatabaseError(f"{path} is not a database of the emulator: {error}")


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


def renew_generation(db: sqlite3.Connection) -> None:
    """The data is other data from now on: whatever clients have kept of it is void."""
    db.execute("DELETE FROM emulator WHERE name = 'generation'")


def empty(db: sqlite3.Connection) -> None:
    """Drop every table."""
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    db.execute("BEGIN IMMEDIATE")
    for name in names:
        if not name.startswith("sqlite_"):
            db.execute(f'DROP TABLE "{name}"')
    db.execute("COMMIT")
