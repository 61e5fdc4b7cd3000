"""Content templates: what they must hold, how they are listed, and what a message made from one carries."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from domain_world import Api, World
from domain_world import world as world

from pyconvo.emulator.conversations.content import ContentTemplate
from pyconvo.emulator.errors import TwilioError

TEXT = {"twilio/text": {"body": "Hello {{1}}, {{ who }} {{2}}"}}


def template(world: World, types: Any = TEXT, **more: Any) -> ContentTemplate:
    return world.model.content.create("Greeting", types, **more)


def rich(world: World, room: str, **given: Any) -> tuple[dict[str, Any], Any]:
    """A message of alice: its item, and the content that it carries."""
    message = world.model.messages.send("alice", room, **given)
    (_name, _, _, item) = next(one for one in world.published() if one[1] == "list_item_added")
    (medium,) = item["medias"]
    url = world.model.media.temporary(medium["sid"])
    query = dict(pair.split("=") for pair in url.partition("?")[2].split("&"))
    content = world.model.media.content(medium["sid"], query["expires"], query["signature"])
    assert (content.content_type, len(content.data)) == (medium["contentType"], medium["size"])
    assert item["sid"] == message.sid
    return item, json.loads(content.data)


def test_a_message_carries_the_filled_in_content(world: World) -> None:
    room = world.room("alice", "bob")
    made = template(world, variables={"1": "you", "who": "says"})
    item, content = rich(
        world, room, content_sid=made.sid, content_variables='{"who": "asks"}', body="no", subject="no"
    )
    assert content == {"data": {"body": "Hello you, asks {{2}}"}}
    (medium,) = item["medias"]
    assert (medium["category"], medium["contentType"]) == ("body", "application/x-vnd.com.twilio.rich.twilio.text")
    assert (item["contentSid"], item["text"], item["subject"], item["type"]) == (made.sid, None, None, "text")


def test_the_richest_content_is_taken_and_filled_in_everywhere(world: World) -> None:
    room = world.room("alice")
    card = {
        "title": "{{1}}",
        "media": ["https://a/{{1}}"],
        "actions": [{"type": "URL", "url": "https://b/{{1}}", "n": 1}],
    }
    made = template(world, {**TEXT, "twilio/card": card}, variables={"1": "x"})
    item, content = rich(world, room, content_sid=made.sid)
    filled = {"title": "x", "media": ["https://a/x"], "actions": [{"type": "URL", "url": "https://b/x", "n": 1}]}
    assert content == {"data": filled}
    assert item["medias"][0]["contentType"].endswith(".twilio.card")
    other = template(world, {"whatsapp/flows": {"x": "{{1}}"}})
    assert rich(world, room, content_sid=other.sid)[1] == {"data": {"x": "{{1}}"}}


def test_phones_get_its_words(world: World) -> None:
    room = world.room("alice")
    world.model.participants.add_non_chat(None, room, {"address": "+15550100", "proxy_address": "+15550199"})
    reply = {"body": "Tea, {{1}}?", "actions": [{"title": "Yes", "id": "yes"}]}
    made = template(world, {"twilio/quick-reply": reply}, variables={"1": "dear"})
    world.model.messages.send("alice", room, content_sid=made.sid)
    (sent,) = world.model.delivery.outbox()
    assert sent.body == "Tea, dear?"


@pytest.mark.parametrize("variables", ["", "{", "[]", '{"1": 5}', 5])
def test_variables_of_a_wrong_form_are_refused(world: World, variables: Any) -> None:
    room, made = world.room("alice"), template(world)
    with pytest.raises(TwilioError) as refused:
        world.model.messages.send("alice", room, content_sid=made.sid, content_variables=variables)
    assert (refused.value.status, refused.value.code) == (400, 20001)
    assert world.model.messages.of(room) == []
    assert world.db.execute("SELECT COUNT(*) FROM media").fetchone() == (0,)


def test_an_unknown_template_is_refused(world: World) -> None:
    room, made = world.room("alice"), template(world)
    world.model.content.delete(made.sid)
    for attempt in (
        lambda: world.model.messages.send("alice", room, content_sid=made.sid),
        lambda: world.model.content.delete(made.sid),
    ):
        with pytest.raises(TwilioError) as refused:
            attempt()
        assert refused.value.status == 404


@pytest.mark.parametrize(
    "given",
    [
        {"types": None},
        {"types": {}},
        {"types": {"twilio/text": "x"}},
        {"types": {"twilio/text": {}}},
        {"types": {"twilio/location": {"latitude": 1}}},
        {"variables": {"1": 1}},
        {"variables": ["x"]},
        {"sid": "HX1"},
        {"language": 5},
    ],
)
def test_what_is_no_template_is_refused(world: World, given: dict[str, Any]) -> None:
    with pytest.raises(TwilioError) as refused:
        template(world, **({"types": TEXT} | given))
    assert (refused.value.status, refused.value.code) == (400, 20001)
    assert world.model.content.page() == ([], None)


def test_fixtures_and_pages(world: World) -> None:
    wanted = [{"friendlyName": f"T{number}", "types": TEXT, "variables": {"1": "x"}} for number in range(3)]
    wanted[1]["sid"] = f"HX{'1' * 32}"
    seeded = world.model.seed({"contentTemplates": wanted})
    assert seeded["contentTemplates"]["T1"] == wanted[1]["sid"]
    with pytest.raises(TwilioError):
        world.model.seed({"contentTemplates": wanted})
    api = Api(world, "alice")

    async def pages() -> list[Any]:
        told, token = [], "0"
        while token is not None:
            page = (await api("GET", f"/Client/v2/ContentTemplates?PageSize=2&PageToken={token}")).json()
            told.append([one["friendly_name"] for one in page["templates"]])
            token = page["meta"]["next_token"]
        return [*told, page["templates"][0]]

    first, second, last = asyncio.run(pages())
    assert (first, second) == (["T0", "T1"], ["T2"])
    assert (last["variables"], last["variants"], last["sid"]) == ('{"1": "x"}', TEXT, seeded["contentTemplates"]["T2"])


def test_templates_survive_a_restart(world: World) -> None:
    made = template(world)
    assert world.restarted().model.content.get(made.sid) == made
