"""Typing indicators: a notification to the other participants, nothing is stored.

Not responsible for: when an indicator ends; the receivers count the seconds themselves.
"""

from __future__ import annotations

from typing import Final

from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.conversation import ConversationRules
from pyconvo.emulator.conversations.participants import Participants

MESSAGE_TYPE: Final = "twilio.ipmsg.typing_indicator"


class Typing:
    def __init__(self, context: Context, conversations: ConversationRules, participants: Participants) -> None:
        self._context = context
        self._conversations = conversations
        self._participants = participants

    def typed(self, actor: str, key: str) -> int:
        """Tells everybody else in the conversation; the seconds after which the caller may tell again.

        Raises:
            TwilioError: 50350, 50430 (not a participant), 50377 (closed).
        """
        conversation = self._conversations.get(key)
        self._participants.member(actor, conversation)
        self._conversations.open(key)
        seconds = self._context.settings.typing_timeout
        payload = {"channel_sid": conversation.sid, "identity": actor, "typing_timeout": seconds + 1}
        for identity in self._participants.identities(conversation.sid):
            if identity != actor:
                self._context.notify(identity, MESSAGE_TYPE, payload)
        return seconds
