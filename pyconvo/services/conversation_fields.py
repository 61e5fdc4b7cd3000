"""A conversation's fields, and how news about them are merged, key by key. Pure: no events, no network.

News come from the conversation's document, from the user's list of conversations and from REST answers, all with
the document's key names. What differs is reported in the order of the keys that came.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyconvo.json_values import JSONValue, is_index, json_equal, parse_date, parse_json, same

logger = logging.getLogger("pyconvo.model")


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The newest message of a conversation, as the service tells it."""

    index: int | None
    date_created: datetime | None


@dataclass(frozen=True, slots=True)
class ConversationState:
    """``current``: ``"active"``, ``"inactive"`` or ``"closed"``; ``date_updated``: since when."""

    current: str
    date_updated: datetime | None


class ConversationFields:
    """The values themselves. ``status`` is changed by :meth:`merge` and from outside."""

    def __init__(self, sid: str, descriptor: Mapping[str, Any]) -> None:
        self._sid = sid
        attributes = descriptor.get("attributes")
        index = descriptor.get("lastConsumedMessageIndex")
        self.status = "notParticipating"
        self.unique_name: str | None = descriptor.get("uniqueName") or None
        self.friendly_name: str | None = descriptor.get("friendlyName") or None
        self.attributes: JSONValue = {} if attributes is None else attributes
        self.created_by: str | None = descriptor.get("createdBy")
        self.date_created = parse_date(descriptor.get("dateCreated"))
        self.date_updated = parse_date(descriptor.get("dateUpdated"))
        self.last_read_message_index: int | None = index if is_index(index) else None
        self.bindings: dict[str, Any] = descriptor.get("bindings") or {}
        self.notification_level: str | None = descriptor.get("notificationLevel") or None
        self.last_message: LastMessage | None = None
        self.state: ConversationState | None = None
        #: The state as received, without its date: only that decides whether it changed.
        self._raw_state: dict[str, Any] | None = None
        #: Texts as they came last, by key: most of what comes has been there before, and need not be read again.
        self._texts: dict[str, str] = {}

    def merge(self, news: Mapping[str, Any]) -> tuple[str, ...]:
        """Take over what is in ``news``; returns the names of the members that changed."""
        reasons: dict[str, None] = {}
        for key, value in news.items():
            if value.__class__ is not str or key == "status":
                self._texts.pop(key, None)
            elif self._texts.get(key) == value:
                continue
            else:
                self._texts[key] = value
            reason = self._take(key, value)
            if reason is not None:
                reasons[reason] = None
        return tuple(reasons)

    def _take(self, key: str, value: Any) -> str | None:
        """Merge one key; returns the member that changed because of it."""
        match key:
            case "status":
                return self._set("status", value) if value and value != "unknown" else None
            case "attributes":
                attributes = self._attributes(value)
                if json_equal(self.attributes, attributes):
                    return None
                self.attributes = attributes
                return "attributes"
            case "lastConsumedMessageIndex":
                return self._set("last_read_message_index", value)
            case "lastMessage":
                return self._take_last_message(value)
            case "state":
                return self._take_state(value)
            case "bindings":
                if json_equal(self.bindings, value):
                    return None
                self.bindings = value
                return "bindings"
            case "dateCreated":
                return self._set_date("date_created", value)
            case "dateUpdated":
                return self._set_date("date_updated", value)
            case "friendlyName":
                return self._set("friendly_name", value)
            case "uniqueName":
                return self._set("unique_name", value)
            case "createdBy":
                return self._set("created_by", value, shown=self.created_by or "")
            case "notificationLevel":
                return self._set("notification_level", value, shown=self.notification_level or "default")
        return None

    def _set(self, name: str, value: Any, **shown: Any) -> str | None:
        """Compare with what users see, where that is not the value itself."""
        if same(shown.get("shown", getattr(self, name)), value):
            return None
        setattr(self, name, value)
        return name

    def _set_date(self, name: str, value: Any) -> str | None:
        date = parse_date(value) if value else None
        if date == getattr(self, name):
            return None
        setattr(self, name, date)
        return name

    def _take_last_message(self, value: Any) -> str | None:
        current = self.last_message
        if not isinstance(value, Mapping) or not value:
            self.last_message = None
            return None if current is None else "last_message"
        known = current or LastMessage(None, None)
        index = value.get("index", known.index)
        date = parse_date(value["timestamp"]) if value.get("timestamp") else known.date_created
        newer = LastMessage(index, date)
        if newer == known:
            return None
        self.last_message = newer
        return "last_message"

    def _take_state(self, value: Any) -> str | None:
        raw = {key: item for key, item in value.items() if key != "dateUpdated"} if value else None
        if json_equal(self._raw_state, raw):
            return None
        self._raw_state = raw
        self.state = None if raw is None else ConversationState(raw["current"], parse_date(value.get("dateUpdated")))
        return "state"

    def _attributes(self, value: Any) -> JSONValue:
        if not isinstance(value, str):
            return value
        try:
            return parse_json(value)
        except ValueError:
            logger.warning("the service sent malformed attributes of conversation %s", self._sid)
            return {}
