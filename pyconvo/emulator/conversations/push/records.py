"""What is stored of push: devices, credentials, and how the service is set up.

Not responsible for what may be stored, nor for what would have been sent (``outbox``, in memory).
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from pyconvo.emulator.conversations.schema import Table

SCHEMA = """
CREATE TABLE IF NOT EXISTS push_bindings (
    sid TEXT PRIMARY KEY, identity TEXT NOT NULL, type TEXT NOT NULL, address TEXT NOT NULL, platform TEXT NOT NULL,
    version TEXT NOT NULL, message_types TEXT NOT NULL, credential_sid TEXT, date_created TEXT NOT NULL,
    date_updated TEXT NOT NULL, UNIQUE (identity, type, address));
CREATE TABLE IF NOT EXISTS push_credentials (
    sid TEXT PRIMARY KEY, type TEXT NOT NULL, friendly_name TEXT, sandbox INTEGER, date_created TEXT NOT NULL,
    date_updated TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS push_settings (service_sid TEXT PRIMARY KEY, settings TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Binding:
    """A device that a user has registered."""

    sid: str
    identity: str
    type: str
    """``fcm`` or ``apn``."""
    address: str
    """The device's token, as its platform gave it."""
    platform: str
    version: str
    message_types: str
    """JSON list of the types that it wants."""
    credential_sid: str | None
    """The credential that the access token named, if it named one."""
    date_created: str
    date_updated: str

    @property
    def types(self) -> list[str]:
        return [str(name) for name in json.loads(self.message_types)]


@dataclass(frozen=True, slots=True)
class Credential:
    """With what the service could reach a platform. Its secrets are taken and not kept: nothing is ever sent."""

    sid: str
    type: str
    """``apn``, ``gcm`` or ``fcm``."""
    friendly_name: str | None
    sandbox: int | None
    """APN alone: 1 for the sandbox."""
    date_created: str
    date_updated: str


@dataclass(frozen=True, slots=True)
class Settings:
    service_sid: str
    settings: str
    """JSON object: what was set, by the names of ``notifications``."""


BINDINGS = Table("push_bindings", Binding)
CREDENTIALS = Table("push_credentials", Credential)
SETTINGS = Table("push_settings", Settings)


def create_tables(db: sqlite3.Connection) -> None:
    for statement in SCHEMA.split(";"):
        if statement.strip():
            db.execute(statement)
