"""Numbers beyond all bounds, and who takes whose name: refused in words, and never stored to break what comes later."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from core_wire import Wire
from domain_world import World
from domain_world import world as world

from pyconvo.emulator.config import ACCOUNT_SID, AUTH_TOKEN, SERVICE_SID
from pyconvo.emulator.errors import TwilioError
from pyconvo.testing import Emulator

CLIENT = f"/Client/v2/Services/{SERVICE_SID}"
NO_NUMBERS = ["9" * 25, "9" * 5000, "²", "-1", "1e3"]
#: As JSON.
NO_SECONDS = ["1e999", "-1e999", "1e300", "1" + "0" * 30, "true", '"soon"', "[]", "{}"]


def ask(emulator: Emulator, method: str, path: str, **content: Any) -> httpx.Response:
    headers = {} if path.startswith("/v1/") else {"x-twilio-token": emulator.token("alice")}
    auth = (ACCOUNT_SID, AUTH_TOKEN) if path.startswith("/v1/") else None
    return httpx.request(method, emulator.url + path, headers=headers, auth=auth, trust_env=False, **content)


def all_is_well(emulator: Emulator) -> None:
    for path in ("/emulator/state", "/emulator/export", "/v1/Conversations"):
        assert ask(emulator, "GET", path).status_code == 200


@pytest.mark.parametrize("text", NO_NUMBERS)
@pytest.mark.parametrize(
    "path",
    [
        "/emulator/state?messages=",
        "/emulator/log?after=",
        "/emulator/pushes?after=",
        "/emulator/webhooks/deliveries?after=",
        "/Client/v2/ContentTemplates?PageToken=",
        "/Client/v2/ContentTemplates?PageSize=",
        f"{CLIENT}/Conversations/room/MessageRecipients?PageSize=",
        "/v3/Lists/room.messages/Items?PageSize=",
    ],
)
def test_what_is_no_number_is_refused(emulator_server: Emulator, path: str, text: str) -> None:
    emulator_server.reset()
    made = emulator_server.seed({"conversations": [{"uniqueName": "room", "participants": ["alice"]}]})
    answer = ask(emulator_server, "GET", path.replace("room", made["conversations"]["room"]) + text)
    assert (answer.status_code, answer.json()["code"]) in ((400, 20001), (400, 20007))
    assert path.partition("?")[2][:-1] in answer.json()["message"]


@pytest.mark.parametrize("value", NO_SECONDS)
@pytest.mark.parametrize("name", ["inactive", "closed"])
def test_timers_are_numbers_of_seconds(emulator: Emulator, name: str, value: str) -> None:
    fixture = f'{{"conversations": [{{"timers": {{"{name}": {value}}}}}]}}'
    answer = ask(emulator, "POST", "/emulator/seed", content=fixture)
    assert answer.status_code == 400
    assert answer.json()["code"] in (20001, 50375, 50376)
    assert emulator.state()["conversations"] == []
    all_is_well(emulator)


@pytest.mark.parametrize("field", ["Timers.Inactive", "Timers.Closed"])
def test_timers_of_servers_have_an_end(emulator: Emulator, field: str) -> None:
    assert ask(emulator, "POST", "/v1/Conversations", data={field: "P36500D", "State": "active"}).status_code == 201
    assert (
        ask(emulator, "POST", "/v1/Conversations", data={field: "P36501D", "State": "active"}).json()["code"] == 20001
    )
    default = "Default" + field.replace("Timers.", "") + "Timer"
    refused = ask(emulator, "POST", "/v1/Configuration", data={default: "P999999D"})
    assert (refused.status_code, refused.json()["code"]) == (400, 20001)
    all_is_well(emulator)


def test_a_timer_beyond_the_calendar_is_shown_at_its_end(emulator: Emulator) -> None:
    emulator.call("POST", "/emulator/clock", {"set": 253_299_000_000})
    assert (
        ask(emulator, "POST", "/v1/Conversations", data={"Timers.Closed": "P36500D", "State": "active"}).status_code
        == 201
    )
    shown = ask(emulator, "GET", "/v1/Conversations").json()["conversations"][0]["timers"]
    assert shown["date_closed"].startswith("9996-")


@pytest.mark.parametrize("value", NO_SECONDS)
def test_an_interval_is_a_number_of_seconds(emulator: Emulator, value: str) -> None:
    assert ask(emulator, "POST", "/emulator/delivery", content=f'{{"interval": {value}}}').status_code == 400
    assert emulator.call("GET", "/emulator/delivery")["interval"] is None


@pytest.mark.parametrize("path", ["/v3/Documents", "/emulator/seed", f"{CLIENT}/Conversations"])
def test_what_json_cannot_say_again_is_not_taken(emulator: Emulator, path: str) -> None:
    answer = ask(emulator, "POST", path, content='{"data": {"n": 1e999}, "users": [{"attributes": {"n": 1e999}}]}')
    assert (answer.status_code, answer.json()["code"]) == (400, 20001)


def test_attributes_are_text_whatever_numbers_are_in_them(emulator: Emulator) -> None:
    emulator.seed({"users": ["alice"]})
    text = '{"n":1e999,"m":0.5}'
    answer = ask(emulator, "POST", f"{CLIENT}/Users/alice", json={"attributes": text})
    assert answer.json()["attributes"] == text
    assert emulator.state()["users"][0]["attributes"] == {"n": "1e999", "m": 0.5}


@pytest.mark.parametrize("known", [10**30, -(10**30)])
async def test_a_subscription_from_an_event_that_cannot_be_is_served(emulator: Emulator, known: int) -> None:
    async with Wire.login(emulator, "alice") as wire:
        sid = (await wire.request("POST", "/v3/Maps", {"unique_name": "m"})).payload["sid"]
        await wire.request("PUT", "/v3/Maps/m/Items/a", {"data": {}})
        await wire.subscribe((sid, known))
        established = await wire.event("subscription_established")
        assert established.payload["events"][0]["last_event_id"] == 1
        replayed = [one for one in wire.received if one.method == "notification" and "event" in one.payload]
        assert len(replayed) == (1 if known < 0 else 0)


def test_an_identity_that_looks_like_a_participant_is_not_that_participant(world: World) -> None:
    sid = world.room("alice", "bob")
    world.model.messages.send("alice", sid, body="x")
    bob = world.model.participants.get(sid, "bob")
    world.users(bob.sid)
    for command in (
        lambda: world.model.participants.read_up_to(bob.sid, sid, 0),
        lambda: world.model.participants.set_notification_level(bob.sid, sid, "muted"),
        lambda: world.model.typing.typed(bob.sid, sid),
    ):
        with pytest.raises(TwilioError) as refused:
            command()
        assert refused.value.code == 50430
    assert world.model.participants.get(sid, bob.sid) == bob


async def test_a_socket_of_a_client_leads_to_nothing_but_what_clients_use(emulator: Emulator) -> None:
    """A request that waits for others while it has the turn would stop everything for as long as it pleases."""
    async with Wire.login(emulator, "alice") as wire:
        for method, path, status in (
            ("POST", "/emulator/reset", 404),
            ("GET", "/emulator/webhooks/deliveries", 404),
            ("GET", "/token", 404),
            ("GET", "/", 404),
            ("GET", "/v1/Conversations", 403),
            ("GET", "/Client/v2/Configuration", 200),
        ):
            answer = await wire.request(method, path, identity="bob")
            assert answer.header["http_status"]["code"] == status, path
            assert json.dumps(answer.payload)
