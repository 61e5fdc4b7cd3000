"""Twilio Sync as Conversations uses it: shared documents, lists and maps, kept up to date by events.

Requests go through Twilsock's tunnel and events come as its notifications. Knows nothing of conversations.
"""

from pyconvo.sync.client import Opening, SyncClient, SyncOptions
from pyconvo.sync.document import SyncDocument
from pyconvo.sync.entity import SyncHandle
from pyconvo.sync.events import DocumentUpdated, EntityRemoved, ItemAdded, ItemRemoved, ItemUpdated
from pyconvo.sync.items import ListItem, MapItem
from pyconvo.sync.list import SyncList
from pyconvo.sync.map import SyncMap
from pyconvo.sync.paging import ItemPage

__all__ = [
    "DocumentUpdated",
    "EntityRemoved",
    "ItemAdded",
    "ItemPage",
    "ItemRemoved",
    "ItemUpdated",
    "ListItem",
    "MapItem",
    "Opening",
    "SyncClient",
    "SyncDocument",
    "SyncHandle",
    "SyncList",
    "SyncMap",
    "SyncOptions",
]
