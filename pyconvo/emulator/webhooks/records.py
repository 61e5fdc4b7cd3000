"""What is stored of webhooks: the settings of the account and of a service, and the webhooks of single conversations.

Not responsible for what may be stored (``settings``), nor for what was delivered (``deliveries``, in memory).
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from pyconvo.emulator.conversations.schema import Table

SCHEMA = """
CREATE TABLE IF NOT EXISTS webhook_settings (
    scope TEXT PRIMARY KEY, pre_url TEXT, post_url TEXT, method TEXT NOT NULL, filters TEXT NOT NULL,
    target TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS scoped_webhooks (
    sid TEXT PRIMARY KEY, conversation_sid TEXT NOT NULL, target TEXT NOT NULL, url TEXT, method TEXT NOT NULL,
    filters TEXT NOT NULL, triggers TEXT NOT NULL, flow_sid TEXT, replay_after INTEGER,
    date_created TEXT NOT NULL, date_updated TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS scoped_webhooks_by_conversation ON scoped_webhooks (conversation_sid);
"""

ACCOUNT = "account"
"""The scope of the settings that hold for every service without its own."""


@dataclass(frozen=True, slots=True)
class HookSettings:
    scope: str
    """``account``, or a service's sid."""
    pre_url: str | None
    post_url: str | None
    method: str
    """``GET`` or ``POST``."""
    filters: str
    """JSON list of event names: only these are sent."""
    target: str
    """``webhook`` or ``flex``."""

    @property
    def names(self) -> list[str]:
        return [str(name) for name in json.loads(self.filters)]


@dataclass(frozen=True, slots=True)
class ScopedHook:
    """A webhook of one conversation. Only told, never asked."""

    sid: str
    conversation_sid: str
    target: str
    """``webhook`` (told of events), ``trigger`` (of messages with certain words) or ``studio`` (noted, not sent)."""
    url: str | None
    method: str
    filters: str
    triggers: str
    flow_sid: str | None
    replay_after: int | None
    date_created: str
    date_updated: str

    @property
    def names(self) -> list[str]:
        return [str(name) for name in json.loads(self.filters)]

    @property
    def words(self) -> list[str]:
        return [str(word) for word in json.loads(self.triggers)]


SETTINGS = Table("webhook_settings", HookSettings)
SCOPED_HOOKS = Table("scoped_webhooks", ScopedHook)


def create_tables(db: sqlite3.Connection) -> None:
    for statement in SCHEMA.split(";"):
        if statement.strip():
            db.execute(statement)
