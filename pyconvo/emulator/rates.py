"""Rate limits: so many requests in so many seconds of the emulator's clock, each caller apart. Off until asked for.

A request beyond the limit is not carried out; it gets Twilio's 429 (code 20429), over the socket and over HTTP alike.
Not responsible for sending the refusal (the doors do).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pyconvo.emulator.clock import Clock
from pyconvo.emulator.errors import TwilioError


class RateError(ValueError):
    """The limit asked for makes no sense; the message says why."""


@dataclass(slots=True)
class Rate:
    """``requests`` at once, refilled evenly in ``seconds``. ``path`` is a regular expression searched in the path."""

    requests: int
    seconds: float
    method: str | None = None
    path: str | None = None
    identity: str | None = None
    pattern: re.Pattern[str] | None = field(default=None, init=False, repr=False)
    #: By caller: how many requests are left, and when that was so.
    left: dict[str, tuple[float, float]] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        if isinstance(self.requests, bool) or not isinstance(self.requests, int) or self.requests < 0:
            raise RateError("'requests' must be an integer of at least 0")
        if (
            isinstance(self.seconds, bool)
            or not isinstance(self.seconds, int | float)
            or not 0 < self.seconds <= 86_400
        ):
            raise RateError("'seconds' must be a number above 0, up to a day")
        for name in ("method", "path", "identity"):
            if not isinstance(getattr(self, name), str | None):
                raise RateError(f"{name!r} must be a string")
        if self.path is not None:
            try:
                self.pattern = re.compile(self.path)
            except re.error as error:
                raise RateError(f"'path' is not a regular expression: {error}") from error

    def covers(self, caller: str, method: str, path: str) -> bool:
        return (
            self.identity in (None, caller)
            and (self.method is None or self.method.upper() == method)
            and (self.pattern is None or self.pattern.search(path) is not None)
        )

    def has(self, caller: str, now: float) -> bool:
        """Whether the caller has a request left."""
        left, at = self.left.get(caller, (float(self.requests), now))
        left = min(float(self.requests), left + (now - at) * self.requests / self.seconds)
        self.left[caller] = (left, now)
        # A billionth is what many small refills may lack of a whole one.
        return left >= 1 - 1e-9

    def spend(self, caller: str) -> None:
        left, at = self.left[caller]
        self.left[caller] = (left - 1, at)


class Rates:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rates: list[Rate] = []

    def set(self, descriptions: list[Any]) -> None:
        """Replaces all limits. Raises :class:`RateError`."""
        made = []
        for one in descriptions:
            try:
                made.append(Rate(**one))
            except TypeError as error:
                raise RateError("a rate has the fields requests, seconds, method, path, identity") from error
        self._rates = made

    def clear(self) -> None:
        self._rates = []

    def list(self) -> list[dict[str, Any]]:
        return [
            {
                "requests": one.requests,
                "seconds": one.seconds,
                "method": one.method,
                "path": one.path,
                "identity": one.identity,
            }
            for one in self._rates
        ]

    def take(self, caller: str, method: str, path: str) -> TwilioError | None:
        """Counts a request; the refusal, when it is one too many."""
        now = self._clock.now()
        covering = [one for one in self._rates if one.covers(caller, method, path)]
        if not all(one.has(caller, now) for one in covering):
            return TwilioError(429, 20429, "Too many requests")
        for one in covering:
            one.spend(caller)
        return None
