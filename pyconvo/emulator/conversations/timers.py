"""The state timers: conversations turn inactive and closed after a time without activity, on the emulator's clock.

Nothing is ever cancelled: a timer that fires looks at the stored conversation and does what is due by then. One that
was set before later activity does for what comes after it, so that a conversation has one timer, not one a message.
Not responsible for: what counts as activity (``conversation``), nor for the clock itself.
"""

from __future__ import annotations

import math

from pyconvo.emulator.conversations import origin
from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.conversation import ConversationRules
from pyconvo.emulator.conversations.records import Conversation
from pyconvo.emulator.conversations.schema import CONVERSATIONS


class StateTimers:
    def __init__(self, context: Context, conversations: ConversationRules) -> None:
        self._context = context
        self._conversations = conversations
        self._planned: dict[str, float] = {}

    def plan_all(self) -> None:
        """After a start on an old database: whatever became due meanwhile happens at once."""
        where = "state != 'closed' AND (timer_inactive IS NOT NULL OR timer_closed IS NOT NULL)"
        for conversation in CONVERSATIONS.many(self._context.db, where):
            self.plan(conversation)

    def plan(self, conversation: Conversation) -> None:
        """Sets the timer for the conversation's next change, if one is to come."""
        due = _next_change(conversation)
        if due is None:
            self._planned.pop(conversation.sid, None)
        elif due[0] < self._planned.get(conversation.sid, math.inf):
            self._planned[conversation.sid] = due[0]
            self._context.clock.call_at(due[0], lambda: self._fire(conversation.sid, due[0]))

    def forget(self) -> None:
        """No timer that is set does anything any more."""
        self._planned.clear()

    def _fire(self, sid: str, when: float) -> None:
        if self._planned.get(sid) != when:
            return
        del self._planned[sid]
        conversation = CONVERSATIONS.get(self._context.db, sid)
        due = None if conversation is None else _next_change(conversation)
        if conversation is None or due is None:
            return
        if due[0] > self._context.clock.now():
            self.plan(conversation)
        else:
            with origin.acting(origin.TIMER):
                self._conversations.set_state(sid, due[1])


def _next_change(conversation: Conversation) -> tuple[float, str] | None:
    """When (emulator time, seconds) the conversation changes next without activity, and into which state."""
    changes = []
    if conversation.state == "active" and conversation.timer_inactive is not None:
        changes.append((conversation.active_since + conversation.timer_inactive, "inactive"))
    if conversation.state != "closed" and conversation.timer_closed is not None:
        changes.append((conversation.active_since + conversation.timer_closed, "closed"))
    return min(changes, default=None)
