"""The worker's end of the bridge: order, batches, identity, release, errors. The page is played by the test."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from typing import Any

import bridge_model as model
import pytest

from pyconvo.bridge.core import Bridge

HANDLE, USER = -1, -2


class Page:
    """Sends operations and keeps what it is sent."""

    def __init__(self) -> None:
        self.batches: list[list[dict[str, Any]]] = []
        self.made: list[model.Client] = []
        self.bridge = Bridge(lambda text: self.batches.append(model.read(text)), model.LoopHost(), self._make)  # type: ignore[arg-type]
        self._calls = 0

    def _make(self, token: str, options: dict[str, Any] | None, *, host: Any) -> model.Client:
        if token == "bad":
            raise model.ConversationsError("a bad token")
        self.made.append(model.Client(token, options))
        return self.made[-1]

    @property
    def client(self) -> model.Client:
        return self.made[0]

    def send(self, *operations: dict[str, Any]) -> None:
        self.bridge.receive(json.dumps(operations))

    async def new(self, options: Any = None) -> None:
        self.send({"op": "new", "handle": HANDLE, "user": USER, "args": ["t", options or {"$": "undef"}]})
        await self.turn()
        self.batches.clear()

    def call(self, target: int, method: str, *args: Any, client: int = HANDLE) -> int:
        self._calls += 1
        self.send(
            {"op": "call", "id": self._calls, "client": client, "target": target, "method": method, "args": list(args)}
        )
        return self._calls

    async def turn(self) -> None:
        for _ in range(8):
            await asyncio.sleep(0)

    def operations(self, *kinds: str) -> list[dict[str, Any]]:
        return [op for batch in self.batches for op in batch if not kinds or op["op"] in kinds]

    async def answer(self, target: int, method: str, *args: Any, client: int = HANDLE) -> dict[str, Any]:
        call = self.call(target, method, *args, client=client)
        await self.turn()
        return next(op for op in self.operations("answer") if op["id"] == call)


@pytest.fixture
async def page() -> Page:
    page = Page()
    await page.new()
    return page


async def test_new_client_is_told_whole_with_the_page_s_handles() -> None:
    page = Page()
    page.send({"op": "new", "handle": HANDLE, "user": USER, "args": ["t", {"region": "au1"}]})
    await page.turn()
    assert len(page.batches) == 1
    user, client = page.batches[0]
    assert (user["op"], user["class"], user["target"], user["client"]) == ("add", "User", USER, HANDLE)
    assert (client["op"], client["class"], client["target"]) == ("add", "Client", HANDLE)
    assert client["state"] == {"connectionState": "unknown", "user": {"$": "ref", "v": USER}}
    assert page.client.options == {"region": "au1"}


async def test_a_client_that_cannot_be_made_is_reported() -> None:
    page = Page()
    page.send({"op": "new", "handle": HANDLE, "user": USER, "args": ["bad", {"$": "undef"}]})
    await page.turn()
    assert page.operations() == [
        {"op": "failed", "target": HANDLE, "error": {"name": "Error", "message": "a bad token", "fields": {}}}
    ]


async def test_state_precedes_the_event_and_all_goes_in_one_text(page: Page) -> None:
    conversation = model.Conversation("CH1")
    page.client.add(conversation)
    conversation.friendly_name = "Travel"
    conversation._mark_dirty()
    conversation.emit("message_added", model.Message(conversation))
    await page.turn()
    assert len(page.batches) == 1
    assert [(op["op"], op.get("class") or op.get("name")) for op in page.batches[0]] == [
        ("add", "Conversation"),
        ("event", "conversationAdded"),
        ("patch", None),
        ("add", "Message"),
        ("event", "messageAdded"),
    ]
    added, event, patch, message, _ = page.batches[0]
    assert added["state"]["dateCreated"] == {"$": "date", "v": 1772366400250}
    assert event["args"] == [{"$": "ref", "v": added["target"]}]
    assert patch == {"op": "patch", "target": added["target"], "state": {"friendlyName": "Travel"}}
    assert message["state"]["conversation"] == {"$": "ref", "v": added["target"]}


async def test_update_reasons_are_spelled_as_the_page_does(page: Page) -> None:
    conversation = page.client.add(model.Conversation("CH1"))
    message = model.Message(conversation)
    conversation.emit("message_updated", model.MessageUpdated(message, ("last_updated_by", "body")))
    await page.turn()
    event = page.operations("event")[-1]
    assert event["args"][0]["updateReasons"] == ["lastUpdatedBy", "body"]


async def test_a_change_without_event_is_sent_at_the_end_of_the_turn(page: Page) -> None:
    page.client.connection_state = "connected"
    page.client._mark_dirty()
    page.client._mark_dirty()
    await page.turn()
    assert page.operations() == [{"op": "patch", "target": HANDLE, "state": {"connectionState": "connected"}}]


async def test_nothing_is_sent_for_a_change_that_changes_nothing_visible(page: Page) -> None:
    page.client._mark_dirty()
    await page.turn()
    assert page.operations() == []


async def test_true_and_one_are_different_states(page: Page) -> None:
    page.client.user.attributes = {"vip": True}
    page.client.user._mark_dirty()
    await page.turn()
    page.client.user.attributes = {"vip": 1}
    page.client.user._mark_dirty()
    await page.turn()
    assert [op["state"] for op in page.operations("patch")] == [
        {"attributes": {"vip": True}},
        {"attributes": {"vip": 1}},
    ]


async def test_one_object_has_one_handle(page: Page) -> None:
    conversation = page.client.add(model.Conversation("CH1"))
    await page.turn()
    handle = page.operations("add")[0]["target"]
    answer = await page.answer(HANDLE, "getConversationBySid", "CH1")
    assert answer["value"] == {"$": "ref", "v": handle}
    assert len(page.operations("add")) == 1
    answer = await page.answer(handle, "removeParticipant", {"$": "ref", "v": handle})
    assert answer["value"] == {"$": "undef"}
    assert conversation.removed == [conversation]


async def test_the_last_events_of_an_object_are_told_when_it_is_announced(page: Page) -> None:
    conversation = model.Conversation("CH1")
    conversation.emit("removed", conversation)
    page.client.add(conversation)
    await page.turn()
    added, past, event = page.operations()
    assert past == {
        "op": "past",
        "target": added["target"],
        "events": {"removed": [{"$": "ref", "v": added["target"]}]},
    }
    assert event["name"] == "conversationAdded"


async def test_answers_and_events_keep_their_order(page: Page) -> None:
    conversation = page.client.add(model.Conversation("CH1"))
    await page.turn()
    handle = page.operations("add")[0]["target"]
    page.batches.clear()
    first = page.call(handle, "updateFriendlyName", "one")
    second = page.call(handle, "updateFriendlyName", "two")
    await page.turn()
    conversation.emit("updated", model.MessageUpdated(conversation, ("friendly_name",)))  # type: ignore[arg-type]
    await page.turn()
    assert [op.get("id") or op.get("name") or op["state"]["friendlyName"] for op in page.operations()] == [
        "one",
        first,
        "two",
        second,
        "updated",
    ]


async def test_undefined_arguments_leave_the_defaults(page: Page) -> None:
    page.client.add(model.Conversation("CH1"))
    await page.turn()
    handle = page.operations("add")[0]["target"]
    await page.answer(handle, "getMessages", {"$": "undef"}, 5, {"$": "undef"})
    assert page.operations("add")[-1]["state"] == {
        "items": [30, 5, "backwards"],
        "hasNextPage": False,
        "hasPrevPage": True,
    }


async def test_errors_cross_with_name_and_fields(page: Page) -> None:
    page.client.add(model.Conversation("CH1"))
    await page.turn()
    handle = page.operations("add")[0]["target"]
    refused = await page.answer(handle, "sendMessage", "hi")
    assert refused["error"] == {
        "name": "Error",
        "message": "Forbidden",
        "fields": {"status": 403, "description": "Forbidden", "body": {"code": 50430, "status": 403}},
    }
    assert (await page.answer(handle, "leave"))["error"]["message"] == "a defect"
    assert "has no method" in (await page.answer(handle, "_mark_dirty"))["error"]["message"]
    assert "Unable to connect" in (await page.answer(4711, "leave"))["error"]["message"]
    assert "Unable to connect" in (await page.answer(HANDLE, "shutdown", client=-77))["error"]["message"]


async def test_a_call_can_be_cancelled(page: Page) -> None:
    page.client.add(model.Conversation("CH1"))
    await page.turn()
    call = page.call(page.operations("add")[0]["target"], "typing")
    await page.turn()
    page.send({"op": "cancel", "id": call})
    await page.turn()
    (answer,) = page.operations("answer")
    assert answer["error"]["message"] == "Promise was cancelled"


async def test_users_data_with_a_dollar_key_or_half_an_emoji_survives_both_ways(page: Page) -> None:
    page.client.add(model.Conversation("CH1"))
    await page.turn()
    handle = page.operations("add")[0]["target"]
    tricky = {"$": "obj", "v": {"a": [{"$": "obj", "v": {"$": "ref", "v": 1}}], "$": "party \ud83c"}}
    await page.answer(handle, "updateAttributes", tricky)
    assert page.client.conversations["CH1"].attributes == {"a": [{"$": "ref", "v": 1}], "$": "party \ud83c"}
    assert page.operations("patch")[-1]["state"] == {"attributes": tricky}


async def test_release_counts_only_if_every_mention_was_seen(page: Page) -> None:
    conversation = page.client.add(model.Conversation("CH1"))
    await page.turn()
    handle = page.operations("add")[0]["target"]
    conversation.emit("removed", conversation)  # a second mention is on its way when the page lets go
    page.send({"op": "release", "handles": [[handle, 1]]})
    await page.turn()
    assert page.operations("gone") == []
    page.send({"op": "release", "handles": [[handle, 2]]})
    await page.turn()
    assert page.operations("gone") == [{"op": "gone", "handles": [handle]}]
    assert conversation.event_names() == []
    page.batches.clear()
    conversation._mark_dirty()
    conversation.emit("removed", conversation)
    await page.turn()
    assert page.operations() == []
    page.client.emit("conversation_removed", conversation)
    await page.turn()
    assert [op["op"] for op in page.operations()] == ["add", "past", "event"]
    assert page.operations()[0]["target"] != handle


async def test_a_mention_that_is_not_sent_does_not_count(page: Page) -> None:
    conversation = page.client.add(model.Conversation("CH1"))
    message = model.Message(conversation)
    conversation.emit("message_added", message)
    await page.turn()
    handle = next(op["target"] for op in page.operations("add") if op["class"] == "Conversation")
    seen = json.dumps(page.batches).count(f'{{"$": "ref", "v": {handle}}}')
    message.body = "edited"
    message._mark_dirty()
    await page.turn()
    page.send({"op": "release", "handles": [[handle, seen]]})
    await page.turn()
    assert page.operations("gone") == [{"op": "gone", "handles": [handle]}]


async def test_objects_live_until_released_and_after_shutdown_only_as_long_as_the_client_needs_them(page: Page) -> None:
    conversation = page.client.add(model.Conversation("CH1"))
    await page.turn()
    handle = page.operations("add")[0]["target"]
    watched = weakref.ref(conversation)
    del conversation
    page.client.conversations.clear()
    page.client._last.clear()
    gc.collect()
    assert watched() is not None
    await page.answer(HANDLE, "shutdown")
    gc.collect()
    assert watched() is None
    assert page.bridge.handle_count() == 2  # the client and its user
    assert "Unable to connect" in (await page.answer(handle, "leave"))["error"]["message"]
    assert "value" in await page.answer(HANDLE, "shutdown")
    page.send({"op": "release", "handles": [[HANDLE, 0], [handle, 1]]})
    await page.turn()
    assert page.bridge.handle_count() == 0
    assert page.client.event_names() == []


async def test_a_client_that_the_page_has_let_go_does_not_wait_for_the_collector(page: Page) -> None:
    gc.collect()
    gc.disable()
    try:
        page.client.conversations["itself"] = page.client  # type: ignore[assignment]
        watched = weakref.ref(page.client)
        await page.answer(HANDLE, "shutdown")
        page.made.clear()
        page.send({"op": "release", "handles": [[HANDLE, 0]]})
        await page.turn()
        assert watched() is None
    finally:
        gc.enable()


async def test_the_same_values_told_at_two_levels_travel_once(page: Page) -> None:
    conversation = page.client.add(model.Conversation("CH1"))
    conversation.emit("updated", payload := model.MessageUpdated(conversation, ("body",)))  # type: ignore[arg-type]
    page.client.emit("conversation_updated", payload)
    page.client.emit("token_expired")
    page.client.emit("token_expired")
    await page.turn()
    handle = page.operations("add")[0]["target"]
    told = [(op["target"], op["name"], op.get("also")) for op in page.operations("event")]
    assert told[-3:] == [
        (handle, "updated", [[HANDLE, "conversationUpdated"]]),
        (HANDLE, "tokenExpired", None),
        (HANDLE, "tokenExpired", None),
    ]


async def test_a_change_between_two_levels_is_told_in_between(page: Page) -> None:
    conversation = page.client.add(model.Conversation("CH1"))
    await page.turn()
    page.batches.clear()
    payload = model.MessageUpdated(conversation, ())  # type: ignore[arg-type]
    conversation.emit("updated", payload)
    conversation.friendly_name = "Other"
    conversation._mark_dirty()
    page.client.emit("conversation_updated", payload)
    await page.turn()
    assert [op["op"] for op in page.operations()] == ["event", "patch", "event"]


async def test_several_clients_share_a_bridge(page: Page) -> None:
    page.send({"op": "new", "handle": -3, "user": -4, "args": ["other", None]})
    await page.turn()
    page.made[1].emit("token_expired")
    page.made[0].emit("token_expired")
    await page.turn()
    assert [op["target"] for op in page.operations("event")] == [-3, HANDLE]


async def test_nonsense_is_survived(page: Page, caplog: pytest.LogCaptureFixture) -> None:
    page.send({"op": "dance"}, {"op": "call"}, {"op": "cancel", "id": 99}, {"op": "release", "handles": [[5, 1]]})
    page.client.emit("connection_error", object())
    page.client.emit("token_expired")
    await page.turn()
    assert [op["op"] for op in page.operations()] == ["gone", "event"]
    assert "dance" in caplog.text
    assert "cannot be forwarded" in caplog.text


async def test_a_call_that_cannot_be_understood_is_answered(page: Page, caplog: pytest.LogCaptureFixture) -> None:
    answer = await page.answer(HANDLE, "getConversationBySid", {"$": "bytes", "v": "a"})
    assert "base64" in answer["error"]["message"]
    assert "getConversationBySid cannot be understood" in caplog.text


async def test_a_state_that_cannot_cross_holds_up_nothing_else(page: Page, caplog: pytest.LogCaptureFixture) -> None:
    odd, good = page.client.add(model.Conversation("CH1")), page.client.add(model.Conversation("CH2"))
    await page.turn()
    page.batches.clear()
    odd.attributes = {"deep": object()}
    odd.friendly_name = "Odd"
    good.friendly_name = "Travel"
    for one in (odd, good):
        one._mark_dirty()
    await page.turn()
    assert [op["state"] for op in page.operations("patch")] == [{"friendlyName": "Odd"}, {"friendlyName": "Travel"}]
    assert "attributes of a Conversation cannot be told" in caplog.text


async def test_close_listens_to_nothing(page: Page) -> None:
    page.client.add(model.Conversation("CH1"))
    page.bridge.close()
    assert page.client.event_names() == []
    assert page.bridge.handle_count() == 0
