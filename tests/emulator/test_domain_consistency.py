"""Whatever is done in whatever order: what Sync holds is what the records say, and replayed events lead to it."""

from __future__ import annotations

from typing import Any

from domain_world import World
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pyconvo.emulator.conversations import published
from pyconvo.emulator.conversations.receipts import NEXT, message_item
from pyconvo.emulator.conversations.schema import PARTICIPANTS, RECEIPTS
from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.sync.store import Kind

people = st.sampled_from(["alice", "bob", "carol"])
actors = st.one_of(st.none(), people)
rooms = st.sampled_from(["one", "two"])
phones = st.sampled_from(["+15550100", "+15550101"])
texts = st.text(max_size=5)


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.model = self.world.model

    def attempt(self, command: Any, *args: Any, **kwargs: Any) -> None:
        """Runs a command; if it is refused, nothing may have changed or been published."""
        self.world.published()
        before = self.model.state()
        try:
            command(*args, **kwargs)
        except TwilioError:
            assert self.model.state() == before
            assert self.world.published() == []

    @rule(actor=actors, name=rooms)
    def create(self, actor: str | None, name: str) -> None:
        if actor is not None:
            self.model.ensure_user(actor)
        self.attempt(self.model.conversations.create, actor, unique_name=name)

    @rule(actor=actors, name=rooms, who=people)
    def add(self, actor: str | None, name: str, who: str) -> None:
        self.attempt(self.model.participants.add, actor, name, who)

    @rule(name=rooms, who=people)
    def join(self, name: str, who: str) -> None:
        self.attempt(self.model.participants.add, who, name, who)

    @rule(actor=actors, name=rooms, who=people)
    def remove(self, actor: str | None, name: str, who: str) -> None:
        self.attempt(self.model.participants.remove, actor, name, who)

    @rule(actor=actors, name=rooms, body=texts)
    def send(self, actor: str | None, name: str, body: str) -> None:
        self.world.tick()
        self.attempt(self.model.messages.send, actor, name, body=body)

    @rule(actor=actors, name=rooms, at=st.integers(0, 5), body=texts, removing=st.booleans())
    def change(self, actor: str | None, name: str, at: int, body: str, removing: bool) -> None:
        conversation = self.model.conversations.find(name)
        messages = self.model.messages.of(conversation.sid) if conversation else []
        if at < len(messages):
            if removing:
                self.attempt(self.model.messages.remove, actor, name, messages[at].sid)
            else:
                self.attempt(self.model.messages.edit, actor, name, messages[at].sid, {"body": body})

    @rule(name=rooms, phone=phones)
    def bind(self, name: str, phone: str) -> None:
        binding = {"address": phone, "proxy_address": "+15550199"}
        self.attempt(self.model.participants.add_non_chat, None, name, binding)

    @rule(phone=phones, body=texts, autocreate=st.booleans())
    def write_from_a_phone(self, phone: str, body: str, autocreate: bool) -> None:
        self.attempt(self.model.inbound.receive, phone, "+15550199", body=body, autocreate=autocreate)

    @rule(at=st.integers(0, 5), status=st.sampled_from([*NEXT, "lost"]), error=st.sampled_from([0, 30003]))
    def report(self, at: int, status: str, error: int) -> None:
        receipts = RECEIPTS.many(self.world.db, "1 ORDER BY rowid")
        if at < len(receipts):
            self.attempt(self.model.receipts.advance, receipts[at], status, error_code=error)

    @rule(seconds=st.one_of(st.none(), st.integers(0, 3)))
    def deliver(self, seconds: int | None) -> None:
        self.model.delivery.set_interval(seconds)

    @rule(actor=people, name=rooms, index=st.one_of(st.none(), st.integers(-1, 9)))
    def read(self, actor: str, name: str, index: int | None) -> None:
        self.attempt(self.model.participants.read_up_to, actor, name, index)

    @rule(actor=people, name=rooms, level=st.sampled_from(["default", "muted"]))
    def mute(self, actor: str, name: str, level: str) -> None:
        self.attempt(self.model.participants.set_notification_level, actor, name, level)

    @rule(actor=actors, name=rooms, text=texts)
    def rename(self, actor: str | None, name: str, text: str) -> None:
        self.attempt(self.model.conversations.update, actor, name, {"friendly_name": text})

    @rule(name=rooms, state=st.sampled_from(["active", "inactive", "inactive", "closed"]))
    def set_state(self, name: str, state: str) -> None:
        self.attempt(self.model.conversations.set_state, name, state)

    @rule(actor=actors, name=rooms)
    def delete(self, actor: str | None, name: str) -> None:
        self.attempt(self.model.conversations.delete, actor, name)

    @invariant()
    def sync_holds_what_the_records_say(self) -> None:
        db = self.world.db
        for conversation in self.model.conversations.all():
            assert self.world.data("document", conversation.document) == published.document(conversation)
            assert self.items("list", conversation.message_list) == {
                message.index: message_item(db, message) for message in self.model.messages.of(conversation.sid)
            }
            assert self.items("map", conversation.roster) == {
                one.sid: published.roster_item(one, self.model.users.find(one.identity or ""))
                for one in self.model.participants.of(conversation.sid)
            }
        for user in self.model.users.all():
            own = PARTICIPANTS.many(db, "identity = ?", user.identity)
            assert self.items("map", user.conversations_map) == {
                one.conversation_sid: published.membership_item(self.model.conversations.get(one.conversation_sid), one)
                for one in own
            }

    @invariant()
    def replayed_events_lead_to_what_sync_holds(self) -> None:
        for conversation in self.model.conversations.all():
            objects: tuple[tuple[Kind, str], ...] = (
                ("list", conversation.message_list),
                ("map", conversation.roster),
            )
            for kind, name in objects:
                target = self.world.store.get(kind, name)
                events = self.world.store.events_since(target, 0)
                assert [event.id for event in events] == list(range(1, target.last_event_id + 1))
                replayed: dict[int | str, Any] = {}
                for event in events:
                    key = event.body.get("item_index", event.body.get("item_key"))
                    assert key is not None
                    if event.type.endswith("_removed"):
                        del replayed[key]
                    else:
                        replayed[key] = event.body["item_data"]
                assert replayed == self.items(kind, name)

    def items(self, kind: Kind, name: str) -> dict[int | str, dict[str, Any]]:
        return {
            item.key: item.data
            for item in self.world.store.items(self.world.store.get(kind, name), page_size=100).items
        }


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=40, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
