"""A conversation's own webhooks: who is told of what, keywords, Studio, replay; and the rules for settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from domain_world import World
from domain_world import world as world
from hook_server import HookServer
from hook_server import hooks as hooks

from pyconvo.emulator.config import AUTH_TOKEN
from pyconvo.emulator.conversations import origin
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.webhooks import Webhooks
from pyconvo.emulator.webhooks.overrides import read_overrides
from pyconvo.emulator.webhooks.records import ACCOUNT

FLOW = "FW" + "0" * 32


@pytest_asyncio.fixture
async def webhooks(world: World) -> AsyncIterator[Webhooks]:
    made = Webhooks(world.model, AUTH_TOKEN, world.clock, lambda action: action())
    with origin.acting(origin.client("alice")):
        yield made
    await made.close()


def say(world: World, sid: str, body: str) -> None:
    with origin.acting(origin.client("alice")):
        world.model.messages.send("alice", sid, body=body)


async def sent(webhooks: Webhooks) -> list[dict[str, Any]]:
    assert await webhooks.deliveries.settle(10)
    return webhooks.deliveries.list()


async def test_a_webhook_hears_of_its_own_conversation(world: World, webhooks: Webhooks, hooks: HookServer) -> None:
    sid, other = world.room("alice", "bob"), world.room("alice")
    hook = webhooks.rules.create(
        sid, {"target": "webhook", "url": hooks.url + "/own", "filters": ["onMessageAdded", "onConversationRemoved"]}
    )
    say(world, sid, "hello")
    say(world, other, "elsewhere")
    with origin.acting(origin.client("alice")):
        world.model.participants.remove("alice", sid, "bob")
        world.model.conversations.delete("alice", sid)
    delivered = await sent(webhooks)
    assert [(one["event"], one["webhookSid"]) for one in delivered] == [
        ("onMessageAdded", hook.sid),
        ("onConversationRemoved", hook.sid),
    ]
    assert [(got.path, got.genuine) for got in hooks.received] == [("/own", True)] * 2
    # Its webhooks went with the conversation.
    assert webhooks.rules.of(sid) == []


async def test_a_trigger_hears_its_words(world: World, webhooks: Webhooks, hooks: HookServer) -> None:
    sid = world.room("alice")
    webhooks.rules.create(sid, {"target": "trigger", "url": hooks.url, "triggers": ["help", "human"], "method": "get"})
    for body in ("hello", "I need help, a human", "humane?", "HELP"):
        say(world, sid, body)
    await sent(webhooks)
    assert [(got.method, got.form["Body"]) for got in hooks.received] == [
        ("GET", "I need help, a human"),
        ("GET", "humane?"),
    ]


async def test_studio_is_noted_and_not_sent(world: World, webhooks: Webhooks) -> None:
    sid = world.room("alice")
    webhooks.rules.create(sid, {"target": "studio", "flow_sid": FLOW})
    say(world, sid, "hello")
    (one,) = await sent(webhooks)
    assert (one["target"], one["result"], one["attempts"]) == ("studio", "recorded", [])
    assert one["parameters"]["Body"] == "hello"


async def test_replay_begins_with_earlier_messages(world: World, webhooks: Webhooks, hooks: HookServer) -> None:
    sid = world.room("alice")
    for body in ("0", "1", "2"):
        say(world, sid, body)
    given = {"target": "webhook", "url": hooks.url, "filters": ["onMessageAdded"], "replay_after": 1}
    webhooks.replay(webhooks.rules.create(sid, given))
    say(world, sid, "3")
    await sent(webhooks)
    assert [got.form["Body"] for got in hooks.received] == ["1", "2", "3"]


async def test_the_services_own_address_goes_before_the_accounts(
    world: World, webhooks: Webhooks, hooks: HookServer
) -> None:
    sid = world.room("alice")
    webhooks.rules.update(ACCOUNT, {"post_webhook_url": hooks.url + "/account", "filters": ["onMessageAdded"]})
    say(world, sid, "1")
    own = {"post_webhook_url": hooks.url + "/service", "filters": ["onMessageAdded"]}
    webhooks.rules.update(webhooks.service_sid, own)
    await sent(webhooks)
    say(world, sid, "2")
    await sent(webhooks)
    webhooks.rules.update(webhooks.service_sid, {"post_webhook_url": ""})
    say(world, sid, "3")
    await sent(webhooks)
    assert [(got.path, got.form["Body"]) for got in hooks.received] == [
        ("/account", "1"),
        ("/service", "2"),
        ("/account", "3"),
    ]


async def test_a_receipt_is_told(world: World, webhooks: Webhooks, hooks: HookServer) -> None:
    sid = world.room("alice")
    say(world, sid, "hello")
    webhooks.rules.create(sid, {"target": "webhook", "url": hooks.url, "filters": ["onDeliveryUpdated"]})
    binding = {"address": "+15550100", "proxy_address": "+15550199"}
    participant = world.model.participants.add_non_chat(None, sid, binding)
    (message,) = world.model.messages.of(sid)
    receipt = {
        "sid": "DY" + "0" * 32,
        "channel_message_sid": "SM" + "0" * 32,
        "status": "failed",
        "error_code": 30003,
        "date_created": "2026-01-01T00:00:00Z",
        "date_updated": "2026-01-01T00:00:01Z",
    }
    about: dict[str, Any] = {"message": message, "participant": participant, "receipt": receipt}
    with origin.acting(origin.channel("sms")):
        world.model.events.emit("delivery.updated", conversation=world.model.conversations.get(sid), **about)
    await sent(webhooks)
    (got,) = hooks.received
    assert got.form == {
        "AccountSid": world.settings.account_sid,
        "ChatServiceSid": world.settings.service_sid,
        "EventType": "onDeliveryUpdated",
        "Source": "SMS",
        "ConversationSid": sid,
        "MessageSid": message.sid,
        "ParticipantSid": participant.sid,
        "DeliveryReceiptSid": receipt["sid"],
        "ChannelMessageSid": receipt["channel_message_sid"],
        "Status": "failed",
        "ErrorCode": "30003",
        "DateCreated": receipt["date_created"],
        "DateUpdated": receipt["date_updated"],
        "RetryCount": "0",
    }


async def test_participants_of_other_channels_and_media(world: World, webhooks: Webhooks, hooks: HookServer) -> None:
    sid = world.room("alice")
    webhooks.rules.create(
        sid, {"target": "webhook", "url": hooks.url, "filters": ["onParticipantAdded", "onMessageAdded"]}
    )
    binding = {"address": "whatsapp:+15550100", "proxy_address": "whatsapp:+15550199"}
    medium = world.model.media.upload("alice", "media", "image/png", "a.png", b"xyz")
    with origin.acting(origin.client("alice")):
        world.model.participants.add_non_chat("alice", sid, binding)
        world.model.messages.send("alice", sid, media_sids=[medium.sid])
    await sent(webhooks)
    added, message = (got.form for got in hooks.received)
    assert {key: value for key, value in added.items() if key.startswith("MessagingBinding")} == {
        "MessagingBinding.Type": "WHATSAPP",
        "MessagingBinding.Address": "whatsapp:+15550100",
        "MessagingBinding.ProxyAddress": "whatsapp:+15550199",
    }
    assert "Identity" not in added
    assert message["Media"] == (
        f'[{{"Sid": "{medium.sid}", "ContentType": "image/png", "Filename": "a.png", "Size": 3}}]'
    )
    assert "Body" not in message


WRONG: dict[str, tuple[dict[str, Any], int]] = {
    "no target": ({}, 50368),
    "unknown target": ({"target": "pigeon"}, 50364),
    "no url": ({"target": "webhook", "filters": ["onMessageAdded"]}, 50369),
    "url too long": ({"target": "webhook", "url": "http://x/" + "y" * 512, "filters": ["onMessageAdded"]}, 50372),
    "url of no web": ({"target": "webhook", "url": "mailto:x", "filters": ["onMessageAdded"]}, 50054),
    "port of no sense": ({"target": "webhook", "url": "http://x:99999/", "filters": ["onMessageAdded"]}, 50054),
    "no filters": ({"target": "webhook", "url": "http://x/"}, 50370),
    "before events": ({"target": "webhook", "url": "http://x/", "filters": ["onMessageAdd"]}, 50365),
    "unknown filter": ({"target": "webhook", "url": "http://x/", "filters": ["x"]}, 50365),
    "filters no list": ({"target": "webhook", "url": "http://x/", "filters": "onMessageAdded"}, 50054),
    "no words": ({"target": "trigger", "url": "http://x/"}, 50371),
    "empty word": ({"target": "trigger", "url": "http://x/", "triggers": [""]}, 50366),
    "long word": ({"target": "trigger", "url": "http://x/", "triggers": ["x" * 249]}, 50366),
    "many words": ({"target": "trigger", "url": "http://x/", "triggers": [str(n) for n in range(101)]}, 50362),
    "no flow": ({"target": "studio"}, 50367),
    "flow of no form": ({"target": "studio", "flow_sid": "FW1"}, 50367),
    "method": ({"target": "trigger", "url": "http://x/", "triggers": ["x"], "method": "PUT"}, 50055),
    "replay": ({"target": "studio", "flow_sid": FLOW, "replay_after": "soon"}, 50054),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_no_webhook(world: World, webhooks: Webhooks, name: str) -> None:
    given, code = WRONG[name]
    sid = world.room("alice")
    with pytest.raises(TwilioError) as caught:
        webhooks.rules.create(sid, given)
    assert (caught.value.status, caught.value.code) == (400, code)
    assert webhooks.rules.of(sid) == []


async def test_find_change_remove_and_the_sixth(world: World, webhooks: Webhooks) -> None:
    rules, sid = webhooks.rules, world.room("alice")
    made = [rules.create(sid, {"target": "studio", "flow_sid": FLOW}) for _ in range(5)]
    with pytest.raises(TwilioError) as caught:
        rules.create(sid, {"target": "studio", "flow_sid": FLOW})
    assert caught.value.code == 50361
    world.tick()
    changed = rules.change(sid, made[0].sid, {"flow_sid": "FW" + "1" * 32})
    assert changed.flow_sid == "FW" + "1" * 32
    assert changed.date_updated > changed.date_created
    assert rules.find(sid, made[0].sid) == changed
    rules.remove(sid, made[0].sid)
    for key, status, code in ((made[0].sid, 404, 50360), ("WH1", 400, 50363)):
        with pytest.raises(TwilioError) as caught:
            rules.find(sid, key)
        assert (caught.value.status, caught.value.code) == (status, code)
    with pytest.raises(TwilioError):
        rules.find(world.room("alice"), made[1].sid)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://x/", ("http://x/", 5.0, 5.0, 15.0, 1, {"ct"})),
        ("http://x/?a=b#rc=3&rp=5xx,rt&rt=200&ct=300&tt=900", ("http://x/?a=b", 0.3, 0.2, 0.9, 3, {"5xx", "rt"})),
        ("http://x/#rc=99&rt=1&ct=60000", ("http://x/", 5.0, 0.1, 15.0, 5, {"ct"})),
        ("http://x/#rc=-1&rp=never&rt=soon&sni=y", ("http://x/", 5.0, 5.0, 15.0, 1, {"ct"})),
    ],
)
def test_overrides(url: str, expected: tuple[Any, ...]) -> None:
    found = read_overrides(url)
    assert (found.url, found.connect, found.read, found.total, found.retries, set(found.policy)) == expected


@pytest.mark.parametrize(
    ("policy", "again"),
    [
        ("ct", {"refused"}),
        ("rt", {"silent"}),
        ("4xx", {404}),
        ("5xx", {500}),
        ("all", {"refused", "silent", 404, 500}),
    ],
)
def test_what_is_tried_again(policy: str, again: set[Any]) -> None:
    found = read_overrides(f"http://x/#rp={policy}")
    ends: dict[Any, tuple[int | None, bool]] = {"refused": (None, False), "silent": (None, True)}
    ends |= {status: (status, True) for status in (200, 302, 404, 500)}
    assert {
        name for name, (status, connected) in ends.items() if found.again(status=status, connected=connected)
    } == again
