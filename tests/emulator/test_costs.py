"""What a service under load must not do: keep for ever, look through all it has, or write the same thing twice."""

from __future__ import annotations

import pytest
from domain_world import World
from domain_world import world as world

from pyconvo.emulator.conversations import mutations
from pyconvo.emulator.notice import Notice
from pyconvo.twilsock.packet import decode, encode


def mutated(world: World) -> int:
    count: int = world.db.execute("SELECT COUNT(*) FROM mutations").fetchone()[0]
    return count


def test_mutations_are_kept_in_bounds(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutations, "KEPT", 30)
    monkeypatch.setattr(mutations, "EVERY", 10)
    for number in range(105):
        world.model.mutations.done("alice", f"m{number}", f"/{number}")
    assert mutated(world) == 35
    assert world.model.mutations.result("alice", "m104") == "/104"
    assert world.model.mutations.result("alice", "m60") is None


def test_a_mutation_is_forgotten_after_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutations, "EVERY", 2)
    world.model.mutations.done("alice", "old", "/old")
    world.clock.advance(mutations.KEPT_SECONDS)
    assert world.model.mutations.result("alice", "old") == "/old"
    world.clock.advance(1)
    assert world.model.mutations.result("alice", "old") is None
    world.model.mutations.done("alice", "old", "/new")
    assert world.model.mutations.result("alice", "old") == "/new"
    world.clock.advance(mutations.KEPT_SECONDS + 1)
    for number in range(2):
        world.model.mutations.done("alice", f"m{number}", "")
    assert mutated(world) == 2


def test_a_message_costs_as_many_statements_however_many_there_are(world: World) -> None:
    sid = world.room("alice", "bob")
    counts: list[int] = []
    for _ in range(250):
        statements: list[str] = []
        world.db.set_trace_callback(statements.append)
        world.model.messages.send("alice", sid, body="x")
        world.db.set_trace_callback(None)
        counts.append(len(statements))
    # Every hundredth event of an object trims its log: of the list's and of the document's.
    trimming = [count for count in counts if count != counts[0]]
    assert len(trimming) <= 4
    assert max(counts) <= counts[0] + 2
    assert counts[0] <= 25


@pytest.mark.parametrize(
    ("notice", "message_type", "payload"),
    [
        (Notice.of("typing", {"identity": "ünï"}), "typing", {"identity": "ünï"}),
        (
            Notice.of_event("list", "list_item_added", '{"id":1,"item_data":{"text":"☃"}}'),
            "com.twilio.rtd.cds.list",
            {
                "event_type": "list_item_added",
                "event_protocol_version": 4,
                "event": {"id": 1, "item_data": {"text": "☃"}},
            },
        ),
    ],
)
def test_a_notification_written_once_is_the_packet_for_everybody(
    notice: Notice, message_type: str, payload: dict[str, object]
) -> None:
    for digit in "ab":
        sid = "TM" + digit * 32
        header = {"method": "notification", "id": sid, "message_type": message_type, "notification_ctx_id": ""}
        whole = encode(header | {"payload_type": "application/json"}, payload, trailer=b"\r\n")
        assert notice.packet(sid) == whole
        assert decode(whole).id == sid
    assert notice.name == payload.get("event_type", message_type)
