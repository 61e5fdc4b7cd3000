"""Recipients of messages: to whom an e-mail was addressed, as the participants were bound or as it came in.

Not responsible for: HTTP, who may read them, nor for delivering anything (``delivery``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.records import Message, Recipient
from pyconvo.emulator.conversations.schema import RECIPIENTS

LEVELS = ("to", "from", "cc")
_LONGEST = 256


class Recipients:
    def __init__(self, context: Context) -> None:
        self._context = context

    def of(self, message_sid: str) -> list[Recipient]:
        """Those of one message, in their order."""
        return RECIPIENTS.many(self._context.db, "message_sid = ? ORDER BY number", message_sid)

    def page(self, conversation_sid: str, *, start: int, size: int) -> tuple[list[Recipient], bool]:
        """Those of ``size`` messages, skipping ``start`` messages that have any; and whether more follow."""
        sql = (
            "SELECT message_sid FROM recipients WHERE conversation_sid = ?"
            " GROUP BY message_sid ORDER BY MIN(number) LIMIT ? OFFSET ?"
        )
        rows = self._context.db.execute(sql, (conversation_sid, size + 1, start)).fetchall()
        return [one for (sid,) in rows[:size] for one in self.of(sid)], len(rows) > size

    def add(self, message: Message, described: Sequence[dict[str, Any]]) -> None:
        """Notes recipients of a message; each is an object with ``type`` and what belongs to it (see ``check``)."""
        for one in described:
            details = {key: value for key, value in one.items() if key != "type"}
            RECIPIENTS.insert(
                self._context.db,
                Recipient(None, message.sid, message.conversation_sid, one["type"], json.dumps(details)),
            )

    def forget(self, message_sid: str) -> None:
        """The message is removed, and its recipients with it."""
        RECIPIENTS.delete(self._context.db, "message_sid = ?", message_sid)


def check(value: Any) -> list[dict[str, Any]]:
    """Recipients as somebody scripts them: ``{"type": "email", "level": "to", "name": …, "address": …}``.

    Any other type is passed on with all it has: clients must cope with what they do not know.

    Raises:
        TwilioError: 20001 for any other form.
    """
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise refusal(Code.BAD_REQUEST, "recipients must be a list of objects")
    return [_checked(one) for one in value]


def _checked(given: dict[str, Any]) -> dict[str, Any]:
    kind = given.get("type", "email")
    if not isinstance(kind, str) or not kind or "message_sid" in given:
        raise refusal(Code.BAD_REQUEST, "a recipient has a type (a string), and no message_sid of its own")
    if kind != "email":
        return {**given, "type": kind}
    checked = {"type": kind, "level": given.get("level", "to"), "name": given.get("name", "")}
    if checked["level"] not in LEVELS:
        raise refusal(Code.BAD_REQUEST, f"the level of a recipient must be one of {', '.join(LEVELS)}")
    checked["address"] = given.get("address")
    for name in ("name", "address"):
        if not isinstance(checked[name], str) or len(checked[name]) > _LONGEST:
            raise refusal(Code.BAD_REQUEST, f"the {name} of a recipient must be a string of at most {_LONGEST}")
    return checked
