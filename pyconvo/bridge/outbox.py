"""Collects what goes to the page during one turn of the loop, and posts it as one text.

Not responsible for what the operations mean.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pyconvo.hosts.base import Host


def to_json(value: Any) -> str:
    """Compact JSON in ASCII, so that lone surrogates survive every way to the page."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


class Outbox:
    """Operations in the order they were put, posted together."""

    def __init__(self, post: Callable[[str], None], host: Host, before: Callable[[], None]) -> None:
        """``before`` is called ahead of posting and may still put operations."""
        self._post = post
        self._host = host
        self._before = before
        self._operations: list[str] = []
        self._scheduled = False

    def put(self, operation: Any) -> None:
        self.put_text(to_json(operation))

    def put_text(self, operation: str) -> None:
        """The same for an operation that is JSON text already."""
        self._operations.append(operation)
        self.wake()

    def wake(self) -> None:
        """Make sure that :meth:`flush` runs when this turn of the loop is over."""
        if not self._scheduled:
            self._scheduled = True
            self._host.call_later(0, self.flush)

    def flush(self) -> None:
        self._scheduled = True  # what ``before`` puts goes along now: no further turn is needed
        self._before()
        self._scheduled = False
        if self._operations:
            operations, self._operations = self._operations, []
            self._post("[" + ",".join(operations) + "]")
