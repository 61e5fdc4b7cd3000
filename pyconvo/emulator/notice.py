"""A notification as it goes to everybody who hears of something: written once, sent with an id of its own to each.

Not responsible for who hears of it (the hub), nor for faults that strike it on its way (the connection).
"""

from __future__ import annotations

from typing import Any

from pyconvo.twilsock.packet import JSON_TYPE, dumps, encode

#: As long as every id is: a header says how long it is.
_ID = "TM" + "?" * 32


class Notice:
    """``name``: what faults know it by: the type of its event or, where there is none, of its message."""

    __slots__ = ("_after", "_before", "message_type", "name")

    def __init__(self, message_type: str, written: bytes, name: str | None = None) -> None:
        """``written``: the payload as JSON."""
        self.message_type = message_type
        self.name = name or message_type
        header = {
            "method": "notification",
            "id": _ID,
            "message_type": message_type,
            "notification_ctx_id": "",
            "payload_type": JSON_TYPE,
        }
        self._before, _, self._after = encode(header, written, trailer=b"\r\n").partition(_ID.encode())

    @classmethod
    def of(cls, message_type: str, payload: dict[str, Any]) -> Notice:
        return cls(message_type, dumps(payload), payload.get("event_type"))

    @classmethod
    def of_event(cls, kind: str, event_type: str, text: str) -> Notice:
        """Of a change of a Sync object: ``text`` is the event as JSON."""
        written = b'{"event_type":"%s","event_protocol_version":4,"event":%s}' % (event_type.encode(), text.encode())
        return cls(f"com.twilio.rtd.cds.{kind}", written, event_type)

    def packet(self, sid: str) -> bytes:
        """The whole packet. ``sid``: ``TM`` and 32 hex digits."""
        return b"%s%s%s" % (self._before, sid.encode(), self._after)
