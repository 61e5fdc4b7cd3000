"""The values of the Sync store: objects, items, pages, events. Not responsible for storing them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["document", "list", "map"]
Order = Literal["asc", "desc"]

SYSTEM = "system"
SID_PREFIX: dict[Kind, str] = {"document": "ET", "list": "ES", "map": "MP"}


@dataclass(frozen=True, slots=True)
class SyncObject:
    """A document, list or map. ``text`` is a document's content as JSON, ``{}`` for the others.

    ``created_by`` is the identity whose client made it, or ``system``: then only the service may change it.
    """

    kind: Kind
    sid: str
    unique_name: str
    revision: int
    last_event_id: int
    text: str
    date_created: str
    date_updated: str
    created_by: str = SYSTEM

    @property
    def data(self) -> dict[str, Any]:
        """The content. Read only when asked for: most who look an object up want something else."""
        content: dict[str, Any] = json.loads(self.text)
        return content


Document = SyncObject


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list (``key`` is its index) or of a map (``key`` is its key)."""

    key: int | str
    revision: int
    last_event_id: int
    data: dict[str, Any]
    date_created: str
    date_updated: str


@dataclass(frozen=True, slots=True)
class Page:
    items: tuple[Item, ...]
    has_previous: bool
    has_next: bool


@dataclass(frozen=True, slots=True)
class SyncEvent:
    """One change of one object, as it is told to subscribers. ``text`` is the notification's ``event`` as JSON, written
    once for the log and for all who hear of it.
    """

    kind: Kind
    sid: str
    id: int
    type: str
    text: str

    @property
    def body(self) -> dict[str, Any]:
        """What ``text`` says."""
        read: dict[str, Any] = json.loads(self.text)
        return read


class SyncNotFound(LookupError):
    """No such object or item. ``code`` is Sync's error number."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class SyncConflict(Exception):
    """The revision asked for is not the current one."""
