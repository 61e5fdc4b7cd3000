"""Files of earlier versions: migrated whole, or left as they were."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from pyconvo.emulator import database, migrations
from pyconvo.emulator.config import EmulatorConfig
from pyconvo.emulator.service import Service
from pyconvo.emulator.sync import log

FIXTURES = Path(__file__).parent / "fixtures"
NEWEST = 5


@pytest.fixture
def old(tmp_path: Path) -> str:
    """A file as version 1 wrote it, with more events than are kept now."""
    path = str(tmp_path / "old.db")
    with sqlite3.connect(path) as db:
        db.executescript((FIXTURES / "schema-1.sql").read_text())
        (sid,) = db.execute("SELECT sid FROM sync_objects WHERE kind = 'list'").fetchone()
        for number in range(5, 3000):
            db.execute("INSERT INTO sync_events VALUES (?, ?, 'list', 'list_item_updated', '{}')", (sid, number))
        db.execute("UPDATE sync_objects SET last_event_id = 2999 WHERE sid = ?", (sid,))
    db.close()
    return path


def tables(db: sqlite3.Connection) -> dict[str, Any]:
    """Every table's columns and every index's, in a form to compare."""
    names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {
        name: (
            sorted(row[1:] for row in db.execute(f'PRAGMA table_info("{name}")')),
            sorted(
                (row[2], row[3], [column[2] for column in db.execute(f'PRAGMA index_info("{row[1]}")')])
                for row in db.execute(f'PRAGMA index_list("{name}")')
            ),
        )
        for name in names
    }


async def test_an_old_file_becomes_like_a_new_one_and_loses_nothing(old: str, tmp_path: Path) -> None:
    service = Service(EmulatorConfig(db=old))
    new = Service(EmulatorConfig(db=str(tmp_path / "new.db")))
    try:
        # A difference here: a table was changed without a step in pyconvo/emulator/migrations.py.
        assert tables(service.db) == tables(new.db)
        assert service.db.execute("PRAGMA user_version").fetchone() == (migrations.VERSION,)
        assert {user.identity for user in service.conversations.users.all()} >= {"alice", "bob"}
        (team,) = service.conversations.conversations.all()
        bodies = [message.body for message in service.conversations.messages.of(team.sid)]
        assert bodies == ["one", "two", "three", "four"]
        (kept,) = service.db.execute("SELECT count(*) FROM sync_events WHERE type = 'list_item_updated'").fetchone()
        assert kept == log.KEPT
        service.conversations.messages.send(None, team.sid, body="five", author="alice")
    finally:
        await service.close()
        await new.close()
    again = Service(EmulatorConfig(db=old))
    assert len(again.conversations.messages.of(team.sid)) == NEWEST
    await again.close()


def test_a_migration_that_fails_changes_nothing(old: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "STEPS", ("CREATE TABLE half (x); INSERT INTO nowhere VALUES (1)",))
    with pytest.raises(database.DatabaseError, match="nowhere"):
        database.open_database(old)
    monkeypatch.undo()
    with sqlite3.connect(old) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert "half" not in tables(db)
        assert db.execute("SELECT count(*) FROM sync_events").fetchone()[0] > log.KEPT
    db.close()
    database.open_database(old).close()
