"""What every public stateful object (client, conversation, message, participant, user) has in common.

An entity tells one observer that its visible state changed; the browser bridge is that observer and mirrors the
state to the page. Not responsible for what the state is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyconvo.events import ReplayEventEmitter
from pyconvo.lifetime import Lifetime


class Entity(ReplayEventEmitter):
    """An emitter whose public attributes somebody may mirror."""

    def __init__(self, lifetime: Lifetime | None = None) -> None:
        super().__init__(lifetime)
        #: Set by the bridge. Called after a change of public state, before the event that announces it.
        self._on_dirty: Callable[[Entity], Any] | None = None

    def _mark_dirty(self) -> None:
        if self._on_dirty is not None:
            self._on_dirty(self)
