"""A start with many conversations: how much is asked for, in which order, and what does not wait for the rest."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import Any

from people import Connect, Person, becomes

from pyconvo.testing import Emulator

LIST = "Users/US[^/]*/Conversations$"


def seed(emulator: Emulator, count: int, people: int = 2) -> list[str]:
    """Sids in the order in which they were made."""
    identities = ["alice", *(f"guest-{number}" for number in range(people - 1))]
    names = [f"room-{number}" for number in range(count)]
    conversations = [{"uniqueName": name, "participants": identities} for name in names]
    made = emulator.seed({"conversations": conversations})["conversations"]
    return [made[name] for name in names]


def asked(emulator: Emulator) -> Counter[str]:
    """Requests so far, by the last words of their paths that are no sids."""
    found: Counter[str] = Counter()
    for entry in emulator.log():
        request = entry["header"].get("http_request")
        if request is not None:
            kind = re.search(r"/(Documents|Lists|Maps|Items|Subscriptions|Configuration|Conversations)[^/]*(/[^/]*)?$",
                             request["path"])  # fmt: skip
            found["Items" if request["path"].endswith("/Items") else kind[1] if kind else request["path"]] += 1
    return found


async def completed(person: Person) -> None:
    if person.client.synchronization_status != "completed":
        wait = person.client.wait_for("synchronization_status_updated", lambda now: now == "completed", timeout=20)
        await wait


async def test_three_requests_a_conversation(connect: Connect, emulator: Emulator) -> None:
    """Document, messages, participants with their items; whatever else there is does not grow with their number."""
    count = 40
    seed(emulator, count)
    alice = await connect("alice")
    await completed(alice)
    await alice.client.get_subscribed_conversations()
    found = asked(emulator)
    assert (found["Documents"], found["Lists"]) == (count, count)
    assert found["Maps"] == count + 2  # the list and the own user
    assert found["Conversations"] == found["Configuration"] == 1
    assert found["Items"] == 1  # the list's, compared with the other one
    everybody = [await one.get_participants() for one in alice.trace.of("conversation_joined")]
    assert [len(people) for people in everybody] == [2] * count
    assert asked(emulator) - found - Counter(Subscriptions=9) == Counter()


async def test_a_conversation_waits_for_one_answer_after_the_list(connect: Connect, emulator: Emulator) -> None:
    """Everything about it is asked for before anything of that is answered."""
    seed(emulator, 3)
    emulator.fault(on="request", action="delay", delay=0.3, times=9, path=r"v3/(Documents|Lists|Maps)/CH")
    alice = await connect("alice")
    await alice.trace.until("conversation_joined", 3)
    order = [
        (entry["header"]["method"], (entry["header"].get("http_request") or {}).get("path", ""), entry["header"]["id"])
        for entry in emulator.log()
    ]
    opened = re.compile("v3/(Documents|Lists|Maps)/CH")
    sent = {key: number for number, (_, path, key) in enumerate(order) if opened.search(path)}
    answered = [number for number, (method, _, key) in enumerate(order) if method == "reply" and key in sent]
    assert len(sent) == len(answered) == 9
    assert max(sent.values()) < min(answered)


async def test_a_conversation_is_asked_for_before_the_list_is_here(connect: Connect, emulator: Emulator) -> None:
    """The map of the user's conversations is asked for with the configuration, and names their objects."""
    sids = seed(emulator, 30)
    # The list is never answered.
    emulator.fault(on="request", action="ignore", path=LIST)
    alice = await connect("alice")
    await becomes(lambda: asked(emulator)["Documents"] == asked(emulator)["Lists"] == 30)
    await becomes(lambda: asked(emulator)["Maps"] == 30 + 2)
    sent = [entry["header"]["http_request"]["path"] for entry in emulator.log() if "http_request" in entry["header"]]
    first = [next(path for path in sent if word in path) for word in ("/Configuration", ".channels", sids[0])]
    assert sorted(first, key=sent.index) == first
    assert "conversation_added" not in alice.trace.names


async def test_a_list_that_was_not_there_yet(connect: Connect, emulator: Emulator) -> None:
    """Perhaps the service makes it at the first login: an error to what was asked too early does not count."""
    (sid,) = seed(emulator, 1)
    body = {"status": 404, "code": 54300, "message": "Unique name not found"}
    emulator.fault(on="request", action="respond", status=404, body=body, path=r"Maps/alice\.channels", times=1)
    alice = await connect("alice")
    assert (await alice.trace.until("conversation_joined")).sid == sid
    assert asked(emulator)["Maps"] == 1 + 2 + 1


async def test_a_list_of_another_name(connect: Connect, emulator: Emulator) -> None:
    """What the configuration says counts."""
    (sid,) = seed(emulator, 1)
    await completed(await connect("alice"))
    answers = [entry["payload"] for entry in emulator.log() if isinstance(entry["payload"], dict)]
    configuration = next(answer for answer in answers if "sync_objects" in answer)
    own = next(answer["sid"] for answer in answers if answer.get("unique_name") == "alice.channels")
    renamed = configuration | {"sync_objects": configuration["sync_objects"] | {"my_conversations": own}}
    emulator.fault(on="request", action="respond", status=200, body=renamed, path="Configuration")
    before = asked(emulator)["Maps"]
    second = await connect("alice")
    assert (await second.trace.until("conversation_joined")).sid == sid
    await completed(second)
    assert asked(emulator)["Maps"] - before == 1 + 2 + 1


async def test_items_that_make_no_sense(connect: Connect, emulator: Emulator) -> None:
    """The start does without what comes along with the map."""
    (sid,) = seed(emulator, 1)
    await completed(await connect("alice"))
    answers = [entry["payload"] for entry in emulator.log() if isinstance(entry["payload"], dict)]
    own = next(answer for answer in answers if answer.get("unique_name") == "alice.channels")
    odd = [{"key": "CH1", "data": "x", "last_event_id": 1}, {"key": "CH2", "data": {"status": "joined", "channel": 7}},
           {"key": "CH3", "data": {"status": "joined"}, "last_event_id": "1"}]  # fmt: skip
    emulator.fault(on="request", action="respond", status=200, body=own | {"items": odd}, path=r"Maps/alice\.channels$")
    second = await connect("alice")
    assert (await second.trace.until("conversation_joined")).sid == sid


async def test_in_the_order_of_the_list(connect: Connect, emulator: Emulator) -> None:
    sids = seed(emulator, 25)
    alice = await connect("alice")
    await alice.trace.until("conversation_joined", 25)
    assert [one.sid for one in alice.trace.of("conversation_joined")] == sids
    assert alice.trace.names.index("initialized") < alice.trace.names.index("conversation_added")


async def test_in_its_order_whatever_is_answered_first(connect: Connect, emulator: Emulator) -> None:
    sids = seed(emulator, 6)
    emulator.fault(on="request", action="delay", delay=0.1, path=f"Documents/{sids[0]}")
    emulator.fault(on="request", action="delay", delay=0.05, path=f"Lists/{sids[2]}")
    alice = await connect("alice")
    await alice.trace.until("conversation_joined", 6)
    assert [one.sid for one in alice.trace.of("conversation_joined")] == sids


async def test_one_that_is_never_answered_keeps_nobody_for_long(connect: Connect, emulator: Emulator) -> None:
    sids = seed(emulator, 6)
    emulator.fault(on="request", action="ignore", path=f"Documents/{sids[0]}")
    alice = await connect("alice")
    await alice.trace.until("conversation_joined", 5)
    assert [one.sid for one in alice.trace.of("conversation_joined")] == sids[1:]


async def test_the_first_page_is_usable_before_the_rest(connect: Connect, emulator: Emulator) -> None:
    sids = seed(emulator, 120)
    # The second page is never answered.
    emulator.fault(on="request", action="ignore", path=LIST, skip=1)
    alice = await connect("alice")
    await alice.trace.until("conversation_joined", 100)
    assert [one.sid for one in alice.trace.of("conversation_joined")][:100] == sids[:100]
    room = await asyncio.wait_for(alice.client.get_conversation_by_sid(sids[7]), 5)
    assert await room.send_message("usable") == 0
    assert (await alice.trace.until("message_added")).body == "usable"
    named = await asyncio.wait_for(alice.client.get_conversation_by_unique_name("room-8"), 5)
    assert named.sid == sids[8]
    page = await asyncio.wait_for(alice.client.get_subscribed_conversations(), 10)
    assert [one.sid for one in page.items] == sorted(sids)[:100]
    assert {one.status for one in page.items} == {"joined"}
    made = await asyncio.wait_for(alice.client.create_conversation(friendly_name="new"), 5)
    assert made.friendly_name == "new"
    assert alice.client.synchronization_status == "started"


async def test_names_that_are_out_of_date(connect: Connect, emulator: Emulator) -> None:
    """What the document says counts."""
    (sid,) = seed(emulator, 1)
    entry: dict[str, Any] = {
        "conversation_sid": sid,
        "status": "joined",
        "sync_objects": {
            "conversation": f"{sid}.channel",
            "messages": "of-old.messages",
            "participants": "of-old.roster",
        },
    }
    body = {"conversations": [entry], "meta": {"next_token": None}}
    emulator.fault(on="request", action="respond", status=200, body=body, path=LIST)
    alice = await connect("alice")
    room = await alice.trace.until("conversation_joined")
    assert len(await room.get_participants()) == 2
    assert await room.send_message("there") == 0
    assert (await alice.trace.until("message_added")).body == "there"


async def test_a_conversation_that_one_list_does_not_have(connect: Connect, emulator: Emulator) -> None:
    """As if it had been added between the two answers."""
    (sid,) = seed(emulator, 1)
    body = {"conversations": [], "meta": {"next_token": None}}
    emulator.fault(on="request", action="respond", status=200, body=body, path=LIST)
    alice = await connect("alice")
    assert (await alice.trace.until("conversation_joined")).sid == sid


async def test_participants_beyond_those_that_come_along(connect: Connect, emulator: Emulator) -> None:
    """The service does not say whether it has included all: from ten on they are read page by page."""
    seed(emulator, 1, people=120)
    alice = await connect("alice")
    room = await alice.trace.until("conversation_joined")
    people = await room.get_participants()
    assert len(people) == len({one.identity for one in people}) == 120


async def test_what_many_conversations_missed(connect: Connect, emulator: Emulator) -> None:
    """After a break in the connection each catches up where it was, wherever the break came."""
    sids = seed(emulator, 60)
    alice = await connect("alice")
    bob = await connect("guest-0")
    await asyncio.gather(completed(alice), completed(bob))
    emulator.fault(on="init", action="drop", times=1, identity="alice")
    emulator.drop("alice")
    for sid in sids:
        await (await bob.client.get_conversation_by_sid(sid)).send_message(sid)
    await alice.trace.until("message_added", 60, timeout=20)
    assert sorted(message.body for message in alice.trace.of("message_added")) == sorted(sids)
