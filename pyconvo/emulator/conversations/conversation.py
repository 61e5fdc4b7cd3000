"""Conversations: creation, names and attributes, states, deletion, and who may see one.

Not responsible for: their participants and messages (``participants``, ``messages``), nor for when a state timer
runs out (``timers``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pyconvo.emulator.conversations import limits, origin, published
from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.permissions import Permissions
from pyconvo.emulator.conversations.records import Conversation, Participant, dated
from pyconvo.emulator.conversations.schema import CONVERSATIONS, MESSAGES, PARTICIPANTS

STATES = ("active", "inactive", "closed")


class ConversationRules:
    def __init__(self, context: Context, permissions: Permissions) -> None:
        self._context = context
        self._permissions = permissions
        self.on_change: Callable[[Conversation], None] = lambda _: None
        """Called after a conversation was stored with another state or a later activity, or removed."""
        self.on_message_removed: Callable[[str], None] = lambda _: None
        """Called with the sid of each message that goes with its conversation, within the same transaction."""

    # -- reading ---------------------------------------------------------------------------------------------------

    def find(self, key: str) -> Conversation | None:
        """The conversation with this sid or unique name."""
        db = self._context.db
        return CONVERSATIONS.get(db, key) or CONVERSATIONS.one(db, "unique_name = ?", key)

    def get(self, key: str) -> Conversation:
        """As ``find``.

        Raises:
            TwilioError: 404/50350 when there is none.
        """
        found = self.find(key)
        if found is None:
            raise refusal(Code.CONVERSATION_NOT_FOUND, key)
        return found

    def open(self, key: str) -> Conversation:
        """As ``get``, for commands that a closed conversation refuses (400/50377)."""
        found = self.get(key)
        self.require_open(found)
        return found

    def require_open(self, conversation: Conversation) -> None:
        """As ``open``, of one that is at hand."""
        if conversation.state == "closed":
            raise refusal(Code.CONVERSATION_CLOSED, conversation.sid)

    def all(self) -> list[Conversation]:
        return CONVERSATIONS.many(self._context.db, "1 ORDER BY rowid")

    def visible(self, actor: str | None, conversation: Conversation) -> bool:
        """Whether ``actor`` may read it: participants; service admins; the creator until joining for the first time."""
        where = "conversation_sid = ? AND identity = ?"
        # In this order since most that are asked for are a participant's own.
        return (
            actor is None
            or PARTICIPANTS.exists(self._context.db, where, conversation.sid, actor)
            or (actor == conversation.created_by and not conversation.creator_joined)
            or self._permissions.allowed(actor, "editAnyMessage")
        )

    def read(self, actor: str | None, key: str) -> Conversation:
        """The conversation, for somebody who may see it.

        Raises:
            TwilioError: 404/50350 unknown, 403/50430 not visible for ``actor``.
        """
        found = self.get(key)
        if not self.visible(actor, found):
            raise refusal(Code.NOT_A_PARTICIPANT, f"{actor} is not in {found.sid}")
        return found

    def counts(self, conversation: Conversation) -> tuple[int, int]:
        """How many participants and how many messages it has."""
        db, sid = self._context.db, conversation.sid
        return PARTICIPANTS.count(db, "conversation_sid = ?", sid), MESSAGES.count(db, "conversation_sid = ?", sid)

    # -- commands --------------------------------------------------------------------------------------------------

    def create(
        self,
        actor: str | None,
        *,
        friendly_name: Any = None,
        unique_name: Any = None,
        attributes: Any = None,
        access: Any = None,
        created_by: str | None = None,
        sid: str | None = None,
        state: str = "active",
        dates: Mapping[str, str] | None = None,
        messaging_service_sid: Any = None,
        email: Mapping[str, str] | None = None,
    ) -> Conversation:
        """A new conversation without participants. From ``created_by`` on: for the service itself; ``dates``:
        ``date_created`` and ``date_updated``, where they are not now; ``email``: ``address`` and ``name`` for e-mails.

        Raises:
            TwilioError: 50107, 50353 (unique name taken), 50390, 50003, 50004, 50303, 50304, 50384.
        """
        self._permissions.require(actor, None, "createConversation")
        if state == "closed":
            raise refusal(Code.INITIAL_STATE_CLOSED)
        context, now = self._context, self._context.clock.iso()
        conversation = Conversation(
            sid=sid or context.ids.sid("CH"),
            unique_name=self._unique_name(unique_name),
            friendly_name=self._friendly_name(friendly_name),
            attributes=limits.attributes(attributes, longest=context.limits.conversation_attributes),
            created_by=actor or created_by or "system",
            access=limits.text(access, "access", longest=64, code=Code.BAD_REQUEST),
            state=state,
            state_updated=now,
            active_since=context.clock.now(),
            timer_inactive=context.settings.timer_inactive,
            timer_closed=context.settings.timer_closed,
            next_index=0,
            last_index=None,
            last_timestamp=None,
            creator_joined=0,
            date_created=now,
            date_updated=now,
            messaging_service_sid=_messaging_service(messaging_service_sid) or context.settings.messaging_service_sid,
            bindings=_bindings("{}", email or {}),
        )
        conversation = self._amended(
            dated(conversation, dates or {}), context.events.before("conversation.added", conversation=conversation)
        )
        with context.store.transaction():
            CONVERSATIONS.insert(context.db, conversation)
            context.store.create_list(conversation.message_list)
            context.store.create_map(conversation.roster)
            context.store.create_document(conversation.document, published.document(conversation))
            context.events.emit("conversation.added", conversation=conversation)
        self.on_change(conversation)
        return conversation

    def update(self, actor: str | None, key: str, changes: dict[str, Any]) -> Conversation:
        """Changes what is given of ``friendly_name``, ``unique_name`` (empty: none), ``attributes``,
        ``messaging_service_sid``, ``email`` and dates.

        Raises:
            TwilioError: 50350, 50377 (closed), 50430/50107, 50353, 50390, 50003, 50004, 50303, 50304.
        """
        current = self.get(key)
        if "attributes" in changes:
            self._permissions.require(actor, current.sid, "editConversationAttributes")
        if "friendly_name" in changes or "unique_name" in changes or "attributes" not in changes:
            self._permissions.require(actor, current.sid, "editConversationName")
        updated = replace(self.open(key), date_updated=self._context.clock.iso())
        about: dict[str, Any] = {"previous": current, "changed": frozenset(changes)}
        if "friendly_name" in changes:
            updated = replace(updated, friendly_name=self._friendly_name(changes["friendly_name"]))
        if "unique_name" in changes:
            updated = replace(updated, unique_name=self._unique_name(changes["unique_name"], updated.sid))
        if "attributes" in changes:
            longest = self._context.limits.conversation_attributes
            updated = replace(updated, attributes=limits.attributes(changes["attributes"], longest=longest))
        if changes.get("messaging_service_sid"):
            sid = _messaging_service(changes["messaging_service_sid"])
            updated = replace(updated, messaging_service_sid=sid)
        if "email" in changes:
            updated = replace(updated, bindings=_bindings(updated.bindings, changes["email"]))
        updated = dated(updated, changes)
        events = self._context.events
        updated = self._amended(updated, events.before("conversation.updated", conversation=updated, **about))
        with self._context.store.transaction():
            self.store(updated)
            events.emit("conversation.updated", conversation=updated, **about)
        return updated

    def delete(self, actor: str | None, key: str) -> None:
        """Removes it: first from each participant's own list, then its three Sync objects.

        Raises:
            TwilioError: 50350, 50430/50107.
        """
        conversation = self.get(key)
        self._permissions.require(actor, conversation.sid, "deleteConversation")
        context = self._context
        context.events.before("conversation.removed", conversation=conversation)
        with context.store.transaction():
            for member in self._chat_members(conversation.sid):
                context.store.remove_map_item(f"{member.identity}.channels", conversation.sid)
            for message in MESSAGES.many(context.db, "conversation_sid = ?", conversation.sid):
                self.on_message_removed(message.sid)
            for table in (PARTICIPANTS, MESSAGES):
                table.delete(context.db, "conversation_sid = ?", conversation.sid)
            CONVERSATIONS.delete(context.db, "sid = ?", conversation.sid)
            context.store.remove("document", conversation.document)
            context.store.remove("list", conversation.message_list)
            context.store.remove("map", conversation.roster)
            context.events.emit("conversation.removed", conversation=conversation)
        self.on_change(conversation)

    # -- the service's own hooks -------------------------------------------------------------------------------------

    def set_state(self, key: str, state: str) -> Conversation:
        """Puts it into ``state``; closed is final. For timers and administrators, so without a permission.

        Raises:
            TwilioError: 50350, 50377, 50378 for an unknown state.
        """
        if state not in STATES:
            raise refusal(Code.STATE_INVALID, f"it must be one of {', '.join(STATES)}")
        conversation = self.open(key)
        if conversation.state == state:
            return conversation
        updated = self._in_state(conversation, state)
        reason = "TIMER" if origin.current() == origin.TIMER else "API"
        with self._context.store.transaction():
            self.store(updated)
            about: dict[str, Any] = {"previous": conversation, "reason": reason}
            self._context.events.emit("conversation.state", conversation=updated, **about)
        self.on_change(updated)
        return updated

    def set_timers(self, key: str, *, inactive: Any, closed: Any) -> Conversation:
        """Seconds without activity until it turns inactive and closed; None: never. Counted from now.

        Raises:
            TwilioError: 50350, 50377, 50375/50376 when below the service's minimum (60 s, 600 s), 20001 for no number.
        """
        updated = replace(
            self.open(key),
            timer_inactive=limits.timer(inactive, least=limits.SHORTEST_INACTIVE, code=Code.INACTIVE_TIMER_TOO_SHORT),
            timer_closed=limits.timer(closed, least=limits.SHORTEST_CLOSED, code=Code.CLOSED_TIMER_TOO_SHORT),
            active_since=self._context.clock.now(),
        )
        with self._context.store.transaction():
            CONVERSATIONS.update(self._context.db, updated)
        self.on_change(updated)
        return updated

    def store(self, conversation: Conversation) -> None:
        """Stores the record and publishes the document."""
        with self._context.store.transaction():
            CONVERSATIONS.update(self._context.db, conversation)
            self._context.store.update_document(conversation.document, published.document(conversation))

    def quietly(self, conversation: Conversation) -> None:
        """Stores the record; nothing that is published has changed."""
        CONVERSATIONS.update(self._context.db, conversation)

    def active(self, conversation: Conversation, **changes: Any) -> Conversation:
        """The record after activity (a message, a new participant): active again, its timers start anew. ``changes``:
        what else is new.
        """
        current = replace(conversation, active_since=self._context.clock.now(), **changes)
        if current.state != "inactive":
            return current
        woken = self._in_state(current, "active")
        about: dict[str, Any] = {"previous": conversation, "reason": "EVENT"}
        self._context.events.emit("conversation.state", conversation=woken, **about)
        return woken

    def _in_state(self, conversation: Conversation, state: str) -> Conversation:
        clock = self._context.clock
        return replace(conversation, state=state, state_updated=clock.iso(), active_since=clock.now())

    def _amended(self, conversation: Conversation, amendments: Mapping[str, Any]) -> Conversation:
        """With what a pre-event webhook wants otherwise; its values are checked like anybody's."""
        if "friendly_name" not in amendments:
            return conversation
        return replace(conversation, friendly_name=self._friendly_name(amendments["friendly_name"]))

    def _chat_members(self, sid: str) -> list[Participant]:
        where = "conversation_sid = ? AND identity IS NOT NULL ORDER BY rowid"
        return PARTICIPANTS.many(self._context.db, where, sid)

    def _friendly_name(self, value: Any) -> str | None:
        longest = self._context.limits.friendly_name
        return limits.text(value, "friendly_name", longest=longest, code=Code.FRIENDLY_NAME_TOO_LONG)

    def _unique_name(self, value: Any, own_sid: str | None = None) -> str | None:
        longest = self._context.limits.unique_name
        name = limits.text(value, "unique_name", longest=longest, code=Code.UNIQUE_NAME_TOO_LONG)
        if not name:
            return None
        if limits.CONVERSATION_SID.fullmatch(name):
            raise refusal(Code.UNIQUE_NAME_LIKE_SID, name)
        holder = CONVERSATIONS.one(self._context.db, "unique_name = ?", name)
        if holder is not None and holder.sid != own_sid:
            raise refusal(Code.UNIQUE_NAME_EXISTS, name)
        return name


def _messaging_service(value: Any) -> str | None:
    if not value:
        return None
    if not isinstance(value, str) or not limits.MESSAGING_SERVICE_SID.fullmatch(value):
        raise refusal(Code.MESSAGING_SERVICE_INVALID, str(value)[:100])
    return value


def _bindings(bindings: str, email: Mapping[str, str]) -> str:
    """With the changes for e-mail; what is empty goes."""
    kept = json.loads(bindings)
    changed = {**kept.get("email", {}), **email}
    for name, value in changed.items():
        limits.text(value, f"the {name} for e-mails", longest=256, code=Code.BAD_REQUEST)
    changed = {name: value for name, value in changed.items() if value}
    return json.dumps(
        {**{key: one for key, one in kept.items() if key != "email"}, **({"email": changed} if changed else {})}
    )
