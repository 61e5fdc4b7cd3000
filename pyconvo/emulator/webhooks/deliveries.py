"""The record of webhooks: what was sent where, how often it was tried, and what came of it.

Kept in memory, the newest ones. Not responsible for sending.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

KEPT = 5000
Result = Literal["pending", "delivered", "failed", "refused", "unanswered", "recorded"]


@dataclass(slots=True)
class Attempt:
    """``status`` None: no answer, ``error`` says why. ``at`` is the emulator's time, ``seconds`` real ones."""

    at: str
    seconds: float
    status: int | None = None
    error: str | None = None
    body: str = ""


@dataclass(slots=True)
class Delivery:
    """``result``: ``delivered`` (2xx); ``failed`` (another answer, or none); of a question also ``refused`` and
    ``unanswered`` (it happened all the same); ``recorded`` for Studio, which nothing plays here.
    """

    number: int
    phase: Literal["pre", "post"]
    event: str
    target: str
    url: str | None
    method: str
    parameters: dict[str, str]
    webhook_sid: str | None = None
    result: Result = "pending"
    attempts: list[Attempt] = field(default_factory=list)

    def described(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "phase": self.phase,
            "event": self.event,
            "target": self.target,
            "webhookSid": self.webhook_sid,
            "url": self.url,
            "method": self.method,
            "parameters": self.parameters,
            "result": self.result,
            "attempts": [
                {"at": one.at, "seconds": one.seconds, "status": one.status, "error": one.error, "body": one.body}
                for one in self.attempts
            ],
        }


class Deliveries:
    def __init__(self) -> None:
        self._all: deque[Delivery] = deque(maxlen=KEPT)
        self._count = 0
        self._pending = 0
        self._settled = asyncio.Event()
        self._settled.set()

    def add(self, **about: Any) -> Delivery:
        """Notes something that is to be sent."""
        self._count += 1
        made = Delivery(number=self._count, **about)
        self._all.append(made)
        if made.result == "pending":
            self._pending += 1
            self._settled.clear()
        return made

    def done(self, delivery: Delivery, result: Result) -> None:
        delivery.result = result
        self._pending -= 1
        if self._pending == 0:
            self._settled.set()

    async def settle(self, seconds: float) -> bool:
        """Wait until nothing is pending; False when ``seconds`` (real ones) were not enough."""
        try:
            async with asyncio.timeout(seconds):
                await self._settled.wait()
        except TimeoutError:
            return False
        return True

    def list(self, *, after: int = 0) -> list[dict[str, Any]]:
        """Oldest first."""
        return [one.described() for one in self._all if one.number > after]
