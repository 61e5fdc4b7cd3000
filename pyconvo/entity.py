"""What every public stateful object (client, conversation, message, participant, user) has in common.

An entity tells one observer that its visible state changed; the browser bridge is that observer and mirrors the
state to the page. Not responsible for what the state is.
"""

from __future__ import annotations

from collections.abc import Collection

from pyconvo.events import ReplayEventEmitter


class Entity(ReplayEventEmitter):
    """An emitter whose public attributes somebody may mirror."""

    def _mark_dirty(self, names: Collection[str] | None = None) -> None:
        """After a change of public state, before the event that announces it. ``names``: which attributes, if known."""
        if self._observer is not None:
            self._observer.touched(names)
