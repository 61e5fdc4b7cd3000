"""The parts of the account, and how the chat services depend on them.

Not responsible for the services (``chat_service``).
"""

from __future__ import annotations

from typing import Any

from pyconvo.emulator.account import addresses, configuration
from pyconvo.emulator.account.addresses import Addresses
from pyconvo.emulator.account.configuration import AccountConfiguration
from pyconvo.emulator.chat_service import ChatService, ChatServices
from pyconvo.emulator.conversations.bindings import binding
from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.conversations.push.credentials import Credentials


class Account:
    """``configuration`` and ``addresses``."""

    def __init__(self, chats: ChatServices) -> None:
        self._chats = chats
        self.configuration = AccountConfiguration(chats)
        self.addresses = Addresses(chats)
        chats.on_open = self._prepare

    @property
    def default(self) -> ChatService:
        """The chat service that is meant where none is named."""
        sid = self.configuration.get().chat_service_sid
        return self._chats.get(sid) if sid in self._chats else self._chats.default

    @property
    def credentials(self) -> Credentials:
        return self._chats.default.conversations.push.credentials

    def receiver(self, address: Any, proxy_address: Any) -> Conversations:
        """The domain that a message from another channel goes to: where these addresses are bound, or would be.

        Raises:
            TwilioError: 20001 for wrong addresses.
        """
        kind, given = binding({"address": address, "proxy_address": proxy_address})
        for chat in self._chats.all():
            if chat.conversations.participants.bound(kind, given) is not None:
                return chat.conversations
        found = self.addresses.opening(kind, given["proxy_address"])
        chosen = found.automatic.get("conversation_service_sid") if found else None
        chat = self._chats.get(str(chosen)) if chosen in self._chats else self.default
        return chat.conversations

    def _prepare(self, chat: ChatService) -> None:
        if chat is self._chats.default:
            chat.db.execute(configuration.SCHEMA)
            chat.db.execute(addresses.SCHEMA)
        self.configuration.apply(chat)
        inbound = chat.conversations.inbound
        inbound.creates_for = lambda kind, address: self.addresses.opening(kind, address) is not None
        inbound.on_created = lambda sid, kind, address: self.addresses.equip(chat, sid, kind, address)
