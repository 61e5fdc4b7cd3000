"""A recorded session is played to a client again, which then hears what the recorded one heard."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from people import Person, Room

from pyconvo import Client
from pyconvo.testing import Emulator
from pyconvo.testing.emulator import EmulatorError


def told(person: Person) -> list[tuple[str, Any]]:
    """What a person heard of messages and newcomers, in a form to compare."""
    return [
        (name, payload.index, payload.body) if name.startswith("message") else (name, payload.identity)
        for name, payload in person.trace.events
        if name.startswith(("message_", "participant_j"))
    ]


async def session(room: Room, bob: Person, emulator: Emulator) -> list[tuple[str, Any]]:
    """Bob hears, says something himself, is away for a while, and hears of that, too."""
    await room.alices.send_message("one")
    await bob.trace.until("message_added", 1)
    await room.bobs.send_message("two")
    await bob.trace.until("message_added", 2)
    await asyncio.to_thread(emulator.drop, "bob")
    await room.alices.send_message("three")
    await room.alices.add("carol")
    await bob.trace.until("message_added", 3)
    await bob.trace.until("participant_joined")
    await room.bobs.get_messages()
    return told(bob)


@pytest.fixture
async def recorded(alice: Person, bob: Person, room: Room, emulator: Emulator) -> tuple[str, list[tuple[str, Any]]]:
    heard = await session(room, bob, emulator)
    return await asyncio.to_thread(emulator.recording), heard


async def test_a_client_hears_it_again_as_it_does_the_same(recorded: tuple[str, list[tuple[str, Any]]]) -> None:
    recording, heard = recorded
    with Emulator() as other:
        await asyncio.to_thread(other.replay, recording, pause=0.05)
        person = Person(Client(other.token("bob"), other.options))
        joined = await person.trace.until("conversation_joined")
        await person.trace.until("message_added", 1)
        # Nothing comes of itself before bob does what he had done.
        await asyncio.sleep(0.3)
        assert len(person.trace.of("message_added")) == 1
        (waiting,) = [one for one in other.replay_state()["sessions"] if one["state"] == "playing"]
        assert (waiting["identity"], waiting["waitsFor"].endswith("/Messages")) == ("bob", True)
        assert await joined.send_message("two") == 1
        await person.trace.until("message_added", 3)
        await person.trace.until("participant_joined")
        assert told(person) == heard
        page = await joined.get_messages()
        assert [message.body for message in page.items] == ["one", "two", "three"]
        assert [one["differences"] for one in other.replay_state()["sessions"] if one["identity"] == "bob"] == [[], []]
        await person.client.shutdown()


async def test_nobody_has_to_do_anything_when_nobody_is_there(recorded: tuple[str, list[tuple[str, Any]]]) -> None:
    recording, heard = recorded
    with Emulator() as other:
        await asyncio.to_thread(other.replay, recording, attended=False, pause=0.05)
        people = [Person(Client(other.token(name), other.options)) for name in ("bob", "alice")]
        await people[0].trace.until("message_added", 3)
        await people[0].trace.until("participant_joined")
        assert told(people[0]) == heard
        await people[1].trace.until("message_added", 3)
        for person in people:
            await person.client.shutdown()


async def test_what_was_waited_for_can_be_skipped(recorded: tuple[str, list[tuple[str, Any]]]) -> None:
    with Emulator() as other:
        await asyncio.to_thread(other.replay, recorded[0], pause=0.05)
        person = Person(Client(other.token("bob"), other.options))
        await person.trace.until("message_added", 1)
        await asyncio.sleep(0.1)
        await asyncio.to_thread(other.call, "POST", "/emulator/replay/skip")
        await person.trace.until("message_added", 2)
        # What the recorded client had never asked for is refused in words, and noted.
        with pytest.raises(Exception, match="Not Implemented"):
            await person.client.create_conversation()
        noted = str(other.replay_state())
        assert "not in the recording: POST /Client/v2/Services" in noted
        await person.client.shutdown()


async def test_it_serves_again_afterwards(recorded: tuple[str, list[tuple[str, Any]]], emulator: Emulator) -> None:
    await asyncio.to_thread(emulator.replay, recorded[0])
    await asyncio.to_thread(emulator.stop_replay)
    async with Client(emulator.token("dora"), emulator.options) as client:
        assert (await client.create_conversation()).created_by == "dora"


async def test_the_recording_is_readable_and_holds_no_secret(
    recorded: tuple[str, list[tuple[str, Any]]], tmp_path: Path
) -> None:
    lines = [json.loads(line) for line in recorded[0].splitlines()]
    assert lines[0]["format"] == "pyconvo-recording"
    assert {line["dir"] for line in lines[1:]} == {"open", "c>s", "s>c", "end"}
    assert [line["by"] for line in lines if line.get("dir") == "end"] == ["server"]
    assert "eyJ" not in recorded[0]
    assert any(
        line.get("payload", {}) and line["payload"].get("body") == "two" for line in lines[1:] if "payload" in line
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1 is not JSON"),
        ('{"format": "har"}', "first line must be"),
        ('{"format":"pyconvo-recording","version":1}\n{"dir":"up"}\n{}', "line 2 needs a connection"),
        ('{"format":"pyconvo-recording","version":1}\nx\n{}', "line 2 is not JSON"),
    ],
)
def test_what_is_no_recording_is_refused(emulator: Emulator, text: str, words: str) -> None:
    with pytest.raises(EmulatorError, match=words):
        emulator.replay(text)
    assert emulator.replay_state() == {"playing": False}
