"""Faults that a test asks for: refused, delayed, unanswered or cut requests (for media, too), refused logins, lost
notifications.

A rule acts ``times`` times and is then spent. Not responsible for carrying a fault out (the doors do).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Literal

On = Literal["request", "init", "update", "notification", "media"]
Action = Literal["respond", "delay", "ignore", "drop", "drop_after", "lose", "duplicate"]

ACTIONS: dict[str, set[str]] = {
    "request": {"respond", "delay", "ignore", "drop", "drop_after"},
    "init": {"respond", "ignore", "drop", "delay"},
    "update": {"respond", "ignore", "drop", "delay"},
    "notification": {"lose", "duplicate"},
    "media": {"respond", "delay"},
}


_OPTIONAL_TEXT = (str, type(None))
TYPES: dict[str, tuple[type, ...]] = {
    "on": (str,),
    "action": (str,),
    "times": (int,),
    "skip": (int,),
    "status": (int,),
    "delay": (int, float),
    "identity": _OPTIONAL_TEXT,
    "method": _OPTIONAL_TEXT,
    "path": _OPTIONAL_TEXT,
}


class FaultError(ValueError):
    """The fault asked for does not exist. The message lists what does."""


@dataclass(slots=True)
class Fault:
    """``path`` is a regular expression searched in the path (or a notification's event type).

    ``status`` and ``body`` are the answer of ``respond``; ``delay`` is in real seconds; ``skip`` lets the first
    matches pass. To a refused login or token update, ``body`` may give ``description``, ``errorCode`` and a
    ``backoff_policy``.
    """

    on: On
    action: Action
    times: int = 1
    skip: int = 0
    identity: str | None = None
    method: str | None = None
    path: str | None = None
    status: int = 503
    body: Any = None
    delay: float = 0.0
    pattern: re.Pattern[str] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        for name, kinds in TYPES.items():
            value = getattr(self, name)
            if not isinstance(value, kinds) or isinstance(value, bool):
                raise FaultError(f"{name!r} is of the wrong type: {type(value).__name__}")
        if self.on not in ACTIONS:
            raise FaultError(f"unknown 'on': {self.on!r}; known: {', '.join(ACTIONS)}")
        if self.action not in ACTIONS[self.on]:
            raise FaultError(f"unknown action for {self.on}: {self.action!r}; known: {sorted(ACTIONS[self.on])}")
        if not 100 <= self.status <= 999:
            raise FaultError("'status' must have three digits")
        if not 0 <= self.delay <= 3600:
            raise FaultError("'delay' must be a number of seconds, up to an hour")
        if self.method is not None:
            self.method = self.method.upper()
        if self.path is not None:
            try:
                self.pattern = re.compile(self.path)
            except re.error as error:
                raise FaultError(f"'path' is not a regular expression: {error}") from error

    def matches(self, on: str, identity: str | None, method: str, path: str) -> bool:
        return (
            self.on == on
            and self.times > 0
            and self.identity in (None, identity)
            and self.method in (None, method)
            and (self.pattern is None or self.pattern.search(path) is not None)
        )


class Faults:
    def __init__(self) -> None:
        self._rules: list[Fault] = []

    def add(self, description: dict[str, Any]) -> Fault:
        """Raises :class:`FaultError` for a description that makes no sense."""
        try:
            fault = Fault(**description)
        except TypeError as error:
            known = "on, action, times, skip, identity, method, path, status, body, delay"
            raise FaultError(f"a fault has the fields {known}") from error
        self._rules.append(fault)
        return fault

    def take(self, on: str, identity: str | None = None, method: str = "", path: str = "") -> Fault | None:
        """The fault that strikes now, if any; it is counted as used."""
        for rule in self._rules:
            if not rule.matches(on, identity, method, path):
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            rule.times -= 1
            return rule
        return None

    def clear(self) -> None:
        self._rules.clear()

    def list(self) -> list[dict[str, Any]]:
        return [
            {"on": rule.on, "action": rule.action, "times": rule.times, "path": rule.path, "identity": rule.identity}
            for rule in self._rules
            if rule.times > 0
        ]
