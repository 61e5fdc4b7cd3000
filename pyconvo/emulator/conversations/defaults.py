"""A chat service's own configuration: the roles that people start with, and whether they see who is reachable.

Not responsible for what roles allow (``permissions``), nor for telling clients (``users``).
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from pyconvo.emulator.conversations.schema import Table

_SCHEMA = """
CREATE TABLE IF NOT EXISTS service_defaults (
    service_sid TEXT PRIMARY KEY, creator_role_sid TEXT NOT NULL, member_role_sid TEXT NOT NULL,
    user_role_sid TEXT NOT NULL, reachability INTEGER NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class ServiceDefaults:
    service_sid: str
    creator_role_sid: str
    """In a conversation, of whoever made it."""
    member_role_sid: str
    """In a conversation, of everybody else."""
    user_role_sid: str
    """In the service."""
    reachability: int


DEFAULTS = Table("service_defaults", ServiceDefaults)


def create_table(db: sqlite3.Connection) -> None:
    db.execute(_SCHEMA)
