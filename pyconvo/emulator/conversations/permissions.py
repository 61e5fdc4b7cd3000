"""Roles, and who may do what: one permission table, one question.

A command is allowed when the caller's service role or, in that conversation, the participant's role holds the
permission. The service itself (actor None: the control plane, server-side REST) may do everything.
Not responsible for: whether somebody may see a conversation at all (``conversation``).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from pyconvo.emulator.conversations import limits
from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.defaults import DEFAULTS, ServiceDefaults, create_table
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.records import Participant, Role
from pyconvo.emulator.conversations.schema import PARTICIPANTS, ROLES, USERS

SERVICE_SCOPE: Final = frozenset({
    "addParticipant", "createConversation", "deleteAnyMessage", "deleteConversation", "editAnyMessage",
    "editAnyMessageAttributes", "editAnyUserInfo", "editConversationAttributes", "editConversationName",
    "editOwnMessage", "editOwnMessageAttributes", "editOwnUserInfo", "joinConversation", "removeParticipant",
})  # fmt: skip

CONVERSATION_SCOPE: Final = frozenset({
    "addParticipant", "addNonChatParticipant", "deleteAnyMessage", "deleteOwnMessage", "deleteConversation",
    "editAnyMessage", "editAnyMessageAttributes", "editAnyParticipantAttributes", "editConversationAttributes",
    "editConversationName", "editNotificationLevel", "editOwnMessage", "editOwnMessageAttributes",
    "editOwnParticipantAttributes", "leaveConversation", "readChannelMetadata", "removeParticipant",
    "sendMediaMessage", "sendMessage",
})  # fmt: skip

#: When the roles were made that a service comes with.
ALWAYS: Final = "1970-01-01T00:00:00.000Z"
SERVICE_USER: Final = "service user"
SERVICE_ADMIN: Final = "service admin"
CHANNEL_USER: Final = "channel user"
CHANNEL_ADMIN: Final = "channel admin"

DEFAULT_ROLES: Final[dict[str, tuple[str, frozenset[str]]]] = {
    SERVICE_USER: ("service", frozenset({"createConversation", "joinConversation", "editOwnUserInfo"})),
    SERVICE_ADMIN: ("service", SERVICE_SCOPE),
    CHANNEL_USER: ("conversation", frozenset({
        "deleteOwnMessage", "editNotificationLevel", "editOwnMessage", "editOwnMessageAttributes",
        "editOwnParticipantAttributes", "leaveConversation", "readChannelMetadata", "sendMediaMessage", "sendMessage",
    })),
    CHANNEL_ADMIN: ("conversation", CONVERSATION_SCOPE),
}  # fmt: skip


class Permissions:
    """The roles of the service and the check before every command."""

    def __init__(self, context: Context) -> None:
        self._context = context
        create_table(context.db)
        if ROLES.count(self._db, "1"):
            return
        for name, (scope, permissions) in DEFAULT_ROLES.items():
            sid = context.ids.sid("RL")
            ROLES.insert(self._db, Role(sid, name, scope, json.dumps(sorted(permissions)), ALWAYS, ALWAYS))

    @property
    def _db(self) -> sqlite3.Connection:
        return self._context.store.db

    def role(self, name: str, scope: str) -> str:
        """Sid of the role called ``name`` (or its sid). ``user`` is short for the one that people start with in
        ``scope``, ``admin`` for that of a conversation's creator, or of the service's admins.
        """
        if name == "user":
            name = self.defaults.user_role_sid if scope == "service" else self.defaults.member_role_sid
        elif name == "admin":
            name = SERVICE_ADMIN if scope == "service" else self.defaults.creator_role_sid
        role = self._by_name(name) or ROLES.get(self._db, name)
        if role is None or role.scope != scope:
            code = Code.SERVICE_ROLE_NOT_FOUND if scope == "service" else Code.CONVERSATION_ROLE_NOT_FOUND
            raise refusal(code, f"there is no {scope} role called {name!r}")
        return role.sid

    def all(self) -> list[Role]:
        return ROLES.many(self._db, "1 ORDER BY rowid")

    def get(self, key: str) -> Role:
        """The role with this sid.

        Raises:
            TwilioError: 404/20404 when there is none.
        """
        found = ROLES.get(self._db, key)
        if found is None:
            raise refusal(Code.NOT_FOUND, f"role {key}")
        return found

    def create(self, name: str, scope: str, permissions: list[str]) -> Role:
        """A new role; several may have the same name.

        Raises:
            TwilioError: 50105 for another scope, 50104 for a permission that it does not have, 50003, 50000.
        """
        if scope not in ("service", "conversation"):
            raise refusal(Code.ROLE_TYPE_INVALID, f"{scope!r} is neither service nor conversation")
        longest = self._context.limits.friendly_name
        if not limits.text(name, "friendly_name", longest=longest, code=Code.FRIENDLY_NAME_TOO_LONG):
            raise refusal(Code.FRIENDLY_NAME_MISSING)
        _check(scope, permissions)
        now = self._context.clock.iso()
        sid = self._context.ids.sid("RL")
        made = Role(sid, name, scope, json.dumps(sorted(set(permissions))), now, now)
        with self._context.store.transaction():
            ROLES.insert(self._db, made)
        return made

    def remove(self, key: str) -> None:
        """Removes a role that nobody has.

        Raises:
            TwilioError: 404/20404 no such role, 400/20001 somebody has it, or is to get it.
        """
        role = self.get(key)
        defaults = self.defaults
        if role.sid in (defaults.creator_role_sid, defaults.member_role_sid, defaults.user_role_sid):
            raise refusal(Code.BAD_REQUEST, f"{role.sid} is a default role of the service: configure another first")
        if USERS.count(self._db, "role_sid = ?", key) or PARTICIPANTS.count(self._db, "role_sid = ?", key):
            raise refusal(Code.BAD_REQUEST, f"{role.sid} is the role of somebody: give them another first")
        with self._context.store.transaction():
            ROLES.delete(self._db, "sid = ?", role.sid)

    @property
    def defaults(self) -> ServiceDefaults:
        """What people start with."""
        settings = self._context.settings
        found = DEFAULTS.get(self._db, settings.service_sid)
        if found is not None:
            return found
        creator, member, user = (self._sid(name) for name in (CHANNEL_ADMIN, CHANNEL_USER, SERVICE_USER))
        return ServiceDefaults(settings.service_sid, creator, member, user, int(settings.reachability))

    def set_defaults(self, changes: Mapping[str, Any]) -> ServiceDefaults:
        """Changes ``creator_role_sid``, ``member_role_sid``, ``user_role_sid`` and ``reachability``, as far as given.

        Raises:
            TwilioError: 50109/50102 for what is no role of conversations, or of the service.
        """
        made = replace(self.defaults, **changes)
        self.role(made.creator_role_sid, "conversation")
        self.role(made.member_role_sid, "conversation")
        self.role(made.user_role_sid, "service")
        with self._context.store.transaction():
            DEFAULTS.delete(self._db, "service_sid = ?", made.service_sid)
            DEFAULTS.insert(self._db, made)
        return made

    def set(self, key: str, permissions: list[Any]) -> Role:
        """Gives the role (name or sid) exactly these permissions; whoever has it may do other things from now on.

        Raises:
            TwilioError: 404/20404 no such role, 400/50104 a permission that its scope does not have.
        """
        role = self._by_name(key) or ROLES.get(self._db, key)
        if role is None:
            raise refusal(Code.NOT_FOUND, f"role {key}")
        _check(role.scope, permissions)
        updated = replace(
            role, permissions=json.dumps(sorted(set(permissions))), date_updated=self._context.clock.iso()
        )
        with self._context.store.transaction():
            ROLES.update(self._db, updated)
        return updated

    def allowed(
        self,
        actor: str | None,
        permission: str,
        conversation_sid: str | None = None,
        participant: Participant | None = None,
    ) -> bool:
        """Whether ``actor`` (an identity, None: the service itself) may use ``permission``, there or anywhere.
        ``participant``: who that is there, where it is known already.
        """
        if actor is None:
            return True
        if permission in SERVICE_SCOPE:
            user = USERS.get(self._db, actor)
            if user is not None and self._holds(user.role_sid, permission):
                return True
        if conversation_sid is None or permission not in CONVERSATION_SCOPE:
            return False
        where = "conversation_sid = ? AND identity = ?"
        found = participant or PARTICIPANTS.one(self._db, where, conversation_sid, actor)
        return found is not None and self._holds(found.role_sid, permission)

    def require(
        self,
        actor: str | None,
        conversation_sid: str | None,
        *permissions: str,
        participant: Participant | None = None,
    ) -> None:
        """Passes when ``actor`` holds any of ``permissions``. ``participant``: as for ``allowed``.

        Raises:
            TwilioError: 403/50430 for somebody outside the conversation, 403/50107 otherwise.
        """
        if any(self.allowed(actor, permission, conversation_sid, participant) for permission in permissions):
            return
        where = "conversation_sid = ? AND identity = ?"
        if conversation_sid is not None and PARTICIPANTS.one(self._db, where, conversation_sid, actor) is None:
            raise refusal(Code.NOT_A_PARTICIPANT, f"{actor} is not in {conversation_sid}")
        raise refusal(Code.NOT_AUTHORIZED, f"{actor} lacks the permission {permissions[-1]}")

    def _sid(self, name: str) -> str:
        """Of a role that the service came with; empty when somebody has removed it."""
        found = self._by_name(name)
        return found.sid if found else ""

    def _by_name(self, name: str) -> Role | None:
        return ROLES.one(self._db, "friendly_name = ? ORDER BY rowid", name)

    def _holds(self, role_sid: str, permission: str) -> bool:
        role = ROLES.get(self._db, role_sid)
        return role is not None and permission in _names(role.permissions)


@lru_cache
def _names(permissions: str) -> frozenset[str]:
    """The names in a JSON list."""
    return frozenset(json.loads(permissions))


def _check(scope: str, permissions: list[Any]) -> None:
    known = SERVICE_SCOPE if scope == "service" else CONVERSATION_SCOPE
    unknown = [name for name in permissions if name not in known]
    if unknown:
        raise refusal(Code.PERMISSION_NOT_FOUND, f"a {scope} role has no permission {unknown[0]!r}")
