"""Participants: join, add, leave, remove, attributes, and what a participant keeps for itself (horizon, level).

Participants of other channels (SMS, WhatsApp, e-mail) are in the roster alone: they have no user and no own list.
Not responsible for: delivering to other channels, nor for counting unread messages (``messages``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pyconvo.emulator.conversations import limits, published
from pyconvo.emulator.conversations.bindings import binding, projection
from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.conversation import ConversationRules
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.permissions import Permissions
from pyconvo.emulator.conversations.records import Conversation, Participant, User, dated
from pyconvo.emulator.conversations.schema import PARTICIPANTS, USERS
from pyconvo.emulator.conversations.users import Users

NOTIFICATION_LEVELS = ("default", "muted")


class Participants:
    def __init__(
        self, context: Context, permissions: Permissions, users: Users, conversations: ConversationRules
    ) -> None:
        self._context = context
        self._permissions = permissions
        self._users = users
        self._conversations = conversations

    # -- reading ---------------------------------------------------------------------------------------------------

    def of(self, conversation_sid: str) -> list[Participant]:
        return PARTICIPANTS.many(self._context.db, "conversation_sid = ? ORDER BY rowid", conversation_sid)

    def identities(self, conversation_sid: str) -> list[str]:
        return [found.identity for found in self.of(conversation_sid) if found.identity is not None]

    def find(self, conversation_sid: str, key: str) -> Participant | None:
        """The participant with this sid or identity."""
        column = "sid" if limits.PARTICIPANT_SID.fullmatch(key) else "identity"
        return PARTICIPANTS.one(self._context.db, f"conversation_sid = ? AND {column} = ?", conversation_sid, key)

    def get(self, conversation_sid: str, key: str) -> Participant:
        """As ``find``.

        Raises:
            TwilioError: 404/50432 when there is none.
        """
        found = self.find(conversation_sid, key)
        if found is None:
            raise refusal(Code.PARTICIPANT_NOT_FOUND, f"{key} in {conversation_sid}")
        return found

    def at_address(self, conversation_sid: str, address: str) -> Participant | None:
        """The participant who is on another channel at this address."""
        for found in self.of(conversation_sid):
            if found.identity is None and json.loads(found.bindings)[found.type]["address"] == address:
                return found
        return None

    def of_user(self, conversation_sid: str, identity: str) -> Participant | None:
        """The participant of this identity; ``find`` would take an identity that looks like a sid for one."""
        return PARTICIPANTS.one(self._context.db, "conversation_sid = ? AND identity = ?", conversation_sid, identity)

    def of_identity(self, identity: str) -> list[Participant]:
        """Wherever the user takes part, in the order of joining."""
        return PARTICIPANTS.many(self._context.db, "identity = ? ORDER BY rowid", identity)

    def of_address(self, address: str) -> list[Participant]:
        """Wherever somebody on another channel takes part with this address."""
        where = "identity IS NULL AND json_extract(bindings, '$.' || type || '.address') = ? ORDER BY rowid"
        return PARTICIPANTS.many(self._context.db, where, address)

    def member(self, actor: str | None, conversation: Conversation) -> Participant:
        """The caller's own participant.

        Raises:
            TwilioError: 403/50430 when the caller is none.
        """
        found = None if actor is None else self.of_user(conversation.sid, actor)
        if found is None:
            raise refusal(Code.NOT_A_PARTICIPANT, f"{actor} is not in {conversation.sid}")
        return found

    def page(self, identity: str, *, after: int, size: int) -> tuple[list[Participant], int | None]:
        """Up to ``size`` memberships of a user in the order of joining, and where the next page starts (None: end)."""
        sql = "SELECT rowid, sid FROM participants WHERE identity = ? AND rowid > ? ORDER BY rowid LIMIT ?"
        rows = self._context.db.execute(sql, (identity, after, size + 1)).fetchall()
        found = [PARTICIPANTS.get(self._context.db, sid) for _, sid in rows[:size]]
        return [each for each in found if each is not None], int(rows[size - 1][0]) if len(rows) > size else None

    # -- commands --------------------------------------------------------------------------------------------------

    def add(
        self,
        actor: str | None,
        key: str,
        identity: Any,
        *,
        attributes: Any = None,
        role: str | None = None,
        projected_address: Any = None,
        dates: Mapping[str, str] | None = None,
    ) -> Participant:
        """Adds a chat participant; oneself: joins. For the service itself: ``role`` replaces the default role,
        ``dates`` (``date_created``, ``date_updated``) what they would be; ``projected_address`` stands for the
        participant in group texts.

        Raises:
            TwilioError: 50350, 50107/50430, 50377 (closed), 50433 (is one already), 50417, 50214, 50303, 50304, 50207.
        """
        context, allowed = self._context, self._context.limits
        conversation = self._conversations.get(key)
        identity = limits.identity(identity, longest=allowed.identity)
        if actor == identity:
            self._permissions.require(actor, None, "joinConversation")
        else:
            self._permissions.require(actor, conversation.sid, "addParticipant")
        conversation = self._conversations.open(key)
        checked = limits.attributes(attributes, longest=allowed.attributes)
        if PARTICIPANTS.one(context.db, "conversation_sid = ? AND identity = ?", conversation.sid, identity):
            raise refusal(Code.PARTICIPANT_EXISTS, f"{identity} in {conversation.sid}")
        self._require_space(conversation)
        if self._open_memberships(identity) >= allowed.conversations_per_user:
            raise refusal(Code.TOO_MANY_CONVERSATIONS, f"{allowed.conversations_per_user} are allowed")
        creator = identity == conversation.created_by
        now = context.clock.iso()
        with context.store.transaction():
            user = self._users.ensure(identity)
            participant = Participant(
                sid=context.ids.sid("MB"),
                conversation_sid=conversation.sid,
                identity=identity,
                type="chat",
                role_sid=self._permissions.role(role or ("admin" if creator else "user"), "conversation"),
                attributes=checked,
                notification_level="default",
                last_read_index=None,
                last_read_at=None,
                bindings=projection(projected_address),
                date_created=now,
                date_updated=now,
            )
            participant = dated(participant, dates or {})
            context.events.before("participant.added", conversation=conversation, participant=participant)
            updated = self._admit(conversation, participant, user)
        self._conversations.on_change(updated)
        return participant

    def add_non_chat(
        self,
        actor: str | None,
        key: str,
        messaging_binding: Any,
        *,
        attributes: Any = None,
        role: str | None = None,
        dates: Mapping[str, str] | None = None,
    ) -> Participant:
        """Adds somebody on another channel by address and proxy address. ``role`` and ``dates`` as for ``add``.

        Raises:
            TwilioError: 50350, 50107/50430, 50377 (closed), 50416 (bound already), 50417, 50422, 50303, 50304, 20001.
        """
        context, allowed = self._context, self._context.limits
        self._permissions.require(actor, self._conversations.get(key).sid, "addNonChatParticipant")
        conversation = self._conversations.open(key)
        kind, given = binding(messaging_binding)
        checked = limits.attributes(attributes, longest=allowed.attributes)
        if self.bound(kind, given):
            raise refusal(Code.BINDING_EXISTS, f"{given['address']} and {given['proxy_address']}")
        self._require_space(conversation)
        others = "conversation_sid = ? AND identity IS NULL"
        if PARTICIPANTS.count(context.db, others, conversation.sid) >= allowed.non_chat_participants:
            raise refusal(Code.TOO_MANY_NON_CHAT, f"{allowed.non_chat_participants} are allowed")
        now = context.clock.iso()
        participant = Participant(
            sid=context.ids.sid("MB"),
            conversation_sid=conversation.sid,
            identity=None,
            type=kind,
            role_sid=self._permissions.role(role or "user", "conversation"),
            attributes=checked,
            notification_level="default",
            last_read_index=None,
            last_read_at=None,
            bindings=json.dumps({kind: given}),
            date_created=now,
            date_updated=now,
        )
        participant = dated(participant, dates or {})
        context.events.before("participant.added", conversation=conversation, participant=participant)
        with context.store.transaction():
            updated = self._admit(conversation, participant, None)
        self._conversations.on_change(updated)
        return participant

    def remove(self, actor: str | None, key: str, who: str) -> None:
        """Removes the participant ``who`` (sid or identity); oneself: leaves.

        Raises:
            TwilioError: 50350, 50430/50107, 50432 (no such participant).
        """
        conversation = self._conversations.get(key)
        found = self.find(conversation.sid, who)
        own = ("leaveConversation",) if actor is not None and found and found.identity == actor else ()
        self._permissions.require(actor, conversation.sid, *(own or ("removeParticipant",)))
        participant = self.get(conversation.sid, who)
        context = self._context
        about: dict[str, Any] = {"conversation": conversation, "participant": participant}
        context.events.before("participant.removed", **about)
        with context.store.transaction():
            PARTICIPANTS.delete(context.db, "sid = ?", participant.sid)
            context.store.remove_map_item(conversation.roster, participant.sid)
            if participant.identity is not None:
                context.store.remove_map_item(f"{participant.identity}.channels", conversation.sid)
            context.events.emit("participant.removed", **about)

    def update(self, actor: str | None, key: str, who: str, changes: dict[str, Any]) -> Participant:
        """Changes ``attributes``, if ``changes`` has them; and dates.

        Raises:
            TwilioError: 50350, 50432, 50430/50107, 50377 (closed), 50303, 50304.
        """
        conversation = self._conversations.get(key)
        found = self.find(conversation.sid, who)
        own = ("editOwnParticipantAttributes",) if actor is not None and found and found.identity == actor else ()
        self._permissions.require(actor, conversation.sid, *own, "editAnyParticipantAttributes")
        participant = self.get(conversation.sid, who)
        self._conversations.open(key)
        updated = replace(participant, date_updated=self._context.clock.iso())
        if "attributes" in changes:
            checked = limits.attributes(changes["attributes"], longest=self._context.limits.attributes)
            updated = replace(updated, attributes=checked)
        updated = dated(updated, changes)
        about: dict[str, Any] = {"conversation": conversation, "previous": participant, "changed": frozenset(changes)}
        self._context.events.before("participant.updated", participant=updated, **about)
        with self._context.store.transaction():
            self._store(conversation, updated, membership=False)
            self._context.events.emit("participant.updated", participant=updated, **about)
        return updated

    def rebind(self, key: str, who: str, changes: dict[str, Any]) -> Participant:
        """Changes the binding of a participant of another channel, such as ``proxy_address``, or the
        ``projected_address`` of one of the chat (None: none); for the service itself.

        Raises:
            TwilioError: 50350, 50432, 50377 (closed), 50416 (bound already), 50420 for what the participant cannot
                have, 20001 for addresses that do not belong to the participant's channel.
        """
        conversation = self._conversations.open(key)
        participant = self.get(conversation.sid, who)
        if (participant.identity is None) == ("projected_address" in changes):
            raise refusal(Code.BINDING_PARAMETERS, f"{', '.join(changes)} of a {participant.type} participant")
        if participant.identity is not None:
            bindings = projection(changes["projected_address"])
        else:
            bindings = self._rebound(participant, changes)
        updated = replace(participant, bindings=bindings, date_updated=self._context.clock.iso())
        about: dict[str, Any] = {"conversation": conversation, "previous": participant}
        about["changed"] = frozenset({"messaging_binding"})
        with self._context.store.transaction():
            self._store(conversation, updated, membership=False)
            self._context.events.emit("participant.updated", participant=updated, **about)
        return updated

    def _rebound(self, participant: Participant, changes: dict[str, Any]) -> str:
        kind, given = binding({**json.loads(participant.bindings)[participant.type], **changes})
        if kind != participant.type:
            raise refusal(Code.BAD_REQUEST, f"a participant of {participant.type} cannot move to {kind}: add another")
        holder = self.bound(kind, given)
        if holder is not None and holder.sid != participant.sid:
            raise refusal(Code.BINDING_EXISTS, f"{given['address']} and {given['proxy_address']}")
        return json.dumps({kind: given})

    def set_role(self, key: str, who: str, role: str) -> Participant:
        """Gives the participant another role (name or sid, ``user`` or ``admin``); everybody in it sees that.

        Raises:
            TwilioError: 50350, 50432, 50377 (closed), 20001 for no role of conversations.
        """
        conversation = self._conversations.open(key)
        participant = self.get(conversation.sid, who)
        role_sid = self._permissions.role(role, "conversation")
        updated = replace(participant, role_sid=role_sid, date_updated=self._context.clock.iso())
        about: dict[str, Any] = {
            "conversation": conversation,
            "previous": participant,
            "changed": frozenset({"role_sid"}),
        }
        self._context.events.before("participant.updated", participant=updated, **about)
        with self._context.store.transaction():
            self._store(conversation, updated, membership=False)
            self._context.events.emit("participant.updated", participant=updated, **about)
        return updated

    def read_up_to(
        self, actor: str | None, key: str, index: Any, *, who: str | None = None, at: str | None = None
    ) -> Participant:
        """Moves the caller's read horizon to ``index`` (None: nothing is read), at most to the newest index given out.

        The service itself (actor None) does so for ``who`` (sid or identity), and may say ``at`` what time.

        Raises:
            TwilioError: 50350, 50430 (50432 for ``who``), 20001 for anything but null or an integer ≥ 0.
        """
        conversation = self._conversations.get(key)
        participant = self.get(conversation.sid, who) if who is not None else self.member(actor, conversation)
        if index is not None:
            if isinstance(index, bool) or not isinstance(index, int) or index < 0:
                raise refusal(Code.BAD_REQUEST, "last_read_message_index must be null or an integer of at least 0")
            index = min(index, conversation.next_index - 1) if conversation.next_index else None
        updated = replace(participant, last_read_index=index, last_read_at=at or self._context.clock.iso())
        about: dict[str, Any] = {"previous": participant, "changed": frozenset({"last_read_message_index"})}
        with self._context.store.transaction():
            self._store(conversation, updated, membership=True)
            events = self._context.events
            events.emit("participant.updated", conversation=conversation, participant=updated, **about)
        return updated

    def set_notification_level(self, actor: str | None, key: str, level: Any, *, who: str | None = None) -> Participant:
        """Sets whether the caller gets push notifications: ``default`` or ``muted``. Only the caller sees it.

        The service itself (actor None) does so for ``who`` (sid or identity).

        Raises:
            TwilioError: 50350, 50430/50107 (50432 for ``who``), 50210 for another level.
        """
        conversation = self._conversations.get(key)
        participant = self.get(conversation.sid, who) if who is not None else self.member(actor, conversation)
        self._permissions.require(actor, conversation.sid, "editNotificationLevel")
        if level not in NOTIFICATION_LEVELS:
            raise refusal(
                Code.NOTIFICATION_LEVEL_INVALID, f"notification_level must be one of {', '.join(NOTIFICATION_LEVELS)}"
            )
        updated = replace(participant, notification_level=level)
        about: dict[str, Any] = {"previous": participant, "changed": frozenset({"notification_level"})}
        with self._context.store.transaction():
            self._store(conversation, updated, membership=True, roster=False)
            events = self._context.events
            events.emit("participant.updated", conversation=conversation, participant=updated, **about)
        return updated

    def _store(
        self, conversation: Conversation, participant: Participant, *, membership: bool, roster: bool = True
    ) -> None:
        context = self._context
        user = None if participant.identity is None else USERS.get(context.db, participant.identity)
        with context.store.transaction():
            PARTICIPANTS.update(context.db, participant)
            if roster:
                data = published.roster_item(participant, user)
                context.store.set_map_item(conversation.roster, participant.sid, data)
            if membership and user is not None:
                data = published.membership_item(conversation, participant)
                context.store.set_map_item(user.conversations_map, conversation.sid, data)

    def _admit(self, conversation: Conversation, participant: Participant, user: User | None) -> Conversation:
        """Stores and publishes a new participant; the conversation, which this made active."""
        context = self._context
        PARTICIPANTS.insert(context.db, participant)
        context.store.set_map_item(conversation.roster, participant.sid, published.roster_item(participant, user))
        if user is not None:
            data = published.membership_item(conversation, participant)
            context.store.set_map_item(user.conversations_map, conversation.sid, data)
        context.events.emit("participant.added", conversation=conversation, participant=participant, user=user)
        updated = self._conversations.active(conversation)
        if participant.identity == conversation.created_by:
            updated = replace(updated, creator_joined=1)
        if updated.state != conversation.state:
            self._conversations.store(updated)
        else:
            self._conversations.quietly(updated)
        return updated

    def _require_space(self, conversation: Conversation) -> None:
        allowed = self._context.limits.participants
        if PARTICIPANTS.count(self._context.db, "conversation_sid = ?", conversation.sid) >= allowed:
            raise refusal(Code.TOO_MANY_PARTICIPANTS, f"{allowed} are allowed")

    def bound(self, kind: str, given: dict[str, str]) -> Participant | None:
        """The participant at these addresses in a conversation that is not closed; there is at most one."""
        where = (
            f"json_extract(bindings, '$.{kind}.address') = ? AND json_extract(bindings, '$.{kind}.proxy_address') = ?"
            " AND conversation_sid IN (SELECT sid FROM conversations WHERE state != 'closed')"
        )
        return PARTICIPANTS.one(self._context.db, where, given["address"], given["proxy_address"])

    def _open_memberships(self, identity: str) -> int:
        where = "identity = ? AND conversation_sid IN (SELECT sid FROM conversations WHERE state != 'closed')"
        return PARTICIPANTS.count(self._context.db, where, identity)
