"""The control plane of other channels: what comes in, what left, how receipts are told to advance."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hook_server import HookServer
from hook_server import hooks as hooks

from pyconvo.testing import Emulator
from pyconvo.testing.emulator import EmulatorError

PHONE, PROXY = "+15550100", "+15550199"
DESK: dict[str, Any] = {
    "conversations": [
        {
            "uniqueName": "desk",
            "participants": [
                "alice",
                {"address": PHONE, "proxyAddress": PROXY, "attributes": {"vip": True}},
                {"address": f"whatsapp:{PHONE}", "proxyAddress": f"whatsapp:{PROXY}"},
            ],
        }
    ]
}


@pytest.fixture
def desk(emulator: Emulator) -> str:
    emulator.reset()
    return str(emulator.seed(DESK)["conversations"]["desk"])


def say(emulator: Emulator, desk: str, *bodies: str) -> None:
    emulator.call("POST", f"/emulator/conversations/{desk}/messages", {"author": "alice", "bodies": list(bodies)})


def messages(emulator: Emulator) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = emulator.state()["conversations"][0]["messages"]
    return found


def test_fixtures_hold_participants_of_other_channels(emulator: Emulator, desk: str) -> None:
    _, phone, _ = emulator.state()["conversations"][0]["participants"]
    assert (phone["identity"], phone["type"], phone["attributes"]) == (None, "sms", {"vip": True})
    assert phone["bindings"] == {"sms": {"address": PHONE, "proxy_address": PROXY}}
    for wrong in ({"address": PHONE}, {"address": "x", "proxyAddress": PROXY}, {"address": PHONE, "role": "user"}):
        with pytest.raises(EmulatorError):
            emulator.seed({"conversations": [{"participants": [wrong]}]})


def test_what_leaves_is_in_the_outbox_with_its_status(emulator: Emulator, desk: str) -> None:
    say(emulator, desk, "one", "two")
    sent = emulator.outbox(to=PHONE)
    assert [(one["body"], one["from"], one["status"]) for one in sent] == [
        ("one", PROXY, "queued"), ("two", PROXY, "queued"),
    ]  # fmt: skip
    assert len(emulator.outbox(conversation=desk)) == 4
    (changed,) = emulator.receipts(sent[0]["message"], "undelivered", participant=PHONE, error_code=30003)
    assert (changed["sid"], changed["status"], changed["error_code"]) == (sent[0]["receipt"], "undelivered", 30003)
    emulator.call("POST", "/emulator/receipts", {"channelMessage": sent[1]["sid"], "status": "sent"})
    emulator.call("POST", "/emulator/receipts", {"receipt": sent[1]["receipt"], "status": "delivered"})
    assert [(one["status"], one["errorCode"]) for one in emulator.outbox(to=PHONE)] == [
        ("undelivered", 30003), ("delivered", 0),
    ]  # fmt: skip
    assert messages(emulator)[1]["delivery"]["delivered"] == "some"
    emulator.call("DELETE", "/emulator/outbox")
    assert emulator.outbox() == []
    (still,) = emulator.receipts(sent[1]["message"], "read", participant=PHONE)
    assert still["sid"] == sent[1]["receipt"]


def test_receipts_change_all_together_or_not_at_all(emulator: Emulator, desk: str) -> None:
    say(emulator, desk, "one")
    message = emulator.outbox()[0]["message"]
    emulator.receipts(message, "read", participant=f"whatsapp:{PHONE}")
    with pytest.raises(EmulatorError, match="is read; after that comes nothing"):
        emulator.receipts(message, "sent")
    assert [one["status"] for one in emulator.outbox()] == ["queued", "read"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"status": "sent"}, "name one of"),
        ({"status": "sent", "message": "IM0", "receipt": "DY0"}, "name one of"),
        ({"status": "sent", "message": "IM0"}, "there is no receipt of IM0"),
        ({"status": "sent", "message": "IM0", "participant": "+1"}, "there is no receipt of IM0 for \\+1"),
        ({"status": "sent", "message": 7}, "message must be of type str"),
        ({"status": "sent", "message": "IM0", "code": 1}, "has no code; known: channelMessage"),
    ],
)
def test_reports_that_name_nothing(emulator: Emulator, desk: str, body: dict[str, Any], words: str) -> None:
    with pytest.raises(EmulatorError, match=words):
        emulator.call("POST", "/emulator/receipts", body)


def test_the_clock_delivers_while_it_is_told_to(emulator: Emulator, desk: str) -> None:
    emulator.freeze()
    emulator.deliver_every(5)
    say(emulator, desk, "one")
    emulator.advance(10)
    assert [one["status"] for one in emulator.outbox()] == ["delivered", "delivered"]
    emulator.advance(5)
    assert [one["status"] for one in emulator.outbox()] == ["delivered", "read"]
    assert emulator.call("GET", "/emulator/delivery") == {"interval": 5}
    emulator.deliver_every(None)
    for wrong in ({}, {"interval": -1}, {"interval": "5"}, {"every": 5}):
        with pytest.raises(EmulatorError):
            emulator.call("POST", "/emulator/delivery", wrong)


def test_delivery_by_the_clock_can_be_configured() -> None:
    with Emulator(delivery_interval=0.0) as emulator:
        say(emulator, emulator.seed(DESK)["conversations"]["desk"], "one")
        emulator.advance(1)
        assert [one["status"] for one in emulator.outbox()] == ["delivered", "read"]


def test_a_message_comes_in(emulator: Emulator, desk: str) -> None:
    arrival = emulator.inbound(
        PHONE, PROXY, "hello", attributes={"k": 1},
        media=[
            {"contentType": "text/plain", "text": "ü"},
            {"contentType": "image/png", "base64": base64.b64encode(b"\0\1").decode(), "filename": "a.png"},
        ],
    )  # fmt: skip
    assert (arrival["conversation"], arrival["index"], arrival["created"]) == (desk, 0, False)
    (message,) = messages(emulator)
    assert (message["sid"], message["author"], message["body"]) == (arrival["message"], PHONE, "hello")
    assert message["attributes"] == {"k": 1}
    (sent,) = emulator.outbox()
    assert (sent["to"], [one["size"] for one in sent["media"]]) == (f"whatsapp:{PHONE}", [2, 2])


def test_a_stranger_needs_a_conversation(emulator: Emulator, desk: str) -> None:
    with pytest.raises(EmulatorError, match="add one, or ask for a conversation to be made"):
        emulator.inbound("+15550101", PROXY, "hello")
    arrival = emulator.inbound("+15550101", PROXY, "hello", autocreate=True)
    assert arrival["created"]
    assert arrival["conversation"] != desk


@pytest.mark.parametrize(
    "wrong",
    [
        {"media": {}},
        {"media": ["x"]},
        {"media": [{"contentType": "text/plain"}]},
        {"media": [{"text": "x"}]},
        {"media": [{"contentType": "text/plain", "text": "x", "base64": "eA=="}]},
        {"media": [{"contentType": "text/plain", "base64": "?"}]},
        {"media": [{"contentType": "text/plain", "text": "\ud800"}]},
        {"media": [{"contentType": "text/plain", "text": "x", "size": 1}]},
        {"autocreate": "yes"},
        {"sender": PHONE},
    ],
)
def test_what_has_a_wrong_form_does_not_come_in(emulator: Emulator, desk: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(EmulatorError, match="POST /emulator/inbound: "):
        emulator.inbound(PHONE, PROXY, "hello", **wrong)
    assert messages(emulator) == []


# -- and webhooks


def test_a_webhook_has_its_say_about_what_comes_from_a_phone(emulator: Emulator, desk: str, hooks: HookServer) -> None:
    emulator.set_webhooks(pre=hooks.url + "/pre")
    hooks.answers.append((200, {"body": "checked"}, None))
    media = [{"contentType": "text/plain", "text": "x"}]
    arrival = emulator.inbound(PHONE, PROXY, "hello", media=media)
    hooks.answers.append((403, None, None))
    with pytest.raises(EmulatorError):
        emulator.inbound(PHONE, PROXY, "refused", media=media)
    (message,) = messages(emulator)
    assert (message["sid"], message["body"], message["author"]) == (arrival["message"], "checked", PHONE)
    (sent,) = emulator.outbox()
    assert (sent["to"], sent["body"]) == (f"whatsapp:{PHONE}", "checked")
    asked = [(one.event, one.form["Source"], one.form["Author"], one.form["Body"]) for one in hooks.received]
    assert asked == [("onMessageAdd", "SMS", PHONE, "hello"), ("onMessageAdd", "SMS", PHONE, "refused")]


def test_webhooks_hear_how_a_message_fares(emulator: Emulator, desk: str, hooks: HookServer) -> None:
    say(emulator, desk, "one")
    sent = emulator.outbox(to=PHONE)[0]
    emulator.set_webhooks(post=hooks.url + "/post")
    emulator.receipts(sent["message"], "failed", participant=PHONE, error_code=30008)
    emulator.webhooks()
    (told,) = hooks.received
    assert told.event == "onDeliveryUpdated"
    assert {name: told.form[name] for name in ("MessageSid", "ParticipantSid", "Status", "ErrorCode")} == {
        "MessageSid": sent["message"],
        "ParticipantSid": sent["participant"],
        "Status": "failed",
        "ErrorCode": "30008",
    }
    assert (told.form["DeliveryReceiptSid"], told.form["ChannelMessageSid"]) == (sent["receipt"], sent["sid"])
