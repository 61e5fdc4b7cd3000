"""Typing indicators: told at most once in a while, and shown for a while after each notification."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from pyconvo.hosts.base import Host
from pyconvo.push import NotificationTypes
from pyconvo.services.configuration import Configuration
from pyconvo.twilsock.connection import TwilsockClient

if TYPE_CHECKING:
    from pyconvo.conversation import Conversation

#: The notification that somebody types.
TYPING_INDICATOR = NotificationTypes.TYPING_INDICATOR

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class WithConversation(Protocol):
    """Find a conversation by sid and call back with it, at once where it is known."""

    def __call__(self, sid: str, then: Callable[[Conversation], None]) -> None: ...


class TypingIndicator:
    """Typing of one client's user and of everybody else. Times are milliseconds."""

    def __init__(self, host: Host, twilsock: TwilsockClient, configuration: Configuration) -> None:
        self._host = host
        self._twilsock = twilsock
        self._configuration = configuration
        self._served_timeout: float | None = None
        self._sent: dict[str, float] = {}

    def listen(self, with_conversation: WithConversation) -> None:
        """Show typing of others from now on."""

        def on_message(message_type: str, payload: Any) -> None:
            if message_type != TYPING_INDICATOR or not isinstance(payload, dict):
                return
            sid = payload.get("channel_sid")
            if isinstance(sid, str):
                with_conversation(sid, lambda conversation: self._show(conversation, payload))

        self._twilsock.on("message", on_message)

    async def send(self, conversation_sid: str) -> None:
        """Tell that the own user types; nothing is sent while the last telling is still shown."""
        now = self._host.now() * 1000
        last = self._sent.get(conversation_sid)
        if last is not None and last > now - self._timeout:
            return
        # Noted before it is sent: a failure does not let the next call through either.
        self._sent[conversation_sid] = now
        response = await self._twilsock.request(
            "POST",
            self._configuration.links.typing,
            headers=_FORM,
            body=f"ChannelSid={conversation_sid}",
            grant=self._configuration.product_id,
        )
        served = response.body.get("typing_timeout") if isinstance(response.body, dict) else None
        if isinstance(served, (int, float)):
            self._served_timeout = served * 1000

    @property
    def _timeout(self) -> float:
        configuration = self._configuration
        return configuration.typing_timeout_override or self._served_timeout or configuration.typing_timeout_default

    def _show(self, conversation: Conversation, payload: dict[str, Any]) -> None:
        override = self._configuration.typing_timeout_override
        timeout = override + 1000 if override else float(payload.get("typing_timeout") or 0) * 1000
        for participant in conversation._roster.present:
            if participant.identity == payload.get("identity") or participant.type == "apple":
                participant._start_typing(timeout)
