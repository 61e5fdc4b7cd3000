"""What the tests must know of each resource of Twilio's library to call every one of its methods.

By module below ``twilio.rest.conversations.v1``. Those below ``service`` have the same twin there.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from pyconvo.emulator.config import SERVICE_SID
from pyconvo.testing import Emulator

Given = dict[str, Any]
_number = itertools.count(1)


@dataclass
class World:
    """A conversation of somebody's, and how to make one more of everything. ``api``: the service's resources."""

    emulator: Emulator
    api: Any
    """Of the resources under test: ``v1``, or a service."""
    v1: Any
    room: str = ""
    user: str = ""
    message: str = ""
    receipts: list[str] = field(default_factory=list)

    @classmethod
    def made(cls, emulator: Emulator, api: Any, v1: Any) -> World:
        """With one conversation, one user in it, one message, and receipts."""
        world = cls(emulator, api, v1)
        room = api.conversations.create()
        world.room = room.sid
        for _ in range(2):
            room.participants.create(**_phone())
        room.participants.create(identity="alice")
        message = room.messages.create(body="hello")
        world.message = message.sid
        emulator.receipts(message.sid, "delivered")
        world.receipts = [one.sid for one in message.delivery_receipts.list()]
        world.user = api.users("alice").fetch().sid
        return world


@dataclass(frozen=True)
class Resource:
    """``place(api, world)``: the library's list object. ``fresh(world)``: the sid of a new one, None where there is
    always just one. ``create``, ``update``, ``select``: what these methods are given.
    """

    place: Callable[[Any, World], Any]
    fresh: Callable[[World], str | None] = lambda world: None
    create: Callable[[], Given] = dict
    update: Given = field(default_factory=dict)
    select: Given = field(default_factory=dict)


def _phone() -> Given:
    return {
        "messaging_binding_address": f"+1555{next(_number):07d}",
        "messaging_binding_proxy_address": "+15559999999",
    }


def _user() -> Given:
    return {"identity": f"user {next(_number)}"}


def _role() -> Given:
    return {"friendly_name": "guest", "type": "conversation", "permission": ["sendMessage"]}


def _webhook() -> Given:
    return {"target": "studio", "configuration_flow_sid": "FW" + "0" * 32}


def _address() -> Given:
    return {"type": "sms", "address": f"+1666{next(_number):07d}"}


def _membership(world: World) -> str:
    room = world.api.conversations.create()
    room.participants.create(identity="alice")
    return str(room.sid)


def _webhook_of(world: World) -> str:
    """There may be five: the ones before go."""
    webhooks = world.api.conversations(world.room).webhooks
    for one in webhooks.list():
        one.delete()
    return str(webhooks.create(**_webhook()).sid)


def _device(world: World) -> str:
    body = {"channel_type": "fcm", "data": {"registration_id": f"device {next(_number)}"}, "message_types": []}
    headers = {"X-Twilio-Token": world.emulator.token("alice")}
    with httpx.Client(trust_env=False) as client:
        return str(client.post(f"{world.emulator.url}/v1/registrations", json=body, headers=headers).json()["id"])


#: Of a service, named or not.
SHARED: dict[str, Resource] = {
    "conversation": Resource(
        lambda api, world: api.conversations,
        lambda world: str(world.api.conversations.create().sid),
        update={"friendly_name": "Room"},
    ),
    "conversation.message": Resource(
        lambda api, world: api.conversations(world.room).messages,
        lambda world: str(world.api.conversations(world.room).messages.create(body="x").sid),
        lambda: {"body": "x"},
        {"body": "y"},
    ),
    "conversation.message.delivery_receipt": Resource(
        lambda api, world: api.conversations(world.room).messages(world.message).delivery_receipts,
        lambda world: world.receipts[0],
    ),
    "conversation.participant": Resource(
        lambda api, world: api.conversations(world.room).participants,
        lambda world: str(world.api.conversations(world.room).participants.create(**_user()).sid),
        _user,
        {"attributes": "{}"},
    ),
    "conversation.webhook": Resource(
        lambda api, world: api.conversations(world.room).webhooks,
        _webhook_of,
        _webhook,
        {"configuration_flow_sid": "FW" + "1" * 32},
    ),
    "conversation_with_participants": Resource(
        lambda api, world: api.conversation_with_participants, create=lambda: {"participant": ['{"identity": "bob"}']}
    ),
    "participant_conversation": Resource(
        lambda api, world: api.participant_conversations, select={"identity": "alice"}
    ),
    "role": Resource(
        lambda api, world: api.roles,
        lambda world: str(world.api.roles.create(**_role()).sid),
        _role,
        {"permission": ["sendMessage"]},
    ),
    "user": Resource(
        lambda api, world: api.users,
        lambda world: str(world.api.users.create(**_user()).sid),
        _user,
        {"friendly_name": "Somebody"},
    ),
    "user.user_conversation": Resource(
        lambda api, world: api.users(world.user).user_conversations, _membership, update={"notification_level": "muted"}
    ),
}

#: Of the account.
ACCOUNT: dict[str, Resource] = {
    "address_configuration": Resource(
        lambda api, world: api.address_configurations,
        lambda world: str(world.v1.address_configurations.create(**_address()).sid),
        _address,
        {"friendly_name": "Line"},
    ),
    "configuration": Resource(lambda api, world: api.configuration, update={"default_inactive_timer": "PT1M"}),
    "configuration.webhook": Resource(lambda api, world: api.configuration.webhooks, update={"method": "GET"}),
    "credential": Resource(
        lambda api, world: api.credentials,
        lambda world: str(world.v1.credentials.create(type="fcm", secret="x").sid),
        lambda: {"type": "fcm", "secret": "x"},
        {"friendly_name": "Phones"},
    ),
    "service": Resource(
        lambda api, world: api.services,
        lambda world: str(world.v1.services.create(friendly_name="Other").sid),
        lambda: {"friendly_name": "Other"},
    ),
}

#: Of a service that is named.
NAMED: dict[str, Resource] = {
    "service.binding": Resource(lambda api, world: api.bindings, _device),
    "service.configuration": Resource(lambda api, world: api.configuration, update={"reachability_enabled": True}),
    "service.configuration.notification": Resource(
        lambda api, world: api.configuration.notifications, update={"new_message_enabled": True}
    ),
    "service.configuration.webhook": Resource(lambda api, world: api.configuration.webhooks, update={"method": "GET"}),
}

#: Every module's resource, and whether it belongs to a service that is named.
EVERY: dict[str, tuple[Resource, bool]] = {
    **{name: (one, False) for name, one in (SHARED | ACCOUNT).items()},
    **{f"service.{name}": (one, True) for name, one in SHARED.items()},
    **{name: (one, True) for name, one in NAMED.items()},
}


def resources_of(v1: Any, named: bool) -> Any:
    return v1.services(SERVICE_SID) if named else v1
