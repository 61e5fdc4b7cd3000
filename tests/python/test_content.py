"""Content templates through the Python API: listed, kept for a while, sent, and read from messages."""

from __future__ import annotations

from typing import Any

import pytest
from people import Person, Room

from pyconvo import (
    ArgumentError,
    ContentDataActionOther,
    ContentDataActionReply,
    ContentDataCard,
    ContentDataOther,
    ContentDataQuickReply,
    ContentDataText,
    ContentTemplate,
    ContentTemplateVariable,
    ConversationsError,
    MediaTransportError,
    UpstreamError,
)
from pyconvo.content import content_data
from pyconvo.testing import Emulator

TYPES = {
    "twilio/text": {"body": "Hello {{1}}"},
    "twilio/quick-reply": {"body": "Tea, {{1}}?", "actions": [{"title": "Yes", "id": "yes"}]},
}


async def templates(emulator: Emulator, alice: Person, types: Any = TYPES) -> tuple[ContentTemplate, ...]:
    emulator.seed({"contentTemplates": [{"friendlyName": "Tea", "variables": {"1": "you"}, "types": types}]})
    return await alice.client.get_content_templates()


async def test_templates_are_listed_and_kept(emulator: Emulator, alice: Person) -> None:
    (template,) = first = await templates(emulator, alice)
    assert (template.friendly_name, template.variables) == ("Tea", (ContentTemplateVariable("1", "you"),))
    text = template.variants["twilio/text"]
    assert text == ContentDataText(body="Hello {{1}}", raw_data='{"body":"Hello {{1}}"}')
    assert await alice.client.get_content_templates() is first
    assert template.date_created is not None


def test_the_order_of_variables_is_that_of_javascript() -> None:
    """Numbers first: a page that shows them in a form has them so with the official SDK."""
    variables = '{"2":"b","10":"c","1":"a","x":"y"}'
    variants = {"twilio/text": {"body": "b", "2": 1, "1": 2}}
    template = ContentTemplate.read({"variables": variables, "variants": variants})
    assert [one.name for one in template.variables] == ["1", "2", "10", "x"]
    assert template.variants["twilio/text"].raw_data == '{"1":2,"2":1,"body":"b"}'


async def test_many_templates_come_in_pages(emulator: Emulator, alice: Person) -> None:
    emulator.seed({"contentTemplates": [{"friendlyName": str(number), "types": TYPES} for number in range(101)]})
    found = await alice.client.get_content_templates()
    assert [one.friendly_name for one in found] == [str(number) for number in range(101)]


async def test_a_message_from_a_template(emulator: Emulator, alice: Person, bob: Person, room: Room) -> None:
    (template,) = await templates(emulator, alice)
    given = [template.variables[0].copy_with_value("Bob")]
    await room.alices.prepare_message().set_content_template(template.sid, given).build_and_send()
    message = await bob.trace.until("message_added")
    assert message.content_sid == template.sid
    content = await message.get_content_data()
    assert isinstance(content, ContentDataQuickReply)
    assert (content.type, content.body, content.replies) == ("quickReply", "Tea, Bob?", [{"title": "Yes", "id": "yes"}])
    await room.alices.send_message("plain")
    assert await (await bob.trace.until("message_added", 2)).get_content_data() is None


async def test_what_cannot_be_read_is_said(emulator: Emulator, alice: Person, bob: Person, room: Room) -> None:
    (template,) = await templates(emulator, alice)
    emulator.freeze()
    await room.alices.prepare_message().set_content_template(template.sid).build_and_send()
    message = await bob.trace.until("message_added")
    (media,) = message.get_media_by_categories(["body"])
    address = await media.get_content_temporary_url()
    emulator.advance(3600)

    async def expired() -> str | None:
        return address

    media.get_content_temporary_url = expired
    with pytest.raises(ConversationsError, match="403"):
        await message.get_content_data()
    address = "http://127.0.0.1:9/signed"
    with pytest.raises(MediaTransportError) as unanswered:
        await message.get_content_data()
    assert "signed" not in str(unanswered.value)


async def test_refusals(emulator: Emulator, alice: Person, room: Room) -> None:
    with pytest.raises(UpstreamError) as refused:
        await room.alices.prepare_message().set_content_template("HX" + "0" * 32).build_and_send()
    assert refused.value.status == 404
    builder: Any = room.alices.prepare_message()
    for arguments in ([5], ["HX", "a"], ["HX", [("1", "x")]]):
        with pytest.raises(ArgumentError):
            builder.set_content_template(*arguments)


def test_content_of_every_kind() -> None:
    """What a page sees is the conformance scenario's part; here is what only Python can tell apart."""
    actions = [{"type": "QUICK_REPLY", "title": "Yes"}, {"type": "SOMETHING", "x": 1}]
    card = content_data("twilio/card", {"title": "T", "actions": actions})
    assert isinstance(card, ContentDataCard)
    assert (card.subtitle, list(card.media)) == (None, [])
    assert list(card.actions) == [
        ContentDataActionReply(title="Yes", id="", index=0, raw_data='{"type":"QUICK_REPLY","title":"Yes"}'),
        ContentDataActionOther(raw_data='{"type":"SOMETHING","x":1}'),
    ]
    assert content_data("a/b", [1]) == ContentDataOther(raw_data="[1]")


@pytest.mark.parametrize("kind", ["text", "media", "location", "quick-reply", "list-picker", "card"])
def test_content_may_lack_any_member(kind: str) -> None:
    content = content_data(f"twilio/{kind}", {})
    assert content.raw_data == "{}"
    values = {name: getattr(content, name) for name in content.__dataclass_fields__ if name not in ("type", "raw_data")}
    said = {"media": [], "actions": ()} if kind == "card" else {}
    assert values == dict.fromkeys(values) | said


def test_actions_may_lack_any_member() -> None:
    kinds = ("URL", "PHONE_NUMBER", "QUICK_REPLY")
    content: Any = content_data("twilio/call-to-action", {"actions": [{"type": kind} for kind in kinds] + [{}]})
    url, phone, reply, other = content.actions
    assert (content.body, url.title, phone.title, reply.title) == (None, None, None, None)
    assert (url.url, phone.phone, reply.id, reply.index) == ("", "", "", 0)
    assert other == ContentDataActionOther(raw_data="{}")


async def test_a_template_that_lacks_something_comes_beside_the_others(emulator: Emulator, alice: Person) -> None:
    bare = {"variables": "{}", "variants": {"twilio/card": {"body": "b"}}}
    good = {"sid": "HX1", "friendly_name": "f", "variables": "{}", "variants": {"twilio/text": {"body": "fine"}}}
    body = {"templates": [bare, good], "meta": {}}
    emulator.fault(on="request", action="respond", status=200, path="ContentTemplates", body=body)
    first, second = await alice.client.get_content_templates()
    card = first.variants["twilio/card"]
    assert isinstance(card, ContentDataCard)
    assert (first.sid, first.friendly_name, first.date_created, card.title) == (None, None, None, None)
    assert second.variants["twilio/text"] == ContentDataText(body="fine", raw_data='{"body":"fine"}')


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "a template",
        {"variables": None},
        {"variables": "{"},
        {"variables": "[]"},
        {"variants": None},
        {"variants": []},
        {"variants": {"twilio/text": None}},
        {"variants": {"twilio/call-to-action": {}}},
        {"variants": {"twilio/card": {"actions": {}}}},
        {"variants": {"twilio/card": {"actions": [None]}}},
    ],
)
def test_a_template_that_is_none_is_refused(broken: Any) -> None:
    template = {"sid": "HX", "friendly_name": "x", "variables": "{}", "variants": {}}
    with pytest.raises(ConversationsError, match="cannot be understood"):
        ContentTemplate.read({**template, **broken} if isinstance(broken, dict) else broken)


@pytest.mark.parametrize("body", [{}, {"templates": {}}, {"templates": [1]}, {"templates": []}, []])
async def test_a_list_of_templates_that_is_none(emulator: Emulator, alice: Person, body: Any) -> None:
    emulator.fault(on="request", action="respond", status=200, path="ContentTemplates", body=body)
    with pytest.raises(ConversationsError, match="cannot be understood"):
        await alice.client.get_content_templates()
