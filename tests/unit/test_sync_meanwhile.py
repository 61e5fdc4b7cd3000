"""A collection that was opened as it was kept, and read before its events are sent: what happens in between is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sync_service import Entity, Service
from test_sync_subscriptions import Heard

BATCH = 0.3


class Shelf(dict[str, str]):
    """A session storage."""

    set = dict.__setitem__
    remove = dict.__delitem__


class Second:
    """A second run, in which a list or map is open as the first one has kept it."""

    def __init__(self, service: Service, entity: Entity, handle: Any) -> None:
        self.service, self.entity, self.handle = service, entity, handle
        self.heard = Heard(handle)

    @classmethod
    async def make(cls, kind: str, items: dict[Any, Any]) -> Second:
        service, shelf = Service(), Shelf()
        service.storage_id = "st"
        entity = service.make(kind, "thing", items=items)
        for _ in range(2):
            service.start_over(shelf)
            await service.connect()
            handle = await service.run(getattr(service.sync, kind)("thing"))
            await service.host.advance(0 if shelf else 3)
        return cls(service, entity, handle)

    @property
    def asked_from(self) -> list[Any]:
        """Where each request for events began."""
        return [one["requests"][0]["last_event_id"] for one in self.service.subscriptions]

    @property
    def told(self) -> list[tuple[str, Any]]:
        """Events and keys."""
        return [(event, key) for event, key, *_ in self.heard]


async def test_read_before_events_are_asked_for() -> None:
    second = await Second.make("list", {0: {"n": 0}, 1: {"n": 1}})
    await second.service.run(second.handle.get_items(order="desc"))
    second.service.put(second.entity, 2, {"n": 2})
    await second.service.host.advance(BATCH)
    assert second.asked_from == [2]
    assert second.told == [("item_added", 2)]
    assert second.handle.last_event_id == 3
    second.service.put(second.entity, 3, {"n": 3})
    await second.service.host.settle()
    assert second.told == [("item_added", 2), ("item_added", 3)]
    assert second.handle.last_event_id == 4


async def test_read_while_the_request_is_under_way() -> None:
    second = await Second.make("list", {0: {}, 1: {}})
    service = second.service
    service.auto_establish = False
    await service.host.advance(BATCH)
    await service.run(second.handle.get_items(order="desc"))
    service.put(second.entity, 2, {})
    service.auto_establish = True
    service.establish(second.entity, service.subscriptions[0]["correlation_id"])
    # A live one comes before what was missed.
    second.entity.subscribers.add(service.host.socket)
    service.put(second.entity, 3, {})
    await service.host.settle()
    assert second.heard == []
    await service.host.advance(BATCH)
    assert second.asked_from == [None, 2]
    assert sorted(second.told) == [("item_added", 2), ("item_added", 3)]
    assert second.handle.last_event_id == 4


async def test_an_answer_that_is_late() -> None:
    second = await Second.make("list", {0: {}, 1: {}})
    service = second.service
    answer = {"items": list(second.entity.items.values()), "meta": {}}
    service.override = lambda method, path, *_: (200, answer) if path.endswith("/Items") else None
    service.latency = 1.0
    reading = asyncio.ensure_future(second.handle.get_items(order="desc"))
    await service.host.settle()
    service.put(second.entity, 2, {})
    service.latency = 0.0
    await service.host.advance(BATCH)
    assert second.asked_from == [None]
    await service.host.advance(1)
    await reading
    await service.host.advance(BATCH)
    assert second.asked_from == [None, 2]
    assert second.told == [("item_added", 2)]


async def test_when_nothing_has_happened_nothing_more_is_asked() -> None:
    second = await Second.make("map", {"a": {}, "b": {}})
    second.service.auto_establish = False
    await second.service.host.advance(BATCH)
    await second.service.run(second.handle.get_items())
    second.service.auto_establish = True
    second.service.establish(second.entity, second.service.subscriptions[0]["correlation_id"])
    await second.service.host.advance(5)
    assert second.asked_from == [None]
    assert second.handle.subscription_state == "established"


async def test_who_came_and_went_is_not_told() -> None:
    second = await Second.make("map", {"a": {"n": 1}, "b": {"n": 1}, "c": {"n": 1}})
    service, entity = second.service, second.entity
    await service.run(second.handle.get_items())
    service.put(entity, "x", {})
    service.put(entity, "x", {"n": 2})
    service.remove(entity, "x")
    service.put(entity, "y", {"n": 1})
    service.put(entity, "y", {"n": 2})
    service.put(entity, "a", {"n": 2})
    service.put(entity, "a", {"n": 3})
    service.remove(entity, "b")
    await service.host.advance(BATCH)
    # What was never here is no news to those who hear of it: nobody knows it.
    assert second.told == [("item_removed", "x"), ("item_added", "y"), ("item_updated", "a"), ("item_removed", "b")]
    assert (await service.run(second.handle.get("y"))).data == {"n": 2}


@pytest.mark.parametrize(("start", "order"), [(2, "desc"), (2, "asc")])
async def test_a_page_in_the_middle_says_nothing_of_the_newest(start: int, order: str) -> None:
    second = await Second.make("list", {n: {} for n in range(200)})
    await second.service.run(second.handle.get_items(start=start, order=order, page_size=10))
    await second.service.host.advance(BATCH)
    assert second.asked_from == [None]
    assert second.heard == []


async def test_a_lost_connection_in_between() -> None:
    second = await Second.make("list", {0: {}, 1: {}})
    service = second.service
    await service.run(second.handle.get_items(order="desc"))
    service.put(second.entity, 2, {})
    service.auto_establish = False
    await service.host.advance(BATCH)
    service.publish(second.entity, 0, "twilio.sync.event")
    await service.host.settle()
    service.auto_establish = True
    await service.reconnect()
    await service.host.advance(BATCH)
    assert second.asked_from == [2, 2]
    assert second.told == [("item_added", 2)]
