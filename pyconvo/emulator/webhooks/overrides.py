"""Connection overrides: the fragment of a webhook's URL sets its time-outs and retries (``#rt=500&rc=2&rp=5xx,rt``).

Source: Twilio's "Webhooks (HTTP callbacks): Connection Overrides". Conversations itself waits at most five seconds.
The fragment is not sent and not signed. Not responsible for connecting; ``sni`` and ``edge`` mean nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urldefrag

LONGEST: Final = 5.0
"""Seconds that one request may take."""
LONGEST_IN_ALL: Final = 15.0
"""Seconds that a request and its retries may take."""
MOST_RETRIES: Final = 5
POLICIES: Final = frozenset({"4xx", "5xx", "ct", "rt", "all"})


@dataclass(frozen=True, slots=True)
class Overrides:
    """``connect``, ``read``, ``total`` in seconds. ``policy``: what is retried (``ct``: not connected, ``rt``: no
    answer in time, ``4xx``, ``5xx``, ``all``).
    """

    url: str
    connect: float = LONGEST
    read: float = LONGEST
    total: float = LONGEST_IN_ALL
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    def again(self, *, status: int | None, connected: bool) -> bool:
        """Whether an attempt that ended so is to be repeated."""
        kind = f"{status // 100}xx" if status is not None else "rt" if connected else "ct"
        return kind in self.policy or ("all" in self.policy and (status is None or status >= 400))


def read_overrides(url: str) -> Overrides:
    """``url`` without its fragment, and what the fragment asks for; what makes no sense in it counts as not there."""
    bare, fragment = urldefrag(url)
    asked = dict(parse_qsl(fragment))
    policy = frozenset(asked.get("rp", "").lower().split(",")) & POLICIES
    return Overrides(
        url=bare,
        connect=_seconds(asked.get("ct"), LONGEST),
        read=_seconds(asked.get("rt"), LONGEST),
        total=_seconds(asked.get("tt"), LONGEST_IN_ALL),
        retries=_number(asked.get("rc"), 0, MOST_RETRIES, 1),
        policy=policy or frozenset({"ct"}),
    )


def _seconds(milliseconds: str | None, longest: float) -> float:
    return _number(milliseconds, 100, int(longest * 1000), int(longest * 1000)) / 1000


def _number(text: str | None, least: int, most: int, otherwise: int) -> int:
    if text is None or not text.isascii() or not text.isdigit():
        return otherwise
    return max(least, min(most, int(text)))
