"""Roles, and who may do what: one permission table, one question.

A command is allowed when the caller's service role or, in that conversation, the participant's role holds the
permission. The service itself (actor None: the control plane, server-side REST) may do everything.
Not responsible for: whether somebody may see a conversation at all (``conversation``).
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Any, Final

from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.records import Role
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
        for name, (scope, permissions) in DEFAULT_ROLES.items():
            if self._by_name(name) is None:
                sid = context.ids.sid("RL")
                ROLES.insert(self._db, Role(sid, name, scope, json.dumps(sorted(permissions))))

    @property
    def _db(self) -> sqlite3.Connection:
        return self._context.store.db

    def role(self, name: str, scope: str) -> str:
        """Sid of the role called ``name`` (or its sid); ``user`` and ``admin`` are short for the default ones of
        ``scope``.
        """
        full = {"user": 0, "admin": 1}.get(name)
        if full is not None:
            name = ((SERVICE_USER, SERVICE_ADMIN) if scope == "service" else (CHANNEL_USER, CHANNEL_ADMIN))[full]
        role = self._by_name(name) or ROLES.get(self._db, name)
        if role is None or role.scope != scope:
            code = Code.SERVICE_ROLE_NOT_FOUND if scope == "service" else Code.CONVERSATION_ROLE_NOT_FOUND
            raise refusal(code, f"there is no {scope} role called {name!r}")
        return role.sid

    def all(self) -> list[Role]:
        return ROLES.many(self._db, "1 ORDER BY rowid")

    def set(self, key: str, permissions: list[Any]) -> Role:
        """Gives the role (name or sid) exactly these permissions; whoever has it may do other things from now on.

        Raises:
            TwilioError: 404/20404 no such role, 400/20001 a permission that its scope does not have.
        """
        role = self._by_name(key) or ROLES.get(self._db, key)
        if role is None:
            raise refusal(Code.NOT_FOUND, f"role {key}")
        known = SERVICE_SCOPE if role.scope == "service" else CONVERSATION_SCOPE
        unknown = [name for name in permissions if name not in known]
        if unknown:
            raise refusal(Code.BAD_REQUEST, f"a {role.scope} role has no permission {unknown[0]!r}")
        updated = replace(role, permissions=json.dumps(sorted(set(permissions))))
        with self._context.store.transaction():
            ROLES.update(self._db, updated)
        return updated

    def allowed(self, actor: str | None, permission: str, conversation_sid: str | None = None) -> bool:
        """Whether ``actor`` (an identity, None: the service itself) may use ``permission``, there or anywhere."""
        if actor is None:
            return True
        user = USERS.get(self._db, actor)
        if user is not None and self._holds(user.role_sid, permission, SERVICE_SCOPE):
            return True
        if conversation_sid is None:
            return False
        found = PARTICIPANTS.one(self._db, "conversation_sid = ? AND identity = ?", conversation_sid, actor)
        return found is not None and self._holds(found.role_sid, permission, CONVERSATION_SCOPE)

    def require(self, actor: str | None, conversation_sid: str | None, *permissions: str) -> None:
        """Passes when ``actor`` holds any of ``permissions``.

        Raises:
            TwilioError: 403/50430 for somebody outside the conversation, 403/50107 otherwise.
        """
        if any(self.allowed(actor, permission, conversation_sid) for permission in permissions):
            return
        where = "conversation_sid = ? AND identity = ?"
        if conversation_sid is not None and PARTICIPANTS.one(self._db, where, conversation_sid, actor) is None:
            raise refusal(Code.NOT_A_PARTICIPANT, f"{actor} is not in {conversation_sid}")
        raise refusal(Code.NOT_AUTHORIZED, f"{actor} lacks the permission {permissions[-1]}")

    def _by_name(self, name: str) -> Role | None:
        return ROLES.one(self._db, "friendly_name = ?", name)

    def _holds(self, role_sid: str, permission: str, scope: frozenset[str]) -> bool:
        role = ROLES.get(self._db, role_sid)
        return role is not None and permission in scope and permission in json.loads(role.permissions)
