"""Services, roles, configuration and address configurations through Twilio's library for servers."""

from __future__ import annotations

from typing import Any

import pytest
from core_wire import Wire
from rest_world import api as api
from rest_world import refused
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from pyconvo.emulator.config import ACCOUNT_SID, SERVICE_SID
from pyconvo.testing import Emulator

NOBODY = "RL" + "0" * 32


def test_services(twilio_client: Client) -> None:
    services = twilio_client.conversations.v1.services
    (default,) = services.list()
    assert (default.sid, default.friendly_name) == (SERVICE_SID, "Default Conversations Service")
    made = services.create(friendly_name="Support")
    assert (made.friendly_name, made.account_sid, made.sid[:2]) == ("Support", ACCOUNT_SID, "IS")
    assert set(made.links) == {
        "conversations",
        "users",
        "roles",
        "bindings",
        "configuration",
        "participant_conversations",
        "conversation_with_participants",
    }
    assert [one.friendly_name for one in services.stream(page_size=1)] == ["Default Conversations Service", "Support"]
    assert services(made.sid).fetch().friendly_name == "Support"
    assert made.delete()
    assert refused(made.fetch) == (404, 20404)
    assert refused(lambda: services(made.sid).conversations.create()) == (404, 20404)
    assert refused(default.delete) == (400, 20001)
    assert refused(lambda: services.create(friendly_name="")) == (400, 50000)
    assert refused(lambda: services.create(friendly_name="x" * 257)) == (400, 50003)


def test_roles(api: Any, emulator: Emulator) -> None:
    built_in = {one.friendly_name: one for one in api.roles.list()}
    assert {name: one.type for name, one in built_in.items()} == {
        "service user": "service",
        "service admin": "service",
        "channel user": "conversation",
        "channel admin": "conversation",
    }
    made = api.roles.create(friendly_name="guest", type="conversation", permission=["sendMessage", "leaveConversation"])
    assert (made.type, made.permissions, made.chat_service_sid) == (
        "conversation",
        ["leaveConversation", "sendMessage"],
        SERVICE_SID,
    )
    assert made.update(permission=["sendMessage"]).permissions == ["sendMessage"]
    assert api.roles(made.sid).fetch().permissions == ["sendMessage"]
    assert [one.sid for one in api.roles.page(page_size=2, page_number=2)] == [made.sid]
    room = api.conversations.create()
    guest = room.participants.create(identity="guest", role_sid=made.sid)
    assert guest.role_sid == made.sid
    assert refused(made.delete) == (400, 20001)
    guest.delete()
    assert made.delete()
    assert refused(made.fetch) == (404, 20404)
    assert refused(built_in["channel user"].delete) == (400, 20001)
    for given, refusal in (
        ({"friendly_name": "x", "type": "king", "permission": ["sendMessage"]}, (400, 50105)),
        ({"friendly_name": "x", "type": "service", "permission": ["sendMessage"]}, (400, 50104)),
        ({"friendly_name": "x", "type": "service", "permission": []}, (400, 50104)),
        ({"friendly_name": "", "type": "service", "permission": ["addParticipant"]}, (400, 50000)),
    ):
        assert refused(lambda given=given: api.roles.create(**given)) == refusal


async def test_a_services_configuration(emulator: Emulator, twilio_client: Client) -> None:
    service = twilio_client.conversations.v1.services(SERVICE_SID)
    before = service.configuration().fetch()
    roles = {one.friendly_name: one.sid for one in service.roles.list()}
    assert (before.default_conversation_creator_role_sid, before.default_conversation_role_sid) == (
        roles["channel admin"],
        roles["channel user"],
    )
    assert (before.default_chat_service_role_sid, before.reachability_enabled) == (roles["service user"], True)
    guest = service.roles.create(friendly_name="guest", type="conversation", permission=["leaveConversation"])
    after = service.configuration().update(
        default_conversation_creator_role_sid=roles["channel admin"],
        default_conversation_role_sid=guest.sid,
        default_chat_service_role_sid=roles["service admin"],
        reachability_enabled=False,
    )
    assert (after.default_conversation_role_sid, after.reachability_enabled) == (guest.sid, False)
    room = service.conversations.create()
    assert room.participants.create(identity="bob").role_sid == guest.sid
    bob = service.users("bob").fetch()
    assert (bob.role_sid, bob.is_online) == (roles["service admin"], None)
    async with Wire.login(emulator, "bob") as wire:
        configuration = await wire.request("GET", "/Client/v2/Configuration")
        assert configuration.payload["options"]["reachability_enabled"] is False
    assert refused(lambda: service.configuration().update(default_conversation_role_sid=NOBODY)) == (400, 50109)
    assert refused(lambda: service.configuration().update(default_chat_service_role_sid=NOBODY)) == (400, 50102)


def test_the_accounts_configuration(emulator: Emulator, twilio_client: Client) -> None:
    v1 = twilio_client.conversations.v1
    before = v1.configuration().fetch()
    assert (before.account_sid, before.default_chat_service_sid) == (ACCOUNT_SID, SERVICE_SID)
    assert (before.default_inactive_timer, before.default_closed_timer) == (None, None)
    other = v1.services.create(friendly_name="Other")
    messaging = "MG" + "1" * 32
    after = v1.configuration().update(
        default_chat_service_sid=other.sid,
        default_messaging_service_sid=messaging,
        default_inactive_timer="PT1M",
        default_closed_timer="P1DT30M",
    )
    assert (after.default_inactive_timer, after.default_closed_timer) == ("PT1M", "PT24H30M")
    assert (after.default_chat_service_sid, after.default_messaging_service_sid) == (other.sid, messaging)
    room = v1.conversations.create(unique_name="room")
    assert (room.chat_service_sid, room.messaging_service_sid) == (other.sid, messaging)
    assert set(room.timers) == {"date_inactive", "date_closed"}
    assert v1.services(SERVICE_SID).conversations.list() == []
    emulator.advance(61)
    assert room.fetch().state == "inactive"
    assert v1.configuration().update(default_inactive_timer="PT0S").default_inactive_timer is None
    configuration = v1.configuration()
    assert refused(lambda: configuration.update(default_chat_service_sid="IS" + "1" * 32)) == (404, 20404)
    assert refused(lambda: configuration.update(default_messaging_service_sid="MG")) == (400, 50341)
    assert refused(lambda: configuration.update(default_inactive_timer="PT1S")) == (400, 50375)
    assert refused(lambda: configuration.update(default_closed_timer="PT1M")) == (400, 50376)
    # The service gone, the account falls back to the one that there always is.
    other.delete()
    assert v1.conversations.create().chat_service_sid == SERVICE_SID


def test_a_conversations_own_addresses(api: Any) -> None:
    messaging = "MG" + "2" * 32
    made = api.conversations.create(
        messaging_service_sid=messaging, bindings_email_address="a@example.com", bindings_email_name="A"
    )
    assert (made.messaging_service_sid, made.bindings) == (
        messaging,
        {"email": {"address": "a@example.com", "name": "A"}},
    )
    changed = made.update(bindings_email_name="", messaging_service_sid="MG" + "3" * 32)
    assert changed.bindings == {"email": {"address": "a@example.com"}}
    assert changed.messaging_service_sid == "MG" + "3" * 32
    assert refused(lambda: made.update(messaging_service_sid="MG1")) == (400, 50341)


def test_address_configurations(emulator: Emulator, twilio_client: Client) -> None:
    v1 = twilio_client.conversations.v1
    addresses = v1.address_configurations
    other = v1.services.create(friendly_name="Other")
    hook = emulator.webhook_receiver("opened")
    made = addresses.create(
        type="sms",
        address="+15550199",
        friendly_name="Hotline",
        address_country="US",
        auto_creation_enabled=True,
        auto_creation_type="webhook",
        auto_creation_conversation_service_sid=other.sid,
        auto_creation_webhook_url=hook,
        auto_creation_webhook_method="post",
        auto_creation_webhook_filters=["onMessageAdded"],
    )
    assert (made.type, made.address, made.friendly_name, made.address_country) == ("sms", "+15550199", "Hotline", "US")
    assert made.auto_creation == {
        "enabled": True,
        "type": "webhook",
        "conversation_service_sid": other.sid,
        "webhook_url": hook,
        "webhook_method": "POST",
        "webhook_filters": ["onMessageAdded"],
    }
    # A stranger writes: a conversation is made in that service, with that webhook, which hears of the message.
    arrived = emulator.inbound("+15550100", "+15550199", "help")
    room = v1.services(other.sid).conversations(arrived["conversation"])
    assert [one.body for one in room.messages.list()] == ["help"]
    assert [one.configuration["url"] for one in room.webhooks.list()] == [hook]
    assert [one["parameters"]["Body"] for one in emulator.webhooks()] == ["help"]
    assert v1.conversations.list() == []
    # The next one goes to the same conversation.
    assert emulator.inbound("+15550100", "+15550199", "again")["conversation"] == arrived["conversation"]
    changed = addresses("+15550199").update(friendly_name="Line", auto_creation_type="default")
    assert changed.auto_creation == {"enabled": True, "type": "default", "conversation_service_sid": other.sid}
    studio = addresses.create(
        type="whatsapp",
        address="whatsapp:+15550198",
        auto_creation_enabled=True,
        auto_creation_type="studio",
        auto_creation_studio_flow_sid="FW" + "1" * 32,
        auto_creation_studio_retry_count=3,
    )
    assert studio.auto_creation["studio_retry_count"] == 3
    stranger = emulator.inbound("whatsapp:+15550100", "whatsapp:+15550198", "hi")
    (flow,) = v1.conversations(stranger["conversation"]).webhooks.list()
    assert (flow.target, flow.configuration) == ("studio", {"flow_sid": "FW" + "1" * 32})
    assert [one.sid for one in addresses.list(type="whatsapp")] == [studio.sid]
    assert [one.sid for one in addresses.stream()] == [made.sid, studio.sid]
    assert [one.sid for one in addresses.page(page_size=1)] == [made.sid]
    assert addresses(made.sid).fetch().friendly_name == "Line"
    assert made.delete()
    assert refused(made.fetch) == (404, 20404)
    for given, refusal in (
        ({"type": "pigeon", "address": "x"}, (400, 20001)),
        ({"type": "sms", "address": "x"}, (400, 20001)),
        ({"type": "whatsapp", "address": "whatsapp:+15550198"}, (400, 20001)),
        ({"type": "sms", "address": "+1555", "address_country": "Narnia"}, (400, 20001)),
        ({"type": "sms", "address": "+1555", "auto_creation_type": "webhook"}, (400, 50369)),
        ({"type": "sms", "address": "+1555", "auto_creation_type": "studio"}, (400, 50367)),
    ):
        assert refused(lambda given=given: addresses.create(**given)) == refusal
    with pytest.raises(TwilioException, match="20001"):
        addresses.list(type="pigeon")
