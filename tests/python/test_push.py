"""Push through the Python API: devices, and what the platform delivered."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from people import Connect, Person, Room

from pyconvo import (
    ArgumentError,
    Client,
    ConversationsError,
    NotificationTypes,
    PushNotification,
    PushNotificationData,
    UpstreamError,
)
from pyconvo.emulator.config import ACCOUNT_SID, API_KEY_SECRET, API_KEY_SID, SERVICE_SID
from pyconvo.testing import Emulator, EmulatorError
from pyconvo.tokens import access_token


def devices(emulator: Emulator, identity: str) -> list[tuple[str, str]]:
    (user,) = (one for one in emulator.state()["users"] if one["identity"] == identity)
    return [(one["type"], one["address"]) for one in user["devices"]]


def requests(emulator: Emulator) -> list[str]:
    """What was asked of the registration service."""
    asked = [one["header"].get("http_request", {}) for one in emulator.log() if one["dir"] == "c>s"]
    return [one["method"] for one in asked if one.get("path", "").startswith("/v1/registrations")]


async def test_a_push_reaches_the_application(emulator: Emulator, alice: Person, bob: Person, room: Room) -> None:
    emulator.set_notifications(newMessage={"enabled": True, "sound": "ping", "badgeCountEnabled": True})
    await bob.client.set_push_registration_id("apn", "pad")
    await bob.client.set_push_registration_id("fcm", "phone")
    assert devices(emulator, "bob") == [("apn", "pad"), ("fcm", "phone")]
    if not bob.client.user.is_notifiable:
        await bob.client.user.wait_for("updated", lambda _: bool(bob.client.user.is_notifiable), timeout=10)
    index = await room.alices.send_message("hello")
    message = await bob.trace.until("message_added")
    heard: list[PushNotification] = []
    bob.client.on("push_notification", heard.append)
    for push in emulator.pushes("bob"):
        await bob.client.handle_push_notification(push["payload"])
    data = PushNotificationData(room.alices.sid, "Room", message.sid, index)
    body = "Room;alice: hello"
    assert heard == [
        PushNotification(None, body, "ping", 1, None, NotificationTypes.NEW_MESSAGE, data),
        PushNotification(None, body, "ping", None, None, NotificationTypes.NEW_MESSAGE, data),
    ]
    assert [Client.parse_push_notification(push["payload"]) for push in emulator.pushes("bob")] == heard


async def test_nothing_is_sent_for_a_device_that_is_known(emulator: Emulator, bob: Person) -> None:
    client = bob.client
    for device in ("a", "a", "b"):
        await client.set_push_registration_id("fcm", device)
    assert requests(emulator) == ["POST", "DELETE", "POST"]
    await client.update_token(emulator.token("bob"))
    await client.set_push_registration_id("fcm", "b")
    assert requests(emulator)[3:] == ["POST"]
    await client.unset_push_registration_id("fcm")
    await client.unset_push_registration_id("fcm")
    await client.unset_push_registration_id("apn")
    assert requests(emulator)[4:] == ["DELETE"]
    assert devices(emulator, "bob") == []
    await client.remove_push_registrations("fcm", "unknown")
    assert requests(emulator)[5:] == ["DELETE"]


async def test_another_client_removes_what_the_first_has_registered(
    emulator: Emulator, connect: Connect, bob: Person
) -> None:
    await bob.client.set_push_registration_id("fcm", "phone")
    other = await connect("bob")
    await other.client.remove_push_registrations("fcm", "phone")
    assert devices(emulator, "bob") == []


async def test_a_refusal_is_told_at_once_and_leaves_the_way_open(emulator: Emulator, bob: Person) -> None:
    emulator.fault(on="request", action="respond", status=403, path="/v1/registrations")
    with pytest.raises(UpstreamError) as refused:
        await bob.client.set_push_registration_id("fcm", "phone")
    assert refused.value.status == 403
    await bob.client.set_push_registration_id("fcm", "phone")
    assert devices(emulator, "bob") == [("fcm", "phone")]


async def test_the_credential_of_the_token_is_noted(emulator: Emulator) -> None:
    sids = {"account_sid": ACCOUNT_SID, "api_key_sid": API_KEY_SID, "service_sid": SERVICE_SID}
    credential = "CR" + "1" * 32
    token = access_token("alice", api_key_secret=API_KEY_SECRET, push_credential_sid=credential, **sids)
    async with Client(token, emulator.options) as client:
        await client.set_push_registration_id("fcm", "phone")
    (user,) = emulator.state()["users"]
    assert [one["credentialSid"] for one in user["devices"]] == [credential]


async def test_a_device_is_registered_over_plain_http_too(emulator: Emulator) -> None:
    url = f"{emulator.url}/v1/registrations?productId=ip_messaging"
    device = {"channel_type": "fcm", "message_types": [], "data": {"registration_id": "phone"}}
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.post(url, json=device)).status_code == 401
        token = {"X-Twilio-Token": emulator.token("alice")}
        made = await http.post(url, json=device, headers=token)
        assert (made.status_code, devices(emulator, "alice")) == (201, [("fcm", "phone")])
        gone = await http.delete(f"{emulator.url}/v1/registrations/{made.json()['id']}", headers=token)
    assert (gone.status_code, devices(emulator, "alice")) == (204, [])


async def test_what_is_withheld_says_why(emulator: Emulator, bob: Person, room: Room) -> None:
    await bob.client.set_push_registration_id("fcm", "phone")
    await room.alices.send_message("before it is enabled")
    emulator.set_notifications(newMessage={"enabled": True})
    await room.bobs.set_user_notification_level("muted")
    await room.alices.send_message("while it is muted")
    assert emulator.pushes() == []
    assert [one["withheld"] for one in emulator.pushes("bob", withheld=True)] == [
        "new_message is not enabled in the service's notifications",
        "the user has muted the conversation",
    ]
    assert emulator.pushes("alice", withheld=True) == []
    with pytest.raises(EmulatorError, match="have no new_messages"):
        emulator.set_notifications(newMessages={"enabled": True})


async def test_after_the_end_nothing_waits(bob: Person) -> None:
    await bob.client.shutdown()
    for attempt in (
        bob.client.set_push_registration_id("fcm", "phone"),
        bob.client.remove_push_registrations("fcm", "phone"),
    ):
        with pytest.raises(ConversationsError):
            await attempt


@pytest.mark.parametrize("payload", [None, [], 5, "text"])
async def test_what_is_no_payload_is_refused(bob: Person, payload: Any) -> None:
    with pytest.raises(ArgumentError, match="pure object"):
        Client.parse_push_notification(payload)
    with pytest.raises(ArgumentError, match="pure object"):
        await bob.client.handle_push_notification(payload)


@pytest.mark.parametrize("payload", [{}, {"data": {}}, {"aps": {}}, {"aps": None}, {"data": "x"}])
def test_what_is_no_notification_is_refused(payload: Any) -> None:
    with pytest.raises(ConversationsError, match="Programmable Chat"):
        Client.parse_push_notification(payload)


async def test_wrong_arguments(bob: Person) -> None:
    client: Any = bob.client
    for attempt in (
        client.set_push_registration_id("sms", "a"),
        client.set_push_registration_id("fcm", 5),
        client.set_push_registration_id("fcm", ""),
        client.unset_push_registration_id("sms"),
        client.remove_push_registrations("fcm", ""),
    ):
        with pytest.raises(ArgumentError):
            await attempt
