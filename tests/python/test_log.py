"""The log: levels by their official names, silent unless asked, and never a secret in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from people import Connect, settle

from pyconvo import ArgumentError, Client, SendMediaOptions
from pyconvo.log_levels import LEVELS, TRACE, name_of
from pyconvo.testing import Emulator

LOGGER = logging.getLogger("pyconvo")


@pytest.fixture(autouse=True)
def same_level() -> Iterator[None]:
    before = LOGGER.level
    yield
    LOGGER.setLevel(before)


@pytest.mark.parametrize(
    ("level", "number"),
    [("trace", 5), ("debug", 10), ("info", 20), ("warn", 30), ("error", 40), ("silent", 60), ("DEBUG", 10)],
)
async def test_levels(emulator: Emulator, level: str, number: int) -> None:
    client = Client(emulator.token("alice"), {**emulator.options, "logLevel": level})
    assert LOGGER.level == number
    await client.shutdown()


async def test_without_a_level_the_loggers_are_left_alone(connect: Connect) -> None:
    LOGGER.setLevel(logging.ERROR)
    await connect("alice")
    assert LOGGER.level == logging.ERROR


@pytest.mark.parametrize("level", ["loud", "", 5])
async def test_a_level_that_does_not_exist_is_refused(emulator: Emulator, level: Any) -> None:
    with pytest.raises(ArgumentError, match="invalid level"):
        Client(emulator.token("alice"), {**emulator.options, "logLevel": level})


def test_names_of_numbers() -> None:
    assert [name_of(number) for number in (0, TRACE, 10, 19, 20, 30, 40, 50, 60)] == [
        "trace", "trace", "debug", "debug", "info", "warn", "error", "error", "error",
    ]  # fmt: skip
    assert list(LEVELS.values()) == sorted(LEVELS.values())


async def test_no_secret_is_logged(emulator: Emulator, connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(TRACE, logger="pyconvo")
    alice = await connect("alice", logLevel="trace")
    client = alice.client
    second = emulator.token("alice")
    first = client._token
    room = await client.create_conversation(friendly_name="Secret room")
    await room.join()
    await alice.trace.until("conversation_joined")
    await settle(room)
    await room.send_message("secret words", {"secret": "attributes"})
    await room.send_message(SendMediaOptions("text/plain", "secret file"))
    message = await alice.trace.until("message_added", 2)
    await message.attached_media[0].get_content_temporary_url()
    await client.set_push_registration_id("fcm", "secret device")
    await client.update_token(second)
    emulator.drop("alice")
    await client.wait_for("connection_state_changed", lambda state: state == "connected", timeout=10)
    emulator.fault(on="request", action="respond", status=403, path="/Messages")
    with pytest.raises(Exception, match="Forbidden"):
        await room.send_message("secret words")
    text = caplog.text
    assert "POST https://aim.us1.twilio.com" in text
    assert "updating the token" in text
    for secret in (first, second, "secret", "signature", "Secret"):
        assert secret not in text, f"{secret} is in the log"
