"""What is kept between runs: opened without asking, written behind, brought up to date by events."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sync_service import Service
from test_sync_subscriptions import Heard

from pyconvo.sync import storage as limits

#: Seconds until a change is surely written.
WRITTEN = limits.DELAY * 2 + 0.1
#: ... and a subscription is sent.
SUBSCRIBED = 0.3


class Shelf(dict[str, str]):
    """A session storage."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def set(self, key: str, value: str) -> None:
        self[key] = value
        self.written.append(key)

    def remove(self, key: str) -> None:
        self.pop(key, None)
        self.written.append(f"-{key}")

    def entry(self, key: str) -> dict[str, Any]:
        entry: dict[str, Any] = json.loads(self[key])
        return entry


async def first_run(shelf: Any) -> Service:
    """Connected, with one object of each kind at the service."""
    service = Service()
    service.storage_id = "st"
    service.make("document", "doc", data={"a": 1})
    service.make("list", "list", items={0: {"n": 0}, 1: {"n": 1}})
    service.make("map", "map", items={"k": {"v": 1}})
    service.start_over(shelf)
    await service.connect()
    return service


async def open_all(service: Service) -> tuple[Any, Any, Any]:
    return (
        await service.run(service.sync.document("doc")),
        await service.run(service.sync.list("list")),
        await service.run(service.sync.map("map", include_items=True)),
    )


async def second_run(shelf: Any, service: Service) -> None:
    service.start_over(shelf)
    await service.connect()


def reads(service: Service) -> list[str]:
    return [path.split("/")[-1] for method, path, _ in service.requests if method == "GET"]


async def test_a_second_run_opens_what_the_first_has_kept() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    await open_all(service)
    assert len(reads(service)) == 3
    await service.host.advance(WRITTEN)
    assert sorted(shelf) == ["st::document::doc", "st::list::list", "st::map::map"]
    await second_run(shelf, service)
    document, messages, items = await open_all(service)
    assert reads(service) == []
    assert (document.data, document.unique_name, document.revision) == ({"a": 1}, "doc", "0")
    assert [document.is_dated, messages.is_dated] == [True, True]
    await service.host.advance(SUBSCRIBED)
    assert not document.is_dated
    roots = {one["object_type"]: one["last_event_id"] for one in service.subscriptions[0]["requests"]}
    assert roots == {"document": 0, "list": None, "map": None}
    # Their items are no part of what is kept.
    assert [item.data for item in (await service.run(messages.get_items())).items] == [{"n": 0}, {"n": 1}]
    assert (await service.run(items.get("k"))).data == {"v": 1}
    await service.host.advance(WRITTEN)
    assert len(shelf.written) == 3


async def test_several_can_be_begun_before_the_first_is_awaited() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    await open_all(service)
    await service.host.advance(WRITTEN)
    await second_run(shelf, service)
    begun = [service.sync.begin_document("doc"), service.sync.begin_list("list"), service.sync.begin_map("map")]
    for one in begun:
        await service.run(one.result())
    assert reads(service) == []


async def test_what_is_kept_can_be_read_by_an_official_client() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    await open_all(service)
    await service.host.advance(WRITTEN)
    document = shelf.entry("st::document::doc")
    assert document.pop("date_updated") == "2024-05-01T10:00:00+00:00"
    described = service.entities["doc"].describe()
    assert document == {name: described[name] for name in document}
    kept = shelf.entry("st::list::list")
    assert kept["last_event_id"] is None
    assert kept["links"] == service.entities["list"].describe()["links"]
    assert "items" not in shelf.entry("st::map::map")


async def test_the_document_of_a_second_run_is_brought_up_to_date() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    await open_all(service)
    await service.host.advance(WRITTEN)
    service.write(service.entities["doc"], {"a": 2}, publish=False)
    service.put(service.entities["list"], 2, {"n": 2}, publish=False)
    await second_run(shelf, service)
    document, messages, _ = await open_all(service)
    told, items = Heard(document), Heard(messages)
    await service.host.advance(SUBSCRIBED)
    assert told == [("updated", {"a": 2}, False)]
    assert items == []  # it came before this run
    service.put(service.entities["list"], 3, {"n": 3})
    await service.host.settle()
    assert [event for event, *_ in items] == ["item_added"]
    await service.host.advance(WRITTEN)
    assert shelf.entry("st::document::doc")["data"] == {"a": 2}
    assert shelf.entry("st::document::doc")["last_event_id"] == 1


async def test_a_flood_of_changes_is_one_entry() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    await open_all(service)
    await service.host.advance(WRITTEN)
    shelf.written.clear()
    for n in range(200):
        service.write(service.entities["doc"], {"a": n})
        service.put(service.entities["list"], 2 + n, {"n": n})
        await service.host.settle(turns=2)
    await service.host.advance(limits.DELAY)
    assert shelf.written == ["st::document::doc"]
    assert shelf.entry("st::document::doc")["data"] == {"a": 199}


async def test_the_start_comes_first_but_not_for_ever() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    for n in range(100):
        service.make("document", f"doc {n}")
    for n in range(8):
        await service.run(service.sync.document(f"doc {n}"))
        await service.host.advance(limits.DELAY)
        assert not shelf
    await service.host.advance(limits.DELAY)
    assert len(shelf) == 8
    for n in range(8, 100):
        await service.run(service.sync.document(f"doc {n}"))
        await service.host.advance(limits.DELAY)
        if len(shelf) > 8:
            break
    assert n - 8 == limits.PATIENCE


async def test_many_are_written_in_slices() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    for n in range(60):
        service.make("document", f"doc {n}")
        await service.run(service.sync.document(f"doc {n}"))
    counts = set()
    for _ in range(300):
        await service.host.advance(0.01)
        counts.add(len(shelf))
    assert counts == {0, limits.SLICE, 2 * limits.SLICE, 60}


async def test_who_is_given_up_is_not_kept() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    document, messages, items = await open_all(service)
    await service.host.advance(WRITTEN)
    document.close()
    await service.host.advance(WRITTEN)
    assert sorted(shelf) == ["st::list::list", "st::map::map"]
    service.override = lambda method, *_: (204, None) if method == "DELETE" else None
    await service.run(items.remove_entity())
    await service.host.advance(WRITTEN)
    assert sorted(shelf) == ["st::list::list"]
    # Opened again at once: the last word counts.
    messages.close()
    await service.run(service.sync.list("list"))
    await service.host.advance(WRITTEN)
    assert sorted(shelf) == ["st::list::list"]


async def test_what_was_deleted_meanwhile_is_found_out() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    await open_all(service)
    await service.host.advance(WRITTEN)
    await second_run(shelf, service)
    service.auto_establish = False
    document, _, _ = await open_all(service)
    heard = Heard(document)
    await service.host.advance(SUBSCRIBED)
    failed = {"object_sid": document.sid, "error": {"status": 404, "code": 54100, "message": "gone"}}
    correlation = service.subscriptions[0]["correlation_id"]
    message = {"event_type": "subscription_failed", "correlation_id": correlation, "events": [failed]}
    service.notify("twilio.sync.event", message)
    await service.host.advance(WRITTEN)
    assert [event for event, *_ in heard] == ["removed"]
    assert sorted(shelf) == ["st::list::list", "st::map::map"]


async def test_a_shut_down_client_has_written_everything() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    await open_all(service)
    await service.run(service.client.disconnect())
    assert len(shelf) == 3
    service.sync.shutdown()
    await service.host.settle()
    assert service.host.pending_timers == 0
    assert len(shelf) == 3


async def test_another_user_opens_nothing_of_it() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    await open_all(service)
    await service.host.advance(WRITTEN)
    service.storage_id = "other"
    await second_run(shelf, service)
    await open_all(service)
    assert len(reads(service)) == 3
    await service.host.advance(WRITTEN)
    assert len(shelf) == 6


async def test_without_a_name_of_the_service_nothing_is_kept() -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    service.storage_id = None
    await second_run(shelf, service)
    await open_all(service)
    await service.host.advance(WRITTEN)
    assert not shelf.written


class Broken:
    """A storage that may not be used any more."""

    def get(self, key: str) -> str | None:
        raise OSError("not allowed")

    def set(self, key: str, value: str) -> None:
        raise OSError("no space left")

    def remove(self, key: str) -> None:
        raise OSError("not allowed")


async def test_a_storage_that_fails_breaks_nothing() -> None:
    service = await first_run(Broken())
    document, _, _ = await open_all(service)
    await service.host.advance(WRITTEN)
    document.close()
    await service.host.advance(WRITTEN)
    assert len(reads(service)) == 3


GOOD = {"sid": "ET1", "url": "https://x/y", "last_event_id": 0, "data": {}}
LIST = {"sid": "ES1", "url": "https://x/y", "last_event_id": None, "links": {"items": "https://x/y/Items"}}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("document", "{"),
        ("document", "[]"),
        ("document", "null"),
        ("document", json.dumps({**GOOD, "sid": 5})),
        ("document", json.dumps({**GOOD, "url": None})),
        ("document", json.dumps({**GOOD, "data": []})),
        ("document", json.dumps({**GOOD, "last_event_id": None})),
        ("list", json.dumps({**LIST, "last_event_id": 1})),
        ("list", json.dumps({**LIST, "links": None})),
        ("list", json.dumps({**LIST, "links": {}})),
    ],
)
async def test_an_entry_that_is_not_as_it_should_be_is_not_taken(name: str, text: str) -> None:
    shelf = Shelf()
    service = await first_run(shelf)
    opened_by = {"document": "doc", "list": "list"}[name]
    shelf[f"st::{name}::{opened_by}"] = text
    opened = await service.run(getattr(service.sync, name)(opened_by))
    assert opened.sid == service.entities[opened_by].sid
    assert len(reads(service)) == 1
