"""What handles of Sync objects tell their listeners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyconvo.sync.items import SyncItem


@dataclass(frozen=True, slots=True)
class DocumentUpdated:
    """A document has other data now. ``is_local``: this client wrote it."""

    data: dict[str, Any]
    previous_data: dict[str, Any] | None
    is_local: bool


@dataclass(frozen=True, slots=True)
class EntityRemoved:
    """A document, list or map is gone. ``previous_data``: a document's last data."""

    is_local: bool
    previous_data: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class ItemAdded:
    """The item is live: later changes show in it."""

    item: SyncItem
    is_local: bool


@dataclass(frozen=True, slots=True)
class ItemUpdated:
    """``previous_data`` is ``None`` when this client had not seen the item before."""

    item: SyncItem
    previous_data: dict[str, Any] | None
    is_local: bool


@dataclass(frozen=True, slots=True)
class ItemRemoved:
    """``key`` is a map item's key or a list item's index."""

    key: str | int
    previous_data: dict[str, Any] | None
    is_local: bool

    @property
    def index(self) -> int:
        """A list item's index."""
        return int(self.key)
