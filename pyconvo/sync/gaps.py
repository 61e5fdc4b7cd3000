"""Notices that an event of an entity is missing, by the numbers of those that came.

The service numbers the events of one list or map upwards by one. That is not promised, so the first repair that
brings nothing ends the watch over that entity.
"""

from __future__ import annotations


class EventIds:
    """Which events have come: all up to ``contiguous``, and some beyond it."""

    def __init__(self, last_event_id: int | None) -> None:
        #: The last event up to which nothing is missing; ``None`` while unknown.
        self.contiguous = last_event_id
        self.trusted = True
        self._beyond: set[int] = set()
        self._asked: int | None = None

    @property
    def has_gap(self) -> bool:
        return self.trusted and bool(self._beyond)

    def came(self, event_id: int) -> None:
        if self.contiguous is None or not self.trusted or event_id <= self.contiguous:
            return
        self._beyond.add(event_id)
        self._advance()

    def asked(self) -> None:
        """Everything after ``contiguous`` is being asked for."""
        self._asked = self.contiguous if self.has_gap else None

    def complete(self, event_id: int | None) -> None:
        """The service says it has sent everything up to ``event_id``."""
        if self._asked is not None and self._asked == self.contiguous:
            # It had nothing between: the numbers of this entity have holes of their own.
            self.trusted = False
        self._asked = None
        if event_id is None:
            return
        if self.contiguous is None or event_id > self.contiguous:
            self.contiguous = event_id
        self._beyond = {other for other in self._beyond if other > self.contiguous} if self.trusted else set()
        self._advance()

    def _advance(self) -> None:
        while self.contiguous is not None and self.contiguous + 1 in self._beyond:
            self.contiguous += 1
            self._beyond.discard(self.contiguous)
