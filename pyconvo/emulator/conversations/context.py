"""What every part of the domain stands on: the Sync store, the clock, the id maker, notifications, settings.

Not responsible for: any of these; they come from the emulator's core.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pyconvo.emulator.clock import Clock
from pyconvo.emulator.conversations.events import Events
from pyconvo.emulator.conversations.limits import Limits
from pyconvo.emulator.ids import Ids
from pyconvo.emulator.sync.store import SyncStore

Notify = Callable[[str, str, dict[str, Any]], None]
"""``notify(identity, message_type, payload)``: to every connection of that identity which registered the type."""


@dataclass
class Settings:
    """The service's own settings, as an administrator of Twilio would set them. Tests may change the limits."""

    account_sid: str = "AC" + "0" * 32
    service_sid: str = "IS" + "0" * 32
    region: str = "us1"
    media_url: str | None = None
    """Base address of the media service; None: Twilio's usual one."""
    secret: str = "emulator"
    """Signs temporary addresses of media."""
    reachability: bool = True
    typing_timeout: int = 5
    """Seconds that a typing indicator lasts."""
    conversations_page: int = 100
    receipts_page: int = 20
    """Delivery receipts on a page, unless the client asks for another number."""
    recipients_page: int = 50
    """Messages whose recipients are on a page, unless the client asks for another number."""
    delivery_interval: float | None = None
    """Seconds from one status of a receipt to the next; None: receipts do not advance by themselves."""
    messaging_service_sid: str | None = None
    """The one that new conversations belong to."""
    timer_inactive: float | None = None
    """Seconds without activity after which new conversations turn inactive; None: never."""
    timer_closed: float | None = None
    """Seconds without activity after which new conversations turn closed; None: never."""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Context:
    store: SyncStore
    clock: Clock
    ids: Ids
    notify: Notify
    settings: Settings
    events: Events

    @property
    def db(self) -> sqlite3.Connection:
        return self.store.db

    @property
    def limits(self) -> Limits:
        return self.settings.limits
