"""How far a message got at participants of other channels: in sum, and one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

#: How many of the participants got that far.
DeliveryAmount: TypeAlias = Literal["none", "some", "all"]
#: How far a message got at one participant. ``failed``: it did not leave; ``undelivered``: it left, and did not arrive.
DeliveryStatus: TypeAlias = Literal["queued", "sent", "delivered", "read", "failed", "undelivered"]


@dataclass(frozen=True, slots=True)
class AggregatedDeliveryReceipt:
    """How far a message got at participants outside the service, as of when it was read.

    ``total`` is their number; the others say how many of them got that far.
    """

    total: int
    sent: DeliveryAmount
    delivered: DeliveryAmount
    read: DeliveryAmount
    undelivered: DeliveryAmount
    failed: DeliveryAmount

    @classmethod
    def _read(cls, data: Any) -> AggregatedDeliveryReceipt | None:
        if not isinstance(data, dict) or not data:
            return None
        values: list[Any] = [data.get(name) for name in ("total", "sent", "delivered", "read", "undelivered", "failed")]
        return cls(*values)

    def _complete(self) -> bool:
        return all((self.total, self.sent, self.delivered, self.read, self.undelivered, self.failed))


@dataclass(frozen=True, slots=True)
class DetailedDeliveryReceipt:
    """How far a message got at one participant.

    ``channel_message_sid`` names what was sent on the channel (``SM…`` for SMS). ``error_code``: Twilio's number of
    the error, 0 without one. Dates are ISO 8601, as the service writes them.
    """

    sid: str
    message_sid: str
    conversation_sid: str
    channel_message_sid: str
    participant_sid: str
    status: DeliveryStatus
    error_code: int | str
    date_created: str
    date_updated: str

    @classmethod
    def _read(cls, data: Mapping[str, Any]) -> DetailedDeliveryReceipt:
        return cls(
            sid=data["sid"],
            message_sid=data["message_sid"],
            conversation_sid=data["conversation_sid"],
            channel_message_sid=data["channel_message_sid"],
            participant_sid=data["participant_sid"],
            status=data.get("status") or "queued",
            error_code=data.get("error_code") or 0,
            date_created=data["date_created"],
            date_updated=data["date_updated"],
        )
