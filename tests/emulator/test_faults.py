"""Faults on the wire: each strikes what it should, as often as it should, and says so."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest
from core_wire import Wire
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from pyconvo.emulator.config import SERVICE_SID
from pyconvo.emulator.faults.rule import COMMON, KNOWN, MALFORMED, Fault, FaultError
from pyconvo.testing import Emulator
from pyconvo.twilsock.packet import PacketError, decode

CONFIGURATION = "/Client/v2/Configuration"


async def keys(wire: Wire, *written: str) -> list[str]:
    """Write items of a map; what the connection heard of them, in order."""
    for key in written:
        await wire.request("PUT", f"/v3/Maps/m/Items/{key}", {"data": {}})
    return [packet.payload["event"]["item_key"] for packet in await wire.silence()]


async def subscribed(wire: Wire) -> None:
    sid = (await wire.request("POST", "/v3/Maps", {"unique_name": "m"})).payload["sid"]
    await wire.subscribe((sid, 0))
    await wire.event("subscription_established")


# -- what may be asked for


@pytest.mark.parametrize(
    ("description", "words"),
    [
        ({}, "unknown 'on'.*request.*notification"),
        ({"on": "request"}, "unknown action on request.*respond.*refuse"),
        ({"on": "request", "action": "lose"}, "known: .*drop_after"),
        ({"on": "notification", "action": "lose", "status": 500}, "notification lose has no status; known: .*path"),
        ({"on": "request", "action": "respond", "times": 0}, "'times' must be .*, at least 1"),
        ({"on": "request", "action": "respond", "times": True}, "'times' must be a whole number, or null"),
        ({"on": "request", "action": "respond", "probability": 2}, "at most 1"),
        ({"on": "request", "action": "respond", "path": "("}, "regular expression"),
        ({"on": "request", "action": "respond", "headers": {"a": 1}}, "object of texts"),
        ({"on": "network", "action": "delay", "direction": "sideways"}, "up, down, both"),
        ({"on": "network", "action": "delay", "delay": float("nan")}, "'delay'"),
        ({"on": "packet", "action": "malform", "how": "nicely"}, "bad_magic.*text_frame"),
        ({"on": ["request"], "action": {}}, "unknown 'on'"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_with_what_does(description: dict[str, Any], words: str) -> None:
    with pytest.raises(FaultError, match=words):
        Fault.parse(description)


def test_every_listed_field_is_one_of_a_fault() -> None:
    for on, actions in KNOWN.items():
        for action, fields in actions.items():
            fault = Fault.parse({"on": on, "action": action})
            for name in COMMON | fields:
                assert hasattr(fault, name), (on, action, name)


def test_chance_repeats_with_the_seed(emulator: Emulator) -> None:
    async def heard() -> list[str]:
        emulator.reset(seed=5)
        async with Wire.login(emulator, "alice") as wire:
            await subscribed(wire)
            emulator.faults.lose_notifications(times=None, probability=0.5)
            return await keys(wire, *"abcdefghijklmnop")

    first = asyncio.run(heard())
    assert 0 < len(first) < 16
    assert asyncio.run(heard()) == first


def test_a_fault_is_listed_counted_and_taken_back(emulator: Emulator) -> None:
    with emulator.faults.refuse_logins(500, "bob", times=3) as fault:
        (listed,) = emulator.faults.list()
        assert (listed["id"], listed["on"], listed["identity"], listed["times"]) == (fault.id, "init", "bob", 3)
        assert fault.struck == 0
    assert emulator.faults.list() == []


# -- notifications


async def test_notifications_are_lost_doubled_reordered_and_late(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        await subscribed(wire)
        lost = emulator.faults.lose_notifications("alice", "item_added", skip=1, times=2)
        assert await keys(wire, *"abcd") == ["a", "d"]
        assert lost.struck == 2
        emulator.faults.duplicate_notifications(copies=3)
        assert await keys(wire, *"ef") == ["e", "e", "e", "f"]
        emulator.faults.reorder_notifications(by=2)
        assert await keys(wire, *"ghij") == ["h", "i", "g", "j"]
        emulator.faults.reorder_notifications(patience=1.0)
        assert await keys(wire, "k") == []
        assert (await wire.event("map_item_added")).payload["event"]["item_key"] == "k"
        emulator.faults.delay_notifications(1.0)
        assert await keys(wire, *"lm") == ["m"]
        assert (await wire.event("map_item_added")).payload["event"]["item_key"] == "l"
        emulator.faults.lose_notifications(every=2, times=None)
        assert await keys(wire, *"nopqrs") == ["n", "p", "r"]
        emulator.faults.clear()
        assert await keys(wire, *"tu") == ["t", "u"]


# -- the line


async def test_latency_holds_up_each_way_and_keeps_the_order(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        for direction in ("up", "down"):
            with emulator.faults.latency(0.4, jitter=0.02, direction=direction, identity="alice"):  # type: ignore[arg-type]
                start = time.perf_counter()
                http = {"path": CONFIGURATION, "method": "GET"}
                sent = [await wire.send({"method": "message", "http_request": http}) for _ in range(5)]
                assert [(await wire.next()).id for _ in sent] == sent
                # All at once, not one after another: the line is long, not narrow.
                assert 0.4 <= time.perf_counter() - start < 1.6
        start = time.perf_counter()
        await wire.request("GET", CONFIGURATION)
        assert time.perf_counter() - start < 0.4


async def test_what_was_sent_before_the_end_is_carried_out(emulator: Emulator) -> None:
    emulator.faults.latency(0.05, direction="up")
    async with Wire.login(emulator, "alice") as wire:
        await wire.send(
            {"method": "message", "http_request": {"path": "/v3/Maps", "method": "POST"}}, {"unique_name": "late"}
        )
    emulator.faults.clear()
    async with Wire.login(emulator, "alice") as wire:
        for _ in range(100):
            if (await wire.request("GET", "/v3/Maps/late")).header["http_status"]["code"] == 200:
                return
            await asyncio.sleep(0.01)
    pytest.fail("the request was lost")


async def test_the_socket_is_cut_after_so_many_packets(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire, Wire.login(emulator, "bob") as other:
        emulator.faults.drop_after(4, identity="alice")
        for _ in range(2):
            await wire.request("GET", CONFIGURATION)
        await wire.send({"method": "message", "http_request": {"path": CONFIGURATION, "method": "GET"}})
        assert await wire.closed()
        assert await other.silence() == []


@pytest.mark.parametrize("how", MALFORMED)
async def test_packets_are_malformed(emulator: Emulator, how: str) -> None:
    async with connect(emulator.ws_url, proxy=None) as socket:
        wire = Wire(socket)
        await wire.init(emulator.token("alice"))
        assert emulator.faults.send_malformed(how, "alice") == 1  # type: ignore[arg-type]
        broken = await socket.recv()
        if how == "text_frame":
            assert isinstance(broken, str)
        elif how == "unknown_method":
            assert decode(bytes(broken)).method == "surprise"  # type: ignore[arg-type]
        elif how == "no_status":
            assert "status" not in decode(bytes(broken)).header  # type: ignore[arg-type]
        else:
            with pytest.raises(PacketError):
                decode(bytes(broken))  # type: ignore[arg-type]
        # In the place of a reply, and then the line is as before.
        emulator.faults.malform_packets(how, method="reply", extra=True)  # type: ignore[arg-type]
        sent = await wire.send({"method": "put_notification_ctx"})
        await socket.recv()
        assert (await wire.next()).id == sent


# -- requests


async def test_the_transport_refuses_with_a_hint(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        emulator.faults.refuse_requests(429, "Configuration", backoff_ms=1500)
        reply = await wire.request("GET", CONFIGURATION)
        assert reply.header["status"] == {"code": 429, "status": "TOO_MANY_REQUESTS", "errorCode": 51202}
        assert "http_status" not in reply.header
        assert reply.payload == {"backoff_policy": {"reconnect_min_ms": 1500}}
        emulator.faults.answer_requests(503, body={"message": "busy"}, headers={"retry-after": "3"})
        reply = await wire.request("GET", CONFIGURATION)
        assert (reply.header["http_status"]["code"], reply.payload) == (503, {"message": "busy"})
        assert reply.header["http_headers"] == {"retry-after": "3"}


# -- sockets, logins, tokens


async def test_sockets_do_not_open(emulator: Emulator) -> None:
    emulator.faults.refuse_sockets(503)
    with pytest.raises(InvalidStatus, match="503"):
        await connect(emulator.ws_url, proxy=None)
    emulator.faults.ignore_sockets()
    with pytest.raises(TimeoutError):
        await connect(emulator.ws_url, proxy=None, open_timeout=0.1)
    async with Wire.login(emulator, "alice"):
        pass


async def test_logins_are_refused_with_a_hint(emulator: Emulator) -> None:
    emulator.faults.refuse_logins(429, "alice", backoff_ms=2000)
    async with Wire.open(emulator) as wire:
        reply = await wire.init(emulator.token("alice"))
        assert reply.header["status"]["code"] == 429
        assert reply.payload == {"backoff_policy": {"reconnect_min_ms": 2000}}


async def test_a_continuation_token_expires(emulator: Emulator) -> None:
    async with Wire.open(emulator) as wire:
        first = (await wire.init(emulator.token("alice"))).header["continuation_token"]
    emulator.faults.expire_continuation("alice")
    async with Wire.open(emulator) as wire:
        header = (await wire.init(emulator.token("alice"), continuation_token=first)).header
        second = header["continuation_token"]
        assert second != first
        assert header["continuation_token_status"]["reissue_reason"] == "EXPIRED"
    async with Wire.open(emulator) as wire:
        header = (await wire.init(emulator.token("alice"), continuation_token=second)).header
        assert header["continuation_token_status"] == {"reissued": False}


async def test_tokens_expire_now(emulator: Emulator) -> None:
    token = emulator.token("alice")
    async with Wire.open(emulator) as wire, Wire.login(emulator, "bob") as other:
        await wire.init(token)
        assert emulator.faults.warn_of_expiry("alice") == 1
        assert (await wire.next()).header["client_update_type"] == "token_about_to_expire"
        assert emulator.faults.expire_tokens("alice") == 1
        assert (await wire.next()).header["status"]["code"] == 410
        assert await wire.closed()
        assert await other.silence() == []
    async with Wire.open(emulator) as wire:
        assert (await wire.init(token)).header["status"]["errorCode"] == 20104
    async with Wire.open(emulator) as wire:
        assert (await wire.init(emulator.token("alice"))).header["status"]["code"] == 200


# -- direct requests


async def upload(emulator: Emulator, content: bytes) -> httpx.Response:
    headers = {"x-twilio-token": emulator.token("alice"), "content-type": "application/octet-stream"}
    async with httpx.AsyncClient(trust_env=False) as http:
        return await http.post(f"{emulator.url}/v1/Services/{SERVICE_SID}/Media", content=content, headers=headers)


async def download(http: httpx.AsyncClient, url: str, received: list[bytes]) -> None:
    async with http.stream("GET", url) as answer:
        async for chunk in answer.aiter_raw():
            received.append(chunk)


async def test_media_are_cut_at_a_byte(emulator: Emulator) -> None:
    content = bytes(range(256)) * 2000
    made = (await upload(emulator, content)).json()
    headers = {"x-twilio-token": emulator.token("alice")}
    emulator.faults.cut_upload(100_000)
    with pytest.raises(httpx.TransportError):
        await upload(emulator, content)
    assert (await upload(emulator, content)).status_code == 201
    async with httpx.AsyncClient(trust_env=False) as http:
        links = (await http.get(made["url"], headers=headers)).json()["links"]
        for offset in (0, 300_001):
            emulator.faults.cut_download(offset)
            received: list[bytes] = []
            with pytest.raises(httpx.RemoteProtocolError):
                await download(http, links["content_direct_temporary"], received)
            assert b"".join(received) == content[:offset]
        assert (await http.get(links["content_direct_temporary"])).content == content


async def test_any_direct_request_can_be_refused_but_the_control_plane(emulator: Emulator) -> None:
    with emulator.faults.answer_http(429, headers={"retry-after": "1"}, times=None):
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.get(f"{emulator.url}/token?identity=alice")
            assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (429, 20429, "1")
    assert emulator.token("alice")
