"""The webhook resources, through Twilio's own library for servers."""

from __future__ import annotations

import httpx
import pytest
from core_wire import Wire
from hook_server import HookServer
from hook_server import hooks as hooks
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from pyconvo.emulator.config import ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, AUTH_TOKEN, SERVICE_SID
from pyconvo.testing import Emulator


@pytest.fixture
def server(emulator: Emulator) -> Client:
    client = Client(ACCOUNT_SID, AUTH_TOKEN)
    client.conversations.base_url = emulator.url
    return client


def room(emulator: Emulator) -> str:
    return str(
        emulator.seed({"conversations": [{"uniqueName": "room", "participants": ["alice"]}]})["conversations"]["room"]
    )


async def say(emulator: Emulator, sid: str, *bodies: str) -> None:
    async with Wire.login(emulator, "alice") as alice:
        for body in bodies:
            path = f"/Client/v2/Services/{SERVICE_SID}/Conversations/{sid}/Messages"
            await alice.request("POST", path, {"body": body})


async def test_the_accounts_configuration(emulator: Emulator, server: Client, hooks: HookServer) -> None:
    configuration = server.conversations.v1.configuration.webhooks()
    empty = configuration.fetch()
    assert (empty.pre_webhook_url, empty.post_webhook_url, empty.filters, empty.method) == (None, None, [], "POST")
    assert (empty.account_sid, empty.target) == (ACCOUNT_SID, "webhook")
    made = configuration.update(
        post_webhook_url=hooks.url, filters=["onMessageAdded", "onMessageUpdated"], method="GET", target="webhook"
    )
    assert (made.post_webhook_url, made.filters, made.method) == (
        hooks.url,
        ["onMessageAdded", "onMessageUpdated"],
        "GET",
    )
    # What is not named stays as it is.
    kept = configuration.update(method="POST")
    assert (kept.post_webhook_url, kept.filters) == (hooks.url, ["onMessageAdded", "onMessageUpdated"])
    await say(emulator, room(emulator), "hello")
    emulator.webhooks()
    assert [(got.event, got.method, got.genuine) for got in hooks.received] == [("onMessageAdded", "POST", True)]


async def test_a_services_configuration(emulator: Emulator, server: Client, hooks: HookServer) -> None:
    configuration = server.conversations.v1.services(SERVICE_SID).configuration.webhooks()
    assert configuration.fetch().chat_service_sid == SERVICE_SID
    made = configuration.update(pre_webhook_url=hooks.url, filters=["onMessageAdd"])
    assert (made.pre_webhook_url, made.filters, made.account_sid) == (hooks.url, ["onMessageAdd"], ACCOUNT_SID)
    hooks.answers.append((200, {"body": "decent"}, None))
    await say(emulator, room(emulator), "rude")
    assert emulator.state()["conversations"][0]["messages"][0]["body"] == "decent"
    with pytest.raises(TwilioRestException) as caught:
        configuration.update(filters=["onTuesday"])
    assert (caught.value.status, caught.value.code) == (400, 50054)
    with pytest.raises(TwilioRestException) as caught:
        server.conversations.v1.services("IS" + "1" * 32).configuration.webhooks().fetch()
    assert (caught.value.status, caught.value.code) == (404, 20404)


@pytest.mark.parametrize("through_service", [False, True])
async def test_a_conversations_own_webhooks(
    emulator: Emulator, server: Client, hooks: HookServer, through_service: bool
) -> None:
    sid = room(emulator)
    await say(emulator, sid, "0", "1")
    api = server.conversations.v1
    conversations = api.services(SERVICE_SID).conversations if through_service else api.conversations
    webhooks = conversations("room").webhooks
    made = webhooks.create(
        target="webhook",
        configuration_url=hooks.url,
        configuration_filters=["onMessageAdded", "onMessageRemoved"],
        configuration_method="post",
        configuration_replay_after=1,
    )
    assert (made.target, made.conversation_sid, made.account_sid) == ("webhook", sid, ACCOUNT_SID)
    assert made.configuration == {
        "url": hooks.url,
        "method": "post",
        "filters": ["onMessageAdded", "onMessageRemoved"],
        "replay_after": 1,
    }
    trigger = webhooks.create(target="trigger", configuration_url=hooks.url, configuration_triggers=["help"])
    studio = webhooks.create(target="studio", configuration_flow_sid="FW" + "0" * 32)
    assert studio.configuration == {"flow_sid": "FW" + "0" * 32}
    assert [one.sid for one in webhooks.list()] == [made.sid, trigger.sid, studio.sid]
    assert webhooks(trigger.sid).fetch().configuration == {"url": hooks.url, "method": "post", "triggers": ["help"]}
    emulator.webhooks()
    changed = webhooks(trigger.sid).update(configuration_triggers=["assist", "aid"], configuration_method="get")
    assert changed.configuration == {"url": hooks.url, "method": "get", "triggers": ["assist", "aid"]}
    assert made.date_created is not None
    assert webhooks(made.sid).delete()
    await say(emulator, sid, "help", "first aid")
    results = [(one["target"], one["parameters"]["Body"], one["result"]) for one in emulator.webhooks()]
    assert sorted(results) == [
        ("studio", "first aid", "recorded"),
        ("studio", "help", "recorded"),
        ("trigger", "first aid", "delivered"),
        ("webhook", "1", "delivered"),
    ]
    for command, status, code in (
        (lambda: webhooks(made.sid).fetch(), 404, 50360),
        (lambda: webhooks("WH1").fetch(), 400, 50363),
        (lambda: webhooks.create(target="webhook", configuration_url=hooks.url), 400, 50370),
        (lambda: webhooks.create(target="trigger", configuration_triggers=["x"]), 400, 50369),
        (lambda: conversations("nowhere").webhooks(made.sid).fetch(), 404, 50350),
    ):
        with pytest.raises(TwilioRestException) as caught:
            command()
        assert (caught.value.status, caught.value.code) == (status, code)


async def test_only_the_account_may(emulator: Emulator) -> None:
    path = "/v1/Configuration/Webhooks"
    async with httpx.AsyncClient(base_url=emulator.url, trust_env=False) as client:
        for wrong in (None, (ACCOUNT_SID, "wrong"), ("alice", AUTH_TOKEN)):
            refused = await client.get(path, auth=wrong)
            assert (refused.status_code, refused.json()["code"]) == (401, 20003)
            assert refused.headers["WWW-Authenticate"].startswith("Basic ")
        for headers in ({"Authorization": "Basic ?"}, {"X-Twilio-Token": emulator.token("alice")}):
            assert (await client.get(path, headers=headers)).status_code == 401
        assert (await client.get(path, auth=(API_KEY_SID, API_KEY_SECRET))).status_code == 200
    async with Wire.login(emulator, "alice") as alice:
        tunnelled = await alice.request("GET", path)
        assert tunnelled.header["http_status"]["code"] == 403
