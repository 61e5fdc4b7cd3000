"""Rules that tests can move: limits of sizes, counts and rates, and what roles permit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from core_wire import Wire
from domain_world import World
from domain_world import world as world

from pyconvo.emulator.clock import Clock
from pyconvo.emulator.config import SERVICE_SID
from pyconvo.emulator.conversations.permissions import CONVERSATION_SCOPE, SERVICE_SCOPE
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.rates import RateError, Rates
from pyconvo.testing import Emulator
from pyconvo.testing.emulator import EmulatorError
from pyconvo.twilsock.packet import Packet

BASE = f"/Client/v2/Services/{SERVICE_SID}/Conversations"
MEDIA = f"/v1/Services/{SERVICE_SID}/Media/ME" + "0" * 32


def room(emulator: Emulator, *people: str) -> str:
    sids = emulator.seed({"conversations": [{"uniqueName": "room", "participants": ["alice", *people]}]})
    return str(sids["conversations"]["room"])


def status(reply: Packet) -> int:
    return int(reply.header["http_status"]["code"])


# -- rates


async def test_too_many_requests_over_the_socket(emulator: Emulator) -> None:
    emulator.freeze()
    sid = room(emulator, "bob")
    emulator.limit(rates=[{"requests": 2, "seconds": 10, "method": "POST", "path": "/Messages$"}])
    async with Wire.login(emulator, "alice") as alice, Wire.login(emulator, "bob") as bob:
        codes = [status(await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})) for _ in range(3)]
        assert codes == [201, 201, 429]
        refused = await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})
        assert refused.header["http_status"] == {"code": 429, "status": "Too Many Requests"}
        assert (refused.payload["code"], refused.payload["status"]) == (20429, 429)
        # Other requests, and other people, have their own account.
        assert status(await alice.request("GET", f"{BASE}/{sid}")) == 200
        assert status(await bob.request("POST", f"{BASE}/{sid}/Messages", {"body": "y"})) == 201
        emulator.advance(5)
        codes = [status(await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})) for _ in range(2)]
        assert codes == [201, 429]
        emulator.limit(rates=[])
        assert status(await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})) == 201
    assert len(emulator.state()["conversations"][0]["messages"]) == 5


def test_too_many_requests_over_http(emulator: Emulator) -> None:
    emulator.freeze()
    emulator.limit(rates=[{"requests": 1, "seconds": 10}])
    headers = {"X-Twilio-Token": emulator.token("alice")}
    with httpx.Client(base_url=emulator.url, headers=headers, trust_env=False) as client:
        assert [client.get(MEDIA).status_code for _ in range(2)] == [404, 429]
        assert client.get(MEDIA).json()["code"] == 20429
        assert client.get("/emulator/limits").status_code == 200
        emulator.advance(10)
        assert client.get(MEDIA).status_code == 404


def test_rates_end_with_a_reset(emulator: Emulator) -> None:
    emulator.limit(rates=[{"requests": 1, "seconds": 10}], participants=1)
    emulator.reset()
    limits = emulator.call("GET", "/emulator/limits")
    assert (limits["rates"], limits["participants"]) == ([], 1000)


@pytest.mark.parametrize(
    "rate",
    [
        {},
        {"requests": 1},
        {"requests": -1, "seconds": 1},
        {"requests": True, "seconds": 1},
        {"requests": 1, "seconds": 0},
        {"requests": 1, "seconds": 1, "path": "("},
        {"requests": 1, "seconds": 1, "path": 5},
        {"requests": 1, "seconds": 1, "colour": "red"},
    ],
)
def test_a_rate_that_makes_no_sense(emulator: Emulator, rate: dict[str, Any]) -> None:
    with pytest.raises(EmulatorError):
        emulator.limit(rates=[rate])


def test_a_bucket_fills_evenly_and_never_runs_over() -> None:
    clock = Clock(lambda: 1000.0)
    clock.freeze()
    rates = Rates(clock)
    rates.set([{"requests": 3, "seconds": 3}])

    def passed(count: int) -> int:
        return sum(rates.take("a", "GET", "/") is None for _ in range(count))

    assert passed(5) == 3
    clock.advance(1)
    assert passed(5) == 1
    clock.advance(1000)
    assert passed(5) == 3
    for _ in range(10):
        clock.advance(0.1)
    assert passed(5) == 1
    rates.set([{"requests": 0, "seconds": 1}])
    assert passed(5) == 0
    with pytest.raises(RateError):
        rates.set([5])


# -- sizes and counts


async def test_a_limit_holds_at_once_and_is_in_the_configuration(emulator: Emulator) -> None:
    sid = room(emulator, "bob")
    async with Wire.login(emulator, "alice") as alice:
        emulator.limit(participants=2, body=5, mediaCount=3)
        full = await alice.request("POST", f"{BASE}/{sid}/Participants", {"identity": "carol"})
        assert (status(full), full.payload["code"]) == (403, 50417)
        long = await alice.request("POST", f"{BASE}/{sid}/Messages", {"body": "123456"})
        assert (status(long), long.payload["code"]) == (400, 50504)
        options = (await alice.request("GET", "/Client/v2/Configuration")).payload["options"]
        assert options["media_attachments_count_limit"] == 3
    for bad in ({"colour": 1}, {"body": "x"}, {"body": -1}, {"body": True}):
        with pytest.raises(EmulatorError):
            emulator.limit(**bad)
    assert emulator.call("GET", "/emulator/limits")["body"] == 5


# -- roles

Command = Callable[[World, str], object]


def _own(world: World, sid: str) -> str:
    return world.message_of(sid, "member")


#: What a member with exactly one permission of the conversation can do with it, and without it cannot.
IN_CONVERSATIONS: dict[str, Command] = {
    "addParticipant": lambda w, s: w.model.participants.add("member", s, "new"),
    "addNonChatParticipant": lambda w, s: w.model.participants.add_non_chat(
        "member", s, {"address": "+15550100", "proxy_address": "+15550199"}
    ),
    "deleteAnyMessage": lambda w, s: w.model.messages.remove("member", s, w.message_of(s, "third")),
    "deleteOwnMessage": lambda w, s: w.model.messages.remove("member", s, _own(w, s)),
    "deleteConversation": lambda w, s: w.model.conversations.delete("member", s),
    "editAnyMessage": lambda w, s: w.model.messages.edit("member", s, w.message_of(s, "third"), {"body": "y"}),
    "editAnyMessageAttributes": lambda w, s: w.model.messages.edit(
        "member", s, w.message_of(s, "third"), {"attributes": "1"}
    ),
    "editAnyParticipantAttributes": lambda w, s: w.model.participants.update("member", s, "third", {"attributes": "1"}),
    "editConversationAttributes": lambda w, s: w.model.conversations.update("member", s, {"attributes": "1"}),
    "editConversationName": lambda w, s: w.model.conversations.update("member", s, {"friendly_name": "y"}),
    "editNotificationLevel": lambda w, s: w.model.participants.set_notification_level("member", s, "muted"),
    "editOwnMessage": lambda w, s: w.model.messages.edit("member", s, _own(w, s), {"body": "y"}),
    "editOwnMessageAttributes": lambda w, s: w.model.messages.edit("member", s, _own(w, s), {"attributes": "1"}),
    "editOwnParticipantAttributes": lambda w, s: w.model.participants.update(
        "member", s, "member", {"attributes": "1"}
    ),
    "leaveConversation": lambda w, s: w.model.participants.remove("member", s, "member"),
    "removeParticipant": lambda w, s: w.model.participants.remove("member", s, "third"),
    "sendMediaMessage": lambda w, s: w.model.messages.send("member", s, media_sids=[_upload(w)]),
    "sendMessage": lambda w, s: w.model.messages.send("member", s, body="y"),
}
#: The same for permissions of the service, without any in the conversation.
IN_THE_SERVICE: dict[str, Command] = {
    name: IN_CONVERSATIONS[name]
    for name in (
        "addParticipant",
        "deleteAnyMessage",
        "deleteConversation",
        "editAnyMessage",
        "editAnyMessageAttributes",
        "editConversationAttributes",
        "editConversationName",
        "editOwnMessage",
        "editOwnMessageAttributes",
        "removeParticipant",
    )
} | {
    "createConversation": lambda w, s: w.model.conversations.create("member"),
    "editAnyUserInfo": lambda w, s: w.model.users.update("member", "third", {"friendly_name": "y"}),
    "editOwnUserInfo": lambda w, s: w.model.users.update("member", "member", {"friendly_name": "y"}),
    "joinConversation": lambda w, s: w.model.participants.add("member", _elsewhere(w), "member"),
}


def _upload(world: World) -> str:
    return world.model.media.upload("member", "media", "text/plain", None, b"x").sid


def _elsewhere(world: World) -> str:
    return world.model.conversations.create(None, created_by="third").sid


@pytest.mark.parametrize(
    ("role", "permission", "command"),
    [("channel user", name, command) for name, command in IN_CONVERSATIONS.items()]
    + [("service user", name, command) for name, command in IN_THE_SERVICE.items()],
)
def test_each_permission_is_what_the_role_says_now(world: World, role: str, permission: str, command: Command) -> None:
    model = world.model
    sid = world.room("creator", "member", "third")
    for who in ("member", "third"):
        model.messages.send(who, sid, body=who)
    everything = {"channel user": CONVERSATION_SCOPE, "service user": SERVICE_SCOPE}[role]
    for other in ("channel user", "service user"):
        model.permissions.set(other, [])
    # With all but this one: refused. With this one alone: done.
    model.permissions.set(role, sorted(everything - {permission} - _including(permission)))
    with pytest.raises(TwilioError) as caught:
        command(world, sid)
    assert (caught.value.status, caught.value.code) == (403, 50107)
    model.permissions.set(role, [permission])
    command(world, sid)


def _including(permission: str) -> set[str]:
    """What would do as well: who may do it to anybody's may do it to the own."""
    if "Own" in permission:
        return {permission.replace("Own", "Any")}
    return {permission.replace("Any", "Own")} if "Any" in permission else set()


def test_every_permission_is_in_the_table() -> None:
    assert IN_CONVERSATIONS.keys() == CONVERSATION_SCOPE - {"readChannelMetadata"}
    assert IN_THE_SERVICE.keys() == SERVICE_SCOPE


async def test_permissions_taken_away_and_given_back(emulator: Emulator) -> None:
    sid = room(emulator, "bob")
    before = {one["name"]: one["permissions"] for one in emulator.call("GET", "/emulator/roles")["roles"]}
    async with Wire.login(emulator, "bob") as bob:
        emulator.set_role("channel user", [name for name in before["channel user"] if name != "sendMessage"])
        refused = await bob.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})
        assert (status(refused), refused.payload["code"]) == (403, 50107)
        metadata = [name for name in before["channel user"] if name != "readChannelMetadata"]
        emulator.set_role("channel user", metadata)
        sent = await bob.request("POST", f"{BASE}/{sid}/Messages", {"body": "x"})
        assert status(sent) == 201
        hidden = await bob.request("GET", f"{BASE}/{sid}/Messages/{sent.payload['sid']}/ChannelMetadata")
        assert (status(hidden), hidden.payload["code"]) == (403, 50531)
    for role, permissions in (("nobody", []), ("channel user", ["fly"]), ("service user", ["sendMessage"])):
        with pytest.raises(EmulatorError):
            emulator.set_role(role, permissions)


def test_another_role_of_a_participant_is_published(world: World) -> None:
    sid = world.room("creator", "member")
    world.tick()
    before = world.model.participants.get(sid, "member")
    after = world.model.participants.set_role(sid, "member", "admin")
    ((name, kind, key, data),) = world.published()
    assert (name, kind, key) == (f"{sid}.roster", "map_item_updated", before.sid)
    assert data["roleSid"] == after.role_sid != before.role_sid
    assert data["dateUpdated"] > before.date_updated
    world.model.conversations.update("member", sid, {"friendly_name": "mine"})
    for bad in ("nobody", "service admin"):
        with pytest.raises(TwilioError):
            world.model.participants.set_role(sid, "member", bad)
