"""The control plane: reset, seed, state, faults, connections, clock, log."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx
import pytest
from core_wire import Wire

from pyconvo.emulator.config import SERVICE_SID
from pyconvo.testing import Emulator
from pyconvo.testing.emulator import EmulatorError

TEAM: dict[str, Any] = {
    "conversations": [
        {"uniqueName": "team", "participants": [{"identity": "alice"}, {"identity": "bob"}], "messages": []}
    ]
}


async def send(wire: Wire, sid: str, body: str) -> int:
    reply = await wire.request(
        "POST", f"/Client/v2/Services/{SERVICE_SID}/Conversations/{sid}/Messages", {"body": body}
    )
    return int(reply.header["http_status"]["code"])


def team(emulator: Emulator) -> str:
    emulator.seed(TEAM)
    return str(emulator.state()["conversations"][0]["sid"])


def bodies(emulator: Emulator) -> list[str]:
    return [message["body"] for message in emulator.state()["conversations"][0]["messages"]]


# -- reset, seed, state


async def test_reset_forgets_everything_and_cuts_every_connection(emulator: Emulator) -> None:
    team(emulator)
    emulator.fault(on="init", action="respond", status=500)
    emulator.advance(86_400 * 30)
    async with Wire.open(emulator) as wire:
        await wire.init("x")
        emulator.reset()
        assert await wire.closed()
    state = emulator.state()
    assert (state["users"], state["conversations"], state["connections"], state["faults"]) == ([], [], [], [])
    assert emulator.log() == []
    assert abs(emulator.now() - time.time()) < 60


async def test_a_request_under_way_during_a_reset_leaves_no_trace(emulator: Emulator) -> None:
    sid = team(emulator)
    async with Wire.login(emulator, "alice") as wire:
        emulator.fault(on="request", action="delay", delay=0.05)
        http = {"path": f"/Client/v2/Services/{SERVICE_SID}/Conversations/{sid}/Messages", "method": "POST"}
        await wire.send({"method": "message", "http_request": http}, {"body": "late"})
        emulator.reset()
        assert await wire.closed()
    await asyncio.sleep(0.1)  # the delay itself is real time
    assert emulator.state()["users"] == []


def test_a_seed_makes_identifiers_repeatable(emulator: Emulator) -> None:
    def sids() -> list[str]:
        emulator.reset(seed=7)
        emulator.seed(TEAM)
        state = emulator.state()
        return [one["sid"] for one in state["users"] + state["conversations"]]

    assert sids() == sids()
    emulator.reset()


def test_what_makes_no_sense_is_refused_in_words(emulator: Emulator) -> None:
    for method, path, body in (
        ("POST", "/emulator/reset", {"seed": "x"}),
        ("POST", "/emulator/clock", {}),
        ("POST", "/emulator/clock", {"advance": -1}),
        ("POST", "/emulator/clock", {"advance": "soon"}),
        ("POST", "/emulator/clock", {"advance": 1e300}),
        ("POST", "/emulator/clock", {"set": 0}),
        ("POST", "/emulator/faults", {}),
        ("POST", "/emulator/faults", {"on": "request", "action": "explode"}),
        ("POST", "/emulator/faults", {"on": "request", "action": "respond", "times": "3"}),
        ("POST", "/emulator/faults", {"on": "request", "action": "respond", "path": "("}),
        ("POST", "/emulator/faults", {"on": "request", "action": "respond", "status": 7}),
        ("POST", "/emulator/faults", {"on": "request", "action": "delay", "delay": -1}),
        ("POST", "/emulator/faults", {"on": "connection", "action": "tickle"}),
        ("POST", "/emulator/faults", {"colour": "red"}),
        ("POST", "/emulator/connections/drop", {"count": -1}),
        ("POST", "/emulator/connections/drop", {"identity": 5}),
        ("POST", "/emulator/connections/close", {}),
        ("POST", "/emulator/seed", {"conversations": 5}),
        ("GET", "/emulator/log?after=x", None),
        ("GET", "/emulator/nothing", None),
        ("GET", "/token", None),
        ("GET", "/token?identity=a&ttl=never", None),
        ("GET", "/token?identity=a&ttl=nan", None),
        ("GET", "/token?identity=a&ttl=-5", None),
    ):
        with pytest.raises(EmulatorError, match=r".{10,}"):
            emulator.call(method, path, body)
    for text in (b"{", b"[1]", b'{"advance":NaN}', b"\xff"):
        answer = httpx.post(f"{emulator.url}/emulator/clock", content=text, trust_env=False)
        assert answer.status_code == 400


# -- connections


async def test_who_is_connected_is_told_without_everything_else(emulator: Emulator) -> None:
    sid = team(emulator)
    assert emulator.connections() == []
    async with Wire.login(emulator, "alice") as one, Wire.login(emulator, "bob"):
        made = (await one.request("POST", "/v3/Maps", {"unique_name": "m"})).payload
        await one.subscribe((made["sid"], None))
        await one.event("subscription_established")
        (alice,) = emulator.connections("alice")
        assert (alice["identity"], alice["subscriptions"]) == ("alice", 1)
        everybody = emulator.connections()
        assert [each["identity"] for each in everybody] == ["alice", "bob"]
        assert everybody == emulator.state()["connections"]
        assert emulator.connections("b&b") == []
        # Its size is that of the list, however much has been said.
        before = emulator.call("GET", "/emulator/connections")
        assert await send(one, sid, "hello") == 201
        assert emulator.call("GET", "/emulator/connections") == before == {"connections": everybody}


async def test_connections_are_dropped_by_identity_and_number(emulator: Emulator) -> None:
    login = Wire.login
    async with login(emulator, "alice") as one, login(emulator, "alice") as two, login(emulator, "bob") as bob:
        assert emulator.drop("nobody") == 0
        assert emulator.drop("alice", count=1) == 1
        assert await one.closed()
        assert await two.silence() == []
        assert emulator.drop() == 2
        assert await two.closed()
        assert await bob.closed()


@pytest.mark.parametrize(
    ("close", "text"),
    [
        (308, "OFFLOAD"),
        (401, "UNAUTHORIZED"),
        (406, "NOT_ACCEPTABLE_MESSAGE"),
        (410, "TOKEN_EXPIRED"),
        (417, "EXPECTATION_FAILED"),
        (499, "CLOSED"),
    ],
)
async def test_connections_are_closed_with_a_code(emulator: Emulator, close: int, text: str) -> None:
    async with Wire.login(emulator, "alice") as wire:
        policy = {"reconnect_min_ms": 300}
        assert emulator.close(close, identity="alice", backoff_policy=policy) == 1
        packet = await wire.next()
        assert packet.method == "close"
        assert (packet.header["status"]["code"], packet.header["status"]["status"]) == (close, text)
        assert packet.payload == {"backoff_policy": policy}
        assert await wire.closed()


async def test_closing_is_also_a_fault(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        emulator.fault(on="connection", action="close", code=308)
        assert (await wire.next()).header["status"]["code"] == 308


# -- faults


async def test_requests_are_refused_as_often_as_asked(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        emulator.fault(on="request", action="respond", status=429, times=2, skip=1, path="Configuration$", method="get")
        codes = []
        for _ in range(4):
            reply = await wire.request("GET", "/Client/v2/Configuration")
            codes.append((reply.header["http_status"]["code"], reply.payload.get("code")))
            assert (await wire.request("GET", "/v3/Maps/alice.channels")).header["http_status"]["code"] == 200
        assert codes == [(200, None), (429, 20429), (429, 20429), (200, None)]
        assert emulator.state()["faults"] == []


async def test_a_request_without_an_answer_does_not_hold_up_the_next(emulator: Emulator) -> None:
    sid = team(emulator)
    async with Wire.login(emulator, "alice") as wire:
        emulator.fault(on="request", action="ignore")
        http = {"path": f"/Client/v2/Services/{SERVICE_SID}/Conversations/{sid}/Messages", "method": "POST"}
        await wire.send({"method": "message", "http_request": http}, {"body": "ignored"})
        assert await send(wire, sid, "answered") == 201
        assert bodies(emulator) == ["answered"]


async def test_a_delayed_request_lets_the_others_pass(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        emulator.fault(on="request", action="delay", delay=0.05)
        http = {"path": "/Client/v2/Configuration", "method": "GET"}
        slow = await wire.send({"method": "message", "http_request": http})
        quick = await wire.send({"method": "message", "http_request": http})
        assert [(await wire.next()).id for _ in range(2)] == [quick, slow]


async def test_cut_before_and_after_the_request_is_carried_out(emulator: Emulator) -> None:
    sid = team(emulator)
    path = f"/Client/v2/Services/{SERVICE_SID}/Conversations/{sid}/Messages"
    for action in ("drop", "drop_after"):
        async with Wire.login(emulator, "alice") as wire:
            emulator.fault(on="request", action=action, method="POST", path="/Messages$")
            await wire.send({"method": "message", "http_request": {"path": path, "method": "POST"}}, {"body": action})
            assert await wire.closed()
            assert wire.received[1:] == []
    assert bodies(emulator) == ["drop_after"]


async def test_notifications_are_lost_and_doubled(emulator: Emulator) -> None:
    async with Wire.login(emulator, "alice") as wire:
        await wire.request("POST", "/v3/Maps", {"unique_name": "m"})
        made = (await wire.request("GET", "/v3/Maps/m")).payload
        await wire.subscribe((made["sid"], 0))
        await wire.event("subscription_established")
        emulator.fault(on="notification", action="lose", path="map_item_added")
        emulator.fault(on="notification", action="duplicate", path="map_item_added")
        for key in "abc":
            await wire.request("PUT", f"/v3/Maps/m/Items/{key}", {"data": {}})
        keys = [packet.payload["event"]["item_key"] for packet in await wire.silence()]
        assert keys == ["b", "b", "c"]


async def test_faults_can_be_meant_for_one_identity(emulator: Emulator) -> None:
    emulator.fault(on="init", action="respond", status=500, identity="alice")
    async with Wire.login(emulator, "bob"), Wire.open(emulator) as wire:
        assert (await wire.init(emulator.token("alice"))).header["status"]["code"] == 500
    emulator.fault(on="init", action="drop")
    emulator.clear_faults()
    async with Wire.login(emulator, "alice"):
        pass


async def test_a_login_without_an_answer_and_a_refused_update(emulator: Emulator) -> None:
    emulator.fault(on="init", action="ignore")
    async with Wire.open(emulator) as wire:
        await wire.send({"method": "init", "token": emulator.token("alice")})
        assert (await wire.init(emulator.token("alice"))).header["status"]["code"] == 200
        emulator.fault(on="update", action="respond", status=500)
        refused = await wire.call({"method": "update", "token": emulator.token("alice")})
        assert refused.header["status"]["code"] == 500


# -- clock, log


async def test_the_clock_moves_stops_and_runs_again(emulator: Emulator) -> None:
    emulator.freeze()
    start = emulator.now()
    emulator.advance(1000)
    assert emulator.now() == start + 1000
    assert emulator.call("POST", "/emulator/clock", {"set": start + 5000})["frozen"] is True
    assert emulator.now() == start + 5000
    emulator.resume()
    assert start + 5000 <= emulator.now() < start + 5060
    assert emulator.call("GET", "/emulator/clock")["iso"].endswith("Z")


async def test_the_log_is_readable_and_holds_no_token(emulator: Emulator) -> None:
    token = emulator.token("alice")
    async with Wire.open(emulator) as wire:
        await wire.init(token)
        await wire.request("GET", "/Client/v2/Configuration", headers={"X-Twilio-Token": token})
        await wire.call({"method": "update", "token": emulator.token("alice")})
    log = emulator.log()
    assert [(entry["dir"], entry["header"]["method"]) for entry in log[:4]] == [
        ("c>s", "init"),
        ("s>c", "reply"),
        ("c>s", "message"),
        ("s>c", "reply"),
    ]
    assert log[0]["header"]["token"] == "<token>"
    assert log[3]["identity"] == "alice"
    assert log[3]["payload"]["identity"] == "alice"
    text = json.dumps(log)
    assert token not in text
    assert "eyJ" not in text
    assert emulator.log(after=log[-1]["n"]) == []


def test_messages_from_the_service_together_update_the_conversation_once(emulator: Emulator) -> None:
    room = emulator.seed({"conversations": [{"uniqueName": "r", "participants": ["alice"], "messages": ["old"]}]})
    sid = room["conversations"]["r"]
    path = f"/emulator/conversations/{sid}/messages"
    made = emulator.call("POST", path, {"author": "alice", "bodies": ["a", "b"], "together": True})
    assert made == {"indexes": [1, 2]}
    assert emulator.call("POST", path, {"author": "alice", "bodies": ["c"]}) == {"indexes": [3]}
    (found,) = emulator.state()["conversations"]
    assert [one["body"] for one in found["messages"]] == ["old", "a", "b", "c"]
