"""Collects what goes to the page until the loop pauses, and posts it as one text.

Not responsible for what the operations mean.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Any

from pyconvo.bridge.codec import to_json
from pyconvo.hosts.base import Host


class _Event:
    """An event that may still be told at more levels. ``text`` lacks the closing brace."""

    __slots__ = ("also", "payload", "text")

    def __init__(self, payload: tuple[Any, ...], text: str) -> None:
        self.payload = payload
        self.text = text
        self.also: list[str] = []


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    if len(one) == 1 == len(other):
        return one[0] is other[0]
    return len(one) == len(other) and all(map(is_, one, other))


class Outbox:
    """Operations in the order they were put, posted together."""

    def __init__(self, post: Callable[[str], None], host: Host, before: Callable[[], None]) -> None:
        """``before`` is called ahead of posting and may still put operations."""
        self._post = post
        self._host = host
        self._before = before
        self._operations: list[str] = []
        self._scheduled = False
        #: The event put last, while nothing has been put after it.
        self._event: _Event | None = None

    def put(self, operation: Any) -> None:
        self.put_text(to_json(operation))

    def put_text(self, operation: str) -> None:
        """The same for an operation that is JSON text already."""
        self._operations.append(operation)
        self._event = None
        self.wake()

    def put_event(self, target: int, name: str, payload: tuple[Any, ...], args: Callable[[Any], str]) -> None:
        """An event of ``target``. One change is told at several levels (conversation, client): together, if the values
        are the very same and nothing has been put in between. ``args`` gives their text; asked only when it is needed.
        """
        known = self._event
        if known is not None and payload and _same(known.payload, payload):
            known.also.append(f'[{target},"{name}"]')
            self._operations[-1] = f'{known.text},"also":[{",".join(known.also)}]}}'
            return
        text = f'{{"op":"event","target":{target},"name":"{name}","args":{args(payload)}'
        self._operations.append(text + "}")
        self._event = _Event(payload, text)
        self.wake()

    def wake(self) -> None:
        """Make sure that :meth:`flush` runs when the loop has done what is due."""
        if not self._scheduled:
            self._scheduled = True
            self._host.call_at_pause(self.flush)

    def flush(self) -> None:
        self._scheduled = True  # what ``before`` puts goes along now: no further turn is needed
        self._before()
        self._scheduled = False
        if self._operations:
            operations, self._operations, self._event = self._operations, [], None
            self._post("[" + ",".join(operations) + "]")
