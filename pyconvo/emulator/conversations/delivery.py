"""Messages leave for other channels: an outbox entry and a receipt for each phone or mailbox, nothing really sent.

Receipts advance by script (``receipts.advance``) or, when an interval is set, one status an interval on the emulator's
clock. Timers are never cancelled: one that fires looks at the stored receipt.
Not responsible for: what a status means (``receipts``), nor for messages that come from there (``inbound``).
"""

from __future__ import annotations

import json
from typing import Any, Final

from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.receipts import Receipts
from pyconvo.emulator.conversations.recipients import Recipients
from pyconvo.emulator.conversations.records import Message, Outgoing, Participant, Receipt
from pyconvo.emulator.conversations.schema import OUTBOX, PARTICIPANTS, RECEIPTS

#: What the clock makes of a status. SMS knows nothing about reading.
_FOLLOWING: Final = {"queued": "sent", "sent": "delivered", "delivered": "read"}
_LAST: Final = {"sms": "delivered"}
#: So many entries of the outbox are kept: a service that runs for long must not grow for ever.
OUTBOX_KEPT: Final = 10_000
#: Seconds.
LONGEST_INTERVAL: Final = 365 * 86_400
#: Sids of what is sent, by channel; SMS with media is MMS.
_PREFIXES: Final = {"sms": "SM", "whatsapp": "WA", "email": "EM"}


class Delivery:
    def __init__(self, context: Context, receipts: Receipts, recipients: Recipients) -> None:
        self._context = context
        self._receipts = receipts
        self._recipients = recipients
        self._interval = context.settings.delivery_interval
        self._generation = 0
        receipts.on_change = self._plan

    # -- the clock ---------------------------------------------------------------------------------------------------

    @property
    def interval(self) -> float | None:
        """Seconds of the emulator's clock from one status to the next; None: receipts advance by script alone."""
        return self._interval

    def set_interval(self, seconds: float | None) -> None:
        """Counts anew for every receipt that is under way, from its last change.

        Raises:
            TwilioError: 20001 for anything but None or a number of at least 0, up to a year.
        """
        number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
        if seconds is not None and not (number and 0 <= seconds <= LONGEST_INTERVAL):
            raise refusal(Code.BAD_REQUEST, "interval must be a number of seconds from 0 to a year, or null")
        self._interval = seconds
        self._generation += 1
        self.plan_all()

    def plan_all(self) -> None:
        """After a start on an old database, too: what became due meanwhile happens at once."""
        if self._interval is None:
            return
        for receipt in RECEIPTS.many(self._context.db, "status IN ('queued', 'sent', 'delivered') ORDER BY rowid"):
            self._plan(receipt)

    # -- messages ----------------------------------------------------------------------------------------------------

    def dispatch(self, message: Message, sender: Participant | None, text: str | None) -> list[Receipt]:
        """Sends a new message as ``text`` to everybody on other channels but its sender. Before it is published.
        The receipts of that.
        """
        others = PARTICIPANTS.many(
            self._context.db, "conversation_sid = ? AND identity IS NULL ORDER BY rowid", message.conversation_sid
        )
        return [
            self._send(message, participant, text)
            for participant in others
            if sender is None or participant.sid != sender.sid
        ]

    def outbox(self, *, to: str | None = None, conversation_sid: str | None = None) -> list[Outgoing]:
        """What was sent, oldest first; to that address, out of that conversation."""
        where = "(? IS NULL OR recipient = ?) AND (? IS NULL OR conversation_sid = ?) ORDER BY rowid"
        return OUTBOX.many(self._context.db, where, to, to, conversation_sid, conversation_sid)

    def address(self, receipt: Receipt) -> str | None:
        """Where the message of a receipt went; None when neither the participant nor the outbox knows any more."""
        sent = OUTBOX.get(self._context.db, receipt.channel_message_sid)
        if sent is not None:
            return sent.recipient
        participant = PARTICIPANTS.get(self._context.db, receipt.participant_sid)
        return None if participant is None else str(json.loads(participant.bindings)[participant.type]["address"])

    def clear_outbox(self) -> None:
        """Forgets what was sent; receipts stay."""
        with self._context.store.transaction():
            OUTBOX.delete(self._context.db, "1")

    def _send(self, message: Message, participant: Participant, text: str | None) -> Receipt:
        bound = json.loads(participant.bindings)[participant.type]
        prefix = _PREFIXES.get(participant.type, "SM")
        if participant.type == "sms" and message.medias != "[]":
            prefix = "MM"
        sent = Outgoing(
            sid=self._context.ids.sid(prefix),
            conversation_sid=message.conversation_sid,
            message_sid=message.sid,
            participant_sid=participant.sid,
            channel=participant.type,
            sender=bound["proxy_address"],
            recipient=bound["address"],
            author=message.author,
            body=text,
            subject=message.subject,
            medias=message.medias,
            date_created=message.date_created,
        )
        OUTBOX.insert(self._context.db, sent)
        OUTBOX.delete(self._context.db, "rowid <= (SELECT MAX(rowid) FROM outbox) - ?", OUTBOX_KEPT)
        receipt = self._receipts.make(message, participant.sid, participant.type, sent.sid)
        self._plan(receipt)
        if participant.type == "email":
            self._recipients.add(message, [_addressed(bound)])
        return receipt

    def _plan(self, receipt: Receipt) -> None:
        if self._interval is None or _next(receipt) is None:
            return
        generation, when = self._generation, receipt.status_at + self._interval
        self._context.clock.call_at(when, lambda: self._fire(receipt, generation))

    def _fire(self, planned: Receipt, generation: int) -> None:
        receipt = RECEIPTS.get(self._context.db, planned.sid)
        if generation != self._generation or receipt is None or receipt.status != planned.status:
            return
        if (following := _next(receipt)) is not None:
            self._receipts.advance(receipt, following)


def _next(receipt: Receipt) -> str | None:
    return None if receipt.status == _LAST.get(receipt.channel) else _FOLLOWING.get(receipt.status)


def _addressed(bound: dict[str, str]) -> dict[str, Any]:
    level, name = bound.get("level") or "to", bound.get("name") or ""
    return {"type": "email", "level": level, "name": name, "address": bound["address"]}
