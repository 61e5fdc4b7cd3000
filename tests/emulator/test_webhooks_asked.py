"""Webhooks that are asked before something happens: they change it, refuse it, take their time, or say nothing."""

from __future__ import annotations

import threading

import pytest
from core_wire import Wire
from hook_server import HookServer
from hook_server import hooks as hooks
from hook_world import BASE, bodies, room, status

from pyconvo.testing import Emulator


async def test_an_answer_changes_what_is_published(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator, "bob")
    emulator.set_webhooks(pre=hooks.url, filters=["onMessageAdd", "onMessageUpdate", "onConversationUpdate"])
    hooks.answers.append((200, {"body": "decent", "author": "bob", "attributes": '{"was":"rude"}'}, None))
    hooks.answers.append((200, {"body": "once more"}, None))
    hooks.answers.append((200, {"friendly_name": "Decent", "body": "ignored"}, None))
    async with Wire.login(emulator, "alice") as alice:
        sent = await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "rude"})
        assert (status(sent), sent.payload["body"], sent.payload["author"]) == (201, "decent", "bob")
        assert sent.payload["attributes"] == '{"was":"rude"}'
        hers = await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "again"})
        assert hers.payload["body"] == "once more"
        named = await alice.request("POST", f"{BASE}/{sid}", {"friendly_name": "Rude", "attributes": "{}"})
        assert named.payload["friendly_name"] == "Decent"
    asked = hooks.received[0].form
    assert (asked["Body"], asked["Author"]) == ("rude", "alice")
    assert not asked.keys() & {"MessageSid", "Index", "DateCreated"}
    first = emulator.state()["conversations"][0]["messages"][0]
    assert (first["author"], first["index"]) == ("bob", 0)


@pytest.mark.parametrize("answer", [403, 404, 500])
async def test_a_refusal_reaches_the_sdk_and_publishes_nothing(
    emulator: Emulator, hooks: HookServer, answer: int
) -> None:
    sid = room(emulator)
    emulator.set_webhooks(pre=hooks.url, post=hooks.url)
    async with Wire.login(emulator, "alice") as alice:
        emulator.webhooks()
        hooks.received.clear()
        hooks.answers.append((answer, {"body": "not this"}, None))
        refused = await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "rude"})
        assert status(refused) == 403
        assert refused.payload["code"] == 50107
        assert refused.payload["message"] == "Webhook cancelled processing of command"
        assert await alice.silence() == []
        assert hooks.events() == ["onMessageAdd"]
        assert [one["result"] for one in emulator.webhooks()][-1] == "refused"
    assert bodies(emulator) == []


async def test_an_answer_that_breaks_a_rule_is_the_clients_error(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(pre=hooks.url, filters=["onMessageAdd"])
    hooks.answers.append((200, {"attributes": "no JSON"}, None))
    async with Wire.login(emulator, "alice") as alice:
        refused = await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})
        assert (status(refused), refused.payload["code"]) == (400, 50304)
    assert bodies(emulator) == []


@pytest.mark.parametrize("answer", [b"", b"no JSON", b"[1]", b"null", b'{"body": null}', b'{"other": 1}'])
async def test_an_answer_without_amendments_lets_it_pass(emulator: Emulator, hooks: HookServer, answer: bytes) -> None:
    sid = room(emulator)
    emulator.set_webhooks(pre=hooks.url, filters=["onMessageAdd"])
    hooks.answers.append((200, answer, None))
    async with Wire.login(emulator, "alice") as alice:
        assert status(await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})) == 201
    assert bodies(emulator) == ["x"]


async def test_what_the_rules_refuse_is_not_asked(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(pre=hooks.url, filters=["onMessageAdd"])
    async with Wire.login(emulator, "mallory") as mallory:
        refused = await mallory.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})
        assert (status(refused), refused.payload["code"]) == (403, 50430)
    assert emulator.webhooks() == []


async def test_the_world_may_change_while_a_webhook_thinks(emulator: Emulator, hooks: HookServer) -> None:
    """The rules are checked again afterwards, and nobody else has waited."""
    sid = room(emulator, "bob")
    emulator.set_webhooks(pre=hooks.url, filters=["onMessageAdd"])
    answer = threading.Event()
    hooks.answers.append((200, None, answer))
    async with Wire.login(emulator, "alice") as alice, Wire.login(emulator, "bob") as bob:
        hers = await alice.send(
            {
                "method": "message",
                "http_request": {"host": "aim", "path": f"{BASE}/{sid}/Messages", "method": "POST", "params": {}},
                "payload_type": "application/json",
            },
            {"body": "slow"},
        )
        await hooks.came(1)
        # Alice's own connection and everybody else's go on.
        assert await alice.silence() == []
        assert status(await bob.request("GET", f"{BASE}/{sid}")) == 200
        emulator.call("POST", f"/emulator/conversations/{sid}/state", {"state": "closed"})
        answer.set()
        reply = await alice.expect(lambda packet: packet.method == "reply" and packet.id == hers)
        assert (status(reply), reply.payload["code"]) == (400, 50377)
    assert bodies(emulator) == []


async def test_who_asked_may_be_gone_by_then(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(pre=hooks.url, post=hooks.url, filters=["onMessageAdd", "onMessageAdded"])
    answer = threading.Event()
    hooks.answers.append((200, {"body": "decent"}, answer))
    http = {"host": "aim", "path": f"{BASE}/{sid}/Messages", "method": "POST", "params": {}}
    async with Wire.login(emulator, "alice") as alice:
        await alice.send({"method": "message", "http_request": http, "payload_type": "application/json"}, {"body": "x"})
        await hooks.came(1)
        emulator.drop("alice")
        assert await alice.closed()
    answer.set()
    await hooks.came(2)
    emulator.webhooks()
    assert bodies(emulator) == ["decent"]


async def test_a_reset_while_a_webhook_thinks(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(pre=hooks.url, filters=["onMessageAdd"])
    answer = threading.Event()
    hooks.answers.append((200, None, answer))
    http = {"host": "aim", "path": f"{BASE}/{sid}/Messages", "method": "POST", "params": {}}
    async with Wire.login(emulator, "alice") as alice:
        await alice.send({"method": "message", "http_request": http, "payload_type": "application/json"}, {"body": "x"})
        await hooks.came(1)
        emulator.reset()
        emulator.seed({"conversations": [{"sid": sid, "participants": ["alice"]}]})
        answer.set()
    async with Wire.login(emulator, "alice") as alice:
        assert await alice.silence() == []
    assert bodies(emulator) == []


async def test_a_receiver_that_does_not_keep_up(
    emulator: Emulator, hooks: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pyconvo.emulator.webhooks.engine.LONGEST_QUEUE", 1)
    sid = room(emulator)
    emulator.set_webhooks(post=hooks.url, filters=["onMessageAdded"])
    answer = threading.Event()
    hooks.answers.append((200, None, answer))
    async with Wire.login(emulator, "alice") as alice:
        for body in ("sent", "waits", "lost"):
            await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": body})
            await hooks.came(1)
    answer.set()
    results = {one["parameters"]["Body"]: one["result"] for one in emulator.webhooks()}
    assert results == {"sent": "delivered", "waits": "delivered", "lost": "failed"}


async def test_without_an_answer_in_time_it_is_published(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(pre=hooks.url + "/#rt=100", filters=["onMessageAdd"])
    answer = threading.Event()
    hooks.answers.append((500, None, answer))
    async with Wire.login(emulator, "alice") as alice:
        assert status(await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})) == 201
    answer.set()
    (one,) = emulator.webhooks()
    assert one["result"] == "unanswered"
    assert [attempt["error"] for attempt in one["attempts"]] == ["no answer within 0.1 seconds"]
    assert bodies(emulator) == ["x"]


async def test_the_same_mutation_twice_is_done_once(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(pre=hooks.url, filters=["onMessageAdd"])
    headers = {"X-Twilio-Mutation-Id": "m1"}
    async with Wire.login(emulator, "alice") as alice:
        first = await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"}, headers=headers)
        again = await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"}, headers=headers)
    assert (status(first), status(again)) == (201, 202)
    assert hooks.events() == ["onMessageAdd"]
    assert bodies(emulator) == ["x"]
