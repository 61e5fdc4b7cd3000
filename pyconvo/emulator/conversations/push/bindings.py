"""The devices of users: registered and removed by their own clients, looked up and removed by the service.

A user with a device is notifiable. Not responsible for what is sent there (``outbox``).
"""

from __future__ import annotations

import json
from typing import Any, Final

from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.push.records import BINDINGS, Binding
from pyconvo.emulator.conversations.users import Users

TYPES: Final = ("fcm", "apn")
_LONGEST_ADDRESS: Final = 4096
_LONGEST_PLATFORM: Final = 128


class Bindings:
    def __init__(self, context: Context, users: Users) -> None:
        self._context = context
        self._users = users

    # -- reading ---------------------------------------------------------------------------------------------------

    def of(self, identity: str) -> list[Binding]:
        """A user's devices in the order of registration."""
        return BINDINGS.many(self._context.db, "identity = ? ORDER BY rowid", identity)

    def all(self, *, types: list[str] | None = None, identities: list[str] | None = None) -> list[Binding]:
        """Every device, or those of these types and identities."""
        found = BINDINGS.many(self._context.db, "1 ORDER BY rowid")
        return [
            one
            for one in found
            if (types is None or one.type in types) and (identities is None or one.identity in identities)
        ]

    def get(self, sid: str) -> Binding:
        """Raises ``TwilioError`` 404/20404 when there is none."""
        found = BINDINGS.get(self._context.db, sid)
        if found is None:
            raise refusal(Code.NOT_FOUND, f"binding {sid}")
        return found

    # -- commands --------------------------------------------------------------------------------------------------

    def register(
        self,
        identity: str,
        kind: Any,
        address: Any,
        *,
        message_types: Any,
        platform: Any = "",
        version: Any = "",
        credential_sid: str | None = None,
    ) -> Binding:
        """Registers a device of ``identity``; one that is registered already keeps its sid.

        Raises:
            TwilioError: 400/20001 for another type than fcm and apn, no device token, or no list of message types.
        """
        if kind not in TYPES:
            raise refusal(Code.BAD_REQUEST, f"the type of a device is one of {', '.join(TYPES)}")
        if not isinstance(address, str) or not 0 < len(address) <= _LONGEST_ADDRESS:
            raise refusal(Code.BAD_REQUEST, f"a device token has 1 to {_LONGEST_ADDRESS} characters")
        if not isinstance(message_types, list) or not all(isinstance(one, str) for one in message_types):
            raise refusal(Code.BAD_REQUEST, "message_types must be a list of texts")
        context, now = self._context, self._context.clock.iso()
        known = BINDINGS.one(context.db, "identity = ? AND type = ? AND address = ?", identity, kind, address)
        with context.store.transaction():
            made = Binding(
                sid=known.sid if known else context.ids.sid("BS"),
                identity=identity,
                type=kind,
                address=address,
                platform=str(platform)[:_LONGEST_PLATFORM],
                version=str(version),
                message_types=json.dumps(message_types),
                credential_sid=credential_sid,
                date_created=known.date_created if known else now,
                date_updated=now,
            )
            if known:
                BINDINGS.update(context.db, made)
            else:
                BINDINGS.insert(context.db, made)
            self._users.reached(identity, notifiable=True)
        return made

    def remove(self, sid: str, identity: str | None = None) -> None:
        """Removes a device; given ``identity``, only one of that user.

        Raises:
            TwilioError: 404/20404 when there is none.
        """
        found = self.get(sid)
        if identity not in (None, found.identity):
            raise refusal(Code.NOT_FOUND, f"binding {sid} of {identity}")
        self._remove(found.identity, "sid = ?", sid)

    def remove_device(self, identity: str, kind: Any, address: Any) -> None:
        """Removes a user's device by its token. Nothing happens when it is not registered.

        Raises:
            TwilioError: 400/20001 for another type than fcm and apn.
        """
        if kind not in TYPES:
            raise refusal(Code.BAD_REQUEST, f"the type of a device is one of {', '.join(TYPES)}")
        self._remove(identity, "identity = ? AND type = ? AND address = ?", identity, kind, str(address))

    def _remove(self, identity: str, where: str, *args: str) -> None:
        with self._context.store.transaction():
            BINDINGS.delete(self._context.db, where, *args)
            left = BINDINGS.count(self._context.db, "identity = ?", identity)
            self._users.reached(identity, notifiable=left > 0)
