"""Webhooks as a receiver sees them: parameters, signature, order, time-outs, retries, and the control plane."""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

import httpx
import pytest
from core_wire import Wire
from hook_server import HookServer
from hook_server import hooks as hooks
from hook_world import BASE, bodies, room, say, status

from pyconvo.emulator.config import ACCOUNT_SID, SERVICE_SID
from pyconvo.testing import Emulator
from pyconvo.testing.emulator import EmulatorError

# -- told


async def test_a_clients_day_as_webhooks_tell_it(emulator: Emulator, hooks: HookServer) -> None:
    emulator.set_webhooks(post=hooks.url + "/post")
    async with Wire.login(emulator, "alice") as alice:
        created = await alice.request("POST", BASE, {"friendly_name": "Tea", "attributes": '{"a":1}'})
        sid = created.payload["sid"]
        conversation = f"{BASE}/{sid}"
        await alice.request("POST", f"{conversation}/Participants", {"identity": "alice"})
        await alice.request("POST", conversation, {"unique_name": "tea"})
        sent = await alice.request("POST", f"{conversation}/Messages", {"body": "hällo & so"})
        message = f"{conversation}/Messages/{sent.payload['sid']}"
        await alice.request("POST", message, {"body": "changed"})
        await alice.request("DELETE", message)
        await alice.request("POST", f"{conversation}/Participants/alice", {"attributes": "{}"})
        users = f"/Client/v2/Services/{SERVICE_SID}/Users/alice"
        await alice.request("POST", users, {"friendly_name": "Alice"})
        await alice.request("POST", f"{users}/Conversations/{sid}", {"last_read_message_index": 0})
        await alice.request("POST", f"{users}/Conversations/{sid}", {"notification_level": "muted"})
        await alice.request("POST", f"{conversation}/Participants", {"identity": "bob"})
        await alice.request("DELETE", f"{conversation}/Participants/bob")
        await alice.request("DELETE", conversation)
        emulator.webhooks()
        # Now: that alice is gone is one more thing to be told.
        received = list(hooks.received)
    assert all(one.genuine for one in received)
    # Order holds within a conversation, and among the users.
    told = [one for one in received if "ConversationSid" in one.form]
    assert [one.event for one in told] == [
        "onConversationAdded",
        "onParticipantAdded",
        "onConversationUpdated",
        "onMessageAdded",
        "onMessageUpdated",
        "onMessageRemoved",
        "onParticipantUpdated",
        "onParticipantUpdated",
        "onParticipantAdded",
        "onParticipantRemoved",
        "onConversationRemoved",
    ]
    users_told = [one.event for one in received if "UserSid" in one.form]
    assert users_told == ["onUserAdded", "onUserUpdated", "onUserUpdated", "onUserAdded"]
    for one in received:
        assert (one.method, one.path) == ("POST", "/post")
        assert one.form["AccountSid"] == ACCOUNT_SID
        assert one.form["ChatServiceSid"] == SERVICE_SID
        assert (one.form["Source"], one.form["ClientIdentity"]) == ("SDK", "alice")
        assert one.form["RetryCount"] == "0"
        assert one.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    added, joined, updated, message_added, edited, removed, _, read, *_ = [one.form for one in told]
    assert {name: added.get(name) for name in ("FriendlyName", "UniqueName", "Attributes", "State")} == {
        "FriendlyName": "Tea",
        "UniqueName": None,
        "Attributes": '{"a":1}',
        "State": "active",
    }
    assert updated["UniqueName"] == "tea"
    assert joined["Identity"] == "alice"
    assert joined["MessagingBinding.Type"] == "CHAT"
    assert joined["ParticipantSid"].startswith("MB")
    assert joined["RoleSid"].startswith("RL")
    assert (message_added["Body"], message_added["Author"], message_added["Index"]) == ("hällo & so", "alice", "0")
    assert message_added["ParticipantSid"] == joined["ParticipantSid"]
    assert message_added["MessageSid"] == sent.payload["sid"]
    assert message_added["Attributes"] == "{}"
    assert "DateUpdated" not in message_added
    assert "DateUpdated" in edited
    assert (edited["Body"], removed["Body"]) == ("changed", "changed")
    assert removed["DateRemoved"]
    assert read["LastReadMessageIndex"] == "0"


async def test_a_get_carries_everything_in_its_address(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(post=hooks.url + "/post?mine=1#rc=0", method="GET", filters=["onMessageAdded"])
    async with Wire.login(emulator, "alice") as alice:
        await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "hello"})
    (one,) = emulator.webhooks()
    (got,) = hooks.received
    assert (got.method, got.genuine, got.form["mine"], got.form["Body"]) == ("GET", True, "1", "hello")
    assert (one["result"], one["attempts"][0]["status"]) == ("delivered", 200)


@pytest.mark.parametrize("rest", ["", "/", "/a b", "/ä?q=ö&x", "/%20x"])
async def test_every_address_is_signed_as_its_receiver_sees_it(
    emulator: Emulator, hooks: HookServer, rest: str
) -> None:
    sid = room(emulator)
    async with Wire.login(emulator, "alice") as alice:
        for method in ("GET", "POST"):
            emulator.set_webhooks(post=hooks.url + rest, filters=["onMessageAdded"], method=method)
            await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "hällo"})
            emulator.webhooks()
    assert [(got.method, got.genuine) for got in hooks.received] == [("GET", True), ("POST", True)]


async def test_only_what_the_filters_name_is_sent(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(pre=hooks.url, post=hooks.url, filters=["onMessageAdd", "onParticipantRemoved"])
    async with Wire.login(emulator, "alice") as alice:
        await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "hello"})
        await alice.request("DELETE", f"{BASE}/{sid}/Participants/alice")
        emulator.webhooks()
    assert hooks.events() == ["onMessageAdd", "onParticipantRemoved"]


async def test_the_clock_tells_of_states(emulator: Emulator, hooks: HookServer) -> None:
    emulator.freeze()
    fixture = {"uniqueName": "room", "participants": ["alice"], "timers": {"inactive": 60, "closed": 600}}
    sid = emulator.seed({"conversations": [fixture]})["conversations"]["room"]
    emulator.set_webhooks(post=hooks.url, filters=["onConversationStateUpdated"])
    emulator.advance(61)
    async with Wire.login(emulator, "alice") as alice:
        await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "hello"})
    emulator.advance(700)
    emulator.webhooks()
    steps = [(one.form["StateFrom"], one.form["StateTo"], one.form["Reason"]) for one in hooks.received]
    assert steps == [
        ("active", "inactive", "TIMER"),
        ("inactive", "active", "EVENT"),
        ("active", "inactive", "TIMER"),
        ("inactive", "closed", "TIMER"),
    ]
    assert all(one.form["ConversationSid"] == sid and one.form["StateUpdated"] for one in hooks.received)


def test_the_service_itself_fires_nothing(emulator: Emulator, hooks: HookServer) -> None:
    emulator.set_webhooks(pre=hooks.url, post=hooks.url)
    sid = room(emulator)
    say(emulator, sid, "hello")
    assert emulator.webhooks() == []
    assert hooks.received == []


def test_servers_are_heard_when_they_ask_for_it(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(pre=hooks.url, post=hooks.url)
    hooks.answers.append((200, {"body": "decent"}, None))
    with httpx.Client(base_url=emulator.url, trust_env=False) as server:
        path, body = f"/emulator/conversations/{sid}/messages", {"author": "alice", "bodies": ["rude"]}
        assert server.post(path, json=body, headers={"X-Twilio-Webhook-Enabled": "true"}).status_code == 201
        assert server.post(path, json=body, headers={"X-Twilio-Webhook-Enabled": "false"}).status_code == 201
    emulator.webhooks()
    assert hooks.events() == ["onMessageAdd", "onMessageAdded"]
    assert all(got.form["Source"] == "API" and "ClientIdentity" not in got.form for got in hooks.received)
    assert bodies(emulator) == ["decent", "rude"]


def test_a_phone_is_heard(emulator: Emulator, hooks: HookServer) -> None:
    emulator.set_webhooks(pre=hooks.url, post=hooks.url)
    given = {"from": "+15550100", "to": "+15550199", "body": "hello", "autocreate": True}
    emulator.call("POST", "/emulator/inbound", given)
    emulator.webhooks()
    told = ["onConversationAdded", "onParticipantAdded", "onMessageAdded"]
    # Each question has the whole message carried out anew, and none is asked twice.
    assert hooks.events() == ["onConversationAdd", "onParticipantAdd", "onMessageAdd", *told]
    assert {got.form["Source"] for got in hooks.received} == {"SMS"}
    # What they are asked about has its name already.
    _, asked, question, _, added, _ = (got.form for got in hooks.received)
    assert asked["ConversationSid"] == question["ConversationSid"] == added["ConversationSid"]
    assert question["ParticipantSid"] == added["ParticipantSid"]
    last = hooks.received[-1].form
    assert (last["Author"], last["Body"]) == ("+15550100", "hello")
    assert len(emulator.state()["conversations"]) == 1


# -- time-outs and retries


async def test_retries_as_the_address_says(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(post=hooks.url + "/#rc=2&rp=5xx", filters=["onMessageAdded"])
    hooks.answers.extend([(503, None, None), (500, None, None), (200, None, None)])
    async with Wire.login(emulator, "alice") as alice:
        await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})
    (one,) = emulator.webhooks()
    assert (one["result"], [attempt["status"] for attempt in one["attempts"]]) == ("delivered", [503, 500, 200])
    assert [got.form["RetryCount"] for got in hooks.received] == ["0", "1", "2"]
    assert len({got.headers["I-Twilio-Idempotency-Token"] for got in hooks.received}) == 1
    assert all(got.genuine for got in hooks.received)


async def test_a_failure_is_not_repeated_unasked(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(post=hooks.url, filters=["onMessageAdded"])
    hooks.answers.append((500, "why", None))
    async with Wire.login(emulator, "alice") as alice:
        await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})
        await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "y"})
    first, second = emulator.webhooks()
    assert (first["result"], first["attempts"][0]["body"], second["result"]) == ("failed", '"why"', "delivered")
    assert [got.form["Body"] for got in hooks.received] == ["x", "y"]


async def test_nobody_listens(emulator: Emulator) -> None:
    sid = room(emulator)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        emulator.set_webhooks(pre=address, post=address, filters=["onMessageAdd", "onMessageAdded"])
        async with Wire.login(emulator, "alice") as alice:
            assert status(await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})) == 201
        asked, told = emulator.webhooks()
    # A connection that fails is tried once more.
    assert (asked["result"], len(asked["attempts"])) == ("unanswered", 2)
    assert (told["result"], len(told["attempts"])) == ("failed", 2)


async def test_a_slow_receiver_holds_up_neither_clients_nor_other_conversations(
    emulator: Emulator, hooks: HookServer
) -> None:
    emulator.set_webhooks(post=hooks.url, filters=["onMessageAdded"])
    made = emulator.seed({"conversations": [{"uniqueName": name, "participants": ["alice"]} for name in "ab"]})
    first, second = made["conversations"]["a"], made["conversations"]["b"]
    answer = threading.Event()
    hooks.answers.append((200, None, answer))
    async with Wire.login(emulator, "alice") as alice:
        for body in ("1", "2", "3"):
            await alice.request("POST", f"{BASE}/{first}/Messages", {"body": body})
            await hooks.came(1)
        await alice.request("POST", f"{BASE}/{second}/Messages", {"body": "other"})
        await hooks.came(2)
        assert [got.form["Body"] for got in hooks.received] == ["1", "other"]
        answer.set()
        emulator.webhooks()
    assert [got.form["Body"] for got in hooks.received if got.form["ConversationSid"] == first] == ["1", "2", "3"]


# -- the control plane


def test_settings_are_checked(emulator: Emulator) -> None:
    for bad in ({"post": "ftp://x"}, {"post": "nowhere"}, {"filters": ["onTuesday"]}, {"method": "PUT"}):
        with pytest.raises(EmulatorError):
            emulator.set_webhooks(**bad)
    settings = emulator.call("GET", "/emulator/webhooks")["settings"]
    assert all(one["post"] is None and one["filters"] == [] for one in settings)


async def test_receivers_inside_the_emulator(emulator: Emulator) -> None:
    sid = room(emulator)
    emulator.set_webhooks(pre=emulator.webhook_receiver("bouncer", status=403, times=1), filters=["onMessageAdd"])
    emulator.webhook_receiver("bouncer", body={"body": "better"})
    async with Wire.login(emulator, "alice") as alice:
        assert status(await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})) == 403
        assert status(await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})) == 201
    assert bodies(emulator) == ["better"]
    assert [one["result"] for one in emulator.webhooks()] == ["refused", "delivered"]


async def test_waiting_has_an_end(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(post=hooks.url, filters=["onMessageAdded"])
    answer = threading.Event()
    hooks.answers.append((200, None, answer))
    async with Wire.login(emulator, "alice") as alice:
        await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})
        with pytest.raises(EmulatorError, match="still on their way"):
            emulator.webhooks(wait=0.05)
        answer.set()
    assert len(emulator.webhooks()) == 1


async def test_a_reset_forgets_webhooks(emulator: Emulator, hooks: HookServer) -> None:
    sid = room(emulator)
    emulator.set_webhooks(post=hooks.url, filters=["onMessageAdded"])
    answer = threading.Event()
    hooks.answers.append((200, None, answer))
    async with Wire.login(emulator, "alice") as alice:
        await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})
        await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "y"})
        await hooks.came(1)
        emulator.reset()
        answer.set()
    assert emulator.webhooks() == []
    assert [got.form["Body"] for got in hooks.received] == ["x"]
    emulator.seed({"conversations": [{"uniqueName": "room", "participants": ["alice"]}]})
    assert emulator.call("GET", "/emulator/webhooks")["settings"][1]["post"] is None


def test_settings_outlive_a_restart(tmp_path: Any) -> None:
    path = str(tmp_path / "emulator.sqlite")
    with Emulator(db=path) as first:
        first.set_webhooks(post="http://127.0.0.1:9/", filters=["onMessageAdded"])
    with Emulator(db=path) as second:
        (_, service) = second.call("GET", "/emulator/webhooks")["settings"]
    assert json.loads(json.dumps(service))["post"] == "http://127.0.0.1:9/"
