"""How Sync's objects, items and pages look in an answer. Not responsible for finding them."""

from __future__ import annotations

from typing import Any

from pyconvo.emulator.config import ACCOUNT_SID
from pyconvo.emulator.sync.objects import Item, Page, SyncObject
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
        "created_by": "system",
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


def page(store: SyncStore, target: SyncObject, found: Page, page_size: int) -> dict[str, Any]:
    """The tokens only tell that there is more; a reader goes on with ``From``."""
    first = found.items[0].key if found.items else ""
    last = found.items[-1].key if found.items else ""
    return {
        "items": [item(store, target, one) for one in found.items],
        "meta": {
            "key": "items",
            "page_size": page_size,
            "previous_token": f"before:{first}" if found.has_previous else None,
            "next_token": f"after:{last}" if found.has_next else None,
        },
    }
