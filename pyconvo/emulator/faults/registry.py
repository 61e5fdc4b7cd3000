"""The faults that are planned, and which of them strikes next. Randomness is seeded with the emulator's seed.

Not responsible for what a fault may say (``rule``), nor for carrying it out (the doors do).
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable
from typing import Any

from pyconvo.emulator.faults.rule import Fault

Described = list[dict[str, Any]]

#: So many spent faults are still listed.
REMEMBERED = 100


class Faults:
    def __init__(self, seed: int | None = None) -> None:
        self._rules: list[Fault] = []
        self._spent: deque[Fault] = deque(maxlen=REMEMBERED)
        self._count = 0
        self._random = random.Random(seed)

    def __bool__(self) -> bool:
        """Whether any are planned."""
        return bool(self._rules)

    def add(self, description: dict[str, Any]) -> Fault:
        """Raises :class:`FaultError` for a description that makes no sense."""
        fault = Fault.parse(description)
        self._count += 1
        fault.id = self._count
        self._rules.append(fault)
        return fault

    def take(
        self,
        on: str,
        identity: str | None = None,
        method: str = "",
        path: str = "",
        direction: str | None = None,
    ) -> Fault | None:
        """The fault that strikes now, if any; it is counted as used."""
        for rule in self._rules:
            if rule.strikes(on, identity, method, path, direction, self._random):
                if rule.spent:
                    self._rules.remove(rule)
                    self._spent.append(rule)
                return rule
        return None

    def wait(self, fault: Fault) -> float:
        """The fault's delay in seconds, its jitter rolled."""
        return fault.delay + (self._random.uniform(0, fault.jitter) if fault.jitter else 0.0)

    def latency(self, identity: str | None, direction: str) -> float:
        """Real seconds that the line takes for a packet now."""
        if not self._rules:
            return 0.0
        fault = self.take("network", identity, direction=direction)
        return 0.0 if fault is None else self.wait(fault)

    def clear(self, seed: int | None = None) -> None:
        """Forget all of them; ``seed`` starts the randomness anew."""
        self._rules.clear()
        self._spent.clear()
        if seed is not None:
            self._random.seed(seed)

    def remove(self, number: int) -> bool:
        """Forget one; whether it was planned."""
        before = len(self._rules)
        self._rules = [rule for rule in self._rules if rule.id != number]
        return len(self._rules) < before

    def list(self) -> Described:
        return _described(self._rules)

    def spent(self) -> Described:
        """The latest that have struck as often as they should."""
        return _described(self._spent)


def _described(rules: Iterable[Fault]) -> Described:
    return [rule.describe() for rule in rules]
