"""The domain's SQLite tables and the little that is needed to read and write records in them.

Not responsible for: Sync objects (the store has its own tables), nor for transactions (the callers open them).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pyconvo.emulator.conversations.records import (
    ChannelMetadata,
    Conversation,
    Media,
    Message,
    Outgoing,
    Participant,
    Receipt,
    Recipient,
    Role,
    User,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

SCHEMA = """
CREATE TABLE IF NOT EXISTS roles (
    sid TEXT PRIMARY KEY, friendly_name TEXT NOT NULL, scope TEXT NOT NULL, permissions TEXT NOT NULL,
    date_created TEXT NOT NULL, date_updated TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS users (
    identity TEXT PRIMARY KEY, sid TEXT NOT NULL UNIQUE, friendly_name TEXT, attributes TEXT NOT NULL,
    role_sid TEXT NOT NULL, online INTEGER NOT NULL, notifiable INTEGER NOT NULL,
    date_created TEXT NOT NULL, date_updated TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS conversations (
    sid TEXT PRIMARY KEY, unique_name TEXT UNIQUE, friendly_name TEXT, attributes TEXT NOT NULL,
    created_by TEXT NOT NULL, access TEXT, state TEXT NOT NULL, state_updated TEXT NOT NULL,
    active_since REAL NOT NULL, timer_inactive REAL, timer_closed REAL, next_index INTEGER NOT NULL,
    last_index INTEGER, last_timestamp TEXT, creator_joined INTEGER NOT NULL,
    date_created TEXT NOT NULL, date_updated TEXT NOT NULL, messaging_service_sid TEXT,
    bindings TEXT NOT NULL DEFAULT '{}');
CREATE TABLE IF NOT EXISTS participants (
    sid TEXT PRIMARY KEY, conversation_sid TEXT NOT NULL, identity TEXT, type TEXT NOT NULL, role_sid TEXT NOT NULL,
    attributes TEXT NOT NULL, notification_level TEXT NOT NULL, last_read_index INTEGER, last_read_at TEXT,
    bindings TEXT NOT NULL, date_created TEXT NOT NULL, date_updated TEXT NOT NULL,
    UNIQUE (conversation_sid, identity));
CREATE INDEX IF NOT EXISTS participants_by_identity ON participants (identity);
CREATE TABLE IF NOT EXISTS messages (
    sid TEXT PRIMARY KEY, conversation_sid TEXT NOT NULL, "index" INTEGER NOT NULL, author TEXT NOT NULL,
    participant_sid TEXT, body TEXT, subject TEXT, attributes TEXT NOT NULL, content_sid TEXT,
    medias TEXT NOT NULL, last_updated_by TEXT, date_created TEXT NOT NULL, date_updated TEXT NOT NULL,
    UNIQUE (conversation_sid, "index"));
CREATE TABLE IF NOT EXISTS media (
    sid TEXT PRIMARY KEY, author TEXT NOT NULL, category TEXT NOT NULL, content_type TEXT NOT NULL, filename TEXT,
    size INTEGER NOT NULL, message_sid TEXT, date_created TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS media_by_message ON media (message_sid);
CREATE TABLE IF NOT EXISTS media_content (sid TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS receipts (
    sid TEXT PRIMARY KEY, message_sid TEXT NOT NULL, conversation_sid TEXT NOT NULL,
    channel_message_sid TEXT NOT NULL UNIQUE, participant_sid TEXT NOT NULL, channel TEXT NOT NULL,
    status TEXT NOT NULL, error_code INTEGER NOT NULL, status_at REAL NOT NULL,
    date_created TEXT NOT NULL, date_updated TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS receipts_by_message ON receipts (message_sid);
CREATE TABLE IF NOT EXISTS outbox (
    sid TEXT PRIMARY KEY, conversation_sid TEXT NOT NULL, message_sid TEXT NOT NULL, participant_sid TEXT NOT NULL,
    channel TEXT NOT NULL, sender TEXT NOT NULL, recipient TEXT NOT NULL, author TEXT NOT NULL, body TEXT,
    subject TEXT, medias TEXT NOT NULL, date_created TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS recipients (
    number INTEGER PRIMARY KEY, message_sid TEXT NOT NULL, conversation_sid TEXT NOT NULL, type TEXT NOT NULL,
    details TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS recipients_by_message ON recipients (message_sid);
CREATE INDEX IF NOT EXISTS recipients_by_conversation ON recipients (conversation_sid);
CREATE TABLE IF NOT EXISTS channel_metadata (message_sid TEXT PRIMARY KEY, type TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS mutations (
    identity TEXT NOT NULL, id TEXT NOT NULL, resource_url TEXT NOT NULL, stored REAL NOT NULL,
    PRIMARY KEY (identity, id));
"""

RecordT = TypeVar("RecordT", bound="DataclassInstance")


def create_tables(db: sqlite3.Connection) -> None:
    for statement in SCHEMA.split(";"):
        if statement.strip():
            db.execute(statement)


class Table(Generic[RecordT]):
    """Rows of one record type. The record's first field is the key."""

    def __init__(self, name: str, record: type[RecordT]) -> None:
        self._record = record
        names = [f'"{field.name}"' for field in fields(record)]
        #: Not ``astuple``, which copies deeply what is plain already.
        self._values: Callable[[RecordT], tuple[Any, ...]] = attrgetter(*(field.name for field in fields(record)))
        self._key = names[0]
        self._select = f"SELECT {', '.join(names)} FROM {name}"
        self._count = f"SELECT COUNT(*) FROM {name}"
        self._exists = f"SELECT 1 FROM {name}"
        self._insert = f"INSERT INTO {name} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
        self._update = f"UPDATE {name} SET {', '.join(f'{n} = ?' for n in names[1:])} WHERE {self._key} = ?"
        self._delete = f"DELETE FROM {name}"

    def insert(self, db: sqlite3.Connection, record: RecordT) -> None:
        db.execute(self._insert, self._values(record))

    def update(self, db: sqlite3.Connection, record: RecordT) -> None:
        key, *rest = self._values(record)
        db.execute(self._update, (*rest, key))

    def delete(self, db: sqlite3.Connection, where: str, *args: Any) -> None:
        db.execute(f"{self._delete} WHERE {where}", args)

    def get(self, db: sqlite3.Connection, key: str) -> RecordT | None:
        return self.one(db, f"{self._key} = ?", key)

    def one(self, db: sqlite3.Connection, where: str, *args: Any) -> RecordT | None:
        row = db.execute(f"{self._select} WHERE {where}", args).fetchone()
        return None if row is None else self._record(*row)

    def many(self, db: sqlite3.Connection, where: str = "1", *args: Any) -> list[RecordT]:
        return [self._record(*row) for row in db.execute(f"{self._select} WHERE {where}", args)]

    def exists(self, db: sqlite3.Connection, where: str, *args: Any) -> bool:
        return db.execute(f"{self._exists} WHERE {where} LIMIT 1", args).fetchone() is not None

    def count(self, db: sqlite3.Connection, where: str, *args: Any) -> int:
        return int(db.execute(f"{self._count} WHERE {where}", args).fetchone()[0])


ROLES = Table("roles", Role)
USERS = Table("users", User)
CONVERSATIONS = Table("conversations", Conversation)
PARTICIPANTS = Table("participants", Participant)
MESSAGES = Table("messages", Message)
MEDIA = Table("media", Media)
RECEIPTS = Table("receipts", Receipt)
OUTBOX = Table("outbox", Outgoing)
RECIPIENTS = Table("recipients", Recipient)
CHANNEL_METADATA = Table("channel_metadata", ChannelMetadata)


class Contents:
    """The bytes of media, apart from their records so that reading those stays cheap."""

    def insert(self, db: sqlite3.Connection, sid: str, data: bytes) -> None:
        db.execute("INSERT INTO media_content (sid, data) VALUES (?, ?)", (sid, data))

    def get(self, db: sqlite3.Connection, sid: str) -> bytes | None:
        row = db.execute("SELECT data FROM media_content WHERE sid = ?", (sid,)).fetchone()
        return None if row is None else bytes(row[0])


MEDIA_CONTENT = Contents()
