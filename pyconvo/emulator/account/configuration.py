"""The account's configuration: which chat service is the default one, and what new conversations start with.

Not responsible for starting them (``conversations.conversation`` reads the settings that this sets).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pyconvo.emulator.chat_service import ChatService, ChatServices
from pyconvo.emulator.config import ACCOUNT_SID
from pyconvo.emulator.conversations import limits
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.schema import Table

SCHEMA = """
CREATE TABLE IF NOT EXISTS account_configuration (
    account_sid TEXT PRIMARY KEY, chat_service_sid TEXT NOT NULL, messaging_service_sid TEXT NOT NULL,
    timer_inactive REAL, timer_closed REAL)
"""
DEFAULT_MESSAGING_SERVICE: Final = "MG" + "0" * 32


@dataclass(frozen=True, slots=True)
class Configuration:
    """Timers in seconds; None: none."""

    account_sid: str
    chat_service_sid: str
    messaging_service_sid: str
    timer_inactive: float | None
    timer_closed: float | None


CONFIGURATIONS = Table("account_configuration", Configuration)


class AccountConfiguration:
    def __init__(self, chats: ChatServices) -> None:
        self._chats = chats

    def get(self) -> Configuration:
        db = self._chats.default.db
        made = Configuration(ACCOUNT_SID, self._chats.default.sid, DEFAULT_MESSAGING_SERVICE, None, None)
        return CONFIGURATIONS.get(db, ACCOUNT_SID) or made

    def update(self, changes: Mapping[str, Any]) -> Configuration:
        """Changes what is given; new conversations of every chat service follow it.

        Raises:
            TwilioError: 404/20404 no such chat service, 50341 no sid of a messaging service, 50375/50376 timers below
                a minute and ten minutes.
        """
        made = replace(self.get(), **changes)
        self._chats.get(made.chat_service_sid)
        if not limits.MESSAGING_SERVICE_SID.fullmatch(made.messaging_service_sid):
            raise refusal(Code.MESSAGING_SERVICE_INVALID, made.messaging_service_sid)
        limits.timer(made.timer_inactive, least=limits.SHORTEST_INACTIVE, code=Code.INACTIVE_TIMER_TOO_SHORT)
        limits.timer(made.timer_closed, least=limits.SHORTEST_CLOSED, code=Code.CLOSED_TIMER_TOO_SHORT)
        store = self._chats.default.store
        with store.transaction():
            CONFIGURATIONS.delete(store.db, "account_sid = ?", ACCOUNT_SID)
            CONFIGURATIONS.insert(store.db, made)
        for chat in self._chats.all():
            self.apply(chat)
        return made

    def apply(self, chat: ChatService) -> None:
        """Tells a chat service what new conversations start with."""
        found, settings = self.get(), chat.conversations.settings
        settings.messaging_service_sid = found.messaging_service_sid
        settings.timer_inactive, settings.timer_closed = found.timer_inactive, found.timer_closed
