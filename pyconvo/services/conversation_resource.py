"""Conversations over REST: what the service answers, in the words of the user's list in Sync.

Not responsible for what becomes of it (``conversations.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyconvo.conversation import ConversationLinks
from pyconvo.errors import ConversationsError
from pyconvo.json_values import encode_component, to_json
from pyconvo.services.session import Session

#: Entries of the user's list, by sid, and the token of the next page.
Entries = tuple[list[tuple[str, dict[str, Any]]], str | None]


@dataclass(frozen=True, slots=True)
class Created:
    """A new conversation. Its creator is not a participant yet."""

    sid: str
    descriptor: dict[str, Any]
    links: ConversationLinks


class ConversationResource:
    """Asks for them. Every method raises the service's error, too."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def links(self, sid: str) -> ConversationLinks:
        """Of a conversation whose own were not told."""
        own = f"{self._session.configuration.links.conversations}/{sid}"
        return ConversationLinks(own, f"{own}/Messages", f"{own}/Participants")

    async def page(self, token: str | None) -> Entries:
        """A page of the user's list; ``token``: ``None`` for the first."""
        url = self._session.configuration.links.my_conversations
        body = await self._session.network.get(f"{url}?PageToken={encode_component(token)}" if token else url)
        try:
            entries = [(entry["conversation_sid"], _entry(entry)) for entry in body["conversations"]]
            return entries, body["meta"].get("next_token")
        except (AttributeError, KeyError, TypeError) as error:
            raise ConversationsError("The service's list of conversations cannot be understood") from error

    async def mine(self, unique_name: str) -> tuple[str, dict[str, Any]] | None:
        """One of the user's list, by its unique name: its sid, and what is told of it."""
        base = self._session.configuration.links.my_conversations
        body = await self._session.network.get(f"{base}/{encode_component(unique_name)}")
        sid = body.get("conversation_sid")
        if not sid:
            return None
        data: dict[str, Any] = {}
        if "last_read_message_index" in body:
            data["lastConsumedMessageIndex"] = body["last_read_message_index"]
        return sid, data | _single(body, None)

    async def visible(self, sid: str) -> dict[str, Any]:
        """What is told of any conversation that the user may see."""
        base = self._session.configuration.links.conversations
        return _single(await self._session.network.get(f"{base}/{encode_component(sid)}"), f"{sid}.channel")

    async def create(self, options: Mapping[str, Any]) -> Created:
        """Create one. ``options``: by their official names."""
        wanted = {
            "friendly_name": options.get("friendlyName"),
            "unique_name": options.get("uniqueName"),
            "access": options.get("access"),
        }
        body = {name: value for name, value in wanted.items() if value is not None}
        body["attributes"] = to_json(options.get("attributes", {}))
        answer = await self._session.commands.post(self._session.configuration.links.conversations, body)
        sid = answer.get("sid") if isinstance(answer, dict) else None
        if not isinstance(sid, str):
            raise ConversationsError("The service did not tell the sid of the new conversation")
        told = answer.get("links") or {}
        own = self.links(sid)
        descriptor = {
            "channel": (answer.get("sync_objects") or {}).get("conversation"),
            "createdBy": "",
            "lastConsumedMessageIndex": 0,
        }
        links = ConversationLinks(
            answer.get("url") or own.own,
            told.get("messages") or own.messages,
            told.get("participants") or own.participants,
        )
        return Created(sid, descriptor, links)


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the user's list."""
    objects = entry["sync_objects"]
    data = {
        "status": entry.get("status"),
        "channel": objects.get("conversation"),
        "messages": objects.get("messages"),
        "roster": objects.get("participants"),
    }
    if "last_read_message_index" in entry:
        data["lastConsumedMessageIndex"] = entry["last_read_message_index"]
    if "notification_level" in entry:
        data["notificationLevel"] = entry["notification_level"]
    return data


def _single(body: Mapping[str, Any], default_document: str | None) -> dict[str, Any]:
    """A single conversation."""
    objects = body.get("sync_objects") or {}
    return {
        "status": body.get("status") or "unknown",
        "friendlyName": body.get("friendly_name"),
        "dateUpdated": body.get("date_updated"),
        "dateCreated": body.get("date_created"),
        "uniqueName": body.get("unique_name"),
        "createdBy": body.get("created_by"),
        "attributes": body.get("attributes"),
        "channel": objects.get("conversation") or default_document,
        "notificationLevel": body.get("notification_level"),
    }
