"""One planned fault: what it may say, and whom it strikes.

``KNOWN`` is the whole list: where a fault can strike (``on``), what it can do there (``action``), and which fields
that takes. Every fault also takes ``COMMON``. Not responsible for keeping faults (``registry``).
"""

from __future__ import annotations

import math
import random
import re
from dataclasses import dataclass, field
from typing import Any

#: Whom a fault strikes, and how often.
COMMON = {"on", "action", "times", "skip", "every", "probability"}
_MATCH = {"identity", "method", "path"}
_DELAY = {"delay", "jitter"}
_ANSWER = {"status", "body", "headers"}
_LOGIN = {
    "respond": {"identity", "status", "body", "backoff_ms"},
    "delay": {"identity", *_DELAY},
    "ignore": {"identity"},
    "drop": {"identity"},
}
_HTTP = {
    "respond": {"method", "path", *_ANSWER},
    "delay": {"method", "path", *_DELAY},
    "ignore": {"method", "path"},
    "cut": {"method", "path", "offset", "direction"},
}

KNOWN: dict[str, dict[str, set[str]]] = {
    # A socket that is being opened.
    "connect": {"respond": {"status"}, "delay": _DELAY, "ignore": set()},
    "init": _LOGIN | {"expire": {"identity"}},
    "update": _LOGIN,
    # A request through a socket. ``respond`` is the answer of the service behind, ``refuse`` the transport's own.
    "request": {
        "respond": _MATCH | _ANSWER,
        "refuse": _MATCH | {"status", "body", "backoff_ms"},
        "delay": _MATCH | _DELAY,
        "ignore": _MATCH,
        "drop": _MATCH,
        "drop_after": _MATCH,
    },
    # ``path`` is searched in the event type (``list_item_added``) or, where there is none, the message type.
    "notification": {
        "lose": {"identity", "path"},
        "duplicate": {"identity", "path", "copies"},
        "reorder": {"identity", "path", "by", "delay"},
        "delay": {"identity", "path", *_DELAY},
    },
    # Any packet of a socket. ``method`` is the packet's (``reply``, ``notification``, ``message``, …).
    "packet": {"drop": {"identity", "method", "direction"}, "malform": {"identity", "method", "how", "extra"}},
    # The line itself: it stays until it is removed, unless ``times`` says for how many packets.
    "network": {"delay": {"identity", "direction", *_DELAY}},
    # Requests outside of sockets: to the media service, and to any address of the service.
    "media": _HTTP,
    "http": _HTTP,
}

DIRECTIONS = ("up", "down", "both")
MALFORMED = (
    "bad_magic", "bad_version", "bad_header", "truncated", "truncated_payload", "wrong_length", "bad_payload",
    "text_frame", "empty", "unknown_method", "no_status",
)  # fmt: skip
#: Real seconds for which a reordered notification waits at most for others to overtake it, unless it says otherwise.
PATIENCE = 5.0

_WHOLE = (int,)
_NUMBER = (int, float)
_TEXT = (str, type(None))
_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "on": ((str,), "a text"),
    "action": ((str,), "a text"),
    "times": ((int, type(None)), "a whole number, or null for ever"),
    "skip": (_WHOLE, "a whole number"),
    "every": (_WHOLE, "a whole number"),
    "probability": (_NUMBER, "a number from 0 to 1"),
    "identity": (_TEXT, "a text"),
    "method": (_TEXT, "a text"),
    "path": (_TEXT, "a regular expression"),
    "status": (_WHOLE, "a whole number"),
    "headers": ((dict, type(None)), "an object"),
    "backoff_ms": ((int, float, type(None)), "a number of milliseconds"),
    "delay": (_NUMBER, "a number of seconds"),
    "jitter": (_NUMBER, "a number of seconds"),
    "copies": (_WHOLE, "a whole number"),
    "by": (_WHOLE, "a whole number"),
    "direction": ((str,), "a text"),
    "how": ((str,), "a text"),
    "extra": ((bool,), "true or false"),
    "offset": (_WHOLE, "a number of bytes"),
}
_LEAST: dict[str, float] = {
    "times": 1, "skip": 0, "every": 1, "probability": 0, "backoff_ms": 0, "delay": 0, "jitter": 0, "copies": 2,
    "by": 1, "offset": 0,
}  # fmt: skip
_MOST: dict[str, float] = {
    "probability": 1, "backoff_ms": 86_400_000, "delay": 3600, "jitter": 3600, "copies": 100, "by": 1000,
}  # fmt: skip


#: How the transport words a refusal.
_REFUSALS: dict[int, dict[str, Any]] = {
    401: {"status": "UNAUTHORIZED", "errorCode": 20101, "description": "Invalid Access Token"},
    403: {"status": "FORBIDDEN"},
    429: {"status": "TOO_MANY_REQUESTS", "errorCode": 51202},
    500: {"status": "INTERNAL_SERVER_ERROR"},
    503: {"status": "SERVICE_UNAVAILABLE"},
}


class FaultError(ValueError):
    """The fault asked for does not exist. The message lists what does."""


@dataclass(slots=True)
class Fault:
    """A plan. Times are real seconds, since a client's patience is real too.

    Of what matches, the first ``skip`` pass, then each ``every``-th is struck, with ``probability``, until ``times``
    (None: no end) were. ``path`` is a regular expression searched in the path or event type. ``delay`` is lengthened
    by up to ``jitter``. ``offset``: how many bytes of the body pass before the ``cut``. ``by``: how many later
    notifications overtake a reordered one. To a refused login, token update or request, ``backoff_ms`` is the hint
    ``backoff_policy.reconnect_min_ms``; ``body`` may give ``description``, ``errorCode`` and a ``backoff_policy``.
    """

    on: str
    action: str
    times: int | None = 1
    skip: int = 0
    every: int = 1
    probability: float = 1.0
    identity: str | None = None
    method: str | None = None
    path: str | None = None
    status: int = 503
    body: Any = None
    headers: dict[str, str] | None = None
    backoff_ms: float | None = None
    delay: float = 0.0
    jitter: float = 0.0
    copies: int = 2
    by: int = 1
    direction: str = "both"
    how: str = "bad_header"
    extra: bool = False
    offset: int = 0
    id: int = field(default=0, init=False)
    #: How often it has struck.
    struck: int = field(default=0, init=False)
    _matched: int = field(default=0, init=False, repr=False)
    _pattern: re.Pattern[str] | None = field(default=None, init=False, repr=False)

    @classmethod
    def parse(cls, description: dict[str, Any]) -> Fault:
        """Raises :class:`FaultError` for a description that makes no sense."""
        on, action = description.get("on"), description.get("action")
        actions = KNOWN.get(on) if isinstance(on, str) else None
        if actions is None:
            raise FaultError(f"unknown 'on': {on!r}; known: {', '.join(KNOWN)} (and connection, which happens at once)")
        fields = actions.get(action) if isinstance(action, str) else None
        if fields is None:
            raise FaultError(f"unknown action on {on}: {action!r}; known: {', '.join(actions)}")
        known = COMMON | fields
        unknown = sorted(description.keys() - known)
        if unknown:
            raise FaultError(f"{on} {action} has no {', '.join(unknown)}; known: {', '.join(sorted(known))}")
        for name, value in description.items():
            _check(name, value)
        if on == "network":
            description = {"times": None} | description
        fault = cls(**description)
        if fault.method is not None and on != "packet":
            fault.method = fault.method.upper()
        if fault.action == "respond" and on == "connect" and not 400 <= fault.status <= 599:
            raise FaultError("a socket is refused with a status from 400 to 599")
        return fault

    def __post_init__(self) -> None:
        self._pattern = None if self.path is None else re.compile(self.path)

    @property
    def spent(self) -> bool:
        return self.times is not None and self.struck >= self.times

    def strikes(
        self, on: str, identity: str | None, method: str, path: str, direction: str | None, chance: random.Random
    ) -> bool:
        """Whether it strikes now; it is counted."""
        if (
            self.on != on
            or self.spent
            or self.identity not in (None, identity)
            or self.method not in (None, method)
            or (direction is not None and self.direction not in ("both", direction))
            or (self._pattern is not None and self._pattern.search(path) is None)
        ):
            return False
        self._matched += 1
        if self._matched <= self.skip or (self._matched - self.skip) % self.every:
            return False
        if self.probability < 1 and chance.random() >= self.probability:
            return False
        self.struck += 1
        return True

    def refusal(self) -> dict[str, Any]:
        """The status of a reply that refuses, as the transport words it unless ``body`` words it otherwise."""
        body = self.body if isinstance(self.body, dict) else {}
        status = {"code": self.status} | _REFUSALS.get(self.status, {"status": "ERROR"})
        return status | {key: body[key] for key in ("status", "description", "errorCode") if key in body}

    def hint(self) -> dict[str, Any] | None:
        """What such a reply carries: when to come back."""
        if self.backoff_ms is not None:
            return {"backoff_policy": {"reconnect_min_ms": self.backoff_ms}}
        if isinstance(self.body, dict) and "backoff_policy" in self.body:
            return {"backoff_policy": self.body["backoff_policy"]}
        return None

    def describe(self) -> dict[str, Any]:
        """As it was asked for, with ``id``, ``struck``, and ``times`` that are left."""
        fields = sorted(KNOWN[self.on][self.action])
        left = None if self.times is None else self.times - self.struck
        head = {"id": self.id, "on": self.on, "action": self.action, "times": left, "struck": self.struck}
        rest = {name: getattr(self, name) for name in ("skip", "every", "probability", *fields)}
        return head | rest


def _check(name: str, value: Any) -> None:
    if name == "body":
        return
    kinds, words = _TYPES[name]
    # A bool is an int to Python, and no number to anybody else.
    if not issubclass(type(value), kinds) or (type(value) is bool and bool not in kinds):
        raise FaultError(f"{name!r} must be {words}")
    if value is None:
        return
    if name in _LEAST and not _LEAST[name] <= value <= _MOST.get(name, math.inf):
        most = f", at most {_MOST[name]:g}" if name in _MOST else ""
        raise FaultError(f"{name!r} must be {words}, at least {_LEAST[name]:g}{most}")
    if name == "status" and not 100 <= value <= 999:
        raise FaultError("'status' must have three digits")
    if name == "direction" and value not in DIRECTIONS:
        raise FaultError(f"'direction' must be one of {', '.join(DIRECTIONS)}")
    if name == "how" and value not in MALFORMED:
        raise FaultError(f"'how' must be one of {', '.join(MALFORMED)}")
    if name == "headers" and not all(isinstance(one, str) for pair in value.items() for one in pair):
        raise FaultError("'headers' must be an object of texts")
    if name == "path":
        try:
            re.compile(value)
        except re.error as error:
            raise FaultError(f"'path' is not a regular expression: {error}") from error
