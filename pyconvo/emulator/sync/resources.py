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
    store: SyncStore,
    target: SyncObject,
    found: Page,
    size: int,
    order: Order,
    *,
    start: int | str | None = None,
    backwards: bool = False,
) -> dict[str, Any]:
    """``found`` was read from ``start`` in ``order``, or against it when ``backwards``; it is shown in ``order``."""
    items = found.items[::-1] if backwards else found.items
    more_before, more_after = found.has_previous, found.has_next
    if backwards:
        more_before, more_after = more_after, more_before
    first, last = (items[0].key, items[-1].key) if items else (start, start)

    def token(key: int | str | None, *, backwards: bool) -> str | None:
        return None if key is None else PageToken(key, order, size, backwards).text()

    return {
        "items": [item(store, target, one) for one in items],
        "meta": {
            "key": "items",
            "page_size": size,
            "previous_token": token(first, backwards=True) if more_before else None,
            "next_token": token(last, backwards=False) if more_after else None,
        },
    }
