"""How Sync's objects, items and pages look in an answer. Not responsible for finding them."""

from __future__ import annotations

from typing import Any

from pyconvo.emulator.config import ACCOUNT_SID
from pyconvo.emulator.sync.objects import Item, Order, Page, SyncObject
from pyconvo.emulator.sync.page_token import PageToken
from pyconvo.emulator.sync.store import SyncStore


def entity(store: SyncStore, target: SyncObject, service_sid: str, items: Page | None = None) -> dict[str, Any]:
    url = store.object_url(target)
    body: dict[str, Any] = {
        "sid": target.sid,
        "unique_name": target.unique_name,
        "account_sid": ACCOUNT_SID,
        "service_sid": service_sid,
        "url": url,
        "revision": format(target.revision, "x"),
        "last_event_id": target.last_event_id,
        "date_created": target.date_created,
        "date_updated": target.date_updated,
        "date_expires": None,
        "created_by": target.created_by,
    }
    if target.kind == "document":
        return body | {"data": target.data}
    body["links"] = {"items": f"{url}/Items"}
    if target.kind == "list":
        body["links"]["context"] = f"{url}/Context"
    if items is not None:
        body["items"] = [item(store, target, one) for one in items.items]
    return body


def item(store: SyncStore, target: SyncObject, one: Item) -> dict[str, Any]:
    return {
        "index" if target.kind == "list" else "key": one.key,
        f"{target.kind}_sid": target.sid,
        "url": store.item_url(target, one.key),
        "revision": format(one.revision, "x"),
        "last_event_id": one.last_event_id,
        "data": one.data,
        "date_created": one.date_created,
        "date_updated": one.date_updated,
        "date_expires": None,
    }


def page(
    store: SyncStore, target: SyncObject, found: Page, page_size: int, order: Order, *, backwards: bool
) -> dict[str, Any]:
    """``found`` was read in ``order``, or against it when ``backwards``; it is shown in ``order``."""
    items = found.items[::-1] if backwards else found.items
    more_before, more_after = found.has_previous, found.has_next
    if backwards:
        more_before, more_after = more_after, more_before
    return {
        "items": [item(store, target, one) for one in items],
        "meta": {
            "key": "items",
            "page_size": page_size,
            "previous_token": PageToken(items[0].key, order, page_size, True).text() if more_before and items else None,
            "next_token": PageToken(items[-1].key, order, page_size, False).text() if more_after and items else None,
        },
    }
