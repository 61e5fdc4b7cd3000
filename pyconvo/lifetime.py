"""How long the objects of one client have anything to tell: until it is shut down, and again when it comes back.

Not responsible for the shutdown itself.
"""

from __future__ import annotations

from typing import Protocol
from weakref import WeakSet


class Ending(Protocol):
    """What waits for events, and must not wait for ever."""

    def end(self) -> None:
        """There will be no further event. Called once."""


class Lifetime:
    """Shared by a client and all its objects. Holds who waits weakly."""

    def __init__(self) -> None:
        self._waiting: WeakSet[Ending] = WeakSet()
        self.is_over = False

    def begin(self) -> None:
        """The client connects (again)."""
        self.is_over = False

    def finish(self) -> None:
        """The client is shut down, and everything it had to tell is told."""
        self.is_over = True
        waiting, self._waiting = self._waiting, WeakSet()
        for one in tuple(waiting):
            one.end()

    def attach(self, waiting: Ending) -> None:
        """``waiting`` is told of the end; at once when this is over."""
        if self.is_over:
            waiting.end()
        else:
            self._waiting.add(waiting)

    def detach(self, waiting: Ending) -> None:
        self._waiting.discard(waiting)
