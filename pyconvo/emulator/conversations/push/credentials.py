"""The credentials of push platforms, as a server-side program keeps them.

Not responsible for using them: nothing is ever sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pyconvo.emulator.conversations import limits
from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.push.records import CREDENTIALS, Credential

TYPES: Final = ("apn", "gcm", "fcm")
_LONGEST_NAME: Final = 64


class Credentials:
    def __init__(self, context: Context) -> None:
        self._context = context

    def all(self) -> list[Credential]:
        return CREDENTIALS.many(self._context.db, "1 ORDER BY rowid")

    def get(self, sid: str) -> Credential:
        """Raises ``TwilioError`` 404/20404 when there is none."""
        found = CREDENTIALS.get(self._context.db, sid)
        if found is None:
            raise refusal(Code.NOT_FOUND, f"credential {sid}")
        return found

    def create(self, kind: Any, *, friendly_name: Any = None, sandbox: bool | None = None) -> Credential:
        """A new credential. Certificates, keys and secrets are the caller's to forget.

        Raises:
            TwilioError: 400/20001 for an unknown type or an overlong name.
        """
        context, now = self._context, self._context.clock.iso()
        made = Credential(context.ids.sid("CR"), _kind(kind), _name(friendly_name), _sandbox(sandbox), now, now)
        with context.store.transaction():
            CREDENTIALS.insert(context.db, made)
        return made

    def update(self, sid: str, changes: Mapping[str, Any]) -> Credential:
        """Changes ``type``, ``friendly_name`` and ``sandbox``, as far as given.

        Raises:
            TwilioError: 404/20404 unknown, 400/20001 for an unknown type or an overlong name.
        """
        current = self.get(sid)
        updated = replace(
            current,
            type=_kind(changes["type"]) if "type" in changes else current.type,
            friendly_name=_name(changes["friendly_name"]) if "friendly_name" in changes else current.friendly_name,
            sandbox=_sandbox(changes["sandbox"]) if "sandbox" in changes else current.sandbox,
            date_updated=self._context.clock.iso(),
        )
        with self._context.store.transaction():
            CREDENTIALS.update(self._context.db, updated)
        return updated

    def delete(self, sid: str) -> None:
        """Raises ``TwilioError`` 404/20404 when there is none."""
        self.get(sid)
        with self._context.store.transaction():
            CREDENTIALS.delete(self._context.db, "sid = ?", sid)


def _kind(value: Any) -> str:
    kind = value.lower() if isinstance(value, str) else value
    if kind not in TYPES:
        raise refusal(Code.BAD_REQUEST, f"the type of a credential is one of {', '.join(TYPES)}")
    return str(kind)


def _name(value: Any) -> str | None:
    return limits.text(value, "friendly_name", longest=_LONGEST_NAME, code=Code.BAD_REQUEST)


def _sandbox(value: bool | None) -> int | None:
    return None if value is None else int(bool(value))
