"""Delivery receipts: how far each message got at participants of other channels, one by one and in sum.

A receipt goes through the table ``NEXT`` and never back. What it says goes to clients as the message's ``delivery``.
Not responsible for: making messages leave (``delivery``), HTTP, nor for who may read receipts.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from pyconvo.emulator.conversations import origin, published, resources
from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.records import Message, Receipt
from pyconvo.emulator.conversations.schema import CHANNEL_METADATA, CONVERSATIONS, MESSAGES, PARTICIPANTS, RECEIPTS

#: What may follow a status. A phone may tell of a later one without the ones before it.
NEXT: Final[dict[str, tuple[str, ...]]] = {
    "queued": ("sent", "delivered", "read", "failed", "undelivered"),
    "sent": ("delivered", "read", "failed", "undelivered"),
    "delivered": ("read",),
    "read": (),
    "failed": (),
    "undelivered": (),
}
#: What a status says about the way so far: who has read a message got it, too.
REACHED: Final[dict[str, tuple[str, ...]]] = {
    "queued": (),
    "sent": ("sent",),
    "delivered": ("sent", "delivered"),
    "read": ("sent", "delivered", "read"),
    "failed": ("failed",),
    "undelivered": ("sent", "undelivered"),
}
FAILURES: Final = ("failed", "undelivered")
_SUMMED: Final = ("sent", "delivered", "read", "failed", "undelivered")


class Receipts:
    def __init__(self, context: Context) -> None:
        self._context = context
        #: Told of every change of a receipt, after it is stored.
        self.on_change: Callable[[Receipt], None] = lambda _: None

    # -- reading ---------------------------------------------------------------------------------------------------

    def of(self, message_sid: str) -> list[Receipt]:
        """All receipts of a message, oldest first."""
        return RECEIPTS.many(self._context.db, "message_sid = ? ORDER BY rowid", message_sid)

    def get(self, message_sid: str, sid: str) -> Receipt:
        """One receipt of that message.

        Raises:
            TwilioError: 404/20404 when there is none.
        """
        found = RECEIPTS.one(self._context.db, "sid = ? AND message_sid = ?", sid, message_sid)
        if found is None:
            raise refusal(Code.NOT_FOUND, f"receipt {sid} of {message_sid}")
        return found

    def sum(self, message_sid: str) -> dict[str, Any] | None:
        """``total`` and, for each status, whether none, some or all got that far; None without receipts."""
        return summed(self.of(message_sid))

    # -- changing --------------------------------------------------------------------------------------------------

    def make(self, message: Message, participant_sid: str, channel: str, channel_message_sid: str) -> Receipt:
        """A receipt that says ``queued``; the caller publishes the message afterwards."""
        context = self._context
        now = context.clock.iso()
        made = Receipt(
            sid=context.ids.sid("DY"),
            message_sid=message.sid,
            conversation_sid=message.conversation_sid,
            channel_message_sid=channel_message_sid,
            participant_sid=participant_sid,
            channel=channel,
            status="queued",
            error_code=0,
            status_at=context.clock.now(),
            date_created=now,
            date_updated=now,
        )
        RECEIPTS.insert(context.db, made)
        return made

    def advance(self, receipt: Receipt, status: str, *, error_code: int = 0) -> Receipt:
        """Puts a receipt into ``status`` and publishes the message. The same status again changes nothing.

        Raises:
            TwilioError: 20001 for an unknown status, one that cannot follow, or an error code without a failure.
        """
        _check(receipt, status, error_code)
        if status == receipt.status:
            return receipt
        context = self._context
        updated = replace(
            receipt,
            status=status,
            error_code=error_code,
            status_at=context.clock.now(),
            date_updated=context.clock.iso(),
        )
        with context.store.transaction(), origin.acting(origin.channel(receipt.channel)):
            RECEIPTS.update(context.db, updated)
            message = MESSAGES.get(context.db, receipt.message_sid)
            conversation = CONVERSATIONS.get(context.db, receipt.conversation_sid)
            if message is not None and conversation is not None:
                item = message_item(context.db, message)
                context.store.update_item(conversation.message_list, message.index, item)
            context.events.emit(
                "delivery.updated",
                conversation=conversation,
                message=message,
                participant=PARTICIPANTS.get(context.db, receipt.participant_sid),
                receipt=resources.receipt(updated),
            )
        self.on_change(updated)
        return updated

    def forget(self, message_sid: str) -> None:
        """The message is removed, and what was known about its way with it."""
        RECEIPTS.delete(self._context.db, "message_sid = ?", message_sid)


def message_item(db: sqlite3.Connection, message: Message) -> dict[str, Any]:
    """What clients see of a message, with the sum of its receipts and whether the channel told more about it."""
    receipts = RECEIPTS.many(db, "message_sid = ?", message.sid)
    told = CHANNEL_METADATA.count(db, "message_sid = ?", message.sid) > 0
    return published.message_item(message, summed(receipts), channel_metadata=told)


def summed(receipts: Sequence[Receipt]) -> dict[str, Any] | None:
    """As ``Receipts.sum``. A participant who got the message counts as one to whom it was sent."""
    if not receipts:
        return None
    total = len(receipts)
    reached = [status for receipt in receipts for status in REACHED[receipt.status]]
    amounts = {0: "none", total: "all"}
    return {"total": total} | {status: amounts.get(reached.count(status), "some") for status in _SUMMED}


def _check(receipt: Receipt, status: Any, error_code: Any) -> None:
    if not isinstance(status, str) or status not in NEXT:
        raise refusal(Code.BAD_REQUEST, f"status must be one of {', '.join(NEXT)}, not {status!r}")
    if isinstance(error_code, bool) or not isinstance(error_code, int) or error_code < 0:
        raise refusal(Code.BAD_REQUEST, "an error code is an integer, such as 30003; 0 is none")
    if error_code and status not in FAILURES:
        raise refusal(Code.BAD_REQUEST, f"an error code goes with {' or '.join(FAILURES)}, not with {status}")
    if status != receipt.status and status not in NEXT[receipt.status]:
        follows = ", ".join(NEXT[receipt.status]) or "nothing"
        text = f"receipt {receipt.sid} is {receipt.status}; after that comes {follows}, not {status}"
        raise refusal(Code.BAD_REQUEST, text)
