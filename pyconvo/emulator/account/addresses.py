"""Address configurations: numbers and senders of the account, and the conversations they open for strangers.

Not responsible for messages that come in (``conversations.inbound``).
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pyconvo.emulator.chat_service import ChatService, ChatServices
from pyconvo.emulator.conversations import limits
from pyconvo.emulator.conversations.errors import Code, refusal
from pyconvo.emulator.conversations.schema import Table

TYPES: Final = ("sms", "whatsapp", "messenger", "gbm", "email", "rcs", "apple", "chat")
CREATIONS: Final = ("webhook", "studio", "default")
MOST_RETRIES: Final = 3
SCHEMA = """
CREATE TABLE IF NOT EXISTS address_configurations (
    sid TEXT PRIMARY KEY, type TEXT NOT NULL, address TEXT NOT NULL UNIQUE, friendly_name TEXT,
    auto_creation TEXT NOT NULL, address_country TEXT, date_created TEXT NOT NULL, date_updated TEXT NOT NULL)
"""
_FORMS: Final = {
    "sms": re.compile(r"\+?[0-9]{3,15}"),
    "whatsapp": re.compile(r"whatsapp:\+[0-9]{2,15}"),
    "messenger": re.compile(r"messenger:\S+"),
    "email": re.compile(r"[^@\s]+@[^@\s]+"),
}
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_LONGEST: Final = 256


@dataclass(frozen=True, slots=True)
class Address:
    sid: str
    type: str
    address: str
    friendly_name: str | None
    auto_creation: str
    """JSON object, by the names of the REST API: ``enabled``, ``type``, ``webhook_url``, …"""
    address_country: str | None
    date_created: str
    date_updated: str

    @property
    def automatic(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.auto_creation)
        return found


ADDRESSES = Table("address_configurations", Address)


class Addresses:
    def __init__(self, chats: ChatServices) -> None:
        self._chats = chats

    # -- reading

    def all(self, kind: str | None = None) -> list[Address]:
        """Those of a type, or all."""
        found = ADDRESSES.many(self._db(), "1 ORDER BY rowid")
        return [one for one in found if kind in (None, one.type)]

    def get(self, key: str) -> Address:
        """By sid, or by the address itself.

        Raises:
            TwilioError: 404/20404 when there is none.
        """
        found = ADDRESSES.get(self._db(), key) or ADDRESSES.one(self._db(), "address = ?", key)
        if found is None:
            raise refusal(Code.NOT_FOUND, f"address configuration {key}")
        return found

    def opening(self, kind: str, address: str) -> Address | None:
        """The configuration that opens conversations for who writes to this address."""
        found = ADDRESSES.one(self._db(), "type = ? AND address = ?", kind, address)
        return found if found is not None and found.automatic["enabled"] else None

    # -- changing

    def create(
        self, kind: str, address: str, *, friendly_name: str | None, country: str | None, automatic: Mapping[str, Any]
    ) -> Address:
        """A new configuration. ``automatic``: what becomes of messages from strangers.

        Raises:
            TwilioError: 20001 for a bad type, address, country or name, or for an address that has one; and what
                ``automatic`` lacks: 50369, 50367, 50365.
        """
        if kind not in TYPES:
            raise refusal(Code.BAD_REQUEST, f"Type must be one of {', '.join(TYPES)}, not {kind!r}")
        form = _FORMS.get(kind)
        if not 0 < len(address) <= _LONGEST or (form is not None and not form.fullmatch(address)):
            raise refusal(Code.BAD_REQUEST, f"{address[:_LONGEST]!r} is no address of {kind}")
        if ADDRESSES.one(self._db(), "address = ?", address) is not None:
            raise refusal(Code.BAD_REQUEST, f"{address} has a configuration already")
        if country is not None and not _COUNTRY.fullmatch(country):
            raise refusal(Code.BAD_REQUEST, f"AddressCountry must be two letters such as US, not {country!r}")
        default = self._chats.default.conversations.context
        now = default.clock.iso()
        made = Address(
            sid=default.ids.sid("IG"),
            type=kind,
            address=address,
            friendly_name=_name(friendly_name),
            auto_creation=json.dumps(self._automatic({"enabled": False, "type": "default"}, automatic)),
            address_country=country,
            date_created=now,
            date_updated=now,
        )
        with default.store.transaction():
            ADDRESSES.insert(self._db(), made)
        return made

    def update(self, key: str, changes: Mapping[str, Any], automatic: Mapping[str, Any]) -> Address:
        """Changes ``friendly_name`` as far as given, and what of ``automatic`` is. Raises as ``get`` and ``create``."""
        current = self.get(key)
        default = self._chats.default.conversations.context
        made = replace(
            current,
            friendly_name=_name(changes.get("friendly_name", current.friendly_name)),
            auto_creation=json.dumps(self._automatic(current.automatic, automatic)),
            date_updated=default.clock.iso(),
        )
        with default.store.transaction():
            ADDRESSES.update(self._db(), made)
        return made

    def remove(self, key: str) -> None:
        """Raises as ``get``."""
        found = self.get(key)
        with self._chats.default.store.transaction():
            ADDRESSES.delete(self._db(), "sid = ?", found.sid)

    def equip(self, chat: ChatService, conversation_sid: str, kind: str, address: str) -> None:
        """Gives a conversation that was opened for a stranger the webhook that the configuration names."""
        found = self.opening(kind, address)
        about = {} if found is None else found.automatic
        if about.get("type") == "webhook":
            given = {
                "url": about["webhook_url"],
                "method": about["webhook_method"],
                "filters": about["webhook_filters"],
            }
            chat.webhooks.rules.create(conversation_sid, {"target": "webhook", **given})
        elif about.get("type") == "studio":
            chat.webhooks.rules.create(conversation_sid, {"target": "studio", "flow_sid": about["studio_flow_sid"]})

    def _automatic(self, current: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
        made = {**current, **changes}
        shown: dict[str, Any] = {"enabled": bool(made["enabled"]), "type": made["type"]}
        service = made.get("conversation_service_sid")
        if service:
            shown["conversation_service_sid"] = self._chats.get(service).sid
        hooks = self._chats.default.webhooks.rules
        if made["type"] == "webhook":
            url, method = made.get("webhook_url"), made.get("webhook_method") or "POST"
            filters = made.get("webhook_filters") or ["onMessageAdded"]
            checked = hooks.checked({"target": "webhook", "url": url, "method": method, "filters": filters})
            shown |= {"webhook_url": checked.url, "webhook_method": checked.method, "webhook_filters": checked.names}
        elif made["type"] == "studio":
            retries = made.get("studio_retry_count")
            if retries is not None and not 0 <= retries <= MOST_RETRIES:
                raise refusal(Code.BAD_REQUEST, f"AutoCreation.StudioRetryCount must be 0 to {MOST_RETRIES}")
            checked = hooks.checked({"target": "studio", "flow_sid": made.get("studio_flow_sid")})
            shown |= {"studio_flow_sid": checked.flow_sid}
            shown |= {} if retries is None else {"studio_retry_count": retries}
        return shown

    def _db(self) -> sqlite3.Connection:
        return self._chats.default.db


def _name(value: Any) -> str | None:
    return limits.text(value, "FriendlyName", longest=_LONGEST, code=Code.FRIENDLY_NAME_TOO_LONG)
