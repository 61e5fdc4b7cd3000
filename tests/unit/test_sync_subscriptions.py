"""Subscribing: batches, replay, what happens when the service is silent, refuses or loses events."""

from __future__ import annotations

from typing import Any

from sync_service import Service

from pyconvo.errors import SyncError
from pyconvo.sync import SyncList, SyncMap
from pyconvo.sync.gaps import EventIds


class Heard(list[tuple[Any, ...]]):
    """Events of a handle, as short tuples."""

    def __init__(self, handle: Any) -> None:
        super().__init__()
        for name in ("item_added", "item_updated", "item_removed", "removed", "updated", "failure"):
            handle.on(name, lambda payload, name=name: self.append(self.short(name, payload)))

    @staticmethod
    def short(name: str, payload: Any) -> tuple[Any, ...]:
        if isinstance(payload, SyncError):
            return (name, str(payload))
        item = getattr(payload, "item", None)
        key = item.key if item else getattr(payload, "key", None)
        data = dict(item.data) if item else getattr(payload, "data", None)
        return tuple(value for value in (name, key, data, payload.is_local) if value is not None)


async def with_list(count: int = 0, **settings: Any) -> tuple[Service, SyncList, Any]:
    service = Service()
    for name, value in settings.items():
        setattr(service, name, value)
    entity = service.make("list", "messages", items={index: {"n": index} for index in range(count)})
    await service.connect()
    items = await service.run(service.sync.list("messages"))
    return service, items, entity


async def test_opening_is_subscribing_and_one_batch_takes_all_that_is_opened_together() -> None:
    service = Service()
    for index in range(3):
        service.make("map", f"map {index}")
        service.make("document", f"document {index}")
    await service.connect()
    for index in range(3):
        await service.run(service.sync.map(f"map {index}"))
        await service.run(service.sync.document(f"document {index}"))
    assert service.subscriptions == []
    await service.host.advance(0.12)
    (body,) = service.subscriptions
    sent = int(service.host.time * 1000)
    assert abs(body.pop("correlation_id") - sent) < 50
    assert {name: value for name, value in body.items() if name != "requests"} == {
        "event_protocol_version": 4,
        "action": "establish",
        "retried_requests": 0,
        "ttl_in_s": -1,
    }
    assert list(body) == ["event_protocol_version", "action", "retried_requests", "ttl_in_s", "requests"]
    kinds = [request["object_type"] for request in body["requests"]]
    assert kinds == ["map", "document"] * 3
    assert body["requests"][0] == {
        "object_sid": service.entities["map 0"].sid,
        "object_type": "map",
        "last_event_id": 0,
    }


async def test_batches_have_a_size() -> None:
    service = Service()
    service.batch_reply = {"estimated_delivery_in_ms": 10_000}
    for index in range(250):
        service.make("map", f"map {index}")
    await service.connect()
    for index in range(250):
        await service.run(service.sync.map(f"map {index}"))
    await service.host.advance(1)
    assert [len(body["requests"]) for body in service.subscriptions] == [100, 100, 50]


async def test_a_shared_entity_is_subscribed_once_and_cancelled_with_its_last_handle() -> None:
    service, first, entity = await with_list()
    second = await service.run(service.sync.list(entity.sid))
    await service.host.advance(0.2)
    assert len(service.subscriptions) == 1
    assert service.sync.open_count == 1
    first.close()
    await service.host.advance(1)
    assert len(service.subscriptions) == 1
    assert second.subscription_state == "established"
    second.close()
    second.close()
    await service.host.advance(1)
    assert service.subscriptions[-1]["action"] == "cancel"
    assert service.subscriptions[-1]["requests"] == [{"object_sid": entity.sid, "object_type": "list"}]
    assert service.sync.open_count == 0


async def test_closed_and_opened_again_before_the_cancel() -> None:
    service, first, entity = await with_list()
    await service.host.advance(0.2)
    first.close()
    again = await service.run(service.sync.list("messages"))
    await service.host.advance(1)
    assert [body["action"] for body in service.subscriptions] == ["establish", "establish"]
    heard = Heard(again)
    service.put(entity, 0, {"n": 0})
    await service.host.settle()
    assert heard == [("item_added", 0, {"n": 0}, False)]


async def test_after_a_reconnect_events_are_replayed_from_the_last_one() -> None:
    service, items, entity = await with_list(2)
    heard = Heard(items)
    await service.host.advance(0.2)
    service.put(entity, 2, {"n": 2})
    await service.host.settle()
    service.host.socket.drop()
    for index in (3, 4):
        service.put(entity, index, {"n": index})
    service.put(entity, 2, {"n": "edited"})
    await service.host.advance(1.1)
    service.host.socket.open()
    await service.host.advance(0.2)
    assert service.subscriptions[-1]["requests"][0]["last_event_id"] == 3
    assert "reason" not in service.subscriptions[-1]
    assert heard == [
        ("item_added", 2, {"n": 2}, False),
        ("item_added", 3, {"n": 3}, False),
        ("item_added", 4, {"n": 4}, False),
        ("item_updated", 2, {"n": "edited"}, False),
    ]
    assert items.last_event_id == 6


async def test_twenty_drops_lose_nothing_and_repeat_nothing() -> None:
    service, items, entity = await with_list()
    heard: list[int] = []
    items.on("item_added", lambda payload: heard.append(payload.item.index))
    await service.host.advance(0.2)
    number = 0
    for drop in range(20):
        for _ in range(10):
            service.put(entity, number, {"n": number})
            number += 1
            if number % 3 == drop % 3:
                await service.host.advance(0.05)
            if number % 7 == 0:
                service.host.socket.drop()
        service.host.socket.drop()
        await service.host.advance(1.3)
        service.host.socket.open()
        await service.host.advance(0.3 if drop % 2 else 0.05)
    await service.host.advance(1)
    assert heard == list(range(200))


async def test_live_events_before_the_subscription_is_established_do_not_move_the_root() -> None:
    service, items, entity = await with_list(1, auto_establish=False)
    heard = Heard(items)
    await service.host.advance(0.2)
    service.put(entity, 1, {"n": 1}, publish=False)
    service.publish(entity, -1)
    await service.host.settle()
    assert heard == [("item_added", 1, {"n": 1}, False)]
    assert items.last_event_id == 1
    service.establish(entity, service.subscriptions[-1]["correlation_id"])
    await service.host.settle()
    assert (items.subscription_state, items.last_event_id) == ("established", 2)


async def test_a_late_answer_of_an_earlier_batch_is_ignored() -> None:
    service, items, entity = await with_list(auto_establish=False)
    await service.host.advance(0.2)
    service.establish(entity, service.subscriptions[-1]["correlation_id"] - 1)
    await service.host.settle()
    assert items.subscription_state == "response_in_flight"


async def test_an_interrupted_replay_is_continued() -> None:
    service, items, entity = await with_list(auto_establish=False)
    await service.host.advance(0.2)
    correlation = service.subscriptions[-1]["correlation_id"]
    service.put(entity, 0, {}, publish=False)
    service.publish(entity, 0, "twilio.sync.event")
    service.establish(entity, correlation, "interrupted")
    await service.host.advance(0.2)
    assert [body["requests"][0]["last_event_id"] for body in service.subscriptions] == [0, 1]
    service.establish(entity, service.subscriptions[-1]["correlation_id"])
    await service.host.settle()
    assert items.subscription_state == "established"


async def test_a_silent_service_is_asked_again() -> None:
    service, items, _entity = await with_list(auto_establish=False)
    await service.host.advance(35)
    assert [body["retried_requests"] for body in service.subscriptions] == [0, 1, 1, 1]
    assert items.subscription_state == "response_in_flight"


async def test_a_refused_batch_is_tried_again_with_growing_delays() -> None:
    service, items, _entity = await with_list()
    times: list[float] = []

    def refuse(method: str, path: str, *_: Any) -> tuple[int, Any] | None:
        if path != "/v4/Subscriptions":
            return None
        times.append(service.host.time)
        return (500, {"message": "no"}) if len(times) < 4 else None

    service.override = refuse
    start = service.host.time
    await service.host.advance(2)
    # 100, 200, 400, 800 ms, each 10 % longer in the middle of its randomisation.
    assert [round((time - start) * 1000) for time in times] == [110, 330, 770, 1650]
    assert items.subscription_state == "established"


async def test_ttl_asks_for_everything_again_with_a_reason() -> None:
    service, _items, _entity = await with_list(
        batch_reply={"estimated_delivery_in_ms": 10_000, "max_batch_size": 1000, "ttl_in_s": 60}
    )
    await service.host.advance(61)
    assert [body.get("reason") for body in service.subscriptions] == [None, "ttl"]


async def test_a_failed_subscription_is_told_and_not_tried_again() -> None:
    service, items, entity = await with_list(auto_establish=False)
    heard = Heard(items)
    await service.host.advance(0.2)
    error = {"status": 403, "code": 54007, "message": "Access denied"}
    payload = {
        "event_type": "subscription_failed",
        "correlation_id": service.subscriptions[-1]["correlation_id"],
        "events": [{"object_sid": entity.sid, "error": error}],
    }
    service.notify("twilio.sync.event", payload)
    await service.host.settle()
    text = "Failed to subscribe on service events: Access denied (status: 403, code: 54007)"
    assert heard == [("failure", text)]
    await service.reconnect()
    await service.host.advance(30)
    assert len(service.subscriptions) == 1


async def test_an_entity_that_is_gone_is_removed() -> None:
    service, items, entity = await with_list(auto_establish=False)
    heard = Heard(items)
    await service.host.advance(0.2)
    payload = {
        "event_type": "subscription_failed",
        "correlation_id": service.subscriptions[-1]["correlation_id"],
        "events": [{"object_sid": entity.sid, "error": {"status": 404, "code": 54100, "message": "gone"}}],
    }
    service.notify("twilio.sync.event", payload)
    await service.host.settle()
    assert heard == [("removed", False)]
    assert service.sync.open_count == 0


async def test_events_of_unknown_shape_are_dropped() -> None:
    service, items, entity = await with_list()
    heard = Heard(items)
    await service.host.advance(0.2)
    for payload in (None, [], {}, {"event_type": 7}, {"event_type": "list_item_added"}, {"event_type": "moon_rises"}):
        service.notify("twilio.sync.event", payload)
    service.notify("twilio.sync.event", {"event_type": "list_item_added", "event": {"list_sid": "ES?"}})
    service.put(entity, 0, {})
    await service.host.settle()
    assert heard == [("item_added", 0, {}, False)]


# -- lost notifications --------------------------------------------------------------------------------------------


async def test_a_lost_notification_is_fetched_and_nothing_is_repeated() -> None:
    service, items, entity = await with_list(1)
    heard = Heard(items)
    await service.host.advance(0.2)
    service.put(entity, 1, {"n": 1})
    service.put(entity, 2, {"n": 2}, publish=False)  # lost
    service.put(entity, 3, {"n": 3})
    service.remove(entity, 0)
    await service.host.settle()
    assert [event[1] for event in heard] == [1, 3, 0]
    await service.host.advance(0.5)
    assert [body["requests"][0]["last_event_id"] for body in service.subscriptions] == [1, 2]
    assert [event[:2] for event in heard] == [
        ("item_added", 1),
        ("item_added", 3),
        ("item_removed", 0),
        ("item_added", 2),
    ]
    service.put(entity, 4, {"n": 4})
    await service.host.advance(1)
    assert len(service.subscriptions) == 2
    assert items.last_event_id == entity.event_id


async def test_events_in_the_wrong_order_need_no_repair() -> None:
    service, items, entity = await with_list()
    heard = Heard(items)
    await service.host.advance(0.2)
    for index in range(3):
        service.put(entity, index, {"n": index}, publish=False)
    for index in (0, 2, 1):
        service.publish(entity, index)
    await service.host.advance(1)
    assert [event[1] for event in heard] == [0, 2, 1]
    assert len(service.subscriptions) == 1


async def test_a_reconnect_with_an_open_gap_starts_before_the_gap() -> None:
    service, items, entity = await with_list()
    heard = Heard(items)
    await service.host.advance(0.2)
    service.put(entity, 0, {"n": 0}, publish=False)  # lost
    service.put(entity, 1, {"n": 1})
    await service.host.settle()
    await service.reconnect()
    await service.host.advance(0.3)
    assert service.subscriptions[-1]["requests"][0]["last_event_id"] == 0
    assert [event[1] for event in heard] == [1, 0]


async def test_numbers_with_holes_of_their_own_are_asked_about_once() -> None:
    service, items, entity = await with_list()
    heard = Heard(items)
    await service.host.advance(0.2)
    for index in range(5):
        entity.event_id += 3
        service.put(entity, index, {"n": index})
        await service.host.advance(1)
    assert [event[1] for event in heard] == [0, 1, 2, 3, 4]
    assert len(service.subscriptions) == 2


async def test_catching_up_on_suspicion() -> None:
    service, items, entity = await with_list(1)
    heard = Heard(items)
    items.catch_up()  # not established yet: what is missing will come anyway
    await service.host.advance(0.2)
    service.put(entity, 1, {"n": 1}, publish=False)  # lost, and nothing follows
    await service.host.advance(60)
    assert heard == []
    items.catch_up()
    items.catch_up()
    await service.host.advance(0.5)
    assert [event[1] for event in heard] == [1]
    assert [body["requests"][0]["last_event_id"] for body in service.subscriptions] == [1, 1]
    items.catch_up()
    await service.host.advance(0.5)
    assert len(heard) == 1
    items.close()
    items.catch_up()


def test_event_ids() -> None:
    ids = EventIds(5)
    for number in (7, 9):
        ids.came(number)
    assert (ids.contiguous, ids.has_gap) == (5, True)
    ids.came(6)
    assert (ids.contiguous, ids.has_gap) == (7, True)
    ids.came(8)
    assert (ids.contiguous, ids.has_gap) == (9, False)
    ids.came(2)
    ids.asked()
    ids.complete(12)
    assert (ids.contiguous, ids.has_gap, ids.trusted) == (12, False, True)
    unknown = EventIds(None)
    unknown.came(40)
    unknown.complete(41)
    assert (unknown.contiguous, unknown.has_gap) == (41, False)


async def test_a_map_with_its_items() -> None:
    service = Service()
    service.make("map", "info", items={"friendlyName": {"value": "Alice"}})
    await service.connect()
    info: SyncMap = await service.run(service.sync.map("info", include_items=True))
    count = len(service.requests)
    assert (await service.run(info.get("friendlyName"))).data == {"value": "Alice"}
    assert len(service.requests) == count
