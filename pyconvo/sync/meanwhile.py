"""What has become of the items of a collection, by a stretch of its events: each item once, however often it changed.

For events that nobody has waited for: that somebody came and went again is no news afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class Meanwhile:
    """Notes events in order; :meth:`result` is what is left of them."""

    def __init__(self) -> None:
        self._last: dict[Any, tuple[str, Mapping[str, Any]]] = {}

    def note(self, key: Any, change: str, event: Mapping[str, Any]) -> None:
        """``change``: ``item_added``, ``item_updated`` or ``item_removed``."""
        before = self._last.pop(key, None)
        if before is not None and before[0] == "item_added" and change == "item_updated":
            change = "item_added"
        self._last[key] = change, event

    def result(self) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """Changes and their events, in the order of the latter."""
        return self._last.values()
