"""What the service leaves out: ``None`` in Python, ``undefined`` in a page, which can tell it from ``null``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pyconvo.bridge.codec import encode, encode_text
from pyconvo.channels import metadata_of, recipient_of
from pyconvo.content import ContentTemplate, content_data
from pyconvo.receipts import DetailedDeliveryReceipt

UNDEFINED = {"$": "undef"}


def told(value: Any) -> Any:
    """As the page gets it, in an answer and in an event alike."""

    def reference(*_: object) -> int:
        raise AssertionError("none of them has a handle")

    encoded = encode(value, reference)
    assert json.loads(encode_text(value, reference)[0]) == encoded
    return encoded


@pytest.mark.parametrize(("data", "body"), [({}, UNDEFINED), ({"body": None}, None), ({"body": "b"}, "b")])
def test_content(data: dict[str, Any], body: Any) -> None:
    content: Any = content_data("twilio/text", data)
    assert content.body == data.get("body")
    assert told(content) == {"type": "text", "body": body, "rawData": json.dumps(data, separators=(",", ":"))}


def test_a_template() -> None:
    template = ContentTemplate.read({"friendly_name": None, "variables": "{}", "variants": {}})
    shown = told(template)
    assert (shown["sid"], shown["friendlyName"], shown["dateCreated"]) == (UNDEFINED, None, None)


def test_a_value_of_a_class() -> None:
    receipt = DetailedDeliveryReceipt._read({"sid": "DY1", "participant_sid": None})
    assert (receipt.participant_sid, receipt.message_sid) == (None, None)
    shown = told(receipt)["v"]
    assert {name: shown[name] for name in ("sid", "participantSid", "messageSid", "status")} == {
        "sid": "DY1", "participantSid": None, "messageSid": UNDEFINED, "status": "queued",
    }  # fmt: skip
    assert told(recipient_of({"type": "email", "name": None}))["v"] == {
        "type": "email", "messageSid": UNDEFINED, "level": UNDEFINED, "name": None, "address": UNDEFINED,
    }  # fmt: skip
    assert told(metadata_of({}))["v"] == {"type": UNDEFINED, "data": UNDEFINED}


def test_what_was_left_out_is_no_part_of_the_value() -> None:
    assert recipient_of({"type": "email"}) == recipient_of({"type": "email", "name": None})
