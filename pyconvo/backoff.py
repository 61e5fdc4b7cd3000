"""How long to wait before trying again: two schedules, as pure arithmetic.

Randomness is injected and the clock is an argument; nothing here sleeps or sets timers. All times are
milliseconds, because that is what the options and the service speak.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


class RetryLimitError(Exception):
    """The policy allows no further attempt; the message says which limit was reached."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Doubling delays. ``max_attempts`` and ``max_time`` of 0 mean no limit; ``randomness`` 0.2 means ±20 %."""

    min: float = 1000
    max: float = 120_000
    initial: float = 0
    max_attempts: int = 0
    max_time: float = 0
    randomness: float = 0

    @classmethod
    def from_options(cls, options: Mapping[str, Any], default: RetryPolicy) -> RetryPolicy:
        """Read the official option names (``min``, ``max``, ``initial``, ``maxAttemptsCount``, …)."""

        def pick(name: str, fallback: float) -> Any:
            value = options.get(name)
            return fallback if value is None else value

        return cls(
            min=pick("min", default.min),
            max=pick("max", default.max),
            initial=pick("initial", default.initial),
            max_attempts=int(pick("maxAttemptsCount", default.max_attempts)),
            max_time=pick("maxAttemptsTime", default.max_time),
            randomness=pick("randomness", default.randomness),
        )


class Retrier:
    """One series of attempts: ``first()`` once, then ``next()`` after each failure.

    Nominal delays are ``initial, min, 2·min, 4·min, …`` up to ``max``; each is then spread by ``randomness``.
    """

    def __init__(self, policy: RetryPolicy, random: Callable[[], float]) -> None:
        self._policy = policy
        self._random = random
        self._attempts = 0
        self._delay = 0.0
        self._started = 0.0

    def first(self, now: float) -> float:
        """Delay before the first attempt. ``now`` starts the time limit."""
        self._started = now
        return self._spread(self._policy.initial, now)

    def next(self, now: float, override: float | None = None) -> float:
        """Delay before the next attempt; ``override`` replaces the nominal one. Raises :class:`RetryLimitError`."""
        self._attempts += 1
        policy = self._policy
        if policy.max_attempts and self._attempts >= policy.max_attempts:
            raise RetryLimitError("Maximum attempt count limit reached")
        if override is not None:
            self._delay = override
        elif self._attempts == 1:
            self._delay = policy.min
        else:
            doubled = 2 * self._delay
            self._delay = min(doubled, policy.max) if policy.max else doubled
        return self._spread(self._delay, now)

    def _spread(self, delay: float, now: float) -> float:
        reach = delay * self._policy.randomness
        spread = max(0.0, delay + math.floor(self._random() * 2 * reach - reach + 0.5))
        limit = self._policy.max_time
        if limit and self._started + limit < now + spread:
            raise RetryLimitError("Maximum attempt time limit reached")
        return spread


class Backoff:
    """Delays that grow by a factor from round to round and are spread upwards only.

    Used where rounds have no success or failure of their own; ``reset()`` starts again at ``initial``.
    """

    def __init__(
        self,
        random: Callable[[], float],
        *,
        initial: float = 100,
        maximum: float = 10_000,
        factor: float = 2,
        randomisation: float = 0,
    ) -> None:
        if initial < 1 or maximum <= 1 or maximum <= initial or factor <= 1 or not 0 <= randomisation <= 1:
            raise ValueError("backoff limits are out of range")
        self._random = random
        self._initial = initial
        self._maximum = maximum
        self._factor = factor
        self._randomisation = randomisation
        self._round = 0

    def next(self) -> float:
        """The delay of this round; the following round's is longer."""
        # The exponent is bounded so that a client left alone for weeks cannot overflow a float.
        nominal = min(self._initial * self._factor ** min(self._round, 64), self._maximum)
        self._round += 1
        return float(min(self._maximum, math.floor(nominal * (1 + self._random() * self._randomisation) + 0.5)))

    def reset(self) -> None:
        self._round = 0


class ReconnectDelays:
    """Twilsock's reconnects: a :class:`Retrier` without its immediate attempt, with a floor set by the service."""

    def __init__(self, policy: RetryPolicy, random: Callable[[], float]) -> None:
        self._policy = policy
        self._random = random
        self._series: Retrier | None = None
        self._new_floor: float | None = None
        self._used_floor: float | None = None

    def set_floor(self, milliseconds: float) -> None:
        """The service asks for at least this delay (before randomisation) at the next reconnect."""
        self._new_floor = milliseconds

    def next(self, now: float) -> float:
        """Delay before the next connect. Raises :class:`RetryLimitError` when the policy allows none."""
        floor = self._new_floor
        if self._series is None or (floor and (not self._used_floor or self._used_floor < floor)):
            return self._start(now)
        return self._series.next(now)

    def reset(self) -> None:
        """A connection works, or the user asked for one: forget the series and the floor."""
        self._series = None
        self._new_floor = self._used_floor = None

    def _start(self, now: float) -> float:
        policy, floor = self._policy, self._new_floor
        self._used_floor, self._new_floor = floor, None
        series = Retrier(
            RetryPolicy(
                min=floor or policy.min,
                max=max(policy.max, floor) if floor else policy.max,
                initial=policy.initial,
                # The attempt that is skipped counts too.
                max_attempts=policy.max_attempts + 1 if policy.max_attempts else 0,
                max_time=policy.max_time,
                randomness=policy.randomness,
            ),
            self._random,
        )
        self._series = series
        return series.first(now) + series.next(now)
