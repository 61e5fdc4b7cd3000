"""How far a message got at participants of other channels: in sum, and one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pyconvo.described import Described, members

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
class DetailedDeliveryReceipt(Described):
    """How far a message got at one participant.

    ``channel_message_sid`` names what was sent on the channel (``SM…`` for SMS). ``error_code``: Twilio's number of
    the error, 0 without one. Dates are ISO 8601, as the service writes them. ``None``: the service does not say.
    """

    sid: str | None
    message_sid: str | None
    conversation_sid: str | None
    channel_message_sid: str | None
    participant_sid: str | None
    status: DeliveryStatus
    error_code: int | str
    date_created: str | None
    date_updated: str | None

    @classmethod
    def _read(cls, data: Any) -> DetailedDeliveryReceipt:
        """Raises :class:`TypeError` for what is no object."""
        return cls._made(
            **members(data, "sid", "message_sid", "conversation_sid", "channel_message_sid", "participant_sid"),
            status=data.get("status") or "queued",
            error_code=data.get("error_code") or 0,
            **members(data, "date_created", "date_updated"),
        )
