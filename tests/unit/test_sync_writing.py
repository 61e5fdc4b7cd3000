"""Writing to documents, lists and maps: requests, local and remote events, conflicts, merging."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sync_service import Service
from test_sync_subscriptions import Heard

from pyconvo.errors import ConversationsError, SyncError, SyncNetworkError, TransportUnavailableError
from pyconvo.sync import SyncDocument, SyncList, SyncMap


async def world(kind: str, **content: Any) -> tuple[Service, Any, Any, Heard]:
    service = Service()
    entity = service.make(kind, "thing", **content)
    await service.connect()
    handle = await service.run(getattr(service.sync, kind)("thing"))
    await service.host.advance(0.2)
    service.requests.clear()
    return service, entity, handle, Heard(handle)


def writes(service: Service) -> list[tuple[str, str, Any]]:
    return [(method, path.rsplit("/", 2)[-1], body) for method, path, body in service.requests if method != "GET"]


class TestDocument:
    async def test_set_is_local_and_its_echo_is_silent(self) -> None:
        service, _entity, document, heard = await world("document", data={"a": 1})
        assert isinstance(document, SyncDocument)
        assert await service.run(document.set({"a": 2}, ttl=60)) == {"a": 2}
        await service.host.settle()
        assert heard == [("updated", {"a": 2}, True)]
        assert writes(service)[0][2] == {"data": {"a": 2}, "ttl": 60}
        assert (document.data, document.revision, document.last_event_id) == ({"a": 2}, "1", 1)

    async def test_remote_changes(self) -> None:
        service, entity, document, heard = await world("document", data={"a": 1})
        service.write(entity, {"a": 5})
        service.publish(entity, -1)
        await service.host.settle()
        assert heard == [("updated", {"a": 5}, False)]
        assert document.date_updated.isoformat() == "2024-05-01T10:00:00+00:00"

    async def test_an_event_before_the_answer_makes_the_write_remote(self) -> None:
        service, entity, document, heard = await world("document", data={"a": 1})

        service.latency = 0.1
        service.write(entity, {"a": 2})  # comes while our write is on its way, and is its echo
        service.override = lambda method, *_: (200, entity.describe()) if method == "POST" else None
        assert await service.run(document.set({"a": 2}), seconds=0.2) == {"a": 2}
        assert heard == [("updated", {"a": 2}, False)]

    async def test_update_merges_and_carries_the_revision(self) -> None:
        service, _entity, document, _heard = await world("document", data={"a": 1, "b": 2})
        seen: list[Any] = []
        service.override = lambda method, path, request, body: seen.append(request["headers"].get("If-Match"))  # type: ignore[func-returns-value]
        assert await service.run(document.update({"b": 3})) == {"a": 1, "b": 3}
        assert seen == ["0"]

    async def test_a_conflict_reads_and_tries_again(self) -> None:
        service, entity, document, heard = await world("document", data={"n": 1})
        conflicts = [True]

        def conflict(method: str, path: str, request: Any, body: Any) -> tuple[int, Any] | None:
            if method == "POST" and conflicts:
                conflicts.clear()
                service.write(entity, {"n": 10}, publish=False)
                return 412, {"message": "revision"}
            return None

        service.override = conflict
        assert await service.run(document.mutate(lambda data: {"n": data["n"] + 1}, ttl=5)) == {"n": 11}
        assert heard == [("updated", {"n": 10}, False), ("updated", {"n": 11}, True)]
        assert writes(service)[-1][2] == {"data": {"n": 11}, "ttl": 5}

    async def test_a_mutator_may_decline(self) -> None:
        service, _entity, document, heard = await world("document", data={"n": 1})
        assert await service.run(document.mutate(lambda data: None)) == {"n": 1}
        assert (writes(service), heard) == ([], [])

    async def test_a_write_to_a_removed_document(self) -> None:
        service, _entity, document, heard = await world("document")
        service.override = lambda method, *_: (404, {"code": 54100, "message": "gone"}) if method == "POST" else None
        with pytest.raises(SyncError, match=r"gone \(status: 404, code: 54100\)"):
            await service.run(document.set({}))
        assert heard == [("removed", False)]
        with pytest.raises(SyncError, match="has been removed"):
            await service.run(document.set({}))

    async def test_three_sets_at_once_are_two_writes(self) -> None:
        service, _entity, document, _heard = await world("document")
        results = await service.run(asyncio.gather(*(document.set({"n": n}, ttl=9 - n) for n in range(3))))  # type: ignore[arg-type]
        assert [body for _, _, body in writes(service)] == [{"data": {"n": 0}, "ttl": 9}, {"data": {"n": 2}, "ttl": 7}]
        assert results == [{"n": 0}, {"n": 2}, {"n": 2}]

    async def test_a_removal_is_told_once(self) -> None:
        service, entity, document, heard = await world("document", data={"a": 1})
        event = {"event_type": "document_removed", "event": {"document_sid": entity.sid}}
        service.notify("com.twilio.rtd.cds.document", event)
        service.notify("com.twilio.rtd.cds.document", event)
        await service.host.settle()
        assert heard == [("removed", False)]
        assert document.data == {"a": 1}

    async def test_a_closed_handle_is_no_use(self) -> None:
        _service, _entity, document, _heard = await world("document")
        document.close()
        with pytest.raises(ConversationsError, match="closed object"):
            await document.set({})


class TestList:
    async def test_push_set_update_remove(self) -> None:
        service, _entity, items, heard = await world("list", items={0: {"n": 0}})
        assert isinstance(items, SyncList)
        assert (await service.run(items.push({"n": 1}))).index == 1
        item = await service.run(items.set(1, {"n": 2}))
        assert (await service.run(items.update(1, {"m": 3}))) is item
        await service.run(items.remove(1))
        await service.host.settle()
        assert heard == [
            ("item_added", 1, {"n": 1}, True),
            ("item_updated", 1, {"n": 2}, True),
            ("item_updated", 1, {"n": 2, "m": 3}, True),
            ("item_removed", 1, True),
        ]
        assert [(method, body) for method, _, body in writes(service)] == [
            ("POST", {"data": {"n": 1}}),
            ("POST", {"data": {"n": 2}}),
            ("POST", {"data": {"n": 2, "m": 3}}),
            ("DELETE", None),
        ]

    async def test_removed_and_missing_items_are_the_same(self) -> None:
        service, entity, items, heard = await world("list", items={0: {}})
        service.remove(entity, 0)
        await service.host.settle()
        for index in (0, 7):
            with pytest.raises(SyncError) as caught:
                await service.run(items.get(index))
            assert (caught.value.status, caught.value.code) == (404, 54151)
        assert heard == [("item_removed", 0, False)]

    async def test_stale_and_repeated_events_are_no_news(self) -> None:
        service, entity, _items, heard = await world("list")
        service.put(entity, 0, {"n": 0})
        service.put(entity, 0, {"n": 1})
        service.publish(entity, 0)
        service.remove(entity, 0)
        for index in (0, 1, 2):
            service.publish(entity, index)
        await service.host.settle()
        assert heard == [
            ("item_added", 0, {"n": 0}, False),
            ("item_updated", 0, {"n": 1}, False),
            ("item_removed", 0, False),
        ]

    async def test_an_added_item_that_is_known_was_updated(self) -> None:
        service, entity, items, heard = await world("list", items={0: {"n": 0}})
        await service.run(items.get(0))
        service.put(entity, 0, {"n": 1}, publish=False)
        entity.events[-1]["event_type"] = "list_item_added"
        service.publish(entity, -1)
        await service.host.settle()
        assert heard == [("item_updated", 0, {"n": 1}, False)]

    async def test_reading_a_newer_item_is_an_update(self) -> None:
        service, entity, items, heard = await world("list", items={0: {"n": 0}})
        item = await service.run(items.get(0))
        service.put(entity, 0, {"n": 1}, publish=False)
        await service.run(items.get_items())
        assert heard == [("item_updated", 0, {"n": 1}, False)]
        assert item.data == {"n": 1}


class TestMap:
    async def test_set_tells_new_from_old(self) -> None:
        service, _entity, table, heard = await world("map")
        assert isinstance(table, SyncMap)
        await service.run(table.set("a/b c", {"n": 1}))
        await service.run(table.set("a/b c", {"n": 2}))
        await service.host.settle()
        assert heard == [("item_added", "a/b c", {"n": 1}, True), ("item_updated", "a/b c", {"n": 2}, True)]
        assert service.requests[0][1].endswith("/Items/a%2Fb%20c")

    async def test_mutate_makes_what_is_not_there(self) -> None:
        service, _entity, table, heard = await world("map")
        matches: list[Any] = []

        def watch(method: str, path: str, request: Any, body: Any) -> tuple[int, Any] | None:
            if method != "PUT":
                return None
            matches.append(request["headers"].get("If-Match"))
            if len(matches) == 1:
                service.put(service.entities["thing"], "k", {"from": "elsewhere"}, publish=False)
                return 412, {}
            return None

        service.override = watch
        item = await service.run(table.update("k", {"n": 1}))
        assert item.data == {"from": "elsewhere", "n": 1}
        assert matches == ["-1", "1"]
        assert heard[-1] == ("item_updated", "k", {"from": "elsewhere", "n": 1}, True)

    async def test_missing_keys(self) -> None:
        service, _entity, table, _heard = await world("map")
        with pytest.raises(SyncError) as caught:
            await service.run(table.get("nobody"))
        assert (caught.value.status, caught.value.code) == (404, 54201)


class TestRequests:
    async def test_unknown_objects(self) -> None:
        service = Service()
        await service.connect()
        with pytest.raises(SyncError, match=r"Unique name not found \(status: 404, code: 54300\)"):
            await service.run(service.sync.document("nothing"))
        with pytest.raises(SyncError):
            await service.run(service.sync.document(""))

    async def test_an_unavailable_service_is_asked_five_times(self) -> None:
        service = Service()
        await service.connect()
        times: list[float] = []
        start = service.host.time

        def busy(*_: Any) -> tuple[int, Any]:
            times.append(round(service.host.time - start, 3))
            return 503, {}

        service.override = busy
        with pytest.raises(SyncError, match="Maximum attempt time limit reached"):
            await service.run(service.sync.document("x"), seconds=95)
        assert times == [0, 4, 12, 28, 60]

    @pytest.mark.parametrize(("status", "expected"), [(409, SyncNetworkError), (400, SyncError), (500, SyncError)])
    async def test_other_failures_are_told_at_once(self, status: int, expected: type[Exception]) -> None:
        service = Service()
        await service.connect()
        service.override = lambda *_: (status, {"code": 1, "message": "text"})
        with pytest.raises(expected, match=rf"text \(status: {status}, code: 1\)"):
            await service.run(service.sync.document("x"))
        assert len(service.requests) == 1

    async def test_a_read_survives_the_loss_of_its_connection(self) -> None:
        service = Service()
        service.make("document", "thing", data={"a": 1})
        await service.connect()
        task = asyncio.ensure_future(service.sync.document("thing"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await service.reconnect()
        assert (await service.run(asyncio.wait_for(task, None))).data == {"a": 1}

    async def test_a_write_does_not(self) -> None:
        service, _entity, document, _heard = await world("document")
        task = asyncio.ensure_future(document.set({}))
        for _ in range(3):
            await asyncio.sleep(0)
        service.host.socket.drop()
        with pytest.raises(SyncError, match=r"disconnected \(status: 0, code: 0\)"):
            await service.run(asyncio.wait_for(task, None))

    async def test_without_a_connection_to_come(self) -> None:
        service = Service()
        await service.connect()
        await service.run(service.client.disconnect())
        with pytest.raises(TransportUnavailableError):
            await service.run(service.sync.document("thing"))


async def test_after_shutdown_nothing_is_left() -> None:
    service, entity, _items, heard = await world("list")
    service.sync.shutdown()
    await service.run(service.client.disconnect())
    service.put(entity, 0, {})
    await service.host.settle()
    assert heard == []
    assert service.host.pending_timers == 0
    assert service.client.listener_count("message") == 0
