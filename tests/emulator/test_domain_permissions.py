"""Who may do what: the default roles against every command, and that a refusal changes and publishes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from domain_world import World
from domain_world import world as world

from pyconvo.emulator.errors import TwilioError

# The people: ``creator`` made the room and joined (channel admin), ``member`` was added (channel user), ``outsider``
# is in no room, ``boss`` is a service admin in no room.
PEOPLE = ("creator", "member", "outsider", "boss")
OK, DENIED, OUTSIDE = 0, 50107, 50430

Command = Callable[[World, str, str], object]


def _own_or_members(world: World, sid: str, who: str) -> str:
    """A message of ``who``, where possible."""
    return next(m.sid for m in world.model.messages.of(sid) if m.author == who or who in ("outsider", "boss"))


COMMANDS: dict[str, tuple[Command, tuple[int, int, int, int]]] = {
    "create": (lambda w, s, who: w.model.conversations.create(who), (OK, OK, OK, OK)),
    "read": (lambda w, s, who: w.model.conversations.read(who, s), (OK, OK, OUTSIDE, OK)),
    "rename": (
        lambda w, s, who: w.model.conversations.update(who, s, {"friendly_name": "x"}),
        (OK, DENIED, OUTSIDE, OK),
    ),
    "attributes": (
        lambda w, s, who: w.model.conversations.update(who, s, {"attributes": "{}"}),
        (OK, DENIED, OUTSIDE, OK),
    ),
    "delete": (lambda w, s, who: w.model.conversations.delete(who, s), (OK, DENIED, OUTSIDE, OK)),
    "add another": (lambda w, s, who: w.model.participants.add(who, s, "new"), (OK, DENIED, OUTSIDE, OK)),
    "remove another": (lambda w, s, who: w.model.participants.remove(who, s, "third"), (OK, DENIED, OUTSIDE, OK)),
    "leave": (lambda w, s, who: w.model.participants.remove(who, s, who), (OK, OK, OUTSIDE, 50432)),
    "send": (lambda w, s, who: w.model.messages.send(who, s, body="x"), (OK, OK, OUTSIDE, OUTSIDE)),
    "edit own body": (
        lambda w, s, who: w.model.messages.edit(who, s, _own_or_members(w, s, who), {"body": "x"}),
        (OK, OK, OUTSIDE, OK),
    ),
    "edit other body": (
        lambda w, s, who: w.model.messages.edit(who, s, w.message_of(s, "third"), {"body": "x"}),
        (OK, DENIED, OUTSIDE, OK),
    ),
    "edit other attributes": (
        lambda w, s, who: w.model.messages.edit(who, s, w.message_of(s, "third"), {"attributes": "1"}),
        (OK, DENIED, OUTSIDE, OK),
    ),
    "remove own message": (
        lambda w, s, who: w.model.messages.remove(who, s, _own_or_members(w, s, who)),
        (OK, OK, OUTSIDE, OK),
    ),
    "remove other message": (
        lambda w, s, who: w.model.messages.remove(who, s, w.message_of(s, "third")),
        (OK, DENIED, OUTSIDE, OK),
    ),
    "own participant": (
        lambda w, s, who: w.model.participants.update(who, s, who, {"attributes": "{}"}),
        (OK, OK, OUTSIDE, OUTSIDE),
    ),
    "other participant": (
        lambda w, s, who: w.model.participants.update(who, s, "third", {"attributes": "{}"}),
        (OK, DENIED, OUTSIDE, OUTSIDE),
    ),
    "own user": (lambda w, s, who: w.model.users.update(who, who, {"friendly_name": "x"}), (OK, OK, OK, OK)),
    "other user": (
        lambda w, s, who: w.model.users.update(who, "third", {"friendly_name": "x"}),
        (DENIED, DENIED, DENIED, OK),
    ),
    "horizon": (lambda w, s, who: w.model.participants.read_up_to(who, s, 0), (OK, OK, OUTSIDE, OUTSIDE)),
    "level": (
        lambda w, s, who: w.model.participants.set_notification_level(who, s, "muted"),
        (OK, OK, OUTSIDE, OUTSIDE),
    ),
    "typing": (lambda w, s, who: w.model.typing.typed(who, s), (OK, OK, OUTSIDE, OUTSIDE)),
}


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("command", COMMANDS)
def test_matrix(world: World, command: str, person: str) -> None:
    run, expectations = COMMANDS[command]
    world.users("creator", "member", "third", "outsider")
    world.model.users.create("boss", role="admin")
    sid = world.room("creator", "member", "third")
    for who in ("creator", "member", "third"):
        world.model.messages.send(who, sid, body=who)
    world.published()
    expected = expectations[PEOPLE.index(person)]
    if expected == OK:
        run(world, sid, person)
        return
    before = world.model.state()
    with pytest.raises(TwilioError) as caught:
        run(world, sid, person)
    assert caught.value.code == expected
    assert caught.value.status == (404 if expected == 50432 else 403)
    assert world.model.state() == before
    assert world.published() == []
    assert world.notified == []


@pytest.mark.parametrize("person", ["outsider", "boss"])
def test_everybody_may_join_by_sid(world: World, person: str) -> None:
    world.users("outsider")
    world.model.users.create("boss", role="admin")
    sid = world.room("creator")
    world.model.participants.add(person, sid, person)
    assert person in world.model.participants.identities(sid)


def test_the_creator_sees_it_until_having_left(world: World) -> None:
    world.users("alice", "bob")
    conversation = world.model.conversations.create("alice")
    document = world.store.get("document", conversation.document)
    assert world.model.authorize("alice", document)
    assert not world.model.authorize("bob", document)
    world.model.participants.add("alice", conversation.sid, "alice")
    assert world.model.authorize("alice", document)
    world.model.participants.remove("alice", conversation.sid, "alice")
    assert not world.model.authorize("alice", document)


def test_sync_objects_are_for_those_who_may_see_them(world: World) -> None:
    alice, bob = world.users("alice", "bob")
    sid = world.room("alice")
    store, authorize = world.store, world.model.authorize
    assert authorize("alice", store.get("map", "alice.channels"))
    assert not authorize("bob", store.get("map", "alice.channels"))
    assert authorize("bob", store.get("map", alice.info_map))
    assert authorize("alice", store.get("map", bob.info_map))
    for kind, name in (("list", f"{sid}.messages"), ("map", f"{sid}.roster"), ("document", f"{sid}.channel")):
        assert authorize("alice", store.get(kind, name))  # type: ignore[arg-type]
        assert not authorize("bob", store.get(kind, name))  # type: ignore[arg-type]


def test_a_seeded_role_decides(world: World) -> None:
    sids = world.model.seed(
        {
            "users": [{"identity": "boss", "role": "admin"}],
            "conversations": [
                {"uniqueName": "a", "createdBy": "alice", "participants": [{"identity": "bob", "role": "admin"}]}
            ],
        }
    )
    sid = sids["conversations"]["a"]
    world.model.conversations.update("bob", sid, {"friendly_name": "x"})
    world.model.conversations.update("boss", sid, {"friendly_name": "y"})
