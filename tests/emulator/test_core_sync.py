"""Sync through the socket: opening, paging, writing, subscriptions, replay, and the order of answers and events."""

from __future__ import annotations

from typing import Any

import pytest
from core_wire import Wire

from pyconvo.testing import Emulator
from pyconvo.twilsock.packet import Packet


def code(packet: Packet) -> int:
    return int(packet.header["http_status"]["code"])


async def a_map(wire: Wire, name: str, *keys: str) -> dict[str, Any]:
    """A map of the client's own, with one item for each key."""
    made = await wire.request("POST", "/v3/Maps", {"unique_name": name})
    assert code(made) == 201
    for key in keys:
        assert code(await wire.request("PUT", f"/v3/Maps/{name}/Items/{key}", {"data": {"key": key}})) == 201
    return dict(made.payload)


async def a_list(wire: Wire, name: str, length: int) -> dict[str, Any]:
    made = await wire.request("POST", "/v3/Lists", {"unique_name": name})
    for number in range(length):
        assert code(await wire.request("POST", f"/v3/Lists/{name}/Items", {"data": {"n": number}})) == 201
    return dict(made.payload)


# -- opening


async def test_an_object_opens_by_name_sid_and_its_own_url(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        made = (await wire.request("POST", "/v3/Documents", {"unique_name": "a b/ü", "data": {"x": 1}})).payload
        for path in (f"/v3/Documents/{made['sid']}", "/v3/Documents/a%20b%2F%C3%BC", made["url"].split(".com")[1]):
            opened = await wire.request("GET", path)
            assert code(opened) == 200
            assert opened.payload["data"] == {"x": 1}
            assert opened.payload["unique_name"] == "a b/ü"


@pytest.mark.parametrize(("kind", "error"), [("Documents", 54100), ("Lists", 54150), ("Maps", 54200)])
async def test_an_unknown_object_is_not_found(emulator: Emulator, kind: str, error: int) -> None:
    async with Wire.login(emulator, "alice") as wire:
        reply = await wire.request("GET", f"/v3/{kind}/nothing")
        assert (code(reply), reply.payload["code"], reply.payload["status"]) == (404, error, 404)
        items = await wire.request("GET", f"/v3/{kind}/nothing/Items")
        assert code(items) == 404


async def test_a_map_opens_with_its_items(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        await a_map(wire, "m", "b", "a")
        opened = (await wire.request("GET", "/v3/Maps/m", Include="items")).payload
        assert [item["key"] for item in opened["items"]] == ["a", "b"]
        assert "items" not in (await wire.request("GET", "/v3/Maps/m")).payload


async def test_what_the_service_made_only_the_service_changes(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        for method, path, body in (
            ("PUT", "/v3/Maps/alice.channels/Items/x", {"data": {}}),
            ("DELETE", "/v3/Maps/alice.channels", "ip_messaging"),
            ("POST", "/v3/Maps/alice.channels/Items", {"key": "x", "data": {}}),
        ):
            reply = await wire.request(method, path, body)
            assert (code(reply), reply.payload["code"]) == (403, 54007)
        assert code(await wire.request("GET", "/v3/Maps/alice.channels")) == 200


# -- items and pages


async def test_list_pages_run_in_number_order_both_ways(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        await a_list(wire, "l", 12)

        async def page(**params: Any) -> tuple[list[int], bool, bool]:
            body = (await wire.request("GET", "/v3/Lists/l/Items", HideExpired="true", **params)).payload
            meta = body["meta"]
            return [item["index"] for item in body["items"]], bool(meta["previous_token"]), bool(meta["next_token"])

        assert await page() == (list(range(12)), False, False)
        assert await page(PageSize="3", Order="desc") == ([11, 10, 9], False, True)
        assert await page(From="5", PageSize="3") == ([5, 6, 7], True, True)
        assert await page(From="2", PageSize="10", Order="desc") == ([2, 1, 0], True, False)
        assert await page(From="99", Order="desc", PageSize="2") == ([11, 10], False, True)
        assert await page(From="99") == ([], True, False)
        assert await page(Index="4") == ([4], False, False)
        assert await page(Index="40") == ([], False, False)
        assert await page(Index="9" * 40) == ([], False, False)


async def test_page_tokens_lead_through_everything_and_back(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        await a_map(wire, "m", *"gfedcba")
        seen: list[str] = []
        page = (await wire.request("GET", "/v3/Maps/m/Items", PageSize="3")).payload
        while True:
            seen += [item["key"] for item in page["items"]]
            token = page["meta"]["next_token"]
            if token is None:
                break
            page = (await wire.request("GET", "/v3/Maps/m/Items", PageToken=token)).payload
        assert seen == list("abcdefg")
        back = (await wire.request("GET", "/v3/Maps/m/Items", PageToken=page["meta"]["previous_token"])).payload
        assert [item["key"] for item in back["items"]] == ["d", "e", "f"]
        assert back["meta"]["previous_token"]
        assert back["meta"]["next_token"]


@pytest.mark.parametrize(
    "params",
    [{"PageSize": "0"}, {"PageSize": "-1"}, {"PageSize": "²"}, {"Order": "up"}, {"From": "x"}, {"PageToken": "x"}],
)
async def test_page_parameters_are_checked(emulator: Emulator, params: dict[str, str]) -> None:
    async with Wire.login(emulator, "alice") as wire:
        await a_list(wire, "l", 1)
        assert code(await wire.request("GET", "/v3/Lists/l/Items", **params)) == 400


async def test_at_most_a_hundred_items_a_page(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        await a_list(wire, "l", 103)
        body = (await wire.request("GET", "/v3/Lists/l/Items", PageSize="1000")).payload
        assert len(body["items"]) == 100
        assert body["meta"]["next_token"]


# -- writing


async def test_conditional_writes(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        made = (await wire.request("POST", "/v3/Documents", {"unique_name": "d", "data": {"n": 0}})).payload
        first = await wire.request(
            "POST", "/v3/Documents/d", {"data": {"n": 1}}, headers={"If-Match": made["revision"]}
        )
        assert code(first) == 200
        stale = await wire.request(
            "POST", "/v3/Documents/d", {"data": {"n": 2}}, headers={"If-Match": made["revision"]}
        )
        assert (code(stale), stale.payload["code"]) == (412, 54103)
        assert (await wire.request("GET", "/v3/Documents/d")).payload["data"] == {"n": 1}

        await a_map(wire, "m")
        absent = {"If-Match": "-1"}
        assert code(await wire.request("PUT", "/v3/Maps/m/Items/k", {"data": {"n": 1}}, headers=absent)) == 201
        assert code(await wire.request("PUT", "/v3/Maps/m/Items/k", {"data": {"n": 2}}, headers=absent)) == 412
        assert code(await wire.request("PUT", "/v3/Maps/m/Items/k", {"data": {"n": 3}})) == 200


async def test_names_are_unique_and_not_like_sids(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        await a_map(wire, "m", "k")
        again = await wire.request("POST", "/v3/Maps", {"unique_name": "m"})
        assert (code(again), again.payload["code"]) == (409, 54301)
        for name in ("MP" + "0" * 32, "x" * 321, 5):
            wrong = await wire.request("POST", "/v3/Maps", {"unique_name": name})
            assert (code(wrong), wrong.payload["code"]) == (400, 54302)
        taken = await wire.request("POST", "/v3/Maps/m/Items", {"key": "k", "data": {}})
        assert (code(taken), taken.payload["code"]) == (409, 54208)


async def test_removing_accepts_a_body_that_is_no_json(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        await a_map(wire, "m", "k")
        removed = await wire.request("DELETE", "/v3/Maps/m/Items/k", "ip_messaging")
        assert code(removed) == 200
        assert isinstance(removed.payload["last_event_id"], int)
        assert code(await wire.request("DELETE", "/v3/Maps/m/Items/k", "ip_messaging")) == 404
        assert code(await wire.request("DELETE", "/v3/Maps/m", "ip_messaging")) == 204
        assert code(await wire.request("GET", "/v3/Maps/m")) == 404


# -- subscriptions


async def test_subscribing_answers_then_establishes(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        made = await a_map(wire, "m", "k")
        reply = await wire.subscribe((made["sid"], None), correlation=1714557600123)
        assert code(reply) == 202
        assert reply.payload == {"estimated_delivery_in_ms": 10000, "max_batch_size": 1000}
        established = await wire.next()
        assert established.header["message_type"] == "twilio.sync.event"
        assert established.payload == {
            "event_type": "subscription_established",
            "correlation_id": 1714557600123,
            "event_protocol_version": 4,
            "events": [
                {"object_sid": made["sid"], "object_type": "map", "replay_status": "completed", "last_event_id": 1}
            ],
        }


async def test_the_answer_comes_before_the_event_it_causes(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire, Wire.login(emulator, "bob") as bob:
        made = await a_map(wire, "m")
        for one in (wire, bob):
            await one.subscribe((made["sid"], 0))
            await one.event("subscription_established")
        start = len(wire.received)
        await wire.request("PUT", "/v3/Maps/m/Items/k", {"data": {"n": 1}})
        await wire.event("map_item_added")
        assert [packet.method for packet in wire.received[start:]] == ["reply", "notification"]
        event = await bob.event("map_item_added")
        assert event.header["message_type"] == "com.twilio.rtd.cds.map"
        assert event.payload["event"]["item_key"] == "k"
        assert event.payload["event"]["id"] == 1


async def test_every_connection_sees_one_order(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as alice, Wire.login(emulator, "bob") as bob:
        made = await a_map(alice, "m")
        for one in (alice, bob):
            await one.subscribe((made["sid"], 0))
            await one.event("subscription_established")
        for number in range(40):
            writer = (alice, bob)[number % 2]
            body = {"data": {"n": number}}
            http = {"path": f"/v3/Maps/m/Items/k{number}", "method": "PUT", "headers": {}, "host": "cds"}
            await writer.send({"method": "message", "http_request": http}, body)
        for one in (alice, bob):
            ids = [(await one.event("map_item_added")).payload["event"]["id"] for _ in range(40)]
            assert ids == list(range(1, 41))


async def test_what_was_missed_is_replayed_before_the_subscription_stands(emulator: Emulator) -> None:
    async with Wire.login(emulator, "bob") as bob:
        made = await a_map(bob, "m", "a")
        async with Wire.login(emulator, "alice") as alice:
            await alice.subscribe((made["sid"], 1))
            await alice.event("subscription_established")
            assert emulator.drop("alice") == 1
            assert await alice.closed()
        await bob.request("PUT", "/v3/Maps/m/Items/b", {"data": {}})
        await bob.request("PUT", "/v3/Maps/m/Items/a", {"data": {"changed": True}})
        await bob.request("DELETE", "/v3/Maps/m/Items/b", "ip_messaging")
        async with Wire.login(emulator, "alice") as alice:
            await alice.subscribe((made["sid"], 1), correlation=7)
            replayed = [(await alice.next()) for _ in range(4)]
            assert [packet.payload["event_type"] for packet in replayed] == [
                "map_item_added",
                "map_item_updated",
                "map_item_removed",
                "subscription_established",
            ]
            assert {packet.payload["correlation_id"] for packet in replayed} == {7}
            assert {packet.header["message_type"] for packet in replayed} == {"twilio.sync.event"}
            assert [packet.payload["event"]["id"] for packet in replayed[:3]] == [2, 3, 4]


async def test_an_unknown_or_hidden_object_fails_to_subscribe(emulator: Emulator) -> None:
    async with Wire.login(emulator, "bob"), Wire.login(emulator, "alice") as alice:
        hidden = emulator.state()
        assert hidden["users"]
        async with Wire.login(emulator, "bob") as bob:
            theirs = (await bob.request("GET", "/v3/Maps/bob.channels")).payload["sid"]
        await alice.subscribe(("MP" + "0" * 32, 5), (theirs, 0))
        errors = [(await alice.event("subscription_failed")).payload["events"][0]["error"] for _ in range(2)]
        assert [(error["status"], error["code"]) for error in errors] == [(404, 54100), (403, 54007)]


async def test_after_cancelling_nothing_comes(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        made = await a_map(wire, "m")
        await wire.subscribe((made["sid"], 0))
        await wire.event("subscription_established")
        requests = [{"object_sid": made["sid"], "object_type": "map"}]
        body = {"action": "cancel", "correlation_id": 2, "requests": requests}
        assert code(await wire.request("POST", "/v4/Subscriptions", body)) == 202
        assert (await wire.event("subscription_canceled")).payload["events"] == requests
        await wire.request("PUT", "/v3/Maps/m/Items/k", {"data": {}})
        assert await wire.silence() == []


async def test_the_removal_of_an_object_is_the_last_that_is_heard(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        made = await a_map(wire, "m")
        await wire.subscribe((made["sid"], 0))
        await wire.request("DELETE", "/v3/Maps/m", "ip_messaging")
        assert (await wire.event("map_removed")).payload["event"]["map_sid"] == made["sid"]
        (connection,) = emulator.state()["connections"]
        assert connection["subscriptions"] == 0


@pytest.mark.parametrize(
    "body",
    [{}, {"action": "establish"}, {"action": "x", "correlation_id": 1, "requests": []}]
    + [{"action": "establish", "correlation_id": 1, "requests": wrong} for wrong in (None, 5, [5], [{}])],
)
async def test_a_malformed_subscription_is_refused(emulator: Emulator, body: dict[str, Any]) -> None:
    async with Wire.login(emulator, "alice") as wire:
        assert code(await wire.request("POST", "/v4/Subscriptions", body)) == 400
