"""Users: their profile map, their role, and whether they are online.

A user comes into being when an identity connects or is added to a conversation.
Not responsible for: tokens and connections; the hub tells about the first and last connection of an identity.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyconvo.emulator.conversations import limits, published
from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.permissions import Permissions
from pyconvo.emulator.conversations.records import User
from pyconvo.emulator.conversations.schema import USERS


class Users:
    def __init__(self, context: Context, permissions: Permissions) -> None:
        self._context = context
        self._permissions = permissions

    def find(self, key: str) -> User | None:
        """The user with this identity or sid."""
        return USERS.get(self._context.db, key) or USERS.one(self._context.db, "sid = ?", key)

    def get(self, key: str) -> User:
        """As ``find``.

        Raises:
            TwilioError: 404/50200 when there is none.
        """
        user = self.find(key)
        if user is None:
            raise refusal(Code.USER_NOT_FOUND, key)
        return user

    def all(self) -> list[User]:
        return USERS.many(self._context.db, "1 ORDER BY rowid")

    def ensure(self, identity: str) -> User:
        """The user of ``identity``, created if new, with both of its Sync maps."""
        user = USERS.get(self._context.db, identity)
        return user or self.create(identity)

    def create(
        self,
        identity: str,
        *,
        friendly_name: str | None = None,
        attributes: str | None = None,
        role: str = "user",
    ) -> User:
        """A new user.

        Raises:
            TwilioError: 409/50201 there is one already, 50102 no such role, 50206, 50207, 50003, 50303, 50304.
        """
        context, allowed = self._context, self._context.limits
        identity = limits.identity(identity, longest=allowed.identity)
        if limits.USER_SID.fullmatch(identity):
            raise refusal(Code.IDENTITY_LIKE_SID, identity)
        if USERS.get(context.db, identity) is not None:
            raise refusal(Code.USER_EXISTS, identity)
        now = context.clock.iso()
        user = User(
            identity=identity,
            sid=context.ids.sid("US"),
            friendly_name=self._friendly_name(friendly_name),
            attributes=limits.attributes(attributes, longest=allowed.attributes),
            role_sid=self._permissions.role(role, "service"),
            online=0,
            notifiable=0,
            date_created=now,
            date_updated=now,
        )
        with context.store.transaction():
            USERS.insert(context.db, user)
            context.store.create_map(user.info_map)
            context.store.create_map(user.conversations_map)
            self._publish(user, "friendlyName", {"value": user.friendly_name})
            self._publish(user, "attributes", {"value": user.attributes})
            if context.settings.reachability:
                self._publish(user, "reachability", published.reachability(user))
            context.events.emit("user.added", user=user)
        return user

    def update(self, actor: str | None, key: str, changes: dict[str, Any]) -> User:
        """Changes ``friendly_name`` and ``attributes``, as far as ``changes`` has them.

        Raises:
            TwilioError: 50200 unknown, 50107 not allowed, 50003/50303/50304 bad values.
        """
        user = self.get(key)
        own = ("editOwnUserInfo",) if actor == user.identity else ()
        self._permissions.require(actor, None, *own, "editAnyUserInfo")
        updated = replace(user, date_updated=self._context.clock.iso())
        if "friendly_name" in changes:
            updated = replace(updated, friendly_name=self._friendly_name(changes["friendly_name"]))
        if "attributes" in changes:
            checked = limits.attributes(changes["attributes"], longest=self._context.limits.attributes)
            updated = replace(updated, attributes=checked)
        about: dict[str, Any] = {"user": updated, "previous": user, "changed": frozenset(changes)}
        self._context.events.before("user.updated", **about)
        with self._context.store.transaction():
            USERS.update(self._context.db, updated)
            if "friendly_name" in changes:
                self._publish(updated, "friendlyName", {"value": updated.friendly_name})
            if "attributes" in changes:
                self._publish(updated, "attributes", {"value": updated.attributes})
            self._context.events.emit("user.updated", **about)
        return updated

    def set_role(self, key: str, role: str) -> User:
        """Gives the user another service role (its name, or ``user`` / ``admin``)."""
        user = self.get(key)
        updated = replace(user, role_sid=self._permissions.role(role, "service"))
        with self._context.store.transaction():
            USERS.update(self._context.db, updated)
            changed = frozenset({"role_sid"})
            self._context.events.emit("user.updated", user=updated, previous=user, changed=changed)
        return updated

    def forget(self, user: User) -> None:
        """Removes the user and both of its Sync maps; it is in no conversation any more."""
        context = self._context
        USERS.delete(context.db, "identity = ?", user.identity)
        context.store.remove("map", user.info_map)
        context.store.remove("map", user.conversations_map)

    def reached(self, identity: str, *, online: bool | None = None, notifiable: bool | None = None) -> User:
        """Notes that the user is (no longer) connected or has (no) push registration; published when it changes."""
        with self._context.store.transaction():
            user = self.ensure(identity)
            updated = replace(
                user,
                online=user.online if online is None else int(online),
                notifiable=user.notifiable if notifiable is None else int(notifiable),
            )
            if updated != user:
                USERS.update(self._context.db, updated)
                if self._context.settings.reachability:
                    self._publish(updated, "reachability", published.reachability(updated))
                    changed = frozenset({"is_online", "is_notifiable"})
                    self._context.events.emit("user.updated", user=updated, previous=user, changed=changed)
        return updated

    def show_reachability(self) -> None:
        """Tells clients of everybody; the service has begun to."""
        with self._context.store.transaction():
            for user in self.all():
                self._publish(user, "reachability", published.reachability(user))

    def all_offline(self) -> None:
        """After a restart on an old database: nobody is connected yet, whatever was stored last."""
        for user in USERS.many(self._context.db, "online = 1"):
            self.reached(user.identity, online=False)

    def _friendly_name(self, value: Any) -> str | None:
        longest = self._context.limits.friendly_name
        return limits.text(value, "friendly_name", longest=longest, code=Code.FRIENDLY_NAME_TOO_LONG)

    def _publish(self, user: User, key: str, data: dict[str, Any]) -> None:
        self._context.store.set_map_item(user.info_map, key, data)
